"""What arithmetic alone proves out of reach: bounds worked out by hand, and never one that a solver
could beat."""

from __future__ import annotations

import pytest

from planner.core.case import Case
from planner.plan.presolve_bounds import Shortfall, presolve_shortfalls
from planner.solver.engine import Engine
from tests import builders
from tests.plan.texts import answered, drawn
from tests.properties import Draw, assume, examples
from tests.scenario.sample import load, marked, spoilt


def one(**case: object) -> Shortfall:
    """The only demand out of reach of a tiny case."""
    found = presolve_shortfalls(builders.tiny(**case))  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


def names(short: Shortfall) -> list[str]:
    return [limit.name for limit in short.held_back_by]


def test_nothing_is_said_of_what_can_be_reached():
    assert presolve_shortfalls(builders.tiny(demands=[builders.deployment(10)])) == []
    assert (
        presolve_shortfalls(
            builders.tiny(sites=[builders.site(power=10.0)], demands=[builders.deployment(10)])
        )
        == []
    )
    assert (
        presolve_shortfalls(
            builders.tiny(
                sites=[builders.site(power=0.0)], demands=[builders.deployment(10, price=1.0)]
            )
        )
        == []
    )


def test_power():
    """5.5 MW hold five systems of 1 MW at PUE 1 and one accelerator each."""
    short = one(sites=[builders.site(power=5.5)], demands=[builders.deployment(6)])
    assert (short.most, short.need, short.period, short.unit) == (5.0, 6.0, "2025", "accelerators")
    assert names(short) == ["power at x"]
    assert (
        short.asked.says
        == "d asks for 6 accelerators in 2025, and at most 5 accelerators can be in service: x "
        "has 5.5 MW energized in 2025"
    )
    assert (
        short.remedy
        == "lower it to 5 accelerators, loosen what holds it back, or give the demand a "
        "`shortfall` price"
    )


def test_power_is_counted_at_the_meter_and_at_the_load_the_site_is_sized_by():
    """1 MW at nameplate, 0.5 MW at peak, a fifth of it overhead, PUE 1.25: 1.5 MW and 0.875 MW at
    the meter; 6 MW hold 4, or 6."""
    machine = builders.system(mw=1.0, peak_mw=0.5, overhead=0.2)
    for sizing, most in (("nameplate", 4.0), ("peak", 6.0)):
        site = builders.site(power=6.0, pue=1.0, pue_peak=1.25, sizing=sizing)
        assert one(systems=[machine], sites=[site], demands=[builders.deployment(7)]).most == most


@pytest.mark.parametrize(
    ("site", "machine", "most", "held"),
    [
        (builders.site(critical_it=2.9), builders.system(), 2.0, "critical IT at x"),
        (builders.site(positions=7.0), builders.system(racks=2.0), 3.0, "positions at x"),
        (builders.site(air=0.9), builders.system(liquid=0.75), 3.0, "air cooling at x"),
        (builders.site(liquid=0.8), builders.system(liquid=0.75), 1.0, "liquid cooling at x"),
    ],
)
def test_every_other_limit_of_a_site(site, machine, most, held):
    short = one(sites=[site], systems=[machine], demands=[builders.deployment(9)])
    assert short.most == most
    assert names(short) == [held]


def test_lead_time_and_fit_out():
    """Delivered in the second year at the soonest, one year of fit-out: nothing runs before the
    third."""
    short = one(
        periods=3,
        systems=[builders.system(lead=1, fit_out=1)],
        demands=[builders.deployment([0, 4, 4])],
    )
    assert (short.most, short.period) == (0.0, "2026")
    assert names(short) == ["lead time of a"]
    assert (
        "the first a can run in 2027: delivery no sooner "
        "than 2026-01-01, then fit-out until 2027-01-01" in short.asked.says
    )
    assert short.remedy.startswith("ask for it from 2027 on")


def test_a_delivery_window_that_closes():
    """Three a year until 2026: never more than six."""
    machine = builders.system(latest=1)
    case = dict(periods=3, systems=[machine], supply=[builders.supply(each=3.0)])
    assert (
        presolve_shortfalls(builders.tiny(**case, demands=[builders.deployment([0, 0, 6])])) == []
    )
    short = one(**case, demands=[builders.deployment([0, 0, 7])])
    assert (short.most, names(short)) == (6.0, ["delivery rate of a"])
    assert "no more than 6 a can have arrived by 2026" in short.asked.says


