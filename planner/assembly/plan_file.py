"""Read a plan file back, with the place of each of its values, so that whatever is wrong with it
can be pointed at.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, get_args

from pydantic import ValidationError

from planner.assembly.plan import Plan
from planner.errors import InputError, Mark, Problem, SourceText
from planner.plan import schema
from planner.plan.schema import OWN, digests_of, edited
from planner.records import problems_of
from planner.yamlfile import Located, NodePath, Spot, dotted

MAX_BYTES = 100_000_000
MAX_DEPTH = 40
LARGEST = 1e40
"""No figure of a plan comes near it, and sums and products of such figures stay finite."""
SHOWN = 25
SETTINGS = ("gap", "time_limit_s", "seed")
"""What the case of format 2 held of the solver."""
FORMAT = str(get_args(Plan.model_fields["format"].annotation)[0])
VERSION = int(get_args(Plan.model_fields["format_version"].annotation)[0])


def load_plan(path: Path) -> tuple[schema.Plan, Located]:
    """A plan file and the places of its values. Raises `InputError` with what is wrong; the plan is
    not yet audited.
    """
    return load_plan_text(_read(path), str(path))


def load_plan_text(text: str, name: str = "plan") -> tuple[schema.Plan, Located]:
    """The same for a text in memory."""
    located = locate(text, name)
    data = located.data
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        mark = located.value_mark(("format",))
        raise InputError(
            [
                Problem(
                    "A003",
                    f'not a plan: no `"format": "{FORMAT}"`',
                    mark,
                    "format",
                    "give a file that `planner solve -o` wrote",
                )
            ]
        )
    older = data.get("format_version") == 2
    if not older and data.get("format_version") != VERSION:
        said = (
            f"format version {json.dumps(data['format_version'])}"
            if "format_version" in data
            else "no format version"
        )
        message = f"this plan has {said}, and this release reads versions 2 and {VERSION}"
        mark = located.value_mark(("format_version",))
        raise InputError(
            [
                Problem(
                    "A003",
                    message,
                    mark,
                    "format_version",
                    "solve the scenario again, or take the release that wrote the plan",
                )
            ]
        )
    if problems := list(_absurd(data, (), located)):
        raise InputError(_first_of(problems))
    if OWN not in data:
        message = "this plan has no `digests`, so nobody can say whether it was edited"
        raise InputError(
            [Problem("A003", message, located.value_mark(()), OWN, "solve the scenario again")]
        )
    if older:
        _from_format_2(data, located)
    try:
        plan = Plan.model_validate(data)
    except ValidationError as error:
        raise InputError(_first_of(list(problems_of(error, Plan, located)))) from None
    plan = plan.model_copy(update={OWN: _as_this_release_says(plan, data)})
    if older:
        new = {"case_digest": schema.digest_of(plan.case)}
        plan = plan.model_copy(update={**new, OWN: {**plan.digests, **digests_of(new)}})
    return plan, located


def _as_this_release_says(plan: schema.Plan, data: Any) -> dict[str, str]:
    """The digests of a plan as read, for parts that are as they were saved: this release may know
    keys of them that the one that saved them did not.
    """
    said, saved, now = plan.digests, digests_of(data), digests_of(dict(plan))
    return {
        path: now.get(path, digest) if saved.get(path) == digest else digest
        for path, digest in said.items()
    }


def _from_format_2(data: Any, located: Located) -> None:
    """Take out of a plan of format 2 what format 3 says elsewhere: the solver's settings of the
    scenario, which are no part of the case.

    Raises `InputError` where they, the digest of the case with them, or the format were edited
    after the plan was saved.
    """
    case, said = data.get("case"), data[OWN]
    if not isinstance(case, dict) or not isinstance(said, dict):
        return  # the schema says so
    settings = {key: case.pop(key) for key in SETTINGS if key in case}
    settings |= {
        key: float(value)
        for key, value in settings.items()
        if key != "seed" and isinstance(value, int)
    }
    gone = {"case": settings, "case_digest": data.get("case_digest"), "format_version": 2}
    paths = ["case_digest", "format_version", *(f"case.{key}" for key in SETTINGS)]
    problems = list(edited({path: said[path] for path in paths if path in said}, gone, []))
    if problems:
        raise InputError(
            [
                replace(problem, mark=located.value_mark(dotted(problem.path)))
                for problem in problems
            ]
        )
    data |= {
        "format_version": VERSION,
        OWN: {path: digest for path, digest in said.items() if path not in paths},
    }
    data[OWN] |= digests_of({"format_version": VERSION, "case_digest": data.get("case_digest")})


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            [Problem("Y004", f"cannot read {path}: {(error.strerror or 'unreadable').lower()}")]
        ) from None
    if len(raw) > MAX_BYTES:
        raise InputError(
            [Problem("Y003", f"{path} is larger than {MAX_BYTES} bytes, the most that is read")]
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem("Y004", f"{path} is not UTF-8 text (byte {error.start})")]
        ) from None


def _first_of(problems: list[Problem]) -> list[Problem]:
    rest = len(problems) - SHOWN
    return (
        problems
        if rest <= 0
        else [*problems[:SHOWN], Problem("A003", f"{rest} more mistakes of this kind")]
    )


def _absurd(value: Any, path: NodePath, located: Located) -> Iterator[Problem]:
    """Numbers that are not finite, or so large that arithmetic with them is not."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _absurd(item, (*path, key), located)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _absurd(item, (*path, i), located)
    elif isinstance(value, float) and (not math.isfinite(value) or abs(value) > LARGEST):
        yield Problem(
            "R001",
            f"{path[-1]} is not a finite number of a sensible size",
            located.value_mark(path),
            ".".join(map(str, path)),
        )


