"""A plan that is consistent in itself but breaks a rule on shares, or does not survive a loss, is
refused with that rule's sentence."""

from __future__ import annotations

from typing import Any

import pytest

from planner.assembly.audit import findings_of
from planner.core.case import Case
from planner.plan.schema import Plan
from tests.plan.answers import rebuilt


def ruled(plan: Plan, number: int, **fields: Any) -> Case:
    """The case with another rule."""
    rules = list(plan.case.rules)
    rules[number] = rules[number].model_copy(update=fields)
    return plan.case.model_copy(update={"rules": rules})


def surviving(plan: Plan, number: int, **fields: Any) -> Case:
    """The case with another loss to survive."""
    survival = list(plan.case.survival)
    survival[number] = survival[number].model_copy(update=fields)
    return plan.case.model_copy(update={"survival": survival})


RULES = [
    (0, {"max_hhi": 0.49}, "the HHI of suppliers by spend is 0.4", "at most 0.490000 is allowed"),
    (1, {"max_share": 0.6}, "intel has 6", "at most 60.0000% is allowed"),
    (2, {"max_share": 0.65}, "north has 6", "of power in 2027-Q3, at most 65.0000% is allowed"),
    (3, {"min_share": 0.5}, "samsung has 4", "at least 50.0000% is asked for"),
    (
        3,
        {"min_share": 0.01, "only": None},
        "sk-hynix has 0.0000% of spend",
        "at least 1.0000% is asked for",
    ),
    (
        3,
        {"min_share": None, "only": None, "max_suppliers": 2},
        "3 memory makers are used",
        "at most 2 are allowed",
    ),
    (
        3,
        {"min_share": None, "only": None, "min_suppliers": 3, "meaningful": 0.1},
        "2 memory makers have 10.0% of spend",
        "3 are asked for",
    ),
    (
        4,
        {"min_share": None, "max_share": 0.5},
        "tsmc has 100.0000% of units",
        "at most 50.0000% is allowed",
    ),
]


@pytest.mark.parametrize(
    ("number", "fields", "words", "more"), RULES, ids=[f"{row[0]}-{row[2]}" for row in RULES]
)
def test_each_kind_of_rule(plans, number, fields, words, more):
    plan = plans["resilient"]
    found = findings_of(rebuilt(plan, case=ruled(plan, number, **fields)))
    assert {(p.code, p.path) for p in found} == {("A002", f"case.rules.{number}")}, [
        p.concise() for p in found
    ]
    assert any(words in p.message and more in p.message for p in found), [p.message for p in found]


LOSSES = [
    (0, {"serves": 9.0}, "without intel "),
    (0, {"losses": 2, "serves": 0.5}, "without amd + intel "),
    (1, {"level": "country"}, "without tw 0 of "),
    (1, {"level": "foundry"}, "without tsmc 0 of "),
    (2, {"serves": 1.1}, "without north "),
]


@pytest.mark.parametrize(("number", "fields", "words"), LOSSES, ids=[row[2] for row in LOSSES])
def test_each_loss(plans, number, fields, words):
    plan = plans["resilient"]
    case = surviving(plan, number, **fields)
    if fields.get("level") == "country":
        systems = [
            s.model_copy(update={"upstream": {**s.upstream, "country": ["tw"]}})
            for s in case.systems
        ]
        case = case.model_copy(update={"systems": systems})
    found = findings_of(rebuilt(plan, case=case))
    assert {(p.code, p.path) for p in found} == {("A002", f"case.survival.{number}")}, [
        p.concise() for p in found
    ]
    assert any(
        p.message.startswith(words) and "are left for serving" in p.message for p in found
    ), [p.message for p in found]


def test_a_machine_cannot_be_kept_for_two(plans):
    plan = plans["resilient"]
    more = [row.model_copy(update={"units": row.units * 2}) for row in plan.reserves]
    found = findings_of(rebuilt(plan, reserves=more))
    assert found
    assert all(
        p.code == "A002" and "are kept for compute demands at once" in p.message for p in found
    ), [p.message for p in found]


def test_nothing_is_kept_after_a_loss_that_nobody_must_survive(plans):
    plan = plans["resilient"]
    row = plan.reserves[0].model_copy(update={"event": "loss of any supplier", "units": 0.0})
    found = findings_of(rebuilt(plan, reserves=[*plan.reserves, row]))
    assert [p.message for p in found] == [
        f"nothing is kept for {row.demand} after the loss of any supplier"
    ]


def test_only_what_can_serve_a_demand_is_kept_for_it(plans):
    plan = plans["resilient"]
    demands = [
        d.model_copy(update={"systems": ["gb300-nvl72"]}) if d.id == "training" else d
        for d in plan.case.demands
    ]
    found = findings_of(rebuilt(plan, case=plan.case.model_copy(update={"demands": demands})))
    assert any(
        "cannot serve training" in p.message and p.path.startswith("reserves.") for p in found
    )
