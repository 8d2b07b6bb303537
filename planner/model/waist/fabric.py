"""Networks as arrays."""

from __future__ import annotations

import numpy as np

from planner.model.inputs_fabric import FabricInputs, Floats
from planner.scenario.case import Case
from planner.scenario.case.fabric import CaseFabric, CaseGrade

MEGA = 1e6


ROOM = 2.0
"""How many times what a site could take a network may hold: beyond what limits are loosened to, and small enough that a solver's tolerance
on `has so many tiers` hides no leaf and its relaxation is close."""


def fabrics_of(case: Case, most: Floats) -> FabricInputs | None:
    """The networks of a case that are bought by the switch; None if it has none. `most` is [S, L] systems that could ever stand there."""
    if not case.fabrics:
        return None
    tiers = sorted({grade.tiers for fabric in case.fabrics for grade in fabric.grades})
    systems, sites = [s.id for s in case.systems], [site.id for site in case.sites]

    def of(fabric: CaseFabric, tier: int) -> CaseGrade | None:
        return next((grade for grade in fabric.grades if grade.tiers == tier), None)

    grades = [[of(fabric, tier) for tier in tiers] for fabric in case.fabrics]

    def table(name: str, scale: float = 1.0) -> Floats:
        return np.array([[getattr(grade, name) / scale if grade else 0.0 for grade in row] for row in grades], dtype=np.float64)

    system = np.array([systems.index(fabric.system) for fabric in case.fabrics], dtype=np.int64)
    site = np.array([sites.index(fabric.site) for fabric in case.fabrics], dtype=np.int64)
    nodes = np.array([float(fabric.nodes_per_system) for fabric in case.fabrics])
    per_group = table("nodes_per_group")
    needed = np.ceil((most[system, site] * nodes)[:, None] / np.where(per_group > 0, per_group, 1.0))
    return FabricInputs(
        names=tuple(f"{fabric.site}/{fabric.system}" for fabric in case.fabrics),
        tiers=tuple(f"{tier}-tier" for tier in tiers),
        system=system,
        site=site,
        nodes=nodes,
        exists=np.array([[grade is not None for grade in row] for row in grades], dtype=bool),
        holds_groups=table("most_groups"),
        most_groups=np.minimum(table("most_groups"), np.maximum(ROOM * needed, 1.0)),
        nodes_per_group=per_group,
        above_per_group=table("above_per_group"),
        group_musd=table("group_usd", MEGA),
        above_musd=table("above_usd", MEGA),
        path=tuple(fabric.path for fabric in case.fabrics),
    )
