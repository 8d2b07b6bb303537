"""What is to be best, in order."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.capabilities.demand.schema import Priority
from planner.capabilities.sourcing.schema import PRECISION
from planner.catalog.hardware import Precision
from planner.core.fields import Amount, refuse
from planner.core.scenario import Scenario, Schema
from planner.periods import Moment
from planner.records import Record
from planner.units import ComputeRate, Fraction


class Criterion(Record):
    """What is to be most or least."""

    maximize: Literal["compute", "accelerators"] | None = None
    """What is to be most."""
    minimize: (
        Literal["cost", "capex", "power", "energy", "carbon", "time", "peak_cash", "shortfall"]
        | None
    ) = None
    """What is to be least."""
    precision: Precision = PRECISION
    """Number format in which `compute` is counted."""
    at: Moment | None = None
    """Judge `compute`, `accelerators` or `power` in this period alone; left out: the mean over the
    horizon."""
    accelerators: Amount | None = None
    """For `minimize: time`: days until so many accelerators run, and run on to the end of the
    horizon."""
    compute_flop_s: Annotated[ComputeRate | None, Field(alias="compute", gt=0)] = None
    """For `minimize: time`: days until so much is delivered."""
    priority: Priority = None
    """For `minimize: shortfall`: of the demands of this priority alone; left out: of every demand
    that may go short."""

    @model_validator(mode="after")
    def _one_direction(self) -> Criterion:
        if self.maximize is not None and self.minimize is not None:
            raise refuse(
                "K003",
                "an objective is either `maximize` or `minimize`",
                "for example `- {maximize: compute}`",
            )
        if self.priority is not None and self.minimize != "shortfall":
            raise refuse("K003", "`priority` goes with `minimize: shortfall`", "leave it out")
        if self.at and self.minimize in (
            "cost",
            "capex",
            "energy",
            "carbon",
            "time",
            "peak_cash",
            "shortfall",
        ):
            why = {"time": "counted from its start", "peak_cash": "the highest of all periods"}.get(
                self.minimize, "summed over the horizon"
            )
            raise refuse("K003", f"`at` has no meaning for {self.minimize}, which is {why}")
        if (
            self.precision != PRECISION
            and self.maximize != "compute"
            and self.compute_flop_s is None
        ):
            raise refuse(
                "K003",
                "`precision` goes with `maximize: compute`, not with "
                f"{self.maximize or self.minimize}",
                "leave it out",
            )
        given = (self.accelerators is not None) + (self.compute_flop_s is not None)
        if self.minimize == "time" and given != 1:
            remedy = "for example `- {minimize: time, accelerators: 100000 accelerators}`"
            raise refuse(
                "K003",
                "`minimize: time` needs the capacity to reach: either `accelerators` or `compute`",
                remedy,
            )
        if self.minimize != "time" and given:
            raise refuse(
                "K003", "`accelerators` and `compute` go with `minimize: time`", "leave them out"
            )
        if self.accelerators is not None and (
            self.accelerators.unit == "systems" or self.accelerators.number <= 0
        ):
            raise refuse(
                "U002",
                f"found `{self.accelerators}`, expected a number of accelerators",
                "write `100000 accelerators`",
            )
        return self

    def __str__(self) -> str:
        """As it is printed everywhere: with its period, or that it is a mean over all of them."""
        what = f"maximize {self.maximize}" if self.maximize else f"minimize {self.minimize}"
        if self.accelerators is not None:
            what += f" to {self.accelerators}"
        if self.compute_flop_s is not None:
            what += f" to {self.compute_flop_s / 1e15:g} PFLOP/s ({self.precision})"
        details: list[str] = [self.precision] if self.maximize == "compute" else []
        details += (
            ["mean over the horizon"]
            if self.at is None and (self.maximize is not None or self.minimize == "power")
            else []
        )
        details += [f"priority {self.priority}"] if self.priority is not None else []
        what += f" ({', '.join(details)})" if details else ""
        return what + (f" at {self.at}" if self.at else "")


class Part(Criterion):
    """One part of a weighted objective."""

    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Points per unit of this part: MUSD, MW, GWh, ktCO2e, days, PFLOP/s or accelerators."""

    @model_validator(mode="after")
    def _says_something(self) -> Part:
        if self.maximize is None and self.minimize is None:
            raise refuse(
                "K003",
                "a part of a weighted objective needs `maximize` or `minimize`",
                "for example `{minimize: cost, weight: 1}`",
            )
        return self


class Objective(Criterion):
    """One objective; those before it in the list are held while it is improved."""

    weighted: Annotated[list[Part], Field(min_length=2)] | None = None
    """Instead of one criterion: the least Σ weight · value, where what is maximized counts
    against."""
    tolerance: Fraction = 1e-4
    """How much of this objective may be given up for the next."""

    @model_validator(mode="after")
    def _one_kind(self) -> Objective:
        if (self.maximize is None) and (self.minimize is None) and self.weighted is None:
            raise refuse(
                "K003",
                "an objective is either `maximize` or `minimize`",
                "for example `- {maximize: compute}`",
            )
        if self.weighted is not None and (self.maximize or self.minimize):
            raise refuse(
                "K003",
                "`weighted` stands alone: its parts say what to maximize and to minimize",
                "move the other criterion into the list",
            )
        if self.weighted is not None and self.at is not None:
            raise refuse(
                "K003", "`at` belongs to the parts of a weighted objective", "move it there"
            )
        return self

    def __str__(self) -> str:
        if self.weighted is None:
            return super().__str__()
        words = [
            f"{'−' if part.maximize else '+'} {part.weight:g} · {str(part).partition(' ')[2]}"
            for part in self.weighted
        ]
        return "minimize " + " ".join(words).removeprefix("+ ")


class ObjectivesKeys(Scenario):
    """What is to be best."""

    objective: Annotated[list[Objective], Field(min_length=1)] = [Objective(minimize="cost")]
    """What is to be best; those further down only break the ties of those above."""


FACE = Schema(scenario=ObjectivesKeys)
