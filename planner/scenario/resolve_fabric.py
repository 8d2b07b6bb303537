"""Count the steps by which the network of each system at each site grows, where the scenario asks for that."""

from __future__ import annotations

import math

from planner.catalog.network import NetworkItem
from planner.engineering.fabric.design import Options
from planner.engineering.fabric.steps import Grade, Steps, fabric_steps
from planner.scenario.case import CaseSystem
from planner.scenario.case.fabric import CaseFabric, CaseGrade
from planner.scenario.gathering import Gathering
from planner.scenario.schema.fabric import Fabric
from planner.scenario.schema.sites import Site


def resolve_fabrics(g: Gathering, systems: list[CaseSystem]) -> list[CaseFabric]:
    """Every network that is bought by the switch; a system that it cannot be counted for keeps the share of its price, with a note."""
    found = []
    for i, site in enumerate(g.scenario.sites):
        fabric, path = (site.fabric, f"sites.{i}.fabric") if site.fabric else (g.scenario.fabric, "fabric")
        for system in systems if fabric is not None else ():
            if fabric is not None and system.may_buy and site.id in system.sites:
                counted = _counted(g, site, system, fabric, path)
                if counted is not None:
                    found.append(counted)
    if found:
        g.note(
            "where a fabric is asked for, networks are bought by the switch: compute, front end and storage networks, no storage machines; "
            "what they draw is in the IT overhead of each system already, and is not added to it"
        )
        by_switch = {(fabric.system, fabric.site) for fabric in found}
        rest = sorted({s.id for s in systems if s.may_buy for site in s.sites if (s.id, site) not in by_switch})
        if rest:
            g.note(
                f"{', '.join(rest)}: where its network is not counted it stays a share of the price, which holds storage machines too; "
                "so the two are not like for like"
            )
    return found


def _counted(g: Gathering, site: Site, system: CaseSystem, fabric: Fabric, path: str) -> CaseFabric | None:
    options = Options(switch=fabric.switch, oversubscription=fabric.oversubscription)
    try:
        steps = fabric_steps(g.catalog, g.catalog.systems[system.product], fabric.topology, options, _most(site, system))
    except ValueError as error:
        g.note(f"{system.id} at {site.id}: its network stays a share of its price, for none can be counted: {error}")
        return None
    if _most(site, system) is None:
        last = steps.grades[-1]
        held = math.floor(last.most_groups * last.nodes_per_group / steps.nodes_per_system + 1e-9)
        g.note(
            f"{system.id} at {site.id}: no power is given, so its network is one of up to {last.tiers} tiers, which holds {held} systems"
        )
    _record(g, steps)
    return CaseFabric(
        site=site.id,
        system=system.id,
        topology=fabric.topology,
        nodes_per_system=steps.nodes_per_system,
        system_usd=steps.system_usd,
        system_w=steps.system_w,
        grades=[_grade(grade) for grade in steps.grades],
        path=path,
    )


def _grade(grade: Grade) -> CaseGrade:
    return CaseGrade(
        tiers=grade.tiers,
        most_groups=grade.most_groups,
        leaves_per_group=grade.leaves_per_group,
        nodes_per_group=grade.nodes_per_group,
        above_per_group=grade.above_per_group,
        group_usd=grade.group_usd,
        above_usd=grade.above_usd,
        group_w=grade.group_w,
        above_w=grade.above_w,
    )


def _most(site: Site, system: CaseSystem) -> int | None:
    """Systems that the site's power could ever feed at their lowest load that sizes it; None where its power is not limited."""
    least_w = system.nameplate_w if site.sizing == "nameplate" else system.peak_w
    if not site.power_w or least_w <= 0:
        return None
    return max(1, math.floor(max(site.power_w.values()) / least_w))


def _record(g: Gathering, steps: Steps) -> None:
    """The figures of every switch, module and cable that the network is made of."""
    items: dict[str, NetworkItem] = {**g.catalog.switches, **g.catalog.transceivers, **g.catalog.cables}
    for name in steps.items:
        g.take(name, "price", "USD", None, items[name].price_usd)
        g.take(name, "power.nameplate", "W", None, items[name].power.nameplate_w)
