"""Which metered machines, host parts and parameters does the component power model of a catalog rest on?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from planner.catalog.components import Component, Host, PowerModel, Surroundings
from planner.catalog.measurements import Measurement
from planner.catalog.reader import Reader


@dataclass(frozen=True)
class Metered:
    """Measurements and what is needed to predict them, by id; hosts by system. `model` and `surroundings` are None in a
    catalog without them.
    """

    components: dict[str, Component] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)
    measurements: dict[str, Measurement] = field(default_factory=dict)
    model: PowerModel | None = None
    surroundings: Surroundings | None = None

    def tables(self) -> tuple[tuple[str, Mapping[str, BaseModel]], ...]:
        """Top key and entries of each table."""
        model: dict[str, BaseModel] = {"0": self.model} if self.model else {}
        around: dict[str, BaseModel] = {"0": self.surroundings} if self.surroundings else {}
        return (
            ("components", self.components),
            ("hosts", self.hosts),
            ("measurements", self.measurements),
            ("power_model", model),
            ("surroundings", around),
        )


def metered_references(metered: Metered) -> Iterator[tuple[str, str, str, str]]:
    """Ids that entries use besides those of their figures' sources: (what, id, top key, entry)."""
    for host in metered.hosts.values():
        yield "system", host.system, "hosts", host.system
        yield from (("component", part, "hosts", host.system) for part in [host.processor, *host.parts] if part)
    for run in metered.measurements.values():
        yield "accelerator", run.accelerator, "measurements", run.id
        if run.processor:
            yield "component", run.processor, "measurements", run.id


def read_metered(reader: Reader) -> Metered:
    """Take these tables out of a reader; mistakes are left with it."""
    return Metered(
        components=reader.by_name("components", Component),
        hosts=reader.by_name("hosts", Host),
        measurements=reader.by_name("measurements", Measurement),
        model=reader.only("power_model", PowerModel),
        surroundings=reader.only("surroundings", Surroundings),
    )
