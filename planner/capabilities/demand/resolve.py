"""Demands of a scenario by period, and which systems can serve them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.demand.schema import (
    ComputeDemand,
    Demand,
    DemandKeys,
    Deployment,
    Requires,
)
from planner.catalog.hardware import Accelerator
from planner.core.case import CaseSystem
from planner.core.context import Resolve, ResolveContext
from planner.core.fields import Amount, AmountOrPower, PowerAmount
from planner.periods import Moment
from planner.records import Figure
from planner.units import GB_PER_GIB


def resolve_demand(
    g: ResolveContext, i: int, demand: Demand, systems: list[CaseSystem]
) -> CaseDemand:
    """A demand with who can serve it."""
    sites = demand.sites or [site.id for site in g.scenario.sites]
    if not demand.at_most and not any(map(_size, demand.need.values())):
        g.note(f"demand {demand.id} asks for nothing and changes nothing")
    if isinstance(demand, ComputeDemand):
        return _compute_demand(g, i, demand, sites, systems)
    return _deployment(g, i, demand, sites, systems)


def _size(amount: Amount | PowerAmount | float) -> float:
    if isinstance(amount, Amount):
        return amount.number
    return amount.watts if isinstance(amount, PowerAmount) else amount


def _by_period(
    g: ResolveContext, i: int, need: dict[Moment, float], at_most: dict[Moment, float]
) -> tuple[list[float], list[float | None] | None]:
    """What a demand asks for in each period, the most that its steps ask for within it, and what it
    allows, the least that they allow within it.
    """
    for key, dated in (("need", need), ("at_most", at_most)):
        for moment in dated:
            g.period(moment, ("demands", i, key, str(moment)))
    asked, allowed = g.needs(need), g.ceilings(at_most) if at_most else None
    for t, most in enumerate(allowed or ()):
        if most is not None and asked[t] > most * (1 + 1e-9):
            label = g.timeline.periods[t].label
            g.problem(
                "S003",
                f"more is asked for in {label} than may be in service",
                ("demands", i, "at_most"),
                "raise `at_most`, or lower `need`",
            )
            break
    return asked, allowed


def _compute_demand(
    g: ResolveContext, i: int, demand: ComputeDemand, sites: list[str], systems: list[CaseSystem]
) -> CaseDemand:
    able = [s for s in systems if s.peak_flop_s.get(demand.precision, 0.0) > 0]
    if not able:
        message = f"no system of this scenario can serve demand `{demand.id}` at {demand.precision}"
        g.problem("S003", message, ("demands", i), "add one under `systems`")
    eligible = [s.id for s in compatible(g, i, demand, able)]
    asked, allowed = _by_period(g, i, demand.need, demand.at_most)
    return CaseDemand(
        id=demand.id,
        kind="compute",
        systems=eligible,
        sites=sites,
        precision=demand.precision,
        basis=demand.basis,
        need=asked,
        at_most=allowed,
        shortfall_price=demand.shortfall_usd_per_eflop,
        path=f"demands.{i}",
        coherent=demand.coherent,
        priority=demand.priority,
    )


def _deployment(
    g: ResolveContext, i: int, demand: Deployment, sites: list[str], systems: list[CaseSystem]
) -> CaseDemand:
    eligible = [
        s
        for s in systems
        if demand.system == s.product
        or (demand.accelerator is not None and demand.accelerator == s.accelerator)
        or (demand.system is None and demand.accelerator is None)
    ]
    if not eligible:
        message = (
            f"no system of this scenario can serve demand `{demand.id}` of "
            f"`{demand.system or demand.accelerator}`"
        )
        g.problem("S003", message, ("demands", i), "add one under `systems`")
    power = demand.power
    if power is not None:
        _drawn_there(g, i, demand.id, power, eligible)
    each = eligible[0].accelerators if demand.system and eligible else None
    eligible = compatible(g, i, demand, eligible)
    need, most = (
        _in_units(g, i, key, amounts, each)
        for key, amounts in (("need", demand.need), ("at_most", demand.at_most))
    )
    asked, allowed = _by_period(g, i, need, most)
    return CaseDemand(
        id=demand.id,
        kind="deployment" if power is None else "power",
        systems=[s.id for s in eligible],
        sites=sites,
        precision=None,
        basis="peak",
        need=asked,
        at_most=allowed,
        shortfall_price=demand.shortfall.usd if demand.shortfall else None,
        path=f"demands.{i}",
        coherent=demand.coherent,
        priority=demand.priority,
        power_basis=power.basis if power else None,
        load=power.load if power else None,
    )


def _in_units(
    g: ResolveContext,
    i: int,
    key: str,
    amounts: dict[Moment, AmountOrPower],
    each: int | None,
) -> dict[Moment, float]:
    """Accelerators, or MW, by date; `each` is the accelerators of one system, None where several
    systems serve.
    """
    found: dict[Moment, float] = {}
    for moment, amount in amounts.items():
        if isinstance(amount, PowerAmount):
            found[moment] = amount.watts / 1e6
            continue
        if amount.unit == "systems" and each is None:
            g.problem(
                "U002",
                "a number of systems needs a `system`, not an `accelerator`",
                ("demands", i, key, str(moment)),
            )
        found[moment] = amount.number * (each or 1 if amount.unit == "systems" else 1)
    return found


def _drawn_there(
    g: ResolveContext, i: int, name: str, power: PowerAmount, systems: Sequence[CaseSystem]
) -> None:
    """Whether what each of `systems` draws is known at the basis and the load of a demand."""
    racks = [s.id for s in systems if s.basis == "rack"]
    if power.basis == "server" and racks:
        g.problem(
            "S003",
            f"demand `{name}` is meant at the server, and {', '.join(racks)} are sold as racks",
            ("demands", i),
            "ask for it at the basis `rack`",
        )
    if power.basis == "chip" and power.load != "nameplate":
        g.problem(
            "S003",
            f"demand `{name}` is meant at the chip, where only the nameplate is known",
            ("demands", i),
            "ask for `chip nameplate`, or at the basis `server` or `rack`",
        )


def compatible(
    g: ResolveContext, i: int, demand: Demand, systems: Sequence[CaseSystem]
) -> list[CaseSystem]:
    """Those of `systems` that have all that demand number `i` requires. A demand that none of them
    can serve is a mistake.

    A figure that nobody published counts as missing: a machine that may be too small is not
    promised to a demand.
    """
    lacks = {s.id: list(_lacks(g, demand.requires, s)) for s in systems}
    able = [s for s in systems if not lacks[s.id]]
    said = [f"{system} {' and '.join(reasons)}" for system, reasons in lacks.items() if reasons]
    if systems and not able:
        message = (
            f"no system of this scenario has what demand `{demand.id}` requires: {'; '.join(said)}"
        )
        g.problem(
            "S003",
            message,
            ("demands", i, "requires"),
            "require less, or add a system under `systems`",
        )
    elif said:
        g.note(f"demand {demand.id} cannot be served by all: {'; '.join(said)}")
    return able


def _lacks(g: ResolveContext, requires: Requires, s: CaseSystem) -> Iterator[str]:
    """What a system does not have, in words."""
    system, chip = g.catalog.systems[s.product], g.catalog.accelerators[s.accelerator]
    if requires.software is not None and s.software not in requires.software:
        yield f"runs {s.software}, not {_any(requires.software)}"
    if requires.suppliers is not None and s.supplier not in requires.suppliers:
        yield f"is {s.supplier}'s, not {_any(requires.suppliers)}'s"
    asked: list[tuple[float | None, str, str, Figure[float] | None, str]] = [
        (
            requires.domain,
            "scale_up_domain",
            "accelerators",
            system.scale_up_domain,
            "scale-up domain",
        ),
        (
            requires.scale_out_gbit_s,
            "nic_bandwidth",
            "Gbit/s",
            system.nic_bandwidth_gbit_s,
            "scale-out network per accelerator",
        ),
    ]
    if requires.memory_gb is not None:
        yield from _little_memory(g, chip, 1.0, requires.memory_gb, "memory per accelerator")
    for least, key, unit, figure, words in asked:
        if least is not None:
            yield from _short(g.take(s.product, key, unit, None, figure), least, unit, words)
    if requires.domain_memory_gb is not None:
        number = g.take(s.product, "scale_up_domain", "accelerators", None, system.scale_up_domain)
        yield from _little_memory(
            g, chip, number, requires.domain_memory_gb, "memory of a scale-up domain"
        )


def _little_memory(
    g: ResolveContext, chip: Accelerator, number: float | None, least_gb: float, words: str
) -> Iterator[str]:
    """What `number` accelerators lack, if neither what is sold nor what hardware counts comes to
    `least_gb`.
    """
    sold = g.take(chip.id, "memory", "GB", None, chip.memory_gb)
    if number is None or sold is None:
        yield from _short(None, least_gb, "GB", words)
        return
    if _enough(number * sold, least_gb):
        return
    counted = g.take(chip.id, "memory_counted", "GB", None, chip.memory_counted_gb)
    if counted is None:
        yield (
            f"has {number * sold:g} GB of {words}, as sold and not known to be more, where "
            f"{_both(least_gb)} are required"
        )
    elif not _enough(number * counted, least_gb):
        yield (
            f"has {number * sold:g} GB of {words} ({_both(number * counted)} as counted), where "
            f"{_both(least_gb)} are required"
        )


def _both(gb: float) -> str:
    return f"{gb:.5g} GB = {gb / GB_PER_GIB:.5g} GiB"


def _enough(has: float, least: float) -> bool:
    return has >= least * (1 - 1e-9)


def _short(has: float | None, least: float, unit: str, words: str) -> Iterator[str]:
    if has is None:
        yield f"has no published {words}, where {least:g} {unit} are required"
    elif not _enough(has, least):
        yield f"has {has:g} {unit} of {words}, where {least:g} are required"


def _any(names: Sequence[str]) -> str:
    return " or ".join(names)


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "demands": [
            resolve_demand(g, i, demand, g.systems)
            for i, demand in enumerate(g.scenario.of(DemandKeys).demands)
        ]
    }


FACE = Resolve(case)
