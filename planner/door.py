"""What people call from Python: one function for each question, with the names of the command line.
`import planner` is all they need.

Errors are those of `planner.errors`: `InputError` for a file that is wrong, with every mistake and
its place; `InfeasibleError` where there is no plan, with the limits that cannot hold together and
repairs; `AuditError` for a plan file that does not hold together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from planner.assembly.audit import audit
from planner.assembly.plan_file import load_plan
from planner.catalog.lint import sound_catalog
from planner.catalog.load import Catalog
from planner.core.scenario import Scenario
from planner.data import looks_like_plan
from planner.pipeline import Options, foresee, read
from planner.pipeline import solve as solve_loaded
from planner.plan.schema import Plan
from planner.power_model.cluster import ClusterPower, cluster_power
from planner.power_model.file import find_cluster, looks_like_cluster, read_cluster
from planner.power_model.setup import of_one, placed, set_up, set_up_options
from planner.scenario.load import Loaded, load_scenario_text
from planner.solver.engine import Engine
from planner.study.compare import columns_of
from planner.study.compare import compare as compare_columns
from planner.study.comparison import At, Compared, Comparison
from planner.study.explain import explain_any
from planner.study.explanation import ExplainOptions, Explanation
from planner.study.mixes import parse_mixes
from planner.study.question import Serial

__all__ = [
    "Catalog",
    "ClusterPower",
    "Compared",
    "Comparison",
    "Explanation",
    "Loaded",
    "Plan",
    "Scenario",
    "check",
    "compare",
    "explain",
    "load",
    "load_catalog",
    "power",
    "read_plan",
    "solve",
]

Name = str | PathLike[str]
"""The path of a file, or the name of a shipped scenario such as `colossus`."""


def load_catalog(folder: Name | None = None) -> Catalog:
    """The built-in catalog, or that of a folder, linted. Raises `InputError` with every mistake."""
    return sound_catalog(None if folder is None else Path(folder))


def load(
    scenario: Name, overrides: Mapping[str, str] | None = None, *, catalog: Catalog | None = None
) -> Loaded:
    """A scenario file, checked and joined with the catalog, but not solved.

    `overrides` change values of the file: `{"sites.memphis.power.2024-08": "200 MW"}`. A text with
    line breaks is read as the scenario itself. Raises `InputError` with every mistake and its
    place.
    """
    changes = [f"{path}={value}" for path, value in (overrides or {}).items()]
    if isinstance(scenario, str) and "\n" in scenario:
        return load_scenario_text(scenario, catalog or load_catalog(), changes)
    return read(str(scenario), changes, catalog)


def solve(
    scenario: Name | Loaded,
    overrides: Mapping[str, str] | None = None,
    *,
    catalog: Catalog | None = None,
    gap: float | None = None,
    time_limit_s: float | None = None,
    seed: int | None = None,
) -> Plan:
    """The plan of a scenario: what to buy, where and when, audited, with the proven bound of each
    objective.

    `gap` (a share), `time_limit_s` and `seed` replace what the scenario says. Raises `InputError`,
    `InfeasibleError` with repairs, `SolverError` where no plan was found within the time.
    """
    with Engine() as engine:
        return solve_loaded(
            _loaded(scenario, overrides, catalog), Options(gap, time_limit_s, seed), engine=engine
        )


def compare(
    scenario: Name | Loaded | Plan | Sequence[Name | Loaded | Plan],
    mixes: Sequence[str] = (),
    overrides: Mapping[str, str] | None = None,
    *,
    catalog: Catalog | None = None,
    at: At | None = None,
) -> Comparison:
    """Vendor mixes, scenarios and plans side by side: `["free", "capped=free+max:45%"]`; the first
    is what premiums are measured against.

    Rules of a mix add to those of the scenario, unless it has `free`. `at` makes mixes of one
    scenario equal to the first: `"compute"`, `"power"` or `"money"`. What has no plan, or was not
    solved, is a column that says so, and no exception. Raises `OptionError` for a mix that is none.
    """
    known = catalog or load_catalog()
    several = not isinstance(scenario, str | PathLike | Loaded | Plan)
    given: Sequence[Name | Loaded | Plan] = scenario if several else [scenario]  # type: ignore[list-item, assignment]
    held = [
        (str(number), one)
        if isinstance(one, Plan)
        else (str(number), _loaded(one, overrides, known))
        for number, one in enumerate(given, start=1)
    ]
    with Engine() as engine:
        return compare_columns(columns_of(held, parse_mixes(mixes), at), Serial(engine), at=at)


def explain(
    scenario: Name | Loaded,
    overrides: Mapping[str, str] | None = None,
    *,
    catalog: Catalog | None = None,
    asking: ExplainOptions | None = None,
) -> Explanation:
    """Why the plan is as it is: what binds, what one more unit is worth, what was not bought; or
    why there is none, and the ways out.
    """
    with Engine() as engine:
        return explain_any(
            _loaded(scenario, overrides, catalog), engine, asking or ExplainOptions()
        )


def power(
    cluster: Name,
    count: str | int | None = None,
    options: Mapping[str, str] | None = None,
    *,
    catalog: Catalog | None = None,
) -> ClusterPower:
    """What a cluster draws at every point of the chain, with ranges: of a cluster file, or of so
    many of one system.

    `power(SYSTEM, 100_000)`, by its id in the catalog, counts accelerators; `"12500 systems"`
    counts systems. `options` are those of `planner power`, without dashes: `{"workload":
    "training", "pue": "1.2"}`. Raises `InputError` with every mistake.
    """
    known, said = catalog or load_catalog(), dict(options or {})
    if count is not None:
        return cluster_power(
            set_up_options("options of power", of_one(str(cluster), str(count), said), known)
        )
    return cluster_power(set_up(*read_cluster(find_cluster(str(cluster)), placed(said)), known))


def read_plan(file: Name) -> Plan:
    """A saved plan, re-derived from its own decisions. Raises `InputError` for no plan file,
    `AuditError` for one that does not hold.
    """
    plan, located = load_plan(Path(file))
    audit(plan, located)
    return plan


def check(
    file: Name, overrides: Mapping[str, str] | None = None, *, catalog: Catalog | None = None
) -> None:
    """Check a scenario, a cluster or a plan without solving; nothing is returned where all is well.

    Raises `InputError` with every mistake, `AuditError` for a plan that does not hold together,
    `InfeasibleError` where arithmetic alone finds that there is no plan.
    """
    path = Path(file)
    if looks_like_plan(path):
        read_plan(path)
    elif looks_like_cluster(found := find_cluster(str(file))):
        set_up(*read_cluster(found), catalog or load_catalog())
    else:
        foresee(load(file, overrides, catalog=catalog))


def _loaded(
    scenario: Name | Loaded, overrides: Mapping[str, str] | None, catalog: Catalog | None
) -> Loaded:
    if isinstance(scenario, Loaded):
        if overrides:
            raise TypeError("a scenario that is loaded takes no overrides; give them to `load`")
        return scenario
    return load(scenario, overrides, catalog=catalog)
