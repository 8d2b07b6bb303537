"""What follows from the power sources that were started and from what they put out? Part of the second road: no model, no solver."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan.schema.power import SourceOutput, SourceRow, SourceStart
from planner.scenario.case import Case
from planner.scenario.case.power import CaseSource


class Sources:
    """The sources of a case under a plan's decisions, by `site:id`."""

    def __init__(self, case: Case, starts: Sequence[SourceStart], outputs: Sequence[SourceOutput]) -> None:
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

    def units(self, source: CaseSource, t: int) -> int:
        """Units that run in a period: started, with their term not over."""
        first = 0 if source.term_periods is None else max(0, t - source.term_periods + 1)
        return sum(self.started[source.key][first : t + 1])

    def at(self, site: str) -> list[CaseSource]:
        """Sources of a site."""
        return [source for source in self.known.values() if source.site == site]

    def firm_w(self, site: str, t: int) -> float:
        """What may be drawn at a site at any moment besides the connection that it has."""
        return sum(self.units(source, t) * source.firm_w for source in self.at(site))

    def connection_w(self, site: str, t: int) -> float:
        """What is added to a site's connection."""
        return sum(self.units(source, t) * source.firm_w for source in self.at(site) if source.kind == "grid")

    def put_out_mw(self, site: str, t: int, *, behind_meter: bool = False) -> float:
        """Mean output of a site's sources, all or only what does not come through the connection."""
        return sum(self.output_mw[source.key][t] for source in self.at(site) if source.behind_meter or not behind_meter)

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
                            firm_mw=units * source.firm_w / 1e6,
                            energy_mwh=energy,
                            carbon_t=energy * source.carbon_kg_per_mwh / 1e3,
                        )
                    )
        return found
