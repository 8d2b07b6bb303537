"""Carbon: operational, of the grid where it supplies and of each source for what it puts out.

Sets    k source at site l(k) · s system · l site of which it is known what its grid emits · t period
Terms   kt(l,t)                  Σ_s grid_kt(l,t) · average_mw(s,l) · in_service[s,l,t] + Σ_k over_kt(k,t) · output[k,t]
                                 over_kt is what a source emits over what the grid would have emitted for the same energy
Rows    carbon.site_total[l]     Σ_t kt(l,t) ≤ limit(l)    ktCO2e
        carbon.site_period[l,t]  kt(l,t) ≤ limit(l,t)    ktCO2e
        carbon.total             Σ_{l,t} kt(l,t) ≤ limit    ktCO2e
        carbon.by_period[t]      Σ_l kt(l,t) ≤ limit(t)    ktCO2e
Flows   opex.carbon              price · kt(l,t)    MUSD
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import Bools, Floats, Frame, Ints, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.rules.sources import at_sites
from planner.model.variables import Decisions

Part = tuple[Ints, Floats]
"""Columns over (any, L, T), and ktCO2e of each."""


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    carbon = inputs.meter.carbon
    if not carbon.known.any():
        return
    parts = emitted(frame, decisions, inputs)
    n_l, n_t = carbon.grid_kt.shape
    site, period = np.arange(n_l)[None, :, None], np.arange(n_t)[None, None, :]
    limit_rows(frame, inputs, parts, np.isfinite(carbon.site_total_kt), site, ("site_total", (inputs.sites,)), carbon.site_total_kt)
    both = site * n_t + period
    limit_rows(
        frame,
        inputs,
        parts,
        np.isfinite(carbon.site_period_kt),
        both,
        ("site_period", (inputs.sites, inputs.periods)),
        carbon.site_period_kt,
    )
    total = np.array([carbon.total_kt])
    limit_rows(frame, inputs, parts, np.isfinite(total), np.zeros((1, 1, 1), dtype=np.int64), ("total", (("horizon",),)), total)
    limit_rows(frame, inputs, parts, np.isfinite(carbon.period_kt), period, ("by_period", (inputs.periods,)), carbon.period_kt)
    if carbon.price_musd > 0:
        for columns, values in parts:
            frame.add_flow("opex.carbon", "cash", np.arange(n_t), columns, values * carbon.price_musd)


def emitted(frame: Frame, decisions: Decisions, inputs: Inputs) -> list[Part]:
    """Columns and what each emits, ktCO2e: of machines as if all came from the grid, of sources what they emit more or less."""
    carbon = inputs.meter.carbon
    parts: list[Part] = [(decisions.in_service.index, inputs.average_utility_mw[:, :, None] * carbon.grid_kt[None])]
    output = frame.variables.get("source_output")
    if output is not None:
        columns = at_sites(inputs, output.index, inputs.sources)
        parts.append((columns, np.broadcast_to(carbon.source_kt[:, None, :], columns.shape)))
    return parts


def limit_rows(
    frame: Frame,
    inputs: Inputs,
    parts: list[Part],
    present: Bools,
    row: Ints,
    named: tuple[str, tuple[tuple[str, ...], ...]],
    upper: Floats,
) -> None:
    """One kind of ceiling; `row` places (any, L, T) in the flat shape of `present`."""
    name, axes = named
    numbers = row_numbers(present).ravel()
    terms = Terms()
    for columns, values in parts:
        terms.add(numbers[np.broadcast_to(row, columns.shape)], columns, values)
    at_site, by_period = name.startswith("site"), name.endswith("period")

    def says(key: tuple[str, ...], low: float, high: float) -> str:
        where = f"{key[0]}" if at_site else "all sites together"
        return f"{where} may emit {high:g} ktCO2e " + (f"in {key[-1]}" if by_period else "over the horizon")

    def limit(key: tuple[str, ...]) -> tuple[str, str]:
        of, where = (f" at {key[0]}", f"sites.{inputs.sites.index(key[0])}.") if at_site else ("", "")
        return f"carbon{of} by period" if by_period else f"carbon{of}", f"{where}carbon.{'by_period' if by_period else 'total'}"

    frame.add_rows(
        f"carbon.{name}",
        axes,
        terms,
        unit="ktCO2e",
        meaning="emissions stay under their ceiling",
        says=says,
        present=present,
        upper=upper,
        limit=limit,
    )
