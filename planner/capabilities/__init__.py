"""Capabilities of the planner, one folder each."""
