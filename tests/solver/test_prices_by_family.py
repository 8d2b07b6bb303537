"""Sensitivities of every family, worked out in the head. One system is 1 MW, 1 accelerator, 1 MUSD,
unless said otherwise."""

from __future__ import annotations

import pytest

from planner.core.case import Case
from planner.solver.break_even import not_bought
from planner.solver.engine import Engine
from planner.solver.prices import Pricing
from tests import builders as of
from tests.builders import (
    at_least,
    cap,
    compute,
    deployment,
    fleet,
    hall,
    rule,
    site,
    source,
    supply,
    survival,
    system,
    tariff,
    tiny,
)
from tests.solver.asked import parameter_of, priced

MOST = ["maximize accelerators"]


def worth(
    pricing: Pricing,
    key: str,
    *,
    dual: float | None,
    more: float,
    less: float | None,
    by: float = 1.0,
) -> None:
    """The slope of a limit (None: yes-or-no decisions have none), and what `by` more and less
    change (None: no plan is left)."""
    parameter = parameter_of(pricing, key)
    if dual is None:
        assert pricing.switched(parameter)
    else:
        assert not pricing.switched(parameter)
        assert pricing.dual(parameter) == pytest.approx(dual)
    found = pricing.resolved(parameter, by)
    assert found.better == pytest.approx(more), found
    tight = pricing.resolved(parameter, -by)
    if less is None:
        assert tight.status == "no plan"
    else:
        assert tight.better == pytest.approx(-less), tight


def dear(case_power: float = 9.0) -> list[dict[str, object]]:
    """Sites x and y; a MW at y costs 2 MUSD of energy a year."""
    return [site("x", power=9), site("y", power=case_power, energy=2)]


def test_a_layer_is_priced_by_what_is_installed(engine: Engine) -> None:
    """4 MW of transformers, 2 needed and 2 spare: half is usable, 2 accelerators. 1 MW installed is
    half an accelerator; 2 MW are one."""
    pricing = priced(
        tiny(
            sites=[site(power=9)],
            goals=MOST,
            meter={"layers": [of.layer("transformer", [4.0], needed=2, spare=2)]},
        ),
        engine,
    )
    (parameter,) = [
        parameter for parameter in pricing.parameters if parameter.block == "layers.carries"
    ]
    assert (parameter.amount, parameter.unit.name) == (4.0, "MW")
    worth(pricing, parameter.key, dual=0.5, more=1, less=1, by=2)


def test_water(engine: Engine) -> None:
    """1 L/kWh at 1 MW through a year is 8.76 ML; 26.28 ML are three machines, and a fourth takes
    8.76 more."""
    pricing = priced(
        tiny(sites=[site(power=9)], goals=MOST, meter={"water": [of.water(total=26.28)]}), engine
    )
    worth(pricing, "water at x", dual=1 / 8.76, more=1, less=1, by=8.76)


def test_carbon(engine: Engine) -> None:
    """1000 kg/MWh at 1 MW through a year is 8.76 kt; 17.52 kt are two machines."""
    pricing = priced(
        tiny(
            sites=[site(power=9)], goals=MOST, meter={"carbon": [of.carbon([1000.0], total=17.52)]}
        ),
        engine,
    )
    worth(pricing, "carbon at x", dual=1 / 8.76, more=1, less=1, by=8.76)


def test_carbon_of_all_sites(engine: Engine) -> None:
    """The same ceiling over the scenario: two machines of 8.76 kt."""
    meter = {"carbon": [of.carbon([1000.0])], "carbon_rules": of.carbon_rules(total=17.52)}
    worth(
        priced(tiny(sites=[site(power=9)], goals=MOST, meter=meter), engine),
        "carbon",
        dual=1 / 8.76,
        more=1,
        less=1,
        by=8.76,
    )


def test_the_number_of_halls(engine: Engine) -> None:
    """Two halls of 3 MW: six machines. A third hall holds three more; with one there are three. A
    whole hall has no slope."""
    pricing = priced(tiny(sites=[site(power=20)], halls=[hall(mw=3, most=2)], goals=MOST), engine)
    (parameter,) = [
        parameter for parameter in pricing.parameters if parameter.block == "hall.number"
    ]
    worth(pricing, parameter.key, dual=None, more=3, less=3)


