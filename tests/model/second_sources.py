"""Power sources for the second formulation: energy from the grid as a column of its own, and permits by periods that are used.

Where the model subtracts what sources put out from the grid's bill, this splits the mean draw into what each source and the grid supply.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.scenario.case import Case, CaseSite
from planner.scenario.case.power import CaseSource
from tests.model.program import Expression, Program, plus

Draw = Callable[[CaseSite, int], Expression]


class SecondSources:
    """Columns and rows of a case's sources in a program."""

    def __init__(self, case: Case, p: Program, draw: Draw) -> None:
        self.case, self.p = case, p
        self.times = range(len(case.timeline))
        self.begins: dict[tuple[str, int], Expression] = {}
        self.gives: dict[tuple[str, int], Expression] = {}
        self.grid: dict[tuple[str, int], Expression] = {}
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
            if s.output_w > 0:
                self.gives[s.key, t] = p.column()
                p.at_most(plus((1.0, self.gives[s.key, t]), (-s.output_w / 1e6, running)), 0.0)
        if s.permit_periods is None:
            return
        used = [p.column(1.0, integer=True) for _ in self.times]
        for t in self.times:
            p.at_most(plus((1.0, self.running(s, t)), (-float(s.most_units), used[t])), 0.0)
            if t >= s.permit_periods:
                p.at_most(plus(*((1.0, used[u]) for u in range(t - s.permit_periods, t + 1))), s.permit_periods)

    def running(self, s: CaseSource, t: int) -> Expression:
        """Units whose term is not over."""
        since = 0 if s.term_periods is None else t - s.term_periods + 1
        return plus(*((1.0, self.begins[s.key, u]) for u in self.times if since <= u <= t and (s.key, u) in self.begins))

    def split(self, w: CaseSite, t: int, draw: Expression) -> None:
        """Mean draw is what each source gives and what the grid gives; the grid and contracts come through the connection."""
        here = [s for s in self.case.sources if s.site == w.id]
        if not here:
            self.grid[w.id, t] = draw
            return
        grid = self.grid[w.id, t] = self.p.column()
        given = [(1.0, self.gives[s.key, t]) for s in here if (s.key, t) in self.gives]
        balance = plus((1.0, grid), *given, (-1.0, draw))
        self.p.at_least(balance, 0.0)
        self.p.at_most(balance, 0.0)
        if w.power_w is not None:
            through = [(1.0, self.gives[s.key, t]) for s in here if s.kind == "contract" and (s.key, t) in self.gives]
            more = [(-s.unit_w / 1e6, self.running(s, t)) for s in here if s.kind == "grid"]
            self.p.at_most(plus((1.0, grid), *through, *more), w.power_w[t] / 1e6)

    def firm(self, w: CaseSite, t: int) -> Expression:
        """MW besides the connection."""
        return plus(*((s.firm_w / 1e6, self.running(s, t)) for s in self.case.sources if s.site == w.id))

    def capex(self, t: int) -> Expression:
        return plus(*((s.capex_usd / 1e6, self.begins[s.key, t]) for s in self.case.sources if (s.key, t) in self.begins))

    def opex(self, t: int, hours: float) -> Expression:
        """Rent and upkeep, fuel; in the last period what is still owed."""
        years = {"month": 1 / 12, "quarter": 1 / 4, "year": 1.0}[self.case.step]
        parts: list[tuple[float, Expression]] = []
        for s in self.case.sources:
            parts.append((s.fixed_usd_per_year / 1e6 * hours / 8760, self.running(s, t)))
            if (s.key, t) in self.gives:
                parts.append((s.energy_usd_per_mwh * hours / 1e6, self.gives[s.key, t]))
            if t == self.times[-1] and s.term_periods is not None:
                for u in self.times:
                    left = u + s.term_periods - len(self.times)
                    if left > 0 and (s.key, u) in self.begins:
                        parts.append((s.fixed_usd_per_year / 1e6 * left * years, self.begins[s.key, u]))
        return plus(*parts)

    def left_over(self, left_years: list[float]) -> Expression:
        """Worth at the end, a straight line to nothing."""
        return plus(
            *(
                (s.capex_usd / 1e6 * max(0.0, 1 - left_years[t] / s.life_years), self.begins[s.key, t])
                for s in self.case.sources
                for t in self.times
                if s.life_years is not None and (s.key, t) in self.begins
            )
        )
