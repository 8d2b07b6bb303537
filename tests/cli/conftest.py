"""The command line run inside the test process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import NamedTuple

import pytest

from planner.cli.main import main
from planner.solver.engine import Engine


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> Callable[..., Ran]:
    """Run `planner` with arguments. It solves in the process that other tests solve in; tests of
    `tests/solve` start their own."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("planner.solver.engine.Engine", lambda: nullcontext(engine))

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(left.value.code if isinstance(left.value.code, int) else 0, out, err)

    return run
