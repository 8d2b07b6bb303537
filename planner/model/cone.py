"""A limit on the sum of squared shares, which no finite number of rows says: Σ_g q_g² ≤ H · (Σ_g q_g)².

With ‖q‖ the Euclidean length of what each name of a level has, the limit is ‖q‖ ≤ √H · Σ q. For every direction u of length 1,
u·q ≤ ‖q‖, so u·q ≤ √H · Σ q holds for every plan within the limit: a cut. The cut whose u points along a q beyond the limit takes that q
away, and cuts towards some directions are good from the start. Where a bundle may belong to several names, it is taken to belong, as a
whole, to the one that makes the sum of squares largest (which is convex, so that no split of it makes it larger).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

WITHIN = 1e-6
"""How far above its limit an index may be."""


@dataclass(frozen=True)
class Cone:
    """One limit on an index, in one window: columns of the volumes of each bundle, and which names each may belong to."""

    rows: str
    """Name of the block of rows that its cuts belong to."""
    window: str
    columns: tuple[Ints, ...]
    """By bundle: the columns that add up to its volume."""
    may: Bools
    """[G, B]"""
    most: float
    """H"""
    unit: str
    limit: tuple[str, str]
    says: str

    def coefficients(self, direction: Floats) -> Floats:
        """[B] of the cut towards a direction [G] of length 1: the worst name of each bundle, less √H."""
        worst = np.where(self.may, direction[:, None], -np.inf).max(axis=0)
        return np.asarray(worst - np.sqrt(self.most), dtype=np.float64)

    def worst(self, solution: Floats) -> tuple[float, Floats]:
        """(the index, [G] volumes) at a solution, each bundle with the name that makes the index largest; 0 where nothing is counted."""
        return self._worst(np.array([max(0.0, float(solution[columns].sum())) for columns in self.columns]))

    def index(self, volumes: Floats) -> float:
        """The index of volumes [B] of the bundles."""
        return self._worst(volumes)[0]

    def _worst(self, volume: Floats) -> tuple[float, Floats]:
        total = float(volume.sum())
        best = 0.0
        at: Floats = np.zeros(self.may.shape[0])
        if total <= 0.0:
            return best, at
        choices = [np.flatnonzero(self.may[:, b]) if volume[b] > 0 else self.may[:, b].nonzero()[0][:1] for b in range(len(volume))]
        for names in itertools.product(*choices):
            q = np.bincount(np.array(names, dtype=np.int64), weights=volume, minlength=self.may.shape[0]).astype(np.float64)
            index = float((q * q).sum()) / total**2
            if index > best:
                best, at = index, q
        return best, at


def directions(groups: int, most: float) -> Floats:
    """[C, G] where cuts stand from the start: around the middle, towards every name, every pair of names and every all-but-one.

    In the plane Σ w = 1 the limit is a sphere of radius √(H − 1/n) around the middle; each direction touches it.
    """
    middle = np.full(groups, 1.0 / groups)
    radius = np.sqrt(max(0.0, most - 1.0 / groups))
    found: list[Floats] = []
    sizes = {1, 2, groups - 1} if groups > 4 else set(range(1, groups))
    for size in sorted(sizes & set(range(1, groups))):
        for members in itertools.combinations(range(groups), size):
            towards = np.zeros(groups)
            towards[list(members)] = 1.0 / size
            away = towards - middle
            point = middle + radius * away / np.linalg.norm(away)
            found.append(point / np.linalg.norm(point))
    return np.array(found).reshape(-1, groups)
