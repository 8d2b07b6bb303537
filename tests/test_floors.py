"""Who may import whom: from lower floors only. Parsed from every module under `planner/`, and
proven on snippets that must fail.

ground → catalog → engineering ∥ core → model ∥ plan → capabilities → assembly → solver → pipeline →
power_model ∥ study → report → cli
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
GROUND = (
    "arrays",
    "likeness",
    "marks",
    "numbers",
    "refusal",
    "errors",
    "registry",
    "advice",
    "units",
    "periods",
    "yamlfile",
    "records",
    "data",
)

FACES = (
    "schema",
    "case",
    "tables",
    "resolve",
    "arrays",
    "constraints",
    "chains",
    "derive",
    "extract",
    "bounds",
)
"""Modules of a capability by what they are; a long one may stand in several, `derive` and
`derive_survival`."""
SAID, SECOND = ("schema", "case", "tables"), ("chains", "derive", "bounds")


def of(*faces: str) -> tuple[str, ...]:
    """These faces of every capability."""
    return tuple(f"capabilities.*.{face}" for face in faces)


MAY_IMPORT: dict[str, tuple[str, ...]] = {
    # module, or package with all in it → what it may import; the longest name that fits a module
    # decides
    "arrays": (),
    "likeness": (),
    "marks": (),
    "numbers": (),
    "refusal": ("marks", "numbers"),
    "errors": ("likeness", "marks", "refusal"),
    "registry": (),
    "advice": ("likeness", "registry"),
    "units": ("registry", "advice"),
    "periods": ("errors",),
    "yamlfile": ("errors",),
    "records": ("errors", "registry", "units", "periods", "yamlfile"),
    "data": ("errors",),
    "catalog": (*GROUND, "catalog"),
    "engineering": (*GROUND, "catalog", "engineering"),
    # the registry reads the list of capabilities, and no capability
    "core.registry": ("capabilities",),
    "core": (*GROUND, "catalog", "core"),
    "model": ("errors", "arrays", "periods", "core", "model"),
    "model.payments": ("arrays", "periods", "core", "engineering.worth", "model"),
    "plan": (*GROUND, "engineering", "core", "plan", *of(*SAID)),
    "capabilities": (),
    "capabilities.*": ("core.registry",),
    "capabilities.*.schema": (*GROUND, "catalog", "core", *of("schema")),
    "capabilities.*.case": (*GROUND, "catalog", "core", *of("schema", "case")),
    "capabilities.*.tables": ("records", "core", "engineering.power", *of("case", "tables")),
    "capabilities.*.resolve": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        *of("schema", "case", "resolve", "candidates", "caps"),
    ),
    "capabilities.*.candidates": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        *of("schema", "case", "caps", "resolve"),
    ),
    "capabilities.*.arrays": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        "model",
        *of("schema", "case", "arrays"),
    ),
    "capabilities.*.constraints": (
        "errors",
        "arrays",
        "periods",
        "core",
        "model",
        *of("case", "arrays", "constraints"),
    ),
    "capabilities.*.chains": (*GROUND, "engineering", "core", "plan", *of(*SAID, *SECOND)),
    "capabilities.*.derive": (
        *GROUND,
        "catalog.hardware",
        "engineering",
        "core",
        "plan",
        *of(*SAID, *SECOND),
    ),
    "capabilities.*.bounds": (*GROUND, "engineering", "core", "plan", *of(*SAID, *SECOND)),
    "capabilities.*.extract": (*GROUND, "core", "model", "plan", "assembly.solved", *of(*FACES)),
    # what a person may say of a candidate, and what holding it to a cap costs, is physics and
    # catalog
    "capabilities.*.caps": (
        *GROUND,
        "catalog",
        "engineering.facility",
        "core",
        *of("schema", "case", "caps"),
    ),
    "scenario": (
        *GROUND,
        "catalog",
        "core",
        "assembly.scenario",
        "scenario",
        *of("schema", "case", "resolve", "candidates", "caps"),
    ),
    "plan.presolve_bounds": (
        *GROUND,
        "engineering",
        "core",
        "scenario.steps",
        "plan",
        *of(*SAID, *SECOND),
    ),
    "plan.remedies": (*GROUND, "engineering", "core", "plan", *of(*SAID, *SECOND)),
    "assembly": ("core", "assembly"),
    "assembly.plan": ("core", "plan", "assembly.scenario"),
    "assembly.inputs": (*GROUND, "engineering", "core", "model", *of("case", "arrays")),
    "assembly.model": ("errors", "arrays", "core", "model", *of("case", "arrays", "constraints")),
    "assembly.formulation": ("model",),
    "assembly.solved": ("arrays", "core", "model", "plan.decided"),
    "assembly.derived": ("errors", "core", "plan"),
    "assembly.audit": (*GROUND, "core", "plan", "assembly", *of("derive")),
    "assembly.extract": (*GROUND, "core", "model", "plan", "solver", "assembly", *of("derive")),
    "assembly.plan_file": (*GROUND, "core", "plan", "assembly"),
    "solver": ("errors", "refusal", "arrays", "core", "model", "assembly.model", "solver"),
    "refused": (*GROUND, "core", "scenario", "assembly", "solver", "plan"),
    "pipeline": (
        *GROUND,
        "catalog",
        "core",
        "scenario",
        "model",
        "assembly",
        "solver",
        "plan",
        "refused",
    ),
    "power_model": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        "scenario",
        "plan",
        "pipeline",
        "power_model",
        *of(*SAID, *SECOND, "resolve", "candidates", "caps"),
    ),
    # the engine is only handed on; no scenario is explored by touching a model
    "study": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        "scenario",
        "plan",
        "pipeline",
        "solver.engine",
        "study",
        *of(*SAID, *SECOND),
    ),
    "report": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        "plan",
        "power_model",
        "study",
        "report",
        *of(*SAID, *SECOND),
    ),
    "cli": (
        *GROUND,
        "catalog",
        "engineering",
        "core",
        "scenario",
        "assembly",
        "plan",
        "pipeline",
        "solver.engine",
        "power_model",
        "study",
        "report",
        "cli",
        *of(*SAID),
    ),
    "door": (
        *GROUND,
        "catalog",
        "assembly",
        "plan.schema",
        "core.scenario",
        "scenario",
        "pipeline",
        "solver.engine",
        "power_model",
        "study",
        "door",
    ),
    "__main__": ("cli",),
    "__init__": ("errors", "door"),
}
NEVER = {"assembly.audit": ("assembly.extract",), "assembly.extract": ("assembly.audit",)}
"""What the line above would allow and may not be: the second road never sees the first."""

LATE = {
    "": ("ortools", "pint"),
    "report.document": ("rich",),
    "solver.worker": ("ortools", "numpy", "datetime"),
}
"""Packages that may be imported inside a function: two heavy ones anywhere, one to draw with, what
the solver's process starts late."""


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
    """Every import of a module, wherever it stands; `from planner.x import y` is of `planner.x.y`
    if that is a module."""

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
                guard = isinstance(child, ast.If) and ast.unparse(child.test) in (
                    "TYPE_CHECKING",
                    "typing.TYPE_CHECKING",
                )
                yield from walk(
                    child,
                    inside
                    or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda),
                    typing or guard,
                )

    return tuple(walk(ast.parse(source), False, False))


