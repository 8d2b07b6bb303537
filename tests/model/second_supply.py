"""What vendors deliver, for the second formulation.

An order of at least so many is written as a choice with the room of the sites as its constant; a
qualification as the choice of the one period in which it starts, or none.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date

from planner.capabilities.supply.case import CaseSupply
from planner.core.case import Case
from tests.model.program import Expression, Program, plus
from tests.model.second_calendar import Calendar, after

Slot = tuple[str, str, int]


def at_once(
    case: Case,
    comes: dict[Slot, Expression],
    name: str,
    first: int,
    last: int,
    *,
    new: bool = False,
) -> Expression:
    """Everything of a system that arrives in these periods; `new`: but for what is on order."""
    return plus(
        *(
            (1.0, e)
            for (s, _, t), e in comes.items()
            if case.system[s].product == name
            and first <= t <= last
            and not (new and case.system[s].order)
        )
    )


def room(case: Case, name: str) -> float:
    """More of a system than the power of all sites could ever feed; a million where power does not
    limit them."""
    total = 0.0
    for w in case.sites:
        each = min(
            (s.nameplate_w if w.sizing == "nameplate" else s.peak_w) / 1e6
            for s in case.systems
            if s.product == name
        )
        total += (
            math.inf
            if w.power_w is None or not each
            else math.floor(max(w.power_w) / 1e6 / each + 1e-9) + 1
        )
    return min(total, 1e6)


def order_of(case: Case, p: Program, comes: dict[Slot, Expression], k: CaseSupply) -> None:
    """Ceilings, smallest orders and lots of one entry."""
    for t in range(len(case.timeline)):
        now = at_once(case, comes, k.system, t, t)
        if k.per_period is not None:
            p.at_most(now, k.per_period)
        if k.schedule is not None:
            p.at_most(now, k.schedule[t])
        if k.cumulative is not None:
            p.at_most(at_once(case, comes, k.system, 0, t), k.cumulative[t])
        if not (now := at_once(case, comes, k.system, t, t, new=True)):
            continue
        if k.minimum_order > 1:
            something = p.column(1.0, integer=True)
            p.at_most(plus((1.0, now), (-room(case, k.system), something)), 0.0)
            p.at_least(plus((1.0, now), (-float(k.minimum_order), something)), 0.0)
        if k.lot > 1:
            lots = p.column(integer=True)
            p.at_most(plus((1.0, now), (-float(k.lot), lots)), 0.0)
            p.at_least(plus((1.0, now), (-float(k.lot), lots)), 0.0)


def qualifying(
    case: Case,
    p: Program,
    comes: dict[Slot, Expression],
    calendar: Calendar,
    day: dict[str, dict[int, tuple[date, int]]],
) -> dict[int, list[tuple[float, Expression]]]:
    """Rows of qualifications; what they cost by period."""
    paid: dict[int, list[tuple[float, Expression]]] = defaultdict(list)
    for q in case.qualifications:
        starts = {t: p.column(1.0, integer=True) for t in range(len(case.timeline))}
        p.at_most(plus(*((1.0, start) for start in starts.values())), 1.0)
        for t, start in starts.items():
            paid[t].append((q.cost_usd / 1e6, start))
        for name in {case.system[s].product for s in q.systems}:
            for t in day[name]:
                over = [
                    u
                    for u in starts
                    if after(calendar.periods[u][0], q.time_days) <= day[name][t][0]
                ]
                ready = [(-room(case, name), starts[u]) for u in over]
                now = at_once(case, comes, name, t, t, new=True)
                if now:
                    p.at_most(plus((1.0, now), *ready), 0.0)
    return paid


def crews(
    case: Case,
    p: Program,
    comes: dict[Slot, Expression],
    sent: dict[Slot, list[tuple[float, Expression]]],
    added: dict[tuple[str, int], Expression],
) -> None:
    """What the workers of some sites do in a period."""
    for crew in case.crews:
        for t in range(len(case.timeline)):
            if crew.it_w is not None:
                p.at_most(plus(*((1.0, added[site, t]) for site in crew.sites)), crew.it_w / 1e6)
            if crew.racks is not None:
                racks = [
                    (case.system[s].racks, e)
                    for (s, site, u), e in comes.items()
                    if site in crew.sites and u == t
                ]
                racks += [
                    (case.system[s].racks, e)
                    for (s, site, u), parts in sent.items()
                    if site in crew.sites and u == t
                    for _, e in parts
                ]
                p.at_most(plus(*racks), crew.racks)
