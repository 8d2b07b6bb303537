"""Losses to survive as arrays."""

from __future__ import annotations

import numpy as np

from planner.model.inputs import Floats, SurvivalInputs
from planner.model.waist.rules import bundles_of, readings, weights_of
from planner.scenario.case import Case, CaseSurvival
from planner.scenario.case.shares import NOUN


def survival_of(case: Case, survival: CaseSurvival, demand_weight: Floats) -> SurvivalInputs:
    """One loss to survive: who may stop, and what one system serves."""
    one, several = NOUN[survival.level]
    whom = f"any {one}" if survival.losses == 1 else f"any {survival.losses} {several}"
    event = f"loss of {whom}" + ("" if survival.lost == 1 else f" by {survival.lost:.4g}")
    bundles, bundle_of = bundles_of(case, survival.level, case.systems)
    groups = case.groups(survival.level, case.systems)
    number = next((i for i, d in enumerate(case.demands) if d.id == survival.demand), None)
    if number is None:
        weight, unit = weights_of(case, survival.metric, survival.precision)
        of_site = np.ones(len(case.sites), dtype=bool)
        subject = f"of the fleet's {survival.metric}"
    else:
        demand = case.demands[number]
        weight, unit = demand_weight[number], "PFLOP/s" if demand.kind == "compute" else "accelerators"
        of_site = np.array([site.id in demand.sites for site in case.sites], dtype=bool)
        subject = f"of demand {demand.id}"
    return SurvivalInputs(
        name=f"{event}, {subject.removeprefix('of ')}",
        says=f"after the {event}, {100 * survival.serves:.4g} % {subject} must be left",
        event=event,
        groups=tuple(groups),
        may=readings(groups, bundles)[0],
        bundle_of=bundle_of,
        losses=survival.losses,
        lost=survival.lost,
        demand=number,
        weight=weight[:, None] * of_site[None, :],
        unit=unit,
        serves=survival.serves,
        path=survival.path,
    )
