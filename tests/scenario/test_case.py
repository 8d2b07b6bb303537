"""A case that was changed is another case."""

from __future__ import annotations

from planner.pipeline import read


def test_a_copy_forgets_what_was_worked_out_from_the_old_fields():
    """Proves: lookups of a changed copy see the change, even if the original was looked up
    before."""
    case = read("colossus").case
    old = case.system["hgx-h100"].nameplate_w
    assert len(case.timeline) == 14
    systems = [s.model_copy(update={"nameplate_w": 2 * s.nameplate_w}) for s in case.systems]
    copied = case.model_copy(update={"systems": systems})
    assert copied.system["hgx-h100"].nameplate_w == 2 * old
    assert case.system["hgx-h100"].nameplate_w == old
