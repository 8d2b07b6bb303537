"""What stands of power sources, what they carry, give, emit and cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.capabilities.generation.case import (
    AT_MOST,
    DRAW,
    FIXED,
    FUEL,
    PERMIT_POWER,
    PERMIT_TIME,
    SOURCES,
    SOURCES_WORTH,
    CaseSource,
    GenerationCase,
)
from planner.capabilities.generation.tables import (
    SOURCE_COVERS,
    SOURCE_OUTPUTS,
    SOURCE_STARTS,
    SourceCover,
    SourceOutput,
    SourceRow,
    SourceStart,
)
from planner.capabilities.generation.tables import SOURCES as SOURCES_ROWS
from planner.capabilities.sites.case import ENERGY
from planner.capabilities.utility.case import UtilityCase
from planner.core.case import Case
from planner.core.context import once
from planner.core.limits import At
from planner.engineering.worth import owed_years, worth_share
from planner.errors import Problem
from planner.periods import years_between
from planner.plan.compare import ABSOLUTE, RELATIVE, agree
from planner.plan.decided import Decided
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan

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
        self,
        case: Case,
        starts: Sequence[SourceStart],
        outputs: Sequence[SourceOutput],
        covers: Sequence[SourceCover] = (),
    ) -> None:
        self.case = case
        self.labels = [p.label for p in case.timeline.periods]
        self.known: dict[str, CaseSource] = {
            source.key: source for source in case.of(GenerationCase).sources
        }
        at = {label: t for t, label in enumerate(self.labels)}
        self.started: dict[str, list[int]] = {key: [0] * len(self.labels) for key in self.known}
        self.output_mw: dict[str, list[float]] = {
            key: [0.0] * len(self.labels) for key in self.known
        }
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
        for source in case.of(GenerationCase).sources:
            if source.kind == "storage":
                for t in range(len(self.labels)):
                    self.output_mw[source.key][t] += self.mean_mw(source, t) - self.mean_mw(
                        source, t, taken=True
                    )

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
        """Mean over the hours of a period of what a source carries of the load, or of what storage
        takes.
        """
        table = self.takes_mw if taken else self.carries_mw
        return sum(
            share * table.get((source.key, t, i), 0.0)
            for i, (share, _) in enumerate(self.case.of(GenerationCase).load_steps(source.site))
        )

    def net_mw(self, site: str, t: int, step: int) -> float:
        """By how much a site's own sources lower its load in a step."""
        keys = [(source.key, t, step) for source in self.at(site)]
        return sum(self.carries_mw.get(key, 0.0) - self.takes_mw.get(key, 0.0) for key in keys)

    def connection_w(self, site: str, t: int) -> float:
        """What is added to a site's connection."""
        return sum(
            self.units(source, t) * source.firm_w
            for source in self.at(site)
            if source.kind == "grid"
        )

    def put_out_mw(self, site: str, t: int) -> float:
        """Mean output of a site's sources, less what storage loses."""
        return sum(self.output_mw[source.key][t] for source in self.at(site))

    def _carrying(self, source: CaseSource, t: int) -> float:
        """Share of the hours in which a source carries a part of the load."""
        steps = enumerate(self.case.of(GenerationCase).load_steps(source.site))
        return sum(
            share
            for i, (share, _) in steps
            if self.carries_mw.get((source.key, t, i), 0.0) > CRUMB_MW
        )

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


@once
def own_sources(d: Decided) -> Sources:
    """Power sources under the decisions of a plan."""
    return Sources(
        d.case,
        d.decisions.of(SOURCE_STARTS),
        d.decisions.of(SOURCE_OUTPUTS),
        d.decisions.of(SOURCE_COVERS),
    )


def source_rows(d: Decided) -> list[SourceRow]:
    """What stands of each power source."""
    return own_sources(d).rows(d.hours)


EDGE = 1e-5
"""MW by which a solver's rounding may pass a limit of output."""