def test_supply_by_date_and_by_year_together():
    """Cumulative 2, 9, 9 and four a year: 2, then 6, then 9."""
    case = dict(
        periods=3, supply=[builders.supply(cumulative=[2, 9, 9]), builders.supply(each=4.0)]
    )
    for t, most in enumerate((2, 6, 9)):
        need = [0.0] * t + [most + 1.0] * (3 - t)
        found = presolve_shortfalls(builders.tiny(**case, demands=[builders.deployment(need)]))
        assert found[0].most == most
        assert (
            presolve_shortfalls(
                builders.tiny(
                    **case,
                    demands=[builders.deployment([0.0] * t + [float(most)] + [0.0] * (2 - t))],
                )
            )
            == []
        )


def test_a_capped_variant_that_cannot_arrive_is_named_itself():
    """One product on 2 a period, with a variant held to half its power: each is told by its own
    name, of one entry of the file."""
    plain = builders.system("a")
    short = one(
        systems=[plain, builders.capped(plain, 0.5, 0.5)],
        supply=[builders.supply(each=2)],
        demands=[builders.deployment(9)],
    )
    assert [(held.name, held.path) for held in short.held_back_by] == [
        ("delivery rate of a", "supply.0.per_period"),
        ("delivery rate of a-capped", "supply.0.per_period"),
    ]


def test_a_part_of_a_machine_is_not_delivered():
    short = one(
        systems=[builders.system(accelerators=8)],
        supply=[builders.supply(cumulative=12.5)],
        demands=[builders.deployment(100)],
    )
    assert short.most == 96.0


def test_what_stands_counts_and_what_cannot_be_moved_is_in_the_way():
    """10 MW less three machines of another kind that stay: seven fit. If they may go, ten do."""
    old = builders.system("old", may_buy=False)
    for retire, most in ((False, 7.0), (True, 10.0)):
        short = one(
            systems=[builders.system(), old],
            sites=[builders.site(power=10.0)],
            fleet=[builders.fleet("old", 3, retire=retire)],
            demands=[builders.deployment(11, of=["a"])],
        )
        assert short.most == most
    only = one(
        systems=[builders.system(), old],
        fleet=[builders.fleet("old", 3)],
        demands=[builders.deployment(4, of=["old"])],
    )
    assert (only.most, names(only)) == (3.0, ["fleet of old"])


def test_the_best_system_for_each_limit_alone_bounds_a_mixture():
    """Per MW `a` gives 1 and `b` 2 PFLOP/s, per rack 1 and 0.5: 6 MW allow 12, 8 racks allow 8.
    Together less, but no more."""
    systems = [builders.system("a", pflops=1.0), builders.system("b", pflops=2.0, racks=4.0)]
    short = one(
        systems=systems,
        sites=[builders.site(power=6.0, positions=8.0)],
        demands=[builders.compute(9)],
    )
    assert short.most == pytest.approx(8e15)
    assert names(short) == ["positions at x"]
    assert "at most 8 PFLOP/s" in short.asked.says


def test_several_sites_and_what_is_shared_between_them():
    """Power for 2 and 3; supply of 4 over both."""
    sites = [builders.site("x", power=2.0), builders.site("y", power=3.0)]
    short = one(sites=sites, demands=[builders.deployment(6)])
    assert (short.most, names(short)) == (5.0, ["power at x", "power at y"])
    short = one(
        sites=sites, supply=[builders.supply(cumulative=4)], demands=[builders.deployment(6)]
    )
    assert (short.most, names(short)) == (4.0, ["allocation of a"])
    short = one(sites=sites, demands=[builders.deployment(6, at=["y"])])
    assert (short.most, names(short)) == (3.0, ["power at y"])


def test_each_date_of_a_demand_is_reported_once_at_its_line():
    text = spoilt(
        "2027-Q1: 1000 accelerators",
        "2026-Q1: «900 accelerators, 2026-Q2: 500 accelerators, 2026-09: «4000 accelerators",
    )
    text, places = marked(text)
    loaded = load(text)
    found = presolve_shortfalls(loaded.case, loaded.located)
    assert [(s.asked.mark.line, s.asked.mark.column) for s in found if s.asked.mark] == places
    assert [s.asked.path for s in found] == ["demands.0.need.2026-Q1", "demands.0.need.2026-09"]
    assert [s.period for s in found] == ["2026-Q1", "2026-Q3"]


def test_without_the_file_the_path_names_the_period():
    loaded = load(spoilt("2027-Q1: 1000", "2026-Q2: 5000"))
    assert [s.asked.path for s in presolve_shortfalls(loaded.case)] == ["demands.0.need.2026-Q2"]


def test_the_limits_of_a_conflict_have_places_too():
    text = spoilt("2027-Q1: 1000", "2027-Q1: 20000")
    text, places = marked(spoilt("2026-Q3: 400 systems", "2026-Q3: «400 systems", text))
    loaded = load(text)
    (short,) = presolve_shortfalls(loaded.case, loaded.located)
    demand, (held,) = short.asked, short.held_back_by
    assert (demand.name, held.name, held.path) == (
        "demand first",
        "allocation of hgx-h100",
        "supply.0.by.2026-Q3",
    )
    assert held.mark is not None
    assert (held.mark.line, held.mark.column) == places[0]


