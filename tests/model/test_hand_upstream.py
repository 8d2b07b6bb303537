"""More of diversification: least shares, few suppliers, indices of concentration, the fleet, places
and makers upstream, by hand."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from planner.capabilities.sourcing.derive import hhi
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    cap,
    check_row,
    deployment,
    fleet,
    rule,
    site,
    solved,
    supply,
    system,
    tiny,
)


def wanted(*rules: dict[str, Any], number: int = 4, **more: Any) -> Case:
    """Four machines: a costs 1, b costs 2."""
    parts: dict[str, Any] = dict(
        systems=[system("a"), system("b", price=2)],
        sites=[site(power=20)],
        demands=[deployment(number)],
    )
    return tiny(**{**parts, **more}, rules=list(rules))


def test_least_share_of_a_named_supplier(engine: Engine) -> None:
    """Proves: b must have a quarter of the units: 3 a + 1 b = 5. Without the row: 4 a = 4."""
    check_row(
        wanted(rule("min_share", 0.25, metric="units", only="b")),
        engine,
        "share.least.1",
        value=5,
        without=4,
    )


def test_least_share_of_whoever_is_used(engine: Engine) -> None:
    """Proves: 3 a are allocated and the fourth machine is a b, which has 25 % of the units; used at
    all, it must have 40 %: 2 a + 2 b = 6.

    Without the row, or without the row that says who is used: 3 a + 1 b = 5.
    """
    case = wanted(rule("min_share", 0.4, metric="units"), supply=[supply("a", cumulative=3)])
    check_row(case, engine, "share.least.1", value=6, without=5)
    check_row(case, engine, "share.used.1", value=6, without=5)


def test_few_suppliers(engine: Engine) -> None:
    """Proves: 3 a and 3 b are allocated, so one supplier alone can only be c: 4 c at 5 = 20.
    Without either row: 3 a + 1 b = 5."""
    case = wanted(
        rule("max_suppliers", 1),
        systems=[system("a"), system("b", price=2), system("c", price=5)],
        supply=[supply("a", cumulative=3), supply("b", cumulative=3)],
    )
    check_row(case, engine, "share.few.1", value=20, without=5)
    check_row(case, engine, "share.used.1", value=20, without=5)


def test_shares_of_what_runs(engine: Engine) -> None:
    """Proves: 6 b stand and 10 machines are wanted; b may have half of what runs, so 6 a are
    bought, 6 MUSD. Without the row: 4 a, 4."""
    case = wanted(cap(0.5, metric="units") | {"of": "fleet"}, fleet=[fleet("b", 6)], number=10)
    check_row(case, engine, "share.most.1", value=6, without=4)


def test_what_cannot_be_bought_counts_in_the_fleet(engine: Engine) -> None:
    """Proves: 2 old machines are half of what runs at most, and cannot go: 2 a beside them, 2 MUSD.
    Of purchases, they do not count: 0."""
    parts: dict[str, Any] = dict(
        systems=[system("a"), system("old", may_buy=False)],
        fleet=[fleet("old", 2)],
        demands=[deployment(2)],
        number=2,
    )
    of_fleet = cap(0.5, metric="power", only="old")
    assert solved(wanted(of_fleet | {"of": "fleet"}, **parts), engine).value == pytest.approx(2)
    assert solved(wanted(cap(0.5, metric="power"), **parts), engine).value == pytest.approx(0)


def test_a_share_of_places(engine: Engine) -> None:
    """Proves: energy costs 1 at y and nothing at x, which may hold half: 2 at each, 4 + 2 = 6.
    Without the row: 4 at x, 4."""
    case = wanted(
        cap(0.5, metric="units", level="site"),
        sites=[site("x", power=9), site("y", power=9, energy=1)],
    )
    check_row(case, engine, "share.most.1", value=6, without=4)


def test_a_share_of_regions(engine: Engine) -> None:
    """Proves: x and y share a region that may hold half; z costs 3 in energy: 2 + 2 and 2 · 3 = 10.
    Of sites, x and y would do: 4."""
    sites = [
        site("x", power=9, region="east"),
        site("y", power=9, region="east"),
        site("z", power=9, energy=3, region="west"),
    ]
    check_row(
        wanted(cap(0.5, metric="units", level="region"), sites=sites),
        engine,
        "share.most.1",
        value=10,
        without=4,
    )
    assert solved(
        wanted(cap(0.5, metric="units", level="site"), sites=sites), engine
    ).value == pytest.approx(4)


ABC = [
    system("a", upstream={"memory": ["k", "m"]}),
    system("b", price=2, upstream={"memory": ["s"]}),
    system("c", price=3, upstream={"memory": ["k"]}),
]
"""a's memory may be k's or m's, and nobody says whose."""


