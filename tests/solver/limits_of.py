"""The limits of a case by the names that a conflict uses, and the same case with some of them
gone."""

from __future__ import annotations

from typing import Any

from planner.capabilities.sourcing.case import CaseRule, CaseSurvival
from planner.capabilities.sourcing.schema import NOUN
from planner.core.case import Case, CaseSite
from planner.refusal import Change, Repair
from tests.model.second import OR_FEWER
from tests.solver.limits_moved import moved_of

STANDING = ("liquid cooling", "air cooling", "positions")
PLENTY = 1_000
"""Units of a source whose number is no limit."""
PLENTY_W = 1e9
"""What stands at a site where that is no limit: as much as anybody asks for in these cases."""


def anything(case: Case) -> dict[str, Any]:
    """A hall that stands from the start for nothing and carries whatever there is: what it is to
    need none."""
    room = {
        "it_w": PLENTY_W,
        "liquid_w": PLENTY_W,
        "air_w": PLENTY_W,
        "positions": None,
        "carries": {s.id: 0.0 for s in case.systems},
    }
    return {
        **room,
        "cost_usd": 0.0,
        "lead_time_days": 0.0,
        "first": case.timeline.start,
        "last": case.timeline.end,
        "most": 1,
    }


def something_stands(case: Case, site: CaseSite) -> bool:
    """Whether a site with halls has any room at the start; where it has none, that is how the place
    is, and no number to move."""
    return (
        site.existing_it_w > 0
        if site.existing_it_w is not None
        else any(f.site == site.id and f.units for f in case.fleet)
    )


def rule_name(rule: CaseRule) -> str:
    """As a conflict calls a rule."""
    one, several = NOUN[rule.level]
    if rule.max_share is not None:
        name = f"share of {rule.only or 'each ' + one}"
    elif rule.min_share is not None:
        name = f"least share of {rule.only or 'each ' + one + ' used'}"
    elif rule.max_suppliers is not None:
        name = f"most {several}"
    elif rule.max_hhi is not None:
        name = f"HHI of {several}"
    else:
        name = f"number of {several}"
    return f"{name} by {rule.metric}" + (" in service" if rule.of == "fleet" else "")


def survival_name(survival: CaseSurvival) -> str:
    """As a conflict calls a loss to survive."""
    one, several = NOUN[survival.level]
    whom = one if survival.losses == 1 else f"{survival.losses} {several}"
    lost = "" if survival.lost == 1 else f" by {survival.lost:.4g}"
    subject = f"demand {survival.demand}" if survival.demand else f"the fleet's {survival.metric}"
    return f"loss of any {whom}{lost}, {subject}"


def names(case: Case) -> set[str]:
    """Every limit of a case."""
    found: set[str] = set()
    for place in case.sites:
        for name, value in (
            ("power", place.power_w),
            ("critical IT", place.critical_it_w),
            ("liquid cooling", place.liquid_w),
            ("air cooling", place.air_w),
            ("positions", place.positions),
            ("construction budget", place.construction_budget_usd),
        ):
            if value is not None:
                found.add(
                    f"{'standing ' if name in STANDING and case.halls_at(place.id) else ''}{name} "
                    f"at {place.id}"
                )
    built = [place for place in case.sites if case.halls_at(place.id)]
    found |= {f"halls at {s.id}" for s in built} | {
        f"standing critical IT at {s.id}" for s in built if something_stands(case, s)
    }
    found |= {f"number of halls {hall.place}" for hall in case.halls if hall.most is not None}
    found |= meter_names(case)
    for entry in case.supply:
        for name, value in (
            ("allocation of", entry.cumulative is not None),
            ("delivery rate of", entry.per_period is not None or entry.schedule is not None),
            ("minimum order of", entry.minimum_order > 1),
            ("lots of", entry.lot > 1),
        ):
            if value:
                found.add(f"{name} {entry.system}")
    found |= {f"construction by {crew.id}" for crew in case.crews if crew.it_w is not None}
    found |= {f"fit-out by {crew.id}" for crew in case.crews if crew.racks is not None}
    found |= {
        f"retirement of {f.system} at {f.site}" for f in case.fleet if f.units and not f.may_retire
    }
    found |= {
        f"lifetime of {f.system} at {f.site}"
        for f in case.fleet
        if f.units and f.leaves is not None
    }
    found |= {f"lifetime of {s.id}" for s in case.systems if s.lifetime_days is not None}
    found |= {f"one cluster for {d.id}" for d in case.demands if d.coherent}
    found |= {
        f"most of {d.id}" for d in case.demands if any(v is not None for v in d.at_most or ())
    }
    found |= {f"order {case.system[order.system].order}" for order in case.orders}
    found |= {f"demand {d.id}" for d in case.demands if any(d.need) and not d.may_go_short}
    found |= {rule_name(rule) for rule in case.rules}
    found |= {survival_name(survival) for survival in case.survival}
    for key, value in case.budget.model_dump().items():
        if value not in (None, {}):
            found.add("budget " + key.removesuffix("_usd"))
    return found


