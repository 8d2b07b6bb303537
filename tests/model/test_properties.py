"""What must hold of every case: more of what is scarce never hurts, names mean nothing, a seed
repeats, the audit agrees."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.plan.derive import Decisions, Derivation
from planner.plan.presolve_bounds import presolve_shortfalls
from planner.solver.engine import Engine
from tests.builders import MEGA, Solved, goal, solved
from tests.model.random_cases import cases
from tests.properties import Draw, assume, examples, proven


def value_of(case: Case, engine: Engine) -> float:
    """The first objective as something to minimize; infinite without a plan."""
    try:
        answer = solved(case, engine)
    except InfeasibleError:
        return math.inf
    proven(answer.outcome.status)
    assert answer.plan is not None
    value = answer.outcome.objectives[0].value
    return -value if case.goals[0].goal.maximize else value


def changed(case: Case, **update: Any) -> Case:
    """A copy with other parts."""
    return case.model_copy(update=update)


def not_worse(before: float, after: float) -> None:
    if math.isfinite(before):
        assert after <= before + 1e-5 * max(1.0, abs(before))


def check_power(case: Case, factor: float, engine: Engine) -> None:
    # where the contract is the site's power, more of it is more to take at least
    case = changed(case, tariffs=[t for t in case.tariffs if t.contract_w is not None])
    sites = [
        s.model_copy(update={"power_w": [w * factor for w in s.power_w or []]}) for s in case.sites
    ]
    not_worse(value_of(case, engine), value_of(changed(case, sites=sites), engine))


@examples(3, slow=152)
def test_more_power_is_never_worse(draw: Draw, engine: Engine) -> None:
    case = cases(draw)
    factor = draw.one_of([1.1, 1.5, 4.0])
    check_power(case, factor, engine)


@examples(3, slow=62)
def test_more_demand_is_never_better(draw: Draw, engine: Engine) -> None:
    case = cases(draw)
    factor = draw.one_of([1.25, 2.0, 5.0])
    assume(case.demands)
    demands = [d.model_copy(update={"need": [n * factor for n in d.need]}) for d in case.demands]
    not_worse(value_of(changed(case, demands=demands), engine), value_of(case, engine))


@examples(3, slow=62)
def test_looser_rules_are_never_worse(draw: Draw, engine: Engine) -> None:
    case = cases(draw)
    step = draw.one_of([0.05, 0.25, 1.0])
    assume(case.rules or case.survival)
    rules = [
        r.model_copy(
            update={
                "max_share": None if r.max_share is None else min(1.0, r.max_share + step),
                "meaningful": max(0.01, r.meaningful - step / 4),
                "min_share": None if r.min_share is None else max(0.01, r.min_share - step / 4),
                "max_suppliers": None if r.max_suppliers is None else r.max_suppliers + 1,
                "max_hhi": None if r.max_hhi is None else min(1.0, r.max_hhi + step),
            }
        )
        for r in case.rules
    ]
    before = value_of(case, engine)
    not_worse(before, value_of(changed(case, rules=rules), engine))
    easier = [
        v.model_copy(update={"serves": v.serves / 2, "lost": v.lost / 2}) for v in case.survival
    ]
    not_worse(before, value_of(changed(case, survival=easier), engine))
    not_worse(before, value_of(changed(case, rules=[], survival=[]), engine))


@examples(3, slow=62)
def test_a_bigger_budget_is_never_less_compute(draw: Draw, engine: Engine) -> None:
    case = cases(draw, priced=True)
    capex = draw.integer(5, 30)
    more = draw.integer(1, 30)
    case = changed(case, goals=[goal("maximize compute")])

    def of(musd: float) -> float:
        return value_of(
            changed(case, budget=case.budget.model_copy(update={"capex_usd": musd * MEGA})), engine
        )

    not_worse(of(capex), of(capex + more))


@examples(3, slow=62)
def test_later_deliveries_and_higher_prices_are_never_better(draw: Draw, engine: Engine) -> None:
    case = cases(draw)
    before = value_of(case, engine)
    a_period = (case.timeline.periods[0].end - case.timeline.start).days
    later = [
        s.model_copy(update={"first": s.first + timedelta(days=a_period)}) for s in case.systems
    ]
    not_worse(value_of(changed(case, systems=later), engine), before)
    if case.goals[0].goal.minimize == "cost" and not case.rules:
        dearer = [s.model_copy(update={"price_usd": s.price_usd * 1.5}) for s in case.systems]
        not_worse(value_of(changed(case, systems=dearer), engine), before)


@examples(3, slow=62)
def test_a_choice_of_sources_is_never_worse(draw: Draw, engine: Engine) -> None:
    """Nobody must add a source; more units of one, or one that comes sooner, never hurt."""
    case = cases(draw)
    more = draw.integer(1, 3)
    assume(case.sources)
    value = value_of(case, engine)
    free = changed(case, ramps=[])  # where there is no source at all, nothing asks for storage
    not_worse(
        value_of(changed(free, sources=[]), engine), value_of(free, engine) if case.ramps else value
    )
    bigger = [
        s.model_copy(update={"most_units": s.most_units + more, "earliest": 0})
        for s in case.sources
    ]
    not_worse(value, value_of(changed(case, sources=bigger), engine))


def renamed(case: Case) -> Case:
    """Everything called otherwise, and in the opposite order."""
    new = {s.id: f"m{9 - i}" for i, s in enumerate(case.systems)}
    place = {s.id: f"w{9 - i}" for i, s in enumerate(case.sites)}
    firm = {"p": "zeta", "q": "eta", "r": "alpha"}
    asked = {d.id: f"e{i}" for i, d in enumerate(reversed(case.demands))}
    called = {
        "supplier": firm,
        "software": {s.software: s.software[::-1] for s in case.systems},
        "site": place,
        "memory": {},
        "region": {},
    }
    return changed(
        case,
        systems=[
            s.model_copy(
                update={
                    "id": new[s.id],
                    "name": new[s.id],
                    "variant_of": new.get(s.variant_of, ""),
                    "supplier": firm[s.supplier],
                    "software": s.software[::-1],
                    "sites": [place[x] for x in s.sites],
                }
            )
            for s in reversed(case.systems)
        ],
        sites=[
            s.model_copy(update={"id": place[s.id], "name": place[s.id]})
            for s in reversed(case.sites)
        ],
        sources=[
            s.model_copy(
                update={"id": f"h{9 - i}", "site": place[s.site], "path": f"sites.0.sources.{i}"}
            )
            for i, s in enumerate(reversed(case.sources))
        ],
        **{
            key: [
                entry.model_copy(update={"site": place[entry.site]})
                for entry in reversed(getattr(case, key))
            ]
            for key in ("load_durations", "tariffs", "carbon", "water", "ramps", "layers")
        },
        supply=[
            k.model_copy(update={"system": new[k.system], "path": f"supply.{i}"})
            for i, k in enumerate(reversed(case.supply))
        ],
        fleet=[
            f.model_copy(update={"system": new[f.system], "site": place[f.site]})
            for f in reversed(case.fleet)
        ],
        crews=[
            c.model_copy(
                update={"id": f"gang {9 - i}", "sites": [place[x] for x in reversed(c.sites)]}
            )
            for i, c in enumerate(reversed(case.crews))
        ],
        qualifications=[
            q.model_copy(
                update={
                    "supplier": firm[q.supplier],
                    "systems": [new[s] for s in reversed(q.systems)],
                }
            )
            for q in reversed(case.qualifications)
        ],
        moves=[
            m.model_copy(
                update={
                    "system": new[m.system],
                    "origin": place[m.origin],
                    "destination": place[m.destination],
                }
            )
            for m in reversed(case.moves)
        ],
        demands=[
            d.model_copy(
                update={
                    "id": f"e{i}",
                    "systems": [new[s] for s in reversed(d.systems)],
                    "sites": [place[x] for x in d.sites],
                    "path": f"demands.{i}",
                }
            )
            for i, d in enumerate(reversed(case.demands))
        ],
        rules=[
            r.model_copy(
                update={
                    "path": f"diversification.{i}",
                    "only": called[r.level].get(r.only, r.only) if r.only else None,
                }
            )
            for i, r in enumerate(reversed(case.rules))
        ],
        halls=[
            h.model_copy(
                update={
                    "id": f"k{i}",
                    "site": place[h.site],
                    "carries": {new[s]: n for s, n in h.carries.items()},
                }
            )
            for i, h in enumerate(reversed(case.halls))
        ],
        networks=[
            n.model_copy(update={"site": place[n.site], "systems": [new[s] for s in n.systems]})
            for n in reversed(case.networks)
        ],
        survival=[
            v.model_copy(update={"path": f"survival.{i}", "demand": v.demand and asked[v.demand]})
            for i, v in enumerate(reversed(case.survival))
        ],
    )


@examples(3, slow=62)
def test_names_and_order_mean_nothing(draw: Draw, engine: Engine) -> None:
    case = cases(draw)
    before, after = value_of(case, engine), value_of(renamed(case), engine)
    assert after == (before if math.isinf(before) else pytest.approx(before, rel=1e-5, abs=1e-5))


@examples(3, slow=42)
def test_a_seed_repeats(draw: Draw, engine: Engine) -> None:
    case = cases(draw, priced=True)
    try:
        first, second = solved(case, engine).plan, solved(case, engine).plan
    except InfeasibleError:
        return
    quiet = {"solve": None, "goals": None, "digests": None}  # seconds stand in them
    assert first.model_copy(update=quiet) == second.model_copy(update=quiet)
    assert [(g.value, g.bound) for g in first.goals] == [(g.value, g.bound) for g in second.goals]


def present_cost(answer: Solved) -> float:
    return answer.plan.totals.present_cost_usd / MEGA


@examples(3, slow=62)
def test_cost_decides_where_the_objective_does_not(draw: Draw, engine: Engine) -> None:
    """Among plans equal in what was asked, the plan is as cheap as if cost had been the second
    objective."""
    case = cases(draw)
    assume(case.goals[0].goal.minimize != "cost")
    case = changed(case, goals=case.goals[:1])
    first = case.goals[0].model_copy(
        update={"goal": case.goals[0].goal.model_copy(update={"tolerance": 1e-6})}
    )
    try:
        asked = solved(changed(case, goals=[first, goal("minimize cost")]), engine)
    except InfeasibleError:
        return
    answer = solved(case, engine)
    assert answer.value == pytest.approx(asked.outcome.objectives[0].value, rel=1e-5, abs=1e-6)
    assert present_cost(answer) <= present_cost(asked) + 1e-4 * max(1.0, abs(present_cost(asked)))


@examples(3, slow=62)
def test_no_hall_is_built_before_it_is_needed(draw: Draw, engine: Engine) -> None:
    """But for the budget of a period, or a rate of construction, which may ask for it."""
    case = cases(draw)
    assume(not case.budget.by_period_usd and all(crew.it_w is None for crew in case.crews))
    try:
        plan = solved(case, engine).plan
    except InfeasibleError:
        return
    derived = Derivation(case, Decisions.of_plan(plan))
    for place in (place for place in case.sites if not case.halls_at(place.id)):
        needed = derived.existing_mw(place)
        for t in range(len(case.timeline)):
            needed = max(needed, derived.sized_w(place, t)["it"] / MEGA)
            assert derived.built_mw[place.id, t] == pytest.approx(needed, abs=1e-6)


@examples(3, slow=62)
def test_arithmetic_calls_only_that_unreachable_which_is(draw: Draw, engine: Engine) -> None:
    """What is refused before anything is solved has no plan."""
    case = cases(draw, priced=False)
    if presolve_shortfalls(case):
        assert math.isinf(value_of(case, engine))


@examples(3, slow=62)
def test_twins_cost_twice_as_much(draw: Draw, engine: Engine) -> None:
    """What has nothing in common adds up: the same case twice over, side by side, costs twice as
    much."""
    case = cases(draw)
    assume(
        case.goals[0].goal.minimize not in (None, "time", "shortfall")
        and not case.rules
        and not case.survival
    )
    assume(not case.budget.by_period_usd)
    assume(
        case.budget.capex_usd is None
        and case.budget.total_usd is None
        and not case.budget.cumulative_usd
    )
    assume(not case.qualifications)  # a supplier is qualified once for both
    assume(case.carbon_rules.total_t is None and not case.carbon_rules.by_period_t)
    twin = [
        s.model_copy(
            update={
                "id": s.id + "-2",
                "variant_of": s.variant_of and s.variant_of + "-2",
                "sites": [x + "-2" for x in s.sites],
            }
        )
        for s in case.systems
    ]
    both = changed(
        case,
        systems=[*case.systems, *twin],
        sites=[*case.sites, *(s.model_copy(update={"id": s.id + "-2"}) for s in case.sites)],
        supply=[
            *case.supply,
            *(k.model_copy(update={"system": k.system + "-2"}) for k in case.supply),
        ],
        crews=[
            *case.crews,
            *(
                c.model_copy(update={"id": c.id + "-2", "sites": [x + "-2" for x in c.sites]})
                for c in case.crews
            ),
        ],
        moves=[
            *case.moves,
            *(
                m.model_copy(
                    update={
                        "system": m.system + "-2",
                        "origin": m.origin + "-2",
                        "destination": m.destination + "-2",
                    }
                )
                for m in case.moves
            ),
        ],
        fleet=[
            *case.fleet,
            *(
                f.model_copy(update={"system": f.system + "-2", "site": f.site + "-2"})
                for f in case.fleet
            ),
        ],
        demands=[
            *case.demands,
            *(
                d.model_copy(
                    update={
                        "id": d.id + "-2",
                        "systems": [s + "-2" for s in d.systems],
                        "sites": [x + "-2" for x in d.sites],
                    }
                )
                for d in case.demands
            ),
        ],
        halls=[
            *case.halls,
            *(
                h.model_copy(
                    update={
                        "site": h.site + "-2",
                        "carries": {s + "-2": n for s, n in h.carries.items()},
                    }
                )
                for h in case.halls
            ),
        ],
        networks=[
            *case.networks,
            *(
                n.model_copy(
                    update={"site": n.site + "-2", "systems": [s + "-2" for s in n.systems]}
                )
                for n in case.networks
            ),
        ],
        **{
            table: [
                *getattr(case, table),
                *(row.model_copy(update={"site": row.site + "-2"}) for row in getattr(case, table)),
            ]
            for table in (
                "sources",
                "load_durations",
                "tariffs",
                "carbon",
                "water",
                "ramps",
                "layers",
            )
        },
    )
    once = value_of(case, engine)
    assert value_of(both, engine) == (
        once if math.isinf(once) else pytest.approx(2 * once, rel=1e-5, abs=1e-5)
    )


@examples(3, slow=62)
def test_leave_to_go_is_never_worse(draw: Draw, engine: Engine) -> None:
    """Whoever may sell or move a machine need not; and with nobody allowed to, no plan of the other
    case is lost."""
    case = cases(draw)
    tied = changed(
        case,
        systems=[s.model_copy(update={"may_retire": False}) for s in case.systems],
        fleet=[f.model_copy(update={"may_retire": False}) for f in case.fleet],
        moves=[],
    )
    not_worse(value_of(tied, engine), value_of(case, engine))


@examples(3, slow=62)
def test_nobody_buys_to_sell(draw: Draw, engine: Engine) -> None:
    """Without a demand, a running cost below its worth or anything to sell at the start, the
    cheapest plan buys nothing."""
    case = cases(draw, priced=False)
    decline = draw.one_of([0.0, 0.25])
    rate = draw.one_of([0.0, 0.1])
    idle = changed(
        case,
        systems=[s.model_copy(update={"may_retire": True}) for s in case.systems],
        fleet=[],
        moves=[],
        demands=[],
        rules=[],
        survival=[],
        tariffs=[],  # a contract is paid for whether or not anything draws on it
        goals=[goal("minimize cost")],
        keeps_worth=True,
        resale_decline_per_year=decline,
        discount_rate_per_year=rate,
    )
    assert value_of(idle, engine) == pytest.approx(0, abs=1e-6)
