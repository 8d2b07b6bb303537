"""Does a record refuse what it does not know, grade its figures, and point at each mistake in its
file?"""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from planner.errors import InputError, Problem, nearest
from planner.periods import Moment
from planner.records import (
    Figure,
    Flag,
    Id,
    Record,
    Text,
    keys_of,
    record_at,
    sourced_fields,
    validate,
)
from planner.units import Fraction, Power
from planner.yamlfile import read_text


class Fan(Record):
    kind: Literal["fan"]
    speed: Text = "slow"


class Pump(Record):
    kind: Literal["pump"]
    power_w: Annotated[Power, Field(alias="power")]


class Limits(Record):
    peak_w: Annotated[Figure[Power] | None, Field(alias="peak")] = None
    share: Figure[Fraction] | None = None


class Box(Record):
    id: Id
    name: Text
    cooling: Literal["air", "liquid"] = "air"
    power_w: Annotated[Power, Field(alias="power")]
    spare: Flag = False
    limits: Limits = Limits()
    parts: list[Annotated[Fan | Pump, Field(discriminator="kind")]] = []
    shelves: dict[str, Limits] = {}
    history: list[Limits] = []
    opened: Moment | None = None


GOOD = "id: b1\nname: Box\npower: 1 kW\n"


def box(text: str) -> Box:
    return validate(Box, read_text(text, "f.yaml"))


