"""Tables on a page: no word broken, every column somewhere, rows told apart in each panel."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.report.document import terminal
from planner.report.layout import GAP, panels, together, wrapped
from planner.report.tables import Column, Table

WORD = st.text("abcdefghij-–", min_size=1, max_size=18)
TEXT = st.lists(WORD, min_size=1, max_size=5).map(" ".join)


def test_a_number_stays_with_its_unit() -> None:
    assert wrapped(together("$787.5 M"), 4) == ["$787.5 M"]
    assert wrapped(together("≤ 10"), 2) == ["≤ 10"]
    assert wrapped(together("5 W … 90 W"), 6) == ["5 W …", "90 W"]
    assert wrapped("a name-that-is-long", 8, "  ") == ["a", "  name-that-is-long"]


def test_panels_are_led_by_what_tells_rows_apart() -> None:
    """By hand on 29 columns: `when` and `what` tell the three rows apart (4 + 3 + 4), `where` adds
    nothing, and one number of 8 fits beside them."""
    rows = [
        ["2027", "here", "a", "11111111", "22222222"],
        ["2027", "here", "b", "33333333", "4"],
        ["2028", "here", "b", "5", "6"],
    ]
    heads = ["when", "where", "what", "n", "m"]
    numeric = [False, False, False, True, True]
    assert [
        (list(panel.columns), sum(panel.widths) + GAP * (len(panel.widths) - 1))
        for panel in panels(heads, rows, numeric, 29)
    ] == [([0, 2, 1], 19), ([0, 2, 3], 22), ([0, 2, 4], 22)]
    (panel,) = panels(heads, rows, numeric, 60)
    assert list(panel.widths) == [4, 5, 4, 8, 8]


@given(st.data(), st.integers(40, 160), st.integers(1, 7))
def test_any_table_is_told_whole(data: st.DataObject, page: int, across: int) -> None:
    heads = data.draw(st.lists(TEXT, min_size=across, max_size=across))
    rows = data.draw(st.lists(st.lists(TEXT, min_size=across, max_size=across), max_size=5))
    numeric = [False, *data.draw(st.lists(st.booleans(), min_size=across - 1, max_size=across - 1))]
    found = list(panels(heads, rows, numeric, page))
    keys = set(found[0].columns).intersection(*(panel.columns for panel in found))
    shown = [i for panel in found for i in panel.columns if len(found) == 1 or i not in keys]
    assert sorted({*shown, *keys}) == list(range(across))
    assert len(shown) == len(set(shown))
    for panel in found:
        for i, width in zip(panel.columns, panel.widths, strict=True):
            words = " ".join([heads[i], *(row[i] for row in rows)]).split()
            assert width >= max(map(len, words))
        assert sum(panel.widths) + GAP * (len(panel.widths) - 1) <= page or len(panel.columns) <= 2
    table = Table("t", [Column(head) for head in heads], rows)
    text = terminal([table], width=page)
    assert max(map(len, text.splitlines())) <= max(page, 2 * 18 + GAP)
    assert {word for row in rows for cell in row for word in cell.split()} <= set(text.split())
