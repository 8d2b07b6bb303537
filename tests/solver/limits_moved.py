"""A case with the number of one limit moved, for halls, sources, orders, crews, meters and losses;
independent of the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from planner.core.case import Case
from planner.records import Record
from planner.refusal import Change

Row = TypeVar("Row", bound=Record)


def moved_of(case: Case, change: Change) -> Case | None:
    """None for a limit of another kind, or for another date of one."""
    if change.to_period or change.to is None:
        return None
    for begins, move in MOVES.items():
        if change.limit.startswith(begins):
            return move(case, change, change.limit.removeprefix(begins), change.to)
    return None


def _inside(case: Case, change: Change) -> range:
    labels = [period.label for period in case.timeline.periods]
    if change.first not in labels:
        return range(len(labels))
    return range(labels.index(change.first), labels.index(change.last) + 1)


def _changed(
    rows: Sequence[Row], which: Callable[[Row], bool], new: Callable[[Row], dict[str, Any]]
) -> list[Row]:
    assert any(map(which, rows)), rows
    return [row.model_copy(update=new(row)) if which(row) else row for row in rows]


def _with(
    case: Case, table: str, which: Callable[[Any], bool], new: Callable[[Any], dict[str, Any]]
) -> Case:
    return case.model_copy(update={table: _changed(getattr(case, table), which, new)})


def _per_period(values: dict[int, float], inside: range, amount: float) -> dict[int, float]:
    return {t: amount if t in inside else value for t, value in values.items()}


def _halls(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "halls", lambda h: h.place == of, lambda h: {"most": round(after)})


def _standing(case: Case, change: Change, of: str, after: float) -> Case:
    what, _, site = of.partition(" at ")
    inside = _inside(case, change)
    if what == "positions":
        return _with(
            case,
            "sites",
            lambda s: s.id == site,
            lambda s: {
                "positions": [after if t in inside else v for t, v in enumerate(s.positions)]
            },
        )
    field = {"critical IT": "existing_it_w", "liquid cooling": "liquid_w", "air cooling": "air_w"}[
        what
    ]
    return _with(case, "sites", lambda s: s.id == site, lambda s: {field: after * 1e6})


def _source(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(
        case,
        "sources",
        lambda s: s.key == of,
        lambda s: {"most_units": int(after * 1e6 / s.unit_w + 1e-6)},
    )


def _permit(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "sources", lambda s: s.key == of, lambda s: {"permit_w": after * 1e6})


def _time_limit(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "sources", lambda s: s.key == of, lambda s: {"permit_periods": None})


def _carbon(case: Case, change: Change, of: str, after: float) -> Case:
    site, by_period = (
        of.removeprefix(" at ").removesuffix(" by period").removeprefix(" by period"),
        of.endswith(" by period"),
    )
    inside = _inside(case, change)

    def new(row: Any) -> dict[str, Any]:
        return (
            {"by_period_t": _per_period(row.by_period_t, inside, after * 1e3)}
            if by_period
            else {"total_t": after * 1e3}
        )

    if not site:
        return case.model_copy(
            update={"carbon_rules": case.carbon_rules.model_copy(update=new(case.carbon_rules))}
        )
    return _with(case, "carbon", lambda c: c.site == site, new)


def _water(case: Case, change: Change, of: str, after: float) -> Case:
    inside = _inside(case, change)

    def new(row: Any) -> dict[str, Any]:
        by_period = of.endswith(" by period")
        return (
            {"by_period_m3": _per_period(row.by_period_m3, inside, after * 1e3)}
            if by_period
            else {"total_m3": after * 1e3}
        )

    return _with(case, "water", lambda w: w.site == of.removesuffix(" by period"), new)


def _ramp(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "ramps", lambda r: r.site == of, lambda r: {"step": after / 100})


def _layer(case: Case, change: Change, of: str, after: float) -> Case:
    inside = _inside(case, change)
    return _with(
        case,
        "layers",
        lambda y: f"{y.site}:{y.layer}" == of,
        lambda y: {
            "capacity_w": [after * 1e6 if t in inside else v for t, v in enumerate(y.capacity_w)]
        },
    )


def _cluster(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "demands", lambda d: d.id == of, lambda d: {"coherent": False})


def _lifetime(case: Case, change: Change, of: str, after: float) -> Case:
    system, _, site = of.partition(" at ")
    if site:
        return _with(
            case,
            "fleet",
            lambda f: (f.system, f.site) == (system, site),
            lambda f: {"leaves": None},
        )
    return _with(case, "systems", lambda s: s.id == system, lambda s: {"lifetime_days": None})


def _construction(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "crews", lambda c: c.id == of, lambda c: {"it_w": after * 1e6})


def _fit_out(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "crews", lambda c: c.id == of, lambda c: {"racks": after})


def _minimum(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(
        case,
        "supply",
        lambda k: k.system == of and change.path.startswith(k.path),
        lambda k: {"minimum_order": round(after)},
    )


def _order(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(
        case, "orders", lambda o: o.system.endswith(f"@{of}"), lambda o: {"units": round(after)}
    )


def _most(case: Case, change: Change, of: str, after: float) -> Case:
    inside = _inside(case, change)

    def new(demand: Any) -> dict[str, Any]:
        amount = after * (1e15 if demand.kind == "compute" else 1.0)
        return {"at_most": [amount if t in inside else v for t, v in enumerate(demand.at_most)]}

    return _with(case, "demands", lambda d: d.id == of, new)


def _rate(case: Case, change: Change, of: str, after: float) -> Case:
    inside = _inside(case, change)

    def new(entry: Any) -> dict[str, Any]:
        if ".schedule" in change.path:
            return {"schedule": [after if t in inside else v for t, v in enumerate(entry.schedule)]}
        return {"per_period": after}

    return _with(
        case, "supply", lambda k: k.system == of and change.path.startswith(f"{k.path}."), new
    )


def _loss(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(
        case, "survival", lambda v: v.path == change.path, lambda v: {"serves": after / 100}
    )


def _hhi(case: Case, change: Change, of: str, after: float) -> Case:
    return _with(case, "rules", lambda r: r.path == change.path, lambda r: {"max_hhi": after})


def _no_number(case: Case, change: Change, of: str, after: float) -> Case:
    raise LookupError(f"no number of the case is called {change.limit}")


MOVES: dict[str, Callable[[Case, Change, str, float], Case]] = {
    "number of halls ": _halls,
    "standing ": _standing,
    "power source ": _source,
    "permit of ": _permit,
    "time limit of ": _time_limit,
    "carbon": _carbon,
    "water at ": _water,
    "ramp at ": _ramp,
    "layer ": _layer,
    "one cluster for ": _cluster,
    "one network for ": _no_number,
    "lifetime of ": _lifetime,
    "construction by ": _construction,
    "fit-out by ": _fit_out,
    "minimum order of ": _minimum,
    "order ": _order,
    "most of ": _most,
    "delivery rate of ": _rate,
    "loss of any ": _loss,
    "HHI of ": _hhi,
}
"""How a limit's name begins → what moves it, told the rest of the name and the new amount."""