def test_power_sources_at_most(engine: Engine) -> None:
    """1 MW of grid and at most two sources of 1 MW: three machines. A third source is one more;
    units are whole, and have no slope."""
    pricing = priced(tiny(sites=[site(power=1)], sources=[source(most=2)], goals=MOST), engine)
    (parameter,) = [
        parameter for parameter in pricing.parameters if parameter.block == "sources.at_most"
    ]
    worth(pricing, parameter.key, dual=None, more=1, less=1)


def test_the_power_of_a_permit(engine: Engine) -> None:
    """As before with nine sources of 1 MW, and a permit for 2 MW: three machines, one more for each
    MW."""
    pricing = priced(tiny(sites=[site(power=1)], sources=[source(permit=2)], goals=MOST), engine)
    (parameter,) = [
        parameter for parameter in pricing.parameters if parameter.block == "sources.permit_power"
    ]
    worth(pricing, parameter.key, dual=None, more=1, less=1)


def test_power_stands_in_two_blocks_and_is_one_number(engine: Engine) -> None:
    """A site with a source: its power limits the highest draw and, by the mean, the connection. One
    parameter, which moves both."""
    pricing = priced(
        tiny(sites=[site(power=2)], sources=[source(most=1, output=0.0)], goals=MOST), engine
    )
    mine = [parameter for parameter in pricing.parameters if parameter.name == "power at x"]
    assert len(mine) == 1
    assert len(mine[0].also) == 1
    # the source is firm for the highest draw but puts out nothing in the mean: the connection
    # carries two machines, not three
    worth(pricing, mine[0].key, dual=1, more=1, less=1)


def test_the_contract_follows_the_power_of_the_site(engine: Engine) -> None:
    """4 MW contracted, half of them billed at 1 MUSD/MW: a machine costs 1 + billing 2 MW. A MW
    more of power is half a MW billed more.

    One machine is asked for and power is not scarce: the limit's own worth is 0, and what goes
    along costs 0.5 MUSD per MW.
    """
    pricing = priced(
        tiny(sites=[site(power=4)], demands=[deployment(1)], meter={"tariffs": [tariff(take=0.5)]}),
        engine,
    )
    assert pricing.result.value == pytest.approx(1 + 2)
    assert parameter_of(pricing, "power at x [2025]").mixed
    worth(pricing, "power at x [2025]", dual=-0.5, more=-0.5, less=-0.5)


def test_a_contract_of_its_own_does_not_follow(engine: Engine) -> None:
    """The same with 4 MW named in the tariff: more power costs nothing, and less (2 MW, a half of
    them) saves nothing either."""
    meter = {"tariffs": [tariff(take=0.5, contract=[4.0])]}
    pricing = priced(tiny(sites=[site(power=4)], demands=[deployment(1)], meter=meter), engine)
    worth(pricing, "power at x [2025]", dual=0, more=0, less=0)


def test_crews_are_priced_by_their_rate(engine: Engine) -> None:
    """2 MW stand and 1 MW a year is added: 3 and 4 machines, a mean of 3.5. One rate for both
    years: a MW more makes it 4 and 6, so 5."""
    case = tiny(
        periods=2, sites=[site(power=20, existing_it=2.0)], crews=[of.crew("x", mw=1)], goals=MOST
    )
    pricing = priced(case, engine)
    parameter = parameter_of(pricing, "construction by crew 1 [2025..2026]")
    assert parameter.amount == 1
    assert pricing.result.value == pytest.approx(3.5)
    worth(pricing, parameter.key, dual=1.5, more=1.5, less=1.5)


def test_fit_out_crews(engine: Engine) -> None:
    """Two racks a year: 2 and 4 machines, a mean of 3. A rack more: 3 and 6, 4.5."""
    case = tiny(periods=2, sites=[site(power=20)], crews=[of.crew("x", racks=2)], goals=MOST)
    worth(priced(case, engine), "fit-out by crew 1 [2025..2026]", dual=1.5, more=1.5, less=1.5)


def test_a_minimum_order(engine: Engine) -> None:
    """Two machines are asked for in 2025, orders are of three at least, and 2026 needs none: three
    bought. Two would do, and save 1 MUSD.

    A least of four costs one more, and the idle year stays idle: nobody must order four.
    """
    case = tiny(
        periods=2, sites=[site(power=9)], demands=[deployment([2, 2])], supply=[supply(minimum=3)]
    )
    pricing = priced(case, engine)
    parameter = parameter_of(pricing, "minimum order of a [2025..2026]")
    assert pricing.result.value == pytest.approx(3)
    assert pricing.headroom(parameter) == pytest.approx(0)
    worth(pricing, parameter.key, dual=None, more=1, less=1)


