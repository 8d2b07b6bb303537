"""Sensitivities worked out in the head: the slope with machines in parts, and the true difference
of whole machines."""

from __future__ import annotations

import math
import time

import pytest

from planner.core.case import Case
from planner.errors import NoPlanError
from planner.solver.break_even import break_even, not_bought
from planner.solver.engine import Engine
from planner.solver.fixed_lp import asked
from planner.solver.limit_parameters import moved, parameters
from planner.solver.sensitivities import round_up, shifts
from tests.builders import (
    at_least,
    budget,
    cap,
    deployment,
    goal,
    grade,
    model_of,
    network,
    site,
    supply,
    system,
    time_to,
    tiny,
)
from tests.model.random_cases import cases
from tests.model.random_generation import generation_cases
from tests.model.second import best
from tests.properties import Draw, NoWord, assume, examples
from tests.solver.asked import parameter_of, priced
from tests.solver.moved_by_hand import changed

TWO_SITES = tiny(sites=[site("x", power=3), site("y", power=9, energy=2)], demands=[deployment(5)])
"""Five machines at 1 MUSD; energy is free at x and costs 2 MUSD a year at y. 3 at x, 2 at y: 5 + 4
= 9 MUSD."""


def test_one_more_mw_at_the_cheap_site_saves_the_energy_of_the_dear_one(engine: Engine) -> None:
    pricing = priced(TWO_SITES, engine)
    tag = pricing.sensitivity(parameter_of(pricing, "power at x [2025]"))
    assert pricing.result.value == pytest.approx(9)
    assert (tag.dual, tag.more, tag.less) == pytest.approx((2, 2, 2))
    assert not tag.degenerate
    assert (tag.step, tag.machine) == pytest.approx((1, 1))
    found = pricing.resolved(tag.parameter, tag.step)
    assert found.better == pytest.approx(2)
    assert found.low == found.high == pytest.approx(2)
    assert pricing.resolved(tag.parameter, -tag.step).better == pytest.approx(-2)


def test_less_than_a_machine_is_worth_nothing(engine: Engine) -> None:
    """Half a megawatt holds no machine: 1 MUSD by the slope, nothing in truth; which is why a step
    holds at least one."""
    pricing = priced(TWO_SITES, engine)
    power = parameter_of(pricing, "power at x [2025]")
    assert pricing.expected(power, 0.5) == pytest.approx(1)
    assert pricing.resolved(power, 0.5).better == pytest.approx(0)


def test_headroom_is_told_and_nothing_is_paid_for_it(engine: Engine) -> None:
    pricing = priced(TWO_SITES, engine)
    power = parameter_of(pricing, "power at y [2025]")
    assert pricing.headroom(power) == pytest.approx(7)
    assert not pricing.binds(power)
    assert pricing.dual(power) == pytest.approx(0)


def test_a_demand_less_saves_what_its_machine_costs(engine: Engine) -> None:
    """The fifth machine stands at y and costs 1 + 2 MUSD."""
    pricing = priced(TWO_SITES, engine)
    demand = parameter_of(pricing, "demand d [2025]")
    assert pricing.sensitivity(demand).dual == pytest.approx(3)
    assert pricing.resolved(demand, 1).better == pytest.approx(3)
    assert demand.word(1) == "less"


def test_a_kink_is_called_degenerate(engine: Engine) -> None:
    """x holds exactly what is asked for: more power is worth nothing, each MW less costs 2 MUSD."""
    pricing = priced(
        tiny(sites=[site("x", power=5), site("y", power=9, energy=2)], demands=[deployment(5)]),
        engine,
    )
    tag = pricing.sensitivity(parameter_of(pricing, "power at x [2025]"))
    assert tag.degenerate
    assert (tag.more, tag.less) == pytest.approx((0, 2))
    assert pricing.resolved(tag.parameter, 1).better == pytest.approx(0)
    assert pricing.resolved(tag.parameter, -1).better == pytest.approx(-2)


