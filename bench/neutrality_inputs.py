"""The files that `bench.neutrality` asks about: shipped, impossible, drawn and wrong ones.

They are written once, beside the first answers, and never drawn again: a later generator shifts
none.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).with_name("neutrality_drawn.yaml")
DRAWN = 200
SQUEEZED = 4
"""Every so many-th drawn scenario has a demand that another limit leaves no room for."""
SMALLER = {16, 24, 30, 33, 34, 36, 43, 44, 46, 63, 71, 77, 81, 83, 84, 92}
SMALLER |= {131, 135, 139, 140, 141, 144, 171}
"""Numbers that would take solvers so long that the clock has a say: these have fewer limits."""
CALENDARS = (
    ("quarter", ("2027-Q1", "2027-Q2", "2027-Q3")),
    ("quarter", ("2027-Q1", "2027-Q2", "2027-Q4")),
    ("month", ("2027-01", "2027-03", "2027-05")),
    ("year", ("2027", "2028", "2029")),
)
WEIGHTS = (5, 3, 1, 1)

File = dict[str, Any]


class Drawer:
    """Choices of one seed, and the periods that they speak of."""

    def __init__(self, seed: int) -> None:
        self._next = Random(seed).random
        self.step, (first, second, last) = self.one_of(
            [calendar for calendar, n in zip(CALENDARS, WEIGHTS, strict=True) for _ in range(n)]
        )
        self.words = {"t0": first, "t1": second, "t2": last, "end": last}

    def integer(self, low: int, high: int) -> int:
        """Any of low … high, both included; it rests on what Python promises to keep."""
        return low + int(self._next() * (high - low + 1))

    def one_of(self, choices: Any) -> Any:
        """One of several."""
        return choices[self.integer(0, len(choices) - 1)]

    def some(self, choices: list[Any], count: int) -> list[Any]:
        """So many of several, none of them twice."""
        left = list(choices)
        return [left.pop(self.integer(0, len(left) - 1)) for _ in range(min(count, len(left)))]

    def filled(self, value: Any) -> Any:
        """A template with its blanks filled."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.filled(entry) for entry in value]
        if not isinstance(value, str):
            return value
        text = re.sub(r"<([^<>]+)>", lambda found: self._blank(found[1]), value)
        if ".." in value and re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            return float(text) if "." in text else int(text)
        return text

    def _blank(self, said: str) -> str:
        if numbers := re.fullmatch(r"([0-9]+)\.\.([0-9]+)", said):
            return str(self.integer(int(numbers[1]), int(numbers[2])))
        word = str(self.one_of(said.split("|")))
        return self.words.get(word, word)


def merged(file: File, patch: File) -> None:
    """Put a patch into a mapping: mappings are merged, lists joined, all else replaced."""
    for key in patch.pop("drop", ()):
        file.pop(key, None)
    for key, value in patch.items():
        old = file.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            old += [entry for entry in value if _name(entry) not in map(_name, old)]
        else:
            file[key] = value


def _name(entry: Any) -> Any:
    """Two entries of one name would be a mistake in most lists."""
    if not isinstance(entry, dict):
        return entry
    keys = ("id", "source", "layer", "supplier")
    return next((entry[key] for key in keys if key in entry), str(entry))


def patched(file: File, patch: File) -> None:
    """Put a patch into a scenario, with what it says of sites and systems."""
    entries = [*file["sites"], *file["systems"]]
    for name, entry in zip(("here", "there", "first", "second"), entries, strict=True):
        merged(entry, patch.pop(name, {}))
    patch.pop("group", None)
    merged(file, patch)


