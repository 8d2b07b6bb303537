"""Networks in the second formulation: leaves and switches are bought as flows, and every way to choose tiers is tried."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.model.program import Expression, Row, plus

if TYPE_CHECKING:
    from tests.model.second import Question


class Fabrics:
    """What networks add to the program."""

    def __init__(self, q: Question) -> None:
        self.q, self.p = q, q.p
        self.bought: dict[tuple[int, int, int], tuple[Expression, Expression]] = {}
        for f, fabric in enumerate(q.case.fabrics):
            for grade in fabric.grades:
                for t in q.times:
                    self.bought[f, grade.tiers, t] = self.p.column(integer=True), self.p.column(integer=True)
            for t in q.times:
                came = [(float(fabric.nodes_per_system), q.comes.get((fabric.system, fabric.site, u), {})) for u in q.times if u <= t]
                gone = [part for u in q.times if u <= t for part in q.leaving.freed[fabric.system, fabric.site, u]]
                came += [(-factor * fabric.nodes_per_system, column) for factor, column in gone]
                held = [(-grade.nodes_per_group, self.stand(f, grade.tiers, t, 0)) for grade in fabric.grades]
                self.p.at_most(plus(*came, *held), 0.0)
                for grade in fabric.grades:
                    leaves, above = self.stand(f, grade.tiers, t, 0), self.stand(f, grade.tiers, t, 1)
                    self.p.at_most(plus((grade.above_per_group, leaves), (-1.0, above)), 0.0)
                    self.p.at_most(leaves, grade.most_groups)

    def stand(self, f: int, tiers: int, t: int, what: int) -> Expression:
        """Groups (0) or switches above (1) bought so far."""
        return plus(*((1.0, self.bought[f, tiers, u][what]) for u in self.q.times if u <= t))

    def spent(self, t: int) -> Expression:
        """Switches and links between them."""
        parts = []
        for f, fabric in enumerate(self.q.case.fabrics):
            for grade in fabric.grades:
                leaves, above = self.bought[f, grade.tiers, t]
                parts += [(grade.group_usd / 1e6, leaves), (grade.above_usd / 1e6, above)]
        return plus(*parts)

    def choices(self) -> list[list[list[Row]]]:
        """For each network, the rows of every number of tiers that it may have: the others have no leaf."""
        return [
            [
                [(self.stand(f, other.tiers, len(self.q.times) - 1, 0), -math.inf, 0.0) for other in fabric.grades if other is not grade]
                for grade in fabric.grades
            ]
            for f, fabric in enumerate(self.q.case.fabrics)
        ]

    def each(self, system: str, site: str, otherwise: float) -> float:
        """MUSD that the network adds to one system: its links, or its share of the price."""
        return next((f.system_usd / 1e6 for f in self.q.case.fabrics if (f.system, f.site) == (system, site)), otherwise)
