"""Time limits and Ctrl-C: the best plan so far comes back with what is proven of it, or an error
that says there is none."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace

import pytest

from planner.assembly.audit import findings_of
from planner.assembly.extract import extract
from planner.errors import OutOfTimeError
from planner.solver.engine import Engine, Interrupted, Progress
from planner.solver.run import run
from tests.builders import (
    EXACT,
    Solved,
    compute,
    goal,
    model_of,
    site,
    solved,
    supply,
    system,
    tiny,
)
from tests.solver.hard import hard


def gone(process_id: int) -> bool:
    """Whether a process is no more."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def honest(answer: Solved) -> None:
    """The plan is audited clean, its value is no better than its bound, and its gap is what lies
    between them."""
    plan = answer.plan
    (row,) = plan.goals
    assert row.bound is not None
    assert row.gap is not None
    assert row.value <= row.bound
    assert row.gap == pytest.approx((row.bound - row.value) / row.bound)
    assert not row.proven


def test_time_limit_with_a_plan(engine: Engine) -> None:
    """Proves: stopped after a second, the best plan so far comes back as feasible, with a bound and
    a gap above what was asked for."""
    started = time.perf_counter()
    answer = solved(hard(), engine, settings=replace(EXACT, time_limit_s=1.0))
    assert time.perf_counter() - started < 5
    assert answer.outcome.status == "feasible"
    honest(answer)


def test_time_limit_without_a_plan(engine: Engine) -> None:
    """Proves: a hundredth of a second is not enough for any plan of a large question, and the error
    is that of time, not of limits."""
    systems = [system(f"s{i}", mw=1 + i / 7, price=1 + i / 3, pflops=1 + i / 5) for i in range(60)]
    case = tiny(
        periods=12,
        systems=systems,
        sites=[site(f"x{i}", power=100 + i) for i in range(10)],
        supply=[supply(s["id"], cumulative=9) for s in systems],
        demands=[compute([10.0 * t for t in range(12)])],
    )
    with pytest.raises(
        OutOfTimeError, match=r"no plan was found within 0.01 s; raise `time_limit`"
    ) as caught:
        solved(case, engine, settings=replace(EXACT, time_limit_s=0.01))
    assert caught.value.exit_code == 4


def test_no_time_is_left_for_a_second_objective(engine: Engine) -> None:
    """Proves: the first objective takes all the time; its plan comes back as feasible, and nothing
    is said of the second."""
    case = hard()
    answer = solved(
        case.model_copy(update={"goals": [*case.goals, *tiny(goals=["minimize power"]).goals]}),
        engine,
        settings=replace(EXACT, time_limit_s=1.0),
    )
    assert answer.outcome.status == "feasible"
    assert [g.name for g in answer.outcome.objectives] == [
        "maximize compute (bf16, mean over the horizon)"
    ]
    honest(answer)


def test_progress_is_told(engine: Engine) -> None:
    """Proves: the watcher hears values that never get worse and bounds that never do either, with a
    gap once there are both."""
    seen: list[Progress] = []
    solved(hard(), engine, settings=replace(EXACT, time_limit_s=1.5), watch=seen.append)
    best = [p.best for p in seen if p.best is not None]
    bounds = [p.bound for p in seen if p.bound is not None]
    assert len(best) > 3
    assert best == sorted(best)
    assert bounds == sorted(bounds, reverse=True)
    assert seen[0].gap is None
    assert seen[-1].gap == pytest.approx((bounds[-1] - best[-1]) / bounds[-1])
    assert {p.objective for p in seen} == {"maximize compute (bf16, mean over the horizon)"}


def test_ctrl_c_in_a_watcher(own_engine: Engine) -> None:
    """Proves: Ctrl-C once a plan is known returns it as interrupted, with its bound, and the
    solver's process is gone."""

    def stop(progress: Progress) -> None:
        if progress.best is not None and progress.bound is not None and progress.seconds > 0.3:
            signal.raise_signal(signal.SIGINT)

    process = own_engine._process.pid
    answer = solved(hard(), own_engine, settings=replace(EXACT, time_limit_s=60), watch=stop)
    assert answer.outcome.status == "interrupted"
    assert gone(process)
    honest(answer)
    assert answer.value > 2000


def test_ctrl_c_from_outside(own_engine: Engine) -> None:
    """Proves: the same while we wait for the solver, as from a keyboard."""
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(1.5, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    try:
        started = time.perf_counter()
        answer = solved(hard(), own_engine, settings=replace(EXACT, time_limit_s=60))
        assert time.perf_counter() - started < 10
    finally:
        timer.cancel()
        timer.join()
    assert answer.outcome.status == "interrupted"
    assert own_engine._process.poll() is not None
    honest(answer)


def test_ctrl_c_before_any_plan(own_engine: Engine) -> None:
    """Proves: interrupted before the solver said anything there is no plan, and the error says
    why."""
    case = hard()
    model = model_of(case)
    real = own_engine._process.stdin
    assert real is not None

    class Stop:
        """A pipe on which Ctrl-C strikes before anything is sent."""

        def write(self, _: bytes) -> int:
            raise KeyboardInterrupt

        def flush(self) -> None:
            """Nothing to do."""

        def close(self) -> None:
            real.close()

    own_engine._process.stdin = Stop()  # type: ignore[assignment]
    with pytest.raises(OutOfTimeError, match="interrupted before any plan was found"):
        run(model, EXACT, own_engine)
    assert own_engine._process.poll() is not None


def test_ctrl_c_during_the_second_objective_keeps_the_first(own_engine: Engine) -> None:
    """Proves: the first objective (31 machines) is proven; of the second the plan has what was
    found when Ctrl-C struck."""
    case = hard()
    case = case.model_copy(
        update={"goals": [goal("maximize accelerators", tolerance=0.9), *case.goals]}
    )

    def stop(progress: Progress) -> None:
        if progress.objective.startswith("maximize compute") and progress.seconds > 0.3:
            signal.raise_signal(signal.SIGINT)

    answer = solved(case, own_engine, settings=replace(EXACT, time_limit_s=60), watch=stop)
    assert answer.outcome.status == "interrupted"
    first, second = answer.outcome.objectives
    assert (first.value, first.proven) == (pytest.approx(31), True)
    assert not second.proven
    assert second.bound is not None
    assert second.value < second.bound
    plan = extract(case, answer.model, answer.outcome, answer.settings)
    assert plan.goals[0].value >= 31 * 0.1


def test_ctrl_c_during_the_tie_break_keeps_the_plan(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: all that was asked is answered when cost begins to decide among equals; Ctrl-C then
    loses nothing of it."""
    case = tiny(sites=[site(power=3)], goals=["maximize accelerators"])
    model, real = model_of(case), own_engine.solve

    def solve(proto: object, **options: object) -> object:
        if options["name"] == "minimize cost among equals":
            raise Interrupted(None, None, 0.1)
        return real(proto, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(own_engine, "solve", solve)
    outcome = run(model, EXACT, own_engine)
    assert outcome.status == "interrupted"
    assert outcome.objectives[0].value == pytest.approx(3)
    assert outcome.objectives[0].proven
    plan = extract(case, model, outcome, EXACT)
    assert findings_of(plan) == []
