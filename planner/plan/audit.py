"""Does a plan hold together? Re-derives every figure and every limit from the plan's own decisions and case, without the model.

Runs on every plan before anybody sees it, and on plan files that somebody may have edited. Findings name the place in the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from planner.errors import AuditError, Problem
from planner.plan.compare import compare, fields
from planner.plan.derive import Derivation
from planner.plan.derive_halls import STANDING, decisions_of
from planner.plan.derive_networks import network_rows
from planner.plan.digests import edited
from planner.plan.feasible import assignments, built, limits, purchases
from planner.plan.feasible_clusters import clusters
from planner.plan.feasible_fleet import leaving
from planner.plan.feasible_halls import halls
from planner.plan.feasible_networks import fabrics
from planner.plan.feasible_shares import rules
from planner.plan.feasible_sources import sources
from planner.plan.feasible_supply import orders
from planner.plan.feasible_survival import reserves, survival
from planner.plan.goals import goal_findings
from planner.plan.limits import limit_rows
from planner.plan.limits.shares import concentration_rows, share_rows
from planner.plan.limits.survival import survival_rows
from planner.plan.meter import carbon_rows, meter_rows, water_rows
from planner.plan.money import cash_rows, totals
from planner.plan.schema import Plan
from planner.plan.whole import broken
from planner.records import Record
from planner.yamlfile import Located, NodePath

SHOWN = 25
DECIDED = (
    "purchases",
    "retirements",
    "built",
    "assignments",
    "halls",
    "housed",
    "gear",
    "clusters",
    "fabrics",
    "reserves",
    "moves",
    "qualifications",
)
"""Tables of decisions."""


def audit(plan: Plan, located: Located | None = None) -> None:
    """Raise `AuditError` with every disagreement; `located` gives the lines of a plan file."""
    every = findings_of(plan, located)
    findings = [problem for problem in every if problem.code != "A004"]
    if len(findings) > SHOWN:
        rest = len(findings) - SHOWN
        findings = [*findings[:SHOWN], Problem("A001", f"{rest} more disagreements follow from these")]
    findings += [problem for problem in every if problem.code == "A004"][:SHOWN]  # what else is wrong may follow from these
    if findings:
        raise AuditError(findings)


def findings_of(plan: Plan, located: Located | None = None) -> list[Problem]:
    """Every disagreement, the most local first, and last what was edited without contradicting the rest; `located` gives the lines."""
    found = [*broken(plan.case)] or [*_unknown(plan), *_doubles(plan)] or _disagreements(plan)
    found += edited(plan.digests, {name: getattr(plan, name) for name in Plan.model_fields}, found)
    if located is None:
        return found
    return [replace(problem, mark=located.value_mark(_steps(located.data, problem.path))) for problem in found]


def _steps(data: Any, path: str) -> NodePath:
    """A dotted path as the keys and indices that it takes through the data of a plan file."""
    steps: NodePath = ()
    for part in path.split("."):
        step = int(part) if isinstance(data, list) and part.isdecimal() else part
        inside = isinstance(step, int) and step < len(data) if isinstance(data, list) else isinstance(data, dict) and step in data
        data = data[step] if inside else None
        steps = (*steps, step)
    return steps


def _disagreements(plan: Plan) -> list[Problem]:
    d = Derivation(plan.case, decisions_of(plan))
    found = [
        *_names(plan),
        *purchases(plan),
        *leaving(plan, d),
        *orders(plan, d),
        *built(plan, d),
        *assignments(plan, d),
        *halls(plan, d),
        *clusters(plan),
        *fabrics(plan, d),
        *reserves(plan, d),
        *sources(plan, d),
    ]
    for table, derived, key in _tables(plan, d):
        found.extend(compare(table, getattr(plan, table), derived, key))
    found.extend(fields("totals", plan.totals, totals(d)))
    found.extend(goal_findings(plan, d))
    found.extend(limits(d))
    found.extend(rules(plan, d))
    found.extend(survival(plan, d))
    return found


def _tables(plan: Plan, d: Derivation) -> list[tuple[str, Sequence[Record], Callable[[Any], tuple[Any, ...]]]]:
    return [
        ("fleet", d.fleet(), lambda r: (r.system, r.site, r.period)),
        ("demands", d.demands(), lambda r: (r.demand, r.period)),
        ("networks", network_rows(d), lambda r: (r.site, r.system, r.period)),
        ("power", d.power(), lambda r: (r.site, r.period, r.basis)),
        ("energy", d.energy(), lambda r: (r.site, r.period)),
        ("sources", d.source_rows(), lambda r: (r.site, r.source, r.period)),
        ("meter", meter_rows(d), lambda r: (r.site, r.period)),
        ("carbon", carbon_rows(d), lambda r: (r.site, r.period)),
        ("water", water_rows(d), lambda r: (r.site, r.period)),
        ("cash", cash_rows(d), lambda r: (r.bucket, r.kind, r.period)),
        ("shares", share_rows(d), lambda r: (r.rule, r.metric, r.window, r.group)),
        ("concentrations", concentration_rows(d), lambda r: (r.rule, r.window)),
        ("survival", survival_rows(d), lambda r: (r.rule, r.period)),
        ("compute", d.compute(), lambda r: (r.precision, r.period)),
        ("limits", limit_rows(d), lambda r: (r.row,)),
    ]


def _unknown(plan: Plan) -> Iterator[Problem]:
    labels = {p.label for p in plan.case.timeline.periods}
    known: dict[str, Collection[str]] = {
        "system": plan.case.system,
        "site": plan.case.site,
        "period": labels,
        "delivered": labels,
        "home": plan.case.site,
        "origin": plan.case.site,
        "destination": plan.case.site,
        "started": labels,
        "supplier": {q.supplier for q in plan.case.qualifications},
        "demand": {d.id for d in plan.case.demands},
        "begun": labels,
    }
    kinds = {(hall.site, hall.id) for hall in plan.case.halls}
    beside = {(hall.site, STANDING) for hall in plan.case.halls}
    for table, places in (("halls", kinds), ("housed", kinds | beside), ("gear", kinds | beside)):
        for i, row in enumerate(getattr(plan, table)):
            if (row.site, row.hall) not in places:
                yield Problem("A001", f"no hall `{row.hall}` at {row.site} in the plan's case", path=f"{table}.{i}.hall")
    for table in DECIDED:
        for i, row in enumerate(getattr(plan, table)):
            for field, names in known.items():
                value = getattr(row, field, None)
                if value is not None and value not in names:
                    yield Problem("A001", f"no {field} `{value}` in the plan's case", path=f"{table}.{i}.{field}")
    yield from _unknown_sources(plan, labels)


def _unknown_sources(plan: Plan, labels: Collection[str]) -> Iterator[Problem]:
    own = {source.key for source in plan.case.sources}
    for table in ("source_starts", "source_outputs", "source_covers"):
        for i, row in enumerate(getattr(plan, table)):
            if f"{row.site}:{row.source}" not in own:
                yield Problem("A001", f"{row.site} has no source `{row.source}` in the plan's case", path=f"{table}.{i}.source")
            elif row.period not in labels:
                yield Problem("A001", f"no period `{row.period}` in the plan's case", path=f"{table}.{i}.period")


def _doubles(plan: Plan) -> Iterator[Problem]:
    for table, key in (
        ("purchases", ("system", "site", "delivered")),
        ("qualifications", ("supplier",)),
        ("built", ("site", "period")),
        ("retirements", ("system", "site", "period", "vintage", "home")),
        ("moves", ("system", "origin", "destination", "period", "vintage")),
        ("assignments", ("demand", "system", "site", "period")),
        ("halls", ("site", "hall", "begun")),
        ("housed", ("system", "site", "hall", "period")),
        ("gear", ("site", "hall", "period")),
        ("clusters", ("demand", "system", "site")),
        ("fabrics", ("site", "system", "period")),
        ("reserves", ("event", "demand", "system", "site", "period")),
        ("source_starts", ("site", "source", "period")),
        ("source_outputs", ("site", "source", "period")),
        ("source_covers", ("site", "source", "period", "step")),
    ):
        seen: set[tuple[str, ...]] = set()
        for i, row in enumerate(getattr(plan, table)):
            name = tuple(getattr(row, field) for field in key)
            if name in seen:
                yield Problem("A001", f"{' · '.join(name)} stands twice in {table}", path=f"{table}.{i}")
            seen.add(name)


def _names(plan: Plan) -> Iterator[Problem]:
    if plan.name != plan.case.name:
        yield Problem("A001", f"the plan is called `{plan.name}`, its case `{plan.case.name}`", path="name")
