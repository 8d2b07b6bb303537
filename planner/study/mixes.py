"""Vendor mixes as people write them: `NAME=RULE+RULE`, from the command line or from a file.

A mix is data and edits the scenario, never the model. Its rules add to the diversification rules
that the scenario has, and `free` takes those away first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from planner.capabilities.sourcing.schema import NOUN, Rule, SourcingKeys
from planner.capabilities.supply.schema import SupplyKeys
from planner.catalog.load import Catalog
from planner.core.scenario import Candidate, Scenario
from planner.errors import InputError, Mark, OptionError, Problem, SourceText
from planner.likeness import nearest
from planner.records import Edit
from planner.units import Unit
from planner.yamlfile import read_file

Kind = Literal["as-is", "free", "only", "without", "max", "min"]
KINDS: tuple[Kind, ...] = ("as-is", "free", "only", "without", "max", "min")
GRAMMAR = (
    "`as-is`, `free`, `only:SUPPLIER[,SUPPLIER]`, `without:SUPPLIER`, `max:SHARE[:METRIC]` or "
    "`min:NUMBER[:SHARE]`, several joined by `+`"
)
METRICS = ("spend", "power", "units", "compute")
MEANINGFUL = "10 %"
"""Share from which a supplier counts in `min:NUMBER`."""
_SHARE = Unit("1", "60 %", ge=0, le=1, bare=True)


@dataclass(frozen=True)
class Piece:
    """A stretch of a mix as it was written, with its place."""

    text: str
    mark: Mark

    def cut(self, start: int, end: int) -> Piece:
        """A stretch of it, without the blanks around; its place is that of the whole where the text
        stands otherwise in the file (over several lines, with escapes).
        """
        inner = self.text[start:end]
        start += len(inner) - len(inner.lstrip())
        inner = inner.strip()
        line = self.mark.source.line(self.mark.line)
        at = self.mark.column - 1
        at += line[at : at + 1] in ("'", '"') and not self.text.startswith(line[at : at + 1])
        if line[at : at + len(self.text)] != self.text:
            return Piece(inner, self.mark)
        place = Mark(self.mark.source, self.mark.line, at + 1 + start, max(1, len(inner)))
        return Piece(inner, place)

    def split(self, by: str, most: int = -1) -> list[Piece]:
        """Its parts between separators."""
        parts, start = [], 0
        for part in self.text.split(by, most):
            parts.append(self.cut(start, start + len(part)))
            start += len(part) + len(by)
        return parts


@dataclass(frozen=True)
class Part:
    """One rule of a mix."""

    kind: Kind
    names: tuple[Piece, ...] = ()
    """Suppliers or systems of `only` and `without`."""
    rule: Rule | None = None
    """Of `max` and `min`."""
    mark: Mark | None = None


@dataclass(frozen=True)
class Mix:
    """Rules on whom to buy from, as data."""

    name: str
    parts: tuple[Part, ...]
    mark: Mark

    @property
    def free(self) -> bool:
        """Whether the scenario's own diversification rules are left out."""
        return any(part.kind == "free" for part in self.parts)

    def says(self, scenario: Scenario) -> str:
        """What it is under a scenario, in words: every rule that holds, and whom it leaves out."""
        rules = [rule_words(rule) for rule in self.rules(scenario)] or ["no diversification rule"]
        named = (
            f"{part.kind} {', '.join(name.text for name in part.names)}"
            for part in self.parts
            if part.names
        )
        return "; ".join([*rules, *named])

    def rules(self, scenario: Scenario) -> list[Rule]:
        """All diversification rules that hold: the scenario's, unless `free`, then its own."""
        own = [] if self.free else scenario.of(SourcingKeys).diversification
        return [*own, *(part.rule for part in self.parts if part.rule is not None)]

    def place(self, scenario: Scenario, number: int) -> Mark | None:
        """Where rule `number` (from 0) stands in the mix; None for one of the scenario."""
        own = 0 if self.free else len(scenario.of(SourcingKeys).diversification)
        added = [part.mark for part in self.parts if part.rule is not None]
        return added[number - own] if own <= number < own + len(added) else None

    def misnamed(self, scenario: Scenario, catalog: Catalog) -> list[Problem]:
        """Every name that is no candidate."""
        known = {catalog.systems[c.system].supplier for c in scenario.systems}
        known |= {c.system for c in scenario.systems}
        return [
            Problem(
                "I001",
                f"no supplier or system `{name.text}` among the candidates",
                name.mark,
                help=nearest(name.text, known) or f"known: {', '.join(sorted(known))}",
            )
            for part in self.parts
            for name in part.names
            if name.text not in known
        ]

    def candidates(self, scenario: Scenario, catalog: Catalog) -> list[Candidate]:
        """Who is left to buy from. Raises `OptionError` with every name that is no candidate."""
        if problems := self.misnamed(scenario, catalog):
            raise OptionError(problems)
        left = list(scenario.systems)
        for part in self.parts:
            names = {name.text for name in part.names}
            left = [
                c
                for c in left
                if not names
                or bool({c.system, catalog.systems[c.system].supplier} & names)
                == (part.kind == "only")
            ]
            if not left:
                raise OptionError([Problem("S003", "no candidate is left", part.mark)])
        return left

    def edits(self, scenario: Scenario, catalog: Catalog) -> tuple[Edit, ...]:
        """What it changes of a scenario. Raises `OptionError` for names that are no candidates."""
        left, rules = self.candidates(scenario, catalog), self.rules(scenario)
        edits: list[Edit] = []
        if len(left) < len(scenario.systems):
            names = {c.system for c in left}
            supply = [entry for entry in scenario.of(SupplyKeys).supply if entry.system in names]
            edits += [Edit("systems", left), Edit("supply", supply)]
        if rules != scenario.of(SourcingKeys).diversification:
            edits.append(Edit("diversification", rules))
        return tuple(edits)


