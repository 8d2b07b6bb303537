"""Places with power."""

from planner.core.registry import Capability

CAPABILITY = Capability("sites", after=("networks", "generation"))
