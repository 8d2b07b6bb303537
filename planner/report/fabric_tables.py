"""How is a fabric told? Its tiers, its bill of materials, and several topologies side by side with
their ratios.
"""

from __future__ import annotations

import json
from dataclasses import replace

from planner.engineering.fabric.bill import Bill, Measure, total
from planner.engineering.fabric.design import Cluster
from planner.engineering.fabric.ratio import TOLERANCE, Ratio, nearest_sizes, ratio_of
from planner.engineering.fabric.topology import Network
from planner.engineering.uncertain import Band
from planner.report.tables import DAGGER, Cell, Column, Table, Value, money, percent, show

BASIS_NOTE = (
    "W at basis it: switches and the modules in them; modules in nodes are fed by the "
    "nodes and lie in the systems' own rating"
)
RANGE_NOTE = (
    "ranges: each catalog entry moved alone to its low and high, changes combined in quadrature"
)
RATIO_NOTE = (
    "asked: endpoints over links into the top tier, at most; built: the same, and endpoints over "
    "all ports of the top tier, lit or not; "
    "of the networks that keep the ratio, the one with the fewest switches is taken"
)
ROUNDING_NOTE = (
    "leaves, up-links and switches are whole, and the number of switches above "
    "divides the up-links: ratios are rounded down"
)
DAGGER_NOTE = (
    f"{DAGGER} rests on an assumed figure; `planner catalog show ID` gives its range and reasoning"
)
MEASURES: tuple[Measure, ...] = ("nameplate_w", "typical_w", "price_usd")


def title(cluster: Cluster) -> str:
    """What is connected."""
    domain = cluster.system.scale_up_domain
    inside = (
        f"; scale-up of {show(int(domain.value))} apart from it"
        if domain is not None and domain.value > 1
        else ""
    )
    return (
        f"Fabric of {show(cluster.count)} × {cluster.system.id} ({show(cluster.accelerators)} "
        f"accelerators{inside})"
    )


def comparison_table(cluster: Cluster, bills: dict[str, Bill | str]) -> Table:
    """Topologies for the same endpoints: switches, optics, MW, $ and both per accelerator; a reason
    where one does not fit.
    """
    columns = [
        Column("topology"),
        Column("switch"),
        Column("tiers"),
        Column("switches"),
        Column("optics"),
        Column("it nameplate", "MW"),
        Column("range", "MW"),
        Column("it typical", "MW"),
        Column("W per accelerator, nameplate", digits=3),
        Column("cost"),
        Column("range"),
        Column("$ per accelerator", digits=3),
    ]
    rows: list[list[Value]] = []
    notes = [BASIS_NOTE, RANGE_NOTE, DAGGER_NOTE]
    for name, bill in bills.items():
        if isinstance(bill, str):
            rows.append([name, "does not fit", *[None] * (len(columns) - 2)])
            notes.append(f"{name}: {bill}")
            continue
        nameplate, typical, price = (bill.sum_of(measure) for measure in MEASURES)
        rows.append(
            [
                name,
                bill.switch.id,
                len(bill.network.tiers) if isinstance(bill.network, Network) else None,
                bill.switches,
                bill.optics,
                _marked(bill, "nameplate_w", Cell(nameplate.value / 1e6, "MW", "number", 4)),
                f"{show(nameplate.low / 1e6)} … {show(nameplate.high / 1e6)}",
                _marked(bill, "typical_w", Cell(typical.value / 1e6, "MW", "number", 4)),
                nameplate.value / cluster.accelerators,
                _marked(bill, "price_usd", money(price.value)),
                f"{money(price.low)} … {money(price.high)}",
                price.value / cluster.accelerators,
            ]
        )
    return Table("Topologies for the same endpoints", columns, rows, notes)


def ratio_table(cluster: Cluster, bills: dict[str, Bill | str], sides: list[Bill]) -> Table:
    """Asked and built oversubscription of every network, and where rounding departs from what was
    asked.
    """
    columns = [Column(w) for w in ("network", "asked", "built by links", "built by ports")]
    columns += [
        Column(w) for w in ("endpoints", "links into the top tier", "ports of the top tier")
    ]
    rows: list[list[Value]] = []
    departures: dict[str, list[str]] = {}
    named = {**bills, **{bill.name: bill for bill in sides}}
    for name, bill in named.items():
        if isinstance(bill, str) or not isinstance(bill.network, Network):
            continue
        ratio, (first, *_), top = ratio_of(bill.network), bill.network.tiers, bill.network.tiers[-1]
        if ratio is None:
            rows.append([name, None, None, None, first.links_down, None, None])
            continue
        ports = top.switches * bill.network.demand.radix
        shown = [
            _to_one(value) for value in (ratio.asked_ratio, ratio.links_ratio, ratio.ports_ratio)
        ]
        rows.append([name, *shown, first.links_down, top.links_down, ports])
        if ratio.asked_ratio > 1 and ratio.departures:
            departures.setdefault(_departure(cluster, bill.network, ratio), []).append(name)
    said = [f"{', '.join(names)}: {text}" for text, names in departures.items()]
    notes = [RATIO_NOTE, *said, *([ROUNDING_NOTE] if said else [])]
    return Table("Oversubscription, asked and built", columns, rows, notes)


