"""`planner facility`: what a hall for these systems needs, draws in a year, and strands."""

from __future__ import annotations

from pathlib import Path

import click

CLIMATES = ["cold", "temperate", "hot-dry", "hot-humid"]


@click.command()
@click.option("--system", "system_id", metavar="ID", required=True, help="A system of the catalog.")
@click.option("--count", metavar="N", required=True, help="How many: `100000` or `100000 accelerators`, or `12500 systems`.")
@click.option("--climate", type=click.Choice(CLIMATES), default="temperate", show_default=True, help="Climate of the site.")
@click.option("--cooling", metavar="ID", help="air, rear-door, liquid or immersion; the first that carries the racks if left out.")
@click.option(
    "--redundancy",
    metavar="TOPOLOGY",
    default="4N/3",
    show_default=True,
    help="N, N+1, 2N, 4N/3, 3N/2, 2(N+1), block; also by layer: '4N/3, cooling=N+1, feed=2N'.",
)
@click.option("--row-power", metavar="POWER", help="IT power of one row of racks, e.g. '2 MW'.")
@click.option("--servers-per-rack", type=int, metavar="N", help="Servers in a rack; else as many as the cooling commonly carries.")
@click.option("--ramp", metavar="RAMP", help="Change of load that the grid allows, e.g. '10 MW/min'.")
@click.option("--grid", metavar="ID", help="Grid whose carbon counts, e.g. ercot.")
@click.option("--format", "form", type=click.Choice(["table", "json", "md"]), default="table", show_default=True, help="What to print.")
@click.option("--catalog", "catalog_folder", type=click.Path(path_type=Path), help="Another catalog folder than the built-in one.")
def facility(
    system_id: str,
    count: str,
    climate: str,
    cooling: str | None,
    redundancy: str,
    row_power: str | None,
    servers_per_rack: int | None,
    ramp: str | None,
    grid: str | None,
    form: str,
    catalog_folder: Path | None,
) -> None:
    """Show what carries a cluster: cooling that fits, racks and rows, power and energy, water and carbon, capacity to install.

    Every figure names its basis and load, its range and its grade; † marks what rests on an assumption.
    """
    from planner.catalog.load import load_catalog
    from planner.explore.hall import hall
    from planner.explore.hall_options import ask
    from planner.report.facility_tables import hall_json, tables, title

    catalog = load_catalog(catalog_folder)
    asked = ask(
        catalog,
        system_id,
        count,
        climate=climate,
        cooling=cooling,
        redundancy=redundancy,
        row_power=row_power,
        ramp=ramp,
        servers=servers_per_rack,
        grid=grid,
    )
    found = hall(catalog, asked)
    if form == "json":
        click.echo(hall_json(found))
        return
    from planner.cli.solve import colourful
    from planner.report.render import markdown, terminal

    lines = title(found)
    click.echo(markdown(lines[0], tables(found)) if form == "md" else terminal(tables(found), lines, colour=colourful()), nl=False)
