"""Does the planner reproduce what others published? One test per figure, and a page of them all:
docs/cases.md."""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from planner.power_model.validate import Validation
from tests.conftest import Golden
from tests.engineering.published.case import Case, Source, number, percent, printed
from tests.engineering.published.chains import KNOWN
from tests.engineering.published.page import CASES, text
from tests.engineering.published.unusable import UNUSABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cases.md"
NOBODY = Source("A title", "A publisher", "2026")


@pytest.fixture(scope="module", autouse=True)
def predicted(validation: Validation) -> None:
    """The metered machines are predicted once for all tests of a run."""
    KNOWN[:] = [validation]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case):
    assert case.complaints() == []


def test_page_is_current(golden: Golden):
    golden(PAGE, text())


def test_ids_are_names_of_one_case_each():
    assert [ident for ident, count in Counter(case.id for case in CASES).items() if count > 1] == []


def test_further_tests_exist():
    for name in {case.further for case in CASES if case.further}:
        path, _, function = name.partition("::")
        assert callable(
            getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), function)
        ), name


def test_counts_of_the_reference_architecture_are_exact():
    counts = [case for case in CASES if case.id.startswith("superpod-")]
    assert len(counts) == 16
    assert all(case.tolerance == 0 and case.off is None for case in counts)


def test_sources_say_who_and_when():
    for source in {*(case.source for case in CASES), *(it.source for it in UNUSABLE)}:
        assert source.title
        assert source.publisher
        assert source.date
        assert not source.url or source.url.startswith("https://")


def made(ours: float, published: object = 100.0, **more: object) -> Case:
    return Case("made", "Money", "made up", "USD", published, lambda _: ours, NOBODY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        (made(100), None),
        (made(114), None),
        (made(116), "more than 15%"),
        (made(84), "more than 15%"),
        (made(101, tolerance=0), "more than 0%"),
        (made(float("nan")), "more than 15%"),
        (made(100, tolerance=0.2), "no agreement"),
        (made(150, off=(0.4, 0.6), why="because"), None),
        (made(150, off=(0.4, 0.6)), "without an explanation"),
        (made(101, off=(0.4, 0.6), why="because"), "not +40% to +60%"),
        (made(150, off=(0.1, 0.6), why="because"), "deviations that agree"),
        (made(150, off=(-0.6, 0.6), why="because"), "deviations that agree"),
        (made(100, (90.0, 110.0)), None),
        (made(70, (90.0, 110.0)), "-22.2%"),
        (made(99, (100.0, None), tolerance=0), "-1.0%"),
        (made(101, (None, 100.0), tolerance=0), "+1.0%"),
    ],
)
def test_a_case_bites(case, complaint):
    if complaint is None:
        assert case.complaints() == []
    else:
        assert any(complaint in said for said in case.complaints())


def test_a_slip_in_the_published_figure_is_seen():
    """Each case fails if what was published were 30 % less or 40 % more; bounds, ranges and
    contradictions are left out."""
    for case in CASES:
        if case.off is None and not isinstance(case.published, tuple):
            for factor in (0.7, 1.4):
                assert replace(case, published=case.published * factor).complaints(), case.id


def test_numbers_as_printed():
    assert number(16384) == "16 384"
    assert number(7124.04, "kW") == "7 124 kW"
    assert number(1.59163, "TWh") == "1.592 TWh"
    assert percent(-0.2266) == "−22.7 %"
    assert percent(0.0001) == "0"
    assert printed(made(1, (None, 0.05))) == "up to 0.05 USD"
    assert printed(made(1, (4.0, None))) == "at least 4 USD"
    assert printed(made(1, (0.25, 0.33))) == "0.25 to 0.33 USD"