def sources(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Starts are whole and in time; output is what the units can give and no more than the site
    draws.
    """
    yield from _starts(plan, d)
    yield from _outputs(plan, d)
    yield from _covers(plan, d)
    for source in plan.case.of(GenerationCase).sources:
        yield from _carried(source, d) if source.kind != "storage" else _stored(source, d)


def _starts(plan: Plan, d: Derivation) -> Iterator[Problem]:
    known = own_sources(d).known
    for i, row in enumerate(plan.of(SOURCE_STARTS)):
        source, t = known[f"{row.site}:{row.source}"], d.at[row.period]
        path = f"source_starts.{i}"
        if row.units < 1:
            yield Problem("A001", f"{row.units} units are not a start", path=f"{path}.units")
        if not source.earliest <= t <= source.latest:
            yield Problem(
                "A002", f"{source.key} cannot begin to run in {row.period}", path=f"{path}.period"
            )
        meant = round(row.nameplate_mw * 1e6 / source.unit_w)
        if meant != row.units and agree(row.nameplate_mw, meant * source.unit_w / 1e6):
            yield Problem(
                "A001",
                f"units is {row.units}, but the nameplate is that of {meant}",
                path=f"{path}.units",
            )
        elif not agree(row.nameplate_mw, row.units * source.unit_w / 1e6):
            message = (
                f"nameplate_mw is {row.nameplate_mw:.10g}, re-derived "
                f"{row.units * source.unit_w / 1e6:.10g}"
            )
            yield Problem("A001", message, path=f"{path}.nameplate_mw")


def _outputs(plan: Plan, d: Derivation) -> Iterator[Problem]:
    known = own_sources(d).known
    for i, out in enumerate(plan.of(SOURCE_OUTPUTS)):
        source, t = known[f"{out.site}:{out.source}"], d.at[out.period]
        most = own_sources(d).units(source, t) * source.output_w / 1e6
        path = f"source_outputs.{i}.mean_mw"
        if not source.feeds:
            yield Problem("A001", f"{source.key} puts out no energy of its own", path=path)
        if out.mean_mw < -ABSOLUTE or out.mean_mw > most + EDGE + RELATIVE * most:
            yield Problem(
                "A002",
                f"{source.key} puts out {out.mean_mw:.8g} MW in {out.period}, its units can "
                f"{most:.8g} MW",
                path=path,
            )
    for site in plan.case.sites:
        for t, label in enumerate(d.labels):
            given, taken = own_sources(d).put_out_mw(site.id, t), d.average_mw(site, t)
            if given > taken + EDGE + RELATIVE * taken:
                message = (
                    f"sources at {site.id} put out {given:.8g} MW in {label}, the site "
                    f"takes {taken:.8g} MW"
                )
                yield Problem("A002", message, path="source_outputs")


def _covers(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """What is said of each step: of a step that there is, by a source that may, and no less than
    nothing.
    """
    saved = {source.site for source in plan.case.of(GenerationCase).sources if source.covers} - {
        ramp.site for ramp in plan.case.of(UtilityCase).ramps
    }
    for i, row in enumerate(plan.of(SOURCE_COVERS)):
        source, path = own_sources(d).known[f"{row.site}:{row.source}"], f"source_covers.{i}"
        if not 0 <= number_of(row.step) < len(plan.case.of(GenerationCase).load_steps(row.site)):
            yield Problem(
                "A001", f"the load at {row.site} has no `{row.step}`", path=f"{path}.step"
            )
        stores = source.kind == "storage" and source.site in saved
        if not (source.covers or stores) or (row.takes_mw and not stores):
            yield Problem(
                "A001", f"{source.key} carries nothing of the load of its site", path=path
            )
        if row.mw < -ABSOLUTE or row.takes_mw < -ABSOLUTE:
            yield Problem(
                "A001", f"{source.key} carries less than nothing in {row.period}", path=f"{path}.mw"
            )


def _carried(source: CaseSource, d: Derivation) -> Iterator[Problem]:
    """No more is carried than is firm, and what is carried is put out: fuel is burned for it."""
    own, steps = own_sources(d), range(len(d.case.of(GenerationCase).load_steps(source.site)))
    for t, label in enumerate(d.labels):
        firm = source.firm_of(own.units(source, t)) / 1e6
        most = max(own.carries_mw.get((source.key, t, i), 0.0) for i in steps)
        if most > firm + EDGE + RELATIVE * firm:
            message = (
                f"{source.key} carries {most:.8g} MW of the load in {label}, of which "
                f"{firm:.8g} MW are firm"
            )
            yield Problem("A002", message, path="source_covers")
        mean, out = own.mean_mw(source, t), own.output_mw[source.key][t]
        if mean > out + EDGE + RELATIVE * out:
            message = (
                f"{source.key} carries {mean:.8g} MW in the mean of {label}, but puts out "
                f"{out:.8g} MW"
            )
            yield Problem("A002", message, path="source_covers")


def _stored(source: CaseSource, d: Derivation) -> Iterator[Problem]:
    """Storage gives no more than its power, no longer than its energy lasts, and only what it
    took.
    """
    own, steps = own_sources(d), range(len(d.case.of(GenerationCase).load_steps(source.site)))
    for t, label in enumerate(d.labels):
        power = own.units(source, t) * source.unit_w / 1e6
        moves = [
            own.carries_mw.get((source.key, t, i), 0.0) + own.takes_mw.get((source.key, t, i), 0.0)
            for i in steps
        ]
        daily, energy = 24 * own.mean_mw(source, t), power * source.storage_h
        needs, taken = (
            own.mean_mw(source, t) / source.round_trip,
            own.mean_mw(source, t, taken=True),
        )
        for used, limit, says in (
            (max(moves), power, "gives and takes {:.8g} MW in {}, it has {:.8g} MW"),
            (daily, energy, "gives {:.8g} MWh in a day of {}, it holds {:.8g} MWh"),
            (
                needs,
                taken,
                "needs {:.8g} MW in the mean of {} for what it gives, it takes {:.8g} MW",
            ),
        ):
            if used > limit + EDGE + RELATIVE * limit:
                yield Problem(
                    "A002", f"{source.key} " + says.format(used, label, limit), path="source_covers"
                )


def source_limits(d: Derivation) -> Iterator[LimitRow]:
    """Every limit of every source in every period."""
    own = own_sources(d)
    for source in d.case.of(GenerationCase).sources:
        units = [own.units(source, t) for t in range(len(d.labels))]
        for t, label in enumerate(d.labels):
            key = (source.key, label)
            yield limit_row(AT_MOST, At(d.case, key, source.most_units), units[t])
            if source.permit_w is not None:
                yield limit_row(
                    PERMIT_POWER,
                    At(d.case, key, source.permit_w / 1e6),
                    units[t] * source.unit_w / 1e6,
                )
            longest = source.permit_periods
            if longest is not None and t >= longest:
                idle = sum(n == 0 for n in units[t - longest : t + 1])
                yield limit_row(PERMIT_TIME, At(d.case, key, 1), idle)


def connection_limits(d: Derivation) -> Iterator[LimitRow]:
    """What must come through the connection in each step of the load, at sites whose own sources
    are counted on.
    """
    for site in d.case.sites:
        firm = [
            source
            for source in own_sources(d).at(site.id)
            if source.behind_meter and source.firm_w > 0
        ]
        if site.power_w is None or not firm or not d.may_stand(site.id):
            continue
        for t, label in enumerate(d.labels):
            if not any(source.earliest <= min(t, source.latest) for source in firm):
                continue
            limit, more = site.power_w[t] / 1e6, own_sources(d).connection_w(site.id, t) / 1e6
            highest, average = d.sized_w(site, t)["utility"] / 1e6, d.average_mw(site, t)
            for i, (_, position) in enumerate(d.case.of(GenerationCase).load_steps(site.id)):
                used = (
                    load_mw(average, highest, position)
                    - own_sources(d).net_mw(site.id, t, i)
                    - more
                )
                yield limit_row(DRAW, At(d.case, (site.id, f"step {i + 1}", label), limit), used)


def money(d: Derivation, ledger: Ledger) -> None:
    """Capital, rent and upkeep, fuel, the grid's energy that is not bought, and what is left at the
    end.
    """
    last = len(d.labels) - 1
    timeline = d.case.timeline
    step_years = timeline.step_years
    for source in d.case.of(GenerationCase).sources:
        price = d.case.site[source.site].energy_price_usd_per_mwh
        for t, hours in enumerate(d.hours):
            started = own_sources(d).started[source.key][t]
            if started:
                ledger.post(SOURCES, started * source.capex_usd, day=timeline.starts[t])
                if source.term_periods is not None:
                    owed = owed_years(t, source.term_periods, last + 1, step_years)
                    ledger.post(FIXED, started * source.fixed_usd_per_year * owed, day=timeline.end)
                if d.case.keeps_worth:
                    share = worth_share(
                        source.life_years, years_between(timeline.starts[t], timeline.end)
                    )
                    ledger.remains(SOURCES_WORTH, started * source.capex_usd * share)
            ledger.spread(
                FIXED, own_sources(d).units(source, t) * source.fixed_usd_per_year * step_years, t
            )
            mwh = own_sources(d).output_mw[source.key][t] * hours
            if mwh:
                ledger.spread(FUEL, mwh * source.energy_usd_per_mwh, t)
                ledger.spread(ENERGY, -mwh * price, t)


def limits(d: Derivation) -> Iterator[LimitRow]:
    """Of sources, and of the connection beside them."""
    yield from source_limits(d)
    yield from connection_limits(d)


FACE = Derive(tables={SOURCES_ROWS: source_rows}, limits=limits, money=money, decided=sources)
