"""What a scenario says of machines that stand, leave and move: resolved into ages, dates and ways,
or refused at its line."""

from __future__ import annotations

import pytest

from tests.scenario.sample import SOUND, load, marked, places_of, problems_of, spoilt

FLEET = "fleet:\n  - {{site: north, system: hgx-h100, units: 2 systems{}}}\nsupply:"


def case_with(more: str, text: str = SOUND):
    return load(spoilt("supply:", FLEET.format(more), text)).case


@pytest.mark.parametrize(
    ("more", "age_years", "leaves"),
    [
        ("", None, None),
        (", bought: 2024-Q1", 731 / 365, None),
        (", age: 2 years", 2.0, None),
        (
            ", bought: 2024-Q1, lifetime: 3 years",
            731 / 365,
            4,
        ),  # gone from 2027-01-01 on, the first day of the fifth quarter
        (
            ", bought: 2024-02, lifetime: 3 years",
            700 / 365,
            4,
        ),  # 2027-02-01 lies within 2027-Q1, which it may not run through
        (", bought: 2024-02-15, lifetime: 1000 days", 686 / 365, 3),  # 2026-11-11
        (", retire_by: 2026-Q3", None, 2),
        (", retire_by: 2026-08-10", None, 2),
    ],
)
def test_age_and_end(more, age_years, leaves):
    entry = case_with(more).fleet[0]
    assert entry.age_years == (None if age_years is None else pytest.approx(age_years, abs=2 / 365))
    assert entry.leaves == leaves


def test_worth_is_the_price_paid_and_never_more_than_that_of_a_new_one():
    new = next(s.price_usd for s in case_with("").systems if s.id == "hgx-h100")
    assert case_with("").fleet[0].worth_usd == 0
    assert case_with(", age: 1 year").fleet[0].worth_usd == new
    assert case_with(", age: 1 year, price: 100 kUSD").fleet[0].worth_usd == 1e5
    assert case_with(", age: 1 year, price: 900 kUSD").fleet[0].worth_usd == new


def test_what_changes_nothing_is_said():
    assert any(
        "`retire_by` changes nothing" in note for note in case_with(", retire_by: 2030").notes
    )
    moved = load(spoilt("supply:", "moves:\n  - {system: hgx-h100}\nsupply:"))
    assert any(
        "moves of hgx-h100: there is no site to leave and another to go to" in note
        for note in moved.case.notes
    )
    assert moved.case.moves == []


TWO = spoilt(
    "systems:",
    "  - {id: south, energy_price: 40 USD/MWh}\n  - {id: dry, energy_price: 40 USD/MWh, cooling: "
    "{air: none}}\nsystems:",
)


def test_ways_lead_where_machines_can_be_cooled():
    loaded = load(
        spoilt(
            "supply:",
            "moves:\n  - {system: hgx-h100, cost: 5 kUSD, transit: 4 months}\nsupply:",
            TWO,
        )
    )
    ways = [
        (m.origin, m.destination, m.cost_usd, round(m.transit_days, 6), m.path)
        for m in loaded.case.moves
    ]
    assert ways == [
        ("north", "south", 5000, 121.666667, "moves.0"),
        ("south", "north", 5000, 121.666667, "moves.0"),
    ]
    assert any(note.startswith("hgx-h100 cannot be moved to dry: ") for note in loaded.case.notes)


def test_a_lifetime_counts_from_delivery():
    text = spoilt("fit_out: 0 days}", "fit_out: 0 days, lifetime: 4 years, may_retire: true}")
    system = load(text).case.systems[0]
    assert (system.lifetime_days, system.may_retire) == (1460, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            spoilt("supply:", FLEET.format(", bought: «2026-Q1")),
            "2026-Q1 is not before the horizon",
        ),
        (
            spoilt("supply:", FLEET.format(", retire_by: «2025-Q4")),
            "must be gone by 2025-10-01, before the horizon begins",
        ),
        (
            spoilt("supply:", FLEET.format(", age: 5 years, lifetime: «4 years")),
            "before the horizon begins",
        ),
        (
            spoilt(
                "supply:",
                "fleet:\n  - «{site: north, system: hgx-h100, units: 2 systems, lifetime: 4 "
                "years}\nsupply:",
            ),
            "how old",
        ),
        (
            spoilt(
                "supply:",
                "fleet:\n  - «{site: north, system: hgx-h100, units: 2 systems, price: 1 "
                "kUSD}\nsupply:",
            ),
            "`price` goes with `bought` or `age`",
        ),
        (
            spoilt(
                "supply:",
                "fleet:\n  - «{site: north, system: hgx-h100, units: 2 systems, age: 1 day, "
                "bought: 2020}\nsupply:",
            ),
            "either `bought` or `age`",
        ),
        (
            spoilt("fit_out: 0 days}", "fit_out: 6 months, lifetime: «6 months}"),
            "is over before 2026-Q3, its first quarter, is",
        ),
        (
            spoilt("supply:", "moves:\n  - {system: «hgx-h10}\nsupply:"),
            "no candidate or existing system `hgx-h10`",
        ),
        (
            spoilt("supply:", "moves:\n  - {system: hgx-h100, to: [«nroth]}\nsupply:"),
            "no site `nroth`",
        ),
        (
            spoilt(
                "supply:",
                "moves:\n  - {system: hgx-h100}\n  - «{system: hgx-h100, from: [north]}\nsupply:",
                TWO,
            ),
            "stands in `moves.0`",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text, words):
    text, places = marked(text)
    problems = problems_of(text)
    assert places_of(problems) == places
    assert all(words in p.message for p in problems), [p.message for p in problems]
