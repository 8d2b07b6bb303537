"""The machinery of properties: seeds give the same everywhere, failures name theirs, and nothing
passes emptily."""

from __future__ import annotations

from hashlib import sha256

import pytest

from planner.errors import OutOfTimeError
from tests.model.random_cases import cases
from tests.plan.texts import drawn
from tests.properties import (
    APART,
    BLOCK,
    Draw,
    NoWord,
    Passed,
    assume,
    blocks,
    examples,
    look_at,
    proven,
)


def test_a_seed_gives_the_same_on_every_machine():
    """Written down once: if these change, every property asks other questions than it did."""
    draw = Draw(7)
    assert [draw.integer(0, 9) for _ in range(8)] == [3, 1, 6, 0, 5, 3, 0, 5]
    assert draw.shuffled("abcde") == list("acbde")
    assert draw.real(0, 1) == pytest.approx(0.826852, abs=1e-6)


def test_a_drawn_scenario_is_the_same_on_every_machine():
    """`drawn` rests on more of `random` than Python promises to keep; a version that draws
    otherwise is seen here."""
    text = "".join(drawn(seed) for seed in range(50))
    assert sha256(text.encode()).hexdigest()[:16] == "46d11ab852019e81"


def test_choices_are_what_was_asked_for():
    draw = Draw(1)
    assert {draw.integer(-1, 2) for _ in range(200)} == {-1, 0, 1, 2}
    assert {draw.one_of("abc") for _ in range(200)} == {"a", "b", "c"}
    assert {len(draw.some("abcd", most=2)) for _ in range(200)} == {1, 2}
    assert all(len(set(found)) == len(found) for found in (draw.some("abcd") for _ in range(200)))
    assert 60 < sum(draw.chance(0.4) for _ in range(200)) < 100


def test_a_case_is_a_function_of_its_seed():
    assert cases(Draw(3)) == cases(Draw(3))
    assert len({cases(Draw(seed)).model_dump_json() for seed in range(30)}) == 30


def test_a_failure_names_its_seed_and_shows_its_case():
    def check(draw: Draw) -> None:
        draw.note(f"case {draw.seed}")
        assert draw.seed < 3

    with pytest.raises(AssertionError) as caught:
        look_at(check, range(10), 10)
    assert caught.value.__notes__ == ["seed 3; alone with `--seed 3`\ncase 3"]


def test_seeds_that_do_not_meet_what_is_assumed_are_passed_over():
    tally = look_at(lambda draw: assume(draw.seed % 3 == 0), range(100), 5)
    assert (tally.looked_at, tally.passed_over, tally.complaints()) == ([0, 3, 6, 9, 12], 8, [])


def test_too_few_examples_are_no_proof():
    tally = look_at(lambda draw: assume(draw.seed == 2), range(100), 5)
    assert tally.complaints() == ["only 1 of 5 examples met what is assumed; 99 did not"]


@pytest.mark.parametrize(
    "error", [NoWord("feasible"), OutOfTimeError("no plan was found within 1 s")]
)
def test_a_solver_that_ran_out_of_time_has_no_word_and_that_is_no_failure(error):
    def check(draw: Draw) -> None:
        if draw.seed in silent:
            raise error

    silent = {1, 4}
    tally = look_at(check, range(20), 20)
    assert (tally.silent, tally.complaints()) == ([1, 4], [])
    silent = {1, 4, 5}
    assert look_at(check, range(9), 9).complaints() == [
        "3 of 9 examples had no word within the time of a solver: seeds [1, 4, 5]"
    ]


def test_only_an_optimum_is_proven():
    proven("optimal")
    with pytest.raises(NoWord):
        proven("feasible")


def test_blocks_hold_all_examples_and_no_seed_twice():
    for count in (1, BLOCK, BLOCK + 1, 100):
        found = [*blocks(count, 0), *blocks(40, len(list(blocks(count, 0))) * APART)]
        assert sum(block.wanted for block in found) == count + 40
        assert max(block.wanted for block in found) <= BLOCK
        seeds = [set(block.seeds) for block in found]
        assert len(set().union(*seeds)) == sum(map(len, seeds))


@examples(20)
def test_the_decorator_hands_out_draws_and_fixtures(draw, tmp_path):
    assume(draw.chance())
    assert isinstance(draw, Draw)
    assert tmp_path.exists()


def test_what_is_assumed_never_fails_by_itself():
    with pytest.raises(Passed):
        assume(False)
