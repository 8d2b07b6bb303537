"""By which steps does a network grow, and what do so many systems need of it? One table for
everything that plans, reckons or checks.

A grade is a design of so many tiers. It is laid out at its full size and grows by groups: the
leaves that serve the same nodes, with their share of what stands above them and of the front-end
and storage networks at that size. Groups are whole; links of a node to its leaf come with the node:

    W(n) = system · n + group(k) · ⌈n / systems per group(k)⌉

of n systems, k their grade; USD likewise.

The grade of n is the smallest that holds it; the largest is repeated, as networks that are not
joined. Switches above come in proportion, so that a network that is being filled draws and costs
what its leaves need. `planner fabric` counts one size to the last cable instead and spreads links
evenly, which between two full sizes takes more switches above. Lengths of links are those of a
grade's full size. Where no topology is named: one switch or a fat tree below half-full leaves of
rails, rail-optimized from there on; a torus for cubes, by banks of circuit switches. W at basis
`it`, nameplate, and typical, which stands for peak, average and idle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.engineering.fabric.bill import Measure, Part, Spec, bill_of, links_of
from planner.engineering.fabric.design import (
    FRONT_END,
    STORAGE,
    Cluster,
    Options,
    cluster_of,
    compute_fabric,
    compute_spec,
    side_fabrics,
)
from planner.engineering.fabric.topology import (
    FEWEST,
    MAX_TIERS,
    TIERS,
    Kind,
    Network,
    leaf_group,
    most_endpoints,
)
from planner.engineering.fabric.torus import Torus

HALF_A_LEAF = 32
"""Nodes up to which rails would leave their leaves half empty or more, with 64 ports to a leaf."""

BESIDE = (1_024, 32_768)
"""Nodes that two and three tiers of the networks beside hold, with 64 ports to a switch and two to
a node."""

LARGE_NODE_W = 12_000.0
"""Rating of a node above which a tier of the networks beside, about 100 W per node, is less than 1
% of it and no grade of its own."""

MOST_NODES = 262_144
"""Nodes of the largest network that is laid out: some gigawatts. What is larger is several
networks."""

COMPUTE = "compute network"
MEASURES: tuple[Measure, ...] = ("nameplate_w", "typical_w", "price_usd")
TRIED = 128
"""Groups up to which grades are compared one by one: after so many the rounding of a group is
nothing."""
NAMES = {FRONT_END.name: "front-end network", STORAGE.name: "storage network"}


@dataclass(frozen=True, slots=True)
class Lot:
    """So many, or a share, of one entry of the catalog in one network."""

    network: str
    part: Part
    number: float


@dataclass(frozen=True)
class Piece:
    """What comes with one system, or with one group."""

    lots: tuple[Lot, ...]

    def sum_of(self, measure: Measure, end: int = 1) -> float:
        """W or USD at the low (0), planning (1) or high (2) of every entry."""
        figures: list[tuple[float, float, float]] = [
            getattr(lot.part, measure) for lot in self.lots
        ]
        return sum(lot.number * each[end] for lot, each in zip(self.lots, figures, strict=True))

    @property
    def switches(self) -> float:
        """Boxes of the compute network."""
        return sum(
            lot.number for lot in self.lots if lot.part.role == "switch" and lot.network == COMPUTE
        )


@dataclass(frozen=True)
class Grade:
    """A network of one design."""

    kind: Kind
    tiers: int
    most_groups: int | None
    """None: as many as one likes, in networks that are not joined."""
    systems_per_group: float
    group: Piece

    @property
    def most_systems(self) -> int:
        """What its groups hold; 0 for the largest, which holds any number."""
        return math.floor((self.most_groups or 0) * self.systems_per_group + 1e-9)

    def groups(self, systems: int) -> int:
        """Groups that so many systems need."""
        return math.ceil(systems / self.systems_per_group - 1e-9)


@dataclass(frozen=True)
class Table:
    """How the network of one system grows."""

    switch: str
    nodes_per_system: int
    system: Piece
    """Links of one system's nodes to their leaves."""
    grades: tuple[Grade, ...]
    whole_systems: int | None
    """What one network of the largest grade holds; None: without end."""

    def grade_of(self, systems: int) -> Grade:
        """The grade of so many systems."""
        return next(
            grade
            for grade in self.grades
            if grade.most_groups is None or grade.groups(systems) <= grade.most_groups
        )

    def groups_of(self, systems: int) -> int:
        """Groups that so many systems need."""
        return self.grade_of(systems).groups(systems)

    def lots(self, systems: int) -> Iterator[Lot]:
        """Everything that so many systems need."""
        groups = self.groups_of(systems)
        yield from (replace(lot, number=lot.number * systems) for lot in self.system.lots)
        yield from (
            replace(lot, number=lot.number * groups) for lot in self.grade_of(systems).group.lots
        )

    def sum_of(self, measure: Measure, systems: int) -> float:
        """W or USD of the networks of so many systems."""
        return self.system.sum_of(measure) * systems + self.grade_of(systems).group.sum_of(
            measure
        ) * self.groups_of(systems)

    @property
    def items(self) -> tuple[str, ...]:
        """Entries of the catalog that it is made of."""
        pieces = (self.system, *(grade.group for grade in self.grades))
        return tuple(sorted({lot.part.id for piece in pieces for lot in piece.lots}))


