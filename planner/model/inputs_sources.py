"""What do the rules see of power sources?

Axes    K sources, named `site:id` · L sites · T periods · I steps of the load-duration curves, from the highest down
Units   power MW · money MUSD · energy as its mean over a period, MW
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.arrays import Bools, Floats, Ints


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
    spare_mw: Floats
    """[K] once taken off that where any of it is counted on."""
    connection_mw: Floats
    """[K] what it adds to the connection."""
    output_mw: Floats
    """[K] highest mean output over a period; 0 for what gives no energy of its own."""
    behind_meter: Bools
    """[K] whether its energy does not come through the connection."""
    covers: Bools
    """[K] whether a load above the connection may rest on it, which it then carries."""
    saves: Bools
    """[K] storage that may give in its place."""
    storage_mwh: Floats
    """[K] energy of a unit."""
    round_trip: Floats
    """[K] energy that storage gives over energy that it took."""
    share: Floats
    """[L, I] of the hours; 0 for a step that a site's curve does not have."""
    position: Floats
    """[L, I] where the load stands: 1 at the load that the site is sized by, 0 at its average."""
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

    @property
    def steps(self) -> tuple[str, ...]:
        """[I] their names."""
        return tuple(f"step {i + 1}" for i in range(self.share.shape[1]))

    @property
    def stands(self) -> Bools:
        """[K, T] whether any of it can stand by then, however short its term."""
        return np.logical_or.accumulate(self.can_start, axis=1)

    @property
    def feeds(self) -> Bools:
        """[K] whether it puts out energy."""
        return np.asarray(self.output_mw > 0, dtype=bool)


def no_sources(sites: int, periods: int) -> SourceInputs:
    """A question without sources."""
    none, table = np.zeros(0), np.zeros((0, periods))
    whole, yes = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return SourceInputs(
        names=(),
        site=whole,
        unit_mw=none,
        most=none,
        firm_mw=none,
        spare_mw=none,
        connection_mw=none,
        output_mw=none,
        behind_meter=yes,
        covers=yes,
        saves=yes,
        storage_mwh=none,
        round_trip=none,
        share=np.zeros((sites, 0)),
        position=np.zeros((sites, 0)),
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
    )
