"""Power sources as arrays: K sources · L sites · T periods · I steps of the load."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.arrays import MEGA, Bools, Floats, Ints
from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.utility.case import UtilityCase
from planner.core.case import Case
from planner.engineering.worth import owed_years, worth_share
from planner.model.inputs import Arrays, InputsContext, Room


@dataclass(frozen=True)
class SourceInputs:
    """Every source that may be added, per unit of it."""

    names: tuple[str, ...]
    site: Ints
    """[K]"""
    unit_mw: Floats
    """[K] nameplate."""
    most: Floats
    """[K] units that may stand at once."""
    firm_mw: Floats
    """[K] may be drawn on at any moment besides the connection; of a connection, all of it."""
    spare_mw: Floats
    """[K] once taken off that where any of it is counted on."""
    connection_mw: Floats
    """[K] what it adds to the connection."""
    output_mw: Floats
    """[K] highest mean output over a period; 0 for what gives no energy of its own."""
    behind_meter: Bools
    """[K] whether its energy does not come through the connection."""
    covers: Bools
    """[K] whether a load above the connection may rest on it, which it then carries."""
    saves: Bools
    """[K] storage that may give in its place."""
    storage_mwh: Floats
    """[K] energy of a unit."""
    round_trip: Floats
    """[K] energy that storage gives over energy that it took."""
    share: Floats
    """[L, I] of the hours; 0 for a step that a site's curve does not have."""
    position: Floats
    """[L, I] where the load stands: 1 at the load that the site is sized by, 0 at its average."""
    can_start: Bools
    """[K, T]"""
    term: Ints
    """[K] periods that a unit runs from its start; T or more: to the end."""
    permit_mw: Floats
    """[K] nameplate that may stand at once without more paper; inf: any."""
    permit_periods: Ints
    """[K] longest stretch in periods; 0: no such limit."""
    capex_musd: Floats
    """[K]"""
    kept: Floats
    """[K, T] share of its cost that a unit started in a period is worth at the end."""
    fixed_musd: Floats
    """[K, T] upkeep or rent of a unit through a period."""
    owed_musd: Floats
    """[K, T] rent that a start in a period still owes when the horizon ends."""
    energy_musd: Floats
    """[K, T] of 1 MW put out through a period: fuel and upkeep, or the contract's price."""
    spared_musd: Floats
    """[K, T] what the grid then need not be paid."""

    @property
    def steps(self) -> tuple[str, ...]:
        """[I] their names."""
        return tuple(f"step {i + 1}" for i in range(self.share.shape[1]))

    @property
    def stands(self) -> Bools:
        """[K, T] whether any of it can stand by then, however short its term."""
        return np.logical_or.accumulate(self.can_start, axis=1)

    @property
    def feeds(self) -> Bools:
        """[K] whether it puts out energy."""
        return np.asarray(self.output_mw > 0, dtype=bool)


def no_sources(sites: int, periods: int) -> SourceInputs:
    """A question without sources."""
    none, table = np.zeros(0), np.zeros((0, periods))
    whole, yes = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return SourceInputs(
        names=(),
        site=whole,
        unit_mw=none,
        most=none,
        firm_mw=none,
        spare_mw=none,
        connection_mw=none,
        output_mw=none,
        behind_meter=yes,
        covers=yes,
        saves=yes,
        storage_mwh=none,
        round_trip=none,
        share=np.zeros((sites, 0)),
        position=np.zeros((sites, 0)),
        can_start=np.zeros((0, periods), dtype=bool),
        term=whole,
        permit_mw=none,
        permit_periods=whole,
        capex_musd=none,
        kept=table,
        fixed_musd=table,
        owed_musd=table,
        energy_musd=table,
        spared_musd=table,
    )


