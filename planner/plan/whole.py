"""Can a plan be re-derived at all? A case that was resolved from a scenario always can; one in a file that somebody edited may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planner.errors import Problem
from planner.plan.whole_power import broken_power
from planner.scenario.case import Case
from planner.scenario.case.payments import CasePayment

MOST_DAYS = 36_500.0
LEAST_PER_GROUP = 1e-6
"""Systems of a group: one of many racks takes several groups, but no million of them; below this, their number has no figure."""


def broken(case: Case) -> Iterator[Problem]:
    """What in a case contradicts its own horizon, names or physics, so that nothing can be computed from it."""
    try:
        periods = len(case.timeline)
    except (ValueError, OverflowError) as error:
        yield _problem(str(error), "first")
        return
    yield from _doubled(case)
    yield from _names(case)
    yield from _lengths(case, periods)
    yield from _indices(case, periods)
    yield from _delays(case)
    yield from _physics(case)
    yield from _networks(case)
    yield from (_problem(message, path) for message, path in broken_power(case, periods))


def _problem(message: str, path: str) -> Problem:
    return Problem("A003", f"the plan's case is not whole: {message}", path=f"case.{path}")


def _doubled(case: Case) -> Iterator[Problem]:
    tables: dict[str, Sequence[str]] = {
        "systems": [s.id for s in case.systems],
        "sites": [s.id for s in case.sites],
        "demands": [d.id for d in case.demands],
        "halls": [hall.place for hall in case.halls],
    }
    for table, names in tables.items():
        for i, name in enumerate(names):
            if name in names[:i]:
                yield _problem(f"`{name}` stands twice", f"{table}.{i}.id")


def _names(case: Case) -> Iterator[Problem]:
    systems, sites = set(case.system), set(case.site)
    named: list[tuple[str, Iterable[str], set[str]]] = []
    named += [(f"systems.{i}.sites", s.sites, sites) for i, s in enumerate(case.systems)]
    named += [(f"systems.{i}.variant_of", [s.variant_of], systems) for i, s in enumerate(case.systems) if s.variant_of]
    named += [(f"supply.{i}.system", [k.system], systems) for i, k in enumerate(case.supply)]
    named += [(f"fleet.{i}.system", [f.system], systems) for i, f in enumerate(case.fleet)]
    named += [(f"fleet.{i}.site", [f.site], sites) for i, f in enumerate(case.fleet)]
    named += [(f"crews.{i}.sites", crew.sites, sites) for i, crew in enumerate(case.crews)]
    named += [(f"qualifications.{i}.systems", q.systems, systems) for i, q in enumerate(case.qualifications)]
    named += [(f"moves.{i}.system", [m.system], systems) for i, m in enumerate(case.moves)]
    named += [(f"moves.{i}", [m.origin, m.destination], sites) for i, m in enumerate(case.moves)]
    named += [(f"demands.{i}.systems", d.systems, systems) for i, d in enumerate(case.demands)]
    named += [(f"demands.{i}.sites", d.sites, sites) for i, d in enumerate(case.demands)]
    named += [(f"halls.{i}.site", [hall.site], sites) for i, hall in enumerate(case.halls)]
    named += [(f"halls.{i}.carries", hall.carries, systems) for i, hall in enumerate(case.halls)]
    named += [(f"networks.{i}.systems", network.systems, systems) for i, network in enumerate(case.networks)]
    named += [(f"networks.{i}.site", [network.site], sites) for i, network in enumerate(case.networks)]
    demands = {d.id for d in case.demands}
    named += [(f"survival.{i}.demand", [s.demand], demands) for i, s in enumerate(case.survival) if s.demand is not None]
    for path, words, known in named:
        for word in words:
            if word not in known:
                yield _problem(f"nothing defines `{word}`", path)


def _lengths(case: Case, periods: int) -> Iterator[Problem]:
    lists: list[tuple[str, Sequence[float] | None]] = []
    for i, site in enumerate(case.sites):
        lists += [(f"sites.{i}.{key}", getattr(site, key)) for key in ("power_w", "critical_it_w", "positions", "leased_mw_years")]
    lists += [(f"supply.{i}.cumulative", entry.cumulative) for i, entry in enumerate(case.supply)]
    lists += [(f"supply.{i}.schedule", entry.schedule) for i, entry in enumerate(case.supply)]
    lists += [(f"demands.{i}.need", demand.need) for i, demand in enumerate(case.demands)]
    for path, values in lists:
        if values is not None and len(values) != periods:
            yield _problem(f"{len(values)} values for {periods} periods", path)


def _indices(case: Case, periods: int) -> Iterator[Problem]:
    numbers: list[tuple[str, int | None]] = [(f"goals.{i}.at", goal.at) for i, goal in enumerate(case.goals)]
    numbers += [(f"rules.{i}.windows.{n}", t) for i, rule in enumerate(case.rules) for n, window in enumerate(rule.windows) for t in window]
    numbers += [(f"fleet.{i}.leaves", entry.leaves) for i, entry in enumerate(case.fleet)]
    for key in ("by_period_usd", "cumulative_usd"):
        numbers += [(f"budget.{key}.{t}", t) for t in getattr(case.budget, key)]
    for path, t in numbers:
        if t is not None and not 0 <= t < periods:
            yield _problem(f"period {t} of {periods}", path)


def _delays(case: Case) -> Iterator[Problem]:
    for path, days in _waits(case):
        if not 0 <= days <= MOST_DAYS:
            yield _problem("a delay is not negative, and no longer than a century", path)
    for i, system in enumerate(case.systems):
        if system.lifetime_days is not None and not 0 < system.lifetime_days <= MOST_DAYS:
            yield _problem("a machine runs for a day at least", f"systems.{i}.lifetime_days")
    for path, bill in _bills(case):
        if bill and abs(sum(payment.share for payment in bill) - 1) > 1e-6:
            yield _problem("payments are all of a price", path)
    for i, entry in enumerate(case.supply):
        if entry.lot < 1:
            yield _problem("a lot is one machine at least", f"supply.{i}.lot")


def _waits(case: Case) -> list[tuple[str, float]]:
    """(path, days) of every delay."""
    waits = [(f"qualifications.{i}.time_days", q.time_days) for i, q in enumerate(case.qualifications)]
    waits += [(f"moves.{i}.transit_days", move.transit_days) for i, move in enumerate(case.moves)]
    waits += [(f"halls.{i}.lead_time_days", hall.lead_time_days) for i, hall in enumerate(case.halls)]
    for i, system in enumerate(case.systems):
        waits += [(f"systems.{i}.{key}", getattr(system, key)) for key in ("lead_time_days", "fit_out_days")]
    for path, bill in _bills(case):
        waits += [(f"{path}.{n}.before_days", payment.before_days) for n, payment in enumerate(bill)]
    return waits


def _bills(case: Case) -> Iterator[tuple[str, list[CasePayment]]]:
    """(path, milestones) of everything that is built."""
    yield from ((f"sites.{i}.payments", site.payments) for i, site in enumerate(case.sites))
    yield from ((f"halls.{i}.payments", hall.payments) for i, hall in enumerate(case.halls))
    yield from ((f"networks.{i}.payments", network.payments) for i, network in enumerate(case.networks))


def _physics(case: Case) -> Iterator[Problem]:
    for i, site in enumerate(case.sites):
        for key in ("pue_annual_air", "pue_peak_air", "pue_annual_liquid", "pue_peak_liquid"):
            if getattr(site, key) < 1:
                yield _problem(f"a PUE is at least 1, not {getattr(site, key):g}", f"sites.{i}.{key}")
    if not 0 <= case.utility_loss < 1:
        yield _problem("a loss is a share below 1", "utility_loss")
    if not 0 <= case.discount_rate_per_year <= 10:
        yield _problem("a discount rate lies between 0 and 10 per year", "discount_rate_per_year")


def _networks(case: Case) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for i, network in enumerate(case.networks):
        path = f"networks.{i}"
        if not network.systems or not network.grades:
            yield _problem("a network has systems and a grade at least", path)
            continue
        for system in network.systems:
            if (system, network.site) in seen:
                yield _problem(f"`{system}` is in two networks at {network.site}", f"{path}.systems")
            seen.add((system, network.site))
        held = 0.0
        for k, grade in enumerate(network.grades):
            last = k == len(network.grades) - 1
            if not grade.systems_per_group > LEAST_PER_GROUP or min(grade.nameplate_w, grade.typical_w, grade.usd) < 0:
                yield _problem("a group holds machines, and takes something or nothing", f"{path}.grades.{k}")
            holds = held + 1 if grade.most_groups is None else grade.most_groups * grade.systems_per_group
            if (grade.most_groups is None) != last or holds <= held:
                yield _problem("grades go from small to large, and the last holds any number", f"{path}.grades.{k}.most_groups")
            held = holds
