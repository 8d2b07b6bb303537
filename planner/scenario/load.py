"""Read a scenario file, with overrides, and check all of it: every mistake is reported at once,
with its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.assembly.scenario import Scenario as Composed
from planner.capabilities.keeping.case import CaseKept
from planner.catalog.load import Catalog
from planner.core.case import Case
from planner.core.scenario import Scenario
from planner.errors import InputError, Mark, Problem
from planner.records import Edit, edited, validate
from planner.scenario.edits import override as override
from planner.scenario.files import whole, with_tables
from planner.scenario.references import check_references
from planner.scenario.resolve import resolve
from planner.scenario.steps import step_in_force
from planner.yamlfile import Located, dotted, read_file, read_text


@dataclass(frozen=True, repr=False)
class Loaded:
    """A scenario as written and as it will be solved, with the places of its lines."""

    scenario: Scenario
    case: Case
    located: Located
    catalog: Catalog
    kept: CaseKept | None = None
    """What an earlier plan decided, and stays."""

    def __repr__(self) -> str:
        return f"<Loaded {self.scenario!r} of {self.located.source.name}>"

    def edited(self, edits: Sequence[Edit]) -> Loaded:
        """The same question with other values in the scenario; places stay those of the file.
        Raises `InputError`.
        """
        if not edits:
            return self
        scenario = edited(self.scenario, edits)
        case = resolve(scenario, self.catalog, self.located, self.case.scenario_digest)
        return Loaded(scenario, case, self.located, self.catalog).keeping(self.kept)

    def keeping(self, kept: CaseKept | None) -> Loaded:
        """The same question with what an earlier plan decided."""
        if kept is None:
            return self
        return replace(self, kept=kept, case=self.case.model_copy(update={"kept": kept}))

    def mark(self, path: str) -> Mark | None:
        """Place of a dotted path such as `demands.0.need`."""
        return self.located.value_mark(dotted(path))

    def step(self, path: str, label: str) -> str:
        """Path of the step in force in the period `label`; see `step_in_force`."""
        return step_in_force(self.located, self.case.timeline, path, label)


def load_scenario(path: Path, catalog: Catalog, overrides: Sequence[str] = ()) -> Loaded:
    """Read, override, check and resolve a scenario file. Raises `InputError` with every mistake."""
    return _load(read_file(path), catalog, overrides, path)


def load_scenario_text(
    text: str, catalog: Catalog, overrides: Sequence[str] = (), name: str = "scenario"
) -> Loaded:
    """The same for a text in memory."""
    return _load(read_text(text, name), catalog, overrides)


def _load(
    located: Located, catalog: Catalog, overrides: Sequence[str], path: Path | None = None
) -> Loaded:
    own, folder = located.source.text, Path() if path is None else path.parent
    located, texts = whole(located, folder, () if path is None else (path.resolve(),))
    located, tables = with_tables(override(located, overrides), Path())
    problems = list(check_references(located, catalog))
    if not isinstance(located.data, dict):
        raise InputError(problems)
    scenario: Scenario | None = None
    try:
        scenario = validate(Composed, located)
    except InputError as error:
        problems.extend(error.problems)
    if problems or scenario is None:
        raise InputError(_distinct(problems))
    said = "\0".join([own, *texts, *tables, *overrides])
    digest = hashlib.sha256(said.encode()).hexdigest()[:16]
    return Loaded(scenario, resolve(scenario, catalog, located, digest), located, catalog)


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Each complaint once; of a wrong id or kind, not also that its text has the wrong shape."""
    better = {problem.path for problem in problems if problem.code in ("I001", "T002", "K002")}
    better |= {path.removesuffix(".kind") for path in better if path.endswith(".kind")}
    # a bare name stands where the mapping would, at another path
    ids = {str(problem.mark) for problem in problems if problem.code == "I001" and problem.mark}
    seen: dict[tuple[str, str, str, str], Problem] = {}
    for problem in problems:
        if problem.code != "T001" or not (problem.path in better or str(problem.mark) in ids):
            seen.setdefault(
                (problem.code, str(problem.mark), problem.path, problem.message), problem
            )
    return list(seen.values())
