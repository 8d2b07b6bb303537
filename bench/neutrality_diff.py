"""What differs between two stores of `bench.neutrality`, by question and JSON path."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SAME = 1e-9
"""Floats that differ by no more than this, or this share of the larger, are equal."""
SHOWN = 5
"""Differences that are told of one question."""
WIDTH = 160
"""Characters of a value that are told."""
ABSENT = "(absent)"

Difference = tuple[str, Any, Any]


DROPPED = {"seconds", "planner_version", "solver_version"}
"""Keys that say how long it took or which versions ran."""
IN_TIME = {"agrees", "silent"}
"""What a second solver says if it is done in time, or if it is not; that it disagrees, or knows
better, is compared."""
DIGESTED = re.compile(r"solve|goals\.\d+")
"""Digests in a plan of parts that hold such keys."""
SECONDS = re.compile(r"(MathOpt )\S+( · )[\d.e-]+ s\b")
NOISE = (
    (re.compile(r"explained in [\d.e-]+ s"), "explained in <seconds>"),
    (re.compile(r"agrees with \d+ of \d+ re-solves.*"), "agrees with <number> of re-solves"),
    (re.compile(r"\b(agrees|not in the time it had)(\s*\|.*)?$"), "<second>"),
)


def without(value: Any, key: str = "") -> Any:
    """JSON without what varies from run to run."""
    if isinstance(value, dict):
        left = {name: entry for name, entry in value.items() if name not in DROPPED}
        if key == "digests":
            left = {name: entry for name, entry in left.items() if not DIGESTED.fullmatch(name)}
        return {name: without(entry, name) for name, entry in left.items()}
    if isinstance(value, list):
        return [without(entry) for entry in value]
    if key == "second" and value in IN_TIME:
        return "<in time or not>"
    return calm(value) if isinstance(value, str) else value


def calm(text: str) -> str:
    """Text without seconds: in the headline, in the last column of a table, in lines of CSV."""
    lines, timed = [], False
    for line in SECONDS.sub(r"\1<version>\2<seconds>", text).splitlines():
        for pattern, word in NOISE:
            line = pattern.sub(word, line)
        if line.rstrip().endswith(" seconds"):
            timed = True
        elif not line.strip():
            timed = False
        if timed:
            line = re.sub(r"\s+(seconds|[\d.e-]+|–)\s*$", "", line) if "──" not in line else "──"
        elif re.search(r"\bseconds\b,", line):
            line = re.sub(r",[\d.e-]+(?=,|$)", ",<seconds>", line)
        lines.append(line)
    return "\n".join(lines)


@dataclass
class Comparison:
    """Two stores side by side."""

    exact: bool
    additions: bool
    equal: int = 0
    added: int = 0
    """Keys that only the new answers have, where that is allowed."""
    unheard: list[str] = field(default_factory=list)
    """Questions of which the new store has no answer."""
    new: list[str] = field(default_factory=list)
    """Questions of which the old store had none."""
    quiet: dict[str, set[str]] = field(default_factory=dict)
    """Paths that differ between two stores of the old tree."""
    found: dict[str, list[Difference]] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether anything differs, or an answer is missing."""
        return bool(self.found or self.unheard)

    def differences(self, old: Any, new: Any, path: str = "") -> Iterator[Difference]:
        """Where two answers differ."""
        if isinstance(old, dict) and isinstance(new, dict):
            for key in dict.fromkeys([*old, *new]):
                if key not in old and self.additions:
                    self.added += 1
                else:
                    inner = f"{path}.{key}" if path else str(key)
                    yield from self.differences(old.get(key, ABSENT), new.get(key, ABSENT), inner)
        elif isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                yield f"{path} (entries)", len(old), len(new)
            for number, (one, other) in enumerate(zip(old, new, strict=False)):
                yield from self.differences(one, other, f"{path}[{number}]")
        elif isinstance(old, str) and isinstance(new, str) and ("\n" in old or "\n" in new):
            yield from self._lines(old.split("\n"), new.split("\n"), path)
        elif not self._same(old, new):
            yield path, old, new

    def _lines(self, old: list[str], new: list[str], path: str) -> Iterator[Difference]:
        if len(old) != len(new):
            yield f"{path} (lines)", len(old), len(new)
        for number, (one, other) in enumerate(zip(old, new, strict=False), start=1):
            if one != other:
                yield f"{path} line {number}", one, other

    def _same(self, old: Any, new: Any) -> bool:
        numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (old, new))
        if numbers and not self.exact:
            return math.isclose(old, new, rel_tol=SAME, abs_tol=SAME) or str(old) == str(new)
        return type(old) is type(new) and (old == new or str(old) == str(new))

    def report(self) -> str:
        """What differs, the first few of each question, and how much of everything there is."""
        lines = []
        for name, found in sorted(self.found.items()):
            lines.append(f"{name}: {len(found)} differ")
            for path, old, new in found[:SHOWN]:
                lines += [f"  {path}", f"    - {_short(old)}", f"    + {_short(new)}"]
        lines += [f"{name}: no answer" for name in sorted(self.unheard)]
        lines += [f"{name}: asked only now" for name in sorted(self.new)]
        lines += [
            f"{name}: not compared, differs in the same tree: {', '.join(sorted(paths)[:SHOWN])}"
            + (f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else "")
            for name, paths in sorted(self.quiet.items())
        ]
        count = self.equal + len(self.found) + len(self.unheard)
        total = f"{count} questions: {self.equal} equal, {len(self.found)} differing"
        total += f", {len(self.unheard)} missing"
        total += f", {len(self.new)} asked only now" if self.new else ""
        total += f"; {self.added} keys only in the new answers" if self.additions else ""
        return "\n".join([*lines, total])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= WIDTH else text[:WIDTH] + " …"


