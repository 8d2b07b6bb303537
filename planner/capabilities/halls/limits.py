"""Limits of halls: how many, what stood at the start, and that every machine stands in one."""

from __future__ import annotations

from planner.core.limits import MW, RACKS, At, LimitKind, Unit, Words, site_path

WORDS = {"it": "critical IT", "positions": "positions", "liquid": "liquid cooling", "air": "air cooling"}
"""What a hall holds, in words."""
PATHS = {"it": "construction.existing", "positions": "positions", "liquid": "cooling.liquid", "air": "cooling.air"}
"""Where the scenario says what of it stood at the start."""


def resource_unit(resource: str) -> Unit:
    """The unit of what a hall holds."""
    return RACKS if resource == "positions" else MW


def _number(at: At) -> Words:
    place = at.key[0]
    path = next(hall.path for hall in at.case.halls if hall.place == place)
    says = f"at most {at.amount:g} {HALLS.of(at.amount)} {place} can be built"
    return Words(f"number of halls {place}", f"{path}.most", says)


def _housed(at: At) -> Words:
    system, site, period = at.key
    says = f"every {system} at {site} in {period} stands in a hall or in what stood"
    return Words(f"halls at {site}", f"{site_path(at.case, site)}.halls", says)


def _standing(at: At) -> Words:
    site, resource, period = at.key
    says = f"{WORDS[resource]} that stands at {site} in {period} is {at.amount:g} {resource_unit(resource).name}"
    return Words(f"standing {WORDS[resource]} at {site}", f"{site_path(at.case, site)}.{PATHS[resource]}", says)


def _unit(at: At) -> Unit:
    return resource_unit(at.key[1])


HALLS = Unit("halls", "hall")
NUMBER = LimitKind("hall.number", HALLS, _number)
HOUSED = LimitKind("hall.housed", Unit("systems of room"), _housed, number="none", headroom=False)
STANDING = LimitKind("hall.standing", _unit, _standing, dated=True)
