"""Kinds of limits: declared once, data that can be sent anywhere, and named nowhere else."""

from __future__ import annotations

import ast
import importlib
import pickle
from pathlib import Path

import pytest

import planner
from planner.assembly.derived import limit_rows
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.core.limits import LimitKind
from planner.plan.derive import Decisions, Derivation
from planner.solver.limit_parameters import parameters
from tests import builders

ROOT = Path(planner.__file__).parent
KINDS = {
    f"{path.parent.name}.{name}": kind
    for path in sorted(ROOT.glob("capabilities/*/case.py"))
    for name, kind in vars(
        importlib.import_module(f"planner.capabilities.{path.parent.name}.case")
    ).items()
    if isinstance(kind, LimitKind)
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_kind_can_be_sent_to_another_process(kind: LimitKind) -> None:
    assert pickle.loads(pickle.dumps(kind)) == kind


def test_a_row_block_is_of_one_kind():
    """But for losses to survive, whose number is the fleet's share in the coefficients or a
    demand's in the bound."""
    by_row: dict[str, set[tuple[object, ...]]] = {}
    for kind in KINDS.values():
        by_row.setdefault(kind.row, set()).add(
            (kind.words, kind.unit, kind.least, kind.dated, kind.headroom)
        )
    assert len(KINDS) > 40
    assert {row: len(kinds) for row, kinds in by_row.items() if len(kinds) > 1} == {}


def test_the_rows_of_a_limit_are_named_where_it_is_declared_and_nowhere_else():
    rows = {kind.row for kind in KINDS.values()}
    found = {}
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if (
            "_data" not in path.parts
            and not (path.name == "case.py" and path.parents[1].name == "capabilities")
            and texts & rows
        ):
            found[str(path.relative_to(ROOT))] = texts & rows
    assert found == {}


def test_a_model_and_its_numbers_can_be_sent_to_another_process():
    case = builders.tiny(
        systems=[builders.system("a"), builders.system("b")],
        sites=[builders.site(power=9.0)],
        rules=[builders.rule("max_share", 0.5), builders.at_least(2)],
        demands=[builders.deployment(4)],
    )
    model = build(make_inputs(case))
    again = pickle.loads(pickle.dumps(model))
    assert parameters(again.frame) == parameters(model.frame)
    assert [parameter.kind for parameter in parameters(again.frame)] == [
        parameter.kind for parameter in parameters(model.frame)
    ]


def test_both_roads_say_the_same_of_a_limit():
    """The audit holds amounts against each other; here the words, of every row that both have."""
    case = builders.tiny(
        sites=[builders.site(power=[3.0, 4.0], positions=9)],
        demands=[builders.deployment(2)],
        periods=2,
    )
    frame = build(make_inputs(case)).frame
    model = {
        block.label(i): block.words(i)
        for block in frame.blocks()
        if block.kind
        for i in range(len(block.lower))
    }
    plan = {
        row.row: (row.name, row.path, row.says) for row in limit_rows(Derivation(case, Decisions()))
    }
    assert plan == {row: tuple(words) for row, words in model.items() if row in plan}
    assert len(plan) == 6


def test_solving_knows_no_block_by_name():
    """What a block is to the solve stands on the block: whether its numbers are machines, what it
    repeats, what holds it."""
    case = builders.tiny(
        systems=[builders.system("a"), builders.system("b", retire=True)],
        sites=[builders.site("x", power=9.0, positions=9), builders.site("y", critical_it=4.0)],
        supply=[builders.supply("a", each=9)],
        rules=[builders.rule("max_share", 0.5), builders.at_least(2)],
        demands=[builders.deployment(4), builders.compute(2, name="e", price=1.0)],
        goals=["maximize compute", "minimize cost"],
    )
    frame = build(make_inputs(case)).frame
    names = {
        *frame.variables,
        *frame.rows,
        "network_groups",
        "network_grade",
        "fabric_groups",
        "fabric_grade",
        "objective.held",
    }
    for path in sorted((ROOT / "solve").glob("*.py")):
        texts = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant)
        }
        assert not texts & names, path.name
