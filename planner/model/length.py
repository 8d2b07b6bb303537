"""How far amounts are from being equal, from linear rows: an outer polyhedral cone (Ben-Tal and
Nemirovski 2001).

Sets    k contrast of n amounts: n − 1 directions of length 1 that are square to each other and to
        (1, …, 1), so that the length of what they say of q is √(Σ (q − mean)²), the spread of q
Rows    d(k) ≥ ± (contrast k of q)
        (u, v)(f) = (u, v)(f−1) turned by −θ(f) and folded, (u, v)(0) two of the d,
        θ(f) = π / 2^(f+1), u(F) = length and v(F) = tan θ(F) · length:
            u(f) ≥ cos θ(f) · u(f−1) + sin θ(f) · v(f−1)
            v(f) ≥ ± (cos θ(f) · v(f−1) − sin θ(f) · u(f−1))
After F folds the pair lies within θ(F) of the axis, so its length is at most 1 / cos θ(F) of that
column. Three rows a fold suffice, since turning keeps the length and a row that is not met with
equality only makes the column larger. Many columns are joined pair by pair in a tree, whose errors
multiply. Two amounts have one contrast, and no error. Nothing that is allowed is cut away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.arrays import Floats, Ints
from planner.model.frame import Frame
from planner.model.terms import ABSENT, Terms

SIDES = ("along", "left", "right")


@dataclass(frozen=True)
class Pairs:
    """The pairs of a tree over several columns: each joins two of the numbers 0 … n − 1 and of the
    pairs before it.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    depth: int

    @classmethod
    def over(cls, count: int) -> Pairs:
        """A tree over `count` columns that is as flat as can be."""
        left, right, depth = list[int](), list[int](), 0
        nodes = list(range(count))
        while len(nodes) > 1:
            joined = [count + len(left) + i for i in range(len(nodes) // 2)]
            left += nodes[0 : 2 * len(joined) : 2]
            right += nodes[1 : 2 * len(joined) : 2]
            nodes = joined + nodes[2 * len(joined) :]
            depth += 1
        return cls(tuple(left), tuple(right), depth)


def folds(depth: int, most: float, error: float) -> int:
    """How many folds keep a squared length of `most` within `error`, through a tree of this
    depth.
    """
    for count in range(1, 26):
        if most * (math.cos(math.pi / 2 ** (count + 1)) ** (-2 * max(1, depth)) - 1.0) <= error:
            return count
    raise ValueError(f"no number of folds keeps {most:g} within {error:g}")


def add_lengths(
    frame: Frame,
    label: str,
    names: tuple[str, ...],
    columns: Ints,
    windows: tuple[str, ...],
    pairs: Pairs,
    count: int,
    of: str,
) -> Ints:
    """[W] a column for each window that is at least the length of `columns` [n, W], but for the
    error of `count` folds.

    `label` names the blocks of variables and rows, `names` [n] the columns, `of` the limit that
    they serve, to which an account of prices adds what these rows charge. Raises ValueError if
    there is no column.
    """
    if len(columns) == 0:
        raise ValueError(f"{label} has no columns")
    if len(columns) == 1:
        return np.asarray(columns[0], dtype=np.int64)
    called = list(names)
    for left, right in zip(pairs.left, pairs.right, strict=True):
        called.append(f"{called[left]} & {called[right]}")
    joined = tuple(called[len(names) :])
    length = frame.add_variables(
        f"length.{label}",
        (joined, windows),
        unit="scaled",
        meaning="the length of two amounts, or more than that",
    ).index
    steps = tuple(str(f) for f in range(1, count))
    folded = frame.add_variables(
        f"fold.{label}",
        (joined, steps, ("along", "across"), windows),
        unit="scaled",
        meaning="two amounts, turned and folded towards the first",
    ).index
    every = np.concatenate([columns, length])
    first, second = every[list(pairs.left)], every[list(pairs.right)]
    along = np.concatenate([first[:, None], folded[:, :, 0], length[:, None]], axis=1)
    across = np.concatenate([second[:, None], folded[:, :, 1], length[:, None]], axis=1)
    angle = np.pi / 2.0 ** (np.arange(1, count + 1) + 1)
    c, s = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    own = np.where(np.arange(count) == count - 1, np.tan(angle), 1.0)[None, :, None]
    numbers = np.arange(len(joined) * count * len(SIDES) * len(windows)).reshape(
        len(joined), count, len(SIDES), len(windows)
    )
    terms = Terms()
    terms.add(numbers[:, :, 0], along[:, 1:], 1.0).add(numbers[:, :, 0], along[:, :-1], -c).add(
        numbers[:, :, 0], across[:, :-1], -s
    )
    for side, sign in ((1, 1.0), (2, -1.0)):
        terms.add(numbers[:, :, side], across[:, 1:], own)
        terms.add(numbers[:, :, side], across[:, :-1], -sign * c).add(
            numbers[:, :, side], along[:, :-1], sign * s
        )
    frame.add_rows(
        f"share.length.{label}",
        (joined, (*steps, str(count)), SIDES, windows),
        terms,
        unit="scaled",
        meaning=of,
        present=np.ones(numbers.shape, dtype=bool),
        lower=0.0,
    )
    return np.asarray(length[-1], dtype=np.int64)


def contrasts(count: int) -> Floats:
    """[n − 1, n] directions of length 1, square to each other and to (1, …, 1): the mean of the
    first k amounts against the next one.
    """
    rows = np.tril(np.ones((count, count)))[:-1] - np.diag(np.arange(1.0, count), 1)[:-1]
    return np.asarray(rows / np.linalg.norm(rows, axis=1)[:, None], dtype=np.float64)


def add_spread(
    frame: Frame,
    label: str,
    names: tuple[str, ...],
    columns: Ints,
    windows: tuple[str, ...],
    error: float,
    of: str,
) -> Ints:
    """[W] a column for each window that is at least √(Σ (q − mean)²) of the amounts `columns` [n,
    W]; ABSENT for one amount.

    Its square is wrong by at most `error` of that of Σ q. `label`, `names` [n] and `of` are those
    of `add_lengths`.
    """
    count = len(columns)
    if count < 2:
        return np.full(len(windows), ABSENT)
    turned = contrasts(count)
    called = tuple(f"{' + '.join(names[: k + 1])} : {names[k + 1]}" for k in range(count - 1))
    apart = frame.add_variables(
        f"apart.{label}",
        (called, windows),
        unit="scaled",
        meaning="how far amounts are from those before",
    ).index
    numbers = np.arange(2 * apart.size).reshape(count - 1, 2, len(windows))
    terms = Terms().add(numbers, apart[:, None], 1.0)
    for side, sign in enumerate((1.0, -1.0)):
        terms.add(numbers[:, side, None], columns[None], sign * turned[:, :, None])
    frame.add_rows(
        f"share.apart.{label}",
        (called, ("more", "less"), windows),
        terms,
        unit="scaled",
        meaning=of,
        present=np.ones(numbers.shape, dtype=bool),
        lower=0.0,
    )
    pairs = Pairs.over(count - 1)
    spread = add_lengths(
        frame,
        label,
        called,
        apart,
        windows,
        pairs,
        folds(pairs.depth, 1.0 - 1.0 / count, error),
        of,
    )
    frame.spreads += [(int(spread[w]), tuple(columns[:, w].tolist())) for w in range(len(windows))]
    return spread


def with_spreads(frame: Frame, change: Mapping[int, float], solution: Floats) -> dict[int, float]:
    """A change of columns (column → amount), and what it does to the spreads of them at a
    solution.
    """
    result = dict(change)
    for spread, columns in frame.spreads:
        if any(column in change for column in columns):
            before = solution[list(columns)]
            after = before + np.array([change.get(column, 0.0) for column in columns])
            result[spread] = float(
                np.linalg.norm(after - after.mean()) - np.linalg.norm(before - before.mean())
            )
    return result
