"""How the code is kept: modules of one subject, functions that fit a screen, no vendor in the code,
nothing loaded before it is needed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.catalog.load import load_catalog

ROOT = Path(planner.__file__).parent
TOP = ROOT.parent
FILES = sorted(path for path in ROOT.rglob("*.py") if "_data" not in path.parts)
MOST_TEXT, MOST_OF_A_FUNCTION = 17_000, 60
"""Characters of a module without its indents, so that breaking a line makes none longer; lines of a
function without its docstring."""
LISTS: set[str] = set()
"""Functions that are one constructor call with a line for each of its many arrays."""
HEAVY = ("numpy", "pint", "pydantic", "ortools", "rich")


def named(path: Path) -> str:
    return str(path.relative_to(TOP))


@pytest.fixture(scope="module")
def sources() -> dict[Path, str]:
    """Every module of the package with its text. A rule is one test that lists all who break it,
    and not a test per module."""
    found = {path: path.read_text(encoding="utf-8") for path in FILES}
    assert len(found) > 200
    return found


@pytest.fixture(scope="module")
def trees(sources: dict[Path, str]) -> dict[Path, ast.Module]:
    return {path: ast.parse(text) for path, text in sources.items()}


def breakers(found: dict[Path, Any]) -> dict[str, Any]:
    """Modules of which something was found, by name."""
    return {named(path): what for path, what in found.items() if what}


Function = ast.FunctionDef | ast.AsyncFunctionDef


def defined(tree: ast.AST) -> Iterator[Function | ast.ClassDef]:
    """Functions and classes at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def lines_of(node: Function) -> int:
    """Lines from `def` to the end, without decorators and docstring."""
    first = node.body[0]
    documented = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    said = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - said


def too_long(text: str) -> int:
    """Characters of a module with too many of them, 0 for any other."""
    count = sum(len(line.strip()) for line in text.splitlines())
    return count if count > MOST_TEXT else 0


def test_a_module_fits_one_subject(sources):
    assert breakers({path: too_long(text) for path, text in sources.items()}) == {}


def long_functions(tree: ast.AST) -> dict[str, int]:
    """Functions that are longer than a screen, each with its lines."""
    nodes = [node for node in defined(tree) if not isinstance(node, ast.ClassDef)]
    return {
        node.name: lines_of(node)
        for node in nodes
        if lines_of(node) > MOST_OF_A_FUNCTION and node.name not in LISTS
    }


def test_a_function_fits_a_screen(trees):
    assert breakers({path: long_functions(tree) for path, tree in trees.items()}) == {}


def test_what_is_too_long_is_seen():
    body = "    x = 1\n"
    assert too_long("    x\n" * MOST_TEXT) == 0
    assert too_long("x\n" * (MOST_TEXT + 1)) == MOST_TEXT + 1
    assert long_functions(ast.parse("def f():\n" + body * (MOST_OF_A_FUNCTION - 1))) == {}
    long = "class A:\n  def f():\n    '''D.'''\n" + body * MOST_OF_A_FUNCTION
    assert long_functions(ast.parse(long)) == {"f": MOST_OF_A_FUNCTION + 1}


