"""Who may, or must, have which share, what must be survived, and who makes what upstream: in plain
numbers, with the limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from planner.capabilities.demand.case import DemandCase, demand_unit
from planner.capabilities.sourcing.schema import NOUN, Level, Metric
from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.core.case import Case, CaseSystem
from planner.core.limits import NO_UNIT, PERCENT, At, LimitKind, Unit, Words
from planner.core.whole import Broken, named, within
from planner.records import Grade, Kind, Record

MOST_SPLITS = 24
"""Most ways to divide machines among their possible makers that a limit on an HHI reads: each takes
rows of its own. Four makers in any order have 24."""
Bundles = Sequence[tuple[str, ...]]
"""What has the same possible makers, each by their names."""
Split = frozenset[frozenset[tuple[str, ...]]]
"""Bundles that are one maker's, maker by maker."""


def splits(bundles: Bundles, most: int = MOST_SPLITS) -> list[Split] | None:
    """The ways to divide bundles among their possible makers of which one has the largest HHI,
    whatever they hold; None above `most`.

    Whoever has more gains from having all that may be theirs, so the worst case is an order of the
    makers: the first has every bundle that may be theirs, the next every one that is left. Ways
    that only divide another one further are left out: they are never worse.
    """
    found: set[Split] = set()
    seen: set[Split] = set()

    def divide(left: frozenset[tuple[str, ...]], taken: Split) -> bool:
        if taken in seen:
            return True
        seen.add(taken)
        if not left:
            found.add(taken)
            return len(found) <= 20 * most
        mine = {
            name: frozenset(bundle for bundle in left if name in bundle)
            for bundle in left
            for name in bundle
        }
        largest = {own for own in mine.values() if not any(own < other for other in mine.values())}
        if all(len(bundle) == 1 for bundle in left):  # nothing is left to choose
            return divide(frozenset(), taken | frozenset(mine.values()))
        return all(divide(left - own, taken | {own}) for own in sorted(largest, key=sorted))

    if not divide(frozenset(bundles), frozenset()):
        return None
    kept = [
        one for one in found if not any(one != other and _divides(one, other) for other in found)
    ]
    return sorted(kept, key=lambda one: sorted(map(sorted, one))) if len(kept) <= most else None


def _divides(finer: Split, coarser: Split) -> bool:
    """Whether each part of one way lies within a part of the other."""
    return all(any(part <= other for other in coarser) for part in finer)


class CaseRule(Record):
    """A diversification rule with its windows as (first, last) periods."""

    level: Level
    metric: Metric
    precision: Precision
    max_share: float | None
    only: str | None
    min_suppliers: int | None
    meaningful: float
    windows: list[tuple[int, int]]
    path: str
    of: Literal["purchases", "fleet"] = "purchases"
    min_share: float | None = None
    max_suppliers: int | None = None
    max_hhi: float | None = None


class CaseSurvival(Record):
    """What must still be served, in each period, when the worst `losses` of a level stop."""

    level: Level
    losses: int
    lost: float
    demand: str | None
    """None: the fleet."""
    metric: Metric
    """For the fleet."""
    precision: Precision
    serves: float
    path: str


class CaseOrigin(Record):
    """Who may have made an accelerator, at one level, and how that is known."""

    accelerator: str
    level: Upstream
    any_of: list[str]
    kind: Kind
    grade: Grade
    source: str
    url: str = ""
    date: str = ""
    note: str = ""


class SourcingCase(Case):
    """Rules of shares, losses to survive, and who makes what."""

    rules: list[CaseRule]
    survival: list[CaseSurvival] = []
    origins: list[CaseOrigin] = []

    def makers(self, system: CaseSystem, site: str, level: Level) -> tuple[str, ...]:
        """Whom a system at a site counts towards: one name, or every maker that may have made
        it.
        """
        if level == "supplier":
            return (system.supplier,)
        if level == "software":
            return (system.software,)
        if level == "site":
            return (site,)
        if level == "region":
            return (self.site[site].region,)
        return tuple(sorted(system.upstream.get(level, [])))

    def counted(self, rule: CaseRule) -> list[CaseSystem]:
        """Systems that a rule counts: of purchases, what can be bought; of the fleet, all."""
        return [s for s in self.systems if s.may_buy or rule.of == "fleet"]

    def groups(self, level: Level, systems: list[CaseSystem]) -> list[str]:
        """Everybody of a level that these systems may count towards."""
        return sorted(
            {
                name
                for s in systems
                for site in self.sites
                for name in self.makers(s, site.id, level)
            }
        )

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, rule in enumerate(self.rules):
            for n, window in enumerate(rule.windows):
                for t in window:
                    yield from within(t, periods, f"rules.{i}.windows.{n}")
        demands = {demand.id for demand in self.of(DemandCase).demands}
        for i, survival in enumerate(self.survival):
            yield from named(
                [] if survival.demand is None else [survival.demand],
                demands,
                f"survival.{i}.demand",
            )


def metric_unit(metric: Metric, precision: str) -> Unit:
    """The unit in which a rule counts."""
    if metric == "compute":
        return Unit(f"PFLOP/s {precision}")
    return Unit(
        {"spend": "MUSD", "power": "MW rack nameplate", "units": "thousand accelerators"}[metric]
    )


