"""Crews as arrays: C crews · L sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.arrays import MEGA, Bools, Floats
from planner.capabilities.crews.case import CrewsCase
from planner.core.case import Case
from planner.model.inputs import Arrays, InputsContext


@dataclass(frozen=True)
class BuildInputs:
    """Crews."""

    crews: tuple[str, ...]
    works: Bools
    """[C, L]"""
    it_mw: Floats
    """[C] critical IT commissioned in a period; inf: not limited."""
    racks: Floats
    """[C] racks that arrive in a period; inf: not limited."""


def build_of(case: Case) -> BuildInputs:
    """The crews of a case."""
    return BuildInputs(
        crews=tuple(crew.id for crew in case.of(CrewsCase).crews),
        works=np.array(
            [[site.id in crew.sites for site in case.sites] for crew in case.of(CrewsCase).crews],
            dtype=bool,
        ).reshape(-1, len(case.sites)),
        it_mw=np.array(
            [
                np.inf if crew.it_w is None else crew.it_w / MEGA
                for crew in case.of(CrewsCase).crews
            ],
            dtype=np.float64,
        ),
        racks=np.array(
            [np.inf if crew.racks is None else crew.racks for crew in case.of(CrewsCase).crews],
            dtype=np.float64,
        ),
    )


def parts(ctx: InputsContext) -> Iterator[object]:
    """Rates of crews."""
    yield build_of(ctx.case)


FACE = Arrays(parts)
