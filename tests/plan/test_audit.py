"""A plan file in which any one figure is changed, or any one row added or dropped, no longer holds
together; and the audit points at it."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from planner.assembly.audit import audit, findings_of
from planner.assembly.plan import Plan
from planner.assembly.plan_file import load_plan_text
from planner.errors import AuditError, Problem
from planner.pipeline import solve
from planner.plan.compare import fields, same_words
from planner.plan.limit_row import LimitRow
from tests.conftest import SHIPPED
from tests.plan.answers import DECIDED, Path, at, changed, nudged, numbers, rebuilt, sealed
from tests.scenario.sample import load

NAMES = [*SHIPPED, "mixed", "halls", "refresh"]
LATER = ("colossus", "colossus-turbines", "diversified", "openai-amd-1gw", "resilient")
TAMPERED = [pytest.param(name, marks=pytest.mark.slow) if name in LATER else name for name in NAMES]
"""Plans whose parts are changed one by one; of most that are shipped, among the slow tests."""


class Files(dict[str, tuple[Any, Any]]):
    """The data of each plan file and the places of its values, read when somebody asks for it."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        super().__init__()
        self.plans = plans

    def __missing__(self, name: str) -> tuple[Any, Any]:
        loaded, located = load_plan_text(self.plans[name].to_json(), f"{name}.json")
        assert loaded == self.plans[name]
        self[name] = (located.data, located)
        return self[name]


@pytest.fixture(scope="module")
def files(plans: Mapping[str, Plan]) -> Files:
    return Files(plans)


def noticed(plan: Plan, located: Any = None) -> list[Problem]:
    """What is wrong with a plan by its own decisions; that it is not what was saved is another
    matter (`test_saved.py`)."""
    return [problem for problem in findings_of(plan, located) if problem.code != "A004"]


def spoken(problems: list[Problem]) -> str:
    return "; ".join(p.concise() for p in problems[:5])


@pytest.mark.parametrize("name", NAMES)
def test_every_plan_is_clean_as_it_comes(plans, name):
    audit(plans[name])
    assert findings_of(plans[name]) == []


def test_the_mixed_plan_fills_every_table(plans):
    plan = plans["mixed"]
    for table in (
        "goals",
        "purchases",
        "retirements",
        "built",
        "assignments",
        "fleet",
        "demands",
        "power",
        "energy",
        "cash",
        "shares",
        "limits",
    ):
        assert getattr(plan, table), table
    assert any(row.short > 0 for row in plan.demands)
    assert {row.kind for row in plan.cash} == {"cash", "residual", "penalty"}


def _checked(path: Path) -> bool:
    """All but what the solver says of itself, and the question."""
    return path[0] not in ("case", "solve", "format_version") and path[-1] not in (
        "seconds",
        "gap",
        "reached",
    )


MOST_FIGURES, MOST_ROWS = 90, 2
"""Of a plan, and of a table, that are tampered with in a run that is not slow."""


def _some(paths: list[Path]) -> list[Path]:
    """A fixed sample: a figure of every column of every table, and others until there are
    enough."""
    r = Random(1)
    mixed = sorted(paths, key=lambda _: r.random())
    seen: Counter[tuple[str | int, ...]] = Counter()
    first, rest = [], []
    for path in mixed:
        column = tuple(step for step in path if isinstance(step, str))
        seen[column] += 1
        (first if seen[column] == 1 else rest).append(path)
    return [*first, *rest[: max(0, MOST_FIGURES - len(first))]]


