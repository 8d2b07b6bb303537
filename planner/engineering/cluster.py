"""What does a cluster of several kinds of systems draw at each point of the chain, part by part?

    it        = Σ groups: own draw + networks + storage + management
    networks  nameplate at nameplate, typical load at the others: switches and modules do not idle
              with the job
    facility  = Σ it · PUE of the group's cooling; where the PUE leaves power stages out: Σ it ·
              (PUE − 1) + Σ it / Π η
    utility   = facility / (1 − loss)

The design day's PUE stands at nameplate and peak, the year's mean at average and idle. A group
whose scale-out bandwidth nobody published takes the catalog's `it_overhead`, a share of its
nameplate that holds networks, storage and management together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.catalog.components import Workload
from planner.catalog.facility import Layer, Plant, Redundancy
from planner.catalog.hardware import System
from planner.engineering.balance_of_system import Network
from planner.engineering.facility import stage_efficiency
from planner.engineering.layers import STAGES, stage_losses, stage_of, usable_of
from planner.engineering.node_draw import Own, chip_draw, own_draw, own_parts
from planner.engineering.power import LOADS, Chain, Draw, Load
from planner.engineering.uncertain import NOMINAL, Ends, UncertainFigure, between
from planner.records import Figure

AROUND = "networks, storage, management"
TOGETHER = "cooling and losses inside the PUE"


@dataclass(frozen=True)
class Group:
    """So many of one system, with what stands around them and what cools them."""

    system: System
    count: int
    own: Own
    work: Workload
    network: Network | None
    overhead: UncertainFigure | None
    """Share of nameplate, where there is no network to count."""
    storage: UncertainFigure | None
    """W per accelerator."""
    management: UncertainFigure | None
    pue_annual: UncertainFigure
    pue_peak: UncertainFigure

    @property
    def accelerators(self) -> int:
        """All of them."""
        return self.count * round(self.system.accelerators.value)

    @property
    def uncertain_figures(self) -> Iterator[UncertainFigure]:
        """Everything of it that may turn out otherwise."""
        yield from self.own.figures_at(self.work)
        yield from self.network.uncertain_figures if self.network else ()
        yield from (
            k
            for k in (self.overhead, self.storage, self.management, self.pue_annual, self.pue_peak)
            if k is not None
        )


@dataclass(frozen=True)
class Site:
    """What stands between the IT and the utility's meter."""

    utility_loss: UncertainFigure
    redundancy: Mapping[Layer, Redundancy]
    plant: Plant
    stages_outside: bool = False
    """Whether the PUE leaves UPS, distribution and transformers out."""

    @property
    def uncertain_figures(self) -> Iterator[UncertainFigure]:
        """Everything of it that may turn out otherwise."""
        yield self.utility_loss
        if self.stages_outside:
            yield from (_stage_figure(self.plant, name) for name, _ in STAGES)


@dataclass(frozen=True)
class Cluster:
    """All groups at one site."""

    groups: tuple[Group, ...]
    site: Site

    @property
    def accelerators(self) -> int:
        """All of them."""
        return sum(group.accelerators for group in self.groups)

    @property
    def uncertain_figures(self) -> list[UncertainFigure]:
        """Everything that may turn out otherwise, each once; two groups may know one figure
        differently.
        """
        return list(
            dict.fromkeys(
                [
                    *(k for group in self.groups for k in group.uncertain_figures),
                    *self.site.uncertain_figures,
                ]
            )
        )


def around_parts(group: Group, load: Load, ends: Ends = NOMINAL) -> Iterator[tuple[str, float]]:
    """W of what stands around a group's systems, by part."""
    if group.network is not None:
        nominal = group.network.w(load)
        scale = group.network.w(load, ends) / nominal if nominal else 0.0
        yield from ((fabric.name, fabric.w(load) * scale) for fabric in group.network.fabrics)
    if group.overhead is not None:
        yield AROUND, group.overhead.at(ends) * group.own.nameplate.at(ends) * group.count
    if group.storage is not None:
        yield "storage", group.storage.at(ends) * group.accelerators
    if group.management is not None:
        yield "management", group.management.at(ends) * group.accelerators


def group_draws(group: Group, ends: Ends = NOMINAL) -> tuple[Draw, Draw, Draw]:
    """(chip, own, it) of a whole group, W."""
    own = own_draw(group.own, group.work, ends).scaled(group.count, group.count)
    chip = chip_draw(group.own, group.work, ends).scaled(group.count, group.count)
    it = {
        load: (own.at(load) or 0.0) + sum(w for _, w in around_parts(group, load, ends))
        for load in LOADS
    }
    return chip, own, Draw(it["nameplate"], it["peak"], it["average"], it["idle"])


