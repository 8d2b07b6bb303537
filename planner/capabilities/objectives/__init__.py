"""What is to be best."""

from planner.core.registry import Capability

CAPABILITY = Capability("objectives", after=("*", "budget"))
