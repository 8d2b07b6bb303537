"""What do network, storage and management add to a system's nameplate in a plan, and where does that come from?

Three roads, the first that is open: the scenario's own `assume: {it_overhead: …}`; the networks as the fabric model counts them at the
scale of the scenario, with the catalog's storage and management per accelerator; the catalog's `it_overhead`, where nobody published the
system's scale-out bandwidth. The case stays a plain share of nameplate. A plan does not choose a topology, so those that `planner fabric`
compares are its range; the rail-optimized one is planned with.

With `resolve_halls` and `resolve_fabric`, this is the only way from a scenario into `engineering`.
"""

from __future__ import annotations

import math

from planner.catalog.hardware import System
from planner.engineering.around import Network, countable, network_of
from planner.engineering.knobs import Ends, knob, spread
from planner.scenario.case import UsedFigure
from planner.scenario.fields import Amount
from planner.scenario.gathering import Gathering

REFERENCE_ACCELERATORS = 16_384
"""Scale of a scenario that states none for a system."""


def overhead_of(g: Gathering, system: System, nameplate_w: float) -> float:
    """Network, storage and management as a share of nameplate, recorded with its range and its origin."""
    form = system.basis
    default = g.catalog.defaults.it_overhead
    share = default.server if form == "server" else default.rack
    said, around = g.scenario.assume.it_overhead, g.catalog.metered.surroundings
    if said is not None or around is None or not countable(system):
        if said is None:
            why = "nobody published its scale-out bandwidth" if around is not None else "the catalog has no storage and management"
            g.note(f"{system.id}: {why}, so network, storage and management are not counted but the catalog's share of nameplate")
        return g.need("defaults", f"it_overhead.{form}", "1", said, share)
    count, of = scale_of(g, system, nameplate_w)
    network, count = _network(g, system, count)
    per = round(system.accelerators.value)
    beside = [knob("storage", "W/accelerator", around.storage_w), knob("management", "W/accelerator", around.management_w)]

    def measure(ends: Ends) -> float:
        return (network.w("nameplate", ends) / count + per * sum(k.at(ends) for k in beside)) / nameplate_w

    known = spread([*network.knobs, *beside], measure)
    g.figures[system.id, "it_overhead"] = UsedFigure(
        of=system.id,
        figure="it_overhead",
        value=known.value,
        unit="1",
        low=max(0.0, known.low),
        high=known.high,
        kind="derived",
        via="primary",
        grade="C",
        date=max((k.date for k in [*network.knobs, *beside] if k.date), default=str(g.catalog.version)),
        source="fabric model (`planner fabric`) on the catalog's switches and modules, with its storage and management per accelerator",
        note=f"{network.kind} of {network.switch} for {count} systems, {of}; other topologies are in the range",
    )
    return known.value


def scale_of(g: Gathering, system: System, nameplate_w: float) -> tuple[int, str]:
    """How many systems the networks are counted for, and where the scenario says so.

    What stands or is asked for; else what is allotted, or the reference scale, as far as the sites' power feeds it.
    """
    scenario, per = g.scenario, system.accelerators.value

    def systems(amount: Amount) -> float:
        return amount.number / (per if amount.unit == "accelerators" else 1.0)

    stands = sum(systems(entry.units) for entry in scenario.fleet if entry.system == system.id)
    needs = [
        systems(amount)
        for demand in scenario.demands
        if demand.kind == "deployment" and (demand.system == system.id or demand.accelerator == system.accelerator)
        for amount in demand.need.values()
    ]
    if (asked := max([stands, *needs])) >= 1:
        return round(asked), "what stands or is asked for"
    given = [s for s in scenario.supply if s.system == system.id]
    allotted = max([0.0, *(systems(a) for s in given for a in s.by.values()), *(systems(s.total) for s in given if s.total)])
    fed = _fed(g, system, nameplate_w)
    if allotted >= 1:
        return max(1, round(min(allotted, fed))), "what is allotted" if allotted <= fed else "what the power feeds"
    reference = REFERENCE_ACCELERATORS / per
    words = f"a reference scale of {REFERENCE_ACCELERATORS} accelerators" if reference <= fed else "what the power feeds"
    return max(1, round(min(reference, fed))), words


def _fed(g: Gathering, system: System, nameplate_w: float) -> float:
    """About how many the power of all sites feeds at nameplate, by the catalog's share and design-day PUE; infinite without a limit."""
    defaults = g.catalog.defaults
    share = defaults.it_overhead.server if system.basis == "server" else defaults.it_overhead.rack
    pue = defaults.pue.air if system.cooling == "air" else defaults.pue.liquid
    limits = [max(site.power_w.values()) if site.power_w else math.inf for site in g.scenario.sites]
    return sum(limits) / (nameplate_w * (1.0 + share.value) * pue.peak.value)


def _network(g: Gathering, system: System, count: int) -> tuple[Network, int]:
    """The networks of so many, or of the largest half, quarter … of them that one fabric holds."""
    while True:
        try:
            return network_of(g.catalog, system, count), count
        except ValueError:
            if count == 1:
                raise
            count = -(-count // 2)
