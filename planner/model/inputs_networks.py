"""What do the rules see of networks that are counted?

Axes    F networks, each of one product at one site · K grades
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats, Ints
from planner.model.inputs_money import Payments
from planner.model.terms import Measure


@dataclass(frozen=True)
class NetworkInputs:
    """Networks of products at sites."""

    names: tuple[str, ...]
    """`site/product`"""
    grades: tuple[str, ...]
    """Names of the grades, from small to large."""
    systems: Bools
    """[F, S] which systems are in it."""
    site: Ints
    """[F]"""
    exists: Bools
    """[F, K]"""
    per_group: Floats
    """[F, K] systems that a group holds; 1 where there is no such grade."""
    holds_groups: Floats
    """[F, K] groups that this grade holds, whatever the site could use."""
    most_groups: Floats
    """[F, K, T] groups of this grade that what could run needs; none where a smaller grade holds all of it."""
    takes: dict[Measure, Floats]
    """[F, K] what one group takes of its site."""
    bought: Bools
    """[F] whether it is paid for by the group."""
    group_musd: Floats
    """[F, K]"""
    payments: Payments
    """Axes [F, T]: of groups that are bought for what is delivered in a period."""
