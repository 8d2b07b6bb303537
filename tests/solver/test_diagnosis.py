"""How the account of a question without a plan comes about: in time, with two witnesses, and with
what is known when it is interrupted."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.core.case import Case
from planner.errors import InfeasibleError, SolverError
from planner.refusal import Refusal
from planner.solver.bounds import integral_columns, tightened
from planner.solver.conflict import ConflictSearch, conflict_of
from planner.solver.diagnose import diagnose
from planner.solver.engine import Engine, Interrupted
from planner.solver.limit_parameters import moved, parameters, up_to_digits
from planner.solver.messages import SolveResult
from planner.solver.options import Settings
from planner.solver.relaxation import RelaxationSearch
from planner.solver.run import run
from tests.builders import (
    budget,
    cap,
    deployment,
    fleet,
    goal,
    model_of,
    site,
    solved,
    supply,
    system,
    tiny,
)
from tests.model.random_cases import cases
from tests.model.second import best
from tests.properties import Draw, assume, examples
from tests.scenario.sample import load
from tests.solver.limits_of import repaired

NO = SolveResult(
    reason="infeasible", objective=None, bound=None, values=None, duals=None, seconds=0.0, detail=""
)
THREE_FOR_FIVE = tiny(
    sites=[site(power=3, positions=99, air=99)], budget=budget(capex=99), demands=[deployment(5)]
)


class Asked:
    """An engine that counts, and answers otherwise where `instead` says so."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.count = engine, 0

    def instead(self, proto: Any, options: dict[str, Any]) -> SolveResult | None:
        """None: as the real one."""
        return None

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        self.count += 1
        return self.instead(proto, options) or self.engine.solve(proto, **options)


def account_of(case: Case, engine: Any) -> Refusal:
    with pytest.raises(InfeasibleError) as caught:
        diagnose(model_of(case).frame, 0, engine)
    return caught.value.refusal


@pytest.mark.parametrize("seed", [304, pytest.param(2337, marks=pytest.mark.slow)])
def test_no_longer_than_the_time_limit(seed: int, engine: Engine) -> None:
    """Two drawn scenarios whose shares must come out even: without bounds on machines the search
    took 40 and 100 s, ten times the limit."""
    loaded = load(
        (Path(__file__).parent / "cases" / f"even-shares-{seed}.yaml").read_text(encoding="utf-8")
    )
    started = time.perf_counter()
    with pytest.raises(InfeasibleError) as caught:
        run(
            build(make_inputs(loaded.case)),
            Settings(gap=loaded.scenario.solve.gap, time_limit_s=8.0, seed=0),
            engine,
        )
    assert time.perf_counter() - started < 8.0 + 6.0  # and what a busy machine adds
    assert "demand d0" in {limit.name for limit in caught.value.refusal.conflict}


def test_a_short_time_still_ends_in_an_account(engine: Engine) -> None:
    """Proves: with no time at all the whole set is named, and the account says that fewer may be
    enough."""
    with pytest.raises(InfeasibleError) as caught:
        diagnose(model_of(THREE_FOR_FIVE).frame, 0, engine, within_s=0.0)
    assert "demand d" in {limit.name for limit in caught.value.refusal.conflict}
    assert any(
        "fewer of these limits may be enough" in finding
        for finding in caught.value.refusal.findings
    )


def test_questions_are_asked_once(engine: Engine) -> None:
    """Proves: a fleet already found answers whatever it keeps; the search of five limits asks fewer
    than a dozen times."""
    asked = Asked(engine)
    conflict_of(model_of(THREE_FOR_FIVE).frame, asked, 0, time.perf_counter() + 60, lambda _: None)  # type: ignore[arg-type]
    assert asked.count <= 10


def test_a_lie_in_the_search_is_found_out(engine: Engine) -> None:
    """Proves: a solver that calls every set impossible names a wrong limit; the second one has a
    fleet for it, and is asked instead."""

    class Liar(Asked):
        def instead(self, proto: Any, options: dict[str, Any]) -> SolveResult | None:
            return (
                NO
                if options["name"] == "conflict" and options.get("solver", "HIGHS") == "HIGHS"
                else None
            )

    liar = Liar(engine)
    alone = ConflictSearch(model_of(THREE_FOR_FIVE).frame, liar, 0, time.perf_counter() + 60).find()  # type: ignore[arg-type]
    assert alone is not None
    assert alone.second == "disagrees"
    assert {limit.name for limit in account_of(THREE_FOR_FIVE, liar).conflict} == {
        "power at x",
        "demand d",
    }
    assert diagnose(model_of(tiny(demands=[deployment(5)])).frame, 0, liar) is None  # type: ignore[arg-type,func-returns-value]


