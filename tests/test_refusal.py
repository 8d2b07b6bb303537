"""What a refusal says of how much can be had."""

from __future__ import annotations

import pytest

from planner.refusal import Refusal, Servable


@pytest.mark.parametrize(
    ("most", "need", "says"),
    [
        (693.4702694, 4000, "at most 693 of 4000 PFLOP/s can be had, 3307 too few"),
        (799.9999999996, 4000, "at most 800 of 4000 PFLOP/s can be had, 3200 too few"),
        (0.0, 80, "at most 0 of 80 PFLOP/s can be had, 80 too few"),
        (3999.987654, 4000, "at most 3999.98765 of 4000 PFLOP/s can be had, 0.01235 too few"),
        (0.31406, 0.40768, "at most 0.31406 of 0.40768 PFLOP/s can be had, 0.09362 too few"),
    ],
)
def test_what_can_be_had_and_what_is_missing_are_the_need(
    most: float, need: float, says: str
) -> None:
    """Proves: never more than can be had, the missing to four digits, and no crumb of floating
    point."""
    one = Servable("demand d", "2026", need, most, proven=True, unit="PFLOP/s", alone=False)
    assert f"`demand d` in 2026: {says}" in Refusal((), servable=(one,)).account()
