"""Accounts: what the scenario prices of what goes short."""

from __future__ import annotations

from planner.core.accounts import Account

SHORTFALL = Account("penalty.shortfall", "opex", kind="penalty")
