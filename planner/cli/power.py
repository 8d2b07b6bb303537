"""`planner power`: what a cluster draws, at which point of the chain, and how sure we are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planner.catalog.load import Catalog
    from planner.engineering.power import Basis, Load
    from planner.power_model.file import ClusterFile
    from planner.power_model.setup import Setup
    from planner.report.document import Form
    from planner.report.tables import Table
    from planner.yamlfile import Located


BASES = ["chip", "server", "rack", "it", "facility", "utility"]
LOADS = ["nameplate", "peak", "average", "idle"]
WORKLOADS = ["hpl", "training", "inference", "idle"]
CLIMATES = ["cold", "temperate", "hot-dry", "hot-humid"]
TOPOLOGIES = [
    "single-switch",
    "two-tier",
    "three-tier",
    "fat-tree",
    "rail-optimized",
    "rail-only",
    "oversubscribed",
    "torus",
]


@click.command()
@click.argument("file", required=False)
@click.option(
    "--system", "system_id", metavar="ID", help="A system of the catalog instead of a file."
)
@click.option(
    "--count", metavar="N", help="How many: `100000` or `100000 accelerators`, or `12500 systems`."
)
@click.option(
    "--fit",
    "limit",
    metavar="POWER",
    help="Instead of --count: as many as fit under this power, e.g. '150 MW'.",
)
@click.option(
    "--at",
    "basis",
    type=click.Choice(BASES),
    help="Basis of --fit (utility if left out); without --fit, where the tables end.",
)
@click.option("--load", type=click.Choice(LOADS), help="Load of --fit; nameplate if left out.")
@click.option(
    "--workload",
    type=click.Choice(WORKLOADS),
    help="Class of work behind peak and average; training if left out.",
)
@click.option(
    "--topology",
    type=click.Choice(TOPOLOGIES),
    help="Of the compute network; rail-optimized, others as range, if left out.",
)
@click.option("--switch", metavar="ID", help="A switch of the catalog.")
@click.option(
    "--oversubscription",
    metavar="RATIO",
    help="Of the network: down over up below the top tier, such as `7:1`.",
)
@click.option(
    "--cooling",
    metavar="ID",
    help="air, rear-door, direct-liquid or immersion; what the system needs if left out.",
)
@click.option(
    "--climate", type=click.Choice(CLIMATES), help="Climate of the site; temperate if left out."
)
@click.option("--pue", metavar="RATIO", help="Facility over IT energy, mean of the year.")
@click.option(
    "--pue-peak",
    metavar="RATIO",
    help="Facility over IT power on the design day; left out: --pue and the usual distance "
    "between the two.",
)
@click.option(
    "--pue-losses",
    type=click.Choice(["inside", "outside"]),
    help="Whether the PUE holds UPS, distribution, transformers.",
)
@click.option(
    "--redundancy",
    metavar="TOPOLOGY",
    help="N, N+1, 2N, 4N/3 …; also by layer: '4N/3, cooling=N+1, feed=2N'. N if left out.",
)
@click.option(
    "--power-cap",
    metavar="SHARE",
    help="Hold each system to this share of its nameplate, e.g. '85 %'.",
)
@click.option(
    "--power-oversubscription",
    metavar="SHARE",
    help="So much more than fits at nameplate, all held down, e.g. '15 %'.",
)
@click.option(
    "--ramp", metavar="RAMP", help="Change of power that the grid allows, e.g. '10 MW/min'."
)
@click.option("--grid", metavar="ID", help="Grid whose carbon counts, e.g. ercot.")
@output
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--catalog",
    "catalog_folder",
    type=click.Path(path_type=Path),
    help="Another catalog folder than the built-in one.",
)
def power(
    file: str | None,
    system_id: str | None,
    count: str | None,
    limit: str | None,
    basis: Basis | None,
    load: Load | None,
    form: Form,
    as_json: bool,
    catalog_folder: Path | None,
    **words: str | None,
) -> None:
    """Show the power chain of FILE (a cluster, a plan, or a scenario, which is solved), or of
    --system ID with --count or --fit.

    Every figure names its basis (chip, server, rack, it, facility, utility) and its load
    (nameplate, peak, average, idle), and has an 80 % range. Options that say something of the
    cluster also replace what a cluster file says.
    """
    form = "json" if as_json else form
    if (file is None) == (system_id is None):
        raise click.UsageError("give either a FILE or --system with --count or --fit")
    if system_id is not None and (count is None) == (limit is None):
        raise click.UsageError("--system needs --count, or --fit with a power")
    if file is not None and (count or limit):
        raise click.UsageError("--count and --fit belong to --system; a file has its own")
    if load is not None and limit is None:
        raise click.UsageError("--load belongs to --fit; every load is shown without it")
    said = {name: word for name, word in words.items() if word is not None}
    from planner.catalog.lint import sound_catalog
    from planner.power_model.file import cluster_of_options
    from planner.power_model.setup import of_one, set_up_options

    catalog, name = sound_catalog(catalog_folder), "options of planner power"
    if file is not None:
        _of_file(file, basis, said, form, catalog)
        return
    options = of_one(system_id or "", "1 systems" if count is None else count, said)
    if limit is not None:
        _fitting(
            *cluster_of_options(name, options),
            limit,
            basis or "utility",
            load or "nameplate",
            form,
            catalog,
        )
    else:
        _of_cluster(set_up_options(name, options, catalog), basis, form)


def _of_cluster(setup: Setup, upto: Basis | None, form: Form) -> None:
    from planner.power_model.cluster import cluster_power
    from planner.report.cluster_json import power_json
    from planner.report.cluster_tables import tables, title

    found = cluster_power(setup)
    if upto == "server" and found.chain.server is None:
        raise click.UsageError(
            "a system that is sold as a rack has no server basis; ask for `--at rack`"
        )
    _tell(lambda: tables(found, upto), title(found), lambda: power_json(found, upto), form)


def _fitting(
    file: ClusterFile,
    located: Located,
    limit: str,
    basis: Basis,
    load: Load,
    form: Form,
    catalog: Catalog,
) -> None:
    from planner.power_model.fit import fit, parse_limit
    from planner.report.cluster_json import fit_json
    from planner.report.cluster_tables import fit_tables, tables, title

    found = fit(file, located, catalog, parse_limit(limit), basis, load)
    _tell(
        lambda: [*fit_tables(found), *tables(found.power)],
        title(found.power),
        lambda: fit_json(found),
        form,
    )


def _of_file(
    name: str, upto: Basis | None, said: Mapping[str, str], form: Form, catalog: Catalog
) -> None:
    from planner.data import looks_like_plan
    from planner.power_model.file import find_cluster, looks_like_cluster, read_cluster
    from planner.power_model.setup import placed, set_up

    path = find_cluster(name)
    if looks_like_plan(path):
        from planner.assembly.audit import audit
        from planner.assembly.plan_file import load_plan

        _refuse(said, upto, "a plan")
        plan, located = load_plan(path)
        audit(plan, located)
    elif looks_like_cluster(path):
        _of_cluster(set_up(*read_cluster(path, placed(said)), catalog), upto, form)
        return
    else:
        from planner.pipeline import make_plan

        _refuse(said, upto, "a scenario")
        plan = make_plan(name, catalog=catalog)
    _of_plan(plan, form)


def _refuse(said: Mapping[str, str], upto: Basis | None, what: str) -> None:
    names = [f"--{name.replace('_', '-')}" for name in said] + (["--at"] if upto else [])
    if names:
        raise click.UsageError(
            f"{', '.join(names)} belong to --system or a cluster file; {what} has its own"
        )


def _of_plan(plan: object, form: Form) -> None:
    from planner.plan.schema import Plan
    from planner.power_model.draw import beside, of_plan, shares, waterfall
    from planner.report.plan_proof import proof_of
    from planner.report.plan_tables import assumptions
    from planner.report.power_tables import (
        beside_tables,
        plan_power_json,
        site_powers,
        site_waterfall,
    )

    assert isinstance(plan, Plan)
    chains = [(fleet, waterfall(fleet)) for fleet in of_plan(plan)]
    told = [table for chain in chains for table in site_waterfall(*chain)]
    tables = [
        *site_powers(plan),
        *beside_tables(plan, beside(plan), shares(plan)),
        *told,
        assumptions(plan),
    ]
    _tell(
        lambda: tables,
        [plan.name, proof_of(plan)],
        lambda: plan_power_json(plan, beside(plan), shares(plan), chains),
        form,
    )


def _tell(
    tables: Callable[[], Iterable[Table]], lines: list[str], json: Callable[[], str], form: Form
) -> None:
    from planner.report.document import Document

    tell(Document(lines[0], tables, json, lines[1:]), form)
