"""What do the rules see? The arrays of a question, and nothing else.

Axes    S systems · L sites · T periods · D demands
Units   power MW · money MUSD (million USD) · compute PFLOP/s · machines in systems · time in
        periods
Every array is float64 unless said otherwise; `inf` is a limit that does not exist. Names end in
their unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from planner.arrays import Bools, Floats, Ints
from planner.core.case import Case
from planner.model.terms import Measure

P = TypeVar("P")


@dataclass(frozen=True)
class Payments:
    """Shares of a price, each with its period and its worth; T are the periods by which things must
    stand, or in which they are begun.
    """

    period: Ints
    """[N, X, T]"""
    share: Floats
    """[N, X, T] of the price; 0 where a thing has fewer payments."""
    worth: Floats
    """[N, X, T]"""


@dataclass(frozen=True)
class OrderInputs:
    """What comes of a delivery in a period."""

    runs: Ints
    """[S, T] first period in which it runs; T where there can be no delivery, or it does not
    run."""
    ordered: Ints
    """[S, T] period in which it is ordered; the first for what is ordered before."""
    order_worth: Floats
    """[S, T]"""
    delivery_worth: Floats
    """[S, T]"""
    resale_musd: Floats
    """[S, T] worth of one system at the end."""


@dataclass(frozen=True)
class BuildingInputs:
    """What is built by the MW for a period."""

    payments: Payments
    """Axes [L, T]"""
    share: Floats
    """[L, T] of its cost that it keeps at the end."""


@dataclass(frozen=True)
class RentInputs:
    """Rent of critical IT."""

    musd_per_mw: Floats
    """[L, T] per MW in use; 0 where it is under contract."""
    musd: Floats
    """[L, T] of what is under contract, whatever runs."""
    leased: Bools
    """[L] whether critical IT is what is under contract."""


@dataclass(frozen=True)
class FleetInputs:
    """Stocks that may leave."""

    stocks: tuple[str, ...]
    """`system,site,when`, or `system,origin>site,when` where they may be moved to."""
    vintage: tuple[str, ...]
    """The fleet entry, or the period of delivery."""
    system: Ints
    """[P]"""
    site: Ints
    """[P] where they stand."""
    origin: Ints
    """[P] where they first stood; the same as `site` for those that were not moved."""
    home: Ints
    """[P] number of the stock that they first belonged to; their own for those that were not
    moved."""
    entry: Ints
    """[P] number of the fleet entry; -1 for what is bought."""
    delivered: Ints
    """[P] period of delivery; -1 for what stands at the start."""
    units: Floats
    """[P] what stands at the start; 0 for what is bought or was moved."""
    can_retire: Bools
    """[P, T] whether they may be switched off at the start of a period."""
    must_stay: Bools
    """[P] existing machines that the scenario does not let retire: a limit that a person could
    lift."""
    can_move: Bools
    """[P, T] whether they may leave their first site at the start of a period; only for stocks of
    moved machines."""
    lands: Ints
    """[P, T] period from which those run again that leave their first site at the start of a
    period; T where that lies beyond the horizon. For stocks that were not moved, the period
    itself."""
    move_musd: Floats
    """[P] cost of moving one."""
    leaves: Ints
    """[P] first period in which they must no longer run; -1: none."""
    sale_musd: Floats
    """[P, T] what one fetches when it is switched off at the start of a period."""
    end_musd: Floats
    """[P] what one is worth at the end of the horizon."""


@dataclass(frozen=True)
class SupplyInputs:
    """Orders and qualifications."""

    product: Ints
    """[S] the system whose vendor's deliveries these are: itself, or what it is a variant of."""
    system: Ints
    """[K]"""
    cumulative: Floats
    """[K, T] systems"""
    rate: Floats
    """[K, T] systems of one period, the same in every one"""
    schedule: Floats
    """[K, T] systems of one period, each with its own"""
    minimum: Floats
    """[K] least of a period with deliveries; 0 for none."""
    lot: Floats
    """[K] deliveries of a period are a multiple of it; 1 for any number."""
    on_order: Floats
    """[S] systems that come by an order placed before; 0 for those that are bought."""
    most: Floats
    """[S, T] the most that can be delivered in a period with all its variants, whatever is bought;
    inf where nothing limits it."""
    suppliers: tuple[str, ...]
    """[Q] who must be qualified."""
    waits_for: Bools
    """[Q, S] whose systems these are."""
    begun_by: Ints
    """[Q, S, T] last period in which the qualification can begin for a delivery in a period; ABSENT
    where none is early enough."""
    cost_musd: Floats
    """[Q]"""

    @property
    def deliveries(self) -> tuple[Ints, Ints]:
        """(k, s) of every system that an entry is about."""
        entry, system = np.nonzero(self.system[:, None] == self.product[None])
        return entry, system


@dataclass(frozen=True)
class ObjectiveInputs:
    """One objective over the fleet in service, or over the money ledger."""

    name: str
    what: str
    maximize: bool
    weight: Floats
    """[S] per system in service; empty for money."""
    periods: Floats
    """[T] weights of the periods, adding up to 1 for a mean; days of each for the time to a
    capacity."""
    unit: str
    tolerance: float
    reach: float = 0.0
    """The capacity that `time` is counted to, in the unit of `weight`."""
    parts: tuple[tuple[float, ObjectiveInputs], ...] = ()
    """Of a weighted objective: points per unit, below 0 for what is maximized."""
    short: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """[D, T] of the objective per unit that a demand goes short; empty unless it is about that."""


