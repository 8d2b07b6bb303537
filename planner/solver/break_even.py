"""Why was something not bought, and what would make it pay?

For a machine that might have come in some period, the linear program's reduced cost of it and of
all that comes with it (service, capital spending, its vendor's share), taken apart by limit:

    short of paying = what it costs itself + Σ limits (price of the limit × what one machine takes
    of it)

A limit from below (a demand, a floor) pays for what the machine adds to it. The period with the
least is the one told of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.arrays import Floats
from planner.model.frame import Frame, Objective
from planner.solver.prices import Pricing
from planner.solver.propagation import Propagation


@dataclass(frozen=True)
class Entry:
    """One (system, site) that was not bought though it could have been; amounts in units of the
    objective per system.
    """

    system: str
    site: str
    period: str
    short_of_paying: float
    own: float
    """What one costs by itself; negative where the objective rewards it."""
    charges: tuple[tuple[str, float], ...]
    """Limit → what it charges for one (positive) or pays for it (negative), largest first."""
    column: int


def not_bought(pricing: Pricing) -> list[Entry]:
    """Every (system, site) with a possible delivery and none in the plan."""
    block = pricing.model.decisions.delivered
    reduced = reduced_costs(pricing.frame, pricing.objective, pricing.local.duals)

    def short_of(column: int) -> float:
        return sum(
            float(reduced[c]) * amount for c, amount in pricing.propagation.of(column).items()
        )

    found = []
    for s, system in enumerate(block.axes[0]):
        for j, site in enumerate(block.axes[1]):
            columns = block.index[s, j]
            there = columns[columns >= 0]
            if len(there) and not (pricing.solution[there] > 0.5).any():
                nearest = min(
                    np.flatnonzero(columns >= 0).tolist(), key=lambda t: short_of(int(columns[t]))
                )
                found.append(entry_of(pricing, system, site, nearest, int(columns[nearest])))
    return found


def reduced_costs(frame: Frame, objective: Objective, duals: Floats) -> Floats:
    """What one more of each column, and of it alone, is short of paying: its coefficient less what
    the rows pay for it.
    """
    rows, columns, values = frame.matrix()
    own = np.zeros(frame.column_count)
    own[objective.columns] = objective.values
    paid = np.bincount(columns, weights=values * duals[rows], minlength=frame.column_count)
    return (own - paid) * (-1.0 if objective.maximize else 1.0)


def entry_of(pricing: Pricing, system: str, site: str, t: int, column: int) -> Entry:
    """The account of one machine."""
    own, charged = account(
        pricing.frame, pricing.propagation, pricing.objective, pricing.local.duals, column
    )
    by_name: dict[str, float] = {}
    for row in np.flatnonzero(np.abs(charged) > 1e-12).tolist():
        block, inside = pricing.frame.row(row)
        name = block.words(inside).name if block.kind else block.meaning
        by_name[name] = by_name.get(name, 0.0) + float(charged[row])
    charges = tuple(sorted(by_name.items(), key=lambda item: -abs(item[1])))
    return Entry(
        system, site, pricing.frame.periods[t], own + sum(by_name.values()), own, charges, column
    )


def account(
    frame: Frame, propagation: Propagation, objective: Objective, duals: Floats, column: int
) -> tuple[float, Floats]:
    """(what one costs by itself, what each row charges for it), in units of the objective, positive
    for the worse.
    """
    change = propagation.of(column)
    sign = -1.0 if objective.maximize else 1.0
    weight = dict(zip(objective.columns.tolist(), objective.values.tolist(), strict=True))
    own = sign * sum(weight.get(c, 0.0) * amount for c, amount in change.items())
    return own, -sign * duals * propagation.uses(change)


def break_even(
    pricing: Pricing, entry: Entry, cheaper: Frame, objective: Objective, share: float
) -> float | None:
    """The share of today's price at which a machine would pay, all else the same; None if no price
    would do.

    `cheaper` and `objective` are the same question with the system's price at `share` of today's;
    what one machine is short of is linear in it.
    """
    if (cheaper.column_count, cheaper.row_count) != (
        pricing.frame.column_count,
        pricing.frame.row_count,
    ):
        return None
    own, charged = account(
        cheaper, Propagation(cheaper), objective, pricing.local.duals, entry.column
    )
    slope = (entry.short_of_paying - (own + float(charged.sum()))) / (1 - share)
    if slope <= 1e-12:
        return None
    at = 1 - entry.short_of_paying / slope
    return at if at > 0 else None
