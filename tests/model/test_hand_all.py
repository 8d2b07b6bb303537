"""Every row block of the model has an optimum worked out by hand that would be another without
it."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from planner.model.family import all_families

HAND = sorted(Path(__file__).parent.glob("test_hand_*.py"))


def documented() -> set[str]:
    """The blocks that the families say they have."""
    return {
        name
        for family in all_families()
        for name in re.findall(
            r"^(?:Rows)?\s+(\w+\.\w+)\[", inspect.getdoc(family) or "", re.MULTILINE
        )
    }


def dropped_by_hand() -> set[str]:
    """The blocks that a test of this folder solves without: `check_row(…, "block", …)`, or any call
    with `without="block"`."""
    found: set[str] = set()
    for path in HAND:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                words = [keyword.value for keyword in node.keywords if keyword.arg == "without"]
                words += (
                    node.args
                    if isinstance(node.func, ast.Name) and node.func.id == "check_row"
                    else []
                )
                found |= {
                    word.value
                    for word in words
                    if isinstance(word, ast.Constant) and isinstance(word.value, str)
                }
    return {re.sub(r"\.\d+$", "", name) for name in found}


def test_every_documented_block_is_worked_out() -> None:
    assert len(documented()) > 50
    assert documented() - dropped_by_hand() == set()
