"""What vendors deliver, in whole systems by period, and who must be qualified first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date

from planner.capabilities.fleet.candidates import cannot_cool, resolve_system, systems_of
from planner.capabilities.fleet.caps import held_id
from planner.capabilities.halls.schema import HallsAtSite
from planner.capabilities.supply.case import CaseOrder, CaseQualification, CaseSupply
from planner.capabilities.supply.schema import Order, SupplyKeys
from planner.core.case import CaseSystem
from planner.core.context import Resolve, ResolveContext
from planner.core.fields import Amount
from planner.core.scenario import Candidate
from planner.periods import earlier, later


def resolve_supply(g: ResolveContext, i: int, systems: dict[str, CaseSystem]) -> CaseSupply:
    """A supply entry by period."""
    entry = g.scenario.of(SupplyKeys).supply[i]
    system = systems.get(entry.system)
    cumulative: list[float] | None = None
    path: tuple[str | int, ...] = ("supply", i)
    if entry.by:
        steps = {moment: systems_of(amount, system) for moment, amount in entry.by.items()}
        if sorted(steps.values()) != list(steps.values()):
            g.problem(
                "S003",
                "`by` counts all deliveries so far, so it cannot fall",
                (*path, "by"),
                "write cumulative numbers, or `schedule` for numbers of each period",
            )
        cumulative = g.allocated(steps, _days(g, system), f"supply of {entry.system}")
    if entry.total is not None:
        ceiling = systems_of(entry.total, system)
        cumulative = (
            [min(ceiling, value) for value in cumulative]
            if cumulative
            else [ceiling] * len(g.timeline)
        )
    schedule = {moment: systems_of(amount, system) for moment, amount in entry.schedule.items()}
    each = systems_of(entry.per_period, system) if entry.per_period else None
    for amount, value in [
        (entry.per_period, each),
        *((a, schedule[moment]) for moment, a in entry.schedule.items()),
    ]:
        if value is not None and value != math.floor(value):
            g.note(
                f"supply of {entry.system}: {amount} is {value:.6g} systems a {g.timeline.step}, "
                "and only whole ones are delivered"
            )
    return CaseSupply(
        system=entry.system,
        cumulative=cumulative,
        per_period=each,
        path=f"supply.{i}",
        schedule=g.steps(schedule, f"schedule of {entry.system}") if schedule else None,
        minimum_order=_whole(g, i, "minimum_order", entry.minimum_order, system) or 0,
        lot=_whole(g, i, "lot", entry.lot, system) or 1,
    )


def _days(g: ResolveContext, system: CaseSystem | None) -> list[date]:
    """The day on which deliveries of each period come; its first day where nothing can come."""
    if system is None:
        return g.timeline.starts
    arrivals = g.timeline.arrivals(system.first, system.last, system.fit_out_days)
    return [
        start if a is None else a.day for a, start in zip(arrivals, g.timeline.starts, strict=True)
    ]


def _whole(
    g: ResolveContext, i: int, key: str, amount: Amount | None, system: CaseSystem | None
) -> int:
    if amount is None:
        return 0
    units = systems_of(amount, system)
    if abs(units - round(units)) > 1e-9 or round(units) < 1:
        message = f"{amount} is {units:g} systems, and machines are ordered whole"
        g.problem(
            "R001", message, ("supply", i, key), f"write `{max(1, math.ceil(units))} systems`"
        )
    return round(units)


def with_orders(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseSystem]:
    """The systems, and behind them one for each order that comes within the horizon: its product at
    its price, for its site, on its day.
    """
    found, by_id = list(systems), {system.id: system for system in systems}
    for i, order in enumerate(g.scenario.of(SupplyKeys).orders):
        product = by_id.get(order.system)
        if product is not None and not product.may_buy:
            product = _figures(g, order, product)
        if product is not None and order.power_cap is not None:
            product = by_id.get(held_id(order.system, order.power_cap))
            if product is None:
                share = f"{100 * order.power_cap:g} %"
                message = f"{order.system} is not offered at {share} of its nameplate"
                remedy = f"write `power_caps: {{at: [{share}]}}` under the system"
                g.problem("K003", message, ("orders", i, "power_cap"), remedy)
        found += [] if product is None else _on_order(g, i, order, product)
    return found


def _figures(g: ResolveContext, order: Order, product: CaseSystem) -> CaseSystem | None:
    """What stands of a system, with what a machine costs that is yet to come."""
    said = {"system": order.system, "lead_time": 0.0, "price": order.price_usd}
    candidate = Candidate.model_validate(said)
    told = len(g.shifts)
    full = resolve_system(g, None, candidate)
    # when the first of a candidate could run is nothing to whoever waits for a day
    g.notes = [note for note in g.notes if note not in g.shifts[told:]]
    del g.shifts[told:]
    return None if full is None else full.model_copy(update={"id": product.id})


def _on_order(g: ResolveContext, i: int, order: Order, product: CaseSystem) -> Iterator[CaseSystem]:
    """An order as a system of its own; nothing, with a note, where it comes too late to run."""
    name, day, timeline = order_name(i, order), order.delivery.last, g.timeline
    path = ("orders", i)
    if order.supplier is not None and order.supplier != product.supplier:
        message = f"{order.system} is sold by `{product.supplier}`, not by `{order.supplier}`"
        g.problem("I001", message, (*path, "supplier"), f"write `{product.supplier}`")
    if day < timeline.start:
        message = f"{order.delivery} is before the horizon, and what is delivered then stands"
        g.problem("D002", message, (*path, "delivery"), "list it under `fleet`")
        return
    if order.placed is not None and order.placed.first > day:
        message = f"it is delivered on {day}, before it was ordered on {order.placed.first}"
        g.problem("D002", message, (*path, "placed"), "are the two exchanged?")
        return
    fit_out_days = product.fit_out_days if order.fit_out_days is None else order.fit_out_days
    runs = timeline.starting(later(day, fit_out_days))
    if runs >= len(timeline):
        message = (
            f"order {name}, delivered on {day} and fitted out in {fit_out_days:g} days, runs in no "
            "period of the horizon, so that neither its machines nor its payments would count"
        )
        remedy = "let the horizon end later, or take the order out and its payments off the budget"
        g.problem("D002", message, (*path, "delivery"), remedy)
        return
    if later(day, fit_out_days) != timeline.starts[runs]:
        g.shift(
            f"order {name}: delivered on {day} and fitted out by {later(day, fit_out_days)}, it "
            f"counts from {timeline.periods[runs].label}, the next {timeline.step} that begins"
        )
    price = order.price_usd if order.price_usd is not None else product.price_usd
    if not price:
        message = f"order {name} has a price of 0, of which its worth is a share"
        remedy = "write what was agreed, and `paid: 100 %` if all of it is paid"
        g.problem("R001", message, (*path, "price"), remedy)
        return
    if order.price_usd is not None:
        g.given(f"order {name}", "price", "USD", order.price_usd)
    # nobody says when: the last day before the horizon
    placed = order.placed.first if order.placed else earlier(timeline.start, 1.0)
    before = placed < timeline.start
    yield product.model_copy(
        update={
            "id": f"{product.id}@{name}",
            "name": f"{product.name}, order {name}",
            "variant_of": product.product,
            "order": name,
            "price_usd": price,
            # its network costs what that of its product does
            "fabric_cost": product.fabric_cost * product.price_usd / price,
            "paid": order.paid if before else 0.0,
            "down_payment": 0.0 if before else order.paid,
            "lead_time_days": float((day - placed).days),
            "fit_out_days": fit_out_days,
            "first": day,
            "last": day,
            "sites": [order.site],
            "may_buy": True,
        }
    )


def order_name(i: int, order: Order) -> str:
    """What an order is called: its id, or its number from 1."""
    return order.id or f"order-{i + 1}"


def resolve_orders(g: ResolveContext) -> Iterator[CaseOrder]:
    """Orders that come within the horizon."""
    coming = {system.order: system for system in g.systems if system.order}
    for i, order in enumerate(g.scenario.of(SupplyKeys).orders):
        system = coming.get(order_name(i, order))
        if system is None:
            continue
        units = systems_of(order.units, system)
        if abs(units - round(units)) > 1e-9 or units < 1:
            message = f"{order.units} is {units:g} systems, and machines are ordered whole"
            remedy = f"write `{max(1, math.ceil(units))} systems`"
            g.problem("R001", message, ("orders", i, "units"), remedy)
        site = next((s for s in g.scenario.sites if s.id == order.site), None)
        catalogued = g.catalog.systems[system.product]
        reason = (
            cannot_cool(site, catalogued, surrounded=system.is_surrounded)
            if site is not None and not site.of(HallsAtSite).halls
            else ""
        )
        if reason:
            message = f"{order.system} cannot stand at {order.site}: {reason}"
            g.problem("S003", message, ("orders", i, "site"), "give the site what it needs")
        path = f"orders.{i}"
        yield CaseOrder(system=system.id, site=order.site, units=round(units), path=path)


def names(g: ResolveContext) -> list[str]:
    """Systems on order, which need not be candidates."""
    return [order.system for order in g.scenario.of(SupplyKeys).orders]


def resolve_qualifications(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseQualification]:
    """Suppliers that the plan must qualify at a cost; those without a cost only deliver later (see
    `held_back`).
    """
    found = []
    for i, entry in enumerate(g.scenario.of(SupplyKeys).qualification):
        ids = [s.id for s in systems if s.supplier == entry.supplier and s.may_buy and not s.order]
        if later(g.timeline.start, entry.time_days) >= g.timeline.end:
            g.note(
                f"qualification of {entry.supplier} takes the "
                "whole horizon, so nothing of theirs is bought"
            )
        if entry.cost_usd and ids:
            found.append(
                CaseQualification(
                    supplier=entry.supplier,
                    systems=ids,
                    time_days=entry.time_days,
                    cost_usd=g.given(
                        f"qualification of {entry.supplier}", "cost", "USD", entry.cost_usd
                    ),
                    path=f"qualification.{i}",
                )
            )
    return found


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "supply": [
            resolve_supply(g, i, g.system) for i in range(len(g.scenario.of(SupplyKeys).supply))
        ],
        "qualifications": resolve_qualifications(g, g.systems),
        "orders": list(resolve_orders(g)),
    }


FACE = Resolve(case, systems=with_orders, named=names)