def test_nothing_left_below(engine: Engine) -> None:
    """All power there is is needed: with less there is no plan."""
    pricing = priced(tiny(sites=[site(power=5)], demands=[deployment(5)]), engine)
    tag = pricing.sensitivity(parameter_of(pricing, "power at x [2025]"))
    assert tag.less is None
    assert tag.degenerate
    assert pricing.resolved(tag.parameter, -1).status == "no plan"


def test_the_bounds_of_machines_that_repeat_a_limit_give_way_with_it(engine: Engine) -> None:
    """As many as fit: one more MW is one more accelerator, though no more than 3 machines fit under
    3 MW."""
    pricing = priced(tiny(sites=[site(power=3)], goals=["maximize accelerators"]), engine)
    tag = pricing.sensitivity(parameter_of(pricing, "power at x [2025]"))
    assert pricing.objective.unit == "accelerators"
    assert tag.dual == pytest.approx(1)
    assert pricing.resolved(tag.parameter, 1).better == pytest.approx(1)
    assert pricing.resolved(tag.parameter, 10).better == pytest.approx(10)


def test_the_step_holds_a_machine(engine: Engine) -> None:
    """Machines of 4 MW: steps of 5 MW, of 2 MUSD and of 1 system."""
    case = tiny(
        systems=[system(mw=4, price=2)],
        sites=[site(power=22)],
        budget=budget(capex=10),
        goals=["maximize accelerators"],
    )
    pricing = priced(case, engine)
    assert pricing.sensitivity(parameter_of(pricing, "power at x [2025]")).step == 5
    money = pricing.sensitivity(parameter_of(pricing, "budget capex"))
    assert (money.machine, money.step) == (2, 2)
    assert money.dual == pytest.approx(0.5)
    assert pricing.resolved(money.parameter, money.step).better == pytest.approx(
        0
    )  # 22 MW hold no sixth machine


@pytest.mark.parametrize(
    ("amount", "step"), [(0.02, 0.02), (0.021, 0.05), (1, 1), (3, 5), (6, 10), (999, 1000)]
)
def test_steps_are_round(amount: float, step: float) -> None:
    assert round_up(amount) == pytest.approx(step)


def test_one_point_of_share(engine: Engine) -> None:
    """Of ten machines a may have half; b costs 1 MUSD more. One point is a tenth of a machine; ten
    points are one, and save 1 MUSD."""
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        demands=[deployment(10)],
        rules=[cap(0.5, metric="units", only="a")],
        sites=[site(power=10)],
    )
    pricing = priced(case, engine)
    tag = pricing.sensitivity(parameter_of(pricing, "share of a by units [2025]"))
    assert (tag.parameter.amount, tag.parameter.unit.name) == (50, "%")
    assert tag.dual == pytest.approx(0.1)
    assert (tag.machine, tag.step) == pytest.approx((10, 10))
    assert pricing.resolved(tag.parameter, 10).better == pytest.approx(1)
    assert pricing.resolved(tag.parameter, -10).better == pytest.approx(-1)
    assert pricing.headroom(tag.parameter) == pytest.approx(0)


def test_a_yes_or_no_rule_has_no_dual(engine: Engine) -> None:
    """Two suppliers of a quarter each: b costs 1 MUSD more, four machines, so one b. Without the
    second supplier 1 MUSD is saved."""
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=9)],
        demands=[deployment(4)],
        rules=[at_least(2, meaningful=0.25, metric="units")],
    )
    pricing = priced(case, engine)
    number, share = (
        (
            parameter
            for parameter in pricing.parameters
            if parameter.name == "number of suppliers by units" and parameter.unit.name != "%"
        ),
        None,
    )
    rule = next(number)
    assert share is None
    assert pricing.switched(rule)
    assert pricing.dual(rule) == pytest.approx(0)
    assert pricing.resolved(rule, 1).better == pytest.approx(1)
    meaningful = next(parameter for parameter in pricing.parameters if parameter.unit.name == "%")
    assert pricing.resolved(meaningful, 25).better == pytest.approx(
        1
    )  # a quarter less of a quarter is nothing
    assert pricing.resolved(meaningful, -25).better == pytest.approx(-1)  # half of four are two


