"""The tables of a plan, in the order in which they read as one long table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from planner.core.tables import PlanTable, Reading, Reference
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


def _purchase(p: schema.Purchase) -> list[Reading]:
    amounts = {"systems": "units", "accelerators": "accelerators", "systems_usd": "systems_usd", "fabric_usd": "fabric_usd"}
    days = {"ordered_on": "ordered_on", "delivered_on": "delivered_on", "in_service": "in_service"}
    return [(p.system, p.site, p.delivered, {**amounts, **days})]


def _fleet(f: schema.FleetRow) -> list[Reading]:
    return [(f.system, f.site, f.period, {"units": "units"})]


def _cluster(c: schema.Cluster) -> list[Reading]:
    return [(c.demand, c.site, "", {c.system: ""})]


def _demand(d: schema.DemandRow) -> list[Reading]:
    return [(d.demand, "", d.period, {"need": "need", "served": "served", "short": "short"})]


def _assignment(a: schema.Assignment) -> list[Reading]:
    return [(f"{a.demand}: {a.system}", a.site, a.period, {"serves it": "units"})]


def _built(b: schema.Built) -> list[Reading]:
    return [("critical IT", b.site, b.period, {"stands": "it_mw"})]


def _hall(h: halls.HallBegun) -> list[Reading]:
    return [(h.hall, h.site, h.begun, {"halls": "number", "critical IT": "it_mw", "cost": "cost_usd", "begun_on": "begun_on"})]


def _housed(s: halls.Housed) -> list[Reading]:
    return [(f"{s.system} in {s.hall}", s.site, s.period, {"units": "units"})]


def _fabric(f: networks.FabricRow) -> list[Reading]:
    return [(f.system, f.site, f.period, {"groups": "groups", "switches": "switches", "added": "added_usd"})]


def _gear(g: networks.Gear) -> list[Reading]:
    return [(g.hall, g.site, g.period, {"networks, IT": "it_mw"})]


def _network(n: networks.NetworkRow) -> list[Reading]:
    return [(n.system, n.site, n.period, {"groups": "groups", "IT nameplate": "it_nameplate_mw", "IT typical": "it_typical_mw"})]


def _retirement(r: schema.Retirement) -> list[Reading]:
    return [(f"{r.system} of {r.vintage}", r.site, r.period, {"systems": "units", "sale_usd": "sale_usd"})]


def _move(m: schema.Move) -> list[Reading]:
    return [(f"{m.system} of {m.vintage}", f"{m.origin}>{m.destination}", m.period, {"systems": "units", "cost_usd": "cost_usd"})]


def _qualification(q: schema.Qualification) -> list[Reading]:
    return [(q.supplier, "", q.started, {"cost_usd": "cost_usd"})]


def _power(w: schema.PowerRow) -> list[Reading]:
    return [(w.basis, w.site, w.period, {load: f"{load}_mw" for load in ("nameplate", "peak", "average", "idle")})]


def _energy(e: schema.EnergyRow) -> list[Reading]:
    return [("utility", e.site, e.period, {"energy": "energy_mwh"})]


def _start(s: power.SourceStart) -> list[Reading]:
    return [(s.source, s.site, s.period, {"units": "units"})]


def _output(o: power.SourceOutput) -> list[Reading]:
    return [(o.source, o.site, o.period, {"mean": "mean_mw"})]


def _source(r: power.SourceRow) -> list[Reading]:
    stands = {"nameplate": "nameplate_mw", "firm": "firm_mw"}
    return [(r.source, r.site, r.period, {**stands, "energy": "energy_mwh", "carbon": "carbon_t", "carries": "carries_h"})]


def _cover(c: power.SourceCover) -> list[Reading]:
    return [(c.source, c.site, c.period, {f"carries in {c.step}": "mw", f"takes in {c.step}": "takes_mw"})]


def _meter(m: power.MeterRow) -> list[Reading]:
    return [("grid", m.site, m.period, {"energy": "energy_mwh", "highest": "highest_mw", "billed": "billed_mw"})]


def _carbon(c: power.CarbonRow) -> list[Reading]:
    return [("grid", c.site, c.period, {"carbon": "grid_t"}), ("sources", c.site, c.period, {"carbon": "sources_t"})]


def _water(w: power.WaterRow) -> list[Reading]:
    return [("cooling", w.site, w.period, {"water": "water_m3"})]


def _cash(c: schema.CashRow) -> list[Reading]:
    return [(c.bucket, "", c.period, {c.kind: "usd", f"{c.kind}, present worth": "present_usd"})]


def _share(s: schema.ShareRow) -> list[Reading]:
    return [(s.group, "", s.window, {f"{s.metric} share (rule {s.rule})": "share"})]


def _concentration(h: schema.ConcentrationRow) -> list[Reading]:
    return [(h.level, "", h.window, {f"HHI by {h.metric} (rule {h.rule})": "hhi"})]


def _survival(s: schema.SurvivalRow) -> list[Reading]:
    after = f"after the {s.event}, without {s.lost} (rule {s.rule})"
    return [(s.subject, "", s.period, {f"{measure} {after}": measure for measure in ("before", "left", "need")})]


def _reserve(r: schema.Reserve) -> list[Reading]:
    return [(f"{r.demand}: {r.system}", r.site, r.period, {f"kept after the {r.event}": "units"})]


def _compute(r: schema.ComputeRow) -> list[Reading]:
    return [(r.precision, "", r.period, {"delivered": "delivered_flop_s", "peak": "peak_flop_s"})]


def _limit(limit: schema.LimitRow) -> list[Reading]:
    return [(limit.row, "", "", {"headroom": "headroom"})]


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
