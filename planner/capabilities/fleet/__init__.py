"""Machines: those that stand, what leaves, what is moved."""

from planner.core.registry import Capability

CAPABILITY = Capability("fleet")
