"""What do the rules see of dates on which money is paid: of orders, of buildings, of what is leased?

Axes    N payments of one thing · X things · S systems · L sites · T periods
Present worth is that of 1 USD on the day on which it is paid.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class Payments:
    """Shares of a price, each with its period and its worth; T are the periods by which things must stand, or in which they are begun."""

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
    """[S, T] first period in which it runs; T where there can be no delivery, or it does not run."""
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