@dataclass(frozen=True)
class Inputs:
    """Everything the rules may see."""

    case: Case
    """The question itself, for the words of its limits; no rule reads a number of it."""
    systems: tuple[str, ...]
    sites: tuple[str, ...]
    periods: tuple[str, ...]
    demands: tuple[str, ...]
    hours: Floats
    """[T]"""
    discount: Floats
    """[T] present worth of 1 USD paid evenly over each period."""
    discount_start: Floats
    """[T] of 1 USD paid on the first day of each period."""
    discount_end: float
    accelerators: Floats
    """[S]"""
    can_deliver: Bools
    """[S, L, T] whether a system may arrive: in its window of dates, where it may be placed, and
    early enough to run within the horizon"""
    can_stand: Bools
    """[S, L]"""
    most: Floats
    """[S, L] upper bound of systems that can ever be in service; inf where nothing limits them."""
    existing: Floats
    """[S, L]"""
    retirable: Floats
    """[S, L] how many of the existing may leave: be switched off, or moved"""
    takes: dict[Measure, Floats]
    """[S, L] what one system in service takes of its site."""
    racks: Floats
    """[S]"""
    available_mw: Floats
    """[L, T] energized, utility basis."""
    critical_it_mw: Floats
    """[L, T]"""
    liquid_limit_mw: Floats
    """[L]"""
    air_limit_mw: Floats
    """[L]"""
    positions: Floats
    """[L, T] racks."""
    price_musd: Floats
    """[S]"""
    orders: OrderInputs
    fabric_musd: Floats
    """[S, L] what the network adds to one system at its delivery."""
    down_payment: Floats
    """[S]"""
    due: Floats
    """[S] share of the price that is due on delivery."""
    energy_musd_per_mw: Floats
    """[L, T] energy of 1 MW, utility, average, through a period."""
    operations_musd_per_mw: Floats
    """[T] per MW of IT nameplate in service."""
    rent: RentInputs
    construction_musd_per_mw: Floats
    """[L]"""
    building: BuildingInputs
    existing_it_mw: Floats
    """[L]"""
    demand_weight: Floats
    """[D, S, L] accelerators, PFLOP/s, or MW, of one system at a site towards a demand; 0 if it
    cannot serve it."""
    demand_need: Floats
    """[D, T]"""
    demand_most: Floats
    """[D, T] that may be in service; inf where nothing limits it."""
    demand_kind: npt.NDArray[np.str_]
    """[D] `compute`, `deployment` or `power`."""
    demand_shortfall_musd: Floats
    """[D, T] price of one unit missing through a period; inf: the demand is hard."""
    demand_coherent: Bools
    """[D] whether one system at one site must serve it."""
    capex_limit_musd: float
    total_limit_musd: float
    capex_by_period_musd: dict[int, float]
    capex_cumulative_musd: dict[int, float]
    fleet: FleetInputs
    supply: SupplyInputs
    construction_limit_musd: Floats
    """[L] over the horizon"""

    objectives: tuple[ObjectiveInputs, ...]
    """Objectives in order."""
    parts: Mapping[type[Any], Any] = field(default_factory=dict)
    """By class: the arrays of capabilities."""

    def of(self, kind: type[P]) -> P:
        """The arrays of one kind. Raises KeyError where there are none."""
        found: P = self.parts[kind]
        return found

    def find(self, kind: type[P]) -> P | None:
        """The arrays of one kind; None where the question has nothing of it."""
        return self.parts.get(kind)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(S, L, T)"""
        return len(self.systems), len(self.sites), len(self.periods)


@dataclass(frozen=True)
class Room:
    """What sites have for machines; inf where nothing limits it."""

    available_mw: Floats
    """[L, T] at the utility basis."""
    critical_it_mw: Floats
    """[L, T]"""
    positions: Floats
    """[L, T]"""
    heat_mw: Floats
    """[L, 2] to liquid, to air."""


@dataclass
class InputsContext:
    """A case on its way to arrays."""

    case: Case
    hours: Floats
    """[T]"""
    takes: dict[Measure, Floats]
    """[S, L] what one system in service takes of its site."""
    can_deliver: Bools
    """[S, L, T]"""
    existing: Floats
    """[S, L] systems that stand."""
    existing_it_mw: Floats
    """[L]"""
    room: Room
    """What the rows of sites limit."""
    most: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    """[S, L, T] how many can run, once that is known."""
    parts: dict[type[Any], Any] = field(default_factory=dict)
    """Arrays of capabilities so far, by class."""

    @property
    def place(self) -> dict[str, int]:
        """Sites by id."""
        return {site.id: j for j, site in enumerate(self.case.sites)}


def _same_room(ctx: InputsContext, room: Room) -> Room:
    return room


def _same_most(ctx: InputsContext, most: Floats) -> Floats:
    return most


def _no_parts(ctx: InputsContext) -> Iterable[object]:
    return ()


def _no_fields(ctx: InputsContext) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Arrays:
    """The face of a capability's module of arrays."""

    parts: Callable[[InputsContext], Iterable[object]] = _no_parts
    """Its own arrays, each of a class of its own."""
    fields: Callable[[InputsContext], Mapping[str, Any]] = _no_fields
    """What it says of the decisions that every plan has: fields of `Inputs`."""
    room: Callable[[InputsContext, Room], Room] = _same_room
    """The most room that its decisions can make. It comes first, and may put its arrays and the
    room of rows into the context."""
    most: Callable[[InputsContext, Floats], Floats] = _same_most
    """[S, L, T] how many can run, given how many the sites could hold."""
