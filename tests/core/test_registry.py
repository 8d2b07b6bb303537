"""Capabilities: in one list, each after those that it stands on, and asked for by nobody by
name."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import planner
from planner.assembly.scenario import Case as Whole
from planner.capabilities import CAPABILITIES
from planner.core import registry
from planner.core.case import Case
from planner.core.compose import Composed, composed
from planner.core.limits import Account
from planner.core.registry import Capability, faces, packages
from planner.model.frame import Frame
from planner.plan.schema import Plan

ROOT = Path(planner.__file__).parent
NAMES = {package.rpartition(".")[2] for package in CAPABILITIES}


def test_every_folder_is_registered_once():
    folders = {path.parent.name for path in ROOT.glob("capabilities/*/__init__.py")}
    assert folders == NAMES
    assert len(CAPABILITIES) == len(NAMES)


def test_each_comes_after_those_it_stands_on():
    order = [package.rpartition(".")[2] for package in packages()]
    assert sorted(order) == sorted(NAMES)
    for package in packages():
        own: Capability = sys.modules[package].CAPABILITY  # type: ignore[attr-defined]
        assert own.name == package.rpartition(".")[2]
        assert set(own.after) - {"*"} <= NAMES
        assert all(order.index(name) < order.index(own.name) for name in own.after if name != "*")
    assert order[-3:] == ["budget", "objectives", "keeping"]


def literals(tree: ast.AST) -> list[tuple[str, ...]]:
    """Lists, tuples, sets and dictionaries of texts."""
    found = []
    for node in ast.walk(tree):
        items = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        found.append(
            tuple(
                item.value
                for item in items
                if isinstance(item, ast.Constant) and isinstance(item.value, str)
            )
        )
    return found


def imported(tree: ast.AST) -> set[str]:
    """Capabilities that a module imports from."""
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        module.split(".")[2] for module in modules if module.startswith("planner.capabilities.")
    }


SEVERAL = {"report", "study", "power_model"}
"""Readers of plans and scenarios, which tell what they say: of as many capabilities as they speak
of."""
LISTS = {ROOT / "capabilities" / "__init__.py", ROOT / "plan" / "schema.py"}
"""The registry; and the keys of a plan file of format 2, which are what they were when it was
written."""
MOST = 7
"""A module that imports from more capabilities than this half of them keeps a list of them."""


def test_no_list_of_capabilities_outside_the_registry():
    for path in ROOT.rglob("*.py"):
        if path in LISTS or "_data" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [texts for texts in literals(tree) if len(NAMES & set(texts)) > 4]
        assert not named, path
        if path.relative_to(ROOT).parts[0] not in SEVERAL:
            assert len(imported(tree)) <= MOST, (path, sorted(imported(tree)))


def test_what_reads_a_list_is_seen():
    assert ("halls", "fleet") in literals(ast.parse("x = ('halls', 'fleet')"))
    assert ("halls", "fleet") in literals(ast.parse("x = {'halls': 1, 'fleet': 2}"))
    assert set(literals(ast.parse("x = 'halls'"))) == {()}
    assert imported(ast.parse("from planner.capabilities.halls.case import HallsCase")) == {"halls"}


def test_a_face_of_another_kind_is_refused():
    with pytest.raises(TypeError, match=r"constraints.FACE is no Capability"):
        faces("constraints", Capability)


def test_a_circle_of_capabilities_is_refused(monkeypatch: pytest.MonkeyPatch):
    assert refused(monkeypatch, Capability("fleet", after=("objectives",))).startswith(
        "capabilities stand on each other: "
    )


def test_a_name_that_is_no_capability_is_refused(monkeypatch: pytest.MonkeyPatch):
    assert (
        refused(monkeypatch, Capability("fleet", after=("hals",)))
        == "no such capability: fleet after hals"
    )


def refused(monkeypatch: pytest.MonkeyPatch, fleet: Capability) -> str:
    """What is said of the list, where the fleet declares itself so."""
    monkeypatch.setattr(sys.modules["planner.capabilities.fleet"], "CAPABILITY", fleet)
    registry.packages.cache_clear()
    try:
        with pytest.raises(ValueError, match="capabilit") as error:
            packages()
        return str(error.value)
    finally:
        registry.packages.cache_clear()


def test_two_parts_may_not_name_the_same_field():
    class Base(Composed):
        a: int = 0

    class One(Base):
        b: int = 0

    class Two(Base):
        b: int = 1

    with pytest.raises(TypeError, match="`b` is declared by"):
        composed(Base, [One, Two], __name__)

    class Three(Base):
        def b(self) -> int:
            return 2

    with pytest.raises(TypeError, match="`b` is declared by"):
        composed(Base, [One, Three], __name__)


def test_what_the_base_does_each_part_extends():
    class Base(Composed):
        def said(self) -> list[str]:
            return ["base"]

    class One(Base):
        def said(self) -> list[str]:
            return [*super().said(), "one"]

    class Two(Base):
        def said(self) -> list[str]:
            return [*super().said(), "two"]

    assert composed(Base, [One, Two], __name__)().said() == ["base", "one", "two"]


def test_a_record_has_the_parts_that_are_registered():
    class Base(Composed):
        a: int = 0

    class One(Base):
        b: int = 2

        @property
        def both(self) -> int:
            return self.a + self.b

    class Two(Base):
        c: int = 3

    whole = composed(Base, [One], __name__)
    assert list(whole.model_fields) == ["a", "b"]
    assert whole(a=1).of(One).both == 3
    with pytest.raises(TypeError, match="is no part of this Base"):
        whole().of(Two)


def test_fields_of_the_case_are_the_common_ones_first():
    own = list(Case.model_fields)
    assert list(Whole.model_fields)[: len(own)] == own


def test_nothing_is_posted_to_what_was_added_up():
    frame = Frame(("2026",))
    one = np.zeros(1, dtype=np.int64)
    frame.add_variables("x", (("a",),), unit="MW", meaning="x")
    frame.post("utility", one, one, one, np.ones(1))
    frame.posted("utility")
    with pytest.raises(RuntimeError, match="`utility` was added up before"):
        frame.post("utility", one, one, one, np.ones(1))
    frame.post("it", one, one, one, np.ones(1))
    frame.add_flow(Account("capex.a", "capex"), one, one, 1.0)
    assert len(list(frame.spent("capex"))) == 1
    with pytest.raises(RuntimeError, match=r"`capex` was added up before `capex.b`"):
        frame.add_flow(Account("capex.b", "capex"), one, one, 1.0)
    frame.add_flow(Account("opex.b", "opex"), one, one, 1.0)


TURNED = """
import json, sys
from planner import capabilities
capabilities.CAPABILITIES.reverse()
from planner.core.registry import packages
from planner.pipeline import make_plan
order = [name.rpartition(".")[2] for name in packages()]
plan = make_plan(sys.argv[1])
print(json.dumps([order, [[row.name, row.value] for row in plan.goals], plan.totals.model_dump()]))
"""


@pytest.mark.parametrize("name", ["colossus-turbines", "diversified"])
def test_the_order_of_what_is_independent_changes_no_answer(
    name: str, shipped: Mapping[str, Plan]
) -> None:
    """The list turned round: only `after` holds, and the plan is as good and costs the same."""
    done = subprocess.run(
        [sys.executable, "-c", TURNED, name],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT.parent,
    )
    turned, goals, totals = json.loads(done.stdout)
    plan = shipped[name]
    listed = [package.rpartition(".")[2] for package in packages()]
    assert turned != listed
    assert sorted(turned) == sorted(listed)
    for (label, value), row in zip(goals, plan.goals, strict=True):
        assert label == row.name
        assert value == pytest.approx(row.value, rel=2e-3)
    assert totals["accelerators"] == pytest.approx(plan.totals.accelerators, rel=0.02)
