"""Vendor mixes side by side: the same question with another rule on whom to buy from, and what each
rule costs.

A mix is data and edits the scenario, never the model. `free` takes every diversification rule away;
the others put one in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from planner.capabilities.objectives.case import ObjectivesCase
from planner.capabilities.sourcing.schema import Rule
from planner.capabilities.supply.schema import SupplyKeys
from planner.catalog.load import Catalog
from planner.core.scenario import Candidate, Scenario
from planner.errors import InputError, Mark, OptionError, Problem, SourceText
from planner.likeness import nearest
from planner.pipeline import OWN, Options
from planner.plan.schema import Plan
from planner.records import Edit
from planner.scenario.load import Loaded
from planner.study.question import Executor, Question
from planner.units import Unit

_SHARE = Unit("1", "60 %", ge=0, le=1, bare=True)
GRAMMAR = (
    "`as-is`, `free`, `only:SUPPLIER[,SUPPLIER]`, `without:SUPPLIER`, `max:SHARE[:METRIC]` "
    "or `min:NUMBER[:SHARE]`"
)
CLOSER = 10
"""How much closer a comparison solves than a plan."""
METRICS = ("spend", "power", "units", "compute")


@dataclass(frozen=True)
class Mix:
    """A rule on whom to buy from, as data."""

    name: str
    says: str
    rules: tuple[Rule, ...] | None = None
    """Instead of the scenario's diversification; None leaves it as it is."""
    suppliers: tuple[str, ...] = ()
    """Suppliers or systems that are bought from alone, or not at all; empty where all are."""
    without: bool = False
    """Whether these are the ones that are left out."""
    text: str = ""
    """As it was written."""

    @property
    def free(self) -> bool:
        """Whether nothing holds it back."""
        return self.rules == () and not self.suppliers

    def edits(self, scenario: Scenario, catalog: Catalog) -> tuple[Edit, ...]:
        """What it changes of a scenario. Raises `OptionError` for names that are no candidates."""
        ruled = () if self.rules is None else (Edit("diversification", list(self.rules)),)
        return (*_suppliers(self, scenario, catalog), *ruled) if self.suppliers else ruled


@dataclass(frozen=True)
class Compared:
    """What became of one mix: a plan, or why there is none."""

    mix: Mix
    plan: Plan | None
    refusal: str


def parse_mix(text: str) -> Mix:
    """Read `NAME=RULE`, or a bare `RULE` that is its own name. Raises `OptionError`."""
    name, equals, rule = text.partition("=")
    rule = rule if equals else name
    kind, _, rest = rule.strip().partition(":")
    if kind in ("as-is", "free") and not rest:
        return (
            Mix(name, "as the scenario has it")
            if kind == "as-is"
            else Mix(name, "no diversification rule", ())
        )
    if kind in ("only", "without") and rest:
        names = tuple(part.strip() for part in rest.split(",") if part.strip())
        return Mix(name, f"{kind} {', '.join(names)}", (), names, kind == "without", text)
    if kind == "max" and rest:
        share, _, metric = rest.partition(":")
        return _capped(name, text, share, metric or "spend")
    if kind == "min" and rest:
        number, _, share = rest.partition(":")
        return _at_least(name, text, number, share or "10 %")
    raise OptionError(
        [
            Problem(
                "T002",
                f"found mix `{rule}`",
                _mark(text),
                help=f"a mix is {GRAMMAR}; put `NAME=` before it to name it",
            )
        ]
    )


def _mark(text: str) -> Mark:
    return Mark(SourceText("--mix", text), 1, 1, max(1, len(text)))


def _share(text: str, whole: str) -> float:
    try:
        return _SHARE.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        raise OptionError(
            [Problem(context["code"], context["message"], _mark(whole), help=context["help"])]
        ) from None


def _capped(name: str, text: str, share: str, metric: str) -> Mix:
    if metric not in METRICS:
        raise InputError(
            [
                Problem(
                    "T002",
                    f"found metric `{metric}`",
                    _mark(text),
                    help=nearest(metric, METRICS) or f"one of {', '.join(METRICS)}",
                )
            ]
        )
    cap = _share(share, text)
    rule = _rule({"max_share": cap, "metric": metric}, text)
    return Mix(name, f"no supplier above {cap:.4g} of {metric}", (rule,))


