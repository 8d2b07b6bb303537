"""What was decided before stays, worked out by hand: a machine takes 1 MW and costs 1 MUSD."""

from __future__ import annotations

import pytest

from planner.assembly.audit import findings_of
from planner.capabilities.keeping.case import CaseKept, KeptDecision
from planner.capabilities.keeping.derive import decisions_of
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.plan.derive import Decisions, Derivation
from planner.solver.engine import Engine
from tests.builders import check_row, deployment, fleet, hall, site, solved, source, tiny
from tests.plan.answers import rebuilt


def keeping(case: Case, until: int, *decisions: tuple[str, str, str, float]) -> Case:
    """The case with what was decided before a period."""
    kept = [
        KeptDecision.model_validate({"block": b, "what": w, "period": p, "value": v})
        for b, w, p, v in decisions
    ]
    return case.model_copy(update={"kept": CaseKept(until=until, plan="", decisions=kept)})


def standing(case: Case, mw: float, periods: int = 1) -> list[tuple[str, str, str, float]]:
    """So many MW of critical IT stand at x in the first periods."""
    return [("built", "x", period.label, mw) for period in case.timeline.periods[:periods]]


def test_what_was_retired_was_retired_and_no_more(engine: Engine) -> None:
    """Proves: 3 machines cost 1 MUSD a year each, and one was retired at the start: 2 in the first
    year, none in the second. Without the row all 3 go at once."""
    case = tiny(
        periods=2,
        sites=[site(energy=1, existing_it=None)],
        fleet=[fleet("a", 3, retire=True)],
    )
    case = keeping(case, 1, ("retired", "a,x,fleet.0", "2025", 1.0), *standing(case, 3))
    answer = check_row(case, engine, "kept.decided", value=2, without=0)
    assert [(r.period, r.units) for r in answer.plan.retirements] == [("2025", 1), ("2026", 2)]


def test_what_was_not_built_was_not(engine: Engine) -> None:
    """Proves: halls that nobody built in the first year hold no machine then, so that 2 asked for
    in it leave no plan; from the second on they are built."""
    case = tiny(periods=2, sites=[site(construction=1)], demands=[deployment([0, 2])])
    assert solved(keeping(case, 1), engine).value == pytest.approx(2 + 2)
    early = tiny(periods=2, sites=[site(construction=1)], demands=[deployment([2, 2])])
    with pytest.raises(InfeasibleError) as caught:
        solved(keeping(early, 1), engine)
    names = {limit.name for limit in caught.value.refusal.conflict}
    assert names == {"demand d", "decided before: x"}


def test_halls_and_sources_that_were_begun_are(engine: Engine) -> None:
    """Proves: a hall of 2 MUSD and a source of 3 MUSD that a machine needed were begun with the
    first year, and stay though the machine is not asked for any more."""
    parts = dict(
        periods=2,
        sites=[site(power=0)],
        halls=[hall(cost=2, most=2)],
        sources=[source(capex=3, most=2)],
    )
    needed = solved(tiny(**parts, demands=[deployment(1)]), engine)
    assert needed.plan is not None and needed.value == pytest.approx(1 + 2 + 3)
    d = Derivation(needed.case, Decisions.of_plan(needed.plan))
    made = [(one.block, one.what, one.period, one.value) for one in decisions_of(d, 1)]
    assert {row[:3] for row in made} == {
        ("built", "x", "2025"),
        ("halls_begun", "x/h", "2025"),
        ("source_started", "x:g", "2025"),
    }
    answer = solved(keeping(tiny(**parts), 1, *made), engine)
    assert answer.value == pytest.approx(2 + 3)
    assert answer.plan is not None and findings_of(answer.plan) == []


def test_a_plan_that_decides_otherwise_is_not_sound(engine: Engine) -> None:
    case = tiny(periods=2, sites=[site(existing_it=None)], fleet=[fleet("a", 3, retire=True)])
    case = keeping(case, 1, ("retired", "a,x,fleet.0", "2025", 1.0), *standing(case, 3))
    plan = solved(case, engine).plan
    assert plan is not None and findings_of(plan) == []
    (row,) = plan.retirements
    for other in ([], [row.model_copy(update={"period": "2026"})]):
        said = {problem.path for problem in findings_of(rebuilt(plan, retirements=other))}
        assert "case.kept" in said
