"""Scenario files that are drawn: real products under power, cooling, space, supply, money and
shares, as text that the planner reads.

What is drawn is the file and not the case, so that what the catalog brings (networks by grade among
it) is part of the question.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from planner.pipeline import Answered, Options, answer
from planner.scenario.load import Loaded
from planner.solver.engine import Engine
from planner.solver.run import ObjectiveResult
from tests.properties import Draw, proven
from tests.scenario.sample import catalog, load

PRODUCTS = ("hgx-h100", "gb200-nvl72", "mi355x-server", "mi450-helios", "tpu-v7-cube")
UNKNOWN = "tpu-v6e-host"
"""Its scale-out bandwidth was not published, so what stands around it is a share of its nameplate;
nor was its rating."""
QUARTERS = ("2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4")
GOALS = ("compute", "accelerators", "cost")
FLOATING = "{:.6g}"

File = dict[str, Any]


def between(draw: Draw, low: float, high: float) -> float:
    """Anything between, as likely small as large."""
    return math.exp(draw.real(math.log(low), math.log(high)))


def amount(value: float, unit: str) -> str:
    """`12.5 MW`."""
    return f"{FLOATING.format(value)} {unit}"


def number(text: str) -> float:
    """The number of an amount."""
    return float(text.split()[0])


def drawn_file(draw: Draw, goal: str | None = None) -> File:
    """A scenario of one to three products at one or two sites."""
    names = draw.some(PRODUCTS, most=3)
    if draw.chance(0.2):
        names[-1] = UNKNOWN
    last = draw.integer(1, 3)
    sites = [site_of(draw, name, last) for name in ("here", "there")[: draw.integer(1, 2)]]
    found: File = {
        "name": f"drawn {draw.seed}",
        "horizon": {"from": QUARTERS[0], "to": QUARTERS[last]},
        "sites": sites,
        "systems": [{"system": name, "lead_time": "0 days", "fit_out": "0 days"} for name in names],
        "solve": {"gap": "0.1 %", "time_limit": "20 s"},
    }
    for entry in found["systems"]:
        if entry["system"] == UNKNOWN:
            entry["nameplate"] = "5 kW"
    mw = sum(max(number(power) for power in place["power"].values()) for place in sites)
    allotted = [name for name in names if draw.chance(0.25)]
    if allotted:
        found["supply"] = [
            {"system": name, "by": {QUARTERS[0]: amount(allotment(draw, name, mw), "systems")}}
            for name in allotted
        ]
    if draw.chance(0.25):
        found["budget"] = {"capex": amount(mw * between(draw, 8, 50), "MUSD")}
    makers = {catalog().systems[name].supplier for name in names}
    if len(makers) > 1 and draw.chance(0.4):
        share = draw.integer(100 // len(makers) + 5, 90)
        found["diversification"] = [
            {
                "level": "supplier",
                "metric": draw.one_of(["spend", "power", "units"]),
                "max_share": f"{share} %",
            }
        ]
    wanted = goal or draw.one_of(GOALS)
    found["objective"] = [{"minimize": "cost"}] if wanted == "cost" else [{"maximize": wanted}]
    if wanted == "cost":
        found["demands"] = [demand_of(draw, names, sites, last)]
    return found


def site_of(draw: Draw, name: str, last: int) -> File:
    """A site of 0.2 to 60 MW, in one step or two; some are tight in other ways."""
    first = between(draw, 0.2, 60)
    found: File = {
        "id": name,
        "energy_price": f"{draw.integer(20, 90)} USD/MWh",
        "power": {QUARTERS[0]: amount(first, "MW")},
    }
    if draw.chance(0.3):
        found["power"][QUARTERS[draw.integer(1, last)]] = amount(first * draw.real(1.1, 3), "MW")
    most = max(number(power) for power in found["power"].values())
    if draw.chance(0.25):
        found["critical_it"] = {QUARTERS[0]: amount(most * draw.real(0.4, 0.9), "MW")}
    if draw.chance(0.25):
        found["positions"] = {QUARTERS[0]: f"{max(2, round(most * between(draw, 5, 40)))} racks"}
    if draw.chance(0.4):
        found["cooling"] = {
            kind: amount(most * draw.real(0.1, 0.9), "MW") for kind in draw.some(["liquid", "air"])
        }
    if draw.chance(0.3):
        found["pue"] = {"annual": 1.15, "peak": 1.25}
    return found


def rating_mw(name: str) -> float:
    """MW of one system's rating."""
    rating = catalog().systems[name].power.nameplate_w
    return 5e-3 if rating is None else rating.value / 1e6


