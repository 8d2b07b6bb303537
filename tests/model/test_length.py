"""Lengths and spreads by linear rows, and the ways to divide what may be of several makers."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from random import Random

import numpy as np
import pytest

from planner.capabilities.sourcing.case import MOST_SPLITS, splits
from planner.model.frame import Frame, Objective
from planner.model.length import Pairs, add_lengths, add_spread, contrasts, folds, with_spreads
from planner.model.parameter import CoefficientParameter, signed_root
from planner.solver.engine import Engine

ONE = ("2025",)


def framed(amounts: list[float], count: int) -> tuple[Frame, int]:
    """A frame with columns that have these amounts, and the column of their length."""
    frame, size = Frame(ONE), len(amounts)
    names = tuple(f"q{i}" for i in range(size))
    values = np.array(amounts, dtype=np.float64)[:, None]
    columns = frame.add_variables(
        "q", (names, ONE), unit="", meaning="", lower=values, upper=values
    ).index
    (length,) = add_lengths(frame, "1", names, columns, ONE, Pairs.over(size), count, "HHI")
    return frame, int(length)


def extreme(frame: Frame, column: int, engine: Engine) -> float:
    """The least that a column can be."""
    goal = Objective("length", "", False, np.array([column]), np.ones(1))
    answer = engine.solve(frame.proto(goal), name="length", time_limit_s=30, gap=0, seed=0)
    assert answer.bound is not None
    return answer.bound


@pytest.mark.parametrize(
    "amounts",
    [
        [3, 4],
        [300, 0],
        [0, 7],
        [100, 100],
        [1, 2, 3],
        [5, 5, 5, 5],
        [100, 1, 20, 3, 7],
        [1e5, 100, 0, 1],
    ],
)
def test_the_rows_hold_a_length_and_no_more(amounts: list[float], engine: Engine) -> None:
    """Proves: the column can be the length itself or a hair less, never more than the error of the
    folds less."""
    count = 11
    frame, column = framed(amounts, count)
    error = 1 - math.cos(math.pi / 2 ** (count + 1)) ** Pairs.over(len(amounts)).depth
    least, length = extreme(frame, column, engine), math.hypot(*amounts)
    assert length * (1 - error) - 1e-6 <= least <= length + 1e-6


def test_one_column_is_its_own_length() -> None:
    frame, column = framed([5.0], 11)
    assert (column, frame.rows) == (0, {})


def test_three_rows_a_fold_and_a_pair() -> None:
    """Eleven folds: 33 rows for each of the two pairs that join three columns."""
    frame, _ = framed([1, 2, 3], 11)
    assert len(frame.rows["share.length.1"].lower) == 2 * 33


@pytest.mark.parametrize("count", range(2, 17))
def test_a_tree_joins_all_and_is_flat(count: int) -> None:
    tree = Pairs.over(count)
    assert sorted([*tree.left, *tree.right]) == list(range(2 * count - 2))
    assert tree.depth == math.ceil(math.log2(count))


def test_so_many_folds_as_the_error_asks_for() -> None:
    assert [folds(1, 0.5, 5e-7), folds(1, 1.0, 5e-7), folds(3, 1.0, 5e-7)] == [11, 12, 12]
    for depth, most, error in itertools.product((1, 2, 4), (0.1, 0.5, 1.0), (1e-3, 1e-6, 1e-9)):
        enough = folds(depth, most, error)
        before, after = (
            most * (math.cos(math.pi / 2 ** (n + 1)) ** (-2 * depth) - 1)
            for n in (enough - 1, enough)
        )
        assert after <= error < before
    with pytest.raises(ValueError, match="no number of folds"):
        folds(1, 1.0, 0.0)


# --- spreads


@pytest.mark.parametrize("count", range(2, 10))
def test_contrasts_turn_what_is_not_the_mean(count: int) -> None:
    """Proves: with (1, …, 1) / √n they are n directions of length 1 that are square to each
    other."""
    every = np.vstack([contrasts(count), np.full(count, 1 / math.sqrt(count))])
    assert every @ every.T == pytest.approx(np.eye(count), abs=1e-12)


def spread_of(amounts: list[float], error: float) -> tuple[Frame, int]:
    """A frame with columns that have these amounts, and the column of their spread."""
    frame, names = Frame(ONE), tuple(f"q{i}" for i in range(len(amounts)))
    values = np.array(amounts, dtype=np.float64)[:, None]
    columns = frame.add_variables(
        "q", (names, ONE), unit="", meaning="", lower=values, upper=values
    ).index
    (spread,) = add_spread(frame, "1", names, columns, ONE, error, "HHI")
    return frame, int(spread)


@pytest.mark.parametrize(
    "amounts",
    [
        [3, 4],
        [300, 0],
        [100, 100],
        [1, 2, 3],
        [5, 5, 5, 5],
        [100, 1, 20, 3, 7],
        [1e5, 100, 0, 1, 9, 9],
    ],
)
def test_a_spread_is_within_its_error(amounts: list[float], engine: Engine) -> None:
    """Proves: its square is that of Σ (q − mean)², and at most a millionth of (Σ q)² less; two
    amounts have no error at all."""
    frame, column = spread_of(amounts, 1e-6)
    least, exact = (
        extreme(frame, column, engine),
        float(np.linalg.norm(np.array(amounts) - np.mean(amounts))),
    )
    assert least <= exact + 1e-6
    assert least**2 >= exact**2 - (1e-6 if len(amounts) > 2 else 0.0) * sum(
        amounts
    ) ** 2 - 1e-6 * max(1.0, exact)


def test_one_amount_has_no_spread() -> None:
    assert spread_of([3.0], 1e-6)[1] == -1


def test_what_a_change_does_to_a_spread() -> None:
    """3 and 5 are 1 from their mean each: √2. With 2 more of the first they are equal."""
    frame, column = spread_of([3.0, 5.0], 1e-6)
    found = with_spreads(frame, {0: 2.0}, np.array([3.0, 5.0, 0.0]))
    assert found == {0: 2.0, column: pytest.approx(-math.sqrt(2))}
    assert with_spreads(frame, {99: 1.0}, np.zeros(3)) == {99: 1.0}


def test_a_number_whose_root_stands_in_rows() -> None:
    """0.5 of which 0.25 are taken: √0.25 = 0.5; 0.24 more are √0.49 = 0.7; below 0.25 the root is
    that of what is missing, less than 0."""
    nothing = np.zeros(0, dtype=np.int64)
    number = CoefficientParameter(0.5, nothing, nothing, np.zeros(0), above=np.array([0.25, 0.5]))
    rows = np.array([0, 1])
    assert number.held(rows) == pytest.approx([0.5, 0.0])
    assert number.rate(rows[:1]) == pytest.approx([1.0])
    assert number.change(rows, 0.24) == pytest.approx([0.2, math.sqrt(0.24)])
    assert number.change(rows, -0.5) == pytest.approx([-1.0, -math.sqrt(0.5)])
    for by in (-0.4, -0.1, 0.0, 0.2):
        assert number.needed(rows, number.change(rows, by)) == pytest.approx([by, by])
    assert signed_root(np.array([4.0, 0.0, -9.0])).tolist() == [2.0, 0.0, -3.0]


# --- who may have made what


def worst(held: dict[tuple[str, ...], float]) -> float:
    """The largest Σ q² of all ways to give each bundle to one of its makers."""
    found = 0.0
    for chosen in itertools.product(*held):
        amounts: dict[str, float] = defaultdict(float)
        for name, amount in zip(chosen, held.values(), strict=True):
            amounts[name] += amount
        found = max(found, sum(q * q for q in amounts.values()))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_one_of_the_ways_is_the_worst(seed: int) -> None:
    """Proves: whatever the bundles hold, the most concentrated of all ways to divide them is among
    those that have rows."""
    random = Random(seed)
    names = "abcd"[: 2 + int(3 * random.random())]
    every = [some for size in (1, 2, 3) for some in itertools.combinations(names, size)]
    bundles = sorted({every[int(len(every) * random.random())] for _ in range(5)})
    ways = splits(bundles)
    assert ways is not None
    for way in ways:
        assert sorted(bundle for part in way for bundle in part) == bundles
        assert all(set.intersection(*map(set, part)) for part in way), (
            "no maker may have made all of a part"
        )
    for _ in range(20):
        held = {bundle: 10 * random.random() ** 3 for bundle in bundles}
        read = max(sum(sum(held[bundle] for bundle in part) ** 2 for part in way) for way in ways)
        assert read == pytest.approx(worst(held))


def test_known_makers_are_divided_in_one_way() -> None:
    assert splits([("a",), ("b",), ("c",)]) == [
        frozenset({frozenset({("a",)}), frozenset({("b",)}), frozenset({("c",)})})
    ]
    assert splits([]) == [frozenset()]


def test_a_way_that_only_divides_further_has_no_rows() -> None:
    """All may be of a: that is the worst case, whatever the rest may be of."""
    assert splits([("a",), ("a", "b"), ("a", "b", "c")]) == [
        frozenset({frozenset({("a",), ("a", "b"), ("a", "b", "c")})})
    ]


def all_of(names: str) -> list[tuple[str, ...]]:
    """Every bundle that there can be."""
    return [
        some for size in range(1, len(names) + 1) for some in itertools.combinations(names, size)
    ]


def test_as_many_ways_as_orders_of_the_makers_and_no_more_than_are_read() -> None:
    """Proves: three makers who may have made anything have 6 worst cases, four 24; five have 120,
    which is refused, and soon."""
    assert (
        [len(splits(all_of(names)) or ()) for names in ("ab", "abc", "abcd")]
        == [2, 6, 24]
        == [2, 6, MOST_SPLITS]
    )
    assert splits(all_of("abcde")) is None
    assert splits([some for some in itertools.combinations("abcdefghijkl", 2)]) is None
