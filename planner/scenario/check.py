"""Contradictions and dead lines of a scenario that show without solving anything."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem, nearest
from planner.scenario.case import Case
from planner.yamlfile import Located, dotted


def check_case(case: Case, located: Located) -> Iterator[Problem]:
    """Every rule that nothing can satisfy, and every line that leads to no constraint."""
    yield from _rules(case, located)
    yield from _compute(case, located)
    for i, goal in enumerate(case.goals):
        if goal.goal.maximize == "compute" and not any(s.delivered_flop_s(goal.goal.precision, 1.0) > 0 for s in case.systems):
            message = f"no system of this scenario delivers {goal.goal.precision}"
            yield Problem("S003", message, located.value_mark(("objective", i)), f"objective.{i}", "choose another `precision`")


def _rules(case: Case, located: Located) -> Iterator[Problem]:
    for rule in case.rules:
        groups = {case.group(s, rule.level) for s in case.systems if s.may_buy}
        path = dotted(rule.path)
        if rule.only is not None and rule.only not in groups:
            remedy = nearest(rule.only, groups) or f"known: {', '.join(sorted(groups))}"
            yield Problem(
                "I001",
                f"no {rule.level} `{rule.only}` among the candidates",
                located.value_mark((*path, "only")),
                rule.path,
                remedy,
            )
        if rule.max_share is not None and rule.only is None and rule.max_share * len(groups) < 1 - 1e-9:
            message = f"{_counted(len(groups), rule.level)} at no more than {rule.max_share:.0%} each cannot make up the whole"
            remedy = (
                f"raise `max_share` to {1 / len(groups):.1%}, or add candidates of other {_counted(0, rule.level)[2:]}"
                if groups
                else "add candidates"
            )
            yield Problem("S003", message, located.value_mark((*path, "max_share")), rule.path, remedy)
        if rule.min_suppliers is not None and rule.min_suppliers > len(groups):
            message = (
                f"{_counted(rule.min_suppliers, rule.level)} are asked for, the candidates have {len(groups)}: {', '.join(sorted(groups))}"
            )
            yield Problem(
                "S003",
                message,
                located.value_mark((*path, "min_suppliers")),
                rule.path,
                f"add candidates of other {_counted(0, rule.level)[2:]}",
            )


def _counted(number: int, level: str) -> str:
    word = "supplier" if level == "supplier" else "software stack"
    return f"{number} {word}{'s' * (number != 1)}"


def _compute(case: Case, located: Located) -> Iterator[Problem]:
    for demand in case.demands:
        if demand.kind != "compute" or demand.basis != "delivered" or demand.precision is None:
            continue
        unknown = [s for s in demand.systems if demand.precision not in case.system[s].mfu]
        if unknown:
            message = f"no model FLOP utilisation at {demand.precision} is known for {', '.join(unknown)}"
            remedy = f"give it under the system: `mfu: {{{demand.precision}: 40 %}}`, or demand `basis: peak`"
            yield Problem("S002", message, located.value_mark(dotted(demand.path)), demand.path, remedy)
