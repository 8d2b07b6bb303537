"""Losses to survive as arrays."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.capabilities.sourcing.limits import event_of, survival_unit
from planner.model.inputs import SurvivalInputs
from planner.model.waist.rules import bundles_of, readings, weights_of
from planner.scenario.case import Case, CaseSurvival


def survival_of(case: Case, survival: CaseSurvival, demand_weight: Floats) -> SurvivalInputs:
    """One loss to survive: who may stop, and what one system serves."""
    bundles, bundle_of = bundles_of(case, survival.level, case.systems)
    groups = case.groups(survival.level, case.systems)
    number = next((i for i, d in enumerate(case.demands) if d.id == survival.demand), None)
    if number is None:
        weight = weights_of(case, survival.metric, survival.precision)
        of_site = np.ones(len(case.sites), dtype=bool)
    else:
        demand = case.demands[number]
        weight = demand_weight[number]
        of_site = np.array([site.id in demand.sites for site in case.sites], dtype=bool)
    return SurvivalInputs(
        event=event_of(survival),
        groups=tuple(groups),
        may=readings(groups, bundles)[0],
        bundle_of=bundle_of,
        losses=survival.losses,
        lost=survival.lost,
        demand=number,
        weight=weight[:, None] * of_site[None, :],
        unit=survival_unit(case, survival).name,
        serves=survival.serves,
    )
