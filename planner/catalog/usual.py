"""What is usual? Kinds of figures that files give, each with the range that the catalog's own
figures of that kind span.

A figure far outside is not refused, since a plan may be about just that, but it is doubted: mostly
a unit was slipped. How far is far is a factor on the ends of the range, 5 unless the kind is known
better. A zero is never doubted where it can be meant: it is no slip of a unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from planner.catalog.load import Catalog
from planner.errors import Problem
from planner.records import Figure, sourced_fields
from planner.yamlfile import Located, NodePath

Figures = Callable[[Catalog, Any, str], Iterable[Figure[float] | None]]
"""From a catalog, the record that gives a figure, and its key within a mapping: the catalog's
figures of the same kind."""


@dataclass(frozen=True)
class Kind:
    """One kind of figure."""

    words: str
    unit: str
    figures: Figures
    below: float = 5.0
    above: float = 5.0
    start: float = 0.0
    """Where it is counted from: a PUE from 1."""

    def doubt(self, catalog: Catalog, record: Any, key: str, value: float) -> str:
        """What is odd about a figure far outside the range; empty if nothing is."""
        known = [
            _ends(figure) for figure in self.figures(catalog, record, key) if figure is not None
        ]
        if not known or (value == 0 and self.start == 0):
            return ""
        low, high = min(known), max(known, key=lambda ends: ends[1])
        least, most = self._away(low[0], 1 / self.below), self._away(high[1], self.above)
        if least <= value <= most:
            return ""
        titles = [catalog.sources[source].title for source in dict.fromkeys((low[2], high[2]))]
        span = f"{self._shown(low[0])} to {self._shown(high[1])}"
        where = "below" if value < least else "above"
        return (
            f"{self._shown(value)} is far {where} the {span} that the catalog has of "
            f"{self.words} ({'; '.join(titles)})"
        )

    def _away(self, end: float, factor: float) -> float:
        """So many times as far from where the kind is counted from; a rounding error farther."""
        return self.start + (end - self.start) * factor * (1 + math.copysign(1e-9, factor - 1))

    def _shown(self, value: float) -> str:
        if self.unit == "%":
            return f"{100 * value:.4g} %"
        if self.unit.startswith(("USD", "W")):
            for scale, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
                if value >= scale:
                    return f"{value / scale:.4g} {prefix}{self.unit}"
        return f"{value:.6g} {self.unit}".rstrip()


def _ends(figure: Figure[float]) -> tuple[float, float, str]:
    """(low, high, source) of a figure."""
    low, high = (figure.value if end is None else end for end in (figure.low, figure.high))
    return low, high, figure.source


Usual = Mapping[tuple[type[BaseModel], str], Kind]
"""(record, name of its field) → what kind of figure it is."""


def far_from_usual(
    catalog: Catalog, located: Located, table: Usual, record: BaseModel, path: NodePath = ()
) -> Iterator[Problem]:
    """Every figure of a file that is far from usual, as a warning C004 with its place. What cannot
    be at all its unit refuses.
    """
    for name, field in type(record).model_fields.items():
        if name not in record.model_fields_set:
            continue
        value, here = getattr(record, name), (*path, field.alias or name)
        if kind := next(
            (table[owner, name] for owner in type(record).__mro__ if (owner, name) in table), None
        ):
            pairs = (
                value.items() if isinstance(value, dict) else () if value is None else [("", value)]
            )
            for key, number in pairs:
                at = (*here, str(key)) if key != "" else here
                if odd := kind.doubt(catalog, record, str(key), number):
                    message = f"`{field.alias or name}` of {odd}"
                    yield Problem(
                        "C004",
                        message,
                        located.value_mark(at),
                        ".".join(map(str, at)),
                        "is the unit right?",
                        warning=True,
                    )
        for step, part in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(part, BaseModel):
                yield from far_from_usual(
                    catalog, located, table, part, here if step is None else (*here, step)
                )


# --- kinds that several files share


def _contracts(catalog: Catalog, record: Any, key: str) -> Iterable[Figure[float] | None]:
    return (
        entry.variable_usd_per_mwh
        for entry in catalog.generation.sources.values()
        if entry.kind == "contract"
    )


def _climates(key: str) -> Figures:
    return lambda catalog, record, _: (
        getattr(climate, key) for climate in catalog.facility.climates.values()
    )


def _default(path: str) -> Figures:
    return lambda catalog, record, _: [
        figure
        for key, figure in sourced_fields(catalog.defaults)
        if key == path or key.startswith(path + ".")
    ]


def default(words: str, unit: str, path: str, below: float = 5.0, above: float = 5.0) -> Kind:
    """A kind of which the planning defaults have the figures, by its dotted path."""
    return Kind(words, unit, _default(path), below, above)


ENERGY_PRICE = Kind("energy by contract", "USD/MWh", _contracts)
PUE_ANNUAL = Kind("annual PUE", "", _climates("pue_annual"), below=1.5, above=2.0, start=1.0)
"""1.02 to 2.5 with the catalog's 1.03 to 1.75."""
PUE_PEAK = Kind("peak PUE", "", _climates("pue_peak"), below=3.0, above=2.0, start=1.0)
WATER = Kind("water use by climate", "L/kWh", _climates("wue_l_per_kwh"))
CARBON = Kind(
    "carbon of grids",
    "gCO2e/kWh",
    lambda c, record, _: (g.carbon_g_per_kwh for g in c.facility.grids.values()),
    above=2.0,
)
UTILITY_LOSS = default("losses of transformer and feeders", "%", "utility_loss")
OVERHEAD = default("networks, storage and management over nameplate", "%", "it_overhead", above=2.0)
