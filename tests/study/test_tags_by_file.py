"""Sensitivities against the file: the same number changed in the scenario, the whole of it read,
built and solved again by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from planner.catalog.load import load_catalog
from planner.data import find_scenario
from planner.pipeline import Options, answer, read
from planner.solver.engine import Engine
from planner.study.explain import explain
from planner.study.explanation import ExplainOptions, Resolved, SensitivityRow


@dataclass(frozen=True)
class Number:
    """One number of `scenarios/diversified.yaml`: its limit's key, where it stands for `--set`, and
    its unit there."""

    limit: str
    path: str
    unit: str


TEN = (
    Number("budget cumulative [2027-Q4]", "budget.cumulative.2027-Q4", "MUSD"),
    Number("budget capex", "budget.capex", "MUSD"),
    Number("demand training [2027-Q4..2028-Q3]", "demands.training.need.2027-Q4", "PFLOP/s"),
    Number("demand training [2028-Q4]", "demands.training.need.2028-Q4", "PFLOP/s"),
    Number("allocation of tpu-v7-cube [2027-Q3..2027-Q4]", "supply.3.by.2027-Q3", "systems"),
    Number("allocation of mi450-helios [2027-Q3]", "supply.2.by.2027-Q3", "systems"),
    Number("delivery rate of vr-nvl72 [2027-Q4..2028-Q3]", "supply.1.per_period", "systems"),
    Number("share of each supplier by spend", "diversification.0.max_share", "%"),
    Number("critical IT at river [2027-Q1..2028-Q4]", "sites.river.critical_it.2027-Q1", "MW"),
    Number("power at plains [2027-Q4..2028-Q2]", "sites.plains.power.2027-Q4", "MW"),
    Number("air cooling at plains [2027-Q1..2028-Q4]", "sites.plains.cooling.air", "MW"),
)
"""Two of one kind where two dates matter: ten limits of eight kinds, and the budget of all; three
of them have more than is used."""


@pytest.mark.slow
def test_ten_tags_are_what_the_changed_file_gives(engine: Engine) -> None:
    """Acceptance: for ten limits of `scenarios/diversified.yaml`, the tag and the re-solved
    difference agree within the stated tolerance.

    The re-solve is independent: the number is changed in the scenario as `--set` would, and the
    whole is read, built and solved to the gap of 1e-5 that `explain` asks for. Its difference has
    an interval of its own, from the bounds of both solves. Two statements are tested:

    * the re-solved tag and the changed file are two measurements of one true difference. Each is as
      wide as the gaps leave it, so that the intervals must meet; and the two best values differ by
      no more than one gap of each of the two solves again, which `explain` states as part of its
      tolerance (the plan's gap and one such gap);
    * the linear program's expectation for the step lies within the file's interval, give or take a
      tenth of itself and what whole machines cost the plan: what `explain` prints under `agree`.
    A step is that of the tag; it is chosen to stand out from the gaps ten times where a fifth of
    the limit allows it.
    """
    catalog, file = load_catalog(), find_scenario("diversified")
    told = explain(
        read(file, (), catalog),
        engine,
        ExplainOptions(limits=tuple(one.limit for one in TEN), within_s=500),
    )
    assert told.objective is not None
    assert told.objective.tolerance is not None
    assert any("tolerance" in note for note in told.notes)
    assert told.objective.tolerance <= 2 * told.asked_gap * told.objective.value * (1 + 1e-6)
    whole = abs(told.objective.value - told.objective.in_parts)
    tags = {f"{tag.limit} [{tag.when}]" if tag.when else tag.limit: tag for tag in told.tags}
    assert set(tags) == {one.limit for one in TEN}
    worth = 0
    for one in TEN:
        tag = tags[one.limit]
        expected, found = told_of(tag)
        worth += abs(expected) > told.objective.tolerance
        value, bound = by_file(one, tag, engine)
        low, high = (
            told.objective.bound - value,
            told.objective.value - bound,
        )  # of the true difference, positive is better
        assert found.low is not None
        assert found.high is not None
        assert found.better is not None
        assert low <= found.high + 1e-6, one
        assert found.low <= high + 1e-6, one
        difference = told.objective.value - value
        assert abs(found.better - difference) <= told.objective.tolerance + told.asked_gap * abs(
            value
        ), one
        slack = 0.1 * abs(expected) + whole
        assert low - slack <= expected <= high + slack, one
    assert worth >= 5


def told_of(tag: SensitivityRow) -> tuple[float, Resolved]:
    """(what the linear program expects, what was solved again) of the side that is worth something:
    a demand less, a limit more."""
    side = (
        tag.loosened
        if abs(tag.loosened.expected or 0.0) >= abs(tag.tightened.expected or 0.0)
        else tag.tightened
    )
    assert side.expected is not None
    assert side.status == "solved", side.says
    return side.expected, side


def by_file(one: Number, tag: SensitivityRow, engine: Engine) -> tuple[float, float]:
    """(value, bound) of the scenario with the number changed in the file."""
    _, side = told_of(tag)
    by = tag.step if (side is tag.loosened) == (tag.sense == "at most") else -tag.step
    amount = tag.amount + by
    loaded = read(
        find_scenario("diversified"), (f"{one.path}={amount!r} {one.unit}",), load_catalog()
    )
    goal = answer(loaded, engine, Options(gap=1e-5, remedies_s=0.0)).outcome.objectives[0]
    assert goal.bound is not None
    return goal.value, goal.bound
