"""Does a draw stay within a limit? By the limit of the question, and by what halls, layers of the
plant and racks are rated for; with the margin, the chance to exceed it, and what is most to blame.

A limit is held against the value of the draw at its basis and load; the chance says what the ranges
of the figures leave open (`engineering/chance.py`). Of blame there are two kinds, and both are
told: the part that is the largest share of the draw, and the figure that moves the draw most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.capabilities.generation.tables import SOURCES
from planner.capabilities.sites.tables import BUILT, POWER, PowerRow
from planner.catalog.facility import LAYERS, Layer
from planner.core.case import CaseSite
from planner.engineering.chance import chance_above
from planner.engineering.cluster import Group, around_parts, group_draws
from planner.engineering.layers import usable_of
from planner.engineering.node_draw import own_draw, own_parts
from planner.engineering.power import Basis, Chain, Load
from planner.engineering.uncertain import Band, Ends, spread
from planner.errors import InputError, Problem
from planner.plan.schema import Plan
from planner.power_model.cluster import ClusterPower
from planner.power_model.draw import Fleet, every_fleet, factors, fleet_band

CARRIES: dict[Layer, Basis] = {
    "feed": "utility",
    "transformer": "facility",
    "generator": "facility",
    "ups": "it",
    "cooling": "it",
}
"""Basis of the draw that a layer carries, as in `engineering/layers.py`."""


ROUNDING, KEPT = 1e-9, 1e-6
"""Shares of a limit by which a draw may miss it: of floating point, and of a plan's own limits."""


@dataclass(frozen=True)
class Held:
    """A draw held against one limit, both at one basis and load, in W."""

    what: str
    basis: Basis
    load: Load
    limit_w: float
    """Of a layer what its redundancy leaves to use."""
    draw: Band
    largest: tuple[str, float]
    """The part with the largest share of the draw, and its W."""
    note: str = ""

    @property
    def fits(self) -> bool:
        """Whether the value of the draw stays within the limit."""
        return self.margin_w >= 0.0

    @property
    def margin_w(self) -> float:
        """What is left below the limit; negative where the draw exceeds it."""
        left_w = self.limit_w - self.draw.value
        return 0.0 if abs(left_w) <= ROUNDING * self.limit_w else left_w

    @property
    def margin(self) -> float:
        """The same as a share of the limit."""
        return self.margin_w / self.limit_w

    @cached_property
    def chance(self) -> float | None:
        """The chance that the draw turns out above the limit; None where it has no known range."""
        return chance_above(self.draw, self.limit_w)

    @property
    def widest(self) -> str | None:
        """The figure that moves the draw most; None where none has a range."""
        return self.draw.by_factor[0][0] if self.draw.by_factor else None


@dataclass(frozen=True)
class Verdict:
    """All limits of a question, that of the question first where it has one."""

    held: list[Held]

    @property
    def fits(self) -> bool:
        """Whether every limit is kept."""
        return all(one.fits for one in self.held)

    @property
    def tightest(self) -> Held:
        """The limit with the least margin, as a share of it."""
        return min(self.held, key=lambda one: one.margin)


def untold(basis: Basis, load: Load) -> InputError:
    """What is said of a basis and load at which a cluster or a site has no draw."""
    message = f"the {load} draw cannot be told on the {basis} basis"
    remedy = (
        "a system that is sold as a rack has no server basis"
        if basis == "server"
        else "a plan tells chips at their nameplate only"
    )
    return InputError([Problem("K003", message, help=remedy)])


def cluster_verdict(
    found: ClusterPower, limit_w: float | None, basis: Basis, load: Load
) -> Verdict | None:
    """A cluster against a limit, and against every rating of its file; None where there is neither.

    Ratings are held at the same load, each at the basis that it carries. Raises `InputError` for a
    basis at which the draw cannot be told.
    """
    held = list(_ratings(found, load))
    if limit_w is not None:
        held.insert(0, _whole(found, "limit", basis, load, limit_w))
    return Verdict(held) if held else None


def band_at(found: ClusterPower, basis: Basis, load: Load) -> Band:
    """The draw of a cluster with its range. Raises `InputError` where it cannot be told."""
    names = [step.basis for step in found.steps]
    at = "server" if basis == "rack" and "rack" not in names else basis
    known = next((step.bands.get(load) for step in found.steps if step.basis == at), None)
    if known is None:
        raise untold(basis, load)
    return known


def _whole(
    found: ClusterPower, what: str, basis: Basis, load: Load, limit_w: float, note: str = ""
) -> Held:
    draw = band_at(found, basis, load)
    return Held(what, basis, load, limit_w, draw, _largest(found.parts_to(basis, load)), note)


def _largest(parts: dict[str, float]) -> tuple[str, float]:
    return max(parts.items(), key=lambda part: part[1])


