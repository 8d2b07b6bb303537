"""Layers of a scenario with the redundancies of the catalog."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.emissions.resolve import Path
from planner.capabilities.plant.case import CaseLayer
from planner.capabilities.plant.schema import PlantAtSite
from planner.core.context import Resolve, ResolveContext


def resolve_layers(g: ResolveContext) -> list[CaseLayer]:
    """Layers of sites' plants."""
    found, topologies = list[CaseLayer](), g.catalog.facility.redundancies
    for j, site in enumerate(g.scenario.sites):
        seen = set[str]()
        for i, said in enumerate(site.of(PlantAtSite).layers):
            path: Path = ("sites", j, "layers", i)
            topology = topologies[said.redundancy]
            if said.layer in seen:
                g.problem(
                    "I002", f"layer `{said.layer}` stands twice", (*path, "layer"), "keep one"
                )
            seen.add(said.layer)
            needed = g.need(topology.id, "needed", "1", None, topology.needed)
            found.append(
                CaseLayer(
                    site=site.id,
                    layer=said.layer,
                    capacity_w=g.steps(said.capacity_w, f"site {site.id}, {said.layer}"),
                    needed=needed,
                    spare=float(topology.spare),
                    copies=float(topology.copies),
                    path=".".join(map(str, path)),
                )
            )
    return found


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {"layers": resolve_layers(g)}


FACE = Resolve(case)
