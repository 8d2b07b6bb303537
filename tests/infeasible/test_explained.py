"""Scenarios without a plan: what `planner explain` says of each: which limits, which lines, and ways out that are ways out.

Sentences, places and amounts stand in `golden/NAME.explain.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from planner.pipeline import mender
from planner.solver.engine import Engine
from planner.solver.levers import moved
from planner.study.explain import explain_any
from planner.study.explanation import Asking, Explanation, Repair
from planner.study.impossible import number
from tests.infeasible.zoo import NAMED, ZOO, Specimen, third
from tests.shared import Each, Shared


@pytest.fixture(scope="module")
def told(engine: Engine, shared: Shared) -> Mapping[str, Explanation]:
    """Every file of the zoo, explained once."""
    files = {found.name: found for found in ZOO}
    return Each(shared, "explained", [*files], lambda name: explain_any(files[name].loaded(), engine, Asking(within_s=60)))


def lines(found: Explanation) -> Iterator[str]:
    """What the golden files keep: no seconds, and no cost, which follows prices."""

    def repaired(way: str, repair: Repair | None) -> Iterator[str]:
        if repair is not None:
            sure = f"{'verified' if repair.verified else 'NOT VERIFIED'}, {'least' if repair.least else 'found'}"
            yield f"{way}: {repair.says} [{number(100 * repair.size)} %, {sure}]"

    yield from found.findings
    for limit in found.conflict:
        yield f"conflict: {limit.limit}: {limit.says}"
        yield f"    {re.sub(r'.*/', '', limit.place)}: {limit.line}"
    for servable in found.servable:
        most = "unknown" if servable.most is None else number(servable.most)
        yield f"most: {servable.demand} in {servable.period}: {most} of {number(servable.need)} {servable.unit}: {servable.says}"
    for repair in found.repairs:
        yield from repaired("alone", repair)
    yield from repaired("cheapest", found.cheapest)
    yield from repaired("cheapest, no demand less", found.cheapest_above)
    yield from found.notes


@third
def test_sentences_lines_and_ways_out(found: Specimen, told: Mapping[str, Explanation], golden: object) -> None:
    golden(found.golden("explain"), "\n".join(lines(told[found.name])) + "\n")  # type: ignore[operator]


@third
def test_every_way_out_is_verified(found: Specimen, told: Mapping[str, Explanation]) -> None:
    said = told[found.name]
    assert said.outcome == "no plan"
    assert said.cheapest is not None
    ways = [*said.repairs, said.cheapest, *([said.cheapest_above] if said.cheapest_above else [])]
    assert all(way.verified and way.changes for way in ways)
    assert said.cheapest.size <= min((way.size for way in said.repairs if way.changes[0].to is not None), default=9) * 1.1 + 1e-9


@third
def test_the_causes_are_named_with_their_lines(found: Specimen, told: Mapping[str, Explanation]) -> None:
    """A single cause is the whole conflict (and what arithmetic adds); of two causes one is shown, and the combination has both."""
    said = told[found.name]
    named = {limit.limit for limit in said.conflict}
    if found.twofold:
        combined = said.cheapest_above or said.cheapest
        assert combined is not None
        assert {change.limit for change in combined.changes} == {cause for cause in found.causes if not cause.startswith("demand")}
        assert not any(way.changes[0].sense == "at most" for way in said.repairs)
    else:
        assert found.causes <= named
    assert all(limit.place and limit.line for limit in said.conflict)


@pytest.mark.parametrize(
    ("name", "enough", "too_little"),
    [
        ("power", "sites.x.power.2026-Q1=5 MW", "sites.x.power.2026-Q1=4.99 MW"),
        ("only-just", "demands.d.need.2026-Q1=3920 accelerators", "demands.d.need.2026-Q1=3921 accelerators"),
        ("power-late", "demands.d.need={2026-Q3: 4000 accelerators}", "demands.d.need={2026-Q2: 801 accelerators}"),
        ("budget-cumulative", "budget.cumulative.2026-Q2=100 MUSD", "budget.cumulative.2026-Q2=99.9 MUSD"),
        ("delivery-rate", "supply.0.per_period=250 systems", "supply.0.per_period=249 systems"),
        ("share-cap", "diversification.0.max_share=79 %", "diversification.0.max_share=78.85 %"),
        ("whole-machines", "sites.x.power.2026-Q1=1.27 MW", "sites.x.power.2026-Q1=1.269 MW"),
    ],
)
def test_the_amount_told_is_the_least_also_in_the_file(
    name: str, enough: str, too_little: str, told: Mapping[str, Explanation], engine: Engine
) -> None:
    """The amounts of the golden files, written into the scenario: with them there is a plan, with a little less there is none."""
    found = NAMED[name]
    assert explain_any(found.loaded((enough,)), engine, Asking(most=0, within_s=5)).outcome == "plan"
    assert explain_any(found.loaded((too_little,)), engine, Asking(within_s=0)).outcome == "no plan"
    amount = re.sub(r".*[={ ]([\d.]+ [A-Za-z%]+)}?$", r"\1", enough)
    assert any(amount in repair.says for repair in told[name].repairs), amount


def test_without_time_it_says_so(engine: Engine) -> None:
    found = explain_any(ZOO[0].loaded(), engine, Asking(within_s=0))
    assert (found.repairs, found.cheapest) == ([], None)
    assert any("--within" in note for note in found.notes)


def test_a_repair_that_does_not_do_is_not_called_verified(engine: Engine) -> None:
    """Proves: verification looks. Half of what power needs is no way out, and is not said to be one."""
    ways = mender(NAMED["power"].loaded(), engine, within_s=30, seed=0)
    found = ways.alone("power at x")
    assert found is not None
    ((lever, by),) = found.changes
    assert by == pytest.approx(2)
    half = ways.verified(type(found)(((lever, by / 2),), found.size, False, False, None))
    assert (half.verified, half.value) == (False, None)
    assert not ways._holds(moved(ways.frame, [(lever, by - 0.01)]))