def _to_one(ratio: float) -> str:
    return f"{show(ratio, 3)}:1"


def _departure(cluster: Cluster, network: Network, ratio: Ratio) -> str:
    """By how much a built ratio is under the asked one, and the nearest sizes that would meet
    it.
    """
    by = " and ".join(f"{percent(-share)} by {word}" for word, share in ratio.departures.items())
    sizes = [show(size) for size in _nearest_systems(cluster, network) if size is not None]
    better = (
        f"; {' or '.join(sizes)} × {cluster.system.id} would be within {percent(TOLERANCE, 0)}"
        if sizes
        else ""
    )
    return f"{by} under the {_to_one(ratio.asked_ratio)} asked{better}"


def _nearest_systems(cluster: Cluster, network: Network) -> tuple[int | None, int | None]:
    """(fewer, more) systems, nearest to a cluster's own, for which a network meets the ratio asked
    for.
    """
    each = cluster.nodes // cluster.count
    fewer, more = nearest_sizes(network, each)
    return fewer and fewer // each, more and more // each


def tiers_table(bill: Bill) -> Table:
    """Switches, links and ports by tier, and how large each number of tiers can become."""
    network = bill.network
    if not isinstance(network, Network):
        shape = " × ".join(str(side) for side in network.shape)
        rows: list[list[Value]] = [
            ["circuit switches", network.switches],
            ["cubes", network.demand.cubes],
            ["torus of cubes", shape],
            ["copper links inside cubes", network.copper_links],
            ["fibres from cubes to switches", network.optical_ends],
            ["circuits between cubes", network.circuits],
            ["of them wrap-around", network.wraparound],
            ["switch ports used", network.ports_used],
            ["switch ports free", network.ports_free],
            ["cubes that one bank of switches joins", network.cubes_per_bank],
        ]
        return Table(f"{bill.name}: counts", [Column("what"), Column("number")], rows)
    columns = [Column(w) for w in ("tier", "switches", "links below", "ports used", "ports free")]
    tiers: list[list[Value]] = [
        [t.name, t.switches, t.links_down, t.ports_used, t.ports_free] for t in network.tiers
    ]
    limits = ", ".join(f"{show(most)} in {n}" for n, most in enumerate(network.max_by_tiers, 1))
    notes = [
        f"{bill.switch.id} at {bill.link_gbit_s:g} Gbit/s "
        f"per link; at most endpoints by tiers: {limits}",
        f"pods: {show(network.pods)}",
    ]
    if network.reserved_links:
        notes.append(f"{network.reserved_links} of the leaves' links belong to reserved node slots")
    return Table(f"{bill.name}: tiers", columns, tiers, notes)


def parts_table(bill: Bill) -> Table:
    """The bill of materials, with what each entry draws and costs."""
    columns = [
        Column("part"),
        Column("at"),
        Column("pieces"),
        Column("it nameplate", "kW"),
        Column("it typical", "kW"),
        Column("cost"),
        Column("of cost"),
    ]
    whole = bill.sum_of("price_usd").value
    rows: list[list[Value]] = []
    for part in bill.parts:
        watts = [
            _dagger(measure in part.assumed, Cell(part.total(measure) / 1e3, "kW", "number", 4))
            for measure in MEASURES[:2]
        ]
        usd = part.total("price_usd")
        cost = _dagger("price_usd" in part.assumed, money(usd))
        rows.append(
            [part.id, part.at, part.count, *watts, cost, percent(usd / whole if whole else None)]
        )
    rows.append(
        [
            "total",
            "",
            None,
            *(show(bill.sum_of(m).value / 1e3) for m in MEASURES[:2]),
            money(whole),
            None,
        ]
    )
    reach = ", ".join(
        f"{run.tier} {run.medium} {show(run.links)} (to {run.reach_m:g} m)" for run in bill.runs
    )
    notes = [BASIS_NOTE, f"links: {reach}", f"racks of switches: {show(bill.racks)}", DAGGER_NOTE]
    return Table(f"{bill.name}: bill of materials", columns, rows, notes, total=1)


