"""Who may, or must, have which share, and what must be left after a loss. Every rule has rows of its own, numbered as in the scenario."""

from __future__ import annotations

from dataclasses import replace

from planner.capabilities.demand.limits import demand_unit
from planner.core.limits import NO_UNIT, PERCENT, At, LimitKind, Unit, Words
from planner.scenario.case import Case, CaseRule, CaseSurvival
from planner.scenario.case.shares import NOUN
from planner.scenario.schema.rules import Metric


def metric_unit(metric: Metric, precision: str) -> Unit:
    """The unit in which a rule counts."""
    if metric == "compute":
        return Unit(f"PFLOP/s {precision}")
    return Unit({"spend": "MUSD", "power": "MW rack nameplate", "units": "thousand accelerators"}[metric])


def rule_words(rule: CaseRule) -> Words:
    """A rule as a whole."""
    one, several = NOUN[rule.level]
    where = " in service" if rule.of == "fleet" else ""
    if rule.max_share is not None:
        name = f"share of {rule.only or f'each {one}'} by {rule.metric}"
        says = f"{rule.only or f'one {one}'} may have at most {100 * rule.max_share:.4g} % of {rule.metric}"
    elif rule.min_share is not None:
        name = f"least share of {rule.only or f'each {one} used'} by {rule.metric}"
        says = f"{rule.only or f'each {one} that is used'} must have at least {100 * rule.min_share:.4g} % of {rule.metric}"
    elif rule.max_suppliers is not None:
        name = f"most {several} by {rule.metric}"
        says = f"at most {rule.max_suppliers} {one if rule.max_suppliers == 1 else several} may be used"
    elif rule.max_hhi is not None:
        name = f"HHI of {several} by {rule.metric}"
        says = f"the HHI of {several} by {rule.metric} may be at most {rule.max_hhi:.4g}"
    else:
        name = f"number of {several} by {rule.metric}"
        says = f"at least {rule.min_suppliers} {several} must have {100 * rule.meaningful:.4g} % of {rule.metric} each"
    return Words(name + where, rule.path, says + where)


def event_of(survival: CaseSurvival) -> str:
    """What happens, in words: rules of the same event must hold at once."""
    one, several = NOUN[survival.level]
    whom = f"any {one}" if survival.losses == 1 else f"any {survival.losses} {several}"
    return f"loss of {whom}" + ("" if survival.lost == 1 else f" by {survival.lost:.4g}")


def survival_unit(case: Case, survival: CaseSurvival) -> Unit:
    """The unit of what is left: of a demand, or of the fleet."""
    demand = next((demand for demand in case.demands if demand.id == survival.demand), None)
    return metric_unit(survival.metric, survival.precision) if demand is None else demand_unit(demand)


def survival_words(survival: CaseSurvival) -> Words:
    """What must be left, as a whole."""
    event = event_of(survival)
    subject = f"of the fleet's {survival.metric}" if survival.demand is None else f"of demand {survival.demand}"
    says = f"after the {event}, {100 * survival.serves:.4g} % {subject} must be left"
    return Words(f"{event}, {subject.removeprefix('of ')}", survival.path, says)


def _rule(at: At) -> CaseRule:
    return at.case.rules[at.number - 1]


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
    return rule_words(_rule(at))._replace(says=f"{group} has something in {window} only if it is used")


def _whole(at: At) -> Words:
    words = rule_words(_rule(at))
    return words._replace(says=f"{words.says} in {at.key[-1]}")


def _survival(at: At) -> CaseSurvival:
    return at.case.survival[at.number - 1]


def _left_unit(at: At) -> Unit:
    return survival_unit(at.case, _survival(at))


def _left(at: At) -> Words:
    words, survival = survival_words(_survival(at)), _survival(at)
    amount = "" if survival.demand is None else f": {at.amount:g} {_left_unit(at).name}"
    return words._replace(says=f"{words.says}{amount} in {at.key[-1]}")


def _without(at: At) -> Words:
    words = _left(at)
    return words._replace(says=f"{words.says}, without {at.key[0]}")


SUPPLIERS, SCALED = Unit("suppliers", "supplier"), Unit("scaled")
MOST = LimitKind("share.most", _counted, _most, number="share", number_unit=PERCENT, headroom=False)
LEAST = LimitKind("share.least", _counted, _least, number="share", number_unit=PERCENT, floor=True, headroom=False)
MEANINGFUL = LimitKind("share.meaningful", _counted, _whole, number="share", number_unit=PERCENT, floor=True, headroom=False)
ENOUGH = LimitKind("share.number", SUPPLIERS, _whole, least=True, headroom=False)
USED = LimitKind("share.used", _counted, _used, number="none", headroom=False)
FEW = LimitKind("share.few", SUPPLIERS, _whole, headroom=False)
HHI = LimitKind("share.hhi", SCALED, _whole, number="cut", number_unit=NO_UNIT, headroom=False)
LEFT_OF_FLEET = LimitKind("survival.left", _left_unit, _left, least=True, number="share", number_unit=PERCENT, headroom=False)
LEFT_OF_DEMAND = replace(LEFT_OF_FLEET, number="affine")
WITHOUT_OF_FLEET = replace(LEFT_OF_FLEET, row="survival.without", words=_without)
WITHOUT_OF_DEMAND = replace(WITHOUT_OF_FLEET, number="affine")
