"""Judge where figures come from, and who makes what upstream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.catalog.findings import (
    Desk,
    Place,
    as_of,
    default_figures,
    every_figure,
    months_before,
)
from planner.catalog.load import Catalog, network_tables, references
from planner.catalog.reader import KINDS, OWN_JUDGEMENT, entry_name
from planner.catalog.upstream import UPSTREAM
from planner.errors import Problem

STALE_MONTHS = 24
FACTS = tuple(KINDS)


def nothing_from_the_future(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Nobody has read tomorrow's paper. First shipments may lie ahead; the day on which somebody
    said so may not.
    """
    desk = Desk(catalog, "C002")
    dated = [(place, figure.date) for place, figure in every_figure(catalog)]
    dated += [(Place("sources", source.id), source.date) for source in catalog.sources.values()]
    dated += [(Place("quotes", str(i)), quote.date) for i, quote in enumerate(catalog.quotes)]
    for place, moment in dated:
        if moment is not None and moment.first > today:
            what = "quote" if place.key == "quotes" else f"`{place}`"
            remedy = "give the date of the text; a forecast is dated when it was made"
            yield desk.says(place, f"{what} is dated {moment}, after {today}", remedy)


def judgement_apart_from_facts(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Keep judgement out of the facts: a fact has a publisher, an assumption a reasoning that can
    be disputed.
    """
    desk = Desk(catalog, "C002")
    listed = {entry_name(assumption) for assumption in catalog.assumptions}
    for place, figure in every_figure(catalog):
        if figure.kind == "scenario":
            yield desk.says(
                place, f"`{place}` is of kind `scenario`", "that kind is for what a scenario says"
            )
        if place.key in FACTS and figure.kind == "assumption" and str(place) not in listed:
            remedy = "move it to the `assumptions` of a judgement file, with range and reasoning"
            yield desk.says(place, f"`{place}` is an assumption among facts", remedy)
        if figure.source == OWN_JUDGEMENT and figure.kind not in ("assumption", "scenario"):
            message = f"`{place}` is called `{figure.kind}` and its source is our own judgement"
            yield desk.says(place, message, "cite what was published, or call it an assumption")


def quotes_are_quoted(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Refuse quotes that nobody gave: a price that we think up is a planning price of kind
    `assumption`.
    """
    desk = Desk(catalog, "C002")
    for i, quote in enumerate(catalog.quotes):
        if quote.kind in ("assumption", "scenario") or quote.source == OWN_JUDGEMENT:
            message = f"a quote of `{quote.of}` is of kind `{quote.kind}` from `{quote.source}`"
            remedy = "make it a planning price of kind `assumption` in a judgement file"
            yield desk.says(Place("quotes", str(i)), message, remedy)


def sources_can_be_read(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for addresses: a reader checks a figure by opening its source."""
    desk = Desk(catalog, "C002", warning=True)
    for source in catalog.sources.values():
        if source.id != OWN_JUDGEMENT and not source.url.startswith(("https://", "http://")):
            message = (
                f"source `{source.id}` has no address"
                if not source.url
                else f"`{source.url}` is not an address"
            )
            yield desk.says(
                Place("sources", source.id), message, "give `url: https://…`, if there is one"
            )


def sources_are_used(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Find sources that nothing cites: they were forgotten, or something cites another by mistake.
    A note may cite.
    """
    desk = Desk(catalog, "C002", warning=True)
    used = {word for what, word, _ in references(catalog) if what == "source"}
    notes = [figure.note for _, figure in every_figure(catalog)] + [
        quote.note for quote in catalog.quotes
    ]
    notes += [chip.note for chip in catalog.accelerators.values()] + [
        s.note for s in catalog.systems.values()
    ]
    notes += [item.note for _, items in network_tables(catalog) for item in items.values()]
    notes += [f"{entry.note} {entry.permit}" for entry in catalog.generation.sources.values()]
    text = "\n".join(notes)
    for source in catalog.sources.values():
        if source.id not in used and source.id not in text:
            yield desk.says(
                Place("sources", source.id),
                f"nothing cites source `{source.id}`",
                "cite it or delete it",
            )


def judgement_is_fresh(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Doubt old judgement: what nobody had published two years ago, or was typical then, may be
    known or different.
    """
    desk = Desk(catalog, "C003", warning=True)
    before = months_before(today, STALE_MONTHS)
    dated = [(place, as_of(catalog, figure)) for place, figure in default_figures(catalog)]
    dated += [
        (Place("assumptions", entry_name(entry)), entry.date) for entry in catalog.assumptions
    ]
    for place, moment in dated:
        if moment.last < before:
            remedy = f"look for something of the last {STALE_MONTHS} months, then renew its date"
            yield desk.says(place, f"`{place}` is judged by what was known in {moment}", remedy)


def enough_to_plan_with(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for what a plan needs: power and price of each system; power, memory and bf16 rate of
    each accelerator.
    """
    desk = Desk(catalog, "C004")
    remedy = "give the published figure, or an entry in the `assumptions`"
    for chip in catalog.accelerators.values():
        needs = (
            ("tdp", chip.tdp_w),
            ("memory", chip.memory_gb),
            ("peak.bf16", chip.peak_flop_s.bf16),
        )
        for key, figure in needs:
            if figure is None:
                yield desk.says(
                    Place("accelerators", chip.id), f"`{chip.id}` has no `{key}`", remedy
                )
    for system in catalog.systems.values():
        place = Place("systems", system.id)
        if system.power.nameplate_w is None:
            yield desk.says(place, f"`{system.id}` has no `power.nameplate`", remedy)
        if system.id not in catalog.planning_prices:
            wanted = (
                "give one in a judgement file; for what is never sold an assumed cost-equivalent"
            )
            yield desk.says(place, f"`{system.id}` has no planning price", wanted)


def software_has_efficiency(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Peak rates become work by a utilisation; where the defaults have none for a software, its
    chips do no work.
    """
    desk = Desk(catalog, "C004", warning=True)
    entries = [entry for entry in catalog.defaults.efficiency if entry.precision == "bf16"]
    known = {entry.software for entry in entries} | {entry.accelerator for entry in entries}
    for chip in catalog.accelerators.values():
        if chip.peak_flop_s.bf16 is not None and not known & {chip.software, chip.id}:
            message = (
                f"`{chip.id}` runs `{chip.software}`, for which `defaults.efficiency` has "
                "no bf16 entry"
            )
            yield desk.says(
                Place("accelerators", chip.id),
                message,
                "is the software spelt as elsewhere? else add one",
            )


def every_origin(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for a maker at every level, where the catalog knows makers at all: a rule that counts by
    it refuses what has none.
    """
    desk = Desk(catalog, "C004", warning=True)
    levels = [level for level in UPSTREAM if any(known == level for _, known in catalog.origins)]
    for chip in catalog.accelerators.values():
        missing = [level for level in levels if (chip.id, level) not in catalog.origins]
        if missing:
            message = f"`{chip.id}` does not say who makes it: {', '.join(missing)}"
            yield desk.says(
                Place("accelerators", chip.id),
                message,
                "add it to an entry of `origins`, or of `assumed_origins`",
            )


def origins_not_from_the_future(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Nobody has read tomorrow's paper."""
    desk = Desk(catalog, "C002")
    for (accelerator, level), origin in catalog.origins.items():
        if origin.date is not None and origin.date.first > today:
            message = f"the {level} of `{accelerator}` is dated {origin.date}, after {today}"
            yield desk.says(
                Place("origins", f"{accelerator}.{level}"), message, "give the date of the text"
            )
