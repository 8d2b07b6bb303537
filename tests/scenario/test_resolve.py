"""What the scenario says wins, then the catalog's facts, then its defaults; each figure with its
provenance, each silence with a note."""

from __future__ import annotations

import pytest

from planner.core.case import Case, UsedFigure
from planner.periods import later
from tests.scenario.sample import RICH, SOUND, catalog, load, problems_of, spoilt


def figure(case: Case, of: str, name: str) -> UsedFigure:
    """The one figure of this name."""
    found = [f for f in case.figures if (f.of, f.figure) == (of, name)]
    assert len(found) == 1, [f"{f.of} {f.figure}" for f in case.figures]
    return found[0]


def has(case: Case, of: str, name: str) -> bool:
    return any((f.of, f.figure) == (of, name) for f in case.figures)


def with_candidate(what: str, text: str = SOUND) -> Case:
    return load(spoilt("lead_time: 0 days, fit_out: 0 days", what, text)).case


# --- provenance


def test_a_fact_of_the_catalog_carries_its_source():
    used = figure(load(SOUND).case, "hgx-h100", "power.nameplate")
    fact = catalog().systems["hgx-h100"].power.nameplate_w
    assert fact is not None
    source = catalog().sources[fact.source]
    assert (used.value, used.unit) == (fact.value, "W")
    assert (used.kind, used.via, used.grade) == (fact.kind, fact.via, fact.grade)
    assert (used.source, used.url) == (source.title, source.url)
    assert used.date


def test_what_the_scenario_says_replaces_the_fact():
    case = with_candidate("nameplate: 9 kW, price: 1 kUSD")
    used = figure(case, "hgx-h100", "power.nameplate")
    assert (used.value, used.kind, used.grade, used.source, used.low) == (
        9000.0,
        "scenario",
        "B",
        "s.yaml",
        None,
    )
    assert figure(case, "hgx-h100", "price").kind == "scenario"
    assert (case.systems[0].nameplate_w, case.systems[0].price_usd) == (9000.0, 1000.0)


def test_a_default_stands_in_where_neither_says_anything():
    case = load(SOUND).case
    used, default = figure(case, "defaults", "goodput"), catalog().defaults.goodput
    assert (case.goodput, used.value, used.low, used.high, used.grade) == (
        default.value,
        default.value,
        default.low,
        default.high,
        default.grade,
    )
    assert case.systems[1].peak_w == pytest.approx(
        case.systems[1].nameplate_w * catalog().defaults.load.peak.value
    )
    assert (
        figure(case, "mi355x-server", "lead_time").value == catalog().defaults.lead_time_days.value
    )


@pytest.mark.parametrize(
    ("said", "kept", "unit"),
    [
        ("goodput: 80 %", "goodput", "1"),
        ("utility_loss: 3 %", "utility_loss", "1"),
        ("operations: 1 MUSD/MW/year", "operations", "USD/MW/year"),
        ("construction_decline: 1 %/year", "construction_decline", "1/year"),
        ("resale_decline: 1 %/year", "resale_decline", "1/year"),
        ("fabric_cost: 0.5", "fabric_cost.server", "1"),
    ],
)
def test_an_assumption_of_the_scenario_replaces_a_default(said, kept, unit):
    used = figure(load(SOUND + f"assume: {{{said}}}\n").case, "defaults", kept)
    assert (used.kind, used.unit, used.source) == ("scenario", unit, "s.yaml")
    assert used.value != figure(load(SOUND).case, "defaults", kept).value


def test_an_assumed_overhead_replaces_what_would_be_counted():
    case = load(SOUND + "assume: {it_overhead: 5 %}\n").case
    assert (figure(case, "defaults", "it_overhead.server").kind, case.systems[0].it_overhead) == (
        "scenario",
        0.05,
    )
    assert (case.networks, case.systems[0].storage_w) == ([], 0.0)
    assert not has(case, "hgx-h100", "network")
    assert figure(load(SOUND).case, "hgx-h100", "network").kind == "derived"


def test_the_order_of_what_is_said_of_a_load():
    """Candidate, then the scenario's assumption, then what was metered, then the default share of
    the nameplate."""
    metered = figure(load(SOUND).case, "hgx-h100", "power.peak")
    assert (metered.value, metered.kind) == (8400.0, "measured")
    assumed = load(SOUND + "assume: {peak_load: 50 %, average_load: 40 %}\n").case.systems[0]
    assert (assumed.nameplate_w, assumed.peak_w, assumed.average_w) == (
        10200.0,
        5100.0,
        pytest.approx(4080.0),
    )
    both = with_candidate("peak: 6 kW", SOUND + "assume: {peak_load: 50 %, average_load: 40 %}\n")
    assert both.systems[0].peak_w == 6000.0
    assert not has(load(SOUND + "assume: {peak_load: 50 %}\n").case, "hgx-h100", "power.peak")


