"""How is a YAML or JSON text read so that every value still knows where it stood?

Every scalar stays text (`NO` is "NO", `1.10` is "1.10"): the field that receives it decides what it
means. Only an unquoted `null`, `~` or nothing becomes None. Duplicate keys, tags, anchors and
oversized texts are refused with their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from planner.errors import InputError, Mark, Problem, SourceText

MAX_BYTES = 20_000_000
MAX_DEPTH = 60

NodePath = tuple[str | int, ...]
"""Keys and indices from the root to a node."""

_TAGS: dict[type[yaml.Node], str] = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.MappingNode: "tag:yaml.org,2002:map",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
}
_PLAIN_TAGS = frozenset(_TAGS.values())
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TextLoader(_LOADER):  # type: ignore[misc]
    """The C composer with no implicit resolver, so that no scalar is interpreted: a node without a
    tag is what its kind says.
    """

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        return _TAGS[kind]

    def descend_resolver(self, node: object, index: object) -> None: ...

    def ascend_resolver(self) -> None: ...


class Spot(NamedTuple):
    """Where one value stands: its key (if it has one) and itself."""

    key: Mark | None
    value: Mark


class NodeSpot(NamedTuple):
    """The same of a node of YAML; who asks is told, which is quicker than telling of every node."""

    source: SourceText
    key_node: Any
    node: Any

    @property
    def key(self) -> Mark | None:
        """Place of the key, if it has one."""
        return None if self.key_node is None else _mark(self.source, self.key_node)

    @property
    def value(self) -> Mark:
        """Place of the value."""
        return _mark(self.source, self.node)


def _mark(source: SourceText, node: Any) -> Mark:
    start, end = node.start_mark, node.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Mark(source, start.line + 1, start.column + 1, max(1, length))


@dataclass(frozen=True, slots=True)
class Located:
    """Plain data (dict, list, str, None) with the place of each of its nodes.

    `spots` is keyed by path, e.g. `("sites", 0, "power")`; the root is `()`.
    """

    source: SourceText
    data: Any
    spots: Mapping[NodePath, Spot | NodeSpot]

    def value_mark(self, path: Sequence[str | int]) -> Mark | None:
        """Place of the value at `path`, or of the nearest ancestor that exists."""
        spot = self._nearest(tuple(path))
        return spot.value if spot else None

    def key_mark(self, path: Sequence[str | int]) -> Mark | None:
        """Place of the key at `path` (the value's if it is a list item), or of the nearest
        ancestor's.
        """
        spot = self._nearest(tuple(path))
        return (spot.key or spot.value) if spot else None

    def _nearest(self, path: NodePath) -> Spot | NodeSpot | None:
        while path not in self.spots and path:
            path = path[:-1]
        return self.spots.get(path)


def dotted(path: str) -> NodePath:
    """`sites.0.power` as a tuple with list indices as numbers."""
    return tuple(
        int(part) if part.isdecimal() and len(part) < 4 else part
        for part in path.split(".")
        if part
    )


def read_file(path: Path, *, foreign: bool = True) -> Located:
    """Read one file. Raises `InputError` (Y001–Y004) with every mistake.

    What is shipped with the package (not `foreign`) is read without looking for tricks first, which
    takes a third of the time.
    """
    name, text = text_of(path)
    return read_text(text, name, foreign=foreign)


def text_of(path: Path) -> tuple[str, str]:
    """(name as a person would type it, text) of a file. Raises `InputError` (Y003, Y004)."""
    name = _shown(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)  # not all of it: it may be a disk image or a device
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise InputError([Problem("Y004", f"cannot read {name}: {reason}")]) from None
    if len(raw) > MAX_BYTES:
        raise InputError(
            [Problem("Y003", f"{name} is larger than {MAX_BYTES} bytes, the most that is read")]
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem("Y004", f"{name} is not UTF-8 text (byte {error.start})")]
        ) from None
    return name, text


def read_text(text: str, name: str, *, foreign: bool = True) -> Located:
    """Parse `text`. Raises `InputError` (Y001–Y003) with every mistake."""
    source = SourceText(name, text)
    problems: list[Problem] = []
    try:
        if foreign:
            _refuse_tricks(text, source, problems)
        root = None if problems else yaml.compose(text, _TextLoader)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        if place and (tricks := _tricks_before(place.index, source)):
            raise InputError(tricks) from None
        mark = Mark(source, place.line + 1, place.column + 1) if place else None
        hint = (
            "indent with spaces, never with tabs"
            if "\\t" in str(error.problem) or "tab" in str(error.problem)
            else ""
        )
        raise InputError(
            [Problem("Y001", f"not YAML: {error.problem or error.context}", mark, help=hint)]
        ) from None
    except RecursionError:  # of the Python composer, where nobody looked first
        raise InputError(_tricks_before(len(text), source)) from None
    except yaml.reader.ReaderError as error:
        character = chr(error.character) if isinstance(error.character, int) else error.character
        message = f"not YAML: the character U+{ord(character):04X} is not allowed"
        raise InputError([Problem("Y001", message, _mark_of(character, source))]) from None
    except UnicodeEncodeError as error:
        message = f"not YAML: the character U+{ord(text[error.start]):04X} is half of a pair"
        raise InputError([Problem("Y001", message, _mark_of(text[error.start], source))]) from None
    except yaml.YAMLError as error:
        raise InputError([Problem("Y001", f"not YAML: {error}", Mark(source, 1, 1))]) from None
    spots: dict[NodePath, Spot | NodeSpot] = {}
    data = None
    if root is not None:
        data = _Walker(source, spots, problems).walk(root, (), None)
    else:
        spots[()] = Spot(None, Mark(source, 1, 1))
    if problems:
        raise InputError(problems)
    return Located(source, data, spots)


def _mark_of(character: str, source: SourceText) -> Mark:
    before = source.text[: max(0, source.text.find(character))]
    lines = (before + "|").splitlines()
    return Mark(source, len(lines), len(lines[-1]))


def _refuse_tricks(text: str, source: SourceText, problems: list[Problem]) -> bool:
    """Anchors make small files enormous and hide where a value came from; deep nesting overflows
    the C composer's stack.

    Events come one by one without recursion, so this looks before the composer does. Returns
    whether the text is too deep.
    """
    depth = 0
    for event in _events(text):
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            mark = Mark(
                source, event.start_mark.line + 1, event.start_mark.column + 1, len(anchor) + 1
            )
            problems.append(
                Problem(
                    "Y003",
                    f"anchors and aliases are not read (`{anchor}`)",
                    mark,
                    help="write the value out",
                )
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
            event, yaml.CollectionEndEvent
        )
        if depth > MAX_DEPTH:
            problems.append(
                _too_deep(Mark(source, event.start_mark.line + 1, event.start_mark.column + 1))
            )
            return True
    return False


def _too_deep(mark: Mark) -> Problem:
    return Problem("Y003", f"nested deeper than {MAX_DEPTH} levels", mark)


def _tricks_before(index: int, source: SourceText) -> list[Problem]:
    """The tricks before the place of an error, if one of them is nesting; else nothing.

    The scanner reads up to 1024 characters ahead of the events, since a bracket may open a key, and
    libyaml 0.2.6 fails on the way at a depth of its own: its error comes before the event of the
    level that is one too many. The text before the error has no such depth.
    """
    problems: list[Problem] = []
    try:
        deep = _refuse_tricks(source.text[:index], source, problems)
    except yaml.YAMLError:
        return []
    return problems if deep else []


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, _TextLoader)


class _Walker:
    def __init__(
        self, source: SourceText, spots: dict[NodePath, Spot | NodeSpot], problems: list[Problem]
    ) -> None:
        self.source, self.spots, self.problems = source, spots, problems
        self.too_deep = False

    def walk(self, node: Any, path: NodePath, key: Any) -> Any:
        self.spots[path] = NodeSpot(self.source, key, node)
        if node.tag not in _PLAIN_TAGS:
            mark = _mark(self.source, node)
            self.problems.append(
                Problem("Y003", f"tags are not read (`{node.tag}`)", mark, help="remove the tag")
            )
            return None
        if isinstance(node, yaml.ScalarNode):
            plain = not node.style  # "" from the C composer, None from the Python one
            return None if plain and node.value in ("", "~", "null") else str(node.value)
        if len(path) >= MAX_DEPTH:
            if not self.too_deep:  # one is enough, as where one looks first
                mark = _mark(self.source, node)
                self.problems.append(_too_deep(Mark(self.source, mark.line, mark.column)))
            self.too_deep = True
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self.walk(item, (*path, i), None) for i, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.MappingNode, path: NodePath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(
                    Problem("Y001", "a key must be a plain word", _mark(self.source, key_node))
                )
                continue
            key = str(key_node.value)
            if key in first:
                mark, where = (
                    _mark(self.source, key_node),
                    f"first on line {first[key].start_mark.line + 1}",
                )
                self.problems.append(
                    Problem(
                        "Y002",
                        f"`{key}` stands twice in this mapping ({where})",
                        mark,
                        help="keep one of them",
                    )
                )
                continue
            first[key] = key_node
            result[key] = self.walk(value_node, (*path, key), key_node)
        return result


def _shown(path: Path) -> str:
    """The path as a person would type it: relative to where they stand when it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