def test_lots_have_no_tag_and_that_is_said(engine: Engine) -> None:
    pricing = priced(
        tiny(sites=[site(power=9)], demands=[deployment(2)], supply=[supply(lot=3)]), engine
    )
    assert ("lots of a", "it multiplies a whole number") in pricing.untold()


def test_a_rate_and_a_schedule_are_two_numbers(engine: Engine) -> None:
    """At most 3 in any year, and 2 then 5 by schedule: 2 and 3 arrive, 2 and 5 run, a mean of 3.5.

    One more in the schedule's first year: 3 and 6, so 4.5. One more a year: 2 and 6, so 4. One more
    in the schedule's second: nothing.
    """
    case = tiny(
        periods=2, sites=[site(power=20)], supply=[supply(each=3, schedule=[2, 5])], goals=MOST
    )
    pricing = priced(case, engine)
    mine = {
        (parameter.path.rpartition(".")[2], parameter.when): parameter
        for parameter in pricing.parameters
    }
    assert pricing.result.value == pytest.approx(3.5)
    for key, more in (
        (("schedule", "2025"), 1.0),
        (("schedule", "2026"), 0.0),
        (("per_period", "2025..2026"), 0.5),
    ):
        assert pricing.dual(mine[key]) == pytest.approx(more)
        assert pricing.resolved(mine[key], 1).better == pytest.approx(more)


def test_where_rate_and_schedule_are_equal_one_alone_is_worth_nothing(engine: Engine) -> None:
    """Two a year by either: more of one alone changes nothing, less of either is one machine
    less."""
    case = tiny(sites=[site(power=20)], supply=[supply(each=2, schedule=[2])], goals=MOST)
    pricing = priced(case, engine)
    assert len(pricing.parameters) == 3
    for parameter in pricing.parameters:
        if parameter.name == "delivery rate of a":
            assert pricing.resolved(parameter, 1).better == pytest.approx(0)
            assert pricing.resolved(parameter, -1).better == pytest.approx(-1)


def test_the_allocation_of_a_supplier_to_be_qualified(engine: Engine) -> None:
    """Qualifying costs 2 MUSD, machines 1 MUSD of 6 that are there: four machines, of which three
    are allocated; a budget of 5 is used.

    One more of the allocation is one machine more, once the qualification is paid; a qualification
    itself is no number to be moved.
    """
    case = tiny(
        sites=[site(power=9)],
        supply=[supply(cumulative=3)],
        qualifications=[of.qualify("a", ["a"], cost=2)],
        budget=of.budget(total=6),
        goals=MOST,
    )
    pricing = priced(case, engine)
    worth(pricing, "allocation of a [2025]", dual=1, more=1, less=1)
    assert pricing.resolved(
        parameter_of(pricing, "allocation of a [2025]"), 2
    ).better == pytest.approx(1)  # then the budget is used up


def test_a_total_budget_is_the_number_that_was_written(engine: Engine) -> None:
    """6 MUSD over all, of which qualifying takes 2: four machines."""
    case = tiny(
        sites=[site(power=9)],
        qualifications=[of.qualify("a", ["a"], cost=2)],
        budget=of.budget(total=6),
        goals=MOST,
    )
    pricing = priced(case, engine)
    assert parameter_of(pricing, "budget total").amount == 6
    worth(pricing, "budget total", dual=1, more=1, less=1)


def test_a_construction_budget_is_the_number_that_was_written(engine: Engine) -> None:
    """2 MW stand; 4 MUSD build two more at 2 MUSD/MW. A MUSD is half a machine, two are one."""
    case = tiny(
        sites=[site(power=9, existing_it=2.0, construction=2.0, construction_budget=4.0)],
        goals=MOST,
    )
    pricing = priced(case, engine)
    assert parameter_of(pricing, "construction budget at x").amount == 4
    worth(pricing, "construction budget at x", dual=0.5, more=1, less=1, by=2)


def losing(serves: float) -> Case:
    """Two machines asked for of two makers, b for 2 MUSD; `serves` of them must be left when either
    maker stops."""
    return tiny(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=9)],
        demands=[deployment(4)],
        survive=[survival(of="d", serves=serves)],
    )


