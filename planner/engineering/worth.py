"""What money and machines are worth on a day, and what a source still owes."""

from __future__ import annotations

from itertools import pairwise
from math import expm1, log1p


def discount_factor(rate_per_year: float, years: float) -> float:
    """Present worth of 1 USD paid `years` from now: (1 + r)^-y, compounding (a quarter is the
    fourth root, not a fourth).
    """
    return float((1.0 + rate_per_year) ** -years)


def spread_factor(rate_per_year: float, start_years: float, end_years: float) -> float:
    """Present worth of 1 USD paid evenly from `start_years` to `end_years` from now: the mean of (1
    + r)^-y between them.

    So a year's bill is worth what its twelve months or four quarters are worth. Source: a
    continuous annuity.
    """
    force = log1p(rate_per_year) * (end_years - start_years)
    mean = 1.0 if abs(force) < 1e-12 else -expm1(-force) / force
    return mean * discount_factor(rate_per_year, start_years)


def resale_share(decline_per_year: float, age_years: float) -> float:
    """Share of its price that a machine fetches at an age: (1 − d)^a, compounding.

    An explicit market curve, not book value; the rate is a default with its source in the catalog.
    """
    return float(max(0.0, 1.0 - decline_per_year) ** max(0.0, age_years))


def building_share(decline_per_year: float, age_years: float) -> float:
    """Share of its cost that a building keeps at an age: straight line to zero."""
    return max(0.0, 1.0 - decline_per_year * max(0.0, age_years))


def energy_mwh(power_w: float, hours: float) -> float:
    """Energy of a constant draw."""
    return power_w / 1e6 * hours


def worth_share(life_years: float | None, age_years: float) -> float:
    """Share of its cost that a source keeps at an age: straight line to nothing over its life;
    nothing for what has no life given.

    Source: straight-line depreciation; no market of used plant was found.
    """
    if life_years is None:
        return 0.0
    return max(0.0, 1.0 - max(0.0, age_years) / life_years)


def owed_years(start: int, term_periods: int, periods: int, step_years: float) -> float:
    """Years of a rental that lie beyond a horizon of `periods` steps, for a unit that begins to run
    in period `start`.

    Rent for them is owed all the same; steps beyond the horizon count their nominal length. Source:
    what a term means.
    """
    return max(0, start + term_periods - periods) * step_years


def ramp_lines(most_w: float, ramp_w_per_s: float, lines: int = 8) -> list[tuple[float, float]]:
    """(slope in MWh per MW, offset in MWh) of lines whose highest is never below the energy that a
    step needs behind a ramp limit.

    The energy ΔP²/(2R) is convex in the step, so chords over equal parts of 0 to `most_w` lie above
    it between their ends; at the ends they are exact, and in the middle of a part they are at most
    (most/lines)²/(8R) too high. ValueError for a step or ramp not positive.

    Source: the triangle between step and ramp, as in `plant.for_ramp`.
    """
    if most_w <= 0 or ramp_w_per_s <= 0 or lines < 1:
        raise ValueError("a step and a ramp are positive")
    per_mw2 = 1e12 / (2.0 * ramp_w_per_s) / 3.6e9
    ends = [most_w / 1e6 * i / lines for i in range(lines + 1)]
    return [(per_mw2 * (low + high), -per_mw2 * low * high) for low, high in pairwise(ends)]
