"""Power sources at sites."""

from planner.core.registry import Capability

CAPABILITY = Capability("generation", after=("networks",))
