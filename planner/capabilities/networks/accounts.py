"""Accounts: networks."""

from __future__ import annotations

from planner.core.accounts import Account

FABRIC = Account("capex.fabric", "capex")
