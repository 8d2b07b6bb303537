"""Power sources: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.capabilities.emissions.arrays import CarbonInputs
from planner.capabilities.generation.arrays import SourceInputs
from planner.capabilities.generation.case import (
    AT_MOST,
    FIXED,
    FUEL,
    PERMIT_POWER,
    PERMIT_TIME,
    SOURCES,
    SOURCES_WORTH,
)
from planner.capabilities.sites.case import ENERGY
from planner.capabilities.utility.arrays import RampInputs, TariffInputs
from planner.model.blocks import Facts, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Affine
from planner.model.terms import ABSENT, Terms, row_numbers


def add_sources(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Power sources: which are added, when they run, and what they put out. Declared before
    `power`, which counts on them.

    Sets    k source at site l(k) · s system · l site · t period; n(k) periods of a unit from its
            start, p(k) of a temporary permit; most(k) units, unit(k) MW of each, out(k) its highest
            mean output; conn(k) MW added to the connection; firm(k) of a unit may be drawn on at
            any moment; where units are counted that run then, spare(k) is taken off all of them
            once
    Rows    sources.units[k,t]         units[k,t] − Σ_{t−n(k) < τ ≤ t} started[k,τ] = 0    units
            sources.at_most[k,t]       units[k,t] ≤ most(k)    units
            sources.permit_power[k,t]  unit(k) · units[k,t] ≤ permit(k)    MW
            sources.idle[k,t]          units[k,t] / most(k) + idle[k,t] ≤ 1; idle is 0 or 1    share
            sources.permit_time[k,t]   Σ_{t−p(k) ≤ τ ≤ t} idle[k,τ] ≥ 1    periods
            sources.output[k,t]        output[k,t] − out(k) · units[k,t] ≤ 0    MW
            sources.own_use[l,t]       Σ_k output[k,t] − Σ_k loss[k,t] − Σ_s average_mw(s,l) ·
                                       in_service[s,l,t] ≤ 0    MW
            sources.firm[k,t]          firm[k,t] − firm(k) · units[k,t] + spare(k) · counted[k,t] ≤
                                       0, for k with spare(k) > 0    MW
            sources.counted[k,t]       firm[k,t] − firm(k) · most(k) · counted[k,t] ≤ 0; counted is
                                       0 or 1    MW
    Flows   capex.generation           capex(k) · started[k,t]    MUSD
            opex.generation.fixed      fixed(k,t) · units[k,t], and in the last period what each
                                       start still owes    MUSD
            opex.generation.fuel       energy(k,t) · output[k,t]    MUSD
            opex.energy                price(l(k),t) · (loss[k,t] − output[k,t]): the grid is paid
                                       for what it supplies alone    MUSD
            residual.generation        − kept(k,t) · capex(k) · started[k,t], at the end    MUSD
    Starts are whole: a unit is large beside a hall, and part of one is firm for nobody. Output is
    the mean over a period, continuous; what it must carry of the load stands in `cover`, and so
    does loss, the mean of what storage takes and does not give back. Nothing is fed into the grid.
    A source is paid for on the day on which it begins to run, rent still owed at the end on the
    last.
    """
    own = inputs.of(SourceInputs)
    if not own.names:
        return
    started, units = stock(frame, inputs, own)
    permits(frame, inputs, own, units)
    firm(frame, inputs, own, units)
    output, loss = energy(frame, inputs, own, units, resting(decisions, inputs))
    post(frame, inputs, own, units, output, loss)
    money(frame, inputs, own, started, units, output, loss)


def stock(frame: Frame, inputs: Inputs, own: SourceInputs) -> tuple[Variables, Variables]:
    """Starts, and the units that stand because of them."""
    axes, n_t = (own.names, inputs.periods), len(inputs.periods)
    started = frame.add_variables(
        "source_started",
        axes,
        unit="units",
        meaning="begin to run in the period",
        present=own.can_start,
        upper=np.broadcast_to(own.most[:, None], own.can_start.shape),
        integer=True,
        implied=True,
    )
    units = frame.add_variables(
        "source_units", axes, unit="units", meaning="run through the period"
    )
    numbers = row_numbers(np.ones(units.index.shape, dtype=bool))
    terms = Terms().add(numbers, units.index, 1.0)
    for back in range(n_t):
        running = np.full_like(units.index, ABSENT)
        running[:, back:] = np.where(
            own.term[:, None] > back, started.index[:, : n_t - back], ABSENT
        )
        terms.add(numbers, running, -1.0)
    every = np.ones(units.index.shape, dtype=bool)
    frame.add_rows(
        "sources.units",
        axes,
        terms,
        unit="units",
        meaning="what runs was started, and its term is not over",
        present=every,
        lower=0.0,
        upper=0.0,
    )
    unit = np.broadcast_to(own.unit_mw[:, None], every.shape)[every]
    frame.add_limit(
        AT_MOST,
        axes,
        Terms().add(numbers, units.index, 1.0),
        present=every,
        bound=own.most[:, None],
        facts=Facts(affine=Affine(np.zeros(len(unit)), 1.0 / unit)),
    )
    return started, units


