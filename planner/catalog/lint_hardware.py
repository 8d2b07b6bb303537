"""Can such a chip, server or rack exist? Physics first, then what is merely odd.

The bands are deliberately wide: they let every part pass that was ever sold for training and stop a
slipped prefix, which is a factor of a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.catalog.findings import Desk, Place
from planner.catalog.hardware import PRECISIONS, Accelerator, Precision, System
from planner.catalog.load import Catalog
from planner.errors import Problem
from planner.records import sourced_fields

ROUNDING = 1.01
"""Datasheets and people round to two or three digits; a nameplate one per cent below its chips is
not a contradiction."""

EXACT = 1 + 1e-9
"""What two readings of one number differ by at most: 10.2 kW in W."""

PER_TDP: dict[str, tuple[float, float, str]] = {
    "peak.fp64": (1e8, 1e12, "FLOP/s per W"),
    "peak.fp64_tensor": (1e8, 1e12, "FLOP/s per W"),
    "peak.tf32": (2e10, 1e13, "FLOP/s per W"),
    "peak.bf16": (1e11, 1e13, "FLOP/s per W"),
    "peak.fp8": (1e11, 2e13, "FLOP/s per W"),
    "peak.fp4": (2e11, 4e13, "FLOP/s per W"),
    "peak.int8": (2e10, 4e13, "FLOP/s per W"),
    "memory": (5e-4, 20.0, "GB per W"),
    "memory_bandwidth": (0.1, 500.0, "GB/s per W"),
}
"""Figure of an accelerator → what one watt of TDP ever bought of it, and about ten times more
either way."""

TDP_W = (20.0, 20_000.0)
SPARSE_GAIN = 4.1
"""The widest structured sparsity on sale skips three of four products."""

SYSTEM_PER_CHIPS = 10.0
"""Hosts, fans, switches and conversion never took nine times what the chips take."""

COUNTED_PER_SOLD = (0.9, 1.074)
"""GB that hardware counts per GB sold: at most 1.0737, where each GB is a GiB, and not much less
than it says on the box."""

SCALE_UP_PER_MEMORY = (0.005, 2.0)
NIC_GBIT_S = (4.0, 20_000.0)
WEIGHT_KG_PER_W = (5e-4, 1.0)

NARROWER: tuple[tuple[Precision, Precision], ...] = (
    ("fp64", "fp64_tensor"),
    ("tf32", "bf16"),
    ("bf16", "fp8"),
    ("fp8", "fp4"),
)
"""(wide, narrow): the narrow one needs no more silicon or wires per operation. Newer parts give
`int8` up."""

AIR_SERVER_W = 15_000.0
AIR_RACK_W = 50_000.0
"""Per rack position. Above this, air moves faster than people can stand in."""


def nameplate_feeds_chips(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Energy is conserved: what is provisioned for a system is not less than its accelerators may
    draw together.
    """
    desk = Desk(catalog, "C001")
    for system, chip in _pairs(catalog):
        nameplate, tdp = system.power.nameplate_w, chip.tdp_w
        if nameplate is None or tdp is None:
            continue
        chips_w = system.accelerators.value * tdp.value
        place = Place("systems", system.id, "power.nameplate")
        said = f"`{system.id}` has a nameplate of {_kw(nameplate.value)}"
        if nameplate.value * ROUNDING < chips_w:
            message = f"{said}, less than the {_kw(chips_w)} of its accelerators"
            yield desk.says(
                place, message, "check the nameplate, the number of accelerators and their TDP"
            )
        elif nameplate.value > SYSTEM_PER_CHIPS * chips_w:
            message = (
                f"{said}, over {SYSTEM_PER_CHIPS:g} times the {_kw(chips_w)} of its accelerators"
            )
            yield desk.says(
                place, message, "check the prefixes of both and the number of accelerators"
            )


