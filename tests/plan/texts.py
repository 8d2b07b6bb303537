"""Small scenarios of every shape, drawn at random or fixed, with their plans."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from planner.assembly.extract import extract
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.errors import InfeasibleError, InputError, UnboundedError
from planner.plan.schema import Plan
from planner.scenario.load import Loaded
from planner.solver.engine import Engine
from planner.solver.options import Options
from planner.solver.run import run
from tests.scenario.sample import load

SERVERS = ("hgx-h100", "mi300x-server", "gaudi3-server", "hgx-b200", "tpu-v6e-host")
LEVELS = ("supplier", "software", "memory", "country", "site", "region")
RACKS = ("gb200-nvl72", "gb300-nvl72", "mi450-helios")


def drawn(seed: int) -> str:
    """A scenario of two to six periods in which a random choice of limits may or may not contradict
    each other."""
    r = Random(seed)
    step = r.choice(("month", "quarter", "quarter", "year"))
    labels = {
        "month": [f"2026-{m:02d}" for m in range(1, 7)],
        "quarter": ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"],
        "year": [str(y) for y in range(2026, 2032)],
    }[step][: r.randint(2, 6)]
    sites = ["north", "south"][: r.randint(1, 2)]
    systems = r.sample(SERVERS, r.randint(1, 3)) + r.sample(RACKS, r.randint(0, 1))
    lines = ["name: Drawn", f"horizon: {{from: {labels[0]}, to: {labels[-1]}, step: {step}}}"]
    lines += [
        f"finance: {{discount_rate: {r.choice((0, 5, 12))} %/year, resale: {r.choice(('default', 'none'))}}}",  # noqa: E501
        "sites:",
    ]
    for site in sites:
        lines += _site(r, site, labels)
    lines.append("systems:")
    lines += [_candidate(r, system, labels, sites) for system in systems]
    supplied = [system for system in systems if r.random() < 0.6]
    lines += ["supply:"] * bool(supplied) + [_supply(r, system, labels) for system in supplied]
    if r.random() < 0.2:
        lines += [
            "qualification:",
            f"  - {{supplier: amd, time: {r.choice((0, 2, 7))} months, cost: {r.choice((0, 50))} kUSD}}",  # noqa: E501
        ]
    if r.random() < 0.4:
        old = r.choice([*systems, "dgx-a100-80gb"])
        lines += [
            "fleet:",
            f"  - {{site: {sites[-1]}, system: {old}, units: {r.randint(1, 9)} systems, "
            f"may_retire: {r.choice(('true', 'false'))}{_aged(r, labels)}}}",
        ]
        if len(sites) > 1 and r.random() < 0.6:
            lines += [
                "moves:",
                f"  - {{system: {old}, cost: {r.choice((0, 20))} kUSD, transit: {r.choice((0, 1, 4))} months}}",  # noqa: E501
            ]
    lines += _demands(r, labels, systems, sites)
    lines += _rules(r)
    if r.random() < 0.5:
        lines += _survival(r, sum(line.startswith("  - {id: d") for line in lines))
    if r.random() < 0.4:
        limits = [f"capex: {r.randint(5, 200)} MUSD"] + [
            f"total: {r.randint(5, 300)} MUSD"
        ] * r.randint(0, 1)
        limits += [f"by_period: {{{r.choice(labels)}: {r.randint(1, 60)} MUSD}}"] * r.randint(0, 1)
        limits += [f"cumulative: {{{r.choice(labels)}: {r.randint(1, 90)} MUSD}}"] * r.randint(0, 1)
        lines.append(f"budget: {{{', '.join(limits)}}}")
    goals = r.sample(
        [
            "{minimize: cost}",
            "{maximize: compute}",
            f"{{maximize: accelerators, at: {labels[-1]}}}",
            "{minimize: power}",
            "{minimize: capex}",
            "{minimize: energy}",
        ],
        r.randint(1, 2),
    )
    lines.append(f"objective: [{', '.join(goals)}]")
    lines.append("solve: {gap: 1 %, time_limit: 10 s}")
    return "\n".join(lines) + "\n"


def _site(r: Random, site: str, labels: list[str]) -> list[str]:
    later = labels[len(labels) // 2]
    first, second = sorted((r.choice((0.2, 0.5, 1, 3)), r.choice((0.5, 1, 3, 8))))
    lines = [
        f"  - id: {site}",
        f"    energy_price: {r.randint(20, 120)} USD/MWh",
        f"    region: {r.choice(('east', 'west'))}",
    ]
    lines.append(
        f"    power: {{{labels[0]}: {first} MW, {later}: {second} MW}}"
        if later != labels[0]
        else f"    power: {{{labels[0]}: {second} MW}}"
    )
    options = [
        f"    critical_it: {{{labels[0]}: {r.choice((0.1, 1, 5))} MW}}",
        f"    positions: {{{labels[0]}: {r.choice((0, 3, 40))} racks}}",
        "    cooling: "
        f"{{liquid: {r.choice(('none', 'unlimited', '1 MW'))}, air: {r.choice(('unlimited', '0.4 MW', '2 MW'))}}}",  # noqa: E501
        "    pue: {annual: 1.2, peak: 1.3}",
        f"    construction: {{cost: {r.choice((0, 9))} MUSD/MW, existing: {r.choice((0, 2))} MW}}",
        "    rent: 100 USD/kW/month",
        "    sizing: peak",
    ]
    chosen = [option for option in options if r.random() < 0.35]
    if r.random() < 0.3:
        cooling = r.choice(("air", "direct-liquid", "rear-door"))
        positions = r.choice(("", f", positions: {r.choice((8, 60))} racks"))
        chosen = [option for option in chosen if "critical_it" not in option]
        chosen.append("    halls:")
        chosen.append(
            f"      - {{id: a, critical_it: {r.choice((0.3, 1, 4))} MW, cooling: air, lead_time: {r.choice((0, 80))} days}}"  # noqa: E501
        )
        chosen.append(
            f"      - {{id: b, critical_it: 1 MW, cooling: {cooling}, lead_time: 30 days, most: {r.randint(0, 3)}{positions}}}"  # noqa: E501
        )
    return lines + chosen


def _aged(r: Random, labels: list[str]) -> str:
    """An age, a lifetime or a date by which existing machines must be gone, or none of them."""
    said = [
        "",
        ", age: 18 months",
        ", bought: 2024-02, price: 90 kUSD, lifetime: 3 years",
        f", retire_by: {labels[-1]}",
    ]
    return r.choice(said) if labels[-1] != labels[0] else ""


def _candidate(r: Random, system: str, labels: list[str], sites: list[str]) -> str:
    parts = [
        f"system: {system}",
        f"lead_time: {r.choice((0, 0, 40, 200))} days",
        f"fit_out: {r.choice((0, 0, 30, 100))} days",
    ]
    parts += [f"price: {r.randint(1, 400)} kUSD"] * (r.random() < 0.5)
    parts += ["down_payment: 30 %"] * (r.random() < 0.3)
    parts += ["may_retire: true"] * (r.random() < 0.3)
    parts += [f"lifetime: {r.choice((24, 36))} months"] * (r.random() < 0.2)
    parts += [f"until: {r.choice(labels)}"] * (r.random() < 0.2)
    parts += [f"sites: [{r.choice(sites)}]"] * (r.random() < 0.3)
    return f"  - {{{', '.join(parts)}}}"


def _supply(r: Random, system: str, labels: list[str]) -> str:
    parts = [f"system: {system}"]
    kind = r.choice(("by", "per_period", "total"))
    if kind == "by":
        parts.append(
            f"by: {{{labels[0]}: {r.randint(0, 9)} systems, {labels[-1]}: {r.randint(9, 60)} systems}}"  # noqa: E501
        )
    else:
        parts.append(f"{kind}: {r.randint(1, 50)} {r.choice(('systems', 'accelerators'))}")
    parts += [f"minimum_order: {r.randint(2, 6)} systems"] * (r.random() < 0.2)
    parts += [f"lot: {r.randint(2, 4)} systems"] * (r.random() < 0.2)
    parts += [
        "schedule: "
        f"{{{labels[0]}: {r.randint(1, 9)} systems, {labels[-1]}: {r.randint(1, 9)} systems}}"
    ] * (r.random() < 0.2)
    return f"  - {{{', '.join(parts)}}}"


def _demands(r: Random, labels: list[str], systems: list[str], sites: list[str]) -> list[str]:
    lines = []
    for i in range(r.randint(0, 3)):
        parts = [f"id: d{i}"]
        when = r.choice(labels)
        if r.random() < 0.5:
            parts += [
                "kind: deployment",
                f"system: {r.choice(systems)}",
                f"need: {{{when}: {r.choice((1, 5, 20, 200))} systems}}",
            ]
            parts += ["shortfall: 2 USD/accelerator/hour"] * (r.random() < 0.3)
        else:
            parts += [
                "kind: compute",
                "precision: bf16",
                f"basis: {r.choice(('peak', 'delivered'))}",
                f"need: {{{when}: {r.choice((1, 20, 300))} PFLOP/s}}",
            ]
            parts += ["shortfall: 1 USD/EFLOP"] * (r.random() < 0.4)
        parts += [f"sites: [{r.choice(sites)}]"] * (r.random() < 0.3)
        parts += ["coherent: true"] * (r.random() < 0.2)
        parts += [f"requires: {{memory: {r.choice((80, 141))} GB}}"] * (r.random() < 0.2)
        parts += [f"priority: {r.randint(1, 2)}"] * (r.random() < 0.2)
        lines.append(f"  - {{{', '.join(parts)}}}")
    return ["demands:", *lines] if lines else []


def _rules(r: Random) -> list[str]:
    lines = []
    metric = r.choice(("spend", "power", "units", "compute"))
    window = ", window: 1 year" * r.randint(0, 1)
    if r.random() < 0.3:
        lines.append(f"  - {{metric: {metric}, max_share: {r.choice((50, 70, 90))} %{window}}}")
    if r.random() < 0.2:
        lines.append(
            f"  - {{level: software, metric: {metric}, min_suppliers: 2, meaningful: {r.choice((10, 30))} %}}"  # noqa: E501
        )
    if r.random() < 0.3:
        kind = r.choice(
            (
                "max_hhi: 0.6",
                "max_hhi: 0.9",
                "min_share: 20 %",
                "max_suppliers: 1",
                "max_suppliers: 2",
            )
        )
        of = r.choice(("", ", of: fleet", ", cumulative: true"))
        lines.append(f"  - {{level: {r.choice(LEVELS)}, metric: {metric}, {kind}{of}}}")
    return ["diversification:", *lines] if lines else []


def _survival(r: Random, demands: int) -> list[str]:
    lines = []
    level, lost = r.choice(LEVELS), r.choice((50, 100))
    for i in range(demands):
        if r.random() < 0.35:
            lines.append(
                f"  - {{level: {level}, lost: {lost} %, demand: d{i}, serves: {r.choice((10, 40, 100))} %}}"  # noqa: E501
            )
    if r.random() < 0.1:
        lines.append(f"  - {{level: {level}, lost: 50 %, metric: units, serves: 40 %}}")
    return ["survival:", *lines] if lines else []


@dataclass(frozen=True)
class Sample:
    """A scenario that loads, with its plan if it has one."""

    loaded: Loaded
    plan: Plan | None
    why_not: str


def answered(text: str, engine: Engine) -> Sample | None:
    """What the solver alone says of a scenario, without any check before it; None for one that does
    not load, or that nothing bounds."""
    try:
        loaded = load(text)
        model = build(make_inputs(loaded.case))
    except (InputError, ValueError):
        return None
    settings = Options(seed=0).settings(loaded.scenario.solve)
    try:
        outcome = run(model, settings, engine)
    except UnboundedError:
        return None
    except InfeasibleError as error:
        return Sample(loaded, None, str(error))
    return Sample(loaded, extract(loaded.case, model, outcome, settings), "")
