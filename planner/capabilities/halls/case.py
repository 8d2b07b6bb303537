"""Halls in plain numbers, with their limits."""

from __future__ import annotations

from functools import cached_property

from planner.core.case import Case
from planner.core.fields import CasePayment
from planner.core.limits import MW, RACKS, At, LimitKind, Unit, Words, site_path
from planner.core.whole import Broken, bill, delay, doubled, named
from planner.periods import Arrival, Day
from planner.records import Record


class CaseHall(Record):
    """One kind of hall at a site; each of it carries so much."""

    site: str
    id: str
    name: str
    cooling: str
    """Cooling technology of the catalog."""
    it_w: float
    """Critical IT, at the load by which the site is sized."""
    positions: float | None
    """Racks; None: not limited."""
    liquid_w: float
    air_w: float
    carries: dict[str, float]
    """System that may stand here → rack positions that one of it takes; others may not."""
    cost_usd: float
    """Of one hall."""
    lead_time_days: float
    """From the beginning of construction to the first machine in service."""
    first: Day
    """First day on which one can be begun; may lie beyond the horizon."""
    last: Day
    payments: list[CasePayment] = []
    """Before it is in use; none: evenly while it is built."""
    most: int | None
    path: str

    @property
    def place(self) -> str:
        """Its name in rows and tables: `site/hall`."""
        return f"{self.site}/{self.id}"


class HallsCase(Case):
    """Halls that can be built."""

    halls: list[CaseHall] = []
    """Where a site has any, capacity there is built by the hall, and only by the hall."""

    @cached_property
    def openings(self) -> dict[str, tuple[Arrival | None, ...]]:
        """By `site/hall`, for each period: the day on which halls that are begun in it are begun,
        and the first period of their use.
        """
        return {
            hall.place: self.timeline.arrivals(hall.first, hall.last, hall.lead_time_days)
            for hall in self.halls
        }

    def halls_at(self, site: str) -> list[CaseHall]:
        """Kinds of halls that can be built at a site."""
        return [hall for hall in self.halls if hall.site == site]

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        yield from doubled([hall.place for hall in self.halls], "halls")
        for i, hall in enumerate(self.halls):
            yield from named([hall.site], self.site, f"halls.{i}.site")
            yield from named(hall.carries, self.system, f"halls.{i}.carries")
            yield from delay(hall.lead_time_days, f"halls.{i}.lead_time_days")
            yield from bill(hall.payments, f"halls.{i}.payments")


WORDS = {
    "it": "critical IT",
    "positions": "positions",
    "liquid": "liquid cooling",
    "air": "air cooling",
}
"""What a hall holds, in words."""
PATHS = {
    "it": "construction.existing",
    "positions": "positions",
    "liquid": "cooling.liquid",
    "air": "cooling.air",
}
"""Where the scenario says what of it stood at the start."""


def resource_unit(resource: str) -> Unit:
    """The unit of what a hall holds."""
    return RACKS if resource == "positions" else MW


def _number(at: At) -> Words:
    place = at.key[0]
    path = next(hall.path for hall in at.case.of(HallsCase).halls if hall.place == place)
    says = f"at most {at.told} {HALLS.of(at.amount)} {place} can be built"
    return Words(f"number of halls {place}", f"{path}.most", says)


def _housed(at: At) -> Words:
    system, site, period = at.key
    says = f"every {system} at {site} in {period} stands in a hall or in what stood"
    return Words(f"halls at {site}", f"{site_path(at.case, site)}.halls", says)


def _standing(at: At) -> Words:
    site, resource, period = at.key
    says = (
        f"{WORDS[resource]} that stands at {site} in {period} is {at.told} "
        f"{resource_unit(resource).name}"
    )
    return Words(
        f"standing {WORDS[resource]} at {site}",
        f"{site_path(at.case, site)}.{PATHS[resource]}",
        says,
    )


def _unit(at: At) -> Unit:
    return resource_unit(at.key[1])


HALLS = Unit("halls", "hall")
NUMBER = LimitKind("hall.number", HALLS, _number)
HOUSED = LimitKind("hall.housed", Unit("systems of room"), _housed, number="none", headroom=False)
STANDING = LimitKind("hall.standing", _unit, _standing, dated=True)
FACE = HallsCase
