"""`explain` on files: the account of a plan, its words, its limits in time, and show 4 of the
README: tags that hold when solved again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import pytest

from planner.catalog.load import Catalog, load_catalog
from planner.core.limits import MW, SYSTEMS, Unit, rounded
from planner.data import find_scenario
from planner.errors import OptionError
from planner.numbers import number
from planner.pipeline import Difference, read
from planner.report.explain_tables import explain_lines, explain_tables
from planner.scenario.load import Loaded, load_scenario_text
from planner.solver.engine import Engine, Interrupted
from planner.study.differences import effect, resolved
from planner.study.explain import explain, explain_any
from planner.study.explanation import ExplainOptions, Explanation, Objective

TWO = """
name: two sites
horizon: {from: 2026-Q1, to: 2026-Q4}
finance: {discount_rate: 0 %/year, resale: none}
sites:
  - id: cheap
    power: {2026-Q1: 1 MW, 2026-Q3: 3 MW}
    pue: {annual: 1.0, peak: 1.0}
    energy_price: 0 USD/MWh
    construction: {cost: 0 USD/MW}
  - id: dear
    power: {2026-Q1: 9 MW}
    cooling: {liquid: none}
    pue: {annual: 1.0, peak: 1.0}
    energy_price: 100 USD/MWh
    construction: {cost: 0 USD/MW}
systems:
  - {system: hgx-h100, price: 200 kUSD, nameplate: 10 kW, peak: 10 kW, average: 10 kW, lead_time: 0 days, fit_out: 0 days}
  - {system: mi300x-server, price: 400 kUSD, nameplate: 10 kW, peak: 10 kW, average: 10 kW, lead_time: 0 days, fit_out: 0 days}
  - {system: gb300-nvl72, price: 9 MUSD, lead_time: 0 days, fit_out: 0 days, sites: [dear, cheap]}
demands:
  - {id: d, kind: compute, precision: fp8, basis: peak, need: {2026-Q1: 7.912 EFLOP/s}}
