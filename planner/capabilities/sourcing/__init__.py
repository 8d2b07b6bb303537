"""Shares of suppliers and origins, and what must survive."""

from planner.core.registry import Capability

CAPABILITY = Capability("sourcing", after=("demand",))
