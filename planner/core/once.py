"""What is asked of the same decisions by several tables is worked out at its first asking."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar


class Remembers(Protocol):
    """Something that does not change, and keeps what was found out about it."""

    known: dict[Any, Any]


D = TypeVar("D", bound=Remembers)
R = TypeVar("R")


def once(question: Callable[[D], R]) -> Callable[[D], R]:
    """The same question, answered from memory the second time. Whoever asks leaves the answer as it is."""

    @wraps(question)
    def asked(d: D) -> R:
        if question not in d.known:
            d.known[question] = question(d)
        return d.known[question]  # type: ignore[no-any-return]

    return asked
