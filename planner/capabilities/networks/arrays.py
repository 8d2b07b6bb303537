"""Networks as arrays: F networks · K grades · S systems · T periods."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from planner.arrays import MEGA, Bools, Floats, Ints
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.emissions.case import EmissionsCase
from planner.capabilities.networks.case import CaseGrade, CaseNetwork, NetworksCase
from planner.core.case import Case
from planner.engineering.power import NOTHING, Chain, constant, power_chain
from planner.model.inputs import Arrays, InputsContext, Payments
from planner.model.payments import Part, milestones, payments_array
from planner.model.terms import MEASURES, Measure


@dataclass(frozen=True)
class NetworkInputs:
    """Networks of products at sites."""

    names: tuple[str, ...]
    """`site/product`"""
    grades: tuple[str, ...]
    """Names of the grades, from small to large."""
    systems: Bools
    """[F, S] which systems are in it."""
    site: Ints
    """[F]"""
    exists: Bools
    """[F, K]"""
    per_group: Floats
    """[F, K] systems that a group holds; 1 where there is no such grade."""
    holds_groups: Floats
    """[F, K] groups that this grade holds, whatever the site could use."""
    most_groups: Floats
    """[F, K, T] groups of this grade that what could run needs; none where a smaller grade holds
    all of it."""
    takes: dict[Measure, Floats]
    """[F, K] what one group takes of its site."""
    bought: Bools
    """[F] whether it is paid for by the group."""
    group_musd: Floats
    """[F, K]"""
    chains: dict[tuple[int, int], Chain]
    """(network, grade) → the power chain of one group."""
    counted: Bools
    """[F] whether a demand counts what its groups draw, so that none may run beyond those that are
    needed."""
    payments: Payments
    """Axes [F, T]: of groups that are bought for what is delivered in a period."""

    @property
    def step(self) -> Floats:
        """[F, K] the least by which whole systems can exceed the groups that they fill: one, or the
        part of one that a group of so many holds.
        """
        parts = [Fraction(n).limit_denominator(1000).denominator for n in self.per_group.flat]
        return 1.0 / np.array(parts, dtype=np.float64).reshape(self.per_group.shape)

    @property
    def capacity(self) -> Floats:
        """[F, K] systems that a network of each grade holds; 0 where there is no such grade. By it,
        and not by its place among the names of all networks, a grade is smaller than another.
        """
        holds = np.floor(self.holds_groups * self.per_group + 1e-9)
        return np.where(self.exists, holds, 0.0)

    @property
    def beyond(self) -> Floats:
        """[F, K] the fewest systems that no smaller grade holds; 0 for the smallest."""
        holds = self.capacity
        smaller = holds[:, None, :] < holds[:, :, None]
        held = np.where(smaller, holds[:, None, :], 0.0).max(axis=2)
        return np.where(held > 0, held + 1.0, 0.0)


MOST_GROUPS = 1e5
"""Groups of a network that nothing limits: still so few that a solver's tolerance hides none."""


def networks_of(case: Case, most: Floats, fleet: Floats) -> NetworkInputs | None:
    """The networks of a case that are counted; None if it has none.

    `most` is [S, L, T] systems that could run there, `fleet` [S, L] systems that stand at the
    start.
    """
    all_networks = case.of(NetworksCase).networks
    if not all_networks:
        return None
    labels = [_labels(network) for network in all_networks]
    names = _in_order(labels)
    systems, sites = [s.id for s in case.systems], [site.id for site in case.sites]
    shape = (len(all_networks), len(names))
    exists, per_group = np.zeros(shape, dtype=bool), np.ones(shape)
    holds, usd = np.zeros(shape), np.zeros(shape)
    needed = np.zeros((*shape, most.shape[-1]))
    chains: dict[tuple[int, int], Chain] = {}
    takes: dict[Measure, Floats] = {measure: np.zeros(shape) for measure in MEASURES}
    members = np.array([[s in n.systems for s in systems] for n in all_networks], dtype=bool)
    site = np.array([sites.index(network.site) for network in all_networks], dtype=np.int64)
    for f, network in enumerate(all_networks):
        # an allotment limits what is bought, so what stands of the others, here or where it may be
        # moved from, comes on top
        own = fleet[members[f]].sum(axis=1)
        stands = np.minimum(
            (most[members[f], site[f]] + (own.sum() - own)[:, None]).max(axis=0), MOST_GROUPS
        )
        held = 0.0
        for label, grade in zip(labels[f], _reachable(network, float(stands.max())), strict=False):
            k = names.index(label)
            exists[f, k], per_group[f, k] = True, grade.systems_per_group
            usd[f, k] = grade.usd / MEGA
            holds[f, k] = grade.most_groups or MOST_GROUPS
            chains[f, k] = group_chain(case, network, grade)
            # where a smaller grade holds all that could run, none is of this one
            needed[f, k] = np.where(
                (stands > held) | (held == 0),
                np.maximum(1, np.ceil(stands / grade.systems_per_group - 1e-9)),
                0.0,
            )
            held = max(held, math.floor(holds[f, k] * grade.systems_per_group + 1e-9))
            for measure, value in group_takes(case, network, chains[f, k]).items():
                takes[measure][f, k] = value
    return NetworkInputs(
        names=tuple(network.name for network in all_networks),
        grades=names,
        systems=members,
        site=site,
        exists=exists,
        per_group=per_group,
        holds_groups=holds,
        most_groups=np.minimum(holds[:, :, None], needed),
        takes=takes,
        chains=chains,
        counted=np.array([_is_counted(case, n) for n in all_networks], bool),
        bought=np.array([network.bought for network in all_networks], dtype=bool),
        group_musd=usd,
        payments=payments_array(
            [_payments(case, network) for network in all_networks],
            len(case.timeline),
        ),
    )


