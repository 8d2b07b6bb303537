"""Power sources as arrays."""

from __future__ import annotations

import numpy as np

from planner.arrays import MEGA, Floats
from planner.engineering.generation import owed_years, worth_share
from planner.model.inputs_sources import SourceInputs, no_sources
from planner.scenario.case import Case


def sources_of(case: Case, hours: Floats) -> SourceInputs:
    """The arrays of a case's sources."""
    timeline, n_t = case.timeline, len(case.timeline)
    own = case.sources
    if not own:
        return no_sources(len(case.sites), n_t)
    places = {site.id: j for j, site in enumerate(case.sites)}
    prices = np.array([case.site[s.site].energy_price_usd_per_mwh for s in own])
    periods = np.arange(n_t)
    term = np.array([n_t if s.term_periods is None else s.term_periods for s in own], dtype=np.int64)
    step_years, end = timeline.step_years, timeline.years_to(timeline.end)
    fixed = np.array([s.fixed_usd_per_year / MEGA for s in own])
    kept = np.zeros((len(own), n_t))
    if case.keeps_worth:
        ages = [end - timeline.years_to(start) for start in timeline.starts]
        kept = np.array([[worth_share(s.life_years, age) for age in ages] for s in own])
    owed = np.array([[0.0 if s.term_periods is None else owed_years(t, s.term_periods, n_t, step_years) for t in range(n_t)] for s in own])
    share, position = _curves(case)
    covered = {s.site for s in own if s.covers} - {ramp.site for ramp in case.ramps}
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
        saves=np.array([s.kind == "storage" and s.storage_h > 0 and s.site in covered for s in own], dtype=bool),
        storage_mwh=np.array([s.unit_w / MEGA * s.storage_h for s in own]),
        round_trip=np.array([s.round_trip for s in own]),
        share=share,
        position=position,
        can_start=np.array([(s.earliest <= periods) & (periods <= s.latest) for s in own], dtype=bool),
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
    """[L, I] shares of the hours and positions of the load; of sites without own generation only what is never looked at."""
    curves = [case.load_steps(site.id) for site in case.sites]
    share, position = (np.zeros((len(curves), max(map(len, curves)))) for _ in range(2))
    for j, steps in enumerate(curves):
        share[j, : len(steps)], position[j, : len(steps)] = zip(*steps, strict=True)
    return share, position


def firm_most_mw(case: Case, n_t: int) -> Floats:
    """[L, T] the most that sources can add to what may be drawn at the meter: all units that may stand by then."""
    most = np.zeros((len(case.sites), n_t))
    places = {site.id: j for j, site in enumerate(case.sites)}
    for s in case.sources:
        if s.earliest < n_t:
            most[places[s.site], s.earliest :] += s.firm_of(s.most_units) / MEGA
    return most
