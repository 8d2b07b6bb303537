"""With what is a link made: copper, an active cable, or fibre between two modules, and what does
each way cost?

A way is one cable with both ends, or a module at each end with fibre between. Among the ways that
reach, the cheapest by planning price is taken, so a way that neither reaches further nor costs less
than another is never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from planner.catalog.load import Catalog
from planner.catalog.network import Cable, Medium, Switch, Transceiver


@dataclass(frozen=True)
class Way:
    """How a link is made: a cable, or fibre (`cable`) between modules."""

    medium: Medium
    reach_m: float
    cable: Cable
    near: Transceiver | None = None
    """At the upper switch."""
    far: Transceiver | None = None
    """At the lower switch or the node."""
    near_links: int = 1
    far_links: int = 1
    """Links that one module serves."""

    @property
    def usd(self) -> float:
        """Planning price of one link."""
        ends = ((self.near, self.near_links), (self.far, self.far_links))
        return _price(self.cable) + sum(
            _price(module) / links for module, links in ends if module is not None
        )


def cage_links(switch: Switch, link_gbit_s: float) -> int:
    """Links that one cage of a switch serves at a link speed. Raises ValueError if its ports cannot
    run at it.
    """
    if switch.port_speed_gbit_s is None:
        raise ValueError(f"`{switch.id}` switches circuits, not packets")
    times = switch.port_speed_gbit_s.value / link_gbit_s
    most = switch.split.value if switch.split is not None else 1
    if times < 1 or times != int(times) or times > most:
        speed = switch.port_speed_gbit_s.value
        raise ValueError(
            f"a port of `{switch.id}` at {speed:g} Gbit/s does not break out to {link_gbit_s:g} "
            f"(at most {most:g} links)"
        )
    return int(times) * int(switch.ports_per_cage.value if switch.ports_per_cage is not None else 1)


def radix(switch: Switch, link_gbit_s: float) -> int:
    """Ports of a switch at a link speed. Raises ValueError as `cage_links`."""
    per_cage = switch.ports_per_cage.value if switch.ports_per_cage is not None else 1
    return int(switch.ports.value / per_cage) * cage_links(switch, link_gbit_s)


def ways(
    catalog: Catalog,
    switch: Switch,
    link_gbit_s: float,
    *,
    node_ports: int | None = None,
    linear: bool = False,
    active: bool = True,
) -> list[Way]:
    """Every way worth using, shortest reach and lowest price first.

    Args:
        catalog: its transceivers and cables.
        switch: what stands at the upper end, and at the lower if `node_ports` is None.
        link_gbit_s: speed of the link.
        node_ports: ports that one module of a node serves.
        linear: whether modules without a signal processor may be used.
        active: whether active optical cables may be used.

    Raises:
        ValueError: if nothing in the catalog makes such a link.
    """
    if catalog.switches.get(switch.id) is switch:
        return list(_remembered(catalog, switch.id, link_gbit_s, node_ports, linear, active))
    return _ways(catalog, switch, link_gbit_s, node_ports, linear, active)


@lru_cache(maxsize=4096)
def _remembered(
    catalog: Catalog,
    switch: str,
    link_gbit_s: float,
    node_ports: int | None,
    linear: bool,
    active: bool,
) -> tuple[Way, ...]:
    return tuple(_ways(catalog, catalog.switches[switch], link_gbit_s, node_ports, linear, active))


def _ways(
    catalog: Catalog,
    switch: Switch,
    link_gbit_s: float,
    node_ports: int | None,
    linear: bool,
    active: bool,
) -> list[Way]:
    at_switch = cage_links(switch, link_gbit_s)
    found = list(_cables(catalog.cables.values(), link_gbit_s, active))
    modules = [
        m for m in catalog.transceivers.values() if not m.circuit and (linear or not m.linear)
    ]
    fibres = {
        cable.medium: cable for cable in catalog.cables.values() if cable.link_speed_gbit_s is None
    }
    near = [(m, n) for m in modules if 0 < (n := _links(m, link_gbit_s)) <= at_switch]
    far = (
        near
        if node_ports is None
        else [(m, node_ports) for m in modules if _serves(m, link_gbit_s, node_ports)]
    )
    for upper, upper_links in near:
        for lower, lower_links in far:
            if upper.medium == lower.medium and upper.medium in fibres:
                reach = min(
                    upper.reach_m.value, lower.reach_m.value, fibres[upper.medium].reach_m.value
                )
                found.append(
                    Way(
                        upper.medium,
                        reach,
                        fibres[upper.medium],
                        upper,
                        lower,
                        upper_links,
                        lower_links,
                    )
                )
    if not found:
        raise ValueError(
            f"no cable or transceiver of the catalog makes a link of {link_gbit_s:g} Gbit/s at "
            f"`{switch.id}`"
        )
    return _undominated(found)


def _cables(cables: Iterable[Cable], link_gbit_s: float, active: bool) -> Iterator[Way]:
    for cable in cables:
        speed = cable.link_speed_gbit_s
        if (
            speed is not None
            and speed.value == max(link_gbit_s, 400.0)
            and (active or cable.medium != "active-optical")
        ):
            yield Way(cable.medium, cable.reach_m.value, cable)


def _links(module: Transceiver, link_gbit_s: float) -> int:
    """Links of a speed that a module serves when each of its own is broken out."""
    return int(module.links.value) * int(module.link_speed_gbit_s.value // link_gbit_s)


def _serves(module: Transceiver, link_gbit_s: float, ports: int) -> bool:
    return int(module.links.value) == ports and module.link_speed_gbit_s.value >= link_gbit_s


def _undominated(found: list[Way]) -> list[Way]:
    best: list[Way] = []
    for way in sorted(found, key=lambda w: (w.usd, -w.reach_m)):
        if not best or way.reach_m > best[-1].reach_m:
            best.append(way)
    return best


def _price(item: Cable | Transceiver) -> float:
    if item.price_usd is None:
        raise ValueError(f"`{item.id}` has no price")
    return item.price_usd.value