def allotment(draw: Draw, name: str, mw: float) -> int:
    """Systems that take from a twentieth of the power to more than all of it."""
    return max(1, round(mw / rating_mw(name) * between(draw, 0.05, 1.2)))


def demand_of(draw: Draw, names: list[str], sites: list[File], last: int) -> File:
    """What some of the power of some of the machines would do, from some quarter on."""
    at = draw.integer(0, last)
    mw = sum(number(place["power"][QUARTERS[0]]) for place in sites)
    machine = catalog().systems[draw.one_of(names)]
    chip = catalog().accelerators[machine.accelerator]
    rate = chip.peak_flop_s.at("bf16")
    assert rate is not None
    count = mw / rating_mw(machine.id) * draw.real(0.05, 0.5) * machine.accelerators.value
    return {
        "id": "work",
        "kind": "compute",
        "precision": "bf16",
        "need": {QUARTERS[at]: amount(max(1.0, count * rate.value / 1e15 * 0.3), "PFLOP/s")},
    }


def read(file: File, *overrides: str) -> Loaded:
    """The file as the planner reads it."""
    return load(yaml.safe_dump(file, sort_keys=False), overrides)


def solved(file: File, engine: Engine, *, gap: float | None = None) -> Answered:
    """The proven plan of a file, audited. Raises `InfeasibleError`, or `NoWord` where the time was
    not enough."""
    found = answer(read(file), engine, Options(gap=gap, remedies_s=0.0))
    proven(found.outcome.status)
    return found


def first_goal(found: Answered) -> ObjectiveResult:
    """The first objective, with its bound."""
    goal = found.outcome.objectives[0]
    assert goal.bound is not None
    return goal


@dataclass(frozen=True)
class Ceiling:
    """A number of a file that may be raised: where it stands."""

    kind: str
    path: tuple[str | int, ...]

    @property
    def limit(self) -> str:
        """How the paths of the plan's limits begin that it stands behind."""
        return ".".join(
            str(step)
            for step in self.path[: 2 if self.kind in ("allocation", "budget", "share") else 3]
        )

    def raised(self, file: File, by: float) -> File:
        """The file with so many more of it."""
        found = copy.deepcopy(file)
        place: Any = found
        for step in self.path[:-1]:
            place = place[step]
        value, _, unit = place[self.path[-1]].partition(" ")
        more = float(value) + by
        if unit in ("systems", "racks"):
            more = math.ceil(more)
        if unit == "%":
            more = min(100.0, more)
        place[self.path[-1]] = amount(more, unit)
        return found

    def amount(self, file: File) -> float:
        """What stands there."""
        place: Any = file
        for step in self.path:
            place = place[step]
        return number(place)


def ceilings(file: File) -> Iterator[Ceiling]:
    """Everything that can be raised in a file."""
    for i, place in enumerate(file["sites"]):
        for kind in ("power", "critical_it", "positions", "cooling"):
            for key in place.get(kind, ()):
                if kind == "power" and key != max(place[kind]):
                    continue  # what comes later would be less than it
                yield Ceiling(kind, ("sites", i, kind, key))
    for i, entry in enumerate(file.get("supply", ())):
        yield Ceiling("allocation", ("supply", i, "by", next(iter(entry["by"]))))
    if "budget" in file:
        yield Ceiling("budget", ("budget", "capex"))
    for i, _ in enumerate(file.get("diversification", ())):
        yield Ceiling("share", ("diversification", i, "max_share"))
