"""How many systems fit under a power limit, what binds, what is left over, and what does
uncertainty do to the count?

The chain is that of `planner power`: the networks grow with the count, so the count is found by
search, and one system more is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from planner.catalog.load import Catalog
from planner.core.fields import Amount
from planner.engineering.power import Basis, Load
from planner.errors import InputError, Mark, OptionError, Problem, SourceText
from planner.numbers import number
from planner.power_model.cluster import ClusterPower, Reckoner, cluster_power
from planner.power_model.file import ClusterFile
from planner.power_model.setup import Setup, set_up
from planner.units import Unit
from planner.yamlfile import Located

_POWER = Unit("W", "150 MW", ge=1, le=1e12)
MOST = 10**9
"""Systems beyond which nothing is tried; the greatest limit feeds fewer of any system."""


@dataclass(frozen=True)
class Sensitivity:
    """How many systems fit with one uncertain figure at its low, and at its high."""

    figure: str
    at_low: int
    at_high: int


@dataclass(frozen=True)
class Fit:
    """The most systems whose draw stays within a limit at a basis and load."""

    power: ClusterPower
    basis: Basis
    load: Load
    limit_w: float
    one_w: float
    """Draw of one of them at that basis and load, its share of the networks included."""
    units: int
    used_w: float
    stranded_w: float
    """Left over: less than one more system."""
    next_w: float | None
    """Draw of one system more, which exceeds the limit; None where the network, not the power, ends
    the count."""
    binds: str
    by_figure: list[Sensitivity]
    fewest: int
    most: int
    """Count with all uncertain figures together, combined as the band is."""

    @property
    def accelerators_each(self) -> int:
        """Accelerators of one system."""
        return round(self.power.setup.cluster.groups[0].system.accelerators.value)


def parse_power(option: str, text: str) -> float:
    """A power in W that an option of the command line gives. Raises `OptionError`."""
    try:
        return _POWER.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        mark = Mark(SourceText(option, text), 1, 1, max(1, len(text)))
        raise OptionError(
            [Problem(context["code"], context["message"], mark, help=context["help"])]
        ) from None


def parse_powers(texts: Mapping[str, str | None]) -> dict[str, float]:
    """Powers in W by option, of those that were given. Raises `OptionError` with all that are
    none.
    """
    found, problems = dict[str, float](), list[Problem]()
    for option, text in texts.items():
        if text is not None:
            try:
                found[option] = parse_power(option, text)
            except OptionError as error:
                problems += error.problems
    if problems:
        raise OptionError(problems)
    return found


def fit(
    file: ClusterFile, located: Located, catalog: Catalog, limit_w: float, basis: Basis, load: Load
) -> Fit:
    """The most systems of the one kind in `file` within `limit_w` at a basis and load.

    Raises `InputError` for whatever is wrong with the cluster, a basis at which its draw cannot be
    told, or a limit below one system.
    """

    def at(units: int) -> Setup:
        entry = file.systems[0].model_copy(update={"count": Amount.parse(f"{units} systems")})
        return set_up(file.model_copy(update={"systems": [entry]}), located, catalog)

    def draw_w(units: int) -> float | None:
        """W of so many; None where no network of the kind asked for holds them."""
        try:
            chain = Reckoner(at(units)).chain()
        except InputError:
            return None
        draw = chain.at(basis)
        value = draw.at(load) if draw is not None else None
        if value is None or value <= 0:
            message = (
                f"the {load} draw of `{file.systems[0].system}` cannot be told on the {basis} basis"
            )
            raise InputError(
                [
                    Problem(
                        "K003", message, help="a system that is sold as a rack has no server basis"
                    )
                ]
            )
        return value

    at(1)  # whatever is wrong with the question shows here, with its place
    one = draw_w(1)
    units = _most(draw_w, limit_w)
    if units < 1:
        each = (one or 0.0) / 1e6
        message = (
            f"one `{file.systems[0].system}` draws {number(each)} MW {basis} {load}, more than "
            f"the {number(limit_w / 1e6)} MW given"
        )
        raise InputError(
            [
                Problem(
                    "R001",
                    message,
                    Mark(SourceText("--fit", f"{number(limit_w / 1e6)} MW"), 1, 1, 1),
                )
            ]
        )
    after = draw_w(units + 1)
    binds = (
        f"the power at the {basis} basis, {load}"
        if after is not None
        else "the network: no fabric as asked for holds one system more"
    )
    return _told(at(units), basis, load, limit_w, after, binds)


def _most(draw_w: Callable[[int], float | None], limit_w: float) -> int:
    """The most systems within the limit: doubled until too many, then halved in; the draw grows
    with the count.
    """

    def fits(units: int) -> bool:
        draw = draw_w(units)
        return draw is not None and draw <= limit_w * (1 + 1e-12)

    low, high = 0, 1
    while high < MOST and fits(high):
        low, high = high, min(MOST, high * 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    while low < MOST and fits(low + 1):  # a step of the networks may lie in between
        low += 1
    return low


def _told(
    setup: Setup, basis: Basis, load: Load, limit_w: float, after: float | None, binds: str
) -> Fit:
    reckoner, units = Reckoner(setup), setup.cluster.groups[0].count
    known = reckoner.band(basis, load)
    each, down, up = (
        known.value / units,
        (known.value - known.low) / units,
        (known.high - known.value) / units,
    )

    def count(watts: float) -> int:
        return int(limit_w / watts * (1 + 1e-12))

    moved = [
        (name, count(each + low / units), count(each + high / units))
        for name, low, high in known.by_factor
    ]
    by_figure = [Sensitivity(*row) for row in sorted(moved, key=lambda row: -abs(row[2] - row[1]))]
    return Fit(
        power=cluster_power(setup),
        basis=basis,
        load=load,
        limit_w=limit_w,
        one_w=each,
        units=units,
        used_w=known.value,
        stranded_w=limit_w - known.value,
        next_w=after,
        binds=binds,
        by_figure=by_figure,
        fewest=count(each + up),
        most=count(each - down),
    )
