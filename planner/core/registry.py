"""The capabilities that there are, in order, and the faces that each of them has.

A face is a module of a capability (`schema`, `resolve`, `constraints` …) whose `FACE` says what it
gives. A long one may stand in several modules, `constraints` and `constraints_cover`. Whoever asks
for a face gets that of every capability that has it, and knows none by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

from planner.capabilities import CAPABILITIES

F = TypeVar("F")


@dataclass(frozen=True)
class Capability:
    """One capability."""

    name: str
    after: tuple[str, ...] = ()
    """Names of those whose work its own stands on: they come before it wherever capabilities come
    one after the other. `*` is every one that does not say so itself."""


@cache
def packages() -> tuple[str, ...]:
    """Packages of the capabilities: as they are listed, but each after those that it stands on.

    Raises ValueError for a circle, and for a name that stands on nothing.
    """
    declared: dict[str, Capability] = {
        package: import_module(package).CAPABILITY for package in CAPABILITIES
    }
    of = {capability.name: [package] for package, capability in declared.items()}
    of["*"] = [package for package, one in declared.items() if "*" not in one.after]
    unknown = [
        f"{one.name} after {name}"
        for one in declared.values()
        for name in one.after
        if name not in of
    ]
    if unknown:
        raise ValueError(f"no such capability: {', '.join(unknown)}")
    before = {
        package: [other for name in one.after for other in of[name]]
        for package, one in declared.items()
    }
    sorter = TopologicalSorter(before)
    found: list[str] = []
    try:
        sorter.prepare()
    except CycleError as error:
        raise ValueError(f"capabilities stand on each other: {' → '.join(error.args[1])}") from None
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=CAPABILITIES.index)
        found.append(ready.pop(0))
        sorter.done(found[-1])
    return tuple(found)


@cache
def faces(face: str, kind: type[F]) -> tuple[F, ...]:
    """`FACE` of the module `face` of every capability that has one, in order. Raises TypeError
    where one is of another kind.
    """
    found = []
    for name in (
        name for package in packages() for name in _modules(package) if _is_of(name, face)
    ):
        own = import_module(name).FACE
        if not isinstance(own, kind):
            raise TypeError(f"{name}.FACE is no {kind.__name__}")
        found.append(own)
    return tuple(found)


@cache
def _modules(package: str) -> tuple[str, ...]:
    return tuple(
        sorted(info.name for info in iter_modules(import_module(package).__path__, f"{package}."))
    )


def _is_of(module: str, face: str) -> bool:
    last = module.rpartition(".")[2]
    return last == face or last.startswith(f"{face}_")