def test_solvers_that_disagree_to_the_end_are_said_to(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConflictSearch, "second_word", lambda self, parts: "disagrees")
    assert any(
        "the solvers disagree" in finding for finding in account_of(THREE_FOR_FIVE, engine).findings
    )
    monkeypatch.setattr(ConflictSearch, "second_word", lambda self, parts: "silent")
    assert any(
        "one solver's word" in finding for finding in account_of(THREE_FOR_FIVE, engine).findings
    )


def test_bookkeeping_that_conflicts_by_itself_is_a_fault_of_ours(engine: Engine) -> None:
    """Proves: it is no conflict of limits. Here the row that carries machines from year to year
    asks for fewer than none."""
    model = model_of(tiny(systems=[system(lead=1)], demands=[deployment(5)]))
    block = model.frame.rows["fleet.balance"]
    model.frame.rows[block.name] = replace(block, lower=block.lower - 1.0, upper=block.upper - 1.0)
    with pytest.raises(SolverError, match="a fault of the planner"):
        diagnose(model.frame, 0, engine)


def test_interrupted_late_the_smallest_known_set_is_told(engine: Engine) -> None:
    """Proves: Ctrl-C in the middle of the search loses nothing: each set that was proven to
    conflict is one."""
    told = []
    for after in range(1, 12):

        class Stops(Asked):
            def instead(
                self, proto: Any, options: dict[str, Any], after: int = after
            ) -> SolveResult | None:
                if self.count > after:
                    raise Interrupted(None, None, 1.0)
                return None

        error = account_of(THREE_FOR_FIVE, Stops(engine))
        assert any("interrupted" in line for line in error.account())
        names = {limit.name for limit in error.conflict}
        assert not names or {"power at x", "demand d"} <= names
        told.append(len(names))
    assert told[0] == 0
    assert told[-1] == 2


def test_a_step_is_named_and_not_the_whole_limit(engine: Engine) -> None:
    """Proves: of a power of 1, 3 and 9 MW and demands of 1, 5 and 9 machines it is the second year
    that conflicts, at 2 MW short."""
    case = tiny(periods=3, sites=[site(power=[1, 3, 9])], demands=[deployment([1, 5, 9])])
    error = account_of(case, engine)
    assert {(limit.name, limit.period, limit.says) for limit in error.conflict} == {
        ("power at x", "2026", "x has 3 MW energized in 2026"),
        ("demand d", "2026", "d asks for 5 accelerators in 2026"),
    }
    assert (
        "`demand d` in 2026: at most 3 of 5 accelerators can be had, 2 too few" in error.account()
    )
    assert [way.changes[0].says for way in error.repairs] == [
        "`power at x`: 9 MW from 2026 on instead of from 2027 on",
        "`demand d`: 5 accelerators from 2027 on instead of from 2026 on",
        "`demand d` in 2026: 3 accelerators instead of 5, 2 accelerators less",
        "`power at x` in 2026: 5 MW instead of 3, 2 MW more",
    ]


def test_what_is_cheapest_is_the_least_sum_of_relative_changes(engine: Engine) -> None:
    """10 machines on 8 MW and 8 MUSD: 2 less are a fifth. On ceilings alone 2 MW and 2 MUSD are a
    quarter each, a half in all."""
    error = account_of(
        tiny(sites=[site(power=8)], budget=budget(capex=8), demands=[deployment(10)]), engine
    )
    assert [way.size for way in error.repairs] == [pytest.approx(0.2)]
    (above,) = error.together
    assert above.size == pytest.approx(0.5)
    assert above.verified
    assert {change.says for change in above.changes} == {
        "`power at x` in 2025: 10 MW instead of 8, 2 MW more",
        "`budget capex`: 10 MUSD instead of 8, 2 MUSD more",
    }


def test_a_share_gives_way_by_points(engine: Engine) -> None:
    """3 of b and at most 60 % of a for 9 machines: 6 of 9 are a share of 66.7 %, 6.7 points
    more."""
    case = tiny(
        systems=[system("a"), system("b")],
        supply=[supply("b", cumulative=3)],
        demands=[deployment(9)],
        rules=[cap(0.6, metric="units")],
    )
    (share,) = [
        way for way in account_of(case, engine).repairs if way.changes[0].limit.startswith("share")
    ]
    assert (
        share.changes[0].says
        == "`share of each supplier by units` in 2025: 66.7 % instead of 60, 6.7 points more"
    )
    assert (share.verified, share.least) == (True, True)