def _rule(values: dict[str, object], text: str) -> Rule:
    try:
        return Rule.model_validate(values)
    except ValidationError as error:
        detail = error.errors()[0]
        message = (
            detail.get("ctx", {}).get("message")
            or f"found {detail['input']}: {detail['msg'].lower()}"
        )
        raise OptionError(
            [Problem("R001", message, _mark(text), help=detail.get("ctx", {}).get("help", ""))]
        ) from None


def _at_least(name: str, text: str, number: str, share: str) -> Mix:
    if not number.isdigit() or int(number) < 2:
        raise OptionError(
            [
                Problem(
                    "T001",
                    f"found `{number}` suppliers, expected a whole number from 2 on",
                    _mark(text),
                )
            ]
        )
    rule = _rule({"min_suppliers": int(number), "meaningful": _share(share, text)}, text)
    return Mix(name, f"at least {number} suppliers of {share} each", (rule,))


def _suppliers(mix: Mix, scenario: Scenario, catalog: Catalog) -> tuple[Edit, ...]:
    def supplier(candidate: Candidate) -> str:
        return catalog.systems[candidate.system].supplier

    known = {supplier(c) for c in scenario.systems} | {c.system for c in scenario.systems}
    for name in mix.suppliers:
        if name not in known:
            remedy = nearest(name, known) or f"known: {', '.join(sorted(known))}"
            raise OptionError(
                [
                    Problem(
                        "I001",
                        f"no supplier or system `{name}` among the candidates",
                        _mark(mix.text),
                        help=remedy,
                    )
                ]
            )
    chosen = [
        c
        for c in scenario.systems
        if (supplier(c) in mix.suppliers or c.system in mix.suppliers) != mix.without
    ]
    if not chosen:
        raise OptionError([Problem("S003", "no candidate is left", _mark(mix.text))])
    left = {c.system for c in chosen}
    supply = [entry for entry in scenario.of(SupplyKeys).supply if entry.system in left]
    return Edit("systems", chosen), Edit("supply", supply)


def compare(
    loaded: Loaded, mixes: Sequence[Mix], executor: Executor, options: Options = OWN
) -> list[Compared]:
    """Solve every mix, ten times closer than the scenario asks unless a gap is given, since
    premiums are differences.

    A mix without a plan is an answer, not an error. Ctrl-C keeps the plan of the mix it struck and
    leaves the rest unsolved. Wrong mixes raise `OptionError`.
    """
    names = [mix.name for mix in mixes]
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise OptionError(
            [
                Problem(
                    "I002",
                    f"two mixes are called `{double}`",
                    _mark(double),
                    help="name them: `--mix NAME=RULE`",
                )
            ]
        )
    gap = loaded.scenario.solve.gap / CLOSER if options.gap is None else options.gap
    options = replace(options, gap=gap, remedies_s=0.0)
    # every mix is read before any is solved
    questions = [
        Question(loaded, mix.edits(loaded.scenario, loaded.catalog), options) for mix in mixes
    ]
    results: list[Compared] = []
    for mix, answer in zip(mixes, executor.answers(questions), strict=False):
        results.append(Compared(mix, answer.plan, answer.says))
        if answer.interrupted:
            return [
                *results,
                *(
                    Compared(left, None, "not solved: interrupted")
                    for left in mixes[len(results) :]
                ),
            ]
    return [
        _no_dearer(c, results, question, executor) if c.mix.free else c
        for c, question in zip(results, questions, strict=True)
    ]


def _no_dearer(
    free: Compared, others: Sequence[Compared], question: Question, executor: Executor
) -> Compared:
    """The free mix may do all that a restricted one may. If, within the gap, one still came out
    better, the free mix is solved closer.
    """
    plan = free.plan
    for _ in range(4):
        if plan is None or not any(
            other.plan is not None and better(other.plan, plan) for other in others
        ):
            break
        closer = replace(question, options=replace(question.options, gap=plan.solve.gap / 10))
        answer = next(executor.answers([closer]))
        if answer.plan is None:
            break
        plan = answer.plan
    return Compared(free.mix, plan, free.refusal)


def better(one: Plan, other: Plan) -> bool:
    """Whether `one` beats `other` in their objectives, in order, by more than rounding."""
    for mine, theirs, entry in zip(
        one.goals, other.goals, one.case.of(ObjectivesCase).goals, strict=False
    ):
        edge = (mine.value - theirs.value) * (1 if entry.goal.maximize else -1)
        size = max(abs(mine.value), abs(theirs.value))
        if abs(edge) > max(entry.goal.tolerance, 1e-9) * size:
            return edge > 0
    return False
