"""Can a case's power sources, tariffs, carbon and water be re-derived at all? Those in a file that somebody edited may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planner.scenario.case import Case
from planner.scenario.case.power import CaseLoadDuration, CaseSource


def broken_power(case: Case, periods: int) -> Iterator[tuple[str, str]]:
    """What is wrong, and where in the case."""
    yield from _sources(case)
    yield from _sites(case)
    for i, tariff in enumerate(case.tariffs):
        yield from _length(tariff.contract_w, periods, f"tariffs.{i}.contract_w")
    for i, carbon in enumerate(case.carbon):
        yield from _length(carbon.kg_per_mwh, periods, f"carbon.{i}.kg_per_mwh")
        yield from _inside(carbon.by_period_t, periods, f"carbon.{i}.by_period_t")
    yield from _inside(case.carbon_rules.by_period_t, periods, "carbon_rules.by_period_t")
    for i, water in enumerate(case.water):
        yield from _inside(water.by_period_m3, periods, f"water.{i}.by_period_m3")
    for i, ramp in enumerate(case.ramps):
        if not ramp.limit_w_per_s > 0:
            yield "a ramp is positive", f"ramps.{i}.limit_w_per_s"
    for i, curve in enumerate(case.load_durations):
        yield from _curve(curve, f"load_durations.{i}")
    for i, layer in enumerate(case.layers):
        yield from _length(layer.capacity_w, periods, f"layers.{i}.capacity_w")
        if layer.needed < 1 or layer.copies < 1 or layer.spare < 0:
            yield "at least one unit is needed, in at least one copy", f"layers.{i}.needed"


def _curve(curve: CaseLoadDuration, path: str) -> Iterator[tuple[str, str]]:
    """Shares of all hours, in steps that fall from the sizing load around a mean of 0."""
    if len(curve.shares) != len(curve.positions) or not curve.shares or min(curve.shares) <= 0 or abs(sum(curve.shares) - 1) > 1e-9:
        yield "the shares of a load-duration curve are all hours, one for each step", f"{path}.shares"
    elif abs(sum(share * position for share, position in curve.steps)) > 1e-9 or abs(curve.positions[0] - 1) > 1e-9:
        yield "a load-duration curve begins at the sizing load, and its mean is the average", f"{path}.positions"


def _length(values: Sequence[float] | None, periods: int, path: str) -> Iterator[tuple[str, str]]:
    if values is not None and len(values) != periods:
        yield f"{len(values)} values for {periods} periods", path


def _inside(values: Iterable[int], periods: int, path: str) -> Iterator[tuple[str, str]]:
    for t in values:
        if not 0 <= t < periods:
            yield f"period {t} of {periods}", f"{path}.{t}"


def _sites(case: Case) -> Iterator[tuple[str, str]]:
    sites = {site.id for site in case.sites}
    for table in ("load_durations", "tariffs", "carbon", "water", "ramps", "layers"):
        for i, entry in enumerate(getattr(case, table)):
            if entry.site not in sites:
                yield f"nothing defines `{entry.site}`", f"{table}.{i}.site"


def _sources(case: Case) -> Iterator[tuple[str, str]]:
    sites, seen = {site.id for site in case.sites}, set[str]()
    for i, source in enumerate(case.sources):
        path = f"sources.{i}"
        if source.site not in sites:
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


def _unit(source: CaseSource, path: str) -> Iterator[tuple[str, str]]:
    """What a unit of a source gives."""
    if not 0 <= source.firm_w <= source.unit_w * (1 + 1e-9) or not 0 <= source.output_w <= source.unit_w * (1 + 1e-9):
        yield "a unit gives no more than its nameplate", f"{path}.firm_w"
    if not 0 < source.round_trip <= 1 or source.spare_w < 0:
        yield "storage returns no more than it took, and a margin is not negative", f"{path}.round_trip"
