"""Join a scenario with the catalog figures it uses, capability by capability.

What the scenario says wins, then the catalog's facts, then its defaults; each figure is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.assembly.scenario import Case
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.fleet.candidates import resolve_system
from planner.capabilities.fleet.caps import with_variants
from planner.capabilities.objectives.case import ObjectivesCase
from planner.capabilities.sites.resolve import resolve_site
from planner.capabilities.sourcing.case import SourcingCase
from planner.catalog.hardware import Precision
from planner.catalog.load import Catalog
from planner.catalog.usual import far_from_usual
from planner.core import case as common
from planner.core.case import CaseSystem
from planner.core.context import Resolve, ResolveContext
from planner.core.registry import faces
from planner.core.scenario import Horizon, Scenario
from planner.errors import InputError, Problem
from planner.periods import MONTHS, Moment, Step, Timeline
from planner.scenario.usual import USUAL
from planner.yamlfile import Located, dotted


def resolve(scenario: Scenario, catalog: Catalog, located: Located, digest: str) -> common.Case:
    """The case of a scenario. Raises `InputError` with every mistake that shows only once names and
    dates are resolved.
    """
    horizon = scenario.horizon
    g = ResolveContext(scenario, catalog, located, _timeline(horizon, located))
    g.doubts(far_from_usual(catalog, located, USUAL, scenario))
    d, assume = catalog.defaults, scenario.assume
    own = faces("resolve", Resolve)
    g.systems = with_variants(g, _machines(g))
    for face in own:
        g.systems = face.systems(g, g.systems)
    g.sites = [resolve_site(g, i, site, g.systems) for i, site in enumerate(scenario.sites)]
    fields: Mapping[str, Any] = {}
    for face in own:
        fields = {**fields, **face.case(g)}
    case: common.Case = Case(
        name=scenario.name,
        scenario_file=located.source.name,
        scenario_digest=digest,
        catalog_version=catalog.version,
        catalog_digest=catalog.digest,
        first=horizon.from_,
        last=horizon.to,
        step=horizon.step,
        utility_loss=g.need("defaults", "utility_loss", "1", assume.utility_loss, d.utility_loss),
        goodput=g.need("defaults", "goodput", "1", assume.goodput, d.goodput),
        operations_usd_per_mw_year=g.need(
            "defaults",
            "operations",
            "USD/MW/year",
            assume.operations_usd_per_mw_year,
            d.operations_usd_per_mw_year,
        ),
        construction_decline_per_year=g.need(
            "defaults",
            "construction_decline",
            "1/year",
            assume.construction_decline_per_year,
            d.construction_decline,
        ),
        resale_decline_per_year=g.need(
            "defaults", "resale_decline", "1/year", assume.resale_decline_per_year, d.resale_decline
        ),
        systems=g.systems,
        sites=g.sites,
        figures=list(g.figures.values()),
        notes=g.notes,
        shifts=g.shifts,
        **fields,
    )
    if not g.problems:
        g.problems.extend(problem for face in own for problem in face.check(case, located))
        g.problems.extend(check_compute(case, located))
    if g.problems:
        raise InputError(g.problems)
    return case


def _timeline(horizon: Horizon, located: Located) -> Timeline:
    try:
        return Timeline.between(horizon.from_, horizon.to, horizon.step)
    except ValueError as error:
        remedy = _whole_step(horizon.from_, horizon.step)
        raise InputError(
            [
                Problem(
                    "D002",
                    str(error),
                    located.value_mark(("horizon", "from")),
                    "horizon.from",
                    remedy,
                )
            ]
        ) from None


def _machines(g: ResolveContext) -> list[CaseSystem]:
    """Candidates, and what only stands already."""
    candidates = [resolve_system(g, i, c) for i, c in enumerate(g.scenario.systems)]
    listed = {c.system for c in g.scenario.systems}
    extra = dict.fromkeys(
        name for face in faces("resolve", Resolve) for name in face.named(g) if name not in listed
    )
    return [
        s
        for s in [*candidates, *(resolve_system(g, None, None, system_id) for system_id in extra)]
        if s is not None
    ]


def _whole_step(start: Moment, step: Step) -> str:
    """How to begin with a whole step, if `start` does not."""
    months = MONTHS[step]
    if start.first.day == 1 and (start.first.month - 1) % months == 0:
        return ""
    begin = Moment.parse(f"{start.first.year}-{(start.first.month - 1) // months * months + 1:02d}")
    return f"begin with `{begin}`, or take a shorter `step`"


def check_compute(case: common.Case, located: Located) -> Iterator[Problem]:
    """Systems that would count for nothing because nobody knows what share of their peak they
    deliver.
    """
    asked: list[tuple[str, Precision, list[str], str]] = []
    for demand in case.of(DemandCase).demands:
        if (
            demand.kind == "compute"
            and demand.basis == "delivered"
            and demand.precision is not None
        ):
            asked.append(
                (demand.path, demand.precision, demand.systems, ", or demand `basis: peak`")
            )
    buyable = [s.id for s in case.systems if s.may_buy]
    asked += [
        (rule.path, rule.precision, buyable, "")
        for rule in case.of(SourcingCase).rules
        if rule.metric == "compute"
    ]
    objectives = [(i, entry.goal) for i, entry in enumerate(case.of(ObjectivesCase).goals)]
    asked += [
        (f"objective.{i}", objective.precision, buyable, "")
        for i, objective in objectives
        if objective.maximize == "compute"
    ]
    for path, precision, systems, otherwise in asked:
        unknown = [
            s
            for s in systems
            if precision in case.system[s].peak_flop_s and precision not in case.system[s].mfu
        ]
        if unknown:
            message = f"no model FLOP utilisation at {precision} is known for {', '.join(unknown)}"
            remedy = f"give it under the system: `mfu: {{{precision}: 40 %}}`{otherwise}"
            yield Problem("S002", message, located.value_mark(dotted(path)), path, remedy)
        elif not any(precision in case.system[s].peak_flop_s for s in systems):
            message = f"no system of this scenario delivers {precision}"
            yield Problem(
                "S003",
                message,
                located.value_mark(dotted(path)),
                path,
                "choose another `precision`",
            )
