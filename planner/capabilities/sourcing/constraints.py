"""Shares of suppliers and other origins: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.capabilities.sourcing.arrays import RuleInputs, SourcingInputs
from planner.capabilities.sourcing.case import ENOUGH, FEW, HHI, LEAST, MEANINGFUL, MOST, USED
from planner.model.blocks import Facts, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.length import add_spread
from planner.model.parameter import CoefficientParameter, signed_root
from planner.model.terms import Terms, row_numbers

HHI_ERROR = 9e-7
"""How far above its limit the rows let an index be; what is left up to a millionth is for the
solver's tolerances."""
HHI_SMALLEST, HHI_LARGEST = 100.0, 1e5
"""What the smallest machine counts in the rows of an index, and the most that the largest may:
beyond, a solver loses digits."""


def add_shares(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Diversification: how much of what is bought, or of what is in service, may or must come from
    whom.

    Sets    r rule · g supplier, software stack, foundry, … or site · b bundle of machines with the
            same possible makers · w window of periods; metric(r,s) per system; x[s,l,t] is
            delivered, or in_service for a rule of the fleet; may(r,b,g) 1 where the machines of b
            may be of g, surely(r,b,g) 1 where they can be of nobody else; equal where makers are
            known
    Rows    share.volume[r,b,t]        volume[r,b,t] − Σ_{(s,l) in b} metric(r,s) · x[s,l,t] = 0
                                       the metric's unit
            share.most[r,g,w]          Σ_{b,t in w} (may − α) · volume[r,b,t] ≤ 0    the metric's
                                       unit
            share.least[r,g,w]         Σ_{b,t in w} (φ − surely) · volume[r,b,t] ≤ 0, or + M ·
                                       used[r,g,w] ≤ M    the metric's unit
            share.meaningful[r,g,w]    Σ_{b,t in w} (φ − surely) · volume[r,b,t] + M · counts[r,g,w]
                                       ≤ M    the metric's unit
            share.number[r,w]          Σ_g counts[r,g,w] ≥ K    suppliers
            share.used[r,g,w]          Σ_{b,t in w} may · volume[r,b,t] − U(r,g) · used[r,g,w] ≤ 0
                                       the metric's unit
            share.few[r,w]             Σ_g used[r,g,w] ≤ K    suppliers
            share.part[r,v,p,w]        part[r,v,p,w] − σ · Σ_{b in p, t in w} volume[r,b,t] =
                                       0    scaled
            share.apart[r,v,k,w]       apart[r,v,k,w] ± Σ_p contrast(k,p) · part[r,v,p,w] ≥
                                       0    scaled
            share.length[r,v,n,f,w]    (u, v)(f) turned by θ(f) = π / 2^(f+1) and folded, three rows
                                       a fold    scaled
                                       u(f) − cos θ · u(f−1) − sin θ · v(f−1) ≥ 0
                                       v(f) ± (cos θ · v(f−1) − sin θ · u(f−1)) ≥ 0, with u(F) =
                                       length[n], v(F) = tan θ(F) · length[n]
            share.hhi[r,v,w]           length[r,v,w] − √(H − 1/P) · Σ_p part[r,v,p,w] ≤ 0, P parts;
                                       + √(1/P − H) below 1/P    scaled
    α max_share · φ min_share, or the share from which a supplier counts · H max_hhi · M = φ times
    the most there can ever be · U(r,g) the most that can ever be of g. share.least has its second
    form where no name is given: then who is used at all must have its share. counts and used are
    yes or no: a supplier is in or out, and no fraction of one helps. A window in which nothing is
    bought satisfies all.

    HHI ≤ H says Σ (q − mean)² ≤ (H − 1/P) · (Σ q)² of what each of P makers has. v is a way to
    divide bundles among their possible makers that may be the most concentrated one, p what is one
    maker's in it, n a pair of a tree over the contrasts k, whose last length is length[r,v,w]
    (`planner/model/length.py`). All that is within the limit is allowed, and F is such that nothing
    beyond H + 9e-7 is. σ makes the smallest machine 100, so that a solver's tolerances are small
    against it.
    """
    for number, rule in enumerate(inputs.of(SourcingInputs).rules, start=1):
        volume = volumes(frame, decisions, inputs, rule, number)
        if rule.max_share is not None:
            most(frame, rule, number, volume, rule.max_share)
        if rule.min_share is not None:
            least(frame, inputs, rule, number, volume, rule.min_share)
        if rule.min_groups is not None:
            enough(frame, inputs, rule, number, volume, rule.min_groups)
        if rule.max_groups is not None:
            few(frame, inputs, rule, number, volume, rule.max_groups)
        if rule.max_hhi is not None:
            hhi(frame, rule, number, volume, rule.max_hhi)


def volumes(
    frame: Frame, decisions: Decisions, inputs: Inputs, rule: RuleInputs, number: int
) -> Variables:
    """What each bundle has in each period."""
    block = frame.add_variables(
        f"volume.{number}",
        (rule.bundles, inputs.periods),
        unit=rule.unit,
        meaning=f"{'in service' if rule.of_fleet else 'bought'}, for {rule.name}",
    )
    present = np.ones(block.index.shape, dtype=bool)
    numbers = row_numbers(present)
    terms = Terms().add(numbers, block.index, 1.0)
    if not rule.bundles:
        return block  # nothing can be bought, or run, that the rule would count
    bundle_rows = np.where(rule.bundle_of[:, :, None] >= 0, numbers[rule.bundle_of], -1)
    columns = decisions.in_service.index if rule.of_fleet else decisions.delivered.index
    terms.add(bundle_rows, columns, -rule.weight[:, None, None])
    frame.add_rows(
        f"share.volume.{number}",
        (rule.bundles, inputs.periods),
        terms,
        unit=rule.unit,
        meaning="what a group has is what is delivered, or runs, of its systems",
        present=present,
        lower=0.0,
        upper=0.0,
    )
    return block


def _in_window(rule: RuleInputs, columns: Ints) -> Ints:
    """[B, W, T] columns inside each window, absent outside."""
    inside = np.array([[a <= t <= b for t in range(columns.shape[1])] for a, b in rule.windows])
    return np.where(inside[None], columns[:, None, :], -1)


def _windows(rule: RuleInputs, periods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(periods[a] if a == b else f"{periods[a]}..{periods[b]}" for a, b in rule.windows)


def _weighed(rule: RuleInputs, volume: Variables, numbers: Ints, weights: Floats) -> Terms:
    """Σ_{b,t in w} weights[r,b] · volume[b,t] in the rows `numbers` [r, w]."""
    terms, columns = Terms(), _in_window(rule, volume.index)
    for b in range(len(rule.bundles)):
        terms.add(numbers[:, :, None], columns[b][None], weights[:, b, None, None])
    return terms


def most(frame: Frame, rule: RuleInputs, number: int, volume: Variables, share: float) -> None:
    """No group has more than its share of a window."""
    windows = _windows(rule, tuple(volume.axes[1]))
    present = np.ones((len(rule.groups), len(windows)), dtype=bool)
    if rule.only is not None:
        present[np.arange(len(rule.groups)) != rule.only] = False
    frame.add_limit(
        MOST,
        (rule.groups, windows),
        _weighed(rule, volume, row_numbers(present), np.where(rule.may, 1.0 - share, -share)),
        present=present,
        bound=0.0,
        number=number,
        facts=Facts(coefficient=percentage(rule, volume, present, share, -0.01)),
    )


def percentage(
    rule: RuleInputs, volume: Variables, present: Bools, share: float, slope: float
) -> CoefficientParameter:
    """A share in percent of all that counts in a window, as the number that a person may move."""
    terms = _weighed(rule, volume, row_numbers(present), np.full(rule.may.shape, slope))
    return CoefficientParameter(100 * share, *terms.triplets())


def least(
    frame: Frame, inputs: Inputs, rule: RuleInputs, number: int, volume: Variables, share: float
) -> None:
    """A named group has its share of a window; if none is named, every group that is used at all
    has.
    """
    windows = _windows(rule, inputs.periods)
    present = np.ones((len(rule.groups), len(windows)), dtype=bool)
    if rule.only is not None:
        present[np.arange(len(rule.groups)) != rule.only] = False
    numbers, upper = row_numbers(present), 0.0
    terms = _weighed(rule, volume, numbers, np.where(rule.surely, share - 1.0, share))
    if rule.only is None:
        used = who_is_used(frame, inputs, rule, number, volume)
        upper = share * most_volume(inputs, rule)
        terms.add(numbers, used.index, upper)
    frame.add_limit(
        LEAST,
        (rule.groups, windows),
        terms,
        present=present,
        bound=upper,
        number=number,
        facts=Facts(
            coefficient=percentage(rule, volume, present, share, 0.01), switched=rule.only is None
        ),
    )


def enough(
    frame: Frame, inputs: Inputs, rule: RuleInputs, number: int, volume: Variables, at_least: int
) -> None:
    """At least K groups have a meaningful share of each window."""
    windows = _windows(rule, inputs.periods)
    counts = frame.add_variables(
        f"counts.{number}",
        (rule.groups, windows),
        unit="yes or no",
        meaning=f"counts towards {rule.name}",
        upper=1.0,
        integer=True,
    )
    big = rule.meaningful * most_volume(inputs, rule)
    present = np.ones(counts.index.shape, dtype=bool)
    numbers = row_numbers(present)
    frame.add_limit(
        MEANINGFUL,
        (rule.groups, windows),
        _weighed(
            rule, volume, numbers, np.where(rule.surely, rule.meaningful - 1.0, rule.meaningful)
        ).add(numbers, counts.index, big),
        present=present,
        bound=big,
        number=number,
        facts=Facts(
            coefficient=percentage(rule, volume, present, rule.meaningful, 0.01), switched=True
        ),
    )
    frame.add_limit(
        ENOUGH,
        (windows,),
        Terms().add(np.arange(len(windows))[None, :], counts.index, 1.0),
        present=np.ones(len(windows), dtype=bool),
        bound=float(at_least),
        number=number,
    )


NOTHING = 1e-6
"""What stands for an amount that can only be nothing, where it is divided by."""


def who_is_used(
    frame: Frame, inputs: Inputs, rule: RuleInputs, number: int, volume: Variables
) -> Variables:
    """Whether anything may be of a group in a window."""
    windows = _windows(rule, inputs.periods)
    used = frame.add_variables(
        f"used.{number}",
        (rule.groups, windows),
        unit="yes or no",
        meaning=f"is used, for {rule.name}",
        upper=1.0,
        integer=True,
    )
    ceilings = np.array([most_volume(inputs, rule, group) for group in range(len(rule.groups))])
    # who can have nothing has a constant all the same: without one it could have nothing either
    # once the limit that keeps it out is gone
    some = max(float(ceilings.max(initial=0.0)), float(rule.weight.max(initial=0.0)))
    ceilings = np.where(ceilings > NOTHING, ceilings, some)
    present = np.ones(used.index.shape, dtype=bool)
    numbers = row_numbers(present)
    frame.add_limit(
        USED,
        (rule.groups, windows),
        _weighed(rule, volume, numbers, rule.may.astype(np.float64)).add(
            numbers, used.index, -ceilings[:, None]
        ),
        present=present,
        bound=0.0,
        number=number,
        facts=Facts(switched=True),
    )
    return used


def few(
    frame: Frame, inputs: Inputs, rule: RuleInputs, number: int, volume: Variables, at_most: int
) -> None:
    """At most K groups are used in each window."""
    windows = _windows(rule, inputs.periods)
    used = who_is_used(frame, inputs, rule, number, volume)
    frame.add_limit(
        FEW,
        (windows,),
        Terms().add(np.arange(len(windows))[None, :], used.index, 1.0),
        present=np.ones(len(windows), dtype=bool),
        bound=float(at_most),
        number=number,
    )


def hhi(frame: Frame, rule: RuleInputs, number: int, volume: Variables, index: float) -> None:
    """The spread of what makers have is at most √(H − 1/P) of its sum, in each way to divide what
    may be of several makers.
    """
    windows = _windows(rule, tuple(volume.axes[1]))
    ways = len(rule.splits) if rule.bundles else 0
    present = np.ones((ways, len(windows)), dtype=bool)
    numbers, sums, rows = row_numbers(present), Terms(), Terms()
    equal = np.ones((ways, len(windows)))
    for v in range(ways):
        label = f"{number}.{v + 1}" if ways > 1 else f"{number}"
        parts, names = _parts(frame, rule, label, volume, rule.splits[v])
        equal[v] = 1.0 / len(parts)
        sums.add(numbers[v][None, :], parts, -1.0)
        rows.add(numbers[v][None, :], parts, -signed_root(index - equal[v]))
        rows.add(
            numbers[v], add_spread(frame, label, names, parts, windows, HHI_ERROR, rule.name), 1.0
        )
    frame.add_limit(
        HHI,
        (tuple(f"way {v + 1}" for v in range(ways)), windows),
        rows,
        present=present,
        bound=0.0,
        number=number,
        facts=Facts(coefficient=CoefficientParameter(index, *sums.triplets(), above=equal.ravel())),
    )


def _parts(
    frame: Frame, rule: RuleInputs, label: str, volume: Variables, split: Ints
) -> tuple[Ints, tuple[str, ...]]:
    """([P, W] columns of what each maker has where bundles are divided so, names of the parts)."""
    windows, inside = _windows(rule, tuple(volume.axes[1])), _in_window(rule, volume.index)
    counted = rule.weight[(rule.bundle_of >= 0).any(axis=1) & (rule.weight > 0)]
    scale = (
        min(HHI_SMALLEST / float(counted.min()), HHI_LARGEST / float(counted.max()))
        if len(counted)
        else 1.0
    )
    members = [np.flatnonzero(split == p) for p in np.unique(split)]
    names = tuple(" + ".join(rule.bundles[b] for b in some) for some in members)
    block = frame.add_variables(
        f"part.{label}",
        (names, windows),
        unit="scaled",
        meaning=f"what is one maker's, for {rule.name}",
    )
    present = np.ones(block.index.shape, dtype=bool)
    numbers = row_numbers(present)
    terms = Terms().add(numbers, block.index, 1.0)
    for p, some in enumerate(members):
        terms.add(numbers[p][None, :, None], inside[some], -scale)
    frame.add_rows(
        f"share.part.{label}",
        (names, windows),
        terms,
        unit="scaled",
        meaning=rule.name,
        present=present,
        lower=0.0,
        upper=0.0,
    )
    return block.index, names


def most_volume(inputs: Inputs, rule: RuleInputs, group: int | None = None) -> float:
    """An upper bound of the metric, of one group or of all that could ever count. Raises ValueError
    if nothing bounds it.
    """
    counts = rule.bundle_of >= 0
    if group is not None:
        counts &= rule.may[group][rule.bundle_of]
    # whatever arrives runs before the horizon ends, and all at once unless it may leave again
    stands = inputs.can_stand if rule.of_fleet else inputs.can_deliver.any(axis=2)
    some = stands & counts & (rule.weight > 0)[:, None]
    weight = np.broadcast_to(rule.weight[:, None], some.shape)
    comes = inputs.can_deliver.any(axis=2)
    fleet, moved_in = inputs.fleet, np.zeros_like(some)
    moved_in[fleet.system, fleet.site] = True
    leaves = np.isin(np.arange(len(inputs.systems)), fleet.system[fleet.delivered >= 0])[
        :, None
    ] & (not rule.of_fleet)
    times = np.where(leaves, inputs.can_deliver.sum(axis=2), 1)
    bounds = [
        float(
            (
                weight[some]
                * np.where(comes | moved_in, times * inputs.most, inputs.existing)[some]
            ).sum()
        )
    ]
    buyable = (comes & some).any(axis=1)
    money = min(
        inputs.capex_limit_musd,
        inputs.total_limit_musd,
        inputs.capex_cumulative_musd.get(len(inputs.periods) - 1, np.inf),
    )
    # what was paid before the horizon is of no budget
    owed = inputs.price_musd * (inputs.down_payment + inputs.due)
    if np.isfinite(money) and buyable.any() and (owed[buyable] > 0).all():
        stood = float((weight * inputs.existing)[some].sum()) if rule.of_fleet else 0.0
        bounds.append(stood + float((rule.weight[buyable] / owed[buyable]).max() * money))
    bound = min(bounds)
    if not np.isfinite(bound):
        raise ValueError("give the sites `power`, the systems a `supply`, or a `budget`")
    return max(bound, NOTHING)


FACE = Constraints((add_shares,))
