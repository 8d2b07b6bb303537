"""What vendors allocate, deliver and take as an order."""

from planner.core.registry import Capability

CAPABILITY = Capability("supply")
