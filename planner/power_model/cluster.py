"""What does a cluster draw, what must be installed for it, what does a year of it take, and how
sure are we of each?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from planner.engineering.cluster import chain_of, components, group_draws
from planner.engineering.facility import (
    capped_performance,
    carbon_t,
    energy_mwh,
    load_factor,
    water_m3,
)
from planner.engineering.layers import LayerNeed, StageLoss, layer_needs, stage_losses
from planner.engineering.node_draw import ACCELERATORS, own_draw, own_parts, uncapped_peak_w
from planner.engineering.plant import Storage, for_ramp
from planner.engineering.power import BASES, LOADS, Basis, Chain, Load
from planner.engineering.uncertain import NOMINAL, Band, Ends, UncertainFigure, spread, uncertain
from planner.numbers import number
from planner.power_model.draw import STEPS, Step
from planner.power_model.setup import Setup
from planner.records import Figure, Grade, many


@dataclass(frozen=True)
class Told:
    """One figure with its range and the worst grade of what moves it."""

    what: str
    unit: str
    at: str
    band: Band
    grade: Grade


@dataclass(frozen=True)
class Swing:
    """What a synchronous job drops at once, at basis `it`, and the storage that would turn it into
    a ramp.
    """

    step_w: float
    ramp_w_per_s: float | None
    storage: Storage | None


@dataclass(frozen=True)
class Capped:
    """What a cap does to one group: to which share of nameplate and of its realised peak it is
    held, and what work is left.
    """

    system: str
    share_of_nameplate: float
    share_of_peak: float
    work_each: Band | None
    """Work of one system over that without the cap, while it would draw its peak; None where no
    elasticity was published."""
    more: float | None
    """How much more equipment stands here than fits at nameplate."""


@dataclass(frozen=True, repr=False)
class ClusterPower:
    """The answer."""

    setup: Setup
    chain: Chain
    steps: list[Step]
    parts: list[tuple[str, dict[Load, float]]]
    layers: list[LayerNeed]
    stages: list[StageLoss]
    yearly: list[Told]
    swing: Swing
    capped: list[Capped]
    uncertain_figures: list[UncertainFigure]
    notes: list[str]

    def __repr__(self) -> str:
        count, draw = self.setup.cluster.accelerators, self.chain.utility.nameplate_w / 1e6
        return f"<ClusterPower: {many(count, 'accelerator')}, {draw:.6g} MW (utility, nameplate)>"

    @property
    def accelerators_per_mw(self) -> float:
        """Accelerators per MW at the utility's meter, nameplate."""
        return self.setup.cluster.accelerators / (self.chain.utility.nameplate_w / 1e6)

    def basis_of(self, part: str) -> Basis:
        """The basis at which a part, by its name in `parts`, first counts."""
        groups = self.setup.cluster.groups
        if part in {name for g in groups for name, _ in own_parts(g.own, g.work, "nameplate")}:
            return "server" if self.chain.server is not None else "rack"
        if part.startswith("utility"):
            return "utility"
        return "facility" if part.startswith(("loss of", "cooling")) else "it"

    def parts_to(self, basis: Basis, load: Load) -> dict[str, float]:
        """W of each part that counts at a basis, at a load; they add up to the draw there, but for
        what the chip basis leaves of accelerators at nameplate.
        """
        if basis == "chip":
            return {ACCELERATORS: dict(self.parts)[ACCELERATORS][load]}
        last = BASES.index(basis)
        return {
            name: by_load[load]
            for name, by_load in self.parts
            if BASES.index(self.basis_of(name)) <= last
        }

    def told(self, basis: Basis, load: Load) -> Told | None:
        """MW at a basis and load; None where the chain has no such figure."""
        known = next((step.bands.get(load) for step in self.steps if step.basis == basis), None)
        return (
            None
            if known is None
            else Told(
                "power",
                "MW",
                f"{basis}, {load}",
                known.scaled(1e-6),
                _grade(known, self.uncertain_figures),
            )
        )


