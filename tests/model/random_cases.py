"""Random small cases, for hypothesis. Figures are multiples of a quarter, so that no limit is met by a hair."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import strategies as st

from planner.scenario.case import Case, CaseFleet, CaseGoal, CaseMove
from planner.scenario.case.fabric import CaseFabric
from planner.scenario.case.power import CaseSource
from tests import tiny as build
from tests.tiny import (
    budget,
    capped,
    compute,
    crew,
    deployment,
    fabric,
    fleet,
    goal,
    grade,
    hall,
    move,
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

quarters = st.integers(1, 24).map(lambda n: n / 4)
shares = st.sampled_from([0.25, 0.4, 0.5, 0.6, 0.75])
few = st.integers(0, 4)


@st.composite
def systems_of(draw: st.DrawFn, count: int, places: list[str]) -> list[dict[str, Any]]:
    """Systems of up to three suppliers and two software stacks."""
    result = []
    for i in range(count):
        nameplate = draw(quarters)
        lead = draw(st.sampled_from([0, 0, 1]))
        result.append(
            system(
                f"s{i}",
                supplier=draw(st.sampled_from(["p", "q", "r"])),
                software=draw(st.sampled_from(["one", "two"])),
                accelerators=draw(st.integers(1, 4)),
                mw=nameplate,
                peak_mw=nameplate * draw(st.sampled_from([0.75, 1.0])),
                average_mw=nameplate * draw(st.sampled_from([0.5, 0.75])),
                overhead=draw(st.sampled_from([0.0, 0.25])),
                liquid=draw(st.sampled_from([0.0, 0.5, 1.0])),
                racks=draw(st.sampled_from([0.5, 1.0, 2.0])),
                price=draw(quarters),
                fabric=draw(st.sampled_from([0.0, 0.25])),
                down=draw(st.sampled_from([0.0, 0.5])),
                lead=lead,
                fit_out=draw(st.sampled_from([0, 0, 1])),
                latest=draw(st.sampled_from([0, 1, 9, 9])) if draw(st.booleans()) else 9,
                pflops=draw(quarters),
                mfu=draw(st.sampled_from([0.5, 1.0])),
                sites=draw(st.lists(st.sampled_from(places), min_size=1, unique=True)) if draw(st.booleans()) else None,
                upstream={"memory": draw(st.lists(st.sampled_from(["k", "m", "s"]), min_size=1, max_size=2, unique=True))},
                retire=draw(st.sampled_from([False, False, False, True])),
            )
        )
        if draw(st.integers(0, 5)) == 0:
            result[-1]["lifetime_periods"] = result[-1]["fit_out_periods"] + draw(st.integers(1, 2))
    return result


@st.composite
def fleet_of(draw: st.DrawFn, names: list[str], places: list[str], periods: int) -> tuple[list[CaseFleet], list[CaseMove]]:
    """Machines that stand, some of an age, some that must go, and ways to the other site."""
    stands = []
    for name in names:
        if draw(st.integers(0, 3)) == 0:
            aged = draw(st.booleans())
            stands.append(
                fleet(
                    name,
                    draw(st.integers(1, 2)),
                    at=draw(st.sampled_from(places)),
                    retire=draw(st.sampled_from([True, True, True, False])),
                    age=draw(quarters) if aged else None,
                    worth=draw(quarters) if aged else 0.0,
                    leaves=draw(st.integers(0, periods - 1)) if draw(st.integers(0, 4)) == 0 else None,
                )
            )
    ways = [
        move(name, origin, destination, cost=draw(st.sampled_from([0.0, 0.25])), transit=draw(st.sampled_from([0, 1])))
        for name in names
        for origin, destination in itertools.permutations(places, 2)
        if draw(st.integers(0, 7)) == 0
    ]
    return stands, ways


@st.composite
def sites_of(draw: st.DrawFn, places: list[str], periods: int) -> list[dict[str, Any]]:
    """Sites with power that may arrive in steps."""

    def steps(most: int) -> list[float]:
        last = draw(st.integers(most // 2, most)) / 4
        return [*([draw(st.sampled_from([0.0, last / 2, last]))] if periods > 1 else []), *[last] * max(1, periods - 1)]

    return [
        site(
            name,
            power=steps(120),
            critical_it=steps(90) if draw(st.booleans()) else None,
            positions=draw(st.integers(3, 12)) if draw(st.booleans()) else None,
            liquid=6 + draw(quarters) if draw(st.booleans()) else None,
            air=6 + draw(quarters) if draw(st.booleans()) else None,
            sizing=draw(st.sampled_from(["nameplate", "peak"])),
            pue=draw(st.sampled_from([1.0, 1.25])),
            pue_peak=1.5,
            energy=draw(st.sampled_from([0.0, 0.25])),
            construction=draw(st.sampled_from([0.0, 0.5])),
            existing_it=draw(st.sampled_from([0.0, 2.0, None])),
            rent=draw(st.sampled_from([0.0, 0.125])),
            construction_budget=draw(quarters) * 2 if draw(st.integers(0, 5)) == 0 else None,
            region=draw(st.sampled_from(["east", "west"])),
        )
        for name in places
    ]


LEVELS = ("supplier", "software", "memory", "site", "region")


@st.composite
def halls_of(draw: st.DrawFn, places: list[str], machines: list[dict[str, Any]], periods: int) -> list[dict[str, Any]]:
    """Halls at some of the sites, most often at none, of kinds that carry some machines or all."""
    result = []
    for place in places:
        for i in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            size = draw(st.integers(8, 32)) / 4
            carried = {m["id"]: m["racks"] * draw(st.sampled_from([1.0, 2.0])) for m in machines if draw(st.integers(0, 3))}
            result.append(
                hall(
                    f"h{i}",
                    at=place,
                    mw=size,
                    positions=draw(st.integers(2, 8)) if draw(st.booleans()) else None,
                    liquid=size * draw(st.sampled_from([0.0, 0.5, 1.0])),
                    air=size * draw(st.sampled_from([0.25, 0.5, 1.0])),
                    carries=carried,
                    cost=draw(quarters),
                    lead=draw(st.sampled_from([0, 0, 1])),
                    earliest=draw(st.sampled_from([0, 0, 1])),
                    most=draw(st.sampled_from([0, 1, 2, 3])) if draw(st.booleans()) else None,
                )
            )
    return result


@st.composite
def fabrics_of(draw: st.DrawFn, places: list[str], machines: list[dict[str, Any]]) -> list[CaseFabric]:
    """A network by the switch, most often none, of up to two grades."""
    result = []
    for place in places:
        for machine in machines:
            if machine["may_buy"] and machine["sites"] in (None, places) and draw(st.integers(0, 5)) == 0:
                small = grade(1, most=1, nodes=draw(st.integers(1, 3)), group=draw(quarters) / 4)
                large = grade(
                    2, most=9, nodes=draw(st.sampled_from([1.5, 2.0])), above=0.5, group=draw(quarters) / 4, switch=draw(quarters) / 4
                )
                grades = draw(st.sampled_from([(small,), (large,), (small, large)]))
                each = draw(st.sampled_from([0.0, 0.25]))
                result.append(fabric(*grades, of=machine["id"], at=place, nodes=draw(st.integers(1, 2)), each=each))
    return result


@st.composite
def rules_of(draw: st.DrawFn, periods: int, groups: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Up to two rules of any kind, of what is bought or of what is in service."""
    result = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        level = draw(st.sampled_from(["supplier", "supplier", *LEVELS]))
        windows = draw(
            st.sampled_from(
                [None, [(t, t) for t in range(periods)], [(0, t) for t in range(periods)], [(t, t + 1) for t in range(periods - 1)] or None]
            )
        )
        common: dict[str, Any] = dict(
            metric=draw(st.sampled_from(["spend", "power", "units", "compute"])),
            level=level,
            windows=windows,
            of=draw(st.sampled_from(["purchases", "purchases", "fleet"])),
        )
        several = len(groups[level]) > 1
        kind = draw(st.sampled_from(["max_share", "max_share", "min_share", "min_suppliers", "max_suppliers", "max_hhi"]))
        if kind == "max_share" or not several:
            only = draw(st.sampled_from([None, *sorted(groups[level])]))
            result.append(rule("max_share", draw(shares if only or several else st.just(1.0)), only=only, **common))
        elif kind == "min_share":
            only = draw(st.sampled_from([None, *sorted(groups[level])]))
            if only is None:  # the second formulation tries every choice of who is used, in every window
                common |= {"windows": None, "of": "purchases"}
            result.append(rule("min_share", draw(st.sampled_from([0.1, 0.25, 0.4])), only=only, **common))
        elif kind == "min_suppliers":
            result.append(rule("min_suppliers", 2, meaningful=draw(st.sampled_from([0.1, 0.25, 0.4])), **common))
        elif kind == "max_suppliers":
            result.append(rule("max_suppliers", draw(st.integers(1, 2)), **common))
        else:
            result.append(rule("max_hhi", draw(st.sampled_from([0.4, 0.55, 0.7, 0.85])), **common))
    return result


