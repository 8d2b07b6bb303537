"""More to choose from never hurts, and how a place is drawn on paper means nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.capabilities.emissions.case import CaseCarbonRules
from planner.core.case import Case, CaseSite
from planner.solver.engine import Engine
from tests.model.random_cases import cases
from tests.model.test_properties import changed, not_worse, value_of
from tests.properties import Draw, assume, examples


def without(case: Case, system: str) -> Case:
    """The case as if a candidate had never been listed."""
    return changed(
        case,
        systems=[s for s in case.systems if s.id != system],
        supply=[
            k.model_copy(update={"path": f"supply.{i}"})
            for i, k in enumerate(k for k in case.supply if k.system != system)
        ],
        demands=[
            d.model_copy(update={"systems": [s for s in d.systems if s != system]})
            for d in case.demands
        ],
        halls=[
            h.model_copy(update={"carries": {s: n for s, n in h.carries.items() if s != system}})
            for h in case.halls
        ],
        networks=[
            n.model_copy(update={"systems": kept})
            for n in case.networks
            if (kept := [s for s in n.systems if s != system])
        ],
    )


def check_candidate(case: Case, engine: Engine) -> None:
    # who moves, is qualified, or stands in a hall or on a network is named elsewhere too
    case = changed(case, moves=[], qualifications=[], halls=[], networks=[])
    standing = {f.system for f in case.fleet if f.units}
    extra = [s for s in case.systems if s.id not in standing]
    assume(extra and len(case.systems) > 1)
    assume(
        extra[-1].id not in {s.variant_of for s in case.systems}
    )  # its variants are nothing without it
    fewer = without(case, extra[-1].id)
    assume(all(rule.only is None for rule in case.rules))
    not_worse(value_of(fewer, engine), value_of(case, engine))


@examples(5, slow=150)
def test_one_candidate_more_is_never_worse(draw: Draw, engine: Engine) -> None:
    case = cases(draw)
    check_candidate(case, engine)


def scaled(site: CaseSite, factor: float, name: str) -> CaseSite:
    """A part of a site, or several of it."""
    update: dict[str, Any] = {
        "id": name,
        "name": name,
        "existing_it_w": None if site.existing_it_w is None else site.existing_it_w * factor,
    }
    for limits in ("power_w", "critical_it_w", "positions"):
        values = getattr(site, limits)
        update[limits] = None if values is None else [value * factor for value in values]
    for limit in ("liquid_w", "air_w", "construction_budget_usd"):
        value = getattr(site, limit)
        update[limit] = None if value is None else value * factor
    return site.model_copy(update=update)


def halved(case: Case, name: str) -> Case:
    """One site drawn as two identical halves."""
    halves = [f"{name}-1", f"{name}-2"]

    def places(names: list[str]) -> list[str]:
        return [x for one in names for x in (halves if one == name else [one])]

    return changed(
        case,
        sites=[
            part
            for s in case.sites
            for part in ([scaled(s, 0.5, half) for half in halves] if s.id == name else [s])
        ],
        systems=[s.model_copy(update={"sites": places(s.sites)}) for s in case.systems],
        demands=[d.model_copy(update={"sites": places(d.sites)}) for d in case.demands],
    )


def relaxed_value(case: Case, engine: Engine) -> float:
    """The first objective with machines in parts, and without bounds that only help the solver; to
    minimize."""
    model = build(make_inputs(case))
    proto = model.frame.proto(model.objectives[0], relaxed=True)
    for block in model.frame.variables.values():
        if block.implied:
            for column in block.index[block.index >= 0].tolist():
                proto.variables.upper_bounds[column] = np.inf
    answer = engine.solve(proto, name="relaxed", time_limit_s=30, gap=0, seed=0)
    if answer.objective is None:
        return math.inf
    return -answer.objective if model.objectives[0].maximize else answer.objective


@examples(5, slow=60)
def test_a_site_in_two_halves_is_the_same_but_for_whole_machines(
    draw: Draw, engine: Engine
) -> None:
    case = cases(draw, with_rules=False)
    pick = draw.integer(0, 9)
    # what stands in halls, is one network or hangs on a meter is whole or of the site, and is not
    # halved with it
    case = changed(
        case,
        **{
            key: []
            for key in (
                "moves",
                "qualifications",
                "halls",
                "networks",
                "crews",
                "sources",
                "tariffs",
            )
        },
    )
    case = changed(
        case,
        **{key: [] for key in ("load_durations", "carbon", "water", "ramps", "layers")},
        carbon_rules=CaseCarbonRules(),
    )
    case = changed(case, demands=[d.model_copy(update={"coherent": False}) for d in case.demands])
    # with machines in parts, what a yes or no of an order leaves open depends on the most that each
    # half may hold
    case = changed(
        case, supply=[k.model_copy(update={"minimum_order": 0, "lot": 1}) for k in case.supply]
    )
    assume(
        all(
            criterion.minimize != "carbon"
            for criterion in (case.goals[-1].goal, *(case.goals[-1].goal.weighted or []))
        )
    )
    site = case.sites[pick % len(case.sites)]
    assume(not any(f.site == site.id and f.units for f in case.fleet))
    # half a hall is none, half a site's budget pays no whole hall, and a cluster stands in one half
    assume(
        not case.halls_at(site.id)
        and site.construction_budget_usd is None
        and not any(d.coherent for d in case.demands)
    )
    split = halved(case, site.id)
    once, twice = relaxed_value(case, engine), relaxed_value(split, engine)
    assert twice == (once if math.isinf(once) else pytest.approx(once, rel=1e-5, abs=1e-5))
    # whole machines may be lost between two halves, never gained
    not_worse(value_of(split, engine), value_of(case, engine))