def meter_names(case: Case) -> set[str]:
    """Every limit on sources, carbon, water, ramps and layers of the plant."""
    found = {f"power source {s.key}" for s in case.sources}
    found |= {f"permit of {s.key}" for s in case.sources if s.permit_w is not None}
    found |= {f"time limit of {s.key}" for s in case.sources if s.permit_periods is not None}
    found |= {f"ramp at {ramp.site}" for ramp in case.ramps} | {
        f"layer {layer.site}:{layer.layer}" for layer in case.layers
    }
    found |= {f"carbon at {c.site}" for c in case.carbon if c.total_t is not None}
    found |= {f"carbon at {c.site} by period" for c in case.carbon if c.by_period_t}
    found |= {"carbon"} if case.carbon_rules.total_t is not None else set()
    found |= {"carbon by period"} if case.carbon_rules.by_period_t else set()
    found |= {f"water at {w.site}" for w in case.water if w.total_m3 is not None}
    return found | {f"water at {w.site} by period" for w in case.water if w.by_period_m3}


def keeping(case: Case, kept: set[str]) -> Case:
    """The case with only these of its limits; demands that may go short stay."""

    def only(prefix: str, of: str, value: Any) -> Any:
        return value if f"{prefix} {of}" in kept else None

    def room(name: str, site: str, value: Any) -> Any:
        return only(f"{'standing ' if case.halls_at(site) else ''}{name} at", site, value)

    budget = {
        key: value
        if "budget " + key.removesuffix("_usd") in kept
        else ({} if isinstance(value, dict) else None)
        for key, value in case.budget.model_dump().items()
    }
    return case.model_copy(
        update={
            "sites": [
                s.model_copy(
                    update={
                        "power_w": only("power at", s.id, s.power_w),
                        "critical_it_w": only("critical IT at", s.id, s.critical_it_w),
                        "liquid_w": room("liquid cooling", s.id, s.liquid_w),
                        "air_w": room("air cooling", s.id, s.air_w),
                        "positions": room("positions", s.id, s.positions),
                        "existing_it_w": PLENTY_W
                        if case.halls_at(s.id)
                        and something_stands(case, s)
                        and f"standing critical IT at {s.id}" not in kept
                        else s.existing_it_w,
                        "construction_budget_usd": only(
                            "construction budget at", s.id, s.construction_budget_usd
                        ),
                    }
                )
                for s in case.sites
            ],
            "supply": [
                k.model_copy(
                    update={
                        "cumulative": only("allocation of", k.system, k.cumulative),
                        "per_period": only("delivery rate of", k.system, k.per_period),
                        "schedule": only("delivery rate of", k.system, k.schedule),
                        "minimum_order": only("minimum order of", k.system, k.minimum_order) or 0,
                        "lot": only("lots of", k.system, k.lot) or 1,
                    }
                )
                for k in case.supply
            ],
            "crews": [
                crew.model_copy(
                    update={
                        "it_w": only("construction by", crew.id, crew.it_w),
                        "racks": only("fit-out by", crew.id, crew.racks),
                    }
                )
                for crew in case.crews
            ],
            "fleet": [
                f.model_copy(
                    update={
                        "may_retire": f.may_retire
                        or f"retirement of {f.system} at {f.site}" not in kept,
                        "leaves": only("lifetime of", f"{f.system} at {f.site}", f.leaves),
                    }
                )
                for f in case.fleet
            ],
            "systems": [
                s.model_copy(update={"lifetime_days": only("lifetime of", s.id, s.lifetime_days)})
                for s in case.systems
            ],
            "orders": [
                order
                if f"order {case.system[order.system].order}" in kept
                else order.model_copy(update={"path": OR_FEWER})
                for order in case.orders
            ],
            "demands": [
                d.model_copy(
                    update={
                        "coherent": d.coherent and f"one cluster for {d.id}" in kept,
                        "at_most": only("most of", d.id, d.at_most),
                        "priority": d.priority
                        if d.may_go_short or f"demand {d.id}" in kept
                        else 99,  # its losses stay
                    }
                )
                for d in case.demands
            ],
            "halls": [
                h.model_copy(
                    update={"most": only("number of halls", h.place, h.most)}
                    if f"halls at {h.site}" in kept
                    else anything(case)
                )
                for h in case.halls
            ],
            "sources": [
                s.model_copy(
                    update={
                        "most_units": s.most_units if f"power source {s.key}" in kept else PLENTY,
                        "permit_w": only("permit of", s.key, s.permit_w),
                        "permit_periods": only("time limit of", s.key, s.permit_periods),
                    }
                )
                for s in case.sources
            ],
            **meter_keeping(case, kept),
            "rules": [r for r in case.rules if rule_name(r) in kept],
            "survival": [v for v in case.survival if survival_name(v) in kept],
            "budget": type(case.budget).model_validate(budget),
        }
    )


