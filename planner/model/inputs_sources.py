"""What do the rules see of power sources?

Axes    K sources, named `site:id` · L sites · T periods
Units   power MW · money MUSD · energy as its mean over a period, MW
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SourceInputs:
    """Every source that may be added, per unit of it."""

    names: tuple[str, ...]
    site: Ints
    """[K]"""
    unit_mw: Floats
    """[K] nameplate."""
    most: Floats
    """[K] units that may stand at once."""
    firm_mw: Floats
    """[K] may be drawn on at any moment besides the connection; of a connection, all of it."""
    connection_mw: Floats
    """[K] what it adds to the connection."""
    output_mw: Floats
    """[K] highest mean output over a period; 0 for what gives no energy of its own."""
    behind_meter: Bools
    """[K] whether its energy does not come through the connection."""
    can_start: Bools
    """[K, T]"""
    term: Ints
    """[K] periods that a unit runs from its start; T or more: to the end."""
    permit_mw: Floats
    """[K] nameplate that may stand at once without more paper; inf: any."""
    permit_periods: Ints
    """[K] longest stretch in periods; 0: no such limit."""
    capex_musd: Floats
    """[K]"""
    kept: Floats
    """[K, T] share of its cost that a unit started in a period is worth at the end."""
    fixed_musd: Floats
    """[K, T] upkeep or rent of a unit through a period."""
    owed_musd: Floats
    """[K, T] rent that a start in a period still owes when the horizon ends."""
    energy_musd: Floats
    """[K, T] of 1 MW put out through a period: fuel and upkeep, or the contract's price."""
    spared_musd: Floats
    """[K, T] what the grid then need not be paid."""
    path: tuple[str, ...]
    """[K] in the scenario."""

    @property
    def feeds(self) -> Bools:
        """[K] whether it puts out energy."""
        return np.asarray(self.output_mw > 0, dtype=bool)


def no_sources(periods: int) -> SourceInputs:
    """A question without sources."""
    none, table = np.zeros(0), np.zeros((0, periods))
    whole, yes = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return SourceInputs(
        names=(),
        site=whole,
        unit_mw=none,
        most=none,
        firm_mw=none,
        connection_mw=none,
        output_mw=none,
        behind_meter=yes,
        can_start=np.zeros((0, periods), dtype=bool),
        term=whole,
        permit_mw=none,
        permit_periods=whole,
        capex_musd=none,
        kept=table,
        fixed_musd=table,
        owed_musd=table,
        energy_musd=table,
        spared_musd=table,
        path=(),
    )
