"""`planner compare`: vendor mixes side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell
from planner.cli.solve import settings

if TYPE_CHECKING:
    from planner.report.document import Form


@click.command()
@click.argument("scenario")
@click.option(
    "--mix",
    "mixes",
    multiple=True,
    metavar="NAME=RULE",
    help="as-is · free · only:SUPPLIER[,SUPPLIER] · without:SUPPLIER · max:SHARE[:METRIC] · "
    "min:NUMBER[:SHARE]; first: reference.",
)
@output
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@settings
def compare(
    scenario: str,
    mixes: tuple[str, ...],
    form: Form,
    quiet: bool,
    overrides: tuple[str, ...],
    gap: str | None,
    time_limit: str | None,
    seed: int | None,
    solver: str,
    catalog_folder: Path | None,
) -> None:
    """Solve SCENARIO under several rules on whom to buy from, and show what each costs and gives
    up.

    Without --mix: the free mix against the scenario as it is, and each supplier alone.
    """
    from planner.cli.solve import options_of, progress
    from planner.solver.engine import Engine

    with Engine() as engine:
        from planner.catalog.lint import sound_catalog
        from planner.pipeline import read
        from planner.report.compare_tables import compare_json, compare_tables
        from planner.report.document import Document
        from planner.study.compare import compare as compare_mixes
        from planner.study.compare import parse_mix
        from planner.study.question import Serial

        chosen = [parse_mix(text) for text in mixes]
        catalog = sound_catalog(catalog_folder)
        options = options_of(gap, time_limit, seed, solver)
        loaded = read(scenario, overrides, catalog)
        if not chosen:
            suppliers = dict.fromkeys(
                catalog.systems[c.system].supplier for c in loaded.scenario.systems
            )
            chosen = [
                parse_mix("free"),
                parse_mix("as-is"),
                *(parse_mix(f"{name}=only:{name}") for name in suppliers),
            ]
        with progress(quiet) as watch:
            compared = compare_mixes(loaded, chosen, Serial(engine, watch), options)
    tell(
        Document(
            loaded.scenario.name, lambda: compare_tables(compared), lambda: compare_json(compared)
        ),
        form,
    )
