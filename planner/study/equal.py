"""What makes columns comparable: the same delivered, drawn or spent as in the plan of the first.

Each is an edit of the scenario. At equal compute every demand becomes hard, at what the reference
plan serves of it, and cost is least. At equal power, or money, the reference's draw, or its cash,
is a ceiling, and what is delivered is most.
"""

from __future__ import annotations

from planner.capabilities.budget.schema import BudgetKeys
from planner.capabilities.demand.schema import ComputeDemand, Demand, DemandKeys
from planner.capabilities.demand.tables import DEMANDS
from planner.capabilities.generation.schema import GenerationAtSite
from planner.capabilities.objectives.schema import Objective
from planner.capabilities.sites.tables import POWER
from planner.capabilities.sourcing.schema import SourcingKeys
from planner.catalog.hardware import Precision
from planner.core.fields import Amount
from planner.core.scenario import Scenario
from planner.errors import Mark, OptionError, Problem, SourceText
from planner.periods import Moment
from planner.plan.schema import Plan
from planner.records import Edit, edited
from planner.study.comparison import PETA, At, delivered_pflop_s

SLACK = 1e-6
"""Share by which a floor is lower, and a ceiling higher, than what the reference has: rounding."""


def equal_edits(at: At, scenario: Scenario, plan: Plan, precision: Precision) -> tuple[Edit, ...]:
    """What a scenario becomes when it has to be like a plan of it. Raises `OptionError` where it
    cannot be.
    """
    if at == "compute":
        least = Edit("objective", [Objective(minimize="cost")])
        return Edit("demands", _served(scenario, plan, precision)), least
    most = Edit("objective", [Objective(maximize="compute", precision=precision)])
    if at == "power":
        return *_drawn(scenario, plan), most
    spent = (plan.totals.capex_usd + plan.totals.opex_usd) * (1 + SLACK)
    budget = edited(scenario.of(BudgetKeys).budget, [Edit("total_usd", spent)])
    return Edit("budget", budget), most


def _served(scenario: Scenario, plan: Plan, precision: Precision) -> list[Demand]:
    """The demands, hard, at what the plan serves of each. Where nothing but the fleet's rate
    counts, all that the fleet delivers in every period is asked for.
    """
    demands = scenario.of(DemandKeys).demands
    computes = [demand for demand in demands if isinstance(demand, ComputeDemand)]
    rates = delivered_pflop_s(plan, precision)
    fleet = {t: rate * PETA * (1 - SLACK) for t, rate in rates.items()}
    asked: list[Demand] = []
    for demand in demands:
        rows = [row for row in plan.of(DEMANDS) if row.demand == demand.id]
        got = {row.period: min(row.served, row.need) * (1 - SLACK) for row in rows}
        if computes == [demand] and _any_machine_serves(demand, scenario, precision):
            got = fleet
        short = any(row.short and row.unit != "FLOP/s" for row in rows)
        asked.append(_hard(demand, got, short=short))
    if not computes:
        name = "compute" if all(d.id != "compute" for d in demands) else "compute-of-the-reference"
        need = {Moment.parse(t): rate for t, rate in fleet.items()}
        asked.append(ComputeDemand(id=name, kind="compute", precision=precision, need=need))
    return asked


def _any_machine_serves(demand: Demand, scenario: Scenario, precision: Precision) -> bool:
    """Whether what it is served with is all that the fleet delivers."""
    return (
        isinstance(demand, ComputeDemand)
        and demand.precision == precision
        and demand.basis == "delivered"
        and not demand.coherent
        and demand.sites is None
        and not demand.requires.model_fields_set
        and all(s.demand != demand.id for s in scenario.of(SourcingKeys).survival)
    )


def _hard(demand: Demand, got: dict[str, float], *, short: bool) -> Demand:
    """The demand with no price and no priority for going short; at what it got where it is a rate,
    or went `short` of machines.
    """
    hard: dict[str, object] = {
        name: None
        for name in type(demand).model_fields
        if name.startswith("shortfall") or name == "priority"
    }
    if isinstance(demand, ComputeDemand):
        hard["need"] = {Moment.parse(t): rate for t, rate in got.items()}
    elif short and demand.power is not None:
        at = demand.power
        hard["need"] = {
            Moment.parse(t): at.model_copy(update={"watts": mw * 1e6}) for t, mw in got.items()
        }
    elif short:
        hard["need"] = {
            Moment.parse(t): Amount.parse(f"{round(number)} accelerators")
            for t, number in got.items()
        }
    return demand.model_copy(update=hard)


def _drawn(scenario: Scenario, plan: Plan) -> list[Edit]:
    """Each site's power in every period at what the plan draws there, at the load that its
    connection is sized by.
    """
    edits = []
    for i, site in enumerate(scenario.sites):
        if site.of(GenerationAtSite).sources:
            message = (
                f"site `{site.id}` has power `sources` of its own, and no ceiling on its "
                "connection makes equal what they cover"
            )
            mark = Mark(SourceText("--at", "power"), 1, 1, len("power"))
            raise OptionError(
                [Problem("K003", message, mark, help="compare `--at compute` or `--at money`")]
            )
        drawn = {
            Moment.parse(row.period): 1e6
            * (1 + SLACK)
            * ((row.peak_mw or 0.0) if site.sizing == "peak" else row.nameplate_mw)
            for row in plan.of(POWER)
            if row.site == site.id and row.basis == "utility"
        }
        every = {Moment.parse(p.label): 0.0 for p in plan.case.timeline.periods}
        edits.append(Edit(f"sites.{i}.power_w", every | drawn))
    return edits
