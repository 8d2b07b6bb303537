"""A plan that is consistent in itself but breaks a limit of its scenario is refused, with that
limit's sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planner.assembly.audit import findings_of
from planner.capabilities.supply.tables import Purchase
from planner.core.case import Case
from planner.errors import Problem
from planner.periods import earlier
from planner.plan.schema import Plan
from tests.plan.answers import rebuilt

Change = Callable[[Plan], Case]


def with_site(number: int, **fields: Any) -> Change:
    """The case with a site of other limits; a function computes a limit from the plan."""

    def change(plan: Plan) -> Case:
        sites = list(plan.case.sites)
        values = {key: value(plan) if callable(value) else value for key, value in fields.items()}
        sites[number] = sites[number].model_copy(update=values)
        return plan.case.model_copy(update={"sites": sites})

    return change


def with_entry(table: str, number: int, **fields: Any) -> Change:
    """The case with another supply entry, rule or demand."""

    def change(plan: Plan) -> Case:
        rows = list(getattr(plan.case, table))
        values = {key: value(plan) if callable(value) else value for key, value in fields.items()}
        rows[number] = rows[number].model_copy(update=values)
        return plan.case.model_copy(update={table: rows})

    return change


def with_budget(**fields: Any) -> Change:
    """The case with another budget."""

    def change(plan: Plan) -> Case:
        values = {key: value(plan) if callable(value) else value for key, value in fields.items()}
        return plan.case.model_copy(update={"budget": plan.case.budget.model_copy(update=values)})

    return change


def one_more_than_served(plan: Plan) -> list[float]:
    """What demand `two` would ask for to go one accelerator short."""
    served = next(
        row.served for row in plan.demands if (row.demand, row.period) == ("two", "2027-Q2")
    )
    return [0.0] * 5 + [served + 1]


def below(row: str, scale: float) -> Callable[[Plan], float]:
    """A limit just under what the plan uses of it."""

    def limit(plan: Plan) -> float:
        return next(r.used for r in plan.limits if r.row == row) * scale * 0.999

    return limit


def one_less_than_its_busiest_period(plan: Plan) -> float:
    """A delivery rate that one purchase of the plan exceeds by one."""
    return max(r.used for r in plan.limits if r.row.startswith("supply.per_period[hgx-h100#1,")) - 1


def in_every_period(limit: Callable[[Plan], float]) -> Callable[[Plan], list[float]]:
    """Enough before and after, too little in the period of the limit: the last."""
    return lambda plan: [1e9] * (len(plan.case.timeline) - 1) + [limit(plan)]


LIMITS: list[tuple[str, Change, str, str]] = [
    (
        "power",
        with_site(0, power_w=in_every_period(below("power.utility[north,2027-Q2]", 1e6))),
        "north has ",
        "MW energized in 2027-Q2",
    ),
    (
        "critical IT",
        with_site(0, critical_it_w=in_every_period(below("power.critical_it[north,2027-Q2]", 1e6))),
        "north has ",
        "MW of critical IT in 2027-Q2",
    ),
    (
        "air",
        with_site(0, air_w=below("cooling.air[north,2027-Q2]", 1e6)),
        "air cooling at north carries ",
        "MW",
    ),
    (
        "liquid",
        with_site(0, liquid_w=below("cooling.liquid[north,2027-Q2]", 1e6)),
        "liquid cooling at north carries ",
        "MW",
    ),
    (
        "positions",
        with_site(0, positions=in_every_period(below("space.positions[north,2027-Q2]", 1.0))),
        "north has ",
        "rack positions in 2027-Q2",
    ),
    (
        "allocation",
        with_entry("supply", 1, cumulative=[1e9] * 5 + [4.0]),
        "no more than 4 gb200-nvl72 are allocated by 2027-Q2",
        "has 5 systems",
    ),
    (
        "delivery rate",
        with_entry("supply", 0, per_period=one_less_than_its_busiest_period),
        "hgx-h100 are allocated in 2026-",
        " systems",
    ),
    (
        "demand",
        with_entry("demands", 1, need=one_more_than_served),
        "two asks for ",
        " accelerators",
    ),
    (
        "capex",
        with_budget(capex_usd=lambda plan: plan.totals.capex_usd * 0.999),
        "capex over the horizon is at most ",
        "MUSD",
    ),
    (
        "total",
        with_budget(total_usd=lambda plan: (plan.totals.capex_usd + plan.totals.opex_usd) * 0.999),
        "total over the horizon is at most ",
        "MUSD",
    ),
    (
        "by period",
        with_budget(by_period_usd={3: 1e6}),
        "capex in 2026-Q4 is at most 1 MUSD",
        "MUSD",
    ),
    (
        "cumulative",
        with_budget(cumulative_usd={2: 1e6}),
        "capex up to 2026-Q3 is at most 1 MUSD",
        "MUSD",
    ),
    ("share", with_entry("rules", 0, max_share=0.55), "nvidia has ", "at most 55.0000% is allowed"),
    ("suppliers", with_entry("rules", 1, meaningful=0.45), "software", "2 are asked for"),
]


@pytest.mark.parametrize(
    ("name", "change", "words", "more"), LIMITS, ids=[row[0] for row in LIMITS]
)
def test_each_family_of_limits(plans, name, change, words, more):
    plan = plans["mixed"]
    broken = rebuilt(plan, case=change(plan))
    found = findings_of(broken)
    assert found
    assert {p.code for p in found} == {"A002"}, [p.concise() for p in found]
    assert any(words in p.message and more in p.message for p in found), [p.message for p in found]
    assert all(p.path.startswith("case.") for p in found)


def delivered(plan: Plan, row: Purchase, **fields: Any) -> Purchase:
    """A purchase with other units, period or site, whose other fields follow."""
    changed = row.model_copy(update=fields)
    system = plan.case.system[changed.system]
    labels = [p.label for p in plan.case.timeline.periods]
    t, units = labels.index(changed.delivered), changed.units
    arrival = plan.case.arrivals[system.id][t]
    assert arrival is not None
    ordered = earlier(arrival.day, system.lead_time_days)
    follows = {
        "ordered": labels[plan.case.timeline.holding(ordered)],
        "in_service": labels[arrival.runs],
        "ordered_on": str(ordered),
        "delivered_on": str(arrival.day),
        "accelerators": units * system.accelerators,
        "price_usd": system.price_usd,
        "systems_usd": units * system.price_usd,
        "fabric_usd": units * plan.case.fabric_usd(system, changed.site),
    }
    return changed.model_copy(update=follows)


def first(plan: Plan, system: str) -> Purchase:
    """The first purchase of a system."""
    return next(p for p in plan.purchases if p.system == system)


def refused(found: list[Problem], words: str) -> bool:
    return any(p.code == "A002" and words in p.message for p in found)


def without_inconsistency(found: list[Problem]) -> bool:
    return all(p.code == "A002" for p in found)


def test_one_machine_more_than_was_allocated(plans):
    plan = plans["mixed"]
    row = first(plan, "gb200-nvl72")
    more = rebuilt(
        plan,
        purchases=[
            delivered(plan, p, units=p.units + 1) if p == row else p for p in plan.purchases
        ],
    )
    found = findings_of(more)
    assert refused(
        found, "no more than 5 gb200-nvl72 are allocated by 2027-Q2, the plan has 6 systems"
    )


def test_a_delivery_before_the_lead_time(plans):
    plan = plans["mixed"]
    row = first(plan, "hgx-h100")
    early = rebuilt(
        plan,
        purchases=[*plan.purchases, row.model_copy(update={"delivered": "2026-Q1", "units": 1})],
    )
    assert refused(findings_of(early), "hgx-h100 cannot be delivered in 2026-Q1")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"ordered_on": "2026-04-02"}, "hgx-h100 cannot be delivered on 2026-07-01"),
        ({"delivered_on": "2026-06-30"}, "hgx-h100 cannot be delivered on 2026-06-30"),
        (
            {"delivered_on": "2026-08-01"},
            "hgx-h100 delivered on 2026-08-01 is not fitted out by 2026-07-01",
        ),
    ],
)
def test_days_that_do_not_follow_each_other(plans, days, words):
    """Proves: the days of a purchase are checked against each other, not only against how they are
    worked out."""
    plan = plans["mixed"]
    at = next(
        i
        for i, p in enumerate(plan.purchases)
        if (p.system, p.delivered) == ("hgx-h100", "2026-Q3")
    )
    changed = [p.model_copy(update=days) if i == at else p for i, p in enumerate(plan.purchases)]
    assert refused(findings_of(rebuilt(plan, purchases=changed)), words)


def test_a_machine_where_it_may_not_stand(plans):
    plan = plans["mixed"]
    row = first(plan, "gb200-nvl72")
    moved = rebuilt(
        plan,
        purchases=[delivered(plan, p, site="south") if p == row else p for p in plan.purchases],
    )
    assert refused(findings_of(moved), "gb200-nvl72 may not be placed at south")


def test_a_machine_that_may_only_stay(plans):
    plan = plans["mixed"]
    gone = plan.retirements[0].model_copy(
        update={"site": "north", "home": "north", "vintage": "fleet.1", "units": 1}
    )
    found = findings_of(rebuilt(plan, retirements=[*plan.retirements, gone]))
    assert refused(found, "dgx-a100-80gb at north may not be retired")


def test_more_retired_than_stood_there(plans):
    plan = plans["mixed"]
    row = plan.retirements[-1]
    gone = [r.model_copy(update={"units": 101}) if r == row else r for r in plan.retirements]
    found = findings_of(rebuilt(plan, retirements=gone))
    assert refused(found, "more dgx-a100-80gb at south are retired than stood there")


def test_less_built_than_runs(plans):
    plan = plans["mixed"]
    smaller = [
        row.model_copy(update={"it_mw": row.it_mw * 0.9}) if row.site == "north" else row
        for row in plan.built
    ]
    found = findings_of(rebuilt(plan, built=smaller))
    assert without_inconsistency(found)
    assert refused(found, "MW stand at north in 2027-Q2, but ")


def test_a_building_that_shrinks(plans):
    plan = plans["mixed"]
    bigger = [
        row.model_copy(update={"it_mw": row.it_mw + 5}) if row.period == "2026-Q2" else row
        for row in plan.built
    ]
    found = findings_of(rebuilt(plan, built=bigger))
    assert without_inconsistency(found)
    assert refused(found, "MW stood at north before 2026-Q3, now ")


def test_a_machine_that_serves_two_demands_at_once(plans):
    plan = plans["mixed"]
    twice = [row.model_copy(update={"units": row.units + 1000}) for row in plan.assignments]
    found = findings_of(rebuilt(plan, assignments=twice))
    assert without_inconsistency(found)
    assert refused(found, "serve deployment demands at once, ")


def test_a_priced_demand_may_go_short_and_a_hard_one_may_not(plans):
    plan = plans["mixed"]
    nothing = rebuilt(
        plan, purchases=[p for p in plan.purchases if p.system != "hgx-h100"], assignments=[]
    )
    said = [p.message for p in findings_of(nothing) if p.code == "A002"]
    assert any(
        "two asks for 200 accelerators in 2026-Q4, the plan has 0 accelerators" in s for s in said
    )
    assert not any(s.startswith("train asks") for s in said)
    assert max(row.short for row in nothing.demands if row.demand == "train") > 0


def test_the_refresh_sells_moves_and_replaces(plans):
    plan = plans["refresh"]
    assert {row.vintage for row in plan.retirements} >= {"fleet.0"}
    assert any(not row.vintage.startswith("fleet.") for row in plan.retirements)
    assert plan.moves
    assert plan.totals.resale_usd < 0


def test_one_machine_more_is_moved_than_stood(plans):
    plan = plans["refresh"]
    more = [
        row.model_copy(update={"units": 40, "cost_usd": row.cost_usd / row.units * 40})
        for row in plan.moves
    ]
    assert refused(
        findings_of(rebuilt(plan, moves=more)), "more dgx-a100-80gb leave north than came there"
    )


def test_a_way_that_does_not_exist(plans):
    plan = plans["refresh"]
    back = plan.moves[0].model_copy(update={"origin": "south", "destination": "north"})
    assert refused(
        findings_of(rebuilt(plan, moves=[*plan.moves, back])),
        "dgx-a100-80gb may not be moved from south to north",
    )


def test_a_move_that_arrives_too_late(plans):
    plan = plans["refresh"]
    late = plan.moves[0].model_copy(update={"period": "2027-Q2", "units": 1})
    assert refused(
        findings_of(rebuilt(plan, moves=[*plan.moves, late])),
        "cannot be moved from north in 2027-Q2",
    )


def test_a_machine_beyond_its_lifetime(plans):
    plan = plans["refresh"]
    kept = [row for row in plan.retirements if row.vintage != "fleet.0"]
    found = findings_of(rebuilt(plan, retirements=kept))
    assert refused(
        found,
        "dgx-a100-80gb at north that stand at the start must be gone by 2027-Q1, the plan has",
    )


def test_a_machine_sold_before_it_has_served(plans):
    plan = plans["refresh"]
    row = next(p for p in plan.purchases if p.system == "mi300x-server")
    gone = plan.retirements[0].model_copy(
        update={
            "system": row.system,
            "site": "north",
            "home": "north",
            "vintage": row.delivered,
            "period": row.in_service,
            "units": 1,
        }
    )
    assert refused(
        findings_of(rebuilt(plan, retirements=[*plan.retirements, gone])),
        f"cannot be retired in {row.in_service}",
    )


def test_a_machine_sold_as_an_older_one(plans):
    """Who was bought in 2023 and who came a year and a half before the horizon fetch different
    sums, and only the first may go."""
    plan = plans["refresh"]
    rows = [
        row.model_copy(update={"vintage": "fleet.1"}) if row.vintage == "fleet.0" else row
        for row in plan.retirements
    ]
    assert refused(findings_of(rebuilt(plan, retirements=rows)), "may not be retired")


def test_a_machine_of_a_delivery_that_never_was(plans):
    plan = plans["refresh"]
    gone = plan.retirements[0].model_copy(
        update={"system": "mi300x-server", "vintage": "2027-Q1", "period": "2027-Q2"}
    )
    found = findings_of(rebuilt(plan, retirements=[*plan.retirements, gone]))
    assert any("no mi300x-server came to north with 2027-Q1" in p.message for p in found)


def test_an_order_below_its_minimum_or_not_of_whole_lots(plans):
    plan = plans["refresh"]
    row = next(p for p in plan.purchases if p.system == "mi300x-server")
    few = rebuilt(
        plan,
        purchases=[delivered(plan, p, units=1) if p == row else p for p in plan.purchases],
        retirements=[],
    )
    said = [p.message for p in findings_of(few) if p.code == "A002"]
    assert any(
        f"1 mi300x-server arrive in {row.delivered}, an order is at least 3" in s for s in said
    )
    assert any(
        f"1 mi300x-server arrive in {row.delivered}, they come in lots of 2" in s for s in said
    )


def test_a_supplier_that_was_never_qualified(plans):
    plan = plans["refresh"]
    assert [q.supplier for q in plan.qualifications] == ["amd"]
    assert refused(
        findings_of(rebuilt(plan, qualifications=[])),
        "amd is not qualified when mi300x-server is delivered in ",
    )


def test_a_supplier_that_is_qualified_too_late(plans):
    plan = plans["refresh"]
    late = plan.qualifications[0].model_copy(update={"started": "2027-Q2", "qualified": "2027-Q2"})
    assert refused(
        findings_of(rebuilt(plan, qualifications=[late])),
        "amd is not qualified when mi300x-server is delivered in ",
    )
