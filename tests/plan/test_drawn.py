"""The two roads agree on scenarios that nobody thought of: whatever the model answers survives
re-derivation, and loads back equal."""

from __future__ import annotations

from planner.assembly.audit import findings_of
from planner.assembly.plan import Plan
from planner.assembly.plan_file import load_plan_text
from planner.solver.engine import Engine
from tests.plan.texts import answered, drawn
from tests.properties import Draw, assume, examples


@examples(12, slow=120)
def test_a_drawn_plan_survives_its_audit(draw: Draw, engine: Engine) -> None:
    text = drawn(draw.seed)
    draw.note(text)
    assume(
        "max_share: 50" not in text
    )  # two suppliers at exactly half each: a solver can look for that for minutes
    answer = answered(text, engine)
    assume(answer is not None and answer.plan is not None)
    assert answer is not None
    assert answer.plan is not None
    assert [p.concise() for p in findings_of(answer.plan)] == []
    assert (
        load_plan_text(answer.plan.to_json())[0]
        == Plan.model_validate_json(answer.plan.to_json())
        == answer.plan
    )
