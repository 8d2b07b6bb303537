"""`planner explain`: why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell
from planner.cli.solve import settings

if TYPE_CHECKING:
    from pathlib import Path

    from planner.report.document import Document, Form
    from planner.study.explanation import Explanation


@click.command()
@click.argument("scenario")
@click.option(
    "--limit",
    "--tag",
    "limits",
    multiple=True,
    metavar="LIMIT",
    help="Price this limit only, e.g. 'power at memphis'; may be repeated.",
)
@click.option(
    "--goal",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of the objective that prices are in.",
)
@click.option(
    "--most",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Solve again for so many limits, dates, candidates.",
)
@click.option(
    "--within",
    metavar="TIME",
    default="120 s",
    show_default=True,
    help="Longest time for the explanation, after the plan.",
)
@output
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@settings
def explain(
    scenario: str,
    limits: tuple[str, ...],
    goal: int,
    most: int,
    within: str,
    form: Form,
    quiet: bool,
    overrides: tuple[str, ...],
    gap: str | None,
    time_limit: str | None,
    seed: int | None,
    solver: str,
    catalog_folder: Path | None,
) -> None:
    """Say why the plan of SCENARIO is as it is: what binds, what one more unit is worth, what was
    not bought.

    Where there is no plan: which limits cannot hold together, and the cheapest ways out, each
    verified by solving. Exit code 3 then.
    """
    from planner.cli.solve import options_of, parsed, progress
    from planner.solver.engine import Engine

    with Engine() as engine:
        from planner.catalog.lint import sound_catalog
        from planner.pipeline import read
        from planner.study.explain import explain_any
        from planner.study.explanation import ExplainOptions
        from planner.units import Unit

        time_for_it = parsed(within, Unit("s", "60 s", ge=0, le=1e7).parse, "--within")
        options = options_of(gap, time_limit, seed, solver)
        loaded = read(scenario, overrides, sound_catalog(catalog_folder))
        asking = ExplainOptions(limits=limits, goal=goal, most=most, within_s=time_for_it or 0.0)
        with progress(quiet) as watch:
            found = explain_any(loaded, engine, asking, options, watch=watch)
    tell(document(found), form)
    if found.outcome == "no plan":
        raise SystemExit(3)


def document(found: Explanation) -> Document:
    """The explanation as people read it."""
    from planner.report.document import Document
    from planner.report.explain_tables import explain_lines, explain_tables

    title, *lines = explain_lines(found)
    return Document(title, lambda: explain_tables(found), found.to_json, lines)
