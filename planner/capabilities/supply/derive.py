"""Purchases, orders and qualifications, and what they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.capabilities.networks.case import FABRIC, NetworksCase
from planner.capabilities.supply.case import (
    CUMULATIVE,
    ON_ORDER,
    PER_PERIOD,
    QUALIFICATION,
    SCHEDULE,
    SYSTEMS_CAPEX,
    SYSTEMS_WORTH,
    SupplyCase,
    entry_label,
)
from planner.capabilities.supply.tables import PURCHASES, QUALIFICATIONS, Purchase
from planner.core.case import Case, CaseSystem
from planner.core.limits import At
from planner.engineering.worth import resale_share
from planner.errors import Problem
from planner.periods import earlier, later, years_between
from planner.plan.compare import agree, fields
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan


def orders(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Minimum orders, lots and qualifications."""
    together: dict[tuple[str, str], int] = defaultdict(int)
    for bought in plan.of(PURCHASES):
        machine = plan.case.system[bought.system]
        if not machine.order:
            together[machine.product, bought.delivered] += bought.units
    for entry in plan.case.of(SupplyCase).supply:
        for (system, label), units in sorted(together.items()):
            if system == entry.system and 0 < units < entry.minimum_order:
                message = (
                    f"{units} {system} arrive in {label}, an order is at least "
                    f"{entry.minimum_order}"
                )
                yield Problem("A002", message, path=f"case.{entry.path}")
            if system == entry.system and units % entry.lot:
                message = f"{units} {system} arrive in {label}, they come in lots of {entry.lot}"
                yield Problem("A002", message, path=f"case.{entry.path}")
    yield from _qualifications(plan, d)


def _qualifications(plan: Plan, d: Derivation) -> Iterator[Problem]:
    by_supplier = {q.supplier: q for q in plan.case.of(SupplyCase).qualifications}
    ready: dict[str, date] = {}
    for i, row in enumerate(plan.of(QUALIFICATIONS)):
        entry = by_supplier[row.supplier]
        timeline = plan.case.timeline
        done = later(timeline.starts[d.at[row.started]], entry.time_days)
        if done >= timeline.end:
            message = (
                f"{row.supplier} is not qualified within the horizon when that starts in "
                f"{row.started}"
            )
            yield Problem("A001", message, path=f"qualifications.{i}.started")
            continue
        ready[row.supplier] = done
        derived = row.model_copy(update={"qualified": str(done), "cost_usd": entry.cost_usd})
        yield from fields(f"qualifications.{i}", row, derived)
    for entry in plan.case.of(SupplyCase).qualifications:
        for i, bought in enumerate(plan.of(PURCHASES)):
            arrival = plan.case.arrivals[bought.system][d.at[bought.delivered]]
            if bought.system in entry.systems and (
                arrival is None or arrival.day < ready.get(entry.supplier, date.max)
            ):
                message = (
                    f"{entry.supplier} is not qualified when {bought.system} is delivered "
                    f"in {bought.delivered}"
                )
                yield Problem("A002", message, path=f"purchases.{i}.delivered")


def _delivered(d: Derivation, system: str) -> list[float]:
    values = [0.0] * len(d.labels)
    for bought in d.decisions.of(PURCHASES):
        if d.case.system[bought.system].product == system:
            values[d.at[bought.delivered]] += bought.units
    return values


def supply_limits(d: Derivation) -> Iterator[LimitRow]:
    """What vendors allocate."""
    for k, entry in enumerate(d.case.of(SupplyCase).supply):
        values = _delivered(d, entry.system)
        able = [s for s in d.case.systems if s.product == entry.system and s.may_buy and s.sites]
        entry_key, total = entry_label(k, entry), 0.0
        days = zip(*(d.case.arrivals[s.id] for s in able), strict=True)
        comes = [any(arrival is not None for arrival in those) for those in days]
        for t, label in enumerate(d.labels):
            total += values[t]
            key = (entry_key, label)
            if not any(comes[: t + 1]):
                continue
            if entry.cumulative is not None:
                yield limit_row(CUMULATIVE, At(d.case, key, entry.cumulative[t]), total)
            for kind, ceiling in (
                (PER_PERIOD, entry.per_period),
                (SCHEDULE, None if entry.schedule is None else entry.schedule[t]),
            ):
                if ceiling is not None and comes[t]:
                    yield limit_row(kind, At(d.case, key, ceiling), values[t])

    for order in d.case.of(SupplyCase).orders:
        came = sum(p.units for p in d.decisions.of(PURCHASES) if p.system == order.system)
        yield limit_row(ON_ORDER, At(d.case, (order.system,), order.units), came)


def _no_more_than_ordered(plan: Plan) -> Iterator[Problem]:
    """No more comes by an order than was ordered."""
    units = {order.system: order.units for order in plan.case.of(SupplyCase).orders}
    for i, row in enumerate(plan.of(PURCHASES)):
        if plan.case.system[row.system].order and row.units > units.get(row.system, 0):
            message = f"{row.units} come by {row.system}, {units.get(row.system, 0)} were ordered"
            yield Problem("A002", message, path=f"purchases.{i}.units")


