"""Who may import whom: from lower floors only. Parsed from every module under `planner/`, and proven on snippets that must fail.

ground → catalog → engineering ∥ scenario → core → capabilities → model → solve → plan → pipeline → explore → report → cli
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import planner

ROOT = Path(planner.__file__).parent
GROUND = ("arrays", "likeness", "errors", "registry", "dimensions", "advice", "units", "periods", "yamlfile", "records", "data")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    # module, or package with all in it → what it may import; the longest name that fits a module decides
    "arrays": (),
    "likeness": (),
    "errors": ("likeness",),
    "registry": (),
    "dimensions": ("registry",),
    "advice": ("likeness", "registry", "dimensions"),
    "units": ("dimensions", "advice"),
    "periods": ("errors",),
    "yamlfile": ("errors",),
    "records": ("errors", "registry", "units", "periods", "yamlfile"),
    "data": ("errors",),
    "catalog": (*GROUND, "catalog"),
    "engineering": (*GROUND, "catalog", "engineering"),
    "scenario": (*GROUND, "catalog", "scenario"),
    # the gates from a scenario into physics: what a power cap costs; what network, storage and management add to a system
    "scenario.resolve_caps": (*GROUND, "catalog", "engineering.facility", "scenario"),
    # which rack a hall carries is physics, and the case holds its result as a plain number
    "scenario.resolve_halls": (*GROUND, "catalog", "engineering.facility", "scenario"),
    # so are the steps by which a network grows, and what stands beside a system
    "scenario.resolve_networks": (*GROUND, "catalog", "engineering.around", "engineering.fabric", "engineering.knobs", "scenario"),
    # how many units of a source are firm at once is counted once, and the case holds the margin
    "scenario.resolve_sources": (*GROUND, "catalog", "engineering.plant", "scenario"),
    "core": ("records", "scenario.case", "core"),
    "capabilities": ("scenario.case", "scenario.schema", "core", "capabilities"),
    # the question itself only hands words to the limits of the model
    "model": ("errors", "arrays", "periods", "scenario.case", "core", "capabilities", "model"),
    "model.waist": (
        *GROUND,
        "catalog",
        "engineering",
        "scenario",
        "capabilities.sourcing.limits",
        "model.inputs",
        "model.inputs_build",
        "model.inputs_fleet",
        "model.inputs_halls",
        "model.inputs_meter",
        "model.inputs_money",
        "model.inputs_networks",
        "model.inputs_sources",
        "model.inputs_supply",
        "model.terms",
        "model.waist",
    ),
    "solve": ("errors", "arrays", "core", "model.frame", "model.parameter", "model.length", "model.build", "solve"),
    "plan.rows": ("records",),
    "plan.digests": ("errors",),
    "plan.schema": (*GROUND, "engineering.power", "scenario.case", "core.accounts", "plan.digests", "plan.rows", "plan.schema"),
    "plan.tables": ("scenario.case", "core.tables", "plan.schema"),
    "plan": (*GROUND, "catalog", "engineering", "scenario", "core", "capabilities", "plan"),
    "plan.extract": (*GROUND, "catalog", "engineering", "scenario", "core", "capabilities", "plan", "model", "solve"),
    "pipeline": (*GROUND, "catalog", "engineering", "scenario", "model", "solve", "plan"),
    # the engine is only handed on; no scenario is explored by touching a model
    "explore": (*GROUND, "catalog", "engineering", "scenario", "core", "plan", "pipeline", "solve.engine", "explore"),
    "report": (*GROUND, "catalog", "engineering", "scenario.case", "plan.schema", "plan.tables", "explore", "report"),
    "cli": (*GROUND, "catalog", "engineering", "scenario", "plan", "pipeline", "solve.engine", "explore", "report", "cli"),
    "__main__": ("cli",),
    "__init__": (),
}
NEVER = {"plan": ("plan.extract",), "plan.extract": ("plan.audit",)}
"""What the line above would allow and may not be: the second road never sees the first."""

LATE = {"": ("ortools", "pint"), "report.render": ("rich",), "solve.worker": ("ortools", "numpy", "datetime")}
"""Packages that may be imported inside a function: two heavy ones anywhere, one to draw with, what the solver's process starts late."""