def test_what_is_not_found_in_time_is_not_verified(engine: Engine) -> None:
    """Proves: a repair that no plan was found for in time is told as such."""

    class Slow(Asked):
        def instead(self, proto: Any, options: dict[str, Any]) -> SolveResult | None:
            return (
                replace(NO, reason="no_solution_found") if options["name"] == "repaired" else None
            )

    error = account_of(THREE_FOR_FIVE, Slow(engine))
    assert error.repairs
    assert not any(way.verified for way in error.repairs)
    assert "not verified" in "\n".join(error.account())


@examples(12, slow=120)
def test_bounds_that_follow_take_no_plan_away(draw: Draw, engine: Engine) -> None:
    """Proves: the best plan of a random case lies within the bounds that are worked out from its
    rows, and its whole columns are whole."""
    case = cases(draw)
    try:
        answer = solved(case, engine)
    except InfeasibleError:
        assume(False)
    frame = moved(answer.model.frame)
    whole = integral_columns(frame)
    upper = tightened(frame, *frame.row_bounds(), whole)
    solution = answer.outcome.solution
    assert (solution <= upper + 1e-5 * (1 + abs(upper))).all()
    assert abs(solution - solution.round())[whole].max(initial=0.0) < 1e-4


def test_bounds_follow_from_rows() -> None:
    """3.7 MW and 9 positions: at most three machines of 1 MW at once, of which two stand
    already."""
    model = model_of(
        tiny(sites=[site(power=3.7, positions=9)], fleet=[fleet("a", 2)], demands=[deployment(1)])
    )
    frame = moved(model.frame)
    upper = tightened(frame, *frame.row_bounds(), integral_columns(frame))
    assert upper[model.decisions.in_service.index].max() == 3.0
    assert upper[model.decisions.delivered.index].max() == 1.0


@examples(4, slow=80)
def test_a_little_less_than_the_least_repair_is_none(draw: Draw, engine: Engine) -> None:
    """By the second formulation, of every repair of one number in MW, machines or money that is
    called the least."""
    case = cases(draw, priced=False)
    case = case.model_copy(update={"goals": [goal("minimize cost")]})
    assume(best(case) is None and not case.halls)
    for way in account_of(case, engine).repairs:
        change = way.changes[0]
        if (
            len(way.changes) > 1
            or change.to is None
            or not way.least
            or change.unit in ("%", "suppliers")
        ):
            continue
        if change.limit.startswith("lifetime of"):
            continue  # a case cannot say that some of an entry may stay and others may not
        moves = change.to - change.amount
        less = (
            max(0.01 * abs(moves), 1e-3)
            if change.unit not in ("systems", "accelerators", "racks")
            else 1.0
        )
        if abs(moves) > less:
            smaller = replace(change, to=change.to - less if moves > 0 else change.to + less)
            with suppress(LookupError):
                assert best(repaired(case, replace(way, changes=(smaller,)))) is None, change.says


def test_amounts_are_rounded_up_to_four_digits() -> None:
    assert [up_to_digits(x) for x in (0.03966123, 2.0, 2.0000003, 1999.9, 12345.678)] == [
        0.03967,
        2.0,
        2.0,
        2000.0,
        12350.0,
    ]


def test_every_lever_moves_its_own_rows(engine: Engine) -> None:
    """Proves: the numbers of limits in the model of a mixed case are found once each, and a model
    whose power moved has a plan."""
    model = model_of(THREE_FOR_FIVE)
    found = {parameter.name: parameter for parameter in parameters(model.frame)}
    assert set(found) == {
        "power at x",
        "positions at x",
        "air cooling at x",
        "budget capex",
        "demand d",
    }
    mender = RelaxationSearch(model.frame, engine, 0, time.perf_counter() + 60)
    assert mender.possible() is False
    assert (
        RelaxationSearch(
            moved(model.frame, [(found["power at x"], 2.0)]), engine, 0, time.perf_counter() + 60
        ).possible()
        is True
    )


def test_a_solver_that_fails_on_the_way_out_keeps_the_conflict(engine: Engine) -> None:
    """Proves: the conflict is told, and that the search ended early; nothing else is claimed."""

    class Falls(Asked):
        def instead(self, proto: Any, options: dict[str, Any]) -> SolveResult | None:
            if options["name"] == "repair":
                raise SolverError("fell over")
            return None

    told = account_of(THREE_FOR_FIVE, Falls(engine))
    assert {limit.name for limit in told.conflict} == {"power at x", "demand d"}
    assert (told.search, told.repairs, told.cheapest) == ("failed", (), None)
    assert [line for line in told.account() if not line.startswith("- ")] == [
        "the search for a way out ended early: fell over"
    ]