def purchases(plan: Plan) -> Iterator[Problem]:
    """Every purchase is whole, allowed, and says of itself what follows."""
    labels = [p.label for p in plan.case.timeline.periods]
    for i, row in enumerate(plan.of(PURCHASES)):
        system, t = plan.case.system[row.system], labels.index(row.delivered)
        derived = purchase(plan.case, system, row.site, t, row.units)
        if derived is None:
            yield Problem(
                "A002",
                f"{row.system} cannot be delivered in {row.delivered}",
                path=f"purchases.{i}.delivered",
            )
            continue
        yield from _in_time(plan, i, row)
        meant = row.accelerators // system.accelerators if system.accelerators else row.units
        if (
            meant != row.units
            and meant * system.accelerators == row.accelerators
            and agree(row.systems_usd, meant * system.price_usd, 1e4)
        ):
            yield Problem(
                "A001",
                f"units is {row.units}, but the rest of the row is that of {meant}",
                path=f"purchases.{i}.units",
            )
        yield from fields(f"purchases.{i}", row, derived)
        if row.units < 1:
            yield Problem(
                "A001", f"{row.units} systems are not a purchase", path=f"purchases.{i}.units"
            )
        if not system.may_buy or row.site not in system.sites:
            yield Problem(
                "A002", f"{row.system} may not be placed at {row.site}", path=f"purchases.{i}.site"
            )


def _in_time(plan: Plan, i: int, row: Purchase) -> Iterator[Problem]:
    """The days of a purchase, one after the other: nothing is delivered, or runs, before it can."""
    system, periods = plan.case.system[row.system], {p.label: p for p in plan.case.timeline.periods}
    try:
        ordered, delivered = (
            date.fromisoformat(row.ordered_on),
            date.fromisoformat(row.delivered_on),
        )
        runs = periods[row.in_service].start
    except (ValueError, KeyError):
        yield Problem(
            "A001", "its days are no days of the horizon", path=f"purchases.{i}.delivered_on"
        )
        return
    inside = periods[row.delivered].start <= delivered < periods[row.delivered].end
    if (
        not inside
        or not system.first <= delivered <= system.last
        or later(ordered, system.lead_time_days) > delivered
    ):
        yield Problem(
            "A002",
            f"{row.system} cannot be delivered on {delivered}",
            path=f"purchases.{i}.delivered_on",
        )
    if later(delivered, system.fit_out_days) > runs:
        message = f"{row.system} delivered on {delivered} is not fitted out by {runs}"
        yield Problem("A002", message, path=f"purchases.{i}.in_service")


def money(d: Derivation, ledger: Ledger) -> None:
    """Machines on the days of their orders and deliveries, their links, and qualifications where
    they start.
    """
    end = d.case.timeline.end
    for bought in d.decisions.of(PURCHASES):
        system, arrival = (
            d.case.system[bought.system],
            d.case.arrivals[bought.system][d.at[bought.delivered]],
        )
        if arrival is None:
            continue  # `feasible` says so
        price = system.price_usd * bought.units
        ledger.post(
            SYSTEMS_CAPEX,
            price * system.down_payment,
            day=earlier(arrival.day, system.lead_time_days),
        )
        due = 1 - system.down_payment - system.paid
        ledger.post(SYSTEMS_CAPEX, price * due, day=arrival.day)
        ledger.post(
            FABRIC,
            bought.units * d.case.of(NetworksCase).fabric_usd(system, bought.site),
            day=arrival.day,
        )
        if d.case.keeps_worth:
            share = resale_share(d.case.resale_decline_per_year, years_between(arrival.day, end))
            ledger.remains(SYSTEMS_WORTH, price * share)
    cost = {q.supplier: q.cost_usd for q in d.case.of(SupplyCase).qualifications}
    for done in d.decisions.of(QUALIFICATIONS):
        ledger.post(
            QUALIFICATION,
            cost.get(done.supplier, 0.0),
            day=d.case.timeline.starts[d.at[done.started]],
        )


def decided(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every purchase, and what orders and qualifications ask of them."""
    yield from purchases(plan)
    yield from _no_more_than_ordered(plan)
    yield from orders(plan, d)


def purchase(case: Case, system: CaseSystem, site: str, t: int, units: int) -> Purchase | None:
    """The row of a plan; None where the system cannot be delivered in that period."""
    arrival, labels = (
        case.arrivals[system.id][t],
        [period.label for period in case.timeline.periods],
    )
    if arrival is None:
        return None
    ordered = earlier(arrival.day, system.lead_time_days)
    return Purchase(
        system=system.id,
        site=site,
        ordered=labels[case.timeline.holding(ordered)],
        delivered=labels[t],
        in_service=labels[arrival.runs],
        ordered_on=str(ordered),
        delivered_on=str(arrival.day),
        units=units,
        accelerators=units * system.accelerators,
        price_usd=system.price_usd,
        systems_usd=units * system.price_usd,
        fabric_usd=units * case.of(NetworksCase).fabric_usd(system, site),
    )


FACE = Derive(limits=supply_limits, money=money, decided=decided)