def undocumented(tree: ast.Module) -> list[str]:
    """Public functions, classes and methods without a docstring, and the module itself if it has
    none."""
    found = [] if ast.get_docstring(tree) else ["the module"]

    def walk(node: ast.AST, trail: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(
                child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) and not child.name.startswith("_"):
                if not ast.get_docstring(child):
                    found.append(trail + child.name)
                if isinstance(child, ast.ClassDef):
                    walk(child, f"{trail}{child.name}.")

    walk(tree, "")
    return found


def test_what_is_public_says_what_it_answers(trees):
    assert breakers({path: undocumented(tree) for path, tree in trees.items()}) == {}


def test_a_missing_docstring_is_seen():
    source = '"""M."""\nclass A:\n    """A."""\n    def f(self): ...\n    def _g(self): ...\ndef h():\n    """H."""\n    def inner(): ...\n'  # noqa: E501
    assert undocumented(ast.parse(source)) == ["A.f"]
    assert undocumented(ast.parse("def f(): ...")) == ["the module", "f"]


def printed(tree: ast.AST) -> list[int]:
    """Lines on which something is printed."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def test_nothing_is_printed_but_by_the_door(trees):
    assert breakers({path: printed(tree) for path, tree in trees.items()}) == {}


def test_what_is_printed_is_seen():
    assert printed(ast.parse("def f():\n    print(1)\nfingerprint(2)")) == [2]


READERS = (
    "yamlfile",
    "scenario.edits",
    "scenario.files",
    "scenario.references",
    "capabilities.halls.resolve",
    "assembly.plan_file",
    "catalog.load",
    "catalog.reader",
)
"""Where the data of a file is still whatever the file says."""

SCHEMAS = ("__get_pydantic_json_schema__", "model_json_schema")
"""A JSON Schema is a dictionary of anything."""


ANYTHING = re.compile(r"(?i)(t\w+\.)?dict\[str, Any\]")


def dictionaries_of_anything(tree: ast.AST) -> list[int]:
    """Lines on which `dict[str, Any]` stands, but for the functions that make a JSON Schema."""
    found: list[int] = []

    def walk(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef) and child.name in SCHEMAS:
                continue
            if isinstance(child, ast.Subscript) and ANYTHING.fullmatch(ast.unparse(child)):
                found.append(child.lineno)
            walk(child)

    walk(tree)
    return found


def test_no_dictionary_of_anything_behind_the_readers(trees):
    behind = {
        path: tree
        for path, tree in trees.items()
        if ".".join(path.relative_to(ROOT).with_suffix("").parts) not in READERS
    }
    assert len(trees) - len(behind) == len(READERS)
    assert breakers({path: dictionaries_of_anything(tree) for path, tree in behind.items()}) == {}


def test_a_dictionary_of_anything_is_seen():
    assert dictionaries_of_anything(
        ast.parse("x: dict[str, Any] = {}\ndef f(a: list[Dict[str, Any]]): ...")
    ) == [1, 2]
    assert (
        dictionaries_of_anything(
            ast.parse("def model_json_schema() -> dict[str, Any]: ...\nx: dict[str, int]")
        )
        == []
    )


def names_of_things() -> list[str]:
    """Ids and names of everything the catalog knows: accelerators, systems, suppliers, sources, and
    their software stacks."""
    catalog = load_catalog()
    words: set[str] = set()
    for table in (catalog.accelerators, catalog.systems, catalog.suppliers):
        for entry in table.values():
            words |= {entry.id, entry.name}
    words |= {chip.software for chip in catalog.accelerators.values()}
    # what people call them: the first word of an id that has a digit in it (h100 of h100-sxm), and
    # the families
    words |= {
        part
        for name in (*catalog.accelerators, *catalog.systems)
        for part in name.split("-")
        if re.search(r"[a-z]\d", part)
    }
    words |= {
        "trainium",
        "inferentia",
        "instinct",
        "blackwell",
        "hopper",
        "rubin",
        "gaudi",
        "tpu",
        "nvl72",
        "helios",
        "dgx",
        "hgx",
        "cuda",
        "rocm",
    }
    return sorted(word for word in words if len(word) > 2)


def mentions(text: str, words: list[str]) -> list[str]:
    """Those of the words that stand in a text as words. Most stand in it nowhere, which a plain
    search says at once."""
    lower = text.lower()
    return [
        word
        for word in words
        if word.lower() in lower
        and re.search(rf"(?i)(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text)
    ]


def test_no_accelerator_and_no_vendor_is_named_in_the_code(sources):
    words = names_of_things()
    assert {"h100", "nvidia", "amd", "Google", "trainium", "mi450-helios", "CUDA"} <= set(words)
    assert breakers({path: mentions(text, words) for path, text in sources.items()}) == {}


def test_a_name_is_seen():
    words = names_of_things()
    assert mentions('if chip == "h100-sxm": ...', words) == ["h100", "h100-sxm"]
    assert mentions("# as NVIDIA has it", words) == ["NVIDIA", "nvidia"]
    assert mentions("amdahl, intelligible, a h100k of tpus", words) == []
    assert all(word in mentions(f"({word.upper()})", words) for word in words)


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], capture_output=True, text=True, check=False, cwd=TOP
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_opens_no_file_and_loads_nothing_heavy():
    code = f"""
import json, sys
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith((".py", ".pyc")):
        opened.append(arguments[0])
sys.addaudithook(watch)
import planner
print(json.dumps([opened, [name for name in {HEAVY!r} if name in sys.modules]]))
"""  # noqa: E501  (lines of a file)
    assert json.loads(run(code)) == [[], []]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["solve", "--help"], ["--version"], ["catalog", "--help"], ["sovle"], ["solve"]],
)
def test_asking_the_command_line_for_help_loads_nothing_heavy(arguments):
    code = f"""
import json, runpy, sys, os
sys.argv = ["planner", *{arguments!r}]
sys.stdout, out = open(os.devnull, "w"), sys.stdout
try:
    runpy.run_module("planner", run_name="__main__", alter_sys=True)
except SystemExit:
    pass
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]), file=out)
"""
    assert json.loads(run(code)) == []


def tracked() -> list[Path]:
    """Files under version control, and those that are about to be; in a copy without a history, all
    that belong to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=False,
        cwd=TOP,
    )
    if (
        listed.returncode
    ):  # a copy without its history; what was made in it is what no history takes
        made = [
            line.rstrip("/") for line in (TOP / ".gitignore").read_text(encoding="utf-8").split()
        ]
        files = [path for path in TOP.rglob("*") if path.is_file()]
        return [
            path
            for path in files
            if not any(fnmatch(part, name) for part in path.relative_to(TOP).parts for name in made)
        ]
    return [TOP / name for name in listed.stdout.split("\0") if name and (TOP / name).is_file()]


MACHINE = re.compile(
    r"(?:^|[\s\"'`(=:,\[])(/(?:work|home|root|Users|tmp|mnt|opt|workspace)/[\w.-]+|[A-Z]:\\\\?Users\\\\?[\w.-]+)",
    re.MULTILINE,
)


def machine_paths(text: str) -> list[str]:
    """Absolute paths that exist on somebody's machine only."""
    return sorted(set(MACHINE.findall(text)))


def test_no_path_of_a_machine_in_any_file():
    found = {}
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__) and (hits := machine_paths(text)):
            found[named(path)] = hits
    assert found == {}


def test_a_path_of_a_machine_is_seen():
    assert machine_paths('open("/home/me/x.yaml")\n/work/mine is here') == [
        "/home/me",
        "/work/mine",
    ]
    assert machine_paths("https://example.org/home/page and ~/work/x and a/tmp/b and W/m/K") == []
