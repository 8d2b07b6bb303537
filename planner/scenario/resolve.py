"""Join a scenario with the catalog figures it uses.

What the scenario says wins, then the catalog's facts, then its defaults; each figure is recorded.
"""

from __future__ import annotations

from planner.catalog.load import Catalog
from planner.catalog.usual import far_from_usual
from planner.errors import InputError, Problem
from planner.periods import MONTHS, Moment, Step, Timeline
from planner.scenario.case import Case, CaseSystem
from planner.scenario.check import check_case
from planner.scenario.gathering import Gathering
from planner.scenario.resolve_build import resolve_crews
from planner.scenario.resolve_caps import with_variants
from planner.scenario.resolve_demands import resolve_demand
from planner.scenario.resolve_fleet import resolve_fleet, resolve_moves
from planner.scenario.resolve_goals import resolve_goals
from planner.scenario.resolve_halls import placed, resolve_halls
from planner.scenario.resolve_meter import resolve_power
from planner.scenario.resolve_networks import resolve_networks
from planner.scenario.resolve_rules import resolve_budget, resolve_rule, resolve_survival
from planner.scenario.resolve_sites import resolve_site
from planner.scenario.resolve_supply import resolve_qualifications, resolve_supply
from planner.scenario.resolve_systems import resolve_system
from planner.scenario.resolve_upstream import resolve_upstream
from planner.scenario.schema import Horizon, Scenario
from planner.scenario.usual import USUAL
from planner.yamlfile import Located


def resolve(scenario: Scenario, catalog: Catalog, located: Located, digest: str) -> Case:
    """The case of a scenario. Raises `InputError` with every mistake that shows only once names and dates are resolved."""
    horizon = scenario.horizon
    g = Gathering(scenario, catalog, located, _timeline(horizon, located))
    g.doubts(far_from_usual(catalog, located, USUAL, scenario))
    d, assume = catalog.defaults, scenario.assume
    known = with_variants(g, _machines(g))
    halls = resolve_halls(g, known)
    systems, origins = resolve_upstream(g, placed(g, known, halls))
    networks = resolve_networks(g, systems)
    sites = [resolve_site(g, i, site, systems) for i, site in enumerate(scenario.sites)]
    power = resolve_power(g, sites, systems)
    by_id = {s.id: s for s in systems}
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
        sites=sites,
        supply=[resolve_supply(g, i, by_id) for i in range(len(scenario.supply))],
        qualifications=resolve_qualifications(g, systems),
        fleet=[resolve_fleet(g, i, by_id) for i in range(len(scenario.fleet))],
        moves=resolve_moves(g, by_id, halls),
        crews=resolve_crews(g),
        demands=[resolve_demand(g, i, demand, systems) for i, demand in enumerate(scenario.demands)],
        rules=[resolve_rule(g, i, rule) for i, rule in enumerate(scenario.diversification)],
        budget=resolve_budget(g),
        goals=resolve_goals(g),
        gap=scenario.solve.gap,
        time_limit_s=scenario.solve.time_limit_s,
        seed=scenario.solve.seed,
        figures=list(g.figures.values()),
        notes=g.notes,
        shifts=g.shifts,
        halls=halls,
        networks=networks,
        survival=[resolve_survival(i, survival) for i, survival in enumerate(scenario.survival)],
        origins=origins,
    ).model_copy(update=power)
    if not g.problems:
        g.problems.extend(check_case(case, located))
    if g.problems:
        raise InputError(g.problems)
    return case


def _timeline(horizon: Horizon, located: Located) -> Timeline:
    try:
        return Timeline.between(horizon.from_, horizon.to, horizon.step)
    except ValueError as error:
        remedy = _whole_step(horizon.from_, horizon.step)
        raise InputError([Problem("D002", str(error), located.value_mark(("horizon", "from")), "horizon.from", remedy)]) from None


def _machines(g: Gathering) -> list[CaseSystem]:
    """Candidates, and what only stands already."""
    candidates = [resolve_system(g, i, c) for i, c in enumerate(g.scenario.systems)]
    listed = {c.system for c in g.scenario.systems}
    extra = dict.fromkeys(f.system for f in g.scenario.fleet if f.system not in listed)
    return [s for s in [*candidates, *(resolve_system(g, None, None, system_id) for system_id in extra)] if s is not None]


def _whole_step(start: Moment, step: Step) -> str:
    """How to begin with a whole step, if `start` does not."""
    months = MONTHS[step]
    if start.first.day == 1 and (start.first.month - 1) % months == 0:
        return ""
    begin = Moment.parse(f"{start.first.year}-{(start.first.month - 1) // months * months + 1:02d}")
    return f"begin with `{begin}`, or take a shorter `step`"
