"""Diversification: what a rule costs, worked out by hand, and what the plan would cost without the
row."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.solver.engine import Engine
from tests.builders import (
    at_least,
    budget,
    cap,
    check_row,
    compute,
    deployment,
    drop,
    fleet,
    model_of,
    site,
    solved,
    system,
    tiny,
)


def four(rule: dict[str, Any], **more: Any) -> Case:
    """4 accelerators wanted; a costs 1 MUSD and b 2."""
    return tiny(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=20)],
        demands=[deployment(4)],
        rules=[rule],
        **more,
    )


def test_volume_ties_shares_to_what_is_bought(engine: Engine) -> None:
    """Proves: a may have half of the units, so 2 a + 2 b = 6. Without the row: shares are of
    nothing, 4 a = 4."""
    check_row(four(cap(0.5, metric="units")), engine, "share.volume.1", value=6, without=4)


def test_most_by_units(engine: Engine) -> None:
    """Proves: a may have three quarters of the units, 3 a + 1 b = 5. Without the row: 4."""
    check_row(four(cap(0.75, metric="units")), engine, "share.most.1", value=5, without=4)


def test_most_by_spend(engine: Engine) -> None:
    """Proves: a alone may have at most half of the spend: with 1 b, a could be 2 of 4 MUSD only, 3
    machines; so 2 a + 2 b = 6.

    Without the row: 4.
    """
    check_row(four(cap(0.5, metric="spend", only="a")), engine, "share.most.1", value=6, without=4)


def test_most_by_power(engine: Engine) -> None:
    """Proves: b is rated at 3 MW, whatever stands around it; at 50 % of the power for a, 3 a need 1
    b: 3 + 2 = 5. Without the row: 4."""
    case = tiny(
        systems=[system("a"), system("b", price=2, mw=3, overhead=0.5)],
        sites=[site(power=20)],
        demands=[deployment(4)],
        rules=[cap(0.5, metric="power", only="a")],
    )
    check_row(case, engine, "share.most.1", value=5, without=4)


def test_most_by_compute(engine: Engine) -> None:
    """Proves: b delivers 3 PFLOP/s (6 at 50 %); at 50 % of the compute for a, 3 a need 1 b: 5.
    Without the row: 4."""
    case = tiny(
        systems=[system("a"), system("b", price=2, pflops=6, mfu=0.5)],
        demands=[deployment(4)],
        rules=[cap(0.5, metric="compute", only="a")],
    )
    check_row(case, engine, "share.most.1", value=5, without=4)


def test_most_by_software_stack(engine: Engine) -> None:
    """Proves: a and c are two suppliers of one software stack, which may have half: 2 at 1 MUSD and
    2 b at 3 MUSD, 8.

    By supplier it would be 2 a and 2 c: 4. Without the row: 4.
    """
    systems = [system("a"), system("c"), system("b", price=3, software="other")]
    case = tiny(
        systems=systems, demands=[deployment(4)], rules=[cap(0.5, metric="units", level="software")]
    )
    check_row(case, engine, "share.most.1", value=8, without=4)
    by_supplier = tiny(systems=systems, demands=[deployment(4)], rules=[cap(0.5, metric="units")])
    assert solved(by_supplier, engine).value == pytest.approx(4)


def test_most_in_every_window(engine: Engine) -> None:
    """Proves: 2 wanted in 2025 and 4 in 2026; if each year must be half and half: 1 a + 1 b twice,
    6.

    Over both years together it would be 2 a + 2 b as well, but with a's half bought first at 21 %
    discount: 2 a in 2025, 2 b in 2026.
    """
    kwargs = dict(
        periods=2,
        systems=[system("a"), system("b", price=2)],
        demands=[deployment([2, 4])],
        discount=0.21,
    )
    each = solved(
        tiny(rules=[cap(0.5, metric="units", windows=[(0, 0), (1, 1)])], **kwargs), engine
    )
    assert each.bought() == {("a", "2025"): 1, ("b", "2025"): 1, ("a", "2026"): 1, ("b", "2026"): 1}
    assert each.value == pytest.approx(3 + 3 / 1.21)
    both = solved(tiny(rules=[cap(0.5, metric="units", windows=[(0, 1)])], **kwargs), engine)
    assert both.bought() == {("a", "2025"): 2, ("b", "2026"): 2}
    assert both.value == pytest.approx(2 + 4 / 1.21)


def test_shares_are_of_what_is_bought_not_of_what_stands(engine: Engine) -> None:
    """Proves: 6 existing b do not make room for a: of the 4 to buy 2 are b, 6 MUSD. Were they
    counted: 4 a, 4 MUSD."""
    case = tiny(
        systems=[system("a"), system("b", price=2)],
        fleet=[fleet("b", 6)],
        demands=[deployment(10)],
        rules=[cap(0.5, metric="units")],
    )
    assert solved(case, engine).value == pytest.approx(6)


def test_nothing_bought_satisfies_every_rule(engine: Engine) -> None:
    """Proves: with nothing to buy a rule asks for nothing, 0 MUSD. Were shares of nothing refused:
    no plan."""
    case = tiny(
        systems=[system("a"), system("b")],
        sites=[site(power=20)],
        fleet=[fleet("a", 1)],
        demands=[deployment(1)],
        rules=[cap(0.5), at_least(2)],
    )
    assert solved(case, engine).value == pytest.approx(0)


def test_meaningful_a_supplier_counts_only_with_its_share(engine: Engine) -> None:
    """Proves: two suppliers with a quarter of the units each: 3 a + 1 b = 5. Without the row: both
    count for nothing, 4."""
    check_row(
        four(at_least(2, meaningful=0.25, metric="units")),
        engine,
        "share.meaningful.1",
        value=5,
        without=4,
    )


def test_number_of_suppliers(engine: Engine) -> None:
    """Proves: two of the three suppliers must have half of the spend each: 2 b at 2 MUSD and 4 a, 8
    (2 a + 1 b would be only 3 machines).

    Without the row: 4 a, 4.
    """
    case = tiny(
        systems=[system("a"), system("b", price=2), system("c", price=9)],
        sites=[site(power=20)],
        demands=[deployment(4)],
        rules=[at_least(2, meaningful=0.5)],
    )
    answer = solved(case, engine)
    # x a and y b with x = 2y, x + y >= 4: y = 2, x = 4
    assert answer.value == pytest.approx(8)
    check_row(case, engine, "share.number.1", value=8, without=4)


def test_number_in_every_window(engine: Engine) -> None:
    """Proves: 2 MW and 2 machines in 2025, 4 in 2026, both suppliers every year: 1 a + 1 b twice =
    6.

    Over the horizon as a whole, a quarter each: 3 a + 1 b = 5.
    """
    kwargs = dict(
        periods=2,
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=[2, 4])],
        demands=[deployment([2, 4])],
    )
    rule = at_least(2, meaningful=0.25, metric="units", windows=[(0, 0), (1, 1)])
    assert solved(tiny(rules=[rule], **kwargs), engine).value == pytest.approx(6)
    assert solved(
        tiny(rules=[at_least(2, meaningful=0.25, metric="units")], **kwargs), engine
    ).value == pytest.approx(5)


def test_the_constant_of_meaningful_does_not_limit_who_does_not_count(engine: Engine) -> None:
    """Proves: c, which must not count, may have next to nothing while a and b share 11: maximum 11
    PFLOP/s.

    Without a large enough constant: the row of c would hold the total down.
    """
    case = tiny(
        systems=[system("a"), system("b"), system("c", mw=12)],
        sites=[site(power=11)],
        rules=[at_least(2, meaningful=0.4, metric="units")],
        goals=["maximize compute"],
    )
    assert solved(case, engine).value == pytest.approx(11)


def test_the_constant_of_meaningful_counts_every_site_and_what_retirement_frees(
    engine: Engine,
) -> None:
    """Proves: 3 MW at x, where 2 old machines retire, and 4 MW at y take 7 new ones, 4 a and 3 b,
    none of c.

    Without counting both: 5 at most.
    """
    systems = [system("old", may_buy=False, pflops=0), system("a"), system("b"), system("c", mw=9)]
    case = tiny(
        systems=systems,
        sites=[site("x", power=3), site("y", power=4)],
        fleet=[fleet("old", 2, retire=True)],
        rules=[at_least(2, meaningful=0.4, metric="units")],
        goals=["maximize compute"],
    )
    assert solved(case, engine).value == pytest.approx(7)


def test_a_budget_bounds_the_constant_where_power_does_not(engine: Engine) -> None:
    """Proves: no power is given, 10 MUSD buy 10 machines of two suppliers, beside an existing one
    that has no price: 11 PFLOP/s.

    Without care for systems that cannot be bought: `give the sites power` for an answer.
    """
    case = tiny(
        systems=[system("a"), system("b"), system("z", may_buy=False)],
        fleet=[fleet("z", 1)],
        rules=[at_least(2, meaningful=0.3)],
        budget=budget(capex=10),
        goals=["maximize compute"],
    )
    assert solved(case, engine).value == pytest.approx(11)
    total = tiny(
        systems=[system("a"), system("b")],
        rules=[at_least(2, meaningful=0.3)],
        budget=budget(total=10),
        goals=["maximize compute"],
    )
    assert solved(total, engine).value == pytest.approx(10)


def test_a_system_that_weighs_nothing_needs_no_bound(engine: Engine) -> None:
    """Proves: b delivers no compute, so it can never have 30 % of it, and nothing may be bought.
    Without care: 0 · ∞ in the constant."""
    case = tiny(
        systems=[system("a"), system("b", mfu=0.0)],
        rules=[at_least(2, meaningful=0.3, metric="compute")],
        budget=budget(capex=10),
        goals=["maximize compute"],
    )
    assert solved(case, engine).value == pytest.approx(0)


def test_a_rule_that_nothing_bounds_is_refused() -> None:
    """Proves: with no power, supply or budget there is no constant, and the model says what to
    give."""
    case = tiny(systems=[system("a"), system("b")], rules=[at_least(2)], demands=[compute(1)])
    with pytest.raises(ValueError, match="give the sites `power`"):
        model_of(case)


def test_drop_takes_the_rows_out() -> None:
    """Proves: the helper of these tests removes the block and renumbers the rest."""
    model = model_of(four(cap(0.5)))
    before = model.frame.row_count
    gone = len(model.frame.rows["share.volume.1"].lower)
    drop(model, "share.volume.1")
    assert model.frame.row_count == before - gone
    ends = [block.first + len(block.lower) for block in model.frame.blocks()]
    assert [block.first for block in model.frame.blocks()] == [0, *ends[:-1]]
    assert ends[-1] == model.frame.row_count
