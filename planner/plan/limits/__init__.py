"""How far is each limit of a case from binding under a plan's decisions? Part of the second road: no model, no solver.

Row names are those of the model, so that the two can be compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.budget import limits as budgets
from planner.capabilities.demand.limits import SERVED
from planner.capabilities.supply.limits import CUMULATIVE, PER_PERIOD, SCHEDULE, entry_label
from planner.core.limits import At
from planner.plan.derive import Derivation
from planner.plan.limits.crews import crew_limits
from planner.plan.limits.fleet import fleet_limits
from planner.plan.limits.halls import halls_limits
from planner.plan.limits.meter import meter_limits
from planner.plan.limits.row import limit_row
from planner.plan.limits.sites import site_limits
from planner.plan.limits.sources import connection_limits, source_limits
from planner.plan.money import spent
from planner.plan.once import once
from planner.plan.schema import LimitRow


@once
def limit_rows(d: Derivation) -> list[LimitRow]:
    """Every limit of the case but the shares, which have a table of their own."""
    return [
        *fleet_limits(d),
        *_supply(d),
        *source_limits(d),
        *connection_limits(d),
        *site_limits(d),
        *meter_limits(d),
        *_demands(d),
        *_budgets(d),
        *halls_limits(d),
        *crew_limits(d),
    ]


def _delivered(d: Derivation, system: str) -> list[float]:
    values = [0.0] * len(d.labels)
    for purchase in d.decisions.purchases:
        if d.case.system[purchase.system].product == system:
            values[d.at[purchase.delivered]] += purchase.units
    return values


def _supply(d: Derivation) -> Iterator[LimitRow]:
    for k, entry in enumerate(d.case.supply):
        values = _delivered(d, entry.system)
        buyable = d.case.system[entry.system]
        entry_key, total = entry_label(k, entry), 0.0
        comes = [arrival is not None for arrival in d.case.arrivals[buyable.id]]
        for t, label in enumerate(d.labels):
            total += values[t]
            key = (entry_key, label)
            if not buyable.sites or not any(comes[: t + 1]):
                continue
            if entry.cumulative is not None:
                yield limit_row(CUMULATIVE, At(d.case, key, entry.cumulative[t]), total)
            for kind, ceiling in ((PER_PERIOD, entry.per_period), (SCHEDULE, None if entry.schedule is None else entry.schedule[t])):
                if ceiling is not None and comes[t]:
                    yield limit_row(kind, At(d.case, key, ceiling), values[t])


def _demands(d: Derivation) -> Iterator[LimitRow]:
    for row in d.demands():
        scale = 1e15 if row.unit == "FLOP/s" else 1.0
        yield limit_row(SERVED, At(d.case, (row.demand, row.period), row.need / scale), row.served / scale)


def _budgets(d: Derivation) -> Iterator[LimitRow]:
    budget, capex, opex = d.case.budget, [0.0] * len(d.labels), sum(row.usd / 1e6 for row in spent(d, "opex"))
    for row in spent(d, "capex"):
        capex[d.at[row.period]] += row.usd / 1e6
    for kind, limit_usd, used in ((budgets.CAPEX, budget.capex_usd, sum(capex)), (budgets.TOTAL, budget.total_usd, sum(capex) + opex)):
        if limit_usd is not None:
            yield limit_row(kind, At(d.case, ("horizon",), limit_usd / 1e6), used)
    for t, limit_usd in sorted(budget.by_period_usd.items()):
        yield limit_row(budgets.BY_PERIOD, At(d.case, (d.labels[t],), limit_usd / 1e6), capex[t])
    for t, limit_usd in sorted(budget.cumulative_usd.items()):
        yield limit_row(budgets.CUMULATIVE, At(d.case, (d.labels[t],), limit_usd / 1e6), sum(capex[: t + 1]))
