"""Random small cases, each of a seed. Figures are multiples of a quarter, so that no limit is met
by a hair."""

from __future__ import annotations

import itertools
from typing import Any

from planner.capabilities.fleet.case import CaseFleet, CaseMove
from planner.capabilities.generation.case import CaseLoadDuration, CaseSource
from planner.capabilities.networks.case import CaseNetwork
from planner.capabilities.objectives.case import CaseObjective
from planner.core.case import Case, CaseSystem
from tests import builders as build
from tests.builders import (
    budget,
    capped,
    compute,
    crew,
    deployment,
    fleet,
    goal,
    grade,
    hall,
    move,
    network,
    on_order,
    power,
    qualify,
    rule,
    site,
    source,
    supply,
    survival,
    system,
    time_to,
    tiny,
    weighted,
)
from tests.properties import Draw

POWERS, ORDERS = 50_000_000, 90_000_000
SHARES = [0.25, 0.4, 0.5, 0.6, 0.75]


def quarters(draw: Draw) -> float:
    """A quarter to six."""
    return draw.integer(1, 24) / 4


def few(draw: Draw) -> int:
    """Up to four."""
    return draw.integer(0, 4)


def systems_of(draw: Draw, count: int, places: list[str]) -> list[dict[str, Any]]:
    """Systems of up to three suppliers and two software stacks."""
    result = []
    for i in range(count):
        nameplate = quarters(draw)
        lead = draw.one_of([0, 0, 1, 0.2])
        result.append(
            system(
                f"s{i}",
                supplier=draw.one_of(["p", "q", "r"]),
                software=draw.one_of(["one", "two"]),
                accelerators=draw.integer(1, 4),
                mw=nameplate,
                peak_mw=nameplate * draw.one_of([0.75, 1.0]),
                average_mw=nameplate * draw.one_of([0.5, 0.75]),
                overhead=draw.one_of([0.0, 0.25]),
                liquid=draw.one_of([0.0, 0.5, 1.0]),
                racks=draw.one_of([0.5, 1.0, 2.0]),
                price=quarters(draw),
                fabric=draw.one_of([0.0, 0.25]),
                down=draw.one_of([0.0, 0.5]),
                lead=lead,
                fit_out=draw.one_of([0, 0, 1, 0.15]),
                latest=draw.one_of([0, 1, 9, 9]) if draw.chance() else 9,
                pflops=quarters(draw),
                mfu=draw.one_of([0.5, 1.0]),
                sites=draw.some(places) if draw.chance() else None,
                upstream={"memory": draw.some(["k", "m", "s"], most=2)},
                retire=draw.one_of([False, False, False, True]),
            )
        )
        if draw.integer(0, 5) == 0:
            result[-1]["lifetime_days"] = result[-1]["fit_out_days"] + draw.integer(1, 2)
    return result


def fleet_of(
    draw: Draw, names: list[str], places: list[str], periods: int
) -> tuple[list[CaseFleet], list[CaseMove]]:
    """Machines that stand, some of an age, some that must go, and ways to the other site."""
    stands = []
    for name in names:
        if draw.integer(0, 3) == 0:
            aged = draw.chance()
            stands.append(
                fleet(
                    name,
                    draw.integer(1, 2),
                    at=draw.one_of(places),
                    retire=draw.one_of([True, True, True, False]),
                    age=quarters(draw) if aged else None,
                    worth=quarters(draw) if aged else 0.0,
                    leaves=draw.integer(0, periods - 1) if draw.integer(0, 4) == 0 else None,
                )
            )
    ways = [
        move(
            name,
            origin,
            destination,
            cost=draw.one_of([0.0, 0.25]),
            transit=draw.one_of([0, 1, 0.2]),
        )
        for name in names
        for origin, destination in itertools.permutations(places, 2)
        if draw.integer(0, 7) == 0
    ]
    return stands, ways