def problems(text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        box(text)
    return caught.value.problems


def under(problem: Problem) -> str:
    assert problem.mark is not None
    return problem.mark.source.line(problem.mark.line)[problem.mark.column - 1 :][
        : problem.mark.length
    ]


class TestRecord:
    def test_keys_of_a_file_are_plain_words(self):
        assert box(GOOD).power_w == 1000.0
        assert keys_of(Box)[:4] == ["id", "name", "cooling", "power"]

    def test_is_frozen(self):
        with pytest.raises(ValidationError):
            box(GOOD).name = "other"

    def test_is_dumped_as_it_would_stand_in_a_file(self):
        dumped = box(GOOD + "opened: 2026-Q3\n").model_dump(mode="json", exclude_defaults=True)
        assert dumped == {"id": "b1", "name": "Box", "power": "1000 W", "opened": "2026-Q3"}

    @pytest.mark.parametrize(("word", "value"), [("true", True), ("false", False)])
    def test_flags(self, word, value):
        assert box(GOOD + f"spare: {word}\n").spare is value

    @pytest.mark.parametrize("word", ["yes", "no", "on", "1", "True", "NO", "null"])
    def test_only_true_and_false_are_flags(self, word):
        (problem,) = problems(GOOD + f"spare: {word}\n")
        assert (problem.code, under(problem)) == ("T001", word)


class TestProblems:
    """Each with its code, the place in the file, and the way out."""

    @pytest.mark.parametrize(
        ("text", "code", "underlined", "words", "remedy"),
        [
            (
                GOOD + "cooling: liqid\n",
                "T002",
                "liqid",
                "expected one of air, liquid",
                "did you mean `liquid`?",
            ),
            (
                GOOD + "coling: air\n",
                "K001",
                "coling",
                "unknown key `coling`",
                "did you mean `cooling`?",
            ),
            (
                GOOD + "limits: {pek: 1}\n",
                "K001",
                "pek",
                "unknown key `pek`",
                "did you mean `peak`?",
            ),
            (GOOD + "zzz: 1\n", "K001", "zzz", "unknown key `zzz`", "known keys: id, name"),
            (
                "id: b1\nname: Box\n",
                "K002",
                "i",
                "`power` is required here",
                "for example `power: 700 W`",
            ),
            ("id: B1\nname: Box\npower: 1 W\n", "T001", "B1", "expected an id", ""),
            ("id: b1\nname: ''\npower: 1 W\n", "T001", "''", "at least 1 character", ""),
            ("id: b1\nname: Box\npower: 700\n", "U001", "700", "has no unit", "say which: `700 W`"),
            (
                "id: b1\nname: Box\npower: 7 USD\n",
                "U002",
                "7 USD",
                "`USD` is money, but this is power",
                "",
            ),
            ("id: b1\nname: Box\npower:\n", "U004", "", "found nothing", ""),
            ("id: b1\nname: [Box]\npower: 1 W\n", "T001", "[Box]", "found a list", ""),
            ("id: b1\nname: {a: Box}\npower: 1 W\n", "T001", "{a: Box}", "found a mapping", ""),
            (GOOD + "opened: soon\n", "D001", "soon", "is not a date", ""),
            (GOOD + "limits: 3\n", "T001", "3", "found `3`", ""),
            (
                GOOD + "parts: [{kind: pump}]\n",
                "K002",
                "{",
                "`power` is required here",
                "for example `power: 700 W`",
            ),
            (
                GOOD + "parts: [{kind: fan, sped: x}]\n",
                "K001",
                "sped",
                "unknown key `sped`",
                "did you mean `speed`?",
            ),
            (
                GOOD + "shelves: {top: {shar: 1}}\n",
                "K001",
                "shar",
                "unknown key `shar`",
                "did you mean `share`?",
            ),
            (
                GOOD + "history:\n  - {}\n  - {shar: 1}\n",
                "K001",
                "shar",
                "unknown key `shar`",
                "did you mean `share`?",
            ),
        ],
    )
    def test_one(self, text, code, underlined, words, remedy):
        (problem,) = problems(text)
        assert (problem.code, under(problem)[: len(underlined)]) == (code, underlined)
        assert words in problem.message
        assert remedy in problem.help

    def test_all_at_once_in_the_order_of_the_text(self):
        found = problems("name: Box\npower: 7\ncooling: wet\nextra: 1\nid: b1\n")
        assert [(p.code, p.mark.line) for p in found] == [("U001", 2), ("T002", 3), ("K001", 4)]

    def test_below_a_path(self):
        located = read_text("boxes:\n  - id: b1\n    name: Box\n    power: 7\n", "f.yaml")
        with pytest.raises(InputError) as caught:
            validate(Box, located, ("boxes", 0))
        (problem,) = caught.value.problems
        assert (problem.path, str(problem.mark)) == ("boxes.0.power", "f.yaml:4:12")

    def test_rendering_underlines_the_word(self):
        (problem,) = problems(GOOD + "cooling: liqid\n")
        assert problem.render().splitlines() == [
            "error[PL-T002]: found `liqid`, expected one of air, liquid",
            " --> f.yaml:4:10  (cooling)",
            "  |",
            "4 | cooling: liqid",
            "  |          ^^^^^",
            "  = help: did you mean `liquid`?",
        ]
        assert (
            problem.concise() == "f.yaml:4:10: PL-T002 found `liqid`, expected "
            "one of air, liquid (did you mean `liquid`?)"
        )

    def test_a_problem_needs_a_known_code(self):
        with pytest.raises(KeyError):
            Problem("X999", "no such code")


class TestNearest:
    @pytest.mark.parametrize(
        ("word", "known", "hint"),
        [
            ("coling", ["cooling", "power"], "did you mean `cooling`?"),
            ("KW", ["W", "kW"], "did you mean `kW`?"),
            ("zzz", ["cooling"], ""),
            ("x", [], ""),
        ],
    )
    def test_nearest(self, word, known, hint):
        assert nearest(word, known) == hint


def figure(**changes: object) -> Figure[Power]:
    return Figure[Power].model_validate(
        {"value": "700 W", "kind": "datasheet", "source": "s", **changes}
    )


class TestFigure:
    @pytest.mark.parametrize(
        ("kind", "via", "grade"),
        [
            ("datasheet", "primary", "A"),
            ("measured", "primary", "A"),
            ("datasheet", "secondary", "B"),
            ("measured", "secondary", "B"),
            ("vendor", "primary", "B"),
            ("vendor", "secondary", "C"),
            ("press", "primary", "C"),
            ("analyst", "primary", "C"),
            ("derived", "secondary", "C"),
            ("assumption", "primary", "D"),
        ],
    )
    def test_grades(self, kind, via, grade):
        assert figure(kind=kind, via=via).grade == grade

    def test_a_grade_is_never_typed(self):
        with pytest.raises(ValidationError):
            figure(grade="A")

    @pytest.mark.parametrize(
        ("low", "high"), [("700 W", "700 W"), ("0.6 kW", "0.8 kW"), (None, "1 kW"), ("1 W", None)]
    )
    def test_a_range_holds_its_value(self, low, high):
        assert figure(low=low, high=high).value == 700.0

    @pytest.mark.parametrize(
        ("low", "high"),
        [("701 W", None), (None, "699 W"), ("0.8 kW", "0.9 kW"), ("900 W", "600 W")],
    )
    def test_or_is_refused(self, low, high):
        with pytest.raises(ValidationError) as caught:
            figure(low=low, high=high)
        assert caught.value.errors()[0]["ctx"]["code"] == "R001"

    @pytest.mark.parametrize(
        ("value", "low", "high"),
        [
            ("2026-Q3", "2026-Q2", "2027"),
            ("2026-11", "2026", "2026-Q4"),
            ("2026-07", "2026-Q3", "2026-Q3"),
            ("2026-07-15", "2026-07", "2026-07"),
            ("2026", "2026-01", "2026-12"),
        ],
    )
    def test_a_span_of_dates_holds_a_date_within_it(self, value, low, high):
        found = Figure[Moment].model_validate(
            {"value": value, "low": low, "high": high, "kind": "vendor", "source": "s"}
        )
        assert str(found.value) == value

    @pytest.mark.parametrize(
        ("value", "low", "high"),
        [("2026-Q3", "2026-Q4", None), ("2026-Q3", None, "2026-08"), ("2026", "2026-02", None)],
    )
    def test_and_no_other(self, value, low, high):
        with pytest.raises(ValidationError):
            Figure[Moment].model_validate(
                {"value": value, "low": low, "high": high, "kind": "vendor", "source": "s"}
            )


def test_sourced_fields_go_through_records_and_lists():
    said = "{value: 1 W, kind: press, source: s}"
    record = box(GOOD + f"limits: {{peak: {said}}}\nhistory: [{{}}, {{peak: {said}}}]\n")
    assert [key for key, _ in sourced_fields(record)] == ["limits.peak", "history.1.peak"]


def test_record_at():
    assert record_at(Box, ("limits",)) is Limits
    assert record_at(Box, ("history", 0)) is Limits
    assert record_at(Box, ("shelves", "any")) is Limits
    assert record_at(Box, ()) is Box
    assert record_at(Box, ("nothing",)) is None
