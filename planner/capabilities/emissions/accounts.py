"""Accounts: what carbon costs."""

from __future__ import annotations

from planner.core.accounts import Account

CARBON = Account("opex.carbon", "opex")
