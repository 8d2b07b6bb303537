"""The solver's process: what it says when all goes well, when it dies, when it is given nonsense;
its log and its file of solutions."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.errors import SolverError
from planner.model.frame import Frame, Objective
from planner.model.terms import Terms
from planner.solver.engine import Engine, Progress, _Log, last_incumbent, relative_gap
from planner.solver.messages import SolveResult
from tests.builders import EXACT, budget, compute, fleet, model_of, site, solved, system, tiny


def knapsack(*, maximize: bool = True, constant: float = 0.0) -> tuple[Frame, Objective]:
    """x + 2 y ≤ 4 with x, y whole and at most 3; of 3 x + 4 y, (3, 0) gives 9, (0, 2) 8 and (2, 1)
    10, which is the best."""
    frame = Frame(("p",))
    v = frame.add_variables("x", (("x", "y"),), unit="", meaning="", upper=3.0, integer=True)
    frame.add_rows(
        "r",
        (("r",),),
        Terms().add(np.zeros(2, np.int64), v.index, np.array([1.0, 2.0])),
        unit="",
        meaning="",
        present=np.ones(1, dtype=bool),
        upper=4.0,
    )
    worth = np.array([3.0, 4.0]) * (1 if maximize else -1)
    return frame, Objective("worth", "", maximize, v.index.astype(np.int64), worth, constant)


def ask(engine: Engine, frame: Frame, objective: Objective, **options: object) -> SolveResult:
    settings: dict[str, object] = dict(name="n", time_limit_s=10.0, gap=0.0, seed=0)
    return engine.solve(frame.proto(objective), **{**settings, **options})  # type: ignore[arg-type]


def values(answer: SolveResult) -> list[float]:
    assert answer.values is not None
    return np.frombuffer(answer.values, dtype=np.float64).tolist()


@pytest.mark.parametrize("solver", ["HIGHS", "GSCIP", "CP_SAT"])
@pytest.mark.parametrize("maximize", [True, False])
def test_a_knapsack(solver: str, maximize: bool, engine: Engine) -> None:
    """Proves: value, bound and constant come back with the right sign: 2 x + 1 y is worth 10, and
    100 more with a constant."""
    sign = 1 if maximize else -1
    answer = ask(engine, *knapsack(maximize=maximize, constant=100.0), solver=solver)
    assert answer.reason == "optimal"
    assert values(answer) == pytest.approx([2, 1])
    assert answer.objective == pytest.approx(100 + sign * 10)
    assert answer.bound == pytest.approx(100 + sign * 10)


def test_an_infeasible_model_has_no_values(engine: Engine) -> None:
    frame, objective = knapsack()
    block = frame.variables["x"]
    frame.add_rows(
        "s",
        (("s",),),
        Terms().add(np.zeros(2, np.int64), block.index, 1.0),
        unit="",
        meaning="",
        present=np.ones(1, dtype=bool),
        lower=9.0,
    )
    answer = ask(engine, frame, objective)
    assert (answer.reason, answer.values) == ("infeasible", None)


def test_an_empty_model(engine: Engine) -> None:
    """Proves: no columns and no rows are no accident."""
    nothing = Objective("nothing", "", False, np.zeros(0, np.int64), np.zeros(0), 7.0)
    answer = ask(engine, Frame(("p",)), nothing)
    assert (answer.reason, answer.objective) == ("optimal", 7.0)


def test_duals_of_a_linear_program(engine: Engine) -> None:
    """Proves: relaxed, 4 units of the row are worth 3 each for x up to 3, then 2 each for y: one
    more unit is worth 2."""
    frame, objective = knapsack()
    answer = engine.solve(
        frame.proto(objective, relaxed=True), name="lp", time_limit_s=10, gap=0, seed=0
    )
    assert values(answer) == pytest.approx([3, 0.5])
    assert answer.duals is not None
    assert np.frombuffer(answer.duals, dtype=np.float64).tolist() == pytest.approx([2.0])


def test_a_worker_that_dies_at_work_is_an_error(own_engine: Engine) -> None:
    """Proves: the same when it dies in the middle, here as its first line of log comes in."""

    def shoot(_: Progress) -> None:
        os.kill(own_engine._process.pid, signal.SIGKILL)

    from tests.solver.hard import hard

    with pytest.raises(
        SolverError, match=r"the solver's process died \(exit code -9\); a smaller model"
    ):
        solved(hard(), own_engine, settings=replace(EXACT, time_limit_s=30), watch=shoot)
    assert ask(own_engine, *knapsack()).reason == "optimal"  # by a new one


def test_a_bad_model_is_an_error_in_the_solvers_words(own_engine: Engine) -> None:
    """Proves: bounds the wrong way round are refused with the reason, and the process goes on."""
    frame, objective = knapsack()
    proto = frame.proto(objective)
    proto.linear_constraint_matrix.column_ids[0] = 99
    with pytest.raises(SolverError, match=r"the solver failed: .*99"):
        own_engine.solve(proto, name="bad", time_limit_s=5, gap=0, seed=0)
    assert ask(own_engine, frame, objective).reason == "optimal"


def test_a_solver_that_cannot_take_the_model_says_so(own_engine: Engine) -> None:
    with pytest.raises(SolverError, match="integer"):
        ask(own_engine, *knapsack(), solver="GLOP")


def test_a_closed_engine_leaves_nothing_behind() -> None:
    engine = Engine()
    folder, process = Path(engine._folder.name), engine._process
    with engine:
        assert ask(engine, *knapsack()).reason == "optimal"
        assert folder.exists()
    assert not folder.exists()
    assert process.poll() is not None


def test_a_worker_that_died_between_two_questions_is_replaced() -> None:
    with Engine() as engine:
        engine._process.kill()
        engine._process.wait()
        assert ask(engine, *knapsack()).reason == "optimal"


def test_an_error_of_the_solver_itself_is_tried_again_without_presolve(engine: Engine) -> None:
    """Proves: HiGHS 1.12 presolves the search for this conflict to nothing and gives up with an
    internal error; we do not.

    A machine stands at y where 2.25 MW would be needed and 2 are there, x has none, and there is no
    money.
    """
    case = tiny(
        systems=[
            system(
                "s0",
                mw=1.5,
                peak_mw=1.125,
                average_mw=0.75,
                price=0.25,
                pflops=1.25,
                mfu=0.5,
                racks=0.5,
            )
        ],
        sites=[site("x", power=0, pue_peak=1.5), site("y", power=2, pue_peak=1.5)],
        fleet=[fleet("s0", 1, at="y", retire=True)],
        demands=[compute(1, basis="peak")],
        budget=budget(capex=0),
        goodput=0.8,
    )
    with pytest.raises(Exception, match="these limits cannot hold together") as caught:
        solved(case, engine)
    assert type(caught.value).__name__ == "InfeasibleError"


LINES = {
    " S       0       0         0   0.00%   5598            3111              79.94%        0     "
    " 0      0         0     0.0s": (
        3111.0,
        5598.0,
        0.0,
    ),
    "       260      32       110   3.98%   3611.068984     3531               2.27%     1038     "
    "23   1796     11524     0.7s": (
        3531.0,
        3611.068984,
        0.7,
    ),
    " z       0       0         0   0.00%   inf             1000               Large        0     "
    " 0      0         0     0.0s": (
        1000.0,
        None,
        0.0,
    ),
    "         0       0         0   0.00%   -inf            inf                  inf        0     "
    " 0      0         0     0.0s": (
        None,
        None,
        0.0,
    ),
    " L   1234k     45k      600k  24.26%   -3596.712015    -3554              1.20%     1298     "
    " 8   9878     52383k  1234.5s": (
        -3554.0,
        -3596.712015,
        1234.5,
    ),
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_log(line: str) -> None:
    """Proves: best, bound and time are read, also with thousands written as k, and infinities are
    none."""
    seen: list[Progress] = []
    log = _Log("goal", seen.append)
    log.read([line])
    assert [(p.best, p.bound, p.seconds) for p in seen] == [LINES[line]]
    assert (log.best, log.bound, log.seconds) == LINES[line]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Presolving model",
        "40 rows, 60 cols, 2400 nonzeros  0s",
        "  Dual bound        3592.018136",
        "  Timing            0.00",
        "Src  Proc. InQueue |  Leaves   Expl. | BestBound       BestSol              Gap |   Cuts "
        "  InLp Confl. | LpIters     Time",
        "  Gap               0% (tolerance: 100%)",
    ],
)
def test_other_lines_are_left_alone(line: str) -> None:
    log = _Log("goal", None)
    log.read([line])
    assert (log.best, log.bound, log.seconds) == (None, None, 0.0)


FILE = "Objective 1\n# Columns 2\n 0\n 1\nObjective 12\n# Columns 2\n 2.5\n 1234\n"


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (len(FILE), [2.5, 1234.0]),
        (len(FILE) - 1, [0.0, 1.0]),  # no line end: the number may have gone on
        (len(FILE) - 3, [0.0, 1.0]),  # 12 of 1234
        (FILE.index("2.5") + 1, [0.0, 1.0]),
        (FILE.index("Objective 12") + 4, [0.0, 1.0]),  # the next one has just begun
        (FILE.index("# Columns 2\n 2.5") + 5, [0.0, 1.0]),
        (FILE.index(" 0\n 1") + 5, None),
        (5, None),
        (0, None),
    ],
)
def test_a_file_of_solutions_that_was_cut(
    cut: int, expected: list[float] | None, tmp_path: Path
) -> None:
    """Proves: of a file that a killed process left, the last whole solution counts."""
    path = tmp_path / "incumbents.sol"
    path.write_text(FILE[:cut])
    found = last_incumbent(path, 2)
    assert (None if found is None else found.tolist()) == expected


def test_no_file_of_solutions(tmp_path: Path) -> None:
    assert last_incumbent(tmp_path / "none.sol", 2) is None


def test_a_file_of_solutions_with_names(tmp_path: Path) -> None:
    """Proves: a file that names its columns, and goes on to the rows, is read as well."""
    path = tmp_path / "named.sol"
    path.write_text("Objective 1\n# Columns 2\nx0 3\nx1 4.5e-1\n# Rows 1\nr0 9\n")
    found = last_incumbent(path, 2)
    assert found is not None
    assert found.tolist() == [3.0, 0.45]


@pytest.mark.parametrize(
    ("best", "bound", "gap"),
    [
        (99.0, 100.0, 0.01),
        (100.0, 99.0, 0.01),
        (0.0, 0.0, 0.0),
        (0.0, -5.6e-17, 0.0),
        (0.0, 1.0, 1.0),
        (-4.0, -5.0, 0.2),
    ],
)
def test_relative_gap(best: float, bound: float, gap: float) -> None:
    assert relative_gap(best, bound) == pytest.approx(gap)


def test_models_of_all_sizes_pass_the_pipe(engine: Engine) -> None:
    """Proves: 30 000 columns come back in order."""
    frame = Frame(("p",))
    names = tuple(str(i) for i in range(30_000))
    v = frame.add_variables("x", (names,), unit="", meaning="", upper=np.arange(30_000) % 7.0)
    answer = ask(
        engine, frame, Objective("sum", "", True, v.index.astype(np.int64), np.ones(30_000))
    )
    assert values(answer) == (np.arange(30_000) % 7.0).tolist()
    assert model_of(tiny()).frame.column_count < 30_000
