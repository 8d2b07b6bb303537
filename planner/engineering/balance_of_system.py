"""What do the networks around so many systems draw, and what of it may turn out otherwise?

All of it is read from the step table (`engineering/fabric/steps.py`), for the compute network and
for front end and storage network beside it. Where no topology is named, the other topologies worth
comparing are the range: the design is then a figure that may turn out otherwise, like any other. A
torus joins cubes by their own links; its hosts reach storage through the front end, so it has no
storage network of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.catalog.network import NetworkItem
from planner.engineering.fabric.design import Options, cluster_of, default_kinds
from planner.engineering.fabric.steps import HALF_A_LEAF, Table, network_table, table_at
from planner.engineering.fabric.topology import Kind
from planner.engineering.power import Load
from planner.engineering.uncertain import NOMINAL, Ends, UncertainFigure, between, uncertain

Move = tuple[float, float]
"""Change in W at an uncertain figure's low, and at its high."""


@dataclass(frozen=True, slots=True)
class Fabric:
    """One network of a group: W of all of it at basis `it`."""

    name: str
    nameplate_w: float
    typical_w: float

    def w(self, load: Load) -> float:
        """Nameplate, or what it takes with traffic, which is nearly the same at every other
        load.
        """
        return self.nameplate_w if load == "nameplate" else self.typical_w


@dataclass(frozen=True)
class Network:
    """All networks of one group of systems."""

    kind: Kind
    tiers: int
    switch: str
    fabrics: tuple[Fabric, ...]
    uncertain_figures: tuple[UncertainFigure, ...]
    moves: dict[str, tuple[Move, Move]]
    """Uncertain figure → its changes at nameplate, and at typical load."""
    networks: int
    """How many that are not joined: one, unless no single one holds so many."""

    def w(self, load: Load, ends: Ends = NOMINAL) -> float:
        """W of all of them where the uncertain figures stand so; never below nothing."""
        total = sum(fabric.w(load) for fabric in self.fabrics)
        for name, (nameplate, typical) in self.moves.items():
            low, high = nameplate if load == "nameplate" else typical
            total += between(low, 0.0, high, ends.get(name, 0.0))
        return max(0.0, total)


def network_of(
    catalog: Catalog,
    system: System,
    count: int,
    kind: Kind | None = None,
    options: Options | None = None,
    *,
    one: bool = False,
) -> Network:
    """The networks of so many systems; `one`: all of them in one.

    Raises ValueError if no scale-out bandwidth was published, a switch is unknown or unfit, or one
    network does not hold them and has to.
    """
    table = network_table(catalog, system, kind, options)
    if one and table.whole_systems is not None and count > table.whole_systems:
        named = f"{kind} network" if kind else "network"
        raise ValueError(
            f"{count} systems do not fit one {named} of `{table.switch}`, which holds "
            f"{table.whole_systems}"
        )
    uncertain_figures, moves = _parts(catalog, table, count)
    if kind is None and (design := _design(catalog, system, table, count, options)) is not None:
        uncertain_figures, moves = (
            (*uncertain_figures, design[0]),
            {**moves, design[0].name: design[1]},
        )
    grade = table.grade_of(count)
    apart = -(-count // table.whole_systems) if table.whole_systems else 1
    return Network(
        grade.kind,
        grade.tiers,
        table.switch,
        _fabrics(table, count),
        uncertain_figures,
        moves,
        apart,
    )


def _fabrics(table: Table, count: int) -> tuple[Fabric, ...]:
    watts: dict[str, list[float]] = {}
    for lot in table.lots(count):
        total = watts.setdefault(lot.network, [0.0, 0.0])
        total[0] += lot.number * lot.part.nameplate_w[1]
        total[1] += lot.number * lot.part.typical_w[1]
    return tuple(Fabric(name, nameplate, typical) for name, (nameplate, typical) in watts.items())


def _parts(
    catalog: Catalog, table: Table, count: int
) -> tuple[tuple[UncertainFigure, ...], dict[str, tuple[Move, Move]]]:
    """One uncertain figure for each catalog entry in the networks whose draw has a range."""
    moves: dict[str, tuple[Move, Move]] = {}
    for lot in table.lots(count):
        nameplate, typical = moves.get(lot.part.id, ((0.0, 0.0), (0.0, 0.0)))
        moves[lot.part.id] = (
            _moved(nameplate, lot.number, lot.part.nameplate_w),
            _moved(typical, lot.number, lot.part.typical_w),
        )
    moves = {
        name: change
        for name, change in moves.items()
        if any(abs(w) > 1e-9 for move in change for w in move)
    }
    items: dict[str, NetworkItem] = {**catalog.switches, **catalog.transceivers, **catalog.cables}
    uncertain_figures = []
    for name in moves:
        power = items[name].power
        figure = power.typical_w if any(moves[name][1]) else power.nameplate_w
        assert figure is not None
        uncertain_figures.append(uncertain(f"network · {name}", "W", figure))
    return tuple(uncertain_figures), {f"network · {name}": change for name, change in moves.items()}


def _moved(before: Move, number: float, ends: tuple[float, float, float]) -> Move:
    low, value, high = ends
    return before[0] + number * (low - value), before[1] + number * (high - value)


def alternatives(
    catalog: Catalog, system: System, count: int, options: Options | None = None
) -> Iterable[Table]:
    """Tables of the topologies worth comparing that hold so many, for a system whose topology is
    not named.
    """
    cluster = cluster_of(system, count)
    for kind in () if cluster.is_torus else default_kinds(cluster):
        if cluster.nodes <= HALF_A_LEAF and kind in ("rail-optimized", "rail-only"):
            continue
        try:
            yield table_at(catalog, system, kind, options, count)
        except ValueError:
            continue  # a topology that cannot hold the cluster is no alternative


def _design(
    catalog: Catalog, system: System, table: Table, count: int, options: Options | None
) -> tuple[UncertainFigure, tuple[Move, Move]] | None:
    """What another topology would change, as an uncertain figure in W of nameplate for the whole
    group.
    """
    value, typical = table.sum_of("nameplate_w", count), table.sum_of("typical_w", count)
    others = list(alternatives(catalog, system, count, options))
    more = [other.sum_of("nameplate_w", count) - value for other in others] + [0.0]
    at_load = [other.sum_of("typical_w", count) - typical for other in others] + [0.0]
    if max(more) - min(more) <= 1e-9 * value:
        return None
    note = "no topology named: the others worth comparing are the range"
    design = UncertainFigure(
        "network · topology",
        "W",
        value,
        value + min(more),
        value + max(more),
        "D",
        "assumption",
        "own-judgement",
        note=note,
    )
    return design, ((min(more), max(more)), (min(at_load), max(at_load)))