def locate(text: str, name: str) -> Located:
    """JSON with the place of each value. Raises `InputError` for what is not JSON, or names a key
    twice.
    """
    source = SourceText(name, text)
    try:
        data = json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise InputError(
            [
                Problem(
                    "Y001",
                    f"not JSON: {error.msg.lower()}",
                    Mark(source, error.lineno, error.colno),
                )
            ]
        ) from None
    except RecursionError:
        raise InputError(
            [Problem("Y003", f"nested deeper than {MAX_DEPTH} levels", Mark(source, 1, 1))]
        ) from None
    places = _Places(source)
    if places.problems:
        raise InputError(_first_of(places.problems))
    return Located(source, data, places.spots)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class _Places:
    """Walks the tokens of a text that is known to be JSON. Keeps its own stack: a hostile file is
    as deep as it likes.
    """

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.starts = [0, *(match.end() for match in re.finditer("\n", source.text))]
        self.spots: dict[NodePath, Spot] = {}
        self.problems: list[Problem] = []
        self.tokens = _TOKEN.finditer(source.text)
        try:
            self.value((), None, next(self.tokens))
        except _TooDeep as deep:
            self.problems = [Problem("Y003", f"nested deeper than {MAX_DEPTH} levels", deep.mark)]

    def mark(self, token: re.Match[str]) -> Mark:
        line = bisect_right(self.starts, token.start())
        return Mark(self.source, line, token.start() - self.starts[line - 1] + 1, len(token[0]))

    def value(self, path: NodePath, key: Mark | None, token: re.Match[str]) -> None:
        mark = self.mark(token)
        self.spots[path] = Spot(key, mark)
        if len(path) > MAX_DEPTH:
            self.too_deep(mark)
        if token[0] == "[":
            self.items(path)
        elif token[0] == "{":
            self.members(path)

    def too_deep(self, mark: Mark) -> NoReturn:
        raise _TooDeep(mark)

    def items(self, path: NodePath) -> None:
        number = 0
        for token in self.tokens:
            if token[0] == "]":
                return
            if token[0] != ",":
                self.value((*path, number), None, token)
                number += 1

    def members(self, path: NodePath) -> None:
        seen: set[str] = set()
        for token in self.tokens:
            if token[0] == "}":
                return
            if token[0] == ",":
                continue
            key, mark = json.loads(token[0]), self.mark(token)
            if key in seen:
                self.problems.append(
                    Problem(
                        "Y002",
                        f"`{key}` stands twice in this mapping",
                        mark,
                        help="keep one of them",
                    )
                )
            seen.add(key)
            next(self.tokens)  # the colon
            self.value((*path, key), mark, next(self.tokens))


class _TooDeep(Exception):
    def __init__(self, mark: Mark) -> None:
        self.mark = mark
