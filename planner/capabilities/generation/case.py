"""Power sources in plain numbers, with their limits and accounts."""

from __future__ import annotations

from planner.catalog.generation import SourceKind
from planner.core.case import Case
from planner.core.limits import MW, Account, At, LimitKind, Unit, Words, site_path
from planner.core.whole import Broken, named
from planner.records import Record


class CaseSource(Record):
    """A source that may be added at a site, for one unit. Power is nameplate at the site's
    meter.
    """

    site: str
    id: str
    source: str
    """In the catalog."""
    name: str
    kind: SourceKind
    unit_w: float
    most_units: int
    earliest: int
    """First period in which a unit may begin to run; may lie beyond the horizon."""
    latest: int
    term_periods: int | None
    """A unit runs exactly so long from each start (rented, contract); None: from then on."""
    firm_w: float
    """Of a unit: what may be drawn on at any moment besides the connection. A connection's is all
    of it."""
    output_w: float
    """Of a unit: highest mean output over a period; nothing for connections and storage."""
    capex_usd: float
    fixed_usd_per_year: float
    energy_usd_per_mwh: float
    """Fuel and upkeep, or the contract's price."""
    carbon_kg_per_mwh: float
    life_years: float | None
    """Its worth falls to nothing in a straight line; None: it is worth nothing to the plan at the
    end."""
    storage_h: float
    round_trip: float = 1.0
    """Energy that storage gives over energy that it took."""
    spare_w: float = 0.0
    """Once taken off what is firm of all units, where units are counted that run at the worst
    moment."""
    permit_w: float | None
    permit_periods: int | None
    path: str

    @property
    def key(self) -> str:
        """`site:id`, its name in rows and tables."""
        return f"{self.site}:{self.id}"

    @property
    def feeds(self) -> bool:
        """Whether it puts out energy that the grid then need not supply."""
        return self.output_w > 0

    def firm_of(self, units: int) -> float:
        """W that may be drawn on at any moment of so many units."""
        return max(0.0, units * self.firm_w - self.spare_w)

    @property
    def covers(self) -> bool:
        """Whether a load above the connection may rest on it, which it then carries."""
        return self.behind_meter and self.firm_w > 0 and self.output_w > 0

    @property
    def behind_meter(self) -> bool:
        """Whether its energy does not come through the connection."""
        return self.kind in ("owned", "rented")


class CaseLoadDuration(Record):
    """How long a site with own generation draws how much."""

    site: str
    shares: list[float]
    """Of the hours, from the highest load down."""
    positions: list[float]
    """Where the load stands: 1 at the load that the site is sized by, 0 at its average, below 0
    under it. Their mean is 0."""

    @property
    def steps(self) -> list[tuple[float, float]]:
        """(share of the hours, position)."""
        return list(zip(self.shares, self.positions, strict=True))


def _curve(curve: CaseLoadDuration, path: str) -> Broken:
    """Shares of all hours, in steps that fall from the sizing load around a mean of 0."""
    if (
        len(curve.shares) != len(curve.positions)
        or not curve.shares
        or min(curve.shares) <= 0
        or abs(sum(curve.shares) - 1) > 1e-9
    ):
        yield (
            "the shares of a load-duration curve are all hours, one for each step",
            f"{path}.shares",
        )
    elif (
        abs(sum(share * position for share, position in curve.steps)) > 1e-9
        or abs(curve.positions[0] - 1) > 1e-9
    ):
        yield (
            "a load-duration curve begins at the sizing load, and its mean is the average",
            f"{path}.positions",
        )


def _unit(source: CaseSource, path: str) -> Broken:
    """What a unit of a source gives."""
    if not 0 <= source.firm_w <= source.unit_w * (
        1 + 1e-9
    ) or not 0 <= source.output_w <= source.unit_w * (1 + 1e-9):
        yield "a unit gives no more than its nameplate", f"{path}.firm_w"
    if not 0 < source.round_trip <= 1 or source.spare_w < 0:
        yield (
            "storage returns no more than it took, and a margin is not negative",
            f"{path}.round_trip",
        )


