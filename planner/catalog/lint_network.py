"""Can such a switch, card, module or cable exist? Physics first, then what the fabric model needs
of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.catalog.findings import Desk, Place
from planner.catalog.load import Catalog, network_tables
from planner.catalog.network import Cable, Switch
from planner.errors import Problem
from planner.records import Figure
from planner.units import Power

SWITCH_W_PER_GBIT_S = (0.005, 0.2)
"""Five generations of switch chips went from 0.1 to 0.015 W per Gbit/s of one direction, box
included."""

CARD_W_PER_GBIT_S = (0.01, 0.5)
MODULE_W_PER_GBIT_S = (0.003, 0.06)
"""Signal processors take about 0.02 W per Gbit/s, linear optics half."""

CIRCUIT_W_PER_PORT = (0.1, 10.0)
PRICE_PER_GBIT_S = (0.02, 200.0)


def draws_in_order(catalog: Catalog, today: date) -> Iterator[Problem]:
    """A nameplate bounds what a piece typically takes."""
    desk = Desk(catalog, "C001")
    for key, items in network_tables(catalog):
        for item in items.values():
            typical, nameplate = item.power.typical_w, item.power.nameplate_w
            if typical is not None and nameplate is not None and typical.value > nameplate.value:
                message = (
                    f"`{item.id}` typically takes {typical.value:g} W, above its nameplate "
                    f"of {nameplate.value:g} W"
                )
                yield desk.says(
                    Place(key, item.id, "power.typical"), message, "are the two exchanged?"
                )


def sane_per_port(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Catch slipped prefixes: a bit per second costs watts and dollars within wide bands."""
    for switch in catalog.switches.values():
        yield from _switch(catalog, switch)
    for nic in catalog.nics.values():
        place, draw = Place("nics", nic.id, "power.nameplate"), nic.power.nameplate_w
        yield from _within(
            catalog, place, draw, nic.speed_gbit_s.value, CARD_W_PER_GBIT_S, "W per Gbit/s"
        )
    for module in catalog.transceivers.values():
        speed = module.link_speed_gbit_s.value * module.links.value
        place, draw = Place("transceivers", module.id, "power.nameplate"), module.power.nameplate_w
        yield from _within(catalog, place, draw, speed, MODULE_W_PER_GBIT_S, "W per Gbit/s")
        yield from _within(
            catalog,
            Place("transceivers", module.id, "price"),
            module.price_usd,
            speed,
            PRICE_PER_GBIT_S,
            "USD per Gbit/s",
        )


def _switch(catalog: Catalog, switch: Switch) -> Iterator[Problem]:
    draw, speed = switch.power.nameplate_w, switch.port_speed_gbit_s
    place = Place("switches", switch.id, "power.nameplate")
    if speed is None:
        if switch.protocol == "light":
            yield from _within(
                catalog, place, draw, switch.ports.value, CIRCUIT_W_PER_PORT, "W per port"
            )
        return
    total = switch.ports.value * speed.value
    yield from _within(catalog, place, draw, total, SWITCH_W_PER_GBIT_S, "W per Gbit/s")
    yield from _within(
        catalog,
        Place("switches", switch.id, "price"),
        switch.price_usd,
        total,
        PRICE_PER_GBIT_S,
        "USD per Gbit/s",
    )


def _within(
    catalog: Catalog,
    place: Place,
    figure: Figure[Power] | None,
    per: float,
    band: tuple[float, float],
    unit: str,
) -> Iterator[Problem]:
    if figure is None or per <= 0 or band[0] <= figure.value / per <= band[1]:
        return
    message = f"`{place}` is {figure.value / per:.3g} {unit}, outside {band[0]:g} to {band[1]:g}"
    yield Desk(catalog, "C001").says(
        place, message, "check the prefix, and what the figure is for: a port, a module, a box"
    )


def whole_ports(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ports, links and break-outs come whole, and circuits need no speed while packets do."""
    desk = Desk(catalog, "C001")
    for switch in catalog.switches.values():
        for key, figure in (
            ("ports", switch.ports),
            ("ports_per_cage", switch.ports_per_cage),
            ("split", switch.split),
        ):
            if figure is not None and (figure.value < 1 or figure.value != round(figure.value)):
                message = f"`{switch.id}` has {figure.value:g} {key}"
                yield desk.says(
                    Place("switches", switch.id, key), message, "give a whole number from 1"
                )
        if (switch.protocol == "light") != (switch.port_speed_gbit_s is None):
            message = (
                f"`{switch.id}` forwards {switch.protocol} and has "
                f"{'no' if switch.port_speed_gbit_s is None else 'a'} port speed"
            )
            yield desk.says(
                Place("switches", switch.id),
                message,
                "packet switches have one, circuit switches none",
            )


def enough_to_bill(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for what a bill of materials needs: both draws and a price, published or assumed; fibre
    draws nothing.
    """
    desk = Desk(catalog, "C004")
    for key, items in network_tables(catalog):
        for item in items.values():
            needs = (
                ("power.typical", item.power.typical_w),
                ("power.nameplate", item.power.nameplate_w),
                ("price", item.price_usd),
            )
            fibre = isinstance(item, Cable) and item.link_speed_gbit_s is None
            for word, figure in needs:
                if figure is None and not (fibre and word.startswith("power")):
                    remedy = "give the published figure, or an entry in the `assumptions`"
                    yield desk.says(Place(key, item.id), f"`{item.id}` has no `{word}`", remedy)