def test_what_was_metered_on_another_rating_is_not_used():
    case = with_candidate("nameplate: 20 kW")
    assert case.systems[0].peak_w == pytest.approx(20_000 * catalog().defaults.load.peak.value)
    assert not has(case, "hgx-h100", "power.peak")


def test_what_nobody_metered_gives_way_to_the_load_above_it_and_it_is_said_so():
    case = with_candidate("nameplate: 10 kW, peak: 6 kW")
    assert (case.systems[0].peak_w, case.systems[0].average_w) == (6000.0, 6000.0)
    assert (
        "hgx-h100: its average draw of 7200 W is taken as "
        "6000 W, since no load exceeds the one above it" in case.notes
    )


def test_utilisation_is_the_candidates_then_its_stacks():
    text = spoilt("lead_time: 0 days", "mfu: {bf16: 50 %}")
    case = load(text).case
    assert case.systems[0].mfu == {"bf16": 0.5}
    assert figure(case, "hgx-h100", "mfu.bf16").kind == "scenario"
    assert figure(case, "ROCm", "mfu.bf16").kind != "scenario"
    peak = catalog().accelerators["h100-sxm"].peak_flop_s.bf16
    assert peak is not None
    assert case.systems[0].peak_flop_s["bf16"] == peak.value * 8


def test_only_the_formats_that_are_asked_about_are_listed():
    assert set(load(SOUND).case.systems[0].peak_flop_s) == {"bf16"}
    text = spoilt("{minimize: cost}", "{maximize: compute, precision: fp8}")
    assert set(load(text).case.systems[0].peak_flop_s) == {"bf16", "fp8"}


def test_the_pue_is_the_sites_or_the_default_of_what_cools_it():
    case, pue = load(SOUND).case, catalog().defaults.pue
    north = case.sites[0]
    assert north.pue(case.systems[0]) == (pue.air.annual.value, pue.air.peak.value)
    assert north.pue(case.systems[1]) == (pue.liquid.annual.value, pue.liquid.peak.value)
    own = load(
        spoilt("    energy_price", "    pue: {annual: 1.07, peak: 1.11}\n    energy_price")
    ).case
    assert {own.sites[0].pue(s) for s in own.systems} == {(1.07, 1.11)}
    assert figure(own, "north", "pue.peak").kind == "scenario"


def test_every_figure_of_a_case_says_where_it_comes_from():
    for text in (SOUND, RICH):
        for used in load(text).case.figures:
            assert used.source, used.of
            assert used.unit
            assert used.kind == "scenario" or used.date
            assert used.low is None or used.low <= used.value * (1 + 1e-9)
            assert used.high is None or used.high >= used.value * (1 - 1e-9)


def test_what_nobody_published_must_be_given():
    """A system without a planning price, and one whose power nobody published."""
    priced = catalog().planning_prices
    unpriced = next(
        (
            s.id
            for s in catalog().systems.values()
            if s.id not in priced and s.power.nameplate_w is not None
        ),
        None,
    )
    if unpriced is not None:
        problems = problems_of(spoilt("- mi355x-server", f"- {unpriced}"))
        assert ("S002", f"`{unpriced}` has no planning price") in [
            (p.code, p.message) for p in problems
        ]
        load(
            spoilt(
                "- mi355x-server", f"- {{system: {unpriced}, price: 1 MUSD, mfu: {{bf16: 40 %}}}}"
            )
        )


# --- dates


def power(steps: str) -> tuple[list[float], list[str]]:
    """MW by quarter, and the notes."""
    case = load(spoilt("{2026-Q1: 20 MW, 2027-Q1: 40 MW}", f"{{{steps}}}")).case
    assert case.sites[0].power_w is not None
    return [w / 1e6 for w in case.sites[0].power_w], [
        note for note in case.notes if note.startswith("site north, power")
    ]


def test_a_step_on_the_first_day_of_a_period_counts_from_it():
    for date in ("2026-Q3", "2026-07", "2026-07-01"):
        assert power(f"2026: 10 MW, {date}: 20 MW") == ([10, 10, 20, 20, 20, 20, 20, 20], [])