class GenerationCase(Case):
    """Power sources, and how long sites draw how much."""

    sources: list[CaseSource] = []
    """Power sources that may be added at sites."""
    load_durations: list[CaseLoadDuration] = []
    """Of sites with own generation; elsewhere a plan knows the average and the load that sites are
    sized by."""

    def load_steps(self, site: str) -> list[tuple[float, float]]:
        """(share of the hours, position between average and sizing load) of a site's load; the
        average where nothing is said.
        """
        return next(
            (curve.steps for curve in self.load_durations if curve.site == site), [(1.0, 0.0)]
        )

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        seen = set[str]()
        for i, source in enumerate(self.sources):
            path = f"sources.{i}"
            if source.site not in self.site:
                yield f"nothing defines `{source.site}`", f"{path}.site"
            if source.key in seen:
                yield f"`{source.key}` stands twice", f"{path}.id"
            seen.add(source.key)
            if source.most_units < 1 or not source.unit_w > 0:
                yield "a source has units, and a unit has power", f"{path}.unit_w"
            if source.earliest < 0:
                yield "a delay is not negative", f"{path}.earliest"
            for key in ("term_periods", "permit_periods"):
                value = getattr(source, key)
                if value is not None and value < 1:
                    yield f"{value} periods are no time", f"{path}.{key}"
            yield from _unit(source, path)
            if source.life_years is not None and not source.life_years > 0:
                yield "a life is longer than nothing", f"{path}.life_years"
        for i, curve in enumerate(self.load_durations):
            yield from named([curve.site], self.site, f"load_durations.{i}.site")
            yield from _curve(curve, f"load_durations.{i}")


def _source(at: At) -> CaseSource:
    return next(source for source in at.case.of(GenerationCase).sources if source.key == at.key[0])


def _at_most(at: At) -> Words:
    key, period = at.key
    says = f"at most {at.told} {UNITS.of(at.amount)} of {key} may stand in {period}"
    return Words(f"power source {key}", f"{_source(at).path}.at_most", says)


def _permit_power(at: At) -> Words:
    key, period = at.key
    return Words(
        f"permit of {key}",
        f"{_source(at).path}.permit.power",
        f"the permit of {key} is for {at.told} MW in {period}",
    )


def _permit_time(at: At) -> Words:
    key, period = at.key
    source = _source(at)
    says = f"{key} may stand {source.permit_periods} periods at a stretch, up to {period}"
    return Words(f"time limit of {key}", f"{source.path}.permit.lasts", says)


def _longer(at: At, by: float) -> str:
    return f"it may stand longer than {_source(at).permit_periods} periods at a stretch"


def _draw(at: At) -> Words:
    site, step, period = at.key
    says = (
        f"{site} has {at.told} MW energized in {period} for what its own sources do not "
        f"carry in {step} of its load"
    )
    return Words(f"power at {site}", f"{site_path(at.case, site)}.power", says)


UNITS = Unit("units", "unit")
AT_MOST = LimitKind("sources.at_most", UNITS, _at_most, number="affine", number_unit=MW)
PERMIT_POWER = LimitKind("sources.permit_power", MW, _permit_power)
PERMIT_TIME = LimitKind(
    "sources.permit_time",
    Unit("periods", "period"),
    _permit_time,
    least=True,
    number="choice",
    instead=_longer,
    untold="a time in whole periods decides which rows there are",
)
DRAW = LimitKind("cover.draw", MW, _draw, dated=True, twin=True)
"""Repeats the power of its site, step by step of the load."""
SOURCES = Account("capex.generation", "capex")
FIXED = Account("opex.generation.fixed", "opex")
FUEL = Account("opex.generation.fuel", "opex")
SOURCES_WORTH = Account("residual.generation", "income", kind="residual")
FACE = GenerationCase
