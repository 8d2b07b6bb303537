"""Who has which share of what is bought, or of what is in service?

Where several makers may have made a machine, it counts in full towards each of them where a share must not be too large, and towards none
of them where one must not be too small. An index of concentration is that of the worst case.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.sourcing.limits import metric_unit
from planner.catalog.hardware import Precision
from planner.plan.derive import Derivation
from planner.plan.schema import ConcentrationRow, ShareRow
from planner.scenario.case import Case, CaseRule, CaseSystem
from planner.scenario.schema.rules import Metric

Holdings = dict[tuple[str, ...], float]
"""Possible makers → how much of the metric is theirs."""


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


def concentration_rows(d: Derivation) -> list[ConcentrationRow]:
    """The index of every rule that limits one, in every window."""
    return [
        ConcentrationRow(
            rule=number,
            level=rule.level,
            metric=rule.metric,
            window=window_label(d, window),
            hhi=hhi(holdings(d, rule, window)),
            cap=rule.max_hhi,
        )
        for number, rule in enumerate(d.case.rules, start=1)
        if rule.max_hhi is not None
        for window in rule.windows
    ]


def _shares(d: Derivation, rule: CaseRule, number: int) -> Iterator[ShareRow]:
    groups = d.case.groups(rule.level, d.case.counted(rule))
    floor = rule.meaningful if rule.min_suppliers else rule.min_share
    for window in rule.windows:
        held = holdings(d, rule, window)
        total = sum(held.values())
        amounts = surely(held) if floor is not None else possibly(held)
        for group in groups:
            mine = rule.only in (None, group)
            amount = amounts.get(group, 0.0)
            yield ShareRow(
                rule=number,
                level=rule.level,
                metric=rule.metric,
                of=rule.of,
                window=window_label(d, window),
                group=group,
                amount=amount,
                unit=metric_unit(rule.metric, rule.precision).name,
                share=amount / total if total else 0.0,
                cap=rule.max_share if mine else None,
                floor=floor if mine else None,
            )


def window_label(d: Derivation, window: tuple[int, int]) -> str:
    """`2027-Q1`, or `2027-Q1..2027-Q4`."""
    first, last = window
    return d.labels[first] if first == last else f"{d.labels[first]}..{d.labels[last]}"


def holdings(d: Derivation, rule: CaseRule, window: tuple[int, int]) -> Holdings:
    """What is bought in a window, or in service in its periods, by who may have made it."""
    held: Holdings = defaultdict(float)
    first, last = window
    if rule.of == "fleet":
        for (system_id, site), counts in d.units.items():
            system = d.case.system[system_id]
            held[d.case.makers(system, site, rule.level)] += sum(counts[first : last + 1]) * amount_of(
                d.case, rule.metric, rule.precision, system
            )
    else:
        for purchase in d.decisions.purchases:
            if first <= d.at[purchase.delivered] <= last:
                system = d.case.system[purchase.system]
                held[d.case.makers(system, purchase.site, rule.level)] += purchase.units * amount_of(
                    d.case, rule.metric, rule.precision, system
                )
    return dict(held)


def possibly(held: Holdings) -> dict[str, float]:
    """Each name with all that may be its own."""
    amounts: dict[str, float] = defaultdict(float)
    for names, amount in held.items():
        for name in names:
            amounts[name] += amount
    return dict(amounts)


def surely(held: Holdings) -> dict[str, float]:
    """Each name with all that can be nobody else's."""
    amounts: dict[str, float] = defaultdict(float)
    for names, amount in held.items():
        if len(names) == 1:
            amounts[names[0]] += amount
    return dict(amounts)


def hhi(held: Holdings) -> float:
    """Σ share²; where makers are not known, of the split in which it is largest. 0 where there is nothing."""
    total = sum(held.values())
    if total <= 0:
        return 0.0
    worst = 0.0
    for chosen in itertools.product(*held):
        amounts: dict[str, float] = defaultdict(float)
        for name, amount in zip(chosen, held.values(), strict=True):
            amounts[name] += amount / total
        worst = max(worst, sum(share * share for share in amounts.values()))
    return worst


def amount_of(case: Case, metric: Metric, precision: Precision, system: CaseSystem) -> float:
    """What one system counts, in the unit of the metric."""
    if metric == "spend":
        return system.price_usd / 1e6
    if metric == "power":
        return system.nameplate_w / 1e6
    if metric == "units":
        return system.accelerators / 1e3
    return system.delivered_flop_s(precision, case.goodput) / 1e15
