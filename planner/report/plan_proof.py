"""How good is the plan known to be, and what is it in a few sentences?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.objectives.case import ObjectivesCase
from planner.capabilities.objectives.derive import given_up, may_give_up
from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, gap_text, show

SECOND = {
    "not asked": "not asked",
    "agrees": "agrees",
    "better": "found this better plan",
    "silent": "not in the time it had",
}
"""What the second solver says of the first one's proof, in words."""

NOTHING = 1e-8
"""Of an objective, in its unit: rounding, or a share of nothing."""


STATUS = {
    "optimal": "optimal within the asked gap",
    "feasible": "best found within the time",
    "interrupted": "best found before the interrupt",
}
"""How far the search came, in words."""


def asked_gap(plan: Plan) -> str:
    """The gap that was asked for, as a percentage."""
    return f"{plan.solve.gap * 100:.7f}".rstrip("0").rstrip(".") + " %"


def proof_of(plan: Plan) -> str:
    """How good the plan is known to be."""
    gaps = ", ".join(gap_text(objective.gap) for objective in plan.goals)
    return f"{STATUS[plan.solve.status]} · gap {gaps} (asked {asked_gap(plan)})"


def headline(plan: Plan) -> str:
    """How good the plan is known to be, and how it was found."""
    s = plan.solve
    return f"{proof_of(plan)} · {s.solver} {s.solver_version} · {s.seconds:.2f} s · seed {s.seed}"


def objectives(plan: Plan) -> Table:
    """Objectives with their proof, and where there are several, what was given up of each."""
    columns = [
        Column("objective"),
        Column("value"),
        Column("unit"),
        Column("proven bound"),
        Column("gap"),
        Column("second solver"),
    ]
    columns.append(Column("seconds", digits=3))
    rows: list[list[Value]] = [
        [g.name, g.value, g.unit, g.bound, gap_text(g.gap), SECOND[g.second], g.seconds]
        for g in plan.goals
    ]
    if len(plan.goals) > 1:
        columns[3:3] = [Column("may give up", digits=3), Column("gave up", digits=3)]
        for number, row in enumerate(rows):
            row[3:3] = [_some(may_give_up(plan, number)), _some(given_up(plan, number))]
    missing = [str(entry.goal) for entry in plan.case.of(ObjectivesCase).goals[len(plan.goals) :]]
    notes = [f"not reached in the time: {name}" for name in missing]
    if any(
        criterion.minimize == "cost"
        for entry in plan.case.of(ObjectivesCase).goals
        for criterion in (entry.goal, *(entry.goal.weighted or ()))
    ):
        notes.append(
            "cost is the present worth of all cash, less what machines and buildings are worth at "
            "the end, plus priced shortfall"
        )
    if any(
        criterion.minimize == "time"
        for entry in plan.case.of(ObjectivesCase).goals
        for criterion in (entry.goal, *(entry.goal.weighted or ()))
    ):
        whole = sum(period.hours for period in plan.case.timeline.periods) / 24.0
        notes.append(
            f"time is days from the start of the horizon; {whole:g} would mean never within it"
        )
    return Table("Objectives, in order", columns, rows, [*notes, *polished(plan)])


def polished(plan: Plan) -> Iterator[str]:
    """What was done to the plan after its last objective, in sentences."""
    made = plan.solve.polish
    if len(plan.goals) > 1:
        yield (
            "an objective gives up no more than its `tolerance` to later ones, and the last no "
            "more than the gap, to fewer purchases"
        )
    if made is None:
        return
    if made.cost == "least among equals":
        yield (
            "no objective asks for cost: of plans as good in all that was asked, this is the "
            "cheapest that was found"
        )
    elif made.cost == "not looked at":
        yield (
            "no objective asks for cost, and there was no "
            "time to look for a cheaper plan that is as good"
        )
    small = "below a hundredth of the accelerators at a site"
    if gone := made.fragments - made.kept:
        row, number = plan.goals[-1], len(plan.goals) - 1
        yield (
            f"{counted(gone)} {small} left out, for {show(_some(given_up(plan, number)), 3)} "
            f"{row.unit} of the last objective"
        )
    if made.kept:
        why = (
            "no plan within what may be given up has fewer"
            if made.fewest
            else "whether a plan as good has fewer was not settled in the time"
        )
        yield f"{counted(made.kept)} {small} kept: {why}"


def _some(amount: float) -> float:
    """An amount of an objective, or none."""
    return amount if amount > NOTHING else 0.0


def counted(purchases: int) -> str:
    """`1 purchase`."""
    return f"{purchases} purchase{'s' * (purchases != 1)}"