@cache
def is_module(name: str) -> bool:
    """Whether a dotted name is a module of ours."""
    path = ROOT.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def fits(module: str, name: str) -> bool:
    """Whether a module is `name`, or inside it; `capabilities.*.derive` is that face of every
    capability, in all its modules."""
    if not name.startswith("capabilities."):
        return module == name or (module.startswith(f"{name}.") and name != "capabilities")
    parts, wanted = module.split("."), name.split(".")
    same = len(parts) == len(wanted) and parts[0] == wanted[0]
    return same and all(
        want in ("*", part) or part.startswith(f"{want}_")
        for part, want in zip(parts[1:], wanted[1:], strict=True)
    )


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
        if (
            it.inside
            and not module.startswith("cli.")
            and ours not in (*LATE[""], *LATE.get(module, ()))
        ):
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
            found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = (
                path.read_text(encoding="utf-8")
            )
    return found


def test_imports_from_lower_floors_only():
    sources = modules()
    assert len(sources) > 200
    assert [
        breach for module, source in sources.items() for breach in breaches(module, source)
    ] == []


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
        ours = [
            it for it in imports_of(source) if it.module.startswith("planner.") and not it.inside
        ]
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
    ("catalog.hardware", "from planner.core.case import Case"),
    ("engineering.power", "from planner.core.case import Case"),
    ("engineering.power", "import planner.core.case"),
    ("core.case", "from planner.capabilities.halls.case import HallsCase"),
    ("core.limits", "from planner.capabilities.sites.case import POWER"),
    ("core.context", "from planner.engineering.power import power_chain"),
    ("scenario.load", "from planner.assembly.inputs import make_inputs"),
    ("scenario.resolve", "from planner.engineering.power import power_chain"),
    ("model.frame", "from planner.capabilities.halls.arrays import HallInputs"),
    ("capabilities.sites.case", "from planner.model.frame import Frame"),
    ("capabilities.sites.schema", "from planner.capabilities.sites.case import SitesCase"),
    ("capabilities.sites.constraints", "from planner.catalog.load import Catalog"),
    ("capabilities.sites.constraints", "from planner.scenario.load import load"),
    ("capabilities.sites.derive", "from planner.capabilities.sites.arrays import power_of"),
    (
        "capabilities.sourcing.derive_survival",
        "from planner.capabilities.sourcing.constraints import hhi",
    ),
    ("capabilities.sites.derive", "from planner.model.frame import Frame"),
    ("capabilities.sites.tables", "from planner.plan.derive import Derivation"),
    ("capabilities.sites.bounds", "from planner.capabilities.sites.constraints import add_power"),
    ("capabilities.sites.extract", "from planner.assembly.extract import extract"),
    ("capabilities.halls", "from planner.capabilities.halls.case import HallsCase"),
    ("capabilities.halls.words", "import json"),
    ("assembly.scenario", "from planner.capabilities.halls.case import HallsCase"),
    (
        "assembly.inputs",
        "from planner.model.frame import Frame\nfrom planner.solver.run import run",
    ),
    ("solver.run", "from planner.capabilities.halls.arrays import HallInputs"),
    ("solver.run", "from planner.plan.schema import Plan"),
    (
        "assembly.audit",
        "from planner.assembly.inputs import make_inputs\nfrom planner.solver.run import Outcome",
    ),
    ("assembly.audit", "from planner.assembly.extract import extract"),
    ("assembly.extract", "from planner.assembly.audit import findings_of"),
    ("plan.derive", "from planner.assembly.extract import snap"),
    ("plan.presolve_bounds", "from planner.pipeline import solve"),
    ("pipeline", "from planner.power_model.draw import of_plan"),
    ("study.compare", "from planner.assembly.model import build"),
    ("study.compare", "from planner.report.tables import Table"),
    ("power_model.draw", "from planner.solver.engine import Engine"),
    ("report.plan_tables", "from planner.pipeline import solve"),
    ("report.plan_tables", "from planner.solver.engine import Engine"),
    ("report.plan_tables", "from planner.assembly.audit import audit"),
    ("report.plan_tables", "from planner.cli.main import main"),
    ("cli.solve", "from planner.model.family import Model"),
    ("units", "from planner.records import Record"),
    ("errors", "from planner.units import Unit"),
    ("scenario.load", "from .schema import Scenario"),
    ("scenario.load", "from . import schema"),
    ("assembly.audit", "def f():\n    from planner.errors import Problem"),
    ("model.frame", "def f():\n    import numpy"),
    ("assembly.audit", "class A:\n    def f(self):\n        import json"),
    ("model.frame", "if TYPE_CHECKING:\n    from planner.scenario.load import Loaded"),
    ("nowhere", "import json"),
]


@pytest.mark.parametrize(("module", "source"), BAD)
def test_it_bites(module, source):
    assert len(breaches(module, source)) == 1


GOOD = [
    ("catalog.load", "from planner.catalog import hardware\nfrom planner.errors import Problem"),
    (
        "assembly.inputs",
        "from planner.engineering.worth import discount_factor\nfrom planner.core.case import "
        "Case\nimport numpy",
    ),
    (
        "capabilities.sites.constraints",
        "from planner.model.inputs import Inputs\nfrom "
        "planner.capabilities.halls.arrays import HallInputs",
    ),
    (
        "capabilities.sourcing.derive_survival",
        "from planner.capabilities.demand.case import DemandCase",
    ),
    ("model.frame", "def f():\n    from ortools.math_opt import model_pb2"),
    ("solver.worker", "def f():\n    import numpy"),
    (
        "assembly.extract",
        "from planner.model.family import Model\nfrom planner.solver.run import Outcome",
    ),
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