def answers(folder: Path, only: str) -> dict[str, Path]:
    """The answers of a store by the name of the question."""
    found = {}
    for path in sorted((folder / "answers").glob("*.json")):
        name = _answer(path)["question"]
        if only in name:
            found[name] = path
    return found


def _answer(path: Path) -> dict[str, Any]:
    answer: dict[str, Any] = without(json.loads(path.read_text(encoding="utf-8")))
    return answer


def unordered(value: Any) -> Any:
    """An answer whose lists and words stand in one order, whatever the program's was: figures,
    notes, lines of the CSV. Digests of parts whose order counts are left out."""
    if isinstance(value, dict):
        return {
            key: unordered(part)
            for key, part in value.items()
            if key not in ("case_digest", "digests")
        }
    if isinstance(value, list):
        return sorted((unordered(part) for part in value), key=_sorting)
    if isinstance(value, str) and "\n" in value:
        return "\n".join(sorted(re.sub("─+", "─", value).split()))
    return value


def _sorting(value: Any) -> str:
    """By all that is said, numbers to fewer digits than are compared."""
    return re.sub(r"(\d\.\d{5})\d+", r"\1", json.dumps(value, sort_keys=True))


def compare(
    base: Path,
    folder: Path,
    noise: Path | None,
    only: str,
    exact: bool,
    additions: bool,
    any_order: bool = False,
) -> Comparison:
    """Every question of two stores."""
    found = Comparison(exact, additions)

    def _read(path: Path) -> dict[str, Any]:
        answer = _answer(path)
        return unordered(answer) if any_order else answer

    old, new = answers(base, only), answers(folder, only)
    twins = {} if noise is None else answers(noise, only)
    found.unheard, found.new = [*(old.keys() - new)], [*(new.keys() - old)]
    for name in old.keys() & new:
        before = _read(old[name])
        there = [*found.differences(before, _read(new[name]))]
        if name in twins:
            there = _heard(found, name, before, _read(twins[name]), there)
        if there:
            found.found[name] = there
        else:
            found.equal += 1
    return found


def _heard(
    found: Comparison,
    name: str,
    before: dict[str, Any],
    twin: dict[str, Any],
    there: list[Difference],
) -> list[Difference]:
    """Differences but for those at places that differ in two stores of one tree."""
    added = found.added
    paths = {path for path, _, _ in found.differences(before, twin)}
    found.added = added
    if paths:
        found.quiet[name] = paths
    return [difference for difference in there if difference[0] not in paths]
