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

from planner.report.layout import GAP, TOGETHER, panels, together, wrapped
from planner.report.tables import Cell, Chart, Line, Section, Table, Value, show

if TYPE_CHECKING:
    from rich.console import Console

Form = Literal["table", "md", "csv", "json"]
Row = Sequence[object]
Part = Table | Chart
HEAD = ("table", "number", "row", "column", "unit", "value")
"""Of tables as one long table, which a spreadsheet filters and pivots."""

MOST_LINES = 15
"""Of a lead on a page, its title and what is broken onto further lines among them."""
BLOCKS = "·▁▂▃▄▅▆▇█"
"""From nothing to the highest value."""
MOST_BLOCKS = 72
"""More periods than that share blocks."""
NO_TERMINAL, LEAST_PAGE = 160, 40
"""Columns of a page where nobody says how wide it is, and of the narrowest."""
WORDS = ("–", "no plan", "not solved", "not proven", "no", "no range known")
"""Cells that stand among numbers."""
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
    lead: Sequence[Line] = ()
    """Before them: the answer in figures, each line with its head."""
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
            return markdown(self.title, self.parts(), self.lines, self.lead)
        page = max(LEAST_PAGE, shutil.get_terminal_size((NO_TERMINAL, 40)).columns)
        lines = [*lead_lines(self.title, self.lead, page), *self.lines] if self.headed else []
        return terminal(self.parts(), lines, colour=colour, width=page)


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
    width: int = NO_TERMINAL,
) -> str:
    """Tables and charts on a page of `width` columns, by rich; plain text when the output is no
    terminal or NO_COLOR is set. No word is broken; one that is longer than the page stands out.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=io.StringIO(),
        width=10_000,  # lines are broken before rich sees them
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
    )

    def say(text: str, style: str = "", indent: str = "") -> None:
        for line in wrapped(text, width, indent):
            console.print(Text(line, style))

    for line in lines:
        say(line, indent="  ")
    for part in parts:
        if isinstance(part, Section):
            console.print()
            say(f"== {part.title} ==", "bold")
        for one in _flat([part]):
            console.print()
            if isinstance(one, Chart):
                say(chart_title(one), "bold")
                for line in chart_lines(one, width):
                    console.print(Text(line))
            else:
                say(one.title, "bold")
                _print(console, one, width)
                for note in one.notes:
                    say(f"  {note}", "dim", "  ")
    written = console.file
    assert isinstance(written, io.StringIO)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def lead_lines(title: str, lead: Sequence[Line], page: int) -> list[str]:
    """Title and lead on a page of so many columns. Where they would take more than `MOST_LINES`,
    the longest lists lose their last entries, no more of them than need be.
    """
    head = max((len(line.head) for line in lead), default=0) + 2
    whole = [len(line.items) for line in lead]
    shown = list(whole)

    def lines() -> list[str]:
        found = wrapped(title, page)
        for line, n in zip(lead, shown, strict=True):
            text = f"{line.head:{head}}{line.text(n, TOGETHER)}"
            found += wrapped(text, page, " " * head)
        return found

    while len(lines()) > MOST_LINES:
        lists = [i for i, line in enumerate(lead) if shown[i] > line.least]
        if not lists:
            break
        shown[max(lists, key=lambda i: shown[i])] -= 1
    for i, n in enumerate(whole):
        while shown[i] < n:
            shown[i] += 1
            if len(lines()) > MOST_LINES:
                shown[i] -= 1
                break
    return lines()


def _print(console: Console, table: Table, page: int) -> None:
    """The rows of a table, in as many panels as it takes."""
    from rich import box
    from rich.table import Table as Rich
    from rich.text import Text

    texts = table.texts()
    cells = [[together(text) for text in row] for row in texts]
    numeric = []
    for i in range(len(table.columns)):
        words = [row[i] for row in texts if row[i] not in WORDS]
        numeric.append(i > 0 and bool(words) and all(_NUMBER.match(word) for word in words))
    heads = [column.title for column in table.columns]
    for number, panel in enumerate(panels(heads, cells, numeric, page)):
        if number:
            console.print()
        # gaps are columns of their own: before rich 15 the edges of a column of a given `width` are
        # padded whatever `pad_edge` says, and the table stands out of its page
        rich = Rich(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
        for i, width in zip(panel.columns, panel.widths, strict=True):
            if rich.columns:
                rich.add_column(width=GAP - 2)  # the box draws a blank on each side of it
            head = "\n".join(wrapped(heads[i], width))
            side: Literal["right", "left"] = "right" if numeric[i] else "left"
            rich.add_column(Text(head), justify=side, width=width, no_wrap=True)
        for n, row in enumerate(cells):
            drawn = [
                Text("\n".join(wrapped(row[i], width)))
                for i, width in zip(panel.columns, panel.widths, strict=True)
            ]
            rich.add_row(
                *[cell for text in drawn for cell in ("", text)][1:],
                style="bold" if n >= len(texts) - table.total else "",
                end_section=n == len(texts) - table.total - 1,
            )
        console.print(rich)


def markdown(
    title: str,
    parts: Iterable[Part | Section],
    lines: Iterable[str] = (),
    lead: Iterable[Line] = (),
) -> str:
    """Tables and charts for a document or a pull request."""
    out = [f"# {title}", "", *(f"- **{line.head}** {line.text()}" for line in lead)]
    if lines := list(lines):
        out += [*([""] if out[-1] else []), *(f"{line}  " for line in lines if line)]
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


def chart_lines(chart: Chart, page: int = NO_TERMINAL) -> Iterator[str]:
    """A line of blocks for each series, all on one scale from 0 to the highest value, with the
    first, the highest and the last value; the periods below it.

    Of more periods than fit, each block stands for several and shows the highest of them.
    """
    told = {key: _told(values) for key, values in chart.series.items()}
    name, after = (max(map(len, texts), default=0) for texts in (told, told.values()))
    most = min(MOST_BLOCKS, max(1, page - name - after - 4))
    wide = -(-len(chart.periods) // most)
    top = max((v for vs in chart.series.values() for v in vs if v is not None), default=0.0)
    blocks = 0
    for key, values in chart.series.items():
        groups = [values[i : i + wide] for i in range(0, len(values), wide)]
        bars = "".join(_block([v for v in group if v is not None], top) for group in groups)
        blocks = len(bars)
        yield f"{key:{name}}  {bars}  {told[key]}"
    ends = f"{chart.periods[0]} … {chart.periods[-1]}" if chart.periods else ""
    yield f"{'':{name}}  {ends:{blocks}}  first … highest … last"


def _told(values: Sequence[float | None]) -> str:
    """The first, the highest and the last of those that are known."""
    known = [v for v in values if v is not None]
    ends = [show(v) for v in (known[0], max(known), known[-1])] if known else ["–"] * 3
    return " … ".join(ends)


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
