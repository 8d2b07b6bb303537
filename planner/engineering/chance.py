"""How likely is a draw to turn out above a limit, where its figures are known by ranges?

Every figure is read as `engineering/uncertain.py` reads it: its low and high are its 10 % and 90 %
points, each side half of a normal distribution, and one figure says nothing of another. What each
does to the draw (`Band.by_factor`) is taken as straight on either side, so that the draw is a sum
of independent terms, whose distribution is the convolution of theirs. It is worked out on a grid by
Fourier transform: no numbers are drawn, and the same question has the same answer.

`tests/engineering/test_chance.py` holds it against chains in which all figures were drawn.
"""

from __future__ import annotations

from math import erf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from planner.engineering.uncertain import Band

Z90 = NormalDist().inv_cdf(0.9)
"""The 90 % point of the standard normal, in standard deviations."""
POINTS = 4096
NOTHING = 1e-9
"""Share of the grid below which a figure does nothing."""
REACH = 8.0
"""Standard deviations to either side of the mean that the grid holds."""


def chance_above(band: Band, limit: float) -> float | None:
    """The chance, from 0 to 1, that a value turns out above a limit in the same unit; None where no
    range of it is known.
    """
    scales = [(low / Z90, high / Z90) for _, low, high in band.by_factor]
    if not scales:
        return None
    reach = REACH * sqrt(sum(max(abs(a), abs(b)) ** 2 for a, b in scales)) + sum(
        abs(a + b) / 2.0 for a, b in scales
    )
    step = 2.0 * reach / POINTS
    places = (np.arange(POINTS) - POINTS // 2) * step
    product = np.ones(POINTS // 2 + 1, dtype=complex)
    for a, b in scales:
        edges = np.append(places, places[-1] + step) - step / 2.0
        below = (_below(a, edges) + _below(b, edges)) / 2.0
        product *= np.fft.rfft(np.fft.ifftshift(np.diff(below)))
    mass = np.maximum(0.0, np.fft.fftshift(np.fft.irfft(product, POINTS)))
    # the mass of a place lies evenly over its step
    share = np.clip((places + step / 2.0 - (limit - band.value)) / step, 0.0, 1.0)
    return float(np.clip((mass * share).sum(), 0.0, 1.0))


def _below(scale: float, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The chance that `scale` times the size of a standard normal is at most so much."""
    if abs(scale) <= NOTHING * (at[-1] - at[0]):
        return (at >= 0.0).astype(float)
    within = np.array([erf(x) for x in np.maximum(at / scale, 0.0) / sqrt(2.0)])
    return within if scale > 0.0 else 1.0 - within