def test_an_allocation_in_steps_has_a_lever_for_each(engine: Engine) -> None:
    """2 then 3 machines; the mean over two years of 8760 h is 2.5. One more of the first step makes
    it min(3, 3) and 3."""
    pricing = priced(
        tiny(periods=2, supply=[supply(cumulative=[2, 3])], goals=["maximize accelerators"]), engine
    )
    first, second = (parameter_of(pricing, f"allocation of a [{year}]") for year in (2025, 2026))
    assert pricing.result.value == pytest.approx(2.5)
    assert (pricing.sensitivity(first).dual, pricing.sensitivity(second).dual) == pytest.approx(
        (0.5, 0.5)
    )
    assert pricing.resolved(first, 1).better == pytest.approx(0.5)
    assert pricing.resolved(first, 2).better == pytest.approx(0.5)  # the second step holds it


def test_a_year_sooner_and_a_year_later(engine: Engine) -> None:
    """1 MW, then 3: a mean of 2 accelerators. 3 MW a year sooner are 3, a year later 1."""
    pricing = priced(
        tiny(periods=2, sites=[site(power=[1, 3])], goals=["maximize accelerators"]), engine
    )
    found = {
        shift.sooner: pricing.shifted(shift)
        for parameter in pricing.parameters
        for shift in shifts(pricing.frame, parameter)
    }
    assert found[True].better == pytest.approx(1)
    assert found[False].better == pytest.approx(-1)
    moves = [
        shift for parameter in pricing.parameters for shift in shifts(pricing.frame, parameter)
    ]
    assert [(s.period, s.loosened) for s in moves] == [("2025", True), ("after the horizon", False)]
    assert [pricing.expected_shift(s) for s in moves] == pytest.approx([1, -1])


def test_a_demand_a_year_later_saves_a_year_of_energy(engine: Engine) -> None:
    """Two machines from 2026 of three years, 1 MUSD of energy a year: 2 + 4 MUSD. A year later 2 +
    2."""
    pricing = priced(
        tiny(periods=3, sites=[site(energy=1)], demands=[deployment([0, 2, 2])]), engine
    )
    (later,) = [
        shift for parameter in pricing.parameters for shift in shifts(pricing.frame, parameter)
    ]
    assert (later.sooner, later.loosened, later.period) == (False, True, "2027")
    assert pricing.shifted(later).better == pytest.approx(2)


def test_an_amount_for_one_period_is_no_step(engine: Engine) -> None:
    """A budget of 2026 alone does not come sooner."""
    pricing = priced(
        tiny(
            periods=3,
            budget=budget(by_period={1: 2}),
            sites=[site(power=5)],
            goals=["maximize accelerators"],
        ),
        engine,
    )
    assert [
        s
        for parameter in pricing.parameters
        if parameter.name.startswith("budget")
        for s in shifts(pricing.frame, parameter)
    ] == []


def test_a_date_as_objective_has_no_dual_and_is_solved_again(engine: Engine) -> None:
    """Two accelerators run from 2026 on, when 2 MW are there: 365 days. One more MW in 2025, or the
    step a year sooner: at once."""
    pricing = priced(
        tiny(periods=3, sites=[site(power=[1, 2, 4])], goals=[time_to(accelerators=2)]), engine
    )
    assert pricing.blind
    first = parameter_of(pricing, "power at x [2025]")
    assert (pricing.result.value, pricing.dual(first)) == pytest.approx((365, 0))
    assert pricing.resolved(first, 1).better == pytest.approx(365)
    (sooner, later) = shifts(pricing.frame, parameter_of(pricing, "power at x [2026]"))
    assert pricing.shifted(sooner).better == pytest.approx(365)
    assert pricing.shifted(later).better == pytest.approx(-365)
    assert not priced(TWO_SITES, engine).blind


