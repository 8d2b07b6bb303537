"""`planner power`: what a cluster draws, at which point of the chain, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planner.catalog.load import Catalog
    from planner.engineering.power import Basis, Load
    from planner.power_model.cluster import ClusterPower
    from planner.power_model.file import ClusterFile
    from planner.power_model.setup import Setup
    from planner.report.document import Form
    from planner.report.tables import Table
    from planner.report.verdict_tables import Answer
    from planner.yamlfile import Located


BASES = ["chip", "server", "rack", "it", "facility", "utility"]
LOADS = ["nameplate", "peak", "average", "idle"]
WORKLOADS = ["hpl", "training", "inference", "idle"]
CLIMATES = ["cold", "temperate", "hot-dry", "hot-humid"]
DOES_NOT_FIT = 3
"""Exit code where a draw exceeds a limit."""
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
    metavar="POWER",
    help="Instead of --count: as many as fit under this power, e.g. '150 MW'.",
)
@click.option(
    "--limit",
    metavar="POWER",
    help="Does it stay below this power? With margin and chance; exit code 3 if it does not.",
)
@click.option(
    "--announced",
    metavar="POWER",
    help="At which basis and load an announced power may have been counted.",
)
@click.option(
    "--at",
    "basis",
    type=click.Choice(BASES),
    help="Basis of --fit or --limit (utility if left out), and all tables are shown; without "
    "either, where the tables end.",
)
@click.option(
    "--load", type=click.Choice(LOADS), help="Load of --fit or --limit; nameplate if left out."
)
@click.option(
    "--metered",
    metavar="CSV",
    help="A series of times and powers to hold against the prediction: `timestamp,it_kw`.",
)
@click.option(
    "--metered-at",
    type=click.Choice(BASES),
    help="Basis at which the series was metered, where its heads do not say so.",
)
@click.option(
    "--calibrate",
    metavar="OUT",
    help="With --metered: write the cluster file with `peak` and `average` that give its mean and "
    "highest sample.",
)
@click.option("--force", is_flag=True, help="Let --calibrate write over a file that is there.")
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
    form: Form,
    as_json: bool,
    force: bool,
    catalog_folder: Path | None,
    **words: str | None,
) -> int:
    """Show the power chain of FILE (a cluster, a plan, or a scenario, which is solved), or of
    --system ID with --count or --fit.

    Every figure names its basis (chip, server, rack, it, facility, utility) and its load
    (nameplate, peak, average, idle), and has an 80 % range. Options that say something of the
    cluster also replace what a cluster file says.
    """
    form = "json" if as_json else form
    asked = Asked(**{name: words.pop(name) for name in QUESTIONS}, force=force)  # type: ignore[arg-type]
    _usage(file, system_id, count, asked)
    said = {name: word for name, word in words.items() if word is not None}
    from planner.catalog.lint import sound_catalog
    from planner.power_model.announced import whole_systems
    from planner.power_model.file import cluster_of_options
    from planner.power_model.fit import parse_powers
    from planner.power_model.setup import of_one, set_up_options

    given = {name: getattr(asked, name) for name in ("fit", "limit", "announced")}
    asked = replace(
        asked, powers_w=parse_powers({f"--{name}": word for name, word in given.items()})
    )
    catalog, name = sound_catalog(catalog_folder), "options of planner power"
    if file is not None:
        return _of_file(file, asked, said, form, catalog)
    note, number = "", "1 systems" if count is None else count
    if asked.announced is not None:
        number, note = whole_systems(catalog, system_id or "", number)
    options = of_one(system_id or "", number, said)
    if asked.fit is not None:
        return _fitting(*cluster_of_options(name, options), asked, form, catalog)
    return _of_cluster(set_up_options(name, options, catalog), asked, form, note=note)


QUESTIONS = (
    "fit",
    "limit",
    "announced",
    "basis",
    "load",
    "metered",
    "metered_at",
    "calibrate",
)
"""Options that ask something; all others say something of the cluster."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a cluster."""

    fit: str | None
    limit: str | None
    announced: str | None
    basis: Basis | None
    load: Load | None
    metered: str | None
    metered_at: Basis | None
    calibrate: str | None
    force: bool
    powers_w: Mapping[str, float] = field(default_factory=dict)
    """By option."""

    @property
    def where(self) -> tuple[Basis, Load]:
        """Basis and load of --fit and --limit."""
        return self.basis or "utility", self.load or "nameplate"

    @property
    def upto(self) -> Basis | None:
        """Where the tables end; None for all of them."""
        return None if self.fit or self.limit else self.basis

    @property
    def limit_w(self) -> float | None:
        """The limit, if one is given."""
        return self.powers_w.get("--limit")

    def others(self, *names: str) -> list[str]:
        """The options of these names that were given."""
        given = [name for name in names if getattr(self, name)]
        return [f"--{name.replace('_', '-').replace('basis', 'at')}" for name in given]


