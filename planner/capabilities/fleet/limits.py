"""Machines that must stay, and machines that must go. Rows are labelled `system,site,when`, `when` a fleet entry or a period."""

from __future__ import annotations

from planner.core.limits import SYSTEMS, At, LimitKind, Words


def _entry(at: At, vintage: str) -> int | None:
    """Number of the fleet entry; None for machines that are bought."""
    return int(vintage.removeprefix("fleet.")) if vintage.startswith("fleet.") else None


def _units(at: At) -> int:
    return at.case.fleet[int(at.key[0].rpartition(".")[2])].units


def _path(at: At, number: int) -> str:
    return at.case.fleet[number].path or f"fleet.{number}"


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
    return Words(f"lifetime of {system}", path, f"{system} at {site} that came in {vintage} must be gone by {at.note}")


def _may_stay(at: At, by: float) -> str:
    return f"{by:g} of them may stay beyond {at.note}"


KEPT = LimitKind("fleet.kept", SYSTEMS, _kept, number="choice", instead=_may_retire)
LIFETIME = LimitKind("fleet.lifetime", SYSTEMS, _lifetime, least=True, number="choice", instead=_may_stay)
"""`note` is the period by which they must be gone."""
