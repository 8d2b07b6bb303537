"""Money: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats, Ints
from planner.capabilities.budget.case import BY_PERIOD, CAPEX, CONSTRUCTION, CUMULATIVE, TOTAL
from planner.capabilities.demand.case import SHORTFALL
from planner.capabilities.fleet.case import MOVES, RESALE
from planner.capabilities.halls.arrays import HallInputs
from planner.capabilities.networks.case import FABRIC
from planner.capabilities.sites.case import BUILDINGS, BUILDINGS_WORTH, ENERGY, OPERATIONS, RENT
from planner.capabilities.supply.case import QUALIFICATION, SYSTEMS_CAPEX, SYSTEMS_WORTH
from planner.core.limits import Account
from planner.model.blocks import Facts, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Affine
from planner.model.terms import Flow, Measure, Terms, row_numbers


def add_money(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Money: every cost has a named bucket, defined here once; budgets limit sums of buckets.

    Sets    s system · l site · t period; o(s,t) period of the order of what is delivered in t;
            dp(s) share paid at order
    Flows   capex.systems         price(s) · delivered[s,l,t], dp of it in o(s,t), the rest in
                                  t    MUSD
            capex.fabric          fabric(s,l) · delivered[s,l,t]    MUSD
            capex.construction    part(l,n,t) · cost(l) · (built[l,t] − built[l,t−1]), in the period
                                  in which payment n is due    MUSD
            opex.energy           energy(s,l,t) · in_service[s,l,t]    MUSD
            opex.operations       operations(t) · it_nameplate_mw(s) · in_service[s,l,t]    MUSD
            opex.rent             rent(l,t) · it_mw(s,l) · in_service[s,l,t], or rent(l) ·
                                  leased(l,t), whatever runs    MUSD
            opex.moves            cost(p) · moved[p,t]    MUSD
            opex.qualification    cost(q) · (unqualified[q,t−1] − unqualified[q,t]), where
                                  unqualified[q,−1] is 1    MUSD
            resale.systems        − sale(p,t) · retired[p,t]; cash, but it loosens no budget    MUSD
            residual.systems      − worth(s,t) · delivered[s,l,t] − Σ_p worth(p) · (units(p) −
                                  retired[p,t]), at the end    MUSD
            residual.construction  − share(l,t) · cost(l) · (built[l,t] − built[l,t−1]), at the
                                   end    MUSD
            penalty.shortfall     price(d,t) · short[d,t]; not cash    MUSD
    Rows    shell.needed[l,t]       Σ_s it_mw(s,l) · in_service[s,l,t] − built[l,t] ≤ 0    MW
            shell.stands[l,t]       built[l,t−1] − built[l,t] ≤ 0    MW
            money.capex[t]          capex[t] − Σ capex flows in t = their constant    MUSD
            budget.capex            Σ_t capex[t] ≤ limit    MUSD
            budget.by_period[t]     capex[t] ≤ limit(t)    MUSD
            budget.cumulative[t]    Σ_{τ≤t} capex[τ] ≤ limit(t)    MUSD
            budget.total            Σ_t capex[t] + Σ opex flows ≤ limit    MUSD
            budget.construction[l]  cost(l) · (built[l,last] − existing(l)) + Σ_{h at l, t} cost(h)
                                    · begun[h,t] ≤ limit(l)    MUSD
    Every flow has the day on which it is paid: of orders, deliveries, milestones, sales and moves
    that very day; energy, upkeep, rent, charges and penalties are paid evenly through their period;
    what remains is worth something on the last day. Present worth is that of these days. What is
    built must stand when the machines for it are delivered; it is paid then, or by the milestones
    of the scenario before. sale(p,t) and worth(p) are the price paid times (1 − decline)^age;
    worth(p) is that of a fleet entry or of deliveries that may leave. Resale is of the machines
    alone; fabric and operations leave nothing behind. As worth never grows and a new machine is
    sold after a period at the earliest, buying to sell gains nothing. Where a site is built by the
    hall, `halls` says what stands and what it costs, and cost(l) is 0.
    """
    shell(frame, decisions, inputs)
    purchases(frame, decisions, inputs)
    buildings(frame, decisions, inputs)
    running(frame, inputs)
    leaving(frame, decisions, inputs)
    qualifying(frame, decisions, inputs)
    frame.add_flow(
        SHORTFALL,
        np.arange(len(inputs.periods)),
        decisions.short.index,
        _finite(inputs.demand_shortfall_musd),
    )
    capex = capex_by_period(frame, inputs)
    budgets(frame, inputs, capex)
    construction_budget(frame, decisions, inputs)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)


