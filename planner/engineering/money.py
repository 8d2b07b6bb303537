"""What is money at one date worth at another, and what is a used machine or a building worth at the end?"""

from __future__ import annotations

from math import expm1, log1p


def discount_factor(rate_per_year: float, years: float) -> float:
    """Present worth of 1 USD paid `years` from now: (1 + r)^-y, compounding (a quarter is the fourth root, not a fourth)."""
    return float((1.0 + rate_per_year) ** -years)


def spread_factor(rate_per_year: float, start_years: float, end_years: float) -> float:
    """Present worth of 1 USD paid evenly from `start_years` to `end_years` from now: the mean of (1 + r)^-y between them.

    So a year's bill is worth what its twelve months or four quarters are worth. Source: a continuous annuity.
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
