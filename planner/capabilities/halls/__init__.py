"""Halls that are built whole."""

from planner.core.registry import Capability

CAPABILITY = Capability("halls", after=("networks", "sites"))
