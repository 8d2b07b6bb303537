"""How fast is built and fitted out."""

from planner.core.registry import Capability

CAPABILITY = Capability("crews")
