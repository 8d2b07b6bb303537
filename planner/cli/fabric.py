"""`planner fabric`: the network of a cluster, counted to the switch and the cable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.output import output, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.catalog.load import Catalog
    from planner.engineering.fabric.bill import Bill
    from planner.engineering.fabric.design import Cluster, Options
    from planner.engineering.fabric.topology import Kind
    from planner.report.document import Document, Form

TOPOLOGIES = (
    "single-switch",
    "two-tier",
    "three-tier",
    "fat-tree",
    "rail-optimized",
    "rail-only",
    "oversubscribed",
    "torus",
)


@click.command()
@click.option("--system", "system_id", metavar="ID", required=True, help="A system of the catalog.")
@click.option(
    "--count",
    metavar="N",
    required=True,
    help="How many: `100000` or `100000 accelerators`, or `12500 systems`.",
)
@click.option(
    "--topology",
    "names",
    type=click.Choice(TOPOLOGIES),
    multiple=True,
    help="May be given again; several are compared.",
)
@click.option(
    "--switch",
    metavar="ID",
    help="A switch of the catalog; the slowest that carries the links if left out.",
)
@click.option(
    "--oversubscription",
    metavar="RATIO",
    help="Down over up below the top tier, at most, such as `7:1`.",
)
@click.option("--pod", type=click.IntRange(1), metavar="N", help="Endpoints of a pod, at most.")
@click.option(
    "--reserved-ports",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Ports of each leaf kept from nodes.",
)
@click.option(
    "--reserved-nodes",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Node slots kept for fabric managers.",
)
@click.option(
    "--planes",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="Copies of the network that share each endpoint's speed.",
)
@click.option(
    "--rails",
    type=click.IntRange(1),
    metavar="N",
    help="Rails; one per accelerator of a server or tray if left out.",
)
@click.option(
    "--leaves",
    type=click.Choice(["middle", "rack", "apart"]),
    default="middle",
    show_default=True,
    help="Where leaves stand.",
)
@click.option("--aoc", is_flag=True, help="Allow active optical cables.")
@click.option("--linear", is_flag=True, help="Allow modules without a signal processor (LPO).")
@output
@click.option(
    "--catalog",
    "catalog_folder",
    type=click.Path(path_type=Path),
    help="Another catalog folder than the built-in one.",
)
def fabric(
    system_id: str,
    count: str,
    names: tuple[Kind, ...],
    switch: str | None,
    oversubscription: str | None,
    pod: int | None,
    reserved_ports: int,
    reserved_nodes: int,
    planes: int,
    rails: int | None,
    leaves: str,
    aoc: bool,
    linear: bool,
    form: Form,
    catalog_folder: Path | None,
) -> None:
    """Bill the network of --count N of --system ID, or compare topologies for the same endpoints.

    Power is at basis `it`, nameplate and typical; † marks what rests on an assumption.
    """
    from planner.catalog.lint import sound_catalog
    from planner.engineering.fabric.design import Options, default_kinds, side_fabrics
    from planner.engineering.fabric.reach import PLACEMENTS, Hall

    loaded = sound_catalog(catalog_folder)
    cluster = _cluster(loaded, system_id, count, rails)
    placed = next(place for place in PLACEMENTS if place == leaves)
    ratio = _ratio(oversubscription)
    options = Options(
        switch,
        ratio,
        reserved_ports,
        reserved_nodes,
        planes,
        rails,
        pod,
        Hall(leaves=placed),
        linear,
        aoc,
    )
    if switch is not None and switch not in loaded.switches:
        from planner.errors import nearest

        raise _input_error(
            "I001", f"no switch `{switch}`", "--switch", switch, nearest(switch, loaded.switches)
        )
    bills = _bills(loaded, cluster, tuple(dict.fromkeys(names)) or default_kinds(cluster), options)
    try:
        sides = side_fabrics(loaded, cluster, options) if not cluster.is_torus else []
    except ValueError as error:
        raise _input_error("R001", f"front end and storage: {error}", "--count", count) from error
    tell(_document(loaded, cluster, bills, sides, options), form)


def _bills(
    loaded: Catalog, cluster: Cluster, kinds: tuple[Kind, ...], options: Options
) -> dict[str, Bill | str]:
    """A bill for each topology, or why it is none. Raises `InputError` if none is."""
    from planner.engineering.fabric.design import compute_fabric

    bills: dict[str, Bill | str] = {}
    for kind in kinds:
        try:
            bills[kind] = compute_fabric(loaded, cluster, kind, options)
        except ValueError as error:
            bills[kind] = str(error)
    if all(isinstance(bill, str) for bill in bills.values()):
        reasons = dict.fromkeys(str(bill) for bill in bills.values())
        raise _input_error("R001", "; ".join(reasons), "--topology", ", ".join(kinds))
    return bills


def _document(
    loaded: Catalog,
    cluster: Cluster,
    bills: dict[str, Bill | str],
    sides: list[Bill],
    options: Options,
) -> Document:
    from planner.engineering.fabric.design import growth
    from planner.report.document import Document
    from planner.report.fabric_tables import (
        as_json,
        comparison_table,
        growth_table,
        parts_table,
        ratio_table,
        sides_table,
        tiers_table,
        title,
    )

    tables = [comparison_table(cluster, bills)]
    if not cluster.is_torus:
        tables.append(ratio_table(cluster, bills, sides))
    if len(bills) == 1:
        (name, bill), *_ = bills.items()
        assert not isinstance(bill, str)
        tables += [tiers_table(bill), parts_table(bill)]
        if not cluster.is_torus:
            kind = next(word for word in TOPOLOGIES if word == name)
            units = (1, 32, max(1, cluster.nodes // 4))
            tables.append(growth_table(name, growth(loaded, cluster, kind, options, units)))  # type: ignore[arg-type]
    if sides:
        tables.append(sides_table(cluster, sides))
    lines = [title(cluster)]
    planned = _in_plans(loaded, cluster, tuple(bills), options)
    if planned is not None:
        lines.append(
            f"plans and `planner power` take {planned[0] / 1e6:.4g} MW (it, nameplate) for all "
            "its networks, in whole groups of leaves"
        )
    return Document(
        lines[0], lambda: tables, lambda: as_json(cluster, bills, sides, planned), lines[1:]
    )


def _in_plans(
    loaded: Catalog, cluster: Cluster, kinds: Sequence[str], options: Options
) -> tuple[float, float] | None:
    """W at nameplate and typical load that the step table has for all networks of a cluster; None
    where it has no such design.
    """
    from dataclasses import replace

    from planner.engineering.fabric.design import Options
    from planner.engineering.fabric.steps import network_table

    if replace(options, switch=None, oversubscription=None) != Options():
        return None
    kind = next((word for word in TOPOLOGIES if [word] == list(kinds)), None)
    try:
        table = network_table(loaded, cluster.system, kind, options)  # type: ignore[arg-type]
    except ValueError:
        return None
    return table.sum_of("nameplate_w", cluster.count), table.sum_of("typical_w", cluster.count)


def _cluster(loaded: object, system_id: str, count: str, rails: int | None) -> Cluster:
    from planner.catalog.load import Catalog
    from planner.engineering.fabric.design import cluster_of
    from planner.errors import nearest

    assert isinstance(loaded, Catalog)
    if system_id not in loaded.systems:
        raise _input_error(
            "I001",
            f"no system `{system_id}`",
            "--system",
            system_id,
            nearest(system_id, loaded.systems),
        )
    system = loaded.systems[system_id]
    match = re.fullmatch(r"\s*([0-9]{1,12})\s*(systems?|accelerators?)?\s*", count)
    if match is None:
        raise _input_error(
            "U004",
            f"`{count}` is no count",
            "--count",
            count,
            "write `100000`, `100000 accelerators` or `12500 systems`",
        )
    number, word = int(match.group(1)), match.group(2) or "accelerators"
    per_system = int(system.accelerators.value)
    if word.startswith("accelerator") and number % per_system:
        remedy = (
            f"{number // per_system * per_system} or "
            f"{(number // per_system + 1) * per_system} would be"
        )
        raise _input_error(
            "R001",
            f"{number} accelerators are no whole number of `{system_id}`",
            "--count",
            count,
            remedy,
        )
    try:
        return cluster_of(
            system, number if word.startswith("system") else number // per_system, rails
        )
    except ValueError as error:
        raise _input_error("R001", str(error), "--count", count) from error


def _ratio(text: str | None) -> float | None:
    """`7:1`, `7` or `3.5:1` as a number."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?::\s*([0-9]+(?:\.[0-9]+)?))?\s*", text)
    down, up = (float(match.group(1)), float(match.group(2) or 1)) if match else (0.0, 1.0)
    if up <= 0 or down / up < 1:
        raise _input_error(
            "R001",
            f"`{text}` is no oversubscription",
            "--oversubscription",
            text,
            "write down over up, such as `7:1`",
        )
    return down / up


def _input_error(code: str, message: str, option: str, value: str, remedy: str = "") -> Exception:
    from planner.errors import InputError, Mark, Problem, SourceText

    return InputError(
        [
            Problem(
                code,
                message,
                Mark(SourceText(option, value), 1, 1, max(1, len(value))),
                help=remedy,
            )
        ]
    )
