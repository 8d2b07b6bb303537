"""What stands in the files of a catalog folder?

Entries with their places, assumptions put where their figures are missing, and every mistake.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from planner.catalog.judgement import Assumption
from planner.errors import InputError, Mark, Problem, nearest
from planner.records import problems_of, sourced_fields
from planner.yamlfile import Located, NodePath, dotted, read_file

OWN_JUDGEMENT = "own-judgement"
"""The source id of figures that this project assumed."""

FOLDERS: dict[str, tuple[str, ...]] = {
    ".": ("catalog", "suppliers"),
    "sources": ("sources",),
    "accelerators": ("accelerators",),
    "systems": ("systems",),
    "prices": ("quotes",),
    "network": ("switches", "nics", "transceivers", "cables"),
    "facility": (
        "cooling",
        "redundancies",
        "construction_costs",
        "lead_times",
        "build_rates",
        "grids",
    ),
    "generation": ("power_sources", "fuels"),
    "components": ("components", "hosts"),
    "measurements": ("measurements",),
    "upstream": ("makers", "origins"),
    "judgement": (
        "planning_prices",
        "assumptions",
        "assumed_origins",
        "defaults",
        "power_model",
        "surroundings",
        "climates",
        "power_caps",
        "redundancies",
        "plant",
    ),
}
"""Which top keys a file of each folder may hold: facts, prices and judgement never share one."""

KINDS = {
    "accelerators": "an accelerator",
    "systems": "a system",
    "switches": "a switch",
    "nics": "a network card",
    "transceivers": "a transceiver",
    "cables": "a cable",
    "power_sources": "a power source",
}
"""Top keys whose entries may have assumed figures, and what an entry is called."""


def entry_name(record: BaseModel, position: int = 0) -> str:
    """How `Catalog.marks` names an entry: its id, `of.figure` of an assumption, its position if it
    has neither.
    """
    if isinstance(record, Assumption):
        return f"{record.of}.{record.figure}"
    return str(getattr(record, "id", None) or getattr(record, "system", None) or position)


M = TypeVar("M", bound=BaseModel)


@dataclass
class Reader:
    """Collects entries and problems over all files of a catalog."""

    problems: list[Problem] = field(default_factory=list)
    entries: dict[str, list[tuple[Any, Located, NodePath]]] = field(default_factory=dict)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    hash: Any = field(default_factory=hashlib.sha256)
    foreign: bool = True
    """Whether somebody else may have written the files."""

    def read(self, path: Path, allowed: tuple[str, ...]) -> None:
        """Take in one file, which may hold the `allowed` top keys."""
        try:
            located = read_file(path, foreign=self.foreign)
        except InputError as error:
            self.problems.extend(error.problems)
            return
        self.hash.update(path.name.encode() + b"\0" + located.source.text.encode() + b"\0")
        hold = f"files of this folder hold {', '.join(allowed)}"
        if not isinstance(located.data, dict | None):
            self.problems.append(
                Problem("T001", "a catalog file is a mapping", located.value_mark(()), help=hold)
            )
            return
        for key, value in (located.data or {}).items():
            if key not in allowed:
                hint = nearest(key, allowed) or hold
                self.problems.append(
                    Problem("K001", f"unknown key `{key}`", located.key_mark((key,)), key, hint)
                )
            elif (pairs := _items(value, key)) is None:
                shape = "a mapping of ids to sources" if key == "sources" else "a list"
                self.problems.append(
                    Problem("T001", f"`{key}` must hold {shape}", located.value_mark((key,)), key)
                )
            else:
                self.entries.setdefault(key, []).extend(
                    (item, located, path_) for path_, item in pairs
                )

    def models(self, key: str, model: type[M]) -> list[M]:
        """List the valid entries below one top key, in the order of the files; call it once for
        each key.
        """
        found: list[M] = []
        for position, (item, located, path) in enumerate(self.entries.get(key, [])):
            try:
                record = model.model_validate(item)
            except ValidationError as error:
                self.problems.extend(
                    self._placed(p, key, item, path)
                    for p in problems_of(error, model, located, path)
                )
                continue
            if self._remember(key, entry_name(record, position), record, located, path):
                found.append(record)
        return found

    def by_name(self, key: str, model: type[M]) -> dict[str, M]:
        """Map their names, as `entry_name` says them, to the valid entries below one top key."""
        return {entry_name(record): record for record in self.models(key, model)}

    def only(self, key: str, model: type[M]) -> M | None:
        """Take the one entry of its kind, or None; a second is a problem."""
        for _, located, path in self.entries.get(key, [])[1:]:
            first = self.entries[key][0]
            hint = f"first at {first[1].value_mark(first[2])}"
            self.problems.append(
                Problem("I002", f"`{key}` is given twice", located.key_mark(path), help=hint)
            )
        return next(iter(self.models(key, model)), None)

    def _remember(
        self, key: str, name: str, record: BaseModel, located: Located, path: NodePath
    ) -> bool:
        """Keep the place of an entry and of its figures; False if its name is taken."""
        mark = located.value_mark(path)
        if first := self.marks.get((key, name)):
            self.problems.append(
                Problem(
                    "I002", f"`{name}` is defined twice in {key}", mark, help=f"first at {first}"
                )
            )
            return False
        if mark:
            self.marks[key, name] = mark
        for figure, _ in sourced_fields(record):
            if mark := located.key_mark((*path, *dotted(figure))):
                # an assumed figure stands at its assumption
                self.marks.setdefault((key, f"{name}/{figure}"), mark)
        return True

    def _placed(self, problem: Problem, key: str, item: object, path: NodePath) -> Problem:
        """Move a mistake in a figure that an assumption filled to where the assumption stands."""
        name = item.get("id") if isinstance(item, dict) else None
        inner = problem.path.split(".")[len(path) :]
        for end in range(len(inner), 0, -1):
            figure = ".".join(inner[:end])
            if mark := self.marks.get((key, f"{name}/{figure}")):
                return replace(problem, mark=mark, path=f"{name}.{figure}")
        return problem


def _items(value: object, key: str) -> list[tuple[NodePath, Any]] | None:
    """Entries below a top key with their paths, or None if they are not listed as they must be."""
    if key in ("catalog", "defaults", "power_model", "surroundings", "plant"):
        return [((key,), value)]
    if key == "sources" and isinstance(value, dict):
        return [
            ((key, name), {**body, "id": name} if isinstance(body, dict) else body)
            for name, body in value.items()
        ]
    if key == "sources" or not isinstance(value, list | None):
        return None
    return [((key, i), item) for i, item in enumerate(value or [])]


def unread_files(root: Path) -> list[Problem]:
    """YAML files that no folder of a catalog claims: whoever wrote one expects it to be read."""
    found = sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".yml"))
    known = {path for name in FOLDERS for path in (root / name).glob("*.yaml")}
    folders = ", ".join(f"{name}/*.yaml" for name in FOLDERS if name != ".")
    hint = f"a catalog reads *.yaml, {folders}"
    return [
        Problem("Y004", f"{path} is not read", help=hint) for path in found if path not in known
    ]


def fill_assumptions(reader: Reader) -> None:
    """Put each assumption where its figure is missing; refuse it where a fact exists."""
    owners = _owners(reader)
    for item, located, path in reader.entries.get("assumptions", []):
        if not isinstance(item, dict) or not {"of", "figure", "value"} <= item.keys():
            continue  # the record's own validation says what is missing
        of, figure = str(item["of"]), str(item["figure"])
        if of not in owners:
            mark = located.value_mark((*path, "of"))
            reader.problems.append(
                Problem("I001", f"no accelerator or system `{of}`", mark, help=nearest(of, owners))
            )
            continue
        key, owner = owners[of]
        *parents, leaf = figure.split(".")
        for parent in parents:
            owner = owner.setdefault(parent, {}) if isinstance(owner, dict) else None
        if not isinstance(owner, dict):
            continue  # so does the owner's
        if (key, f"{of}/{figure}") in reader.marks:
            continue  # assumed twice, which is a mistake of its own
        if owner.get(leaf) is not None:
            message = f"`{of}` has a published `{figure}`; an assumption may not shadow a fact"
            mark = located.value_mark((*path, "figure"))
            reader.problems.append(Problem("C004", message, mark, help="delete one of the two"))
            continue
        owner[leaf] = _assumed(item)
        if mark := located.value_mark(path):
            reader.marks[key, f"{of}/{figure}"] = mark


def _owners(reader: Reader) -> dict[str, tuple[str, Any]]:
    """Id → (top key, entry as read) of whatever can have an assumed figure."""
    owners: dict[str, tuple[str, Any]] = {}
    for key in KINDS:
        for item, located, path in reader.entries.get(key, []):
            name = str(item.get("id")) if isinstance(item, dict) else ""
            if name in owners and owners[name][0] != key:
                mark = located.value_mark((*path, "id"))
                message = f"`{name}` is {KINDS[owners[name][0]]} as well as {KINDS[key]}"
                reader.problems.append(
                    Problem(
                        "I002",
                        message,
                        mark,
                        help=f"give the {KINDS[key].split()[-1]} an id of its own",
                    )
                )
            elif name:
                owners[name] = key, item
    return owners


def _assumed(item: dict[str, Any]) -> dict[str, Any]:
    """Write an assumption as the figure it stands for."""
    return {
        "value": item["value"],
        "low": item.get("low"),
        "high": item.get("high"),
        "kind": "assumption",
        "source": OWN_JUDGEMENT,
        "date": item.get("date"),
        "note": " ".join(str(item.get("reasoning", "")).split()),
    }
