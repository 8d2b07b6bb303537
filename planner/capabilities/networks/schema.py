"""The network between machines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.core.fields import Payment
from planner.core.scenario import Scenario, Schema
from planner.core.site import Site
from planner.records import Id, Record
from planner.units import Ratio


class Fabric(Record):
    """The networks of each product at a site, bought by the group of leaves instead of as a share
    of the systems' price.
    """

    topology: Literal["fat-tree", "rail-optimized", "oversubscribed"] = "rail-optimized"
    """How switches are joined."""
    switch: Id | None = None
    """Of the catalog; left out: the first of the slowest that carry a system's links."""
    oversubscription: Annotated[Ratio | None, Field(ge=1)] = None
    """Down over up between the last two tiers; left out: none, or that of the topology."""
    payments: list[Payment] = []
    """When the groups of leaves are paid, before the machines that they are for are delivered; left
    out: all of it on that day."""


class NetworksKeys(Scenario):
    """The network of every site that says nothing else."""

    fabric: Fabric | None = None
    """The network at every site that says nothing else; left out: a share of each system's
    price."""


class NetworksAtSite(Site):
    """Its network."""

    fabric: Fabric | None = None
    """Left out: the scenario's."""


FACE = Schema(scenario=NetworksKeys, site=NetworksAtSite)
