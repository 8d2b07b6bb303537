"""Join a scenario with the catalog figures it uses.

What the scenario says wins, then the catalog's facts, then its defaults; each figure is recorded.
"""

from __future__ import annotations

import math

from planner.catalog.load import Catalog
from planner.errors import InputError, Problem
from planner.periods import DAYS_PER_YEAR, MONTHS, Moment, Step, Timeline
from planner.scenario.case import (
    Case,
    CaseBudget,
    CaseDemand,
    CaseFleet,
    CaseGoal,
    CaseRule,
    CaseSite,
    CaseSupply,
    CaseSystem,
)
from planner.scenario.check import check_case
from planner.scenario.fields import Amount
from planner.scenario.gathering import Gathering
from planner.scenario.resolve_systems import resolve_system
from planner.scenario.schema import ComputeDemand, Demand, Deployment, Rule, Scenario, Site
from planner.yamlfile import Located


def resolve(scenario: Scenario, catalog: Catalog, located: Located, digest: str) -> Case:
    """The case of a scenario. Raises `InputError` with every mistake that shows only once names and dates are resolved."""
    horizon = scenario.horizon
    try:
        timeline = Timeline.between(horizon.from_, horizon.to, horizon.step)
    except ValueError as error:
        remedy = _whole_step(horizon.from_, horizon.step)
        raise InputError([Problem("D002", str(error), located.value_mark(("horizon", "from")), "horizon.from", remedy)]) from None
    g = Gathering(scenario, catalog, located, timeline)
    d, assume = catalog.defaults, scenario.assume
    candidates = [resolve_system(g, i, c) for i, c in enumerate(scenario.systems)]
    listed = {c.system for c in scenario.systems}
    extra = dict.fromkeys(f.system for f in scenario.fleet if f.system not in listed)
    systems = [s for s in [*candidates, *(resolve_system(g, None, None, system_id) for system_id in extra)] if s is not None]
    case = Case(
        name=scenario.name,
        scenario_file=located.source.name,
        scenario_digest=digest,
        catalog_version=catalog.version,
        catalog_digest=catalog.digest,
        first=horizon.from_,
        last=horizon.to,
        step=horizon.step,
        discount_rate_per_year=scenario.finance.discount_rate_per_year,
        keeps_worth=scenario.finance.resale == "default",
        utility_loss=g.need("defaults", "utility_loss", "1", assume.utility_loss, d.utility_loss),
        goodput=g.need("defaults", "goodput", "1", assume.goodput, d.goodput),
        operations_usd_per_mw_year=g.need(
            "defaults", "operations", "USD/MW/year", assume.operations_usd_per_mw_year, d.operations_usd_per_mw_year
        ),
        construction_decline_per_year=g.need(
            "defaults", "construction_decline", "1/year", assume.construction_decline_per_year, d.construction_decline
        ),
        resale_decline_per_year=g.need("defaults", "resale_decline", "1/year", assume.resale_decline_per_year, d.resale_decline),
        systems=systems,
        sites=[_site(g, i, site, systems) for i, site in enumerate(scenario.sites)],
        supply=[_supply(g, i, {s.id: s for s in systems}) for i in range(len(scenario.supply))],
        fleet=[_fleet(g, i, {s.id: s for s in systems}) for i in range(len(scenario.fleet))],
        demands=[_demand(g, i, demand, systems) for i, demand in enumerate(scenario.demands)],
        rules=[_rule(g, i, rule) for i, rule in enumerate(scenario.diversification)],
        budget=_budget(g),
        goals=[CaseGoal(goal=goal, at=_period(g, goal.at, ("objective", i, "at"))) for i, goal in enumerate(scenario.objective)],
        gap=scenario.solve.gap,
        time_limit_s=scenario.solve.time_limit_s,
        seed=scenario.solve.seed,
        figures=list(g.figures.values()),
        notes=g.notes,
    )
    if not g.problems:
        g.problems.extend(check_case(case, located))
    if g.problems:
        raise InputError(g.problems)
    return case


def _whole_step(start: Moment, step: Step) -> str:
    """How to begin with a whole step, if `start` does not."""
    months = MONTHS[step]
    if start.first.day == 1 and (start.first.month - 1) % months == 0:
        return ""
    begin = Moment.parse(f"{start.first.year}-{(start.first.month - 1) // months * months + 1:02d}")
    return f"begin with `{begin}`, or take a shorter `step`"


