"""Lists of one to three objectives over two small sites that have a bit of everything: halls by the
MW, a fleet, turbines, a tariff."""

from __future__ import annotations

import copy
from typing import Any

from tests.drawn_files import File, amount
from tests.properties import Draw

QUARTERS = ("2027-Q1", "2027-Q2", "2027-Q3")
FORMATS = ("bf16", "fp8")
MONEY = ("cost", "capex", "peak_cash")

BASE: File = {
    "horizon": {"from": QUARTERS[0], "to": QUARTERS[-1]},
    "sites": [
        {
            "id": "here",
            "energy_price": "60 USD/MWh",
            "power": {QUARTERS[0]: "1 MW", QUARTERS[1]: "1.6 MW"},
            "construction": {"cost": "11 MUSD/MW"},
            "carbon": {"grid": "pjm"},
        },
        {
            "id": "there",
            "energy_price": "35 USD/MWh",
            "power": {QUARTERS[1]: "0.7 MW"},
            "carbon": {"grid": "ercot"},
        },
    ],
    "systems": [
        {"system": "hgx-h100", "lead_time": "0 days", "fit_out": "0 days"},
        {"system": "mi355x-server", "lead_time": "0 days", "fit_out": "0 days"},
    ],
    "solve": {"gap": "1 %", "time_limit": "2 s"},
}


def drawn_objectives(draw: Draw) -> File:
    """A scenario file with one to three objectives."""
    found: File = {"name": f"objectives {draw.seed}", **copy.deepcopy(BASE)}
    here, there = found["sites"]
    if draw.chance(0.4):
        here["construction"]["existing"] = amount(draw.real(0.1, 0.8), "MW")
    if draw.chance(0.2):
        here["construction"]["rate"] = amount(draw.real(0.3, 1.2), "MW/quarter")
    power_of(draw, here, there)
    fleet_of(draw, found)
    found["demands"] = demands_of(draw)
    found["budget"] = budget_of(draw)
    found["objective"] = objectives_of(draw, found["demands"])
    draw.note(str(found))
    return found


def power_of(draw: Draw, here: File, there: File) -> None:
    """A tariff and sources of the sites' own, or none."""
    if draw.chance():
        here["tariff"] = {
            "demand_charge": f"{draw.integer(2, 18)} USD/kW/month",
            "minimum_take": f"{draw.integer(0, 80)} %",
        }
        here["tariff"]["ratchet"] = f"{draw.integer(0, 80)} %"
    if draw.chance():
        here["sources"] = [
            {
                "source": draw.one_of(["mobile-turbine", "gas-engine"]),
                "id": "gas",
                "unit": "0.5 MW",
                "at_most": "1 MW",
            }
        ]
        here["sources"][0] |= {"lead_time": "0 days", "heat_rate": "9 MMBtu/MWh"}
    if draw.chance(0.3):
        there["sources"] = [
            {"source": "battery", "at_most": "0.5 MW", "unit": "0.1 MW", "lead_time": "0 days"}
        ]


def fleet_of(draw: Draw, found: File) -> None:
    """Machines that stand, and how new ones are bought, placed and moved."""
    if draw.chance():
        old = {
            "site": "here",
            "system": "dgx-a100-80gb",
            "units": f"{draw.integer(1, 60)} systems",
            "may_retire": draw.chance(),
        }
        found["fleet"] = [old | draw.one_of([{}, {"age": "2 years"}, {"retire_by": QUARTERS[2]}])]
    if draw.chance(0.3):
        found["systems"][0] |= {"down_payment": "30 %", "may_retire": True}
    if draw.chance(0.3):
        found["systems"][1] |= {
            "lead_time": "3 months",
            "fit_out": draw.one_of(["0 days", "3 months"]),
        }
    if draw.chance(0.3):
        found["fabric"] = {"topology": draw.one_of(["fat-tree", "rail-optimized"])}
    if draw.chance(0.2):
        found["moves"] = [{"system": "hgx-h100", "cost": "5 kUSD"}]
    if draw.chance(0.2):
        found["supply"] = [{"system": "hgx-h100", "lot": "3 systems"}]
    if draw.chance(0.2):
        found["crews"] = [{"sites": ["here", "there"], "rate": "0.7 MW/quarter"}]


