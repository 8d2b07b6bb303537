"""What somebody reads of a plan who reads nothing else: what is bought, when, its power, money and
computing, how good it is, what it misses, what holds it back, and what it rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.demand.case import DemandCase
from planner.capabilities.demand.tables import COMPUTE, DEMANDS, DemandRow
from planner.capabilities.fleet.tables import MOVES, RETIREMENTS
from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.generation.tables import SOURCE_STARTS, SOURCES
from planner.capabilities.halls.tables import HALLS
from planner.capabilities.keeping.case import KeepingCase
from planner.capabilities.objectives.case import ObjectivesCase
from planner.capabilities.sites.tables import POWER
from planner.capabilities.supply.tables import PURCHASES, QUALIFICATIONS
from planner.core.case import UsedFigure
from planner.core.limits import BINDS
from planner.engineering.facility import HOURS_PER_YEAR
from planner.plan.limit_row import LIMITS
from planner.plan.schema import Plan
from planner.report.plan_proof import STATUS, asked_gap
from planner.report.tables import (
    DAGGER,
    Cell,
    Line,
    Value,
    Words,
    gap,
    megawatts,
    money,
    percent,
    rate,
    show,
)

KEPT = "Kept"
"""Head of the line on what is kept."""
MOST_OBJECTIVES = 3
"""More than that may be left out where the page has no room."""
MISSED = 1e-6
"""A demand that is short by a smaller share than this is met."""


def plan_lead(plan: Plan) -> list[Line]:
    """The plan in a dozen lines; those without anything to say are left out."""
    return [
        _bought(plan),
        *_kept(plan),
        *_besides(plan),
        *_when(plan),
        _power(plan),
        _money(plan),
        _compute(plan),
        _objectives(plan),
        *_short(plan),
        _binding(plan),
        _rests_on(plan),
        _more(plan),
    ]


def _bought(plan: Plan) -> Line:
    """Systems by what is spent on them."""
    units: dict[str, int] = defaultdict(int)
    ordered: dict[str, int] = defaultdict(int)
    spent: dict[str, float] = defaultdict(float)
    known = plan.case.system
    for p in plan.of(PURCHASES):
        order = known[p.system].order
        system = p.system.removesuffix(f"@{order}") if order else p.system
        units[system] += p.units
        ordered[system] += p.units if order else 0
        spent[system] += p.systems_usd
    if not units:
        return Line("Buy", ["no systems"])
    assumed = {figure.of for figure in plan.case.figures if figure.grade == "D"}
    items: list[Words] = [
        [
            units[s],
            f" {s}",
            DAGGER if {known[s].product, known[s].accelerator} & assumed else "",
            *_on_order(ordered[s]),
        ]
        for s in sorted(units, key=lambda s: -spent[s])
    ]
    t = plan.totals
    sites = ", ".join(dict.fromkeys(p.site for p in plan.of(PURCHASES)))
    after: list[Value] = ["; ", t.accelerators, f" {_s('accelerator', t.accelerators)} in "]
    return Line(
        "Buy", [], items, after=[*after, t.systems, f" {_s('system', t.systems)} at {sites}"]
    )


def _kept(plan: Plan) -> Iterator[Line]:
    """Until when it keeps what an earlier plan decided."""
    kept = plan.case.of(KeepingCase).kept
    if kept is not None:
        labels = [period.label for period in plan.case.timeline.periods]
        until = labels[kept.until] if kept.until < len(labels) else "the end"
        yield Line(KEPT, (f"until {until} what an earlier plan decided ({kept.plan})",))


def _on_order(units: int) -> Words:
    return [" (", units, " on order)"] if units else []


def _s(word: str, number: int) -> str:
    return word + "s" * (number != 1)


def _besides(plan: Plan) -> Iterator[Line]:
    """What is built, rented, qualified, switched off and moved besides."""
    items: list[Words] = []
    halls: dict[tuple[str, str], int] = defaultdict(int)
    for hall in plan.of(HALLS):
        halls[hall.site, hall.hall] += hall.number
    items += [
        [n, f" {_s('hall', n)} of kind {hall} at {site}"] for (site, hall), n in halls.items()
    ]
    most: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan.of(SOURCES):
        most[row.site, row.source] = max(most[row.site, row.source], row.nameplate_mw)
    items += [
        [megawatts(mw), f" nameplate of {source} at {site}"] for (site, source), mw in most.items()
    ]
    items += [[f"qualify {q.supplier} for ", money(q.cost_usd)] for q in plan.of(QUALIFICATIONS)]
    off: dict[tuple[str, str], int] = defaultdict(int)
    for gone in plan.of(RETIREMENTS):
        off[gone.system, gone.site] += gone.units
    items += [[n, f" {system} at {site} switched off"] for (system, site), n in off.items()]
    moved: dict[tuple[str, str, str], int] = defaultdict(int)
    for move in plan.of(MOVES):
        moved[move.system, move.origin, move.destination] += move.units
    items += [[n, f" {system} moved from {a} to {b}"] for (system, a, b), n in moved.items()]
    if items:
        yield Line("Besides", [], items)


def _when(plan: Plan) -> Iterator[Line]:
    """First and last day of delivery and period of service."""
    if not plan.of(PURCHASES):
        return
    labels = [p.label for p in plan.case.timeline.periods]
    days = sorted(p.delivered_on for p in plan.of(PURCHASES))
    runs = sorted((p.in_service for p in plan.of(PURCHASES)), key=labels.index)
    on, since = (
        f"{ends[0]} to {ends[-1]}" if ends[0] != ends[-1] else ends[0] for ends in (days, runs)
    )
    yield Line("When", [f"delivered {on}, service starts {since}"])


def _power(plan: Plan) -> Line:
    """All sites together at the utility's meter, in the period in which that is highest at
    nameplate, against what is energized then.
    """
    drawn: dict[str, list[float]] = {}
    for row in plan.of(POWER):
        if row.basis == "utility":
            sums = drawn.setdefault(row.period, [0.0, 0.0])
            sums[0] += row.nameplate_mw
            sums[1] += row.peak_mw or 0.0
    if not any(nameplate for nameplate, _ in drawn.values()):
        return Line("Power", ["nothing runs"])
    top = max(nameplate for nameplate, _ in drawn.values())
    period = next(p for p, (nameplate, _) in drawn.items() if nameplate >= top * (1 - 1e-9))
    t = [p.label for p in plan.case.timeline.periods].index(period)
    limited = [site.power_w[t] for site in plan.case.sites if site.power_w is not None]
    free = [site.id for site in plan.case.sites if site.power_w is None]
    says: list[Value] = [
        *("up to ", megawatts(drawn[period][0]), " nameplate, "),
        *(megawatts(drawn[period][1]), f" peak at the utility, in {period}"),
    ]
    if limited:
        says += ["; ", megawatts(sum(limited) / 1e6), " energized"]
    if free:
        says.append(f"; {' and '.join(free)} without a limit")
    kind = {
        (source.site, source.id): source.kind for source in plan.case.of(GenerationCase).sources
    }
    own = sum(
        row.nameplate_mw
        for row in plan.of(SOURCES)
        if row.period == period and kind[row.site, row.source] != "contract"
    )
    if own:
        says += [", ", megawatts(own), " nameplate of own sources"]
    capped = [site.id for site in plan.case.sites if site.sizing == "peak"]
    if capped:
        some = f"{' and '.join(capped)} " if len(capped) < len(plan.case.sites) else ""
        says.append(f"; {some}held at peak, not nameplate")
    return Line("Power", says)


def _money(plan: Plan) -> Line:
    """Undiscounted capex and opex, capex by MW, and the present cost."""
    t = plan.totals
    says: list[Value] = ["capex ", money(t.capex_usd)]
    if t.capex_usd_per_it_mw is not None:
        says += [" (", money(t.capex_usd_per_it_mw), " per MW IT nameplate)"]
    net = ", net of residual worth" if t.residual_usd else ""
    says += [
        *(", opex ", money(t.opex_usd), f" to {plan.case.last}"),
        *(", present cost ", money(t.present_cost_usd)),
        f" at {plan.case.discount_rate_per_year * 100:.6g} % a year{net}",
    ]
    return Line("Money", says)


def _compute(plan: Plan) -> Line:
    """What the fleet delivers at the end, at the precisions that are asked for, or at that of its
    first row where none is; and whether every demand is served.
    """
    last = plan.case.timeline.periods[-1].label
    rows = [r for r in plan.of(COMPUTE) if r.period == last and r.peak_flop_s]
    demands = plan.case.of(DemandCase).demands
    asked = {demand.precision for demand in demands} | {
        criterion.precision
        for entry in plan.case.of(ObjectivesCase).goals
        for criterion in (entry.goal, *(entry.goal.weighted or ()))
        if criterion.maximize == "compute" or criterion.compute_flop_s is not None
    }
    peak = {demand.precision for demand in demands if demand.basis == "peak"}
    items: list[Words] = []
    for row in [r for r in rows if r.precision in asked] or rows[:1]:
        dense: Words = (
            [" (dense peak ", rate(row.peak_flop_s), ")"] if row.precision in peak else []
        )
        items.append([rate(row.delivered_flop_s), f" delivered at {row.precision}", *dense])
    needed = any(row.need > 0 for row in plan.of(DEMANDS))
    served = "; all demands served in full" if needed and not missed(plan) else ""
    if not items:
        return Line("Compute", [f"nothing runs in {last}{served}"])
    return Line("Compute", [], items, after=[f" in {last}{served}"])


def _objectives(plan: Plan) -> Line:
    """Objectives in order, each with its value, the gap to its proven bound, and that bound where
    it reads otherwise.
    """
    items: list[Words] = []
    for row in plan.goals:
        value: list[Value] = [f"{row.name} ", row.value, f" {row.unit}, "]
        if row.bound is None:
            items.append([*value, "no bound proven"])
        else:
            bound: Words = [", bound ", row.bound] if show(row.bound) != show(row.value) else []
            items.append([*value, "gap ", gap(row.gap), *bound])
    asked = plan.case.of(ObjectivesCase).goals
    items += [[f"not reached in the time: {entry.goal}"] for entry in asked[len(plan.goals) :]]
    found = STATUS[plan.solve.status]
    if plan.solve.status == "optimal":
        found = f"optimal within {asked_gap(plan)}"
    return Line("Proof", [f"{found}: "], items, "; ", least=MOST_OBJECTIVES)


def missed(plan: Plan) -> dict[str, list[DemandRow]]:
    """Demand → the periods in which it goes short by more than rounding."""
    short: dict[str, list[DemandRow]] = defaultdict(list)
    for row in plan.of(DEMANDS):
        if row.short > MISSED * row.need:
            short[row.demand].append(row)
    return short


def _short(plan: Plan) -> Iterator[Line]:
    """Where each demand that goes short does so most, and what that is priced at."""
    items: list[Words] = []
    for demand, rows in missed(plan).items():
        worst = max(rows, key=lambda row: row.short / row.need)
        more = f", and some in {len(rows) - 1} more" if len(rows) > 1 else ""
        lacks = percent(worst.short / worst.need, 2 if worst.short < 0.01 * worst.need else 1)
        items.append([f"{demand} lacks ", lacks, f" in {worst.period}{more}"])
    if items:
        usd = plan.totals.penalty_usd
        yield Line("Short", [], items, "; ", ["; priced at ", money(usd)] if usd else [])


def _binding(plan: Plan) -> Line:
    """Limits that bind, each with in how many places and periods, those with most of them first."""
    times: dict[str, int] = defaultdict(int)
    for row in plan.of(LIMITS):
        times[row.name] += row.binding
    items: list[Words] = [
        [f"{name} ", n, "×"] for name, n in sorted(times.items(), key=lambda item: -item[1]) if n
    ]
    if not items:
        return Line("Binds", [f"no limit: each has more than {BINDS * 100:g} % left"])
    return Line("Binds", [], items)


def _rests_on(plan: Plan) -> Line:
    """How many figures are assumptions, and the one on which most is at stake."""
    figures = plan.case.figures
    assumed = sum(figure.grade == "D" for figure in figures)
    says: list[Value] = [len(figures), ", ", assumed, f" assumed ({DAGGER})"]
    if worst := most_at_stake(plan):
        value = Cell(worst.value, "" if worst.unit == "1" else worst.unit, "amount", 6)
        says += [f", above all {worst.of} · {worst.figure}, ", value]
        if worst.value:
            low, high = (
                Cell(100 * ((end or 0.0) / worst.value - 1), "%", "number", 2, signed=True)
                for end in (worst.low, worst.high)
            )
            says += [" (", low, " to ", high, " %)"]
    return Line("Figures", says)


def _more(plan: Plan) -> Line:
    """What else there is to read, and how."""
    case, says = plan.case, list[Value](["-v: tables"])
    if case.notes:
        says += [", ", len(case.notes), f" {_s('note', len(case.notes))}"]
    if case.shifts:
        says += [" (", len(case.shifts), f" shifted {_s('date', len(case.shifts))})"]
    return Line("More", [*says, "; --sources; explain; -o FILE"])


def most_at_stake(plan: Plan) -> UsedFigure | None:
    """The assumption on which most USD are at stake: its range times what it is the price of, for a
    price of a power source; its range over its value times what is spent on the systems whose
    hardware or software it is a figure of, for theirs. Where there is none of what is bought, the
    one with the widest range over its value; None where no assumption has a range.
    """
    spent: dict[str, float] = defaultdict(float)
    for p in plan.of(PURCHASES):
        system = plan.case.system[p.system]
        for of in {system.product, system.accelerator, system.software}:
            spent[of] += p.systems_usd
    years = {p.label: p.hours / HOURS_PER_YEAR for p in plan.case.timeline.periods}
    runs: dict[tuple[str, str], float] = defaultdict(float)
    for start in plan.of(SOURCE_STARTS):
        runs[f"{start.site}:{start.source}", "USD/MW"] += start.nameplate_mw
    for row in plan.of(SOURCES):
        runs[f"{row.site}:{row.source}", "USD/MW/year"] += row.nameplate_mw * years[row.period]

    def stake(figure: UsedFigure) -> tuple[float, float]:
        range_ = (figure.high or 0.0) - (figure.low or 0.0)
        width = range_ / max(abs(figure.value), 1e-9)
        priced = range_ * runs.get((figure.of, figure.unit), 0.0)
        return priced or width * spent.get(figure.of, 0.0), width

    sources = {source.key for source in plan.case.of(GenerationCase).sources}
    unused = sources - {of for of, _ in runs}
    ranged = [
        figure
        for figure in plan.case.figures
        if figure.grade == "D" and figure.of not in unused
        if figure.low is not None and figure.high is not None
    ]
    return max(ranged, key=stake, default=None)
