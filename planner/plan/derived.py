"""Which function derives which table of a plan from its decisions? Part of the second road."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from planner.plan.derive import Derivation
from planner.plan.derive_networks import network_rows
from planner.plan.limits import limit_rows
from planner.plan.limits.shares import concentration_rows, share_rows
from planner.plan.limits.survival import survival_rows
from planner.plan.meter import carbon_rows, meter_rows, water_rows
from planner.plan.money import cash_rows

DERIVED: Mapping[str, Callable[[Derivation], Sequence[Any]]] = {
    "fleet": Derivation.fleet,
    "demands": Derivation.demands,
    "networks": network_rows,
    "power": Derivation.power,
    "energy": Derivation.energy,
    "sources": Derivation.source_rows,
    "meter": meter_rows,
    "carbon": carbon_rows,
    "water": water_rows,
    "cash": cash_rows,
    "shares": share_rows,
    "concentrations": concentration_rows,
    "survival": survival_rows,
    "compute": Derivation.compute,
    "limits": limit_rows,
}
"""By the name of the table; every table that is no decision has one."""
