"""What objectives count by themselves: rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.model.blocks import Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs, ObjectiveInputs
from planner.model.terms import Terms


def add_objectives(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Objectives that need columns of their own: the days until a capacity, and the highest cash of
    a period.

    Sets    n objective (a part of a weighted one has its number after a dot) · s system · l site ·
            t period; days(t)
    Rows    objective.reached[n,t]    Σ_{s,l} weight(s) · in_service[s,l,t]
                                      − reach · reached[n,t] ≥ 0    accelerators or PFLOP/s
            objective.stays[n,t]      reached[n,t−1] − reached[n,t] ≤ 0    yes or no
            objective.peak_cash[n,t]  Σ capex and opex flows in t − peak_cash[n] ≤ 0    MUSD
    Values  time is Σ_t days(t) · (1 − reached[n,t]): all of the horizon where the capacity is never
            reached. A capacity counts as reached from the first period on after which it never
            falls short again.
    """
    for label, spec in numbered(inputs):
        if spec.what == "time":
            reaching(frame, decisions, inputs, spec, label)
        elif spec.what == "peak_cash":
            highest_cash(frame, inputs, label)


def numbered(inputs: Inputs) -> Iterator[tuple[str, ObjectiveInputs]]:
    """Every criterion with its number: `2`, or `2.1` for a part."""
    for number, spec in enumerate(inputs.objectives, start=1):
        yield str(number), spec
        for place, (_, part) in enumerate(spec.parts, start=1):
            yield f"{number}.{place}", part


def reaching(
    frame: Frame, decisions: Decisions, inputs: Inputs, spec: ObjectiveInputs, label: str
) -> Variables:
    """From when on a capacity is there."""
    name = spec.name.removeprefix("minimize time to ")
    reached = frame.add_variables(
        f"reached.{label}",
        (inputs.periods,),
        unit="yes or no",
        meaning=f"{name} run from here on",
        upper=1.0,
        integer=True,
    )
    numbers = np.arange(len(inputs.periods))
    runs = decisions.in_service.index
    terms = (
        Terms()
        .add(numbers[None, None, :], runs, spec.weight[:, None, None])
        .add(numbers, reached.index, -spec.reach)
    )
    every = np.ones(len(inputs.periods), dtype=bool)
    frame.add_rows(
        f"objective.reached.{label}",
        (inputs.periods,),
        terms,
        unit="of the capacity",
        meaning="a capacity that counts as reached is there",
        present=every,
        lower=0.0,
    )
    later = every.copy()
    later[0] = False
    pairs = np.arange(len(inputs.periods) - 1)
    frame.add_rows(
        f"objective.stays.{label}",
        (inputs.periods,),
        Terms().add(pairs, reached.index[:-1], 1.0).add(pairs, reached.index[1:], -1.0),
        unit="yes or no",
        meaning="what is reached stays reached",
        present=later,
        upper=0.0,
    )
    return reached


def highest_cash(frame: Frame, inputs: Inputs, label: str) -> Variables:
    """The highest cash of a period."""
    peak = frame.add_variables(
        f"peak_cash.{label}",
        (("horizon",),),
        unit="MUSD",
        meaning="highest capex and opex of a period",
    )
    numbers = np.arange(len(inputs.periods))
    terms = Terms().add(numbers, np.broadcast_to(peak.index, numbers.shape), -1.0)
    constant = np.zeros(len(inputs.periods))
    spent = (*frame.spent("capex"), *frame.spent("opex"))  # no sale pays for it
    for flow in spent:
        periods, columns, values = flow.triplets()
        terms.add(periods, columns, values)
        constant += flow.constant
    frame.add_rows(
        f"objective.peak_cash.{label}",
        (inputs.periods,),
        terms,
        unit="MUSD",
        meaning="no period has more cash than the highest",
        present=np.ones(len(inputs.periods), dtype=bool),
        upper=-constant,
    )
    return peak


FACE = Constraints((add_objectives,))
