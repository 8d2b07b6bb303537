"""The lock pins what pyproject.toml asks for, on every Python, and `.ci/versions.py` reads both
rightly."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LINUX = {
    "sys_platform": "linux",
    "os_name": "posix",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
}
TAGS = (
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
    "manylinux1_x86_64",
)


def versions_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ci_versions", ROOT / ".ci" / "versions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


versions = versions_module()


def pins(lock: str) -> list[tuple[Requirement, list[str]]]:
    """Each pin with its hashes."""
    entries = re.sub(r"\s*\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n?", "", lock)).splitlines()
    found = []
    for entry in filter(None, entries):
        if entry.startswith("-"):
            continue
        said, *hashes = entry.split(" --hash=sha256:")
        found.append((Requirement(said), [one.strip() for one in hashes]))
    return found


def is_pin(requirement: Requirement) -> bool:
    return [one.operator for one in requirement.specifier] == ["=="] and "*" not in str(
        requirement.specifier
    )


def doubts(lock: str, pyproject: str) -> list[str]:
    """What is wrong with a lock."""
    found = [
        f"{sign} does not belong into it"
        for sign in ("://", "--index", "--find-links", "--trusted")
        if sign in lock
    ]
    all_pins, asked = pins(lock), versions.direct(pyproject)
    for pin, hashes in all_pins:
        if not is_pin(pin):
            found.append(f"{pin} is no pin")
        if not hashes or not all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes):
            found.append(f"{pin.name} has no hash, or half of one")
    for python in PYTHONS:
        pinned: dict[str, list[str]] = {}
        for pin, _ in all_pins:
            if is_pin(pin) and versions.applies(pin, python, **LINUX):
                pinned.setdefault(canonicalize_name(pin.name), []).append(
                    str(pin.specifier).lstrip("=")
                )
        found += [
            f"{name} is pinned twice on {python}" for name, said in pinned.items() if len(said) > 1
        ]
        for wanted in asked:
            if versions.applies(wanted, python, **LINUX):
                said = pinned.get(canonicalize_name(wanted.name), [])
                found += [f"{wanted} is not pinned on {python}"] * (not said)
                found += [
                    f"{wanted.name} {one} is not {wanted.specifier}"
                    for one in said
                    if not wanted.specifier.contains(one)
                ]
    return found


def test_pins_what_is_asked_for():
    assert len(pins(LOCK)) > 40
    assert doubts(LOCK, PYPROJECT) == []


def test_the_build_backend_is_pinned_too():
    """The editable install runs without build isolation, so what builds it stands in the group as
    well, with the same bound."""
    asked = [Requirement(line) for line in tomllib.loads(PYPROJECT)["build-system"]["requires"]]
    group = versions.direct(PYPROJECT)
    assert asked
    assert [str(one) for one in asked if str(one) not in map(str, group)] == []
    assert any(one.name == "editables" for one in group)


def without(text: str, pattern: str, new: str = "") -> str:
    """A text with its first match replaced."""
    changed, times = re.subn(pattern, new, text, count=1)
    assert times == 1
    return changed


@pytest.mark.parametrize(
    ("pattern", "new", "doubt"),
    [
        (r"(?m)^click==(.*\n)(?: +.*\n)*", "", "click>=8.2 is not pinned on 3.11"),
        (r"(?m)^hatchling==", "hatching==", "hatchling>=1.27 is not pinned on 3.14"),
        (r"(?m)^click==\S+", "click==8.1.8", "click 8.1.8 is not >=8.2"),
        (r"(?m)^ortools==\S+", "ortools==9.16.1", "ortools 9.16.1 is not <9.16,>=9.15.6755"),
        (r"(?m)^click==\S+", "click>=8.2", "click>=8.2 is no pin"),
        (r"(?m)^(click==\S+) \\\n(?: +--hash.*\n)*", r"\1\n", "click has no hash, or half of one"),
        (r"(?m)^(click==\S+ \\\n +--hash=sha256:...)", r"\1x", "click has no hash, or half of one"),
        (r"(?m)^click==", "numpy==3.0\nclick==", "numpy is pinned twice on 3.12"),
        (
            r"(?m)^numpy==\S+ ; python_full_version < '3.12'",
            "numpy==2.4.0 ; python_full_version < '3.11'",
            "numpy>=2.0.2 is not pinned on 3.11",
        ),
        (r"\A", "--index-url https://example.org/simple\n", ":// does not belong into it"),
    ],
)
def test_a_broken_lock_is_seen(pattern, new, doubt):
    assert doubt in doubts(without(LOCK, pattern, new), PYPROJECT)


def test_a_new_dependency_that_is_not_locked_is_seen():
    changed = PYPROJECT.replace(
        '"click>=8.2"', '"click>=8.2", "polars>=1.0; python_version >= \'3.13\'"'
    )
    assert doubts(LOCK, changed) == [
        f'polars>=1.0; python_version >= "3.13" is not pinned on {python}'
        for python in ("3.13", "3.14")
    ]


def test_both_commands_of_the_readme_use_it():
    blocks = re.findall(
        r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.S
    )
    for block in blocks[:2]:
        installs = re.findall(r"pip install[^&\n]*", block)
        assert [one.strip() for one in installs] == [
            "pip install -q --require-hashes -r requirements.lock",
            "pip install -q --no-deps --no-build-isolation -e .",
        ]


def test_the_command_that_renews_it_is_the_one_that_made_it():
    (made,) = re.findall(r"(?m)^# +uv (pip compile .*)$", LOCK)
    (told,) = re.findall(
        r"bin/uv (pip compile .*)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    )
    assert set(told.split()) - {"-q", "--upgrade"} == set(made.split())


def test_lowest_versions_are_the_highest_lower_bounds():
    asked = [
        Requirement(line)
        for line in (
            "a>=1,<3",
            "b>=2.1",
            "b>=2.3; python_version >= '3.13'",
            "c>=1; python_version < '3.12'",
        )
    ]
    assert versions.lowest(asked, "3.11") == ["a==1", "b==2.1", "c==1"]
    assert versions.lowest(asked, "3.13") == ["a==1", "b==2.3"]
    with pytest.raises(ValueError, match="max"):
        versions.lowest([Requirement("a<3")], "3.11")


def test_every_dependency_has_a_lower_bound():
    names = {one.name for one in versions.direct(PYPROJECT)}
    for python in PYTHONS:
        assert {
            line.partition("==")[0] for line in versions.lowest(versions.direct(PYPROJECT), python)
        } == names


PARENT = {
    "test_a.py": "import pytest\n@pytest.mark.parametrize('p', ['x y', 'z'])\ndef test_a(p): "
    "assert p == 'z'\ndef test_b(): pass\n",
    "test_read.py": "def test_a(): pass\n",
    "test_unread.py": "import nothing_of_this_name\n",
}
FAILED = {
    "test_a.py::test_a[x y]": False,  # the parent fails as well
    "test_a.py::test_a[z]": True,
    "test_a.py::test_b": True,
    "test_a.py::test_c": True,  # it came with the change
    "test_new.py::test_a": True,
    "test_read.py": True,  # a file that could not be read, and the parent's can
    "test_unread.py": False,
}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([*FAILED], id="many"),
        pytest.param(["test_a.py::test_a[x y]"], id="outside", marks=pytest.mark.slow),
        pytest.param(["test_new.py::test_a"], id="new", marks=pytest.mark.slow),
    ],
)
def test_whose_fault_a_failure_is(tmp_path, names):
    for name, text in PARENT.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = tmp_path / "cache" / "v" / "cache" / "lastfailed"
    told.parent.mkdir(parents=True)
    told.write_text(json.dumps(dict.fromkeys(names, True)), encoding="utf-8")
    assert versions.own(sys.executable, tmp_path / "cache", tmp_path, ["-q"]) == {
        name for name in names if FAILED[name]
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("conftest", "blamed"), [("raise RuntimeError", set()), ("", {"pytest itself"})]
)
def test_whose_fault_it_is_that_pytest_does_not_start(tmp_path, conftest, blamed):
    (tmp_path / "cache").mkdir()
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_a.py").write_text("def test_a(): pass\n", encoding="utf-8")
    assert versions.own(sys.executable, tmp_path / "cache", tmp_path, ["-q"]) == blamed


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_every_pin_has_a_wheel_on_linux(python, tmp_path):
    """Asked of the package index, by pip's own resolver; what it would install must be a wheel
    whose hash is in the lock."""
    wanted = {
        canonicalize_name(pin.name): hashes
        for pin, hashes in pins(LOCK)
        if versions.applies(pin, python, **LINUX)
    }
    listed, report = tmp_path / "pins.txt", tmp_path / "report.json"
    # without hashes: with them pip 23.2 downloads each file to see for itself
    lines = [
        f"{pin.name}{pin.specifier}\n"
        for pin, _ in pins(LOCK)
        if versions.applies(pin, python, **LINUX)
    ]
    listed.write_text("".join(lines), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--dry-run",
        "--no-deps",
        "--target",
        str(tmp_path / "t"),
    ]
    command += [
        "--only-binary=:all:",
        "--python-version",
        python,
        "--implementation",
        "cp",
        *(part for tag in TAGS for part in ("--platform", tag)),
    ]
    # pip 23.2 holds a package's word on Python against the one that runs, not the one asked about;
    # that word is looked at below
    command += ["--ignore-requires-python", "--report", str(report), "-r", str(listed)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    assert done.returncode == 0, done.stderr
    chosen = json.loads(report.read_text(encoding="utf-8"))["install"]
    assert sorted(canonicalize_name(one["metadata"]["name"]) for one in chosen) == sorted(wanted)
    for one in chosen:
        name, file = canonicalize_name(one["metadata"]["name"]), one["download_info"]
        assert file["url"].endswith(".whl")
        assert file["archive_info"]["hashes"]["sha256"] in wanted[name], (
            f"{name}: its hash is not in the lock"
        )
        assert SpecifierSet(one["metadata"].get("requires_python", "")).contains(f"{python}.1"), (
            name
        )
