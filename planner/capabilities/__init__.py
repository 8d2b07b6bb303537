"""What a plan can be about: one folder each. Its line here is all that registers it; the order is
that of `docs/`, tables and rows.
"""

CAPABILITIES: list[str] = [
    "planner.capabilities.fleet",
    "planner.capabilities.supply",
    "planner.capabilities.networks",
    "planner.capabilities.generation",
    "planner.capabilities.plant",
    "planner.capabilities.sites",
    "planner.capabilities.utility",
    "planner.capabilities.demand",
    "planner.capabilities.sourcing",
    "planner.capabilities.halls",
    "planner.capabilities.emissions",
    "planner.capabilities.crews",
    "planner.capabilities.budget",
    "planner.capabilities.objectives",
    "planner.capabilities.keeping",
]
"""Packages."""
