"""`planner check`: is a file what it claims to be? And `planner show`: what does a saved plan
say?
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell, verbosely


@click.command()
@click.argument("what", type=click.Choice(["scenario", "cluster", "plan", "explanation"]))
def schema(what: str) -> None:
    """Print the JSON Schema of a scenario, a cluster or a plan file, or of an explanation.

    Editors use it through a first line such as `# yaml-language-server:
    $schema=scenario.schema.json`.
    """
    import json

    from pydantic import BaseModel

    from planner.assembly.plan import Plan
    from planner.assembly.scenario import Scenario
    from planner.core.json_schema import StrictSchema
    from planner.power_model.file import ClusterFile
    from planner.study.explanation import Explanation

    models: dict[str, type[BaseModel]] = {
        "scenario": Scenario,
        "cluster": ClusterFile,
        "plan": Plan,
        "explanation": Explanation,
    }
    model = models[what]
    shape = (
        model.model_json_schema()
        if what in ("scenario", "cluster")
        else model.model_json_schema(schema_generator=StrictSchema)
    )
    shape["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    click.echo(json.dumps(shape, indent=1, sort_keys=True))


if TYPE_CHECKING:
    from planner.catalog.load import Catalog
    from planner.report.document import Form


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override a value of the scenarios.",
)
@click.option(
    "--catalog",
    "catalog_folder",
    type=click.Path(path_type=Path),
    help="Another catalog folder than the built-in one.",
)
def check(files: tuple[str, ...], overrides: tuple[str, ...], catalog_folder: Path | None) -> int:
    """Check FILEs without solving: every mistake of a scenario or cluster with its place, or a plan
    re-derived from its own decisions.

    Exit code 0 if all are sound, 1 if any is not, 3 if a scenario's demands are arithmetically out
    of reach.
    """
    from planner.catalog.lint import sound_catalog
    from planner.cli.output import complain
    from planner.errors import PlannerError

    catalog = sound_catalog(catalog_folder)
    worst = 0
    for name in files:
        try:
            click.echo(f"{name}: {sound(name, overrides, catalog)}")
        except PlannerError as error:
            complain(error)
            worst = max(worst, error.exit_code)
    return worst


def sound(name: str, overrides: tuple[str, ...], catalog: Catalog) -> str:
    """What a sound file is, in a sentence. Raises PlannerError for one that is not."""
    from planner.assembly.audit import audit
    from planner.assembly.plan_file import load_plan
    from planner.capabilities.budget.tables import CASH
    from planner.data import looks_like_plan
    from planner.pipeline import foresee, read
    from planner.plan.limit_row import LIMITS
    from planner.power_model.file import find_cluster, looks_like_cluster, read_cluster
    from planner.power_model.setup import set_up

    if looks_like_plan(Path(name)):
        plan, located = load_plan(Path(name))
        audit(plan, located)
        return (
            f"a plan that holds together ({len(plan.of(LIMITS))} limits and "
            f"{len(plan.of(CASH))} amounts re-derived)"
        )
    if looks_like_cluster(path := find_cluster(name)):
        file, located = read_cluster(path)
        setup = set_up(file, located, catalog)
        notes = "".join(f"\n  note: {note}" for note in setup.notes)
        return (
            f"a sound cluster ({len(setup.cluster.groups)} kinds of systems, "
            f"{setup.cluster.accelerators} accelerators){notes}"
        )
    loaded = read(name, overrides, catalog)
    foresee(loaded)
    case = loaded.case
    notes = "".join(f"\n  note: {note}" for note in case.notes)
    systems = sum(not system.order for system in case.systems)
    return (
        f"a sound scenario ({systems} systems, {len(case.sites)} sites, "
        f"{len(case.timeline)} periods){notes}"
    )


@click.command()
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.option("--sources", is_flag=True, help="List every figure used with its source.")
@verbosely
@output
def show(plan_file: Path, verbose: bool, sources: bool, form: Form) -> None:
    """Show the plan of PLAN.json as `planner solve` did, with -v all of it: nothing is solved, and
    no solver is needed.

    The plan is re-derived from its own decisions first; one that does not hold together is not
    shown.
    """
    from planner.assembly.audit import audit
    from planner.assembly.plan_file import load_plan
    from planner.report.plan_tables import plan_document

    plan, located = load_plan(plan_file)
    audit(plan, located)
    tell(plan_document(plan, sources=sources, verbose=verbose), form)
