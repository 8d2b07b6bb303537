"""What passes between the solver's process and ours: a length, then a pickled tuple. Only over
pipes that this package opened itself.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

_LENGTH = struct.Struct("<Q")
LARGE = 400
"""Whole-number columns from which a model gets a start, and HiGHS its own way at the root."""


@dataclass(frozen=True)
class Request:
    """One model to solve."""

    model: bytes
    """A serialized ModelProto."""
    solver: str
    """HIGHS, GLOP, GSCIP …"""
    time_limit_s: float
    gap: float
    seed: int
    incumbents: str = ""
    """File for improving solutions; empty for none."""
    hint: bytes | None = None
    """A solution to start from, float64 by column."""
    presolve: bool = True
    near: bool = False
    """Whether `hint` is a plan near the bound, so that HiGHS need not look for one at the root."""


@dataclass(frozen=True)
class SolveResult:
    """What the solver said."""

    reason: str
    """optimal, feasible, infeasible, unbounded, no_solution_found, …"""
    objective: float | None
    bound: float | None
    values: bytes | None
    """float64 by column."""
    duals: bytes | None
    """float64 by row; only of linear programs."""
    seconds: float
    detail: str


def send(stream: BinaryIO, message: tuple[Any, ...]) -> None:
    """Write one message."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[Any, ...] | None:
    """Read one message; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        return None
    message: tuple[Any, ...] = pickle.loads(body)
    return message
