"""`planner facility`: what a hall for these systems needs, draws in a year, and strands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell

if TYPE_CHECKING:
    from planner.report.document import Form

from planner.cli.power import CLIMATES, WORKLOADS


@click.command()
@click.option("--system", "system_id", metavar="ID", required=True, help="A system of the catalog.")
@click.option(
    "--count",
    metavar="N",
    required=True,
    help="How many: `100000` or `100000 accelerators`, or `12500 systems`.",
)
@click.option(
    "--workload",
    type=click.Choice(WORKLOADS),
    default="training",
    show_default=True,
    help="Class of work behind peak and average.",
)
@click.option(
    "--climate",
    type=click.Choice(CLIMATES),
    default="temperate",
    show_default=True,
    help="Climate of the site.",
)
@click.option(
    "--cooling",
    metavar="ID",
    help="air, rear-door, liquid or immersion; the first that carries the racks if left out.",
)
@click.option(
    "--redundancy",
    metavar="TOPOLOGY",
    default="4N/3",
    show_default=True,
    help="N, N+1, 2N, 4N/3, 3N/2, 2(N+1), block; also by layer: '4N/3, cooling=N+1, feed=2N'.",
)
@click.option("--row-power", metavar="POWER", help="IT power of one row of racks, e.g. '2 MW'.")
@click.option(
    "--servers-per-rack",
    type=int,
    metavar="N",
    help="Servers in a rack; else as many as the cooling commonly carries.",
)
@click.option(
    "--ramp", metavar="RAMP", help="Change of load that the grid allows, e.g. '10 MW/min'."
)
@click.option("--grid", metavar="ID", help="Grid whose carbon counts, e.g. ercot.")
@output
@click.option(
    "--catalog",
    "catalog_folder",
    type=click.Path(path_type=Path),
    help="Another catalog folder than the built-in one.",
)
def facility(
    system_id: str,
    count: str,
    row_power: str | None,
    servers_per_rack: int | None,
    form: Form,
    catalog_folder: Path | None,
    **words: str | None,
) -> None:
    """Show what carries a cluster: cooling that fits, racks and rows, power and energy, water and
    carbon, capacity to install.

    Every figure names its basis and load, its range and its grade; † marks what rests on an
    assumption. Power, energy, water and carbon are those of `planner power` with the same words.
    Its redundancy is N if left out, which changes what is installed and never the draw.
    """
    from planner.catalog.lint import sound_catalog
    from planner.power_model.hall import Asked, hall
    from planner.report.document import Document
    from planner.report.facility_tables import hall_json, tables, title

    said = {name: word for name, word in words.items() if word is not None}
    found = hall(
        sound_catalog(catalog_folder), Asked(system_id, count, said, row_power, servers_per_rack)
    )
    head, *lines = title(found)
    tell(Document(head, lambda: tables(found), lambda: hall_json(found), lines), form)
