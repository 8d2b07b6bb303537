"""What a scenario says of orders and qualifications: resolved into periods and whole systems, or
refused at its line."""

from __future__ import annotations

import pytest

from tests.scenario.sample import SOUND, load, marked, places_of, problems_of, spoilt

BY = "by: {2026-Q1: 100 systems, 2026-Q3: 400 systems}"
PLAIN = "{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}"


def entry(said: str):
    return load(spoilt(BY, said)).case.supply[0]


def test_a_schedule_is_the_least_that_holds_through_a_period():
    assert entry(
        "schedule: {2026-Q2: 10 systems, 2027-02: 30 systems, 2027-Q4: 5 systems}"
    ).schedule == [0, 10, 10, 10, 10, 30, 30, 5]
    assert entry("schedule: {2026-Q1: 160 accelerators}").schedule == [20] * 8
    loaded = load(spoilt(BY, "schedule: {2026-Q1: 20 accelerators}"))
    assert any("20 accelerators is 2.5 systems a quarter" in note for note in loaded.case.notes)


def test_a_schedule_may_fall_and_the_sum_may_not():
    assert entry("schedule: {2026-Q1: 9 systems, 2026-Q2: 1 systems}").schedule == [9, *[1] * 7]
    (problem,) = problems_of(spoilt(BY, "by: {2026-Q1: 9 systems, 2026-Q2: 1 systems}"))
    assert "`schedule`" in problem.help


def test_orders_in_systems():
    said = entry("minimum_order: 80 accelerators, lot: 5 systems")
    assert (said.minimum_order, said.lot, said.cumulative, said.per_period, said.schedule) == (
        10,
        5,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ("", "2026-07-01", "2027-12-31"),
        ("order_from: 2026-Q2", "2026-10-01", "2027-12-31"),
        ("order_until: 2026-Q3", "2026-07-01", "2027-03-30"),
        ("order_from: 2026-05, order_until: 2026-11", "2026-11-01", "2027-05-30"),
    ],
)
def test_what_is_ordered_arrives_a_lead_time_later(window, first, last):
    text = SOUND.replace("supply:\n  - {system: hgx-h100, " + BY + "}\n", "")
    more = f", {window}" if window else ""
    system = load(
        spoilt(PLAIN, f"{{system: hgx-h100, lead_time: 6 months, fit_out: 0 days{more}}}", text)
    ).case.systems[0]
    assert (str(system.first), str(system.last)) == (first, last)


def test_who_needs_no_money_to_be_qualified_only_delivers_later():
    case = load(
        spoilt("supply:", "qualification: [{supplier: nvidia, time: 4 months}]\nsupply:")
    ).case
    assert str(case.systems[0].first) == "2026-05-01"
    assert case.qualifications == []


def test_who_does_is_a_decision_of_the_plan():
    case = load(
        spoilt(
            "supply:", "qualification: [{supplier: nvidia, time: 4 months, cost: 2 MUSD}]\nsupply:"
        )
    ).case
    (q,) = case.qualifications
    assert (q.supplier, q.systems, q.time_days, q.cost_usd, q.path) == (
        "nvidia",
        ["hgx-h100"],
        pytest.approx(365 / 3),
        2e6,
        "qualification.0",
    )
    assert [(f.figure, f.value) for f in case.figures if f.of == "qualification of nvidia"] == [
        ("cost", 2e6)
    ]


def test_a_qualification_beyond_the_horizon_is_said():
    notes = load(
        spoilt("supply:", "qualification: [{supplier: amd, time: 3 years}]\nsupply:")
    ).case.notes
    assert "qualification of amd takes the whole horizon, so nothing of theirs is bought" in notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (spoilt(BY, "lot: «9 accelerators"), "9 accelerators is 1.125 systems"),
        (spoilt(BY, "minimum_order: «0 systems"), "machines are ordered whole"),
        (
            spoilt("{system: hgx-h100, " + BY + "}", "«{system: hgx-h100}"),
            "`minimum_order` or `lot`",
        ),
        (
            spoilt("supply:", "qualification: [{supplier: «nvidai, cost: 1 MUSD}]\nsupply:"),
            "no candidate is sold by `nvidai`",
        ),
        (
            spoilt("supply:", "qualification: [{supplier: amd}, {supplier: «amd}]\nsupply:"),
            "`amd` stands twice",
        ),
        (
            spoilt(
                "{system: hgx-h100, lead_time: 0 days,",
                "{system: hgx-h100, order_from: 2027, order_until: «2026-Q3, lead_time: 0 days,",
            ),
            "orders end (2026-Q3) before they begin (2027)",
        ),
        (
            spoilt(PLAIN, "{system: hgx-h100, fit_out: 0 days, order_until: «2026-Q3}"),
            "dates an order",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text, words):
    text, places = marked(text)
    problems = problems_of(text)
    assert places_of(problems) == places
    assert all(words in p.message for p in problems), [p.message for p in problems]
