"""A comparison as people read it: nothing broken on a page of any width, and every figure with its
unit, basis and load."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from planner.report.compare_tables import (
    _amount,
    compare_json,
    compare_lines,
    compare_tables,
    figures,
    given_up,
    premiums,
)
from planner.report.document import long_rows, terminal
from planner.report.tables import Cell, money, rate
from planner.solver.engine import Engine
from planner.study.compare import columns_of, compare
from planner.study.comparison import Compared, Comparison, bare_cost_usd, output_pflop_s_years
from planner.study.mixes import parse_mixes
from planner.study.question import Serial
from tests.scenario.sample import load
from tests.study.test_compare import DUO

LONG = "a-mix-with-a-name-that-somebody-made-rather-long"


@pytest.fixture(scope="module")
def found(engine: Engine) -> Comparison:
    """Four mixes, one of them without a plan, and more columns than a page holds."""
    mixes = parse_mixes(["free", "as-is", "max:60%", "amd=only:amd"])
    found = compare(columns_of([("duo", load(DUO))], mixes), Serial(engine), at="compute")
    more = [replace(found.columns[2], name=f"{LONG}-{i}") for i in range(4)]
    late = Compared("late", "the scenario as it is", "not solved", None, "out of time", 4)
    return replace(found, columns=(*found.columns, *more, late))


def text(found: Comparison, width: int) -> str:
    return terminal(compare_tables(found), [found.title, *compare_lines(found)], width=width)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_line_overflows_and_no_word_is_broken(found: Comparison, width: int) -> None:
    """Proves: every line fits, every word of it stands whole in the text of a page that holds all
    of it, and none of those is lost."""
    drawn, whole = text(found, width), text(found, 2000)
    assert max(map(len, drawn.splitlines())) <= width
    rule = re.compile(r"^─+$")
    words, known = (
        {word for word in one.split() if not rule.match(word)} for one in (drawn, whole)
    )
    assert words == known
    assert not re.search(r"\d[eE][+-]?\d", drawn)


def test_large_amounts_have_no_exponent() -> None:
    assert str(money(1.2345e13)) == "$12\u202f345 B"
    assert str(rate(5.5e25)) == "55\u202f000 ZFLOP/s"


def test_every_power_says_its_basis_and_load_and_rows_their_units(found: Comparison) -> None:
    names = [str(row[0]) for table in compare_tables(found) for row in table.rows]
    powers = [name for name in names if "[MW]" in name]
    assert len(powers) == 4
    assert all(re.match(r"(IT|utility) (nameplate|peak), highest \[MW\]", name) for name in powers)
    rows = list(csv.DictReader(io.StringIO("\n".join(map(",".join, _csv(found))))))
    units = {row["row"]: row["unit"] for row in rows if row["column"] == "free"}
    assert units["present cost [USD]"] == "USD"
    assert units["energy at the meter [GWh]"] == "GWh"
    assert units["by PFLOP/s·year delivered [USD]"] == "USD"


def _csv(found: Comparison) -> list[list[str]]:
    return [
        [str(cell).replace(",", ";") for cell in row] for row in long_rows(compare_tables(found))
    ]


def test_what_has_no_plan_says_which(found: Comparison) -> None:
    table = figures(found)
    row = next(row for row in table.rows if row[0] == "capex [USD]")
    by_name = dict(zip([column.head for column in table.columns], row, strict=True))
    assert (by_name["amd"], by_name["late"]) == ("no plan", "not solved")
    assert "late: not solved: out of time" in table.notes
    assert any(note.startswith("as-is: no supplier above 80 % of spend") for note in table.notes)


def test_a_premium_is_an_interval_or_says_why_not(found: Comparison) -> None:
    """Proves: least and most are told and no single number; without a bound nothing is proven;
    between other outputs there is none, and the note names the way out."""
    table = premiums(found)
    assert [row[0] for row in table.rows][:2] == [
        "present cost, least [USD]",
        "present cost, most [USD]",
    ]
    plan = found.columns[1].plan
    assert plan is not None
    unbound = plan.model_copy(
        update={"goals": [plan.goals[0].model_copy(update={"bound": None, "gap": None})]}
    )
    columns = (found.columns[0], replace(found.columns[1], plan=unbound))
    table = premiums(replace(found, columns=columns))
    assert [row[1] for row in table.rows[:4]] == ["not proven"] * 4
    assert any(note.startswith("not proven: ") for note in table.notes)
    shorter = [row.model_copy(update={"delivered_flop_s": 1e15}) for row in plan.compute]  # type: ignore[attr-defined]
    other = plan.model_copy(update={"compute": shorter})
    columns = (found.columns[0], replace(found.columns[1], plan=other))
    table = premiums(replace(found, at=None, columns=columns))
    assert [row[1] for row in table.rows[:4]] == [None] * 4
    assert any("--at compute" in note for note in table.notes)


@pytest.mark.parametrize("value", [0.0, 59.2567e6, -59.2567e6, 1.00004e9, -3.99999])
def test_the_ends_of_a_premium_are_rounded_outwards(value: float) -> None:
    """Proves: what is shown holds what is proven, to four digits."""
    low, high = (_amount(value, False, up=up) for up in (False, True))
    assert isinstance(low, Cell)
    assert isinstance(high, Cell)
    assert low.value - 1e-9 * abs(value) <= value <= high.value + 1e-9 * abs(value)
    assert high.value - low.value <= 1.001e-3 * abs(value)
    assert (str(low), str(high)) == tuple(str(replace(c, digits=9)) for c in (low, high))


def test_cost_by_output_is_cost_over_output(found: Comparison) -> None:
    """Proves: by hand: two quarters at the same rate are 181 days of it; nothing is paid for what
    is not delivered."""
    plan = found.columns[0].plan
    assert plan is not None
    (rate_pflop_s,) = {
        row.delivered_flop_s / 1e15
        for row in plan.compute
        if row.precision == "bf16"  # type: ignore[attr-defined]
    }
    assert output_pflop_s_years(plan, "bf16") == pytest.approx(rate_pflop_s * 181 / 365)
    assert bare_cost_usd(plan) == pytest.approx(sum(p.systems_usd for p in plan.purchases))  # type: ignore[attr-defined]


def test_limits_that_bind_in_the_first_too_are_left_out(found: Comparison) -> None:
    """Proves: a share at its cap counts as a limit that binds; what binds in the first as well is
    no difference."""
    plan = found.columns[1].plan
    assert plan is not None
    (share,) = [r for r in plan.shares if r.rule == 1 and r.group == "amd"]  # type: ignore[attr-defined]
    bound = plan.model_copy(update={"shares": [share.model_copy(update={"cap": share.share})]})
    columns = (found.columns[0], replace(found.columns[1], plan=bound))
    table = given_up(replace(found, columns=columns))
    told = {str(row[0]): row[1:] for row in table.rows}
    assert told[f"rule 1: amd at {share.share * 100:.1f} % of spend"] == [None, "1×"]
    assert "demand work" not in told
    same = given_up(replace(found, columns=(columns[1], columns[1])))
    assert same.rows == []


def test_without_any_plan_only_the_reasons_are_told(found: Comparison) -> None:
    none = replace(found, columns=(found.columns[3], found.columns[-1]))
    (table,) = compare_tables(none)
    assert [row[0] for row in table.rows] == ["status"]
    assert '"premium": null' in compare_json(none)
