"""Does it fit, and what is an announced power? Both as sentences, tables and data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.report.amounts import amount
from planner.report.cluster_tables import span, unit_for
from planner.report.tables import Column, Table, Value, percent, show, signed

if TYPE_CHECKING:  # the tables are drawn from what was computed, and import none of it
    from planner.power_model.announced import Place, Placed
    from planner.power_model.verdict import AtSite, Held, Verdict

LEAST = 0.0005
"""A chance below it, or as near to certainty, is told as a bound."""
VERDICT_NOTE = (
    "the margin is the limit less the draw, over the limit; the chance is that of a draw above the "
    "limit, from the ranges of all figures, each independent of the others"
)
BLAME_NOTE = (
    "largest part: of the draw itself; widest by: the uncertain figure that moves the draw most"
)
RANGE_NOTE = "in range: inside the 80 % range; where no range is known, within 1 % of the draw"


def chance_cell(chance: float | None) -> Value:
    """A chance as people read it; never 0 or 100 %."""
    if chance is None:
        return "no range known"
    if chance < LEAST:
        return "< 0.1 %"
    return "> 99.9 %" if chance > 1.0 - LEAST else percent(chance)


def sentence(one: Held, where: str = "") -> str:
    """The verdict of one limit in a line."""
    draw = f"draws {_power(one.draw.value)} ({one.basis}, {one.load}) of {_power(one.limit_w)}"
    margin = f"{_power(abs(one.margin_w))} ({_share(one.margin)})"
    ends = "to spare" if one.fits else "too much"
    chance = show(chance_cell(one.chance))
    risk = "no range known" if one.chance is None else f"chance to exceed it {chance}"
    what = "" if one.what == "limit" else f"{one.what} "
    head = "fits" if one.fits else "does not fit"
    return f"{where}{what}{head}: {draw}, {margin} {ends}; {risk}"


def _share(margin: float) -> str:
    return show(percent(abs(margin)))


def _power(watts: float) -> str:
    """A power with four digits in the unit that suits it."""
    for scale, unit in ((1e9, "GW"), (1e6, "MW"), (1e3, "kW")):
        if abs(watts) >= scale:
            return f"{show(watts / scale)} {unit}"
    return f"{show(watts)} W"


Answer = tuple[list[str], list[Table], dict[str, object]]
"""Sentences below the title, tables before the others, and data."""


def verdict_answer(found: Verdict | None, *, asked: bool) -> Answer:
    """A verdict, whether it was asked for or ratings of a file are held anyway."""
    if found is None:
        return [], [], {}
    table = verdict_table(found, "Verdict" if asked else "Ratings")
    return verdict_lines(found) if asked else [], [table], {"verdict": verdict_json(found)}


def verdict_lines(found: Verdict) -> list[str]:
    """The answer in a few sentences: of the limit, and of every other limit that is not kept."""
    first, *rest = found.held
    lines = [sentence(first), _blame(first)]
    return lines + [sentence(one) for one in rest if not one.fits]


def _blame(one: Held) -> str:
    name, watts = one.largest
    share = show(percent(watts / one.draw.value))
    widest = f"; its range is widest by {one.widest}" if one.widest else ""
    return f"largest part of it: {name}, {_power(watts)} ({share}){widest}"


def verdict_table(found: Verdict, title: str = "Verdict", periods: Sequence[str] = ()) -> Table:
    """Every limit with draw, margin and chance; `periods` where a plan tells its worst ones."""
    rows: list[list[Value]] = []
    watts = [value for one in found.held for value in (one.limit_w, one.draw.value)]
    scale, unit = unit_for(max(watts))
    for i, one in enumerate(found.held):
        name, part_w = one.largest
        row: list[Value] = [one.what, "yes" if one.fits else "no"]
        row += [f"{one.basis}, {one.load}", *periods[i : i + 1]]
        row += [one.limit_w / scale, one.draw.value / scale, span(one.draw, scale)]
        row += [one.margin_w / scale, signed(one.margin), chance_cell(one.chance)]
        rows.append([*row, f"{name}, {show(percent(part_w / one.draw.value))}", one.widest])
    columns = [Column("limit"), Column("fits"), Column("basis, load")]
    columns += [Column("worst period")] * bool(periods)
    columns += [Column("may draw", unit), Column("draws", unit), Column("80 %", unit)]
    columns += [Column("margin", unit), Column("of limit"), Column("chance above")]
    columns += [Column("largest part"), Column("widest by")]
    notes = [f"{one.what}: {one.note}" for one in found.held if one.note]
    return Table(title, columns, rows, [*notes, VERDICT_NOTE, BLAME_NOTE])


def site_lines(sites: Sequence[AtSite]) -> list[str]:
    """The verdict of each site in a sentence: of its limit, and of others that are not kept."""
    if not sites:
        return ["fits: nothing runs at any site"]
    return [
        sentence(one, f"{at.site} in {period} ")
        for at in sites
        for i, (one, period) in enumerate(zip(at.held, at.periods, strict=True))
        if i == 0 or not one.fits
    ]


def held_json(one: Held) -> dict[str, object]:
    """One limit, in W."""
    return {
        "what": one.what,
        "fits": one.fits,
        "basis": one.basis,
        "load": one.load,
        "limit_w": one.limit_w,
        "draw_w": {"value": one.draw.value, "low": one.draw.low, "high": one.draw.high},
        "margin_w": one.margin_w,
        "margin": one.margin,
        "chance_above": one.chance,
        "largest_part": {"part": one.largest[0], "w": one.largest[1]},
        "widest_by": one.widest,
    }


def verdict_json(found: Verdict) -> dict[str, object]:
    """Every limit, in W."""
    return {"fits": found.fits, "limits": [held_json(one) for one in found.held]}


def sites_json(sites: Sequence[AtSite]) -> dict[str, object]:
    """The limits of each site of a plan, each in its worst period, in W."""
    return {
        "fits": all(one.fits for at in sites for one in at.held),
        "sites": [
            {
                "site": at.site,
                "limits": [
                    {"period": period, **held_json(one)}
                    for one, period in zip(at.held, at.periods, strict=True)
                ],
            }
            for at in sites
        ],
    }


def placed_lines(found: Placed, count: int) -> list[str]:
    """What an announced power is, and what it is not, in sentences."""
    said = f"{amount(found.announced_w, 'W')} with {show(count)} accelerators"
    if found.fitting:
        near = found.fitting[0]
        lines = [
            f"{said} is {_either(found.fitting)}; nearest is {near.basis} {near.load}, of which it "
            f"is {show(percent(near.ratio))}"
        ]
    else:
        near = found.nearest
        lines = [
            f"{said} fits no basis and load; nearest is {near.basis} {near.load}, "
            f"of which it is {show(percent(near.ratio))}"
        ]
    if found.others:
        lines.append(f"it is not {_either(found.others, found.fitting)}")
    return lines


def _either(places: Sequence[Place], others: Sequence[Place] | None = None) -> str:
    """Places by load: `nameplate at it, or peak at it or facility`; where `others` has no place at
    a load, `nameplate at any basis`.
    """
    by_load: dict[str, list[str]] = {}
    for place in places:
        by_load.setdefault(place.load, []).append(place.basis)
    some = by_load.keys() if others is None else {place.load for place in others}
    return ", or ".join(
        f"{load} at {_words(bases) if load in some else 'any basis'}"
        for load, bases in by_load.items()
    )


def _words(bases: Sequence[str]) -> str:
    return " or ".join([", ".join(bases[:-1])] * (len(bases) > 1) + [bases[-1]])


def placed_table(found: Placed) -> Table:
    """The announced power beside the draw at every basis and load."""
    scale, unit = unit_for(found.announced_w)
    rows: list[list[Value]] = [
        [
            place.basis,
            place.load,
            place.draw.value / scale,
            span(place.draw, scale),
            percent(place.ratio),
            "yes" if place.fits else "no",
        ]
        for place in found.places
    ]
    columns = [Column("basis"), Column("load"), Column("predicted", unit), Column("80 %", unit)]
    columns += [Column("announced over predicted"), Column("in range")]
    return Table(f"{amount(found.announced_w, 'W')} among the bases", columns, rows, [RANGE_NOTE])


def placed_json(found: Placed) -> dict[str, object]:
    """The announced power beside the draw at every basis and load, in W."""
    return {
        "announced_w": found.announced_w,
        "fits": [{"basis": p.basis, "load": p.load} for p in found.fitting],
        "places": [
            {
                "basis": p.basis,
                "load": p.load,
                "predicted_w": {"value": p.draw.value, "low": p.draw.low, "high": p.draw.high},
                "announced_over_predicted": p.ratio,
                "in_range": p.fits,
            }
            for p in found.places
        ],
    }
