"""Every number that a plan needs of one system: what the scenario says of it, else the catalog's
facts, else its defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from planner.capabilities.crews.schema import CrewsAtSite, CrewsKeys
from planner.capabilities.demand.schema import DemandKeys
from planner.capabilities.halls.schema import HallsAtSite
from planner.capabilities.networks.resolve import beside
from planner.capabilities.objectives.schema import ObjectivesKeys
from planner.capabilities.sourcing.schema import SourcingKeys
from planner.capabilities.supply.schema import SupplyKeys
from planner.catalog.hardware import PRECISIONS, Accelerator, Precision, System
from planner.catalog.said import rating_problems
from planner.core.case import CaseSystem
from planner.core.context import ResolveContext
from planner.core.fields import Amount
from planner.core.scenario import Candidate
from planner.core.site import Site
from planner.periods import later
from planner.records import Figure


def resolve_system(
    g: ResolveContext, index: int | None, candidate: Candidate | None, system_id: str | None = None
) -> CaseSystem | None:
    """The case's view of a candidate (`index` in `systems`), or of a system that only stands in the
    existing fleet (`system_id`).

    Returns None, with problems recorded, if a figure is missing that nothing supplies.
    """
    system = g.catalog.systems[candidate.system if candidate else system_id or ""]
    chip = g.catalog.accelerators[system.accelerator]
    said = candidate or Candidate.model_construct(
        system=system.id, mfu={}, down_payment=0.0, may_retire=False
    )
    path: tuple[str | int, ...] = ("systems", index) if index is not None else ("fleet",)
    power = _power(g, system, said, path)
    tdp = g.take(chip.id, "tdp", "W", None, chip.tdp_w)
    price = _price(g, system, said, path) if candidate else 0.0
    if power is None or price is None:
        return None
    dates = _dates(g, system, candidate)
    defaults, assume = g.catalog.defaults, g.scenario.assume
    form = "server" if system.form == "server" else "rack"
    overhead, storage_w, management_w = beside(g, system)
    fabric = defaults.fabric_cost.server if form == "server" else defaults.fabric_cost.rack
    peak, mfu = _compute(g, system, chip, said)
    return CaseSystem(
        id=system.id,
        name=system.name,
        supplier=system.supplier,
        supplier_name=g.catalog.suppliers[system.supplier].name,
        software=chip.software,
        accelerator=chip.id,
        form=system.form,
        sale=system.sale,
        cooling=system.cooling,
        liquid_share=_liquid_share(g, system),
        accelerators=round(g.need(system.id, "accelerators", "1", None, system.accelerators)),
        racks=_racks(g, system),
        tdp_w=tdp or 0.0,
        nameplate_w=power[0],
        peak_w=power[1],
        average_w=power[2],
        idle_w=power[3],
        it_overhead=overhead,
        storage_w=storage_w,
        management_w=management_w,
        price_usd=price,
        fabric_cost=g.need("defaults", f"fabric_cost.{form}", "1", assume.fabric_cost, fabric)
        if candidate
        else 0.0,
        down_payment=said.down_payment,
        lead_time_days=dates.lead_days,
        fit_out_days=dates.fit_out_days,
        first=dates.first,
        last=dates.last,
        sites=_places(g, system, candidate, surrounded=overhead + storage_w + management_w > 0)
        if candidate
        else [],
        may_buy=candidate is not None,
        peak_flop_s=peak,
        mfu=mfu,
        may_retire=said.may_retire,
        lifetime_days=_lifetime(g, system, said, dates, path),
    )


def _power(
    g: ResolveContext, system: System, said: Candidate, path: tuple[str | int, ...]
) -> tuple[float, float, float, float] | None:
    """(nameplate, peak, average, idle) in W; metered figures win over fractions of the nameplate,
    unless the nameplate was replaced.

    What the candidate says must be possible beside its chips, what was metered and what the
    scenario assumes: the rules are lint's. Only what the candidate does not say gives way to the
    load above it, which is noted.
    """
    defaults, assume = g.catalog.defaults.load, g.scenario.assume
    nameplate = g.take(
        system.id, "power.nameplate", "W", said.nameplate_w, system.power.nameplate_w
    )
    if nameplate is None:
        g.problem(
            "S002",
            f"nobody published the power of `{system.id}`",
            path,
            "give it here: `nameplate: 120 kW`",
        )
        return None
    metered, known = said.nameplate_w is None, {"nameplate": nameplate}

    def load(
        key: str,
        own: float | None,
        fact: Figure[float] | None,
        share: float | None,
        default: Figure[float],
        most: float,
    ) -> float:
        value = g.take(
            system.id, f"power.{key}", "W", own, fact if metered and share is None else None
        )
        if value is None:
            value = nameplate * g.need("defaults", f"load.{key}", "1", share, default)
            if share is not None or (key == "peak" and said.average_w is not None):
                known[key] = (
                    value  # an average that somebody gives does not give way to a default peak
                )
        else:
            known[key] = value
        if value > most * (1 + 1e-9):
            g.note(
                f"{system.id}: its {key} draw of {value:g} W is taken as {most:g} W, since no "
                "load exceeds the one above it"
            )
        return min(value, most)

    peak = load(
        "peak", said.peak_w, system.power.peak_w, assume.peak_load, defaults.peak, nameplate
    )
    average = load(
        "average",
        said.average_w,
        system.power.average_w,
        assume.average_load,
        defaults.average,
        peak,
    )
    idle = load("idle", None, system.power.idle_w, None, defaults.idle, average)
    if (said.nameplate_w, said.peak_w, said.average_w) != (None, None, None):
        g.doubts(rating_problems(g.catalog, system, known, g.located, path))
    return nameplate, peak, average, idle


def _price(
    g: ResolveContext, system: System, said: Candidate, path: tuple[str | int, ...]
) -> float | None:
    planning = g.catalog.planning_prices.get(system.id)
    price = g.take(
        system.id, "price", "USD", said.price_usd, planning.price_usd if planning else None
    )
    if price is None:
        g.problem(
            "S002",
            f"`{system.id}` has no planning price",
            path,
            f"give one: `- {{system: {system.id}, price: … USD}}`",
        )
    if system.sale == "internal" and said.price_usd is None:
        g.note(f"{system.id} is not sold; its price is an assumed cost-equivalent")
    if system.sale == "allotted":
        g.note(f"{system.id} is sold by agreement only; a plan that buys it presumes one")
    return price


@dataclass(frozen=True)
class Dates:
    """When a system may come, and how long it takes."""

    lead_days: float
    fit_out_days: float
    first: date
    last: date


def _dates(g: ResolveContext, system: System, candidate: Candidate | None) -> Dates:
    """Lead time, fit-out and the window of deliveries; what is rounded is the first day of service
    alone, with a note.
    """
    timeline = g.timeline
    day_before_end = timeline.end - timedelta(days=1)
    if candidate is None:
        return Dates(0.0, 0.0, timeline.start, day_before_end)
    defaults, assume = g.catalog.defaults, g.scenario.assume
    scheduled = any(
        entry.system == system.id and (entry.by or entry.schedule)
        for entry in g.scenario.of(SupplyKeys).supply
    )
    if candidate.lead_time_days is None and scheduled:
        lead_days = 0.0
        g.note(
            f"{system.id}: its allocation schedule gives delivery dates, so no lead time is added"
        )
    else:
        said = (
            candidate.lead_time_days
            if candidate.lead_time_days is not None
            else assume.lead_time_days
        )
        lead_days = g.need(system.id, "lead_time", "day", said, defaults.lead_time_days)
    fit_said = candidate.fit_out_days if candidate.fit_out_days is not None else assume.fit_out_days
    fit_days = g.need(system.id, "fit_out", "day", fit_said, defaults.fit_out_days)
    if candidate.down_payment and not lead_days:
        g.note(f"{system.id}: with no lead time, its down payment falls due with the rest")
    first = later(timeline.start, lead_days)
    if candidate.from_:
        first = max(first, candidate.from_.first)
    waits = [
        later(timeline.start, q.time_days)
        for q in g.scenario.of(SupplyKeys).qualification
        if q.supplier == system.supplier
    ]
    first = max([first, *waits])
    if system.ships_from:
        if system.ships_from.value.first > first:
            source = g.catalog.sources[system.ships_from.source].title
            g.note(
                f"{system.id}: first shipments in {system.ships_from.value} hold back its first "
                f"delivery ({source})"
            )
        first = max(first, system.ships_from.value.first)
    last = min(day_before_end, candidate.until.last) if candidate.until else day_before_end
    window = _orders(g, candidate, scheduled and candidate.lead_time_days is None, lead_days)
    first, last = max(first, window[0]), min(last, window[1])
    _explain(g, system.id, first, last, fit_days)
    return Dates(lead_days, fit_days, first, last)


def _explain(g: ResolveContext, name: str, first: date, last: date, fit_days: float) -> None:
    """When the first can run, where that is not the day on which a period begins; or that none
    can.
    """
    timeline = g.timeline
    arrivals = [a for a in timeline.arrivals(first, last, fit_days) if a is not None]
    if first > last or first >= timeline.end:
        g.note(
            f"{name} cannot be delivered within the horizon (lead time, first shipments or "
            "window), so it is not bought"
        )
    elif not arrivals:
        g.shift(
            f"{name}: the first could run on {later(first, fit_days)}, after the last "
            f"{timeline.step} begins, so it is not bought"
        )
    elif later(first, fit_days) != timeline.starts[arrivals[0].runs]:
        label = timeline.periods[arrivals[0].runs].label
        what = (
            f"delivered on {first} and fitted out by {later(first, fit_days)}"
            if fit_days
            else f"delivered on {first}"
        )
        g.shift(
            f"{name}: the first, {what}, counts from {label}, the next {timeline.step} that begins"
        )


def _lifetime(
    g: ResolveContext, system: System, said: Candidate, dates: Dates, path: tuple[str | int, ...]
) -> float | None:
    """Days from delivery in which a bought machine may run; None if nothing is said."""
    if said.lifetime_days is None:
        return None
    g.given(system.id, "lifetime", "day", said.lifetime_days)
    for arrival in g.timeline.arrivals(dates.first, dates.last, dates.fit_out_days):
        if (
            arrival is not None
            and g.timeline.holding(later(arrival.day, said.lifetime_days)) <= arrival.runs
        ):
            period = g.timeline.periods[arrival.runs].label
            message = (
                f"a lifetime of {said.lifetime_days:g} days from {arrival.day} is over "
                f"before {period}, its first {g.timeline.step}, is"
            )
            g.problem(
                "S003", message, (*path, "lifetime"), "give a longer one, or a shorter `step`"
            )
            break
    return said.lifetime_days


def systems_of(amount: Amount, system: CaseSystem | None) -> float:
    """A number of machines in systems."""
    if amount.unit == "systems" or system is None:
        return amount.number
    return amount.number / system.accelerators


def _orders(
    g: ResolveContext, candidate: Candidate, undated: bool, lead_days: float
) -> tuple[date, date]:
    """(first, last) day of delivery that the window of orders allows."""
    first, last = g.timeline.start, g.timeline.end
    for key, moment in (
        ("order_from", candidate.order_from),
        ("order_until", candidate.order_until),
    ):
        if moment is not None and undated:
            path = ("systems", [c.system for c in g.scenario.systems].index(candidate.system), key)
            message = (
                f"`{key}` dates an order, and the allocation schedule of "
                f"`{candidate.system}` dates deliveries"
            )
            g.problem("K003", message, path, "give its `lead_time`, the time between the two")
    if candidate.order_from is not None:
        first = later(max(candidate.order_from.first, g.timeline.start), lead_days)
    if candidate.order_until is not None:
        last = later(candidate.order_until.last, lead_days)
    return first, last


def _places(
    g: ResolveContext, system: System, candidate: Candidate, *, surrounded: bool
) -> list[str]:
    wanted = candidate.sites or [site.id for site in g.scenario.sites]
    result = []
    for site in g.scenario.sites:
        if site.id in wanted:
            if not site.of(HallsAtSite).halls and (
                reason := cannot_cool(site, system, surrounded=surrounded)
            ):
                g.note(f"{system.id} cannot stand at {site.id}: {reason}")
            else:
                result.append(site.id)
    return result


def cannot_cool(site: Site, system: System, *, surrounded: bool) -> str:
    """Why a system cannot stand at a site; empty if it can."""
    share = (
        system.liquid_share.value
        if system.liquid_share
        else (0.0 if system.cooling == "air" else 1.0)
    )
    if system.cooling != "air" and site.cooling.liquid_w == 0:
        return "it needs liquid cooling and the site has none"
    if share < 1 and site.cooling.air_w == 0:
        return "part of its heat goes to air and the site has no air cooling"
    if surrounded and site.cooling.air_w == 0:
        return "the network and storage around it are cooled by air and the site has no air cooling"
    return ""


def _liquid_share(g: ResolveContext, system: System) -> float:
    if system.cooling == "air":
        return 0.0
    share = g.take(system.id, "liquid_share", "1", None, system.liquid_share)
    if share is None:
        g.note(
            f"{system.id}: no share of heat to liquid is published; all of it is taken to be liquid"
        )
    return 1.0 if share is None else share


def _racks(g: ResolveContext, system: System) -> float:
    """Positions of one system; a server takes its share of a 42-unit rack. Only `positions` and
    rates of fitting out limit them.
    """
    limited = any(
        site.positions or any(hall.positions for hall in site.of(HallsAtSite).halls)
        for site in g.scenario.sites
    )
    limited |= any(site.of(CrewsAtSite).install_racks_per_year for site in g.scenario.sites)
    limited |= any(crew.install_racks_per_year for crew in g.scenario.of(CrewsKeys).crews)
    if system.racks is not None:
        return (
            g.need(system.id, "racks", "rack", None, system.racks)
            if limited
            else system.racks.value
        )
    if system.rack_units is not None:
        return (
            g.need(system.id, "rack_units", "RU", None, system.rack_units)
            if limited
            else system.rack_units.value
        ) / 42.0
    if limited:
        g.note(
            f"{system.id}: nobody published its height, so it is counted as one whole rack position"
        )
    return 1.0


def _compute(
    g: ResolveContext, system: System, chip: Accelerator, said: Candidate
) -> tuple[dict[Precision, float], dict[Precision, float]]:
    """FLOP/s of one system and model FLOP utilisation by format; recorded only for the formats that
    the scenario asks about.
    """
    asked: set[Precision] = {
        demand.precision for demand in g.scenario.of(DemandKeys).demands if demand.kind == "compute"
    }
    asked |= {
        rule.precision
        for rule in g.scenario.of(SourcingKeys).diversification
        if rule.metric == "compute"
    }
    asked |= {
        objective.precision
        for objective in g.scenario.of(ObjectivesKeys).objective
        if objective.maximize == "compute"
    }
    asked.add("bf16")
    peak: dict[Precision, float] = {}
    mfu: dict[Precision, float] = {}
    entries = g.catalog.defaults.efficiency
    for precision in PRECISIONS:
        if precision not in asked:
            continue
        rate = g.take(chip.id, f"peak.{precision}", "FLOP/s", None, chip.peak_flop_s.at(precision))
        if rate is None:
            continue
        peak[precision] = rate * system.accelerators.value
        own = next(
            (e for e in entries if e.accelerator == chip.id and e.precision == precision), None
        )
        stack = next(
            (e for e in entries if e.software == chip.software and e.precision == precision), None
        )
        entry = own or stack
        share = g.take(
            system.id if own or precision in said.mfu else chip.software,
            f"mfu.{precision}",
            "1",
            said.mfu.get(precision),
            entry.mfu if entry else None,
        )
        if share is not None:
            mfu[precision] = share
    return peak, mfu
