"""How is a hall told? What cools it, what it draws and uses in a year, what must be installed, and what is stranded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from planner.report.amounts import figure_text
from planner.report.tables import DAGGER, Column, Table, Value, percent, show

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.explore.hall import Hall, Told
    from planner.records import Figure

ASSUMED_NOTE = f"{DAGGER} rests on an assumption: nobody published it; grade is that of the worst figure behind it"
BAND_NOTE = "ranges: each uncertain figure moved alone to its low and high, changes combined in quadrature"


def title(found: Hall) -> list[str]:
    """What is housed, and how."""
    system, units = found.fleet.systems[0]
    accelerators = show(units * system.accelerators)
    return [f"Facility for {show(units)} × {system.name} ({accelerators} accelerators), {found.chosen.name}, {found.asked.climate} climate"]


def tables(found: Hall) -> list[Table]:
    """All of them."""
    ramp = [] if found.storage is None else [ramp_table(found)]
    return [
        cooling_table(found),
        rows_table(found),
        draw_table(found),
        year_table(found),
        layers_table(found),
        *ramp,
        stages_table(found),
        used_table(found),
    ]


def cooling_table(found: Hall) -> Table:
    """Which technologies carry these racks, why not, and at which PUE and WUE."""
    rows: list[list[Value]] = []
    for choice in found.choices:
        climate = choice.climate
        fill = "as sold" if choice.servers_per_rack is None else f"{choice.servers_per_rack} to a rack"
        rows.append(
            [
                choice.name + (" (chosen)" if choice.id == found.chosen.id else ""),
                choice.carries.verdict,
                choice.carries.reason,
                fill,
                choice.rack_w / 1e3,
                *(_spanned(figure) for figure in (climate.pue_annual, climate.pue_peak, climate.wue_l_per_kwh)),
            ]
        )
    columns = [Column("cooling"), Column("carries"), Column("reason"), Column("rack"), Column("heat per rack, nameplate", "kW")]
    columns += [Column("PUE, year"), Column("PUE, design day"), Column("WUE, L/kWh IT")]
    notes = [
        "`at the limit`: beyond common practice, within the best published",
        "a PUE is of the whole site, UPS and distribution inside",
        ASSUMED_NOTE,
    ]
    return Table(f"Cooling in a {found.asked.climate} climate", columns, rows, notes)


def _spanned(figure: Figure[Any]) -> str:
    mark = DAGGER if figure.grade == "D" else ""
    span = f" ({show(figure.low, 3)} … {show(figure.high, 3)})" if figure.low is not None and figure.high is not None else ""
    return f"{show(figure.value, 3)}{mark}{span}"


def rows_table(found: Hall) -> Table:
    """Racks, positions, and where installed power stays unused."""
    rows, ups = found.rows, next(need for need in found.layers if need.layer == "ups")
    installed_w = rows.provided_w / ups.usable
    steps: list[list[Value]] = [
        ["installed behind the rows' UPS", installed_w / 1e6, percent(1.0)],
        [f"reserve of {ups.topology.name}", (rows.provided_w - installed_w) / 1e6, percent(rows.provided_w / installed_w - 1)],
        ["stranded: less than one rack in each row", -rows.stranded_w / 1e6, percent(-rows.stranded_w / installed_w)],
        ["deployable in these rows", rows.deployable_w / 1e6, percent(rows.deployable_w / installed_w)],
        ["open positions in the last row", -rows.open_w / 1e6, percent(-rows.open_w / installed_w)],
        ["deployed", rows.deployed_w / 1e6, percent(rows.deployed_w / installed_w)],
    ]
    mark = "" if found.asked.row_given else DAGGER
    notes = [
        f"{show(rows.racks)} racks of {show(rows.rack_w / 1e3)} kW, {show(rows.racks_per_row)} to a row of "
        f"{show(rows.row_w / 1e6)} MW{mark}: {show(rows.rows)} rows, {show(rows.rows * rows.racks_per_row)} positions",
        f"network, storage and management take {show(found.overhead_w / 1e6)} MW more (it, nameplate) in rows of their own",
    ]
    return Table(
        "From installed to deployed power (rack, nameplate)", [Column(""), Column("power", "MW"), Column("of installed")], steps, notes
    )


def draw_table(found: Hall) -> Table:
    """Power at each basis and load."""
    return _told_table(
        "Power",
        [told for told in found.told if told.what == "power"],
        ["nameplate and peak use the design day's PUE, the others the year's"],
    )


def year_table(found: Hall) -> Table:
    """Energy, water, carbon and heat."""
    notes = ["carbon is operational and location-based; water is that of the site, not of the power plants"]
    return _told_table("A year", [told for told in found.told if told.what != "power"], notes)


def _told_table(name: str, told: list[Told], notes: list[str]) -> Table:
    rows: list[list[Value]] = []
    for t in told:
        mark = DAGGER if t.grade == "D" else ""
        moved = t.band.by_factor[0][0] if t.band.by_factor else None
        span = f"{show(t.band.low)} … {show(t.band.high)}" if t.band.low < t.band.high else "no range known"
        rows.append([t.what, t.at, f"{show(t.band.value)} {t.unit}{mark}", span, t.grade, moved])
    columns = [Column("figure"), Column("basis, load"), Column("value"), Column("range"), Column("grade"), Column("widest by")]
    return Table(name, columns, rows, [*notes, BAND_NOTE, ASSUMED_NOTE])


def layers_table(found: Hall) -> Table:
    """Capacity to install in each layer, and which layer would hold the IT back first if all had the same installed."""
    rows: list[list[Value]] = []
    for need in found.layers:
        t = need.topology
        units = f"{show(round(t.copies * (t.needed.value + t.spare)))} for {show(round(t.needed.value))}"
        mark = DAGGER if t.needed.grade == "D" else ""
        rows.append(
            [need.layer, t.name, units + mark, percent(need.usable), need.per_it, need.installed_w / 1e6, need.mep_multiple, need.note]
        )
    columns = [
        Column("layer"),
        Column("redundancy"),
        Column("units"),
        Column("usable"),
        Column("W per W of IT"),
        Column("to install", "MW"),
    ]
    columns += [Column("M&E cost, N = 1", digits=3), Column("carries")]
    tight = max(found.layers, key=lambda need: need.per_it / need.usable)
    notes = [
        f"tightest per MW installed: {tight.layer} ({show(tight.per_it / tight.usable)} MW for 1 MW of IT)",
        "the feed is N unless --redundancy says `feed=…`",
    ]
    return Table("Redundancy: what must be installed for this IT, nameplate", columns, rows, notes)


def stages_table(found: Hall) -> Table:
    """Where the electrical part of the PUE goes."""
    rows: list[list[Value]] = [
        [f"{stage.name}{DAGGER if stage.grade == 'D' else ''}", percent(stage.load_share), percent(stage.efficiency, 2), stage.loss_w / 1e6]
        for stage in found.stages
    ]
    columns = [Column("stage"), Column("load over rating, peak"), Column("efficiency"), Column("loss", "MW", 3)]
    return Table(
        "Losses inside the PUE, at peak", columns, rows, ["already counted: added only to a PUE that leaves them out", ASSUMED_NOTE]
    )


def ramp_table(found: Hall) -> Table:
    """Storage that turns the step of a synchronous job into the ramp allowed."""
    storage, ramp = found.storage, found.asked.ramp_w_per_s or 0.0
    assert storage is not None
    rows: list[list[Value]] = [
        ["step: peak to idle (it)", f"{show(found.step_w / 1e6)} MW{DAGGER}"],
        ["ramp allowed", f"{show(ramp * 60 / 1e6)} MW/min"],
        ["time of the ramp", f"{show(found.step_w / ramp / 60, 3)} min"],
        ["storage, power", f"{show(storage.power_w / 1e6)} MW"],
        ["storage, energy: ΔP² / (2R)", f"{show(storage.energy_mwh, 3)} MWh"],
    ]
    notes = [
        "every system stops at once, as when a job fails or saves its state; cooling follows later; the storage's own losses are not in it",
        ASSUMED_NOTE,
    ]
    return Table("Storage for the ramp", [Column(""), Column("")], rows, notes)


def used_table(found: Hall) -> Table:
    """The facility's figures behind all this; those of the systems are listed by `planner power`."""
    rows: list[list[Value]] = []
    for used in found.used:
        f = used.figure
        rows.append(
            [
                used.name + (DAGGER if f.grade == "D" else ""),
                figure_text(f),
                f"{f.grade} {f.kind}",
                str(f.date) if f.date else None,
                f.source,
                f.note or None,
            ]
        )
    columns = [Column("figure"), Column("value and range"), Column("grade"), Column("date"), Column("source"), Column("note")]
    return Table("Figures it rests on", columns, rows, [f"{DAGGER} assumed: nobody published it"])


