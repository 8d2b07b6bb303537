"""The limits of a case by the names that a conflict uses, and the same case with some of them gone."""

from __future__ import annotations

from typing import Any

from planner.errors import Change, Repair
from planner.scenario.case import Case, CaseRule, CaseSurvival
from planner.scenario.schema.rules import NOUN


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
                found.add(f"{name} at {place.id}")
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
    found |= {f"retirement of {f.system} at {f.site}" for f in case.fleet if f.units and not f.may_retire}
    found |= {f"demand {d.id}" for d in case.demands if any(d.need) and not d.may_go_short}
    found |= {rule_name(rule) for rule in case.rules}
    found |= {survival_name(survival) for survival in case.survival}
    for key, value in case.budget.model_dump().items():
        if value not in (None, {}):
            found.add("budget " + key.removesuffix("_usd"))
    return found


def keeping(case: Case, kept: set[str]) -> Case:
    """The case with only these of its limits; demands that may go short stay."""

    def only(prefix: str, of: str, value: Any) -> Any:
        return value if f"{prefix} {of}" in kept else None

    budget = {
        key: value if "budget " + key.removesuffix("_usd") in kept else ({} if isinstance(value, dict) else None)
        for key, value in case.budget.model_dump().items()
    }
    return case.model_copy(
        update={
            "sites": [
                s.model_copy(
                    update={
                        "power_w": only("power at", s.id, s.power_w),
                        "critical_it_w": only("critical IT at", s.id, s.critical_it_w),
                        "liquid_w": only("liquid cooling at", s.id, s.liquid_w),
                        "air_w": only("air cooling at", s.id, s.air_w),
                        "positions": only("positions at", s.id, s.positions),
                        "construction_budget_usd": only("construction budget at", s.id, s.construction_budget_usd),
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
                    update={"it_w": only("construction by", crew.id, crew.it_w), "racks": only("fit-out by", crew.id, crew.racks)}
                )
                for crew in case.crews
            ],
            "fleet": [
                f.model_copy(update={"may_retire": f.may_retire or f"retirement of {f.system} at {f.site}" not in kept}) for f in case.fleet
            ],
            "demands": [
                d if d.may_go_short or f"demand {d.id}" in kept else d.model_copy(update={"priority": 99})  # its losses stay
                for d in case.demands
            ],
            "rules": [r for r in case.rules if rule_name(r) in kept],
            "survival": [v for v in case.survival if survival_name(v) in kept],
            "budget": type(case.budget).model_validate(budget),
        }
    )


def without(case: Case, name: str) -> Case:
    """The case with one limit gone."""
    assert name in names(case), f"{name} is none of {sorted(names(case))}"
    return keeping(case, names(case) - {name})


def repaired(case: Case, repair: Repair) -> Case:
    """The case with the changes of a repair, each by the name of its limit and its periods; independent of the model.

    Raises LookupError for a limit that is no number of the case.
    """
    for change in repair.changes:
        case = _changed(case, change)
    return case


def _changed(case: Case, change: Change) -> Case:  # noqa: C901, PLR0915  (one branch for each kind of limit)
    labels = [period.label for period in case.timeline.periods]
    first, last = (labels.index(label) if label in labels else None for label in (change.first, change.last))
    inside = range(len(labels)) if first is None or last is None else range(first, last + 1)
    kind, _, of = change.limit.rpartition(" ")
    if change.date:
        assert first is not None
        begins = labels.index(change.date)
        inside = range(min(first, begins), max(first, begins))

    def step(values: list[float] | None, scale: float) -> list[float]:
        """The number in its periods; of a step that moves, that of its own period, or of the one before."""
        assert values is not None
        if change.date:
            assert first is not None
            source = first if labels.index(change.date) < first else first - 1
            moved = [max(v, values[first]) for v in values] if source == first else [values[source] if source >= 0 else 0.0] * len(values)
            return [moved[t] if t in inside else v for t, v in enumerate(values)]
        assert change.after is not None
        return [change.after * scale if t in inside else v for t, v in enumerate(values)]

    field = {"power at": ("power_w", 1e6), "critical IT at": ("critical_it_w", 1e6), "positions at": ("positions", 1.0)}
    heat = {"liquid cooling at": "liquid_w", "air cooling at": "air_w"}
    if kind in field:
        name, scale = field[kind]
        return _with(case, "sites", of, {name: step(getattr(case.site[of], name), scale)})
    if kind in heat:
        assert change.after is not None
        return _with(case, "sites", of, {heat[kind]: change.after * 1e6})
    if kind == "demand":
        demand = next(d for d in case.demands if d.id == of)
        return _with(case, "demands", of, {"need": step(demand.need, 1e15 if demand.kind == "compute" else 1.0)})
    if kind in ("allocation of", "delivery rate of"):
        entries = []
        for entry in case.supply:
            mine = entry.system == of and (entry.cumulative if kind == "allocation of" else entry.per_period) is not None
            new = {"cumulative": step(entry.cumulative, 1.0)} if kind == "allocation of" and mine else {"per_period": change.after}
            entries.append(entry.model_copy(update=new) if mine else entry)
        return case.model_copy(update={"supply": entries})
    assert change.after is not None
    if change.limit.startswith("retirement of "):  # so many may go; without the number of the model, all of the entry may
        entries = [
            f.model_copy(update={"may_retire": f.may_retire or change.path.startswith(f"fleet.{i}.")}) for i, f in enumerate(case.fleet)
        ]
        return case.model_copy(update={"fleet": entries})
    if kind == "construction budget at":
        return _with(case, "sites", of, {"construction_budget_usd": change.after * 1e6})
    if kind == "budget":
        value = case.budget.model_dump()[f"{of}_usd"]
        new = {t: change.after * 1e6 if t in inside else usd for t, usd in value.items()} if isinstance(value, dict) else change.after * 1e6
        return case.model_copy(update={"budget": case.budget.model_copy(update={f"{of}_usd": new})})
    if not any(rule_name(rule) == change.limit and rule.path == change.path for rule in case.rules):
        raise LookupError(f"no number of the case is called {change.limit}")
    rules = []
    for rule in case.rules:
        if rule_name(rule) != change.limit or rule.path != change.path:
            rules.append(rule)
        elif change.unit == "%":
            key = "max_share" if rule.max_share is not None else "min_share" if rule.min_share is not None else "meaningful"
            rules.append(rule.model_copy(update={key: change.after / 100}))
        else:
            key = "min_suppliers" if rule.min_suppliers is not None else "max_suppliers"
            rules.append(rule.model_copy(update={key: round(change.after)}))
    return case.model_copy(update={"rules": rules})


def _with(case: Case, table: str, name: str, new: dict[str, Any]) -> Case:
    rows = [row.model_copy(update=new) if row.id == name else row for row in getattr(case, table)]
    return case.model_copy(update={table: rows})


def nameable(case: Case) -> Case:
    """The case without what this module cannot take away or move by name: crews, sources, meters, layers, networks, one cluster, orders.

    Their conflicts and price tags are told by hand-solved cases alone.
    """
    empty = ("crews", "sources", "tariffs", "water", "ramps", "layers", "fabrics", "halls", "qualifications", "moves")
    return case.model_copy(
        update={
            **{key: [] for key in empty},
            "carbon": [c.model_copy(update={"total_t": None, "by_period_t": {}}) for c in case.carbon],
            "carbon_rules": case.carbon_rules.model_copy(update={"total_t": None, "by_period_t": {}}),
            "demands": [d.model_copy(update={"coherent": False}) for d in case.demands],
            "supply": [k.model_copy(update={"minimum_order": 0, "lot": 1, "schedule": None}) for k in case.supply],
        }
    )
