"""A plan as one long table: table, item, site, period, measure, unit, value."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan

HEAD = ("table", "item", "site", "period", "measure", "unit", "value")
Row = tuple[str, str, str, str, str, str, str]


def plan_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Head and rows; numbers in full precision."""
    yield HEAD
    yield "solve", "status", "", "", plan.solve.status, "", ""
    for g in plan.goals:
        said = (("value", g.unit, g.value), ("reached", g.unit, g.reached), ("bound", g.unit, g.bound), ("gap", "1", g.gap))
        for measure, unit, amount in said:
            yield "goals", g.name, "", "", measure, unit, "" if amount is None else repr(amount)
    yield from _fleet(plan)
    yield from _halls(plan)
    yield from _leaving(plan)
    yield from _power(plan)
    for c in plan.cash:
        yield "cash", c.bucket, "", c.period, c.kind, "USD", repr(c.usd)
        yield "cash", c.bucket, "", c.period, f"{c.kind}, present worth", "USD", repr(c.present_usd)
    for s in plan.shares:
        yield "shares", s.group, "", s.window, f"{s.metric} share (rule {s.rule})", "1", repr(s.share)
    yield from _resilience(plan)
    for r in plan.compute:
        yield "compute", r.precision, "", r.period, "delivered", "FLOP/s", repr(r.delivered_flop_s)
        yield "compute", r.precision, "", r.period, "peak", "FLOP/s", repr(r.peak_flop_s)
    for f in plan.case.figures:
        yield "figures", f.of, "", f.date, f"{f.figure} (grade {f.grade}, {f.kind})", f.unit, repr(f.value)
    for limit in plan.limits:
        yield "limits", limit.row, "", "", "headroom", limit.unit, repr(limit.headroom)


def _leaving(plan: Plan) -> Iterator[Row]:
    for r in plan.retirements:
        for measure, unit, value in (("systems", "systems", r.units), ("sale_usd", "USD", r.sale_usd)):
            yield "retirements", f"{r.system} of {r.vintage}", r.site, r.period, measure, unit, repr(value)
    for m in plan.moves:
        for measure, unit, value in (("systems", "systems", m.units), ("cost_usd", "USD", m.cost_usd)):
            yield "moves", f"{m.system} of {m.vintage}", f"{m.origin}>{m.destination}", m.period, measure, unit, repr(value)
    for q in plan.qualifications:
        yield "qualifications", q.supplier, "", q.started, "cost_usd", "USD", repr(q.cost_usd)


def _fleet(plan: Plan) -> Iterator[Row]:
    for p in plan.purchases:
        for measure, unit, value in (
            ("systems", "systems", p.units),
            ("accelerators", "accelerators", p.accelerators),
            ("systems_usd", "USD", p.systems_usd),
            ("fabric_usd", "USD", p.fabric_usd),
        ):
            yield "purchases", p.system, p.site, p.delivered, measure, unit, repr(value)
        for measure, when in (("ordered_on", p.ordered_on), ("delivered_on", p.delivered_on), ("in_service", p.in_service)):
            yield "purchases", p.system, p.site, p.delivered, measure, "", when
    for f in plan.fleet:
        yield "fleet", f.system, f.site, f.period, "units", "systems", repr(f.units)
    for c in plan.clusters:
        yield "clusters", c.demand, c.site, "", c.system, "", ""
    for d in plan.demands:
        for name, amount in (("need", d.need), ("served", d.served), ("short", d.short)):
            yield "demands", d.demand, "", d.period, name, d.unit, repr(amount)


def _resilience(plan: Plan) -> Iterator[Row]:
    for h in plan.concentrations:
        yield "concentrations", h.level, "", h.window, f"HHI by {h.metric} (rule {h.rule})", "1", repr(h.hhi)
    for s in plan.survival:
        for measure, amount in (("before", s.before), ("left", s.left), ("need", s.need)):
            what = f"{measure} after the {s.event}, without {s.lost} (rule {s.rule})"
            yield "survival", s.subject, "", s.period, what, s.unit, repr(amount)
    for r in plan.reserves:
        yield "reserves", f"{r.demand}: {r.system}", r.site, r.period, f"kept after the {r.event}", "systems", repr(r.units)


def _power(plan: Plan) -> Iterator[Row]:
    for w in plan.power:
        for measure, mw in (("nameplate", w.nameplate_mw), ("peak", w.peak_mw), ("average", w.average_mw), ("idle", w.idle_mw)):
            if mw is not None:
                yield "power", w.basis, w.site, w.period, measure, "MW", repr(mw)
    for e in plan.energy:
        yield "energy", "utility", e.site, e.period, "energy", "MWh", repr(e.energy_mwh)
    for s in plan.source_starts:
        yield "source_starts", s.source, s.site, s.period, "units", "units", repr(s.units)
    for r in plan.sources:
        for measure, unit, value in (("nameplate", "MW", r.nameplate_mw), ("firm", "MW", r.firm_mw), ("energy", "MWh", r.energy_mwh)):
            yield "sources", r.source, r.site, r.period, measure, unit, repr(value)
        yield "sources", r.source, r.site, r.period, "carbon", "tCO2e", repr(r.carbon_t)
        yield "sources", r.source, r.site, r.period, "carries", "h", repr(r.carries_h)
    for c in plan.source_covers:
        for measure, value in (("carries", c.mw), ("takes", c.takes_mw)):
            yield "source_covers", c.source, c.site, c.period, f"{measure} in {c.step}", "MW", repr(value)
    yield from _meter(plan)


def _meter(plan: Plan) -> Iterator[Row]:
    for m in plan.meter:
        yield "meter", "grid", m.site, m.period, "energy", "MWh", repr(m.energy_mwh)
        for measure, mw in (("highest", m.highest_mw), ("billed", m.billed_mw)):
            if mw is not None:
                yield "meter", "grid", m.site, m.period, measure, "MW", repr(mw)
    for c in plan.carbon:
        yield "carbon", "grid", c.site, c.period, "carbon", "tCO2e", repr(c.grid_t)
        yield "carbon", "sources", c.site, c.period, "carbon", "tCO2e", repr(c.sources_t)
    for w in plan.water:
        yield "water", "cooling", w.site, w.period, "water", "m3", repr(w.water_m3)


def _halls(plan: Plan) -> Iterator[Row]:
    for h in plan.halls:
        for measure, unit, number in (("halls", "halls", h.number), ("critical IT", "MW", h.it_mw), ("cost", "USD", h.cost_usd)):
            yield "halls", h.hall, h.site, h.begun, measure, unit, repr(number)
        yield "halls", h.hall, h.site, h.begun, "begun_on", "", h.begun_on
    for s in plan.housed:
        yield "housed", f"{s.system} in {s.hall}", s.site, s.period, "units", "systems", repr(s.units)
    for f in plan.fabrics:
        for measure, unit, amount in (("groups", "groups", f.groups), ("switches", "switches", f.switches), ("added", "USD", f.added_usd)):
            yield "fabrics", f.system, f.site, f.period, measure, unit, repr(amount)
    for g in plan.gear:
        yield "gear", g.hall, g.site, g.period, "networks, IT", "MW", repr(g.it_mw)
    for n in plan.networks:
        yield "networks", n.system, n.site, n.period, "groups", "groups", repr(n.groups)
        for measure, mw in (("IT nameplate", n.it_nameplate_mw), ("IT typical", n.it_typical_mw)):
            yield "networks", n.system, n.site, n.period, measure, "MW", repr(mw)