def test_a_rise_within_a_period_counts_from_the_next():
    values, notes = power("2026-Q1: 10 MW, 2026-08: 20 MW")
    assert values == [10, 10, 10, 20, 20, 20, 20, 20]
    assert notes == [
        "site north, power: the step of 2026-08 counts "
        "from 2026-Q4, the first whole period after it"
    ]


def test_a_fall_within_a_period_counts_from_that_period():
    """Nobody may plan a whole quarter on power that goes in its second month."""
    values, notes = power("2026-Q1: 20 MW, 2026-08: 10 MW, 2027-Q1: 30 MW")
    assert values == [20, 20, 10, 10, 30, 30, 30, 30]
    assert notes == [
        "site north, power: the fall of 2026-08 counts from 2026-Q3, the period in which it comes"
    ]
    assert power("2026-Q1: 20 MW, 2027-11: 10 MW")[0] == [20, 20, 20, 20, 20, 20, 20, 10]


def test_two_steps_within_one_period():
    assert power("2026-Q1: 10 MW, 2026-08: 30 MW, 2026-09: 20 MW")[0] == [
        10,
        10,
        10,
        20,
        20,
        20,
        20,
        20,
    ]


def test_nothing_stands_before_the_first_step_and_what_came_before_counts_from_the_start():
    assert power("2027-Q1: 10 MW")[0] == [0, 0, 0, 0, 10, 10, 10, 10]
    assert power("2020: 5 MW, 2025-06-15: 10 MW, 2027-Q1: 20 MW") == (
        [10, 10, 10, 10, 20, 20, 20, 20],
        [],
    )


def test_a_step_beyond_the_horizon_changes_nothing_and_is_said_so():
    for date in ("2028-Q1", "2030", "2027-11"):
        values, notes = power(f"2026-Q1: 10 MW, {date}: 20 MW")
        assert values == [10] * 8
        assert notes == [
            f"site north, power: the step of {date} lies beyond the horizon and changes nothing"
        ]


def need(steps: str) -> list[float]:
    return load(spoilt("{2027-Q1: 1000 accelerators}", f"{{{steps}}}")).case.demands[0].need


def test_a_need_counts_from_the_period_that_contains_it():
    assert need("2026-08: 8 accelerators, 2027-12-31: 16 accelerators") == [0, 0, 8, 8, 8, 8, 8, 16]


def test_a_need_that_falls_within_a_period_is_due_through_it():
    assert need("2026-Q1: 16 accelerators, 2026-08: 8 accelerators") == [16, 16, 16, 8, 8, 8, 8, 8]


def test_the_most_that_is_needed_within_a_period_is_due():
    assert need("2026-07: 16 accelerators, 2026-08: 8 accelerators, 2026-09: 4 accelerators") == [
        0,
        0,
        16,
        4,
        4,
        4,
        4,
        4,
    ]


def test_a_demand_for_nothing_is_said_to_be_one():
    case = load(spoilt("1000 accelerators", "0 accelerators")).case
    assert "demand first asks for nothing and changes nothing" in case.notes


def test_lead_time_and_fit_out_are_added_to_the_date_and_rounded_once():
    """Proves: the first runs from the first quarter that begins when both are over, and a note
    tells of every shift."""
    for lead, fit_out, first, runs in (
        ("91 days", "92 days", "2026-04-02", 3),  # over on 3 July
        ("90 days", "91 days", "2026-04-01", 2),  # over on 1 July
        ("0 days", "0 days", "2026-01-01", 0),
        ("1 day", "1 day", "2026-01-02", 1),
        ("52 weeks", "1 year", "2026-12-31", 8),
        ("6 months", "0 days", "2026-07-01", 2),
    ):
        case = with_candidate(f"lead_time: {lead}, fit_out: {fit_out}")
        system, arrivals = (
            case.systems[0],
            [a.runs for a in case.arrivals["hgx-h100"] if a is not None],
        )
        assert (str(system.first), min(arrivals, default=8)) == (first, runs)
        ready = later(system.first, system.fit_out_days)
        told = any(
            note in case.shifts for note in case.notes if note.startswith("hgx-h100: the first")
        )
        assert told == (runs == 8 or ready != case.timeline.starts[runs]), (lead, case.notes)


SCHEDULED = "hgx-h100: its allocation schedule gives delivery dates, so no lead time is added"