def _payments(case: Case, network: CaseNetwork) -> list[list[Part]]:
    """By period: payments of the groups for what is delivered in it, on the day on which that
    comes.
    """
    arrivals, starts = case.arrivals[network.systems[0]], case.timeline.starts
    days = [start if a is None else a.day for a, start in zip(arrivals, starts, strict=True)]
    return [milestones(case, day, network.payments) for day in days]


def _reachable(network: CaseNetwork, stands: float) -> list[CaseGrade]:
    """Grades up to the one that holds all that could ever stand there, and one more for when a
    limit moves, which then holds any number.
    """
    needed = next(k for k, grade in enumerate(network.grades) if grade.holds(stands))
    kept = network.grades[: needed + 2]
    return [*kept[:-1], kept[-1].model_copy(update={"most_groups": None})]


def _labels(network: CaseNetwork) -> list[str]:
    """A name for each grade: topology and tiers, and the number among those of the same."""
    found: list[str] = []
    for grade in network.grades:
        name = f"{grade.topology}-{grade.tiers}"
        again = sum(label.partition("/")[0] == name for label in found)
        found.append(f"{name}/{again + 1}" if again else name)
    return found


def _in_order(labels: list[list[str]]) -> tuple[str, ...]:
    """Every label once, those of each network in its order where that can be."""
    found: list[str] = []
    for row in labels:
        place = 0
        for label in row:
            if label in found:
                place = found.index(label) + 1
            else:
                found.insert(place, label)
                place += 1
    return tuple(found)


def _is_counted(case: Case, network: CaseNetwork) -> bool:
    """Whether a demand that asks for power counts what the groups of a network draw."""
    return any(
        demand.kind == "power"
        and any(demand.need)
        and network.site in demand.sites
        and not set(network.systems).isdisjoint(demand.systems)
        for demand in case.of(DemandCase).demands
    )


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


def group_takes(case: Case, network: CaseNetwork, chain: Chain) -> dict[Measure, float]:
    """What one group of a network takes of its site: all of its heat goes to air."""
    system, site = case.system[network.systems[0]], case.site[network.site]
    it = (chain.it.at(site.sizing) or 0.0) / MEGA
    water = next((entry for entry in case.of(EmissionsCase).water if entry.site == site.id), None)
    litres = (
        0.0
        if water is None
        else water.air_l_per_kwh
        if system.cooling == "air"
        else water.liquid_l_per_kwh
    )
    return {
        "utility": (chain.utility.at(site.sizing) or 0.0) / MEGA,
        "it": it,
        "liquid": 0.0,
        "air": it,
        "utility_average": (chain.utility.average_w or 0.0) / MEGA,
        "utility_peak": (chain.utility.peak_w or 0.0) / MEGA,
        "it_nameplate": chain.it.nameplate_w / MEGA,
        "water": (chain.it.average_w or 0.0) / MEGA * litres,
    }


def parts(ctx: InputsContext) -> Iterator[object]:
    """Networks, where any is counted."""
    networks = networks_of(ctx.case, ctx.most, ctx.existing)
    if networks is not None:
        yield networks


FACE = Arrays(parts)
