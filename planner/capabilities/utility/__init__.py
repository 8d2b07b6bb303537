"""What the utility bills, and how fast the draw may change."""

from planner.core.registry import Capability

CAPABILITY = Capability("utility", after=("networks", "generation"))
