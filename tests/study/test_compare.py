"""Comparisons: every column against brute force, what is proven of a premium, what columns share,
and what becomes of one that fails."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from planner import pipeline
from planner.capabilities.demand.tables import DEMANDS, DemandRow
from planner.capabilities.sites.tables import POWER
from planner.capabilities.supply.tables import PURCHASES
from planner.errors import OptionError, OutOfTimeError, SolverError
from planner.pipeline import Options
from planner.plan.schema import Plan
from planner.scenario.load import Loaded
from planner.solver.engine import Engine
from planner.study import question
from planner.study.compare import columns_of, compare
from planner.study.comparison import Comparison, Span, delivered_pflop_s
from planner.study.equal import equal_edits
from planner.study.mixes import parse_mixes
from planner.study.question import Answer, Question, Serial, ask
from tests.scenario.sample import load

DUO = """\
name: Duo
horizon: {from: 2027-Q1, to: 2027-Q2, step: quarter}
finance: {discount_rate: 0 %/year, resale: none}
sites: [{id: a, power: {2027-Q1: 100 MW}, pue: {annual: 1.0, peak: 1.0}, energy_price: 0 USD/MWh, construction: {cost: 0 USD/MW}}]
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days, price: 300 kUSD, mfu: {bf16: 40 %}}
  - {system: mi355x-server, lead_time: 0 days, fit_out: 0 days, price: 600 kUSD, mfu: {bf16: 40 %}}