def loads_in_order(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Order the draws: a nameplate bounds them all, the highest bounds their mean, and load takes
    more than idling.
    """
    desk = Desk(catalog, "C001")
    for system in catalog.systems.values():
        draws = dict(sourced_fields(system.power))
        ladder = [
            (word, draws[word].value)
            for word in ("nameplate", "peak", "average", "idle")
            if word in draws
        ]
        for (upper, upper_w), (lower, lower_w) in pairwise(ladder):
            if lower_w > upper_w * EXACT or (lower == "idle" and lower_w == upper_w):
                message = (
                    f"`{system.id}`: {lower} draw of {_kw(lower_w)} is not below its "
                    f"{upper} of {_kw(upper_w)}"
                )
                place = desk.placed(
                    *(Place("systems", system.id, f"power.{word}") for word in (lower, upper))
                )
                yield desk.says(
                    place,
                    message,
                    "nameplate ≥ peak ≥ average > idle; are "
                    "two exchanged, or is one to be given too?",
                )


def dense_below_sparse(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Sparsity only skips products with zero, so it is faster than dense, and by no more than what
    it skips.
    """
    desk = Desk(catalog, "C001")
    for chip in catalog.accelerators.values():
        for precision in PRECISIONS:
            dense, sparse = chip.peak_flop_s.at(precision), chip.peak_sparse_flop_s.at(precision)
            if dense is None or sparse is None:
                continue
            place = Place("accelerators", chip.id, f"peak_sparse.{precision}")
            rates = (
                f"{_tflop_s(sparse.value)} sparse and {_tflop_s(dense.value)} dense in {precision}"
            )
            if sparse.value <= dense.value:
                remedy = (
                    "`peak` holds dense rates; leave `peak_sparse` out if there is no such mode"
                )
                yield desk.says(place, f"`{chip.id}` has {rates}: exchanged or equal", remedy)
            elif sparse.value > SPARSE_GAIN * dense.value:
                yield desk.says(
                    place,
                    f"`{chip.id}` has {rates}: no sparsity gains that much",
                    "check both prefixes",
                )


def narrow_not_slower(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Expect no narrow format to be slower than a wide one: its multipliers are smaller and it
    moves fewer bits.
    """
    desk = Desk(catalog, "C004", warning=True)
    for chip in catalog.accelerators.values():
        for wide, narrow in NARROWER:
            slow, fast = chip.peak_flop_s.at(wide), chip.peak_flop_s.at(narrow)
            if slow is not None and fast is not None and slow.value > fast.value:
                rates = (
                    f"{_tflop_s(slow.value)} in {wide} and only {_tflop_s(fast.value)} in {narrow}"
                )
                place = Place("accelerators", chip.id, f"peak.{narrow}")
                yield desk.says(
                    place,
                    f"`{chip.id}` does {rates}",
                    "is one a sparse rate, or are they exchanged?",
                )


def sane_per_watt(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Catch slipped prefixes: what a watt computes, holds and moves changes by tens over the years,
    not by thousands.
    """
    desk = Desk(catalog, "C001")
    for chip in catalog.accelerators.values():
        if chip.tdp_w is None:
            continue
        tdp = chip.tdp_w.value
        if not TDP_W[0] <= tdp <= TDP_W[1]:
            message = (
                f"`{chip.id}` has a TDP of {tdp:g} W; one accelerator takes {TDP_W[0]:g} to "
                f"{TDP_W[1]:g} W"
            )
            yield desk.says(
                Place("accelerators", chip.id, "tdp"),
                message,
                "check the prefix, and that it is one chip's",
            )
            continue
        for key, figure in sourced_fields(chip):
            low, high, unit = PER_TDP.get(key, (0.0, float("inf"), ""))
            if not low <= figure.value / tdp <= high:
                message = (
                    f"`{chip.id}`: {key} over TDP is {figure.value / tdp:.3g} {unit}, "
                    f"outside {low:g} to {high:g}"
                )
                remedy = (
                    "a factor of 1000 is a prefix, a factor of 8 bits for bytes; check the "
                    "TDP as well"
                )
                yield desk.says(Place("accelerators", chip.id, key), message, remedy)


def sane_links_and_weight(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Catch them elsewhere: links carry little more than memory feeds them, and weight goes with
    power.
    """
    desk = Desk(catalog, "C001")
    for chip in catalog.accelerators.values():
        link, memory = chip.scale_up_bandwidth_gb_s, chip.memory_bandwidth_gb_s
        if (
            link is not None
            and memory is not None
            and not _within(link.value / memory.value, SCALE_UP_PER_MEMORY)
        ):
            message = (
                f"`{chip.id}`: scale-up of {link.value:g} GB/s beside memory of "
                f"{memory.value:g} GB/s"
            )
            yield desk.says(
                Place("accelerators", chip.id, "scale_up_bandwidth"), message, "check both prefixes"
            )
    for system in catalog.systems.values():
        nic, weight, nameplate = (
            system.nic_bandwidth_gbit_s,
            system.weight_kg,
            system.power.nameplate_w,
        )
        if nic is not None and not _within(nic.value, NIC_GBIT_S):
            message = f"`{system.id}`: {nic.value:g} Gbit/s of network per accelerator"
            yield desk.says(
                Place("systems", system.id, "nic_bandwidth"),
                message,
                "check the prefix, and bits for bytes",
            )
        if (
            weight is not None
            and nameplate is not None
            and not _within(weight.value / nameplate.value, WEIGHT_KG_PER_W)
        ):
            message = f"`{system.id}`: {weight.value:g} kg for {_kw(nameplate.value)}"
            yield desk.says(
                Place("systems", system.id, "weight"),
                message,
                "check the unit: kg, or t for a rack",
            )


def counted_near_sold(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask that the two figures of one memory agree, but for GB that are GiB and what error
    correction holds back.
    """
    desk = Desk(catalog, "C001")
    for chip in catalog.accelerators.values():
        sold, counted = chip.memory_gb, chip.memory_counted_gb
        if (
            sold is not None
            and counted is not None
            and not _within(counted.value / sold.value, COUNTED_PER_SOLD)
        ):
            message = (
                f"`{chip.id}` counts {counted.value:.5g} GB of the {sold.value:g} GB that are sold"
            )
            remedy = (
                f"{COUNTED_PER_SOLD[0]:g} to {COUNTED_PER_SOLD[1]:g} GB per GB; are both of "
                "one accelerator, and MiB and GiB not exchanged?"
            )
            yield desk.says(Place("accelerators", chip.id, "memory_counted"), message, remedy)


def whole_counts(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Accelerators come whole, and a system holds at least one."""
    desk = Desk(catalog, "C001")
    for system in catalog.systems.values():
        for key, figure in (
            ("accelerators", system.accelerators),
            ("scale_up_domain", system.scale_up_domain),
        ):
            if figure is not None and (figure.value < 1 or figure.value != round(figure.value)):
                message = f"`{system.id}` has {figure.value:g} {key}"
                yield desk.says(
                    Place("systems", system.id, key), message, "give a whole number from 1"
                )


def liquid_share_fits_cooling(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Heat leaves by liquid only where liquid flows; where it does, a hall must know what is left
    to its air.
    """
    for system in catalog.systems.values():
        share = system.liquid_share
        if system.cooling == "air" and share is not None:
            message = (
                f"`{system.id}` is cooled by air and gives {share.value:.0%} of its heat to liquid"
            )
            remedy = "set `cooling: hybrid` or `liquid`, or leave `liquid_share` out"
            yield Desk(catalog, "C004").says(
                Place("systems", system.id, "liquid_share"), message, remedy
            )
        if system.cooling != "air" and share is None:
            message = (
                f"`{system.id}` is cooled by {system.cooling} and does not say what share "
                "of its heat that carries"
            )
            remedy = "give `liquid_share`; until then plans take all heat to be liquid"
            yield Desk(catalog, "C004", warning=True).says(
                Place("systems", system.id), message, remedy
            )


def air_can_carry(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Air takes away about 15 kW from a server and 50 kW from a rack before fans and ducts become
    the problem.
    """
    desk = Desk(catalog, "C004", warning=True)
    for system in catalog.systems.values():
        nameplate = system.power.nameplate_w
        if system.cooling != "air" or nameplate is None:
            continue
        positions = (
            system.racks.value if system.racks is not None and system.form != "server" else 1.0
        )
        limit = AIR_SERVER_W if system.form == "server" else AIR_RACK_W
        if nameplate.value > limit * max(positions, 1.0):
            message = (
                f"`{system.id}` is cooled by air at {_kw(nameplate.value)}; a {system.form} "
                f"seldom passes {_kw(limit)}"
            )
            place = Place("systems", system.id, "power.nameplate")
            yield desk.says(
                place, message, "check `cooling`, and whether the nameplate is one system's"
            )


def _pairs(catalog: Catalog) -> Iterator[tuple[System, Accelerator]]:
    for system in catalog.systems.values():
        yield system, catalog.accelerators[system.accelerator]


def _within(ratio: float, band: tuple[float, float]) -> bool:
    return band[0] <= ratio <= band[1]


def _kw(watts: float) -> str:
    for most, unit_w, unit in ((100.0, 1.0, "W"), (1e6, 1e3, "kW")):
        if watts < most:
            return f"{watts / unit_w:.4g} {unit}"
    return f"{watts / 1e6:.4g} MW"


def _tflop_s(rate: float) -> str:
    return f"{rate / 1e12:.4g} TFLOP/s"
