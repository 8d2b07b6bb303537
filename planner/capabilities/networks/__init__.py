"""Networks between machines, counted at the scale that results."""

from planner.core.registry import Capability

CAPABILITY = Capability("networks", after=("fleet", "supply"))
