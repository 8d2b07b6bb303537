"""Who makes what: complete in the shipped catalog, facts apart from assumptions, every slip
caught."""

from __future__ import annotations

import pytest

from planner.catalog.lint import lint
from planner.catalog.load import load_catalog
from planner.catalog.upstream import UPSTREAM
from planner.errors import InputError
from tests.catalog.small import TODAY, write

MAKERS = """\
makers:
  - {id: f1, name: First foundry, level: foundry}
  - {id: m1, name: First memory, level: memory}
  - {id: m2, name: Second memory, level: memory}
origins:
  - {level: foundry, of: [a1], any_of: [f1], kind: press, source: sheet}
"""
ASSUMED = """\
assumed_origins:
  - {level: memory, of: [a1], any_of: [m1, m2], kind: assumption, source: own-judgement, date: 2026-10, note: reasoned, rests_on: [shop]}
"""  # noqa: E501  (lines of a file)


def small(folder, makers: str = MAKERS, assumed: str = ASSUMED):
    return load_catalog(
        write(folder, extra={"upstream/all.yaml": makers, "judgement/upstream.yaml": assumed})
    )


def test_facts_and_assumptions_stand_side_by_side(tmp_path):
    catalog = small(tmp_path)
    assert catalog.origins["a1", "foundry"].grade == "C"
    assert (catalog.origins["a1", "memory"].any_of, catalog.origins["a1", "memory"].grade) == (
        ["m1", "m2"],
        "D",
    )
    assert lint(catalog, TODAY) == []


WRONG = [
    ("any_of: [f1]", "any_of: [f2]", "no foundry `f2`", "f1"),
    ("any_of: [f1]", "any_of: [m1]", "no foundry `m1`", "f1"),
    ("of: [a1], any_of: [f1]", "of: [a2], any_of: [f1]", "no accelerator `a2`", ""),
    ("source: sheet}\n", "source: shet}\n", "no source `shet`", "sheet"),
    ("of: [a1], any_of: [f1]", "of: [a1, a1], any_of: [f1]", "stands twice", ""),
    (
        "kind: press",
        "kind: assumption",
        "an origin of kind `assumption` stands in `origins`",
        "apart",
    ),
    (
        "origins:\n",
        "origins:\n  - {level: foundry, of: [a1], any_of: [f1], kind: press, source: shop}\n",
        "the foundry of `a1` is given twice",
        "keep one",
    ),
    (
        "level: foundry, of: [a1]",
        "level: fab, of: [a1]",
        "expected one of foundry, packaging, memory, country",
        "",
    ),
]


@pytest.mark.parametrize(("old", "new", "words", "help_"), WRONG, ids=[row[2] for row in WRONG])
def test_what_is_wrong_is_said_where_it_stands(old, new, words, help_, tmp_path):
    assert old in MAKERS
    with pytest.raises(InputError) as caught:
        small(tmp_path, MAKERS.replace(old, new, 1))
    found = [p for p in caught.value.problems if words in p.message]
    assert found, [p.message for p in caught.value.problems]
    assert found[0].mark is not None
    assert help_ in found[0].help


WRONG_ASSUMED = [
    (
        "level: memory",
        "level: foundry",
        "any_of: [m1, m2]",
        "any_of: [f1]",
        "the foundry of `a1` is given twice",
    ),
    ("note: reasoned, ", "", "", "", "needs a `note` with its reasoning"),
    (
        "kind: assumption",
        "kind: press",
        "",
        "",
        "an origin of kind `press` stands in `assumed_origins`",
    ),
    ("rests_on: [shop]", "rests_on: [shopp]", "", "", "no source `shopp`"),
]


@pytest.mark.parametrize(
    ("old", "new", "also", "then", "words"), WRONG_ASSUMED, ids=[row[-1] for row in WRONG_ASSUMED]
)
def test_what_is_assumed_wrongly(old, new, also, then, words, tmp_path):
    with pytest.raises(InputError) as caught:
        small(tmp_path, assumed=ASSUMED.replace(old, new, 1).replace(also, then, 1))
    assert any(words in p.message and p.mark is not None for p in caught.value.problems), [
        p.message for p in caught.value.problems
    ]


def test_an_accelerator_without_a_maker_is_noticed(tmp_path):
    makers = MAKERS + "  - {level: memory, of: [a1], any_of: [m1], kind: press, source: sheet}\n"
    chip = "  - {id: a2, name: A2, supplier: acme, source: sheet, software: CUDA, "
    body = (
        "tdp: {value: 700 W, kind: datasheet, source: sheet}, memory: {value: 80 GB, kind: "
        "datasheet, source: sheet}, "
    )
    rates = "peak: {bf16: {value: 989 TFLOP/s, kind: datasheet, source: sheet}}}\n"
    folder = write(
        tmp_path,
        ("accelerators/acme.yaml", "", chip + body + rates),
        extra={"upstream/all.yaml": makers},
    )
    found = lint(load_catalog(folder), TODAY)
    assert [(p.code, p.warning, p.message) for p in found] == [
        ("C004", True, "`a2` does not say who makes it: foundry, memory")
    ]


def test_nobody_has_read_tomorrows_paper(tmp_path):
    found = lint(
        small(tmp_path, MAKERS.replace("source: sheet}\n", "source: sheet, date: 2027}\n")), TODAY
    )
    assert [(p.code, p.message) for p in found] == [
        ("C002", "the foundry of `a1` is dated 2027, after 2026-11-22")
    ]


def test_every_shipped_accelerator_has_its_makers():
    catalog = load_catalog()
    assert {(chip, level) for chip in catalog.accelerators for level in UPSTREAM} == set(
        catalog.origins
    )


def test_a_shipped_fact_cites_a_publisher_and_an_assumption_leans_on_one():
    for (accelerator, level), origin in load_catalog().origins.items():
        assert (origin.kind == "assumption") == (origin.source == "own-judgement"), (
            accelerator,
            level,
        )
        assert origin.note or origin.kind != "assumption"
