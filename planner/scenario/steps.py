"""Which line of a scenario is in force in a period, of a value that steps over time?"""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from planner.assembly.scenario import Scenario
from planner.core.fields import by_date
from planner.periods import Moment, Timeline
from planner.yamlfile import Located, dotted


def step_in_force(located: Located, timeline: Timeline, path: str, label: str) -> str:
    """Path of the step in force in the period `label`, where values by date stand at `path`; `path`
    itself where none do.

    Before the first step it is that one: its date is what matters. Of several steps within a
    period, what is asked for counts by the last, and what is given by the one that held when the
    period began.
    """
    period = next((period for period in timeline.periods if period.label == label), None)
    node = dotted(path)
    dates = [str(spot[-1]) for spot in located.spots if spot[:-1] == node]
    dated = sorted((moment.first, text) for text in dates if (moment := _moment(text)))
    if period is None or not dated:
        return path
    steps = by_date(Scenario, node)
    within = steps is not None and steps.within
    begun = [
        text for first, text in dated if (first < period.end if within else first <= period.start)
    ]
    return f"{path}.{begun[-1] if begun else dated[0][1]}"


def _moment(text: str) -> Moment | None:
    try:
        return Moment.parse(text)
    except PydanticCustomError:
        return None
