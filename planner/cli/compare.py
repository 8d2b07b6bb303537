"""`planner compare`: vendor mixes, scenarios and saved plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell
from planner.cli.solve import settings

if TYPE_CHECKING:
    from planner.catalog.load import Catalog
    from planner.plan.schema import Plan
    from planner.report.document import Document, Form
    from planner.scenario.load import Loaded
    from planner.study.comparison import At, Comparison
    from planner.study.mixes import Mix


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--mix",
    "mixes",
    multiple=True,
    metavar="NAME=RULE+RULE",
    help="as-is · free · only:SUPPLIER[,SUPPLIER] · without:SUPPLIER · max:SHARE[:METRIC] · "
    "min:NUMBER[:SHARE]. Rules add to the scenario's own; with free they replace them: "
    "free+max:60%. The first is the reference.",
)
@click.option(
    "--mixes",
    "mixes_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="More mixes from a YAML file, names with rules: {balanced: 'free+min:2:30 %'}.",
)
@click.option(
    "--at",
    type=click.Choice(["compute", "power", "money"]),
    help="Make all mixes equal to the reference: least cost at the compute that it delivers in "
    "each period, most compute at the power that it draws, or at the cash that it spends.",
)
@output
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@settings
def compare(
    files: tuple[str, ...],
    mixes: tuple[str, ...],
    mixes_file: Path | None,
    at: At | None,
    form: Form,
    quiet: bool,
    overrides: tuple[str, ...],
    gap: str | None,
    time_limit: str | None,
    seed: int | None,
    solver: str,
    catalog_folder: Path | None,
) -> int:
    """Show mixes, scenarios and saved plans side by side: what each costs, delivers and gives up
    against the first.

    A FILE is a scenario, solved under every mix, or a plan that `planner solve -o` wrote, which is
    not solved again. One scenario without mixes is shown free, as it is, and with each supplier
    alone.

    Exit code 0 if every column is answered and one has a plan, 3 if it is proven that none has, 4
    if time or Ctrl-C kept one from being solved, 1 if one failed.
    """
    from planner.cli.solve import options_of, progress
    from planner.solver.engine import Engine

    with Engine() as engine:
        from planner.catalog.lint import sound_catalog
        from planner.study.compare import columns_of
        from planner.study.compare import compare as compare_columns
        from planner.study.question import Serial

        catalog = sound_catalog(catalog_folder)
        options = options_of(gap, time_limit, seed, solver)
        chosen, held = everything(files, overrides, catalog, mixes, mixes_file)
        columns = columns_of(held, chosen, at)
        line = progress(quiet)
        with line as watch:
            found = compare_columns(columns, Serial(engine, watch), options, at=at, tell=line.begin)
    tell(document(found), form)
    return found.code


def everything(
    files: tuple[str, ...],
    overrides: tuple[str, ...],
    catalog: Catalog,
    mixes: tuple[str, ...],
    mixes_file: Path | None,
) -> tuple[list[Mix], list[tuple[str, Loaded | Plan]]]:
    """The mixes, and what each file holds, by its shortest name. Raises `InputError` with every
    mistake of all of them.
    """
    from planner.errors import InputError, OptionError, Problem
    from planner.scenario.load import Loaded
    from planner.study.mixes import parse_mixes

    held: list[tuple[str, Loaded | Plan]] = []
    chosen: list[Mix] = []
    problems: list[Problem] = []
    code = OptionError.exit_code
    stems = [Path(file).stem for file in files]
    for file, stem in zip(files, stems, strict=True):
        try:
            name = stem if stems.count(stem) == 1 else file
            held.append((name, opened(file, overrides, catalog)))
        except InputError as error:
            problems += error.problems
            code = min(code, error.exit_code)
    among = [(one.scenario, catalog) for _, one in held if isinstance(one, Loaded)]
    try:
        chosen = parse_mixes(mixes, mixes_file, among)
    except InputError as error:
        problems += error.problems
        code = min(code, error.exit_code)
    if problems:
        raise OptionError(problems) if code == OptionError.exit_code else InputError(problems)
    return chosen, held


def opened(file: str, overrides: tuple[str, ...], catalog: Catalog) -> Loaded | Plan:
    """A scenario, or a saved plan, re-derived from its decisions. Raises `InputError`, or
    `AuditError` for a plan that does not hold together.
    """
    from planner.assembly.audit import audit
    from planner.assembly.plan_file import load_plan
    from planner.data import looks_like_plan
    from planner.errors import Mark, OptionError, Problem, SourceText
    from planner.pipeline import read

    if not looks_like_plan(Path(file)):
        return read(file, overrides, catalog)
    if overrides:
        mark = Mark(SourceText("--set", overrides[0]), 1, 1, len(overrides[0]))
        message = f"{file} is a saved plan, in which nothing can be set"
        raise OptionError([Problem("K003", message, mark, help="give its scenario")])
    plan, located = load_plan(Path(file))
    audit(plan, located)
    return plan


def document(found: Comparison) -> Document:
    """The comparison as people read it."""
    from planner.report.compare_tables import compare_json, compare_lines, compare_tables
    from planner.report.document import Document

    return Document(
        found.title,
        lambda: compare_tables(found),
        lambda: compare_json(found),
        compare_lines(found),
    )