def _usage(file: str | None, system_id: str | None, count: str | None, asked: Asked) -> None:
    """Refuse options that do not go together."""
    if (file is None) == (system_id is None):
        raise click.UsageError("give either a FILE or --system with --count or --fit")
    if system_id is not None and (count is None) == (asked.fit is None):
        raise click.UsageError("--system needs --count, or --fit with a power")
    if file is not None and (count or asked.fit):
        raise click.UsageError("--count and --fit belong to --system; a file has its own")
    if asked.load is not None and asked.fit is None and asked.limit is None:
        raise click.UsageError(
            "--load belongs to --fit and --limit; every load is shown without them"
        )
    if asked.fit and (other := asked.others("limit", "announced", "metered")):
        raise click.UsageError(f"--fit asks how many fit; give {', '.join(other)} with --count")
    if not asked.metered and (other := asked.others("metered_at", "calibrate")):
        raise click.UsageError(f"{', '.join(other)} belong to --metered, which names the series")
    if asked.calibrate and file is None:
        raise click.UsageError("--calibrate writes a cluster file anew: give a FILE")
    if asked.force and not asked.calibrate:
        raise click.UsageError("--force belongs to --calibrate")


def _of_cluster(
    setup: Setup,
    asked: Asked,
    form: Form,
    located: Located | None = None,
    note: str = "",
    catalog: Catalog | None = None,
) -> int:
    from planner.power_model.cluster import cluster_power
    from planner.power_model.verdict import cluster_verdict
    from planner.report.cluster_json import power_json
    from planner.report.cluster_tables import tables, title
    from planner.report.verdict_tables import verdict_answer

    limit_w = asked.limit_w
    found, upto = cluster_power(setup), asked.upto
    if upto == "server" and found.chain.server is None:
        raise click.UsageError(
            "a system that is sold as a rack has no server basis; ask for `--at rack`"
        )
    head, *rest = title(found)
    verdict = cluster_verdict(found, limit_w, *asked.where)
    answers = [
        verdict_answer(verdict, asked=limit_w is not None),
        _announced(found, asked),
        _metered(found, asked, located, catalog),
    ]
    lines = [line for answer in answers for line in answer[0]]
    _tell(
        lambda: [*(table for answer in answers for table in answer[1]), *tables(found, upto)],
        [head, *lines, *rest, *([f"note: {note}"] if note else [])],
        lambda: power_json(found, upto, {k: v for a in answers for k, v in a[2].items()}),
        form,
    )
    return DOES_NOT_FIT if limit_w is not None and verdict and not verdict.fits else 0


def _announced(found: ClusterPower, asked: Asked) -> Answer:
    """What an announced power is, if one is given."""
    if asked.announced is None:
        return [], [], {}
    from planner.power_model.announced import place
    from planner.report.verdict_tables import placed_json, placed_lines, placed_table

    placed = place(found, asked.powers_w["--announced"])
    lines = placed_lines(placed, found.setup.cluster.accelerators)
    return lines, [placed_table(placed)], {"announced": placed_json(placed)}


def _metered(
    found: ClusterPower, asked: Asked, located: Located | None, catalog: Catalog | None
) -> Answer:
    """A series beside the prediction, if one is given; and the file that is fitted to it."""
    if asked.metered is None:
        return [], [], {}
    from planner.power_model.calibrate import calibrated
    from planner.power_model.metered import metered
    from planner.power_model.series import read_series
    from planner.report.metered_tables import metered_json, metered_lines, metered_tables

    parts = {name: found.basis_of(name) for name, _ in found.parts}
    told = metered(found, read_series(Path(asked.metered), parts), asked.metered_at)
    lines = metered_lines(told)
    if asked.calibrate is not None:
        assert located is not None
        assert catalog is not None
        out = Path(asked.calibrate)
        if out.exists() and not asked.force:
            raise click.UsageError(f"{out} is there already; --force writes over it")
        write(out, calibrated(told, located, catalog, out))
        lines.append(f"wrote {out}, whose `peak` and `average` give the series' highest and mean")
    return lines, metered_tables(told), {"metered": metered_json(told)}


