"""Sources of figures, and quotes of prices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from planner.periods import Moment
from planner.records import Figure, Id, Kind, Record, Text, Via
from planner.units import Money


class Quote(Record):
    """One dated price of a system or an accelerator."""

    of: Id
    per: Literal["system", "accelerator"]
    price_usd: Annotated[Money, Field(alias="price")]
    low_usd: Annotated[Money | None, Field(alias="low")] = None
    high_usd: Annotated[Money | None, Field(alias="high")] = None
    kind: Kind
    via: Via = "primary"
    source: Id
    date: Moment
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Quote:
        low, high = self.low_usd, self.high_usd
        if (low is not None and low > self.price_usd) or (
            high is not None and high < self.price_usd
        ):
            message = "a range must hold its value: low ≤ price ≤ high"
            raise PydanticCustomError(
                "planner", "{message}", {"code": "R001", "message": message, "help": ""}
            )
        return self


class PlanningPrice(Record):
    """What a plan pays for one system unless its scenario says otherwise; rests on quotes, or is an
    assumption that says so.
    """

    system: Id
    price_usd: Annotated[Figure[Money], Field(alias="price")]


class Source(Record):
    """A public text that figures refer to by its id."""

    id: Id
    title: Text
    url: str = Field(default="", max_length=500)
    date: Moment
    publisher: Text | None = None
    note: str = ""
