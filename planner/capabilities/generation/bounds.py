"""What sources can at most add to the power of a site."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.capabilities.generation.case import (
    AT_MOST,
    PERMIT_POWER,
    UNITS,
    CaseSource,
    GenerationCase,
)
from planner.capabilities.halls.case import HOUSED, NUMBER, STANDING, HallsCase
from planner.capabilities.sites.case import POWER
from planner.core.case import Case, CaseSite
from planner.core.limits import At, LimitKind
from planner.plan.derive import Derivation

SLACK = 1e-5
"""Share of a permit that a solver's rounding may add."""


def power_with_sources(case: Case, site: CaseSite) -> list[float] | None:
    """W at the meter by period, with all that is firm of every source that can stand by then,
    however short its term; None: any.
    """
    if site.power_w is None:
        return None
    own = [s for s in case.of(GenerationCase).sources if s.site == site.id]
    most = {
        s.id: s.most_units
        if s.permit_w is None
        else min(s.most_units, math.floor(s.permit_w / s.unit_w * (1 + SLACK)))
        for s in own
    }
    return [
        watts + sum(s.firm_of(most[s.id]) for s in own if s.earliest <= t)
        for t, watts in enumerate(site.power_w)
    ]


def besides(d: Derivation, site: CaseSite, kind: LimitKind) -> Iterator[tuple[str, str, str]]:
    """(limit, what it says, path) of what else a room is made of: how many halls can be built, how
    many units of a source may stand.
    """
    if kind is HOUSED:
        for hall in d.case.of(HallsCase).halls_at(site.id):
            if hall.most is not None and any(d.case.of(HallsCase).openings[hall.place]):
                yield _words(NUMBER, At(d.case, (hall.place,), hall.most))
        if (stands := d.existing_mw(site)) > 0:
            words = STANDING.words(At(d.case, (site.id, "it", "")))
            yield words.name, f"critical IT that stands at {site.id} is {stands:g} MW", words.path
    if kind is POWER:
        yield from (
            _source(d.case, source)
            for source in d.case.of(GenerationCase).sources
            if source.site == site.id and source.firm_w
        )


def _words(kind: LimitKind, at: At) -> tuple[str, str, str]:
    name, path, says = kind.words(at)
    return name, says, path


def _source(case: Case, source: CaseSource) -> tuple[str, str, str]:
    if source.permit_w is not None and source.permit_w < source.most_units * source.unit_w:
        words = PERMIT_POWER.words(At(case, (source.key, "")))
        return (
            words.name,
            f"the permit of {source.key} is for {source.permit_w / 1e6:g} MW",
            words.path,
        )
    words = AT_MOST.words(At(case, (source.key, "")))
    return (
        words.name,
        f"at most {source.most_units:g} {UNITS.of(source.most_units)} of {source.key} may stand",
        words.path,
    )