assume: {it_overhead: 0 %, utility_loss: 0 %, fabric_cost: 0 %, operations: 0 USD/kW/year}
solve: {gap: 0}
"""  # noqa: E501  (lines of a file)
"""500 servers at 200 kUSD, all in 2026-Q1: 100 at the cheap site, the rest at the dear one, where
10 kW cost 8760 USD a year. Machines do not move, so the power that comes later is worth nothing."""


@lru_cache
def catalog() -> Catalog:
    return load_catalog()


def two(overrides: Sequence[str] = ()) -> Loaded:
    return load_scenario_text(TWO, catalog(), overrides, "two.yaml")


@pytest.fixture(scope="module")
def told(engine: Engine) -> Explanation:
    return explain(two(), engine, ExplainOptions(within_s=60))


def test_what_binds_is_told_with_its_line(told: Explanation) -> None:
    binding = {(state.limit, state.when) for state in told.limits if state.binding}
    assert ("power at cheap", "2026-Q1..2026-Q2") in binding
    assert ("demand d", "2026-Q1..2026-Q4") in binding
    assert ("power at dear", "2026-Q1..2026-Q4") not in binding
    assert all(state.place.startswith("two.yaml:") for state in told.limits)


def test_a_mw_at_the_cheap_site_saves_the_energy_of_the_dear_one(told: Explanation) -> None:
    """1 MW for a year at 100 USD/MWh is 0.876 MUSD. A step of a fifth of the limit holds 20
    servers."""
    tag = next(t for t in told.tags if (t.limit, t.when) == ("power at cheap", "2026-Q1..2026-Q2"))
    assert tag.unit == "MW"
    assert (tag.dual, tag.machine, tag.step) == pytest.approx((0.876, 0.01, 0.2))
    assert tag.loosened.better == pytest.approx(0.1752)
    assert tag.loosened.says == (
        "0.2 MW more of `power at cheap` in 2026-Q1..2026-Q2 lowers cost by 0.1752 MUSD (proven: "
        "0.1752 to 0.1752 MUSD)"
    )
    assert tag.loosened.agrees
    assert tag.tightened.better == pytest.approx(-0.1752)


def test_a_quarter_sooner(engine: Engine) -> None:
    """The demand grows to 600 servers in 2026-Q3, when 200 more fit at the cheap site: 100 of them
    go there. A quarter later they run two quarters at the dear site instead (they are bought
    there): 100 · 10 kW · 100 USD/MWh · 4416 h = 0.4416 MUSD."""
    found = explain(
        two(["demands.d.need.2026-Q3=9.4944 EFLOP/s"]), engine, ExplainOptions(within_s=60)
    )
    later = next(tag for tag in found.dates if tag.limit == "power at cheap" and not tag.sooner)
    assert (later.begins, later.moved_to) == ("2026-Q3", "2026-Q4")
    assert later.resolved.better == pytest.approx(-0.4416, rel=1e-3)
    assert later.resolved.says.startswith(
        "3 MW of `power at cheap` one quarter later "
        "(2026-Q4 instead of 2026-Q3) raises cost by 0.4416"
    )


def test_what_was_not_bought_and_why(told: Explanation) -> None:
    rows = {(row.system, row.site): row for row in told.not_bought}
    away = rows["gb300-nvl72", "dear"]
    assert (away.reason, away.says) == (
        "kept away",
        "gb300-nvl72 needs liquid cooling and dear has none",
    )
    assert away.place.startswith("two.yaml:")
    server = min(
        (rows["mi300x-server", site] for site in ("cheap", "dear")),
        key=lambda row: row.short_of_paying or 0.0,
    )
    assert server.reason == "dearer"
    assert server.price_usd == 400e3
    assert server.entry_price_usd is not None
    assert server.pays_at_usd is not None
    assert server.not_at_usd is not None
    assert server.pays_at_usd <= server.not_at_usd <= 400e3
    assert server.pays_at_usd * 0.9 <= server.entry_price_usd <= server.not_at_usd * 1.1
    assert "short of paying" in server.says
    assert sum(charge.amount for charge in server.charges) + (server.own or 0.0) == pytest.approx(
        server.short_of_paying
    )


def test_the_price_told_is_the_price_in_the_file(told: Explanation, engine: Engine) -> None:
    """At the price that pays the system is bought, at the price that does not it is not: by a
    scenario with that price."""
    row = min(
        (r for r in told.not_bought if r.system == "mi300x-server"),
        key=lambda r: r.short_of_paying or 0.0,
    )
    for usd, bought in ((row.pays_at_usd, True), (row.not_at_usd, False)):
        found = explain(
            two([f"systems.mi300x-server.price={usd} USD"]),
            engine,
            ExplainOptions(most=0, within_s=30),
        )
        missing = {r.system for r in found.not_bought if r.reason in ("dearer", "tie")}
        assert ("mi300x-server" not in missing) == bought


def test_json_comes_back_equal_and_tables_show_it(told: Explanation) -> None:
    assert Explanation.model_validate_json(told.to_json()) == told
    titles = [table.title for table in explain_tables(told)]
    assert titles[:2] == ["What binds", "Sensitivities"]
    assert {"Not bought", "Headroom of the rest"} <= set(titles)
    assert any("MUSD" in line for line in explain_lines(told))


def test_one_limit_alone(engine: Engine) -> None:
    found = explain(
        two(),
        engine,
        ExplainOptions(limits=("power at dear", "power at cheap [2026-Q3..2026-Q4]"), within_s=60),
    )
    assert {(t.limit, t.when) for t in found.tags} == {
        ("power at dear", "2026-Q1..2026-Q4"),
        ("power at cheap", "2026-Q3..2026-Q4"),
    }
    assert all(tag.loosened.status == "solved" for tag in found.tags)
    assert (found.dates, found.not_bought) == ([], [])


def test_a_mistyped_limit_names_the_nearest(engine: Engine) -> None:
    with pytest.raises(OptionError, match="did you mean `power at dear`") as caught:
        explain(two(), engine, ExplainOptions(limits=("power at deer",)))
    assert caught.value.exit_code == 2


def test_an_objective_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(OptionError, match="the scenario has 1 objectives"):
        explain(two(), engine, ExplainOptions(goal=2))


def test_without_time_nothing_is_made_up(engine: Engine) -> None:
    found = explain(two(), engine, ExplainOptions(within_s=0))
    assert all(tag.loosened.better is None and tag.more is None for tag in found.tags)
    assert any("--within" in note for note in found.notes)
    assert found.limits


def test_ctrl_c_ends_the_questions_and_keeps_what_is_known(engine: Engine) -> None:
    """Proves: Ctrl-C while limits are solved again ends in an account, and not in a traceback."""

    class Struck:
        def __init__(self) -> None:
            self.again = 0

        def solve(self, proto: object, **options: object) -> object:
            self.again += options["name"] == "again"
            if self.again > 2:
                raise Interrupted(None, None, 0.0)
            return engine.solve(proto, **options)  # type: ignore[arg-type]

    found = explain(two(), Struck(), ExplainOptions(within_s=60))  # type: ignore[arg-type]
    assert any("interrupted" in note for note in found.notes)
    statuses = [side.status for tag in found.tags for side in (tag.loosened, tag.tightened)]
    assert statuses.count("solved") == 2
    assert "out of time" in statuses


def test_without_a_plan_the_account_is_of_that(engine: Engine) -> None:
    found = explain_any(
        two(["sites.dear.power={2026-Q1: 1 MW}"]), engine, ExplainOptions(within_s=60)
    )
    assert (found.outcome, found.objective) == ("no plan", None)
    assert {limit.limit for limit in found.conflict} >= {
        "demand d",
        "power at cheap",
        "power at dear",
    }
    assert explain_tables(found)[0].title == "These limits cannot hold together"


COST = Objective(
    number=1, name="minimize cost", unit="MUSD", value=100, bound=100, gap=0, in_parts=100
)
MOST = Objective(
    number=1,
    name="maximize accelerators",
    unit="accelerators",
    value=100,
    bound=100,
    gap=0,
    in_parts=100,
)


@pytest.mark.parametrize(
    ("objective", "better", "says"),
    [
        (COST, 2, "lowers cost by 2 MUSD"),
        (COST, -2, "raises cost by 2 MUSD"),
        (MOST, 2, "raises accelerators by 2 accelerators"),
        (MOST, -2, "lowers accelerators by 2 accelerators"),
    ],
)
def test_better_is_lower_cost_and_more_machines(
    objective: Objective, better: float, says: str
) -> None:
    assert effect(objective, better) == says


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            Difference("solved", 1.0, 0.5, 1.5, "agrees", 1),
            "X lowers cost by 1 MUSD (proven: 0.5 to 1.5 MUSD)",
        ),
        (
            Difference("solved", 1.0, 0.0, 1.5, "agrees", 1),
            "X: no effect on cost beyond the gap, which leaves 0 to 1.5 MUSD open",
        ),
        (Difference("solved", 0.0, 0.0, 0.0, "agrees", 1), "X changes cost by nothing"),
        (
            Difference("solved", 1.0, -math.inf, 1.5, "agrees", 1),
            "X lowers cost by 1 MUSD with the plan that was found, and nothing is proven of it",
        ),
        (Difference("no plan", None, None, None, "agrees", 1), "X leaves no plan"),
        (
            Difference("out of time", None, None, None, "not asked", 0),
            "X: not re-solved (out of time)",
        ),
    ],
)
def test_what_the_gap_cannot_tell_is_not_told(found: Difference, says: str) -> None:
    assert resolved("X", "x", 1.0, found, COST, 0.0).says == says


@pytest.mark.parametrize(
    ("expected", "whole", "agrees"),
    [(1.6, 0.0, True), (1.8, 0.0, False), (1.8, 0.2, True), (0.4, 0.0, False), (0.46, 0.0, True)],
)
def test_agreement_is_within_a_tenth_of_what_is_proven(
    expected: float, whole: float, agrees: bool
) -> None:
    found = Difference("solved", 1.0, 0.5, 1.5, "agrees", 1)
    assert resolved("X", "x", expected, found, COST, whole).agrees is agrees


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (1, SYSTEMS, "1 system"),
        (2, SYSTEMS, "2 systems"),
        (1, MW, "1 MW"),
        (0.5, SYSTEMS, "0.5 systems"),
        (123456, MW, "123456 MW"),
    ],
)
def test_amounts_in_words(value: float, unit: Unit, says: str) -> None:
    assert rounded(value, unit) == says


def test_numbers_in_words() -> None:
    assert [number(v) for v in (1, 1.23456, 123456.7, 1e-5)] == ["1", "1.235", "123457", "1e-05"]


LIMITS = (
    *(
        "demand training",
        "budget cumulative",
        "budget capex",
        "share of each supplier by spend",
        "critical IT at river",
    ),
    *(
        "allocation of tpu-v7-cube",
        "allocation of mi450-helios",
        "power at plains [2027-Q4..2028-Q2]",
        "power at plains [2028-Q3..2028-Q4]",
    ),
)
"""Each dated step of them is a limit of its own; what is not scarce is worth nothing by either
road."""


@pytest.mark.slow
def test_ten_tags_hold_when_solved_again(engine: Engine) -> None:
    """Show 4: limits of `scenarios/diversified.yaml`; tag and re-solved difference agree within the
    stated tolerance, both ways."""
    found = explain(
        read(find_scenario("diversified"), (), catalog()),
        engine,
        ExplainOptions(limits=LIMITS, within_s=500),
    )
    assert len(found.tags) >= 10
    assert sum(tag.dual > 0 for tag in found.tags) >= 7
    closely = []
    for tag in found.tags:
        for side, sign in ((tag.loosened, 1), (tag.tightened, -1)):
            if side.status == "not asked":
                assert tag.amount < tag.step
                continue
            assert side.status == "solved", side.says
            assert side.low is not None
            assert side.high is not None
            assert side.expected is not None
            assert side.low <= side.high
            assert sign * side.low >= 0
            assert sign * side.high >= 0
            assert side.agrees, side.says
            closely.append(
                side.low - 0.1 * abs(side.expected)
                <= side.expected
                <= side.high + 0.1 * abs(side.expected)
            )
    assert sum(closely) >= 0.85 * len(closely)  # also without an allowance for whole machines