def meter_keeping(case: Case, kept: set[str]) -> dict[str, Any]:
    """The same of carbon, water, ramps and layers of the plant."""
    rules = case.carbon_rules
    return {
        "ramps": [r for r in case.ramps if f"ramp at {r.site}" in kept],
        "layers": [y for y in case.layers if f"layer {y.site}:{y.layer}" in kept],
        "carbon": [
            c.model_copy(
                update={
                    "total_t": c.total_t if f"carbon at {c.site}" in kept else None,
                    "by_period_t": c.by_period_t if f"carbon at {c.site} by period" in kept else {},
                }
            )
            for c in case.carbon
        ],
        "water": [
            w.model_copy(
                update={
                    "total_m3": w.total_m3 if f"water at {w.site}" in kept else None,
                    "by_period_m3": w.by_period_m3
                    if f"water at {w.site} by period" in kept
                    else {},
                }
            )
            for w in case.water
        ],
        "carbon_rules": rules.model_copy(
            update={
                "total_t": rules.total_t if "carbon" in kept else None,
                "by_period_t": rules.by_period_t if "carbon by period" in kept else {},
            }
        ),
    }


def without(case: Case, name: str) -> Case:
    """The case with one limit gone."""
    assert name in names(case), f"{name} is none of {sorted(names(case))}"
    return keeping(case, names(case) - {name})


def repaired(case: Case, repair: Repair) -> Case:
    """The case with the changes of a repair, each by the name of its limit and its periods;
    independent of the model.

    Raises LookupError for a limit that is no number of the case.
    """
    for change in repair.changes:
        case = moved_of(case, change) or _changed(case, change)
    return case


