"""`planner solve`: the main job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell, write

if TYPE_CHECKING:
    from planner.pipeline import Options
    from planner.report.document import Form
    from planner.solver.engine import Progress
    from planner.units import Unit


def settings(command: Callable[..., object]) -> Callable[..., object]:
    """Options that every solving command shares."""
    for option in (
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="PATH=VALUE",
            help="Override a value of the scenario, e.g. sites.memphis.power.2024-08='200 MW'.",
        ),
        click.option(
            "--gap",
            metavar="SHARE",
            help="Stop when proven within this share of the best, e.g. 0.5 %.",
        ),
        click.option(
            "--time-limit", metavar="TIME", help="Longest time to solve, e.g. '60 s' or '10 min'."
        ),
        click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver."),
        click.option(
            "--solver",
            type=click.Choice(["highs", "gscip"]),
            default="highs",
            show_default=True,
            help="Solver behind MathOpt.",
        ),
        click.option(
            "--catalog",
            "catalog_folder",
            type=click.Path(path_type=Path),
            help="Another catalog folder than the built-in one.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("scenario")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan as JSON to this file.",
)
@output
@click.option("--sources", is_flag=True, help="List every figure used with its source.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@settings
def solve(
    scenario: str,
    target: Path | None,
    form: Form,
    sources: bool,
    quiet: bool,
    overrides: tuple[str, ...],
    gap: str | None,
    time_limit: str | None,
    seed: int | None,
    solver: str,
    catalog_folder: Path | None,
) -> None:
    """Solve SCENARIO: what to buy, where and when.

    Prints the plan; progress goes to stderr. Ctrl-C prints the best plan found so far, marked as
    such.
    """
    from planner.solver.engine import Engine

    with Engine() as engine:  # first, so that the solver loads while the files are read
        from planner.catalog.lint import sound_catalog
        from planner.pipeline import read
        from planner.pipeline import solve as solve_loaded

        options = options_of(gap, time_limit, seed, solver)
        loaded = read(scenario, overrides, sound_catalog(catalog_folder))
        with progress(quiet) as watch:
            plan = solve_loaded(loaded, options, engine=engine, watch=watch)
    from planner.report.plan_tables import plan_document

    if target:
        write(target, plan.to_json())
        click.echo(f"plan written to {target}", err=True)
    tell(plan_document(plan, sources=sources), form)


def options_of(gap: str | None, time_limit: str | None, seed: int | None, solver: str) -> Options:
    """How hard to look, from the command line. Raises OptionError."""
    from planner.pipeline import Options

    return Options(share(gap), seconds(time_limit), seed, solver.upper())


def share(text: str | None) -> float | None:
    """An option that is a share. Raises OptionError."""
    from planner.units import Unit

    return parsed(text, Unit("1", "0.5 %", ge=0, le=1, bare=True), "--gap")


def seconds(text: str | None) -> float | None:
    """An option that is a time. Raises OptionError."""
    from planner.units import Unit

    return parsed(text, Unit("s", "60 s", ge=0.01, le=1e7), "--time-limit")


def parsed(text: str | None, unit: Unit, option: str) -> float | None:
    """An option as a quantity. Raises OptionError that names the option."""
    if text is None:
        return None
    from pydantic_core import PydanticCustomError

    from planner.errors import Mark, OptionError, Problem, SourceText

    try:
        return unit.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        mark = Mark(SourceText(option, text), 1, 1, max(1, len(text)))
        raise OptionError(
            [Problem(context["code"], context["message"], mark, option, context["help"])]
        ) from None


class progress:
    """One line on stderr that is rewritten while a terminal watches; nothing otherwise."""

    def __init__(self, quiet: bool) -> None:
        import sys

        self.quiet, self.stage = quiet, ""
        self.active = not quiet and sys.stderr.isatty()

    def __enter__(self) -> Callable[[Progress], None]:
        return self.show

    def __exit__(self, *_: object) -> None:
        if self.active:
            click.echo("\r\033[K", err=True, nl=False)

    def begin(self, stage: str) -> None:
        """Say what runs now: before the numbers where a terminal watches, else on a line of its
        own.
        """
        self.stage = f"{stage} · "
        if self.active:
            click.echo(f"\r\033[K{stage}", err=True, nl=False)
        elif not self.quiet:
            click.echo(stage, err=True)

    def show(self, progress: Progress) -> None:
        """Rewrite the line."""
        if not self.active:
            return
        best = "–" if progress.best is None else f"{progress.best:.6g}"
        bound = "–" if progress.bound is None else f"{progress.bound:.6g}"
        gap = "–" if progress.gap is None else f"{progress.gap * 100:.3g} %"
        click.echo(
            f"\r\033[K{self.stage}{progress.objective}: best {best} · bound {bound} · gap {gap} · "
            f"{progress.seconds:.1f} s",
            err=True,
            nl=False,
        )
