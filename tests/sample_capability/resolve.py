"""Join the fuel stores of a scenario with nothing: they say everything themselves."""

from __future__ import annotations

from collections.abc import Mapping

from planner.core.context import Resolve, ResolveContext
from tests.sample_capability.case import CaseFuelStore
from tests.sample_capability.schema import FuelStoresAtSite

LONGEST_DAYS = 366.0


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    found = []
    for j, site in enumerate(g.scenario.sites):
        said = site.of(FuelStoresAtSite).fuel_store
        if said is None:
            continue
        if said.lasts_days > LONGEST_DAYS:
            message = f"a store that lasts {said.lasts_days:g} days outlasts the year"
            g.problem(
                "S003", message, ("sites", j, "fuel_store", "lasts"), "write `lasts: 48 hours`"
            )
        found.append(
            CaseFuelStore(
                site=site.id,
                most_m3=g.given(site.id, "fuel store", "m3", said.at_most_m3),
                m3_per_mw=said.lasts_days * 24 * said.use_l_per_kwh,
                cost_usd_per_m3=said.cost_usd_per_m3,
                path=f"sites.{j}.fuel_store",
            )
        )
    return {"fuel_stores": found}


FACE = Resolve(case)
