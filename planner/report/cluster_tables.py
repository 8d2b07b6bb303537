"""How is the power of a cluster told? From chip to utility, by part, what must be installed, a year
of it, and what makes the range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.engineering.power import LOADS, Basis
from planner.report.amounts import amount
from planner.report.power_tables import BAND_NOTE, drivers_table
from planner.report.tables import DAGGER, Column, Table, Value, percent, show

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.engineering.cluster import Group
    from planner.engineering.uncertain import Band
    from planner.power_model.cluster import ClusterPower, Told
    from planner.power_model.draw import Step
    from planner.power_model.fit import Fit

ASSUMED = f"{DAGGER} assumed: nobody published it"
INDEPENDENT = "figures that fail together (one vendor, one climate) would widen a range"
LOAD_NOTE = (
    "nameplate must be provisioned · peak is the highest realised · average makes the "
    "bill · idle is switched on without work"
)
PUE_NOTE = "nameplate and peak use the design day's PUE, average and idle the year's mean"


def title(found: ClusterPower) -> list[str]:
    """What is being powered, and what a reader must know of it."""
    cluster = found.setup.cluster
    parts = []
    for group in cluster.groups:
        count = show(group.accelerators)
        parts.append(
            f"{show(group.count)} × {group.system.name} ({count} accelerators), {group.work}"
        )
    cooled = ", ".join(dict.fromkeys(c.technology.name for c in found.setup.cooled))
    network = ", ".join(dict.fromkeys(_network(group) for group in cluster.groups))
    lines = [
        f"Power of {' + '.join(parts)}",
        f"cooling: {cooled}; {found.setup.climate} climate · network: {network}",
    ]
    if len(cluster.groups) > 1:
        lines.append(f"{show(cluster.accelerators)} accelerators in all")
    return [*lines, *(f"note: {note}" for note in found.notes)]


def _network(group: Group) -> str:
    if group.network is None:
        return "not counted, a share of nameplate"
    named = f"{group.network.kind} of {group.network.switch}"
    return (
        f"{named} (none named: others are in the range)"
        if "network · topology" in group.network.moves
        else named
    )


def tables(found: ClusterPower, upto: Basis | None = None) -> list[Table]:
    """All of them; the chain only up to a basis, if one is given."""
    capped = [capped_table(found)] if found.capped else []
    return [
        waterfall_table(found, upto),
        loads_table(found, upto),
        *([parts_table(found, upto)] if upto != "chip" else []),
        *capped,
        layers_table(found),
        yearly_table(found),
        swing_table(found),
        drivers_table(found.steps, *_unit(found)),
        figures_table(found),
    ]


def steps_upto(found: ClusterPower, upto: Basis | None) -> list[Step]:
    """The steps of the chain up to a basis; of servers, `rack` is the same as `server`."""
    names = [step.basis for step in found.steps]
    last = "server" if upto == "rack" and "rack" not in names else upto
    return (
        found.steps
        if last is None
        else found.steps[: names.index(last) + 1]
        if last in names
        else found.steps
    )


def waterfall_table(found: ClusterPower, upto: Basis | None = None) -> Table:
    """Nameplate at each basis, what each step adds as a share of the meter, per accelerator and per
    MW of utility.
    """
    each, whole = found.setup.cluster.accelerators, found.steps[-1].bands["nameplate"].value
    scale, unit = _unit(found)
    rows: list[list[Value]] = []
    for step in steps_upto(found, upto):
        known = step.bands["nameplate"]
        share, per_mw = percent(step.added_w / whole), known.value / whole * 1e3
        row: list[Value] = [
            step.basis,
            step.adds,
            step.added_w / scale,
            share,
            known.value / scale,
            span(known, scale),
        ]
        rows.append([*row, round(known.value / each), round(step.added_w / each), per_mw])
    columns = [
        Column("basis"),
        Column("what the step adds"),
        Column("added", unit),
        Column("of utility"),
        Column("nameplate", unit),
    ]
    columns += [
        Column("80 %", unit),
        Column("per accelerator", "W"),
        Column("added per accelerator", "W"),
        Column("per MW of utility", "kW"),
    ]
    notes = [
        f"{show(found.accelerators_per_mw)} accelerators per MW at the utility's meter, nameplate"
    ]
    return Table(
        "From chip to utility, nameplate", columns, rows, [*notes, f"{BAND_NOTE}; {INDEPENDENT}"]
    )


def loads_table(found: ClusterPower, upto: Basis | None = None) -> Table:
    """MW, or kW of a small cluster, at each basis and load, and W per accelerator."""
    each = found.setup.cluster.accelerators
    (scale, unit), columns, rows = _unit(found), [Column("basis")], list[list[Value]]()
    for load in LOADS:
        columns += [Column(load, unit), Column("80 %", unit)]
    columns += [Column(f"{load} per accelerator", "W") for load in LOADS if load != "nameplate"]
    for step in steps_upto(found, upto):
        row: list[Value] = [step.basis]
        for load in LOADS:
            row += [_in(step.bands.get(load), scale), span(step.bands.get(load), scale)]
        others = [step.bands.get(load) for load in LOADS if load != "nameplate"]
        rows.append([*row, *(round(known.value / each) if known else None for known in others)])
    return Table("Draw by load", columns, rows, [LOAD_NOTE, PUE_NOTE])


def unit_for(watts: float) -> tuple[float, str]:
    """Scale and unit that suit a power."""
    return (1e6, "MW") if watts >= 1e6 else (1e3, "kW")


def _unit(found: ClusterPower) -> tuple[float, str]:
    """Scale and unit that suit the size of a cluster."""
    return unit_for(found.chain.utility.nameplate_w)


def _in(known: Band | None, scale: float) -> float | None:
    return known.value / scale if known else None


def span(known: Band | None, scale: float) -> str | None:
    """The range of a band as text."""
    if known is None:
        return None
    return (
        f"{show(known.low / scale)} … {show(known.high / scale)}"
        if known.low < known.high
        else "no range known"
    )


def parts_table(found: ClusterPower, upto: Basis | None = None) -> Table:
    """MW, or kW of a small cluster, of every part at every load."""
    order = [basis for basis, _ in found.chain]
    last = order.index(upto) if upto in order else len(order) - 1
    whole = found.chain.at(order[last])
    assert whole is not None
    (scale, unit), each, rows = _unit(found), found.setup.cluster.accelerators, list[list[Value]]()
    for name, by_load in found.parts:
        if found.basis_of(name) in order[: last + 1]:
            shares: list[Value] = [by_load[load] / scale for load in LOADS]
            rows.append(
                [
                    name,
                    *shares,
                    by_load["nameplate"] / each,
                    percent(by_load["nameplate"] / whole.nameplate_w),
                ]
            )
    if upto != "chip":
        total: list[Value] = [(whole.at(load) or 0.0) / scale for load in LOADS]
        rows.append([f"all, {order[last]}", *total, whole.nameplate_w / each, percent(1.0)])
    columns = [
        Column("part"),
        *(Column(load, unit) for load in LOADS),
        Column("nameplate per accelerator", "W", 3),
        Column("of nameplate"),
    ]
    notes = [
        "a system's own draw is rated or metered; its split is the component model's, and the "
        "margin is what that leaves of the rating",
        "losses of power stages are inside the PUE unless it says otherwise, and shown here as "
        "the catalog's stages lose them",
    ]
    return Table("Part by part", columns, rows, notes, total=1 if upto != "chip" else 0)


def layers_table(found: ClusterPower) -> Table:
    """Capacity to install in each layer, beside the draw that passes through it."""
    (scale, unit) = _unit(found)
    rows: list[list[Value]] = []
    for need in found.layers:
        built = need.topology
        units = show(round(built.copies * (built.needed.value + built.spare)))
        mark = DAGGER if built.needed.grade == "D" else ""
        said = f"{units} for {show(round(built.needed.value))}{mark}"
        drawn, installed = need.through_w / scale, need.installed_w / scale
        rows.append(
            [
                need.layer,
                need.topology.name,
                said,
                percent(need.usable),
                drawn,
                installed,
                installed / drawn,
                need.note,
            ]
        )
    columns = [
        Column("layer"),
        Column("redundancy"),
        Column("units"),
        Column("usable"),
        Column("draw through it", unit),
    ]
    columns += [Column("to install", unit), Column("× draw", digits=3), Column("carries")]
    notes = [
        "installed capacity, not draw: redundancy never changes what the machines take; N where "
        "nothing else was asked for",
        ASSUMED,
    ]
    return Table("Capacity to install, nameplate", columns, rows, notes)


def yearly_table(found: ClusterPower) -> Table:
    """Energy, water, carbon, heat and money of a year."""
    notes = [
        "8760 h at the average of the class of work, no downtime; carbon is operational and "
        "location-based, water the site's",
        ASSUMED,
    ]
    return told_table("A year", found.yearly, notes)


def told_table(name: str, told: Sequence[Told], notes: list[str]) -> Table:
    """Figures with basis and load, range, grade, and what makes the range widest."""
    rows: list[list[Value]] = []
    for t in told:
        mark = DAGGER if t.grade == "D" else ""
        moved = t.band.by_factor[0][0] if t.band.by_factor else None
        rows.append(
            [
                t.what,
                t.at,
                f"{show(t.band.value)} {t.unit}{mark}",
                span(t.band, 1.0),
                t.grade,
                moved,
            ]
        )
    columns = [
        Column("figure"),
        Column("basis, load"),
        Column("value"),
        Column("80 %"),
        Column("grade"),
        Column("widest by"),
    ]
    return Table(name, columns, rows, notes)


def swing_table(found: ClusterPower) -> Table:
    """What a synchronous job drops at once, and what would hold it."""
    swing = found.swing
    rows: list[list[Value]] = [["step: peak to idle (it)", amount(round(swing.step_w), "W")]]
    if swing.storage is not None and swing.ramp_w_per_s is not None:
        rows += [
            ["ramp allowed", f"{show(swing.ramp_w_per_s * 60 / 1e6)} MW/min"],
            ["time of the ramp", f"{show(swing.step_w / swing.ramp_w_per_s / 60, 3)} min"],
            ["storage, power", amount(round(swing.storage.power_w), "W")],
            ["storage, energy: ΔP² / (2R)", f"{show(swing.storage.energy_mwh, 3)} MWh"],
        ]
    notes = [
        "every system stops at once, as when a job fails or saves its state; cooling follows "
        "later; losses of storage are not in it"
    ]
    if swing.storage is None:
        notes.append(
            "give the ramp that the grid allows (`--ramp '10 MW/min'`) to size the storage"
        )
    return Table("Swing of power", [Column(""), Column("")], rows, notes)


def capped_table(found: ClusterPower) -> Table:
    """What holding systems down costs."""
    rows: list[list[Value]] = []
    for c in found.capped:
        each = (
            f"{percent(c.work_each.value)} ({percent(c.work_each.low)} … "
            f"{percent(c.work_each.high)})"
            if c.work_each
            else "not published"
        )
        more = (
            (1.0 + (c.more or 0.0)) * c.work_each.value
            if c.work_each and c.more is not None
            else None
        )
        rows.append(
            [
                c.system,
                percent(c.share_of_nameplate),
                percent(c.share_of_peak),
                each,
                percent(c.more),
                percent(more),
            ]
        )
    columns = [
        Column("system"),
        Column("held to, of nameplate"),
        Column("of its realised peak"),
        Column("work of one, at its peak"),
    ]
    columns += [Column("more equipment"), Column("work of all, over what fits at nameplate")]
    notes = [
        "while systems would draw their peak; below the cap nothing is lost. Performance ∝ power "
        "^ elasticity, not far below 70 %"
    ]
    return Table("Cap", columns, rows, notes)


def figures_table(found: ClusterPower) -> Table:
    """Every figure that the chain rests on."""
    rows: list[list[Value]] = []
    for k in sorted(found.uncertain_figures, key=lambda k: k.name):
        mark = DAGGER if k.grade == "D" else ""
        span = (
            f"{amount(k.low, k.unit)} … {amount(k.high, k.unit)}"
            if k.low < k.high and k.unit != "1"
            else None
        )
        span = f"{show(k.low)} … {show(k.high)}" if k.low < k.high and k.unit == "1" else span
        value = show(k.value) if k.unit == "1" else amount(k.value, k.unit)
        source, date = found.setup.sources.get(k.source, (k.source, ""))
        rows.append(
            [f"{k.name}{mark}", value, span, f"{k.grade} {k.kind}", k.date or date or None, source]
        )
    columns = [
        Column("figure"),
        Column("value"),
        Column("10 % … 90 %"),
        Column("grade"),
        Column("date"),
        Column("source"),
    ]
    return Table("Figures it rests on", columns, rows, [ASSUMED])


def fit_tables(found: Fit) -> list[Table]:
    """How many fit, what binds, what stays unused, and what moves the count."""
    each, spread = found.accelerators_each, f"{show(found.fewest)} … {show(found.most)}"
    system = found.power.setup.cluster.groups[0].system
    short = found.next_w - found.limit_w if found.next_w is not None else None
    rows: list[Sequence[Value]] = [
        ["limit", f"{amount(found.limit_w, 'W')} {found.basis}, {found.load}"],
        [
            f"one {system.name}, with its share of the networks",
            f"{show(found.one_w / 1e3)} kW {found.basis}, {found.load}",
        ],
        ["systems that fit", show(found.units)],
        ["accelerators", show(found.units * each)],
        ["systems, 80 %", spread],
        ["accelerators, 80 %", f"{show(found.fewest * each)} … {show(found.most * each)}"],
        ["what binds", found.binds],
        ["used", amount(round(found.used_w), "W")],
        [
            "stranded",
            amount(round(found.stranded_w), "W")
            + (", less than one more system" if short is not None else ""),
        ],
        [
            "one more system would exceed it by",
            f"{show(short / 1e3)} kW" if short is not None else "–",
        ],
    ]
    marks = {k.key: DAGGER for k in found.power.uncertain_figures if k.grade == "D"}
    moved: list[list[Value]] = [
        [s.figure + marks.get(s.figure, ""), s.at_low, s.at_high] for s in found.by_figure
    ]
    columns = [
        Column("uncertain figure"),
        Column("systems at its low"),
        Column("systems at its high"),
    ]
    what = Table(
        f"What fits under {amount(found.limit_w, 'W')}", [Column(""), Column("")], rows, [BAND_NOTE]
    )
    return [what, Table("What moves the count", columns, moved, [ASSUMED])]
