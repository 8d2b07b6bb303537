"""Rules with their windows, losses to survive, and budgets with their periods."""

from __future__ import annotations

from planner.periods import DAYS_PER_MONTH, MONTHS, Moment
from planner.scenario.case import CaseBudget, CaseGoal, CaseRule, CaseSurvival
from planner.scenario.gathering import Gathering
from planner.scenario.schema.goals import Goal
from planner.scenario.schema.rules import Rule, Survival


def resolve_rule(g: Gathering, i: int, rule: Rule) -> CaseRule:
    """A rule with its windows as periods."""
    last = len(g.timeline) - 1
    step_days = DAYS_PER_MONTH * MONTHS[g.timeline.step]
    span = max(1, round(rule.window_days / step_days)) if rule.window_days else last + 1
    if rule.window_days and abs(rule.window_days - span * step_days) > 0.01:
        g.note(f"rule {i + 1}: its window of {rule.window_days:g} days is taken as {span} {g.timeline.step}(s)")
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


def resolve_budget(g: Gathering) -> CaseBudget:
    """Ceilings on cash, by period where the scenario gives dates."""
    budget = g.scenario.budget

    def aligned(values: dict[Moment, float], key: str) -> dict[int, float]:
        result: dict[int, float] = {}
        for moment, value in values.items():
            index = g.period(moment, ("budget", key, str(moment)))
            if index is None:
                continue
            period = g.timeline.periods[index]
            if moment.first != period.start or (period.end - moment.last).days != 1:
                inside = [p for p in g.timeline.periods if p.start <= moment.last]
                label = inside[-1].label if key == "cumulative" else period.label
                remedy = f"write `{label}`" + (
                    f" for a ceiling up to the end of {moment}" if key == "cumulative" else ", or take another `step`"
                )
                g.problem("D002", f"{moment} is not a {g.timeline.step} of the horizon", ("budget", key, str(moment)), remedy)
            result[index] = value
        return result

    return CaseBudget(
        capex_usd=budget.capex_usd,
        total_usd=budget.total_usd,
        by_period_usd=aligned(budget.by_period_usd, "by_period"),
        cumulative_usd=aligned(budget.cumulative_usd, "cumulative"),
    )


def resolve_goal(g: Gathering, i: int, goal: Goal) -> CaseGoal:
    """An objective with the periods that its dates fall in."""
    parts = [g.period(part.at, ("objective", i, "weighted", n, "at")) for n, part in enumerate(goal.weighted or [])]
    return CaseGoal(goal=goal, at=g.period(goal.at, ("objective", i, "at")), parts_at=parts)