def rule_words(rule: CaseRule) -> Words:
    """A rule as a whole."""
    one, several = NOUN[rule.level]
    where = " in service" if rule.of == "fleet" else ""
    if rule.max_share is not None:
        name = f"share of {rule.only or f'each {one}'} by {rule.metric}"
        says = (
            f"{rule.only or f'one {one}'} may have at most {100 * rule.max_share:.4g} % of "
            f"{rule.metric}"
        )
    elif rule.min_share is not None:
        name = f"least share of {rule.only or f'each {one} used'} by {rule.metric}"
        says = (
            f"{rule.only or f'each {one} that is used'} must have at least "
            f"{100 * rule.min_share:.4g} % of {rule.metric}"
        )
    elif rule.max_suppliers is not None:
        name = f"most {several} by {rule.metric}"
        says = (
            f"at most {rule.max_suppliers} "
            f"{one if rule.max_suppliers == 1 else several} may be used"
        )
    elif rule.max_hhi is not None:
        name = f"HHI of {several} by {rule.metric}"
        says = f"the HHI of {several} by {rule.metric} may be at most {rule.max_hhi:.4g}"
    else:
        name = f"number of {several} by {rule.metric}"
        says = (
            f"at least {rule.min_suppliers} {several} must have {100 * rule.meaningful:.4g} % "
            f"of {rule.metric} each"
        )
    return Words(name + where, rule.path, says + where)


def event_of(survival: CaseSurvival) -> str:
    """What happens, in words: rules of the same event must hold at once."""
    one, several = NOUN[survival.level]
    whom = f"any {one}" if survival.losses == 1 else f"any {survival.losses} {several}"
    return f"loss of {whom}" + ("" if survival.lost == 1 else f" by {survival.lost:.4g}")


def survival_unit(case: Case, survival: CaseSurvival) -> Unit:
    """The unit of what is left: of a demand, or of the fleet."""
    demand = next(
        (demand for demand in case.of(DemandCase).demands if demand.id == survival.demand), None
    )
    return (
        metric_unit(survival.metric, survival.precision) if demand is None else demand_unit(demand)
    )


def survival_words(survival: CaseSurvival) -> Words:
    """What must be left, as a whole."""
    event = event_of(survival)
    subject = (
        f"of the fleet's {survival.metric}"
        if survival.demand is None
        else f"of demand {survival.demand}"
    )
    says = f"after the {event}, {100 * survival.serves:.4g} % {subject} must be left"
    return Words(f"{event}, {subject.removeprefix('of ')}", survival.path, says)


def _rule(at: At) -> CaseRule:
    return at.case.of(SourcingCase).rules[at.number - 1]


def _counted(at: At) -> Unit:
    return metric_unit(_rule(at).metric, _rule(at).precision)


def _share(at: At, group: str, modal: str, share: float, window: str, end: str = "") -> Words:
    rule = _rule(at)
    metric = rule.metric + (" in service" if rule.of == "fleet" else "")
    says = f"{group} {modal} {100 * share:.4g} % of {metric} in {window}{end}"
    return rule_words(rule)._replace(says=says)


def _most(at: At) -> Words:
    group, window = at.key
    return _share(at, group, "may have at most", _rule(at).max_share or 0.0, window)


def _least(at: At) -> Words:
    group, window = at.key
    or_nothing = ", or nothing" if _rule(at).only is None else ""
    return _share(at, group, "must have at least", _rule(at).min_share or 0.0, window, or_nothing)


def _used(at: At) -> Words:
    group, window = at.key
    return rule_words(_rule(at))._replace(
        says=f"{group} has something in {window} only if it is used"
    )


def _whole(at: At) -> Words:
    words = rule_words(_rule(at))
    return words._replace(says=f"{words.says} in {at.key[-1]}")


def _survival(at: At) -> CaseSurvival:
    return at.case.of(SourcingCase).survival[at.number - 1]


def _left_unit(at: At) -> Unit:
    return survival_unit(at.case, _survival(at))


def _left(at: At) -> Words:
    words, survival = survival_words(_survival(at)), _survival(at)
    amount = "" if survival.demand is None else f": {at.told} {_left_unit(at).name}"
    return words._replace(says=f"{words.says}{amount} in {at.key[-1]}")


def _without(at: At) -> Words:
    words = _left(at)
    return words._replace(says=f"{words.says}, without {at.key[0]}")


SUPPLIERS, SCALED = Unit("suppliers", "supplier"), Unit("scaled")
MOST = LimitKind("share.most", _counted, _most, number="share", number_unit=PERCENT, headroom=False)
LEAST = LimitKind(
    "share.least", _counted, _least, number="share", number_unit=PERCENT, floor=True, headroom=False
)
MEANINGFUL = LimitKind(
    "share.meaningful",
    _counted,
    _whole,
    number="share",
    number_unit=PERCENT,
    floor=True,
    headroom=False,
)
ENOUGH = LimitKind("share.number", SUPPLIERS, _whole, least=True, headroom=False)
USED = LimitKind("share.used", _counted, _used, number="none", headroom=False)
FEW = LimitKind("share.few", SUPPLIERS, _whole, headroom=False)
HHI = LimitKind("share.hhi", SCALED, _whole, number="cut", number_unit=NO_UNIT, headroom=False)
LEFT_OF_FLEET = LimitKind(
    "survival.left",
    _left_unit,
    _left,
    least=True,
    number="share",
    number_unit=PERCENT,
    headroom=False,
)
LEFT_OF_DEMAND = replace(LEFT_OF_FLEET, number="affine")
WITHOUT_OF_FLEET = replace(LEFT_OF_FLEET, row="survival.without", words=_without)
WITHOUT_OF_DEMAND = replace(WITHOUT_OF_FLEET, number="affine")
FACE = SourcingCase
