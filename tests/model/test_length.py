"""The length of columns by linear rows, and the ways to divide what may be of several makers."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from random import Random

import numpy as np
import pytest

from planner.model.frame import Frame, Objective
from planner.model.length import Pairs, add_lengths, folds, with_lengths
from planner.scenario.case.shares import MOST_SPLITS, splits
from planner.solve.engine import Engine

ONE = ("2025",)


def framed(amounts: list[float], count: int) -> tuple[Frame, int]:
    """A frame with columns that have these amounts, and the column of their length."""
    frame, size = Frame(ONE), len(amounts)
    names = tuple(f"q{i}" for i in range(size))
    values = np.array(amounts, dtype=np.float64)[:, None]
    columns = frame.add_variables("q", (names, ONE), unit="", meaning="", lower=values, upper=values).index
    (length,) = add_lengths(frame, "1", names, columns, ONE, Pairs.over(size), count)
    return frame, int(length)


def extreme(frame: Frame, column: int, engine: Engine) -> float:
    """The least that a column can be."""
    goal = Objective("length", "", False, np.array([column]), np.ones(1))
    answer = engine.solve(frame.proto(goal), name="length", time_limit_s=30, gap=0, seed=0)
    assert answer.bound is not None
    return answer.bound


@pytest.mark.parametrize("amounts", [[3, 4], [300, 0], [0, 7], [100, 100], [1, 2, 3], [5, 5, 5, 5], [100, 1, 20, 3, 7], [1e5, 100, 0, 1]])
def test_the_rows_hold_a_length_and_no_more(amounts: list[float], engine: Engine) -> None:
    """Proves: the column can be the length itself or a hair less, never more than the error of the folds less."""
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
        before, after = (most * (math.cos(math.pi / 2 ** (n + 1)) ** (-2 * depth) - 1) for n in (enough - 1, enough))
        assert after <= error < before
    with pytest.raises(ValueError, match="no number of folds"):
        folds(1, 1.0, 0.0)


def test_what_a_change_does_to_a_length() -> None:
    """3 and 4 are 5 long; with 3 more of the first, 6 and 4 are √52, and so on up the tree with 12."""
    frame, column = framed([3, 4, 12], 11)
    solution = np.zeros(frame.column_count)
    (inner, first, second), (outer, *two) = frame.lengths
    solution[[first, second, inner, *two]] = 3, 4, 5, *(12 if c not in (inner,) else 5 for c in two)
    found = with_lengths(frame, {first: 3.0}, solution)
    assert outer == column
    assert found[inner] == pytest.approx(math.sqrt(52) - 5)
    assert found[outer] == pytest.approx(math.sqrt(52 + 144) - 13)
    assert with_lengths(frame, {99: 1.0}, solution) == {99: 1.0}


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
    """Proves: whatever the bundles hold, the most concentrated of all ways to divide them is among those that have rows."""
    random = Random(seed)
    names = "abcd"[: 2 + int(3 * random.random())]
    every = [some for size in (1, 2, 3) for some in itertools.combinations(names, size)]
    bundles = sorted({every[int(len(every) * random.random())] for _ in range(5)})
    ways = splits(bundles)
    assert ways is not None
    for way in ways:
        assert sorted(bundle for part in way for bundle in part) == bundles
        assert all(set.intersection(*map(set, part)) for part in way), "no maker may have made all of a part"
    for _ in range(20):
        held = {bundle: 10 * random.random() ** 3 for bundle in bundles}
        read = max(sum(sum(held[bundle] for bundle in part) ** 2 for part in way) for way in ways)
        assert read == pytest.approx(worst(held))


def test_known_makers_are_divided_in_one_way() -> None:
    assert splits([("a",), ("b",), ("c",)]) == [frozenset({frozenset({("a",)}), frozenset({("b",)}), frozenset({("c",)})})]
    assert splits([]) == [frozenset()]


def test_a_way_that_only_divides_further_has_no_rows() -> None:
    """All may be of a: that is the worst case, whatever the rest may be of."""
    assert splits([("a",), ("a", "b"), ("a", "b", "c")]) == [frozenset({frozenset({("a",), ("a", "b"), ("a", "b", "c")})})]


def all_of(names: str) -> list[tuple[str, ...]]:
    """Every bundle that there can be."""
    return [some for size in range(1, len(names) + 1) for some in itertools.combinations(names, size)]


def test_as_many_ways_as_orders_of_the_makers_and_no_more_than_are_read() -> None:
    """Proves: three makers who may have made anything have 6 worst cases, four 24; five have 120, which is refused, and soon."""
    assert [len(splits(all_of(names)) or ()) for names in ("ab", "abc", "abcd")] == [2, 6, 24] == [2, 6, MOST_SPLITS]
    assert splits(all_of("abcde")) is None
    assert splits([some for some in itertools.combinations("abcdefghijkl", 2)]) is None
