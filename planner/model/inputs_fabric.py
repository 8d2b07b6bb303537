"""What do the rules see of networks that are bought by the switch?

Axes    F networks, each of one system at one site · K grades, by their number of tiers
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FabricInputs:
    """Networks of systems at sites."""

    names: tuple[str, ...]
    """`site/system`"""
    tiers: tuple[str, ...]
    """Names of the grades."""
    system: Ints
    """[F]"""
    site: Ints
    """[F]"""
    nodes: Floats
    """[F] per system"""
    exists: Bools
    """[F, K]"""
    holds_groups: Floats
    """[F, K] leaf groups that this many tiers hold, whatever the site could use."""
    most_groups: Floats
    """[F, K]"""
    nodes_per_group: Floats
    """[F, K]"""
    above_per_group: Floats
    """[F, K] switches above the leaves"""
    group_musd: Floats
    """[F, K] leaves of a group and the links above them"""
    above_musd: Floats
    """[F, K] one switch above the leaves"""
    path: tuple[str, ...]
