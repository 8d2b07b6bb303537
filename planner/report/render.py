"""Tables on a terminal, in Markdown and in CSV."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable

from planner.report.tables import Table

_NUMBER = re.compile(r"^[+−$≤≥<]*\s?[−$]?\d")
"""A cell that begins like a number."""


def terminal(tables: Iterable[Table], lines: Iterable[str] = (), *, colour: bool | None = None, width: int | None = None) -> str:
    """Tables for a terminal, by rich; plain text when the output is no terminal or NO_COLOR is set."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Rich
    from rich.text import Text

    page = width or max(100, shutil.get_terminal_size((160, 40)).columns)
    console = Console(file=io.StringIO(), width=page, force_terminal=colour, no_color=not colour, highlight=False, soft_wrap=False)
    for line in lines:
        console.print(Text(line))
    for table in tables:
        console.print()
        rich = Rich(title=Text(table.title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        texts = table.texts()
        for i, column in enumerate(table.columns):
            words = [row[i] for row in texts if row[i] not in ("–", "no plan", "no")]
            numeric = i > 0 and bool(words) and all(_NUMBER.match(word) for word in words)
            wide = 3 if column.head in ("reason", "change") else None
            rich.add_column(Text(column.title), justify="right" if numeric else "left", overflow="fold", ratio=wide, no_wrap=i == 0)
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
        out += ["", f"## {table.title}", ""]
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