def test_an_allocation_schedule_takes_the_place_of_the_lead_time():
    case = with_candidate("fit_out: 0 days")
    assert (case.systems[0].lead_time_days, str(case.systems[0].first)) == (0, "2026-01-01")
    assert SCHEDULED in case.notes
    assert not has(case, "hgx-h100", "lead_time")


def test_but_a_lead_time_that_is_given_holds_and_so_does_one_without_dates():
    given = with_candidate("lead_time: 26 weeks")
    assert str(given.systems[0].first) == "2026-07-02"
    assert SCHEDULED not in given.notes
    total = spoilt("by: {2026-Q1: 100 systems, 2026-Q3: 400 systems}", "total: 400 systems")
    assert str(with_candidate("fit_out: 0 days", total).systems[0].first) == "2026-07-02"


def test_first_shipments_hold_back_the_first_delivery():
    ships = catalog().systems["mi450-helios"].ships_from
    assert ships is not None
    assert str(ships.value) == "2026-Q3"
    case = load(spoilt("- mi355x-server", "- {system: mi450-helios, lead_time: 0 days}")).case
    assert str(case.systems[1].first) == "2026-07-01"
    assert any(
        note.startswith("mi450-helios: first shipments in 2026-Q3 hold back its first delivery")
        for note in case.notes
    )


def test_a_delivery_window():
    system = with_candidate("lead_time: 0 days, from: 2026-05, until: 2027-05").systems[0]
    assert (str(system.first), str(system.last)) == ("2026-05-01", "2027-05-31")
    case = with_candidate("lead_time: 2 years")
    assert case.arrivals["hgx-h100"] == (None,) * 8
    assert any("hgx-h100 cannot be delivered within the horizon" in note for note in case.notes)


# --- places


@pytest.mark.parametrize(
    ("cooling", "system", "note"),
    [
        (
            "{liquid: none}",
            "mi355x-server",
            "mi355x-server cannot stand at north: it needs liquid cooling and the site has none",
        ),
        (
            "{air: none}",
            "hgx-h100",
            "hgx-h100 cannot stand at north: part of its heat "
            "goes to air and the site has no air cooling",
        ),
        (
            "{air: 0 MW}",
            "mi355x-server",
            "mi355x-server cannot stand at north: part of its heat goes to air and the site has "
            "no air cooling",
        ),
    ],
)
def test_a_system_that_a_site_cannot_cool_has_no_place_there_and_it_is_said_so(
    cooling, system, note
):
    case = load(spoilt("    energy_price", f"    cooling: {cooling}\n    energy_price")).case
    assert case.system[system].sites == []
    assert note in case.notes


def test_unlimited_cooling_is_no_limit():
    site = load(
        spoilt("    energy_price", "    cooling: {liquid: unlimited, air: 3 MW}\n    energy_price")
    ).case.sites[0]
    assert (site.liquid_w, site.air_w) == (None, 3e6)


def test_a_candidate_may_be_kept_to_its_sites_and_an_empty_list_is_refused():
    rich = load(RICH).case
    everywhere = ["north", "south", "west", "isle"]
    assert [s.sites for s in rich.systems if not s.variant_of] == [
        ["north"],
        everywhere,
        everywhere,
        [],
    ]
    assert {s.id: (s.product, s.sites) for s in rich.systems if s.variant_of} == {
        "hgx-h100@90%": ("hgx-h100", ["north"]),
        "hgx-h100@75%": ("hgx-h100", ["north"]),
        "hgx-h100@po-17": ("hgx-h100", ["north"]),
        "hgx-h100@90%@order-3": ("hgx-h100", ["north"]),
        "mi355x-server@order-2": ("mi355x-server", ["south"]),
    }
    problems = problems_of(spoilt("lead_time: 0 days", "sites: []"))
    assert [p.code for p in problems] == ["T001"]


def test_a_site_without_power_is_said_to_be_unlimited():
    case = load(spoilt("    power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}\n", "")).case
    assert case.sites[0].power_w is None
    assert "site north: no power is given, so its power does not limit the plan" in case.notes


# --- amounts, rules, budgets


def test_supply_is_in_systems_whatever_the_file_counts_in():
    supply = load(RICH).case.supply[0]
    assert (
        supply.cumulative == [100.0] * 2 + [400.0] * 10
    )  # 3200 accelerators of 8; the total of 1000 never binds
    assert supply.per_period == 50.0
    capped = load(
        spoilt("2026-Q3: 400 systems}", "2026-Q3: 400 systems}, total: 2000 accelerators")
    ).case.supply[0]
    assert capped.cumulative == [100.0, 100.0, *[250.0] * 6]
    total = load(
        spoilt("by: {2026-Q1: 100 systems, 2026-Q3: 400 systems}", "total: 12 accelerators")
    ).case.supply[0]
    assert total.cumulative == [1.5] * 8


