"""Money, account by account."""

from __future__ import annotations

from planner.core.limits import FlowKind
from planner.core.tables import PlanTable, Reading, Tables
from planner.records import Record


class CashRow(Record):
    """One money bucket in one period. Residual worth stands in the last period and is negative;
    penalties are not cash.
    """

    bucket: str
    kind: FlowKind
    period: str
    usd: float
    present_usd: float
    """Present worth, from the days on which it is paid."""


def _cash(c: CashRow) -> list[Reading]:
    return [(c.bucket, "", c.period, {c.kind: "usd", f"{c.kind}, present worth": "present_usd"})]


CASH = PlanTable("cash", CashRow, ("bucket", "kind", "period"), _cash, always=True)

FACE = Tables((CASH,))
