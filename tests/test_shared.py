"""Work that test processes share is done once, and by everybody for himself where it failed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.shared import Each, Shared


def test_the_second_reads_what_the_first_worked_out(tmp_path):
    calls = []

    def make() -> list[int]:
        calls.append(1)
        return [1, 2]

    assert [Shared(tmp_path)("a", make) for _ in range(3)] == [[1, 2]] * 3
    assert len(calls) == 1


def test_many_at_once_wait_for_one(tmp_path):
    calls = []
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: Shared(tmp_path)("a", lambda: calls.append(1) or "done"), range(8))
        )
    assert found == ["done"] * 8
    assert len(calls) == 1


def test_names_are_apart(tmp_path):
    shared = Shared(tmp_path)
    assert (shared("a", lambda: 1), shared("b", lambda: 2), shared("a", lambda: 3)) == (1, 2, 1)


def test_where_the_first_failed_the_others_see_it_for_themselves(tmp_path):
    def fails() -> None:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            Shared(tmp_path)("a", fails)
    assert Shared(tmp_path)("a", lambda: 3) == 3


def test_each_answer_is_worked_out_when_somebody_asks_for_it(tmp_path):
    made = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    each = Each(Shared(tmp_path), "word", ["a", "b"], make)
    assert (list(each), len(each), made) == (["a", "b"], 2, [])
    assert (each["b"], each["b"], made) == ("B", "B", ["b"])
    assert Each(Shared(tmp_path), "word", ["b"], make)["b"] == "B"
    assert made == ["b"]
    with pytest.raises(KeyError):
        each["c"]