@pytest.mark.parametrize(
    ("change", "held", "says"),
    [
        (
            ("    energy_price", "    cooling: {air: none}\n    energy_price"),
            "hgx-h100 at north",
            "north has no air cooling",
        ),
        (
            ("lead_time: 0 days", "lead_time: 2000 days"),
            "delivery of hgx-h100",
            "cannot be delivered within the horizon",
        ),
        (
            ("fit_out: 0 days", "fit_out: 2000 days"),
            "lead time of hgx-h100",
            "can run after the horizon",
        ),
        (
            ("    power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}", "    power: {2026-Q1: 1 MW}"),
            "power at north",
            "north has 1 MW energized",
        ),
    ],
)
def test_what_holds_a_demand_back_is_named(change, held, says):
    loaded = load(spoilt(*change))
    short = presolve_shortfalls(loaded.case, loaded.located)[0]
    assert names(short) == [held]
    assert says in short.asked.says


@examples(15, slow=110)
def test_a_solver_agrees_whenever_a_demand_is_called_unreachable(
    draw: Draw, engine: Engine
) -> None:
    text = drawn(draw.seed)
    draw.note(text)
    assume(
        "max_share" not in text and "min_suppliers" not in text
    )  # finding out why can take a solver a minute
    answer = answered(text, engine)
    assume(answer is not None and answer.loaded.case.demands)
    assert answer is not None
    if presolve_shortfalls(answer.loaded.case, answer.loaded.located):
        assert answer.plan is None


NUMBER = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0]


def tight_cases(draw: Draw) -> Case:
    """Tiny cases whose limits lie so close to their demand that a bound one machine too low would
    show."""
    periods = draw.integer(1, 3)
    systems = [
        builders.system(
            name,
            accelerators=draw.integer(1, 3),
            mw=draw.one_of([0.5, 1.0, 1.5]),
            racks=draw.one_of([0.5, 1.0, 2.0]),
            lead=draw.integer(0, 1),
            fit_out=draw.integer(0, 1),
            pflops=draw.one_of([1.0, 2.5]),
            liquid=draw.one_of([0.0, 0.5, 1.0]),
        )
        for name in ("a", "b")[: draw.integer(1, 2)]
    ]
    sites = [
        builders.site(
            name,
            power=[draw.one_of(NUMBER) for _ in range(periods)],
            positions=draw.one_of([None] * len(NUMBER) + NUMBER),
            air=draw.one_of([None] * len(NUMBER) + NUMBER),
            liquid=draw.one_of([None] * len(NUMBER) + NUMBER),
            critical_it=draw.one_of([None] * len(NUMBER) + NUMBER),
            pue=draw.one_of([1.0, 1.25]),
        )
        for name in ("x", "y")[: draw.integer(1, 2)]
    ]
    fleet = [builders.fleet("a", draw.integer(1, 2), retire=True)] if draw.chance() else []
    supply = (
        [builders.supply(cumulative=sorted([draw.one_of(NUMBER) for _ in range(periods)]))]
        if draw.chance()
        else []
    )
    make = draw.one_of([builders.deployment, builders.compute])
    need = [draw.integer(0, 8) for _ in range(periods)]
    halls = [
        builders.hall(
            f"h{i}",
            mw=draw.one_of([0.5, 1.5, 3.0]),
            positions=draw.one_of([None] * len(NUMBER) + NUMBER),
            air=draw.one_of([None] * len(NUMBER) + NUMBER),
            liquid=draw.one_of([None] * len(NUMBER) + NUMBER),
            carries=draw.one_of([None, {"a": 1.0}]),
            lead=draw.integer(0, 1),
            most=draw.one_of([None, 1, 2]),
        )
        for i in range(draw.one_of([0, 0, 1, 2]))
    ]
    demand = make([float(n) for n in need], coherent=draw.chance())
    return builders.tiny(
        periods=periods,
        systems=systems,
        sites=sites,
        fleet=fleet,
        supply=supply,
        demands=[demand],
        halls=halls,
    )


@examples(40, slow=335)
def test_no_bound_is_a_machine_too_low(draw: Draw, engine: Engine) -> None:
    case = tight_cases(draw)
    draw.note(case.model_dump_json())
    if found := presolve_shortfalls(case):
        model = builders.model_of(case)
        answer = engine.solve(
            model.frame.proto(model.objectives[0]), name="check", time_limit_s=30.0, gap=1.0, seed=0
        )
        assert answer.values is None, found[0].asked.says
        assert answer.reason in ("infeasible", "infeasible_or_unbounded")
