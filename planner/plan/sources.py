"""What follows from the power sources that were started and from what they put out? Part of the second road: no model, no solver."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan.schema.power import SourceCover, SourceOutput, SourceRow, SourceStart
from planner.scenario.case import Case
from planner.scenario.case.power import CaseSource

CRUMB_MW = 1e-9


def number_of(step: str) -> int:
    """Place in the curve of `step 1`, from 0; −1 for what is no step."""
    word, _, number = step.partition(" ")
    return int(number) - 1 if word == "step" and number.isdecimal() else -1


def load_mw(average: float, highest: float, position: float) -> float:
    """Load of a step of a curve, between a site's average and its highest draw."""
    return average + position * (highest - average)


class Sources:
    """The sources of a case under a plan's decisions, by `site:id`."""

    def __init__(
        self, case: Case, starts: Sequence[SourceStart], outputs: Sequence[SourceOutput], covers: Sequence[SourceCover] = ()
    ) -> None:
        self.case = case
        self.labels = [p.label for p in case.timeline.periods]
        self.known: dict[str, CaseSource] = {source.key: source for source in case.sources}
        at = {label: t for t, label in enumerate(self.labels)}
        self.started: dict[str, list[int]] = {key: [0] * len(self.labels) for key in self.known}
        self.output_mw: dict[str, list[float]] = {key: [0.0] * len(self.labels) for key in self.known}
        for row in starts:
            self.started[f"{row.site}:{row.source}"][at[row.period]] += row.units
        for entry in outputs:
            self.output_mw[f"{entry.site}:{entry.source}"][at[entry.period]] += entry.mean_mw
        self.carries_mw: dict[tuple[str, int, int], float] = {}
        self.takes_mw: dict[tuple[str, int, int], float] = {}
        for cover in covers:
            key = f"{cover.site}:{cover.source}", at[cover.period], number_of(cover.step)
            self.carries_mw[key] = self.carries_mw.get(key, 0.0) + cover.mw
            self.takes_mw[key] = self.takes_mw.get(key, 0.0) + cover.takes_mw
        for source in case.sources:
            if source.kind == "storage":
                for t in range(len(self.labels)):
                    self.output_mw[source.key][t] += self.mean_mw(source, t) - self.mean_mw(source, t, taken=True)

    def units(self, source: CaseSource, t: int) -> int:
        """Units that run in a period: started, with their term not over."""
        first = 0 if source.term_periods is None else max(0, t - source.term_periods + 1)
        return sum(self.started[source.key][first : t + 1])

    def at(self, site: str) -> list[CaseSource]:
        """Sources of a site."""
        return [source for source in self.known.values() if source.site == site]

    def firm_w(self, site: str, t: int) -> float:
        """What may be drawn at a site at any moment besides the connection that it has."""
        return sum(source.firm_of(self.units(source, t)) for source in self.at(site))

    def mean_mw(self, source: CaseSource, t: int, *, taken: bool = False) -> float:
        """Mean over the hours of a period of what a source carries of the load, or of what storage takes."""
        table = self.takes_mw if taken else self.carries_mw
        return sum(share * table.get((source.key, t, i), 0.0) for i, (share, _) in enumerate(self.case.load_steps(source.site)))

    def net_mw(self, site: str, t: int, step: int) -> float:
        """By how much a site's own sources lower its load in a step."""
        keys = [(source.key, t, step) for source in self.at(site)]
        return sum(self.carries_mw.get(key, 0.0) - self.takes_mw.get(key, 0.0) for key in keys)

    def connection_w(self, site: str, t: int) -> float:
        """What is added to a site's connection."""
        return sum(self.units(source, t) * source.firm_w for source in self.at(site) if source.kind == "grid")

    def put_out_mw(self, site: str, t: int) -> float:
        """Mean output of a site's sources, less what storage loses."""
        return sum(self.output_mw[source.key][t] for source in self.at(site))

    def _carrying(self, source: CaseSource, t: int) -> float:
        """Share of the hours in which a source carries a part of the load."""
        steps = enumerate(self.case.load_steps(source.site))
        return sum(share for i, (share, _) in steps if self.carries_mw.get((source.key, t, i), 0.0) > CRUMB_MW)

    def rows(self, hours: Sequence[float]) -> list[SourceRow]:
        """Every source in every period in which any of it stands."""
        found = []
        for source in self.known.values():
            for t, label in enumerate(self.labels):
                units = self.units(source, t)
                if units:
                    energy = self.output_mw[source.key][t] * hours[t]
                    found.append(
                        SourceRow(
                            site=source.site,
                            source=source.id,
                            period=label,
                            units=units,
                            nameplate_mw=units * source.unit_w / 1e6,
                            firm_mw=source.firm_of(units) / 1e6,
                            energy_mwh=energy,
                            carbon_t=energy * source.carbon_kg_per_mwh / 1e3,
                            carries_h=hours[t] * self._carrying(source, t),
                        )
                    )
        return found
