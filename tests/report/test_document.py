"""Sections and charts: one scale for all series of a chart, each value in the long table, headings
one inside the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.report.document import Document, chart_lines, long_rows, markdown, terminal
from planner.report.tables import Chart, Column, Section, Table, money, percent

PERIODS = ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
CHART = Chart("Draw", "MW", PERIODS, {"energized": [4, 4, 8, 8], "peak": [None, 0, 1, 7.5]})
TABLE = Table(
    "Money",
    [Column("bucket"), Column("total"), Column("share")],
    [["capex", money(3.375e9), percent(0.85)]],
)


def test_a_chart_has_one_scale() -> None:
    """Half of the highest is half a block; nothing is a dot, a little is not nothing, and what is
    not known is blank."""
    assert list(chart_lines(CHART)) == [
        "energized  ▄▄██  4 … 8 … 8",
        "peak        ·▁█  0 … 7.5 … 7.5",
        "           2026-Q1 … 2026-Q4  first … highest … last",
    ]


def test_a_long_chart_shows_the_highest_of_each_group() -> None:
    """120 periods on at most 72 blocks: two periods each, of which the higher shows."""
    values = [1.0] * 120
    values[7] = 8.0
    (bars, _) = chart_lines(Chart("Draw", "MW", [str(t) for t in range(120)], {"peak": values}))
    blocks = bars.split("  ")[1]
    assert (len(blocks), blocks[3], set(blocks)) == (60, "█", {"█", "▁"})


def test_a_chart_of_nothing() -> None:
    assert list(
        chart_lines(Chart("Draw", "MW", PERIODS[:2], {"a": [0, 0], "b": [None, None]}))
    ) == [
        "a  ··  0 … 0 … 0",
        "b      – … – … –",
        "   2026-Q1 … 2026-Q2  first … highest … last",
    ]


def test_headings_stand_one_inside_the_other() -> None:
    text = markdown("Report", [Section("Power", [CHART]), TABLE])
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Report",
        "## Power",
        "### Draw [MW]",
        "## Money",
    ]
    assert "```\nenergized  ▄▄██" in text
    shown = terminal([Section("Power", [CHART]), TABLE])
    assert shown.index("== Power ==") < shown.index("Draw [MW]") < shown.index("Money")


def test_a_spreadsheet_gets_numbers_and_units() -> None:
    """Proves: what people read as `$3.375 B` and `85.0 %` is a number with its unit there, and a
    chart is all its values."""
    assert list(long_rows([Section("Power", [CHART]), TABLE]))[1:] == [
        ("Draw", 1, "2026-Q1", "energized", "MW", "4"),
        ("Draw", 2, "2026-Q2", "energized", "MW", "4"),
        ("Draw", 2, "2026-Q2", "peak", "MW", "0"),
        ("Draw", 3, "2026-Q3", "energized", "MW", "8"),
        ("Draw", 3, "2026-Q3", "peak", "MW", "1"),
        ("Draw", 4, "2026-Q4", "energized", "MW", "8"),
        ("Draw", 4, "2026-Q4", "peak", "MW", "7.5"),
        ("Money", 1, "capex", "total", "USD", "3375000000.0"),
        ("Money", 1, "capex", "share", "1", "0.85"),
    ]
    assert "$3.375 B" in Document("Report", lambda: [TABLE], lambda: "{}").text("md")


WORDS = st.text("abc-·/", min_size=1, max_size=18)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
NUMBERS = st.floats(0, 1e7) | st.none()


@st.composite
def wide_tables(draw: st.DrawFn) -> Table:
    """Texts and numbers under heads of several words, as many columns as no page holds."""
    kinds = draw(st.lists(st.sampled_from([TEXTS, NUMBERS]), min_size=1, max_size=12))
    heads = [draw(TEXTS) for _ in kinds]
    rows = draw(st.lists(st.tuples(TEXTS, *kinds), min_size=1, max_size=3))
    return Table("A table", [Column("name"), *map(Column, heads)], rows)


@given(wide_tables(), st.sampled_from([60, 80, 120, 200]))
def test_no_line_is_too_long_and_no_word_is_broken(table: Table, width: int) -> None:
    """Whatever a table holds: columns that the page does not hold stand below, with the first one
    before them."""
    lines = terminal([table], width=width).splitlines()
    assert max(map(len, lines)) <= width
    shown = [word for line in lines for word in line.split()]
    for row in table.texts():
        for cell in row:
            for word in cell.split():
                assert word in shown
    for column in table.columns:
        for word in column.title.split():
            assert word in shown


def test_columns_below_one_another_begin_with_the_first() -> None:
    """Three columns of 20 letters on 60: two gaps of three are too much for the third."""
    wide = Table("T", [Column("id"), *(Column(c * 20) for c in "abc")], [["x", "1", "2", "3"]])
    heads = [
        line.split()
        for line in terminal([wide], width=60).splitlines()
        if "aa" in line or "cc" in line
    ]
    assert heads == [["id", "a" * 20, "b" * 20], ["id", "c" * 20]]
