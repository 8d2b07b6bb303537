"""Was a plan edited after it was saved? A digest of each of its parts finds what no arithmetic could: solver, gaps, notes, grades.

A part is a table, an objective, or a key of the case. Line breaks, the order of keys, and `1` for `1.0` are the same part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from planner.errors import Problem

OWN = "digests"
"""The field that holds the digests."""
BY_ROW, BY_KEY = ("goals",), ("case",)
"""Fields whose rows, or keys, are parts of their own: much of what they say follows from nothing, and is to be found where it stands."""


def digests_of(data: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of each part of a plan's fields, shortened, by its dotted path."""
    return {path: hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16] for path, part in _parts(data)}


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        said = to_jsonable_python(value)
        if name in BY_ROW:
            yield from ((f"{name}.{i}", row) for i, row in enumerate(said))
        elif name in BY_KEY:
            yield from ((f"{name}.{key}", part) for key, part in said.items())
        elif name != OWN:
            yield name, said


def edited(said: Mapping[str, str], data: Mapping[str, Any], known: Sequence[Problem]) -> Iterator[Problem]:
    """Parts that are not what was saved, but for those in which something else was already found to be wrong."""
    now = digests_of(data)
    later = {path for path, part in _parts(data) if path not in said and not part}  # of a newer program, which says nothing
    for path in dict.fromkeys([*now, *said]):
        if path not in later and said.get(path) != now.get(path) and not any(f"{one.path}.".startswith(f"{path}.") for one in known):
            what = "is no part of the plan" if path not in now else "was edited after the plan was saved"
            yield Problem("A004", f"`{path}` {what}: its digest is {now.get(path)}, not {said.get(path)}", path=path, help="solve again")
