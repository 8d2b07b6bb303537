"""A whole report, word for word: the plan that release 0.1 saved, told without solving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran, command

__all__ = ["command"]

HERE = Path(__file__).parent
OLD = HERE.parent / "plan" / "saved" / "format-2.json"


@pytest.mark.parametrize("form", ["md", "table", "csv"])
def test_every_word(
    form: str, command: Callable[..., Ran], golden: Callable[[Path, str], None]
) -> None:
    """Every table, note, footnote and source, as Markdown, on a terminal and as one long table."""
    ran = command("show", OLD, "-v", "--sources", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    golden(HERE / "golden" / f"whole.{form}.txt", ran.out)
