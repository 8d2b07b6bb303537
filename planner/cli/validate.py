"""`planner validate`: how far off is the component power model on metered machines that it never
saw?
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from planner.cli.output import output, tell

if TYPE_CHECKING:
    from planner.catalog.components import Workload
    from planner.report.document import Form


@click.command()
@click.option(
    "--workload",
    type=click.Choice(["hpl", "training", "inference", "idle"]),
    default="hpl",
    show_default=True,
    help="Which metered runs.",
)
@click.option(
    "--shuffle",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Deal the machines to other blocks.",
)
@output
@click.option(
    "--catalog",
    "catalog_folder",
    type=click.Path(path_type=Path),
    help="Another catalog folder than the built-in one.",
)
def validate(workload: str, shuffle: int, form: Form, catalog_folder: Path | None) -> None:
    """Predict every metered machine from the others, and compare with simpler calculators.

    The machine that is predicted takes no part in fitting the parameters, nor in choosing the
    settings of the fit. Takes some ten seconds. Figures are IT power at the wall, without facility
    cooling.
    """
    from planner.catalog.lint import sound_catalog
    from planner.power_model.validate import validate as left_out
    from planner.report.document import Document
    from planner.report.validate_tables import (
        case_table,
        explanation_table,
        fit_table,
        score_table,
        validation_json,
    )

    found = left_out(sound_catalog(catalog_folder), cast("Workload", workload), shuffle)
    tables = [case_table(found), explanation_table(found), fit_table(found), score_table(found)]
    title = f"Validation of power by component, {workload}"
    tell(Document(title, lambda: tables, lambda: validation_json(found)), form)