def test_what_must_survive_a_loss(engine: Engine) -> None:
    """Four are asked for and half of them must be left: two of each, 6 MUSD. A quarter less is one
    fewer, so three and one: 5 MUSD.

    A quarter more is one more: 3 + 3, 9 MUSD. One point is a twenty-fifth of a machine.
    """
    pricing = priced(losing(0.5), engine)
    assert pricing.result.value == pytest.approx(6)
    worth(pricing, "loss of any supplier, demand d [2025]", dual=0.04, more=1, less=3, by=25)


def test_a_demand_takes_what_must_survive_with_it(engine: Engine) -> None:
    """One more asked for is half a one more that must be left: of six, three and three cost 9, of
    two one and one 3 (not 2 and 0, 2)."""
    pricing = priced(losing(0.5), engine)
    worth(pricing, "demand d [2025]", dual=1.5, more=3, less=3, by=2)


def test_a_least_share(engine: Engine) -> None:
    """b must have 20 % of ten machines and costs 1 MUSD more: one point is a tenth of a machine,
    ten points one machine."""
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=99)],
        demands=[deployment(10)],
        rules=[rule("min_share", 0.2, metric="units", only="b")],
    )
    worth(priced(case, engine), "least share of b by units [2025]", dual=0.1, more=1, less=1, by=10)


def test_at_most_so_many_suppliers(engine: Engine) -> None:
    """Only one of two makers, who allocate two machines each: two. Both: four. A choice has no
    slope."""
    case = tiny(
        systems=[system("a"), system("b")],
        sites=[site(power=9)],
        supply=[supply("a", cumulative=2), supply("b", cumulative=2)],
        rules=[rule("max_suppliers", 1, metric="units")],
        goals=MOST,
    )
    worth(priced(case, engine), "most suppliers by units [2025]", dual=None, more=2, less=2)


def test_an_hhi(engine: Engine) -> None:
    """b costs 1 MUSD more; of ten machines 3 must be b's for 0.7² + 0.3² = 0.58, and 2 for 0.68.
    Below 0.5 nothing does.

    By the slope: the index is 1 − 2x + 2x² of a share x, so it takes 10 / (2 − 4 · 0.3) = 12.5 MUSD
    for one more of it. One more machine of b brings the two 1 nearer, and their spread of √8 by
    √0.5 down, of ten: 2 · √0.08 · √0.5 / 10 = 0.04 of the index.
    """
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=99)],
        demands=[deployment(10)],
        rules=[rule("max_hhi", 0.58, metric="units")],
    )
    pricing = priced(case, engine)
    assert [limit for limit, _ in pricing.untold()] == []
    (parameter,) = [
        parameter for parameter in pricing.parameters if parameter.name.startswith("HHI")
    ]
    assert (parameter.amount, parameter.unit.name, parameter.ceiling) == (0.58, "", True)
    assert pricing.headroom(parameter) == pytest.approx(0, abs=1e-6)
    worth(pricing, parameter.key, dual=12.5, more=1, less=None, by=0.1)
    assert pricing.resolved(parameter, -0.06).better == pytest.approx(-1)  # 4 of 10: 0.52
    tag = pricing.sensitivity(parameter)
    assert 0.01 <= tag.step <= 0.2
    assert tag.machine == pytest.approx(0.04)


def test_what_is_not_bought_is_charged_by_the_index_and_by_no_row_of_its_arithmetic(
    engine: Engine,
) -> None:
    """c costs 3 and is bought nowhere; it would bring the suppliers nearer to equal shares, for
    which the index pays under its own name."""
    case = tiny(
        systems=[system("a"), system("b", price=2), system("c", price=3)],
        sites=[site(power=99)],
        demands=[deployment(10)],
        rules=[rule("max_hhi", 0.58, metric="units")],
    )
    (entry,) = not_bought(priced(case, engine))
    assert entry.system == "c"
    assert {name for name, _ in entry.charges} == {"HHI of suppliers by units", "demand d"}
    assert entry.short_of_paying == pytest.approx(
        entry.own + sum(amount for _, amount in entry.charges)
    )


def test_a_share_upstream(engine: Engine) -> None:
    """Memory of m may be in half of four machines; the other system costs 1 MUSD more. 25 points
    are one machine."""
    case = tiny(
        systems=[
            system("a", upstream={"memory": ["m"]}),
            system("b", price=2, upstream={"memory": ["k"]}),
        ],
        sites=[site(power=9)],
        demands=[deployment(4)],
        rules=[cap(0.5, metric="units", only="m", level="memory")],
    )
    worth(priced(case, engine), "share of m by units [2025]", dual=0.04, more=1, less=1, by=25)