def hall_json(found: Hall) -> str:
    """The hall as JSON, in W, kWh-based units as named, with ranges, grades and sources."""
    rows, storage = found.rows, found.storage
    body = {
        "systems": {system.id: units for system, units in found.fleet.systems},
        "climate": found.asked.climate,
        "grid": found.asked.grid.id,
        "cooling": found.chosen.id,
        "choices": [
            {
                "cooling": c.id,
                "carries": c.carries.verdict,
                "reason": c.carries.reason,
                "servers_per_rack": c.servers_per_rack,
                "rack_w": c.rack_w,
                **{key: getattr(c.climate, key).model_dump() for key in ("pue_annual", "pue_peak", "wue_l_per_kwh")},
            }
            for c in found.choices
        ],
        "figures": [
            {"what": t.what, "at": t.at, "unit": t.unit, "value": t.band.value, "low": t.band.low, "high": t.band.high, "grade": t.grade}
            for t in found.told
        ],
        "rows": {
            "racks": rows.racks,
            "racks_per_row": rows.racks_per_row,
            "rows": rows.rows,
            "positions": rows.rows * rows.racks_per_row,
            "provided_w": rows.provided_w,
            "deployable_w": rows.deployable_w,
            "deployed_w": rows.deployed_w,
            "stranded_w": rows.stranded_w,
            "open_w": rows.open_w,
        },
        "layers": [
            {
                "layer": n.layer,
                "redundancy": n.topology.name,
                "usable": n.usable,
                "per_it": n.per_it,
                "installed_w": n.installed_w,
                "mep_cost": n.mep_multiple,
            }
            for n in found.layers
        ],
        "stages": [
            {"stage": s.name, "load": s.load_share, "efficiency": s.efficiency, "loss_w": s.loss_w, "grade": s.grade} for s in found.stages
        ],
        "step_w": found.step_w,
        "storage": None if storage is None else {"power_w": storage.power_w, "energy_mwh": storage.energy_mwh},
        "rests_on": [{"figure": used.name, **used.figure.model_dump(mode="json"), "grade": used.figure.grade} for used in found.used],
    }
    return json.dumps(body, indent=1)
