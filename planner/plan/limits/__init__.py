"""How far is each limit of a case from binding under a plan's decisions? Part of the second road: no model, no solver.

Row names are those of the model, so that the two can be compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.limits.crews import crew_limits
from planner.plan.limits.fleet import fleet_limits
from planner.plan.limits.halls import halls_limits
from planner.plan.limits.meter import meter_limits
from planner.plan.limits.row import limit_row
from planner.plan.limits.sites import site_limits
from planner.plan.limits.sources import connection_limits, source_limits
from planner.plan.money import cash_rows
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
        key, total = f"{entry.system}#{k + 1}", 0.0
        comes = [arrival is not None for arrival in d.case.arrivals[buyable.id]]
        for t, label in enumerate(d.labels):
            total += values[t]
            if not buyable.sites or not any(comes[: t + 1]):
                continue
            if entry.cumulative is not None:
                says = f"no more than {entry.cumulative[t]:g} {entry.system} are allocated by {label}"
                name = f"allocation of {entry.system}"
                yield limit_row(
                    f"supply.cumulative[{key},{label}]",
                    name,
                    says,
                    "systems",
                    total,
                    entry.cumulative[t],
                    path=f"{entry.path}.by",
                )
            rates = (("per_period", entry.per_period), ("schedule", entry.schedule[t] if entry.schedule is not None else None))
            for kind, ceiling in rates:
                if ceiling is not None and comes[t]:
                    says = f"no more than {ceiling:g} {entry.system} are allocated in {label}"
                    name, path = f"delivery rate of {entry.system}", f"{entry.path}.{kind}"
                    yield limit_row(f"supply.{kind}[{key},{label}]", name, says, "systems", values[t], ceiling, path=path)


def _demands(d: Derivation) -> Iterator[LimitRow]:
    by_id = {demand.id: demand for demand in d.case.demands}
    for row in d.demands():
        demand = by_id[row.demand]
        scale, unit = (1e15, "PFLOP/s") if row.unit == "FLOP/s" else (1.0, "accelerators")
        need, served = row.need / scale, row.served / scale
        says = f"{row.demand} asks for {need:g} {unit} in {row.period}"
        key = f"demand.served[{row.demand},{row.period}]"
        yield limit_row(key, f"demand {row.demand}", says, unit, served, need, least=True, path=f"{demand.path}.need")


def _budgets(d: Derivation) -> Iterator[LimitRow]:
    budget, capex, opex = d.case.budget, [0.0] * len(d.labels), 0.0
    for row in cash_rows(d):
        if row.bucket.startswith("capex."):
            capex[d.at[row.period]] += row.usd / 1e6
        elif row.bucket.startswith("opex."):
            opex += row.usd / 1e6
    for key, limit_usd, used in (
        ("capex", budget.capex_usd, sum(capex)),
        ("total", budget.total_usd, sum(capex) + opex),
    ):
        if limit_usd is not None:
            says = f"{key} over the horizon is at most {limit_usd / 1e6:g} MUSD"
            yield limit_row(f"budget.{key}[horizon]", f"budget {key}", says, "MUSD", used, limit_usd / 1e6, path=f"budget.{key}")
    for key, limits in (("by_period", budget.by_period_usd), ("cumulative", budget.cumulative_usd)):
        for t, limit_usd in sorted(limits.items()):
            used = capex[t] if key == "by_period" else sum(capex[: t + 1])
            says = f"capex {'in' if key == 'by_period' else 'up to'} {d.labels[t]} is at most {limit_usd / 1e6:g} MUSD"
            yield limit_row(
                f"budget.{key}[{d.labels[t]}]",
                f"budget {key}",
                says,
                "MUSD",
                used,
                limit_usd / 1e6,
                path=f"budget.{key}",
            )
