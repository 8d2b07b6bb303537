"""How is a power chain told? A waterfall from chip to utility, with ranges and what dominates
them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from planner.capabilities.networks.tables import NETWORKS
from planner.capabilities.sites.tables import ENERGY, POWER
from planner.engineering.power import Basis, Load
from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, percent, show

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.power_model.draw import Beside, Fleet, Step

REPORTED: tuple[Basis, ...] = ("it", "facility", "utility")
REALISED: tuple[Load, ...] = ("peak", "average")
SIZING: tuple[Load, ...] = ("nameplate", "peak")

BAND_NOTE = (
    "ranges are 80 %: each uncertain figure moved alone to its 10 % and 90 % points, the "
    "changes combined in quadrature"
)


def title(fleet: Fleet) -> list[str]:
    """What is being powered."""
    parts = [
        f"{show(units)} × {system.name} ({show(units * system.accelerators)} accelerators)"
        for system, units in fleet.systems
    ]
    return [f"Power of {' + '.join(parts)}"]


def waterfall_table(fleet: Fleet, steps: list[Step]) -> Table:
    """MW at each basis and load, what each step adds, and W per accelerator."""
    accelerators = sum(units * system.accelerators for system, units in fleet.systems)
    last = steps[-1].bands["nameplate"].value
    columns = [
        Column("basis"),
        Column("what the step adds"),
        Column("nameplate", "MW"),
        Column("range", "MW"),
        Column("added", "MW"),
        Column("of utility"),
        Column("peak", "MW"),
        Column("range", "MW"),
        Column("average", "MW"),
        Column("range", "MW"),
        Column("W per accelerator, nameplate"),
    ]
    rows: list[list[Value]] = []
    for step in steps:
        nameplate = step.bands["nameplate"]
        row: list[Value] = [
            step.basis,
            step.adds,
            nameplate.value / 1e6,
            _range(step, "nameplate"),
            step.added_w / 1e6,
            percent(step.added_w / last),
        ]
        for load in REALISED:
            known = step.bands.get(load)
            row += [known.value / 1e6 if known else None, _range(step, load)]
        row.append(round(nameplate.value / accelerators))
        rows.append(row)
    note = (
        "nameplate must be provisioned · peak is the highest realised in training · average is "
        "what the bill is made of"
    )
    return Table(
        "From chip to utility",
        columns,
        rows,
        [note, BAND_NOTE, "nameplate and peak use the design day's PUE, average the year's mean"],
    )


def _range(step: Step, load: Load) -> str | None:
    known = step.bands.get(load)
    if known is None:
        return None
    return (
        f"{show(known.low / 1e6)} … {show(known.high / 1e6)}"
        if known.low < known.high
        else "no range known"
    )


def drivers_table(steps: list[Step], scale: float = 1e6, unit: str = "MW") -> Table:
    """Which figures make the range of the IT and the utility draw as wide as it is."""
    rows: list[list[Value]] = []
    for step in steps:
        if step.basis not in ("it", "utility"):
            continue
        for load in SIZING:
            known = step.bands.get(load)
            for name, low, high in (known.by_factor if known else ())[:4]:
                rows.append([f"{step.basis}, {load}", name, low / scale, high / scale])
    columns = [
        Column("draw"),
        Column("uncertain figure"),
        Column("at its low", unit, 3),
        Column("at its high", unit, 3),
    ]
    return Table("What makes the range", columns, rows)


def site_powers(plan: Plan) -> Iterator[Table]:
    """Draw of each site by period, IT and utility basis."""
    for site in plan.case.sites:
        columns = [Column("period")]
        for basis in REPORTED:
            columns += [
                Column(f"{basis} nameplate", "MW"),
                Column(f"{basis} peak", "MW"),
                Column(f"{basis} average", "MW"),
            ]
        columns += [Column("energized, utility", "MW"), Column("energy", "GWh")]
        energized = site.power_w
        rows: list[list[Value]] = []
        for t, period in enumerate(plan.case.timeline.periods):
            by_basis = {
                r.basis: r for r in plan.of(POWER) if r.site == site.id and r.period == period.label
            }
            row: list[Value] = [period.label]
            for basis in REPORTED:
                entry = by_basis.get(basis)
                row += (
                    [entry.nameplate_mw, entry.peak_mw, entry.average_mw]
                    if entry
                    else [0.0, 0.0, 0.0]
                )
            energy = sum(
                e.energy_mwh
                for e in plan.of(ENERGY)
                if e.site == site.id and e.period == period.label
            )
            rows.append([*row, energized[t] / 1e6 if energized else None, energy / 1e3])
        yield Table(f"Power at {site.name} by period (limits at {site.sizing})", columns, rows)


def beside_tables(
    plan: Plan, rows: Sequence[Beside], shares: Mapping[str, Sequence[str]]
) -> Iterator[Table]:
    """What networks, storage and management draw beside the machines of each site, by period; what
    is nowhere has no column.
    """
    amounts: list[tuple[Column, Callable[[Beside], float]]] = [
        (Column("networks, nameplate", "MW"), lambda row: row.networks_nameplate_mw),
        (Column("networks, typical", "MW"), lambda row: row.networks_typical_mw),
        (Column("storage", "MW"), lambda row: row.storage_mw),
        (Column("management", "MW"), lambda row: row.management_mw),
        (Column("all three, as a share", "MW"), lambda row: row.share_mw),
    ]
    for site in plan.case.sites:
        mine = [row for row in rows if row.site == site.id]
        told = [(column, of) for column, of in amounts if any(of(row) for row in mine)]
        if not mine or not told:
            continue
        columns = [
            Column("period"),
            Column("machines, nameplate", "MW"),
            *(column for column, _ in told),
        ]
        columns += [Column("it nameplate", "MW"), Column("beside the machines")]
        cells: list[list[Value]] = [
            [
                row.period,
                row.machines_nameplate_mw,
                *(of(row) for _, of in told),
                row.it_nameplate_mw,
                percent(row.of_nameplate),
            ]
            for row in mine
        ]
        notes = [
            "basis it; beside the machines: all that is not the machines' own, over their nameplate"
        ]
        if any(row.networks_nameplate_mw for row in mine):
            notes.append(
                "typical: what networks draw at peak, average and idle; storage and management "
                "draw the same at every load"
            )
        yield Table(
            f"Beside the machines at {site.name} by period",
            columns,
            cells,
            [*notes, *shares.get(site.id, ())],
        )


def site_waterfall(fleet: Fleet, steps: list[Step]) -> Iterator[Table]:
    """The chain of one site of a plan, with ranges."""
    period = fleet.case.timeline.periods[fleet.period].label
    table = waterfall_table(fleet, steps)
    yield replace(table, title=f"{fleet.case.site[fleet.site].name} in {period}: {title(fleet)[0]}")
    yield drivers_table(steps)


def plan_power_json(
    plan: Plan,
    rows: Sequence[Beside],
    shares: Mapping[str, Sequence[str]],
    chains: Sequence[tuple[Fleet, list[Step]]],
    answers: Mapping[str, object] | None = None,
) -> str:
    """Draw of each site by period and basis, what stands beside its machines, its networks, and the
    last period's chain with ranges; before them `answers` to what else was asked.
    """
    body = {
        **(answers or {}),
        "name": plan.name,
        "status": plan.solve.status,
        "power": [row.model_dump() for row in plan.of(POWER)],
        "beside": [{**asdict(row), "beside_over_machines": row.of_nameplate} for row in rows],
        "shares": shares,
        "networks": [row.model_dump() for row in plan.of(NETWORKS)],
        "chains": [
            {
                "site": fleet.site,
                "period": plan.case.timeline.periods[fleet.period].label,
                "chain": [
                    {
                        "basis": step.basis,
                        "added_nameplate_mw": step.added_w / 1e6,
                        **{
                            f"{load}_mw": {
                                "value": known.value / 1e6,
                                "low": known.low / 1e6,
                                "high": known.high / 1e6,
                            }
                            for load, known in step.bands.items()
                        },
                    }
                    for step in steps
                ],
            }
            for fleet, steps in chains
        ],
    }
    return json.dumps(body, indent=1)
