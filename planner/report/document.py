"""What a command tells: a title, lines, tables and data, drawn as people ask for it: on a terminal,
in Markdown, as CSV or as JSON.
"""

from __future__ import annotations

import csv
import io
import math
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from planner.report.tables import Cell, Chart, Section, Table, Value, show

if TYPE_CHECKING:
    from rich.console import Console

Form = Literal["table", "md", "csv", "json"]
Row = Sequence[object]
Part = Table | Chart
HEAD = ("table", "number", "row", "column", "unit", "value")
"""Of tables as one long table, which a spreadsheet filters and pivots."""

BLOCKS = "·▁▂▃▄▅▆▇█"
"""From nothing to the highest value."""
MOST_BLOCKS = 72
"""More periods than that share blocks."""
NARROWEST = 60
"""Characters of a line that are taken even on a narrower terminal."""
BETWEEN = 3
"""Characters between two columns."""
_NUMBER = re.compile(r"^[+−$≤≥<>]*\s?[−$]?\d")
"""A cell that begins like a number."""


@dataclass(frozen=True)
class Document:
    """All that a command has to tell."""

    title: str
    parts: Callable[[], Iterable[Part | Section]]
    """Tables and charts, in order, under sections or without; made when they are asked for."""
    json: Callable[[], str]
    """Its data, made when it is asked for."""
    lines: Sequence[str] = ()
    """Below the title: the answer in a few sentences, and notes."""
    headed: bool = True
    """Whether a terminal shows the title; a single table has one of its own."""
    rows: Callable[[], Iterable[Row]] | None = None
    """One long table, head first, where its data has a better one than its tables."""

    def text(self, form: Form, *, colour: bool | None = None) -> str:
        """The document in a form; ends with a line break. `colour` is for terminals."""
        if form == "json":
            return self.json().rstrip("\n") + "\n"
        if form == "csv":
            return comma_separated(long_rows(self.parts()) if self.rows is None else self.rows())
        if form == "md":
            return markdown(self.title, self.parts(), self.lines)
        return terminal(
            self.parts(), [self.title, *self.lines] if self.headed else [], colour=colour
        )


def _flat(parts: Iterable[Part | Section]) -> Iterator[Part]:
    """Without sections."""
    for part in parts:
        yield from part.parts if isinstance(part, Section) else (part,)


def long_rows(parts: Iterable[Part | Section]) -> Iterator[Row]:
    """Tables and charts as one long table: a line for each cell that says something, with the
    number of its row and the row's first cell; of a chart, with its period.

    What a table holds as a number has all its digits; what it holds as text is as people read it.
    """
    yield HEAD
    for part in _flat(parts):
        yield from _cells(part) if isinstance(part, Table) else _points(part)


def _cells(table: Table) -> Iterator[Row]:
    for number, row in enumerate(table.rows, start=1):
        cells = list(zip(table.columns, row, strict=True))
        for column, value in cells[1:] or cells:
            if value is not None:
                unit = value.unit if isinstance(value, Cell) else column.unit
                yield table.title, number, _plain(row[0]), column.head, unit, _plain(value)


def _points(chart: Chart) -> Iterator[Row]:
    for number, period in enumerate(chart.periods, start=1):
        for name, values in chart.series.items():
            if (value := values[number - 1]) is not None:
                yield chart.title, number, period, name, chart.unit, repr(value)


def _plain(value: Value) -> str:
    """A cell as a spreadsheet reads it."""
    if isinstance(value, Cell):
        return repr(value.value)
    return "" if value is None else value if isinstance(value, str) else repr(value)