def countable(system: System) -> bool:
    """Whether the networks of a system can be counted: its scale-out bandwidth was published, or it
    is a cube of a torus.
    """
    return system.nic_bandwidth_gbit_s is not None or cluster_of(system, 1).is_torus


def network_table(
    catalog: Catalog, system: System, kind: Kind | None = None, options: Options | None = None
) -> Table:
    """How the networks of a system grow.

    Args:
        catalog: switches, transceivers and cables.
        system: of the catalog.
        kind: topology; the usual ones by size if left out.
        options: of the fabrics.

    Raises:
        ValueError: if no scale-out bandwidth was published, a switch is unknown or unfit, or no
        network of that topology holds one system.
    """
    chosen = options or Options()
    if catalog.systems.get(system.id) is system:
        return _remembered(catalog, system.id, kind, chosen)
    return _table(catalog, system, kind, chosen)


@lru_cache(maxsize=1024)
def _remembered(catalog: Catalog, system: str, kind: Kind | None, options: Options) -> Table:
    return _table(catalog, catalog.systems[system], kind, options)


def _table(catalog: Catalog, system: System, kind: Kind | None, chosen: Options) -> Table:
    one = cluster_of(system, 1, chosen.rails)
    if kind == "torus" or (one.is_torus and kind is None):
        return _torus(catalog, system, one, chosen)
    laid = [
        found
        for design in _designs(one, kind)
        if (found := _laid_out(catalog, system, one, design, chosen)) is not None
    ]
    if not laid:
        raise ValueError(f"no {kind or 'network'} holds `{system.id}`")
    return _of_grades(one, _worth_it(laid, system))


def table_at(
    catalog: Catalog, system: System, kind: Kind, options: Options | None, systems: int
) -> Table:
    """The one grade of a topology that is for so many systems: enough to compare topologies. Raises
    ValueError as `network_table`.
    """
    chosen = options or Options()
    one = cluster_of(system, 1, chosen.rails)
    for design in _designs(one, kind):
        laid = _laid_out(catalog, system, one, design, chosen, systems * one.nodes)
        if laid is not None:
            return _of_grades(one, [laid])
    raise ValueError(f"no {kind} network holds {systems} `{system.id}`")


def _of_grades(one: Cluster, laid: list[tuple[Grade, tuple[Lot, ...]]]) -> Table:
    common = _common([links for _, links in laid])
    grades, held = list[Grade](), 0
    for grade, links in laid:
        held = grade.most_systems
        rest = _less(links, common, grade.systems_per_group)
        grades.append(replace(grade, group=Piece(_merged([*grade.group.lots, *rest]))))
    grades = _rising(grades)
    grades[-1] = replace(grades[-1], most_groups=None)
    switch = next(
        lot.part.id
        for lot in grades[-1].group.lots
        if lot.part.role == "switch" and lot.network == COMPUTE
    )
    return Table(switch, one.nodes, Piece(common), tuple(grades), held)