def permits(frame: Frame, inputs: Inputs, own: SourceInputs, units: Variables) -> None:
    """So much at once, and so long at a stretch, as is allowed without more paper."""
    axes, n_t = (own.names, inputs.periods), len(inputs.periods)
    limited = np.broadcast_to(np.isfinite(own.permit_mw)[:, None], units.index.shape)
    frame.add_limit(
        PERMIT_POWER,
        axes,
        Terms().add(row_numbers(limited), units.index, own.unit_mw[:, None]),
        present=limited,
        bound=own.permit_mw[:, None],
    )
    timed = np.broadcast_to(
        ((own.permit_periods > 0) & (own.permit_periods < n_t))[:, None], units.index.shape
    )
    if not timed.any():
        return
    idle = frame.add_variables(
        "source_idle",
        axes,
        unit="0 or 1",
        meaning="nothing of it stands",
        present=timed,
        upper=1.0,
        integer=True,
    )
    numbers = row_numbers(timed)
    frame.add_rows(
        "sources.idle",
        axes,
        Terms()
        .add(numbers, units.index, 1.0 / np.maximum(own.most, 1.0)[:, None])
        .add(numbers, idle.index, 1.0),
        unit="share",
        meaning="a period is idle only if nothing stands",
        present=timed,
        upper=1.0,
        facts=Facts(switched=True),
    )
    ends = timed & (np.arange(n_t)[None, :] >= own.permit_periods[:, None])
    numbers = row_numbers(ends)
    terms = Terms()
    for back in range(n_t):
        window = np.full_like(idle.index, ABSENT)
        window[:, back:] = np.where(
            own.permit_periods[:, None] >= back, idle.index[:, : n_t - back], ABSENT
        )
        terms.add(numbers, window, 1.0)
    frame.add_limit(
        PERMIT_TIME,
        axes,
        terms,
        present=ends,
        bound=1.0,
        facts=Facts(relative_to=np.ones(int(ends.sum()))),
    )


def at_sites(inputs: Inputs, columns: Ints, own: SourceInputs) -> Ints:
    """[K, L, T] columns of sources at their site, ABSENT elsewhere."""
    here = own.site[:, None] == np.arange(len(inputs.sites))[None, :]
    return np.where(here[:, :, None], columns[:, None, :], ABSENT)


def firm(frame: Frame, inputs: Inputs, own: SourceInputs, units: Variables) -> None:
    """What is firm of units that are counted: the mean that runs, less a margin once any is counted
    on.
    """
    present = np.broadcast_to((own.spare_mw > 0)[:, None], units.index.shape)
    if not present.any():
        return
    axes = (own.names, inputs.periods)
    safe = frame.add_variables(
        "source_firm", axes, unit="MW", meaning="may be drawn on at any moment", present=present
    )
    counted = frame.add_variables(
        "source_counted",
        axes,
        unit="0 or 1",
        meaning="is counted on",
        present=present,
        upper=1.0,
        integer=True,
    )
    numbers = row_numbers(present)
    frame.add_rows(
        "sources.firm",
        axes,
        Terms()
        .add(numbers, safe.index, 1.0)
        .add(numbers, units.index, -own.firm_mw[:, None])
        .add(numbers, counted.index, own.spare_mw[:, None]),
        unit="MW",
        meaning="what is firm is the mean that runs, less a margin",
        present=present,
        upper=0.0,
    )
    most = own.firm_mw * own.most  # spare or not, so that it grows with a limit that gives way
    frame.add_rows(
        "sources.counted",
        axes,
        Terms().add(numbers, safe.index, 1.0).add(numbers, counted.index, -most[:, None]),
        unit="MW",
        meaning="nothing is firm of what is not counted on",
        present=present,
        upper=0.0,
        facts=Facts(switched=True),
    )


def firm_columns(frame: Frame, inputs: Inputs) -> tuple[Ints, Floats]:
    """[K, T] columns of what is firm, and MW of one of each: of units, or where these are counted,
    of what is firm itself.
    """
    own, units = inputs.of(SourceInputs), frame.variables["source_units"].index
    each = np.broadcast_to(own.firm_mw[:, None], units.shape)
    counted = frame.variables.get("source_firm")
    if counted is None:
        return units, each
    there = counted.index >= 0
    return np.where(there, counted.index, units), np.where(there, 1.0, each)


