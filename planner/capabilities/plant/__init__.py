"""Layers of a site's plant."""

from planner.core.registry import Capability

CAPABILITY = Capability("plant", after=("networks", "generation"))