assume: {operations: 0 USD/kW/year, it_overhead: 0, fabric_cost: 0, utility_loss: 0}
demands: [{id: work, kind: compute, precision: bf16, need: {2027-Q1: 0.25 EFLOP/s}, shortfall: 9 USD/EFLOP}]
diversification: [{max_share: 80 %}]
"""  # noqa: E501
PRICES = ("shortfall_usd_per_eflop", "shortfall_usd_per_accelerator_h")
MIXES = ("free", "as-is", "max:60%", "as-is+max:80%", "free+max:60%", "amd=free+only:amd")


def of(loaded: Loaded, mixes: Iterable[str]) -> list:
    return columns_of([("duo", loaded)], parse_mixes(list(mixes)))


@pytest.fixture(scope="module")
def duo() -> Loaded:
    return load(DUO)


@pytest.fixture(scope="module")
def equal(duo: Loaded, engine: Engine) -> Comparison:
    """Every mix at the compute of the free one."""
    return compare(of(duo, MIXES), Serial(engine), at="compute")


def units(plan: Plan) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in plan.of(PURCHASES):
        found[row.system] = found.get(row.system, 0) + row.units
    return found


def brute(plan: Plan, least_pflop_s: float, cap: float, only: str | None) -> float:
    """The least USD of whole systems that reach a rate, neither of two suppliers above a share of
    it: all pairs are tried. Of the plan only prices and rates of its systems count."""
    systems = [
        (s.id, s.price_usd, s.delivered_flop_s("bf16", plan.case.goodput) / 1e15)
        for s in plan.case.systems
    ]
    found = []
    for counts in itertools.product(range(120), repeat=len(systems)):
        each = list(zip(counts, systems, strict=True))
        spend = [n * usd for n, (_, usd, _) in each]
        alone = all(n == 0 or only in (None, name) for n, (name, _, _) in each)
        enough = sum(n * rate for n, (_, _, rate) in each) >= least_pflop_s
        if alone and enough and max(spend) <= cap * sum(spend) * (1 + 1e-9):
            found.append(sum(spend))
    return min(found)


def test_every_mix_delivers_the_same_at_least_cost(
    duo: Loaded, equal: Comparison, engine: Engine
) -> None:
    """Proves: each column serves what the reference plan does, keeps its rules, and no pair of
    counts does so for less, within the gap."""
    caps = {"as-is": 0.8, "max:60%": 0.6, "as-is+max:80%": 0.8, "free+max:60%": 0.6}
    free = parse_mixes(["free"])[0].edits(duo.scenario, duo.catalog)
    reference = ask(Question(duo, free, Options(polish=False)), engine).plan
    assert reference is not None
    least = min(delivered_pflop_s(reference, "bf16").values()) * (1 - 1e-6)
    for column in equal.columns:
        plan, only = column.plan, "mi355x-server" if column.name == "amd" else None
        assert plan is not None, column
        assert min(delivered_pflop_s(plan, "bf16").values()) >= least * (1 - 1e-9)
        best = brute(reference, least, caps.get(column.name, 1.0), only)
        assert best * (1 - 1e-9) <= plan.totals.present_cost_usd <= best * (1 + 2e-4), column.name
        assert not [row for row in plan.of(DEMANDS) if row.short]
    assert equal.code == 0


@pytest.mark.parametrize("gap", [1e-4, 0.05])
def test_the_true_premium_lies_within_the_span(duo: Loaded, engine: Engine, gap: float) -> None:
    """Proves: at any gap the difference of the optima, found at a gap of nothing, is between least
    and most; and a closer gap makes the span narrower."""
    mixes = ("free", "free+max:60%")
    exact = compare(of(duo, mixes), Serial(engine), Options(gap=1e-9), at="compute")
    loose = compare(of(duo, mixes), Serial(engine), Options(gap=gap), at="compute")
    costs = [c.plan.totals.present_cost_usd for c in exact.columns if c.plan]
    true, span, tight = costs[1] - costs[0], loose.premium(1), exact.premium(1)
    assert isinstance(span, Span)
    assert isinstance(tight, Span)
    assert true > 0
    assert span.least <= true * (1 + 1e-5)
    assert span.most >= true * (1 - 1e-5)
    assert tight.most - tight.least <= span.most - span.least + 1e-3 * true
    assert tight.least_share == pytest.approx(true / costs[0], rel=1e-3)


def test_no_premium_between_plans_of_other_output(duo: Loaded, engine: Engine) -> None:
    """Proves: where one mix goes shorter than the other, at the scenario's price, no difference in
    cost is told; where both deliver the same, it is."""
    scarce = load(DUO + "supply: [{system: mi355x-server, total: 20 systems}]\n")
    found = compare(of(scarce, ("free", "amd=free+only:amd")), Serial(engine))
    same = compare(of(duo, ("as-is", "max:80%")), Serial(engine))
    rates = [delivered_pflop_s(c.plan, "bf16") for c in found.columns if c.plan]
    assert rates[0] != rates[1]
    assert found.premium(1) == "other output"
    assert isinstance(same.premium(1), Span)


def test_what_only_adds_rules_takes_over_a_plan_that_keeps_them(
    duo: Loaded, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: the second and third mix are not searched for, where their rules hold anyway, and
    their plans are proven as a search proves them."""
    searched = []

    def run(model, settings, engine, watch=None):
        searched.append(model)
        return original(model, settings, engine, watch)

    original = pipeline.run
    monkeypatch.setattr(pipeline, "run", run)
    found = compare(of(duo, ("as-is", "max:80%", "max:90%", "free")), Serial(engine))
    assert len(searched) == 2
    first, *others, _ = (c.plan for c in found.columns)
    assert first is not None
    for plan in others:
        assert plan is not None
        assert units(plan) == units(first)
        assert plan.goals[0].bound == pytest.approx(first.goals[0].bound, rel=1e-9)
        assert plan.goals[0].proven
    alone = compare(of(duo, ("max:90%",)), Serial(engine)).columns[0].plan
    assert len(searched) == 3
    assert alone is not None
    assert alone.goals[0].value == pytest.approx(first.goals[0].value, rel=2e-4)


def test_a_plan_is_taken_over_only_within_the_gap(duo: Loaded, engine: Engine) -> None:
    """Proves: the plan of a mix with more rules is one of the mix with fewer, by whose bound it is
    proven within a wide gap, and is not taken where the gap is closer."""
    loose, capped = (
        ask(Question(duo, mix.edits(duo.scenario, duo.catalog)), engine)
        for mix in parse_mixes(["free", "free+max:60%"])
    )
    assert loose.known is not None and capped.known is not None
    assert loose.plan is not None and capped.plan is not None
    known = (replace(capped.known, outcome=loose.known.outcome),)
    free = parse_mixes(["free"])[0].edits(duo.scenario, duo.catalog)
    wide, close = (
        ask(Question(duo, free, Options(gap=gap), known), engine).plan for gap in (0.9, 1e-3)
    )
    assert wide is not None and close is not None
    assert units(wide) == units(capped.plan) != units(loose.plan)
    assert wide.goals[0].bound == pytest.approx(loose.plan.goals[0].bound)
    assert close.goals[0].value < wide.goals[0].value


