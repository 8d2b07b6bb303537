"""Random small cases of sites that draw more than their connection, each of a seed: own generation,
storage, tariffs and carbon."""

from __future__ import annotations

from typing import Any

from planner.capabilities.generation.case import CaseSource
from planner.core.case import Case
from tests import builders as build
from tests.builders import curve, deployment, site, source, supply, system, tiny
from tests.properties import Draw

CURVES = [
    ((0.25, 1.0), (0.75, -1 / 3)),
    ((0.125, 1.0), (0.5, 0.0), (0.375, -1 / 3)),
    ((0.25, 1.0), (0.5, 0.0), (0.25, -1.0)),
]


def generation_cases(draw: Draw) -> Case:
    """One site, up to two machines whose loads leave hours below the connection, and what may stand
    beside it."""
    periods = draw.integer(1, 2)
    machines = []
    for name in ("a", "b")[: draw.integer(1, 2)]:
        mw = draw.integer(2, 8) / 4
        share = draw.one_of([0.5, 0.75])
        machines.append(
            system(
                name,
                mw=mw,
                peak_mw=mw * draw.one_of([share, 1.0]),
                average_mw=mw * share,
                price=draw.integer(1, 8) / 4,
            )
        )
    place = site(
        power=[draw.integer(0, 12) / 4 for _ in range(periods)],
        sizing=draw.one_of(["nameplate", "peak"]),
        energy=draw.one_of([0.0, 0.25, 0.5]),
        pue_peak=draw.one_of([1.0, 1.25]) if draw.chance(0.3) else None,
    )
    meter: dict[str, Any] = {
        "load_durations": [curve(*draw.one_of(CURVES[:2] if place["pue_peak_air"] > 1 else CURVES))]
    }
    if draw.chance(0.3):
        meter["tariffs"] = [
            build.tariff(
                draw.integer(1, 8) / 8,
                take=draw.one_of([0.0, 0.5]),
                ratchet=draw.one_of([0.0, 0.75]),
                back=1,
            )
        ]
    if draw.chance(0.5):
        total = draw.one_of([0.0, 5.0, 20.0])
        meter["carbon"] = [build.carbon([draw.one_of([0.0, 250.0])] * periods, total=total)]
    priced = draw.integer(1, 8) / 2
    return tiny(
        periods=periods,
        systems=machines,
        sites=[place],
        sources=_sources(draw),
        supply=[supply(machine["id"], cumulative=draw.integer(2, 6)) for machine in machines],
        demands=[deployment([draw.integer(2, 8) for _ in range(periods)], price=priced)],
        goals=[draw.one_of(["minimize cost", "minimize cost", "maximize accelerators"])],
        discount=draw.one_of([0.0, 0.1]),
        meter=meter,
    )


def _sources(draw: Draw) -> list[CaseSource]:
    own = []
    for name in ("g", "h")[: draw.integer(1, 2)]:
        own.append(
            source(
                name,
                kind=draw.one_of(["owned", "rented"]),
                unit=draw.one_of([0.5, 1.0, 2.0]),
                most=draw.integer(1, 5),
                firm=draw.one_of([0.5, 0.75, 1.0]),
                output=draw.one_of([0.25, 0.75, 1.0]),
                earliest=draw.one_of([0, 0, 1]),
                term=draw.one_of([None, 1]),
                capex=draw.one_of([0.0, 0.125]),
                energy=draw.one_of([0.0, 0.125, 0.75]),
                carbon=draw.one_of([0.0, 500.0]),
                spare=draw.one_of([0.0, 0.0, 0.75]),
            )
        )
    if draw.chance():
        hours, back = draw.one_of([2.0, 4.0, 8.0]), draw.one_of([0.75, 1.0])
        own.append(
            source(
                "b", kind="storage", most=3, hours=hours, capex=draw.one_of([0.0, 0.125]), back=back
            )
        )
    if draw.chance(0.25):
        own.append(source("step", kind="grid", most=1, capex=0.5))
    return own