def test_a_coherent_demand_has_a_slope(engine: Engine) -> None:
    """Three machines of 1 MUSD in one cluster: each is 1 MUSD, by the slope as well; that they must
    be one cluster is no number."""
    pricing = priced(tiny(sites=[site(power=9)], demands=[deployment(3, coherent=True)]), engine)
    worth(pricing, "demand d [2025]", dual=1, more=1, less=1)
    assert ("one cluster for d", "it is asked for or not") in pricing.untold()


def test_machines_that_may_not_retire(engine: Engine) -> None:
    """Three stand and cost 1 MUSD of energy a year each; none is needed. One that might go would
    save it."""
    case = tiny(sites=[site(power=9, energy=1, existing_it=None)], fleet=[fleet(units=3)])
    pricing = priced(case, engine)
    (parameter,) = [
        parameter for parameter in pricing.parameters if parameter.block == "fleet.kept"
    ]
    assert pricing.dual(parameter) == pytest.approx(1)
    assert pricing.resolved(parameter, 1).better == pytest.approx(1)


def test_machines_whose_time_is_over(engine: Engine) -> None:
    """Three stand, must be gone by 2026, and two are asked for in both years: two new ones, 2 MUSD.
    Each that might stay saves 1 MUSD, up to the two that are needed."""
    case = tiny(
        periods=2,
        sites=[site(power=9, existing_it=None)],
        fleet=[fleet(units=3, retire=True, leaves=1)],
        demands=[deployment([2, 2])],
    )
    pricing = priced(case, engine)
    (parameter,) = [
        parameter
        for parameter in pricing.parameters
        if parameter.block == "fleet.lifetime" and parameter.amount == 3
    ]
    assert pricing.result.value == pytest.approx(2)
    assert pricing.dual(parameter) == pytest.approx(1)
    assert [pricing.resolved(parameter, by).better for by in (1, 2, 3)] == pytest.approx([1, 2, 2])


def test_a_ramp_has_no_tag_and_that_is_said(engine: Engine) -> None:
    """Storage covers the step of the load; the speed of a ramp stands in the coefficients of many
    rows."""
    storage = source("bat", kind="storage", unit=1, hours=4, capex=1)
    case = tiny(
        sites=[site(power=9)],
        sources=[storage],
        demands=[deployment(2)],
        meter={"ramps": [of.ramp(0.5, 60.0, 20.0)]},
    )
    pricing = priced(case, engine)
    assert [limit for limit, _ in pricing.untold()] == ["ramp at x"]
    assert not [parameter for parameter in pricing.parameters if parameter.name.startswith("ramp")]


def test_a_demand_where_what_goes_short_is_the_objective(engine: Engine) -> None:
    """Three fit of four: 25 % go short. Of three nothing does, of five 40 %: shares of what is
    asked for then.

    By the slope: short/need = (4 − 3)/4 falls by 1/4 for one less, and rises by 1/16 for what it is
    a share of: 3/16.
    """
    case = tiny(
        sites=[site(power=3)], demands=[deployment(4, price=1)], goals=["minimize shortfall"]
    )
    pricing = priced(case, engine)
    assert pricing.result.value == pytest.approx(0.25)
    worth(pricing, "demand d [2025]", dual=3 / 16, more=0.25, less=0.15)
    assert pricing.sensitivity(parameter_of(pricing, "demand d [2025]")).more == pytest.approx(
        3 / 16, rel=0.1
    )


def test_a_number_of_suppliers_counts_by_a_share(engine: Engine) -> None:
    """Two makers with a quarter of four machines each, b 1 MUSD dearer: one b. At half there are
    two."""
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=9)],
        demands=[deployment(4)],
        rules=[at_least(2, meaningful=0.25, metric="units")],
    )
    pricing = priced(case, engine)
    meaningful = next(parameter for parameter in pricing.parameters if parameter.unit.name == "%")
    assert pricing.resolved(meaningful, -25).better == pytest.approx(-1)


def test_compute_that_must_be_cheap(engine: Engine) -> None:
    """3 PFLOP/s asked for, a machine of 1 PFLOP/s for 1 MUSD: each costs 1 MUSD."""
    pricing = priced(tiny(sites=[site(power=9)], demands=[compute(3)]), engine)
    worth(pricing, "demand c [2025]", dual=1, more=1, less=1)
