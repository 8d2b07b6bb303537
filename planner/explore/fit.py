"""How many systems fit under a power limit, what is left over, and what the uncertainty of the figures does to the count?"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from planner.catalog.load import Catalog
from planner.engineering.power import Basis, Load
from planner.errors import InputError, Mark, OptionError, Problem, SourceText
from planner.explore.draw import Fleet, Step, counted, factors, waterfall
from planner.scenario.case import Case
from planner.units import Unit

_POWER = Unit("W", "150 MW", ge=1, le=1e13)


@dataclass(frozen=True)
class Sensitivity:
    """How many systems fit with one uncertain figure at its low, and at its high."""

    figure: str
    at_low: int
    at_high: int


@dataclass(frozen=True)
class Fit:
    """The most systems whose draw stays within a limit at a basis and load."""

    fleet: Fleet
    steps: list[Step]
    basis: Basis
    load: Load
    limit_w: float
    one_w: float
    """Draw of one system at that basis and load."""
    units: int
    used_w: float
    stranded_w: float
    """Left over: less than one more system."""
    by_figure: list[Sensitivity]
    fewest: int
    most: int
    """Count with all uncertain figures together, combined as the band is."""


def parse_limit(text: str) -> float:
    """A power limit in W. Raises `OptionError`."""
    try:
        return _POWER.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        mark = Mark(SourceText("--fit", text), 1, 1, max(1, len(text)))
        raise OptionError([Problem(context["code"], context["message"], mark, help=context["help"])]) from None


def fit(system: str, limit_w: float, basis: Basis, load: Load, catalog: Catalog, *, pue: str | None, pue_peak: str | None) -> Fit:
    """The most systems of one kind within `limit_w` at a basis and load.

    Raises `InputError` for an unknown system, a basis or load at which its draw cannot be told, or a limit below one system.
    """
    one = counted(system, "1 systems", catalog, pue=pue, pue_peak=pue_peak)

    def draw_w(case: Case) -> float:
        draw = one.chain(case).at(basis)
        value = draw.at(load) if draw is not None else None
        if value is None or value <= 0:
            message = f"the {load} draw of `{system}` cannot be told on the {basis} basis"
            raise InputError([Problem("K003", message, help="a chip has a nameplate only; a rack system has no server basis")])
        return value

    each = draw_w(one.case)
    units = int(limit_w / each * (1 + 1e-12))
    if units < 1:
        raise InputError(
            [Problem("R001", f"one `{system}` draws {each / 1e6:.4g} MW {basis} {load}, more than the {limit_w / 1e6:.4g} MW given")]
        )
    by_figure = []
    down = up = 0.0
    for factor in factors(one):
        low, high = draw_w(factor.low), draw_w(factor.high)
        if low != each or high != each:
            by_figure.append(Sensitivity(factor.name, int(limit_w / low), int(limit_w / high)))
            down += min(low - each, high - each, 0.0) ** 2
            up += max(low - each, high - each, 0.0) ** 2
    by_figure.sort(key=lambda s: -abs(s.at_high - s.at_low))
    fleet = counted(system, f"{units} systems", catalog, pue=pue, pue_peak=pue_peak)
    return Fit(
        fleet=fleet,
        steps=waterfall(fleet),
        basis=basis,
        load=load,
        limit_w=limit_w,
        one_w=each,
        units=units,
        used_w=units * each,
        stranded_w=limit_w - units * each,
        by_figure=by_figure,
        fewest=int(limit_w / (each + up**0.5)),
        most=int(limit_w / (each - down**0.5)),
    )
