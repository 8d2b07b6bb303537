"""Fuel stores as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.arrays import MEGA, Floats, Ints
from planner.model.inputs import Arrays, InputsContext
from tests.sample_capability.case import FuelStoresCase


@dataclass(frozen=True)
class FuelStoreInputs:
    """Axis F stores."""

    sites: tuple[str, ...]
    site: Ints
    """[F]"""
    m3_per_mw: Floats
    """[F]"""
    most_m3: Floats
    """[F]"""
    cost_musd: Floats
    """[F] per m3"""


def parts(ctx: InputsContext) -> Iterator[object]:
    """Stores."""
    own = ctx.case.of(FuelStoresCase).fuel_stores
    yield FuelStoreInputs(
        sites=tuple(store.site for store in own),
        site=np.array([ctx.place[store.site] for store in own], dtype=np.int64),
        m3_per_mw=np.array([store.m3_per_mw for store in own]),
        most_m3=np.array([store.most_m3 for store in own]),
        cost_musd=np.array([store.cost_usd_per_m3 / MEGA for store in own]),
    )


FACE = Arrays(parts)
