"""Power, heat and space of the sites."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow


def site_limits(d: Derivation) -> Iterator[LimitRow]:
    """Power, heat and positions of every site in every period."""
    for j, site in enumerate(d.case.sites):
        if not d.may_stand(site.id):
            continue
        for t, label in enumerate(d.labels):
            used = d.sized_w(site, t)
            key, path = f"[{site.id},{label}]", f"sites.{j}"
            if site.power_w is not None:
                limit, mw = site.power_w[t] / 1e6, (used["utility"] - d.sources.firm_w(site.id, t)) / 1e6
                says = f"{site.id} has {limit:g} MW energized in {label}"
                says += " besides what its sources can be counted on for" * bool(d.sources.at(site.id))
                yield limit_row("power.utility" + key, f"power at {site.id}", says, "MW", mw, limit, path=path + ".power")
            if site.critical_it_w is not None:
                limit, mw = site.critical_it_w[t] / 1e6, used["it"] / 1e6
                says = f"{site.id} has {limit:g} MW of critical IT in {label}"
                yield limit_row(
                    "power.critical_it" + key,
                    f"critical IT at {site.id}",
                    says,
                    "MW",
                    mw,
                    limit,
                    path=f"{path}.{site.it_key}",
                )
            if d.case.halls_at(site.id):
                continue  # heat and positions are those of its halls, and of what stands beside them
            for way, watts in (("liquid", site.liquid_w), ("air", site.air_w)):
                if watts is not None:
                    says = f"{way} cooling at {site.id} carries {watts / 1e6:g} MW"
                    name = f"{way} cooling at {site.id}"
                    yield limit_row(
                        f"cooling.{way}{key}",
                        name,
                        says,
                        "MW heat",
                        used[way] / 1e6,
                        watts / 1e6,
                        path=f"{path}.cooling.{way}",
                    )
            if site.positions is not None:
                says = f"{site.id} has {site.positions[t]:g} rack positions in {label}"
                name = f"positions at {site.id}"
                yield limit_row(
                    "space.positions" + key,
                    name,
                    says,
                    "racks",
                    used["racks"],
                    site.positions[t],
                    path=path + ".positions",
                )