def _changed(case: Case, change: Change) -> Case:  # noqa: C901, PLR0915  (one branch for each kind of limit)
    labels = [period.label for period in case.timeline.periods]
    first, last = (
        labels.index(label) if label in labels else None for label in (change.first, change.last)
    )
    inside = range(len(labels)) if first is None or last is None else range(first, last + 1)
    kind, _, of = change.limit.rpartition(" ")
    if change.to_period:
        assert first is not None
        begins = labels.index(change.to_period)
        inside = range(min(first, begins), max(first, begins))

    def step(values: list[float] | None, scale: float) -> list[float]:
        """The number in its periods; of a step that moves, that of its own period, or of the one
        before."""
        assert values is not None
        if change.to_period:
            assert first is not None
            source = first if labels.index(change.to_period) < first else first - 1
            moved = (
                [max(v, values[first]) for v in values]
                if source == first
                else [values[source] if source >= 0 else 0.0] * len(values)
            )
            return [moved[t] if t in inside else v for t, v in enumerate(values)]
        assert change.to is not None
        return [change.to * scale if t in inside else v for t, v in enumerate(values)]

    field = {
        "power at": ("power_w", 1e6),
        "critical IT at": ("critical_it_w", 1e6),
        "positions at": ("positions", 1.0),
    }
    heat = {"liquid cooling at": "liquid_w", "air cooling at": "air_w"}
    if kind in field:
        name, scale = field[kind]
        return _with(case, "sites", of, {name: step(getattr(case.site[of], name), scale)})
    if kind in heat:
        assert change.to is not None
        return _with(case, "sites", of, {heat[kind]: change.to * 1e6})
    if kind == "demand":
        demand = next(d for d in case.demands if d.id == of)
        return _with(
            case,
            "demands",
            of,
            {"need": step(demand.need, 1e15 if demand.kind == "compute" else 1.0)},
        )
    if kind in ("allocation of", "delivery rate of"):
        entries = []
        for entry in case.supply:
            mine = (
                entry.system == of
                and (entry.cumulative if kind == "allocation of" else entry.schedule) is not None
            )
            new = (
                {"cumulative": step(entry.cumulative, 1.0)}
                if kind == "allocation of" and mine
                else {"schedule": None}
            )
            if (
                kind == "delivery rate of" and mine
            ):  # its amount moves in `moved_of`, so it is the date that does here
                new = {"schedule": step(entry.schedule, 1.0)}
            entries.append(entry.model_copy(update=new) if mine else entry)
        return case.model_copy(update={"supply": entries})
    assert change.to is not None
    if change.limit.startswith(
        "retirement of "
    ):  # so many may go; without the number of the model, all of the entry may
        entries = [
            f.model_copy(
                update={"may_retire": f.may_retire or change.path.startswith(f"fleet.{i}.")}
            )
            for i, f in enumerate(case.fleet)
        ]
        return case.model_copy(update={"fleet": entries})
    if kind == "construction budget at":
        return _with(case, "sites", of, {"construction_budget_usd": change.to * 1e6})
    if kind == "budget":
        value = case.budget.model_dump()[f"{of}_usd"]
        new = (
            {t: change.to * 1e6 if t in inside else usd for t, usd in value.items()}
            if isinstance(value, dict)
            else change.to * 1e6
        )
        return case.model_copy(update={"budget": case.budget.model_copy(update={f"{of}_usd": new})})
    if not any(rule_name(rule) == change.limit and rule.path == change.path for rule in case.rules):
        raise LookupError(f"no number of the case is called {change.limit}")
    rules = []
    for rule in case.rules:
        if rule_name(rule) != change.limit or rule.path != change.path:
            rules.append(rule)
        elif change.unit == "%":
            key = (
                "max_share"
                if rule.max_share is not None
                else "min_share"
                if rule.min_share is not None
                else "meaningful"
            )
            rules.append(rule.model_copy(update={key: change.to / 100}))
        else:
            key = "min_suppliers" if rule.min_suppliers is not None else "max_suppliers"
            rules.append(rule.model_copy(update={key: round(change.to)}))
    return case.model_copy(update={"rules": rules})


def _with(case: Case, table: str, name: str, new: dict[str, Any]) -> Case:
    rows = [row.model_copy(update=new) if row.id == name else row for row in getattr(case, table)]
    return case.model_copy(update={table: rows})


def tellable(case: Case) -> Case:
    """The case without what nobody can take away by name.

    Halls of which none can be built, and so nothing that stands in them: a model has no decisions
    for that, so no limit to take away. A tariff's minimum take of the site's own power: that number
    stays in the bill when it is no limit, so here the contract says it again.
    """
    power = {site.id: site.power_w for site in case.sites}
    tariffs = [
        t.model_copy(update={"contract_w": t.contract_w or power[t.site]}) for t in case.tariffs
    ]
    return case.model_copy(
        update={
            "tariffs": tariffs,
            "halls": [h.model_copy(update={"most": h.most or 1}) for h in case.halls],
        }
    )
