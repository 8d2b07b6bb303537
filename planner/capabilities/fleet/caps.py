"""Machines held to a share of their nameplate: variants that compete with the uncapped one for the
same deliveries.

Oversubscription inside the optimum: a cap makes room for more machines under the same megawatts and
takes some of each one's work. The cap is set when a machine is delivered and stays; capped and
uncapped machines of a product share its network.
"""

from __future__ import annotations

from planner.core.case import CaseSystem
from planner.core.context import ResolveContext
from planner.engineering.facility import capped_performance


def with_variants(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseSystem]:
    """The systems, and behind them one more for each cap that the scenario offers."""
    caps = g.catalog.facility.power_caps
    found = list(systems)
    by_id = {system.id: system for system in systems}
    for i, candidate in enumerate(g.scenario.systems):
        system, offered = by_id.get(candidate.system), candidate.power_caps
        if system is None or offered is None or offered.work not in caps:
            continue
        elasticity = g.need(
            "defaults", f"power_caps.{offered.work}", "1", None, caps[offered.work].elasticity
        )
        if len(set(offered.at)) < len(offered.at):
            g.problem(
                "S003", "a cap stands twice", ("systems", i, "power_caps", "at"), "name each once"
            )
        for cap in dict.fromkeys(offered.at):
            if cap * system.nameplate_w < system.idle_w:
                message = (
                    f"{system.id} draws {system.idle_w:g} W when idle, more than "
                    f"{100 * cap:g} % of its nameplate"
                )
                g.problem("S003", message, ("systems", i, "power_caps", "at"), "take a higher cap")
            found.append(held(system, cap, elasticity))
            if cap < 0.7:
                g.note(
                    f"{system.id} at {100 * cap:g} %: what a cap costs is known down to about 70 "
                    "%; below that it is extrapolated"
                )
        g.note(
            f"{system.id}: power caps presume that hardware "
            "enforces them, and are set at delivery; "
            f"work falls with the {elasticity:g}th power of the peak draw ({offered.work})"
        )
    return found


def held(system: CaseSystem, cap: float, elasticity: float) -> CaseSystem:
    """A system held to a share of its nameplate: what it draws, and what is left of its work.

    What is capped is what must be provisioned, so the cap is the new nameplate. Source of the work:
    `capped_performance`, over the peak draw; averages are not taken to fall unless the cap is below
    them.
    """
    draws = held_draws(system, cap)
    work = (
        capped_performance(draws["peak_w"] / system.peak_w, elasticity)
        if system.peak_w > 0
        else 1.0
    )
    return system.model_copy(
        update={
            **draws,
            "id": held_id(system.id, cap),
            "name": f"{system.name}, held to {100 * cap:g} %",
            "variant_of": system.id,
            "power_cap": cap,
            "mfu": {precision: share * work for precision, share in system.mfu.items()},
        }
    )


def held_id(system: str, cap: float) -> str:
    """What a system is called that is held to a share of its nameplate."""
    return f"{system}@{100 * cap:g}%"


def held_draws(system: CaseSystem, cap: float) -> dict[str, float]:
    """Ratings in W of a system held to a share of its nameplate, its chips with it. What stands
    around it draws as much as before.
    """
    most = cap * system.nameplate_w
    loads = {
        f"{load}_w": min(most, getattr(system, f"{load}_w"))
        for load in ("nameplate", "peak", "average", "idle")
    }
    return {**loads, "tdp_w": cap * system.tdp_w, "it_overhead": system.it_overhead / cap}
