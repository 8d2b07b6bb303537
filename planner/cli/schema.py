"""`planner schema`: the JSON Schema that editors complete and check scenario files with."""

from __future__ import annotations

import click


@click.command()
@click.argument("what", type=click.Choice(["scenario", "plan"]))
def schema(what: str) -> None:
    """Print the JSON Schema of a scenario or a plan file.

    Editors use it through a first line such as `# yaml-language-server: $schema=scenario.schema.json`.
    """
    import json

    from planner.plan.schema import Plan
    from planner.scenario.schema import Scenario

    shape = (Scenario if what == "scenario" else Plan).model_json_schema()
    shape["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    click.echo(json.dumps(shape, indent=1, sort_keys=True))