def test_two_suppliers_on_one_foundry_are_one(engine: Engine) -> None:
    """Proves: a and b are made by one foundry, which may have half: 2 a + 2 c at 3 = 8. Of
    suppliers, a and b would do: 2 + 4 = 6."""
    systems = [
        system("a", upstream={"foundry": ["f"]}),
        system("b", price=2, upstream={"foundry": ["f"]}),
        system("c", price=3, upstream={"foundry": ["g"]}),
    ]
    case = wanted(cap(0.5, metric="units", level="foundry"), systems=systems)
    check_row(case, engine, "share.most.1", value=8, without=4)
    assert solved(wanted(cap(0.5, metric="units"), systems=systems), engine).value == pytest.approx(
        6
    )


def test_a_share_that_may_be_somebodys_counts_as_his(engine: Engine) -> None:
    """Proves: each maker may have half; a counts as k's and as m's, so 2 a, and 2 b = 6. Were it
    divided between them: 4 a, 4."""
    check_row(
        wanted(cap(0.5, metric="units", level="memory"), systems=ABC),
        engine,
        "share.most.1",
        value=6,
        without=4,
    )


def test_a_share_that_must_be_somebodys_may_not_be_anothers(engine: Engine) -> None:
    """Proves: a quarter must be k's; a might be m's and does not count, so 3 a + 1 c = 6. Were it
    to count: 4."""
    case = wanted(rule("min_share", 0.25, metric="units", level="memory", only="k"), systems=ABC)
    check_row(case, engine, "share.least.1", value=6, without=4)


def test_makers_that_count_are_certain(engine: Engine) -> None:
    """Proves: two makers with a quarter each: s by b, and k by c alone: 2 a + 1 b + 1 c = 7. Were a
    to count: 3 a + 1 b = 5."""
    case = wanted(
        rule("min_suppliers", 2, meaningful=0.25, metric="units", level="memory"), systems=ABC
    )
    check_row(case, engine, "share.meaningful.1", value=7, without=4)


def test_makers_that_might_be_used_are_used(engine: Engine) -> None:
    """Proves: at most one maker; a might use two, so 4 b = 8. Were it to use one: 4."""
    check_row(
        wanted(rule("max_suppliers", 1, level="memory"), systems=ABC),
        engine,
        "share.few.1",
        value=8,
        without=4,
    )


@pytest.mark.parametrize(("index", "cost"), [(0.5, 6), (0.625, 5), (0.62, 6), (1.0, 4)])
def test_concentration(index: float, cost: float, engine: Engine) -> None:
    """Proves: 2 + 2 have an HHI of 0.5, 3 + 1 of 0.625, 4 alone of 1; whatever is allowed is used.
    Without the row: 4."""
    case = wanted(rule("max_hhi", index, metric="units"))
    if index < 1:
        check_row(case, engine, "share.hhi.1", value=cost, without=4)
    assert solved(case, engine).value == pytest.approx(cost)


def test_concentration_of_makers_that_are_not_known(engine: Engine) -> None:
    """Proves: a and c may all be k's, so 3 of them need 1 b for an HHI of 0.625: 5. Were a all m's,
    3 a + 1 c would do."""
    case = wanted(rule("max_hhi", 0.625, metric="units", level="memory"), systems=ABC)
    answer = check_row(case, engine, "share.hhi.1", value=5, without=4)
    assert answer.bought() == {("a", "2025"): 3, ("b", "2025"): 1}