def test_a_coherent_demand_may_grow(engine: Engine) -> None:
    """Two machines in one cluster for 1 MUSD each. A third costs 1 MUSD more, though no row of the
    old demand counts a third."""
    pricing = priced(
        tiny(sites=[site(power=9)], demands=[{**deployment(2), "coherent": True}]), engine
    )
    demand = parameter_of(pricing, "demand d [2025]")
    assert pricing.resolved(demand, -1).better == pytest.approx(-1)
    assert pricing.resolved(demand, 1).better == pytest.approx(1)


def test_what_was_not_bought_and_its_price(engine: Engine) -> None:
    """b does what a does for 1.5 instead of 1 MUSD: half a MUSD short of paying, and pays below two
    thirds of its price."""
    case = tiny(systems=[system("a"), system("b", price=1.5)], demands=[deployment(5)])
    pricing = priced(case, engine)
    (entry,) = not_bought(pricing)
    assert (entry.system, entry.site, entry.period) == ("b", "x", "2025")
    assert (entry.short_of_paying, entry.own) == pytest.approx((0.5, 1.5))
    assert dict(entry.charges) == pytest.approx({"demand d": -1})
    half = model_of(
        case.model_copy(
            update={
                "systems": [
                    case.systems[0],
                    case.systems[1].model_copy(update={"price_usd": 0.75e6}),
                ]
            }
        )
    )
    share = break_even(pricing, entry, asked(half, pricing.outcome, 0), half.objectives[0], 0.5)
    assert share == pytest.approx(2 / 3)


def test_no_price_is_low_enough_for_what_takes_too_much(engine: Engine) -> None:
    """Every MW of the two that are there earns an accelerator with a; b takes 3 MW for one, and
    money is no matter."""
    case = tiny(
        systems=[system("a"), system("b", mw=3)],
        sites=[site(power=4)],
        goals=["maximize accelerators"],
    )
    pricing = priced(case, engine)
    (entry,) = not_bought(pricing)
    assert entry.short_of_paying == pytest.approx(2)
    assert dict(entry.charges) == pytest.approx({"power at x": 3})
    assert entry.own == pytest.approx(-1)
    half = model_of(
        case.model_copy(
            update={
                "systems": [
                    case.systems[0],
                    case.systems[1].model_copy(update={"price_usd": 0.5e6}),
                ]
            }
        )
    )
    assert (
        break_even(pricing, entry, asked(half, pricing.outcome, 0), half.objectives[0], 0.5) is None
    )


def test_a_machine_takes_its_share_of_a_group_along(engine: Engine) -> None:
    """A machine of 1 MW and half a group of 0.5 MW: 8 under 10 MW, 12 under 15 MW, so that a MW
    more is worth 0.8."""
    case = tiny(
        sites=[site(power=10)],
        networks=[network(grade(per=2, mw=0.5))],
        goals=["maximize accelerators"],
    )
    pricing = priced(case, engine)
    tag = pricing.sensitivity(parameter_of(pricing, "power at x [2025]"))
    assert pricing.result.value == pytest.approx(8)
    assert not pricing.switched(tag.parameter)
    assert (tag.dual, tag.more, tag.less) == pytest.approx((0.8, 0.8, 0.8))
    assert (
        pricing.resolved(tag.parameter, 5).better
        == pricing.expected(tag.parameter, 5)
        == pytest.approx(4)
    )