Design = tuple[Kind, int, int | None]
"""(topology, tiers, nodes that it is laid out for); None: as many as it holds."""


def _designs(one: Cluster, kind: Kind | None) -> list[Design]:
    """Designs worth a grade, from small to large: by their tiers, and within them by those of the
    networks beside.
    """
    found: list[Design] = []
    if kind is None:
        found += [("fat-tree", tiers, HALF_A_LEAF) for tiers in (1, 2)]
    named: Kind = kind or "rail-optimized"
    fixed, rating = TIERS.get(named), one.system.power.nameplate_w
    beside = (
        BESIDE
        if rating is not None and rating.value * one.count / one.nodes <= LARGE_NODE_W
        else ()
    )
    for tiers in [fixed] if fixed else range(FEWEST.get(named, 1), MAX_TIERS + 1):
        found += [(named, tiers, nodes) for nodes in (*beside, None)]
    return found


def _worth_it(
    laid: list[tuple[Grade, tuple[Lot, ...]]], system: System
) -> list[tuple[Grade, tuple[Lot, ...]]]:
    """Each grade that holds more than the one before, without those that spare less than 1 % of a
    system's rating against the next.
    """
    kept: list[tuple[Grade, tuple[Lot, ...]]] = []
    rating = system.power.nameplate_w
    small = 0.01 * rating.value if rating is not None else math.inf
    for grade, links in reversed(laid):
        same = kept and (kept[0][0].kind, kept[0][0].tiers) == (grade.kind, grade.tiers)
        if same and _w_per_system(kept[0]) - _w_per_system((grade, links)) < small:
            continue
        if not kept or grade.most_systems < kept[0][0].most_systems:
            kept.insert(0, (grade, links))
    return kept


def _w_per_system(laid: tuple[Grade, tuple[Lot, ...]]) -> float:
    grade, links = laid
    return grade.group.sum_of("nameplate_w") / grade.systems_per_group + Piece(links).sum_of(
        "nameplate_w"
    )


def _laid_out(
    catalog: Catalog, system: System, one: Cluster, design: Design, options: Options, least: int = 1
) -> tuple[Grade, tuple[Lot, ...]] | None:
    """A grade at its full size, and the links of one system to its leaves; None if fewer nodes fit
    than `least` or one system has, or if a smaller design holds as many.
    """
    kind, tiers, size = design
    spec = compute_spec(catalog, one, kind, options)
    full = min(_most_nodes(spec, tiers), size or MOST_NODES)
    nodes = min(_group_nodes(spec, tiers), full)
    if full < max(one.nodes, least) or (size in BESIDE and full < size):
        return None
    if tiers > FEWEST.get(kind, 1) and kind not in TIERS and full <= _most_nodes(spec, tiers - 1):
        return None
    at_full, per = spec.with_nodes(full), nodes / full
    bill = bill_of(at_full, catalog)
    assert isinstance(bill.network, Network)
    links = links_of(at_full, catalog, bill.network, 0)
    each = [*_lots(COMPUTE, bill.parts, per), *_lots(COMPUTE, links, -per)]
    for side in side_fabrics(catalog, replace(one, nodes=full), options):
        each += _lots(NAMES.get(side.name, side.name), side.parts, per)
    grade = Grade(
        kind, tiers, math.ceil(full / nodes - 1e-9), nodes / one.nodes, Piece(_merged(each))
    )
    return grade, _merged(_lots(COMPUTE, links, one.nodes / full))


def _most_nodes(spec: Spec, tiers: int) -> int:
    """What a network of so many tiers holds; each rail is a network of its own where nothing joins
    rails.
    """
    demand = spec.demand
    if demand.kind == "rail-only":
        return most_endpoints(replace(demand, ports_per_node=1), tiers)
    return most_endpoints(demand, tiers) // demand.ports_per_node


def _group_nodes(spec: Spec, tiers: int) -> float:
    """Nodes that the leaves of a group serve."""
    _, nodes = leaf_group(spec.demand, tiers)
    return nodes * spec.demand.ports_per_node if spec.demand.kind == "rail-only" else nodes


