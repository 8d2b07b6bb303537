"""A solver one can start early, watch, interrupt and kill."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from planner.arrays import Floats
from planner.errors import SolverError
from planner.solver.messages import Request, SolveResult, receive, send

GRACE_S, GRACE = 3.0, 0.1
"""How long a solver may run past its time, in seconds and as a share of it: HiGHS looks at the
clock now and then only."""
NOTHING = 1e-9
"""A difference between two objective values that is none, in any of the model's units (a thousandth
of a USD)."""


@dataclass(frozen=True)
class Progress:
    """How far a solve is: the best plan and the bound so far (None until there is one), and the
    time it took.
    """

    objective: str
    best: float | None
    bound: float | None
    seconds: float

    @property
    def gap(self) -> float | None:
        """Share by which the best plan may still be improved."""
        return (
            None if self.best is None or self.bound is None else relative_gap(self.best, self.bound)
        )


Watcher = Callable[[Progress], None]


def relative_gap(best: float, bound: float) -> float:
    """|best − bound| over the larger of the two; 0 when they differ by rounding around 0 alone."""
    return 0.0 if abs(best - bound) <= NOTHING else abs(best - bound) / max(abs(best), abs(bound))


class Interrupted(Exception):
    """Ctrl-C during a solve; carries what was found until then."""

    def __init__(self, values: Floats | None, bound: float | None, seconds: float) -> None:
        super().__init__("interrupted")
        self.values, self.bound, self.seconds = values, bound, seconds


def _worker() -> subprocess.Popen[bytes]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
    return subprocess.Popen(
        [sys.executable, "-m", "planner.solver.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # Ctrl-C reaches this process, which then kills the worker
    )


class Engine:
    """One worker process. Start it before reading files: its imports then overlap with the
    reading.
    """

    def __init__(self) -> None:
        self._process = _worker()
        self._folder = tempfile.TemporaryDirectory(prefix="planner-")

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the worker and forget its files."""
        self._bury()
        self._folder.cleanup()

    def _bury(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def solve(
        self,
        proto: Any,
        *,
        name: str,
        time_limit_s: float,
        gap: float,
        seed: int,
        solver: str = "HIGHS",
        watch: Watcher | None = None,
        hint: bytes | None = None,
        presolve: bool = True,
        near: bool = False,
    ) -> SolveResult:
        """Solve a ModelProto, from the solution `hint` (float64 by column) if there is one, which
        may be `near` the bound.

        A solver that does not heed its time is killed, and what it had found is its answer. Raises
        `Interrupted` on Ctrl-C and `SolverError` if the solver fails or dies. A worker that was
        killed or died is replaced.
        """
        if self._process.poll() is not None:
            self._bury()
            self._process = _worker()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        incumbents = Path(self._folder.name) / "incumbents.sol"
        incumbents.unlink(missing_ok=True)
        log = _Log(name, watch)
        keeps = any(proto.variables.integers) and solver == "HIGHS"
        body, file = proto.SerializeToString(), str(incumbents) if keeps else ""
        request = Request(body, solver, time_limit_s, gap, seed, file, hint, presolve, near)
        began, deadline = time.perf_counter(), GRACE_S + (1 + GRACE) * time_limit_s
        alarm = threading.Timer(deadline, self._process.kill)
        alarm.start()
        try:
            send(self._process.stdin, ("solve", request))  # type: ignore[arg-type]
            while (message := receive(self._process.stdout)) is not None:  # type: ignore[arg-type]
                if message[0] == "log":
                    log.read(message[1])
                elif message[0] == "done":
                    answer: SolveResult = message[1]
                    return answer
                else:
                    raise SolverError(f"the solver failed: {message[1]}")
        except KeyboardInterrupt:
            self._process.kill()
            self._process.wait()
            values = last_incumbent(incumbents, len(proto.variables.ids))
            raise Interrupted(values, log.bound, log.seconds) from None
        except BrokenPipeError:
            pass
        finally:
            alarm.cancel()
        code = self._process.wait()
        if (seconds := time.perf_counter() - began) >= deadline:
            values = last_incumbent(incumbents, len(proto.variables.ids))
            return _overdue(hint if values is None else values.tobytes(), log.bound, seconds)
        raise SolverError(
            f"the solver's process died (exit code {code}); a smaller model or more memory may help"
        )


def _overdue(values: bytes | None, bound: float | None, seconds: float) -> SolveResult:
    """What a solver that had to be killed had found by then."""
    return SolveResult(
        reason="no_solution_found" if values is None else "feasible",
        objective=None,
        bound=bound,
        values=values,
        duals=None,
        seconds=seconds,
        detail="the solver did not end in its time",
    )


_LOG_LINE = re.compile(
    r"^\s*(?:[A-Za-z]\s+)?\d+[km]?\s+\d+[km]?\s+\d+[km]?\s+[\d.]+%\s+(?P<bound>\S+)\s+(?P<best>\S+)\s+\S+.*?(?P<seconds>[\d.]+)s\s*$"
)


class _Log:
    """Reads bound, best and time from the lines of HiGHS, which offers no other progress."""

    def __init__(self, name: str, watch: Watcher | None) -> None:
        self.name, self.watch = name, watch
        self.best: float | None = None
        self.bound: float | None = None
        self.seconds = 0.0

    def read(self, lines: list[str]) -> None:
        for line in lines:
            match = _LOG_LINE.match(line)
            if not match:
                continue
            self.bound, self.best = _finite(match["bound"]), _finite(match["best"])
            self.seconds = float(match["seconds"])
            if self.watch:
                self.watch(Progress(self.name, self.best, self.bound, self.seconds))


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def last_incumbent(path: Path, columns: int) -> Floats | None:
    """The last complete solution in a file of improving solutions; None if there is none."""
    if not path.exists():
        return None
    complete: Floats | None = None
    # the last line of a killed process may be cut short, so it counts only when a line end follows
    # it
    text, _, _ = path.read_text(encoding="utf-8", errors="replace").rpartition("\n")
    for chunk in text.split("# Columns")[1:]:
        words = [
            line.split()[-1]
            for line in chunk.splitlines()[1:]
            if line.strip() and not line.startswith(("#", "Objective"))
        ]
        with contextlib.suppress(ValueError):
            values = np.array([float(word) for word in words[:columns]])
            if len(values) == columns:
                complete = values
    return complete
