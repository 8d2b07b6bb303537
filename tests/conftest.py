"""What all tests share."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from planner.cli.main import main
from planner.data import scenarios_folder
from planner.pipeline import make_plan
from planner.plan.schema import Plan
from planner.power_model.learn import Problem
from planner.power_model.validate import Validation, validate
from planner.solver.engine import Engine
from tests.scenario.sample import catalog
from tests.shared import Each, Shared

# no example may depend on the clock, on how fast a machine draws, or on what an earlier run found
settings.register_profile(
    "planner",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("planner")
# what is imported and listed stays: looking for garbage often takes a tenth of the run
gc.set_threshold(100_000)

SHIPPED = sorted(path.stem for path in scenarios_folder().glob("*.yaml"))
"""Names of the shipped scenarios."""


@contextmanager
def collecting() -> Iterator[None]:
    """While tests are listed no solver starts and nothing is fitted: every process of a run lists
    all of them."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("listing the tests solves nothing: move this into a test or a fixture")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", refused)
        patch.setattr(Problem, "solve", refused)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    with collecting():
        return (yield)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files instead of comparing with them",
    )
    parser.addoption(
        "--seed", type=int, help="look at one seed of the properties that run, and at no other"
    )


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One solver process for the whole session."""
    with Engine() as it:
        yield it


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """What all test processes of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return Shared(folder)


@pytest.fixture(scope="session")
def shipped(shared: Shared) -> Mapping[str, Plan]:
    """A plan of every shipped scenario."""
    return Each(shared, "shipped", SHIPPED, make_plan)


@pytest.fixture(scope="session")
def validation(shared: Shared) -> Validation:
    """Every metered machine of the shipped catalog predicted from the others."""
    return shared("validation", lambda: validate(catalog(), "hpl"))


@pytest.fixture(autouse=True, scope="session")
def ctrl_c() -> None:
    """A shell that starts the tests in the background tells them to ignore Ctrl-C; some of them are
    about it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def compiled(shared: Shared) -> Iterator[None]:
    """Processes that tests start find modules compiled, also where nothing may be written beside
    the source: compiling all of them takes longer than most commands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(shared.folder / "compiled"))
        yield


@pytest.fixture
def own_engine() -> Iterator[Engine]:
    """A solver process that a test may kill."""
    with Engine() as it:
        yield it


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> Command:
    """Run `planner` with arguments. It solves in the process that other tests solve in; tests of
    `tests/solver` start their own."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("planner.solver.engine.Engine", lambda: nullcontext(engine))

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(left.value.code if isinstance(left.value.code, int) else 0, out, err)

    return run


Golden = Callable[[Path, str], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a file; only `--update-golden` writes it."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"{path} is missing; `pytest --update-golden` writes it"
        assert text == path.read_text(encoding="utf-8"), (
            f"{path.name} changed; if it should, run `pytest --update-golden` and read the diff"
        )

    return compare
