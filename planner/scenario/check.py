"""Contradictions and dead lines of a scenario that show without solving anything."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.hardware import Precision
from planner.errors import Problem
from planner.scenario.case import Case
from planner.scenario.check_rules import check_rules
from planner.yamlfile import Located, dotted


def check_case(case: Case, located: Located) -> Iterator[Problem]:
    """Every rule that nothing can satisfy, and every line that leads to no constraint."""
    yield from check_rules(case, located)
    yield from _compute(case, located)


def _compute(case: Case, located: Located) -> Iterator[Problem]:
    """Systems that would count for nothing because nobody knows what share of their peak they deliver."""
    asked: list[tuple[str, Precision, list[str], str]] = []
    for demand in case.demands:
        if demand.kind == "compute" and demand.basis == "delivered" and demand.precision is not None:
            asked.append((demand.path, demand.precision, demand.systems, ", or demand `basis: peak`"))
    buyable = [s.id for s in case.systems if s.may_buy]
    asked += [(rule.path, rule.precision, buyable, "") for rule in case.rules if rule.metric == "compute"]
    goals = [(i, entry.goal) for i, entry in enumerate(case.goals)]
    asked += [(f"objective.{i}", goal.precision, buyable, "") for i, goal in goals if goal.maximize == "compute"]
    for path, precision, systems, otherwise in asked:
        unknown = [s for s in systems if precision in case.system[s].peak_flop_s and precision not in case.system[s].mfu]
        if unknown:
            message = f"no model FLOP utilisation at {precision} is known for {', '.join(unknown)}"
            remedy = f"give it under the system: `mfu: {{{precision}: 40 %}}`{otherwise}"
            yield Problem("S002", message, located.value_mark(dotted(path)), path, remedy)
        elif not any(precision in case.system[s].peak_flop_s for s in systems):
            message = f"no system of this scenario delivers {precision}"
            yield Problem("S003", message, located.value_mark(dotted(path)), path, "choose another `precision`")