def test_a_system_that_only_stands_is_no_candidate():
    case = load(RICH).case
    old = case.system["dgx-a100-80gb"]
    assert (old.may_buy, old.sites, old.price_usd) == (False, [], 0.0)
    assert case.fleet[0].units == 10
    assert "dgx-a100-80gb" in case.demands[1].systems
    assert not has(case, "dgx-a100-80gb", "price")


def test_a_deployment_in_systems_is_counted_in_accelerators():
    text = spoilt(
        "accelerator: h100-sxm, need: {2027-Q1: 1000 accelerators}",
        "system: hgx-h100, need: {2027-Q1: 125 systems}",
    )
    demand = load(text).case.demands[0]
    assert (demand.systems, demand.need[4]) == (["hgx-h100"], 1000.0)


def test_windows_of_a_rule():
    assert load(SOUND).case.rules[0].windows == [(0, 7)]
    for window, windows in (
        ("4 quarters", [(0, 3), (1, 4), (2, 5), (3, 6), (4, 7)]),
        ("1 year", [(0, 3), (1, 4), (2, 5), (3, 6), (4, 7)]),
        ("1 day", [(t, t) for t in range(8)]),
        ("10 years", [(0, 7)]),
    ):
        assert load(spoilt("60 %", f"60 %, window: {window}")).case.rules[0].windows == windows
    assert [p.path for p in problems_of(spoilt("60 %", "60 %, window: 0 days"))] == [
        "diversification.0.window"
    ]


def test_budgets_and_objectives_know_their_period():
    case = load(RICH).case
    assert (case.budget.by_period_usd, case.budget.cumulative_usd) == ({3: 2e9}, {7: 4e9})
    assert [(str(goal.goal), goal.at, goal.parts_at) for goal in case.goals] == [
        ("maximize compute (bf16) at 2027-Q4", 7, []),
        ("minimize time to 1000 PFLOP/s (bf16)", None, []),
        ("minimize 1 · cost + 0.1 · time to 1000 accelerators", None, [None, None]),
        ("minimize shortfall (priority 1)", None, []),
    ]
    monthly = load(
        spoilt(
            "2026-Q1, to: 2027-Q4",
            "2026-Q1, to: 2027-Q4, step: month",
            spoilt("{capex: 5 GUSD}", "{by_period: {2026-09: 1 GUSD}}"),
        )
    ).case
    assert monthly.budget.by_period_usd == {8: 1e9}


def test_sales_that_need_an_agreement_are_noted():
    notes = load(spoilt("- mi355x-server", "- tpu-v6e-host\n  - vr-nvl72")).case.notes
    assert "tpu-v6e-host is not sold; its price is an assumed cost-equivalent" in notes
    assert "vr-nvl72 is sold by agreement only; a plan that buys it presumes one" in notes
    own = load(spoilt("- mi355x-server", "- {system: tpu-v6e-host, price: 90 kUSD}")).case.notes
    assert not any("tpu-v6e-host is not sold" in note for note in own)


def test_each_note_stands_once():
    for text in (SOUND, RICH):
        notes = load(text).case.notes
        assert len(notes) == len(set(notes))


def test_milestones_of_what_is_not_charged_are_said_to_change_nothing():
    for lines in ("rent: 150 USD/kW/month", "construction: {cost: 0 USD/MW}"):
        payments = "payments: [{share: 40 %, before: 6 months}, {share: 60 %}]"
        own = (
            lines.replace("}", f", {payments}}}")
            if "construction" in lines
            else f"{lines}\n    construction: {{{payments}}}"
        )
        notes = load(spoilt("    energy_price", f"    {own}\n    energy_price")).case.notes
        assert any(
            note.startswith("site north: the `payments` of its construction change nothing")
            for note in notes
        )
    assert not any("`payments`" in note for note in load(SOUND).case.notes)


def test_milestones_are_all_of_a_price():
    text = spoilt(
        "    energy_price",
        "    construction: {payments: [{share: 40 %, before: 6 months}, {share: 50 %}]}\n    "
        "energy_price",
    )
    (problem,) = problems_of(text)
    assert (problem.code, problem.path) == ("S003", "sites.0.construction.payments")
    assert "90 % of the price" in problem.message