def _torus(catalog: Catalog, system: System, one: Cluster, options: Options) -> Table:
    """A torus of cubes: whole banks of circuit switches; modules, fibres and the front-end network
    come with the cubes.
    """
    first = compute_fabric(catalog, one, "torus", options)
    assert isinstance(first.network, Torus)
    cubes = first.network.cubes_per_bank
    bill = compute_fabric(catalog, cluster_of(system, cubes, options.rails), "torus", options)
    group = _lots(COMPUTE, [part for part in bill.parts if part.role == "switch"], 1.0)
    each = _lots(COMPUTE, [part for part in bill.parts if part.role != "switch"], 1.0 / cubes)
    sides = replace(options, sides=tuple(side for side in options.sides if side == FRONT_END))
    for side in side_fabrics(catalog, cluster_of(system, cubes, options.rails), sides):
        each += _lots(NAMES.get(side.name, side.name), side.parts, 1.0 / cubes)
    grade = Grade("torus", 1, None, float(cubes), Piece(_merged(group)))
    return Table(bill.switch.id, one.nodes, Piece(_merged(each)), (grade,), None)


def _rising(grades: Sequence[Grade]) -> list[Grade]:
    """Grades of which a larger one never needs less than a smaller one does, of anything, for as
    many systems.

    So nobody gains by calling a network larger than it is. Groups of a larger grade hold no fewer
    machines than those of a smaller one; a grade that would still need more than the next is left
    out, and the next stands in for it.
    """
    kept = list(grades)
    while True:
        found = [kept[0]]
        for grade in kept[1:]:
            times = max(1, math.ceil(found[-1].systems_per_group / grade.systems_per_group - 1e-9))
            lots = tuple(replace(lot, number=lot.number * times) for lot in grade.group.lots)
            groups = None if grade.most_groups is None else math.ceil(grade.most_groups / times)
            found.append(
                replace(
                    grade,
                    most_groups=groups,
                    systems_per_group=grade.systems_per_group * times,
                    group=Piece(lots),
                )
            )
        above = next((k for k in range(len(found) - 1) if not _below(found[k], found[k + 1])), None)
        if above is None:
            return found
        del kept[above]


def _below(small: Grade, large: Grade) -> bool:
    """Whether a grade never needs more than another: tried at every number at which it takes
    another group, of the first and the last.
    """
    needs = [
        (small.group.sum_of(measure), large.group.sum_of(measure) * (1 + 1e-9))
        for measure in MEASURES
    ]
    last = small.most_groups or 0
    for groups in {*range(min(last, TRIED)), last - 1}:
        systems = math.floor(groups * small.systems_per_group + 1e-9) + 1
        few, many = small.groups(systems), large.groups(systems)
        if any(few * a > many * b for a, b in needs):
            return False
    return True


def _lots(network: str, parts: Iterable[Part], scale: float) -> list[Lot]:
    return [
        Lot(network, replace(part, count=1), part.count * scale) for part in parts if part.count
    ]


def _merged(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """The same, each entry once in each network; what cancels falls away."""
    total: dict[tuple[str, Part], float] = {}
    for lot in lots:
        total[lot.network, lot.part] = total.get((lot.network, lot.part), 0.0) + lot.number
    return tuple(
        Lot(network, part, number)
        for (network, part), number in total.items()
        if abs(number) > 1e-12
    )


def _common(each: Sequence[tuple[Lot, ...]]) -> tuple[Lot, ...]:
    """What all have of every entry."""
    first, *others = ({(lot.network, lot.part): lot.number for lot in lots} for lots in each)
    found = (
        (key, min([number, *(other.get(key, 0.0) for other in others)]))
        for key, number in first.items()
    )
    return tuple(Lot(*key, number) for key, number in found if number > 0)


def _less(links: tuple[Lot, ...], common: tuple[Lot, ...], systems: float) -> list[Lot]:
    """Links of a group's systems beyond those that all grades have: they come with the group."""
    return [
        *(replace(lot, number=lot.number * systems) for lot in links),
        *(replace(lot, number=-lot.number * systems) for lot in common),
    ]
