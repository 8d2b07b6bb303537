"""Accounts: power sources."""

from __future__ import annotations

from planner.core.accounts import Account

SOURCES = Account("capex.generation", "capex")
FIXED = Account("opex.generation.fixed", "opex")
FUEL = Account("opex.generation.fuel", "opex")
SOURCES_WORTH = Account("residual.generation", "income", kind="residual")
