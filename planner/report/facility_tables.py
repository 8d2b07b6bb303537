"""How is a hall told? What cools it, what it draws and uses in a year, what must be installed, and
what is stranded.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from planner.report import cluster_tables
from planner.report.amounts import figure_text
from planner.report.power_tables import BAND_NOTE
from planner.report.tables import DAGGER, Column, Table, Value, percent, show

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.power_model.hall import Choice, Hall
    from planner.records import Figure

ASSUMED_NOTE = (
    f"{DAGGER} rests on an assumption: nobody published it; grade is that of the worst "
    "figure behind it"
)


def title(found: Hall) -> list[str]:
    """What is housed, at which work, and how, in the words of the power."""
    first, *more = cluster_tables.title(found.power)
    return [first.replace("Power of", "Facility for", 1), *more]


def tables(found: Hall) -> list[Table]:
    """All of them."""
    return [
        cooling_table(found),
        rows_table(found),
        draw_table(found),
        cluster_tables.yearly_table(found.power),
        layers_table(found),
        cluster_tables.swing_table(found.power),
        stages_table(found),
        used_table(found),
    ]


def cooling_table(found: Hall) -> Table:
    """Which technologies carry these racks, why not, and at which PUE and WUE."""
    rows: list[list[Value]] = []
    for choice in found.choices:
        climate = choice.climate
        fill = (
            "as sold" if choice.servers_per_rack is None else f"{choice.servers_per_rack} to a rack"
        )
        rows.append(
            [
                choice.name + (" (chosen)" if choice.id == found.chosen.id else ""),
                choice.carries.verdict,
                choice.carries.reason,
                fill,
                choice.rack_w / 1e3,
                *(
                    _spanned(figure)
                    for figure in (climate.pue_annual, climate.pue_peak, climate.wue_l_per_kwh)
                ),
            ]
        )
    columns = [
        Column("cooling"),
        Column("carries"),
        Column("reason"),
        Column("rack"),
        Column("heat per rack, nameplate", "kW"),
    ]
    columns += [Column("PUE, year"), Column("PUE, design day"), Column("WUE, L/kWh IT")]
    notes = [
        "`at the limit`: beyond common practice, within the best published",
        "a PUE is of the whole site, UPS and distribution inside",
        ASSUMED_NOTE,
    ]
    return Table(f"Cooling in a {found.power.setup.climate} climate", columns, rows, notes)


def _spanned(figure: Figure[Any]) -> str:
    mark = DAGGER if figure.grade == "D" else ""
    span = (
        f" ({show(figure.low, 3)} … {show(figure.high, 3)})"
        if figure.low is not None and figure.high is not None
        else ""
    )
    return f"{show(figure.value, 3)}{mark}{span}"


def rows_table(found: Hall) -> Table:
    """Racks, positions, and where installed power stays unused."""
    rows, ups = found.rows, next(need for need in found.power.layers if need.layer == "ups")
    installed_w = rows.provided_w / ups.usable
    steps: list[list[Value]] = [
        ["installed behind the rows' UPS", installed_w / 1e6, percent(1.0)],
        [
            f"reserve of {ups.topology.name}",
            (rows.provided_w - installed_w) / 1e6,
            percent(rows.provided_w / installed_w - 1),
        ],
        [
            "stranded: less than one rack in each row",
            -rows.stranded_w / 1e6,
            percent(-rows.stranded_w / installed_w),
        ],
        [
            "deployable in these rows",
            rows.deployable_w / 1e6,
            percent(rows.deployable_w / installed_w),
        ],
        ["open positions in the last row", -rows.open_w / 1e6, percent(-rows.open_w / installed_w)],
        ["deployed", rows.deployed_w / 1e6, percent(rows.deployed_w / installed_w)],
    ]
    mark = "" if found.asked.row_power is not None else DAGGER
    notes = [
        f"{show(rows.racks)} racks of {show(rows.rack_w / 1e3)} "
        f"kW, {show(rows.racks_per_row)} to a row of "
        f"{show(rows.row_w / 1e6)} MW{mark}: {show(rows.rows)} rows, "
        f"{show(rows.rows * rows.racks_per_row)} positions",
        f"network, storage and management take {show(found.overhead_w / 1e6)} MW more (it, "
        "nameplate) in rows of their own",
    ]
    return Table(
        "From installed to deployed power (rack, nameplate)",
        [Column(""), Column("power", "MW"), Column("of installed")],
        steps,
        notes,
    )


def draw_table(found: Hall) -> Table:
    """Power at each basis and load."""
    notes = [f"class of work: {found.group.work}", cluster_tables.PUE_NOTE, BAND_NOTE, ASSUMED_NOTE]
    return cluster_tables.told_table("Power", found.powers, notes)


def layers_table(found: Hall) -> Table:
    """Capacity to install in each layer, and which layer would hold the IT back first if all had
    the same installed.
    """
    rows: list[list[Value]] = []
    for need in found.power.layers:
        t = need.topology
        units = (
            f"{show(round(t.copies * (t.needed.value + t.spare)))} for "
            f"{show(round(t.needed.value))}"
        )
        mark = DAGGER if t.needed.grade == "D" else ""
        rows.append(
            [
                need.layer,
                t.name,
                units + mark,
                percent(need.usable),
                need.per_it,
                need.installed_w / 1e6,
                need.mep_multiple,
                need.note,
            ]
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
    tight = max(found.power.layers, key=lambda need: need.per_it / need.usable)
    notes = [
        f"tightest per MW installed: {tight.layer} "
        f"({show(tight.per_it / tight.usable)} MW for 1 MW of IT)",
        "redundancy changes what is installed, never the draw; left out it is 4N/3 (of `planner "
        "power`: N), and of the feed N",
    ]
    return Table("Redundancy: what must be installed for this IT, nameplate", columns, rows, notes)


def stages_table(found: Hall) -> Table:
    """Where the electrical part of the PUE goes."""
    rows: list[list[Value]] = [
        [
            f"{stage.name}{DAGGER if stage.grade == 'D' else ''}",
            percent(stage.load_share),
            percent(stage.efficiency, 2),
            stage.loss_w / 1e6,
        ]
        for stage in found.power.stages
    ]
    columns = [
        Column("stage"),
        Column("load over rating, peak"),
        Column("efficiency"),
        Column("loss", "MW", 3),
    ]
    return Table(
        "Losses inside the PUE, at peak",
        columns,
        rows,
        ["already counted: added only to a PUE that leaves them out", ASSUMED_NOTE],
    )


def used_table(found: Hall) -> Table:
    """The facility's figures behind all this."""
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
    columns = [
        Column("figure"),
        Column("value and range"),
        Column("grade"),
        Column("date"),
        Column("source"),
        Column("note"),
    ]
    notes = [
        "those of the systems and their networks are listed by `planner power`",
        cluster_tables.ASSUMED,
    ]
    return Table("Figures it rests on", columns, rows, notes)


