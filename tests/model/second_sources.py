"""Power sources for the second formulation: energy from the grid as a column of its own, and
permits by periods that are used.

Where the model subtracts what sources put out from the grid's bill, this splits the draw into what
each source and the grid supply: in every step of the load-duration curve, where a source runs as
far as it must or more, and the mean of it. Where the model takes a margin off what is firm by a yes
or no, this has two kinds of units: counted ones of which all but the margin are firm, and others.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.capabilities.generation.case import CaseSource
from planner.core.case import Case, CaseSite
from tests.model.program import Expression, Program, plus

Draw = Callable[[CaseSite, int], Expression]
HOURS_PER_DAY = 24


class SecondSources:
    """Columns and rows of a case's sources in a program."""

    def __init__(self, case: Case, p: Program, draw: Draw, sized: Draw) -> None:
        self.case, self.p, self.sized = case, p, sized
        self.times = range(len(case.timeline))
        self.begins: dict[tuple[str, int], Expression] = {}
        self.gives: dict[tuple[str, int], Expression] = {}
        self.grid: dict[tuple[str, int], Expression] = {}
        self.safe: dict[tuple[str, int], Expression] = {}
        self.relief: dict[tuple[str, int, int], Expression] = {}
        """By how much sources of a site lower its load in a step."""
        for s in case.sources:
            self.one(s)
        for w in case.sites:
            for t in self.times:
                self.split(w, t, draw(w, t))

    def one(self, s: CaseSource) -> None:
        """Starts, output and permit of one source."""
        p = self.p
        for t in self.times:
            if s.earliest <= t <= s.latest:
                self.begins[s.key, t] = p.column(s.most_units, integer=True)
        for t in self.times:
            running = self.running(s, t)
            p.at_most(running, s.most_units)
            if s.permit_w is not None:
                p.at_most(plus((s.unit_w / 1e6, running)), s.permit_w / 1e6)
            self.safe[s.key, t] = self.counted(s, t)
            if s.output_w > 0:
                self.gives[s.key, t] = p.column()
                p.at_most(plus((1.0, self.gives[s.key, t]), (-s.output_w / 1e6, running)), 0.0)
        if s.permit_periods is None:
            return
        used = [p.column(1.0, integer=True) for _ in self.times]
        for t in self.times:
            p.at_most(plus((1.0, self.running(s, t)), (-float(s.most_units), used[t])), 0.0)
            if t >= s.permit_periods:
                p.at_most(
                    plus(*((1.0, used[u]) for u in range(t - s.permit_periods, t + 1))),
                    s.permit_periods,
                )

    def counted(self, s: CaseSource, t: int) -> Expression:
        """MW of a source that may be drawn on at any moment."""
        running = self.running(s, t)
        if s.spare_w == 0:
            return plus((s.firm_w / 1e6, running))
        yes, together = self.p.column(1.0, integer=True), self.p.column()
        self.p.at_most(plus((1.0, together), (-1.0, running)), 0.0)
        self.p.at_most(plus((1.0, together), (-float(s.most_units), yes)), 0.0)
        safe = plus((s.firm_w / 1e6, together), (-s.spare_w / 1e6, yes))
        self.p.at_least(safe, 0.0)
        return safe

    def running(self, s: CaseSource, t: int) -> Expression:
        """Units whose term is not over."""
        since = 0 if s.term_periods is None else t - s.term_periods + 1
        return plus(
            *(
                (1.0, self.begins[s.key, u])
                for u in self.times
                if since <= u <= t and (s.key, u) in self.begins
            )
        )

    def split(self, w: CaseSite, t: int, draw: Expression) -> None:
        """Mean draw is what each source gives and what the grid gives, and what storage loses is
        drawn besides."""
        here = [s for s in self.case.sources if s.site == w.id]
        if not here:
            self.grid[w.id, t] = draw
            return
        lost = self.steps(w, t, here, draw)
        grid = self.grid[w.id, t] = self.p.column()
        given = [(1.0, self.gives[s.key, t]) for s in here if (s.key, t) in self.gives]
        balance = plus((1.0, grid), *given, (-1.0, draw), *lost)
        self.p.at_least(balance, 0.0)
        self.p.at_most(balance, 0.0)

    def steps(
        self, w: CaseSite, t: int, here: list[CaseSource], draw: Expression
    ) -> list[tuple[float, Expression]]:
        """Each step of the load is what runs of the sources, what storage gives and the connection;
        returns what storage loses, below 0."""
        p, lost = self.p, list[tuple[float, Expression]]()
        own = [
            s
            for s in here
            if s.kind in ("owned", "rented") and s.firm_w > 0 and s.earliest <= min(t, s.latest)
        ]
        helped = [s for s in own if s.output_w > 0]
        stores = [
            s
            for s in here
            if s.kind == "storage"
            and s.storage_h > 0
            and any(o.output_w > 0 and o.firm_w > 0 for o in here)
        ]
        stores = [
            s
            for s in stores
            if not any(ramp.site == w.id for ramp in self.case.ramps)
            and s.earliest <= min(t, s.latest)
        ]
        steps = self.case.load_steps(w.id)
        runs = {(s.key, i): p.column() for s in helped for i in range(len(steps))}
        flows = (
            {(s.key, i): (p.column(), p.column()) for s in stores for i in range(len(steps))}
            if own
            else {}
        )
        for s in helped:
            for i in range(len(steps)):
                p.at_most(plus((1.0, runs[s.key, i]), (-1.0, self.safe[s.key, t])), 0.0)
            beyond = p.column()
            parts = [(-share, runs[s.key, i]) for i, (share, _) in enumerate(steps)]
            p.at_least(plus((1.0, self.gives[s.key, t]), (-1.0, beyond), *parts), 0.0)
        for s in stores if own else ():
            out = plus(*((share, flows[s.key, i][0]) for i, (share, _) in enumerate(steps)))
            into = plus(*((share, flows[s.key, i][1]) for i, (share, _) in enumerate(steps)))
            for i in range(len(steps)):
                p.at_most(
                    plus(
                        *((1.0, flow) for flow in flows[s.key, i]),
                        (-s.unit_w / 1e6, self.running(s, t)),
                    ),
                    0.0,
                )
            p.at_most(
                plus((HOURS_PER_DAY, out), (-s.unit_w / 1e6 * s.storage_h, self.running(s, t))), 0.0
            )
            p.at_most(plus((1.0, out), (-s.round_trip, into)), 0.0)
            lost += [(1.0, out), (-1.0, into)]
        for i, (_, position) in enumerate(steps):
            carried = [(1.0, runs[s.key, i]) for s in helped]
            carried += [
                part
                for s in stores
                if own
                for part in zip((1.0, -1.0), flows[s.key, i], strict=True)
            ]
            self.relief[w.id, t, i] = plus(*carried)
            if w.power_w is not None and own:
                level = plus((position, self.sized(w, t)), (1 - position, draw))
                more = [(-s.unit_w / 1e6, self.running(s, t)) for s in here if s.kind == "grid"]
                p.at_most(
                    plus((1.0, level), (-1.0, self.relief[w.id, t, i]), *more), w.power_w[t] / 1e6
                )
        return lost

    def firm(self, w: CaseSite, t: int) -> Expression:
        """MW besides the connection."""
        return plus(*((1.0, self.safe[s.key, t]) for s in self.case.sources if s.site == w.id))

    def capex(self, t: int) -> Expression:
        return plus(
            *(
                (s.capex_usd / 1e6, self.begins[s.key, t])
                for s in self.case.sources
                if (s.key, t) in self.begins
            )
        )

    def opex(self, t: int, hours: float) -> Expression:
        """Rent and upkeep, and fuel."""
        years = {"month": 1 / 12, "quarter": 1 / 4, "year": 1.0}[self.case.step]
        parts: list[tuple[float, Expression]] = []
        for s in self.case.sources:
            parts.append((s.fixed_usd_per_year / 1e6 * years, self.running(s, t)))
            if (s.key, t) in self.gives:
                parts.append((s.energy_usd_per_mwh * hours / 1e6, self.gives[s.key, t]))
        return plus(*parts)

    def owed(self) -> Expression:
        """Rent of terms that last beyond the horizon."""
        years = {"month": 1 / 12, "quarter": 1 / 4, "year": 1.0}[self.case.step]
        parts: list[tuple[float, Expression]] = []
        for s in self.case.sources:
            for u in self.times if s.term_periods is not None else ():
                left = u + (s.term_periods or 0) - len(self.times)
                if left > 0 and (s.key, u) in self.begins:
                    parts.append((s.fixed_usd_per_year / 1e6 * left * years, self.begins[s.key, u]))
        return plus(*parts)

    def left_over(self, left_years: list[float]) -> Expression:
        """Worth at the end, a straight line to nothing."""
        return plus(
            *(
                (
                    s.capex_usd / 1e6 * max(0.0, 1 - left_years[t] / s.life_years),
                    self.begins[s.key, t],
                )
                for s in self.case.sources
                for t in self.times
                if s.life_years is not None and (s.key, t) in self.begins
            )
        )
