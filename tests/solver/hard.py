"""A case that no solver proves within seconds: a knapsack with seven rows of awkward weights."""

from __future__ import annotations

import random

from planner.core.case import Case
from tests.builders import site, supply, system, tiny


def hard(*, count: int = 60, seed: int = 3) -> Case:
    """Maximize the compute of `count` kinds of machines, one of each to be had, at seven sites that
    differ in what they are short of."""
    draw = random.Random(seed)
    systems = [
        system(
            f"s{i}",
            mw=draw.randint(101, 999) / 100,
            racks=draw.randint(101, 999) / 100,
            liquid=draw.randint(1, 99) / 100,
            overhead=draw.randint(1, 60) / 100,
            pflops=draw.randint(500, 999) / 10,
        )
        for i in range(count)
    ]
    half = 5.0 * count / 2 / 2
    sites = [
        site(
            name,
            power=half * draw.uniform(0.8, 1.2),
            positions=half * draw.uniform(0.8, 1.2),
            liquid=half / 2.5,
            air=half / 1.5,
        )
        for name in ("x", "y")
    ]
    return tiny(
        systems=systems,
        sites=sites,
        supply=[supply(s["id"], cumulative=1) for s in systems],
        goals=["maximize compute"],
    )
