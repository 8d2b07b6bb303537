"""`planner compare`: vendor mixes side by side."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli.solve import settings


@click.command()
@click.argument("scenario")
@click.option(
    "--mix",
    "mixes",
    multiple=True,
    metavar="NAME=RULE",
    help="as-is · free · only:SUPPLIER[,SUPPLIER] · without:SUPPLIER · max:SHARE[:METRIC] · min:NUMBER[:SHARE]; first: reference.",
)
@click.option("--format", "form", type=click.Choice(["table", "json", "md"]), default="table", show_default=True, help="What to print.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@settings
def compare(
    scenario: str,
    mixes: tuple[str, ...],
    form: str,
    quiet: bool,
    overrides: tuple[str, ...],
    gap: str | None,
    time_limit: str | None,
    seed: int | None,
    solver: str,
    catalog_folder: Path | None,
) -> None:
    """Solve SCENARIO under several rules on whom to buy from, and show what each costs and gives up.

    Without --mix: the free mix against the scenario as it is, and each supplier alone.
    """
    from planner.cli.solve import colourful, progress, seconds, share
    from planner.solve.engine import Engine

    with Engine() as engine:
        from planner.catalog.lint import sound_catalog
        from planner.pipeline import read
        from planner.report.compare_tables import compare_json, compare_tables
        from planner.report.render import markdown, terminal
        from planner.study.compare import compare as compare_mixes
        from planner.study.compare import parse_mix

        chosen = [parse_mix(text) for text in mixes]
        catalog = sound_catalog(catalog_folder)
        loaded = read(scenario, overrides, catalog)
        if not chosen:
            suppliers = dict.fromkeys(catalog.systems[c.system].supplier for c in loaded.scenario.systems)
            chosen = [parse_mix("free"), parse_mix("as-is"), *(parse_mix(f"{name}=only:{name}") for name in suppliers)]
        with progress(quiet) as watch:
            compared = compare_mixes(
                loaded,
                chosen,
                catalog,
                engine,
                watch=watch,
                gap=share(gap),
                time_limit_s=seconds(time_limit),
                seed=seed,
                solver=solver.upper(),
            )
    if form == "json":
        click.echo(compare_json(compared))
    elif form == "md":
        click.echo(markdown(loaded.scenario.name, compare_tables(compared)), nl=False)
    else:
        click.echo(terminal(compare_tables(compared), [loaded.scenario.name], colour=colourful()), nl=False)