def parse_mix(text: str) -> Mix:
    """Read `NAME=RULE+RULE`, or rules alone, whose text is the name. Raises `OptionError` with
    every mistake.
    """
    return parse_mixes([text])[0]


def parse_mixes(
    texts: Sequence[str],
    file: Path | None = None,
    among: Sequence[tuple[Scenario, Catalog]] = (),
) -> list[Mix]:
    """Mixes of the command line, then those of a file, a mapping from names to rules, for scenarios
    with their catalogs.

    Raises `InputError` with every mistake of all of them, each at its place in the text.
    """
    mixes: list[Mix] = []
    problems: list[Problem] = []
    for text in texts:
        whole = Piece(text, Mark(SourceText("--mix", text), 1, 1, max(1, len(text))))
        name, *rules = whole.split("=", 1) if "=" in text else (whole.cut(0, len(text)),)
        _read(name, rules[0] if rules else name, mixes, problems)
    for name, rule in () if file is None else _of_file(file, problems):
        _read(name, rule, mixes, problems)
    seen: set[str] = set()
    for mix in mixes:
        if mix.name in seen:
            problems.append(
                Problem(
                    "I002", f"two mixes are called `{mix.name}`", mix.mark, help="`NAME=` names one"
                )
            )
        seen.add(mix.name)
    for mix in mixes:
        found = (mix.misnamed(scenario, catalog) for scenario, catalog in among)
        problems.extend(dict.fromkeys(problem for one in found for problem in one))
    if problems:
        of_options = all(p.mark is not None and p.mark.source.name == "--mix" for p in problems)
        raise OptionError(problems) if of_options else InputError(problems)
    return mixes


def _of_file(file: Path, problems: list[Problem]) -> Iterator[tuple[Piece, Piece]]:
    """(name, rules) of each mix in a file."""
    located = read_file(file)
    if not isinstance(located.data, Mapping) or not located.data:
        wanted = 'for example `balanced: "max:60%"`'
        problems.append(
            Problem("T001", "expected names with rules", located.value_mark(()), help=wanted)
        )
        return
    for name, rule in located.data.items():
        mark, key = located.value_mark((name,)), located.key_mark((name,))
        assert mark is not None
        assert key is not None
        if isinstance(rule, str):
            yield Piece(name, key), Piece(rule, mark)
        else:
            found = "nothing" if rule is None else "a list" if isinstance(rule, list) else "keys"
            message = f"found {found}, expected rules as one text"
            problems.append(Problem("T001", message, mark, name, f"a mix is {GRAMMAR}"))


