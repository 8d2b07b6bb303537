"""What `.ci/run` asks about versions of packages; it needs `packaging`, which the lock has.

`lowest 3.11`: every direct dependency at its lower bound in pyproject.toml, as that Python needs
it. `newest`: every direct dependency with its range. `blame PYTHON CACHE PARENT [ARGUMENT...]`:
tests that failed, as pytest's cache has it, and do not fail in the parent's tree with the same
packages; exit code 1 if there are any.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def direct(pyproject: str) -> list[Requirement]:
    """Every direct dependency: those of the product, then the tools."""
    said = tomllib.loads(pyproject)
    return [
        Requirement(line)
        for line in (*said["project"]["dependencies"], *said["dependency-groups"]["dev"])
    ]


def applies(requirement: Requirement, python: str, **machine: str) -> bool:
    """Whether a requirement is one for a Python such as 3.13, on this machine or the one
    described.
    """
    there = {"python_version": python, "python_full_version": f"{python}.0", **machine}
    return requirement.marker is None or requirement.marker.evaluate(there)


def lowest(requirements: Iterable[Requirement], python: str) -> list[str]:
    """Each package at the highest of its lower bounds for a Python."""
    least: dict[str, Version] = {}
    for requirement in requirements:
        if applies(requirement, python):
            bounds = [Version(one.version) for one in requirement.specifier if one.operator == ">="]
            least[requirement.name] = max([*bounds, *filter(None, [least.get(requirement.name)])])
    return [f"{name}=={version}" for name, version in least.items()]


def failed(cache: Path) -> set[str]:
    """Tests that failed in the run that wrote a cache of pytest, and files that it could not
    read.
    """
    path = cache / "v" / "cache" / "lastfailed"
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else set()


def own(python: str, cache: Path, parent: Path, arguments: list[str]) -> set[str]:
    """Failed tests that the parent passes, or does not have; what fails there as well came from
    outside.
    """
    here = failed(cache)
    files = sorted({name.partition("::")[0] for name in here})
    files = [name for name in files if (parent / name).exists()]
    run = [python, "-m", "pytest"]
    listing = subprocess.run(
        [*run, "--collect-only", "-q", *files],
        cwd=parent,
        capture_output=True,
        text=True,
        check=False,
    )
    names = sorted(here & {*listing.stdout.splitlines(), *files})
    if not names and here:
        return here
    # one name a line in a file, since thousands may fail; without a name (pytest itself did not
    # start) all tests run
    listed, there = cache / "names", cache / "parent"
    listed.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    run += [*arguments, "--continue-on-collection-errors", "-o", f"cache_dir={there}", f"@{listed}"]
    done = subprocess.run(run, cwd=parent, check=False)
    if not here:
        return set() if done.returncode else {"pytest itself"}
    return here - failed(there)


def main(arguments: list[str]) -> int:
    """Answer one of the questions above."""
    match arguments:
        case ["lowest", python]:
            print(*lowest(direct(PYPROJECT.read_text(encoding="utf-8")), python), sep="\n")
        case ["newest"]:
            print(*direct(PYPROJECT.read_text(encoding="utf-8")), sep="\n")
        case ["blame", python, cache, parent, *rest]:
            names = own(python, Path(cache), Path(parent), rest)
            print(*(f"the parent does not fail: {name}" for name in sorted(names)), sep="\n")
            return 1 if names else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
