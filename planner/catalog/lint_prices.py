"""Are prices of the right order, recent, and in accord with each other?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.catalog.findings import Desk, Place, months_before
from planner.catalog.load import Catalog
from planner.catalog.prices import Quote
from planner.errors import Problem

USD_PER_W = (1.0, 500.0)
"""Servers and racks are sold at some 10 to 60 USD per watt of nameplate, chips at up to 80 per watt
of TDP."""

USD_PER_TFLOP_S = (0.5, 3000.0)
"""From 5 USD per dense bf16 TFLOP/s for a vendor's own chip at cost to 150 for an early server."""

RECENT_MONTHS = 36
STALE_MONTHS = 24
FAR = 3.0
EXPLANATION = 30
"""Characters; shorter notes explain nothing."""


def prices_in_bands(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Catch slipped prefixes: what a watt or a TFLOP/s costs changes by tens between vendors and
    years.
    """
    desk = Desk(catalog, "C004")
    for i, quote in enumerate(catalog.quotes):
        if message := _out_of_band(catalog, quote.of, quote.per, quote.price_usd):
            yield desk.says(
                Place("quotes", str(i)),
                message,
                "check the prefix, and whether it is a system or one chip",
            )
    for price in catalog.planning_prices.values():
        if message := _out_of_band(catalog, price.system, "system", price.price_usd.value):
            yield desk.says(
                Place("planning_prices", price.system, "price"), message, "check the prefix"
            )


def _out_of_band(catalog: Catalog, of: str, per: str, price_usd: float) -> str:
    """Say what is wrong with a price of a system or an accelerator, or nothing."""
    system = catalog.systems[of] if per == "system" else None
    chip = catalog.accelerators[system.accelerator if system else of]
    power = system.power.nameplate_w if system else chip.tdp_w
    rate = chip.peak_flop_s.bf16
    number = system.accelerators.value if system else 1.0
    checks = (
        (power.value if power else None, USD_PER_W, "W"),
        (number * rate.value / 1e12 if rate else None, USD_PER_TFLOP_S, "dense bf16 TFLOP/s"),
    )
    for amount, (low, high), unit in checks:
        if amount and not low <= price_usd / amount <= high:
            each = f"{price_usd / amount:.3g} USD per {unit}"
            return f"`{of}` at {_kusd(price_usd)} is {each}, outside {low:g} to {high:g}"
    return ""


def plan_within_quotes(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Rest a planning price on quotes: it lies in the span of its recent ones, or its note says why
    not.
    """
    desk = Desk(catalog, "C004", warning=True)
    since = months_before(today, RECENT_MONTHS)
    for price in catalog.planning_prices.values():
        recent = [
            quote for _, quote in _own_quotes(catalog, price.system) if quote.date.last >= since
        ]
        if not recent or len(price.price_usd.note) >= EXPLANATION:
            continue
        low = min(quote.price_usd if quote.low_usd is None else quote.low_usd for quote in recent)
        high = max(
            quote.price_usd if quote.high_usd is None else quote.high_usd for quote in recent
        )
        if not low <= price.price_usd.value <= high:
            span = f"{_kusd(low)} to {_kusd(high)}"
            message = (
                f"`{price.system}` is planned at "
                f"{_kusd(price.price_usd.value)}, its quotes say {span}"
            )
            place = Place("planning_prices", price.system, "price")
            yield desk.says(
                place,
                message,
                f"move it, or say why in a note of at least {EXPLANATION} characters",
            )


def quotes_near_plan(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Doubt a quote three times off the planning price: it is of another thing, of another time, or
    mistyped.
    """
    desk = Desk(catalog, "C004", warning=True)
    for price in catalog.planning_prices.values():
        for i, quote in _own_quotes(catalog, price.system):
            ratio = (
                quote.price_usd / price.price_usd.value if price.price_usd.value else float("inf")
            )
            if not 1 / FAR <= ratio <= FAR:
                planned = _kusd(price.price_usd.value)
                message = (
                    f"`{quote.of}` was quoted at {_kusd(quote.price_usd)} in {quote.date} "
                    f"and is planned at {planned}"
                )
                yield desk.says(
                    Place("quotes", str(i)), message, "check both; what does the quote include?"
                )


def plan_rests_on_something(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Tell quoted prices from assumed ones: the former have a quote beside them, the latter a range
    and reasoning.
    """
    for price in catalog.planning_prices.values():
        figure = price.price_usd
        place = Place("planning_prices", price.system, "price")
        if figure.kind != "assumption" and not catalog.quotes_of(catalog.systems[price.system]):
            message = (
                f"the planning price of `{price.system}` is called `{figure.kind}` and "
                "nobody's quote stands beside it"
            )
            remedy = "add the quote it rests on to the prices, or call it `assumption`"
            yield Desk(catalog, "C002", warning=True).says(place, message, remedy)
        if figure.kind == "assumption" and (
            figure.low is None or figure.high is None or not figure.note
        ):
            message = (
                f"the assumed planning price of `{price.system}` lacks its range or its reasoning"
            )
            yield Desk(catalog, "C002", warning=True).says(
                place, message, "give `low`, `high` and `note`"
            )


def prices_are_fresh(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Accelerators lose a third of their price a year: what is on open sale needs a quote from the
    last two.
    """
    desk = Desk(catalog, "C003", warning=True)
    before = months_before(today, STALE_MONTHS)
    numbers = {id(quote): i for i, quote in enumerate(catalog.quotes)}
    for system in catalog.systems.values():
        quotes = catalog.quotes_of(system)
        if system.sale != "open" or not quotes:
            continue
        newest = max(quotes, key=lambda quote: quote.date.last)
        if newest.date.last < before:
            message = f"the newest price of `{system.id}`, on open sale, is of {newest.date}"
            place = Place("quotes", str(numbers[id(newest)]))
            yield desk.says(place, message, f"look for one of the last {STALE_MONTHS} months")


def _own_quotes(catalog: Catalog, system: str) -> Iterator[tuple[int, Quote]]:
    """Quotes of the system itself, with their positions in the catalog."""
    for i, quote in enumerate(catalog.quotes):
        if quote.per == "system" and quote.of == system:
            yield i, quote


def _kusd(price_usd: float) -> str:
    return f"{price_usd / 1e3:.6g} kUSD"
