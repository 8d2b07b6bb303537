"""Crews as arrays."""

from __future__ import annotations

import numpy as np

from planner.arrays import MEGA
from planner.model.inputs_build import BuildInputs
from planner.scenario.case import Case


def build_of(case: Case) -> BuildInputs:
    """The crews of a case."""
    return BuildInputs(
        crews=tuple(crew.id for crew in case.crews),
        works=np.array([[site.id in crew.sites for site in case.sites] for crew in case.crews], dtype=bool).reshape(-1, len(case.sites)),
        it_mw=np.array([np.inf if crew.it_w is None else crew.it_w / MEGA for crew in case.crews], dtype=np.float64),
        racks=np.array([np.inf if crew.racks is None else crew.racks for crew in case.crews], dtype=np.float64),
    )