def sources_of(case: Case, hours: Floats) -> SourceInputs:
    """The arrays of a case's sources."""
    timeline, n_t = case.timeline, len(case.timeline)
    own = case.of(GenerationCase).sources
    if not own:
        return no_sources(len(case.sites), n_t)
    places = {site.id: j for j, site in enumerate(case.sites)}
    prices = np.array([case.site[s.site].energy_price_usd_per_mwh for s in own])
    periods = np.arange(n_t)
    term = np.array(
        [n_t if s.term_periods is None else s.term_periods for s in own], dtype=np.int64
    )
    step_years, end = timeline.step_years, timeline.years_to(timeline.end)
    fixed = np.array([s.fixed_usd_per_year / MEGA for s in own])
    kept = np.zeros((len(own), n_t))
    if case.keeps_worth:
        ages = [end - timeline.years_to(start) for start in timeline.starts]
        kept = np.array([[worth_share(s.life_years, age) for age in ages] for s in own])
    owed = np.array(
        [
            [
                0.0 if s.term_periods is None else owed_years(t, s.term_periods, n_t, step_years)
                for t in range(n_t)
            ]
            for s in own
        ]
    )
    share, position = _curves(case)
    covered = {s.site for s in own if s.covers} - {ramp.site for ramp in case.of(UtilityCase).ramps}
    return SourceInputs(
        names=tuple(s.key for s in own),
        site=np.array([places[s.site] for s in own], dtype=np.int64),
        unit_mw=np.array([s.unit_w / MEGA for s in own]),
        most=np.array([float(s.most_units) for s in own]),
        firm_mw=np.array([s.firm_w / MEGA for s in own]),
        spare_mw=np.array([s.spare_w / MEGA for s in own]),
        connection_mw=np.array([s.firm_w / MEGA if s.kind == "grid" else 0.0 for s in own]),
        output_mw=np.array([s.output_w / MEGA for s in own]),
        behind_meter=np.array([s.behind_meter for s in own], dtype=bool),
        covers=np.array([s.covers for s in own], dtype=bool),
        saves=np.array(
            [s.kind == "storage" and s.storage_h > 0 and s.site in covered for s in own], dtype=bool
        ),
        storage_mwh=np.array([s.unit_w / MEGA * s.storage_h for s in own]),
        round_trip=np.array([s.round_trip for s in own]),
        share=share,
        position=position,
        can_start=np.array(
            [(s.earliest <= periods) & (periods <= s.latest) for s in own], dtype=bool
        ),
        term=term,
        permit_mw=np.array([np.inf if s.permit_w is None else s.permit_w / MEGA for s in own]),
        permit_periods=np.array([s.permit_periods or 0 for s in own], dtype=np.int64),
        capex_musd=np.array([s.capex_usd / MEGA for s in own]),
        kept=kept,
        fixed_musd=np.repeat(fixed[:, None] * step_years, n_t, axis=1),
        owed_musd=fixed[:, None] * owed,
        energy_musd=np.array([s.energy_usd_per_mwh for s in own])[:, None] * hours / MEGA,
        spared_musd=prices[:, None] * hours / MEGA,
    )


def _curves(case: Case) -> tuple[Floats, Floats]:
    """[L, I] shares of the hours and positions of the load; of sites without own generation only
    what is never looked at.
    """
    curves = [case.of(GenerationCase).load_steps(site.id) for site in case.sites]
    share, position = (np.zeros((len(curves), max(map(len, curves)))) for _ in range(2))
    for j, steps in enumerate(curves):
        share[j, : len(steps)], position[j, : len(steps)] = zip(*steps, strict=True)
    return share, position


def firm_most_mw(case: Case, n_t: int) -> Floats:
    """[L, T] the most that sources can add to what may be drawn at the meter: all units that may
    stand by then.
    """
    most = np.zeros((len(case.sites), n_t))
    places = {site.id: j for j, site in enumerate(case.sites)}
    for s in case.of(GenerationCase).sources:
        if s.earliest < n_t:
            most[places[s.site], s.earliest :] += s.firm_of(s.most_units) / MEGA
    return most


def parts(ctx: InputsContext) -> Iterator[object]:
    """Sources."""
    yield sources_of(ctx.case, ctx.hours)


def room(ctx: InputsContext, room: Room) -> Room:
    """What sources can add to what may be drawn at the meter."""
    return replace(room, available_mw=room.available_mw + firm_most_mw(ctx.case, len(ctx.hours)))


FACE = Arrays(parts, room=room)
