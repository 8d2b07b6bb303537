"""What was decided before, and stays."""

from planner.core.registry import Capability

CAPABILITY = Capability("keeping", after=("*", "budget", "objectives"))
