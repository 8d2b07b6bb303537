"""What does a node draw, part by part, at a class of work?

    parts    = accelerators · TDP · u_a + sockets · TDP_cpu · u_c
             + accelerators · other · ½(1 + 4 / per node)
    node     = parts · (1 + fans, if cooled by air) / supply
    metered  = node · (1 + network)

u_a and u_c are shares of TDP at the class of work; `other` is memory, board, disks and a network
card for each accelerator, half of it for the board as a whole, which is shared. A superchip or APU
has no sockets of its own: its processor is inside the TDP, and the catalog says so by giving it
none. Fans of liquid-cooled nodes, and of hybrids whose accelerators shed heat through a loop, are
not counted.

Shape: the bill of components of ORNL's power model of Frontier (RAPS), with shares of rating in
place of its per-part maxima. Parameters: `catalogs/judgement/power.yaml`, which says of each
whether it was fitted, and on what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.catalog.components import PowerModel, Workload
from planner.catalog.load import Catalog
from planner.engineering.uncertain import Band, Factor, band
from planner.errors import InputError, Problem, nearest
from planner.records import Figure

SHARING = 4.0
"""Accelerators on the board that `other` is stated for."""

_NO_MODEL = "the catalog has no `power_model`"
_NO_TDP = "has no TDP, so nothing can be said of its power by component"


@dataclass(frozen=True, slots=True)
class Node:
    """What is known of a node before it is switched on."""

    accelerators: float
    tdp_w: float
    sockets: float
    processor_tdp_w: float
    air: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """Parameters of the model at one class of work, as plain numbers; `other_w` is W per
    accelerator.
    """

    accelerator: float
    processor: float
    other_w: float
    fans: float
    supply: float
    network: float


@dataclass(frozen=True)
class NodePower:
    """W of one system at a class of work, by part, with the band of the whole."""

    workload: Workload
    parts: tuple[tuple[str, float], ...]
    band: Band

    @property
    def total_w(self) -> float:
        """W at the system's own terminals."""
        return self.band.value


def node_parts(node: Node, shares: Shares) -> tuple[tuple[str, float], ...]:
    """W of each part; they add up to the draw at the node's own terminals, `server` basis."""
    parts = [
        ("accelerators", node.accelerators * node.tdp_w * shares.accelerator),
        ("processors", node.sockets * node.processor_tdp_w * shares.processor),
        (
            "memory, boards, cards",
            node.accelerators * shares.other_w * 0.5 * (1.0 + SHARING / node.accelerators),
        ),
    ]
    inside = sum(w for _, w in parts)
    fans = inside * shares.fans if node.air else 0.0
    loss = (inside + fans) * (1.0 / shares.supply - 1.0)
    return (*parts, ("fans", fans), ("power supply loss", loss))


def node_w(node: Node, shares: Shares) -> float:
    """W at the node's own terminals."""
    return sum(w for _, w in node_parts(node, shares))


def metered_w(node: Node, shares: Shares) -> float:
    """W that a list prints for one node of a machine: with its share of the scale-out network,
    without facility cooling.
    """
    return node_w(node, shares) * (1.0 + shares.network)


def shares_of(
    model: PowerModel, workload: Workload, generation: str | None, accelerator: str
) -> Shares:
    """Typical parameters of the catalog for an accelerator: its own if it was metered, else its
    generation's, else those of all.
    """
    return Shares(
        accelerator=utilisation(model, workload, generation, accelerator).value,
        processor=model.processor.at(workload).value,
        other_w=model.other_w.value,
        fans=model.fans.value,
        supply=model.supply.value,
        network=model.network.value,
    )


def utilisation(
    model: PowerModel, workload: Workload, generation: str | None, accelerator: str
) -> Figure[float]:
    """Share of its TDP that an accelerator takes at a class of work: its own if it was metered,
    else its generation's, else that of all.
    """
    if workload == "hpl":
        known = [
            family
            for family in model.families
            if family.generation == generation and family.accelerator in (None, accelerator)
        ]
        if known:
            return max(known, key=lambda family: family.accelerator is not None).hpl
    return model.accelerator.at(workload)


def node_of(catalog: Catalog, system_id: str) -> Node:
    """The node of a catalog system. A system whose host is not listed takes two sockets of the
    median processor per 8 accelerators.

    Raises InputError for an unknown system or one whose accelerator has no TDP.
    """
    system = catalog.systems.get(system_id)
    if system is None:
        raise InputError(
            [Problem("I001", f"no system `{system_id}`", help=nearest(system_id, catalog.systems))]
        )
    tdp = catalog.accelerators[system.accelerator].tdp_w
    if tdp is None:
        raise InputError([Problem("C004", f"`{system.accelerator}` {_NO_TDP}")])
    count = system.accelerators.value
    host = catalog.metered.hosts.get(system_id)
    if host is None:
        sockets, processor_w = count / 4.0, _median_processor_w(catalog)
    elif host.processor is None or host.sockets is None:
        sockets, processor_w = 0.0, 0.0
    else:
        sockets, processor_w = (
            host.sockets.value,
            catalog.metered.components[host.processor].power_w.value,
        )
    return Node(count, tdp.value, sockets, processor_w, system.cooling == "air")


def _median_processor_w(catalog: Catalog) -> float:
    ratings = sorted(
        part.power_w.value
        for part in catalog.metered.components.values()
        if part.role == "processor"
    )
    return ratings[len(ratings) // 2] if ratings else 0.0


def system_power(catalog: Catalog, system_id: str, workload: Workload) -> NodePower:
    """What one catalog system draws at its own terminals at a class of work, in W, by part, with an
    80 % band.

    The band moves each parameter alone to its low and high and combines the changes in quadrature
    (`engineering/band.py`). Raises InputError for an unknown system, an accelerator without TDP, or
    a catalog without a power model.
    """
    model = catalog.metered.model
    if model is None:
        raise InputError([Problem("K002", _NO_MODEL)])
    node = node_of(catalog, system_id)
    chip = catalog.accelerators[catalog.systems[system_id].accelerator]
    shares = shares_of(model, workload, chip.generation, chip.id)
    factors = list(_factors(model, workload, chip.generation, chip.id, shares))
    known = band(shares, factors, lambda changed: node_w(node, changed))
    return NodePower(workload, node_parts(node, shares), known)


def _factors(
    model: PowerModel, workload: Workload, generation: str | None, accelerator: str, shares: Shares
) -> Iterator[Factor[Shares]]:
    figures = {
        "accelerator": utilisation(model, workload, generation, accelerator),
        "processor": model.processor.at(workload),
        "other_w": model.other_w,
        "fans": model.fans,
        "supply": model.supply,
    }
    for name, figure in figures.items():
        low = figure.value if figure.low is None else figure.low
        high = figure.value if figure.high is None else figure.high
        yield Factor(name, _with(shares, name, low), _with(shares, name, high))


def _with(shares: Shares, name: str, value: float) -> Shares:
    return replace(shares, **{name: value})
