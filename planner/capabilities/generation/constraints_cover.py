"""What sources carry in each step of the load: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import HOURS_PER_DAY, Bools, Floats, Ints
from planner.capabilities.generation.arrays import SourceInputs
from planner.capabilities.generation.case import DRAW
from planner.capabilities.generation.constraints import firm_columns, resting
from planner.capabilities.sites.case import POWER
from planner.model.blocks import Facts, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Follower
from planner.model.terms import Measure, Terms, row_numbers


def add_cover(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Cover: what a site draws above its connection is carried by what is firm, hour by hour, and
    that takes energy.

    Sets    k source behind the meter that is firm · b storage beside one · s system · l site · t
            period · i step of the site's load-duration curve: share(l,i) of the hours, in which the
            load stands at position(l,i) between its average, 0, and the load that the site is sized
            by, 1
    Terms   load(l,i,t)         Σ_s (position(l,i) · utility_mw(s,l) + (1 − position(l,i)) ·
                                average_mw(s,l)) · in_service[s,l,t]    MW
            carried(l,i,t)      Σ_k cover[k,i,t] + Σ_b give[b,i,t] − Σ_b take[b,i,t]    MW
            firm(k,t)           firm(k) · units[k,t], or firm[k,t] where units are counted    MW
    Rows    cover.draw[l,i,t]   load(l,i,t) − carried(l,i,t) − Σ_k conn(k) · units[k,t] ≤
                                energized(l,t)    MW
            cover.firm[k,i,t]   cover[k,i,t] − firm(k,t) ≤ 0    MW
            cover.output[k,t]   Σ_i share(l(k),i) · cover[k,i,t] − output[k,t] ≤ 0    MW
            cover.power[b,i,t]  give[b,i,t] + take[b,i,t] − mw(b) · units[b,t] ≤ 0    MW
            cover.cycle[b,t]    24 · Σ_i share(l(b),i) · give[b,i,t] − mwh(b) · units[b,t] ≤ 0
                                MWh per day
            cover.taken[b,t]    Σ_i share(l(b),i) · (give[b,i,t] / round_trip(b) − take[b,i,t]) ≤
                                0    MW
            cover.loss[b,t]     loss[b,t] − Σ_i share(l(b),i) · (take[b,i,t] − give[b,i,t]) =
                                0    MW
    The curve is linear in what is posted: Σ_i share · position = 0, so its mean is the average
    draw, and its highest step is what `power.utility` checks. All steps have rows, those below the
    connection too: a limit that moves, and storage that charges, may bring them above it. Each day
    has the hours of every step in the same shares, and storage is filled and emptied once a day:
    hours of a step that its energy does not last for are not carried. Storage is not firm. It gives
    in the place of what is, so that an empty one leaves no load without power; at a site with a
    ramp limit it is kept for the ramp.
    """
    own = inputs.of(SourceInputs)
    if not own.names:
        return
    rests = resting(decisions, inputs)
    if not rests.any():
        return
    asked = (own.share[own.site] > 0)[:, :, None] & (rests[own.site] & own.stands)[:, None, :]
    axes = (own.names, own.steps, inputs.periods)

    def block(name: str, meaning: str, of: Bools) -> Variables:
        return frame.add_variables(
            name, axes, unit="MW", meaning=meaning, present=asked & of[:, None, None]
        )

    cover = block("cover", "what a source carries of the load in a step", own.covers)
    carries(frame, inputs, cover)
    give, take = (
        block("give", "what storage gives in a step", own.saves),
        block("take", "what storage takes in a step", own.saves),
    )
    for carrier, sign in ((cover, 1.0), (give, 1.0), (take, -1.0)):
        for step in range(len(own.steps)):
            frame.post(
                "carried",
                carrier.index[:, step],
                own.site[:, None],
                np.arange(len(inputs.periods)),
                np.array(sign),
                step,
            )
    stores(frame, inputs, give, take)
    draw(frame, inputs, rests & np.isfinite(inputs.available_mw))


def load(frame: Frame, inputs: Inputs, rows: Ints, highest: Measure) -> Terms:
    """Terms of the load in each step, at rows [L, I, T]: between the average and a measure of the
    highest.
    """
    terms, place = Terms(), inputs.of(SourceInputs).position
    for measure, factor in ((highest, place), ("utility_average", 1.0 - place)):
        post = frame.posted(measure)
        terms.add(
            rows[post.sites, :, post.periods],
            post.columns[:, None],
            factor[post.sites] * post.values[:, None],
        )
    return terms


def carried(frame: Frame, inputs: Inputs, rows: Ints) -> Terms:
    """Terms that lower the load of each step, at rows [L, I, T]."""
    terms = Terms()
    for step in range(len(inputs.of(SourceInputs).steps)):
        post = frame.posted("carried", step)
        terms.add(rows[post.sites, step, post.periods], post.columns, -post.values)
    return terms