def _unseen_figures(data: Any, located: Any, tried: list[Path]) -> tuple[list[str], list[str]]:
    """Figures whose change nobody notices, and figures whose change is noticed elsewhere."""
    unseen, elsewhere = [], []
    for path in tried:
        # one FLOP/s more than none is not a tampered figure but a rounding one
        one = 1e15 if path[-1] == "short" and at(data, path[:-1])["unit"] == "FLOP/s" else 1.0
        tampered = changed(
            data, path, lambda value, one=one: nudged(value) if value else value + type(value)(one)
        )
        found = noticed(Plan.model_validate(tampered), located)
        words = f"{'.'.join(map(str, path))}: {at(data, path)} → {at(tampered, path)}"
        if not found:
            unseen.append(words)
        elif (
            path[0] not in DECIDED
            and path[-1] != "rule"
            and located.spots[path].value.line not in {p.mark.line for p in found if p.mark}
        ):
            elsewhere.append(f"{words}: {spoken(found)}")
    return unseen, elsewhere


@pytest.mark.parametrize("name", TAMPERED)
def test_no_figure_can_be_changed_by_a_per_cent(files, name):
    """Every column of every table, in some of its rows; each figure of each row below."""
    data, located = files[name]
    tried = _some(list(filter(_checked, numbers(data))))
    assert len(tried) >= MOST_FIGURES
    assert _unseen_figures(data, located, tried) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_figure_at_all_can_be_changed_by_a_per_cent(files, name):
    data, located = files[name]
    tried = list(filter(_checked, numbers(data)))
    assert len(tried) > 250
    assert _unseen_figures(data, located, tried) == ([], [])