def _ratings(found: ClusterPower, load: Load) -> Iterator[Held]:
    """Halls, layers and racks that the file rates."""
    setup = found.setup
    hall = setup.file.facility
    for name, groups in setup.halls.items():
        parts: dict[str, float] = {}
        for group in groups:
            own = ((n, w * group.count) for n, w in own_parts(group.own, group.work, load))
            for part, watts in (*own, *around_parts(group, load)):
                parts[part] = parts.get(part, 0.0) + watts
        draw = _of_groups(groups, _it_w(groups, load))
        yield Held(f"hall {name}", "it", load, hall.halls_w[name], draw, _largest(parts))
    for layer in LAYERS:
        if (rated_w := hall.ratings_w.get(layer)) is not None:
            topology = setup.redundancy[layer]
            usable = usable_of(topology)
            note = f"{100 * usable:.3g} % of {rated_w / 1e6:g} MW installed, {topology.name}"
            yield _whole(found, layer, CARRIES[layer], load, rated_w * usable, note)
    for entry, group in zip(setup.file.systems, setup.cluster.groups, strict=True):
        if entry.rack_rating_w is not None:
            racks = group.system.racks.value if group.system.racks else 1.0
            share = entry.servers_per_rack or 1.0 / racks
            draw = _of_groups([group], _rack_w(group, share, load))
            own_of_rack = {n: w * share for n, w in own_parts(group.own, group.work, load)}
            yield Held(
                f"rack of {group.system.id}",
                "rack",
                load,
                entry.rack_rating_w,
                draw,
                _largest(own_of_rack),
            )


def _of_groups(groups: Sequence[Group], measure: Callable[[Ends], float]) -> Band:
    return spread([k for group in groups for k in group.uncertain_figures], measure)


def _it_w(groups: Sequence[Group], load: Load) -> Callable[[Ends], float]:
    return lambda ends: sum(group_draws(group, ends)[2].at(load) or 0.0 for group in groups)


def _rack_w(group: Group, share: float, load: Load) -> Callable[[Ends], float]:
    return lambda ends: (own_draw(group.own, group.work, ends).at(load) or 0.0) * share


@dataclass(frozen=True)
class AtSite:
    """The limits of one site of a plan, each in the period in which it is tightest."""

    site: str
    held: list[Held]
    periods: list[str]


def plan_verdicts(plan: Plan, limit_w: float, basis: Basis, load: Load) -> list[AtSite]:
    """Each site of a plan at which anything runs against a limit in its worst period; and against
    the critical IT that is built there, and what is energized, where it has no sources of its own.

    Those two are held at the load by which the site is sized. Raises `InputError` for a basis at
    which the draw cannot be told.
    """
    rows = {(row.site, row.period, row.basis): row for row in plan.of(POWER)}
    labels = [period.label for period in plan.case.timeline.periods]
    fleets, found = list(every_fleet(plan)), list[AtSite]()
    for site in plan.case.sites:
        here = [fleet for fleet in fleets if fleet.site == site.id]
        held, periods = [], []
        asked = _Limit("limit", basis, load, dict.fromkeys(range(len(labels)), limit_w))
        for one in (asked, *_own_limits(plan, site, labels)):
            used = {
                fleet.period: _mw(rows.get((site.id, labels[fleet.period], one.basis)), one.load)
                / one.by_period_w[fleet.period]
                for fleet in here
                if one.by_period_w.get(fleet.period)
            }
            if used:
                worst = max(used, key=lambda t: used[t])
                fleet = next(fleet for fleet in here if fleet.period == worst)
                held.append(_of_fleet(fleet, one))
                periods.append(labels[worst])
        if held:
            found.append(AtSite(site.name, held, periods))
    return found


@dataclass(frozen=True)
class _Limit:
    """A limit of a site by the index of the period, W; periods without one are left out."""

    what: str
    basis: Basis
    load: Load
    by_period_w: dict[int, float]


def _own_limits(plan: Plan, site: CaseSite, labels: Sequence[str]) -> Iterator[_Limit]:
    """What a plan itself knows of limits at a site."""
    covered = {row.period for row in plan.of(SOURCES) if row.site == site.id}
    yield _Limit(
        "energized",
        "utility",
        site.sizing,
        {t: w for t, w in enumerate(site.power_w or ()) if labels[t] not in covered},
    )
    built = {row.period: row.it_mw * 1e6 for row in plan.of(BUILT) if row.site == site.id}
    critical = {t: built[label] for t, label in enumerate(labels) if label in built}
    yield _Limit("critical IT", "it", site.sizing, critical)


def _mw(row: PowerRow | None, load: Load) -> float:
    value: float | None = getattr(row, f"{load}_mw", None)
    return value or 0.0


def _of_fleet(fleet: Fleet, limit: _Limit) -> Held:
    chain = fleet.chain()
    draw = chain.at(limit.basis)
    if draw is None or draw.at(limit.load) is None:
        raise untold(limit.basis, limit.load)
    band = fleet_band(fleet, factors(fleet), limit.basis, limit.load)
    most_w = limit.by_period_w[fleet.period]
    if abs(most_w - band.value) <= KEPT * band.value:
        most_w = band.value  # a plan keeps its own limits to what the solver can tell
    parts = _steps(chain, limit.basis, limit.load)
    return Held(limit.what, limit.basis, limit.load, most_w, band, _largest(parts))


def _steps(chain: Chain, upto: Basis, load: Load) -> dict[str, float]:
    """What a plan tells of the parts of a draw: the steps of its chain."""
    names: list[tuple[Basis, str]] = [
        ("rack", "machines"),
        ("it", "networks, storage, management"),
        ("facility", "cooling and losses"),
        ("utility", "transformer and feeders"),
    ]
    if upto == "chip":
        return {"accelerators": chain.chip.at(load) or 0.0}
    parts, before = dict[str, float](), 0.0
    for basis, name in names:
        draw = chain.at(basis)
        value = (draw.at(load) if draw else None) or 0.0
        parts[name] = value - before
        before = value
        if basis == upto or (upto == "server" and basis == "rack"):
            break
    return parts
