"""The tables of a plan, in the order in which they read as one long table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from planner.core.tables import Line, PlanTable, Reference
from planner.plan import schema
from planner.plan.schema import halls, networks, power
from planner.scenario.case import Case

STANDING = "standing"
"""Name of what stood at the start of a site, among its halls."""


def _systems(case: Case) -> Collection[str]:
    return case.system.keys()


def _sites(case: Case) -> Collection[str]:
    return case.site.keys()


def _periods(case: Case) -> Collection[str]:
    return {period.label for period in case.timeline.periods}


def _suppliers(case: Case) -> Collection[str]:
    return {qualification.supplier for qualification in case.qualifications}


def _demands(case: Case) -> Collection[str]:
    return {demand.id for demand in case.demands}


def _halls(case: Case) -> Collection[tuple[str, str]]:
    return {(hall.site, hall.id) for hall in case.halls}


def _places(case: Case) -> Collection[tuple[str, str]]:
    return {(hall.site, name) for hall in case.halls for name in (hall.id, STANDING)}


def _sources(case: Case) -> Collection[tuple[str, str]]:
    return {(source.site, source.id) for source in case.sources}


SYSTEM, SITE, PERIOD, DEMAND = (
    Reference("system", _systems),
    Reference("site", _sites),
    Reference("period", _periods),
    Reference("demand", _demands),
)
HOME, SUPPLIER = Reference("home", _sites), Reference("supplier", _suppliers)
HALL, PLACE = Reference("hall", _halls, at_site=True), Reference("hall", _places, at_site=True)
SOURCE = Reference("source", _sources, at_site=True)


def _said(item: str, site: str, period: str, said: Mapping[str, tuple[str, Any]]) -> Iterator[Line]:
    """A line for each measure of `said`, by its name (unit, value); none for what is None."""
    for measure, (unit, value) in said.items():
        if value is not None:
            yield item, site, period, measure, unit, value if isinstance(value, str) else repr(value)


def _purchase(p: schema.Purchase) -> Iterator[Line]:
    said = {"systems": ("systems", p.units), "accelerators": ("accelerators", p.accelerators), "systems_usd": ("USD", p.systems_usd)}
    days = {"ordered_on": ("", p.ordered_on), "delivered_on": ("", p.delivered_on), "in_service": ("", p.in_service)}
    return _said(p.system, p.site, p.delivered, {**said, "fabric_usd": ("USD", p.fabric_usd), **days})


def _fleet(f: schema.FleetRow) -> Iterator[Line]:
    return _said(f.system, f.site, f.period, {"units": ("systems", f.units)})


def _cluster(c: schema.Cluster) -> Iterator[Line]:
    return _said(c.demand, c.site, "", {c.system: ("", "")})


def _demand(d: schema.DemandRow) -> Iterator[Line]:
    return _said(d.demand, "", d.period, {"need": (d.unit, d.need), "served": (d.unit, d.served), "short": (d.unit, d.short)})


def _assignment(a: schema.Assignment) -> Iterator[Line]:
    return _said(f"{a.demand}: {a.system}", a.site, a.period, {"serves it": ("systems", a.units)})


def _built(b: schema.Built) -> Iterator[Line]:
    return _said("critical IT", b.site, b.period, {"stands": ("MW", b.it_mw)})


def _hall(h: halls.HallBegun) -> Iterator[Line]:
    said = {"halls": ("halls", h.number), "critical IT": ("MW", h.it_mw), "cost": ("USD", h.cost_usd), "begun_on": ("", h.begun_on)}
    return _said(h.hall, h.site, h.begun, said)


def _housed(s: halls.Housed) -> Iterator[Line]:
    return _said(f"{s.system} in {s.hall}", s.site, s.period, {"units": ("systems", s.units)})


def _fabric(f: networks.FabricRow) -> Iterator[Line]:
    said = {"groups": ("groups", f.groups), "switches": ("switches", f.switches), "added": ("USD", f.added_usd)}
    return _said(f.system, f.site, f.period, said)


def _gear(g: networks.Gear) -> Iterator[Line]:
    return _said(g.hall, g.site, g.period, {"networks, IT": ("MW", g.it_mw)})


def _network(n: networks.NetworkRow) -> Iterator[Line]:
    said = {"groups": ("groups", n.groups), "IT nameplate": ("MW", n.it_nameplate_mw), "IT typical": ("MW", n.it_typical_mw)}
    return _said(n.system, n.site, n.period, said)


def _retirement(r: schema.Retirement) -> Iterator[Line]:
    said = {"systems": ("systems", r.units), "sale_usd": ("USD", r.sale_usd)}
    return _said(f"{r.system} of {r.vintage}", r.site, r.period, said)


def _move(m: schema.Move) -> Iterator[Line]:
    said = {"systems": ("systems", m.units), "cost_usd": ("USD", m.cost_usd)}
    return _said(f"{m.system} of {m.vintage}", f"{m.origin}>{m.destination}", m.period, said)


def _qualification(q: schema.Qualification) -> Iterator[Line]:
    return _said(q.supplier, "", q.started, {"cost_usd": ("USD", q.cost_usd)})


def _power(w: schema.PowerRow) -> Iterator[Line]:
    loads = {"nameplate": w.nameplate_mw, "peak": w.peak_mw, "average": w.average_mw, "idle": w.idle_mw}
    return _said(w.basis, w.site, w.period, {load: ("MW", mw) for load, mw in loads.items()})


def _energy(e: schema.EnergyRow) -> Iterator[Line]:
    return _said("utility", e.site, e.period, {"energy": ("MWh", e.energy_mwh)})


def _start(s: power.SourceStart) -> Iterator[Line]:
    return _said(s.source, s.site, s.period, {"units": ("units", s.units)})


def _output(o: power.SourceOutput) -> Iterator[Line]:
    return _said(o.source, o.site, o.period, {"mean": ("MW", o.mean_mw)})


def _source(r: power.SourceRow) -> Iterator[Line]:
    said = {"nameplate": ("MW", r.nameplate_mw), "firm": ("MW", r.firm_mw), "energy": ("MWh", r.energy_mwh)}
    return _said(r.source, r.site, r.period, {**said, "carbon": ("tCO2e", r.carbon_t), "carries": ("h", r.carries_h)})


def _cover(c: power.SourceCover) -> Iterator[Line]:
    return _said(c.source, c.site, c.period, {f"carries in {c.step}": ("MW", c.mw), f"takes in {c.step}": ("MW", c.takes_mw)})


def _meter(m: power.MeterRow) -> Iterator[Line]:
    said = {"energy": ("MWh", m.energy_mwh), "highest": ("MW", m.highest_mw), "billed": ("MW", m.billed_mw)}
    return _said("grid", m.site, m.period, said)


def _carbon(c: power.CarbonRow) -> Iterator[Line]:
    yield from _said("grid", c.site, c.period, {"carbon": ("tCO2e", c.grid_t)})
    yield from _said("sources", c.site, c.period, {"carbon": ("tCO2e", c.sources_t)})


def _water(w: power.WaterRow) -> Iterator[Line]:
    return _said("cooling", w.site, w.period, {"water": ("m3", w.water_m3)})


def _cash(c: schema.CashRow) -> Iterator[Line]:
    return _said(c.bucket, "", c.period, {c.kind: ("USD", c.usd), f"{c.kind}, present worth": ("USD", c.present_usd)})


def _share(s: schema.ShareRow) -> Iterator[Line]:
    return _said(s.group, "", s.window, {f"{s.metric} share (rule {s.rule})": ("1", s.share)})


def _concentration(h: schema.ConcentrationRow) -> Iterator[Line]:
    return _said(h.level, "", h.window, {f"HHI by {h.metric} (rule {h.rule})": ("1", h.hhi)})


def _survival(s: schema.SurvivalRow) -> Iterator[Line]:
    after = f"after the {s.event}, without {s.lost} (rule {s.rule})"
    said = {f"before {after}": s.before, f"left {after}": s.left, f"need {after}": s.need}
    return _said(s.subject, "", s.period, {measure: (s.unit, amount) for measure, amount in said.items()})


def _reserve(r: schema.Reserve) -> Iterator[Line]:
    return _said(f"{r.demand}: {r.system}", r.site, r.period, {f"kept after the {r.event}": ("systems", r.units)})


def _compute(r: schema.ComputeRow) -> Iterator[Line]:
    return _said(r.precision, "", r.period, {"delivered": ("FLOP/s", r.delivered_flop_s), "peak": ("FLOP/s", r.peak_flop_s)})


def _limit(limit: schema.LimitRow) -> Iterator[Line]:
    return _said(limit.row, "", "", {"headroom": (limit.unit, limit.headroom)})


def _at(field: str) -> Reference:
    return Reference(field, _periods)


MOVED = (SYSTEM, Reference("origin", _sites), Reference("destination", _sites), PERIOD)
PLACED = (SYSTEM, SITE, PERIOD)
UNITS = (("units", "systems"),)
SOURCED = (SOURCE, PERIOD)
SHARES = (("amount", "unit"), ("cap", "1"), ("floor", "1"))
LEFT = (("need", "unit"), ("before", "unit"), ("left", "unit"))

TABLES: tuple[PlanTable[Any], ...] = (
    PlanTable("purchases", schema.Purchase, ("system", "site", "delivered"), _purchase, True, (SYSTEM, SITE, _at("delivered")), UNITS),
    PlanTable("fleet", schema.FleetRow, ("system", "site", "period"), _fleet, units=UNITS),
    PlanTable("clusters", schema.Cluster, ("demand", "system", "site"), _cluster, True, (SYSTEM, SITE, DEMAND)),
    PlanTable("demands", schema.DemandRow, ("demand", "period"), _demand, units=(("need", "unit"), ("served", "unit"), ("short", "unit"))),
    PlanTable("assignments", schema.Assignment, ("demand", "system", "site", "period"), _assignment, True, (*PLACED, DEMAND), UNITS),
    PlanTable("built", schema.Built, ("site", "period"), _built, True, (SITE, PERIOD)),
    PlanTable("halls", halls.HallBegun, ("site", "hall", "begun"), _hall, True, (HALL, SITE, _at("begun")), (("number", "halls"),)),
    PlanTable("housed", halls.Housed, ("system", "site", "hall", "period"), _housed, True, (PLACE, *PLACED), UNITS),
    PlanTable("fabrics", networks.FabricRow, ("site", "system", "period"), _fabric, True, PLACED),
    PlanTable("gear", networks.Gear, ("site", "hall", "period"), _gear, True, (PLACE, SITE, PERIOD)),
    PlanTable("networks", networks.NetworkRow, ("site", "system", "period"), _network),
    PlanTable("retirements", schema.Retirement, ("system", "site", "period", "vintage", "home"), _retirement, True, (*PLACED, HOME), UNITS),
    PlanTable("moves", schema.Move, ("system", "origin", "destination", "period", "vintage"), _move, True, MOVED, UNITS),
    PlanTable("qualifications", schema.Qualification, ("supplier",), _qualification, True, (SUPPLIER, _at("started"))),
    PlanTable("power", schema.PowerRow, ("site", "period", "basis"), _power),
    PlanTable("energy", schema.EnergyRow, ("site", "period"), _energy),
    PlanTable("source_starts", power.SourceStart, ("site", "source", "period"), _start, True, SOURCED, (("units", "units"),)),
    PlanTable("source_outputs", power.SourceOutput, ("site", "source", "period"), _output, True, SOURCED),
    PlanTable("sources", power.SourceRow, ("site", "source", "period"), _source, units=(("units", "units"),)),
    PlanTable("source_covers", power.SourceCover, ("site", "source", "period", "step"), _cover, True, SOURCED),
    PlanTable("meter", power.MeterRow, ("site", "period"), _meter),
    PlanTable("carbon", power.CarbonRow, ("site", "period"), _carbon),
    PlanTable("water", power.WaterRow, ("site", "period"), _water),
    PlanTable("cash", schema.CashRow, ("bucket", "kind", "period"), _cash),
    PlanTable("shares", schema.ShareRow, ("rule", "metric", "window", "group"), _share, units=SHARES),
    PlanTable("concentrations", schema.ConcentrationRow, ("rule", "window"), _concentration, units=(("cap", "1"),)),
    PlanTable("survival", schema.SurvivalRow, ("rule", "period"), _survival, units=LEFT),
    PlanTable("reserves", schema.Reserve, ("event", "demand", "system", "site", "period"), _reserve, True, (*PLACED, DEMAND), UNITS),
    PlanTable("compute", schema.ComputeRow, ("precision", "period"), _compute),
    PlanTable("limits", schema.LimitRow, ("row",), _limit, units=(("used", "unit"), ("limit", "unit"), ("headroom", "unit"))),
)
DECIDED = tuple(table for table in TABLES if table.decided)
