"""What does a fleet draw at each point of the chain, what does each step add, and how sure are
we?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from planner.capabilities.fleet.caps import held_draws
from planner.capabilities.fleet.tables import FLEET
from planner.capabilities.networks.case import CaseNetwork, NetworksCase
from planner.capabilities.networks.tables import NETWORKS
from planner.core.case import Case, CaseSite, CaseSystem, UsedFigure
from planner.engineering.power import BASES, LOADS, Basis, Chain, Load
from planner.engineering.uncertain import Band, Factor, band
from planner.plan.decided import Decisions
from planner.plan.derive import Derivation
from planner.plan.schema import Plan

STEPS: dict[Basis, str] = {
    "chip": "accelerators at their TDP",
    "server": "+ hosts, memory, NICs, fans, power supplies",
    "rack": "+ switches, shelves and pumps in the rack",
    "it": "+ scale-out network, storage, management",
    "facility": "× PUE: cooling, UPS, distribution",
    "utility": "÷ (1 − loss) of transformer and feeders",
}
"""What each step of the chain adds."""


@dataclass(frozen=True)
class Fleet:
    """So many systems of some kinds at one site of a case, in one of its periods."""

    case: Case
    site: str
    period: int
    decisions: Decisions

    def chain(self, case: Case | None = None) -> Chain:
        """The power chain of the whole fleet, under another case if given. Raises ValueError for an
        empty fleet.
        """
        derived = Derivation(case or self.case, self.decisions)
        chain = derived.site_chain(derived.case.site[self.site], self.period)
        if chain is None:
            raise ValueError(f"nothing runs at {self.site}")
        return chain

    @property
    def systems(self) -> list[tuple[CaseSystem, int]]:
        """What runs, and how many of it."""
        return list(Derivation(self.case, self.decisions).in_service(self.site, self.period))


@dataclass(frozen=True)
class Step:
    """One basis of the chain: draw by load with its band, and what it adds to the basis before."""

    basis: Basis
    adds: str
    bands: dict[Load, Band]
    added_w: float
    """At nameplate."""


def every_fleet(plan: Plan) -> Iterator[Fleet]:
    """The fleet of each site of a plan in each period in which anything runs there."""
    decisions = Decisions.of_plan(plan)
    for site in plan.case.sites:
        for t in range(len(plan.case.timeline)):
            fleet = Fleet(plan.case, site.id, t, decisions)
            if fleet.systems:
                yield fleet


def of_plan(plan: Plan) -> Iterator[Fleet]:
    """The fleet of each site of a plan in the last period, where anything runs."""
    last = len(plan.case.timeline) - 1
    return (fleet for fleet in every_fleet(plan) if fleet.period == last)


@dataclass(frozen=True)
class Beside:
    """What stands beside the machines of a site in a period, in MW at basis `it`."""

    site: str
    period: str
    machines_nameplate_mw: float
    networks_nameplate_mw: float
    networks_typical_mw: float
    """At peak, average and idle."""
    storage_mw: float
    """At every load, like the two below."""
    management_mw: float
    share_mw: float
    """Networks, storage and management of systems for which they are a share of nameplate and not
    counted."""
    it_nameplate_mw: float

    @property
    def of_nameplate(self) -> float:
        """All of it at nameplate, over the machines' own."""
        return self.it_nameplate_mw / self.machines_nameplate_mw - 1.0


def beside(plan: Plan) -> list[Beside]:
    """What stands beside the machines of each site in each period in which anything runs there: the
    plan's networks, and its fleet.
    """
    networks: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for network in plan.of(NETWORKS):
        networks.setdefault((network.site, network.period), []).append(
            (network.it_nameplate_mw, network.it_typical_mw)
        )
    fleets: dict[tuple[str, str], list[tuple[CaseSystem, int]]] = {}
    for row in plan.of(FLEET):
        fleets.setdefault((row.site, row.period), []).append(
            (plan.case.system[row.system], row.units)
        )
    places = [
        (site.id, period.label) for site in plan.case.sites for period in plan.case.timeline.periods
    ]
    return [
        _beside(*place, fleets[place], networks.get(place, ()))
        for place in places
        if place in fleets
    ]


