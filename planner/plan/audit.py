"""Does a plan hold together? Re-derives every figure and every limit from the plan's own decisions and case, without the model.

Runs on every plan before anybody sees it, and on plan files that somebody may have edited. Findings name the place in the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from planner.errors import AuditError, Problem
from planner.plan.derive import Decisions, Derivation
from planner.plan.goals import goal_findings
from planner.plan.limits import limit_rows, share_rows
from planner.plan.schema import Plan, Purchase, digest_of
from planner.plan.tolerance import ABSOLUTE, RELATIVE, agree, on_the_edge, scale_of
from planner.plan.whole import broken
from planner.records import Record
from planner.yamlfile import Located, NodePath

SHOWN = 25


def audit(plan: Plan, located: Located | None = None) -> None:
    """Raise `AuditError` with every disagreement; `located` gives the lines of a plan file."""
    findings = findings_of(plan, located)
    if len(findings) > SHOWN:
        rest = len(findings) - SHOWN
        findings = [*findings[:SHOWN], Problem("A001", f"{rest} more disagreements follow from these")]
    if findings:
        raise AuditError(findings)


def findings_of(plan: Plan, located: Located | None = None) -> list[Problem]:
    """Every disagreement, the most local first; `located` gives the lines of a plan file."""
    found = [*broken(plan.case)] or [*_unknown(plan), *_doubles(plan)] or _disagreements(plan)
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
    d = Derivation(plan.case, Decisions(plan.purchases, plan.retirements, plan.built, plan.assignments))
    found = [*_names(plan), *_purchases(plan), *_retirements(plan, d), *_built(plan, d), *_assignments(plan, d)]
    for table, derived, key in _tables(plan, d):
        found.extend(_compare(table, getattr(plan, table), derived, key))
    found.extend(_fields("totals", plan.totals, d.totals()))
    found.extend(goal_findings(plan, d))
    found.extend(_limits(d))
    found.extend(_rules(plan, d))
    found.extend(_question(plan))
    return found


def _question(plan: Plan) -> Iterator[Problem]:
    """The case is the one that was answered: sources, notes and grades in it too, which no arithmetic could check."""
    if plan.case_digest != digest_of(plan.case):
        message = f"the case was edited after it was answered: its digest is {digest_of(plan.case)}, not {plan.case_digest}"
        yield Problem("A001", message, path="case", help="solve the scenario again")


def _tables(plan: Plan, d: Derivation) -> list[tuple[str, Sequence[Record], Callable[[Any], tuple[Any, ...]]]]:
    return [
        ("fleet", d.fleet(), lambda r: (r.system, r.site, r.period)),
        ("demands", d.demands(), lambda r: (r.demand, r.period)),
        ("power", d.power(), lambda r: (r.site, r.period, r.basis)),
        ("energy", d.energy(), lambda r: (r.site, r.period)),
        ("cash", d.cash(), lambda r: (r.bucket, r.kind, r.period)),
        ("shares", share_rows(d), lambda r: (r.rule, r.metric, r.window, r.group)),
        ("compute", d.compute(), lambda r: (r.precision, r.period)),
        ("limits", list(limit_rows(d)), lambda r: (r.row,)),
    ]


def _unknown(plan: Plan) -> Iterator[Problem]:
    labels = {p.label for p in plan.case.timeline.periods}
    known: dict[str, Collection[str]] = {
        "system": plan.case.system,
        "site": plan.case.site,
        "period": labels,
        "delivered": labels,
        "demand": {d.id for d in plan.case.demands},
    }
    for table in ("purchases", "retirements", "built", "assignments"):
        for i, row in enumerate(getattr(plan, table)):
            for field, names in known.items():
                value = getattr(row, field, None)
                if value is not None and value not in names:
                    yield Problem("A001", f"no {field} `{value}` in the plan's case", path=f"{table}.{i}.{field}")


def _doubles(plan: Plan) -> Iterator[Problem]:
    for table, key in (
        ("purchases", ("system", "site", "delivered")),
        ("built", ("site", "period")),
        ("retirements", ("system", "site", "period")),
        ("assignments", ("demand", "system", "site", "period")),
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


def _purchases(plan: Plan) -> Iterator[Problem]:
    labels = [p.label for p in plan.case.timeline.periods]
    for i, row in enumerate(plan.purchases):
        system, t = plan.case.system[row.system], labels.index(row.delivered)
        start = t + system.fit_out_periods
        derived = Purchase(
            system=row.system,
            site=row.site,
            ordered=labels[max(0, t - system.lead_time_periods)],
            delivered=row.delivered,
            in_service=labels[start] if start < len(labels) else None,
            units=row.units,
            accelerators=row.units * system.accelerators,
            price_usd=system.price_usd,
            systems_usd=row.units * system.price_usd,
            fabric_usd=row.units * system.price_usd * system.fabric_cost,
        )
        meant = row.accelerators // system.accelerators if system.accelerators else row.units
        if meant != row.units and meant * system.accelerators == row.accelerators and agree(row.systems_usd, meant * system.price_usd, 1e4):
            yield Problem("A001", f"units is {row.units}, but the rest of the row is that of {meant}", path=f"purchases.{i}.units")
        yield from _fields(f"purchases.{i}", row, derived)
        if row.units < 1:
            yield Problem("A001", f"{row.units} systems are not a purchase", path=f"purchases.{i}.units")
        if not system.may_buy or row.site not in system.sites:
            yield Problem("A002", f"{row.system} may not be placed at {row.site}", path=f"purchases.{i}.site")
        if not system.earliest <= t <= system.latest:
            yield Problem("A002", f"{row.system} cannot be delivered in {row.delivered}", path=f"purchases.{i}.delivered")


def _retirements(plan: Plan, d: Derivation) -> Iterator[Problem]:
    gone: dict[tuple[str, str], int] = {}
    for i, row in enumerate(plan.retirements):
        entries = [f for f in plan.case.fleet if (f.system, f.site) == (row.system, row.site)]
        gone[row.system, row.site] = gone.get((row.system, row.site), 0) + row.units
        if row.units < 1 or not any(f.may_retire for f in entries):
            yield Problem("A002", f"{row.system} at {row.site} may not be retired", path=f"retirements.{i}")
        elif gone[row.system, row.site] > sum(f.units for f in entries):
            yield Problem("A002", f"more {row.system} at {row.site} are retired than stood there", path=f"retirements.{i}.units")
    for (system, site), counts in d.units.items():
        if min(counts) < 0:
            yield Problem("A001", f"{system} at {site} would be fewer than none", path="retirements")


def _built(plan: Plan, d: Derivation) -> Iterator[Problem]:
    place = {(row.site, row.period): i for i, row in enumerate(plan.built)}
    for site in plan.case.sites:
        before = d.existing_mw(site)
        for t, label in enumerate(d.labels):
            mw, needed = d.built_mw[site.id, t], d.sized_w(site, t)["it"] / 1e6
            path = f"built.{place[site.id, label]}.it_mw" if (site.id, label) in place else "built"
            if before > 0 and (site.id, label) not in place:
                yield Problem("A001", f"{site.id} · {label} is missing", path="built")
            if mw < needed - ABSOLUTE - RELATIVE * needed:
                yield Problem("A002", f"{mw:.6g} MW stand at {site.id} in {label}, but {needed:.6g} MW run there", path=path)
            if mw < before - ABSOLUTE - RELATIVE * before:
                yield Problem("A002", f"{before:.6g} MW stood at {site.id} before {label}, now {mw:.6g} MW", path=path)
            before = mw


def _assignments(plan: Plan, d: Derivation) -> Iterator[Problem]:
    kinds = {demand.id: demand.kind for demand in plan.case.demands}
    by_id = {demand.id: demand for demand in plan.case.demands}
    used: dict[tuple[str, str, str, str], float] = {}
    for i, row in enumerate(plan.assignments):
        demand, key = by_id[row.demand], (kinds[row.demand], row.system, row.site, row.period)
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem("A001", f"{row.system} at {row.site} cannot serve {row.demand}", path=f"assignments.{i}")
        if list(kinds.values()).count(demand.kind) == 1:
            yield Problem("A001", f"{row.demand} has no rival, so all that runs serves it", path=f"assignments.{i}")
        used[key] = used.get(key, 0.0) + row.units
        runs = d.units.get((row.system, row.site), [0] * len(d.labels))[d.at[row.period]]
        if row.units < 0 or not agree(min(used[key], runs), used[key]):
            yield Problem(
                "A002",
                f"{used[key]:g} {row.system} serve {kinds[row.demand]} demands at once, {runs} run",
                path=f"assignments.{i}.units",
            )


def _compare(table: str, said: Sequence[Any], derived: Sequence[Any], key: Callable[[Any], tuple[Any, ...]]) -> Iterator[Problem]:
    place: dict[tuple[Any, ...], int] = {}
    for i, row in enumerate(said):
        if place.setdefault(key(row), i) != i:
            yield Problem("A001", f"{_words(key(row))} stands twice in {table}", path=f"{table}.{i}")
    known = {key(row): row for row in derived}
    for name, i in place.items():
        if name in known:
            yield from _fields(f"{table}.{i}", said[i], known[name])
        elif not _nothing(said[i]):
            yield Problem("A001", f"{_words(name)} does not follow from the plan's decisions", path=f"{table}.{i}")
    for name, row in known.items():
        if name not in place and not _nothing(row):
            yield Problem("A001", f"{_words(name)} is missing", path=table)


def _words(name: tuple[Any, ...]) -> str:
    return " · ".join(str(part) for part in name)


def _nothing(row: Any) -> bool:
    """A row whose amount is nothing: cash of less than a cent."""
    return hasattr(row, "usd") and abs(row.usd) < 0.01


def _fields(path: str, said: Record, derived: Record) -> Iterator[Problem]:
    for field in type(derived).model_fields:
        mine, theirs = getattr(said, field), getattr(derived, field)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            for name in sorted({*mine, *theirs}):
                if not agree(mine.get(name), theirs.get(name)):
                    yield Problem(
                        "A001",
                        f"{field}.{name} is {mine.get(name)}, re-derived {theirs.get(name)}",
                        path=f"{path}.{field}.{name}",
                    )
        elif field == "binding":
            if mine != theirs and not on_the_edge(derived):
                yield Problem("A001", f"binding is {_show(mine)}, re-derived {_show(theirs)}", path=f"{path}.{field}")
        elif not agree(mine, theirs, scale_of(field, derived)):
            yield Problem("A001", f"{field} is {_show(mine)}, re-derived {_show(theirs)}", path=f"{path}.{field}")


def _show(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"


def _limits(d: Derivation) -> Iterator[Problem]:
    priced = {f"demand {demand.id}" for demand in d.case.demands if demand.shortfall_price is not None}
    for row in limit_rows(d):
        if row.name not in priced and row.headroom < -(ABSOLUTE + 2e-6 * abs(row.limit)):
            yield Problem("A002", f"{row.says}, the plan has {row.used:.8g} {row.unit}", path=row.path and f"case.{row.path}")


def _rules(plan: Plan, d: Derivation) -> Iterator[Problem]:
    rows = share_rows(d)
    for number, rule in enumerate(plan.case.rules, start=1):
        mine = [r for r in rows if r.rule == number]
        for row in mine:
            if row.cap is not None and row.share > row.cap + RELATIVE:
                message = f"{row.group} has {row.share:.4%} of {row.metric} in {row.window}, at most {row.cap:.4%} is allowed"
                yield Problem("A002", message, path=f"case.rules.{number - 1}")
        for window in dict.fromkeys(r.window for r in mine):
            inside = [r for r in mine if r.window == window]
            counted = sum(r.share >= rule.meaningful - RELATIVE for r in inside)
            if rule.min_suppliers and sum(r.amount for r in inside) > 0 and counted < rule.min_suppliers:
                message = (
                    f"{counted} {rule.level}s have {rule.meaningful:.1%} of {rule.metric} in {window}, {rule.min_suppliers} are asked for"
                )
                yield Problem("A002", message, path=f"case.rules.{number - 1}")
