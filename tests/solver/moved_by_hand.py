"""A case with the number of one parameter changed by hand, found by the words and the place that
the parameter tells, not by its rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from planner.core.case import Case
from planner.solver.limit_parameters import LimitParameter
from tests.builders import MEGA, PETA

Mover = Callable[[Case, LimitParameter, float], Case | None]


def changed(case: Case, parameter: LimitParameter, by: float) -> Case | None:
    """The case where the parameter has given way by `by` of its unit (negative: tightened). None
    where no number of a case says it:

    machines that must stay or must go (a yes or no, and a date), what stands at the start beside
    halls (it is paid for by the same number), and a part of a unit of a power source.
    """
    mover = MOVERS.get(parameter.block.rstrip("0123456789."))
    return None if mover is None else mover(case, parameter, by if parameter.ceiling else -by)


def _number(parameter: LimitParameter, place: int = 1) -> int:
    return int(parameter.path.split(".")[place])


def _row(case: Case, table: str, at: int, new: dict[str, Any]) -> Case:
    rows = list(getattr(case, table))
    rows[at] = rows[at].model_copy(update=new)
    return case.model_copy(update={table: rows})


def _stepped(
    case: Case, parameter: LimitParameter, values: list[float], change: float
) -> list[float]:
    labels = [p.label for p in case.timeline.periods]
    span = range(labels.index(parameter.first), labels.index(parameter.last) + 1)
    return [v + change if t in span else v for t, v in enumerate(values)]


def _by_period(
    case: Case, parameter: LimitParameter, values: dict[int, float], change: float
) -> dict[int, float]:
    full = [values.get(t, 0.0) for t in range(len(case.timeline))]
    return {t: v for t, v in enumerate(_stepped(case, parameter, full, change)) if t in values}


def _listed(table: str, field: str, scale: float = 1.0) -> Mover:
    """A number for each period, in the row of a table that the path names."""

    def move(case: Case, parameter: LimitParameter, by: float) -> Case:
        at = _number(parameter)
        return _row(
            case,
            table,
            at,
            {
                field: _stepped(
                    case, parameter, getattr(getattr(case, table)[at], field), by * scale
                )
            },
        )

    return move


def _single(table: str, field: str, scale: float = 1.0) -> Mover:
    """One number for all periods, in the row of a table that the path names."""

    def move(case: Case, parameter: LimitParameter, by: float) -> Case:
        at = _number(parameter)
        value = getattr(getattr(case, table)[at], field)
        return _row(case, table, at, {field: type(value)(value + by * scale)})

    return move


def _of_site(table: str, field: str, scale: float) -> Mover:
    """A number of a table whose rows name a site; for each of some periods, or of all together."""

    def move(case: Case, parameter: LimitParameter, by: float) -> Case:
        site = case.sites[_number(parameter)].id
        (at,) = [i for i, row in enumerate(getattr(case, table)) if row.site == site]
        value = getattr(getattr(case, table)[at], field)
        new = (
            _by_period(case, parameter, value, by * scale)
            if isinstance(value, dict)
            else value + by * scale
        )
        return _row(case, table, at, {field: new})

    return move


def _named(table: str, field: str, key: str, scale: float = 1.0) -> Mover:
    """A number of a table's row that the limit ends with the name of."""

    def move(case: Case, parameter: LimitParameter, by: float) -> Case | None:
        mine = [
            i
            for i, row in enumerate(getattr(case, table))
            if parameter.name.endswith(getattr(row, key))
        ]
        if len(mine) != 1:
            return None
        value = getattr(getattr(case, table)[mine[0]], field)
        new = (
            _stepped(case, parameter, value, by * scale)
            if isinstance(value, list)
            else type(value)(value + by * scale)
        )
        return _row(case, table, mine[0], {field: new})

    return move


def _layer(case: Case, parameter: LimitParameter, by: float) -> Case:
    (at,) = [
        i for i, row in enumerate(case.layers) if parameter.name == f"layer {row.site}:{row.layer}"
    ]
    return _row(
        case,
        "layers",
        at,
        {"capacity_w": _stepped(case, parameter, case.layers[at].capacity_w, by * MEGA)},
    )


def _hall(case: Case, parameter: LimitParameter, by: float) -> Case:
    (at,) = [i for i, row in enumerate(case.halls) if parameter.path == f"{row.path}.most"]
    return _row(case, "halls", at, {"most": int((case.halls[at].most or 0) + by)})


def _need(case: Case, parameter: LimitParameter, by: float) -> Case:
    demand = case.demands[_number(parameter)]
    scale = PETA if demand.kind == "compute" else 1.0
    return _row(
        case,
        "demands",
        _number(parameter),
        {"need": _stepped(case, parameter, demand.need, by * scale)},
    )