def _unseen_rows(data: Any, located: Any, most: int) -> list[str]:
    unseen = []
    for table, rows in data.items():
        count = len(rows) if isinstance(rows, list) else 0
        for i in range(0, count, max(1, -(-count // most))):
            for what, others in (
                ("without", rows[:i] + rows[i + 1 :]),
                ("twice", [*rows, rows[i]]),
            ):
                found = noticed(Plan.model_validate({**data, table: others}), located)
                if not found or not all(p.mark for p in found):
                    unseen.append(f"{table} {what} {i}: {spoken(found)}")
    return unseen


@pytest.mark.parametrize("name", TAMPERED)
def test_no_row_can_be_dropped_or_doubled(files, name):
    """A few rows of every table, from its first to its last; each of them below."""
    assert _unseen_rows(*files[name], MOST_ROWS) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_row_at_all_can_be_dropped_or_doubled(files, name):
    assert _unseen_rows(*files[name], 10_000) == []


@pytest.mark.parametrize("name", TAMPERED)
def test_no_word_can_be_changed(files, name):
    """Ids, periods and sentences: each is either unknown or does not follow."""
    data, located = files[name]
    unseen = []
    for table, rows in data.items():
        for i in {0, len(rows) - 1} if isinstance(rows, list) and rows else ():
            for key, value in rows[i].items():
                if isinstance(value, str) and (table, key) != ("goals", "unit"):
                    tampered = changed(
                        data,
                        (table, i, key),
                        lambda v: {"nameplate": "peak", "cash": "penalty"}.get(v, f"{v}x"),
                    )
                    try:
                        plan = Plan.model_validate(tampered)
                    except ValueError:
                        continue  # not one of the allowed words
                    if not noticed(plan, located):
                        unseen.append(f"{table}.{i}.{key}: {value}")
    assert unseen == []


def test_rows_that_nobody_decided(files):
    data, located = files["mixed"]
    for table, key in (
        ("purchases", "delivered"),
        ("retirements", "period"),
        ("built", "period"),
        ("assignments", "period"),
    ):
        row = data[table][0]
        for period in ("2026-Q1", "2026-Q3", "2027-Q2"):
            if period != row[key]:
                plan = Plan.model_validate({**data, table: [*data[table], {**row, key: period}]})
                assert noticed(plan, located), (table, period)


def test_a_demand_without_a_rival_needs_no_assignment(files):
    """All that runs serves it; a row that says so in part would be believed and counted nowhere."""
    data, located = files["mixed"]
    row = {**data["assignments"][0], "demand": "train", "units": 0.5}
    found = noticed(
        Plan.model_validate({**data, "assignments": [*data["assignments"], row]}), located
    )
    assert [p.message for p in found] == ["train has no rival, so all that runs serves it"]
    assert [p.path for p in found] == [f"assignments.{len(data['assignments'])}"]


def test_what_a_demand_cannot_use_is_not_assigned_to_it(files):
    data, located = files["mixed"]
    row = {**data["assignments"][0], "demand": "one", "site": "south", "units": 0.0}
    found = noticed(
        Plan.model_validate({**data, "assignments": [*data["assignments"], row]}), located
    )
    assert f"{row['system']} at south cannot serve one" in [p.message for p in found]


TIE = """\
name: existing machines in halls
horizon: {from: 2027-Q4, to: 2028-Q1}
sites:
  - id: north
    energy_price: 101 USD/MWh
    power: {2027-Q4: 7 MW}
    halls: [{id: h0, cooling: rear-door, critical_it: 3.6 MW, cost: 35 MUSD, lead_time: 0 days}]
systems: [{system: hgx-b200, lead_time: 0 days}]
fleet: [{site: north, system: hgx-b200, units: 104 systems}]
demands: [{id: d0, kind: deployment, system: hgx-b200, need: {2027-Q4: 368 accelerators}}]
assume: {it_overhead: 0.07841917697686929}
"""
"""What stands takes 1.603825 MW, half-way between two words, and two sums of it differ in the last
bit."""


def test_two_roundings_of_one_figure_are_the_same(engine):
    """Proves: figures are compared and not their words, and yet no word can be changed."""
    plan = solve(load(TIE), engine=engine)
    assert findings_of(plan) == []
    (number,) = (
        i for i, row in enumerate(plan.limits) if row.row == "hall.standing[north,it,2027-Q4]"
    )
    row = plan.limits[number]
    assert "is 1.6038" in row.says
    for word in (
        "1.60381",
        "1.60384",
        "1.6038",
        "1.70382",
        "1.60382x",
        "1.60382 1",
        "1",
        "inf",
        "nan",
    ):
        said = row.says.replace("1.60382", word).replace("1.60383", word)
        limits = [
            *plan.limits[:number],
            row.model_copy(update={"says": said}),
            *plan.limits[number + 1 :],
        ]
        found = findings_of(plan.model_copy(update={"limits": limits}))
        assert [problem.path for problem in found] == [f"limits.{number}.says"], word


@pytest.mark.parametrize(
    ("ours", "others", "said", "same"),
    [
        ((1.6038249999999998, 0.0), (1.603825, 0.0), "is 1.60382 MW", True),
        ((1.6038249999999998, 0.0), (1.603825, 0.0), "is 1.60384 MW", False),
        ((1.6038249999999998, 0.0), (1.603825, 0.0), "are 1.60382 MW", False),
        ((2.5, 0.0), (1.603825, 0.0), "is 1.60382 MW", False),
        ((1.60384, 0.0), (1.60384, 0.0), "is 1.60382 MW", False),
        ((0.0, 1.6038249999999998), (0.0, 1.603825), "is 1.60382 MW", True),
        ((1.6038249999999998, 0.0), (1.603825, 0.0), "is 1.60383 MW", True),
    ],
)
def test_words_are_held_against_the_figures_of_their_row(ours, others, said, same):
    def row(used: float, limit: float) -> LimitRow:
        fields = {
            "row": "r",
            "name": "n",
            "says": "",
            "unit": "MW",
            "sense": "at most",
            "headroom": 0.0,
            "binding": False,
            "path": "",
        }
        return LimitRow(used=used, limit=limit, **fields)

    assert same_words(said, "is 1.60383 MW", row(*ours), row(*others)) is same


def test_a_row_without_a_figure_has_no_word_for_it(plans):
    """A figure that is there on one side only, as the share of a rule, or a sentence, is compared
    and does not end in a traceback."""
    row = next(
        row
        for row in plans["resilient"].shares
        if any(getattr(row, field) is None for field in type(row).model_fields)
    )
    empty = next(field for field in type(row).model_fields if getattr(row, field) is None)
    other = row.model_copy(update={empty: 0.5})
    for said, derived in ((row, other), (other, row)):
        assert [problem.path for problem in fields("shares.0", said, derived)] == [
            f"shares.0.{empty}"
        ]
        assert not same_words("0.5 of it", "0.6 of it", said, derived)


def test_the_rounding_of_a_solver_is_no_finding(files):
    """A thousand FLOP/s of 20 PFLOP/s, a thousandth of a cent: differences of large numbers, not
    disagreements."""
    data, located = files["mixed"]
    number = next(
        i for i, row in enumerate(data["demands"]) if row["demand"] == "train" and row["short"] == 0
    )
    for path, more in (
        (("demands", number, "short"), 1e3),
        (("demands", number, "served"), 1e3),
        (("cash", 0, "usd"), 1e-5),
    ):
        plan = Plan.model_validate(changed(data, path, lambda value, more=more: value + more))
        assert findings_of(sealed(plan), located) == []


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_agrees_with_nothing(files, value):
    data, _ = files["colossus"]
    for path in (
        ("totals", "capex_usd"),
        ("cash", 0, "usd"),
        ("limits", 0, "limit"),
        ("goals", 0, "value"),
        ("goals", 0, "bound"),
    ):
        assert noticed(Plan.model_validate(changed(data, path, lambda _: value))), path


def test_a_purchase_with_other_units_is_found_at_its_units(files):
    data, located = files["colossus"]
    plan = Plan.model_validate(changed(data, ("purchases", 1, "units"), nudged))
    first = findings_of(plan, located)[0]
    assert first.path == "purchases.1.units"
    assert first.mark is not None
    assert first.mark.line == located.spots["purchases", 1, "units"].value.line
    assert "the rest of the row is that of" in first.message


def test_lines_are_right_beyond_the_thousandth_row(plans):
    """A dotted path with a four-digit index is still an index, although `2026` elsewhere is a
    date."""
    plan = plans["mixed"]
    many = plan.model_copy(update={"fleet": [*plan.fleet] * 40})
    text = many.to_json()
    loaded, located = load_plan_text(text, "many.json")
    last = findings_of(loaded, located)[-1]
    number = len(many.fleet) - 1
    doubled = next(p for p in findings_of(loaded, located) if p.path == f"fleet.{number}")
    assert number > 1000
    assert doubled.mark is not None
    assert text.splitlines()[doubled.mark.line - 1].strip() == "{"
    assert (
        text.splitlines()[doubled.mark.line : doubled.mark.line + 1][0]
        .strip()
        .startswith('"system"')
    )
    assert last.mark is not None


def test_the_error_shows_the_first_findings_and_counts_the_rest(files):
    data, located = files["colossus"]
    plan = Plan.model_validate(changed(data, ("purchases", 0, "units"), lambda v: v + 1000))
    with pytest.raises(AuditError) as caught:
        audit(plan, located)
    assert len(caught.value.findings) == 26
    assert "more disagreements follow" in caught.value.findings[-1].message
    assert all(p.mark for p in caught.value.findings[:25])
    assert str(caught.value).startswith("colossus.json:")


def test_ids_that_nothing_defines(files):
    data, located = files["mixed"]
    for path in (
        ("purchases", 0, "system"),
        ("purchases", 0, "site"),
        ("purchases", 0, "delivered"),
        ("assignments", 0, "demand"),
        ("built", 0, "site"),
    ):
        found = noticed(Plan.model_validate(changed(data, path, lambda _: "nowhere")), located)
        assert [p.code for p in found] == ["A001"]
        assert "`nowhere`" in found[0].message
        assert found[0].mark is not None
        assert found[0].mark.line == located.spots[path].value.line


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("case", "last"), "2020", "ends (2020) before it begins"),
        (("case", "sites", 0, "power_w"), [1.0], "1 values for 6 periods"),
        (("case", "demands", 0, "need"), [], "0 values for 6 periods"),
        (("case", "supply", 0, "cumulative"), [1.0] * 7, "7 values for 6 periods"),
        (("case", "fleet", 0, "system"), "nothing", "nothing defines `nothing`"),
        (("case", "demands", 0, "systems"), ["nothing"], "nothing defines `nothing`"),
        (("case", "rules", 1, "windows"), [[0, 99]], "period 99 of 6"),
        (("case", "goals", 0, "at"), -1, "period -1 of 6"),
        (("case", "budget", "by_period_usd"), {"17": 1.0}, "period 17 of 6"),
        (("case", "systems", 0, "fit_out_days"), -9, "a delay is not negative"),
        (("case", "systems", 1, "id"), "hgx-h100", "`hgx-h100` stands twice"),
        (("case", "sites", 0, "pue_peak_air"), 0.5, "a PUE is at least 1"),
        (
            ("case", "networks", 0, "grades", 0, "systems_per_group"),
            1e-320,
            "a group holds machines",
        ),
        (("case", "utility_loss"), 1.0, "a loss is a share below 1"),
        (("case", "discount_rate_per_year"), -1.0, "a discount rate"),
    ],
)
def test_a_case_that_is_not_whole_is_said_so_and_nothing_breaks(files, path, value, words):
    data, located = files["mixed"]
    found = findings_of(Plan.model_validate(changed(data, path, lambda _: value)), located)
    assert {p.code for p in found} - {"A004"} == {"A003"}
    assert any(words in p.message for p in found), spoken(found)
    assert all(p.mark for p in found)


