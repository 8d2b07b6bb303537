"""Machines that stand in plain numbers, with what must stay or go, and what leaving brings."""

from __future__ import annotations

from planner.core.case import Case
from planner.core.limits import SYSTEMS, Account, At, LimitKind, Words
from planner.core.whole import Broken, delay, named, within
from planner.records import Record


class CaseFleet(Record):
    """Machines that already stand."""

    site: str
    system: str
    units: int
    may_retire: bool
    age_years: float | None = None
    """At the start of the horizon; None: not told, and then they are worth nothing when they go."""
    worth_usd: float = 0.0
    """What their worth is a share of, each: what was paid, but no more than what a new one
    costs."""
    leaves: int | None = None
    """First period in which they must no longer run; None: they may stay to the end."""
    path: str = ""


class CaseMove(Record):
    """One way on which machines of a system may be taken, each machine once."""

    system: str
    origin: str
    destination: str
    cost_usd: float
    """Per system."""
    transit_days: float
    """From switching off to running again."""
    path: str


class FleetCase(Case):
    """Machines that stand, and ways on which they are moved."""

    fleet: list[CaseFleet]
    moves: list[CaseMove] = []

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, entry in enumerate(self.fleet):
            yield from named([entry.system], self.system, f"fleet.{i}.system")
            yield from named([entry.site], self.site, f"fleet.{i}.site")
            yield from within(entry.leaves, periods, f"fleet.{i}.leaves")
        for i, move in enumerate(self.moves):
            yield from named([move.system], self.system, f"moves.{i}.system")
            yield from named([move.origin, move.destination], self.site, f"moves.{i}")
            yield from delay(move.transit_days, f"moves.{i}.transit_days")


def _entry(at: At, vintage: str) -> int | None:
    """Number of the fleet entry; None for machines that are bought."""
    return int(vintage.removeprefix("fleet.")) if vintage.startswith("fleet.") else None


def _units(at: At) -> int:
    return at.case.of(FleetCase).fleet[int(at.key[0].rpartition(".")[2])].units


def _path(at: At, number: int) -> str:
    return at.case.of(FleetCase).fleet[number].path or f"fleet.{number}"


def _kept(at: At) -> Words:
    system, site, vintage = at.key[0].split(",")
    number = int(vintage.removeprefix("fleet."))
    says = f"the {_units(at):g} {system} at {site} may not be retired"
    return Words(f"retirement of {system} at {site}", f"{_path(at, number)}.may_retire", says)


def _may_retire(at: At, by: float) -> str:
    return f"{by:g} of the {_units(at):g} that stand may be retired"


def _lifetime(at: At) -> Words:
    system, site, vintage = at.key[0].split(",")
    if (number := _entry(at, vintage)) is not None:
        says = f"{system} at {site} that stand at the start must be gone by {at.note}"
        return Words(f"lifetime of {system} at {site}", _path(at, number), says)
    path = f"systems.{at.case.candidate(at.case.system[system])}"
    return Words(
        f"lifetime of {system}",
        path,
        f"{system} at {site} that came in {vintage} must be gone by {at.note}",
    )


def _may_stay(at: At, by: float) -> str:
    return f"{by:g} of them may stay beyond {at.note}"


KEPT = LimitKind("fleet.kept", SYSTEMS, _kept, number="choice", instead=_may_retire)
LIFETIME = LimitKind(
    "fleet.lifetime", SYSTEMS, _lifetime, least=True, number="choice", instead=_may_stay
)
"""`note` is the period by which they must be gone."""
MOVES = Account("opex.moves", "opex")
RESALE = Account("resale.systems", "income", in_budget=False)
FACE = FleetCase
