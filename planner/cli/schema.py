"""`planner schema`: the JSON Schema that editors complete and check scenario and cluster files with."""

from __future__ import annotations

import click


@click.command()
@click.argument("what", type=click.Choice(["scenario", "cluster", "plan", "explanation"]))
def schema(what: str) -> None:
    """Print the JSON Schema of a scenario, a cluster or a plan file, or of an explanation.

    Editors use it through a first line such as `# yaml-language-server: $schema=scenario.schema.json`.
    """
    import json

    from pydantic import BaseModel

    from planner.assembly.plan import Plan
    from planner.assembly.scenario import Scenario
    from planner.core.json_schema import StrictSchema
    from planner.power_model.file import ClusterFile
    from planner.study.explanation import Explanation

    models: dict[str, type[BaseModel]] = {"scenario": Scenario, "cluster": ClusterFile, "plan": Plan, "explanation": Explanation}
    model = models[what]
    shape = model.model_json_schema() if what in ("scenario", "cluster") else model.model_json_schema(schema_generator=StrictSchema)
    shape["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    click.echo(json.dumps(shape, indent=1, sort_keys=True))
