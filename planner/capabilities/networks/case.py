"""How the networks of a product at a site grow, in plain numbers: the step table that solving,
checking and `planner power` read.
"""

from __future__ import annotations

import math
from functools import cached_property

from planner.core.case import Case, CaseSystem
from planner.core.fields import CasePayment
from planner.core.limits import Account
from planner.core.whole import Broken, bill, named
from planner.records import Record

LEAST_PER_GROUP = 1e-6
"""Systems of a group: one of many racks takes several groups, but no million of them; below this,
their number has no figure."""


class CaseGrade(Record):
    """A network of one design, which grows by whole groups of leaves; of one group: W at basis
    `it`, and USD.
    """

    topology: str
    tiers: int
    most_groups: int | None
    """None: as many as one likes, in networks that are not joined."""
    systems_per_group: float
    switches: float
    """Of the compute network, those above the leaves in proportion."""
    nameplate_w: float
    typical_w: float
    """At peak, average and idle: switches and modules do not idle with the job."""
    usd: float

    def groups(self, systems: float) -> int:
        """Groups that so many systems need."""
        return math.ceil(systems / self.systems_per_group - 1e-9)

    def holds(self, systems: float) -> bool:
        """Whether a network of this grade holds so many systems."""
        return self.most_groups is None or self.groups(systems) <= self.most_groups


class CaseNetwork(Record):
    """The networks of one product at one site: of all of it that runs there, whether it stood, was
    bought or was moved in.

    Grades go from small to large, and the last holds any number.
    """

    site: str
    systems: list[str]
    """The product, and what of it is held to a power cap."""
    system_w: float
    """Links of one system to its leaves, nameplate, basis `it`."""
    system_typical_w: float
    system_usd: float
    grades: list[CaseGrade]
    bought: bool = False
    """Whether it is paid for by the group; else as a share of the systems' price."""
    payments: list[CasePayment] = [CasePayment()]
    """Of the groups, before the day on which what they are for is delivered."""
    path: str = ""

    @property
    def name(self) -> str:
        """`site/product`"""
        return f"{self.site}/{self.systems[0]}"

    @property
    def draws(self) -> bool:
        """Whether its draw is counted here, and not a share of the systems' nameplate."""
        return any(grade.nameplate_w > 0 for grade in self.grades)

    def grade_of(self, systems: float) -> CaseGrade:
        """The smallest grade that holds so many systems."""
        return next(grade for grade in self.grades if grade.holds(systems))


class NetworksCase(Case):
    """Networks that are counted."""

    networks: list[CaseNetwork] = []
    """Networks that are counted; of others draw and cost are shares of the systems' nameplate and
    price."""

    @cached_property
    def network(self) -> dict[tuple[str, str], CaseNetwork]:
        """(system, site) → the networks that it is in; nothing where they are not counted."""
        return {
            (system, network.site): network
            for network in self.networks
            for system in network.systems
        }

    def fabric_usd(self, system: CaseSystem, site: str) -> float:
        """What the network adds to the cost of one system at its delivery; groups of leaves that
        are bought come beside it.
        """
        network = self.network.get((system.id, site))
        return (
            network.system_usd
            if network is not None and network.bought
            else system.price_usd * system.fabric_cost
        )

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        seen: set[tuple[str, str]] = set()
        for i, network in enumerate(self.networks):
            path = f"networks.{i}"
            yield from named(network.systems, self.system, f"{path}.systems")
            yield from named([network.site], self.site, f"{path}.site")
            yield from bill(network.payments, f"{path}.payments")
            if not network.systems or not network.grades:
                yield "a network has systems and a grade at least", path
                continue
            for system in network.systems:
                if (system, network.site) in seen:
                    yield f"`{system}` is in two networks at {network.site}", f"{path}.systems"
                seen.add((system, network.site))
            held = 0.0
            for k, grade in enumerate(network.grades):
                last = k == len(network.grades) - 1
                if (
                    not grade.systems_per_group > LEAST_PER_GROUP
                    or min(grade.nameplate_w, grade.typical_w, grade.usd) < 0
                ):
                    yield (
                        "a group holds machines, and takes something or nothing",
                        f"{path}.grades.{k}",
                    )
                holds = (
                    held + 1
                    if grade.most_groups is None
                    else grade.most_groups * grade.systems_per_group
                )
                if (grade.most_groups is None) != last or holds <= held:
                    yield (
                        "grades go from small to large, and the last holds any number",
                        f"{path}.grades.{k}.most_groups",
                    )
                held = holds


FABRIC = Account("capex.fabric", "capex")
FACE = NetworksCase
