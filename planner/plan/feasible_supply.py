"""Are orders as large, and as round, as the vendor takes them, and is nobody paid who is not qualified?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.errors import Problem
from planner.periods import later
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.schema import Plan


def orders(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Minimum orders, lots and qualifications."""
    together: dict[tuple[str, str], int] = defaultdict(int)
    for purchase in plan.purchases:
        together[plan.case.system[purchase.system].product, purchase.delivered] += purchase.units
    for entry in plan.case.supply:
        for (system, label), units in sorted(together.items()):
            if system == entry.system and 0 < units < entry.minimum_order:
                message = f"{units} {system} arrive in {label}, an order is at least {entry.minimum_order}"
                yield Problem("A002", message, path=f"case.{entry.path}")
            if system == entry.system and units % entry.lot:
                message = f"{units} {system} arrive in {label}, they come in lots of {entry.lot}"
                yield Problem("A002", message, path=f"case.{entry.path}")
    yield from _qualifications(plan, d)


def _qualifications(plan: Plan, d: Derivation) -> Iterator[Problem]:
    by_supplier = {q.supplier: q for q in plan.case.qualifications}
    ready: dict[str, date] = {}
    for i, row in enumerate(plan.qualifications):
        entry = by_supplier[row.supplier]
        timeline = plan.case.timeline
        done = later(timeline.starts[d.at[row.started]], entry.time_days)
        if done >= timeline.end:
            message = f"{row.supplier} is not qualified within the horizon when that starts in {row.started}"
            yield Problem("A001", message, path=f"qualifications.{i}.started")
            continue
        ready[row.supplier] = done
        derived = row.model_copy(update={"qualified": str(done), "cost_usd": entry.cost_usd})
        yield from fields(f"qualifications.{i}", row, derived)
    for entry in plan.case.qualifications:
        for i, purchase in enumerate(plan.purchases):
            arrival = plan.case.arrivals[purchase.system][d.at[purchase.delivered]]
            if purchase.system in entry.systems and (arrival is None or arrival.day < ready.get(entry.supplier, date.max)):
                message = f"{entry.supplier} is not qualified when {purchase.system} is delivered in {purchase.delivered}"
                yield Problem("A002", message, path=f"purchases.{i}.delivered")
