"""What follows from a plan's decisions? Every table of a plan, re-derived from the case by plain
arithmetic.

This is the second road: it knows the case and `engineering`, and neither the model nor the solver.
Loops over small records on purpose, so that it shares no array code with the model whose answer it
checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from planner.capabilities.demand.case import CaseDemand, DemandCase
from planner.capabilities.demand.tables import ASSIGNMENTS, CLUSTERS, ComputeRow, DemandRow
from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.fleet.tables import FleetRow
from planner.capabilities.networks.case import CaseGrade, CaseNetwork, NetworksCase
from planner.capabilities.sites.tables import BUILT, EnergyRow, PowerRow
from planner.core.case import Case, CaseSite, CaseSystem
from planner.core.registry import faces
from planner.engineering.power import (
    NOTHING,
    Chain,
    Draw,
    add_chains,
    constant,
    heat_split_w,
    power_chain,
)
from planner.engineering.worth import energy_mwh
from planner.plan.decided import Beside as Beside
from planner.plan.decided import Decided
from planner.plan.decided import Decisions as Decisions

RESIDUE = 1e-9


class Derivation(Decided):
    """Everything that follows from decisions under a case."""

    def __init__(self, case: Case, decisions: Decisions) -> None:
        super().__init__(case, decisions)
        self._chains: dict[tuple[str, str], Chain] = {}
        self._site_chains: dict[tuple[str, int], Chain | None] = {}
        self._sized_w: dict[tuple[str, int], dict[str, float]] = {}

    def average_mw(self, site: CaseSite, t: int) -> float:
        """Mean draw of a site at the utility basis."""
        chain = self.site_chain(site, t)
        return 0.0 if chain is None else (chain.utility.average_w or 0.0) / 1e6

    def peak_mw(self, site: CaseSite, t: int) -> float:
        """Highest realised draw of a site at the utility basis."""
        chain = self.site_chain(site, t)
        return 0.0 if chain is None else (chain.utility.peak_w or 0.0) / 1e6

    def may_stand(self, site: str) -> bool:
        """Whether any system can ever stand at a site."""
        stands = any(f.site == site and f.units for f in self.case.of(FleetCase).fleet)
        return (
            stands
            or any(site in s.sites for s in self.case.systems)
            or any(move.destination == site for move in self.case.of(FleetCase).moves)
        )

    def fleet(self) -> list[FleetRow]:
        """Systems in service, where there are any."""
        return [
            FleetRow(
                system=system,
                site=site,
                period=label,
                units=n,
                accelerators=n * self.case.system[system].accelerators,
            )
            for (system, site), counts in self.units.items()
            for label, n in zip(self.labels, counts, strict=True)
            if n
        ]

    def chain(self, system: CaseSystem, site: CaseSite) -> Chain:
        """Power chain of one system at a site, without its share of the groups of its network."""
        key = (system.id, site.id)
        if key not in self._chains:
            annual, peak = site.pue(system)
            network = self.case.of(NetworksCase).network.get(key)
            links = (
                constant(network.system_w, network.system_typical_w)
                if network is not None
                else NOTHING
            )
            self._chains[key] = power_chain(
                accelerators=system.accelerators,
                tdp_w=system.tdp_w,
                own=Draw(system.nameplate_w, system.peak_w, system.average_w, system.idle_w),
                sold_as=system.basis,
                it_overhead=system.it_overhead,
                beside=links.plus(system.storage_w + system.management_w),
                pue_annual=annual,
                pue_peak=peak,
                utility_loss=self.case.utility_loss,
            )
        return self._chains[key]

    def in_service(self, site: str, t: int) -> Iterator[tuple[CaseSystem, int]]:
        """Systems in service at a site in a period."""
        for (system, where), counts in self.units.items():
            if where == site and counts[t]:
                yield self.case.system[system], counts[t]

    def site_chain(self, site: CaseSite, t: int) -> Chain | None:
        """Power chain of a whole site in a period; None if nothing runs there."""
        if (site.id, t) not in self._site_chains:
            chains = [
                self.chain(system, site).times(n) for system, n in self.in_service(site.id, t)
            ]
            chains += self.beside(site.id, t)
            self._site_chains[site.id, t] = add_chains(chains) if chains else None
        return self._site_chains[site.id, t]

    def power(self) -> list[PowerRow]:
        """Draw by site, period and basis."""
        rows = []
        for site in self.case.sites:
            for t, label in enumerate(self.labels):
                for basis, draw in self.site_chain(site, t) or ():
                    rows.append(
                        PowerRow(
                            site=site.id,
                            period=label,
                            basis=basis,
                            nameplate_mw=draw.nameplate_w / 1e6,
                            peak_mw=_mw(draw.peak_w),
                            average_mw=_mw(draw.average_w),
                            idle_mw=_mw(draw.idle_w),
                        )
                    )
        return rows

    def energy(self) -> list[EnergyRow]:
        """Energy by site and period."""
        rows = []
        for site in self.case.sites:
            for t, label in enumerate(self.labels):
                chain = self.site_chain(site, t)
                if chain is not None:
                    rows.append(
                        EnergyRow(
                            site=site.id,
                            period=label,
                            energy_mwh=energy_mwh(chain.utility.average_w or 0.0, self.hours[t]),
                        )
                    )
        return rows

    def sized_w(self, site: CaseSite, t: int) -> dict[str, float]:
        """What the site's limits see, at its sizing load, in W (racks for positions)."""
        if (site.id, t) not in self._sized_w:
            self._sized_w[site.id, t] = self._sized(site, t)
        return self._sized_w[site.id, t]

    def _sized(self, site: CaseSite, t: int) -> dict[str, float]:
        total: dict[str, float] = dict.fromkeys(("utility", "it", "liquid", "air", "racks"), 0.0)
        for system, n in self.in_service(site.id, t):
            chain = self.chain(system, site)
            own, it = chain.rack.at(site.sizing) or 0.0, chain.it.at(site.sizing) or 0.0
            liquid, air = heat_split_w(own, it - own, system.liquid_share)
            utility = chain.utility.at(site.sizing) or 0.0
            for key, value in (
                ("utility", utility),
                ("it", it),
                ("liquid", liquid),
                ("air", air),
                ("racks", system.racks),
            ):
                total[key] += n * value
        for chain in self.beside(site.id, t):
            it, utility = chain.it.at(site.sizing) or 0.0, chain.utility.at(site.sizing) or 0.0
            for key, value in (("utility", utility), ("it", it), ("air", it)):
                total[key] += value
        return total

    def beside(self, site: str, t: int) -> list[Chain]:
        """Power chains of what runs at a site in a period beside its machines."""
        return [chain for _, chain in self.beside_of(site, t)]

    def beside_of(self, site: str, t: int) -> Iterator[tuple[Sequence[str], Chain]]:
        """The same, each with the systems that it runs for."""
        for face in faces("chains", Beside):
            yield from face.chains(self, site, t)

    def beside_it_w(self, site: CaseSite, t: int) -> float:
        """W of IT beside the machines, at the load that the site is sized by."""
        return sum(chain.it.at(site.sizing) or 0.0 for chain in self.beside(site.id, t))

    def existing_mw(self, site: CaseSite) -> float:
        """MW of critical IT that stands at the start: what the scenario says, or what the existing
        fleet takes at the sizing load.

        Its networks are of the grade for what stands, though they may grow into another.
        """
        if site.existing_it_w is not None:
            return site.existing_it_w / 1e6
        fleet = [
            (self.case.system[f.system], f.units)
            for f in self.case.of(FleetCase).fleet
            if f.site == site.id
        ]
        total = sum(
            units * (self.chain(system, site).it.at(site.sizing) or 0.0) for system, units in fleet
        )
        for face in faces("chains", Beside):
            for chain in face.at_start(self, site.id):
                total += chain.it.at(site.sizing) or 0.0
        return total / 1e6

    @cached_property
    def built_mw(self) -> dict[tuple[str, int], float]:
        """(site, period) → MW of critical IT that stands; what stood at the start where nothing was
        built.
        """
        result = {
            (site.id, t): self.existing_mw(site)
            for site in self.case.sites
            for t in range(len(self.labels))
        }
        for row in self.decisions.of(BUILT):
            result[row.site, self.at[row.period]] = row.it_mw
        return result

    def demands(self) -> list[DemandRow]:
        """What each demand got, where it asked for something."""
        rows = []
        for demand in self.case.of(DemandCase).demands:
            for t, need in enumerate(demand.need):
                if need > 0:
                    served = self.served(demand, t)
                    rows.append(
                        DemandRow(
                            demand=demand.id,
                            period=self.labels[t],
                            unit=demand.measured_in,
                            need=need,
                            served=served,
                            short=missing(need, served),
                        )
                    )
        return rows

    def served(self, demand: CaseDemand, t: int) -> float:
        """What counts towards a demand in a period, in its unit."""
        rivals = [d for d in self.case.of(DemandCase).demands if d.kind == demand.kind]
        if demand.kind == "power" or (len(rivals) == 1 and not demand.coherent):
            return self.running(demand, t)
        return sum(
            n * self.weight(demand, self.case.system[system], self.case.site[site])
            for system, site, n in self._counted(demand, t, alone=len(rivals) == 1)
        )

    def running(self, demand: CaseDemand, t: int) -> float:
        """What runs of the kinds and at the places of a demand, whoever counts it, in its unit;
        towards a power with what runs beside those machines.
        """
        total = 0.0
        for site in self.case.sites:
            if site.id not in demand.sites:
                continue
            for system, n in self.in_service(site.id, t):
                if system.id in demand.systems:
                    total += n * self.weight(demand, system, site)
            if demand.kind == "power":
                total += sum(
                    drawn_mw(demand, chain)
                    for systems, chain in self.beside_of(site.id, t)
                    if not set(systems).isdisjoint(demand.systems)
                )
        return total

    def weight(self, demand: CaseDemand, system: CaseSystem, site: CaseSite) -> float:
        """What one system at a site contributes to a demand, in accelerators, FLOP/s or MW; towards
        a power without its share of the groups of its network.
        """
        if demand.kind == "power":
            return drawn_mw(demand, self.chain(system, site))
        if demand.precision is None:
            return float(system.accelerators)
        if demand.basis == "peak":
            return system.peak_flop_s.get(demand.precision, 0.0)
        return system.delivered_flop_s(demand.precision, self.case.goodput)

    def _counted(
        self, demand: CaseDemand, t: int, *, alone: bool
    ) -> Iterator[tuple[str, str, float]]:
        chosen = (
            {
                (row.system, row.site)
                for row in self.decisions.of(CLUSTERS)
                if row.demand == demand.id
            }
            if demand.coherent
            else None
        )
        if alone:
            for (system, site), counts in self.units.items():
                if (
                    system in demand.systems
                    and site in demand.sites
                    and (chosen is None or (system, site) in chosen)
                ):
                    yield system, site, float(counts[t])
            return
        for row in self.decisions.of(ASSIGNMENTS):
            if (
                (row.demand, row.period) != (demand.id, self.labels[t])
                or row.system not in demand.systems
                or row.site not in demand.sites
            ):
                continue
            if chosen is None or (row.system, row.site) in chosen:
                yield row.system, row.site, row.units

    def compute(self) -> list[ComputeRow]:
        """Computing rate by period, for every precision the case knows."""
        precisions = dict.fromkeys(p for s in self.case.systems for p in s.peak_flop_s)
        rows = []
        for precision in precisions:
            for t, label in enumerate(self.labels):
                peak = sum(
                    counts[t] * self.case.system[s].peak_flop_s.get(precision, 0.0)
                    for (s, _), counts in self.units.items()
                )
                delivered = sum(
                    counts[t] * self.case.system[s].delivered_flop_s(precision, self.case.goodput)
                    for (s, _), counts in self.units.items()
                )
                rows.append(
                    ComputeRow(
                        precision=precision,
                        period=label,
                        peak_flop_s=peak,
                        delivered_flop_s=delivered,
                    )
                )
        return rows


def drawn_mw(demand: CaseDemand, chain: Chain) -> float:
    """MW of a chain at the basis and the load that a demand for power is meant at."""
    draw = None if demand.power_basis is None else chain.at(demand.power_basis)
    watts = None if draw is None or demand.load is None else draw.at(demand.load)
    return (watts or 0.0) / 1e6


def group_chain(case: Case, network: CaseNetwork, grade: CaseGrade) -> Chain:
    """The power chain of one group: no chip and no machine, cooled as its product is."""
    system, site = case.system[network.systems[0]], case.site[network.site]
    annual, peak = site.pue(system)
    return power_chain(
        accelerators=0,
        tdp_w=0.0,
        own=NOTHING,
        sold_as=system.basis,
        beside=constant(grade.nameplate_w, grade.typical_w),
        pue_annual=annual,
        pue_peak=peak,
        utility_loss=case.utility_loss,
    )


def missing(need: float, served: float) -> float:
    """What goes short of a need; rounding residue do not."""
    return need - served if need - served > RESIDUE * need else 0.0


def _mw(watts: float | None) -> float | None:
    return None if watts is None else watts / 1e6
