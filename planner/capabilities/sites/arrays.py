"""Watts of one system at a site, and how many of it the site could hold: S systems · L sites · T
periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.arrays import MEGA, Floats
from planner.capabilities.emissions.case import EmissionsCase
from planner.capabilities.networks.case import NetworksCase
from planner.core.case import Case, CaseSite, CaseSystem
from planner.engineering.power import NOTHING, Chain, Draw, constant, heat_split_w, power_chain
from planner.model.inputs import Arrays, InputsContext
from planner.model.terms import MEASURES, Measure


def chain_of(case: Case, system: CaseSystem, site: CaseSite) -> Chain:
    """The power chain of one system at a site, without its share of the groups of its network."""
    annual, peak = site.pue(system)
    network = case.of(NetworksCase).network.get((system.id, site.id))
    around_w = system.storage_w + system.management_w
    links = constant(network.system_w, network.system_typical_w) if network is not None else NOTHING
    return power_chain(
        accelerators=system.accelerators,
        tdp_w=system.tdp_w,
        own=Draw(system.nameplate_w, system.peak_w, system.average_w, system.idle_w),
        sold_as=system.basis,
        it_overhead=system.it_overhead,
        beside=links.plus(around_w),
        pue_annual=annual,
        pue_peak=peak,
        utility_loss=case.utility_loss,
    )


def power_of(case: Case) -> dict[Measure, Floats]:
    """[S, L] what one system in service takes of its site."""
    shape = (len(case.systems), len(case.sites))
    out = {key: np.zeros(shape) for key in MEASURES}
    litres = {
        entry.site: (entry.air_l_per_kwh, entry.liquid_l_per_kwh)
        for entry in case.of(EmissionsCase).water
    }
    for i, system in enumerate(case.systems):
        for j, site in enumerate(case.sites):
            chain = chain_of(case, system, site)
            load = site.sizing
            own = chain.rack.at(load) or 0.0
            it = chain.it.at(load) or 0.0
            out["it"][i, j] = it / MEGA
            out["utility"][i, j] = (chain.utility.at(load) or 0.0) / MEGA
            out["utility_average"][i, j] = (chain.utility.average_w or 0.0) / MEGA
            out["utility_peak"][i, j] = (chain.utility.peak_w or 0.0) / MEGA
            out["it_nameplate"][i, j] = chain.it.nameplate_w / MEGA
            air_l, liquid_l = litres.get(site.id, (0.0, 0.0))
            out["water"][i, j] = (
                (chain.it.average_w or 0.0)
                / MEGA
                * (air_l if system.cooling == "air" else liquid_l)
            )
            liquid, air = heat_split_w(own, it - own, system.liquid_share)
            out["liquid"][i, j], out["air"][i, j] = liquid / MEGA, air / MEGA
    return out


def most_of(
    power: dict[Measure, Floats],
    racks: Floats,
    available: Floats,
    critical: Floats,
    positions: Floats,
    heat: Floats,
) -> Floats:
    """[S, L, T] how many systems the site alone could hold; limits are [L, T], and [L, 2] of
    heat.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        candidates = [
            available / power["utility"][:, :, None],
            critical / power["it"][:, :, None],
            positions / racks[:, None, None],
            (heat[:, 0] / power["liquid"])[:, :, None],
            (heat[:, 1] / power["air"])[:, :, None],
        ]
    least = np.fmin.reduce(
        np.broadcast_arrays(*(np.where(np.isnan(c), np.inf, c) for c in candidates))
    )
    return np.asarray(np.floor(least + 1e-9), dtype=np.float64)


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """What sites have for machines, where their own rows limit it."""
    return {
        "available_mw": ctx.room.available_mw,
        "critical_it_mw": ctx.room.critical_it_mw,
        "liquid_limit_mw": ctx.room.heat_mw[:, 0],
        "air_limit_mw": ctx.room.heat_mw[:, 1],
        "positions": ctx.room.positions,
    }


FACE = Arrays(fields=fields)
