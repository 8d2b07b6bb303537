"""How long does a site with own generation draw how much? The scenario's curve, or the catalog's."""

from __future__ import annotations

from planner.scenario.case import CaseSite, CaseSystem
from planner.scenario.case.power import CaseLoadDuration, CaseSource
from planner.scenario.gathering import Gathering
from planner.scenario.schema.power import LoadStep

Path = tuple[str | int, ...]


def resolve_load_durations(
    g: Gathering, sites: list[CaseSite], systems: list[CaseSystem], sources: list[CaseSource]
) -> list[CaseLoadDuration]:
    """Curves of the sites where a source may carry a part of the load. Problems are recorded."""
    found, used = [], False
    for j, (said, site) in enumerate(zip(g.scenario.sites, sites, strict=True)):
        if not any(source.covers for source in sources if source.site == site.id):
            if said.load_duration is not None:
                g.note(f"site {site.id}: its `load_duration` changes nothing, for no source of its own can carry a part of its load")
            continue
        depth, system = _depth(site, [s for s in systems if _stands(g, s, site.id)])
        if said.load_duration is not None:
            found.append(_own(g, site.id, said.load_duration, ("sites", j, "load_duration"), depth, system))
        elif g.scenario.load_duration is not None:
            used = True
            found.append(_own(g, site.id, g.scenario.load_duration, ("load_duration",), depth, system))
        else:
            found.append(_usual(g, site.id, depth, system))
    if g.scenario.load_duration is not None and not used:
        g.note("`load_duration` changes nothing: every site with own generation has its own, or there is none")
    return found


def _stands(g: Gathering, system: CaseSystem, site: str) -> bool:
    """Whether a system may be bought for a site, stands there, or may be moved there."""
    stands = any((f.system, f.site) == (system.id, site) for f in g.scenario.fleet)
    return site in system.sites or stands or any(m.system == system.id and (not m.to or site in m.to) for m in g.scenario.moves)


def _depth(site: CaseSite, systems: list[CaseSystem]) -> tuple[float, str]:
    """How far below its average, over how far its sizing load is above it, a machine can draw without being more than idle; and which."""
    depths = [(float("inf"), "")]
    for system in systems:
        annual, peak = site.pue(system)
        sizing = system.nameplate_w if site.sizing == "nameplate" else system.peak_w
        above = sizing * peak - system.average_w * annual
        if above > 0:
            depths.append(((system.average_w - system.idle_w) * annual / above, system.id))
    return min(depths)


def _own(g: Gathering, site: str, steps: list[LoadStep], path: Path, depth: float, system: str) -> CaseLoadDuration:
    """A curve of the scenario, between highest and mean as 1 and 0."""
    mean = sum(step.share * step.load for step in steps)
    positions = [(step.load - mean) / (1 - mean) for step in steps]
    for i, step in enumerate(steps, start=1):
        g.given(site, f"load_duration.{i}.share", "1", step.share)
        g.given(site, f"load_duration.{i}.load", "1", step.load)
    if -positions[-1] > depth * (1 + 1e-9):
        message = f"at the lowest step of `load_duration`, stretched to its highest and average load, `{system}` would draw less than idle"
        g.problem("S003", message, path, f"raise the lowest `load`, or make the curve's mean of {100 * mean:.3g} % higher")
    return CaseLoadDuration(site=site, shares=[step.share for step in steps], positions=positions)


def _usual(g: Gathering, site: str, depth: float, system: str) -> CaseLoadDuration:
    """The catalog's: highest, average, and below it as far as the mean needs; no deeper than a machine can fall."""
    figures = g.catalog.defaults.load_duration
    high = g.need("defaults", "load_duration.highest", "1", None, figures.highest)
    low = g.need("defaults", "load_duration.lowest", "1", None, figures.lowest)
    least = high / (1 - high)  # all other hours at one load
    fall = max(min(high / low, depth), least)
    if fall < high / low:
        g.note(f"site {site}: its lowest load is held at what `{system}` draws idle, and lasts longer than in the catalog's curve")
    low = high / fall
    middle = 1 - high - low
    if middle < 1e-9:
        return CaseLoadDuration(site=site, shares=[high, 1 - high], positions=[1.0, -least])
    return CaseLoadDuration(site=site, shares=[high, middle, low], positions=[1.0, 0.0, -fall])
