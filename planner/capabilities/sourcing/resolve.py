"""Rules of shares and losses to survive, who makes what upstream, and rules that nothing can
satisfy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.capabilities.demand.case import DemandCase
from planner.capabilities.sourcing.case import (
    MOST_SPLITS,
    CaseOrigin,
    CaseRule,
    CaseSurvival,
    SourcingCase,
    splits,
)
from planner.capabilities.sourcing.schema import NOUN, Level, Rule, SourcingKeys, Survival
from planner.catalog.upstream import UPSTREAM, Origin, Upstream
from planner.core.case import Case, CaseSystem
from planner.core.context import Resolve, ResolveContext, once
from planner.errors import Problem
from planner.likeness import nearest
from planner.periods import DAYS_PER_MONTH, MONTHS
from planner.yamlfile import Located, dotted


def resolve_rule(g: ResolveContext, i: int, rule: Rule) -> CaseRule:
    """A rule with its windows as periods."""
    last = len(g.timeline) - 1
    step_days = DAYS_PER_MONTH * MONTHS[g.timeline.step]
    span = max(1, round(rule.window_days / step_days)) if rule.window_days else last + 1
    if rule.window_days and abs(rule.window_days - span * step_days) > 0.01:
        g.note(
            f"rule {i + 1}: its window of {rule.window_days:g} days is taken as {span} "
            f"{g.timeline.step}(s)"
        )
    windows = [(t - span + 1, t) for t in range(span - 1, last + 1)] or [(0, last)]
    if rule.of == "fleet":
        windows = [(t, t) for t in range(last + 1)]
    elif rule.cumulative:
        windows = [(0, t) for t in range(last + 1)]
    return CaseRule(
        level=rule.level,
        metric=rule.metric,
        precision=rule.precision,
        max_share=rule.max_share,
        only=rule.only,
        min_suppliers=rule.min_suppliers,
        meaningful=rule.meaningful,
        windows=windows,
        path=f"diversification.{i}",
        of=rule.of,
        min_share=rule.min_share,
        max_suppliers=rule.max_suppliers,
        max_hhi=rule.max_hhi,
    )


def resolve_survival(i: int, survival: Survival) -> CaseSurvival:
    """A loss to survive, with the measure of the fleet spelt out."""
    return CaseSurvival(
        level=survival.level,
        losses=survival.losses,
        lost=survival.lost,
        demand=survival.demand,
        metric=survival.metric or "compute",
        precision=survival.precision,
        serves=survival.serves,
        path=f"survival.{i}",
    )


def resolve_upstream(
    g: ResolveContext, systems: list[CaseSystem]
) -> tuple[list[CaseSystem], list[CaseOrigin]]:
    """The systems with their makers at every level that is asked about, and how each is known; a
    maker nobody knows is a mistake.
    """
    asked = _asked(g)
    said = {c.system: (i, c) for i, c in enumerate(g.scenario.systems)}
    result, origins = [], dict[tuple[str, str, bool], CaseOrigin]()
    for system in systems:
        makers: dict[Upstream, list[str]] = {}
        entry_of = said.get(system.product)
        own = entry_of[1] if entry_of else None
        for level in UPSTREAM:
            if not asked.get(level, False) and not (system.may_buy and level in asked):
                continue
            entry = g.catalog.origins.get((system.accelerator, level))
            if own is not None and level in own.upstream:
                makers[level] = own.upstream[level]
                origins[system.product, level, True] = _said(g, system, level, own.upstream[level])
            elif entry is not None:
                makers[level] = entry.any_of
                origins[system.accelerator, level, False] = _published(g, system, entry)
            else:
                message = f"no {NOUN[level][0]} is known of `{system.id}`, and a rule counts by it"
                path: tuple[str | int, ...] = ("systems", entry_of[0]) if entry_of else ("fleet",)
                g.problem(
                    "S002",
                    message,
                    path,
                    f"give it: `upstream: {{{level}: [{_example(g, level)}]}}`",
                )
        result.append(system.model_copy(update={"upstream": makers}))
    return result, list(origins.values())


def _asked(g: ResolveContext) -> dict[str, bool]:
    """Level → whether it is asked of the whole fleet, and not only of what is bought."""
    asked: dict[str, bool] = {}
    for rule in g.scenario.of(SourcingKeys).diversification:
        asked[rule.level] = asked.get(rule.level, False) or rule.of == "fleet"
    return asked | {survival.level: True for survival in g.scenario.of(SourcingKeys).survival}


def _example(g: ResolveContext, level: Upstream) -> str:
    return next(
        (maker.id for maker in g.catalog.makers.values() if maker.level == level), "its-maker"
    )


def _said(g: ResolveContext, system: CaseSystem, level: Upstream, names: list[str]) -> CaseOrigin:
    return CaseOrigin(
        accelerator=system.accelerator,
        level=level,
        any_of=names,
        kind="scenario",
        grade="B",
        source=g.located.source.name,
        note=system.product,
    )


def _published(g: ResolveContext, system: CaseSystem, entry: Origin) -> CaseOrigin:
    source = g.catalog.sources[entry.source]
    return CaseOrigin(
        accelerator=system.accelerator,
        level=entry.level,
        any_of=entry.any_of,
        kind=entry.kind,
        grade=entry.grade,
        source=source.title,
        url=source.url,
        date=str(entry.date or source.date),
        note=entry.note,
    )


def check_rules(case: Case, located: Located) -> Iterator[Problem]:
    """Every rule whose name leads nowhere, or that asks for more than the candidates can give."""
    yield from _regions(case, located)
    for rule in case.of(SourcingCase).rules:
        groups = case.of(SourcingCase).groups(rule.level, case.of(SourcingCase).counted(rule))
        for key, message, remedy in _refused(case, rule, groups):
            code = "I001" if key == "only" else "S003"
            yield Problem(
                code, message, located.value_mark((*dotted(rule.path), key)), rule.path, remedy
            )
    for survival in case.of(SourcingCase).survival:
        for key, message, remedy in _fatal(case, survival):
            yield Problem(
                "S003",
                message,
                located.value_mark((*dotted(survival.path), key)),
                survival.path,
                remedy,
            )


def _regions(case: Case, located: Located) -> Iterator[Problem]:
    """A rule by region needs to know where each site is."""
    asked = [rule.path for rule in case.of(SourcingCase).rules if rule.level == "region"]
    asked += [
        survival.path for survival in case.of(SourcingCase).survival if survival.level == "region"
    ]
    for j, site in enumerate(case.sites):
        if asked and not site.region:
            mark = located.value_mark(("sites", j))
            yield Problem(
                "S002",
                f"site `{site.id}` has no `region`, and `{asked[0]}` counts by it",
                mark,
                f"sites.{j}",
                "give it one",
            )


def _refused(case: Case, rule: CaseRule, groups: list[str]) -> Iterator[tuple[str, str, str]]:
    """(key, message, remedy) of what a rule cannot have."""
    one, several = NOUN[rule.level]
    among = "the systems" if rule.of == "fleet" else "the candidates"
    if rule.only is not None and rule.only not in groups:
        yield (
            "only",
            f"no {one} `{rule.only}` among {among}",
            nearest(rule.only, groups) or f"known: {', '.join(groups)}",
        )
    single = all(
        len(case.of(SourcingCase).makers(s, site.id, rule.level)) == 1
        for s in case.of(SourcingCase).counted(rule)
        for site in case.sites
    )
    if (
        rule.max_share is not None
        and rule.only is None
        and single
        and rule.max_share * len(groups) < 1 - 1e-9
    ):
        message = (
            f"{_counted(len(groups), rule.level)} at no more than {rule.max_share:.0%} each "
            "cannot make up the whole"
        )
        yield (
            "max_share",
            message,
            f"raise `max_share` to {1 / len(groups):.1%}, or add candidates of other {several}",
        )
    if rule.min_suppliers is not None and rule.min_suppliers > len(groups):
        message = (
            f"{_counted(rule.min_suppliers, rule.level)} are asked for, {among} have "
            f"{len(groups)}: {', '.join(groups)}"
        )
        yield "min_suppliers", message, f"add candidates of other {several}"
    if rule.max_hhi is not None and rule.max_hhi * len(groups) < 1 - 1e-9:
        message = (
            f"{_counted(len(groups), rule.level)} cannot have an HHI below "
            f"{1 / len(groups):.4g}, which is that of equal shares"
        )
        yield (
            "max_hhi",
            message,
            f"raise `max_hhi` to {1 / len(groups):.4g}, or add candidates of other {several}",
        )
    bundles = {
        case.of(SourcingCase).makers(s, site.id, rule.level)
        for s in case.of(SourcingCase).counted(rule)
        for site in case.sites
    }
    if rule.max_hhi is not None and splits(sorted(bundles)) is None:
        message = (
            f"the HHI of {several} has more than {MOST_SPLITS} worst cases, so little is "
            "known of who made what"
        )
        yield (
            "max_hhi",
            message,
            f"name the {one} of more systems: `upstream: {{{rule.level}: [{groups[0]}]}}`",
        )


def _fatal(case: Case, survival: CaseSurvival) -> Iterator[tuple[str, str, str]]:
    """(key, message, remedy) of a loss that nothing survives."""
    several = NOUN[survival.level][1]
    if any(d.id == survival.demand and d.kind == "power" for d in case.of(DemandCase).demands):
        message = (
            f"demand `{survival.demand}` is a power, which says nothing of the work that is left"
        )
        yield "demand", message, "name a demand for accelerators or computing"
        return
    if any(d.id == survival.demand and d.coherent for d in case.of(DemandCase).demands):
        message = (
            f"demand `{survival.demand}` is coherent: one cluster of one supplier at one "
            "site serves it, and is lost with either"
        )
        yield "demand", message, "name a demand that may be spread, or leave out `coherent`"
        return
    demand = next((d for d in case.of(DemandCase).demands if d.id == survival.demand), None)
    systems = [s for s in case.systems if demand is None or s.id in demand.systems]
    sites = [site.id for site in case.sites if demand is None or site.id in demand.sites]
    of = {case.of(SourcingCase).makers(s, site, survival.level) for s in systems for site in sites}
    groups = sorted({name for names in of for name in names})
    left = max(0.0, 1 - survival.lost * survival.losses / max(1, len(groups)))
    if survival.losses >= len(groups) and survival.lost >= 1:
        message = (
            f"losing {survival.losses} of {_counted(len(groups), survival.level)} leaves "
            f"nothing: {', '.join(groups)}"
        )
        yield "losses", message, f"add systems or sites of other {several}"
    elif demand is None and survival.serves > left + 1e-9:
        message = (
            f"of {_counted(len(groups), survival.level)} at most {left:.1%} are left, "
            f"{survival.serves:.1%} are asked for"
        )
        yield "serves", message, f"lower `serves`, or add systems or sites of other {several}"


def _counted(number: int, level: Level) -> str:
    return f"{number} {NOUN[level][number != 1]}"


@once
def _upstream(g: ResolveContext) -> tuple[list[CaseSystem], list[CaseOrigin]]:
    return resolve_upstream(g, g.systems)


def systems(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseSystem]:
    """Systems with their makers upstream."""
    return _upstream(g)[0]


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "rules": [
            resolve_rule(g, i, rule)
            for i, rule in enumerate(g.scenario.of(SourcingKeys).diversification)
        ],
        "survival": [
            resolve_survival(i, survival)
            for i, survival in enumerate(g.scenario.of(SourcingKeys).survival)
        ],
        "origins": _upstream(g)[1],
    }


FACE = Resolve(case, systems, check=check_rules)
