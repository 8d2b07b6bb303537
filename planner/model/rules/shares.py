"""Diversification: how much of what is bought may, or must, come from whom.

Sets    r rule · g supplier or software stack · w window of periods; metric(r,s) per system bought
Rows    share.volume[r,g,t]        volume[r,g,t] − Σ_{s in g, l} metric(r,s) · delivered[s,l,t] = 0    the metric's unit
        share.most[r,g,w]          Σ_{t in w} volume[r,g,t] − α · Σ_{g',t in w} volume[r,g',t] ≤ 0    the metric's unit
        share.meaningful[r,g,w]    φ · Σ_{g',t in w} volume[r,g',t] − Σ_{t in w} volume[r,g,t] + M · counts[r,g,w] ≤ M    the metric's unit
        share.number[r,w]          Σ_g counts[r,g,w] ≥ K    suppliers
α max_share, φ the share from which a supplier counts, M = φ times the most that could be bought. A window in which nothing is bought
satisfies all.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import Frame, Ints, Terms, Variables, row_numbers
from planner.model.inputs import Inputs, RuleInputs
from planner.model.parameter import Parameter
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family: one set of row blocks per rule, numbered as in the scenario."""
    for number, rule in enumerate(inputs.rules, start=1):
        volume = volumes(frame, decisions, inputs, rule, number)
        if rule.max_share is not None:
            most(frame, rule, number, volume, rule.max_share)
        if rule.min_groups is not None:
            enough(frame, inputs, rule, number, volume, rule.min_groups)


def volumes(frame: Frame, decisions: Decisions, inputs: Inputs, rule: RuleInputs, number: int) -> Variables:
    """What each group sells in each period."""
    block = frame.add_variables(f"volume.{number}", (rule.groups, inputs.periods), unit=rule.unit, meaning=f"bought, for {rule.name}")
    present = np.ones(block.index.shape, dtype=bool)
    numbers = row_numbers(present)
    terms = Terms().add(numbers, block.index, 1.0)
    group_rows = np.where(rule.group_of[:, None] >= 0, numbers[rule.group_of], -1)
    terms.add(group_rows[:, None, :], decisions.delivered.index, -rule.weight[:, None, None])
    frame.add_rows(
        f"share.volume.{number}",
        (rule.groups, inputs.periods),
        terms,
        unit=rule.unit,
        meaning="what a group sells is what is delivered of its systems",
        says=lambda key, low, high: f"{key[0]} sells in {key[1]} what is delivered of its systems",
        present=present,
        lower=0.0,
        upper=0.0,
    )
    return block


def _in_window(rule: RuleInputs, columns: Ints) -> Ints:
    """[G, W, T] columns inside each window, absent outside."""
    inside = np.array([[a <= t <= b for t in range(columns.shape[1])] for a, b in rule.windows])
    return np.where(inside[None], columns[:, None, :], -1)


def _windows(rule: RuleInputs, periods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(periods[a] if a == b else f"{periods[a]}..{periods[b]}" for a, b in rule.windows)


def most(frame: Frame, rule: RuleInputs, number: int, volume: Variables, share: float) -> None:
    """No group has more than its share of a window."""
    periods = tuple(volume.axes[1])
    columns = _in_window(rule, volume.index)
    present = np.ones(columns.shape[:2], dtype=bool)
    if rule.only is not None:
        present[np.arange(len(rule.groups)) != rule.only] = False
    numbers = row_numbers(present)
    terms = Terms().add(numbers[:, :, None], columns, 1.0)
    for other in range(len(rule.groups)):
        terms.add(numbers[:, :, None], columns[other][None], -share)
    frame.add_rows(
        f"share.most.{number}",
        (rule.groups, _windows(rule, periods)),
        terms,
        unit=rule.unit,
        meaning="no group has more than its share of a window",
        says=lambda key, low, high: f"{key[0]} may have at most {share:.4g} of {rule.name.rpartition(' ')[2]} in {key[1]}",
        present=present,
        upper=0.0,
        limit=lambda key: (rule.name, rule.path),
    )
    frame.parameters[f"share.most.{number}"] = percentage(numbers, columns, share, ceiling=True)


def percentage(numbers: Ints, columns: Ints, share: float, *, ceiling: bool) -> Parameter:
    """A share in percent of all that is bought in a window, as the number that a person may move."""
    whole = Terms()
    for other in range(columns.shape[0]):
        whole.add(numbers[:, :, None], columns[other][None], -0.01 if ceiling else 0.01)
    return Parameter(100 * share, "%", ceiling, *whole.triplets())


def enough(frame: Frame, inputs: Inputs, rule: RuleInputs, number: int, volume: Variables, at_least: int) -> None:
    """At least K groups have a meaningful share of each window."""
    columns = _in_window(rule, volume.index)
    windows = _windows(rule, inputs.periods)
    counts = frame.add_variables(
        f"counts.{number}",
        (rule.groups, windows),
        unit="yes or no",
        meaning=f"counts towards {rule.name}",
        upper=1.0,
        integer=True,
    )
    big = rule.meaningful * most_volume(inputs, rule)
    present = np.ones(counts.index.shape, dtype=bool)
    numbers = row_numbers(present)
    terms = Terms().add(numbers[:, :, None], columns, -1.0).add(numbers, counts.index, big)
    for other in range(len(rule.groups)):
        terms.add(numbers[:, :, None], columns[other][None], rule.meaningful)
    frame.add_rows(
        f"share.meaningful.{number}",
        (rule.groups, windows),
        terms,
        unit=rule.unit,
        meaning="a group that counts has a meaningful share",
        says=lambda key, low, high: f"{key[0]} counts in {key[1]} only with {rule.meaningful:.4g} of {rule.name.rpartition(' ')[2]}",
        present=present,
        upper=big,
        limit=lambda key: (rule.name, rule.path),
    )
    frame.switched[f"share.meaningful.{number}"] = big
    frame.parameters[f"share.meaningful.{number}"] = percentage(numbers, columns, rule.meaningful, ceiling=False)
    frame.add_rows(
        f"share.number.{number}",
        (windows,),
        Terms().add(np.arange(len(windows))[None, :], counts.index, 1.0),
        unit="suppliers",
        meaning="enough groups count",
        says=lambda key, low, high: f"at least {low:g} must count in {key[0]}",
        present=np.ones(len(windows), dtype=bool),
        lower=float(at_least),
        limit=lambda key: (rule.name, rule.path),
    )


def most_volume(inputs: Inputs, rule: RuleInputs) -> float:
    """An upper bound of the metric over everything that could ever be bought. Raises ValueError if nothing bounds it."""
    # whatever arrives runs before the horizon ends and stays, so it all stands there at once
    some = inputs.can_deliver.any(axis=2) & (rule.weight > 0)[:, None]
    bounds = [float((np.broadcast_to(rule.weight[:, None], some.shape)[some] * inputs.most[some]).sum())]
    buyable = some.any(axis=1)
    money = min(inputs.capex_limit_musd, inputs.total_limit_musd, inputs.capex_cumulative_musd.get(len(inputs.periods) - 1, np.inf))
    if np.isfinite(money) and buyable.any() and (inputs.price_musd[buyable] > 0).all():
        bounds.append(float((rule.weight[buyable] / inputs.price_musd[buyable]).max() * money))
    bound = min(bounds)
    if not np.isfinite(bound):
        raise ValueError("give the sites `power`, the systems a `supply`, or a `budget`")
    return max(bound, 1e-6)
