"""Accounts: what utilities bill besides energy."""

from __future__ import annotations

from planner.core.accounts import Account

DEMAND_CHARGE = Account("opex.demand_charge", "opex")
