"""Shares of names, indices of concentration, and whether rules are kept."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.sourcing.case import CaseRule, SourcingCase, metric_unit
from planner.capabilities.sourcing.schema import NOUN, Metric
from planner.capabilities.sourcing.tables import CONCENTRATIONS, SHARES, ConcentrationRow, ShareRow
from planner.capabilities.supply.tables import PURCHASES
from planner.catalog.hardware import Precision
from planner.core.case import Case, CaseSystem
from planner.errors import Problem
from planner.plan.compare import RELATIVE
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.schema import Plan

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
    for number, rule in enumerate(d.case.of(SourcingCase).rules, start=1):
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
        for number, rule in enumerate(d.case.of(SourcingCase).rules, start=1)
        if rule.max_hhi is not None
        for window in rule.windows
    ]


def _shares(d: Derivation, rule: CaseRule, number: int) -> Iterator[ShareRow]:
    groups = d.case.of(SourcingCase).groups(rule.level, d.case.of(SourcingCase).counted(rule))
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
            held[d.case.of(SourcingCase).makers(system, site, rule.level)] += sum(
                counts[first : last + 1]
            ) * amount_of(d.case, rule.metric, rule.precision, system)
    else:
        for purchase in d.decisions.of(PURCHASES):
            if first <= d.at[purchase.delivered] <= last:
                system = d.case.system[purchase.system]
                held[d.case.of(SourcingCase).makers(system, purchase.site, rule.level)] += (
                    purchase.units * amount_of(d.case, rule.metric, rule.precision, system)
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
    """Σ share²; where makers are not known, of the split in which it is largest. 0 where there is
    nothing.
    """
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


def rules(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every diversification rule is kept."""
    for number, rule in enumerate(plan.case.of(SourcingCase).rules):
        for window in rule.windows:
            held = holdings(d, rule, window)
            if sum(held.values()) > 0:
                for says in _broken(rule, held, window_label(d, window)):
                    yield Problem("A002", says, path=f"case.rules.{number}")


def _broken(rule: CaseRule, held: Holdings, window: str) -> Iterator[str]:
    """What a rule is not given in a window in which something counts."""
    total = sum(held.values())
    most = {name: amount / total for name, amount in possibly(held).items()}
    sure = {name: amount / total for name, amount in surely(held).items()}
    yield from _share_findings(rule, most, sure, window)
    yield from _numbers(rule, most, sure, window)
    if rule.max_hhi is not None and (index := hhi(held)) > rule.max_hhi + RELATIVE:
        several = NOUN[rule.level][1]
        yield (
            f"the HHI of {several} by {rule.metric} is {index:.6f} in {window}, at most "
            f"{rule.max_hhi:.6f} is allowed"
        )


def _share_findings(
    rule: CaseRule, most: dict[str, float], sure: dict[str, float], window: str
) -> Iterator[str]:
    if rule.max_share is not None:
        for name, share in most.items():
            if rule.only in (None, name) and share > rule.max_share + RELATIVE:
                yield (
                    f"{name} has {share:.4%} of {rule.metric} in {window}, at most "
                    f"{rule.max_share:.4%} is allowed"
                )
    if rule.min_share is not None:
        for name in (
            [rule.only]
            if rule.only is not None
            else [name for name, share in most.items() if share > 0]
        ):
            if sure.get(name, 0.0) < rule.min_share - RELATIVE:
                yield (
                    f"{name} has {sure.get(name, 0.0):.4%} of {rule.metric} in {window}, at "
                    f"least {rule.min_share:.4%} is asked for"
                )


def _numbers(
    rule: CaseRule, most: dict[str, float], sure: dict[str, float], window: str
) -> Iterator[str]:
    several = NOUN[rule.level][1]
    if rule.min_suppliers is not None:
        counted = sum(share >= rule.meaningful - RELATIVE for share in sure.values())
        if counted < rule.min_suppliers:
            yield (
                f"{counted} {several} have {rule.meaningful:.1%} of {rule.metric} in {window}, "
                f"{rule.min_suppliers} are asked for"
            )
    if rule.max_suppliers is not None:
        used = sum(share > 0 for share in most.values())
        if used > rule.max_suppliers:
            yield f"{used} {several} are used in {window}, at most {rule.max_suppliers} are allowed"


FACE = Derive(tables={SHARES: share_rows, CONCENTRATIONS: concentration_rows}, kept=rules)