def _choice(choice: Choice) -> dict[str, object]:
    ratios = ("pue_annual", "pue_peak", "wue_l_per_kwh")
    return {
        "cooling": choice.id,
        "carries": choice.carries.verdict,
        "reason": choice.carries.reason,
        "servers_per_rack": choice.servers_per_rack,
        "rack_w": choice.rack_w,
        **{key: getattr(choice.climate, key).model_dump() for key in ratios},
    }


def _rows(found: Hall) -> dict[str, object]:
    rows = found.rows
    return {
        "racks": rows.racks,
        "racks_per_row": rows.racks_per_row,
        "rows": rows.rows,
        "positions": rows.rows * rows.racks_per_row,
        "provided_w": rows.provided_w,
        "deployable_w": rows.deployable_w,
        "deployed_w": rows.deployed_w,
        "stranded_w": rows.stranded_w,
        "open_w": rows.open_w,
    }


def hall_json(found: Hall) -> str:
    """The hall as JSON, in W, kWh-based units as named, with ranges, grades and sources."""
    power = found.power
    setup, storage = power.setup, power.swing.storage
    body = {
        "systems": {found.group.system.id: found.group.count},
        "workload": found.group.work,
        "climate": setup.climate,
        "grid": setup.grid,
        "cooling": found.chosen.id,
        "choices": [_choice(c) for c in found.choices],
        "figures": [
            {
                "what": t.what,
                "at": t.at,
                "unit": t.unit,
                "value": t.band.value,
                "low": t.band.low,
                "high": t.band.high,
                "grade": t.grade,
            }
            for t in (*found.powers, *power.yearly)
        ],
        "rows": _rows(found),
        "layers": [
            {
                "layer": n.layer,
                "redundancy": n.topology.name,
                "usable": n.usable,
                "per_it": n.per_it,
                "installed_w": n.installed_w,
                "mep_cost": n.mep_multiple,
            }
            for n in power.layers
        ],
        "stages": [
            {
                "stage": s.name,
                "load": s.load_share,
                "efficiency": s.efficiency,
                "loss_w": s.loss_w,
                "grade": s.grade,
            }
            for s in power.stages
        ],
        "step_w": power.swing.step_w,
        "storage": None
        if storage is None
        else {"power_w": storage.power_w, "energy_mwh": storage.energy_mwh},
        "rests_on": [
            {"figure": used.name, **used.figure.model_dump(mode="json"), "grade": used.figure.grade}
            for used in found.used
        ],
        "notes": power.notes,
    }
    return json.dumps(body, indent=1)