class Reckoner:
    """Chains of one cluster for each place of the uncertain figures, each worked out once."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.chains: dict[tuple[tuple[str, float], ...], Chain] = {}
        self.its: dict[tuple[tuple[str, float], ...], list[float]] = {}

    def chain(self, ends: Ends = NOMINAL) -> Chain:
        """The chain where the uncertain figures stand so."""
        key = tuple(sorted(ends.items()))
        if key not in self.chains:
            self.chains[key] = chain_of(self.setup.cluster, ends)
        return self.chains[key]

    def it_average_w(self, ends: Ends) -> list[float]:
        """Average IT power of each group."""
        key = tuple(sorted(ends.items()))
        if key not in self.its:
            self.its[key] = [
                group_draws(group, ends)[2].average_w or 0.0 for group in self.setup.cluster.groups
            ]
        return self.its[key]

    def w(self, basis: Basis, load: Load, ends: Ends = NOMINAL) -> float:
        """W at a basis and load."""
        draw = self.chain(ends).at(basis)
        return (draw.at(load) if draw else None) or 0.0

    def band(self, basis: Basis, load: Load) -> Band:
        """W at a basis and load with the 80 % band."""
        return spread(self.setup.cluster.uncertain_figures, lambda ends: self.w(basis, load, ends))


def cluster_power(setup: Setup) -> ClusterPower:
    """Everything `planner power` tells of a cluster."""
    reckoner = Reckoner(setup)
    chain = reckoner.chain()
    step_w = (chain.it.peak_w or 0.0) - (chain.it.idle_w or 0.0)
    ramp = setup.file.facility.ramp_w_per_s
    yearly, more = _yearly(reckoner)
    return ClusterPower(
        setup=setup,
        chain=chain,
        steps=_steps(reckoner),
        parts=components(setup.cluster),
        layers=layer_needs(chain, setup.redundancy, setup.plant),
        stages=stage_losses(
            chain.it.peak_w or 0.0, chain.it.nameplate_w, setup.redundancy, setup.plant
        ),
        yearly=yearly,
        swing=Swing(step_w, ramp, for_ramp(step_w, ramp) if ramp else None),
        capped=_capped(setup),
        uncertain_figures=[*setup.cluster.uncertain_figures, *more],
        notes=[*setup.notes, *_notes(setup)],
    )


def _steps(reckoner: Reckoner) -> list[Step]:
    """The chain from chip to utility with bands; the rack adds nothing to servers."""
    chain = reckoner.chain()
    steps: list[Step] = []
    before = 0.0
    for basis in BASES:
        draw = chain.at(basis)
        if draw is None or (basis == "rack" and chain.server is not None):
            continue
        bands = {load: reckoner.band(basis, load) for load in LOADS if draw.at(load) is not None}
        steps.append(Step(basis, STEPS[basis], bands, draw.nameplate_w - before))
        before = draw.nameplate_w
    return steps


def _grade(known: Band, uncertain_figures: Sequence[UncertainFigure]) -> Grade:
    moving = {name for name, _, _ in known.by_factor}
    return max((k.grade for k in uncertain_figures if k.key in moving), default="A")


def _yearly(reckoner: Reckoner) -> tuple[list[Told], list[UncertainFigure]]:
    """Energy, water, carbon, heat and money of a year, and the uncertain figures that only these
    hang on.
    """
    setup = reckoner.setup
    more = [setup.carbon, *{c.wue.name: c.wue for c in setup.cooled}.values()]
    every = [*setup.cluster.uncertain_figures, *more]

    def tell(
        what: str, unit: str, at: str, measure: Callable[[Ends], float], most: float = float("inf")
    ) -> Told:
        known = spread(every, measure)
        known = replace(known, low=max(0.0, known.low), high=min(most, known.high))
        return Told(what, unit, at, known, _grade(known, every))

    def gwh(basis: Basis) -> Callable[[Ends], float]:
        return lambda ends: energy_mwh(reckoner.w(basis, "average", ends)) / 1e3

    def share(over: Load) -> Callable[[Ends], float]:
        return lambda ends: _share(reckoner, over, ends)

    def water(ends: Ends) -> float:
        pairs = zip(reckoner.it_average_w(ends), setup.cooled, strict=True)
        return sum(water_m3(energy_mwh(w), cooled.wue.at(ends)) for w, cooled in pairs)

    def liquid_mw(ends: Ends) -> float:
        groups = zip(setup.cluster.groups, setup.cooled, strict=True)
        average_w = ((group_draws(group, ends)[1].average_w or 0.0, c) for group, c in groups)
        return sum(w * cooled.liquid_share for w, cooled in average_w) / 1e6

    def heat_mw(ends: Ends) -> float:
        return reckoner.w("facility", "average", ends) / 1e6

    def air_mw(ends: Ends) -> float:
        return reckoner.w("it", "average", ends) / 1e6 - liquid_mw(ends)

    def carbon(ends: Ends) -> float:
        return carbon_t(energy_mwh(reckoner.w("utility", "average", ends)), setup.carbon.at(ends))

    told = [
        tell("energy", "GWh", "it, average", gwh("it")),
        tell("energy", "GWh", "utility, average", gwh("utility")),
        tell("load factor", "%", "utility, average over peak", share("peak"), 100.0),
        tell("utilisation", "%", "utility, average over nameplate", share("nameplate"), 100.0),
        tell("water", "m³", "site, average", water),
        tell("carbon", "tCO2e", f"utility, average, {setup.grid}", carbon),
        tell("heat rejected", "MW", "facility, average", heat_mw),
        tell("of it from the equipment by liquid", "MW", "it, average", liquid_mw),
        tell("of it from the equipment by air", "MW", "it, average", air_mw),
    ]
    price = setup.file.facility.energy_price_usd_per_mwh
    if price is not None:
        at = f"utility, average, {number(price)} USD/MWh"
        told.append(
            tell("energy bill", "MUSD", at, lambda ends: gwh("utility")(ends) * price / 1e3)
        )
    return told, more


def _share(reckoner: Reckoner, over: Load, ends: Ends) -> float:
    """The average load as a percentage of another, both at the utility's meter."""
    average_w = reckoner.w("utility", "average", ends)
    return 100.0 * load_factor(average_w, reckoner.w("utility", over, ends))


