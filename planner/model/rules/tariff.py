"""Tariffs for large loads: power is billed as well as energy, by what was drawn, by what was contracted, and by what was drawn before.

Sets    k source behind the meter at site l · s system · t period; peak(s,l) highest realised draw at the meter; u a period before t
Rows    tariff.relief_output[k,t]   relief[k,t] − output[k,t] ≤ 0    MW
        tariff.relief_firm[k,t]     relief[k,t] − firm(k) · units[k,t] ≤ 0    MW
        tariff.billed[l,t]          Σ_s peak(s,l) · in_service[s,l,t] − Σ_k relief[k,t] − billed[l,t] ≤ 0    MW
        tariff.minimum[l,t]         billed[l,t] − take(l) · Σ_k conn(k) · units[k,t] ≥ take(l) · contract(l,t)    MW
        tariff.ratchet[l,t,u]       ratchet(l) · (Σ_s peak(s,l) · in_service[s,l,u] − Σ_k relief[k,u]) − billed[l,t] ≤ 0    MW
Flows   opex.demand_charge          charge(l,t) · billed[l,t]    MUSD
A source lowers the highest draw from the grid by no more than it puts out in the mean, and by no more than is firm of it: at the worst
moment the rest of it stands still. Steps of the connection count towards the contract where the tariff names none of its own.
Batteries lower nothing: the load of training has no peaks that a battery of hours could shave.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import ABSENT, Frame, Ints, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.rules.sources import at_sites
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    tariff = inputs.meter.tariff
    charged = np.asarray((tariff.charge_musd > 0).any(axis=1), dtype=bool)
    if not charged.any():
        return
    places = (inputs.sites, inputs.periods)
    present = np.broadcast_to(charged[:, None], tariff.charge_musd.shape)
    billed = frame.add_variables("billed", places, unit="MW", meaning="demand that the utility bills", present=present)
    relieved = relief(frame, inputs)
    numbers = row_numbers(present)
    drawn = frame.drawn("utility_peak", numbers).add(numbers[None], relieved, -1.0)
    frame.add_rows(
        "tariff.billed",
        places,
        drawn.add(numbers, billed.index, -1.0),
        unit="MW",
        meaning="billed demand is at least the highest draw from the grid",
        says=lambda key, low, high: f"{key[0]} is billed in {key[1]} for what it draws at most",
        present=present,
        upper=0.0,
    )
    minimum(frame, inputs, billed.index)
    ratchet(frame, inputs, billed.index, relieved)
    frame.add_flow("opex.demand_charge", "cash", np.arange(len(inputs.periods)), billed.index, tariff.charge_musd)


def relief(frame: Frame, inputs: Inputs) -> Ints:
    """[K, L, T] columns by which sources lower the highest draw."""
    own, output = inputs.sources, frame.variables.get("source_output")
    none = np.full((len(own.names), len(inputs.sites), len(inputs.periods)), ABSENT, dtype=np.int64)
    if output is None:
        return none
    charged = np.asarray((inputs.meter.tariff.charge_musd > 0).any(axis=1), dtype=bool)[own.site]
    present = (output.index >= 0) & (own.behind_meter & charged & (own.firm_mw > 0))[:, None]
    if not present.any():
        return none
    axes = (own.names, inputs.periods)
    block = frame.add_variables("relief", axes, unit="MW", meaning="by which a source lowers the highest draw", present=present)
    numbers = row_numbers(present)
    frame.add_rows(
        "tariff.relief_output",
        axes,
        Terms().add(numbers, block.index, 1.0).add(numbers, output.index, -1.0),
        unit="MW",
        meaning="a source lowers the highest draw only by what it puts out",
        says=lambda key, low, high: f"{key[0]} lowers the highest draw in {key[1]} only by what it puts out",
        present=present,
        upper=0.0,
    )
    frame.add_rows(
        "tariff.relief_firm",
        axes,
        Terms().add(numbers, block.index, 1.0).add(numbers, frame.variables["source_units"].index, -own.firm_mw[:, None]),
        unit="MW",
        meaning="a source lowers the highest draw only by what is firm",
        says=lambda key, low, high: f"{key[0]} lowers the highest draw in {key[1]} only by what is firm of it",
        present=present,
        upper=0.0,
    )
    return at_sites(inputs, block.index, own)


def minimum(frame: Frame, inputs: Inputs, billed: Ints) -> None:
    """A share of the contract is billed whether it is drawn or not."""
    tariff, own = inputs.meter.tariff, inputs.sources
    present = (billed >= 0) & (tariff.minimum_take > 0)[:, None]
    numbers = row_numbers(present)
    terms = Terms().add(numbers, billed, 1.0)
    units = frame.variables.get("source_units")
    if units is not None:
        share = tariff.minimum_take[own.site] * tariff.contract_grows[own.site] * own.connection_mw
        terms.add(numbers[None], at_sites(inputs, units.index, own), -share[:, None, None])
    frame.add_rows(
        "tariff.minimum",
        (inputs.sites, inputs.periods),
        terms,
        unit="MW",
        meaning="a share of the contract is billed in any case",
        says=lambda key, low, high: f"{key[0]} is billed for at least {low:g} MW in {key[1]}",
        present=present,
        lower=tariff.minimum_take[:, None] * tariff.contract_mw,
    )
    where = np.argwhere(present)
    grows = tariff.contract_grows[where[:, 0]]  # who names no contract contracts for the power of the site
    frame.follow("power.utility", where, "tariff.minimum", np.where(grows, tariff.minimum_take[where[:, 0]], 0.0))


def ratchet(frame: Frame, inputs: Inputs, billed: Ints, relieved: Ints) -> None:
    """A share of the highest draw before is billed for a while."""
    tariff, n_t = inputs.meter.tariff, len(inputs.periods)
    back = np.arange(n_t)[:, None] - np.arange(n_t)[None, :]
    looks = (back > 0)[None] & (back[None] <= tariff.ratchet_periods[:, None, None])
    present = looks & (tariff.ratchet > 0)[:, None, None] & (billed >= 0)[:, :, None]
    numbers = row_numbers(present)
    share = tariff.ratchet[None, :, None, None]
    post = frame.posted("utility_peak")
    values = tariff.ratchet[post.sites, None] * post.values[:, None]
    terms = Terms().add(numbers[post.sites, :, post.periods], post.columns[:, None], values)
    terms.add(numbers[None], relieved[:, :, None, :], -share).add(numbers, billed[:, :, None], -1.0)
    frame.add_rows(
        "tariff.ratchet",
        (inputs.sites, inputs.periods, inputs.periods),
        terms,
        unit="MW",
        meaning="a share of the highest draw before is billed",
        says=lambda key, low, high: f"{key[0]} is billed in {key[1]} for a share of what it drew in {key[2]}",
        present=present,
        upper=0.0,
    )
