"""What was not bought, why, and at which price it would be?"""

from __future__ import annotations

from planner.numbers import number
from planner.pipeline import Difference, Entry, Pricing, at_share, entry_share, not_bought
from planner.plan.presolve_bounds import kept_away
from planner.scenario.load import Loaded
from planner.study.explanation import Charge, NotBought, Objective

TRIES = 6
"""Solves with another price, at most, for each system."""
STEP = 0.02
"""First step away from the price of the linear program; doubled while it is not enough."""
TOLD = 4
"""Limits that a sentence names."""


def not_bought_rows(
    loaded: Loaded, priced: Pricing, objective: Objective, most: int
) -> list[NotBought]:
    """Every candidate at every site where the plan buys none of it; the prices of the `most`
    nearest to paying are checked by solving.
    """
    bought = _bought(priced)
    # a cap has no price of its own
    could = [
        entry for entry in not_bought(priced) if not loaded.case.system[entry.system].variant_of
    ]
    entries = {(entry.system, entry.site): entry for entry in could}
    rows = [
        _kept_away(loaded, system.id, site.id)
        for system in loaded.case.systems
        for site in loaded.case.sites
        if system.may_buy
        and not system.variant_of
        and (system.id, site.id) not in entries
        and (system.id, site.id) not in bought
    ]
    if priced.blind:  # nothing has a price where the objective is made of yes-or-no decisions
        return rows
    nowhere = {system for system, _ in entries} - {system for system, _ in bought}
    nearest = {
        min((e for e in entries.values() if e.system == s), key=lambda e: e.short_of_paying)
        for s in nowhere
    }
    order = sorted(nearest, key=lambda e: e.short_of_paying)
    checked = {
        (e.system, e.site): _checked(loaded, priced, e, check=i < most) for i, e in enumerate(order)
    }
    for key, entry in entries.items():
        prices = checked.get(key, (None, None, None))
        rows.append(_row(loaded, entry, objective, prices, elsewhere=entry.system not in nowhere))
    return rows


def _bought(priced: Pricing) -> set[tuple[str, str]]:
    block = priced.model.decisions.delivered
    index = block.index
    found = set()
    for s, system in enumerate(block.axes[0]):
        for j, site in enumerate(block.axes[1]):
            there = index[s, j][index[s, j] >= 0]
            if len(there) and (priced.solution[there] > 0.5).any():
                found.add((system, site))
    return found


def _kept_away(loaded: Loaded, system: str, site: str) -> NotBought:
    reasons = kept_away(loaded.case, system, site, loaded.located)
    says = (
        "; ".join(dict.fromkeys(limit.says for limit in reasons))
        or f"{system} cannot arrive at {site} in time to run"
    )
    mark = next((str(limit.mark) for limit in reasons if limit.mark), "")
    return NotBought(system=system, site=site, reason="kept away", says=says, place=mark)


Prices = tuple[float | None, float | None, float | None]
"""Shares of today's price: by the linear program, proven to pay, proven to gain nothing beyond the
gap."""


def _checked(loaded: Loaded, priced: Pricing, entry: Entry, *, check: bool) -> Prices:
    """The price of the linear program, and two prices on either side that the integer model was
    solved with.
    """
    share = entry_share(priced, loaded.case, entry)
    if share is None or not check:
        return share, None, None
    pays, not_yet = None, None
    low, high, width = share, share, STEP
    for _ in range(TRIES):
        if pays is None:
            low = share * (1 - width)
            found = at_share(priced, loaded.case, entry.system, low)
            if found.status != "solved":
                break
            pays, not_yet = (low, not_yet) if _pays(found) else (None, max(not_yet or 0.0, low))
        elif not_yet is None:
            high = share * (1 + width)
            if high >= 1:
                not_yet = 1.0  # at today's price it was not bought
                break
            found = at_share(priced, loaded.case, entry.system, high)
            if found.status != "solved":
                break
            pays, not_yet = (max(pays, high), None) if _pays(found) else (pays, high)
        else:
            break
        width = min(0.9, 2 * width)
    return share, pays, not_yet


def _pays(found: Difference) -> bool:
    return found.low is not None and found.low > 0


def _row(
    loaded: Loaded, entry: Entry, objective: Objective, prices: Prices, *, elsewhere: bool
) -> NotBought:
    price = loaded.case.system[entry.system].price_usd
    usd = [None if share is None else share * price for share in prices]
    tie = entry.short_of_paying <= 1e-7 * max(1.0, abs(entry.own))
    return NotBought(
        system=entry.system,
        site=entry.site,
        reason="tie" if tie else "bought elsewhere" if elsewhere else "dearer",
        says=_says(entry, objective, price, usd, tie=tie, elsewhere=elsewhere),
        period=entry.period,
        short_of_paying=entry.short_of_paying,
        own=entry.own,
        charges=[Charge(limit=name, amount=amount) for name, amount in entry.charges],
        price_usd=price,
        entry_price_usd=usd[0],
        pays_at_usd=usd[1],
        not_at_usd=usd[2],
    )


def _says(
    entry: Entry,
    objective: Objective,
    price: float,
    usd: list[float | None],
    *,
    tie: bool,
    elsewhere: bool,
) -> str:
    unit = objective.unit
    if tie:
        return (
            "as good as what was bought: in parts it would be in the plan, or the optimum has ties"
        )
    short = (
        f"one is {number(entry.short_of_paying)} {unit} short of paying, in {entry.period} "
        "where it is nearest"
    )
    told = [
        f"{number(abs(entry.own))} {unit} "
        f"{'by itself' if entry.own >= 0 else 'rewarded by the objective'}"
    ]
    told += [
        f"`{name}` {'charges' if amount > 0 else 'pays'} {number(abs(amount))}"
        for name, amount in entry.charges[:TOLD]
    ]
    where = " (bought at another site)" if elsewhere else ""
    text = f"{short}: {', '.join(told)}{where}"
    if elsewhere:
        return text
    if usd[0] is None:
        return text + "; at no price would it pay"
    text += f"; would pay below {number(usd[0] / 1e6)} MUSD instead of {number(price / 1e6)} MUSD"
    checks = [
        f"pays at {number(usd[1] / 1e6)}" if usd[1] is not None else "",
        f"not at {number(usd[2] / 1e6)}" if usd[2] is not None else "",
    ]
    return text + (
        f" (re-solved: {', '.join(c for c in checks if c)} MUSD)"
        if any(checks)
        else " (not re-solved)"
    )
