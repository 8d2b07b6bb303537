"""What vendors deliver, in whole systems by period, and who must be qualified first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from planner.capabilities.fleet.candidates import systems_of
from planner.capabilities.supply.case import CaseQualification, CaseSupply
from planner.capabilities.supply.schema import SupplyKeys
from planner.core.case import CaseSystem
from planner.core.context import Resolve, ResolveContext
from planner.core.fields import Amount
from planner.periods import later


def resolve_supply(g: ResolveContext, i: int, systems: dict[str, CaseSystem]) -> CaseSupply:
    """A supply entry by period."""
    entry = g.scenario.of(SupplyKeys).supply[i]
    system = systems.get(entry.system)
    cumulative: list[float] | None = None
    path: tuple[str | int, ...] = ("supply", i)
    if entry.by:
        steps = {moment: systems_of(amount, system) for moment, amount in entry.by.items()}
        if sorted(steps.values()) != list(steps.values()):
            g.problem(
                "S003",
                "`by` counts all deliveries so far, so it cannot fall",
                (*path, "by"),
                "write cumulative numbers, or `schedule` for numbers of each period",
            )
        cumulative = g.allocated(steps, _days(g, system), f"supply of {entry.system}")
    if entry.total is not None:
        ceiling = systems_of(entry.total, system)
        cumulative = (
            [min(ceiling, value) for value in cumulative]
            if cumulative
            else [ceiling] * len(g.timeline)
        )
    schedule = {moment: systems_of(amount, system) for moment, amount in entry.schedule.items()}
    each = systems_of(entry.per_period, system) if entry.per_period else None
    for amount, value in [
        (entry.per_period, each),
        *((a, schedule[moment]) for moment, a in entry.schedule.items()),
    ]:
        if value is not None and value != math.floor(value):
            g.note(
                f"supply of {entry.system}: {amount} is {value:.6g} systems a {g.timeline.step}, "
                "and only whole ones are delivered"
            )
    return CaseSupply(
        system=entry.system,
        cumulative=cumulative,
        per_period=each,
        path=f"supply.{i}",
        schedule=g.steps(schedule, f"schedule of {entry.system}") if schedule else None,
        minimum_order=_whole(g, i, "minimum_order", entry.minimum_order, system) or 0,
        lot=_whole(g, i, "lot", entry.lot, system) or 1,
    )


def _days(g: ResolveContext, system: CaseSystem | None) -> list[date]:
    """The day on which deliveries of each period come; its first day where nothing can come."""
    if system is None:
        return g.timeline.starts
    arrivals = g.timeline.arrivals(system.first, system.last, system.fit_out_days)
    return [
        start if a is None else a.day for a, start in zip(arrivals, g.timeline.starts, strict=True)
    ]


def _whole(
    g: ResolveContext, i: int, key: str, amount: Amount | None, system: CaseSystem | None
) -> int:
    if amount is None:
        return 0
    units = systems_of(amount, system)
    if abs(units - round(units)) > 1e-9 or round(units) < 1:
        message = f"{amount} is {units:g} systems, and machines are ordered whole"
        g.problem(
            "R001", message, ("supply", i, key), f"write `{max(1, math.ceil(units))} systems`"
        )
    return round(units)


def resolve_qualifications(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseQualification]:
    """Suppliers that the plan must qualify at a cost; those without a cost only deliver later (see
    `held_back`).
    """
    found = []
    for i, entry in enumerate(g.scenario.of(SupplyKeys).qualification):
        ids = [s.id for s in systems if s.supplier == entry.supplier and s.may_buy]
        if later(g.timeline.start, entry.time_days) >= g.timeline.end:
            g.note(
                f"qualification of {entry.supplier} takes the "
                "whole horizon, so nothing of theirs is bought"
            )
        if entry.cost_usd and ids:
            found.append(
                CaseQualification(
                    supplier=entry.supplier,
                    systems=ids,
                    time_days=entry.time_days,
                    cost_usd=g.given(
                        f"qualification of {entry.supplier}", "cost", "USD", entry.cost_usd
                    ),
                    path=f"qualification.{i}",
                )
            )
    return found


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "supply": [
            resolve_supply(g, i, g.system) for i in range(len(g.scenario.of(SupplyKeys).supply))
        ],
        "qualifications": resolve_qualifications(g, g.systems),
    }


FACE = Resolve(case)
