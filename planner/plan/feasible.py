"""Do a plan's decisions respect every limit of its case?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.errors import Problem
from planner.periods import later
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.limits import limit_rows
from planner.plan.purchase import purchase
from planner.plan.schema import Plan, Purchase
from planner.plan.tolerance import ABSOLUTE, RELATIVE, agree


def purchases(plan: Plan) -> Iterator[Problem]:
    """Every purchase is whole, allowed, and says of itself what follows."""
    labels = [p.label for p in plan.case.timeline.periods]
    for i, row in enumerate(plan.purchases):
        system, t = plan.case.system[row.system], labels.index(row.delivered)
        derived = purchase(plan.case, system, row.site, t, row.units)
        if derived is None:
            yield Problem("A002", f"{row.system} cannot be delivered in {row.delivered}", path=f"purchases.{i}.delivered")
            continue
        yield from _in_time(plan, i, row)
        meant = row.accelerators // system.accelerators if system.accelerators else row.units
        if meant != row.units and meant * system.accelerators == row.accelerators and agree(row.systems_usd, meant * system.price_usd, 1e4):
            yield Problem("A001", f"units is {row.units}, but the rest of the row is that of {meant}", path=f"purchases.{i}.units")
        yield from fields(f"purchases.{i}", row, derived)
        if row.units < 1:
            yield Problem("A001", f"{row.units} systems are not a purchase", path=f"purchases.{i}.units")
        if not system.may_buy or row.site not in system.sites:
            yield Problem("A002", f"{row.system} may not be placed at {row.site}", path=f"purchases.{i}.site")


def _in_time(plan: Plan, i: int, row: Purchase) -> Iterator[Problem]:
    """The days of a purchase, one after the other: nothing is delivered, or runs, before it can."""
    system, periods = plan.case.system[row.system], {p.label: p for p in plan.case.timeline.periods}
    try:
        ordered, delivered = date.fromisoformat(row.ordered_on), date.fromisoformat(row.delivered_on)
        runs = periods[row.in_service].start
    except (ValueError, KeyError):
        yield Problem("A001", "its days are no days of the horizon", path=f"purchases.{i}.delivered_on")
        return
    inside = periods[row.delivered].start <= delivered < periods[row.delivered].end
    if not inside or not system.first <= delivered <= system.last or later(ordered, system.lead_time_days) > delivered:
        yield Problem("A002", f"{row.system} cannot be delivered on {delivered}", path=f"purchases.{i}.delivered_on")
    if later(delivered, system.fit_out_days) > runs:
        message = f"{row.system} delivered on {delivered} is not fitted out by {runs}"
        yield Problem("A002", message, path=f"purchases.{i}.in_service")


def built(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Halls hold what runs in them, and never shrink."""
    place = {(row.site, row.period): i for i, row in enumerate(plan.built)}
    for site in plan.case.sites:
        before = d.existing_mw(site)
        for t, label in enumerate(d.labels):
            mw, needed = d.built_mw[site.id, t], d.sized_w(site, t)["it"] / 1e6
            path = f"built.{place[site.id, label]}.it_mw" if (site.id, label) in place else "built"
            if before > 0 and (site.id, label) not in place:
                yield Problem("A001", f"{site.id} · {label} is missing", path="built")
            if mw < needed - ABSOLUTE - RELATIVE * needed:
                yield Problem("A002", f"{mw:.6g} MW stand at {site.id} in {label}, but {needed:.6g} MW run there", path=path)
            if mw < before - ABSOLUTE - RELATIVE * before:
                yield Problem("A002", f"{before:.6g} MW stood at {site.id} before {label}, now {mw:.6g} MW", path=path)
            before = mw


def assignments(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """A machine serves one demand of a kind at a time."""
    kinds = {demand.id: demand.kind for demand in plan.case.demands}
    by_id = {demand.id: demand for demand in plan.case.demands}
    used: dict[tuple[str, str, str, str], float] = {}
    for i, row in enumerate(plan.assignments):
        demand, key = by_id[row.demand], (kinds[row.demand], row.system, row.site, row.period)
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem("A001", f"{row.system} at {row.site} cannot serve {row.demand}", path=f"assignments.{i}")
        if list(kinds.values()).count(demand.kind) == 1:
            yield Problem("A001", f"{row.demand} has no rival, so all that runs serves it", path=f"assignments.{i}")
        used[key] = used.get(key, 0.0) + row.units
        runs = d.units.get((row.system, row.site), [0] * len(d.labels))[d.at[row.period]]
        if row.units < 0 or not agree(min(used[key], runs), used[key]):
            yield Problem(
                "A002",
                f"{used[key]:g} {row.system} serve {kinds[row.demand]} demands at once, {runs} run",
                path=f"assignments.{i}.units",
            )


def limits(d: Derivation) -> Iterator[Problem]:
    """Every limit but a priced demand is kept."""
    priced = {f"demand {demand.id}" for demand in d.case.demands if demand.may_go_short}
    for row in limit_rows(d):
        if row.name not in priced and row.headroom < -(ABSOLUTE + 2e-6 * abs(row.limit)):
            yield Problem("A002", f"{row.says}, the plan has {row.used:.8g} {row.unit}", path=row.path and f"case.{row.path}")
