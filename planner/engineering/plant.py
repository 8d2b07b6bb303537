"""How much of what is installed may be used, how many racks does that feed, and what holds power
still?

Redundancy    usable / installed = needed / (copies · (needed + spare)) in each layer; IT power is
              what the tightest layer allows
Granularity   a row feeds whole racks: floor(row power / rack power); the rest is stranded
Firm power    the least n of equal units so that m of them run with a given probability (binomial)
Swings        a step ΔP behind a ramp limit R needs power ΔP and energy ΔP² / (2R): the triangle
              between the step and the ramp; a periodic swing of peak-to-peak ΔP and period T needs
              ΔP·T/(2π) if it is a sine, ΔP·T/4 if square: half a period's integral
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


def usable_fraction(needed: float, spare: float, copies: float) -> float:
    """Usable over installed capacity of a redundancy topology.

    N is (1, 0, 1); N+1 with n units (n, 1, 1); 2N (1, 0, 2); 4N/3 (3, 1, 1); 3N/2 (2, 1, 1); 2(N+1)
    (n, 1, 2). ValueError unless needed and copies are at least 1 and spare at least 0. Source:
    arithmetic on the definitions.
    """
    if needed < 1 or copies < 1 or spare < 0:
        raise ValueError("at least one unit is needed, in at least one copy")
    return needed / (copies * (needed + spare))


def mep_cost_multiple(usable: float, swing_at_2n: float) -> float:
    """Mechanical and electrical cost of a topology over that of N, for its usable fraction.

    Linear in what is installed, `swing_at_2n` more at 2N. Source: this project's interpolation of
    the published swing.
    """
    return 1.0 + swing_at_2n * (1.0 / usable - 1.0)


@dataclass(frozen=True, slots=True)
class LayerLimit:
    """One layer of the plant: what is installed, which fraction of it may be used, and how much it
    carries per W of IT.
    """

    name: str
    installed_w: float
    usable: float
    per_it: float
    """W through this layer per W of IT: the design day's PUE over the feeders' efficiency for a
    feed, 1 for a UPS."""

    @property
    def usable_it_w(self) -> float:
        """IT power that this layer allows."""
        return self.installed_w * self.usable / self.per_it


@dataclass(frozen=True, slots=True)
class Usable:
    """IT power that the plant allows, and the layers that allow no more (all within a
    millionth).
    """

    it_w: float
    binding: tuple[str, ...]


def tightest(layers: Sequence[LayerLimit]) -> Usable:
    """Which layer binds? ValueError without layers. Source: layers stand in series."""
    if not layers:
        raise ValueError("a plant has at least one layer")
    least = min(layer.usable_it_w for layer in layers)
    return Usable(
        least, tuple(layer.name for layer in layers if layer.usable_it_w <= least * (1 + 1e-6))
    )


def installed_needed_w(it_w: float, usable: float, per_it: float) -> float:
    """Capacity to install in a layer for an IT power, W; the inverse of
    `LayerLimit.usable_it_w`.
    """
    if not 0 < usable <= 1:
        raise ValueError("a usable fraction lies in (0, 1]")
    return it_w * per_it / usable


@dataclass(frozen=True, slots=True)
class Rows:
    """Racks in rows: power that whole racks can use, that these racks use, and that no rack can."""

    racks: int
    racks_per_row: int
    rows: int
    row_w: float
    rack_w: float

    @property
    def provided_w(self) -> float:
        """What the rows could deliver."""
        return self.rows * self.row_w

    @property
    def deployable_w(self) -> float:
        """What whole racks in these rows could use."""
        return self.rows * self.racks_per_row * self.rack_w

    @property
    def deployed_w(self) -> float:
        """What these racks use."""
        return self.racks * self.rack_w

    @property
    def stranded_w(self) -> float:
        """What no further rack can use, for a rack is larger."""
        return self.provided_w - self.deployable_w

    @property
    def open_w(self) -> float:
        """What further racks could use in the last row."""
        return self.deployable_w - self.deployed_w


def in_rows(racks: int, rack_w: float, row_w: float) -> Rows:
    """How do racks of one power fill rows of one power?

    Raises ValueError for no power, a negative count, or a rack larger than a row. Source: whole
    racks; a row is one power block.
    """
    if rack_w <= 0 or row_w <= 0 or racks < 0:
        raise ValueError("racks and rows have a power, and their number is not negative")
    per_row = math.floor(row_w / rack_w * (1 + 1e-12))
    if per_row < 1:
        raise ValueError(
            f"a rack of {rack_w / 1e3:.4g} kW does not fit a row of {row_w / 1e3:.4g} kW"
        )
    return Rows(racks, per_row, math.ceil(racks / per_row), row_w, rack_w)


def units_for_firm(needed: int, availability: float, target: float) -> int:
    """The least number of equal units of which `needed` run with at least the probability `target`.

    Args:
        needed: units that carry the load.
        availability: probability that one unit can run, independent of the others, in (0, 1].
        target: in (0, 1).

    Raises:
        ValueError: outside these bounds.

    Source: binomial distribution; units that fail together (fuel, weather) need more.
    """
    _checked(needed, availability, target)
    short, too_few, enough = _short(target), needed - 1, needed
    while _fewer_run(needed, enough, availability) > short:
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _fewer_run(needed, middle, availability) > short:
            too_few = middle
        else:
            enough = middle
    return enough


def margin_for_firm(most: int, availability: float, target: float) -> float:
    """Units that are missing at the worst moment from the mean that can run, for any number of them
    up to `most`.

    Of n ≤ most units at least `availability · n − margin` run with the probability `target`: the
    least margin for which that holds for every n, so that what is firm is linear in n and never too
    much. ValueError as in `units_for_firm`. Source: binomial distribution.
    """
    _checked(most, availability, target)
    if availability == 1.0:
        return 0.0
    short, margin, firm = _short(target), 0.0, 0
    # probability that no more than `firm` of the units run: above `short`, or one more would be
    # firm
    no_more = 1.0
    for units in range(1, most + 1):
        no_more -= availability * math.exp(_log_run(firm, units - 1, availability))
        while no_more <= short and firm < units:
            firm += 1
            no_more += math.exp(_log_run(firm, units, availability))
        margin = max(margin, availability * units - firm)
    return margin


def _checked(units: int, availability: float, target: float) -> None:
    if units < 1 or not 0 < availability <= 1 or not 0 < target < 1:
        raise ValueError("at least one unit, an availability in (0, 1] and a target in (0, 1)")


def _short(target: float) -> float:
    """Probability that may be missing; what rounding leaves decides no tie."""
    return (1.0 - target) * (1.0 + 1e-9)


def _log_run(running: int, units: int, availability: float) -> float:
    """Logarithm of the probability that exactly so many units run: factorials of thousands are
    larger than any float.
    """
    if not 0 <= running <= units:
        return -math.inf
    choices = math.lgamma(units + 1) - math.lgamma(running + 1) - math.lgamma(units - running + 1)
    return (
        choices + running * math.log(availability) + (units - running) * math.log1p(-availability)
    )


def _fewer_run(needed: int, units: int, availability: float) -> float:
    """Probability that fewer than `needed` of the units run: summed from its largest term down,
    relative to it.
    """
    if units < needed:
        return 1.0
    if availability == 1.0:
        return 0.0
    # the terms grow up to the mean: sum those above it instead
    if needed > (units + 1) * availability:
        return 1.0 - _summed(range(needed, units + 1), units, availability)
    return _summed(range(needed - 1, -1, -1), units, availability)


def _summed(terms: range, units: int, availability: float) -> float:
    """Σ of probabilities of numbers that lead away from the mean, until they add nothing."""
    odds = availability / (1.0 - availability)
    first = math.exp(_log_run(terms[0], units, availability))
    total = term = 1.0
    for running in terms[:-1]:
        up = (units - running) / (running + 1) * odds
        term *= up if terms.step > 0 else running / (units - running + 1) / odds
        total += term
        if term < 1e-17 * total:
            break
    return first * total


@dataclass(frozen=True, slots=True)
class Storage:
    """Power and energy that storage must be able to give or take."""

    power_w: float
    energy_mwh: float


def for_ramp(step_w: float, ramp_w_per_s: float) -> Storage:
    """Storage that turns a step of load into a ramp.

    Args:
        step_w: sudden change of load.
        ramp_w_per_s: change per second that the grid allows.

    Raises:
        ValueError: for a negative step or no ramp.

    Source: the triangle between step and ramp, ΔP · (ΔP / R) / 2; losses of the storage are not in
    it.
    """
    if step_w < 0 or ramp_w_per_s <= 0:
        raise ValueError("a step is not negative and a ramp is positive")
    return Storage(step_w, step_w**2 / (2.0 * ramp_w_per_s) / 3.6e9)


def for_swing(peak_to_peak_w: float, period_s: float, *, square: bool = True) -> Storage:
    """Storage that holds the grid's draw at the mean of a periodic swing.

    `peak_to_peak_w` in W, `period_s` in s; square wave or sine. ValueError for negative values.
    Source: integral of half a period.
    """
    if peak_to_peak_w < 0 or period_s < 0:
        raise ValueError("a swing has no negative size or period")
    joules = peak_to_peak_w * period_s * (0.25 if square else 1.0 / (2.0 * math.pi))
    return Storage(peak_to_peak_w / 2.0, joules / 3.6e9)