def chain_of(cluster: Cluster, ends: Ends = NOMINAL) -> Chain:
    """The chain of a whole cluster where the uncertain figures stand so.

    `server` is None unless every system is a server. Source: the lines at the head of this module.
    """
    draws = [group_draws(group, ends) for group in cluster.groups]
    chip, own, it = (_sum([each[i] for each in draws]) for i in range(3))
    servers = all(group.system.basis == "server" for group in cluster.groups)
    facility = {
        load: _facility_w(cluster, [each[2] for each in draws], load, ends) for load in LOADS
    }
    gross = 1.0 / (1.0 - cluster.site.utility_loss.at(ends))
    building = Draw(facility["nameplate"], facility["peak"], facility["average"], facility["idle"])
    return Chain(chip, own if servers else None, own, it, building, building.scaled(gross, gross))


def _sum(draws: list[Draw]) -> Draw:
    total = {load: sum(draw.at(load) or 0.0 for draw in draws) for load in LOADS}
    return Draw(total["nameplate"], total["peak"], total["average"], total["idle"])


def _pue(group: Group, load: Load, ends: Ends) -> float:
    return max(
        1.0, (group.pue_peak if load in ("nameplate", "peak") else group.pue_annual).at(ends)
    )


def _facility_w(cluster: Cluster, its: list[Draw], load: Load, ends: Ends) -> float:
    """Facility power. Source: definition of PUE, ISO/IEC 30134-2, with or without the power stages
    inside it.
    """
    by_group = [
        (it.at(load) or 0.0, _pue(group, load, ends))
        for it, group in zip(its, cluster.groups, strict=True)
    ]
    inside = sum(w * pue for w, pue in by_group)
    if not cluster.site.stages_outside:
        return inside
    it_w = sum(w for w, _ in by_group)
    share = it_w / max(1e-9, sum(it.nameplate_w for it in its))
    through = it_w
    for name, layer in STAGES:
        half, full = _stage_ends(cluster.site.plant, name, ends)
        through /= stage_efficiency(
            min(1.0, share * usable_of(cluster.site.redundancy[layer])), half, full
        )
    return inside - it_w + through


def _stage_figure(plant: Plant, name: str) -> UncertainFigure:
    full = stage_of(plant, name).full
    low, high = (full.value if end is None else end for end in (full.low, full.high))
    return UncertainFigure(
        f"plant · {name}",
        "1",
        full.value,
        low,
        high,
        full.grade,
        full.kind,
        full.source,
        str(full.date or ""),
        "at full load",
    )


def _stage_ends(plant: Plant, name: str, ends: Ends) -> tuple[float, float]:
    """Efficiency at half and at full load; both move together, since one unit has both."""
    stage, end = stage_of(plant, name), ends.get(f"plant · {name}", 0.0)

    def at(figure: Figure[float]) -> float:
        low = figure.value if figure.low is None else figure.low
        high = figure.value if figure.high is None else figure.high
        return min(1.0, between(low, figure.value, high, end))

    half = at(stage.half)
    # loss at half load, of rating: at full load from as much (all of it no-load) to four times
    # (all copper)
    part = 0.5 * (1.0 / half - 1.0)
    return half, min(1.0 / (1.0 + part), max(1.0 / (1.0 + 4.0 * part), at(stage.full)))


def components(cluster: Cluster) -> list[tuple[str, dict[Load, float]]]:
    """W of every part from chip to utility at every load; at each load they add up to the draw at
    the meter.
    """
    rows: dict[str, dict[Load, float]] = {}

    def add(name: str, load: Load, watts: float) -> None:
        rows.setdefault(name, dict.fromkeys(LOADS, 0.0))[load] += watts

    chain = chain_of(cluster)
    for load in LOADS:
        for group in cluster.groups:
            for name, watts in own_parts(group.own, group.work, load):
                add(name, load, watts * group.count)
        for group in cluster.groups:
            for name, watts in around_parts(group, load):
                add(name, load, watts)
    told = _facility_parts(cluster, chain)
    for load in LOADS:
        for name, watts in told[load]:
            add(name, load, watts)
        add(
            "utility: transformer and feeders",
            load,
            (chain.utility.at(load) or 0.0) - (chain.facility.at(load) or 0.0),
        )
    return [
        (name, by_load)
        for name, by_load in rows.items()
        if any(abs(w) > 1e-9 for w in by_load.values())
    ]


def _facility_parts(cluster: Cluster, chain: Chain) -> dict[Load, list[tuple[str, float]]]:
    """What the facility adds: stage losses and the rest, which is cooling; together where the PUE
    is too low to hold the losses.
    """
    site, found = cluster.site, dict[Load, list[tuple[str, float]]]()
    for load in LOADS:
        it_w = chain.it.at(load) or 0.0
        losses = [
            (f"loss of {stage.name}", stage.loss_w)
            for stage in stage_losses(it_w, chain.it.nameplate_w, site.redundancy, site.plant)
        ]
        found[load] = [
            *losses,
            (
                "cooling and the rest",
                (chain.facility.at(load) or 0.0) - it_w - sum(w for _, w in losses),
            ),
        ]
    if any(parts[-1][1] < -1e-6 for parts in found.values()):
        return {load: [(TOGETHER, sum(w for _, w in parts))] for load, parts in found.items()}
    return found
