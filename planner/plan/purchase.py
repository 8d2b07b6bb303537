"""What follows from so many systems that are delivered to a site in a period."""

from __future__ import annotations

from planner.periods import earlier
from planner.plan.schema import Purchase
from planner.scenario.case import Case, CaseSystem


def purchase(case: Case, system: CaseSystem, site: str, t: int, units: int) -> Purchase | None:
    """The row of a plan; None where the system cannot be delivered in that period."""
    arrival, labels = case.arrivals[system.id][t], [period.label for period in case.timeline.periods]
    if arrival is None:
        return None
    ordered = earlier(arrival.day, system.lead_time_days)
    return Purchase(
        system=system.id,
        site=site,
        ordered=labels[case.timeline.holding(ordered)],
        delivered=labels[t],
        in_service=labels[arrival.runs],
        ordered_on=str(ordered),
        delivered_on=str(arrival.day),
        units=units,
        accelerators=units * system.accelerators,
        price_usd=system.price_usd,
        systems_usd=units * system.price_usd,
        fabric_usd=units * case.fabric_usd(system, site),
    )