def _read(name: Piece, rules: Piece, mixes: list[Mix], problems: list[Problem]) -> None:
    """One mix, of the parts that are right, into `mixes`; what is wrong with it into `problems`."""
    parts: list[Part] = []
    if not name.text:
        problems.append(
            Problem("T001", "a mix without a name", name.mark, help="write `NAME=RULE`")
        )
    for piece in rules.split("+"):
        try:
            part = _part(piece)
        except OptionError as error:
            problems.extend(error.problems)
            continue
        if part.kind in ("free", "as-is") and any(p.kind in ("free", "as-is") for p in parts):
            problems.append(
                Problem(
                    "K003",
                    f"`{piece.text}` stands beside another `free` or `as-is`",
                    piece.mark,
                    help="keep one: `free` leaves the scenario's rules out, `as-is` keeps them",
                )
            )
        parts.append(part)
    mixes.append(Mix(name.text, tuple(parts), name.mark))


def _part(piece: Piece) -> Part:
    """One rule. Raises `OptionError`."""
    kind, *rest = piece.split(":")
    if kind.text in ("as-is", "free") and not rest:
        return Part("free" if kind.text == "free" else "as-is", mark=piece.mark)
    if kind.text in ("only", "without") and len(rest) == 1:
        return _named("only" if kind.text == "only" else "without", rest[0], piece)
    if kind.text == "max" and rest and len(rest) < 3:
        return _capped(piece, *rest)
    if kind.text == "min" and rest and len(rest) < 3:
        return _at_least(piece, *rest)
    found = f"found `{piece.text}`" if piece.text else "found nothing"
    hint = "" if kind.text in KINDS else nearest(kind.text, KINDS)
    raise OptionError(
        [
            Problem(
                "T002",
                f"{found}, expected a rule of a mix",
                piece.mark,
                help=hint or f"a mix is {GRAMMAR}; put `NAME=` before it to name it",
            )
        ]
    )


def _named(kind: Literal["only", "without"], said: Piece, whole: Piece) -> Part:
    names = tuple(name for name in said.split(",") if name.text)
    if not names:
        remedy = f"for example `{kind}:SUPPLIER`"
        raise OptionError([Problem("T001", "found no supplier", whole.mark, help=remedy)])
    return Part(kind, names, mark=whole.mark)


def _share(said: Piece) -> float:
    try:
        return _SHARE.parse(said.text)
    except PydanticCustomError as error:
        context = error.context or {}
        raise OptionError(
            [Problem(context["code"], context["message"], said.mark, help=context["help"])]
        ) from None


def rule_words(rule: Rule) -> str:
    """What a diversification rule asks for, in words."""
    one, several = NOUN[rule.level]
    of = rule.metric if rule.of == "purchases" else f"{rule.metric} of the fleet"
    if rule.max_share is not None:
        who = f"{rule.only} not" if rule.only else f"no {one}"
        return f"{who} above {_percent(rule.max_share)} of {of}"
    if rule.min_share is not None:
        who = rule.only or f"every {one} that is used"
        return f"{who} at {_percent(rule.min_share)} of {of} or more"
    if rule.max_hhi is not None:
        return f"HHI of {several} at most {rule.max_hhi:.4g}, by {of}"
    if rule.max_suppliers is not None:
        return f"at most {rule.max_suppliers} {several}"
    return f"at least {rule.min_suppliers} {several} of {_percent(rule.meaningful)} of {of} each"


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def _capped(whole: Piece, share: Piece, metric: Piece | None = None) -> Part:
    what = "spend" if metric is None else metric.text
    if metric is not None and what not in METRICS:
        remedy = nearest(what, METRICS) or f"one of {', '.join(METRICS)}"
        raise OptionError([Problem("T002", f"found metric `{what}`", metric.mark, help=remedy)])
    cap = _share(share)
    rule = _rule({"max_share": cap, "metric": what}, share)
    return Part("max", rule=rule, mark=whole.mark)


def _at_least(whole: Piece, number: Piece, share: Piece | None = None) -> Part:
    if not re.fullmatch(r"[0-9]{1,6}", number.text) or int(number.text) < 2:
        message = f"found `{number.text}` suppliers, expected a whole number from 2 on"
        raise OptionError([Problem("T001", message, number.mark)])
    least = _share(share or Piece(MEANINGFUL, whole.mark))
    rule = _rule({"min_suppliers": int(number.text), "meaningful": least}, whole)
    return Part("min", rule=rule, mark=whole.mark)


def _rule(values: dict[str, object], said: Piece) -> Rule:
    try:
        return Rule.model_validate(values)
    except ValidationError as error:
        detail = error.errors()[0]
        context = detail.get("ctx", {})
        message = context.get("message") or f"found {detail['input']}: {detail['msg'].lower()}"
        raise OptionError(
            [Problem("R001", message, said.mark, help=context.get("help", ""))]
        ) from None