def _beside(
    site: str,
    period: str,
    fleet: Sequence[tuple[CaseSystem, int]],
    networks: Sequence[tuple[float, float]],
) -> Beside:
    def total(watts: Callable[[CaseSystem], float]) -> float:
        return sum(units * watts(system) for system, units in fleet) / 1e6

    machines, share = total(lambda s: s.nameplate_w), total(lambda s: s.it_overhead * s.nameplate_w)
    storage, management = total(lambda s: s.storage_w), total(lambda s: s.management_w)
    nameplate, typical = (sum(each[i] for each in networks) for i in range(2))
    return Beside(
        site=site,
        period=period,
        machines_nameplate_mw=machines,
        networks_nameplate_mw=nameplate,
        networks_typical_mw=typical,
        storage_mw=storage,
        management_mw=management,
        share_mw=share,
        it_nameplate_mw=machines + nameplate + storage + management + share,
    )


def shares(plan: Plan) -> dict[str, list[str]]:
    """Site → which of its systems have networks, storage and management as a share of their
    nameplate, and who says so.
    """
    said = any(
        f.of == "defaults" and f.figure.startswith("it_overhead") and f.kind == "scenario"
        for f in plan.case.figures
    )
    why = (
        "as the scenario assumes (`assume: it_overhead`)"
        if said
        else "of the catalog, for its networks cannot be counted"
    )
    found: dict[str, list[str]] = {}
    for site, name in dict.fromkeys(
        (row.site, plan.case.system[row.system].product) for row in plan.of(FLEET)
    ):
        share = plan.case.system[name].it_overhead
        if share > 0:
            told = (
                f"{name}: networks, storage and management together are a share of its "
                f"nameplate, {100 * share:g} %, {why}"
            )
            found.setdefault(site, []).append(told)
    return found


def waterfall(fleet: Fleet) -> list[Step]:
    """The chain from chip to utility with bands."""
    ranges = factors(fleet)
    nominal = fleet.chain()
    steps: list[Step] = []
    before = 0.0
    for basis in BASES:
        draw = nominal.at(basis)
        if draw is None or (basis == "rack" and nominal.server is not None):
            continue
        bands = {
            load: fleet_band(fleet, ranges, basis, load)
            for load in LOADS
            if draw.at(load) is not None
        }
        steps.append(Step(basis, STEPS[basis], bands, draw.nameplate_w - before))
        before = draw.nameplate_w
    return steps


def fleet_band(fleet: Fleet, ranges: Sequence[Factor[Case]], basis: Basis, load: Load) -> Band:
    """W at a basis and load with the 80 % band."""

    def measure(case: Case) -> float:
        draw = fleet.chain(case).at(basis)
        return (draw.at(load) if draw else None) or 0.0

    return band(fleet.case, ranges, measure)


def factors(fleet: Fleet) -> list[Factor[Case]]:
    """Every figure of the case with a range that the power chain hangs on."""
    found = []
    for figure in fleet.case.figures:
        change = _change(figure)
        if change is None or figure.low is None or figure.high is None:
            continue
        found.append(
            Factor(
                f"{figure.of} · {figure.figure}",
                change(fleet.case, figure.low),
                change(fleet.case, figure.high),
            )
        )
    return found


Change = Callable[[Case, float], Case]


