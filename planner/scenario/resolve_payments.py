"""When what is built is paid: the parts of its price that a scenario states."""

from __future__ import annotations

from planner.scenario.case.payments import CasePayment
from planner.scenario.gathering import Gathering
from planner.scenario.schema.payments import Payment


def payments_of(g: Gathering, said: list[Payment], path: str) -> list[CasePayment]:
    """The parts, as they are; a problem if they are not all of it. Empty where the scenario says nothing."""
    total = sum(payment.share for payment in said)
    if said and abs(total - 1.0) > 1e-6:
        place = tuple(int(part) if part.isdecimal() else part for part in path.split("."))
        g.problem("S003", f"the payments add up to {100 * total:.6g} % of the price", place, "write shares that add up to 100 %")
    return [CasePayment(share=payment.share, before_days=payment.before_days) for payment in said]