def _period(g: Gathering, moment: Moment | None, path: tuple[str | int, ...]) -> int | None:
    if moment is None:
        return None
    index = g.timeline.containing(moment)
    if index is None:
        first, last = g.timeline.periods[0].label, g.timeline.periods[-1].label
        g.problem("D002", f"{moment} lies outside the horizon", path, f"the horizon runs from {first} to {last}")
    return index


def _site(g: Gathering, i: int, site: Site, systems: list[CaseSystem]) -> CaseSite:
    pue = g.catalog.defaults.pue
    here = [s for s in systems if site.id in s.sites or any(f.site == site.id and f.system == s.id for f in g.scenario.fleet)]
    kinds = {"air" if s.cooling == "air" else "liquid" for s in here} or {"air"}
    ratio: dict[tuple[str, str], float] = {}
    for technology, defaults in (("air", pue.air), ("liquid", pue.liquid)):
        for when, figure, said in (
            ("annual", defaults.annual, site.pue.annual if site.pue else None),
            ("peak", defaults.peak, site.pue.peak if site.pue else None),
        ):
            key = f"pue.{when}" + ("" if site.pue else f".{technology}")
            used = technology in kinds
            ratio[technology, when] = g.need(site.id, key, "1", said, figure) if used else (said or figure.value)
    construction = site.construction
    built = construction.cost_usd_per_mw if construction.cost_usd_per_mw is not None else g.scenario.assume.construction_usd_per_mw
    name = f"site {site.id}"
    if site.sizing == "peak":
        g.note(f"{name} is sized by the highest draw ever realised, not by nameplate: only power capping keeps it there for certain")
    if site.rent_usd_per_mw_year and construction.cost_usd_per_mw is None:
        built = 0.0
        g.note(f"{name} is rented, so no construction is charged there; give `construction: {{cost: …}}` to charge both")
    if construction.existing_w is None and any(f.site == site.id for f in g.scenario.fleet):
        g.note(f"{name}: the halls of its existing fleet are taken to stand already; only what goes beyond them is built")
    if site.power_w is None:
        g.note(f"{name}: no power is given, so its power does not limit the plan")
    return CaseSite(
        id=site.id,
        name=site.name or site.id,
        power_w=g.steps(site.power_w, f"{name}, power") if site.power_w else None,
        critical_it_w=g.steps(site.critical_it_w, f"{name}, critical IT") if site.critical_it_w else None,
        positions=g.steps(site.positions, f"{name}, positions") if site.positions else None,
        sizing=site.sizing,
        liquid_w=None if math.isinf(site.cooling.liquid_w) else site.cooling.liquid_w,
        air_w=None if math.isinf(site.cooling.air_w) else site.cooling.air_w,
        pue_annual_air=ratio["air", "annual"],
        pue_peak_air=ratio["air", "peak"],
        pue_annual_liquid=ratio["liquid", "annual"],
        pue_peak_liquid=ratio["liquid", "peak"],
        energy_price_usd_per_mwh=g.given(site.id, "energy_price", "USD/MWh", site.energy_price_usd_per_mwh),
        construction_usd_per_mw=g.need(site.id, "construction", "USD/MW", built, g.catalog.defaults.construction_usd_per_mw),
        existing_it_w=construction.existing_w,
        rent_usd_per_mw_year=site.rent_usd_per_mw_year,
    )


def _systems_of(g: Gathering, amount: Amount, system: CaseSystem | None, path: tuple[str | int, ...]) -> float:
    if amount.unit == "systems" or system is None:
        return amount.number
    return amount.number / system.accelerators


def _supply(g: Gathering, i: int, systems: dict[str, CaseSystem]) -> CaseSupply:
    entry = g.scenario.supply[i]
    system = systems.get(entry.system)
    cumulative: list[float] | None = None
    path: tuple[str | int, ...] = ("supply", i)
    if entry.by:
        steps = {moment: _systems_of(g, amount, system, path) for moment, amount in entry.by.items()}
        if sorted(steps.values()) != list(steps.values()):
            g.problem(
                "S003",
                "`by` counts all deliveries so far, so it cannot fall",
                (*path, "by"),
                "write cumulative numbers",
            )
        cumulative = g.steps(steps, f"supply of {entry.system}")
    if entry.total is not None:
        ceiling = _systems_of(g, entry.total, system, path)
        cumulative = [min(ceiling, value) for value in cumulative] if cumulative else [ceiling] * len(g.timeline)
    each = _systems_of(g, entry.per_period, system, path) if entry.per_period else None
    if each is not None and each != math.floor(each):
        g.note(f"supply of {entry.system}: {entry.per_period} is {each:.6g} systems a {g.timeline.step}, and only whole ones are delivered")
    return CaseSupply(system=entry.system, cumulative=cumulative, per_period=each, path=f"supply.{i}")


