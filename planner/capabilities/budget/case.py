"""Money in plain numbers, with its ceilings."""

from __future__ import annotations

from planner.core.case import Case
from planner.core.limits import MUSD, At, LimitKind, Words, site_path
from planner.core.whole import Broken, inside
from planner.records import Record


class CaseBudget(Record):
    """Ceilings on undiscounted cash in USD; by period where the scenario set one."""

    capex_usd: float | None
    total_usd: float | None
    by_period_usd: dict[int, float]
    cumulative_usd: dict[int, float]


class BudgetCase(Case):
    """Ceilings on money."""

    budget: CaseBudget

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        yield from inside(self.budget.by_period_usd, periods, "budget.by_period_usd")
        yield from inside(self.budget.cumulative_usd, periods, "budget.cumulative_usd")


def _horizon(at: At, key: str, usd: float | None) -> Words:
    return Words(
        f"budget {key}",
        f"budget.{key}",
        f"{key} over the horizon is at most {(usd or 0.0) / 1e6:g} MUSD",
    )


def _capex(at: At) -> Words:
    return _horizon(at, "capex", at.case.of(BudgetCase).budget.capex_usd)


def _total(at: At) -> Words:
    return _horizon(at, "total", at.case.of(BudgetCase).budget.total_usd)


def _by_period(at: At) -> Words:
    return Words(
        "budget by_period",
        "budget.by_period",
        f"capex in {at.key[0]} is at most {at.told} MUSD",
    )


def _cumulative(at: At) -> Words:
    return Words(
        "budget cumulative",
        "budget.cumulative",
        f"capex up to {at.key[0]} is at most {at.told} MUSD",
    )


def _construction(at: At) -> Words:
    (site,) = at.key
    says = (
        f"construction at {site} may cost "
        f"{(at.case.site[site].construction_budget_usd or 0.0) / 1e6:g} MUSD"
    )
    return Words(
        f"construction budget at {site}", f"{site_path(at.case, site)}.construction.budget", says
    )


CAPEX = LimitKind("budget.capex", MUSD, _capex, number="affine")
TOTAL = LimitKind("budget.total", MUSD, _total, number="affine")
BY_PERIOD = LimitKind("budget.by_period", MUSD, _by_period)
CUMULATIVE = LimitKind("budget.cumulative", MUSD, _cumulative)
CONSTRUCTION = LimitKind("budget.construction", MUSD, _construction, number="affine")
FACE = BudgetCase
