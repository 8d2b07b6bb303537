"""What do the rules see of machines that leave: by whom they may be switched off, moved and sold, and when?

A stock is so many machines of one system that came together and stand at one site: a fleet entry at its site, the deliveries of one
period at theirs, or either of them where it may be moved to. Only stocks that may ever leave are listed.

Axes    P stocks · T periods
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats, Ints


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
    """[P] number of the stock that they first belonged to; their own for those that were not moved."""
    entry: Ints
    """[P] number of the fleet entry; -1 for what is bought."""
    delivered: Ints
    """[P] period of delivery; -1 for what stands at the start."""
    units: Floats
    """[P] what stands at the start; 0 for what is bought or was moved."""
    can_retire: Bools
    """[P, T] whether they may be switched off at the start of a period."""
    must_stay: Bools
    """[P] existing machines that the scenario does not let retire: a limit that a person could lift."""
    can_move: Bools
    """[P, T] whether they may leave their first site at the start of a period; only for stocks of moved machines."""
    lands: Ints
    """[P, T] period from which those run again that leave their first site at the start of a period; T where that lies beyond the horizon.
    For stocks that were not moved, the period itself."""
    move_musd: Floats
    """[P] cost of moving one."""
    leaves: Ints
    """[P] first period in which they must no longer run; -1: none."""
    sale_musd: Floats
    """[P, T] what one fetches when it is switched off at the start of a period."""
    end_musd: Floats
    """[P] what one is worth at the end of the horizon."""