def _fleet(g: Gathering, i: int, systems: dict[str, CaseSystem]) -> CaseFleet:
    entry = g.scenario.fleet[i]
    units = _systems_of(g, entry.units, systems.get(entry.system), ("fleet", i, "units"))
    if abs(units - round(units)) > 1e-9:
        message = f"{entry.units} of `{entry.system}` is {units:g} systems, not a whole number"
        g.problem("R001", message, ("fleet", i, "units"), f"write `{max(1, round(units))} systems`")
    return CaseFleet(site=entry.site, system=entry.system, units=round(units), may_retire=entry.may_retire)


def _demand(g: Gathering, i: int, demand: Demand, systems: list[CaseSystem]) -> CaseDemand:
    sites = demand.sites or [site.id for site in g.scenario.sites]
    if not any(amount.number if isinstance(amount, Amount) else amount for amount in demand.need.values()):
        g.note(f"demand {demand.id} asks for nothing and changes nothing")
    if isinstance(demand, ComputeDemand):
        return _compute_demand(g, i, demand, sites, systems)
    return _deployment(g, i, demand, sites, systems)


def _from_dates(g: Gathering, i: int, need: dict[Moment, float]) -> list[float]:
    """What a demand asks in each period: the most that its steps ask for within it."""
    for moment in need:
        _period(g, moment, ("demands", i, "need", str(moment)))
    return g.needs(need)


def _compute_demand(g: Gathering, i: int, demand: ComputeDemand, sites: list[str], systems: list[CaseSystem]) -> CaseDemand:
    eligible = [s.id for s in systems if s.peak_flop_s.get(demand.precision, 0.0) > 0]
    if not eligible:
        message = f"no system of this scenario can serve demand `{demand.id}` at {demand.precision}"
        g.problem("S003", message, ("demands", i), "add one under `systems`")
    return CaseDemand(
        id=demand.id,
        kind="compute",
        systems=eligible,
        sites=sites,
        precision=demand.precision,
        basis=demand.basis,
        need=_from_dates(g, i, demand.need),
        shortfall_price=demand.shortfall_usd_per_eflop,
        path=f"demands.{i}",
    )


def _deployment(g: Gathering, i: int, demand: Deployment, sites: list[str], systems: list[CaseSystem]) -> CaseDemand:
    eligible = [s for s in systems if demand.system == s.id or (demand.accelerator is not None and demand.accelerator == s.accelerator)]
    each = eligible[0].accelerators if demand.system and eligible else None
    need: dict[Moment, float] = {}
    for moment, amount in demand.need.items():
        if amount.unit == "systems" and demand.system is None:
            g.problem(
                "U002",
                "a number of systems needs a `system`, not an `accelerator`",
                ("demands", i, "need", str(moment)),
            )
        need[moment] = amount.number * (each or 1 if amount.unit == "systems" else 1)
    if not eligible:
        message = f"no system of this scenario can serve demand `{demand.id}` of `{demand.system or demand.accelerator}`"
        g.problem("S003", message, ("demands", i), "add one under `systems`")
    return CaseDemand(
        id=demand.id,
        kind="deployment",
        systems=[s.id for s in eligible],
        sites=sites,
        precision=None,
        basis="peak",
        need=_from_dates(g, i, need),
        shortfall_price=demand.shortfall_usd_per_accelerator_h,
        path=f"demands.{i}",
    )


def _rule(g: Gathering, i: int, rule: Rule) -> CaseRule:
    last = len(g.timeline) - 1
    span = max(1, round(rule.window_days / (365 / 12 * MONTHS[g.timeline.step]))) if rule.window_days else last + 1
    if rule.window_days and abs(rule.window_days - span * DAYS_PER_YEAR / 12 * MONTHS[g.timeline.step]) > 0.05 * rule.window_days:
        g.note(f"rule {i + 1}: its window of {rule.window_days:g} days is taken as {span} {g.timeline.step}(s)")
    windows = [(t - span + 1, t) for t in range(span - 1, last + 1)] or [(0, last)]
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
    )


def _budget(g: Gathering) -> CaseBudget:
    budget = g.scenario.budget

    def aligned(values: dict[Moment, float], key: str) -> dict[int, float]:
        result: dict[int, float] = {}
        for moment, value in values.items():
            index = _period(g, moment, ("budget", key, str(moment)))
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