def test_equal_power_and_equal_money(duo: Loaded, engine: Engine) -> None:
    """Proves: no column draws, or spends, more than the reference's own plan, and none delivers
    more than the free one."""
    mixes = ("free", "free+max:60%", "amd=free+only:amd")
    reference = ask(
        Question(duo, parse_mixes(["free"])[0].edits(duo.scenario, duo.catalog)), engine
    )
    assert reference.plan is not None
    drawn = {r.period: r.nameplate_mw for r in reference.plan.of(POWER) if r.basis == "utility"}
    spent = reference.plan.totals.capex_usd + reference.plan.totals.opex_usd
    for at in ("power", "money"):
        found = compare(of(duo, mixes), Serial(engine), at=at)  # type: ignore[arg-type]
        for number, column in enumerate(found.columns):
            plan = column.plan
            assert plan is not None
            assert plan.goals[0].name.startswith("maximize compute")
            for row in plan.of(POWER):
                if at == "power" and row.basis == "utility":
                    assert row.nameplate_mw <= drawn[row.period] * (1 + 1e-5)
            if at == "money":
                assert plan.totals.capex_usd + plan.totals.opex_usd <= spent * (1 + 1e-5)
            span = found.premium(number)
            assert isinstance(span, Span)
            assert number == 0 or span.least <= 0


def test_equal_power_is_refused_where_sites_have_sources(engine: Engine) -> None:
    site = "energy_price: 0 USD/MWh, sources: [{source: mobile-turbine, at_most: 62 MW}]"
    loaded = load(DUO.replace("energy_price: 0 USD/MWh", site))
    with pytest.raises(OptionError, match="has power `sources` of its own"):
        compare(of(loaded, ("free", "as-is")), Serial(engine), at="power")


def test_a_contradiction_with_the_scenario_is_said_plainly(duo: Loaded, engine: Engine) -> None:
    """Proves: one supplier alone under a cap of the scenario has no plan, by which rule, and what
    would leave it out; a contradiction of the mix itself points at the mix."""
    found = compare(of(duo, ("only:amd", "free+max:40%")), Serial(engine))
    first, second = found.columns
    assert (first.state, second.state, found.code) == ("no plan", "no plan", 3)
    assert first.refusal.startswith(
        "1 supplier at no more than 80% each cannot make up the whole (s.yaml:10:31); `free+`"
    )
    assert "(--mix:1:6)" in second.refusal
    assert "`free+`" not in second.refusal


@dataclass
class Scripted:
    """Answers of which some are errors."""

    engine: Engine
    script: list

    def answers(self, questions: Iterable[Question]) -> Iterator[Answer]:
        for one in questions:
            said = self.script.pop(0)
            if isinstance(said, BaseException):
                raise said
            yield ask(one, self.engine) if said is None else said


@pytest.mark.parametrize(
    ("said", "states", "code"),
    [
        (OutOfTimeError("none within 1 s"), ["plan", "not solved", "plan"], 4),
        (SolverError("it fell over"), ["plan", "not solved", "plan"], 1),
        (KeyboardInterrupt(), ["plan", "not solved", "not solved"], 4),
        (Answer(says="late", code=4, stopped=True), ["plan", "not solved", "not solved"], 4),
        (Answer(says="late", code=4), ["plan", "not solved", "plan"], 4),
        (None, ["plan", "plan", "plan"], 0),
    ],
)
def test_what_fails_or_is_interrupted_is_not_solved(
    duo: Loaded, engine: Engine, said: object, states: list[str], code: int
) -> None:
    """Proves: such a column is no proof that there is no plan, those before it are kept, Ctrl-C
    ends the rest, and the exit code tells."""
    told: list[str] = []
    found = compare(
        of(duo, ("free", "as-is", "max:60%")),
        Scripted(engine, [None, said, None]),
        tell=told.append,
    )
    assert [column.state for column in found.columns] == states
    assert found.code == code
    assert told[:2] == ["mix 1 of 3: free", "mix 2 of 3: as-is"]
    assert all(column.refusal for column in found.columns if column.state == "not solved")


def test_a_reference_without_a_plan_leaves_nothing_to_be_equal_to(
    duo: Loaded, engine: Engine
) -> None:
    found = compare(
        of(duo, ("free", "as-is")), Scripted(engine, [OutOfTimeError("late")]), at="compute"
    )
    assert [column.state for column in found.columns] == ["not solved", "not solved"]
    assert found.code == 4


