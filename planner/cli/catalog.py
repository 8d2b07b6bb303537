"""`planner catalog`: what exists, where each figure comes from, and whether the catalog is
sound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell

if TYPE_CHECKING:
    from datetime import datetime

    from planner.catalog.load import Catalog
    from planner.report.document import Form

KINDS = ("systems", "accelerators", "suppliers", "sources", "switches", "optics", "power-sources")

folder_option = click.option(
    "--catalog",
    "folder",
    type=click.Path(exists=True, file_okay=False),
    help="A folder laid out like the built-in catalog, instead of it.",
)


@click.group()
def catalog() -> None:
    """List, show and lint the hardware catalog."""


@catalog.command("list")
@click.option(
    "--kind", type=click.Choice(KINDS), default="systems", show_default=True, help="What to list."
)
@click.option("--supplier", metavar="ID", help="Only what this supplier sells.")
@output
@folder_option
def list_(kind: str, supplier: str | None, form: Form, folder: str | None) -> None:
    """List systems with their power and planning prices, or accelerators, suppliers, sources.

    Power sources are what a site may choose besides its connection. JSON and CSV give the canonical
    units in which their keys end.
    """
    if supplier is not None and kind in ("sources", "power-sources"):
        raise click.UsageError(f"`--supplier` does not go with `--kind {kind}`")
    from planner.report.catalog_tables import as_json, as_rows, as_table, listing
    from planner.report.document import Document

    rows = listing(_load(folder), kind, supplier)
    table = as_table(kind, rows)
    tell(
        Document(
            table.title,
            lambda: [table],
            lambda: as_json(rows),
            headed=False,
            rows=lambda: as_rows(rows),
        ),
        form,
    )


@catalog.command()
@click.argument("name", metavar="ID")
@folder_option
def show(name: str, folder: str | None) -> None:
    """Show every figure of a system, accelerator, piece of network or power source with range,
    grade and source, and its quotes.
    """
    import shutil

    from planner.report.catalog_sheet import as_text, sheet

    click.echo(as_text(sheet(_load(folder), name), shutil.get_terminal_size((120, 40)).columns))


@catalog.command()
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day as of which figures are old or yet to come.",
)
@folder_option
@click.pass_context
def lint(context: click.Context, strict: bool, today: datetime | None, folder: str | None) -> None:
    """Check that the catalog is possible, sourced, recent and consistent; exit 1 if it is not."""
    from datetime import date
    from pathlib import Path

    from planner.catalog.lint import lint as findings
    from planner.catalog.load import load_catalog
    from planner.cli.output import show_problems

    loaded = load_catalog(Path(folder) if folder else None)
    problems = findings(loaded, today.date() if today else date.today())
    if problems:
        show_problems(problems)
    click.echo(_summary(loaded, len(problems), sum(not problem.warning for problem in problems)))
    if any(strict or not problem.warning for problem in problems):
        context.exit(1)


def _summary(loaded: Catalog, problems: int, errors: int) -> str:
    numbers = (
        (len(loaded.accelerators), "accelerator"),
        (len(loaded.systems), "system"),
        (len(loaded.quotes), "quote"),
        (len(loaded.sources), "source"),
    )
    counts = ", ".join(_counted(number, word) for number, word in numbers)
    found = [
        _counted(n, word) for n, word in ((errors, "error"), (problems - errors, "warning")) if n
    ]
    return f"{counts}: {', '.join(found) or 'clean'}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _load(folder: str | None) -> Catalog:
    from pathlib import Path

    from planner.catalog.lint import sound_catalog

    return sound_catalog(Path(folder) if folder else None)
