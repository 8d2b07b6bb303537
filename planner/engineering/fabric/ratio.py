"""Which oversubscription is asked for, which one is built, and which sizes would meet it?

Endpoints are all cabled ports below the leaves, reserved slots among them. By links: endpoints over
the links into the top tier. By ports: endpoints over all ports of the top tier, lit or not, which
is what was bought. Neither exceeds what is asked; both may stay below it, as leaves, up-links and
switches are whole and the number of switches above divides the up-links (`topology.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.engineering.fabric.topology import Network, build, ratios_of

TOLERANCE = 0.05
"""Share of the asked ratio by which a built one may depart before it is said."""
LOOK = 500
"""Steps that are counted each way for a size that meets the ratio."""


@dataclass(frozen=True)
class Ratio:
    """Down over up: endpoints over the capacity of the top tier."""

    asked_ratio: float
    """The most that is allowed: the product of all tiers."""
    links_ratio: float
    ports_ratio: float

    @property
    def departures(self) -> dict[str, float]:
        """By what the built ratio departs by more than the tolerance: built over asked, less
        one.
        """
        built = {"links": self.links_ratio, "ports": self.ports_ratio}
        return {
            word: ratio / self.asked_ratio - 1
            for word, ratio in built.items()
            if abs(ratio / self.asked_ratio - 1) > TOLERANCE
        }


def ratio_of(network: Network) -> Ratio | None:
    """What is asked and built; None for a single tier, which has nothing above it."""
    if len(network.tiers) == 1:
        return None
    endpoints, top = network.tiers[0].links_down, network.tiers[-1]
    asked = math.prod(ratios_of(network.demand, len(network.tiers)))
    return Ratio(
        asked, endpoints / top.links_down, endpoints / (top.switches * network.demand.radix)
    )


def nearest_sizes(network: Network, step: int = 1) -> tuple[int | None, int | None]:
    """(fewer, more) nodes, nearest to a network's own, that both built ratios are within the
    tolerance for, in as many tiers.

    Every size is counted as `build` counts it, in steps of so many nodes (those of one system).
    None: no such size in `LOOK` steps.
    """
    nodes = network.demand.nodes
    fewer, more = (
        range(nodes - step, max(0, nodes - step * LOOK - 1), -step),
        range(nodes + step, nodes + step * LOOK + 1, step),
    )
    return _first(network, fewer), _first(network, more)


def _first(network: Network, sizes: Iterable[int]) -> int | None:
    return next((nodes for nodes in sizes if _meets(network, nodes)), None)


def _meets(network: Network, nodes: int) -> bool:
    try:
        other = build(replace(network.demand, nodes=nodes))
    except ValueError:
        return False
    ratio = ratio_of(other)
    return len(other.tiers) == len(network.tiers) and ratio is not None and not ratio.departures
