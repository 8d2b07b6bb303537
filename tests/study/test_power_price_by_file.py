"""What `explain` says of more power is what the file says with so much more power, read, built and
solved again by itself.

Proves: for drawn files of real products, the re-solved worth of the step that a sensitivity states
is that of the changed file, and where the tag says that the linear program agrees, its slope says
the same of the file; power that holds no further machine is worth nothing.
"""

from __future__ import annotations

import copy

import pytest
import yaml

from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from planner.study.explain import explain
from planner.study.explanation import ExplainOptions, Explanation, SensitivityRow
from tests.drawn_files import File, drawn_file, first_goal, read, solved
from tests.properties import Draw, NoWord, assume, examples

GAP = 1e-5
"""That of `explain`."""


def with_more(file: File, tag: SensitivityRow, by: float) -> File:
    """The file with so many MW more where the tag's number stands."""
    found = copy.deepcopy(file)
    name = tag.limit.removeprefix("power at ")
    steps = next(place["power"] for place in found["sites"] if place["id"] == name)
    steps[tag.when.partition("..")[0]] = f"{tag.amount + by!r} MW"
    return found


def explained(file: File, engine: Engine) -> Explanation:
    """The tags of power at each site, whether or not it binds."""
    names = tuple(f"power at {place['id']}" for place in file["sites"])
    found = explain(read(file), engine, ExplainOptions(limits=names, within_s=60))
    if found.status != "optimal":
        raise NoWord(found.status)
    return found


def binding(told: Explanation) -> list[SensitivityRow]:
    """The tags of power that binds."""
    tight = {(limit.limit, limit.when) for limit in told.limits if limit.binding}
    return [tag for tag in told.tags if (tag.limit, tag.when) in tight]


def agrees_with_file(tag: SensitivityRow, told: Explanation, file: File, engine: Engine) -> float:
    """Hold a tag against the file with its step more; what the file gains."""
    objective, found = told.objective, tag.loosened
    assert objective is not None
    assert objective.tolerance is not None
    assert objective.bound is not None
    if found.status != "solved":
        raise NoWord(found.says)
    assert found.better is not None
    assert found.low is not None
    assert found.high is not None
    after = first_goal(solved(with_more(file, tag, tag.step), engine, gap=GAP))
    assert after.bound is not None
    sign = 1.0 if objective.name.startswith("maximize") else -1.0
    gain = sign * (after.value - objective.value)
    low, high = sign * (after.value - objective.bound), sign * (after.bound - objective.value)
    room = 1e-6 * max(1.0, abs(objective.value))
    assert low <= found.high + room, "two measurements of one difference do not meet"
    assert found.low <= high + room, "two measurements of one difference do not meet"
    assert abs(found.better - gain) <= objective.tolerance + GAP * abs(after.value) + room
    if found.agrees:
        slack = 0.1 * abs(found.expected or 0.0) + abs(objective.value - objective.in_parts) + room
        assert low - slack <= (found.expected or 0.0) <= high + slack, (
            "the slope says otherwise than the file"
        )
    return gain


def short_of_power(draw: Draw) -> File:
    """A file in which power is most of what there is too little of."""
    file = drawn_file(draw, draw.one_of(["compute", "accelerators", "accelerators", "cost"]))
    for key in ("diversification", "budget", "supply"):
        if draw.chance(0.8):
            file.pop(key, None)
    for place in file["sites"]:
        for key in ("critical_it", "positions", "cooling"):
            if draw.chance(0.8):
                place.pop(key, None)
    return file


@pytest.mark.slow
@examples(4, slow=24)
def test_more_power_is_worth_what_the_file_says(draw: Draw, engine: Engine) -> None:
    file = short_of_power(draw)
    draw.note(yaml.safe_dump(file, sort_keys=False))
    try:
        told = explained(file, engine)
    except InfeasibleError:
        assume(False)
        return
    tags = binding(told)
    assume(tags)
    for tag in tags:
        draw.note(f"{tag.limit}, {tag.when}: {tag.loosened.says}")
        agrees_with_file(tag, told, file, engine)


def racks(mw: float) -> File:
    """Racks of which 48 are what two tiers of their network hold, under 16.5 MW."""
    return {
        "name": "racks",
        "horizon": {"from": "2027-Q1", "to": "2027-Q4"},
        "sites": [{"id": "here", "energy_price": "50 USD/MWh", "power": {"2027-Q1": f"{mw} MW"}}],
        "systems": [{"system": "mi450-helios", "lead_time": "0 days", "fit_out": "0 days"}],
        "objective": [{"maximize": "compute"}],
    }


def test_the_next_rack_is_not_worth_a_slope(engine: Engine) -> None:
    """From 16.9 MW a little more is worth nothing, for the 49th rack takes a third tier of switches
    for all, and 18.17 MW.

    The slope sees no other grade, which is a yes-or-no decision, and says so; the step of the tag
    is solved again, and is the file's.
    """
    file = racks(16.9)
    told = explained(file, engine)
    (tag,) = told.tags
    assert (tag.dual, tag.loosened.expected) == pytest.approx((0, 0))
    assert tag.says[0] == "dual: none, for yes-or-no decisions stand in its rows"
    assert tag.step == 5
    value = first_goal(solved(file, engine, gap=GAP)).value
    gained = {
        by: first_goal(solved(with_more(file, tag, by), engine, gap=GAP)).value - value
        for by in (0.1, 1.2, 1.3, 1.4)
    }
    rack = value / 48
    assert gained == pytest.approx({0.1: 0, 1.2: 0, 1.3: rack, 1.4: rack}, abs=1e-3)
    assert tag.loosened.better == pytest.approx(11 * rack, rel=1e-6)
    assert agrees_with_file(tag, told, file, engine) == pytest.approx(11 * rack, rel=1e-6)


def test_power_that_binds_below_a_full_network_has_its_slope(engine: Engine) -> None:
    """Under 12.1 MW stand 34 of the 48 racks: one more takes its own power and a quarter of its
    group's, as each of the 48 does."""
    file = racks(12.1)
    assert sum(row.units for row in solved(file, engine).plan.purchases) in (34, 35)
    told = explained(file, engine)
    (tag,) = told.tags
    assert tag.dual == pytest.approx(5723.136 / 16.5117, rel=0.01)
    assert tag.loosened.agrees
    agrees_with_file(tag, told, file, engine)


def test_power_under_a_full_network_is_told_though_its_slope_is_nothing(engine: Engine) -> None:
    """At 16.55 MW power binds and the network is full: solving again is the only price there is, so
    it is done unasked."""
    told = explain(read(racks(16.55)), engine, ExplainOptions(within_s=60))
    (tag,) = told.tags
    assert tag.dual == pytest.approx(0)
    assert tag.loosened.status == tag.tightened.status == "solved"
    assert tag.loosened.better is not None
    assert tag.loosened.better > 0
