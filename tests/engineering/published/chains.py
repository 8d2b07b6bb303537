"""What the cases compute with: the catalog's systems through the project's own functions."""

from __future__ import annotations

from planner.catalog.load import Catalog
from planner.engineering.power import Basis, Chain, Draw, Load, power_chain
from planner.power_model.validate import Validation, validate
from planner.scenario.load import load_scenario_text
from tests.scenario.sample import catalog

MEGA = 1e6


def chain(
    c: Catalog,
    system_id: str,
    count: float,
    *,
    overhead: float | None = None,
    pue: float = 1.0,
    pue_peak: float | None = None,
) -> Chain:
    """So many systems, with the catalog's defaults where nobody metered one; no loss before the
    facility's meter."""
    system, loads = c.systems[system_id], c.defaults.load
    chip = c.accelerators[system.accelerator]
    assert system.power.nameplate_w is not None
    assert chip.tdp_w is not None
    nameplate = system.power.nameplate_w.value
    default = (
        c.defaults.it_overhead.server if system.form == "server" else c.defaults.it_overhead.rack
    )
    peak, average, idle = system.power.peak_w, system.power.average_w, system.power.idle_w
    return power_chain(
        accelerators=system.accelerators.value,
        tdp_w=chip.tdp_w.value,
        own=Draw(
            nameplate,
            peak.value if peak else nameplate * loads.peak.value,
            average.value if average else nameplate * loads.average.value,
            idle.value if idle else nameplate * loads.idle.value,
        ),
        sold_as=system.basis,
        it_overhead=default.value if overhead is None else overhead,
        pue_annual=pue,
        pue_peak=pue if pue_peak is None else pue_peak,
        utility_loss=0.0,
        count=count,
    )


def mw(chain_: Chain, basis: Basis, load: Load) -> float:
    """MW at a basis and a load."""
    draw = chain_.at(basis)
    watts = draw.at(load) if draw is not None else None
    assert watts is not None
    return watts / MEGA


def annual_pue(c: Catalog, system_id: str) -> float:
    """The planning default for the system's cooling."""
    return (
        c.defaults.pue.air if c.systems[system_id].cooling == "air" else c.defaults.pue.liquid
    ).annual.value


def price(c: Catalog, system_id: str) -> float:
    """Planning price of a system, USD."""
    return c.planning_prices[system_id].price_usd.value


def all_in(c: Catalog, system_id: str) -> float:
    """Planning price with network, storage and installation, USD."""
    share = (
        c.defaults.fabric_cost.server
        if c.systems[system_id].form == "server"
        else c.defaults.fabric_cost.rack
    )
    return price(c, system_id) * (1.0 + share.value)


def tdp(c: Catalog, accelerator: str) -> float:
    """W of one accelerator, nameplate."""
    figure = c.accelerators[accelerator].tdp_w
    assert figure is not None
    return figure.value


def delivered_flop_s(c: Catalog, system_id: str, precision: str = "bf16") -> float:
    """What one accelerator of a system delivers in training, over time: dense peak × utilisation ×
    goodput."""
    lines = [
        "name: one",
        "horizon: {from: 2026-01, to: 2026-01, step: month}",
        f"systems: [{system_id}]",
    ]
    lines += [
        "sites: [{id: site, energy_price: 0 USD/MWh}]",
        f"fleet: [{{site: site, system: {system_id}, units: 1 systems}}]",
    ]
    case = load_scenario_text("\n".join(lines), c).case
    system = case.system[system_id]
    return system.delivered_flop_s(precision, case.goodput) / system.accelerators  # type: ignore[arg-type]


KNOWN: list[Validation] = []
"""The validation of the shipped catalog, where the run has it."""


def left_out() -> Validation:
    """Every metered machine predicted from the others."""
    if not KNOWN:
        KNOWN.append(validate(catalog(), "hpl"))
    return KNOWN[0]