def terminal(
    parts: Iterable[Part | Section],
    lines: Iterable[str] = (),
    *,
    colour: bool | None = None,
    width: int | None = None,
) -> str:
    """Tables and charts for a terminal, by rich; plain text when the output is no terminal or
    NO_COLOR is set.
    """
    from rich.console import Console
    from rich.text import Text

    page = width or max(NARROWEST, shutil.get_terminal_size((160, 40)).columns)
    console = Console(
        file=io.StringIO(),
        width=page,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        soft_wrap=False,
    )
    for line in lines:
        console.print(Text(line))
    for part in parts:
        if isinstance(part, Section):
            console.print()
            console.print(Text(f"== {part.title} ==", style="bold"))
        for one in _flat([part]):
            console.print()
            if isinstance(one, Chart):
                console.print(Text(chart_title(one), style="bold"))
                for line in chart_lines(one):
                    console.print(Text(line))
            else:
                _print(console, one)
    written = console.file
    assert isinstance(written, io.StringIO)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _print(console: Console, table: Table) -> None:
    """One table; in several below one another where its columns are more than the page holds."""
    from rich import box
    from rich.table import Table as Rich
    from rich.text import Text

    texts = table.texts()
    numeric = [i > 0 and _numeric([row[i] for row in texts]) for i in range(len(table.columns))]
    console.print(Text(table.title, style="bold"))
    for number, block in enumerate(layout(table, texts, numeric, console.width)):
        if number:
            console.print()
        rich = Rich(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for i, width in block.items():
            rich.add_column(
                Text(table.columns[i].title),
                justify="right" if numeric[i] else "left",
                overflow="fold",
                width=width,
            )
        for n, row in enumerate(texts):
            rich.add_row(
                *(Text(row[i]) for i in block),
                style="bold" if n >= len(texts) - table.total else "",
                end_section=n == len(texts) - table.total - 1,
            )
        console.print(rich)
    for note in table.notes:
        console.print(Text(f"  {note}", style="dim"))


def _numeric(cells: Sequence[str]) -> bool:
    words = [cell for cell in cells if cell not in ("–", "no plan", "no", "no range known")]
    return bool(words) and all(_NUMBER.match(word) for word in words)


def layout(
    table: Table, texts: Sequence[Sequence[str]], numeric: Sequence[bool], page: int
) -> list[dict[int, int]]:
    """Columns of a table with their widths, so that no word is broken: in one block, or in several
    that each begin with the first column.

    A column is never narrower than its longest word, and one of numbers never narrower than they
    are; the widest columns give way first.
    """
    from rich.cells import cell_len

    def widest(words: Iterable[str]) -> int:
        return max((cell_len(word) for word in words), default=0)

    most, least = list[int](), list[int]()
    for i, column in enumerate(table.columns):
        cells, head = [row[i] for row in texts], column.title
        own = widest(cells)
        most.append(max(own, widest([head])))
        kept = (numeric[i] or i == 0) and own <= page // 2 - BETWEEN
        words = (word for cell in [head, *([] if kept else cells)] for word in cell.split())
        room = page - (least[0] + BETWEEN if least else 0)
        least.append(max(1, min(room, max(own if kept else 0, widest(words)))))
    blocks, used = [[0]], least[0]
    for i in range(1, len(most)):
        if used + BETWEEN + least[i] > page and len(blocks[-1]) > 1:
            blocks.append([0])
            used = least[0]
        blocks[-1].append(i)
        used += BETWEEN + least[i]
    return [_widths(block, most, least, page) for block in blocks]


def _widths(
    block: Sequence[int], most: Sequence[int], least: Sequence[int], page: int
) -> dict[int, int]:
    """The widest that fit: no column wider than a bound that is the same for all, unless its words
    are.
    """
    room = page - BETWEEN * (len(block) - 1)

    def at(bound: int) -> dict[int, int]:
        return {i: max(least[i], min(most[i], bound)) for i in block}

    bound = max(most[i] for i in block)
    while bound > 1 and sum(at(bound).values()) > room:
        bound -= 1
    widths = at(bound)
    for i in block:
        if widths[i] < most[i] and sum(widths.values()) < room:
            widths[i] += 1
    return widths


def markdown(title: str, parts: Iterable[Part | Section], lines: Iterable[str] = ()) -> str:
    """Tables and charts for a document or a pull request."""
    out = [f"# {title}", ""]
    out += [f"{line}  " for line in lines]
    for part in parts:
        level = "##"
        if isinstance(part, Section):
            out += ["", f"## {part.title}"]
            level = "###"
        for one in _flat([part]):
            out += _markdown(one, level, title)
    return "\n".join(out) + "\n"


def _markdown(one: Part, level: str, title: str) -> list[str]:
    if isinstance(one, Chart):
        return ["", f"{level} {chart_title(one)}", "", "```", *chart_lines(one), "```"]
    out = ["", f"{level} {one.title}", ""] if one.title != title else []
    out.append("| " + " | ".join(_cell(column.title) for column in one.columns) + " |")
    out.append("|" + "---|" * len(one.columns))
    out += ["| " + " | ".join(_cell(text) for text in row) + " |" for row in one.texts()]
    return out + (["", *(f"*{note}*" for note in one.notes)] if one.notes else [])


def chart_title(chart: Chart) -> str:
    """Title with the unit of its values."""
    return f"{chart.title} [{chart.unit}]"


def chart_lines(chart: Chart) -> Iterator[str]:
    """A line of blocks for each series, all on one scale from 0 to the highest value, with the
    first, the highest and the last value; the periods below it.

    Of more periods than fit, each block stands for several and shows the highest of them.
    """
    wide = -(-len(chart.periods) // MOST_BLOCKS)
    top = max((v for vs in chart.series.values() for v in vs if v is not None), default=0.0)
    name = max(map(len, chart.series), default=0)
    blocks = 0
    for key, values in chart.series.items():
        groups = [values[i : i + wide] for i in range(0, len(values), wide)]
        bars = "".join(_block([v for v in group if v is not None], top) for group in groups)
        blocks = len(bars)
        known = [v for v in values if v is not None]
        told = [show(v) for v in (known[0], max(known), known[-1])] if known else ["–"] * 3
        yield f"{key:{name}}  {bars}  {told[0]} … {told[1]} … {told[2]}"
    ends = f"{chart.periods[0]} … {chart.periods[-1]}" if chart.periods else ""
    yield f"{'':{name}}  {ends:{blocks}}  first … highest … last"


def _block(values: Sequence[float], top: float) -> str:
    """The block of the highest of the values; blank where there is none."""
    if not values:
        return " "
    share = max(values) / top if top > 0 else 0.0
    return BLOCKS[min(len(BLOCKS) - 1, max(0, math.ceil(share * (len(BLOCKS) - 1) - 1e-9)))]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def comma_separated(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV with plain line ends."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
