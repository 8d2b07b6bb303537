"""Diversification rules as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.arrays import MEGA, PETA, Bools, Floats, Ints
from planner.capabilities.sourcing.limits import metric_unit, rule_words
from planner.model.inputs import RuleInputs
from planner.scenario.case import Case, CaseRule, CaseSystem
from planner.scenario.case.shares import MOST_SPLITS, splits
from planner.scenario.schema.rules import Level, Metric


def rule_of(case: Case, rule: CaseRule) -> RuleInputs:
    """One rule: what counts, towards whom, in which windows."""
    counted = case.counted(rule)
    groups = tuple(case.groups(rule.level, counted))
    bundles, bundle_of = bundles_of(case, rule.level, counted)
    weight = weights_of(case, rule.metric, rule.precision)
    may, surely = readings(groups, bundles)
    return RuleInputs(
        name=rule_words(rule).name,
        groups=groups,
        bundles=tuple("|".join(names) for names in bundles),
        may=may,
        surely=surely,
        bundle_of=bundle_of,
        weight=weight,
        unit=metric_unit(rule.metric, rule.precision).name,
        of_fleet=rule.of == "fleet",
        windows=tuple((a, b) for a, b in rule.windows),
        max_share=rule.max_share,
        min_share=rule.min_share,
        only=groups.index(rule.only) if rule.only else None,
        min_groups=rule.min_suppliers,
        max_groups=rule.max_suppliers,
        max_hhi=rule.max_hhi,
        meaningful=rule.meaningful,
        splits=splits_of(bundles) if rule.max_hhi is not None else np.zeros((0, len(bundles)), dtype=np.int64),
    )


def weights_of(case: Case, metric: Metric, precision: str) -> Floats:
    """[S] what one system counts, in the unit of the metric."""
    if metric == "spend":
        return np.array([s.price_usd / MEGA for s in case.systems])
    if metric == "power":
        return np.array([s.nameplate_w / MEGA for s in case.systems])
    if metric == "units":
        return np.array([s.accelerators / 1e3 for s in case.systems])
    name = next((p for s in case.systems for p in s.peak_flop_s if p == precision), None)
    return np.array([0.0 if name is None else s.delivered_flop_s(name, case.goodput) / PETA for s in case.systems])


def bundles_of(case: Case, level: Level, counted: Sequence[CaseSystem]) -> tuple[tuple[tuple[str, ...], ...], Ints]:
    """(what has the same possible makers goes into one bundle, [S, L] number of the bundle or −1 for what is not counted)."""
    among = {s.id for s in counted}
    of = {(s.id, w.id): case.makers(s, w.id, level) for s in case.systems if s.id in among for w in case.sites}
    bundles = tuple(sorted(set(of.values())))
    numbers = [[bundles.index(of[s.id, w.id]) if s.id in among else -1 for w in case.sites] for s in case.systems]
    return bundles, np.array(numbers, dtype=np.int64)


def splits_of(bundles: Sequence[tuple[str, ...]]) -> Ints:
    """[V, B] number of the part that each bundle belongs to. Raises ValueError if there are more ways than a limit on an HHI reads."""
    ways = splits(bundles)
    if ways is None:
        raise ValueError(f"there are more than {MOST_SPLITS} ways to divide machines among their possible makers")
    parts = [[next(i for i, part in enumerate(sorted(way, key=sorted)) if bundle in part) for bundle in bundles] for way in ways]
    return np.array(parts, dtype=np.int64).reshape(len(ways), len(bundles))


def readings(groups: Sequence[str], bundles: Sequence[tuple[str, ...]]) -> tuple[Bools, Bools]:
    """[G, B] whether a bundle may, and whether it surely does, count towards a group."""
    may = np.array([[group in names for names in bundles] for group in groups], dtype=bool).reshape(len(groups), len(bundles))
    surely = np.array([[names == (group,) for names in bundles] for group in groups], dtype=bool).reshape(may.shape)
    return may, surely
