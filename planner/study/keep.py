"""Planning again around what was decided: an earlier plan, kept until a day, and what is different
in the new one.

    machines   ordered before the day are on order, at their price and on their day; an order of the
               same name in the scenario stands in its place, so that a list of what a vendor now
               promises tells what comes late. No order is placed before the day
    the rest   what was retired, moved, qualified, built, begun and started before the day stays so
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.capabilities.keeping.case import CaseKept, KeptDecision
from planner.capabilities.keeping.derive import decisions_of
from planner.capabilities.networks.tables import FABRICS
from planner.capabilities.supply.schema import Order, SupplyKeys
from planner.capabilities.supply.tables import PURCHASES, Purchase
from planner.core.fields import Amount
from planner.core.scenario import Candidate
from planner.errors import InputError, OptionError, Problem
from planner.periods import Moment
from planner.plan.decided import Decisions
from planner.plan.derive import Derivation
from planner.plan.schema import Plan
from planner.records import Edit
from planner.scenario.load import Loaded

LAID_OUT_ANEW = (
    "networks that are bought by the group are laid out anew, for the size that they will have: "
    "what the plan kept had spent on them before is not held"
)


def keep(loaded: Loaded, plan: Plan, until: Moment) -> Loaded:
    """The question with everything that `plan` decides before the first day of `until`.

    Raises `OptionError` for a day that begins no period, and `InputError` for a plan of another
    horizon, or of sites and systems that the scenario does not have.
    """
    timeline, case = plan.case.timeline, loaded.case
    problems = [
        Problem("D002", f"the plan kept has {what} {theirs}, the scenario {mine}", path="horizon")
        for what, theirs, mine in (
            ("the first day", plan.case.first.first, case.first.first),
            ("the last day", plan.case.last.last, case.last.last),
            ("the step", plan.case.step, case.step),
        )
        if theirs != mine
    ]
    problems += [
        Problem("I001", f"the plan kept has a {what} `{name}`, the scenario has none", path=path)
        for what, path, names, known in (
            ("site", "sites", plan.case.site, case.site),
            ("system", "systems", {p.system: p for p in _machines(plan)}, case.system),
        )
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    if until.first not in (*timeline.starts, timeline.end):
        inside = timeline.start <= until.first < timeline.end
        near = timeline.periods[timeline.holding(until.first)].label if inside else ""
        message = f"`{until}` is not the first day of a {timeline.step} of the plan"
        span = f"it runs from {timeline.start} to the day before {timeline.end}"
        raise OptionError(
            [Problem("D002", message, help=f"write `--until {near}`" if near else span)]
        )
    first = [*timeline.starts, timeline.end].index(until.first)
    ordered = list(orders_before(plan, until.first))
    mine = loaded.scenario.of(SupplyKeys).orders
    named = {order.id or f"order-{i}": order for i, order in enumerate(mine, start=1)}
    kept = [order for order in ordered if order.id not in named]
    chosen = [_not_before(one, loaded, until) for one in loaded.scenario.systems]
    changed = loaded.edited((Edit("orders", [*mine, *kept]), Edit("systems", chosen)))
    decisions = [_of_orders(one, plan) for one in decisions_of(_derived(plan), first)]
    if problems := list(_gone_before_they_came(decisions, named, plan)):
        raise InputError(problems)
    found = changed.keeping(CaseKept(until=first, plan=plan.case_digest, decisions=decisions))
    if not plan.of(FABRICS):
        return found
    notes = [*found.case.notes, LAID_OUT_ANEW]
    return replace(found, case=found.case.model_copy(update={"notes": notes}))


def _gone_before_they_came(
    decisions: Sequence[KeptDecision], named: Mapping[str, Order], plan: Plan
) -> Iterator[Problem]:
    """Machines of an order that were retired or moved, and now come in another period."""
    timeline = plan.case.timeline
    for decision in decisions:
        if decision.block not in ("retired", "moved"):
            continue
        system, _, vintage = decision.what.split(",")
        order = named.get(system.partition("@")[2])
        if order is None:
            continue
        comes = min(timeline.holding(order.delivery.last), len(timeline) - 1)
        if timeline.periods[comes].label != vintage:
            what = "retired" if decision.block == "retired" else "moved"
            message = (
                f"what order {order.id} brought in {vintage} was {what} in {decision.period} in "
                f"the plan kept, and now comes on {order.delivery.last}"
            )
            yield Problem("D002", message, path="orders", help="keep the plan until an earlier day")


def _machines(plan: Plan) -> Iterator[Purchase]:
    """Purchases, by their product."""
    for row in plan.of(PURCHASES):
        yield row.model_copy(update={"system": plan.case.system[row.system].product})


def _derived(plan: Plan) -> Derivation:
    return Derivation(plan.case, Decisions.of_plan(plan))


def _not_before(candidate: Candidate, loaded: Loaded, until: Moment) -> Candidate:
    """A candidate of which nothing is ordered before a day."""
    dated = loaded.case.system[candidate.system].lead_time_days > 0
    key = "order_from" if dated else "from_"
    said: Moment | None = getattr(candidate, key)
    later = said is None or said.first < until.first
    return candidate.model_copy(update={key: until}) if later else candidate


def order_name(plan: Plan, row: Purchase) -> str:
    """What a purchase is called once it is on order: by product, site and period of delivery."""
    system = plan.case.system[row.system]
    cap = f".{100 * system.power_cap:g}" if system.power_cap else ""
    return system.order or f"{system.product}{cap}.{row.site}.{row.delivered}".lower()


def orders_before(plan: Plan, day: date) -> Iterator[Order]:
    """What a plan ordered before a day, as orders of a scenario."""
    for row in plan.of(PURCHASES):
        system = plan.case.system[row.system]
        if row.ordered_on < str(day) or system.order:
            yield Order.model_construct(
                id=order_name(plan, row),
                system=system.product,
                site=row.site,
                units=Amount.model_construct(number=float(row.units), unit="systems"),
                delivery=Moment.parse(row.delivered_on),
                price_usd=row.price_usd,
                paid=system.paid or system.down_payment,
                placed=Moment.parse(row.ordered_on),
                fit_out_days=system.fit_out_days,
                power_cap=system.power_cap,
                supplier=system.supplier,
            )


def _of_orders(decision: KeptDecision, plan: Plan) -> KeptDecision:
    """A decision on machines that were bought, which are those of an order now."""
    if decision.block not in ("retired", "moved"):
        return decision
    system, place, vintage = decision.what.split(",")
    home = place.partition(">")[0]
    row = next(
        (
            p
            for p in plan.of(PURCHASES)
            if (p.system, p.site, p.delivered) == (system, home, vintage)
        ),
        None,
    )
    if row is None or plan.case.system[system].order:
        return decision
    what = f"{system}@{order_name(plan, row)},{place},{vintage}"
    return decision.model_copy(update={"what": what})


@dataclass(frozen=True)
class Moved:
    """Machines of a product that run from a period on at a site: before, and now."""

    product: str
    site: str
    period: str
    before: int
    now: int


def moved(old: Plan, new: Plan) -> list[Moved]:
    """What comes into service otherwise than in an earlier plan, by product, site and period."""
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for i, plan in enumerate((old, new)):
        for row in _machines(plan):
            counts[row.system, row.site, row.in_service][i] += row.units
    labels = [period.label for period in new.case.timeline.periods]
    order = sorted(counts, key=lambda key: (labels.index(key[2]), *key[:2]))
    return [Moved(*key, *counts[key]) for key in order]