def test_concentration_is_that_of_what_makers_have(engine: Engine) -> None:
    """Proves: 2 + 2 of two suppliers for an HHI of 0.5 cost 6. What each has, or how far apart they
    are, is 0 where no row says it: 4."""
    case = wanted(rule("max_hhi", 0.5, metric="units"))
    check_row(case, engine, "share.part.1", value=6, without=4)
    check_row(case, engine, "share.apart.1", value=6, without=4)


def test_concentration_of_three(engine: Engine) -> None:
    """Proves: 2 + 1 + 1 have an HHI of 0.375: 2 + 2 + 3 = 7. Two contrasts make one length, which
    nothing holds up without its rows: 4."""
    case = wanted(
        rule("max_hhi", 0.375, metric="units"),
        systems=[system("a"), system("b", price=2), system("c", price=3)],
    )
    answer = check_row(case, engine, "share.length.1", value=7, without=4)
    assert sorted(answer.bought().values()) == [1, 1, 2]


@pytest.mark.parametrize("dear", [2.0, 2e4, 2e7])
def test_concentration_of_machines_of_any_size(dear: float, engine: Engine) -> None:
    """Proves: shares of spending of 2 cheap machines and 1 that costs up to ten million times as
    much: an HHI of 1 but for what is cheap.

    Where 0.9 is allowed, so many cheap ones are bought that they have 5.28 %: HHI = x² + (1 − x)² =
    0.9.
    """
    case = wanted(
        rule("max_hhi", 0.9),
        systems=[system("a"), system("b", price=dear)],
        demands=[deployment(1, of=["b"])],
        number=0,
    )
    case = case.model_copy(
        update={"sites": [s.model_copy(update={"power_w": [1e15]}) for s in case.sites]}
    )
    answer = solved(case, engine)
    least = 0.5 - np.sqrt(0.5 * 0.9 - 0.25)
    cheap = int(np.ceil(dear * least / (1 - least) - 1e-9))
    assert answer.bought() == {("a", "2025"): cheap, ("b", "2025"): 1}


def test_an_index_below_that_of_equal_shares_has_no_plan(engine: Engine) -> None:
    """Proves: two suppliers have an HHI of 0.5 at least; below it the rule is named in the
    conflict."""
    with pytest.raises(InfeasibleError) as caught:
        solved(wanted(rule("max_hhi", 0.45, metric="units")), engine)
    assert {"HHI of suppliers by units", "demand d"} == {
        limit.name for limit in caught.value.refusal.conflict
    }


PRICES = (1.0, 1.08, 1.25, 1.4)


@pytest.mark.parametrize("index", [0.27, 0.3, 0.34, 0.45])
def test_concentration_of_many_is_as_cheap_as_can_be(index: float, engine: Engine) -> None:
    """The best of all ways to buy 30 to 33 machines of four suppliers, counted out."""
    names = "abcd"
    case = wanted(
        rule("max_hhi", index, metric="units"),
        systems=[system(name, price=price) for name, price in zip(names, PRICES, strict=True)],
        sites=[site(power=100)],
        number=30,
    )
    answer = solved(case, engine)
    counts = np.array(np.meshgrid(*[np.arange(34)] * 4, indexing="ij")).reshape(4, -1)
    total = counts.sum(axis=0)
    fits = (total >= 30) & (total <= 33) & ((counts**2).sum(axis=0) <= index * total**2 + 1e-9)
    assert answer.value == pytest.approx((np.array(PRICES) @ counts[:, fits]).min(), abs=1e-6)
    assert answer.plan.concentrations[0].hhi <= index + 1e-6


def test_the_worst_split_is_the_worst_of_all_splits() -> None:
    """No division of what is not known, in tenths, is more concentrated than the index says."""
    held = {("k", "m"): 4.0, ("m",): 3.0, ("m", "s"): 2.0, ("k",): 1.0}
    worst = 0.0
    for first, second in itertools.product(np.linspace(0, 1, 11), repeat=2):
        k, s = 1.0 + 4 * first, 2 * second
        worst = max(worst, (k**2 + (10 - k - s) ** 2 + s**2) / 100)
    assert hhi(held) == pytest.approx(worst)
