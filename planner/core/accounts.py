"""Accounts: where money is booked, declared once by the capability that spends or earns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FlowKind = Literal["cash", "residual", "penalty"]
"""Cash is money; residual is worth at the end of the horizon; penalties are the scenario's prices for what it goes without, never cash."""

Statement = Literal["capex", "opex", "financing", "income", "tax"]
"""Where a planner looks for it: capital spending, running cost, loans and their cost, what comes in, taxes."""


@dataclass(frozen=True)
class Account:
    """One account. Amounts are spending: what comes in is negative."""

    name: str
    """Its name in plans and tables: `capex.systems`."""
    statement: Statement
    kind: FlowKind = "cash"
    in_budget: bool = True
    """Whether budgets count it; what a sale brings in loosens none."""
    party: str = ""
    """Whom it is paid to, or by; empty where several are."""

    @property
    def budgeted(self) -> bool:
        """Whether it is cash that budgets count."""
        return self.kind == "cash" and self.in_budget
