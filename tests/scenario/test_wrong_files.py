"""Wrong scenario files: every mistake is found at once, at its place, in words that say what stands
there, what should, and the way out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner.errors import CODES
from planner.plan.presolve_bounds import presolve_shortfalls
from tests.conftest import Golden
from tests.scenario.sample import SOUND, load, marked, places_of, problems_of, spoilt

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Wrong:
    """One mistake: `«` in `new` stands where the complaint must point."""

    name: str
    old: str
    new: str
    code: str
    found: str
    expected: str
    remedy: str


ONE_MISTAKE = [
    Wrong("typo in a key", "fit_out", "«fitout", "K001", "`fitout`", "unknown key", "`fit_out`"),
    Wrong(
        "typo in a top key", "budget:", "«bugdet:", "K001", "`bugdet`", "unknown key", "`budget`"
    ),
    Wrong(
        "unknown system",
        "{system: hgx-h100, lead",
        "{system: «hgx-h10, lead",
        "I001",
        "`hgx-h10`",
        "no system",
        "`hgx-h100`",
    ),
    Wrong(
        "system of another shape",
        "{system: hgx-h100, lead",
        "{system: «hgx-h10O, lead",
        "I001",
        "`hgx-h10O`",
        "no system",
        "`hgx-h100`",
    ),
    Wrong(
        "unknown system by name alone",
        "- mi355x-server",
        "- «mi335x-server",
        "I001",
        "`mi335x-server`",
        "no system",
        "`mi355x-server`",
    ),
    Wrong(
        "system of another shape by name alone",
        "- mi355x-server",
        "- «MI355X server",
        "I001",
        "`MI355X server`",
        "no system",
        "`mi355x-server`",
    ),
    Wrong("missing unit", "40 MW", "«40", "U001", "`40`", "no unit", "`40 MW`"),
    Wrong(
        "wrong dimension",
        "40 MW",
        "«40 GUSD",
        "U002",
        "`GUSD` is money",
        "this is power",
        "`20 MW`",
    ),
    Wrong("unknown unit", "40 MW", "«40 MWW", "U003", "`MWW`", "unknown unit", "`MW`"),
    Wrong(
        "arithmetic",
        "40 MW",
        "«9**9**9 W",
        "U004",
        "`9**9**9 W`",
        "NUMBER UNIT",
        "arithmetic is not evaluated",
    ),
    Wrong(
        "beyond any float", "40 MW", "«1e400 MW", "R001", "`1e400 MW`", "not a finite number", ""
    ),
    Wrong("not a number", "40 MW", "«NaN", "U004", "`NaN`", "NUMBER UNIT", ""),
    Wrong(
        "negative price",
        "lead_time: 0 days",
        "lead_time: 0 days, price: «-190 kUSD",
        "R001",
        "`-190 kUSD`",
        "at least 0 USD",
        "",
    ),
    Wrong(
        "negative budget",
        "capex: 5 GUSD",
        "capex: «-5 GUSD",
        "R001",
        "`-5 GUSD`",
        "at least 0 USD",
        "",
    ),
    Wrong(
        "duplicate key",
        "budget:",
        "«name: Again\nbudget:",
        "Y002",
        "`name` stands twice",
        "first on line 1",
        "keep one",
    ),
    Wrong(
        "horizon reversed",
        "2026-Q1, to: 2027-Q4",
        "2027-Q4, to: «2026-Q1",
        "D002",
        "ends (2026-Q1)",
        "before it begins (2027-Q4)",
        "exchange",
    ),
    Wrong(
        "steps out of order",
        "2026-Q1: 20 MW, 2027-Q1: 40 MW",
        "2027-Q1: 20 MW, «2026-Q1: 40 MW",
        "D002",
        "`2026-Q1` comes before `2027-Q1`",
        "stands above it",
        "in order",
    ),
    Wrong(
        "one day, two ways",
        "2027-Q1: 40 MW",
        "«2026-01: 40 MW",
        "D002",
        "`2026-01` is the same day as `2026-Q1`",
        "above it",
        "in order",
    ),
    Wrong(
        "delivery window reversed",
        "lead_time: 0 days",
        "from: 2027-Q1, until: «2026-Q2",
        "D002",
        "end (2026-Q2)",
        "begin (2027-Q1)",
        "exchange",
    ),
    Wrong(
        "date the other way round",
        "2026-Q1: 20 MW",
        "«Q3-2026: 20 MW",
        "D001",
        "`Q3-2026`",
        "is not a date",
        "`2026-Q3`",
    ),
    Wrong(
        "thirteenth month",
        "2027-Q1: 40 MW",
        "«2027-13: 40 MW",
        "D001",
        "`2027-13`",
        "is not a date",
        "",
    ),
    Wrong(
        "need beyond the horizon",
        "2027-Q1: 1000 acc",
        "2031-Q1: «1000 acc",
        "D002",
        "2031-Q1",
        "outside the horizon",
        "2026-Q1 to 2027-Q4",
    ),
    Wrong(
        "horizon in mid-quarter",
        "from: 2026-Q1",
        "from: «2026-02",
        "D002",
        "2026-02",
        "first day of a quarter",
        "`2026-01`",
    ),
    Wrong("share over 100 %", "60 %", "«160 %", "R001", "`160 %`", "at most 1", "`60 %` or `0.6`"),
    Wrong("share without its sign", "60 %", "«60", "R001", "`60`", "at most 1", "`60 %` or `0.6`"),
    Wrong(
        "power without a date",
        "{2026-Q1: 20 MW, 2027-Q1: 40 MW}",
        "«20 MW",
        "T001",
        "`20 MW`",
        "values by date",
        "{2026-Q3: 20 MW}",
    ),
    Wrong(
        "power as a list",
        "{2026-Q1: 20 MW, 2027-Q1: 40 MW}",
        "«[20 MW, 40 MW]",
        "T001",
        "a list",
        "values by date",
        "without dashes",
    ),
    Wrong(
        "power on no date",
        "{2026-Q1: 20 MW, 2027-Q1: 40 MW}",
        "«{}",
        "T001",
        "an empty mapping",
        "values by date",
        "leave the key out",
    ),
    Wrong("a list for a mapping", "{capex: 5 GUSD}", "«[capex]", "T001", "a list", "", ""),
    Wrong(
        "unknown site in a demand",
        "need: {2027",
        "sites: [«nort], need: {2027",
        "I001",
        "`nort`",
        "no site",
        "`north`",
    ),
    Wrong(
        "unknown accelerator",
        "h100-sxm",
        "«h100-smx",
        "I001",
        "`h100-smx`",
        "no accelerator",
        "`h100-sxm`",
    ),
    Wrong(
        "deployment of two kinds",
        "- {id: first, ",
        "- «{id: first, system: hgx-h100, ",
        "K003",
        "a `system` or an `accelerator`",
        "either",
        "",
    ),
    Wrong(
        "deployment of no kind",
        "- {id: first, kind: deployment, accelerator: h100-sxm",
        "- «{id: first, kind: deployment",
        "K003",
        "",
        "either",
        "",
    ),
    Wrong(
        "no kind of demand",
        "- {id: first, kind: deployment, ",
        "- «{id: first, ",
        "K002",
        "`kind`",
        "is required",
        "deployment, compute",
    ),
    Wrong(
        "wrong kind of demand",
        "deployment",
        "«deploymant",
        "T002",
        "`deploymant`",
        "one of deployment, compute",
        "`deployment`",
    ),
    Wrong(
        "machines without a unit",
        "1000 accelerators",
        "«1000",
        "U001",
        "`1000`",
        "no unit",
        "`1000 systems` or `1000 accelerators`",
    ),
    Wrong(
        "systems of what",
        "1000 accelerators",
        "«125 systems",
        "U002",
        "a number of systems",
        "needs a `system`",
        "",
    ),
    Wrong(
        "objective both ways",
        "[{minimize: cost}]",
        "[«{minimize: cost, maximize: compute}]",
        "K003",
        "`maximize` or `minimize`",
        "either",
        "{maximize: compute}",
    ),
    Wrong(
        "objective of nothing",
        "[{minimize: cost}]",
        "[«{}]",
        "K003",
        "`maximize` or `minimize`",
        "either",
        "{maximize: compute}",
    ),
    Wrong(
        "a time to nothing",
        "{minimize: cost}",
        "«{minimize: time}",
        "K003",
        "the capacity to reach",
        "",
        "accelerators: 100000 accelerators",
    ),
    Wrong(
        "a time to two capacities",
        "{minimize: cost}",
        "«{minimize: time, accelerators: 5 accelerators, compute: 1 EFLOP/s}",
        "K003",
        "either `accelerators` or `compute`",
        "",
        "accelerators: 100000 accelerators",
    ),
    Wrong(
        "a time to systems",
        "{minimize: cost}",
        "«{minimize: time, accelerators: 5 systems}",
        "U002",
        "found `5 systems`",
        "a number of accelerators",
        "100000 accelerators",
    ),
    Wrong(
        "a capacity that cost ignores",
        "{minimize: cost}",
        "«{minimize: cost, accelerators: 5 accelerators}",
        "K003",
        "go with `minimize: time`",
        "",
        "leave them out",
    ),
    Wrong(
        "a weighted objective of one part",
        "{minimize: cost}",
        "{weighted: «[{minimize: cost, weight: 1}]}",
        "T001",
        "",
        "",
        "",
    ),
    Wrong(
        "a weighted objective beside another",
        "{minimize: cost}",
        "«{minimize: cost, weighted: [{minimize: cost, weight: 1}, {minimize: power, weight: 2}]}",
        "K003",
        "stands alone",
        "",
        "move the other criterion",
    ),
    Wrong(
        "a part of no aim",
        "{minimize: cost}",
        "{weighted: [{minimize: cost, weight: 1}, «{weight: 2}]}",
        "K003",
        "needs `maximize` or `minimize`",
        "",
        "{minimize: cost, weight: 1}",
    ),
    Wrong(
        "a part of negative weight",
        "{minimize: cost}",
        "{weighted: [{minimize: cost, weight: 1}, {minimize: power, weight: «-2}]}",
        "T001",
        "greater than 0",
        "",
        "",
    ),
    Wrong(
        "a date that a sum ignores",
        "{minimize: cost}",
        "«{minimize: cost, at: 2026-Q4}",
        "K003",
        "`at`",
        "summed over the horizon",
        "",
    ),
    Wrong(
        "a precision that cost ignores",
        "{minimize: cost}",
        "«{minimize: cost, precision: fp8}",
        "K003",
        "`precision`",
        "`maximize: compute`",
        "leave it out",
    ),
    Wrong(
        "supply for no candidate",
        "{system: hgx-h100, by",
        "{system: «hgx-h200, by",
        "I001",
        "`hgx-h200`",
        "no candidate system",
        "add it under `systems`",
    ),
    Wrong(
        "supply that falls",
        "100 systems, 2026-Q3: 400",
        "100 systems, 2026-Q3: 40",
        "S003",
        "`by` counts all deliveries so far",
        "cannot fall",
        "cumulative",
    ),
    Wrong(
        "supply of nothing",
        "{system: hgx-h100, by: {2026-Q1: 100 systems, 2026-Q3: 400 systems}}",
        "«{system: hgx-h100}",
        "K003",
        "supply",
        "`by`, `per_period`, `schedule`, `total`",
        "",
    ),
    Wrong(
        "too many suppliers",
        "max_share: 60 %",
        "min_suppliers: «3",
        "S003",
        "3 suppliers are asked for",
        "2: amd, nvidia",
        "add candidates",
    ),
    Wrong(
        "too small shares",
        "60 %",
        "«40 %",
        "S003",
        "2 suppliers at no more than 40%",
        "cannot make up the whole",
        "50.0%",
    ),
    Wrong(
        "shares beyond the whole",
        "max_share: 60 %",
        "min_suppliers: 2, meaningful: 60 %",
        "S003",
        "2 suppliers of 60%",
        "more than the whole",
        "at most 50%",
    ),
    Wrong(
        "unknown supplier",
        "60 %",
        "60 %, only: «nvida",
        "I001",
        "`nvida`",
        "no supplier",
        "`nvidia`",
    ),
    Wrong(
        "`only` without a cap",
        "max_share: 60 %",
        "min_suppliers: 2, only: nvidia",
        "K003",
        "`only`",
        "goes with `max_share`",
        "leave it out",
    ),
    Wrong(
        "`meaningful` without a number",
        "60 %",
        "60 %, meaningful: 20 %",
        "K003",
        "`meaningful`",
        "goes with `min_suppliers`",
        "leave it out",
    ),
    Wrong(
        "`precision` of spend",
        "60 %",
        "60 %, precision: fp8",
        "K003",
        "`precision`",
        "the metric `compute`",
        "leave it out",
    ),
    Wrong(
        "budget of no period",
        "{capex: 5 GUSD}",
        "{by_period: {2026-09: «5 GUSD}}",
        "D002",
        "2026-09",
        "a quarter of the horizon",
        "`2026-Q3`",
    ),
    Wrong(
        "budget beyond the horizon",
        "{capex: 5 GUSD}",
        "{by_period: {2030-Q1: «5 GUSD}}",
        "D002",
        "2030-Q1",
        "outside the horizon",
        "2027-Q4",
    ),
    Wrong(
        "site twice",
        "  - id: north\n",
        "  - {id: north, energy_price: 5 USD/MWh}\n  - id: «north\n",
        "I002",
        "`north` stands twice",
        "in `sites`",
        "s.yaml:4:10",
    ),
    Wrong(
        "candidate twice",
        "- mi355x-server",
        "- mi355x-server\n  - «hgx-h100",
        "I002",
        "`hgx-h100` stands twice",
        "in `systems`",
        "s.yaml:8:14",
    ),
    Wrong(
        "PUE upside down",
        "    energy_price",
        "    pue: «{annual: 1.5, peak: 1.2}\n    energy_price",
        "R001",
        "peak PUE 1.2",
        "annual mean 1.5",
        "design day",
    ),
    Wrong(
        "cooling in a word",
        "    energy_price",
        "    cooling: {air: «plenty}\n    energy_price",
        "T002",
        "`plenty`",
        "`none`, `unlimited` or a power",
        "",
    ),
    Wrong(
        "half a machine",
        "demands:",
        "fleet: [{site: north, system: hgx-h100, units: «4 accelerators}]\ndemands:",
        "R001",
        "0.5 systems",
        "not a whole number",
        "`1 systems`",
    ),
    Wrong(
        "fleet at no site",
        "demands:",
        "fleet: [{site: «nord, system: hgx-h100, units: 4 systems}]\ndemands:",
        "I001",
        "`nord`",
        "no site",
        "known: north",
    ),
    Wrong(
        "not yes",
        "demands:",
        "fleet: [{site: north, system: hgx-h100, units: 4 systems, may_retire: «yes}]\ndemands:",
        "T001",
        "`yes`",
        "`true` or `false`",
        "",
    ),
    Wrong(
        "peak above nameplate",
        "lead_time: 0 days",
        "peak: «99 kW, lead_time: 0 days",
        "C001",
        "peak draw of 99 kW",
        "not below its nameplate",
        "is one to be given too?",
    ),
    Wrong(
        "no such precision",
        "{minimize: cost}",
        "{maximize: compute, precision: «bf17}",
        "T002",
        "`bf17`",
        "one of fp64",
        "`bf16`",
    ),
    Wrong(
        "nobody knows what it delivers",
        "{minimize: cost}",
        "«{maximize: compute, precision: fp64_tensor}",
        "S002",
        "at fp64_tensor is known for hgx-h100",
        "no model FLOP utilisation",
        "`mfu: {fp64_tensor: 40 %}`",
    ),
    Wrong(
        "an anchor",
        "name: Sample",
        "name: «&x Sample",
        "Y003",
        "`x`",
        "not read",
        "write the value out",
    ),
    Wrong(
        "a tag",
        "name: Sample",
        "name: «!!python/object:os.system x",
        "Y003",
        "python/object",
        "not read",
        "remove the tag",
    ),
    Wrong(
        "a tab", "    power:", "«\tpower:", "Y001", "a tab", "not YAML", "spaces, never with tabs"
    ),
    Wrong(
        "an open bracket",
        "name: Sample",
        "name: [Sample",
        "Y001",
        "not YAML",
        "expected ',' or ']'",
        "",
    ),
    Wrong("no name", "name: Sample\n", "", "K002", "`name`", "is required", ""),
]


@pytest.mark.parametrize("wrong", ONE_MISTAKE, ids=lambda w: w.name)
def test_one_mistake(wrong: Wrong) -> None:
    text, places = marked(spoilt(wrong.old, wrong.new))
    problems = problems_of(text)
    assert [problem.code for problem in problems] == [wrong.code], [p.concise() for p in problems]
    problem = problems[0]
    if places:
        assert places_of(problems) == places
    else:
        assert problem.mark is not None
    for words in (wrong.found, wrong.expected):
        assert words in problem.message
    assert wrong.remedy in problem.help
    assert problem.code in CODES
    assert problem.concise().startswith(
        f"s.yaml:{problem.mark.line}:{problem.mark.column}: PL-{wrong.code} "
    )
    assert "^" in problem.render()


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("", "T001", (1, 1), "a scenario is a mapping"),
        ("  \n\n# nothing but a remark\n", "T001", (1, 1), "a scenario is a mapping"),
        ("- one\n- two\n", "T001", (1, 1), "a scenario is a mapping"),
        ("only words", "T001", (1, 1), "a scenario is a mapping"),
        ("{name: [1, 2\n", "Y001", (2, 1), "not YAML"),
        ("x9Q;{[" * 16_667, "T001", (1, 1), "a scenario is a mapping"),
        ("\x00\x01" * 50_000, "Y001", (1, 1), "U+0000 is not allowed"),
        ("&?]}%" * 20_000, "Y001", (1, 2), "not YAML"),
        ("a: " + "[" * 50_000, "Y003", (1, 63), "nested deeper than 60"),
        ("a: " + "{a: " * 25_000, "Y003", (1, 240), "nested deeper than 60"),
        ("name: \ud800", "Y001", (1, 7), "half of a pair"),
    ],
    ids=[
        "empty",
        "blank",
        "list",
        "scalar",
        "cut off",
        "garbage",
        "zeros",
        "punctuation",
        "deep lists",
        "deep mappings",
        "surrogate",
    ],
)
def test_whole_files_that_are_not_scenarios(text, code, place, words):
    started = time.perf_counter()
    problems = problems_of(text)
    assert [p.code for p in problems] == [code]
    assert places_of(problems) == [place]
    assert words in problems[0].message
    assert time.perf_counter() - started < 5


def test_arithmetic_is_never_evaluated():
    started = time.perf_counter()
    problems_of(spoilt("40 MW", "9**9**9 W"))
    assert time.perf_counter() - started < 1


def test_five_mistakes_of_five_kinds_are_five_problems(golden: Golden):
    text = spoilt("fit_out", "«fitout")
    text = spoilt("{system: hgx-h100, lead", "{system: «hgx-h10O, lead", text)
    text = spoilt("40 MW", "«40", text)
    text = spoilt("from: 2026-Q1, to: 2027-Q4", "from: 2027-Q4, to: «2026-Q1", text)
    text = spoilt("60 %", "«160 %", text)
    text, places = marked(text)
    problems = problems_of(text)
    assert [p.code for p in problems] == ["D002", "U001", "I001", "K001", "R001"]
    assert places_of(problems) == places == sorted(places)
    golden(GOLDEN / "five_mistakes.txt", "\n\n".join(p.render() for p in problems) + "\n")


def test_an_id_misspelt_where_it_is_listed_is_one_mistake_wherever_it_is_used():
    text, places = marked(spoilt("{system: hgx-h100, lead", "{system: «hgx-h10O, lead"))
    text = spoilt("accelerator: h100-sxm", "system: hgx-h100", text)
    problems = problems_of(text)
    assert places_of(problems) == places
    assert [p.code for p in problems] == ["I001"]


def test_every_missing_key_of_one_entry_is_named():
    problems = problems_of(spoilt("  - id: north\n", "  - {}\n  - id: north\n"))
    assert [(p.code, p.message) for p in problems] == [
        ("K002", "`id` is required here"),
        ("K002", "`energy_price` is required here"),
    ]
    assert problems[1].help == "for example `energy_price: 55 USD/MWh`"


def test_every_wrong_value_of_one_override_is_named():
    problems = problems_of(SOUND, ["sites.north.power={2026-Q1: 5, 2026-Q2: 6}"])
    assert [(p.code, p.message) for p in problems] == [
        ("U001", "`5` has no unit"),
        ("U001", "`6` has no unit"),
    ]


def test_an_unknown_compute_precision_of_every_candidate_is_named():
    text = spoilt(
        "- {id: first, kind: deployment, accelerator: h100-sxm, need: {2027-Q1: 1000 "
        "accelerators}}",
        "- «{id: c, kind: compute, precision: fp64, need: {2027-Q1: 1 PFLOP/s}}",
    )
    text, places = marked(text)
    problems = problems_of(text)
    assert places_of(problems) == places
    assert problems[0].code == "S002"
    assert "hgx-h100, mi355x-server" in problems[0].message
    assert "`mfu: {fp64: 40 %}`" in problems[0].help


def test_a_format_that_no_candidate_supports():
    text = spoilt("60 %", "100 %", spoilt("  - mi355x-server\n", ""))
    for old, new in (
        ("{minimize: cost}", "«{maximize: compute, precision: fp4}"),
        ("- {level: supplier, metric: spend", "- «{metric: compute, precision: fp4"),
    ):
        spoiled, places = marked(spoilt(old, new, text))
        problems = problems_of(spoiled)
        assert [(p.code, p.message) for p in problems] == [
            ("S003", "no system of this scenario delivers fp4")
        ]
        assert places_of(problems) == places


def test_a_demand_that_nothing_serves():
    text = spoilt("accelerator: h100-sxm", "accelerator: tpu-v7")
    text, places = marked(spoilt("- {id: first", "- «{id: first", text))
    problems = problems_of(text)
    assert places_of(problems) == places
    assert problems[0].code == "S003"
    assert "`tpu-v7`" in problems[0].message
    assert problems[0].help == "add one under `systems`"


UNREACHABLE = [
    # (old, new with the place of the demand's date, at most, what holds it back, remedy)
    (
        "2027-Q1: 1000 acc",
        "2026-Q2: «1000 acc",
        "at most 800 accelerators",
        "no more than 100 hgx-h100 can have arrived by 2026-Q2",
        "from 2026-Q3 on",
    ),
    (
        "2027-Q1: 1000 acc",
        "2026-Q1: «900 acc",
        "at most 800 accelerators",
        "no more than 100 hgx-h100 can have arrived by 2026-Q1",
        "lower it to 800",
    ),
    (
        "2027-Q1: 1000 acc",
        "2027-Q1: «30000 acc",
        "at most 3200 accelerators",
        "no more than 400 hgx-h100",
        "lower it to 3200",
    ),
]


@pytest.mark.parametrize(("old", "new", "most", "because", "remedy"), UNREACHABLE)
def test_a_demand_out_of_reach_is_found_without_solving(old, new, most, because, remedy):
    text, places = marked(spoilt(old, new))
    loaded = load(text)
    problems = [short.problem() for short in presolve_shortfalls(loaded.case, loaded.located)]
    assert [p.code for p in problems] == ["S003"]
    assert places_of(problems) == places
    assert problems[0].message.startswith("first asks for")
    assert most in problems[0].message
    assert because in problems[0].message
    assert remedy in problems[0].help
