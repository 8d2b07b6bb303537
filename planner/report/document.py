"""What a command tells: a title, lines, tables and data, drawn as people ask for it: on a terminal,
in Markdown, as CSV or as JSON.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.report.tables import Cell, Table, Value

Form = Literal["table", "md", "csv", "json"]
Row = Sequence[object]
HEAD = ("table", "number", "row", "column", "unit", "value")
"""Of tables as one long table, which a spreadsheet filters and pivots."""

_NUMBER = re.compile(r"^[+−$≤≥<]*\s?[−$]?\d")
"""A cell that begins like a number."""


@dataclass(frozen=True)
class Document:
    """All that a command has to tell."""

    title: str
    tables: Callable[[], Iterable[Table]]
    """In order; made when they are asked for."""
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
            return comma_separated(long_rows(self.tables()) if self.rows is None else self.rows())
        if form == "md":
            return markdown(self.title, self.tables(), self.lines)
        return terminal(
            self.tables(), [self.title, *self.lines] if self.headed else [], colour=colour
        )


def long_rows(tables: Iterable[Table]) -> Iterator[Row]:
    """Tables as one long table: a line for each cell that says something, with the number of its
    row and the row's first cell.

    What a table holds as a number has all its digits; what it holds as text is as people read it.
    """
    yield HEAD
    for table in tables:
        for number, row in enumerate(table.rows, start=1):
            cells = list(zip(table.columns, row, strict=True))
            for column, value in cells[1:] or cells:
                if value is not None:
                    unit = value.unit if isinstance(value, Cell) else column.unit
                    first = _plain(row[0])
                    yield table.title, number, first, column.head, unit, _plain(value)


def _plain(value: Value) -> str:
    """A cell as a spreadsheet reads it."""
    if isinstance(value, Cell):
        return repr(value.value)
    return "" if value is None else value if isinstance(value, str) else repr(value)


def terminal(
    tables: Iterable[Table],
    lines: Iterable[str] = (),
    *,
    colour: bool | None = None,
    width: int | None = None,
) -> str:
    """Tables for a terminal, by rich; plain text when the output is no terminal or NO_COLOR is
    set.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table as Rich
    from rich.text import Text

    page = width or max(100, shutil.get_terminal_size((160, 40)).columns)
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
    for table in tables:
        console.print()
        rich = Rich(
            title=Text(table.title),
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            show_edge=False,
        )
        texts = table.texts()
        for i, column in enumerate(table.columns):
            words = [row[i] for row in texts if row[i] not in ("–", "no plan", "no")]
            numeric = i > 0 and bool(words) and all(_NUMBER.match(word) for word in words)
            wide = 3 if column.head in ("reason", "change") else None
            rich.add_column(
                Text(column.title),
                justify="right" if numeric else "left",
                overflow="fold",
                ratio=wide,
                no_wrap=i == 0,
            )
        for n, row in enumerate(texts):
            rich.add_row(
                *(Text(cell) for cell in row),
                style="bold" if n >= len(texts) - table.total else "",
                end_section=n == len(texts) - table.total - 1,
            )
        console.print(rich)
        for note in table.notes:
            console.print(Text(f"  {note}", style="dim"))
    written = console.file
    assert isinstance(written, io.StringIO)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def markdown(title: str, tables: Iterable[Table], lines: Iterable[str] = ()) -> str:
    """Tables for a document or a pull request."""
    out = [f"# {title}", ""]
    out += [f"{line}  " for line in lines]
    for table in tables:
        out += ["", f"## {table.title}", ""] if table.title != title else []
        out.append("| " + " | ".join(_cell(column.title) for column in table.columns) + " |")
        out.append("|" + "---|" * len(table.columns))
        out += ["| " + " | ".join(_cell(text) for text in row) + " |" for row in table.texts()]
        out += ["", *(f"*{note}*" for note in table.notes)] if table.notes else []
    return "\n".join(out) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def comma_separated(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV with plain line ends."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