def drawn(number: int, templates: File) -> File:
    """One scenario. Patches go round, so that every one of them is drawn several times."""
    draw = Drawer(number)
    file: File = draw.filled(templates["base"])
    file["name"] = f"drawn {number}"
    second = file["systems"][1]["system"]
    draw.words |= {"second": second, "maker": "intel" if "gaudi" in second else "amd"}
    patches, groups = templates["patches"], set[str]()
    squeezed = number % SQUEEZED == SQUEEZED - 1
    more = 0 if number in SMALLER else draw.integer(1, 2 if squeezed else 4)
    chosen = [patches[number % len(patches)], *draw.some(patches, more)]
    for patch in chosen:
        group = patch.get("group", str(patch))
        if group not in groups:
            groups.add(group)
            patched(file, draw.filled(patch))
    if draw.step != "quarter":
        file["horizon"]["step"] = draw.step
    needs = [templates["needs"][number % len(templates["needs"])]]
    if number not in SMALLER:
        needs += draw.some(templates["needs"], draw.integer(0, 1))
    merged(file, {"demands": draw.filled([*file.pop("demands", []), *needs])})
    file["demands"] = list({demand["id"]: demand for demand in file["demands"]}.values())
    if squeezed:
        merged(file, {"demands": [draw.filled(templates["must"])]})
        patched(
            file,
            draw.filled(templates["squeezes"][number // SQUEEZED % len(templates["squeezes"])]),
        )
    if "objective" not in file:
        file["objective"] = draw.filled(criterion(number, draw, file, templates))
    return file


def criterion(number: int, draw: Drawer, file: File, templates: File) -> list[File]:
    """Objectives that go with the demands: what may go short, and which priorities there are."""
    soft = {
        demand.get("priority")
        for demand in file["demands"]
        if {"priority", "shortfall"} & {*demand}
    }
    ranks = soft - {None}
    fitting = [
        goals
        for goals in templates["goals"]
        if _ranks(goals) <= ranks
        and (soft or "shortfall" not in str(goals))
        and (ranks == _ranks(goals) or not _ranks(goals))
        and ("carbon" not in str(goals) or "carbon" in str(file["sites"]))
    ]
    if soft and draw.integer(0, 2):
        fitting = [goals for goals in fitting if "shortfall" in str(goals)] or fitting
    return list(fitting[(number + draw.integer(0, 2)) % len(fitting)])


def _ranks(goals: list[File]) -> set[Any]:
    parts = [part for goal in goals for part in (goal, *goal.get("weighted", ()))]
    return {part["priority"] for part in parts if "priority" in part}


def write_inputs(folder: Path) -> None:
    """Every file that is asked about, below a folder."""
    templates = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))
    for name, origin in (
        ("shipped", ROOT / "scenarios"),
        ("clusters", ROOT / "scenarios" / "clusters"),
        ("infeasible", ROOT / "tests" / "infeasible"),
    ):
        (folder / name).mkdir(parents=True)
        for path in sorted(origin.glob("*.yaml")):
            shutil.copyfile(path, folder / name / path.name)
    (folder / "drawn").mkdir()
    for number in range(DRAWN):
        text = yaml.safe_dump(drawn(number, templates), sort_keys=False, allow_unicode=True)
        (folder / "drawn" / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    (folder / "wrong").mkdir()
    for name, scenario, old, new in templates["wrong"]:
        text = (folder / "shipped" / f"{scenario}.yaml").read_text(encoding="utf-8")
        if old not in text:
            raise ValueError(f"{scenario} does not say {old!r}, which {name} would spoil")
        spoilt = text.replace(old, new, 1)
        (folder / "wrong" / f"{name}.yaml").write_text(spoilt, encoding="utf-8")


class Coverage:
    """Which keys and words of the scenario schema some files use."""

    def __init__(self, schema: File) -> None:
        self.schema, self.uses = schema, Counter[str]()
        self.known: dict[str, list[str]] = {}
        for name, shape in {"Scenario": schema, **schema["$defs"]}.items():
            self.known[name] = sorted(self._keys(shape))

    def _keys(self, shape: File) -> Iterator[str]:
        for key, said in shape.get("properties", {}).items():
            yield key
            words = {str(word) for word in _words(said)} - {"true", "false"}
            yield from (f"{key}={word}" for word in words)

    def add(self, value: Any, said: File, owner: str = "Scenario") -> None:
        """Count what a value uses of a part of the schema."""
        for shape, name in self._shapes(said, owner):
            if isinstance(value, dict) and self._fits(value, shape):
                for key, entry in value.items():
                    inner = shape.get("properties", {}).get(key)
                    if inner is not None:
                        self.uses[f"{name}.{key}"] += 1
                        if not isinstance(entry, dict | list):
                            self.uses[f"{name}.{key}={entry}"] += 1
                        self.add(entry, inner, name)
            elif isinstance(value, list) and "items" in shape:
                for entry in value:
                    self.add(entry, shape["items"], name)

    def _shapes(self, said: File, owner: str) -> Iterator[tuple[File, str]]:
        if "$ref" in said:
            name = said["$ref"].rpartition("/")[2]
            yield from self._shapes(self.schema["$defs"][name], name)
            return
        yield said, owner
        for part in (*said.get("anyOf", ()), *said.get("oneOf", ())):
            yield from self._shapes(part, owner)

    @staticmethod
    def _fits(value: File, shape: File) -> bool:
        kind = shape.get("properties", {}).get("kind", {}).get("const")
        return kind is None or kind == value.get("kind")

    def lines(self) -> Iterator[str]:
        """A line for each part of the schema: its keys with their counts; then what no file
        uses."""
        missing = []
        for name, keys in sorted(self.known.items()):
            counts = [(key, self.uses[f"{name}.{key}"]) for key in keys]
            missing += [f"{name}.{key}" for key, count in counts if not count]
            yield f"{name}: " + ", ".join(f"{key} {count}" for key, count in counts if count)
        yield "keys and words that no drawn file uses: " + (", ".join(missing) or "none")


def _words(said: File) -> list[Any]:
    return [
        *said.get("enum", ()),
        *(w for part in said.get("anyOf", ()) for w in part.get("enum", ())),
    ]


def coverage(folder: Path, schema: str) -> str:
    """The table of what the drawn files below a folder use of the scenario schema."""
    shape = json.loads(schema)
    found = Coverage(shape)
    for path in sorted((folder / "drawn").glob("*.yaml")):
        found.add(yaml.safe_load(path.read_text(encoding="utf-8")), shape)
    return "\n".join(found.lines())
