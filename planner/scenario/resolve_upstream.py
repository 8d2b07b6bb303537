"""Who may have made each system's accelerators, at the levels that the scenario's rules count by?"""

from __future__ import annotations

from planner.catalog.upstream import UPSTREAM, Origin, Upstream
from planner.scenario.case import CaseSystem
from planner.scenario.case.shares import CaseOrigin
from planner.scenario.gathering import Gathering
from planner.scenario.schema.rules import NOUN


def resolve_upstream(g: Gathering, systems: list[CaseSystem]) -> tuple[list[CaseSystem], list[CaseOrigin]]:
    """The systems with their makers at every level that is asked about, and how each is known; a maker nobody knows is a mistake."""
    asked = _asked(g)
    said = {c.system: (i, c) for i, c in enumerate(g.scenario.systems)}
    result, origins = [], dict[tuple[str, str, bool], CaseOrigin]()
    for system in systems:
        makers: dict[Upstream, list[str]] = {}
        entry_of = said.get(system.product)
        own = entry_of[1] if entry_of else None
        for level in UPSTREAM:
            if not asked.get(level, False) and not (system.may_buy and level in asked):
                continue
            entry = g.catalog.origins.get((system.accelerator, level))
            if own is not None and level in own.upstream:
                makers[level] = own.upstream[level]
                origins[system.product, level, True] = _said(g, system, level, own.upstream[level])
            elif entry is not None:
                makers[level] = entry.any_of
                origins[system.accelerator, level, False] = _published(g, system, entry)
            else:
                message = f"no {NOUN[level][0]} is known of `{system.id}`, and a rule counts by it"
                path: tuple[str | int, ...] = ("systems", entry_of[0]) if entry_of else ("fleet",)
                g.problem("S002", message, path, f"give it: `upstream: {{{level}: [{_example(g, level)}]}}`")
        result.append(system.model_copy(update={"upstream": makers}))
    return result, list(origins.values())


def _asked(g: Gathering) -> dict[str, bool]:
    """Level → whether it is asked of the whole fleet, and not only of what is bought."""
    asked: dict[str, bool] = {}
    for rule in g.scenario.diversification:
        asked[rule.level] = asked.get(rule.level, False) or rule.of == "fleet"
    return asked | {survival.level: True for survival in g.scenario.survival}


def _example(g: Gathering, level: Upstream) -> str:
    return next((maker.id for maker in g.catalog.makers.values() if maker.level == level), "its-maker")


def _said(g: Gathering, system: CaseSystem, level: Upstream, names: list[str]) -> CaseOrigin:
    return CaseOrigin(
        accelerator=system.accelerator,
        level=level,
        any_of=names,
        kind="scenario",
        grade="B",
        source=g.located.source.name,
        note=system.product,
    )


def _published(g: Gathering, system: CaseSystem, entry: Origin) -> CaseOrigin:
    source = g.catalog.sources[entry.source]
    return CaseOrigin(
        accelerator=system.accelerator,
        level=entry.level,
        any_of=entry.any_of,
        kind=entry.kind,
        grade=entry.grade,
        source=source.title,
        url=source.url,
        date=str(entry.date or source.date),
        note=entry.note,
    )