def _capped(setup: Setup) -> list[Capped]:
    """What the cap costs each group. Source: constant elasticity, the catalog's `power_caps`."""
    hall = setup.file.facility
    more = hall.power_oversubscription
    found = []
    for group in setup.cluster.groups:
        cap = group.own.cap
        if cap is None:
            continue
        peak = own_draw(group.own, group.work).peak_w or 0.0
        share = min(1.0, peak / uncapped_peak_w(group.own, group.work))
        elasticity = setup.elasticities.get(group.work)
        work = _work(share, elasticity) if elasticity is not None else None
        found.append(Capped(group.system.id, cap, share, work, more))
    return found


def _work(share: float, elasticity: Figure[float]) -> Band:
    exponent = uncertain("power_caps · elasticity", "1", elasticity)
    return spread([exponent], lambda ends: capped_performance(share, exponent.at(ends)))


def _notes(setup: Setup) -> list[str]:
    found = []
    if any(group.own.cap is not None for group in setup.cluster.groups):
        found.append(
            "nameplate is what the cap lets the systems draw: it holds only where the cap is "
            "enforced in hardware"
        )
    if setup.cluster.site.stages_outside:
        found.append(
            "the PUE given leaves UPS, distribution and transformers out: their losses are added "
            "from the catalog's stages"
        )
    for group in setup.cluster.groups:
        if group.work in ("hpl", "idle") and group.own.cap is not None:
            found.append(f"{group.system.id}: what a cap costs {group.work} was not published")
    return found