@dataclass(frozen=True)
class Import:
    """One import: what, and whether it stands inside a function."""

    module: str
    line: int
    inside: bool
    level: int
    typing: bool


@cache
def imports_of(source: str) -> tuple[Import, ...]:
    """Every import of a module, wherever it stands; `from planner.x import y` is of `planner.x.y` if that is a module."""

    def walk(node: ast.AST, inside: bool, typing: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for name in child.names:
                    yield Import(name.name, child.lineno, inside, 0, typing)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                for name in child.names:
                    module = f"{base}.{name.name}" if is_module(f"{base}.{name.name}") else base
                    yield Import(module, child.lineno, inside, child.level, typing)
            else:
                guard = isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
                yield from walk(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda), typing or guard)

    return tuple(walk(ast.parse(source), False, False))


@cache
def is_module(name: str) -> bool:
    """Whether a dotted name is a module of ours."""
    path = ROOT.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def fits(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


def rule_of(module: str) -> str:
    """The line of the table that decides for a module (without `planner.`)."""
    return max((name for name in MAY_IMPORT if fits(module, name)), key=len, default="")


def breaches(module: str, source: str) -> list[str]:
    """What a module imports that it may not."""
    rule = rule_of(module)
    if not rule:
        return [f"{module} stands on no floor; give it a line in MAY_IMPORT"]
    found = []
    for it in imports_of(source):
        where = f"{module}:{it.line}"
        if it.level:
            found.append(f"{where} imports relatively")
            continue
        ours, _, name = it.module.partition(".")
        if it.inside and not module.startswith("cli.") and ours not in (*LATE[""], *LATE.get(module, ())):
            found.append(f"{where} imports {it.module} inside a function")
        if ours != "planner":
            continue
        name = name or "__init__"
        forbidden = any(fits(name, other) for other in NEVER.get(rule, ()))
        if forbidden or not any(fits(name, other) for other in MAY_IMPORT[rule]):
            found.append(f"{where} imports {it.module}")
    return found


def modules() -> dict[str, str]:
    """Name without `planner.` → source."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "_data" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = path.read_text(encoding="utf-8")
    return found


def test_imports_from_lower_floors_only():
    sources = modules()
    assert len(sources) > 200
    assert [breach for module, source in sources.items() for breach in breaches(module, source)] == []


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Cycles among modules, each once."""
    found, done = [], set[str]()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append([*trail[trail.index(name) :], name])
            return
        if name in done:
            return
        for other in sorted(graph.get(name, ())):
            visit(other, [*trail, name])
        done.add(name)

    for name in sorted(graph):
        visit(name, [])
    return found


def graph_of(sources: dict[str, str]) -> dict[str, set[str]]:
    """Module → modules it imports when it is itself imported, or checked for types."""
    graph: dict[str, set[str]] = {}
    for name, source in sources.items():
        ours = [it for it in imports_of(source) if it.module.startswith("planner.") and not it.inside]
        graph[name] = {it.module.removeprefix("planner.") for it in ours}
    return graph


def test_no_circles():
    assert circles(graph_of(modules())) == []


def test_every_floor_has_somebody_on_it():
    """A line of the table that fits nothing protects nothing."""
    names = modules()
    assert {rule_of(name) for name in names} == set(MAY_IMPORT)
    for rule, allowed in [*MAY_IMPORT.items(), *NEVER.items()]:
        for other in allowed:
            assert any(fits(name, other) for name in names), f"{rule}: {other}"


BAD = [
    ("catalog.hardware", "from planner.scenario.case import Case"),
    ("engineering.power", "from planner.scenario.case import Case"),
    ("engineering.power", "import planner.scenario.case"),
    ("scenario.resolve", "from planner.engineering.power import power_chain"),
    ("scenario.resolve_systems", "from planner.engineering.around import network_of"),
    ("scenario.resolve_networks", "from planner.engineering.power import power_chain"),
    ("scenario.load", "from planner.model.waist import make_inputs"),
    ("model.rules.power", "from planner.catalog.load import Catalog"),
    ("model.rules.power", "from planner.scenario.load import load"),
    ("core.limits", "from planner.capabilities.sites.limits import POWER"),
    ("capabilities.sites.limits", "from planner.model.frame import Frame"),
    ("model.build", "from planner.engineering.power import Draw"),
    ("model.waist", "from planner.solve.run import run"),
    ("model.waist", "from planner.model.frame import Frame"),
    ("solve.run", "from planner.model.inputs import Inputs"),
    ("solve.run", "from planner.plan.schema import Plan"),
    ("solve.diagnose", "from planner.scenario.case import Case"),
    ("plan.audit", "from planner.model.waist import make_inputs"),
    ("plan.audit", "from planner.solve.run import Outcome"),
    ("plan.audit", "from planner.plan import extract"),
    ("plan.derive", "from planner.plan.extract.whole import snap"),
    ("plan.reach", "from planner.pipeline import solve"),
    ("plan.schema", "from planner.plan.derive import Derivation"),
    ("plan.extract", "from planner.plan.audit import findings_of"),
    ("pipeline", "from planner.explore.draw import of_plan"),
    ("explore.compare", "from planner.model.build import build"),
    ("explore.compare", "from planner.report.tables import Table"),
    ("report.plan_tables", "from planner.pipeline import solve"),
    ("report.plan_tables", "from planner.solve.engine import Engine"),
    ("report.plan_tables", "from planner.plan.audit import audit"),
    ("report.plan_tables", "from planner.cli.main import main"),
    ("cli.solve", "from planner.model.build import build"),
    ("units", "from planner.records import Record"),
    ("errors", "from planner.units import Unit"),
    ("scenario.load", "from .schema import Scenario"),
    ("scenario.load", "from . import schema"),
    ("plan.audit", "def f():\n    from planner.errors import Problem"),
    ("model.frame", "def f():\n    import numpy"),
    ("plan.audit", "class A:\n    def f(self):\n        import json"),
    ("model.frame", "if TYPE_CHECKING:\n    from planner.scenario.load import Loaded"),
    ("nowhere", "import json"),
]


@pytest.mark.parametrize(("module", "source"), BAD)
def test_it_bites(module, source):
    assert len(breaches(module, source)) == 1


GOOD = [
    ("catalog.load", "from planner.catalog import hardware\nfrom planner.errors import Problem"),
    ("model.waist", "from planner.engineering.power import Draw\nfrom planner.scenario.case import Case\nimport numpy"),
    ("model.rules.power", "from planner.model.inputs import Inputs"),
    ("model.frame", "def f():\n    from ortools.math_opt import model_pb2"),
    ("solve.worker", "def f():\n    import numpy"),
    ("plan.extract", "from planner.model.build import Model\nfrom planner.solve.run import Outcome"),
    ("cli.solve", "def f():\n    from planner.pipeline import solve\n    import rich"),
    ("registry", "def f():\n    import pint"),
]


@pytest.mark.parametrize(("module", "source"), GOOD)
def test_it_lets_pass_what_may_pass(module, source):
    assert breaches(module, source) == []


def test_it_sees_circles():
    sources = {
        "a": "from planner.catalog.load import x",
        "catalog.load": "import planner.catalog.prices",
        "catalog.prices": "from planner.catalog import load",
    }
    assert circles(graph_of(sources)) == [["catalog.load", "catalog.prices", "catalog.load"]]
    late = {**sources, "catalog.prices": "def f():\n    from planner.catalog import load"}
    assert circles(graph_of(late)) == []