def sites_of(draw: Draw, places: list[str], periods: int) -> list[dict[str, Any]]:
    """Sites with power that may arrive in steps."""

    def steps(most: int) -> list[float]:
        last = draw.integer(most // 2, most) / 4
        return [
            *([draw.one_of([0.0, last / 2, last])] if periods > 1 else []),
            *[last] * max(1, periods - 1),
        ]

    return [
        site(
            name,
            power=steps(120),
            critical_it=steps(90) if draw.chance() else None,
            positions=draw.integer(3, 12) if draw.chance() else None,
            liquid=6 + quarters(draw) if draw.chance() else None,
            air=6 + quarters(draw) if draw.chance() else None,
            sizing=draw.one_of(["nameplate", "peak"]),
            pue=draw.one_of([1.0, 1.25]),
            pue_peak=1.5,
            energy=draw.one_of([0.0, 0.25]),
            construction=draw.one_of([0.0, 0.5]),
            existing_it=draw.one_of([0.0, 2.0, None]),
            rent=draw.one_of([0.0, 0.125]),
            construction_budget=quarters(draw) * 2 if draw.integer(0, 5) == 0 else None,
            region=draw.one_of(["east", "west"]),
        )
        for name in places
    ]


LEVELS = ("supplier", "software", "memory", "site", "region")


def halls_of(
    draw: Draw, places: list[str], machines: list[dict[str, Any]], periods: int
) -> list[dict[str, Any]]:
    """Halls at some of the sites, most often at none, of kinds that carry some machines or all."""
    result = []
    for place in places:
        for i in range(draw.one_of([0, 0, 0, 1, 2])):
            size = draw.integer(8, 32) / 4
            carried = {
                m["id"]: m["racks"] * draw.one_of([1.0, 2.0])
                for m in machines
                if draw.integer(0, 3)
            }
            result.append(
                hall(
                    f"h{i}",
                    at=place,
                    mw=size,
                    positions=draw.integer(2, 8) if draw.chance() else None,
                    liquid=size * draw.one_of([0.0, 0.5, 1.0]),
                    air=size * draw.one_of([0.25, 0.5, 1.0]),
                    carries=carried,
                    cost=quarters(draw),
                    lead=draw.one_of([0, 0, 1]),
                    earliest=draw.one_of([0, 0, 1]),
                    most=draw.one_of([0, 1, 2, 3]) if draw.chance() else None,
                )
            )
    return result


def networks_of(draw: Draw, places: list[str], machines: list[dict[str, Any]]) -> list[CaseNetwork]:
    """A network that draws, costs, or both, of up to two grades; most often none, and two at most:
    each doubles what is tried."""
    result = list[CaseNetwork]()
    for place in places:
        for machine in machines:
            if (
                machine["sites"] not in (None, places)
                or machine.get("variant_of")
                or draw.integer(0, 4)
                or len(result) == 2
            ):
                continue
            costs, draws = draw.one_of([(0.0, 1.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
            most, few, many = draw.integer(1, 3), draw.one_of([1.0, 2.0]), draw.one_of([1.5, 2.0])
            mw, usd = draw.one_of([0.125, 0.25]), quarters(draw) / 4
            small = grade(
                1, most=most, per=few, mw=draws * mw, typical_mw=draws * mw / 2, group=costs * usd
            )
            large = grade(
                2,
                per=many * few,
                mw=draws * (2 * many * mw),
                typical_mw=draws * many * mw,
                group=costs * (many * usd + 0.25),
            )
            links = draws * draw.one_of([0.0, 0.0625])
            grades = draw.one_of([(large,), (small, large)])
            bought = machine["may_buy"]
            kind = [m["id"] for m in machines if machine["id"] in (m["id"], m.get("variant_of"))]
            each = costs * draw.one_of([0.0, 0.25]) if bought else 0.0
            result.append(
                network(*grades, of=kind, at=place, each=each, links_mw=links).model_copy(
                    update={"bought": bool(costs and bought)}
                )
            )
    return result


def surrounded(draw: Draw, systems: list[CaseSystem]) -> list[CaseSystem]:
    """Now and then one product has storage and management beside it, which draw as much when it is
    held to a cap."""
    if draw.integer(0, 3):
        return systems
    name = draw.one_of([s.product for s in systems])
    beside = {
        "storage_w": draw.one_of([0.0, 0.25]) * build.MEGA,
        "management_w": 0.125 * build.MEGA,
    }
    return [s.model_copy(update=beside) if s.product == name else s for s in systems]


def rules_of(draw: Draw, periods: int, groups: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Up to two rules of any kind, of what is bought or of what is in service."""
    result = []
    for _ in range(draw.one_of([0, 0, 1, 2])):
        level = draw.one_of(["supplier", "supplier", *LEVELS])
        windows = draw.one_of(
            [
                None,
                [(t, t) for t in range(periods)],
                [(0, t) for t in range(periods)],
                [(t, t + 1) for t in range(periods - 1)] or None,
            ]
        )
        common: dict[str, Any] = dict(
            metric=draw.one_of(["spend", "power", "units", "compute"]),
            level=level,
            windows=windows,
            of=draw.one_of(["purchases", "purchases", "fleet"]),
        )
        several = len(groups[level]) > 1
        kind = draw.one_of(
            ["max_share", "max_share", "min_share", "min_suppliers", "max_suppliers", "max_hhi"]
        )
        if kind == "max_share" or not several:
            only = draw.one_of([None, *sorted(groups[level])])
            result.append(
                rule(
                    "max_share",
                    draw.one_of(SHARES) if only or several else 1.0,
                    only=only,
                    **common,
                )
            )
        elif kind == "min_share":
            only = draw.one_of([None, *sorted(groups[level])])
            if (
                only is None
            ):  # the second formulation tries every choice of who is used, in every window
                common |= {"windows": None, "of": "purchases"}
            result.append(rule("min_share", draw.one_of([0.1, 0.25, 0.4]), only=only, **common))
        elif kind == "min_suppliers":
            result.append(
                rule("min_suppliers", 2, meaningful=draw.one_of([0.1, 0.25, 0.4]), **common)
            )
        elif kind == "max_suppliers":
            result.append(rule("max_suppliers", draw.integer(1, 2), **common))
        else:
            result.append(rule("max_hhi", draw.one_of([0.4, 0.55, 0.7, 0.85]), **common))
    return result


def priced_of(draw: Draw, soft: bool, common: dict[str, Any]) -> bool:
    """Whether what is missing has a price: a demand with a priority may do without one."""
    return soft and not ("priority" in common and draw.chance())


def demands_of(
    draw: Draw, names: list[str], places: list[str], periods: int, *, priced: bool | None
) -> list[dict[str, Any]]:
    """Up to three demands, of both kinds, hard or priced."""
    result = []
    for i in range(draw.one_of([0, 1, 1, 2, 3])):
        soft = draw.one_of([True, True, False]) if priced is None else priced
        need = [draw.integer(1, 8) for _ in range(periods)]
        common: dict[str, Any] = dict(
            name=f"d{i}",
            need=need if soft else [*[0] * (periods - 1), need[-1]],
            of=draw.some(names) if draw.chance() else None,
            at=draw.some(places) if draw.chance() else None,
            coherent=draw.integer(0, 4) == 0,
        )
        if soft and draw.integer(0, 3) == 0:
            common["priority"] = draw.integer(1, 2)
        if draw.chance():
            result.append(
                deployment(
                    **common, price=quarters(draw) if priced_of(draw, soft, common) else None
                )
            )
        else:
            result.append(
                compute(
                    **common,
                    price=quarters(draw) * 25 if priced_of(draw, soft, common) else None,
                    basis=draw.one_of(["delivered", "peak"]),
                )
            )
    return result


def powers_of(
    draw: Draw, names: list[str], places: list[str], periods: int, *, priced: bool | None
) -> list[dict[str, Any]]:
    """Now and then a demand for what machines draw, at any basis and load that racks have, and a
    limit of it; no amount is met by a hair."""
    if not draw.chance(0.3):
        return []
    soft = draw.one_of([True, False]) if priced is None else priced
    last = draw.integer(1, 6) + 0.37
    most = draw.one_of([None, None, last + draw.integer(0, 6)])
    return [
        power(
            [last] * periods if soft else [*[0] * (periods - 1), last],
            *draw.one_of(
                [
                    ("it", "nameplate"),
                    ("it", "peak"),
                    ("facility", "nameplate"),
                    ("utility", "average"),
                    ("utility", "peak"),
                    ("rack", "peak"),
                ]
            ),
            of=draw.some(names) if draw.chance() else None,
            at=draw.some(places) if draw.chance() else None,
            price=quarters(draw) if soft else None,
            most=most,
        )
    ]


def survivals_of(draw: Draw, demands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to two losses to survive, now and then the same one for several demands."""
    result = []
    names = [d["id"] for d in demands if not d["coherent"] and d["kind"] != "power"]
    level, losses = draw.one_of(LEVELS), draw.one_of([1, 1, 2])
    for _ in range(draw.one_of([0, 0, 0, 1, 1, 2])):
        if draw.integer(0, 2) == 0:
            level, losses = draw.one_of(LEVELS), 1
        subject = draw.one_of([None, *names, *names])
        common: dict[str, Any] = dict(
            losses=losses, lost=draw.one_of([1.0, 1.0, 0.5]), serves=draw.one_of([0.25, 0.5, 1.0])
        )
        if subject is None:
            common |= {
                "metric": draw.one_of(["compute", "units", "power"]),
                "serves": draw.one_of([0.1, 0.25, 0.5]),
            }
        result.append(survival(level, of=subject, **common))
    return result


def sources_of(draw: Draw, places: list[str], periods: int) -> list[CaseSource]:
    """Up to two power sources of any kind, often none."""
    result = []
    for i in range(draw.one_of([0, 0, 0, 1, 2])):
        kind = draw.one_of(["grid", "owned", "rented", "rented", "contract", "storage"])
        term = draw.integer(1, 3) if kind in ("rented", "contract") else None
        short = kind == "rented" and draw.chance()
        result.append(
            source(
                f"g{i}",
                at=draw.one_of(places),
                kind=kind,
                unit=quarters(draw),
                most=draw.integer(1, 4),
                firm=draw.one_of([0.5, 0.75, 1.0]),
                output=draw.one_of([0.5, 1.0]),
                earliest=draw.one_of([0, 0, 1]),
                latest=draw.one_of([0, 9, 9]),
                term=term,
                capex=draw.one_of([0.0, 0.5, 2.0]),
                fixed=draw.one_of([0.0, 0.25]) + 0.125 * (term is not None),
                energy=draw.one_of([0.0, 0.125, 0.5]),
                carbon=draw.one_of([0.0, 500.0]),
                hours=draw.one_of([0.5, 4.0]) if kind == "storage" else 0.0,
                life=draw.one_of([None, 4.0]) if kind == "owned" else None,
                permit=quarters(draw) if draw.integer(0, 3) == 0 else None,
                permit_periods=draw.integer(term or 1, 3) if short else None,
                spare=draw.one_of([0.0, 0.0, 0.5]) if kind in ("owned", "rented") else 0.0,
                back=draw.one_of([0.75, 1.0]),
            )
        )
    return result


def curves_of(draw: Draw, places: list[str], sources: list[CaseSource]) -> list[CaseLoadDuration]:
    """Load-duration curves of sites with own generation; deep enough to leave hours below the
    connection, and never below nothing."""
    found = []
    for place in places:
        if any(s.site == place and s.covers for s in sources):
            steps = draw.one_of(
                [[(0.25, 1.0), (0.75, -1 / 3)], [(0.125, 1.0), (0.5, 0.0), (0.375, -1 / 3)]]
            )
            found.append(build.curve(*steps, at=place))
    return found


def meter_of(
    draw: Draw, places: list[str], periods: int, sources: list[CaseSource]
) -> dict[str, Any]:
    """Tariffs, carbon, water, ramps and layers, each now and then; a ramp only where storage stands
    to be had."""
    ceiling, last = [None, None, 20.0, 60.0], periods - 1
    known: dict[str, Any] = {}
    if draw.integer(0, 5) == 0:
        contract = draw.one_of([None, [4.0] * periods])
        known["tariffs"] = [
            build.tariff(
                quarters(draw),
                at=draw.one_of(places),
                contract=contract,
                take=draw.one_of(SHARES),
                ratchet=draw.one_of([0.0, 0.8]),
                back=1,
            )
        ]
    known["carbon"] = [
        build.carbon([draw.one_of([250.0, 1000.0]) for _ in range(periods)], at=name)
        for name in places
    ]
    if draw.integer(0, 5) == 0:
        known["carbon"][0] = build.carbon(
            [500.0] * periods, at=places[0], total=draw.one_of(ceiling), each={last: 20.0}
        )
        known["carbon_rules"] = build.carbon_rules(
            total=draw.one_of(ceiling), each={0: 30.0}, price=draw.one_of([0.0, 100.0])
        )
    if draw.integer(0, 5) == 0:
        known["water"] = [
            build.water(
                1.0, 0.5, at=draw.one_of(places), total=draw.one_of(ceiling), each={last: 25.0}
            )
        ]
    batteries = [s.site for s in sources if s.kind == "storage"]
    if batteries and draw.chance():
        known["ramps"] = [
            build.ramp(draw.one_of([0.25, 0.5]), draw.one_of([1.0, 60.0]), 20.0, at=batteries[0])
        ]
    if draw.integer(0, 5) == 0:
        name = draw.one_of(["feed", "transformer", "ups"])
        capacity = [draw.integer(8, 60) / 2] * periods
        known["layers"] = [build.layer(name, capacity, at=draw.one_of(places), needed=3, spare=1)]
    return known


def objectives_of(draw: Draw, periods: int) -> CaseObjective:
    """One objective."""
    if draw.integer(0, 9) == 0:
        return weighted((1.0, aims_of(draw, periods)), (quarters(draw), aims_of(draw, periods)))
    return aims_of(draw, periods)


def aims_of(draw: Draw, periods: int) -> CaseObjective:
    """One aim."""
    words = draw.one_of(
        [
            *["minimize cost"] * 6,
            *["maximize compute"] * 4,
            *["maximize accelerators"] * 2,
            "minimize capex",
            "minimize energy",
            "minimize carbon",
            "minimize power",
            "minimize peak_cash",
            "minimize time",
        ]
    )
    if words == "minimize time":
        reach = draw.integer(1, 8)
        return time_to(accelerators=reach) if draw.chance() else time_to(pflops=reach / 2)
    at = None
    if words.split()[1] in ("power", "compute", "accelerators"):
        at = draw.one_of([None, *range(periods)])
    return goal(words, at=at)


def cases(
    draw: Draw, *, priced: bool | None = None, with_rules: bool = True, orders: bool = False
) -> Case:
    """A case whose machines are all limited by power. `priced`: whether its demands may go short at
    a price; None: some may. `orders`: whether some of them may be on order."""
    periods = draw.integer(1, 3)
    places = ["x", "y"][: draw.integer(1, 2)]
    machines = systems_of(draw, draw.integer(1, 3), places)
    if draw.chance():
        machines.append(
            system(
                "old",
                supplier="p",
                mw=quarters(draw),
                pflops=quarters(draw),
                may_buy=False,
                upstream={"memory": ["k"]},
            )
        )
    if draw.integer(0, 4) == 0:
        machines.append(capped(machines[0], draw.one_of([0.5, 0.75]), draw.one_of([0.5, 1.0])))
    names = [m["id"] for m in machines]
    buyable = [m for m in machines if m["may_buy"]]
    where = sites_of(draw, places, periods)
    groups = {level: {m[level] for m in buyable} for level in ("supplier", "software")}
    groups |= {
        "memory": {name for m in buyable for name in m["upstream"]["memory"]},
        "site": set(places),
    }
    groups["region"] = {w["region"] for w in where}
    stands, ways = fleet_of(draw, names, places, periods)
    allocations = [
        supply(
            m["id"],
            cumulative=sorted(few(draw) + t for t in range(periods)) if draw.chance() else None,
            each=few(draw) + 1,
            schedule=[few(draw) + 1 for _ in range(periods)] if draw.integer(0, 3) == 0 else None,
            minimum=draw.one_of([0, 0, 2, 3]),
            lot=draw.one_of([1, 1, 1, 2]),
        )
        for m in buyable
        if "variant_of" not in m and draw.integer(0, 2) == 0
    ]
    to_qualify = [
        qualify(
            name,
            [m["id"] for m in buyable if m["supplier"] == name],
            time=draw.one_of([0, 1]),
            cost=quarters(draw),
        )
        for name in sorted(groups["supplier"])
        if draw.integer(0, 6) == 0
    ]
    gangs = [
        crew(
            *draw.some(places),
            mw=quarters(draw) + 2 if draw.chance() else None,
            racks=quarters(draw) + 1,
            name=f"crew {i + 1}",
        )
        for i in range(draw.one_of([0, 0, 0, 1, 2]))
    ]
    money = budget(
        capex=draw.integer(10, 60) if draw.integer(0, 3) == 0 else None,
        total=draw.integer(10, 60) if draw.integer(0, 3) == 0 else None,
        by_period={draw.integer(0, periods - 1): draw.integer(10, 60)}
        if draw.integer(0, 3) == 0
        else None,
        cumulative={draw.integer(0, periods - 1): draw.integer(10, 60)}
        if draw.integer(0, 3) == 0
        else None,
    )
    more = Draw(draw.seed + ORDERS)  # for the same reason as below
    placed = [
        on_order(
            {**more.one_of(buyable), "fit_out_days": 0, "lifetime_days": None},
            more.integer(1, 3),
            at=more.one_of(places),
            when=more.integer(0, periods - 1),
            price=quarters(more),
            paid=more.one_of([0.0, 0.25]),
            down=more.one_of([0.0, 0.5]),
            lead=more.one_of([0, 0.2]),
        )
        for _ in range(orders and more.chance(0.3))
    ]
    asked = demands_of(draw, names, places, periods, priced=priced)
    # of another generator, so that the rest of a case of this seed is as it was
    asked += powers_of(Draw(draw.seed + POWERS), names, places, periods, priced=priced)
    own = sources_of(draw, places, periods)
    case = tiny(
        periods=periods,
        systems=[*machines, *placed],
        sites=where,
        supply=allocations,
        fleet=stands,
        demands=asked,
        survive=survivals_of(draw, asked) if with_rules else [],
        moves=ways,
        qualifications=to_qualify,
        crews=gangs,
        rules=rules_of(draw, periods, groups) if with_rules else [],
        budget=money,
        goals=[
            *(
                goal("minimize shortfall", priority=p)
                for p in sorted({d["priority"] for d in asked} - {None})
            ),
            objectives_of(draw, periods),
        ],
        discount=draw.one_of([0.0, 0.1]),
        worth=draw.chance(),
        operations=draw.one_of([0.0, 0.25]),
        utility_loss=draw.one_of([0.0, 0.2]),
        goodput=draw.one_of([0.8, 1.0]),
        halls=halls_of(draw, places, machines, periods),
        networks=networks_of(draw, places, machines),
        sources=own,
        meter={
            **meter_of(draw, places, periods, own),
            "load_durations": curves_of(draw, places, own),
        },
    )
    # no scenario may say at what rate halls are built: they have lead times
    by_hall = {h.site for h in case.halls}
    crews = [c.model_copy(update={"it_w": None}) if by_hall & {*c.sites} else c for c in case.crews]
    case = case.model_copy(update={"crews": crews, "systems": surrounded(draw, case.systems)})
    draw.note(case.model_dump_json())
    return case