def test_ctrl_c_before_a_plan_is_told_as_such(
    duo: Loaded, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: object, **__: object) -> None:
        raise OutOfTimeError("interrupted before any plan was found", interrupted=True)

    monkeypatch.setattr(question, "answer", struck)
    found = ask(Question(duo), engine)
    assert (found.interrupted, found.impossible, found.code) == (True, False, 4)


def test_columns(duo: Loaded, equal: Comparison) -> None:
    """Proves: scenarios under mixes, plans as they are, and every mistake at once."""
    plan = equal.columns[0].plan
    assert plan is not None
    assert [c.name for c in columns_of([("duo", duo)], [])] == [
        "free",
        "as-is",
        "nvidia",
        "amd",
    ]
    mixes = parse_mixes(["free", "x=max:60%"])
    both = columns_of([("one", duo), ("two", duo)], mixes)
    assert [c.name for c in both] == ["one: free", "one: x", "two: free", "two: x"]
    mixed = columns_of([("one", duo), ("saved", plan)], [])
    assert [(c.name, c.mix, c.plan is None) for c in mixed] == [
        ("one", None, True),
        ("saved", None, False),
    ]
    with pytest.raises(OptionError) as caught:
        columns_of([("one", duo), ("saved", plan), ("saved", plan)], mixes, "power")
    assert [p.message.split(":")[0] for p in caught.value.problems] == [
        "`--at` makes mixes of one scenario equal, and solves them again",
        "a saved plan takes no mix",
        "a saved plan takes no mix",
        "two columns are called `saved`",
    ]


WORK = "{id: work, kind: compute, precision: bf16, need: {2027-Q1: 0.25 EFLOP/s}, shortfall: 9 USD/EFLOP}"  # noqa: E501
DEPLOYED = "{id: some, kind: deployment, system: hgx-h100, need: {2027-Q2: 80 accelerators}, shortfall: 1 USD/accelerator/hour, priority: 2}"  # noqa: E501


@pytest.mark.parametrize(
    ("demands", "survival", "names", "surplus"),
    [
        (WORK, "", ["work"], True),
        (WORK.replace("shortfall", "requires: {memory: 80 GB}, shortfall"), "", ["work"], False),
        (WORK.replace("shortfall", "sites: [a], shortfall"), "", ["work"], False),
        (WORK, "survival: [{level: supplier, demand: work, serves: 10 %}]", ["work"], False),
        (DEPLOYED, "", ["some", "compute"], True),
        (f"{WORK}, {DEPLOYED}", "", ["work", "some"], True),
    ],
)
def test_what_has_to_be_served_at_equal_compute(
    equal: Comparison, demands: str, survival: str, names: list[str], surplus: bool
) -> None:
    """Proves: all that the fleet delivers where nothing else counts, in every period; else what the
    demand got of what it asked; no price and no priority is left; a deployment stays."""
    plan = equal.columns[0].plan
    assert plan is not None
    text = DUO.replace(WORK, demands)
    scenario = load(f"{text}{survival}\n").scenario
    edits = equal_edits("compute", scenario, plan, "bf16")
    assert [edit.path for edit in edits] == ["demands", "objective"]
    found = edits[0].value
    assert [demand.id for demand in found] == names
    for demand in found:
        assert demand.priority is None
        assert {getattr(demand, name, None) for name in PRICES} == {None}
    rates = {str(t): rate for t, rate in found[-1 if names[-1] == "compute" else 0].need.items()}
    fleet = {t: rate * 1e15 for t, rate in delivered_pflop_s(plan, "bf16").items()}
    asked = {row.period: row.need for row in plan.of(DEMANDS)}
    wanted = fleet if surplus else {t: min(need, fleet[t]) for t, need in asked.items()}
    assert rates == pytest.approx({t: rate * (1 - 1e-6) for t, rate in wanted.items()}, rel=1e-9)


def test_a_deployment_that_went_short_is_asked_for_what_it_got(equal: Comparison) -> None:
    plan = equal.columns[0].plan
    assert plan is not None
    scenario = load(DUO.replace(WORK, DEPLOYED)).scenario
    row = DemandRow(
        demand="some", period="2027-Q2", unit="accelerators", need=80.0, served=64.0, short=16.0
    )
    short = plan.model_copy(update={"demands": [row]})
    some, _ = equal_edits("compute", scenario, short, "bf16")[0].value
    assert {str(t): str(amount) for t, amount in some.need.items()} == {
        "2027-Q2": "64 accelerators"
    }