def demands_of(draw: Draw) -> list[dict[str, Any]]:
    """Machines or work from some quarter on, hard or not; now and then none."""
    found: list[dict[str, Any]] = []
    at = draw.one_of(QUARTERS)
    if draw.chance(0.6):
        found.append(
            {
                "id": "machines",
                "kind": "deployment",
                "system": "hgx-h100",
                "need": {at: f"{8 * draw.integer(1, 60)} accelerators"},
            }
        )
        if draw.chance():
            found[-1]["sites"] = ["here"]
    if draw.chance(0.7):
        precision = draw.one_of(FORMATS)
        found.append(
            {
                "id": "work",
                "kind": "compute",
                "precision": precision,
                "need": {draw.one_of(QUARTERS): f"{draw.integer(5, 300)} PFLOP/s"},
            }
        )
    for number, demand in enumerate(found, start=1):
        price = {"machines": "3 USD/accelerator/hour", "work": "4 USD/EFLOP"}[demand["id"]]
        demand |= draw.one_of(
            [
                {},
                {},
                {"shortfall": price},
                {"priority": number},
                {"shortfall": price, "priority": number},
            ]
        )
    return found


def budget_of(draw: Draw) -> dict[str, Any]:
    """Ceilings that leave room for most of what is asked."""
    found: dict[str, Any] = {}
    if draw.chance():
        found["by_period"] = {
            quarter: amount(draw.real(4, 40), "MUSD") for quarter in sorted(draw.some(QUARTERS))
        }
    if draw.chance(0.3):
        found["cumulative"] = {draw.one_of(QUARTERS): amount(draw.real(10, 60), "MUSD")}
    found["total"] = amount(draw.real(8, 120), "MUSD")
    return found


def objectives_of(draw: Draw, demands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One to three different ones, with their tolerances; each priority of the demands among them,
    or none."""
    found: list[dict[str, Any]] = []
    for _ in range(draw.integer(1, 3)):
        one = (
            {"weighted": [part_of(draw, demands) for _ in range(2)]}
            if draw.chance(0.15)
            else aim_of(draw, demands)
        )
        if one not in found:
            found.append(one)
    said = {
        criterion.get("priority")
        for one in found
        for criterion in (one, *one.get("weighted", []))
        if criterion.get("minimize") == "shortfall"
    }
    if said and None not in said:
        missing = [
            demand["priority"] for demand in demands if demand.get("priority") not in (None, *said)
        ]
        found += [{"minimize": "shortfall", "priority": priority} for priority in missing]
    for one in found:
        if draw.chance():
            one["tolerance"] = draw.one_of(["0 %", "0.001 %", "0.5 %", "5 %"])
    return found


def part_of(draw: Draw, demands: list[dict[str, Any]]) -> dict[str, Any]:
    """A part of a weighted objective."""
    return aim_of(draw, demands) | {"weight": round(draw.real(0.1, 3), 2)}


def aim_of(draw: Draw, demands: list[dict[str, Any]]) -> dict[str, Any]:
    """What is to be most or least."""
    soft = [demand for demand in demands if "shortfall" in demand or "priority" in demand]
    what = draw.one_of(
        [
            *MONEY,
            "compute",
            "accelerators",
            "power",
            "energy",
            "carbon",
            "time",
            *(["shortfall"] if soft else []),
        ]
    )
    if what == "shortfall":
        priorities = [demand["priority"] for demand in soft if "priority" in demand]
        return {"minimize": "shortfall"} | draw.one_of(
            [{}, *({"priority": priority} for priority in priorities)]
        )
    if what == "time":
        reach = {"accelerators": f"{8 * draw.integer(1, 60)} accelerators"}
        return {"minimize": "time"} | draw.one_of(
            [
                reach,
                {"compute": f"{draw.integer(5, 300)} PFLOP/s", "precision": draw.one_of(FORMATS)},
            ]
        )
    found = {"maximize" if what in ("compute", "accelerators") else "minimize": what}
    if what == "compute" and draw.chance():
        found["precision"] = "fp8"
    if what in ("compute", "accelerators", "power") and draw.chance():
        found["at"] = draw.one_of(QUARTERS)
    return found
