"""How far is each limit of a case from binding under a plan's decisions? Part of the second road: no model, no solver.

Row names are those of the model, so that the two can be compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.schema import LimitRow, ShareRow
from planner.scenario.case import Case, CaseRule, CaseSystem

BINDS = 0.005
"""A limit binds when less than this share of it is left. What is not there yet (no power before its date) is not counted as binding."""


def limit_row(row: str, name: str, says: str, unit: str, used: float, limit: float, *, least: bool = False, path: str = "") -> LimitRow:
    """A row with its headroom; `least` for limits from below."""
    headroom = used - limit if least else limit - used
    return LimitRow.model_construct(
        row=row,
        name=name,
        says=says,
        unit=unit,
        used=used,
        limit=limit,
        sense="at least" if least else "at most",
        headroom=headroom,
        binding=limit > 0 and headroom <= BINDS * limit + 1e-9,
        path=path,
    )


def limit_rows(d: Derivation) -> Iterator[LimitRow]:
    """Every limit of the case but the shares, which have a table of their own."""
    yield from _supply(d)
    yield from _sites(d)
    yield from _demands(d)
    yield from _budgets(d)


def _delivered(d: Derivation, system: str) -> list[float]:
    values = [0.0] * len(d.labels)
    for purchase in d.decisions.purchases:
        if purchase.system == system:
            values[d.at[purchase.delivered]] += purchase.units
    return values


def _supply(d: Derivation) -> Iterator[LimitRow]:
    for k, entry in enumerate(d.case.supply):
        values = _delivered(d, entry.system)
        buyable = d.case.system[entry.system]
        key, total = f"{entry.system}#{k + 1}", 0.0
        latest = min(buyable.latest, len(d.labels) - 1 - buyable.fit_out_periods)
        for t, label in enumerate(d.labels):
            total += values[t]
            if not buyable.sites or not buyable.earliest <= min(t, latest):
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
                    path=entry.path,
                )
            if entry.per_period is not None and t <= latest:
                says = f"no more than {entry.per_period:g} {entry.system} are allocated in {label}"
                name = f"delivery rate of {entry.system}"
                yield limit_row(
                    f"supply.per_period[{key},{label}]",
                    name,
                    says,
                    "systems",
                    values[t],
                    entry.per_period,
                    path=entry.path,
                )


def _sites(d: Derivation) -> Iterator[LimitRow]:
    for j, site in enumerate(d.case.sites):
        here = {s.id for s in d.case.systems if site.id in s.sites} | {f.system for f in d.case.fleet if f.site == site.id and f.units}
        if not here:
            continue
        for t, label in enumerate(d.labels):
            used = d.sized_w(site, t)
            key, path = f"[{site.id},{label}]", f"sites.{j}"
            if site.power_w is not None:
                limit, mw = site.power_w[t] / 1e6, used["utility"] / 1e6
                says = f"{site.id} has {limit:g} MW energized in {label}"
                yield limit_row("power.utility" + key, f"power at {site.id}", says, "MW", mw, limit, path=path + ".power")
            if site.critical_it_w is not None:
                limit, mw = site.critical_it_w[t] / 1e6, used["it"] / 1e6
                says = f"{site.id} has {limit:g} MW of critical IT in {label}"
                yield limit_row(
                    "power.critical_it" + key,
                    f"critical IT at {site.id}",
                    says,
                    "MW",
                    mw,
                    limit,
                    path=path + ".critical_it",
                )
            for way, watts in (("liquid", site.liquid_w), ("air", site.air_w)):
                if watts is not None:
                    says = f"{way} cooling at {site.id} carries {watts / 1e6:g} MW"
                    name = f"{way} cooling at {site.id}"
                    yield limit_row(
                        f"cooling.{way}{key}",
                        name,
                        says,
                        "MW heat",
                        used[way] / 1e6,
                        watts / 1e6,
                        path=f"{path}.cooling.{way}",
                    )
            if site.positions is not None:
                says = f"{site.id} has {site.positions[t]:g} rack positions in {label}"
                name = f"positions at {site.id}"
                yield limit_row(
                    "space.positions" + key,
                    name,
                    says,
                    "racks",
                    used["racks"],
                    site.positions[t],
                    path=path + ".positions",
                )


def _demands(d: Derivation) -> Iterator[LimitRow]:
    by_id = {demand.id: demand for demand in d.case.demands}
    for row in d.demands():
        demand = by_id[row.demand]
        scale, unit = (1e15, "PFLOP/s") if row.unit == "FLOP/s" else (1.0, "accelerators")
        need, served = row.need / scale, row.served / scale
        says = f"{row.demand} asks for {need:g} {unit} in {row.period}"
        key = f"demand.served[{row.demand},{row.period}]"
        yield limit_row(key, f"demand {row.demand}", says, unit, served, need, least=True, path=demand.path)


def _budgets(d: Derivation) -> Iterator[LimitRow]:
    budget, capex, opex = d.case.budget, [0.0] * len(d.labels), 0.0
    for row in d.cash():
        if row.bucket.startswith("capex."):
            capex[d.at[row.period]] += row.usd / 1e6
        elif row.kind == "cash":
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


def share_rows(d: Derivation) -> list[ShareRow]:
    """Shares of what is bought: by every metric over the horizon, and by every rule and window."""
    last = len(d.labels) - 1
    rows: list[ShareRow] = []
    for metric in ("spend", "power", "units", "compute"):
        rule = CaseRule(
            level="supplier",
            metric=metric,
            precision="bf16",
            max_share=None,
            only=None,
            min_suppliers=None,
            meaningful=0.0,
            windows=[(0, last)],
            path="",
        )
        rows.extend(_shares(d, rule, 0))
    for number, rule in enumerate(d.case.rules, start=1):
        rows.extend(_shares(d, rule, number))
    return rows


def _shares(d: Derivation, rule: CaseRule, number: int) -> Iterator[ShareRow]:
    groups = sorted({d.case.group(s, rule.level) for s in d.case.systems if s.may_buy})
    for first, last in rule.windows:
        amounts = dict.fromkeys(groups, 0.0)
        for purchase in d.decisions.purchases:
            if first <= d.at[purchase.delivered] <= last:
                system = d.case.system[purchase.system]
                amounts[d.case.group(system, rule.level)] += purchase.units * metric_of(d.case, rule, system)[0]
        total = sum(amounts.values())
        window = d.labels[first] if first == last else f"{d.labels[first]}..{d.labels[last]}"
        for group in groups:
            capped = rule.max_share if rule.only in (None, group) else None
            yield ShareRow(
                rule=number,
                level=rule.level,
                metric=rule.metric,
                window=window,
                group=group,
                amount=amounts[group],
                unit=metric_of(d.case, rule, None)[1],
                share=amounts[group] / total if total else 0.0,
                cap=capped,
                floor=rule.meaningful if rule.min_suppliers else None,
            )


def metric_of(case: Case, rule: CaseRule, s: CaseSystem | None) -> tuple[float, str]:
    """(amount per system bought, unit) of a rule's metric."""
    if rule.metric == "spend":
        return (s.price_usd / 1e6 if s else 0.0), "MUSD"
    if rule.metric == "power":
        return (s.nameplate_w * (1 + s.it_overhead) / 1e6 if s else 0.0), "MW IT nameplate"
    if rule.metric == "units":
        return (s.accelerators / 1e3 if s else 0.0), "thousand accelerators"
    return (s.delivered_flop_s(rule.precision, case.goodput) / 1e15 if s else 0.0), f"PFLOP/s {rule.precision}"
