"""Does a plan hold together? Re-derives every figure and every limit from the plan's own decisions and case, without the model.

Runs on every plan before anybody sees it, and on plan files that somebody may have edited. Findings name the place in the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from planner.errors import AuditError, Problem
from planner.plan.derive import Decisions, Derivation
from planner.plan.limits import BINDS, limit_rows, share_rows
from planner.plan.schema import GoalRow, Plan, Purchase
from planner.plan.whole import broken
from planner.records import Record
from planner.yamlfile import Located, NodePath

RELATIVE = 1e-6
ABSOLUTE = 1e-6
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
    found.extend(_goals(plan, d))
    found.extend(_limits(d))
    found.extend(_rules(plan, d))
    return found


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


def agree(said: object, derived: object, scale: float = 1.0) -> bool:
    """Whether two values are the same, numbers within a millionth."""
    if isinstance(said, bool) or isinstance(derived, bool) or not (isinstance(said, int | float) and isinstance(derived, int | float)):
        return said == derived
    if not (math.isfinite(said) and math.isfinite(derived)):
        return False
    return abs(said - derived) <= ABSOLUTE * scale + RELATIVE * max(abs(said), abs(derived))


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
        before = site.existing_it_w / 1e6
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
            if mine != theirs and not _on_the_edge(derived):
                yield Problem("A001", f"binding is {_show(mine)}, re-derived {_show(theirs)}", path=f"{path}.{field}")
        elif not agree(mine, theirs, _scale(field, derived)):
            yield Problem("A001", f"{field} is {_show(mine)}, re-derived {_show(theirs)}", path=f"{path}.{field}")


def _scale(field: str, row: Any) -> float:
    """Millionths that do not matter: a cent of money, a billionth of what a difference was taken from."""
    if field.endswith("usd"):
        return 1e4
    if field in ("served", "short"):
        return 1.0 + 1e-3 * float(abs(row.need))
    if field in ("used", "headroom"):
        return 1.0 + 1e-3 * float(max(abs(row.used), abs(row.limit)))
    return 1.0


def _on_the_edge(row: Any) -> bool:
    """Whether rounding alone may tip the verdict that a limit binds."""
    return agree(row.headroom, BINDS * abs(row.limit), 10.0)


def _show(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"


def _goals(plan: Plan, d: Derivation) -> Iterator[Problem]:
    asked = len(plan.case.goals)
    for i in range(asked, len(plan.goals)):
        yield Problem("A001", f"the scenario has {asked} objectives, this would be number {i + 1}", path=f"goals.{i}")
    if not plan.goals or (plan.solve.status == "optimal" and not (len(plan.goals) >= asked and all(row.proven for row in plan.goals))):
        yield Problem("A001", f"status is {plan.solve.status}, but not every objective is proven", path="solve.status")
    for i, (row, entry) in enumerate(zip(plan.goals, plan.case.goals, strict=False)):
        value = goal_value(d, i)
        if row.name != str(entry.goal):
            yield Problem("A001", f"objective `{row.name}` is not the scenario's `{entry.goal}`", path=f"goals.{i}.name")
        if not agree(row.value, value):
            yield Problem("A001", f"value is {row.value:.10g}, re-derived {value:.10g} {row.unit}", path=f"goals.{i}.value")
        given_up = entry.goal.tolerance if i + 1 < len(plan.goals) else 0.0
        yield from _bound(f"goals.{i}", row, 1 if entry.goal.maximize else -1, given_up)
        if row.proven and row.gap is not None and row.gap > 1.01 * plan.solve.gap + 10 * RELATIVE:
            yield Problem("A001", f"proven within {row.gap:.3g}, but {plan.solve.gap:.3g} was asked for", path=f"goals.{i}.proven")


def _bound(path: str, row: GoalRow, sign: int, given_up: float) -> Iterator[Problem]:
    """A bound is on the right side of its value, and as far from it as the gap says: but for what was given up for later objectives."""
    if row.bound is None or row.gap is None:
        if row.proven or (row.bound is None) != (row.gap is None):
            yield Problem("A001", f"bound is {row.bound}, gap is {row.gap}, proven is {row.proven}", path=f"{path}.bound")
        return
    size = max(abs(row.value), abs(row.bound))
    if not (math.isfinite(row.bound) and math.isfinite(row.gap)):
        yield Problem("A001", f"bound is {row.bound}, gap is {row.gap}", path=f"{path}.bound")
    elif sign * (row.value - row.bound) > RELATIVE * abs(row.bound) + ABSOLUTE:
        yield Problem("A001", f"value {row.value:.10g} is better than its bound {row.bound:.10g}", path=f"{path}.bound")
    elif size > 100 * ABSOLUTE and abs(abs(row.value - row.bound) / size - row.gap) > given_up + 10 * RELATIVE + ABSOLUTE / size:
        message = f"bound {row.bound:.10g} is {abs(row.value - row.bound) / size:.3g} of the value away, the gap says {row.gap:.3g}"
        yield Problem("A001", message, path=f"{path}.bound")


def goal_value(d: Derivation, number: int) -> float:
    """One objective of the case, from the decisions: PFLOP/s, accelerators, MW, GWh or MUSD."""
    entry = d.case.goals[number]
    what = entry.goal.maximize or entry.goal.minimize
    if what in ("cost", "capex"):
        cash = d.cash()
        return (d.present_cost_usd(cash) if what == "cost" else sum(r.usd for r in cash if r.bucket.startswith("capex."))) / 1e6
    if what == "energy":
        return sum(r.energy_mwh for r in d.energy()) / 1e3
    spread = [h / sum(d.hours) for h in d.hours]
    if entry.at is not None:
        spread = [1.0 if t == entry.at else 0.0 for t in range(len(d.hours))]
    if what == "power":
        return sum(share * d.sized_w(site, t)["utility"] / 1e6 for site in d.case.sites for t, share in enumerate(spread) if share)
    total = 0.0
    for (system_id, _), counts in d.units.items():
        system = d.case.system[system_id]
        each = (
            float(system.accelerators) if what == "accelerators" else system.delivered_flop_s(entry.goal.precision, d.case.goodput) / 1e15
        )
        total += each * sum(share * n for share, n in zip(spread, counts, strict=True))
    return total


def _limits(d: Derivation) -> Iterator[Problem]:
    for row in limit_rows(d):
        if row.headroom < -(ABSOLUTE + 2e-6 * abs(row.limit)):
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
