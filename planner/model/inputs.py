"""What do the rules see? The arrays of a question, and nothing else.

Axes    S systems · L sites · T periods · D demands
Units   power MW · money MUSD (million USD) · compute PFLOP/s · machines in systems · time in periods
Every array is float64 unless said otherwise; `inf` is a limit that does not exist. Names end in their unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.arrays import Bools, Floats
from planner.model.inputs_build import BuildInputs
from planner.model.inputs_fleet import FleetInputs
from planner.model.inputs_halls import HallInputs
from planner.model.inputs_meter import MeterInputs
from planner.model.inputs_money import BuildingInputs, OrderInputs, RentInputs
from planner.model.inputs_networks import NetworkInputs
from planner.model.inputs_shares import RuleInputs, SurvivalInputs
from planner.model.inputs_sources import SourceInputs
from planner.model.inputs_supply import SupplyInputs
from planner.model.terms import Measure
from planner.scenario.case import Case

__all__ = ["GoalInputs", "Inputs", "RuleInputs", "SurvivalInputs"]


@dataclass(frozen=True)
class GoalInputs:
    """One objective over the fleet in service, or over the money ledger."""

    name: str
    what: str
    maximize: bool
    weight: Floats
    """[S] per system in service; empty for money."""
    periods: Floats
    """[T] weights of the periods, adding up to 1 for a mean; days of each for the time to a capacity."""
    unit: str
    tolerance: float
    reach: float = 0.0
    """The capacity that `time` is counted to, in the unit of `weight`."""
    parts: tuple[tuple[float, GoalInputs], ...] = ()
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
    """[S, L, T] whether a system may arrive: in its window of dates, where it may be placed, and early enough to run within the horizon"""
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
    """[D, S] accelerators, or PFLOP/s, of one system towards a demand; 0 if it cannot serve it."""
    demand_site: Bools
    """[D, L]"""
    demand_need: Floats
    """[D, T]"""
    demand_is_compute: Bools
    """[D]"""
    demand_shortfall_musd: Floats
    """[D, T] price of one unit missing through a period; inf: the demand is hard."""
    demand_coherent: Bools
    """[D] whether one system at one site must serve it."""
    capex_limit_musd: float
    total_limit_musd: float
    capex_by_period_musd: dict[int, float]
    capex_cumulative_musd: dict[int, float]
    rules: tuple[RuleInputs, ...]
    goals: tuple[GoalInputs, ...]
    fleet: FleetInputs
    supply: SupplyInputs
    build: BuildInputs
    construction_limit_musd: Floats
    """[L] over the horizon"""
    sources: SourceInputs
    meter: MeterInputs
    halls: HallInputs | None = None
    """None: no site is built by the hall."""
    networks: NetworkInputs | None = None
    """None: every network is a share of the systems' nameplate and price."""
    survival: tuple[SurvivalInputs, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(S, L, T)"""
        return len(self.systems), len(self.sites), len(self.periods)