def mean(inputs: Inputs, rows: Ints, index: Ints, factor: Floats | float = 1.0) -> Terms:
    """Terms of the mean over the steps of columns [K, I, T], at rows [K, T]; `factor` is a number,
    or [K].
    """
    own = inputs.of(SourceInputs)
    weight = own.share[own.site] * np.broadcast_to(factor, own.site.shape)[:, None]
    return Terms().add(rows[:, None, :], index, weight[:, :, None])


def carries(frame: Frame, inputs: Inputs, cover: Variables) -> None:
    """A source carries no more than is firm of it, and puts out what it carries."""
    own, present = inputs.of(SourceInputs), cover.index >= 0
    columns, each = firm_columns(frame, inputs)
    numbers = row_numbers(present)
    frame.add_rows(
        "cover.firm",
        cover.axes,
        Terms().add(numbers, cover.index, 1.0).add(numbers, columns[:, None, :], -each[:, None, :]),
        unit="MW",
        meaning="a source carries no more of the load than is firm of it",
        present=present,
        upper=0.0,
    )
    any_step = np.asarray(present.any(axis=1), dtype=bool)
    numbers = row_numbers(any_step)
    output = frame.variables["source_output"].index
    frame.add_rows(
        "cover.output",
        (own.names, inputs.periods),
        mean(inputs, numbers, cover.index).add(numbers, output, -1.0),
        unit="MW",
        meaning="a source puts out what it carries",
        present=any_step,
        upper=0.0,
    )


def stores(frame: Frame, inputs: Inputs, give: Variables, take: Variables) -> None:
    """Storage gives with its power, for as long as its energy lasts, what it took before."""
    own, present = inputs.of(SourceInputs), give.index >= 0
    if not present.any():
        return
    units, loss = frame.variables["source_units"].index, frame.variables["storage_loss"].index
    numbers = row_numbers(present)
    frame.add_rows(
        "cover.power",
        give.axes,
        Terms()
        .add(numbers, give.index, 1.0)
        .add(numbers, take.index, 1.0)
        .add(numbers, units[:, None, :], -own.unit_mw[:, None, None]),
        unit="MW",
        meaning="storage gives and takes no more than its power",
        present=present,
        upper=0.0,
    )
    any_step, axes = np.asarray(present.any(axis=1), dtype=bool), (own.names, inputs.periods)
    numbers = row_numbers(any_step)
    frame.add_rows(
        "cover.cycle",
        axes,
        mean(inputs, numbers, give.index, HOURS_PER_DAY).add(
            numbers, units, -own.storage_mwh[:, None]
        ),
        unit="MWh per day",
        meaning="storage gives no more in a day than its energy",
        present=any_step,
        upper=0.0,
    )
    frame.add_rows(
        "cover.taken",
        axes,
        mean(inputs, numbers, give.index, 1.0 / own.round_trip).add(
            numbers[:, None, :], take.index, -_share(inputs)
        ),
        unit="MW",
        meaning="what storage gives it took before, with its losses",
        present=any_step,
        upper=0.0,
    )
    frame.add_rows(
        "cover.loss",
        axes,
        mean(inputs, numbers, give.index)
        .add(numbers[:, None, :], take.index, -_share(inputs))
        .add(numbers, loss, 1.0),
        unit="MW",
        meaning="the loss is what storage takes and does not give",
        present=any_step,
        lower=0.0,
        upper=0.0,
    )


def _share(inputs: Inputs) -> Floats:
    """[K, I, 1] of the hours at the site of each source."""
    return inputs.of(SourceInputs).share[inputs.of(SourceInputs).site][:, :, None]


def draw(frame: Frame, inputs: Inputs, places: Bools) -> None:
    """What nothing carries comes through the connection."""
    own = inputs.of(SourceInputs)
    present = (own.share > 0)[:, :, None] & places[:, None, :]
    numbers = row_numbers(present)
    connection = frame.posted("connection")
    terms = load(frame, inputs, numbers, "utility")
    terms.join(carried(frame, inputs, numbers))
    terms.add(
        numbers[connection.sites, :, connection.periods],
        connection.columns[:, None],
        -connection.values[:, None],
    )
    where = np.argwhere(present)
    frame.add_limit(
        DRAW,
        (inputs.sites, own.steps, inputs.periods),
        terms,
        present=present,
        bound=inputs.available_mw[:, None, :],
        facts=Facts(follows=Follower(POWER.row, where[:, [0, 2]], np.ones(len(where)))),
    )


FACE = Constraints((add_cover,))
