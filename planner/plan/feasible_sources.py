"""Are a plan's power sources possible: started when they may, and putting out what they can and the site takes?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.derive import Derivation
from planner.plan.schema import Plan
from planner.plan.tolerance import ABSOLUTE, RELATIVE, agree

EDGE = 1e-5
"""MW by which a solver's rounding may pass a limit of output."""


def sources(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Starts are whole and in time; output is what the units can give and no more than the site draws."""
    yield from _starts(plan, d)
    yield from _outputs(plan, d)


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
        if out.mean_mw < -ABSOLUTE or out.mean_mw > most + EDGE + RELATIVE * most:
            yield Problem("A002", f"{source.key} puts out {out.mean_mw:.8g} MW in {out.period}, its units can {most:.8g} MW", path=path)
    for site in plan.case.sites:
        for t, label in enumerate(d.labels):
            given, taken = d.sources.put_out_mw(site.id, t), d.average_mw(site, t)
            if given > taken + EDGE + RELATIVE * taken:
                message = f"sources at {site.id} put out {given:.8g} MW in {label}, the site takes {taken:.8g} MW"
                yield Problem("A002", message, path="source_outputs")
