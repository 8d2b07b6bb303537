"""Cases without a plan, one tiny case per family of limits, the exact limits that conflict, and how
much would do, by hand.

Machines cost 1 MUSD, draw 1 MW and count as one accelerator; `tests.builders` has the rest.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.refusal import Change, Refusal
from planner.solver.diagnose import diagnose
from planner.solver.engine import Engine, Interrupted
from planner.solver.messages import SolveResult
from tests.builders import (
    at_least,
    budget,
    cap,
    compute,
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
from tests.solver.limits_of import keeping, names, repaired, rule_name, tellable, without


@dataclass(frozen=True)
class NoPlan:
    """A case without a plan: which limits conflict, and the amounts by which each alone must give
    way, in the order of the conflict."""

    case: Case
    conflict: dict[str, str]
    """Limit → what would do: `2 MW more`; empty where no amount of it helps."""


FIVE: dict[str, Any] = dict(demands=[deployment(5)])

SCENARIOS = {
    "power: 3 MW for 5 machines": NoPlan(
        tiny(sites=[site(power=3)], **FIVE),
        {"power at x": "2 MW more", "demand d": "2 accelerators less"},
    ),
    "power in steps: 1 and 3 MW for 2 and 3 machines, so 1 MW more in the first": NoPlan(
        tiny(periods=2, sites=[site(power=[1, 3])], demands=[deployment([2, 3])]),
        {"power at x": "1 MW more", "demand d": "1 accelerator less"},
    ),
    "power at two sites: 1 + 1.5 MW for 3 machines": NoPlan(
        tiny(sites=[site("x", power=1), site("y", power=1.5)], demands=[deployment(3)]),
        {"power at x": "1 MW more", "power at y": "0.5 MW more", "demand d": "1 accelerator less"},
    ),
    "whole machines: 1.5 MW for 1.2 PFLOP/s, two machines of 1 PFLOP/s": NoPlan(
        tiny(sites=[site(power=1.5)], demands=[compute(1.2)]),
        {"power at x": "0.5 MW more", "demand c": "0.2 PFLOP/s less"},
    ),
    "critical IT: 3 MW for 5 machines of 1 MW + 25 %": NoPlan(
        tiny(systems=[system(overhead=0.25)], sites=[site(critical_it=3)], **FIVE),
        {"critical IT at x": "3.25 MW more", "demand d": "3 accelerators less"},
    ),
    "liquid cooling: 2 MW for 5 machines of 0.5 MW": NoPlan(
        tiny(systems=[system(liquid=0.5)], sites=[site(liquid=2)], **FIVE),
        {"liquid cooling at x": "0.5 MW heat more", "demand d": "1 accelerator less"},
    ),
    "air cooling: 2 MW for 5 machines of 0.5 MW": NoPlan(
        tiny(systems=[system(liquid=0.5)], sites=[site(air=2)], **FIVE),
        {"air cooling at x": "0.5 MW heat more", "demand d": "1 accelerator less"},
    ),
    "positions: 2 racks for 5 machines of half a rack": NoPlan(
        tiny(systems=[system(racks=0.5)], sites=[site(positions=2)], **FIVE),
        {"positions at x": "1 rack more", "demand d": "1 accelerator less"},
    ),
    "allocation: 2 of 5 allocated": NoPlan(
        tiny(supply=[supply(cumulative=2)], **FIVE),
        {"allocation of a": "3 systems more", "demand d": "3 accelerators less"},
    ),
    "delivery rate: 2 a year for 5 machines after two": NoPlan(
        tiny(periods=2, supply=[supply(each=2)], demands=[deployment([0, 5])]),
        {"delivery rate of a": "1 system more", "demand d": "1 accelerator less"},
    ),
    "lead time: nothing arrives in the first year, which no limit can change": NoPlan(
        tiny(periods=2, systems=[system(lead=1)], demands=[deployment([1, 1])]),
        {"demand d": "1 accelerator less"},
    ),
    "capex: 3 MUSD for 5 machines": NoPlan(
        tiny(budget=budget(capex=3), **FIVE),
        {"demand d": "2 accelerators less", "budget capex": "2 MUSD more"},
    ),
    "total: 7 MUSD for 5 machines at 1 MUSD and 1 MUSD of energy": NoPlan(
        tiny(sites=[site(energy=1)], budget=budget(total=7), **FIVE),
        {"demand d": "2 accelerators less", "budget total": "3 MUSD more"},
    ),
    "by period: 1 and 2 MUSD for 5 machines after two years": NoPlan(
        tiny(periods=2, budget=budget(by_period={0: 1, 1: 2}), demands=[deployment([0, 5])]),
        {"demand d": "2 accelerators less", "budget by_period": "2 MUSD more"},
    ),
    "cumulative: 1 and 3 MUSD for 5 machines after two years": NoPlan(
        tiny(periods=2, budget=budget(cumulative={0: 1, 1: 3}), demands=[deployment([0, 5])]),
        {"demand d": "2 accelerators less", "budget cumulative": "2 MUSD more"},
    ),
    "total for what stands: energy of 3 existing machines for 2 MUSD": NoPlan(
        tiny(fleet=[fleet("a", 3)], sites=[site(energy=1)], budget=budget(total=2)),
        {
            "budget total": "1 MUSD more",
            "retirement of a at x": "1 of the 3 that stand may be retired",
        },
    ),
    "power for what stands: 5 existing machines on 3 MW": NoPlan(
        tiny(fleet=[fleet("a", 5)], sites=[site(power=3)]),
        {"power at x": "2 MW more", "retirement of a at x": "2 of the 5 that stand may be retired"},
    ),
    "rivals: 3 and 3 machines on 5 MW": NoPlan(
        tiny(sites=[site(power=5)], demands=[deployment(3, name="d"), deployment(3, name="e")]),
        {
            "power at x": "1 MW more",
            "demand d": "1 accelerator less",
            "demand e": "1 accelerator less",
        },
    ),
    "share: a may have half, and b is not allocated": NoPlan(
        tiny(
            systems=[system("a"), system("b")],
            supply=[supply("b", cumulative=0)],
            demands=[deployment(4)],
            rules=[cap(0.5, metric="units")],
        ),
        {
            "allocation of b": "2 systems more",
            "demand d": "4 accelerators less",
            "share of each supplier by units": "50 points more",
        },
    ),
    "share of one: a alone may have a quarter, b has 2 of 4": NoPlan(
        tiny(
            systems=[system("a"), system("b")],
            supply=[supply("b", cumulative=2)],
            demands=[deployment(4)],
            rules=[cap(0.25, metric="units", only="a")],
        ),
        # 1 a of 4, so 3 b; or 2 b alone, of 2
        {
            "allocation of b": "1 system more",
            "demand d": "2 accelerators less",
            "share of a by units": "25 points more",
        },
    ),
    "suppliers: two of a quarter each, and b is not allocated": NoPlan(
        tiny(
            systems=[system("a"), system("b")],
            sites=[site(power=9)],
            supply=[supply("b", cumulative=0)],
            demands=[deployment(4)],
            rules=[at_least(2, meaningful=0.25, metric="units")],
        ),
        {
            "allocation of b": "1 system more",
            "demand d": "4 accelerators less",
            "number of suppliers by units": "1 supplier less",
        },
    ),
    "power hides behind the constant of a rule: 20 "
    "machines on 9 MW, and the rule is not to blame": NoPlan(
        tiny(
            systems=[system("a"), system("b"), system("c", sites=[])],
            sites=[site(power=9)],
            demands=[deployment(20)],
            rules=[at_least(2, meaningful=0.25, metric="units")],
        ),
        {"power at x": "11 MW more", "demand d": "11 accelerators less"},
    ),
    "two conflicts: of the one that is shown no limit alone helps": NoPlan(
        tiny(
            sites=[site("x", power=1), site("y", power=1)],
            demands=[deployment(2, name="d", at=["x"]), deployment(2, name="e", at=["y"])],
        ),
        {"power at x": "", "demand d": ""},
    ),
}


def conflict_of(case: Case, engine: Engine) -> Refusal:
    with pytest.raises(InfeasibleError) as caught:
        solved(case, engine)
    return caught.value.refusal


@pytest.mark.parametrize("name", SCENARIOS)
def test_conflict(name: str, engine: Engine) -> None:
    """Exactly the limits that cannot hold together, each with its place, and amounts that were
    worked out by hand."""
    found = SCENARIOS[name]
    error = conflict_of(found.case, engine)
    assert {limit.name for limit in error.conflict} == set(found.conflict)
    assert all(limit.path and limit.says for limit in error.conflict)
    alone = {
        (change.limit, words_of(change))
        for way in error.repairs
        for change in way.changes
        if change.to is not None
    }
    assert alone == {(limit, amount) for limit, amount in found.conflict.items() if amount}
    assert all(way.verified and way.least and len(way.changes) == 1 for way in error.repairs)
    missing = "loosening one of these limits alone does not help: other limits conflict as well"
    assert (missing in error.account()) == (not alone)


def words_of(change: Change) -> str:
    """By how much a number gives way: `2 MW more`; of a yes or no, the whole of it."""
    return change.says.rpartition(", ")[2].rpartition(": ")[2]


@pytest.mark.parametrize(
    "name", [name for name, found in SCENARIOS.items() if all(found.conflict.values())]
)
def test_conflict_is_minimal(name: str) -> None:
    """By the second formulation: the limits of the conflict alone leave no plan; with any one of
    them gone the whole case has one."""
    found = SCENARIOS[name]
    assert best(keeping(found.case, set(found.conflict))) is None
    for limit in found.conflict:
        assert best(without(found.case, limit)) is not None


def check_conflict(case: Case, engine: Engine) -> None:
    case = tellable(case)
    # a lifetime that is lifted still lets machines go on its day; hand-solved cases tell of it
    case = case.model_copy(
        update={
            "goals": [goal("minimize cost")],
            "systems": [s.model_copy(update={"lifetime_days": None}) for s in case.systems],
            "fleet": [f.model_copy(update={"leaves": None}) for f in case.fleet],
        }
    )
    assume(best(case) is None)
    named = {limit.name for limit in conflict_of(case, engine).conflict}
    assert named <= names(case)
    assert best(keeping(case, named)) is None
    for limit in named:
        assert best(keeping(case, named - {limit})) is not None, limit


@examples(5, slow=120)
def test_random_conflicts_are_conflicts_and_minimal(draw: Draw, engine: Engine) -> None:
    """By the second formulation: the named limits alone leave no plan, and with any one of them
    gone the rest of them has one."""
    case = cases(draw, priced=False, orders=True)
    check_conflict(case, engine)


def check_repairs(case: Case, draw: Draw, engine: Engine) -> None:
    """Every way out that is called verified is one by the second formulation, and none that a
    solver would call smaller was missed."""
    case = tellable(case).model_copy(update={"goals": [goal("minimize cost")]})
    assume(best(case) is None)
    error = conflict_of(case, engine)
    assume(
        len({rule_name(rule) for rule in case.rules}) == len(case.rules)
    )  # of two rules of one name only the path tells which
    for way in [*error.repairs, *error.together]:
        draw.note(" and ".join(change.says for change in way.changes))
        assert way.verified
        with suppress(LookupError):  # what is no number of the case
            assert best(repaired(case, way)) is not None


@examples(5, slow=120)
def test_every_repair_of_a_random_case_is_one(draw: Draw, engine: Engine) -> None:
    """By the second formulation, to which the printed amounts and dates are given."""
    case = cases(draw, priced=False, orders=True)
    check_repairs(case, draw, engine)


class Scripted:
    """An engine that answers as it is told, and then as a real one."""

    def __init__(self, engine: Engine, script: list[SolveResult | BaseException]) -> None:
        self.engine, self.script = engine, script

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        if not self.script:
            return self.engine.solve(proto, **options)
        answer = self.script.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


SILENT = SolveResult(
    reason="no_solution_found",
    objective=None,
    bound=None,
    values=None,
    duals=None,
    seconds=10.0,
    detail="",
)


def test_interrupted_search_says_so(engine: Engine) -> None:
    """Proves: Ctrl-C while the conflict is looked for ends in an account of it, and not in a
    traceback."""
    model = model_of(SCENARIOS["power: 3 MW for 5 machines"].case)
    with pytest.raises(InfeasibleError) as caught:
        diagnose(model.frame, 0, Scripted(engine, [Interrupted(None, None, 1.0)]))  # type: ignore[arg-type]
    assert caught.value.refusal.conflict == ()
    assert caught.value.refusal.findings == (
        "interrupted while looking for the limits that conflict; fewer of them may be enough",
    )
    assert sum("interrupted" in line for line in caught.value.refusal.account()) == 1


def test_interrupted_remedies_keep_the_conflict(engine: Engine) -> None:
    """Proves: what was found before the interrupt is told."""

    class Late(Scripted):
        def solve(self, proto: Any, **options: Any) -> SolveResult:
            if options["name"] == "repair":
                raise Interrupted(None, None, 1.0)
            return self.engine.solve(proto, **options)

    model = model_of(SCENARIOS["power: 3 MW for 5 machines"].case)
    with pytest.raises(InfeasibleError) as caught:
        diagnose(model.frame, 0, Late(engine, []))  # type: ignore[arg-type]
    assert {limit.name for limit in caught.value.refusal.conflict} == {"power at x", "demand d"}
    assert caught.value.refusal.search == "interrupted"
    assert sum("interrupted" in line for line in caught.value.refusal.account()) == 1


def test_what_the_solver_cannot_tell_in_time_is_no_proof(engine: Engine) -> None:
    """Proves: a question that timed out never makes a set of limits a conflict: here every answer
    of the search is silence.

    Without the care: silence counted as `cannot hold`, and limits were blamed that have nothing to
    do with it.
    """
    case = tiny(
        sites=[site(power=3, positions=99, air=99)],
        budget=budget(capex=99),
        demands=[deployment(5)],
    )
    searching = Scripted(engine, [SILENT] * 12)
    with pytest.raises(InfeasibleError) as caught:
        diagnose(model_of(case).frame, 0, searching)  # type: ignore[arg-type]
    assert {"power at x", "demand d"} <= {limit.name for limit in caught.value.refusal.conflict}


def test_a_feasible_model_is_not_diagnosed(engine: Engine) -> None:
    """Proves: a solver that called a feasible model infeasible is not believed; no conflict is made
    up."""
    assert diagnose(model_of(tiny(demands=[deployment(5)])).frame, 0, engine) is None  # type: ignore[func-returns-value]


def test_amounts_are_rounded_up(engine: Engine) -> None:
    """Proves: what is said to do does. 12 345.678 MW are missing; told with four digits they are 12
    350 MW, not 12 340 or 1.235e+04."""
    case = tiny(systems=[system(mw=12345.678)], sites=[site(power=0)], demands=[deployment(1)])
    assert "`power at x` in 2025: 12350 MW instead of 0, 12350 MW more" in [
        way.changes[0].says for way in conflict_of(case, engine).repairs
    ]


def test_the_search_ends_with_its_time(engine: Engine) -> None:
    """Proves: a diagnosis without time asks nothing, blames every limit rather than a wrong one,
    and says why there are so many."""
    case = tiny(
        sites=[site(power=3, positions=99)], budget=budget(capex=99), demands=[deployment(5)]
    )
    model, asked = model_of(case), list[str]()

    class Counting(Scripted):
        def solve(self, proto: Any, **options: Any) -> SolveResult:
            asked.append(options["name"])
            return super().solve(proto, **options)

    with pytest.raises(InfeasibleError) as caught:
        diagnose(model.frame, 0, Counting(engine, []), within_s=0.0)  # type: ignore[arg-type]
    assert asked == []
    assert {limit.name for limit in caught.value.refusal.conflict} == {
        "power at x",
        "positions at x",
        "budget capex",
        "demand d",
    }
    assert (
        "not every question was answered in time: fewer of these limits may be enough to conflict"
        in caught.value.refusal.findings
    )


def test_no_question_is_longer_than_the_time_that_is_left(engine: Engine) -> None:
    """Proves: the time of the whole search bounds each of its questions, those for a way out as
    well."""
    limits = list[tuple[str, float]]()

    class Noting(Scripted):
        def solve(self, proto: Any, **options: Any) -> SolveResult:
            limits.append((options["name"], options["time_limit_s"]))
            return super().solve(proto, **options)

    began = time.perf_counter()
    with pytest.raises(InfeasibleError):
        diagnose(
            model_of(SCENARIOS["power: 3 MW for 5 machines"].case).frame,
            0,
            Noting(engine, []),
            within_s=5.0,
        )  # type: ignore[arg-type]
    assert {name for name, _ in limits} == {"conflict", "repair", "repaired", "most"}
    assert all(0 < seconds <= 5.0 for _, seconds in limits)
    assert time.perf_counter() - began <= 5.0
