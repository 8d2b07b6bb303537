"""The command line with the sample capability, answered again and again by one process: a line of
JSON comes in for each command and goes out for each answer.

Capabilities are registered before the records are put together, so the test process itself cannot
know one more; and a process for every command would spend its time importing.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import nullcontext, redirect_stderr, redirect_stdout

from planner.capabilities import CAPABILITIES

CAPABILITIES.append("tests.sample_capability")

from planner.cli.main import main  # noqa: E402  (as in `__main__`)
from planner.solver import engine  # noqa: E402


def answered(arguments: list[str]) -> tuple[int, str]:
    """The exit code of a command and all that it says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            main(arguments)
        except SystemExit as left:
            return left.code if isinstance(left.code, int) else 0, said.getvalue()
    return 0, said.getvalue()


if __name__ == "__main__":
    with engine.Engine() as one:
        engine.Engine = lambda: nullcontext(one)  # type: ignore[assignment,misc]
        for line in sys.stdin:
            print(json.dumps(answered(json.loads(line))), flush=True)
