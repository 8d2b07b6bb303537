"""`--set path=value`: by number and by id, and what is said of a path that leads nowhere."""

from __future__ import annotations

import pytest

from tests.scenario.sample import RICH, SOUND, load, problems_of


def test_a_value_by_number_and_by_id():
    for path in ("sites.0.power.2027-Q1", "sites.north.power.2027-Q1"):
        assert load(SOUND, [f"{path}=30 MW"]).case.sites[0].power_w == [20e6] * 4 + [30e6] * 4
    for path in ("demands.0.need.2027-Q1", "demands.first.need.2027-Q1"):
        assert load(SOUND, [f"{path}=8 accelerators"]).case.demands[0].need[4] == 8
    for path in ("systems.0.price", "systems.hgx-h100.price"):
        assert load(SOUND, [f"{path}=1 kUSD"]).case.systems[0].price_usd == 1000
    assert load(
        SOUND, ["supply.hgx-h100.by.2026-Q3=9 systems", "supply.hgx-h100.by.2026-Q1=8 systems"]
    ).case.supply[0].cumulative == [
        8,
        8,
        *[9] * 6,
    ]


def test_a_value_that_was_not_there():
    case = load(
        SOUND,
        [
            "sites.north.power.2027-Q3=90 MW",
            "finance.discount_rate=5 %/year",
            "assume.goodput=80 %",
        ],
    ).case
    assert case.sites[0].power_w == [20e6] * 4 + [40e6] * 2 + [90e6] * 2
    assert (case.discount_rate_per_year, case.goodput) == (0.05, 0.8)


def test_a_date_between_those_of_the_file_takes_its_place():
    """The order of lines is checked in the file, where it is a typo; here it means nothing."""
    case = load(SOUND, ["sites.0.power.2026-Q3=30 MW"]).case
    assert case.sites[0].power_w == [20e6] * 2 + [30e6] * 2 + [40e6] * 4


def test_a_candidate_that_is_only_a_name_can_be_given_a_price():
    for path in ("systems.1.price", "systems.mi355x-server.price"):
        assert load(SOUND, [f"{path}=250 kUSD"]).case.systems[1].price_usd == 250_000


def test_a_whole_branch():
    case = load(
        SOUND,
        [
            "budget={total: 9 GUSD}",
            "objective=[{maximize: compute}]",
            "diversification=[]",
            "systems=[hgx-h100]",
        ],
    ).case
    assert (case.budget.capex_usd, case.budget.total_usd) == (None, 9e9)
    assert [str(goal.goal) for goal in case.goals] == [
        "maximize compute (bf16, mean over the horizon)"
    ]
    assert [s.id for s in case.systems] == ["hgx-h100"]
    assert case.rules == []


def test_nothing_takes_a_value_away():
    assert load(SOUND, ["budget.capex="]).case.budget.capex_usd is None
    assert load(RICH, ["sites.north.pue=~"]).case.sites[0].pue_annual_air == pytest.approx(1.3)


def test_later_ones_win_and_the_file_itself_stays_as_it_is():
    loaded = load(SOUND, ["name=One", "name=Two"])
    assert loaded.case.name == "Two"
    assert loaded.located.source.text == SOUND
    assert load(SOUND).case.name == "Sample"


@pytest.mark.parametrize(
    ("override", "message", "remedy"),
    [
        ("sites.0.powr=1 MW", "unknown key `powr`", "did you mean `power`?"),
        ("bugdet.capex=1 USD", "unknown key `bugdet`", "did you mean `budget`?"),
        ("sites.nroth.power=1 MW", "no item `nroth`", "did you mean `north`?"),
        ("sites.7.power=1 MW", "no item `7`", "items: north"),
        ("systems.hgx-h10.price=1 USD", "no item `hgx-h10`", "did you mean `hgx-h100`?"),
        ("demands.last.need=1", "no item `last`", "items: first"),
        ("name.first=x", "`name` has no parts", ""),
        ("horizon.from.year=2026", "`horizon.from` has no parts", ""),
        ("systems.0.mfu.bf16.x=1", "has no parts", ""),
    ],
)
def test_a_path_that_leads_nowhere(override, message, remedy):
    text = SOUND.replace("fit_out: 0 days}", "fit_out: 0 days, mfu: {bf16: 40 %}}")
    problems = problems_of(text, [override])
    assert [p.code for p in problems] == ["K001"]
    assert "leads nowhere" in problems[0].message
    assert message in problems[0].message
    assert problems[0].help == remedy
    assert problems[0].mark is not None
    assert problems[0].mark.source.text == override
    assert problems[0].mark.length == len(override.partition("=")[0])


@pytest.mark.parametrize("override", ["", "=", "=5", "budget.capex"])
def test_what_is_no_assignment(override):
    problems = problems_of(SOUND, [override])
    assert [p.code for p in problems] == ["K001"]
    assert f"`{override}` is not `path=value`" in problems[0].message


def test_a_key_of_a_demand_is_checked_with_its_kind():
    problems = problems_of(SOUND, ["demands.first.nead.2027-Q2=5 accelerators"])
    assert [(p.code, p.help) for p in problems] == [("K001", "did you mean `need`?")]


def test_a_wrong_value_is_shown_where_it_was_given():
    problems = problems_of(
        SOUND, ["budget.capex=9**9 USD", "sites.north.energy_price=[", "name=&x y"]
    )
    assert [p.code for p in problems] == ["Y001", "Y003"]
    problems = problems_of(SOUND, ["budget.capex=9**9 USD", "sites.north.energy_price=60 EUR/MWh"])
    assert sorted((p.code, str(p.mark)) for p in problems) == [
        ("U003", "--set sites.north.energy_price=60 EUR/MWh:1:26"),
        ("U004", "--set budget.capex=9**9 USD:1:14"),
    ]


def test_every_wrong_override_is_named():
    problems = problems_of(SOUND, ["a=1", "sites.9=1", "b"])
    assert [p.code for p in problems] == ["K001"] * 3
