"""The ledger of a plan, what budgets count of it, and the plan in a few figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.budget import case as budgets
from planner.capabilities.budget.case import BudgetCase
from planner.capabilities.budget.tables import CASH, CashRow
from planner.capabilities.fleet.case import RESALE
from planner.capabilities.networks.case import NetworksCase
from planner.capabilities.supply.tables import PURCHASES
from planner.core.context import once
from planner.core.limits import At, Statement
from planner.core.registry import faces
from planner.plan.derive import Derivation, group_chain
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Totals


def budget_limits(d: Derivation) -> Iterator[LimitRow]:
    """Ceilings on money."""
    budget, capex, opex = (
        d.case.of(BudgetCase).budget,
        [0.0] * len(d.labels),
        sum(row.usd / 1e6 for row in spent(d, "opex")),
    )
    for row in spent(d, "capex"):
        capex[d.at[row.period]] += row.usd / 1e6
    for kind, limit_usd, used in (
        (budgets.CAPEX, budget.capex_usd, sum(capex)),
        (budgets.TOTAL, budget.total_usd, sum(capex) + opex),
    ):
        if limit_usd is not None:
            yield limit_row(kind, At(d.case, ("horizon",), limit_usd / 1e6), used)
    for t, limit_usd in sorted(budget.by_period_usd.items()):
        yield limit_row(budgets.BY_PERIOD, At(d.case, (d.labels[t],), limit_usd / 1e6), capex[t])
    for t, limit_usd in sorted(budget.cumulative_usd.items()):
        yield limit_row(
            budgets.CUMULATIVE, At(d.case, (d.labels[t],), limit_usd / 1e6), sum(capex[: t + 1])
        )


@once
def ledger_of(d: Derivation) -> Ledger:
    """Every account of a plan."""
    ledger = Ledger(d.case)
    for face in faces("derive", Derive):
        face.money(d, ledger)
    return ledger


@once
def cash_rows(d: Derivation) -> list[CashRow]:
    """Every account in every period where it is not zero."""
    ledger = ledger_of(d)
    return [
        CashRow.model_construct(
            bucket=account.name,
            kind=account.kind,
            period=d.labels[t],
            usd=usd,
            present_usd=ledger.present_usd[account][t],
        )
        for account, values in sorted(ledger.usd.items(), key=lambda item: item[0].name)
        for t, usd in enumerate(values)
        if usd
    ]


def spent(d: Derivation, statement: Statement) -> list[CashRow]:
    """The rows of a statement that budgets count."""
    names = {
        account.name
        for account in ledger_of(d).usd
        if account.budgeted and account.statement == statement
    }
    return [row for row in cash_rows(d) if row.bucket in names]


def totals(d: Derivation) -> Totals:
    """The plan in a few figures."""
    cash, compute = cash_rows(d), d.compute()
    by_period: dict[tuple[int, str, str], float] = defaultdict(float)
    for row in d.power():
        for load, value in (
            ("nameplate", row.nameplate_mw),
            ("peak", row.peak_mw),
            ("average", row.average_mw),
        ):
            by_period[d.at[row.period], row.basis, load] += value or 0.0

    def highest(basis: str, load: str) -> float:
        return max(
            (value for (_, b, kind), value in by_period.items() if (b, kind) == (basis, load)),
            default=0.0,
        )

    capex = sum(r.usd for r in spent(d, "capex"))
    bought_it = bought_utility = 0.0
    for purchase in d.decisions.of(PURCHASES):
        chain = d.chain(d.case.system[purchase.system], d.case.site[purchase.site])
        bought_it += purchase.units * chain.it.nameplate_w / 1e6
        bought_utility += purchase.units * chain.utility.nameplate_w / 1e6
    for network in d.case.of(NetworksCase).networks:
        if not network.draws:
            continue
        made = [
            p
            for p in d.decisions.of(PURCHASES)
            if p.system in network.systems and p.site == network.site
        ]
        units = sum(p.units for p in made)
        grade = network.grade_of(units)
        groups_of = group_chain(d.case, network, grade).times(grade.groups(units))
        bought_it += groups_of.it.nameplate_w / 1e6
        bought_utility += groups_of.utility.nameplate_w / 1e6
    return Totals(
        systems=sum(p.units for p in d.decisions.of(PURCHASES)),
        accelerators=sum(
            p.units * d.case.system[p.system].accelerators for p in d.decisions.of(PURCHASES)
        ),
        capex_usd=capex,
        opex_usd=sum(r.usd for r in spent(d, "opex")),
        resale_usd=sum(r.usd for r in cash if r.bucket == RESALE.name),
        residual_usd=sum(r.usd for r in cash if r.kind == "residual"),
        penalty_usd=sum(r.usd for r in cash if r.kind == "penalty"),
        present_cost_usd=sum(r.present_usd for r in cash),
        energy_mwh=sum(r.energy_mwh for r in d.energy()),
        it_nameplate_mw=highest("it", "nameplate"),
        it_peak_mw=highest("it", "peak"),
        facility_peak_mw=highest("facility", "peak"),
        utility_peak_mw=highest("utility", "peak"),
        utility_nameplate_mw=highest("utility", "nameplate"),
        utility_average_mw=highest("utility", "average"),
        capex_usd_per_it_mw=capex / bought_it if bought_it else None,
        capex_usd_per_utility_mw=capex / bought_utility if bought_utility else None,
        delivered_flop_s={
            r.precision: r.delivered_flop_s for r in compute if r.period == d.labels[-1]
        },
    )


FACE = Derive(tables={CASH: cash_rows}, limits=budget_limits)