def test_a_full_network_has_no_slope_beyond(engine: Engine) -> None:
    """The same, but the ninth machine takes a grade of 1 MW a group for all: nothing until 14 MW,
    and the dual does not tell."""
    case = tiny(
        sites=[site(power=10)],
        networks=[network(grade(1, most=8, per=2, mw=0.5), grade(2, per=2, mw=1))],
        goals=["maximize accelerators"],
    )
    pricing = priced(case, engine)
    power = parameter_of(pricing, "power at x [2025]")
    assert pricing.switched(power)
    assert pricing.expected(power, 4) == pytest.approx(0)
    assert pricing.expected(power, -1) == pytest.approx(-0.8)
    assert [pricing.resolved(power, by).better for by in (3, 4)] == pytest.approx([0, 1])
    less = priced(
        case.model_copy(update={"sites": [case.sites[0].model_copy(update={"power_w": [8e6]})]}),
        engine,
    )
    assert not less.switched(parameter_of(less, "power at x [2025]"))


def test_what_was_not_bought_would_have_a_network(engine: Engine) -> None:
    """b costs 2 MUSD and does what a does for 1: at half its price it would pay, though no group of
    its network stands."""
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        demands=[deployment(4)],
        sites=[site(power=20)],
        networks=[
            network(grade(1, most=4, per=2, mw=0.5), grade(2, per=2, mw=1), of=name)
            for name in ("a", "b")
        ],
    )
    pricing = priced(case, engine)
    (entry,) = not_bought(pricing)
    assert (entry.system, entry.short_of_paying, entry.own) == (
        "b",
        pytest.approx(1),
        pytest.approx(2),
    )
    half = model_of(
        case.model_copy(
            update={
                "systems": [case.systems[0], case.systems[1].model_copy(update={"price_usd": 1e6})]
            }
        )
    )
    assert break_even(
        pricing, entry, asked(half, pricing.outcome, 0), half.objectives[0], 0.5
    ) == pytest.approx(0.5)


def test_the_second_objective_is_priced_with_the_first_held(engine: Engine) -> None:
    """5 accelerators first, then cost: 3 MW at free x, the rest at y for 2 MUSD each. A MW more at
    x: no accelerator more, 2 MUSD less."""
    case = tiny(
        sites=[site("x", power=3), site("y", power=9, energy=2)],
        supply=[supply(cumulative=5)],
        goals=[goal("maximize accelerators", tolerance=0), goal("minimize cost")],
    )
    first, second = priced(case, engine, goal=0), priced(case, engine, goal=1)
    assert first.resolved(parameter_of(first, "power at x [2025]"), 1).better == pytest.approx(0)
    assert second.resolved(parameter_of(second, "power at x [2025]"), 1).better == pytest.approx(2)
    assert second.sensitivity(parameter_of(second, "power at x [2025]")).dual == pytest.approx(2)


def test_what_arrives_brings_service_money_and_share_along(engine: Engine) -> None:
    """A machine of 3 MUSD, half of it paid a year before: in service for two years, 1.5 and 1.5
    MUSD, 3 MUSD of its vendor's spend."""
    case = tiny(
        periods=3,
        systems=[system("a", price=3, lead=1, down=0.5)],
        rules=[cap(1.0)],
        sites=[site(power=9)],
        demands=[deployment([0, 1, 1])],
    )
    pricing = priced(case, engine)
    frame = pricing.frame
    column = int(frame.variables["delivered"].index[0, 0, 1])
    change = pricing.propagation.of(column)
    named = {
        next(b.label(c) for b in frame.variables.values() if (b.index == c).any()): v
        for c, v in change.items()
    }
    assert named == pytest.approx(
        {
            "delivered[a,x,2026]": 1,
            "in_service[a,x,2026]": 1,
            "in_service[a,x,2027]": 1,
            "capex[2025]": 1.5,
            "capex[2026]": 1.5,
            "volume.1[a,2026]": 3,
        }
    )


def test_moving_leaves_the_model_as_it_was(engine: Engine) -> None:
    model = model_of(TWO_SITES)
    before = model.frame.row_bounds()[1].copy(), model.frame.bounds()[1].copy()
    changed_frame = moved(model.frame, [(parameter, 1.0) for parameter in parameters(model.frame)])
    assert (model.frame.row_bounds()[1] == before[0]).all()
    assert (model.frame.bounds()[1] == before[1]).all()
    assert (changed_frame.row_bounds()[1] != before[0]).any()


