"""What is a power source worth at the end, and what is still owed for a rented one?"""

from __future__ import annotations

from itertools import pairwise


def worth_share(life_years: float | None, age_years: float) -> float:
    """Share of its cost that a source keeps at an age: straight line to nothing over its life; nothing for what has no life given.

    Source: straight-line depreciation; no market of used plant was found.
    """
    if life_years is None:
        return 0.0
    return max(0.0, 1.0 - max(0.0, age_years) / life_years)


def owed_years(start: int, term_periods: int, periods: int, step_years: float) -> float:
    """Years of a rental that lie beyond a horizon of `periods` steps, for a unit that begins to run in period `start`.

    Rent for them is owed all the same; steps beyond the horizon count their nominal length. Source: what a term means.
    """
    return max(0, start + term_periods - periods) * step_years


def ramp_lines(most_w: float, ramp_w_per_s: float, lines: int = 8) -> list[tuple[float, float]]:
    """(slope in MWh per MW, offset in MWh) of lines whose highest is never below the energy that a step needs behind a ramp limit.

    The energy ΔP²/(2R) is convex in the step, so chords over equal parts of 0 to `most_w` lie above it between their ends; at the ends
    they are exact, and in the middle of a part they are at most (most/lines)²/(8R) too high. ValueError for a step or ramp not positive.

    Source: the triangle between step and ramp, as in `plant.for_ramp`.
    """
    if most_w <= 0 or ramp_w_per_s <= 0 or lines < 1:
        raise ValueError("a step and a ramp are positive")
    per_mw2 = 1e12 / (2.0 * ramp_w_per_s) / 3.6e9
    ends = [most_w / 1e6 * i / lines for i in range(lines + 1)]
    return [(per_mw2 * (low + high), -per_mw2 * low * high) for low, high in pairwise(ends)]