def shell(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Halls are built before machines run in them, and do not vanish."""
    built = decisions.built.index
    present = np.ones(built.shape, dtype=bool)
    halls = inputs.find(HallInputs)
    if halls is not None:
        present[np.unique(halls.site)] = False
    numbers = row_numbers(present)
    axes = (inputs.sites, inputs.periods)
    frame.add_rows(
        "shell.needed",
        axes,
        frame.drawn("it", numbers).add(numbers, built, -1.0),
        unit="MW",
        meaning="machines run in halls that stand",
        present=present,
        upper=0.0,
    )
    later = present.copy()
    later[:, 0] = False
    numbers = row_numbers(later)
    frame.add_rows(
        "shell.stands",
        axes,
        Terms().add(numbers[:, 1:], built[:, :-1], 1.0).add(numbers, built, -1.0),
        unit="MW",
        meaning="halls do not vanish",
        present=later,
        upper=0.0,
    )


def purchases(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Systems and their fabric, and what the systems are worth at the end."""
    columns = decisions.delivered.index
    delivery = np.arange(len(inputs.periods))
    order, first, then = (
        inputs.orders.ordered[:, None, :],
        inputs.orders.order_worth[:, None, :],
        inputs.orders.delivery_worth[:, None, :],
    )
    at_order = inputs.price_musd * inputs.down_payment
    frame.add_flow(
        SYSTEMS_CAPEX,
        delivery,
        columns,
        (inputs.price_musd * inputs.due)[:, None, None],
        worth=then,
    )
    frame.add_flow(SYSTEMS_CAPEX, order, columns, at_order[:, None, None], worth=first)
    frame.add_flow(FABRIC, delivery, columns, inputs.fabric_musd[:, :, None], worth=then)
    frame.add_flow(
        SYSTEMS_WORTH,
        delivery,
        columns,
        -inputs.orders.resale_musd[:, None, :],
        worth=inputs.discount_end,
    )


def buildings(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Construction, and what it is worth at the end."""
    built, paid = decisions.built.index, inputs.building.payments
    cost, n_t = inputs.construction_musd_per_mw[:, None], len(inputs.periods)
    usd = paid.share * cost
    frame.add_flow(BUILDINGS, paid.period, built, usd, worth=paid.worth)
    frame.add_flow(
        BUILDINGS, paid.period[..., 1:], built[:, :-1], -usd[..., 1:], worth=paid.worth[..., 1:]
    )
    # what stands is built for the first period, and costs nothing
    stood = usd[..., 0] * inputs.existing_it_mw
    nothing, none = np.zeros(0, dtype=np.int64), np.zeros(n_t)
    start, worth = np.zeros(n_t), np.zeros(n_t)
    np.add.at(start, paid.period[..., 0], stood)
    np.add.at(worth, paid.period[..., 0], stood * paid.worth[..., 0])
    frame.add_flow(
        BUILDINGS,
        nothing,
        nothing,
        0.0,
        -start,
        constant_worth=np.divide(worth, start, out=none, where=start > 0),
    )
    kept, last, end = (
        cost * inputs.building.share,
        np.full(built.shape, n_t - 1),
        inputs.discount_end,
    )
    frame.add_flow(BUILDINGS_WORTH, last, built, -kept, worth=end)
    frame.add_flow(BUILDINGS_WORTH, last[:, 1:], built[:, :-1], kept[:, 1:], worth=end)
    at_end = np.zeros(n_t)
    at_end[-1] = float((kept[:, 0] * inputs.existing_it_mw).sum())
    frame.add_flow(BUILDINGS_WORTH, nothing, nothing, 0.0, at_end, constant_worth=end)


def running(frame: Frame, inputs: Inputs) -> None:
    """Energy, upkeep and rent of what is in service."""
    upkeep = np.broadcast_to(inputs.operations_musd_per_mw[None, :], inputs.shape[1:])
    bills: tuple[tuple[Account, Measure, Floats], ...] = (
        (ENERGY, "utility_average", inputs.energy_musd_per_mw),
        (OPERATIONS, "it_nameplate", upkeep),
        (RENT, "it", inputs.rent.musd_per_mw),
    )
    for account, measure, musd_per_mw in bills:
        post = frame.posted(measure)
        frame.add_flow(
            account, post.periods, post.columns, post.values * musd_per_mw[post.sites, post.periods]
        )
    nothing = np.zeros(0, dtype=np.int64)
    frame.add_flow(RENT, nothing, nothing, 0.0, inputs.rent.musd.sum(axis=0))


def leaving(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What is sold fetches its worth of the day, and is then worth nothing at the end; what is
    moved costs its move.
    """
    fleet, period = inputs.fleet, np.arange(len(inputs.periods))
    frame.add_flow(
        MOVES, period, decisions.moved.index, fleet.move_musd[:, None], worth=inputs.discount_start
    )
    frame.add_flow(
        RESALE, period, decisions.retired.index, -fleet.sale_musd, worth=inputs.discount_start
    )
    at_start, end = np.zeros(len(inputs.periods)), inputs.discount_end
    at_start[-1] = -float((fleet.units * fleet.end_musd).sum())
    gone = decisions.retired.index
    frame.add_flow(
        SYSTEMS_WORTH,
        period,
        gone,
        fleet.end_musd[:, None],
        at_start,
        worth=end,
        constant_worth=end,
    )


def qualifying(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """A qualification is paid on the day on which it begins."""
    unqualified, supply, n_t = decisions.unqualified.index, inputs.supply, len(inputs.periods)
    cost, period, worth = supply.cost_musd[:, None], np.arange(n_t), inputs.discount_start
    at_start = np.zeros(n_t)
    at_start[0] = float(supply.cost_musd.sum())
    frame.add_flow(
        QUALIFICATION, period, unqualified, -cost, at_start, worth=worth, constant_worth=1.0
    )
    frame.add_flow(QUALIFICATION, period[1:], unqualified[:, :-1], cost, worth=worth[1:])


def capex_by_period(frame: Frame, inputs: Inputs) -> Variables:
    """Capital spending of each period as one variable, so that budgets stay sparse."""
    capex = frame.add_variables(
        "capex", (inputs.periods,), unit="MUSD", meaning="capital spending in the period"
    )
    numbers = np.arange(len(inputs.periods))
    terms = Terms().add(numbers, capex.index, 1.0)
    constant = np.zeros(len(inputs.periods))
    for flow in frame.spent("capex"):
        periods, columns, values = flow.triplets()
        terms.add(periods, columns, -values)
        constant += flow.constant
    frame.add_rows(
        "money.capex",
        (inputs.periods,),
        terms,
        unit="MUSD",
        meaning="capital spending is systems, fabric and construction",
        present=np.ones(len(inputs.periods), dtype=bool),
        lower=constant,
        upper=constant,
    )
    return capex


def budgets(frame: Frame, inputs: Inputs, capex: Variables) -> None:
    """Ceilings on cash."""
    n_t, row = len(inputs.periods), np.zeros(1, np.int64)
    total, constant = Terms().add(row, capex.index, 1.0), 0.0
    for flow in frame.spent("opex"):
        total.add(row, *_columns(flow))
        constant += float(flow.constant.sum())
    for kind, terms, limit_musd, fixed in (
        (CAPEX, Terms().add(row, capex.index, 1.0), inputs.capex_limit_musd, 0.0),
        (TOTAL, total, inputs.total_limit_musd, constant),
    ):
        if np.isfinite(limit_musd):
            affine, one = Affine(np.array([-fixed]), np.ones(1)), np.ones(1, dtype=bool)
            frame.add_limit(
                kind,
                (("horizon",),),
                terms,
                present=one,
                bound=limit_musd - fixed,
                facts=Facts(affine=affine),
            )
    own, so_far = np.eye(n_t, dtype=bool), np.tril(np.ones((n_t, n_t), dtype=bool))
    for kind, limits, reach in (
        (BY_PERIOD, inputs.capex_by_period_musd, own),
        (CUMULATIVE, inputs.capex_cumulative_musd, so_far),
    ):
        present = np.array([t in limits for t in range(n_t)], dtype=bool)
        terms = Terms().add(
            np.where(reach, row_numbers(present)[:, None], -1), capex.index[None, :], 1.0
        )
        upper = np.array([limits.get(t, np.inf) for t in range(n_t)])
        frame.add_limit(kind, (inputs.periods,), terms, present=present, bound=upper)


def _columns(flow: Flow) -> tuple[Ints, Floats]:
    _, columns, values = flow.triplets()
    return columns, values


def construction_budget(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What is built at a site stays within its own budget."""
    present = np.isfinite(inputs.construction_limit_musd)
    numbers = row_numbers(present)
    terms = Terms().add(numbers, decisions.built.index[:, -1], inputs.construction_musd_per_mw)
    halls = frame.posted("construction")
    terms.add(numbers[halls.sites], halls.columns, halls.values)
    stood = inputs.construction_musd_per_mw * inputs.existing_it_mw
    frame.add_limit(
        CONSTRUCTION,
        (inputs.sites,),
        terms,
        present=present,
        bound=inputs.construction_limit_musd + stood,
        facts=Facts(affine=Affine(stood[present], np.ones(int(present.sum())))),
    )


FACE = Constraints((add_money,))
