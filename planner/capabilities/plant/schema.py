"""Layers of the plant of a site."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.catalog.facility import Layer
from planner.core.fields import Steps
from planner.core.scenario import Schema
from planner.core.site import Site
from planner.records import Id, Record


class LayerCapacity(Record):
    """What is installed of one layer of the plant; redundancy says how much of it may be used."""

    layer: Layer
    """Which layer of the plant."""
    capacity_w: Annotated[Steps, Field(alias="capacity")]
    """Installed from each date on: feed, transformer and generator at the utility's meter, UPS and
    cooling at IT power."""
    redundancy: Id
    """A topology of the catalog."""


class PlantAtSite(Site):
    """Layers of its plant."""

    layers: list[LayerCapacity] = []
    """What is installed of the layers of the plant."""


FACE = Schema(site=PlantAtSite)
