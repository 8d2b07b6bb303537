"""Where does a figure come from?"""

from __future__ import annotations

from pydantic import Field

from planner.periods import Moment
from planner.records import Id, Record, Text


class Source(Record):
    """A public text that figures refer to by its id."""

    id: Id
    title: Text
    url: str = Field(default="", max_length=500)
    date: Moment
    publisher: Text | None = None
    note: str = ""