def _fitting(
    file: ClusterFile, located: Located, asked: Asked, form: Form, catalog: Catalog
) -> int:
    from planner.power_model.fit import fit
    from planner.report.cluster_json import fit_json
    from planner.report.cluster_tables import fit_tables, tables, title

    found = fit(file, located, catalog, asked.powers_w["--fit"], *asked.where)
    _tell(
        lambda: [*fit_tables(found), *tables(found.power)],
        title(found.power),
        lambda: fit_json(found),
        form,
    )
    return 0


def _of_file(name: str, asked: Asked, said: Mapping[str, str], form: Form, catalog: Catalog) -> int:
    from planner.data import looks_like_plan
    from planner.power_model.file import find_cluster, looks_like_cluster, read_cluster
    from planner.power_model.setup import placed, set_up

    path = find_cluster(name)
    if looks_like_plan(path):
        from planner.assembly.audit import audit
        from planner.assembly.plan_file import load_plan

        _refuse(said, asked, "a plan")
        plan, located = load_plan(path)
        audit(plan, located)
    elif looks_like_cluster(path):
        if asked.calibrate and said:
            raise click.UsageError(
                f"--calibrate keeps what the file says: write {', '.join(_options(said))} into it"
            )
        file, located = read_cluster(path, placed(said))
        return _of_cluster(set_up(file, located, catalog), asked, form, located, catalog=catalog)
    else:
        from planner.pipeline import make_plan

        _refuse(said, asked, "a scenario")
        plan = make_plan(name, catalog=catalog)
    return _of_plan(plan, asked, form)


def _options(said: Iterable[str]) -> list[str]:
    return [f"--{name.replace('_', '-')}" for name in said]


def _refuse(said: Mapping[str, str], asked: Asked, what: str) -> None:
    names = _options(said) + asked.others("announced", "metered")
    names += asked.others("basis") if asked.limit is None else []
    if names:
        raise click.UsageError(
            f"{', '.join(names)} belong to --system or a cluster file; {what} has its own"
        )


def _of_plan(plan: object, asked: Asked, form: Form) -> int:
    from planner.plan.schema import Plan
    from planner.power_model.draw import beside, of_plan, shares, waterfall
    from planner.power_model.verdict import Verdict, plan_verdicts
    from planner.report.plan_proof import proof_of
    from planner.report.plan_tables import assumptions
    from planner.report.power_tables import (
        beside_tables,
        plan_power_json,
        site_powers,
        site_waterfall,
    )
    from planner.report.verdict_tables import site_lines, sites_json, verdict_table

    assert isinstance(plan, Plan)
    limit_w = asked.limit_w
    sites = [] if limit_w is None else plan_verdicts(plan, limit_w, *asked.where)
    chains = [(fleet, waterfall(fleet)) for fleet in of_plan(plan)]
    told = [table for chain in chains for table in site_waterfall(*chain)]
    tables = [
        *(verdict_table(Verdict(at.held), f"Verdict at {at.site}", at.periods) for at in sites),
        *site_powers(plan),
        *beside_tables(plan, beside(plan), shares(plan)),
        *told,
        assumptions(plan),
    ]
    _tell(
        lambda: tables,
        [plan.name, *(site_lines(sites) if limit_w is not None else []), proof_of(plan)],
        lambda: plan_power_json(
            plan,
            beside(plan),
            shares(plan),
            chains,
            {} if limit_w is None else {"verdict": sites_json(sites)},
        ),
        form,
    )
    return 0 if all(one.fits for at in sites for one in at.held) else DOES_NOT_FIT


def _tell(
    tables: Callable[[], Iterable[Table]], lines: list[str], json: Callable[[], str], form: Form
) -> None:
    from planner.report.document import Document

    tell(Document(lines[0], tables, json, lines[1:]), form)
