"""Rules of shares and losses to survive as arrays: G names · B bundles of machines with the same
possible makers · S systems · L sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.arrays import MEGA, PETA, Bools, Floats, Ints
from planner.capabilities.demand.arrays import weights_of as demand_weights
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.sourcing.case import (
    MOST_SPLITS,
    CaseRule,
    CaseSurvival,
    SourcingCase,
    event_of,
    metric_unit,
    rule_words,
    splits,
    survival_unit,
)
from planner.capabilities.sourcing.schema import Level, Metric
from planner.core.case import Case, CaseSystem
from planner.model.inputs import Arrays, InputsContext


@dataclass(frozen=True)
class RuleInputs:
    """One diversification rule: how much one system counts, and which names it may count
    towards.
    """

    name: str
    groups: tuple[str, ...]
    bundles: tuple[str, ...]
    may: Bools
    """[G, B] whether a bundle may count towards a group: what is read where a share must not be too
    large."""
    surely: Bools
    """[G, B] whether it can count towards nobody else: what is read where a share must not be too
    small."""
    bundle_of: Ints
    """[S, L] number of the bundle, -1 for what is not counted."""
    weight: Floats
    """[S] metric per system."""
    unit: str
    of_fleet: bool
    """Whether what is in service counts, instead of what is delivered."""
    windows: tuple[tuple[int, int], ...]
    max_share: float | None
    min_share: float | None
    only: int | None
    min_groups: int | None
    max_groups: int | None
    max_hhi: float | None
    meaningful: float
    splits: Ints
    """[V, B] which bundles are one maker's (have the same number) in each way to divide them that
    may be the most concentrated; [0, B] where no HHI is limited."""


@dataclass(frozen=True)
class SurvivalInputs:
    """What must be left when the worst `losses` of a level stop."""

    event: str
    """Rules of the same event must hold at once."""
    groups: tuple[str, ...]
    may: Bools
    """[G, B]"""
    bundle_of: Ints
    """[S, L]"""
    losses: int
    lost: float
    demand: int | None
    """None: the fleet."""
    weight: Floats
    """[S, L] what one system serves, of the demand or of the fleet."""
    unit: str
    serves: float


def rule_of(case: Case, rule: CaseRule) -> RuleInputs:
    """One rule: what counts, towards whom, in which windows."""
    counted = case.of(SourcingCase).counted(rule)
    groups = tuple(case.of(SourcingCase).groups(rule.level, counted))
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
        splits=splits_of(bundles)
        if rule.max_hhi is not None
        else np.zeros((0, len(bundles)), dtype=np.int64),
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
    return np.array(
        [
            0.0 if name is None else s.delivered_flop_s(name, case.goodput) / PETA
            for s in case.systems
        ]
    )


def bundles_of(
    case: Case, level: Level, counted: Sequence[CaseSystem]
) -> tuple[tuple[tuple[str, ...], ...], Ints]:
    """(what has the same possible makers goes into one bundle, [S, L] number of the bundle or −1
    for what is not counted).
    """
    among = {s.id for s in counted}
    of = {
        (s.id, w.id): case.of(SourcingCase).makers(s, w.id, level)
        for s in case.systems
        if s.id in among
        for w in case.sites
    }
    bundles = tuple(sorted(set(of.values())))
    numbers = [
        [bundles.index(of[s.id, w.id]) if s.id in among else -1 for w in case.sites]
        for s in case.systems
    ]
    return bundles, np.array(numbers, dtype=np.int64)


def splits_of(bundles: Sequence[tuple[str, ...]]) -> Ints:
    """[V, B] number of the part that each bundle belongs to. Raises ValueError if there are more
    ways than a limit on an HHI reads.
    """
    ways = splits(bundles)
    if ways is None:
        raise ValueError(
            f"there are more than {MOST_SPLITS} ways to divide machines among their possible makers"
        )
    parts = [
        [
            next(i for i, part in enumerate(sorted(way, key=sorted)) if bundle in part)
            for bundle in bundles
        ]
        for way in ways
    ]
    return np.array(parts, dtype=np.int64).reshape(len(ways), len(bundles))


def readings(groups: Sequence[str], bundles: Sequence[tuple[str, ...]]) -> tuple[Bools, Bools]:
    """[G, B] whether a bundle may, and whether it surely does, count towards a group."""
    may = np.array([[group in names for names in bundles] for group in groups], dtype=bool).reshape(
        len(groups), len(bundles)
    )
    surely = np.array(
        [[names == (group,) for names in bundles] for group in groups], dtype=bool
    ).reshape(may.shape)
    return may, surely


def survival_of(case: Case, survival: CaseSurvival, demand_weight: Floats) -> SurvivalInputs:
    """One loss to survive: who may stop, and what one system serves."""
    bundles, bundle_of = bundles_of(case, survival.level, case.systems)
    groups = case.of(SourcingCase).groups(survival.level, case.systems)
    number = next(
        (i for i, d in enumerate(case.of(DemandCase).demands) if d.id == survival.demand), None
    )
    if number is None:
        each = weights_of(case, survival.metric, survival.precision)
        weight = np.broadcast_to(each[:, None], (len(each), len(case.sites)))
    else:
        weight = demand_weight[number]
    return SurvivalInputs(
        event=event_of(survival),
        groups=tuple(groups),
        may=readings(groups, bundles)[0],
        bundle_of=bundle_of,
        losses=survival.losses,
        lost=survival.lost,
        demand=number,
        weight=weight,
        unit=survival_unit(case, survival).name,
        serves=survival.serves,
    )


@dataclass(frozen=True)
class SourcingInputs:
    """Rules of shares, and losses to survive."""

    rules: tuple[RuleInputs, ...]
    survival: tuple[SurvivalInputs, ...]


def parts(ctx: InputsContext) -> Iterator[object]:
    """Rules and losses."""
    case = ctx.case
    weight = demand_weights(case)
    yield SourcingInputs(
        tuple(rule_of(case, rule) for rule in case.of(SourcingCase).rules),
        tuple(survival_of(case, survival, weight) for survival in case.of(SourcingCase).survival),
    )


FACE = Arrays(parts)
