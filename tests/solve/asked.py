"""Cases with their price tags at hand, and a case with one lever moved by hand."""

from __future__ import annotations

import time

from planner.scenario.case import Case
from planner.solve.engine import Engine
from planner.solve.levers import Lever
from planner.solve.prices import Pricing
from planner.solve.run import run
from tests.tiny import MEGA, PETA, model_of, settings_of


def priced(case: Case, engine: Engine, *, goal: int = 0, within_s: float = 120.0) -> Pricing:
    """The case, solved, and ready for questions."""
    model, settings = model_of(case), settings_of(case)
    return Pricing(model, run(model, settings, engine), settings, engine, goal=goal, until=time.perf_counter() + within_s)


def lever_of(pricing: Pricing, key: str) -> Lever:
    """The lever of that key, `power at x [2025]`."""
    return next(lever for lever in pricing.levers if lever.key == key)


def changed(case: Case, lever: Lever, by: float) -> Case | None:
    """The case with the lever's number changed by hand; None for limits that this function does not know."""
    labels = [p.label for p in case.timeline.periods]
    span = range(labels.index(lever.first), labels.index(lever.last) + 1) if lever.first else range(0)
    kind, _, where = lever.name.partition(" ")

    def stepped(values: list[float], change: float) -> list[float]:
        return [v + change if t in span else v for t, v in enumerate(values)]

    number = int(lever.path.split(".")[1]) if lever.path.count(".") and lever.path.split(".")[1].isdecimal() else -1
    if kind == "power":
        place = case.sites[number]
        assert place.power_w is not None
        assert where == f"at {place.id}"
        sites = [s.model_copy(update={"power_w": stepped(s.power_w or [], by * MEGA)}) if s is place else s for s in case.sites]
        return case.model_copy(update={"sites": sites})
    if kind == "allocation":
        rows = [
            k.model_copy(update={"cumulative": stepped(k.cumulative or [], by)}) if i == number else k for i, k in enumerate(case.supply)
        ]
        return case.model_copy(update={"supply": rows})
    if kind == "demand":
        scale = PETA if case.demands[number].kind == "compute" else 1.0
        demands = [d.model_copy(update={"need": stepped(d.need, -by * scale)}) if i == number else d for i, d in enumerate(case.demands)]
        return case.model_copy(update={"demands": demands})
    if kind == "share" and case.rules[number].max_share is not None:
        rules = [
            r.model_copy(update={"max_share": (r.max_share or 0.0) + by / 100}) if i == number else r for i, r in enumerate(case.rules)
        ]
        return case.model_copy(update={"rules": rules})
    if lever.name in ("budget capex", "budget total"):
        field = f"{where}_usd"
        return case.model_copy(update={"budget": case.budget.model_copy(update={field: getattr(case.budget, field) + by * MEGA})})
    return None
