"""What a scenario says of crews: rates per time, resolved into a period's worth, or refused at
their line."""

from __future__ import annotations

import pytest

from tests.scenario.sample import SOUND, load, marked, places_of, problems_of, spoilt

PRICE = "    energy_price: 55 USD/MWh\n"


def test_rates_are_per_time_and_do_not_depend_on_the_step():
    text = spoilt(
        PRICE, PRICE + "    construction: {rate: 12 MW/quarter}\n    install_rate: 30 racks/month\n"
    )
    (crew,) = load(text).case.crews
    assert (crew.id, crew.sites, crew.it_path, crew.racks_path) == (
        "crew of north",
        ["north"],
        "sites.0.construction.rate",
        "sites.0.install_rate",
    )
    assert (crew.it_w, crew.racks) == (pytest.approx(12e6), pytest.approx(90))
    (monthly,) = load(text.replace("to: 2027-Q4}", "to: 2027-Q4, step: month}")).case.crews
    assert (monthly.it_w, monthly.racks) == (pytest.approx(4e6), pytest.approx(30))


def test_a_shared_crew_comes_after_those_of_the_sites():
    text = spoilt("supply:", "crews: [{sites: [north], install_rate: 365 racks/year}]\nsupply:")
    text = text.replace(PRICE, PRICE + "    install_rate: 1 racks/day\n")
    crews = load(text).case.crews
    assert [(c.id, c.it_w, round(c.racks or 0, 6)) for c in crews] == [
        ("crew of north", None, 91.25),
        ("crew 1", None, 91.25),
    ]
    assert crews[1].racks_path == "crews.0.install_rate"


HALLS = "    halls: [{id: h, critical_it: 6 MW, cooling: air}]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (spoilt("supply:", "crews: [«{sites: [north]}]\nsupply:"), "a crew needs a `rate`"),
        (
            spoilt("supply:", "crews: [{sites: [«nroth], rate: 1 MW/month}]\nsupply:"),
            "no site `nroth`",
        ),
        (
            spoilt("supply:", "crews: [{sites: [north], rate: «40 MW}]\nsupply:"),
            "power built per time",
        ),
        (
            spoilt("supply:", "crews: [{sites: [north], rate: «1 MW/month}]\nsupply:").replace(
                PRICE, PRICE + HALLS
            ),
            "built by the hall",
        ),
        (
            spoilt("  - id: north\n", "  - «id: north\n").replace(
                PRICE, PRICE + HALLS + "    construction: {rate: 4 MW/month}\n"
            ),
            "built by the hall",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text, words):
    text, places = marked(text)
    problems = problems_of(text)
    assert places_of(problems) == places
    assert all(words in p.message for p in problems), [p.message for p in problems]


def test_the_sound_sample_has_no_crew():
    assert load(SOUND).case.crews == []