def priced_of(draw: st.DrawFn, soft: bool, common: dict[str, Any]) -> bool:
    """Whether what is missing has a price: a demand with a priority may do without one."""
    return soft and not ("priority" in common and draw(st.booleans()))


@st.composite
def demands_of(draw: st.DrawFn, names: list[str], places: list[str], periods: int, *, priced: bool | None) -> list[dict[str, Any]]:
    """Up to three demands, of both kinds, hard or priced."""
    result = []
    for i in range(draw(st.sampled_from([0, 1, 1, 2, 3]))):
        soft = draw(st.sampled_from([True, True, False])) if priced is None else priced
        need = [draw(st.integers(1, 8)) for _ in range(periods)]
        common: dict[str, Any] = dict(
            name=f"d{i}",
            need=need if soft else [*[0] * (periods - 1), need[-1]],
            of=draw(st.lists(st.sampled_from(names), min_size=1, unique=True)) if draw(st.booleans()) else None,
            at=draw(st.lists(st.sampled_from(places), min_size=1, unique=True)) if draw(st.booleans()) else None,
            coherent=draw(st.integers(0, 4)) == 0,
        )
        if soft and draw(st.integers(0, 3)) == 0:
            common["priority"] = draw(st.integers(1, 2))
        if draw(st.booleans()):
            result.append(deployment(**common, price=draw(quarters) if priced_of(draw, soft, common) else None))
        else:
            result.append(
                compute(
                    **common,
                    price=draw(quarters) * 25 if priced_of(draw, soft, common) else None,
                    basis=draw(st.sampled_from(["delivered", "peak"])),
                )
            )
    return result


