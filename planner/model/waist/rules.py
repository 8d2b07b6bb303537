"""Diversification rules as arrays."""

from __future__ import annotations

import numpy as np

from planner.model.inputs import RuleInputs
from planner.scenario.case import Case, CaseRule

MEGA = 1e6
PETA = 1e15


def rule_of(case: Case, rule: CaseRule) -> RuleInputs:
    """One rule: what counts, towards whom, in which windows."""
    groups = tuple(sorted({case.group(s, rule.level) for s in case.systems if s.may_buy}))
    weights = {
        "spend": ([s.price_usd / MEGA for s in case.systems], "MUSD"),
        "power": ([s.nameplate_w * (1 + s.it_overhead) / MEGA for s in case.systems], "MW IT nameplate"),
        "units": ([s.accelerators / 1e3 for s in case.systems], "thousand accelerators"),
        "compute": (
            [s.delivered_flop_s(rule.precision, case.goodput) / PETA for s in case.systems],
            f"PFLOP/s {rule.precision}",
        ),
    }
    weight, unit = weights[rule.metric]
    if rule.max_share is not None:
        who = rule.only or f"one {rule.level}"
        says = f"{who} may have at most {rule.max_share:.4g} of {rule.metric}"
        name = f"share of {rule.only or 'each ' + rule.level} by {rule.metric}"
    else:
        says = f"at least {rule.min_suppliers} {rule.level}s must have {rule.meaningful:.4g} of {rule.metric} each"
        name = f"number of {rule.level}s by {rule.metric}"
    return RuleInputs(
        name=name,
        says=says,
        groups=groups,
        group_of=np.array([groups.index(case.group(s, rule.level)) if s.may_buy else -1 for s in case.systems], dtype=np.int64),
        weight=np.array(weight),
        unit=unit,
        windows=tuple((a, b) for a, b in rule.windows),
        max_share=rule.max_share,
        only=groups.index(rule.only) if rule.only else None,
        min_groups=rule.min_suppliers,
        meaningful=rule.meaningful,
        path=rule.path,
    )
