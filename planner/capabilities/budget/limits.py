"""Ceilings on money."""

from __future__ import annotations

from planner.core.limits import MUSD, At, LimitKind, Words, site_path


def _horizon(at: At, key: str, usd: float | None) -> Words:
    return Words(f"budget {key}", f"budget.{key}", f"{key} over the horizon is at most {(usd or 0.0) / 1e6:g} MUSD")


def _capex(at: At) -> Words:
    return _horizon(at, "capex", at.case.budget.capex_usd)


def _total(at: At) -> Words:
    return _horizon(at, "total", at.case.budget.total_usd)


def _by_period(at: At) -> Words:
    return Words("budget by_period", "budget.by_period", f"capex in {at.key[0]} is at most {at.amount:g} MUSD")


def _cumulative(at: At) -> Words:
    return Words("budget cumulative", "budget.cumulative", f"capex up to {at.key[0]} is at most {at.amount:g} MUSD")


def _construction(at: At) -> Words:
    (site,) = at.key
    says = f"construction at {site} may cost {(at.case.site[site].construction_budget_usd or 0.0) / 1e6:g} MUSD"
    return Words(f"construction budget at {site}", f"{site_path(at.case, site)}.construction.budget", says)


CAPEX = LimitKind("budget.capex", MUSD, _capex, number="affine")
TOTAL = LimitKind("budget.total", MUSD, _total, number="affine")
BY_PERIOD = LimitKind("budget.by_period", MUSD, _by_period)
CUMULATIVE = LimitKind("budget.cumulative", MUSD, _cumulative)
CONSTRUCTION = LimitKind("budget.construction", MUSD, _construction, number="affine")
