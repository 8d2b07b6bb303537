"""Which sites hold more machines than they can, of those that must stay? Found by arithmetic, before anything is solved."""

from __future__ import annotations

from planner.capabilities.fleet.limits import KEPT
from planner.errors import Limit
from planner.plan.reach import Reach
from planner.plan.reach_fill import MARGIN, ROUNDING
from planner.plan.stocks import entry_stock
from planner.scenario.case import Case
from planner.yamlfile import Located


def check_standing(case: Case, located: Located | None = None) -> list[tuple[Limit, ...]]:
    """Sites whose existing machines take more than there is, and may not be retired: each time the limit, then the machines."""
    reach = Reach(case, located)
    found: dict[str, tuple[Limit, ...]] = {}
    for site in case.sites:
        stays = [(k, entry) for k, entry in enumerate(case.fleet) if entry.site == site.id and not entry.may_retire]
        for t in range(len(reach.labels)):
            for room in reach.rooms(site, t, {entry.system for _, entry in stays}):
                taken = sum(entry.units * room.use[entry.system] for _, entry in stays)
                if room.name in found or taken <= room.amount * (1 + MARGIN) + ROUNDING * room.scale:
                    continue
                machines = []
                for k, entry in stays:
                    takes = f"{entry.units * room.use[entry.system] / room.scale:.6g} {room.unit}"
                    says = f"{entry.units} {entry.system} stand at {site.id}, take {takes} and may not be retired"
                    stock = entry_stock(case, k)
                    machines.append(reach.limit(reach.words(KEPT, ",".join(stock.key)).name, says, stock.path))
                found[room.name] = (reach.limit(room.name, reach.says(site, room, t), room.path, t), *machines)
    return list(found.values())
