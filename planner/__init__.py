"""Capacity planning for AI clusters: what to buy, where and when, with a proven gap and every
figure sourced.

    import planner

    plan = planner.solve("colossus", {"sites.memphis.power.2024-08": "200 MW"})
    plan.totals.capex_usd, plan.frame("purchases")
    planner.power(SYSTEM, 100_000).chain.utility.peak_w

What stands here is documented in `planner.door`, and loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.door import (
        Catalog,
        ClusterPower,
        Compared,
        Comparison,
        Explanation,
        Loaded,
        Plan,
        Scenario,
        check,
        compare,
        explain,
        load,
        load_catalog,
        power,
        read_plan,
        solve,
    )
    from planner.errors import (
        AuditError,
        InfeasibleError,
        InputError,
        OptionError,
        PlannerError,
        SolverError,
    )

__all__ = [
    "AuditError",
    "Catalog",
    "ClusterPower",
    "Compared",
    "Comparison",
    "Explanation",
    "InfeasibleError",
    "InputError",
    "Loaded",
    "OptionError",
    "Plan",
    "PlannerError",
    "Scenario",
    "SolverError",
    "check",
    "compare",
    "explain",
    "load",
    "load_catalog",
    "power",
    "read_plan",
    "solve",
]


def __getattr__(name: str) -> object:
    """What `__all__` names, at its first use."""
    if name not in __all__:
        raise AttributeError(f"module `planner` has no attribute `{name}`")
    found: object = getattr(
        import_module("planner.errors" if name.endswith("Error") else "planner.door"), name
    )
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The names that people use."""
    return __all__