def _allowed(case: Case, parameter: LimitParameter, by: float) -> Case:
    demand = case.demands[_number(parameter)]
    change = by * (PETA if demand.kind == "compute" else 1.0)
    most = _stepped(case, parameter, [math.inf if v is None else v for v in demand.at_most], change)
    allowed = {"at_most": [None if math.isinf(v) else v for v in most]}
    return _row(case, "demands", _number(parameter), allowed)


def _ordered(case: Case, parameter: LimitParameter, by: float) -> Case | None:
    (at,) = [i for i, row in enumerate(case.orders) if parameter.path == f"{row.path}.units"]
    units = case.orders[at].units + int(by)
    return _row(case, "orders", at, {"units": units}) if units > 0 else None


def _budget(case: Case, parameter: LimitParameter, by: float) -> Case:
    field = f"{parameter.name.removeprefix('budget ')}_usd"
    value = getattr(case.budget, field)
    new = (
        _by_period(case, parameter, value, by * MEGA)
        if isinstance(value, dict)
        else value + by * MEGA
    )
    return case.model_copy(update={"budget": case.budget.model_copy(update={field: new})})


def _rules_carbon(field: str) -> Mover:
    def move(case: Case, parameter: LimitParameter, by: float) -> Case:
        value = getattr(case.carbon_rules, field)
        new = (
            _by_period(case, parameter, value, by * 1e3)
            if isinstance(value, dict)
            else value + by * 1e3
        )
        return case.model_copy(
            update={"carbon_rules": case.carbon_rules.model_copy(update={field: new})}
        )

    return move


def _rule(field: str, scale: float = 1.0) -> Mover:
    def move(case: Case, parameter: LimitParameter, by: float) -> Case:
        at = int(parameter.path.rpartition(".")[2])
        value = getattr(case.rules[at], field)
        return _row(case, "rules", at, {field: type(value)(value + by * scale)})

    return move


def _survival(case: Case, parameter: LimitParameter, by: float) -> Case:
    at = int(parameter.path.rpartition(".")[2])
    return _row(case, "survival", at, {"serves": case.survival[at].serves + by / 100})


def _units(case: Case, parameter: LimitParameter, by: float) -> Case | None:
    mine = [
        i for i, source in enumerate(case.sources) if parameter.name == f"power source {source.key}"
    ]
    units = by * MEGA / case.sources[mine[0]].unit_w
    if len(mine) != 1 or abs(units - round(units)) > 1e-9:
        return None
    return _row(
        case, "sources", mine[0], {"most_units": case.sources[mine[0]].most_units + round(units)}
    )


MOVERS: dict[str, Mover] = {
    "power.utility": _listed("sites", "power_w", MEGA),
    "power.critical_it": _listed("sites", "critical_it_w", MEGA),
    "space.positions": _listed("sites", "positions"),
    "cooling.liquid": _single("sites", "liquid_w", MEGA),
    "cooling.air": _single("sites", "air_w", MEGA),
    "budget.construction": _single("sites", "construction_budget_usd", MEGA),
    "supply.cumulative": _listed("supply", "cumulative"),
    "supply.schedule": _listed("supply", "schedule"),
    "supply.per_period": _single("supply", "per_period"),
    "supply.minimum": _single("supply", "minimum_order"),
    "supply.on_order": _ordered,
    "demand.at_most": _allowed,
    "crew.construction": _named("crews", "it_w", "id", MEGA),
    "crew.install": _named("crews", "racks", "id"),
    "layers.carries": _layer,
    "water.site_total": _of_site("water", "total_m3", 1e3),
    "water.site_period": _of_site("water", "by_period_m3", 1e3),
    "carbon.site_total": _of_site("carbon", "total_t", 1e3),
    "carbon.site_period": _of_site("carbon", "by_period_t", 1e3),
    "carbon.total": _rules_carbon("total_t"),
    "carbon.by_period": _rules_carbon("by_period_t"),
    "sources.at_most": _units,
    "sources.permit_power": _named("sources", "permit_w", "id", MEGA),
    "hall.number": _hall,
    "budget.capex": _budget,
    "budget.total": _budget,
    "budget.by_period": _budget,
    "budget.cumulative": _budget,
    "demand.served": _need,
    "share.most": _rule("max_share", 0.01),
    "share.least": _rule("min_share", 0.01),
    "share.meaningful": _rule("meaningful", 0.01),
    "share.hhi": _rule("max_hhi"),
    "share.number": _rule("min_suppliers"),
    "share.few": _rule("max_suppliers"),
    "survival.left": _survival,
    "survival.without": _survival,
}
"""Block of rows, without the number of its rule, to how its number is changed."""
