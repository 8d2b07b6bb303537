"""`planner power`: what a cluster draws, at which point of the chain, and how sure we are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from planner.engineering.power import Basis, Load
    from planner.report.tables import Table


BASES = ["chip", "server", "rack", "it", "facility", "utility"]
LOADS = ["nameplate", "peak", "average", "idle"]


@click.command()
@click.argument("file", required=False)
@click.option("--system", "system_id", metavar="ID", help="A system of the catalog instead of a file.")
@click.option("--count", metavar="N", help="How many: `100000` or `100000 accelerators`, or `12500 systems`.")
@click.option("--fit", "limit", metavar="POWER", help="Instead of --count: as many as fit under this power, e.g. '150 MW'.")
@click.option("--at", "basis", type=click.Choice(BASES), default="utility", show_default=True, help="Basis of --fit.")
@click.option("--load", type=click.Choice(LOADS), default="nameplate", show_default=True, help="Load of --fit.")
@click.option("--pue", metavar="RATIO", help="Facility over IT energy, mean of the year.")
@click.option(
    "--pue-peak", metavar="RATIO", help="Facility over IT power on the design day; left out: --pue and the usual distance between the two."
)
@click.option("--format", "form", type=click.Choice(["table", "json", "md"]), default="table", show_default=True, help="What to print.")
@click.option("--catalog", "catalog_folder", type=click.Path(path_type=Path), help="Another catalog folder than the built-in one.")
def power(
    file: str | None,
    system_id: str | None,
    count: str | None,
    limit: str | None,
    basis: Basis,
    load: Load,
    pue: str | None,
    pue_peak: str | None,
    form: str,
    catalog_folder: Path | None,
) -> None:
    """Show the power chain of FILE (a scenario, which is solved, or a plan), or of --system ID with --count or --fit.

    Every figure names its basis (chip, server, rack, it, facility, utility) and its load (nameplate, peak, average, idle).
    """
    if (file is None) == (system_id is None):
        raise click.UsageError("give either a FILE or --system with --count or --fit")
    if system_id is not None and (count is None) == (limit is None):
        raise click.UsageError("--system needs --count, or --fit with a power")
    if file is not None and (count or limit or pue or pue_peak):
        raise click.UsageError("--count, --fit and --pue belong to --system; a file has its own")
    if file is not None:
        _of_file(file, form, catalog_folder)
    elif limit is not None:
        _fitting(system_id or "", limit, basis, load, pue, pue_peak, form, catalog_folder)
    else:
        _of_system(system_id or "", count or "", pue, pue_peak, form, catalog_folder)


def _of_system(system_id: str, count: str, pue: str | None, pue_peak: str | None, form: str, catalog_folder: Path | None) -> None:
    from planner.catalog.load import load_catalog
    from planner.explore.draw import counted, waterfall
    from planner.report.power_tables import drivers_table, figures_table, title, waterfall_json, waterfall_table

    fleet = counted(system_id, count, load_catalog(catalog_folder), pue=pue, pue_peak=pue_peak)
    steps = waterfall(fleet)
    if form == "json":
        click.echo(waterfall_json(fleet, steps))
        return
    _print([waterfall_table(fleet, steps), drivers_table(steps), figures_table(fleet)], title(fleet), form)


def _fitting(
    system_id: str, limit: str, basis: Basis, load: Load, pue: str | None, pue_peak: str | None, form: str, catalog_folder: Path | None
) -> None:
    from planner.catalog.load import load_catalog
    from planner.explore.fit import fit, parse_limit
    from planner.report.power_tables import figures_table, fit_drivers, fit_json, fit_table, title, waterfall_table

    found = fit(system_id, parse_limit(limit), basis, load, load_catalog(catalog_folder), pue=pue, pue_peak=pue_peak)
    if form == "json":
        click.echo(fit_json(found))
        return
    tables = [fit_table(found), fit_drivers(found), waterfall_table(found.fleet, found.steps), figures_table(found.fleet)]
    _print(tables, title(found.fleet), form)


def _of_file(file: str, form: str, catalog_folder: Path | None) -> None:
    from planner.data import looks_like_plan
    from planner.explore.draw import of_plan, waterfall
    from planner.report.plan_proof import standing
    from planner.report.plan_tables import assumptions
    from planner.report.power_tables import site_powers, site_waterfall

    path = Path(file)
    if looks_like_plan(path):
        from planner.plan.audit import audit
        from planner.plan.load import load_plan

        plan, located = load_plan(path)
        audit(plan, located)
    else:
        from planner.catalog.load import load_catalog
        from planner.pipeline import make_plan

        plan = make_plan(file, catalog=load_catalog(catalog_folder))
    if form == "json":
        import json

        click.echo(
            json.dumps({"name": plan.name, "status": plan.solve.status, "power": [row.model_dump() for row in plan.power]}, indent=1)
        )
        return
    chains = [table for fleet in of_plan(plan) for table in site_waterfall(fleet, waterfall(fleet))]
    _print([*site_powers(plan), *chains, assumptions(plan)], [plan.name, standing(plan)], form)


def _print(tables: list[Table], lines: list[str], form: str) -> None:
    from planner.cli.solve import colourful
    from planner.report.render import markdown, terminal

    click.echo(markdown(lines[0], tables) if form == "md" else terminal(tables, lines, colour=colourful()), nl=False)
