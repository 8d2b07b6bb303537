"""`planner orders`: what a plan orders, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import write

if TYPE_CHECKING:
    from planner.periods import Moment


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--until",
    metavar="DATE",
    help="Only what is ordered before this day, e.g. 2027-Q2; all orders if left out.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the table to this file.",
)
def orders(plan: Path, until: str | None, target: Path | None) -> None:
    """List the orders of PLAN, a saved plan, as CSV that a scenario reads under `orders`.

    A buyer changes days of delivery there; `planner solve --keep PLAN` then plans around them.
    """
    from planner.assembly.audit import audit
    from planner.assembly.plan_file import load_plan
    from planner.report.keep_tables import orders_csv

    found, located = load_plan(plan)
    audit(found, located)
    day = found.case.timeline.end if until is None else moment(until, "--until").first
    text = orders_csv(found, day)
    if target is None:
        click.echo(text, nl=False)
    else:
        write(target, text)
        click.echo(f"orders written to {target}", err=True)


def moment(text: str, option: str) -> Moment:
    """An option that is a date. Raises OptionError that names it."""
    from planner.cli.solve import parsed
    from planner.periods import Moment

    return parsed(text, Moment.parse, option)
