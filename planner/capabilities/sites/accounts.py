"""Accounts: construction, energy, upkeep and rent of sites."""

from __future__ import annotations

from planner.core.accounts import Account

BUILDINGS = Account("capex.construction", "capex")
BUILDINGS_WORTH = Account("residual.construction", "income", kind="residual")
ENERGY = Account("opex.energy", "opex")
OPERATIONS = Account("opex.operations", "opex")
RENT = Account("opex.rent", "opex")
