"""Does a plan hold together? Re-derives every figure and every limit from the plan's own decisions
and case, without the model.

Runs on every plan before anybody sees it, and on plan files that somebody may have edited. Findings
name the place in the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from planner.assembly.derived import derived, limits
from planner.capabilities.budget.derive import totals
from planner.core.case import Case
from planner.core.registry import faces
from planner.core.tables import Reference
from planner.errors import AuditError, Problem
from planner.plan.compare import compare, fields
from planner.plan.decided import Decisions
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.schema import Plan, edited
from planner.plan.tables import DECIDED, TABLES
from planner.yamlfile import Located, NodePath

SHOWN = 25


def audit(plan: Plan, located: Located | None = None) -> None:
    """Raise `AuditError` with every disagreement; `located` gives the lines of a plan file."""
    every = findings_of(plan, located)
    findings = [problem for problem in every if problem.code != "A004"]
    if len(findings) > SHOWN:
        rest = len(findings) - SHOWN
        findings = [
            *findings[:SHOWN],
            Problem("A001", f"{rest} more disagreements follow from these"),
        ]
    # what else is wrong may follow from these
    findings += [problem for problem in every if problem.code == "A004"][:SHOWN]
    if findings:
        raise AuditError(findings)


def findings_of(plan: Plan, located: Located | None = None) -> list[Problem]:
    """Every disagreement, the most local first, and last what was edited without contradicting the
    rest; `located` gives the lines.
    """
    found = [*broken(plan.case)] or [*_unknown(plan), *_doubles(plan)] or _disagreements(plan)
    found += edited(plan.digests, dict(plan), found)
    if located is None:
        return found
    return [
        replace(problem, mark=located.value_mark(_steps(located.data, problem.path)))
        for problem in found
    ]


def broken(case: Case) -> Iterator[Problem]:
    """What in a case contradicts itself, so that nothing can be computed from it."""
    try:
        len(case.timeline)
    except (ValueError, OverflowError) as error:
        yield _not_whole(str(error), "first")
        return
    yield from (_not_whole(message, path) for message, path in case.broken())


def _not_whole(message: str, path: str) -> Problem:
    return Problem("A003", f"the plan's case is not whole: {message}", path=f"case.{path}")


def _steps(data: Any, path: str) -> NodePath:
    """A dotted path as the keys and indices that it takes through the data of a plan file."""
    steps: NodePath = ()
    for part in path.split("."):
        step = int(part) if isinstance(data, list) and part.isdecimal() else part
        inside = (
            isinstance(step, int) and step < len(data)
            if isinstance(data, list)
            else isinstance(data, dict) and step in data
        )
        data = data[step] if inside else None
        steps = (*steps, step)
    return steps


def _disagreements(plan: Plan) -> list[Problem]:
    d = Derivation(plan.case, Decisions.of_plan(plan))
    own = faces("derive", Derive)
    found = [*_names(plan), *(problem for face in own for problem in face.decided(plan, d))]
    for table in TABLES:
        if not table.decided:
            found.extend(compare(table, plan.of(table), derived()[table.name](d)))
    found.extend(fields("totals", plan.totals, totals(d)))
    found.extend(limits(d))
    found.extend(problem for face in own for problem in face.kept(plan, d))
    return found


def _unknown(plan: Plan) -> Iterator[Problem]:
    """Names and dates that decisions speak of and the case does not know."""
    known: dict[Reference, Collection[Any]] = {}
    for table in DECIDED:
        for i, row in enumerate(plan.of(table)):
            for reference in table.refers:
                if reference not in known:
                    known[reference] = reference.known(plan.case)
                if message := reference.missing(row, known[reference]):
                    yield Problem("A001", message, path=f"{table.name}.{i}.{reference.field}")


def _doubles(plan: Plan) -> Iterator[Problem]:
    for table in DECIDED:
        seen: set[tuple[Any, ...]] = set()
        for i, row in enumerate(plan.of(table)):
            name = table.key_of(row)
            if name in seen:
                yield Problem(
                    "A001",
                    f"{' · '.join(name)} stands twice in {table.name}",
                    path=f"{table.name}.{i}",
                )
            seen.add(name)


def _names(plan: Plan) -> Iterator[Problem]:
    if plan.name != plan.case.name:
        yield Problem(
            "A001", f"the plan is called `{plan.name}`, its case `{plan.case.name}`", path="name"
        )
