"""Power sources: which are added, when they run, and what they put out. Declared before `power`, which counts on them.

Sets    k source at site l(k) · s system · l site · t period; n(k) periods of a unit from its start, p(k) of a temporary permit
        most(k) units, unit(k) MW of each, out(k) its highest mean output; conn(k) MW added to the connection
Rows    sources.units[k,t]         units[k,t] − Σ_{t−n(k) < τ ≤ t} started[k,τ] = 0    units
        sources.at_most[k,t]       units[k,t] ≤ most(k)    units
        sources.permit_power[k,t]  unit(k) · units[k,t] ≤ permit(k)    MW
        sources.idle[k,t]          units[k,t] / most(k) + idle[k,t] ≤ 1; idle is 0 or 1    share
        sources.permit_time[k,t]   Σ_{t−p(k) ≤ τ ≤ t} idle[k,τ] ≥ 1    periods
        sources.output[k,t]        output[k,t] − out(k) · units[k,t] ≤ 0    MW
        sources.own_use[l,t]       Σ_k output[k,t] − Σ_s average_mw(s,l) · in_service[s,l,t] ≤ 0    MW
        sources.connection[l,t]    Σ_s average_mw(s,l) · in_service[s,l,t] − Σ_{k behind the meter} output[k,t]
                                   − Σ_k conn(k) · units[k,t] ≤ energized(l,t)    MW
Flows   capex.generation           capex(k) · started[k,t]    MUSD
        opex.generation.fixed      fixed(k,t) · units[k,t], and in the last period what each start still owes    MUSD
        opex.generation.fuel       energy(k,t) · output[k,t]    MUSD
        opex.energy                − price(l(k),t) · output[k,t]: the grid is paid for what it supplies alone    MUSD
        residual.generation        − kept(k,t) · capex(k) · started[k,t], at the end    MUSD
Starts are whole: a unit is large beside a hall, and part of one is firm for nobody. Output is the mean over a period, continuous.
Nothing is fed into the grid. A source is paid for in the period in which it begins to run.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import ABSENT, Frame, Ints, Terms, Variables, row_numbers
from planner.model.inputs import Inputs
from planner.model.inputs_sources import SourceInputs
from planner.model.parameter import Choice, Written
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    own = inputs.sources
    if not own.names:
        return
    started, units = stock(frame, inputs, own)
    permits(frame, inputs, own, units)
    output = energy(frame, decisions, inputs, own, units)
    money(frame, inputs, own, started, units, output)


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
    units = frame.add_variables("source_units", axes, unit="units", meaning="run through the period")
    numbers = row_numbers(np.ones(units.index.shape, dtype=bool))
    terms = Terms().add(numbers, units.index, 1.0)
    for back in range(n_t):
        running = np.full_like(units.index, ABSENT)
        running[:, back:] = np.where(own.term[:, None] > back, started.index[:, : n_t - back], ABSENT)
        terms.add(numbers, running, -1.0)
    every = np.ones(units.index.shape, dtype=bool)
    frame.add_rows(
        "sources.units",
        axes,
        terms,
        unit="units",
        meaning="what runs was started, and its term is not over",
        says=lambda key, low, high: f"{key[0]} in {key[1]} is what was started and still runs",
        present=every,
        lower=0.0,
        upper=0.0,
    )
    paths = dict(zip(own.names, own.path, strict=True))
    frame.add_rows(
        "sources.at_most",
        axes,
        Terms().add(numbers, units.index, 1.0),
        unit="units",
        meaning="no more units stand at once than the scenario allows",
        says=lambda key, low, high: f"at most {high:g} unit{'' if high == 1 else 's'} of {key[0]} may stand in {key[1]}",
        present=every,
        upper=own.most[:, None],
        limit=lambda key: (f"power source {key[0]}", f"{paths[key[0]]}.at_most"),
    )
    unit = np.broadcast_to(own.unit_mw[:, None], every.shape)[every]
    frame.written["sources.at_most"] = Written(np.zeros(len(unit)), 1.0 / unit, "MW")
    return started, units


def permits(frame: Frame, inputs: Inputs, own: SourceInputs, units: Variables) -> None:
    """So much at once, and so long at a stretch, as is allowed without more paper."""
    axes, n_t = (own.names, inputs.periods), len(inputs.periods)
    paths = dict(zip(own.names, own.path, strict=True))
    limited = np.broadcast_to(np.isfinite(own.permit_mw)[:, None], units.index.shape)
    frame.add_rows(
        "sources.permit_power",
        axes,
        Terms().add(row_numbers(limited), units.index, own.unit_mw[:, None]),
        unit="MW",
        meaning="what stands keeps to the power of its permit",
        says=lambda key, low, high: f"the permit of {key[0]} is for {high:g} MW in {key[1]}",
        present=limited,
        upper=own.permit_mw[:, None],
        limit=lambda key: (f"permit of {key[0]}", f"{paths[key[0]]}.permit.power"),
    )
    timed = np.broadcast_to(((own.permit_periods > 0) & (own.permit_periods < n_t))[:, None], units.index.shape)
    if not timed.any():
        return
    idle = frame.add_variables("source_idle", axes, unit="0 or 1", meaning="nothing of it stands", present=timed, upper=1.0, integer=True)
    numbers = row_numbers(timed)
    frame.add_rows(
        "sources.idle",
        axes,
        Terms().add(numbers, units.index, 1.0 / np.maximum(own.most, 1.0)[:, None]).add(numbers, idle.index, 1.0),
        unit="share",
        meaning="a period is idle only if nothing stands",
        says=lambda key, low, high: f"{key[0]} stands in {key[1]}, or does not",
        present=timed,
        upper=1.0,
    )
    frame.switched["sources.idle"] = 1.0
    ends = timed & (np.arange(n_t)[None, :] >= own.permit_periods[:, None])
    frame.unpriced["sources.permit_time"] = "a time in whole periods decides which rows there are"
    numbers = row_numbers(ends)
    terms = Terms()
    for back in range(n_t):
        window = np.full_like(idle.index, ABSENT)
        window[:, back:] = np.where(own.permit_periods[:, None] >= back, idle.index[:, : n_t - back], ABSENT)
        terms.add(numbers, window, 1.0)
    longest = dict(zip(own.names, own.permit_periods.tolist(), strict=True))
    frame.add_rows(
        "sources.permit_time",
        axes,
        terms,
        unit="periods",
        meaning="what is temporary goes before its permit ends",
        says=lambda key, low, high: f"{key[0]} may stand {longest[key[0]]} periods at a stretch, up to {key[1]}",
        present=ends,
        lower=1.0,
        limit=lambda key: (f"time limit of {key[0]}", f"{paths[key[0]]}.permit.lasts"),
    )
    frame.choices["sources.permit_time"] = Choice(
        lambda key, by: f"it may stand longer than {longest[key[0]]} periods at a stretch", np.ones(int(ends.sum()))
    )


def at_sites(inputs: Inputs, columns: Ints, own: SourceInputs) -> Ints:
    """[K, L, T] columns of sources at their site, ABSENT elsewhere."""
    here = own.site[:, None] == np.arange(len(inputs.sites))[None, :]
    return np.where(here[:, :, None], columns[:, None, :], ABSENT)


def energy(frame: Frame, decisions: Decisions, inputs: Inputs, own: SourceInputs, units: Variables) -> Variables:
    """What sources put out: no more than they can, no more than the site takes, and enough where the connection is not."""
    axes, runs = (own.names, inputs.periods), decisions.in_service.index
    feeds = np.broadcast_to(own.feeds[:, None], units.index.shape)
    output = frame.add_variables("source_output", axes, unit="MW", meaning="mean output over the period", present=feeds)
    numbers = row_numbers(feeds)
    frame.add_rows(
        "sources.output",
        axes,
        Terms().add(numbers, output.index, 1.0).add(numbers, units.index, -own.output_mw[:, None]),
        unit="MW",
        meaning="a source puts out no more than its units can",
        says=lambda key, low, high: f"{key[0]} puts out no more in {key[1]} than its units can",
        present=feeds,
        upper=0.0,
    )
    places = (inputs.sites, inputs.periods)
    out = at_sites(inputs, output.index, own)
    here = np.asarray((out >= 0).any(axis=0), dtype=bool)
    numbers = row_numbers(here)
    frame.add_rows(
        "sources.own_use",
        places,
        frame.drawn("utility_average", numbers, -1.0).add(numbers[None], out, 1.0),
        unit="MW",
        meaning="sources put out no more than the site takes",
        says=lambda key, low, high: f"sources at {key[0]} put out no more in {key[1]} than it takes",
        present=here,
        upper=0.0,
    )
    any_source = np.isin(np.arange(len(inputs.sites)), own.site)[:, None]
    bound = any_source & np.isfinite(inputs.available_mw) & (runs >= 0).any(axis=0)
    numbers = row_numbers(bound)
    terms = frame.drawn("utility_average", numbers)
    terms.add(numbers[None], np.where(own.behind_meter[:, None, None], out, ABSENT), -1.0)
    terms.add(numbers[None], at_sites(inputs, units.index, own), -own.connection_mw[:, None, None])
    frame.add_rows(
        "sources.connection",
        places,
        terms,
        unit="MW",
        meaning="mean draw beyond what sources put out comes through the connection",
        says=lambda key, low, high: f"{key[0]} has {high:g} MW energized in {key[1]} for what its own sources do not put out",
        present=bound,
        upper=inputs.available_mw,
        limit=lambda key: (f"power at {key[0]}", f"sites.{inputs.sites.index(key[0])}.power"),
    )
    frame.follow("power.utility", np.argwhere(bound), "sources.connection", twin=True)
    return output


def money(frame: Frame, inputs: Inputs, own: SourceInputs, started: Variables, units: Variables, output: Variables) -> None:
    """Every bucket."""
    period = np.arange(len(inputs.periods))
    frame.add_flow("capex.generation", "cash", period, started.index, own.capex_musd[:, None])
    frame.add_flow("residual.generation", "residual", period, started.index, -own.kept * own.capex_musd[:, None])
    frame.add_flow("opex.generation.fixed", "cash", period, units.index, own.fixed_musd)
    frame.add_flow("opex.generation.fixed", "cash", np.full_like(period, period[-1]), started.index, own.owed_musd)
    frame.add_flow("opex.generation.fuel", "cash", period, output.index, own.energy_musd)
    frame.add_flow("opex.energy", "cash", period, output.index, -own.spared_musd)
