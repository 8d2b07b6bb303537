"""What is asked for."""

from planner.core.registry import Capability

CAPABILITY = Capability("demand", after=("networks",))
