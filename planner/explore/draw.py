"""What does a fleet draw at each point of the chain, what does each step add, and how sure are we?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from planner.engineering.band import Band, Factor, band
from planner.engineering.power import BASES, LOADS, Basis, Chain, Load
from planner.plan.derive import Decisions, Derivation
from planner.plan.derive_halls import decisions_of
from planner.plan.schema import Plan
from planner.scenario.case import Case, CaseSite, CaseSystem, UsedFigure
from planner.scenario.case.networks import CaseNetwork
from planner.scenario.resolve_caps import held_draws

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
        """The power chain of the whole fleet, under another case if given. Raises ValueError for an empty fleet."""
        derived = Derivation(case or self.case, self.decisions)
        chain = derived.site_chain(derived.case.site[self.site], self.period)
        if chain is None:
            raise ValueError(f"nothing runs at {self.site}")
        return chain

    @property
    def systems(self) -> list[tuple[CaseSystem, int]]:
        """What runs, and how many of it."""
        return list(Derivation(self.case, self.decisions).standing(self.site, self.period))


@dataclass(frozen=True)
class Step:
    """One basis of the chain: draw by load with its band, and what it adds to the basis before."""

    basis: Basis
    adds: str
    bands: dict[Load, Band]
    added_w: float
    """At nameplate."""


def of_plan(plan: Plan) -> Iterator[Fleet]:
    """The fleet of each site of a plan in the last period, where anything runs."""
    decisions = decisions_of(plan)
    for site in plan.case.sites:
        fleet = Fleet(plan.case, site.id, len(plan.case.timeline) - 1, decisions)
        if fleet.systems:
            yield fleet


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
        bands = {load: _band(fleet, ranges, basis, load) for load in LOADS if draw.at(load) is not None}
        steps.append(Step(basis, STEPS[basis], bands, draw.nameplate_w - before))
        before = draw.nameplate_w
    return steps


def _band(fleet: Fleet, ranges: Sequence[Factor[Case]], basis: Basis, load: Load) -> Band:
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
        found.append(Factor(f"{figure.of} · {figure.figure}", change(fleet.case, figure.low), change(fleet.case, figure.high)))
    return found


Change = Callable[[Case, float], Case]


def _change(figure: UsedFigure) -> Change | None:
    """How a case looks with one of its figures replaced; None for figures that power does not hang on."""
    of, key = figure.of, figure.figure
    head, _, tail = key.partition(".")
    if key == "tdp":
        return lambda case, value: _systems(case, lambda s: s.accelerator == of, lambda s: {"tdp_w": value})
    if head == "power":
        return lambda case, value: _systems(case, lambda s: s.id == of, lambda s: _own_power(case, s, tail, value))
    if head == "load":
        return lambda case, value: _systems(
            case, lambda s: not _has(case, s.id, f"power.{tail}"), lambda s: {f"{tail}_w": min(s.nameplate_w, s.nameplate_w * value)}
        )
    if head == "it_overhead":
        return lambda case, value: _systems(case, lambda s: _takes(case, s, of, tail), lambda s: {"it_overhead": value})
    if head == "network":
        return lambda case, value: case.model_copy(update={"networks": [_scaled(case, network, of, value) for network in case.networks]})
    if of == "surroundings" and key in ("storage", "management"):
        return lambda case, value: _systems(
            case, lambda s: s.storage_w + s.management_w > 0, lambda s: {f"{key}_w": value * s.accelerators}
        )
    if key == "utility_loss":
        return lambda case, value: case.model_copy(update={"utility_loss": value})
    if head == "pue":
        return lambda case, value: case.model_copy(update={"sites": [_with_pue(site, of, tail, value) for site in case.sites]})
    return None


def _takes(case: Case, system: CaseSystem, of: str, form: str) -> bool:
    """Whether a system's overhead is this figure: its own, or the default of its form where it has none of its own."""
    return system.id == of if not form else system.basis == form and not _has(case, system.id, "it_overhead")


def _has(case: Case, of: str, key: str) -> bool:
    return any(f.of == of and f.figure == key for f in case.figures)


def _own_power(case: Case, system: CaseSystem, load: str, value: float) -> dict[str, float]:
    """One of a system's own ratings replaced; loads that are shares of the nameplate move with it, metered ones stay."""
    if load != "nameplate":
        return {f"{load}_w": min(value, system.nameplate_w)}
    scale = value / system.nameplate_w
    moved = {"nameplate_w": value}
    for other in ("peak", "average", "idle"):
        own: float = getattr(system, f"{other}_w")
        moved[f"{other}_w"] = min(value, own) if _has(case, system.id, f"power.{other}") else own * scale
    return moved


def _systems(case: Case, which: Callable[[CaseSystem], bool], update: Callable[[CaseSystem], dict[str, float]]) -> Case:
    """Systems with another figure, and those held to a share of it with them."""
    changed = {s.id: s.model_copy(update=update(s)) if which(s) else s for s in case.systems if not s.variant_of}
    held = {s.id: s.model_copy(update=held_draws(changed[s.variant_of], s.power_cap or 1.0)) for s in case.systems if s.variant_of}
    return case.model_copy(update={"systems": [held.get(s.id) or changed[s.id] for s in case.systems]})


def _scaled(case: Case, network: CaseNetwork, of: str, factor: float) -> CaseNetwork:
    """Networks of one product with another draw."""
    if case.system[network.systems[0]].product != of:
        return network
    grades = [g.model_copy(update={"nameplate_w": g.nameplate_w * factor, "typical_w": g.typical_w * factor}) for g in network.grades]
    links = {"system_w": network.system_w * factor, "system_typical_w": network.system_typical_w * factor}
    return network.model_copy(update={"grades": grades, **links})


def _with_pue(site: CaseSite, of: str, tail: str, value: float) -> CaseSite:
    if site.id != of:
        return site
    when, _, technology = tail.partition(".")
    technologies = [technology] if technology else ["air", "liquid"]
    return site.model_copy(update={f"pue_{when}_{t}": max(1.0, value) for t in technologies})
