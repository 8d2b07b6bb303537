"""How long a site draws how much: the scenario's curve or the catalog's, between the average and
the highest load of the machines."""

from __future__ import annotations

import math

import pytest

from planner.engineering.plant import margin_for_firm
from tests.scenario.sample import load, problems_of

COMMON = "load_duration: [{share: 20 %, load: 100 %}, {share: 80 %, load: 90 %}]\n"
TEXT = f"""\
name: Curves
horizon: {{from: 2026-01, to: 2026-03, step: month}}
{COMMON}sites:
  - id: north
    power: {{2026-01: 20 MW}}
    energy_price: 55 USD/MWh
    load_duration: [{{share: 10 %, load: 100 %}}, {{share: 70 %, load: 80 %}}, {{share: 20 %, load: 70 %}}]
    sources: [{{source: fuel-cell, at_most: 40 MW, lead_time: 0 days, reliability: 99.9 %}}]
  - {{id: south, power: {{2026-01: 9 MW}}, energy_price: 55 USD/MWh, sources: [{{source: gas-engine, at_most: 45 MW, lead_time: 0 days}}]}}
  - {{id: east, power: {{2026-01: 9 MW}}, energy_price: 55 USD/MWh}}
systems: [hgx-h100]
budget: {{capex: 5 GUSD}}
"""  # noqa: E501  (lines of a file)


def spoilt(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_a_curve_is_stretched_between_average_and_highest() -> None:
    """The mean of north's curve is 10 + 56 + 14 = 80 %; of the 20 points above it, 80 % is none and
    70 % half as many below."""
    north, south = load(TEXT).case.load_durations
    assert (north.site, north.shares) == ("north", pytest.approx([0.1, 0.7, 0.2]))
    assert north.positions == pytest.approx([1.0, 0.0, -0.5])
    assert (south.site, south.shares) == ("south", pytest.approx([0.2, 0.8]))
    assert south.positions == pytest.approx([1.0, -0.25])
    for curve in (north, south):
        assert sum(share * position for share, position in curve.steps) == pytest.approx(0)


def test_the_catalogs_curve_where_nothing_is_said() -> None:
    case = load(spoilt(COMMON, "")).case
    south = case.load_durations[1]
    assert south.shares == pytest.approx([0.1, 0.8, 0.1])
    assert south.positions == pytest.approx([1.0, 0.0, -1.0])
    used = {(figure.of, figure.figure): figure for figure in case.figures}
    assert used["defaults", "load_duration.highest"].kind == "assumption"
    assert used["defaults", "load_duration.lowest"].kind == "derived"
    assert used["north", "load_duration.2.load"].value == pytest.approx(0.8)


def test_the_catalogs_curve_falls_no_deeper_than_idle() -> None:
    """Machines whose average is near their idle draw fall less deep, for longer: the mean stays the
    average."""
    own = next(
        line for line in TEXT.splitlines(keepends=True) if line.startswith("    load_duration")
    )
    case = load(TEXT.replace(own, "").replace(COMMON, "assume: {average_load: 45 %}\n")).case
    (south,) = [curve for curve in case.load_durations if curve.site == "south"]
    machine, site = case.systems[0], case.site["south"]
    annual, peak = site.pue(machine)
    above = machine.nameplate_w * peak - machine.average_w * annual
    lowest = machine.average_w * annual + south.positions[-1] * above
    assert lowest == pytest.approx(machine.idle_w * annual)
    assert sum(south.shares) == pytest.approx(1)
    assert sum(share * position for share, position in south.steps) == pytest.approx(0)
    assert any(
        "its lowest load is held at what `hgx-h100` draws idle" in note for note in case.notes
    )


def test_a_curve_that_nothing_reads_leaves_a_note() -> None:
    text = spoilt(
        "{id: east, power",
        "{id: east, load_duration: [{share: 50 %, load: 100 %}, {share: 50 %, load: 60 %}], power",
    )
    assert any(
        "site east: its `load_duration` changes nothing" in note for note in load(text).case.notes
    )
    alone = spoilt(", sources: [{source: gas-engine, at_most: 45 MW, lead_time: 0 days}]", "")
    assert any(
        note.startswith("`load_duration` changes nothing") for note in load(alone).case.notes
    )
    assert not any("changes nothing" in note for note in load(TEXT).case.notes)


def test_counted_units_leave_the_margin_of_the_binomial() -> None:
    """90 cells of 440 kW at an availability of 92 %."""
    case = load(TEXT).case
    cells = case.sources[0]
    margin = margin_for_firm(90, 0.92, 0.999)
    assert (cells.most_units, cells.firm_w) == (90, pytest.approx(0.92 * 0.44e6))
    assert cells.spare_w == pytest.approx(margin * 0.44e6)
    assert cells.firm_of(90) == pytest.approx((0.92 * 90 - margin) * 0.44e6)
    assert cells.firm_of(3) == 0
    assert math.floor(0.92 * 90 - margin) == 73
    assert any(f"{0.92 * 90 - margin:.1f} are firm at 99.9 %" in note for note in case.notes)


WRONG = [
    (
        "share: 10 %, load: 100 %",
        "share: 15 %, load: 100 %",
        "R001",
        "add up to 105 % of the hours",
        "100 %",
        8,
    ),
    (
        "share: 10 %, load: 100 %",
        "share: 10 %, load: 95 %",
        "R001",
        "begins at 95 % of the highest load",
        "begin with",
        8,
    ),
    (
        "share: 20 %, load: 70 %",
        "share: 20 %, load: 80 %",
        "R001",
        "do not fall from step to step",
        "join",
        8,
    ),
    (
        "share: 20 %, load: 70 %",
        "share: 20 %, load: 0 %",
        "S003",
        "`hgx-h100` would draw less than idle",
        "raise the lowest",
        8,
    ),
    ("share: 20 %, load: 100 %", "share: 20 %", "K002", "`load` is required here", "", 3),
    (
        "reliability: 99.9 %",
        "reliability: 99.9 %, firm: 90 %",
        "K003",
        "both say how much is firm",
        "leave one",
        9,
    ),
    ("reliability: 99.9 %", "reliability: 100 %", "T001", "less than 1", "", 9),
    (
        "at_most: 40 MW",
        "at_most: 1 MW",
        "S003",
        "of 2 units of `north:fuel-cell` none is firm at 99.9 %",
        "it takes 3",
        9,
    ),
    (
        "reliability: 99.9 %",
        "unit: 100 W, reliability: 99.9 %",
        "S003",
        "counted up to 100000, and `at_most` holds 400000",
        "larger",
        9,
    ),
    (
        "reliability: 99.9 %",
        "availability: 0 %, reliability: 99.9 %",
        "S003",
        "that never run are not firm",
        "`availability`",
        9,
    ),
    (
        "reliability: 99.9 %",
        "round_trip: 90 %",
        "K003",
        "`round_trip` means nothing for `fuel-cell`",
        "leave it out",
        9,
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "remedy", "line"), WRONG, ids=[w[1] for w in WRONG]
)
def test_what_is_wrong_is_said_at_its_place(
    old: str, new: str, code: str, words: str, remedy: str, line: int
) -> None:
    found = [p for p in problems_of(spoilt(old, new)) if p.code == code]
    assert found, problems_of(spoilt(old, new))
    assert words in found[0].message
    assert remedy in found[0].help
    assert found[0].mark is not None
    assert found[0].mark.line == line
