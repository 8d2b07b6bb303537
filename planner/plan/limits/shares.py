"""Who has which share of what is bought?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.schema import ShareRow
from planner.scenario.case import Case, CaseRule, CaseSystem


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
