"""Do a plan's decisions respect every diversification rule of its case?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.derive import Derivation
from planner.plan.limits.shares import Holdings, hhi, holdings, possibly, surely, window_label
from planner.plan.schema import Plan
from planner.plan.tolerance import RELATIVE
from planner.scenario.case import CaseRule
from planner.scenario.schema.rules import NOUN


def rules(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every diversification rule is kept."""
    for number, rule in enumerate(plan.case.rules):
        for window in rule.windows:
            held = holdings(d, rule, window)
            if sum(held.values()) > 0:
                for says in _broken(rule, held, window_label(d, window)):
                    yield Problem("A002", says, path=f"case.rules.{number}")


def _broken(rule: CaseRule, held: Holdings, window: str) -> Iterator[str]:
    """What a rule is not given in a window in which something counts."""
    total = sum(held.values())
    most = {name: amount / total for name, amount in possibly(held).items()}
    sure = {name: amount / total for name, amount in surely(held).items()}
    yield from _shares(rule, most, sure, window)
    yield from _numbers(rule, most, sure, window)
    if rule.max_hhi is not None and (index := hhi(held)) > rule.max_hhi + RELATIVE:
        several = NOUN[rule.level][1]
        yield f"the HHI of {several} by {rule.metric} is {index:.6f} in {window}, at most {rule.max_hhi:.6f} is allowed"


def _shares(rule: CaseRule, most: dict[str, float], sure: dict[str, float], window: str) -> Iterator[str]:
    if rule.max_share is not None:
        for name, share in most.items():
            if rule.only in (None, name) and share > rule.max_share + RELATIVE:
                yield f"{name} has {share:.4%} of {rule.metric} in {window}, at most {rule.max_share:.4%} is allowed"
    if rule.min_share is not None:
        for name in [rule.only] if rule.only is not None else [name for name, share in most.items() if share > 0]:
            if sure.get(name, 0.0) < rule.min_share - RELATIVE:
                yield f"{name} has {sure.get(name, 0.0):.4%} of {rule.metric} in {window}, at least {rule.min_share:.4%} is asked for"


def _numbers(rule: CaseRule, most: dict[str, float], sure: dict[str, float], window: str) -> Iterator[str]:
    several = NOUN[rule.level][1]
    if rule.min_suppliers is not None:
        counted = sum(share >= rule.meaningful - RELATIVE for share in sure.values())
        if counted < rule.min_suppliers:
            yield f"{counted} {several} have {rule.meaningful:.1%} of {rule.metric} in {window}, {rule.min_suppliers} are asked for"
    if rule.max_suppliers is not None:
        used = sum(share > 0 for share in most.values())
        if used > rule.max_suppliers:
            yield f"{used} {several} are used in {window}, at most {rule.max_suppliers} are allowed"
