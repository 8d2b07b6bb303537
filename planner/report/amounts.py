"""How is a number with its unit shown to an engineer? `10200.0` in W is `10.2 kW`."""

from __future__ import annotations

from typing import Any

from planner.numbers import number
from planner.records import Figure
from planner.units import Unit

Step = tuple[float, float, str]
"""From which value on, the scale and the unit."""

LADDERS: dict[str, tuple[Step, ...]] = {
    "W": ((0, 1, "W"), (1e3, 1e3, "kW"), (1e6, 1e6, "MW"), (1e9, 1e9, "GW")),
    "USD": ((0, 1, "USD"), (1e3, 1e3, "kUSD"), (1e6, 1e6, "MUSD"), (1e9, 1e9, "GUSD")),
    "FLOP/s": (
        (0, 1, "FLOP/s"),
        (1e9, 1e9, "GFLOP/s"),
        (1e12, 1e12, "TFLOP/s"),
        (1e16, 1e15, "PFLOP/s"),
    ),
    "GB": ((0, 1, "GB"), (1e3, 1e3, "TB")),
    "GB/s": ((0, 1, "GB/s"), (1e3, 1e3, "TB/s")),
    "Gbit/s": ((0, 1, "Gbit/s"), (1e3, 1e3, "Tbit/s")),
    "kg": ((0, 1, "kg"), (1e4, 1e3, "t")),
    "W/rack": ((0, 1, "W/rack"), (1e3, 1e3, "kW/rack")),
}
"""Canonical unit → its steps. Rates stay in TFLOP/s up to 10 000, as datasheets of one chip have
it."""


def amount(value: float, canonical: str) -> str:
    """Write a number given in its canonical unit with up to six digits and the prefix that suits
    it.
    """
    scale, unit = _step(value, canonical)
    return f"{digits(value / scale)} {unit}".rstrip()


def digits(value: float) -> str:
    """Write up to six significant digits, never an exponent for what fits a table."""
    return number(value, 6)


def figure_text(figure: Figure[Any]) -> str:
    """Write a figure in engineering units, with its range behind it: `230 kUSD (190 to 297)`."""
    unit = unit_of(figure)
    if unit is None:
        return f"{figure.value}{_between(figure.low, figure.high, str)}"
    scale, shown = _step_of(figure.value, unit)
    bounds = _between(figure.low, figure.high, lambda bound: digits(bound / scale))
    return f"{digits(figure.value / scale)} {shown}".rstrip() + bounds


def range_text(low: float | None, high: float | None, scale: float) -> str:
    """Write a range in units of `scale`: ` (190 to 297)`, ` (from 190)`, ` (to 297)` or nothing."""
    return _between(low, high, lambda bound: digits(bound / scale))


def unit_of(figure: Figure[Any]) -> Unit | None:
    """Find the unit of a figure's field; None for dates."""
    metadata = type(figure).model_fields["value"].metadata
    return next((extra for extra in metadata if isinstance(extra, Unit)), None)


def _between(low: Any, high: Any, write: Any) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" (from {write(low)})"
    return f" (to {write(high)})" if low is None else f" ({write(low)} to {write(high)})"


def _step_of(value: float, unit: Unit) -> tuple[float, str]:
    if unit.canonical == "1":  # a share is at most 1, a count or a ratio is not bounded so
        return (0.01, "%") if unit.le <= 1 else (1.0, "")
    if unit.canonical == "1/year":
        return 0.01, "%/year"
    return _step(value, unit.canonical)


def _step(value: float, canonical: str) -> tuple[float, str]:
    steps = LADDERS.get(canonical, ((0.0, 1.0, canonical),))
    _, scale, unit = [step for step in steps if abs(value) >= step[0]][-1]
    return scale, unit