@pytest.mark.parametrize("step", [51, pytest.param(17, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", NAMES)
def test_the_question_cannot_be_edited(files, name, step):
    """Neither a limit, nor a note, nor where a figure came from: a plan answers the case that it
    carries."""
    data, located = files[name]
    paths = [
        ("case", "catalog_digest"),
        ("case", "name"),
        ("case", "figures", 0, "source"),
        ("case", "figures", 0, "grade"),
        ("case", "systems", 0, "racks"),
    ]
    paths += [p for p in numbers(data) if p[0] == "case"][::step]
    for path in paths:
        tampered = changed(
            data,
            path,
            lambda v: {"A": "D", "B": "A"}.get(v, f"{v}x") if isinstance(v, str) else nudged(v),
        )
        try:
            plan = Plan.model_validate(tampered)
        except ValueError:
            continue  # no such word
        assert findings_of(plan, located), path


def _anything_goes(data: Any, located: Any, step: int) -> None:
    """Values may be absurd; the audit finds fault, or finds none, and never breaks."""
    for path in [p for p in numbers(data) if p[0] == "case" and p[1] != "figures"][::step]:
        for value in (-1, 99_999):
            try:
                plan = Plan.model_validate(changed(data, path, lambda _, value=value: value))
            except ValueError:
                continue
            findings_of(plan, located)


def test_a_figure_of_the_case_can_be_anything_without_a_traceback(files):
    """Every twelfth figure of one plan here, every one of two below."""
    _anything_goes(*files["mixed"], 12)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mixed", "halls"])
def test_every_figure_of_the_case_can_be_anything_without_a_traceback(files, name):
    _anything_goes(*files[name], 1)


def test_a_rebuilt_plan_is_consistent(plans):
    for plan in plans.values():
        assert findings_of(rebuilt(plan)) == []


def test_a_line_of_a_file_that_was_edited_by_hand(plans):
    text = plans["colossus"].to_json()
    lines = text.splitlines(keepends=True)
    number = next(i for i, line in enumerate(lines) if '"peak_mw": ' in line and "null" not in line)
    lines[number] = '   "peak_mw": 0.5,\n'
    plan, located = load_plan_text("".join(lines), "edited.json")
    found = findings_of(plan, located)
    assert [(p.mark.line, p.code) for p in found if p.mark] == [(number + 1, "A001")]
    assert json.loads("".join(lines)) != json.loads(text)
