"""What lint refuses of a catalog entry is refused where a scenario says it of a system, with its
place."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.scenario.load import load_scenario_text

SCENARIO = """name: Said
horizon: {from: 2027, to: 2027, step: year}
sites: [{id: a, power: {2027: 1 MW}, energy_price: 60 USD/MWh}]
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days, SAID}
objective: [{maximize: accelerators}]
"""

REFUSED = {
    "a server below its chips": (
        "nameplate: 2 kW",
        "",
        "2 kW",
        "has a nameplate of 2 kW, less than the 5.6 kW of its accelerators",
    ),
    "W for kW": (
        "nameplate: 10.2 W",
        "",
        "10.2 W",
        "has a nameplate of 10.2 W, less than the 5.6 kW",
    ),
    "MW for kW": (
        "nameplate: 10.2 MW",
        "",
        "10.2 MW",
        "has a nameplate of 10.2 MW, over 10 times the 5.6 kW",
    ),
    "a peak above the catalog's nameplate": (
        "peak: 11 kW",
        "",
        "11 kW",
        "peak draw of 11 kW is not below its nameplate of 10.2 kW",
    ),
    "a peak above its own nameplate": (
        "nameplate: 9 kW, peak: 9.5 kW",
        "",
        "9.5 kW",
        "peak draw of 9.5 kW is not below its nameplate of 9 kW",
    ),
    "an average above what was metered as peak": (
        "average: 9 kW",
        "",
        "9 kW",
        "average draw of 9 kW is not below its peak of 8.4 kW",
    ),
    "a peak below what was metered on average": (
        "peak: 84 W",
        "",
        "84 W",
        "average draw of 7.1 kW is not below its peak of 84 W",
    ),
    "an average above the usual peak": (
        "nameplate: 10 kW, average: 9 kW",
        "",
        "9 kW",
        "average draw of 9 kW is not below its peak of 8.2 kW",
    ),
    "an average above the peak that the scenario assumes": (
        "average: 7 kW",
        "assume: {peak_load: 50 %}\n",
        "7 kW",
        "average draw of 7 kW is not below its peak of 5.1 kW",
    ),
    "a peak below the average that the scenario assumes": (
        "peak: 6 kW",
        "assume: {average_load: 65 %}\n",
        "6 kW",
        "average draw of 6.63 kW is not below its peak of 6 kW",
    ),
}


def loaded(said: str, more: str = "", overrides: tuple[str, ...] = ()):
    return load_scenario_text(
        SCENARIO.replace("SAID", said) + more, load_catalog(), overrides, "s.yaml"
    )


@pytest.mark.parametrize(("said", "more", "at", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_at_its_place(said, more, at, words):
    with pytest.raises(InputError) as caught:
        loaded(said, more)
    (problem,) = caught.value.problems
    assert (problem.code, problem.warning) == ("C001", False)
    assert words in problem.message
    assert problem.help
    mark = problem.mark
    assert mark is not None
    assert mark.source.line(mark.line)[mark.column - 1 :].startswith(at)
    assert problem.path.startswith("systems.0.")


def test_so_it_is_where_an_option_says_it():
    with pytest.raises(InputError) as caught:
        loaded("may_retire: false", overrides=("systems.hgx-h100.nameplate=2 kW",))
    (problem,) = caught.value.problems
    assert problem.mark is not None
    assert str(problem.mark).startswith("--set systems.hgx-h100.nameplate=2 kW:1:")


@pytest.mark.parametrize(
    "said",
    [
        "nameplate: 5.6 kW",
        "nameplate: 5.58 kW",
        "nameplate: 9 kW, peak: 9 kW, average: 9 kW",
        "peak: 8400 W",
    ],
)
def test_what_can_be_is_taken_as_it_is_said(said):
    found = loaded(said).case.systems[0]
    for key, value in (part.split(": ") for part in said.split(", ")):
        number, unit = value.split()
        assert getattr(found, f"{key}_w") == pytest.approx(
            float(number) * {"W": 1, "kW": 1e3}[unit]
        )


def test_what_is_merely_odd_is_noted_with_its_path():
    notes = loaded("nameplate: 16 kW").case.notes
    assert any(
        note.startswith(
            "systems.0.nameplate: `hgx-h100` is cooled by "
            "air at 16 kW; a server seldom passes 15 kW"
        )
        for note in notes
    )


def test_two_assumptions_that_contradict_each_other_are_refused():
    with pytest.raises(InputError) as caught:
        loaded("may_retire: false", "assume: {peak_load: 50 %, average_load: 60 %}\n")
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("S003", "assume")
    assert "60 %" in problem.message
    assert "50 %" in problem.message
