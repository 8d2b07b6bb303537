"""How good is the plan known to be, and what is it in a few sentences?"""

from __future__ import annotations

from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, gap_text, money, show

SECOND = {
    "not asked": "not asked",
    "agrees": "agrees",
    "better": "found this better plan",
    "silent": "not in the time it had",
}
"""What the second solver says of the first one's proof, in words."""


def standing(plan: Plan) -> str:
    """How good the plan is known to be."""
    words = {
        "optimal": "optimal within the asked gap",
        "feasible": "best found within the time",
        "interrupted": "best found before the interrupt",
    }
    gaps = ", ".join(gap_text(goal.gap) for goal in plan.goals)
    return f"{words[plan.solve.status]} · gap {gaps} (asked {plan.solve.gap * 100:g} %)"


def headline(plan: Plan) -> list[str]:
    """The plan in a few sentences."""
    t, s = plan.totals, plan.solve
    lines = [
        f"{standing(plan)} · {s.solver} {s.solver_version} · {s.seconds:.2f} s · seed {s.seed}",
        f"{show(t.accelerators)} accelerators in {show(t.systems)} systems · capex {money(t.capex_usd)} · "
        f"opex {money(t.opex_usd)} over the horizon",
    ]
    if t.capex_usd_per_it_mw is not None and t.capex_usd_per_utility_mw is not None:
        lines.append(
            f"capex {money(t.capex_usd_per_it_mw * 1e3)} per GW of IT nameplate bought · "
            f"{money(t.capex_usd_per_utility_mw * 1e3)} per GW of utility nameplate bought"
        )
    return lines


def goals(plan: Plan) -> Table:
    """Objectives with their proof."""
    columns = [Column("objective"), Column("value"), Column("unit"), Column("proven bound"), Column("gap"), Column("second solver")]
    columns.append(Column("seconds", digits=3))
    rows: list[list[Value]] = [[g.name, g.value, g.unit, g.bound, gap_text(g.gap), SECOND[g.second], g.seconds] for g in plan.goals]
    missing = [str(goal.goal) for goal in plan.case.goals[len(plan.goals) :]]
    notes = [f"not reached in the time: {name}" for name in missing]
    if any(aim.minimize == "cost" for goal in plan.case.goals for aim in (goal.goal, *(goal.goal.weighted or ()))):
        notes.append("cost is the present worth of all cash, less what machines and buildings are worth at the end, plus priced shortfall")
    if any(aim.minimize == "time" for goal in plan.case.goals for aim in (goal.goal, *(goal.goal.weighted or ()))):
        whole = sum(period.hours for period in plan.case.timeline.periods) / 24.0
        notes.append(f"time is days from the start of the horizon; {whole:g} would mean never within it")
    return Table("Objectives, in order", columns, rows, notes)
