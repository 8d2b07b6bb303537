"""Accounts: systems that are bought, and suppliers that are qualified."""

from __future__ import annotations

from planner.core.accounts import Account

SYSTEMS = Account("capex.systems", "capex")
QUALIFICATION = Account("opex.qualification", "opex")
SYSTEMS_WORTH = Account("residual.systems", "income", kind="residual")
