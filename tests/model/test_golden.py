"""The text of every row of a tiny case, per family; and that what the rule files document is what
they produce."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.capabilities.budget.constraints import add_money
from planner.capabilities.crews.constraints import add_crews
from planner.capabilities.demand.constraints import add_demand
from planner.capabilities.emissions.constraints import add_carbon, add_water
from planner.capabilities.fleet.constraints import add_fleet
from planner.capabilities.generation.constraints import add_sources
from planner.capabilities.generation.constraints_cover import add_cover
from planner.capabilities.halls.constraints import add_halls
from planner.capabilities.keeping.case import CaseKept, KeptDecision
from planner.capabilities.keeping.constraints import add_kept
from planner.capabilities.networks.constraints import add_fabric, add_networks
from planner.capabilities.objectives.constraints import add_objectives
from planner.capabilities.plant.constraints import add_layers
from planner.capabilities.sites.constraints import add_power, add_space
from planner.capabilities.sourcing.constraints import add_shares
from planner.capabilities.sourcing.constraints_survival import add_survival
from planner.capabilities.supply.constraints import add_supply
from planner.capabilities.utility.constraints import add_ramp, add_tariff
from planner.core.case import Case
from planner.model.family import Family, all_families
from planner.model.frame import Frame
from tests.builders import (
    at_least,
    budget,
    cap,
    capped,
    carbon_rules,
    compute,
    crew,
    curve,
    deployment,
    grade,
    hall,
    layer,
    model_of,
    move,
    network,
    on_order,
    power,
    qualify,
    rule,
    site,
    source,
    system,
    time_to,
    tiny,
    weighted,
)
from tests.builders import carbon as emits
from tests.builders import fleet as stands
from tests.builders import ramp as ramp_limit
from tests.builders import supply as allocation
from tests.builders import survival as survives
from tests.builders import tariff as bills
from tests.builders import water as cools
from tests.conftest import Golden
from tests.model.rows import show_rows

HERE = Path(__file__).parent / "golden"

METERED = [source("g", firm=0.5, carbon=500), source("step", kind="grid", unit=4, most=1)]
"""A source of which half is firm, and a step of the connection."""

NETWORKS = tiny(
    periods=2,
    systems=[system("a"), capped(system("a"), 0.5, 0.5), system("b", sites=["y"])],
    sites=[site("x", power=9), site("y")],
    fleet=[stands("a", 1, retire=True)],
    networks=[
        network(
            grade(1, most=4, per=4, mw=0.5, group=1),
            grade(2, per=2, mw=0.5, typical_mw=0.25, group=2),
            of=["a", "a-capped"],
        ),
        network(grade(2, per=2.5, mw=0.25), of="b", at="y"),
    ],
    demands=[power([0, 3])],
)
"""4 of a on one switch, or groups of 2 that draw as much, whether held to a cap or not; b's network
has one grade and is a share of the price."""

LEANS: dict[str, tuple[Family, ...]] = {
    "cover": (add_sources,),
    **dict.fromkeys(("tariff", "carbon", "ramp", "layers"), (add_sources, add_cover)),
    "halls": (add_networks,),
}
"""Families whose rows lean on those of others, which are then built before them and not shown."""

EVEN = ((0.25, 1.0), (0.5, 0.0), (0.25, -1.0))
"""A quarter of the hours at the highest load, and a quarter as far below the average."""

CASES: dict[str, tuple[Family, Case]] = {
    # a waits a period for its fit-out and two of it stand, of which one may be retired and both may
    # go to y; b stands there for a year
    "fleet": (
        add_fleet,
        tiny(
            periods=2,
            systems=[system("a", fit_out=1), system("b", sites=["y"], retire=True, lifetime=1)],
            sites=[site("x", power=3), site("y", power=3)],
            fleet=[stands("a", 1), stands("a", 1, retire=True)],
            moves=[move("a", transit=1)],
        ),
    ),
    # a arrives from the second period on, two at least; b in pairs, a year after its qualification
    # begins
    "supply": (
        add_supply,
        tiny(
            periods=3,
            systems=[
                system("a", lead=1),
                system("b"),
                on_order(system("b"), 3, at="y", when=1, paid=0.25),
            ],
            sites=[site("x"), site("y")],
            supply=[
                allocation("a", cumulative=[1, 2, 5], minimum=2),
                allocation("b", each=2, schedule=[4, 1, 4], lot=2),
            ],
            qualifications=[qualify("b", ["b"], time=1, cost=3)],
        ),
    ),
    # 2 MW IT with overhead, PUE 1.5 on the design day and a fifth lost before the meter: 3.75 MW; y
    # is sized by the peak, 1.5 MW IT
    "power": (
        add_power,
        tiny(
            periods=2,
            systems=[system("a", mw=1.6, peak_mw=1.1, overhead=0.25), system("b", mw=1)],
            sites=[
                site("x", power=[4, 8], pue=1.2, pue_peak=1.5),
                site("y", critical_it=6, sizing="peak"),
                site("z"),
            ],
            utility_loss=0.2,
        ),
    ),
    # a rented source with a temporary permit at x, an owned one, counted cells, a battery and a
    # step of the connection at the island y
    "sources": (
        add_sources,
        tiny(
            periods=3,
            systems=[system("a", average_mw=0.5), system("b", mw=2, sites=["y"])],
            sites=[
                site("x", power=[1, 2, 2], energy=1),
                site("y", power=0, energy=1),
                site("z", power=1),
            ],
            sources=[
                source(
                    "r",
                    kind="rented",
                    unit=2,
                    most=3,
                    firm=0.5,
                    term=2,
                    fixed=1,
                    permit=5,
                    permit_periods=2,
                    latest=1,
                ),
                source("o", at="y", most=4, output=0.75, earliest=1, capex=3, energy=0.5),
                source("step", at="y", kind="grid", unit=5, most=1, capex=2),
                source(
                    "cells", at="y", unit=0.5, most=8, firm=0.75, spare=2, earliest=2, output=0.75
                ),
                source("b", at="y", kind="storage", hours=2, earliest=2),
            ],
        ),
    ),
    # a draws 1 MW as x is sized, 0.5 MW in the mean; the battery keeps a fifth of what it takes
    "cover": (
        add_cover,
        tiny(
            periods=2,
            systems=[system("a", average_mw=0.5)],
            sites=[site("x", power=4), site("y", power=4)],
            sources=[
                *METERED,
                source("o", firm=0.75, spare=1, earliest=1, most=3),
                source("b", kind="storage", unit=2, most=2, hours=3, back=0.8),
                source("step", at="y", kind="grid", unit=5, most=1),
            ],
            meter={"load_durations": [curve(*EVEN)]},
        ),
    ),
    # a draws 0.75 MW at most; the step of the connection counts towards the contract of x; y has a
    # contract of its own
    "tariff": (
        add_tariff,
        tiny(
            periods=2,
            systems=[system("a", peak_mw=0.75, average_mw=0.5)],
            sites=[site("x", power=4), site("y", power=4), site("z", power=4)],
            sources=METERED,
            meter={
                "load_durations": [curve(*EVEN)],
                "tariffs": [
                    bills(2.0, take=0.5, ratchet=0.8, back=1),
                    bills(1.0, at="y", contract=[3, 6], take=0.5),
                ],
            },
        ),
    ),
    # 1 MW through a year of 8760 h at 1000 kg/MWh is 8.76 kt; the source emits half of that;
    # nothing is known of z
    "carbon": (
        add_carbon,
        tiny(
            periods=2,
            systems=[system("a", average_mw=0.5)],
            sites=[site("x", power=4), site("y", power=4), site("z", power=4)],
            sources=METERED,
            meter={
                "carbon": [emits([1000, 800], total=20, each={1: 9}), emits([500, 500], at="y")],
                "carbon_rules": carbon_rules(total=30, each={0: 12}, price=100),
            },
        ),
    ),
    # a is cooled by air, b by liquid
    "water": (
        add_water,
        tiny(
            periods=2,
            systems=[system("a", average_mw=0.5), system("b", liquid=1)],
            sites=[site("x", power=4), site("y", power=4)],
            meter={"water": [cools(1.0, 0.5, total=50, each={1: 20})]},
        ),
    ),
    # half of the draw comes at once behind 1 MW per hour; steps of up to 4 MW in eight parts
    "ramp": (
        add_ramp,
        tiny(
            systems=[system("a", peak_mw=0.75, average_mw=0.5)],
            sites=[site("x", power=8), site("y", power=4)],
            sources=[source("b", kind="storage", unit=2, hours=4)],
            meter={"ramps": [ramp_limit(0.5, 1, 4)]},
        ),
    ),
    # 3 MW in 4N/3 carry 2.25; the feed is spared by the source, the UPS is counted at IT power
    "layers": (
        add_layers,
        tiny(
            periods=2,
            systems=[system("a", overhead=0.25)],
            sites=[site("x", power=4, pue=1.5), site("y", power=4)],
            sources=METERED,
            meter={
                "layers": [layer("feed", [3, 6], needed=3, spare=1), layer("ups", [4, 4], copies=2)]
            },
        ),
    ),
    # half of a's own heat goes to liquid, its overhead to air
    "space": (
        add_space,
        tiny(
            systems=[system("a", overhead=0.25, liquid=0.5, racks=0.5), system("b", racks=2)],
            sites=[site("x", liquid=4, air=3, positions=5), site("y")],
        ),
    ),
    # two compute demands share machines, the deployment has none to share with
    "demand": (
        add_demand,
        tiny(
            periods=2,
            systems=[system("a", accelerators=4, pflops=8, mfu=0.5), system("b", pflops=3)],
            sites=[site("x"), site("y")],
            demands=[
                deployment([0, 6], of=["a"], at=["x"], price=2),
                compute([5, 9], name="train"),
                compute(2, name="serve", of=["b"], basis="peak", coherent=True),
                power([0, 4], "utility", "peak", name="campus", most=[None, 8]),
            ],
        ),
    ),
    # a and c are of one supplier; c's memory may be k's or m's
    "shares": (
        add_shares,
        tiny(
            periods=2,
            systems=[
                system("a", supplier="acme", upstream={"memory": ["k"]}),
                system("b", price=2, upstream={"memory": ["m"]}),
                system("c", supplier="acme", price=3, upstream={"memory": ["k", "m"]}),
                system("d", price=4, upstream={"memory": ["m"]}),
            ],
            sites=[site("x", power=10)],
            rules=[
                cap(0.6, windows=[(0, 0), (1, 1)]),
                at_least(2, meaningful=0.2, metric="power"),
                cap(0.5, metric="units", only="b"),
                rule("min_share", 0.25, level="memory", only="k"),
                rule("min_share", 0.4, metric="units", windows=[(0, 0)]),
                rule("max_suppliers", 1, level="memory", windows=[(1, 1)], metric="power"),
                rule("max_hhi", 0.625, level="memory", of="fleet"),
                rule("max_hhi", 0.5, metric="units"),
            ],
        ),
    ),
    # c and d must be left together; the memory of a may be k's or m's
    "survival": (
        add_survival,
        tiny(
            systems=[
                system("a", upstream={"memory": ["k", "m"]}),
                system("b", price=2, accelerators=4, upstream={"memory": ["k"]}),
            ],
            sites=[site("x"), site("y")],
            demands=[deployment(4, name="c"), deployment(8, name="d", at=["x"])],
            survive=[
                survives(of="c", serves=0.5),
                survives(of="d", serves=0.25),
                survives("memory", losses=2, lost=0.5, serves=0.25, metric="units"),
            ],
        ),
    ),
    # a hall is a year in building; half of a's heat goes to liquid, and the air-cooled hall carries
    # b alone; y is built by the MW. A quarter of a MW of network for every two of b stands where
    # there is room
    "halls": (
        add_halls,
        tiny(
            periods=2,
            systems=[system("a", liquid=0.5), system("b", racks=0.5)],
            sites=[site("x", existing_it=1, positions=2), site("y")],
            halls=[
                hall("wet", lead=1, cost=6, most=2),
                hall("dry", positions=4, liquid=0, carries={"b": 1.0}, cost=3),
            ],
            networks=[network(grade(mw=0.25), of="b")],
        ),
    ),
    "networks": (add_networks, NETWORKS),
    "fabric": (add_fabric, NETWORKS),
    # a stands on half a rack and may come from x to y, a period on its way; both sites share one
    # crew, and x has its own
    "crews": (
        add_crews,
        tiny(
            periods=2,
            systems=[system("a", racks=0.5), system("b", sites=["y"])],
            sites=[site("x", existing_it=1), site("y")],
            fleet=[stands("a", 1)],
            moves=[move("a", transit=1)],
            crews=[crew("x", mw=2, name="crew of x"), crew("x", "y", mw=3, racks=4)],
        ),
    ),
    # of 3 that stand one was retired in the first year, and 2 MW of halls were built
    "kept": (
        add_kept,
        tiny(
            periods=2,
            sites=[site("x")],
            fleet=[stands("a", 3, retire=True)],
        ).model_copy(
            update={
                "kept": CaseKept(
                    until=1,
                    plan="",
                    decisions=[
                        KeptDecision(block="retired", what="a,x,fleet.0", period="2025", value=1.0),
                        KeptDecision(block="built", what="x", period="2025", value=2.0),
                    ],
                )
            }
        ),
    ),
    # a is ordered a period ahead with a quarter down; 1 MW of halls stands at x, and a year-old a
    # in them that may be sold or moved
    "money": (
        add_money,
        tiny(
            periods=2,
            sites=[
                site("x", energy=1, construction=2, existing_it=1, rent=0.5, construction_budget=9),
                site("y", construction=3),
            ],
            systems=[
                system("a", price=4, down=0.25, lead=1, fabric=0.5),
                system("b", average_mw=0.5, retire=True),
            ],
            fleet=[stands("a", 1, retire=True, age=1, worth=4)],
            moves=[move("a", cost=0.5)],
            qualifications=[qualify("b", ["b"], time=1, cost=3)],
            worth=True,
            budget=budget(capex=20, total=30, by_period={1: 15}, cumulative={0: 8, 1: 18}),
            operations=0.25,
        ),
    ),
    # days to 3 accelerators, and to 2 PFLOP/s as a part of a weighted objective beside the highest
    # cash
    "objectives": (
        add_objectives,
        tiny(
            periods=2,
            systems=[system("a", accelerators=2, mfu=0.5), system("b", pflops=3)],
            goals=[
                time_to(accelerators=3),
                weighted((1, time_to(pflops=2)), (0.5, "minimize peak_cash")),
            ],
        ),
    ),
}


def frame_of(name: str) -> Frame:
    """The rows and flows of one family alone."""
    family, case = CASES[name]
    before = LEANS.get(name, ())
    frame = build(make_inputs(case), (*before, family)).frame
    hidden = tuple(
        "network." if one is add_networks else f"{one.__name__.removeprefix('add_')}."
        for one in before
    )
    for row in [row for row in frame.rows if before and row.startswith(hidden)]:
        del frame.rows[row]
    return frame


def text_of(name: str) -> str:
    return "\n".join(show_rows(frame_of(name))) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_rows_read_as_agreed(name: str, golden: Golden) -> None:
    golden(HERE / f"{name}.txt", text_of(name))


def test_every_family_has_its_text() -> None:
    names = sorted(family.__name__.removeprefix("add_") for family in all_families())
    assert names == sorted(CASES)
    assert all(
        CASES[name][0] is family
        for family in all_families()
        for name in [family.__name__.removeprefix("add_")]
    )


def section(text: str, title: str) -> set[str]:
    """Names that a docstring lists under `title`: the first word of its lines, up to the
    bracket."""
    lines = iter(text.splitlines())
    names = set()
    for line in lines:
        if line.startswith(title + " "):
            names.add(line[len(title) :].split()[0])
            break
    for line in lines:
        if not line.startswith(" "):
            break
        names.add(line.split()[0])
    return {match[0] for name in names if (match := re.match(r"[a-z]+(\.[a-z_]+)+(?=$|\[)", name))}


def documented(family: Family, title: str) -> set[str]:
    return section(inspect.getdoc(family) or "", title)


@pytest.mark.parametrize("name", CASES)
def test_documented_rows_are_the_produced_rows(name: str) -> None:
    assert {re.sub(r"(\.\d+)+$", "", row) for row in frame_of(name).rows} == documented(
        CASES[name][0], "Rows"
    )


@pytest.mark.parametrize("name", ["money", "sources", "tariff", "carbon", "fabric"])
def test_documented_flows_are_the_produced_flows(name: str) -> None:
    others = set().union(*(documented(family, "Flows") for family in LEANS.get(name, ())))
    assert {account.name for account in frame_of(name).flows} - others == documented(
        CASES[name][0], "Flows"
    )


def test_a_rich_case_has_no_row_that_is_not_documented() -> None:
    known = set().union(*(documented(family, "Rows") for family in all_families()))
    case = tiny(
        periods=2,
        systems=[
            system("a", upstream={"memory": ["k", "m"]}),
            system("b", liquid=0.5, upstream={"memory": ["m"]}),
            system("c", upstream={"memory": ["m"]}),
            on_order(system("c", upstream={"memory": ["m"]}), 1),
        ],
        sites=[
            site("x", power=9, critical_it=9, positions=9, liquid=9, air=9),
            site("y", power=9, existing_it=1, construction_budget=9),
        ],
        halls=[hall(at="y", most=1)],
        networks=[
            network(grade(most=2, mw=0.5, group=1), grade(2, mw=1, group=2), at="y"),
            network(grade(mw=0.25), of="b"),
        ],
        demands=[
            compute(1, name="c"),
            compute(1, name="e"),
            deployment(1, coherent=True),
            power(1, most=9),
        ],
        rules=[
            cap(0.6),
            at_least(2),
            rule("min_share", 0.1),
            rule("max_suppliers", 2),
            rule("max_hhi", 0.9),
        ],
        survive=[survives(of="c"), survives(of="e"), survives("memory", losses=2)],
        supply=[allocation("a", cumulative=5, each=3, schedule=[3, 3], minimum=2, lot=2)],
        qualifications=[qualify("b", ["b"], cost=1)],
        crews=[crew("x", mw=9, racks=9)],
        fleet=[stands("a", retire=True), stands("b", leaves=1), stands("b")],
        moves=[move("a", transit=1)],
        budget=budget(capex=50, total=50, by_period={0: 50}, cumulative={1: 50}),
        goals=["minimize cost", time_to(accelerators=1), "minimize peak_cash"],
        sources=[
            source(kind="rented", term=1, permit=5, permit_periods=1, spare=1),
            source("b", kind="storage", hours=1),
            source("own", at="y"),
            source("store", at="y", kind="storage", hours=1),
        ],
        meter={
            "tariffs": [bills(1.0, take=0.5, ratchet=0.5, back=1)],
            "carbon": [emits([1, 1], total=9, each={0: 9})],
            "carbon_rules": carbon_rules(total=9, each={0: 9}),
            "water": [cools(total=99, each={0: 99})],
            "ramps": [ramp_limit(0.5, 1, 4)],
            "layers": [layer("ups", [9, 9])],
        },
    )
    case = case.model_copy(update={"kept": CaseKept(until=1, plan="", decisions=[])})
    produced = {re.sub(r"(\.\d+)+$", "", row) for row in model_of(case).frame.rows}
    assert produced == known


def test_the_reader_of_docstrings_bites() -> None:
    text = (
        "Title\n\nRows    a.one[s]    x ≤ 1\n        a.two       y ≤ 2\n                    z "
        "of one.more is here\nAfter   a.three[t]  no\n"
    )
    assert section(text, "Rows") == {"a.one", "a.two"}
    assert section(text, "Flows") == set()
