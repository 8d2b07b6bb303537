"""Money, out of the model's ledger."""

from __future__ import annotations

import numpy as np

from planner.arrays import MEGA, Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.budget.tables import CASH, CashRow
from planner.model.family import Model


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """Capital spending of each period, in place."""
    capex = model.frame.variables["capex"].index
    snapped[capex] = sum(
        (flow.at(snapped) for flow in model.frame.spent("capex")), np.zeros(len(capex))
    )


def cash(solved: Solved) -> list[CashRow]:
    """Every bucket of the ledger."""
    model, solution = solved.model, solved.solution
    rows = []
    for flow in sorted(model.frame.flows.values(), key=lambda f: f.account.name):
        values, present = flow.at(solution), flow.present_at(solution)
        if flow.account.kind == "residual":
            values, present = (
                np.concatenate([np.zeros(len(each) - 1), [each.sum()]])
                for each in (values, present)
            )
        rows += [
            CashRow(
                bucket=flow.account.name,
                kind=flow.account.kind,
                period=label,
                usd=float(usd) * MEGA,
                present_usd=float(worth) * MEGA,
            )
            for label, usd, worth in zip(model.inputs.periods, values, present, strict=True)
            if abs(usd) * MEGA > 1e-3
        ]
    return rows


FACE = Extract(known={CASH: cash}, fit=fit)
