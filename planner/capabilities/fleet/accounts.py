"""Accounts: machines that leave."""

from __future__ import annotations

from planner.core.accounts import Account

MOVES = Account("opex.moves", "opex")
RESALE = Account("resale.systems", "income", in_budget=False)
