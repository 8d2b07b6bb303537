"""Which machines have what a demand requires? Who has not is said, with what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.catalog.hardware import Accelerator
from planner.records import Figure
from planner.scenario.case import CaseSystem
from planner.scenario.gathering import Gathering
from planner.scenario.schema.demands import Demand, Requires
from planner.units import GB_PER_GIB


def compatible(g: Gathering, i: int, demand: Demand, systems: Sequence[CaseSystem]) -> list[CaseSystem]:
    """Those of `systems` that have all that demand number `i` requires. A demand that none of them can serve is a mistake.

    A figure that nobody published counts as missing: a machine that may be too small is not promised to a demand.
    """
    lacks = {s.id: list(_lacks(g, demand.requires, s)) for s in systems}
    able = [s for s in systems if not lacks[s.id]]
    said = [f"{system} {' and '.join(reasons)}" for system, reasons in lacks.items() if reasons]
    if systems and not able:
        message = f"no system of this scenario has what demand `{demand.id}` requires: {'; '.join(said)}"
        g.problem("S003", message, ("demands", i, "requires"), "require less, or add a system under `systems`")
    elif said:
        g.note(f"demand {demand.id} cannot be served by all: {'; '.join(said)}")
    return able


def _lacks(g: Gathering, requires: Requires, s: CaseSystem) -> Iterator[str]:
    """What a system does not have, in words."""
    system, chip = g.catalog.systems[s.product], g.catalog.accelerators[s.accelerator]
    if requires.software is not None and s.software not in requires.software:
        yield f"runs {s.software}, not {_any(requires.software)}"
    if requires.suppliers is not None and s.supplier not in requires.suppliers:
        yield f"is {s.supplier}'s, not {_any(requires.suppliers)}'s"
    asked: list[tuple[float | None, str, str, Figure[float] | None, str]] = [
        (requires.domain, "scale_up_domain", "accelerators", system.scale_up_domain, "scale-up domain"),
        (requires.scale_out_gbit_s, "nic_bandwidth", "Gbit/s", system.nic_bandwidth_gbit_s, "scale-out network per accelerator"),
    ]
    if requires.memory_gb is not None:
        yield from _little_memory(g, chip, 1.0, requires.memory_gb, "memory per accelerator")
    for least, key, unit, figure, words in asked:
        if least is not None:
            yield from _short(g.take(s.product, key, unit, None, figure), least, unit, words)
    if requires.domain_memory_gb is not None:
        number = g.take(s.product, "scale_up_domain", "accelerators", None, system.scale_up_domain)
        yield from _little_memory(g, chip, number, requires.domain_memory_gb, "memory of a scale-up domain")


def _little_memory(g: Gathering, chip: Accelerator, number: float | None, least_gb: float, words: str) -> Iterator[str]:
    """What `number` accelerators lack, if neither what is sold nor what hardware counts comes to `least_gb`."""
    sold = g.take(chip.id, "memory", "GB", None, chip.memory_gb)
    if number is None or sold is None:
        yield from _short(None, least_gb, "GB", words)
        return
    if _enough(number * sold, least_gb):
        return
    counted = g.take(chip.id, "memory_counted", "GB", None, chip.memory_counted_gb)
    if counted is None:
        yield f"has {number * sold:g} GB of {words}, as sold and not known to be more, where {_both(least_gb)} are required"
    elif not _enough(number * counted, least_gb):
        yield f"has {number * sold:g} GB of {words} ({_both(number * counted)} as counted), where {_both(least_gb)} are required"


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
