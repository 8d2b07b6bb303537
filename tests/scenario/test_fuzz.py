"""No text, however spoilt, gets anything but our own errors out of the loader, and each of them has
its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.assembly.scenario import Case
from planner.data import scenarios_folder
from planner.errors import PlannerError
from planner.plan.presolve_bounds import presolve_shortfalls
from planner.scenario.load import load_scenario_text
from tests.scenario.sample import RICH, SOUND, catalog

TEXTS = [
    SOUND,
    RICH,
    *(path.read_text(encoding="utf-8") for path in sorted(scenarios_folder().glob("*.yaml"))),
]

WORDS = [
    *(
        "",
        "~",
        "null",
        "[]",
        "{}",
        "- a",
        "0",
        "-1",
        "1e308",
        "9**9**9 W",
        "NaN",
        "inf",
        "true",
        "²",
        "٣ MW",
        "\t",
        "'",
        '"',
        "|\n x",
        ">",
        "&a",
    ),
    *(
        "*a",
        "!!x y",
        "? ",
        "2026-Q1",
        "9999-12-31",
        "0001",
        "2026-13",
        "-",
        "---",
        "...",
        "%",
        "1 %/0",
        "1e400 MW",
        "x" * 500,
        "\u2028",
        "\x85",
    ),
    *(
        "\ud800",
        "\U0001f600",
        "{a: {b: [1, 2]}}",
        "[[[]]]",
        "1 MW",
        "500 racks",
        "north",
        "hgx-h100",
        "CUDA",
        "=",
        "#",
        "unlimited",
        "none",
    ),
    *(
        "2 systems",
        "2 accelerators",
        "1e-300 MW",
        "1e-320 W",
        "1e14 W",
        "0 systems",
        "0 W",
        "0 days",
        "36500 days",
        "1e9 systems",
        "1e15 USD",
    ),
]
_TOKEN = re.compile(r"[A-Za-z0-9_.%/-]+|\n| +|.")


@st.composite
def spoilt_texts(draw: st.DrawFn) -> str:
    """A scenario with a few tokens or lines deleted, doubled, exchanged or replaced."""
    tokens = _TOKEN.findall(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 5))):
        i, j = (draw(st.integers(0, len(tokens) - 1)) for _ in range(2))
        match draw(
            st.sampled_from(
                ("drop", "double", "word", "swap", "copy", "drop line", "double line", "swap lines")
            )
        ):
            case "drop":
                tokens.pop(i)
            case "double":
                tokens.insert(i, tokens[i])
            case "word":
                tokens[i] = draw(st.sampled_from(WORDS) | st.text(max_size=6))
            case "swap":
                tokens[i], tokens[j] = tokens[j], tokens[i]
            case "copy":
                tokens[i] = tokens[j]
            case what:
                lines = "".join(tokens).split("\n")
                i, j = i % len(lines), j % len(lines)
                if what == "drop line":
                    lines.pop(i)
                elif what == "double line":
                    lines.insert(i, lines[i])
                else:
                    lines[i], lines[j] = lines[j], lines[i]
                tokens = _TOKEN.findall("\n".join(lines)) or ["x"]
        tokens = tokens or ["x"]
    return "".join(tokens)


def _survives(text: str) -> None:
    try:
        loaded = load_scenario_text(text, catalog())
    except PlannerError as error:
        problems = getattr(error, "problems", [])
        assert problems
        for problem in problems:
            assert problem.mark is not None
            assert problem.render()
            assert problem.concise()
        return
    assert Case.model_validate_json(loaded.case.model_dump_json()) == loaded.case
    for short in presolve_shortfalls(loaded.case, loaded.located):
        assert short.problem().render()
    try:
        build(make_inputs(loaded.case))
    except ValueError as error:
        assert "give the sites" in str(error)  # nothing bounds the question


@settings(max_examples=200)
@given(text=spoilt_texts())
def test_a_spoilt_scenario(text):
    _survives(text)


@settings(max_examples=100)
@given(text=st.text(max_size=300))
def test_any_text(text):
    _survives(text)


@pytest.mark.slow
@settings(max_examples=4_000)
@given(text=spoilt_texts())
def test_many_spoilt_scenarios(text):
    _survives(text)


OVERRIDES = [
    "",
    "=",
    "a",
    "a=",
    "=a",
    ".=1",
    "sites=",
    "sites.0=~",
    "sites.0.power=~",
    "sites.x.power=1",
    "sites.²=1",
    "sites.9999999999999999999=1",
]
OVERRIDES += [
    "systems.mi355x-server=~",
    "systems.1.price=1 USD",
    "systems.1.x.y.z=1",
    "horizon.from.x=1",
    "name.a.b=c",
    "demands.0.need=[1]",
    "x=[",
    "x={a: *b}",
]
OVERRIDES += [
    "sites=[~]",
    "sites=[[]]",
    "systems=[~, [], {}]",
    "systems.0.sites.0.x=1",
    "demands=[3]",
    "fleet=[[]]",
    "objective.0=~",
    "budget.by_period.x=1 USD",
]


@settings(max_examples=100)
@given(
    overrides=st.lists(st.sampled_from(OVERRIDES) | st.text(max_size=20), min_size=1, max_size=3)
)
def test_any_overrides(overrides):
    try:
        load_scenario_text(SOUND, catalog(), overrides)
    except PlannerError as error:
        for problem in getattr(error, "problems", []):
            assert problem.render()