def resting(decisions: Decisions, inputs: Inputs) -> Bools:
    """[L, T] where a load above the connection may rest on own sources, or their carrying it lowers
    what is billed.
    """
    own = inputs.of(SourceInputs)
    rests = np.zeros((len(inputs.sites), len(inputs.periods)), dtype=bool)
    np.logical_or.at(rests, own.site, own.stands & (own.behind_meter & (own.firm_mw > 0))[:, None])
    charged = np.asarray((inputs.of(TariffInputs).charge_musd > 0).any(axis=1), dtype=bool)
    runs = (decisions.in_service.index >= 0).any(axis=0)
    return np.asarray(
        rests & (np.isfinite(inputs.available_mw) | charged[:, None]) & runs, dtype=bool
    )


def post(
    frame: Frame,
    inputs: Inputs,
    own: SourceInputs,
    units: Variables,
    output: Variables,
    loss: Variables,
) -> None:
    """What sources bring to their sites."""
    site, period, carbon = (
        own.site[:, None],
        np.arange(len(inputs.periods)),
        inputs.of(CarbonInputs),
    )
    columns, each = firm_columns(frame, inputs)
    frame.post("firm", columns, site, period, each)
    frame.post(
        "firm_behind_meter", columns, site, period, np.where(own.behind_meter[:, None], each, 0.0)
    )
    frame.post("connection", units.index, site, period, own.connection_mw[:, None])
    frame.post("storage_mw", units.index, site, period, inputs.of(RampInputs).storage_mw[:, None])
    frame.post("storage_mwh", units.index, site, period, inputs.of(RampInputs).storage_mwh[:, None])
    frame.post("emitted", output.index, site, period, carbon.source_kt)
    frame.post("emitted", loss.index, site, period, carbon.grid_kt[own.site])


def energy(
    frame: Frame, inputs: Inputs, own: SourceInputs, units: Variables, rests: Bools
) -> tuple[Variables, Variables]:
    """What sources put out and storage loses: no more than they can, and no more than the site
    takes.
    """
    axes = (own.names, inputs.periods)
    feeds = np.broadcast_to(own.feeds[:, None], units.index.shape)
    output = frame.add_variables(
        "source_output", axes, unit="MW", meaning="mean output over the period", present=feeds
    )
    numbers = row_numbers(feeds)
    frame.add_rows(
        "sources.output",
        axes,
        Terms().add(numbers, output.index, 1.0).add(numbers, units.index, -own.output_mw[:, None]),
        unit="MW",
        meaning="a source puts out no more than its units can",
        present=feeds,
        upper=0.0,
    )
    saves = own.saves[:, None] & own.stands & rests[own.site]
    loss = frame.add_variables(
        "storage_loss",
        axes,
        unit="MW",
        meaning="mean that storage takes and does not give",
        present=saves,
    )
    out = at_sites(inputs, output.index, own)
    here = np.asarray((out >= 0).any(axis=0), dtype=bool)
    numbers = row_numbers(here)
    frame.add_rows(
        "sources.own_use",
        (inputs.sites, inputs.periods),
        frame.drawn("utility_average", numbers, -1.0)
        .add(numbers[None], out, 1.0)
        .add(numbers[None], at_sites(inputs, loss.index, own), -1.0),
        unit="MW",
        meaning="sources put out no more than the site takes",
        present=here,
        upper=0.0,
    )
    return output, loss


def money(
    frame: Frame,
    inputs: Inputs,
    own: SourceInputs,
    started: Variables,
    units: Variables,
    output: Variables,
    loss: Variables,
) -> None:
    """Every bucket."""
    period = np.arange(len(inputs.periods))
    frame.add_flow(
        SOURCES, period, started.index, own.capex_musd[:, None], worth=inputs.discount_start
    )
    kept_musd = own.kept * own.capex_musd[:, None]
    frame.add_flow(SOURCES_WORTH, period, started.index, -kept_musd, worth=inputs.discount_end)
    frame.add_flow(FIXED, period, units.index, own.fixed_musd)
    last = np.full_like(period, period[-1])
    frame.add_flow(FIXED, last, started.index, own.owed_musd, worth=inputs.discount_end)
    frame.add_flow(FUEL, period, output.index, own.energy_musd)
    frame.add_flow(ENERGY, period, output.index, -own.spared_musd)
    frame.add_flow(ENERGY, period, loss.index, own.spared_musd)


FACE = Constraints((add_sources,))