def test_out_of_time_is_said(engine: Engine) -> None:
    pricing = priced(TWO_SITES, engine)
    assert pricing.local.value == pytest.approx(9)
    pricing.until = time.perf_counter()
    found = pricing.resolved(parameter_of(pricing, "power at x [2025]"), 1)
    assert (found.status, found.better) == ("out of time", None)


def check_levers(case: Case, engine: Engine) -> None:
    """Signs and sizes: more never hurts, less never helps, the slope lies between what more is
    worth and what less costs.

    The last holds of bounds. A share multiplies what is bought, which need not be one thing at the
    optimum; there the slopes are measured.
    """
    try:
        pricing = priced(case, engine)
    except NoPlanError:
        assume(False)
    assume(math.isfinite(pricing.result.value))
    small = 1e-5 * max(1.0, abs(pricing.local.value))
    for parameter in pricing.parameters:
        tag = pricing.sensitivity(parameter)
        if (
            parameter.mixed
            or pricing.objective_in(moved(pricing.frame, [(parameter, parameter.amount / 2)]))
            is not pricing.objective
        ):
            # what goes along may cost more than the limit is worth; a share of what moves is no
            # straight line
            continue
        assert tag.dual >= 0
        assert tag.more is None or tag.more * tag.step >= -small, parameter
        assert tag.less is None or tag.less * tag.step >= -small, parameter
        if tag.more is not None and not parameter.coefficients:
            assert tag.more * tag.step <= tag.dual * tag.step + small, parameter
        if tag.less is not None and not parameter.coefficients:
            assert tag.dual * tag.step <= tag.less * tag.step + small, parameter


def check_by_hand(case: Case, engine: Engine) -> None:
    """A parameter moved in the rows is worth what the second formulation says of the case with the
    number changed by hand."""
    case = case.model_copy(update={"goals": case.goals[:1]})
    try:
        pricing = priced(case, engine)
    except NoPlanError:
        assume(False)
    for parameter in pricing.parameters:
        for by in (1.0, -1.0):
            if (parameter.amount < 1 and (by > 0) != parameter.ceiling) or (
                parameter.unit.name == "%" and not 0 <= parameter.amount + by <= 100
            ):
                continue
            if parameter.ceiling and parameter.amount == 0:
                continue  # where nothing may be, there is no variable for what would be
            other = changed(case, parameter, by)
            if other is None:
                continue
            found, truth = pricing.resolved(parameter, by), best(other)
            if found.status == "out of time":
                raise NoWord(parameter.name)
            if truth is None:
                assert found.status == "no plan", parameter
                continue
            assert found.better is not None, parameter
            expected = pricing.gain(pricing.result.value, truth)
            assert found.better == pytest.approx(
                expected, rel=1e-5, abs=1e-5 * max(1.0, abs(pricing.result.value))
            ), parameter


@examples(2, slow=100)
def test_signs(draw: Draw, engine: Engine) -> None:
    case = cases(draw, orders=True)
    check_levers(case, engine)


@examples(2, slow=100)
def test_a_moved_row_is_the_number_moved_by_hand(draw: Draw, engine: Engine) -> None:
    case = cases(draw, orders=True)
    check_by_hand(case, engine)


@examples(2, slow=100)
def test_signs_of_generation(draw: Draw, engine: Engine) -> None:
    check_levers(generation_cases(draw), engine)


@examples(2, slow=100)
def test_a_moved_row_of_generation_is_the_number_moved_by_hand(draw: Draw, engine: Engine) -> None:
    """A MW of connection moves what is firm besides and every step of the load; a unit more moves
    what may be counted on."""
    check_by_hand(generation_cases(draw), engine)