def _change(figure: UsedFigure) -> Change | None:
    """How a case looks with one of its figures replaced; None for figures that power does not hang
    on.
    """
    of, key = figure.of, figure.figure
    head, _, tail = key.partition(".")
    if key == "tdp":
        return lambda case, value: _systems(
            case, lambda s: s.accelerator == of, lambda s: {"tdp_w": value}
        )
    if head == "power":
        return lambda case, value: _systems(
            case, lambda s: s.id == of, lambda s: _own_power(case, s, tail, value)
        )
    if head == "load":
        return lambda case, value: _systems(
            case,
            lambda s: not _has(case, s.id, f"power.{tail}"),
            lambda s: {f"{tail}_w": min(s.nameplate_w, s.nameplate_w * value)},
        )
    if head == "it_overhead":
        return lambda case, value: _systems(
            case, lambda s: _takes(case, s, of, tail), lambda s: {"it_overhead": value}
        )
    if head == "network":
        return lambda case, value: case.model_copy(
            update={
                "networks": [
                    _scaled(case, network, of, value) for network in case.of(NetworksCase).networks
                ]
            }
        )
    if of == "surroundings" and key in ("storage", "management"):
        return lambda case, value: _systems(
            case,
            lambda s: s.storage_w + s.management_w > 0,
            lambda s: {f"{key}_w": value * s.accelerators},
        )
    if key == "utility_loss":
        return lambda case, value: case.model_copy(update={"utility_loss": value})
    if head == "pue":
        return lambda case, value: case.model_copy(
            update={"sites": [_with_pue(site, of, tail, value) for site in case.sites]}
        )
    return None


def _takes(case: Case, system: CaseSystem, of: str, form: str) -> bool:
    """Whether a system's overhead is this figure: its own, or the default of its form where it has
    none of its own.
    """
    return (
        system.id == of
        if not form
        else system.basis == form and not _has(case, system.id, "it_overhead")
    )


def _has(case: Case, of: str, key: str) -> bool:
    return any(f.of == of and f.figure == key for f in case.figures)


def _own_power(case: Case, system: CaseSystem, load: str, value: float) -> dict[str, float]:
    """One of a system's own ratings replaced; loads that are shares of the nameplate move with it,
    metered ones stay.
    """
    if load != "nameplate":
        return {f"{load}_w": min(value, system.nameplate_w)}
    scale = value / system.nameplate_w
    moved = {"nameplate_w": value}
    for other in ("peak", "average", "idle"):
        own: float = getattr(system, f"{other}_w")
        moved[f"{other}_w"] = (
            min(value, own) if _has(case, system.id, f"power.{other}") else own * scale
        )
    return moved


def _systems(
    case: Case,
    which: Callable[[CaseSystem], bool],
    update: Callable[[CaseSystem], dict[str, float]],
) -> Case:
    """Systems with another figure, and those held to a share of it with them."""
    changed = {
        s.id: s.model_copy(update=update(s)) if which(s) else s
        for s in case.systems
        if not s.variant_of
    }
    held = {
        s.id: s.model_copy(update=held_draws(changed[s.variant_of], s.power_cap or 1.0))
        for s in case.systems
        if s.variant_of
    }
    return case.model_copy(
        update={"systems": [held.get(s.id) or changed[s.id] for s in case.systems]}
    )


def _scaled(case: Case, network: CaseNetwork, of: str, factor: float) -> CaseNetwork:
    """Networks of one product with another draw."""
    if case.system[network.systems[0]].product != of:
        return network
    grades = [
        g.model_copy(
            update={"nameplate_w": g.nameplate_w * factor, "typical_w": g.typical_w * factor}
        )
        for g in network.grades
    ]
    links = {
        "system_w": network.system_w * factor,
        "system_typical_w": network.system_typical_w * factor,
    }
    return network.model_copy(update={"grades": grades, **links})


def _with_pue(site: CaseSite, of: str, tail: str, value: float) -> CaseSite:
    if site.id != of:
        return site
    when, _, technology = tail.partition(".")
    technologies = [technology] if technology else ["air", "liquid"]
    return site.model_copy(update={f"pue_{when}_{t}": max(1.0, value) for t in technologies})