@st.composite
def survivals_of(draw: st.DrawFn, demands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to two losses to survive, now and then the same one for several demands."""
    result = []
    names = [d["id"] for d in demands if not d["coherent"]]
    level, losses = draw(st.sampled_from(LEVELS)), draw(st.sampled_from([1, 1, 2]))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        if draw(st.integers(0, 2)) == 0:
            level, losses = draw(st.sampled_from(LEVELS)), 1
        subject = draw(st.sampled_from([None, *names, *names]))
        common: dict[str, Any] = dict(
            losses=losses, lost=draw(st.sampled_from([1.0, 1.0, 0.5])), serves=draw(st.sampled_from([0.25, 0.5, 1.0]))
        )
        if subject is None:
            common |= {"metric": draw(st.sampled_from(["compute", "units", "power"])), "serves": draw(st.sampled_from([0.1, 0.25, 0.5]))}
        result.append(survival(level, of=subject, **common))
    return result


@st.composite
def sources_of(draw: st.DrawFn, places: list[str], periods: int) -> list[CaseSource]:
    """Up to two power sources of any kind, often none."""
    result = []
    for i in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        kind = draw(st.sampled_from(["grid", "owned", "rented", "rented", "contract", "storage"]))
        term = draw(st.integers(1, 3)) if kind in ("rented", "contract") else None
        short = kind == "rented" and draw(st.booleans())
        result.append(
            source(
                f"g{i}",
                at=draw(st.sampled_from(places)),
                kind=kind,
                unit=draw(quarters),
                most=draw(st.integers(1, 4)),
                firm=draw(st.sampled_from([0.5, 0.75, 1.0])),
                output=draw(st.sampled_from([0.5, 1.0])),
                earliest=draw(st.sampled_from([0, 0, 1])),
                latest=draw(st.sampled_from([0, 9, 9])),
                term=term,
                capex=draw(st.sampled_from([0.0, 0.5, 2.0])),
                fixed=draw(st.sampled_from([0.0, 0.25])) + 0.125 * (term is not None),
                energy=draw(st.sampled_from([0.0, 0.125, 0.5])),
                carbon=draw(st.sampled_from([0.0, 500.0])),
                hours=draw(st.sampled_from([0.5, 4.0])) if kind == "storage" else 0.0,
                life=draw(st.sampled_from([None, 4.0])) if kind == "owned" else None,
                permit=draw(quarters) if draw(st.integers(0, 3)) == 0 else None,
                permit_periods=draw(st.integers(term or 1, 3)) if short else None,
            )
        )
    return result


@st.composite
def meter_of(draw: st.DrawFn, places: list[str], periods: int, sources: list[CaseSource]) -> dict[str, Any]:
    """Tariffs, carbon, water, ramps and layers, each now and then; a ramp only where storage stands to be had."""
    seldom = st.integers(0, 5).map(lambda n: n == 0)
    ceiling, last = st.sampled_from([None, None, 20.0, 60.0]), periods - 1
    known: dict[str, Any] = {}
    if draw(seldom):
        contract = draw(st.sampled_from([None, [4.0] * periods]))
        known["tariffs"] = [
            build.tariff(
                draw(quarters),
                at=draw(st.sampled_from(places)),
                contract=contract,
                take=draw(shares),
                ratchet=draw(st.sampled_from([0.0, 0.8])),
                back=1,
            )
        ]
    known["carbon"] = [build.carbon([draw(st.sampled_from([250.0, 1000.0])) for _ in range(periods)], at=name) for name in places]
    if draw(seldom):
        known["carbon"][0] = build.carbon([500.0] * periods, at=places[0], total=draw(ceiling), each={last: 20.0})
        known["carbon_rules"] = build.carbon_rules(total=draw(ceiling), each={0: 30.0}, price=draw(st.sampled_from([0.0, 100.0])))
    if draw(seldom):
        known["water"] = [build.water(1.0, 0.5, at=draw(st.sampled_from(places)), total=draw(ceiling), each={last: 25.0})]
    batteries = [s.site for s in sources if s.kind == "storage"]
    if batteries and draw(st.booleans()):
        known["ramps"] = [build.ramp(draw(st.sampled_from([0.25, 0.5])), draw(st.sampled_from([1.0, 60.0])), 20.0, at=batteries[0])]
    if draw(seldom):
        name = draw(st.sampled_from(["feed", "transformer", "ups"]))
        capacity = [draw(st.integers(8, 60)) / 2] * periods
        known["layers"] = [build.layer(name, capacity, at=draw(st.sampled_from(places)), needed=3, spare=1)]
    return known


@st.composite
def goals_of(draw: st.DrawFn, periods: int) -> CaseGoal:
    """One objective."""
    if draw(st.integers(0, 9)) == 0:
        return weighted((1.0, draw(aims_of(periods))), (draw(quarters), draw(aims_of(periods))))
    return draw(aims_of(periods))


@st.composite
def aims_of(draw: st.DrawFn, periods: int) -> CaseGoal:
    """One aim."""
    words = draw(
        st.sampled_from(
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
    )
    if words == "minimize time":
        reach = draw(st.integers(1, 8))
        return time_to(accelerators=reach) if draw(st.booleans()) else time_to(pflops=reach / 2)
    at = None
    if words.split()[1] in ("power", "compute", "accelerators"):
        at = draw(st.sampled_from([None, *range(periods)]))
    return goal(words, at=at)


@st.composite
def cases(draw: st.DrawFn, *, priced: bool | None = None, with_rules: bool = True) -> Case:
    """A case whose machines are all limited by power. `priced`: whether its demands may go short at a price; None: some may."""
    periods = draw(st.integers(1, 3))
    places = ["x", "y"][: draw(st.integers(1, 2))]
    machines = draw(systems_of(draw(st.integers(1, 3)), places))
    if draw(st.booleans()):
        machines.append(system("old", supplier="p", mw=draw(quarters), pflops=draw(quarters), may_buy=False, upstream={"memory": ["k"]}))
    if draw(st.integers(0, 4)) == 0:
        machines.append(capped(machines[0], draw(st.sampled_from([0.5, 0.75])), draw(st.sampled_from([0.5, 1.0]))))
    names = [m["id"] for m in machines]
    buyable = [m for m in machines if m["may_buy"]]
    where = draw(sites_of(places, periods))
    groups = {level: {m[level] for m in buyable} for level in ("supplier", "software")}
    groups |= {"memory": {name for m in buyable for name in m["upstream"]["memory"]}, "site": set(places)}
    groups["region"] = {w["region"] for w in where}
    stands, ways = draw(fleet_of(names, places, periods))
    allocations = [
        supply(
            m["id"],
            cumulative=sorted(draw(few) + t for t in range(periods)) if draw(st.booleans()) else None,
            each=draw(few) + 1,
            schedule=[draw(few) + 1 for _ in range(periods)] if draw(st.integers(0, 3)) == 0 else None,
            minimum=draw(st.sampled_from([0, 0, 2, 3])),
            lot=draw(st.sampled_from([1, 1, 1, 2])),
        )
        for m in buyable
        if "variant_of" not in m and draw(st.integers(0, 2)) == 0
    ]
    to_qualify = [
        qualify(name, [m["id"] for m in buyable if m["supplier"] == name], time=draw(st.sampled_from([0, 1])), cost=draw(quarters))
        for name in sorted(groups["supplier"])
        if draw(st.integers(0, 6)) == 0
    ]
    gangs = [
        crew(
            *draw(st.lists(st.sampled_from(places), min_size=1, unique=True)),
            mw=draw(quarters) + 2 if draw(st.booleans()) else None,
            racks=draw(quarters) + 1,
            name=f"crew {i + 1}",
        )
        for i in range(draw(st.sampled_from([0, 0, 0, 1, 2])))
    ]
    amounts = st.integers(10, 60)
    money = budget(
        capex=draw(amounts) if draw(st.integers(0, 3)) == 0 else None,
        total=draw(amounts) if draw(st.integers(0, 3)) == 0 else None,
        by_period={draw(st.integers(0, periods - 1)): draw(amounts)} if draw(st.integers(0, 3)) == 0 else None,
        cumulative={draw(st.integers(0, periods - 1)): draw(amounts)} if draw(st.integers(0, 3)) == 0 else None,
    )
    asked = draw(demands_of(names, places, periods, priced=priced))
    own = draw(sources_of(places, periods))
    return tiny(
        periods=periods,
        systems=machines,
        sites=where,
        supply=allocations,
        fleet=stands,
        demands=asked,
        survive=draw(survivals_of(asked)) if with_rules else [],
        moves=ways,
        qualifications=to_qualify,
        crews=gangs,
        rules=draw(rules_of(periods, groups)) if with_rules else [],
        budget=money,
        goals=[*(goal("minimize shortfall", priority=p) for p in sorted({d["priority"] for d in asked} - {None})), draw(goals_of(periods))],
        discount=draw(st.sampled_from([0.0, 0.1])),
        worth=draw(st.booleans()),
        operations=draw(st.sampled_from([0.0, 0.25])),
        utility_loss=draw(st.sampled_from([0.0, 0.2])),
        goodput=draw(st.sampled_from([0.8, 1.0])),
        halls=draw(halls_of(places, machines, periods)),
        fabrics=draw(fabrics_of(places, machines)),
        sources=own,
        meter=draw(meter_of(places, periods, own)),
    )