def growth_table(name: str, steps: list[tuple[int, dict[Measure, float] | None]]) -> Table:
    """What the next node, scalable unit or pod adds."""
    columns = [
        Column("nodes added"),
        Column("it nameplate", "kW"),
        Column("it typical", "kW"),
        Column("cost"),
    ]
    rows: list[list[Value]] = []
    for nodes, added in steps:
        if added is None:
            rows.append([nodes, None, None, "does not fit"])
        else:
            rows.append(
                [
                    nodes,
                    added["nameplate_w"] / 1e3,
                    added["typical_w"] / 1e3,
                    money(added["price_usd"]),
                ]
            )
    return Table(
        f"{name}: what growing costs",
        columns,
        rows,
        ["compute fabric only, at planning figures; each size counted for itself"],
    )


def sides_table(cluster: Cluster, bills: list[Bill]) -> Table:
    """Front-end and storage networks, each a fabric of its own."""
    columns = [Column(w) for w in ("network", "switch", "switches", "optics")]
    columns += [
        Column("it nameplate", "MW"),
        Column("it typical", "MW"),
        Column("cost"),
        Column("W per accelerator, nameplate", digits=3),
    ]
    rows: list[list[Value]] = []
    for bill in bills:
        nameplate, typical, price = (bill.sum_of(measure) for measure in MEASURES)
        rows.append(
            [
                bill.name,
                bill.switch.id,
                bill.switches,
                bill.optics,
                _marked(bill, "nameplate_w", Cell(nameplate.value / 1e6, "MW", "number", 4)),
                _marked(bill, "typical_w", Cell(typical.value / 1e6, "MW", "number", 4)),
                _marked(bill, "price_usd", money(price.value)),
                nameplate.value / cluster.accelerators,
            ]
        )
    return Table("Networks beside it", columns, rows, [BASIS_NOTE, DAGGER_NOTE])


def as_json(
    cluster: Cluster,
    bills: dict[str, Bill | str],
    sides: list[Bill],
    planned: tuple[float, float] | None = None,
) -> str:
    """Everything as JSON: W at basis it, USD, each with its range; `planned` is W that plans take,
    nameplate and typical.
    """
    body = {
        "system": cluster.system.id,
        "systems": cluster.count,
        "accelerators": cluster.accelerators,
        "basis": "it",
        "topologies": {
            name: {"error": bill} if isinstance(bill, str) else _bill(bill, cluster)
            for name, bill in bills.items()
        },
        "side_networks": {bill.name: _bill(bill, cluster) for bill in sides},
        "side_networks_total": {measure: _band(total(sides, measure)) for measure in MEASURES}
        if sides
        else {},
        "in_plans": None
        if planned is None
        else {"nameplate_w": planned[0], "typical_w": planned[1]},
    }
    return json.dumps(body, indent=1)


def _ratio(cluster: Cluster, network: Network) -> dict[str, object] | None:
    """Asked and built ratio; what departs from the asked one by more than the tolerance (built /
    asked − 1), and systems that would not.
    """
    ratio = ratio_of(network)
    if ratio is None:
        return None
    departs = ratio.departures if ratio.asked_ratio > 1 else {}
    fewer, more = _nearest_systems(cluster, network) if departs else (None, None)
    return {
        **vars_of(ratio),
        "departures": departs,
        "nearest_systems": {"fewer": fewer, "more": more},
    }


def _bill(bill: Bill, cluster: Cluster) -> dict[str, object]:
    network = bill.network
    tiers = [vars_of(tier) for tier in network.tiers] if isinstance(network, Network) else []
    return {
        "switch": bill.switch.id,
        "link_gbit_s": bill.link_gbit_s,
        "switches": bill.switches,
        "optics": bill.optics,
        "racks": bill.racks,
        "tiers": tiers,
        "oversubscription": _ratio(cluster, network) if isinstance(network, Network) else None,
        "pods": network.pods if isinstance(network, Network) else None,
        "max_endpoints_by_tiers": list(network.max_by_tiers)
        if isinstance(network, Network)
        else [],
        "links": [vars_of(run) for run in bill.runs],
        "parts": [
            {"id": p.id, "at": p.at, "count": p.count, "assumed": sorted(p.assumed)}
            for p in bill.parts
        ],
        **{
            measure: {**_band(bill.sum_of(measure)), "assumed": bill.assumes(measure)}
            for measure in MEASURES
        },
    }


def vars_of(record: object) -> dict[str, object]:
    """Fields of a flat dataclass."""
    return dict(vars(record))


def _band(band: Band) -> dict[str, float]:
    return {"value": band.value, "low": band.low, "high": band.high}


def _marked(bill: Bill, measure: Measure, cell: Cell | None) -> Cell | None:
    return _dagger(bill.assumes(measure), cell)


def _dagger(assumed: bool, cell: Cell | None) -> Cell | None:
    return replace(cell, mark=DAGGER) if assumed and cell is not None else cell
