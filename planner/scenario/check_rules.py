"""Diversification rules and losses to survive that nothing can satisfy, seen without solving anything."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem, nearest
from planner.scenario.case import Case, CaseRule, CaseSurvival
from planner.scenario.case.shares import MOST_SPLITS, splits
from planner.scenario.schema.rules import NOUN, Level
from planner.yamlfile import Located, dotted


def check_rules(case: Case, located: Located) -> Iterator[Problem]:
    """Every rule whose name leads nowhere, or that asks for more than the candidates can give."""
    yield from _regions(case, located)
    for rule in case.rules:
        groups = case.groups(rule.level, case.counted(rule))
        for key, message, remedy in _refused(case, rule, groups):
            code = "I001" if key == "only" else "S003"
            yield Problem(code, message, located.value_mark((*dotted(rule.path), key)), rule.path, remedy)
    for survival in case.survival:
        for key, message, remedy in _fatal(case, survival):
            yield Problem("S003", message, located.value_mark((*dotted(survival.path), key)), survival.path, remedy)


def _regions(case: Case, located: Located) -> Iterator[Problem]:
    """A rule by region needs to know where each site is."""
    asked = [rule.path for rule in case.rules if rule.level == "region"]
    asked += [survival.path for survival in case.survival if survival.level == "region"]
    for j, site in enumerate(case.sites):
        if asked and not site.region:
            mark = located.value_mark(("sites", j))
            yield Problem("S002", f"site `{site.id}` has no `region`, and `{asked[0]}` counts by it", mark, f"sites.{j}", "give it one")


def _refused(case: Case, rule: CaseRule, groups: list[str]) -> Iterator[tuple[str, str, str]]:
    """(key, message, remedy) of what a rule cannot have."""
    one, several = NOUN[rule.level]
    among = "the systems" if rule.of == "fleet" else "the candidates"
    if rule.only is not None and rule.only not in groups:
        yield "only", f"no {one} `{rule.only}` among {among}", nearest(rule.only, groups) or f"known: {', '.join(groups)}"
    single = all(len(case.makers(s, site.id, rule.level)) == 1 for s in case.counted(rule) for site in case.sites)
    if rule.max_share is not None and rule.only is None and single and rule.max_share * len(groups) < 1 - 1e-9:
        message = f"{_counted(len(groups), rule.level)} at no more than {rule.max_share:.0%} each cannot make up the whole"
        yield "max_share", message, f"raise `max_share` to {1 / len(groups):.1%}, or add candidates of other {several}"
    if rule.min_suppliers is not None and rule.min_suppliers > len(groups):
        message = f"{_counted(rule.min_suppliers, rule.level)} are asked for, {among} have {len(groups)}: {', '.join(groups)}"
        yield "min_suppliers", message, f"add candidates of other {several}"
    if rule.max_hhi is not None and rule.max_hhi * len(groups) < 1 - 1e-9:
        message = f"{_counted(len(groups), rule.level)} cannot have an HHI below {1 / len(groups):.4g}, which is that of equal shares"
        yield "max_hhi", message, f"raise `max_hhi` to {1 / len(groups):.4g}, or add candidates of other {several}"
    bundles = {case.makers(s, site.id, rule.level) for s in case.counted(rule) for site in case.sites}
    if rule.max_hhi is not None and splits(sorted(bundles)) is None:
        message = f"the HHI of {several} has more than {MOST_SPLITS} worst cases, so little is known of who made what"
        yield "max_hhi", message, f"name the {one} of more systems: `upstream: {{{rule.level}: [{groups[0]}]}}`"


def _fatal(case: Case, survival: CaseSurvival) -> Iterator[tuple[str, str, str]]:
    """(key, message, remedy) of a loss that nothing survives."""
    several = NOUN[survival.level][1]
    if any(d.id == survival.demand and d.coherent for d in case.demands):
        message = f"demand `{survival.demand}` is coherent: one cluster of one supplier at one site serves it, and is lost with either"
        yield "demand", message, "name a demand that may be spread, or leave out `coherent`"
        return
    demand = next((d for d in case.demands if d.id == survival.demand), None)
    systems = [s for s in case.systems if demand is None or s.id in demand.systems]
    sites = [site.id for site in case.sites if demand is None or site.id in demand.sites]
    of = {case.makers(s, site, survival.level) for s in systems for site in sites}
    groups = sorted({name for names in of for name in names})
    left = max(0.0, 1 - survival.lost * survival.losses / max(1, len(groups)))
    if survival.losses >= len(groups) and survival.lost >= 1:
        message = f"losing {survival.losses} of {_counted(len(groups), survival.level)} leaves nothing: {', '.join(groups)}"
        yield "losses", message, f"add systems or sites of other {several}"
    elif demand is None and survival.serves > left + 1e-9:
        message = f"of {_counted(len(groups), survival.level)} at most {left:.1%} are left, {survival.serves:.1%} are asked for"
        yield "serves", message, f"lower `serves`, or add systems or sites of other {several}"


def _counted(number: int, level: Level) -> str:
    return f"{number} {NOUN[level][number != 1]}"
