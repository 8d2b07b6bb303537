"""Where do the shipped catalogs and scenarios stand?

A wheel carries them inside the package (`planner/_data`); an editable install and a checkout have
them beside it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def _folder(name: str) -> Path:
    inside = Path(str(files("planner"))) / "_data" / name
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / name


def catalogs_folder() -> Path:
    """The folder of the built-in catalog."""
    return _folder("catalogs")


def scenarios_folder() -> Path:
    """The folder of the shipped scenarios."""
    return _folder("scenarios")


def find_scenario(name: str) -> Path:
    """A scenario file by path, or a shipped one by its path or bare name, so that
    `scenarios/x.yaml` works anywhere.
    """
    given = Path(name)
    if given.exists():
        return given
    shipped = scenarios_folder()
    for candidate in (shipped / given.name, shipped / f"{given.name}.yaml"):
        if candidate.is_file() and (given.parent == Path() or given.parent.name == "scenarios"):
            return candidate
    return given


def looks_like_plan(path: Path) -> bool:
    """Whether a file is a plan (JSON that names our format near its beginning) rather than a
    scenario.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return head.lstrip().startswith(b"{") and b'"ai-cluster-plan"' in head
