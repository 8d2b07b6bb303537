"""The diversification rules of the second formulation: shares written on deliveries, and every yes
or no tried out choice by choice.

Where the model has binaries with a large constant, this has a list of choices, each with rows that
say it outright; where the model has cuts on bundles, this has one cone for every way in which
machines of unknown makers may be divided among them.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.sourcing.case import CaseRule, CaseSurvival
from planner.core.case import Case, CaseSite, CaseSystem
from tests.model.program import Cone, Expression, Row, plus

Counts = dict[tuple[str, str, int], Expression]
"""(system, site, period) → systems."""
Amounts = dict[tuple[str, ...], Expression]
"""Possible makers → amount."""


def makers(s: CaseSystem, w: CaseSite, level: str) -> tuple[str, ...]:
    """Who may have made a system, sold it, or houses it."""
    known = {"supplier": s.supplier, "software": s.software, "site": w.id, "region": w.region}
    return (known[level],) if level in known else tuple(sorted(s.upstream[level]))  # type: ignore[index]


def metric(case: Case, rule: CaseRule | CaseSurvival, s: CaseSystem) -> float:
    """What one system counts."""
    return {
        "spend": s.price_usd / 1e6,
        "power": s.nameplate_w / 1e6,
        "units": float(s.accelerators),
        "compute": s.peak_flop_s.get(rule.precision, 0.0)
        / 1e15
        * s.mfu.get(rule.precision, 0.0)
        * case.goodput,
    }[rule.metric]


def amounts(
    case: Case, rule: CaseRule, window: tuple[int, int], comes: Counts, runs: Counts
) -> Amounts:
    """What each set of possible makers has in a window."""
    systems, sites = {s.id: s for s in case.systems}, {w.id: w for w in case.sites}
    parts: dict[tuple[str, ...], list[tuple[float, Expression]]] = {
        makers(s, w, rule.level): []
        for s in case.systems
        for w in case.sites
        if s.may_buy or rule.of == "fleet"
    }
    for (s_id, w_id, t), count in (runs if rule.of == "fleet" else comes).items():
        if window[0] <= t <= window[1]:
            parts[makers(systems[s_id], sites[w_id], rule.level)].append(
                (metric(case, rule, systems[s_id]), count)
            )
    return {names: plus(*found) for names, found in parts.items()}


def rules_of(
    case: Case, comes: Counts, runs: Counts, more: list[list[list[Row]]]
) -> tuple[Iterator[list[Row]], list[Cone]]:
    """(every way to satisfy all rules, and to take each of `more` choices: the rows of each; cones
    that hold in each)"""
    fixed: list[Row] = []
    choices = list(more)
    cones: list[Cone] = []
    for rule in case.rules:
        for window in rule.windows:
            held = amounts(case, rule, window, comes, runs)
            found, options = _of_a_window(rule, held)
            fixed += found
            choices += options
            cones += _cones(rule, held)
    return (
        [*fixed, *itertools.chain(*combination)] for combination in itertools.product(*choices)
    ), cones


def _of_a_window(rule: CaseRule, held: Amounts) -> tuple[list[Row], list[list[list[Row]]]]:
    names = sorted({name for bundle in held for name in bundle})
    whole = plus(*((1.0, e) for e in held.values()))
    may = {
        name: plus(*((1.0, e) for bundle, e in held.items() if name in bundle)) for name in names
    }
    sure = {
        name: plus(*((1.0, e) for bundle, e in held.items() if bundle == (name,))) for name in names
    }

    def at_least(name: str, share: float) -> Row:
        return plus((1.0, sure[name]), (-share, whole)), 0.0, math.inf

    def nothing(name: str) -> Row:
        return may[name], -math.inf, 0.0

    fixed: list[Row] = []
    choices: list[list[list[Row]]] = []
    if rule.max_share is not None:
        fixed += [
            (plus((1.0, may[n]), (-rule.max_share, whole)), -math.inf, 0.0)
            for n in names
            if rule.only in (None, n)
        ]
    if rule.min_share is not None and rule.only is not None:
        fixed.append(at_least(rule.only, rule.min_share))
    elif rule.min_share is not None:
        choices += [[[nothing(n)], [at_least(n, rule.min_share)]] for n in names]
    if rule.min_suppliers is not None:
        choices.append(
            [
                [at_least(n, rule.meaningful) for n in chosen]
                for chosen in itertools.combinations(names, rule.min_suppliers)
            ]
        )
    if rule.max_suppliers is not None:
        out = max(0, len(names) - rule.max_suppliers)
        choices.append(
            [[nothing(n) for n in chosen] for chosen in itertools.combinations(names, out)]
        )
    return fixed, choices


def _cones(rule: CaseRule, held: Amounts) -> Iterator[Cone]:
    for chosen in itertools.product(*held) if rule.max_hhi is not None else ():
        parts: dict[str, list[tuple[float, Expression]]] = defaultdict(list)
        for name, e in zip(chosen, held.values(), strict=True):
            parts[name].append((1.0, e))
        yield [plus(*found) for found in parts.values()], math.sqrt(rule.max_hhi or 0.0)
