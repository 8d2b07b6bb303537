"""`planner solve`: the main job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from planner.cli.output import output, tell, verbosely, write
from planner.numbers import number

if TYPE_CHECKING:
    from planner.pipeline import Options
    from planner.plan.schema import Plan
    from planner.report.document import Form
    from planner.scenario.load import Loaded
    from planner.solver.engine import Progress

P = TypeVar("P")


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
@click.option(
    "--keep",
    metavar="PLAN",
    type=click.Path(path_type=Path),
    help="Keep what this saved plan decides before --until, and plan the rest.",
)
@click.option("--until", metavar="DATE", help="First day that is decided anew, e.g. 2027-Q2.")
@verbosely
@click.option("--sources", is_flag=True, help="List every figure used with its source.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@settings
def solve(
    scenario: str,
    target: Path | None,
    form: Form,
    keep: Path | None,
    until: str | None,
    verbose: bool,
    sources: bool,
    quiet: bool,
    overrides: tuple[str, ...],
    catalog_folder: Path | None,
    **chosen: Any,
) -> None:
    """Solve SCENARIO: what to buy, where and when.

    Prints the plan in at most fifteen lines, with -v all of it; CSV and JSON hold everything.
    Progress goes to stderr. Ctrl-C prints the best plan found so far, marked as such. With --keep
    the report says as well what is different from the plan kept.
    """
    if (keep is None) != (until is None):
        raise click.UsageError("--keep names a plan and --until the first day decided anew: both")
    from planner.solver.engine import Engine

    with Engine() as engine:  # first, so that the solver loads while the files are read
        from planner.catalog.lint import sound_catalog
        from planner.pipeline import read
        from planner.pipeline import solve as solve_loaded

        options = options_of(**chosen)
        loaded = read(scenario, overrides, sound_catalog(catalog_folder))
        loaded, old = kept(loaded, keep, until) if keep and until else (loaded, None)
        with progress(quiet) as watch:
            plan = solve_loaded(loaded, options, engine=engine, watch=watch)
    from planner.report.plan_tables import plan_document

    if target:
        write(target, plan.to_json())
        click.echo(f"plan written to {target}", err=True)
    document = plan_document(plan, sources=sources, verbose=verbose)
    if old is not None:
        from planner.report.keep_tables import with_changes

        document = with_changes(document, old, plan)
    tell(document, form)


def kept(loaded: Loaded, path: Path, until: str) -> tuple[Loaded, Plan]:
    """The question with what a saved plan decides before a day, and that plan. Raises InputError,
    and AuditError where the plan does not hold together.
    """
    from planner.assembly.audit import audit
    from planner.assembly.plan_file import load_plan
    from planner.cli.orders import moment
    from planner.study.keep import keep

    plan, located = load_plan(path)
    audit(plan, located)
    return keep(loaded, plan, moment(until, "--until")), plan


def options_of(gap: str | None, time_limit: str | None, seed: int | None, solver: str) -> Options:
    """How hard to look, from the command line. Raises OptionError."""
    from planner.pipeline import Options

    return Options(share(gap), seconds(time_limit), seed, solver.upper())


def share(text: str | None) -> float | None:
    """An option that is a share. Raises OptionError."""
    from planner.units import Unit

    unit = Unit("1", "0.5 %", ge=0, le=1, bare=True)
    return None if text is None else parsed(text, unit.parse, "--gap")


def seconds(text: str | None) -> float | None:
    """An option that is a time. Raises OptionError."""
    from planner.units import Unit

    unit = Unit("s", "60 s", ge=0.01, le=1e7)
    return None if text is None else parsed(text, unit.parse, "--time-limit")


def parsed(text: str, parse: Callable[[str], P], option: str) -> P:
    """An option as what `parse` makes of it. Raises OptionError that names the option."""
    from pydantic_core import PydanticCustomError

    from planner.errors import Mark, OptionError, Problem, SourceText

    try:
        return parse(text)
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
        best, bound = (
            "–" if value is None else number(value, 6) for value in (progress.best, progress.bound)
        )
        gap = "–" if progress.gap is None else f"{progress.gap * 100:.3g} %"
        click.echo(
            f"\r\033[K{self.stage}{progress.objective}: best {best} · bound {bound} · gap {gap} · "
            f"{progress.seconds:.1f} s",
            err=True,
            nl=False,
        )
