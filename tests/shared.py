"""What takes long and is the same for all test processes of a run: worked out by the first that
asks for it, read by the others.

Without this, every worker of pytest-xdist would solve the shipped scenarios again for itself.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 300.0
"""After this long the worker that began is taken for dead, and whoever waits does the work
itself."""


class Shared:
    """Answers of a run, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, make: Callable[[], T]) -> T:
        """The answer of this name; `make` works it out if nobody has, or if whoever began
        failed."""
        done, begun = self.folder / f"{name}.pickle", self.folder / f"{name}.begun"
        if not done.exists() and self._first(begun):
            try:
                part = done.with_suffix(".part")
                part.write_bytes(pickle.dumps(make()))
                part.replace(done)  # whole or not at all
            finally:
                begun.with_suffix(".ended").touch()
        until = time.monotonic() + PATIENCE_S
        while (
            not done.exists()
            and not begun.with_suffix(".ended").exists()
            and time.monotonic() < until
        ):
            time.sleep(0.05)
        return pickle.loads(done.read_bytes()) if done.exists() else make()  # type: ignore[no-any-return]

    @staticmethod
    def _first(path: Path) -> bool:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


class Each(Mapping[str, T]):
    """Answers of several names, each worked out when somebody first asks for it: processes work on
    different ones instead of waiting."""

    def __init__(
        self, shared: Shared, kind: str, names: Sequence[str], make: Callable[[str], T]
    ) -> None:
        self.shared, self.kind, self.names, self.make = shared, kind, tuple(names), make
        self.known: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self.names:
            raise KeyError(name)
        if name not in self.known:
            self.known[name] = self.shared(f"{self.kind}-{name}", lambda: self.make(name))
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
