"""Carbon and water."""

from planner.core.registry import Capability

CAPABILITY = Capability("emissions", after=("networks", "generation"))
