"""Are a plan's power sources possible: started when they may, putting out what they can, carry and the site takes?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.derive import Derivation
from planner.plan.schema import Plan
from planner.plan.sources import number_of
from planner.plan.tolerance import ABSOLUTE, RELATIVE, agree
from planner.scenario.case.power import CaseSource

EDGE = 1e-5
"""MW by which a solver's rounding may pass a limit of output."""


def sources(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Starts are whole and in time; output is what the units can give and no more than the site draws."""
    yield from _starts(plan, d)
    yield from _outputs(plan, d)
    yield from _covers(plan, d)
    for source in plan.case.sources:
        yield from _carried(source, d) if source.kind != "storage" else _stored(source, d)


def _starts(plan: Plan, d: Derivation) -> Iterator[Problem]:
    known = d.sources.known
    for i, row in enumerate(plan.source_starts):
        source, t = known[f"{row.site}:{row.source}"], d.at[row.period]
        path = f"source_starts.{i}"
        if row.units < 1:
            yield Problem("A001", f"{row.units} units are not a start", path=f"{path}.units")
        if not source.earliest <= t <= source.latest:
            yield Problem("A002", f"{source.key} cannot begin to run in {row.period}", path=f"{path}.period")
        meant = round(row.nameplate_mw * 1e6 / source.unit_w)
        if meant != row.units and agree(row.nameplate_mw, meant * source.unit_w / 1e6):
            yield Problem("A001", f"units is {row.units}, but the nameplate is that of {meant}", path=f"{path}.units")
        elif not agree(row.nameplate_mw, row.units * source.unit_w / 1e6):
            message = f"nameplate_mw is {row.nameplate_mw:.10g}, re-derived {row.units * source.unit_w / 1e6:.10g}"
            yield Problem("A001", message, path=f"{path}.nameplate_mw")


def _outputs(plan: Plan, d: Derivation) -> Iterator[Problem]:
    known = d.sources.known
    for i, out in enumerate(plan.source_outputs):
        source, t = known[f"{out.site}:{out.source}"], d.at[out.period]
        most = d.sources.units(source, t) * source.output_w / 1e6
        path = f"source_outputs.{i}.mean_mw"
        if not source.feeds:
            yield Problem("A001", f"{source.key} puts out no energy of its own", path=path)
        if out.mean_mw < -ABSOLUTE or out.mean_mw > most + EDGE + RELATIVE * most:
            yield Problem("A002", f"{source.key} puts out {out.mean_mw:.8g} MW in {out.period}, its units can {most:.8g} MW", path=path)
    for site in plan.case.sites:
        for t, label in enumerate(d.labels):
            given, taken = d.sources.put_out_mw(site.id, t), d.average_mw(site, t)
            if given > taken + EDGE + RELATIVE * taken:
                message = f"sources at {site.id} put out {given:.8g} MW in {label}, the site takes {taken:.8g} MW"
                yield Problem("A002", message, path="source_outputs")


def _covers(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """What is said of each step: of a step that there is, by a source that may, and no less than nothing."""
    saved = {source.site for source in plan.case.sources if source.covers} - {ramp.site for ramp in plan.case.ramps}
    for i, row in enumerate(plan.source_covers):
        source, path = d.sources.known[f"{row.site}:{row.source}"], f"source_covers.{i}"
        if not 0 <= number_of(row.step) < len(plan.case.load_steps(row.site)):
            yield Problem("A001", f"the load at {row.site} has no `{row.step}`", path=f"{path}.step")
        stores = source.kind == "storage" and source.site in saved
        if not (source.covers or stores) or (row.takes_mw and not stores):
            yield Problem("A001", f"{source.key} carries nothing of the load of its site", path=path)
        if row.mw < -ABSOLUTE or row.takes_mw < -ABSOLUTE:
            yield Problem("A001", f"{source.key} carries less than nothing in {row.period}", path=f"{path}.mw")


def _carried(source: CaseSource, d: Derivation) -> Iterator[Problem]:
    """No more is carried than is firm, and what is carried is put out: fuel is burned for it."""
    own, steps = d.sources, range(len(d.case.load_steps(source.site)))
    for t, label in enumerate(d.labels):
        firm = source.firm_of(own.units(source, t)) / 1e6
        most = max(own.carries_mw.get((source.key, t, i), 0.0) for i in steps)
        if most > firm + EDGE + RELATIVE * firm:
            message = f"{source.key} carries {most:.8g} MW of the load in {label}, of which {firm:.8g} MW are firm"
            yield Problem("A002", message, path="source_covers")
        mean, out = own.mean_mw(source, t), own.output_mw[source.key][t]
        if mean > out + EDGE + RELATIVE * out:
            message = f"{source.key} carries {mean:.8g} MW in the mean of {label}, but puts out {out:.8g} MW"
            yield Problem("A002", message, path="source_covers")


def _stored(source: CaseSource, d: Derivation) -> Iterator[Problem]:
    """Storage gives no more than its power, no longer than its energy lasts, and only what it took."""
    own, steps = d.sources, range(len(d.case.load_steps(source.site)))
    for t, label in enumerate(d.labels):
        power = own.units(source, t) * source.unit_w / 1e6
        moves = [own.carries_mw.get((source.key, t, i), 0.0) + own.takes_mw.get((source.key, t, i), 0.0) for i in steps]
        daily, energy = 24 * own.mean_mw(source, t), power * source.storage_h
        needs, taken = own.mean_mw(source, t) / source.round_trip, own.mean_mw(source, t, taken=True)
        for used, limit, says in (
            (max(moves), power, "gives and takes {:.8g} MW in {}, it has {:.8g} MW"),
            (daily, energy, "gives {:.8g} MWh in a day of {}, it holds {:.8g} MWh"),
            (needs, taken, "needs {:.8g} MW in the mean of {} for what it gives, it takes {:.8g} MW"),
        ):
            if used > limit + EDGE + RELATIVE * limit:
                yield Problem("A002", f"{source.key} " + says.format(used, label, limit), path="source_covers")
