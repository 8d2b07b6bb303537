"""How the network of a system at a site grows, in plain numbers."""

from __future__ import annotations

from planner.records import Record


class CaseGrade(Record):
    """A network of so many tiers, which grows by groups of leaves."""

    tiers: int
    most_groups: int
    leaves_per_group: int
    nodes_per_group: float
    above_per_group: float
    """Switches above the leaves per group."""
    group_usd: float
    """Leaves of a group and the links above them."""
    above_usd: float
    """One switch above the leaves."""
    group_w: float
    """Nameplate, basis `it`, of the leaves and the modules of the links above them; likewise below."""
    above_w: float


class CaseFabric(Record):
    """The network of one system at one site; the machines that stand at the start have their own."""

    site: str
    system: str
    topology: str
    nodes_per_system: int
    system_usd: float
    """Links of one system to its leaves, and its share of the networks beside the compute network."""
    system_w: float
    grades: list[CaseGrade]
    path: str
