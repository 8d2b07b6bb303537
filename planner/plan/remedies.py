"""What stands and does not fit, and what would have to be different besides the numbers of limits.

Where a demand is out of reach, arithmetic knows the candidates:

    delivery     a system that is delivered too late for the date, and by when it would have to come
    cooling      a site that lacks the cooling without which a system cannot stand there
    place        a site of the demand at which a system may not be placed
    retirement   existing machines that may not be retired, where they take more than there is
    lots         a system that comes in lots, where that is among the limits that cannot hold
                 together

Each changes the question in that one thing. Whether it then has a plan is for a solver to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.capabilities.demand.case import CaseDemand, DemandCase
from planner.capabilities.fleet.case import KEPT, FleetCase
from planner.capabilities.sites.case import AIR, LIQUID
from planner.capabilities.supply.case import LOTS, SupplyCase, entry_label
from planner.core.case import Case, CaseSite, CaseSystem
from planner.core.limits import At, Words
from planner.periods import earlier
from planner.plan.presolve_bounds import PresolveBounds, Shortfall
from planner.plan.presolve_fill import MARGIN, ROUNDING
from planner.plan.stocks import entry_stock
from planner.records import Edit
from planner.refusal import Limit
from planner.yamlfile import Located

MOST = 12
"""More are not looked at."""


@dataclass(frozen=True)
class Remedy:
    """One thing that might be different and is no number of a limit."""

    name: str
    says: str
    path: str
    edits: tuple[Edit, ...]
    """Of the case."""


def structural_remedies(
    case: Case,
    out_of_reach: Sequence[Shortfall],
    overfull: Sequence[Sequence[Limit]] = (),
    conflict: Sequence[str] = (),
) -> list[Remedy]:
    """What might make the demands reachable, what stands fit, or limits of a `conflict` hold
    together; each once and at most a dozen.
    """
    labels = [period.label for period in case.timeline.periods]
    demands = {demand.id: demand for demand in case.of(DemandCase).demands}
    found = [
        one
        for short in out_of_reach
        for one in _of(case, demands[short.demand], labels.index(short.period))
    ]
    entries = sorted(
        {
            int(limit.path.split(".")[1])
            for cause in overfull
            for limit in cause
            if limit.path.startswith("fleet.")
        }
    )
    found += [_retired(case, k) for k in entries]
    found += [
        _any_number(case, k)
        for k in range(len(case.of(SupplyCase).supply))
        if _lots(case, k).name in conflict
    ]
    return list({(one.says, one.path): one for one in found}.values())[:MOST]


def _of(case: Case, demand: CaseDemand, t: int) -> Iterator[Remedy]:
    for name in demand.systems:
        system = case.system[name]
        if not system.may_buy:
            continue
        if set(system.sites) & set(demand.sites) and not any(
            a is not None and a.runs <= t for a in case.arrivals[name]
        ):
            yield _sooner(case, system, f"systems.{case.candidate(system)}", t)
        for site in case.sites:
            if site.id in demand.sites and site.id not in system.sites:
                yield _placed(case, system, f"systems.{case.candidate(system)}.sites", site)


def _sooner(case: Case, system: CaseSystem, path: str, t: int) -> Remedy:
    """A system that comes in time to run in period t; fitted out faster where even a delivery on
    the first day is too late.
    """
    timeline, fit_out_days = case.timeline, system.fit_out_days
    day, runs = earlier(timeline.starts[t], fit_out_days), timeline.periods[t].label
    says = (
        f"{system.id}: delivered by {day} instead of {system.first} at the soonest, to run "
        f"from {runs}"
    )
    if day < timeline.start:
        day, fit_out_days = timeline.start, float((timeline.starts[t] - timeline.start).days)
        says = f"{system.id}: delivered by {day} and in service from {runs}"

    new = {
        "first": min(system.first, day),
        "fit_out_days": min(system.fit_out_days, fit_out_days),
        "lead_time_days": min(system.lead_time_days, float((day - timeline.start).days)),
        "last": max(system.last, day),
    }
    here = f"systems.{case.systems.index(system)}"
    return Remedy(
        f"lead time of {system.id}",
        says,
        path,
        tuple(Edit(f"{here}.{field}", value) for field, value in new.items()),
    )


def _placed(case: Case, system: CaseSystem, path: str, site: CaseSite) -> Remedy:
    """A system that may stand at a site, with whatever cooling that takes."""
    lacks = (
        [(LIQUID, "liquid", "liquid_w")] if system.cooling != "air" and site.liquid_w == 0 else []
    )
    lacks += [(AIR, "air", "air_w")] if system.liquid_share < 1 and site.air_w == 0 else []
    says = f"{system.id}: placed at {site.id} as well"
    if lacks:
        says = (
            f"{site.id}: {' and '.join(way for _, way, _ in lacks)} cooling, for {system.id} "
            "to stand there"
        )
        path = lacks[0][0].words(At(case, (site.id, ""))).path
    edits = [Edit(f"systems.{case.systems.index(system)}.sites", [*system.sites, site.id])]
    edits += [Edit(f"sites.{case.sites.index(site)}.{field}", None) for *_, field in lacks]
    return Remedy(f"{system.id} at {site.id}", says, path, tuple(edits))


def _retired(case: Case, k: int) -> Remedy:
    """Existing machines that may be retired."""
    entry, stock = case.of(FleetCase).fleet[k], entry_stock(case, k)
    says = f"{entry.system} at {entry.site}: may be retired"
    name = KEPT.words(At(case, (",".join(stock.key),))).name
    return Remedy(name, says, stock.path, (Edit(f"fleet.{k}.may_retire", True),))


def _lots(case: Case, k: int) -> Words:
    """The limit that a supply entry comes in lots."""
    return LOTS.words(At(case, (entry_label(k, case.of(SupplyCase).supply[k]), "")))


def _any_number(case: Case, k: int) -> Remedy:
    """A system that comes in any number."""
    entry, words = case.of(SupplyCase).supply[k], _lots(case, k)
    says = f"{entry.system}: in any number instead of lots of {entry.lot:g}"
    return Remedy(words.name, says, words.path, (Edit(f"supply.{k}.lot", 1),))


def check_existing_fleet(case: Case, located: Located | None = None) -> list[tuple[Limit, ...]]:
    """Sites whose existing machines take more than there is, and may not be retired: each time the
    limit, then the machines.
    """
    reach = PresolveBounds(case, located)
    found: dict[str, tuple[Limit, ...]] = {}
    for site in case.sites:
        stays = [
            (k, entry)
            for k, entry in enumerate(case.of(FleetCase).fleet)
            if entry.site == site.id and not entry.may_retire
        ]
        for t in range(len(reach.labels)):
            for room in reach.rooms(site, t, {entry.system for _, entry in stays}):
                taken = sum(entry.units * room.use[entry.system] for _, entry in stays)
                if (
                    room.name in found
                    or taken <= room.amount * (1 + MARGIN) + ROUNDING * room.scale
                ):
                    continue
                machines = []
                for k, entry in stays:
                    takes = f"{entry.units * room.use[entry.system] / room.scale:.6g} {room.unit}"
                    says = (
                        f"{entry.units} {entry.system} stand at {site.id}, take {takes} and "
                        "may not be retired"
                    )
                    stock = entry_stock(case, k)
                    machines.append(
                        reach.limit(reach.words(KEPT, ",".join(stock.key)).name, says, stock.path)
                    )
                found[room.name] = (
                    reach.limit(room.name, reach.says(site, room, t), room.path, t),
                    *machines,
                )
    return list(found.values())
