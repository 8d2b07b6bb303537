"""How the networks of a product at a site grow, in plain numbers: the step table that solving, checking and `planner power` read."""

from __future__ import annotations

import math

from planner.records import Record
from planner.scenario.case.payments import CasePayment


class CaseGrade(Record):
    """A network of one design, which grows by whole groups of leaves; of one group: W at basis `it`, and USD."""

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
    """The networks of one product at one site: of all of it that runs there, whether it stood, was bought or was moved in.

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
