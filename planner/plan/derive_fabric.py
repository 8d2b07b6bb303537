"""What follows from a network's leaves and switches? Part of the second road: no model, no solver."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.schema import FabricRow
from planner.scenario.case.fabric import CaseFabric, CaseGrade


def grade_of(fabric: CaseFabric, tiers: int) -> CaseGrade | None:
    """The grade of so many tiers."""
    return next((grade for grade in fabric.grades if grade.tiers == tiers), None)


def nodes_so_far(d: Derivation, fabric: CaseFabric, t: int) -> int:
    """Nodes of a network delivered by the end of a period, less those that left: their ports are free again."""
    here, made = (fabric.system, fabric.site), d.decisions
    came = sum(p.units for p in made.purchases if (p.system, p.site) == here and d.at[p.delivered] <= t)
    sold = [r for r in made.retirements if (r.system, r.home) == here and r.site == r.home and r.vintage in d.at]
    sent = [m for m in made.moves if (m.system, m.origin) == here and m.vintage in d.at]
    left = sum(r.units for r in sold if d.at[r.period] <= t) + sum(m.units for m in sent if d.at[m.period] <= t)
    return (came - left) * fabric.nodes_per_system


def fabric_row(d: Derivation, fabric: CaseFabric, grade: CaseGrade, t: int, now: tuple[int, int], before: tuple[int, int]) -> FabricRow:
    """The row of a network with (groups, switches above) now, and before."""
    nodes, (groups, above) = nodes_so_far(d, fabric, t), now
    watts = groups * grade.group_w + above * grade.above_w + nodes / fabric.nodes_per_system * fabric.system_w
    return FabricRow(
        site=fabric.site,
        system=fabric.system,
        period=d.labels[t],
        tiers=grade.tiers,
        groups=groups,
        above=above,
        switches=groups * grade.leaves_per_group + above,
        nodes=nodes,
        it_nameplate_mw=watts / 1e6,
        added_usd=(groups - before[0]) * grade.group_usd + (above - before[1]) * grade.above_usd,
    )


def counts(d: Derivation, fabric: CaseFabric) -> list[tuple[int, int, int]]:
    """(tiers, groups, switches above) of a network by period; zeros where it has none."""
    result = [(0, 0, 0)] * len(d.labels)
    for row in d.decisions.fabrics:
        if (row.site, row.system) == (fabric.site, fabric.system):
            result[d.at[row.period]] = row.tiers, row.groups, row.above
    return result


def fabric_cash(d: Derivation) -> Iterator[tuple[int, float]]:
    """(period, USD) of every addition of switches and links between them."""
    for fabric in d.case.fabrics:
        before = (0, 0)
        for t, (tiers, groups, above) in enumerate(counts(d, fabric)):
            grade = grade_of(fabric, tiers)
            if grade is not None:
                yield t, (groups - before[0]) * grade.group_usd + (above - before[1]) * grade.above_usd
                before = groups, above
