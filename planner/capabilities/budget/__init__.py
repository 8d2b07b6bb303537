"""Money: what is paid for what, and ceilings on it."""

from planner.core.registry import Capability

CAPABILITY = Capability("budget", after=("*",))
