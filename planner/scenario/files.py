"""What a scenario takes from other files: the file that it is a variant of, and lists that stand in
tables.

    base: other.yaml                 all of it, but for the keys that stand here
    edits:                           and for single values, by the paths of `--set`
      sites.memphis.power.2024-08: 200 MW
      demands.+: {id: more, …}       an item more
      sites.river: null              an item less
    orders: [vendor.csv]             a table with the keys of an order as its columns
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.assembly.scenario import Scenario
from planner.core.fields import FromCsv
from planner.data import find_scenario
from planner.errors import InputError, Mark, Problem, SourceText, nearest
from planner.records import keys_of, record_at
from planner.scenario.edits import Change, Spots, applied
from planner.yamlfile import Located, NodePath, Spot, read_file, text_of

DEEPEST = 10
"""Files that may be variants of each other in a row."""
HEAD = re.compile(r"\s*(?P<key>[^\[(]*?)\s*(?:[\[(]\s*(?P<unit>[^\])]*?)\s*[\])])?\s*")
"""`units [systems]`: a column and the unit of cells that have none."""


def whole(
    located: Located, folder: Path, above: tuple[Path, ...] = ()
) -> tuple[Located, list[str]]:
    """A scenario file with what it takes from others, and the texts of those; `folder` is where
    their names start. Raises `InputError` with every mistake.
    """
    texts: list[str] = []
    data = located.data
    if isinstance(data, dict) and ("base" in data or "edits" in data):
        located, texts = _variant(located, folder, above)
    located, tables = with_tables(located, folder)
    return located, [*texts, *tables]


def _variant(located: Located, folder: Path, above: tuple[Path, ...]) -> tuple[Located, list[str]]:
    """A base with other keys and values."""
    data, mark = located.data, located.value_mark(("base",))
    name, edits = data.get("base"), data.get("edits") or {}
    if not isinstance(name, str):
        message = "`edits` are of the file that `base` names" if name is None else "no file name"
        raise InputError([Problem("K003", message, mark, help="write `base: other.yaml`")])
    if not isinstance(edits, dict):
        at, remedy = located.value_mark(("edits",)), "write `{sites.x.power.2027-Q1: 20 MW}`"
        raise InputError([Problem("T001", "edits are paths and values", at, "edits", remedy)])
    path = folder / name if (folder / name).exists() else find_scenario(name)
    if path.resolve() in above or len(above) > DEEPEST:
        message = f"`{name}` is a variant of this file, or of too many others"
        raise InputError([Problem("K003", message, mark, "base", "name a file of its own")])
    try:
        base, texts = whole(read_file(path), path.parent, (*above, path.resolve()))
    except InputError as error:
        said = [
            problem
            if problem.mark
            else Problem(problem.code, problem.message, mark, "base", problem.help)
            for problem in error.problems
        ]
        raise InputError(said) from None
    if not isinstance(base.data, dict):
        raise InputError([Problem("T001", f"`{name}` is no scenario", mark, "base")])
    kept = {key: value for key, value in data.items() if key not in ("base", "edits")}
    spots: Spots = {spot: at for spot, at in base.spots.items() if spot[:1] not in _heads(kept)}
    spots |= {spot: at for spot, at in located.spots.items() if spot[:1] in _heads(kept)}
    spots[()] = located.spots[()]
    merged = Located(located.source, {**base.data, **kept}, spots)
    return applied(merged, list(_changes(located, edits))), [base.source.text, *texts]


def _heads(data: dict[str, Any]) -> set[NodePath]:
    return {(key,) for key in data}


def _changes(located: Located, edits: dict[str, Any]) -> Iterator[Change]:
    for path, value in edits.items():
        root: NodePath = ("edits", path)
        mark = located.key_mark(root)
        assert mark is not None  # the file has it
        spots = {s[2:]: at for s, at in located.spots.items() if s[:2] == root}
        yield Change(path, mark, value, spots)


def with_tables(located: Located, folder: Path) -> tuple[Located, list[str]]:
    """The lists that name CSV files with the rows of these, and their texts. Raises
    `InputError`.
    """
    if not isinstance(located.data, dict):
        return located, []
    data, spots, texts = dict(located.data), dict(located.spots), list[str]()
    problems: list[Problem] = []
    for key in FromCsv.keys(Scenario):
        said = data.get(key)
        items = [said] if isinstance(said, str) else said
        if not isinstance(items, list) or not any(map(_is_table, items)):
            continue
        rows: list[Any] = []
        own: Spots = {}
        for i, item in enumerate(items):
            at: NodePath = (key,) if isinstance(said, str) else (key, i)
            if _is_table(item):
                mark = located.value_mark(at)
                try:
                    record = record_at(Scenario, (key, 0))
                    text, found = _rows(folder / item, keys_of(record) if record else [])
                except InputError as error:
                    problems += [p if p.mark else _here(p, mark, key) for p in error.problems]
                    continue
                texts.append(text)
                for values, marks in found:
                    own |= {(key, len(rows), *rest): spot for rest, spot in marks.items()}
                    rows.append(values)
            else:
                below = {s: at_ for s, at_ in spots.items() if s[: len(at)] == at}
                own |= {(key, len(rows), *s[len(at) :]): at_ for s, at_ in below.items()}
                rows.append(item)
        head = spots.get((key,), spots[()])
        spots = {s: at_ for s, at_ in spots.items() if s[:1] != (key,)} | own | {(key,): head}
        data[key] = rows
    if problems:
        raise InputError(problems)
    return Located(located.source, data, spots), texts


def _here(problem: Problem, mark: Mark | None, path: str) -> Problem:
    return Problem(problem.code, problem.message, mark, path, problem.help)


def _is_table(item: object) -> bool:
    return isinstance(item, str) and item.lower().endswith(".csv")


def _rows(path: Path, known: list[str]) -> tuple[str, list[tuple[dict[str, str], Spots]]]:
    """The text of a CSV file, and each of its rows by the keys of its head with its places.

    Cells are separated by what stands most often in the head: commas, semicolons or tabs. Raises
    `InputError` for columns that are no keys, or rows that are longer than the head.
    """
    name, text = text_of(path)
    source, lines = SourceText(name, text), text.splitlines()
    head = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[tuple[str, str, Mark]] = []
    rows: list[tuple[dict[str, str], Spots]] = []
    problems: list[Problem] = []
    line = 1
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            marks = list(_marks(source, first, lines[first - 1], cells))
            if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                continue
            if not columns:
                columns = list(_columns(cells, marks, known, problems))
                continue
            if len(cells) > len(columns):
                message = f"{len(cells)} cells, where the head names {len(columns)} columns"
                problems.append(
                    Problem(
                        "T001",
                        message,
                        marks[len(columns)],
                        help=f"quote cells that hold `{separator}`",
                    )
                )
                continue
            for (key, _, _), cell, mark in zip(columns, cells, marks, strict=False):
                if not key and cell.strip():
                    problems.append(Problem("K001", "a cell in a column without a head", mark))
            rows.append(_row(columns, cells, marks))
    except csv.Error as error:
        problems.append(Problem("Y001", f"not CSV: {error}", Mark(source, line, 1)))
    if not columns and not problems:
        problems.append(
            Problem(
                "T001",
                f"{name} has no head",
                Mark(source, 1, 1),
                help=f"its first line names columns: {', '.join(known)}",
            )
        )
    if problems:
        raise InputError(problems)
    return text, rows


def _marks(source: SourceText, line: int, text: str, cells: list[str]) -> Iterator[Mark]:
    at = 0
    for cell in cells:
        found = text.find(cell, at)
        at = found if found >= 0 else at
        yield Mark(source, line, at + 1, max(1, len(cell)))
        at += len(cell) + 1


def _columns(
    cells: list[str], marks: list[Mark], known: list[str], problems: list[Problem]
) -> Iterator[tuple[str, str, Mark]]:
    seen: set[str] = set()
    for cell, mark in zip(cells, marks, strict=True):
        if not cell.strip():
            yield "", "", mark  # as spreadsheets leave behind; nothing may stand below it
            continue
        match = HEAD.fullmatch(cell)
        key = (match["key"] if match else cell).lower().replace(" ", "_")
        if key not in known:
            remedy = nearest(key, known) or f"known columns: {', '.join(known)}"
            problems.append(Problem("K001", f"unknown column `{cell.strip()}`", mark, help=remedy))
        elif key in seen:
            problems.append(Problem("Y002", f"column `{key}` stands twice", mark))
        seen.add(key)
        yield key, (match["unit"] or "" if match else ""), mark


def _row(
    columns: list[tuple[str, str, Mark]], cells: list[str], marks: list[Mark]
) -> tuple[dict[str, str], Spots]:
    values: dict[str, str] = {}
    spots: Spots = {(): Spot(None, marks[0])}
    for (key, unit, head), cell, mark in zip(columns, cells, marks, strict=False):
        said = cell.strip()
        if said and key:
            bare = re.fullmatch(r"[0-9.,_' eE+-]+", said)
            values[key] = f"{said} {unit}" if unit and bare else said
            spots[(key,)] = Spot(head, mark)
    return values, spots
