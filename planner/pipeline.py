"""One call from a scenario file to an audited plan. The command line, the web page and a notebook all go through here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from planner.assembly.audit import audit
from planner.assembly.extract import extract
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.catalog.load import Catalog, load_catalog
from planner.core.case import Case
from planner.core.registry import faces
from planner.core.scenario import Schema
from planner.data import find_scenario
from planner.errors import Change, InfeasibleError, InputError, Limit, Repair, SolverError, UnboundedError
from planner.model.family import Model
from planner.model.frame import Frame, Objective
from planner.periods import Step
from planner.plan.digests import digests_of
from planner.plan.reach import Shortfall, check_reach
from planner.plan.schema import Plan, Polish
from planner.plan.structure import Otherwise, check_standing, otherwise
from planner.scenario.load import Loaded, load_scenario
from planner.solver.break_even import Entry, break_even, not_bought
from planner.solver.date_shifts import Shift, shifts
from planner.solver.engine import Engine, Watcher
from planner.solver.fixed_lp import asked
from planner.solver.levers import Lever
from planner.solver.prices import Pricing
from planner.solver.repair import Mender, Mending, Most
from planner.solver.run import Outcome, Settings, run
from planner.solver.sensitivities import Difference, Tag

__all__ = ["Difference", "Entry", "Lever", "Mender", "Mending", "Most", "Pricing", "Shift", "Tag", "not_bought", "shifts"]
"""Questions and answers of `solve` that `explore` may use."""

SHORTER: dict[Step, tuple[Step, ...]] = {"year": ("quarter", "month"), "quarter": ("month",), "month": ()}
MOST_SHIFTS = 4
"""More dates that count late are not told."""
AFTERWARDS_S = 1.0
"""Seconds for what besides limits would make a plan possible, where the time limit leaves none."""


class Stages:
    """Seconds of wall time by stage, for `bench/`."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def mark(self, name: str) -> None:
        """Everything since the last mark belongs to this stage."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now


def read(scenario: str | Path, overrides: Sequence[str] = (), catalog: Catalog | None = None) -> Loaded:
    """Load a scenario file, or a shipped one by name, against a catalog (the built-in one by default). Raises `InputError`."""
    return load_scenario(find_scenario(str(scenario)), catalog or load_catalog(), overrides)


@dataclass(frozen=True)
class Foreseen:
    """What arithmetic alone finds that no plan can do."""

    out_of_reach: tuple[Shortfall, ...]
    standing: tuple[tuple[Limit, ...], ...]

    @property
    def causes(self) -> list[tuple[Limit, ...]]:
        """Sets of limits that cannot hold together."""
        return [*((short.asked, *short.held_back_by) for short in self.out_of_reach), *self.standing]

    @property
    def remedies(self) -> list[str]:
        """Ways out in words, not tried."""
        return list(dict.fromkeys(f"`{short.asked.name}`: {short.remedy}" for short in self.out_of_reach))


def _foreseen(loaded: Loaded) -> Foreseen:
    out_of_reach = check_reach(loaded.case, loaded.located)
    return Foreseen(tuple(out_of_reach), tuple(check_standing(loaded.case, loaded.located)))


def foresee(loaded: Loaded) -> None:
    """Say without solving what no solve could change: demands out of reach, machines too many for their site. Raises `InfeasibleError`."""
    known = _foreseen(loaded)
    if known.causes:
        perhaps = [f"perhaps {one.says}" for one in otherwise(loaded.case, known.out_of_reach, known.standing)]
        raise InfeasibleError(known.causes[0], [*known.remedies, *perhaps], apart=known.causes[1:])


def _conflict(loaded: Loaded, known: Foreseen, error: InfeasibleError, others: Sequence[Repair]) -> InfeasibleError:
    """One account of why there is no plan: what arithmetic found, and what the solver found if that is another cause, all with lines."""
    causes = known.causes
    names = {limit.name for limit in error.conflict}
    if not any(names <= {limit.name for limit in cause} for cause in causes):
        paths = [loaded.step(limit.path, limit.period) for limit in error.conflict]
        found = [replace(limit, path=path, mark=loaded.mark(path)) for limit, path in zip(error.conflict, paths, strict=True)]
        causes.append(tuple(found))
    repairs = [_located(loaded, repair) for repair in error.repairs] + list(others)
    together = [_located(loaded, repair) for repair in error.together]
    findings = [*([] if repairs else known.remedies), *error.findings]
    return InfeasibleError(causes[0] if causes else [], findings, repairs, together, causes[1:])


def _located(loaded: Loaded, repair: Repair) -> Repair:
    """A repair whose changes know their lines."""
    paths = [loaded.step(change.path, change.first) for change in repair.changes]
    changes = [replace(change, path=path, mark=loaded.mark(path)) for change, path in zip(repair.changes, paths, strict=True)]
    return replace(repair, changes=tuple(changes))


def besides(loaded: Loaded, error: InfeasibleError, engine: Engine, seed: int, until: float) -> list[Repair]:
    """What besides the numbers of limits leaves a plan, by solving with it: each thing alone, or if none does, all of them together."""
    known, conflict = _foreseen(loaded), [limit.name for limit in error.conflict]
    told = {change.limit for repair in error.repairs for change in repair.changes}
    candidates = [one for one in otherwise(loaded.case, known.out_of_reach, known.standing, conflict) if one.name not in told]

    def tried(ways: Sequence[Otherwise]) -> Repair | None:
        case = loaded.case
        for way in ways:
            case = way.change(case)
        try:
            model = build(make_inputs(case))
        except ValueError:  # nothing bounds it any more
            return None
        word = Mender(model.frame, engine, seed, until).possible()
        changes = tuple(Change(way.name, way.says, None, way.path, "", "", 0.0, None, "") for way in ways)
        return None if word is False else Repair(changes, float(len(ways)), len(ways) == 1, word is True)

    found = [repair for one in candidates if (repair := tried([one])) is not None]
    if not found and len(candidates) > 1 and (repair := tried(candidates)) is not None and repair.verified:
        found.append(repair)
    finer = _finer(loaded, engine, seed, until)
    return [_located(loaded, repair) for repair in [*found, *([] if finer is None else [finer])]]


def _finer(loaded: Loaded, engine: Engine, seed: int, until: float) -> Repair | None:
    """Shorter periods, where some dates count late for their sake alone and a plan was found without that."""
    case, scenario = loaded.case, loaded.scenario
    by_step = any(face.by_step(scenario) for face in faces("schema", Schema))
    shorter = SHORTER[case.step]
    for step in shorter if case.shifts and not by_step else ():
        try:
            other = loaded.in_steps(step)
            model = build(make_inputs(other))
        except (InputError, ValueError):  # a line is about a period as it is, there would be too many, or nothing bounds it
            continue
        if Mender(model.frame, engine, seed, until).possible():
            gone = [shift for shift in case.shifts if shift not in other.shifts]
            says = f"`step: {step}` instead of `step: {case.step}`: {'; '.join(gone[:MOST_SHIFTS])}"
            change = Change("step of the horizon", says, None, "horizon.step", "", "", 0.0, None, "")
            return Repair((change,), 1.0, True, True)
    return None


def build_model(loaded: Loaded) -> Model:
    """The optimization model of a scenario. Raises `UnboundedError` naming the limit that is missing."""
    try:
        return build(make_inputs(loaded.case))
    except ValueError as error:
        raise UnboundedError(str(error)) from None


def solve(
    loaded: Loaded,
    *,
    engine: Engine | None = None,
    watch: Watcher | None = None,
    gap: float | None = None,
    time_limit_s: float | None = None,
    seed: int | None = None,
    solver: str = "HIGHS",
    stages: Stages | None = None,
) -> Plan:
    """Solve a loaded scenario and audit the answer.

    Settings given here win over the scenario's own. Raises `InfeasibleError`, `OutOfTimeError`, `UnboundedError`, `SolverError`, or
    `AuditError` if the plan does not survive re-derivation.
    """
    own = engine or Engine()
    try:
        return answer(loaded, own, watch=watch, gap=gap, time_limit_s=time_limit_s, seed=seed, solver=solver, stages=stages).plan
    finally:
        if engine is None:
            own.close()


@dataclass(frozen=True)
class Answered:
    """A plan with the model that it answers, for whoever asks on."""

    plan: Plan
    model: Model
    outcome: Outcome
    settings: Settings


def answer(
    loaded: Loaded,
    engine: Engine,
    *,
    watch: Watcher | None = None,
    gap: float | None = None,
    time_limit_s: float | None = None,
    seed: int | None = None,
    solver: str = "HIGHS",
    stages: Stages | None = None,
    remedies: bool = True,
) -> Answered:
    """As `solve`, and keep the model, so that one can ask what moves the answer.

    Raises what `solve` raises; an `InfeasibleError` names remedies only if asked to.
    """
    case, stages = loaded.case, stages or Stages()
    known = _foreseen(loaded)
    settings = Settings(
        gap=case.gap if gap is None else gap,
        time_limit_s=case.time_limit_s if time_limit_s is None else time_limit_s,
        seed=case.seed if seed is None else seed,
        solver=solver,
        remedies=remedies,
    )
    began = time.perf_counter()
    try:
        model = build_model(loaded)
        stages.mark("build the model")
        began = time.perf_counter()
        outcome = run(model, settings, engine, watch)
    except InfeasibleError as error:
        until = max(began + settings.time_limit_s, time.perf_counter() + AFTERWARDS_S)
        others = besides(loaded, error, engine, settings.seed, until) if remedies else []
        raise _conflict(loaded, known, error, others) from None
    stages.mark("solve")
    if known.causes:
        asked = known.causes[0][0].says
        raise SolverError(f"a plan was found for what arithmetic calls out of reach ({asked}); one of the two is wrong")
    plan = _stated(extract(case, model, outcome, settings), outcome)
    stages.mark("extract the plan")
    audit(plan)
    stages.mark("audit the plan")
    return Answered(plan, model, outcome, settings)


def _stated(plan: Plan, outcome: Outcome) -> Plan:
    """The plan with what each objective had reached before anything was given up of it, and what was done after the last."""
    goals = [
        row.model_copy(update={"reached": result.value if result.reached is None else result.reached})
        for row, result in zip(plan.goals, outcome.goals, strict=True)
    ]
    cost: Literal["an objective", "least among equals", "not looked at"] = "an objective"
    if outcome.cheapest is not None:
        cost = "least among equals" if outcome.cheapest else "not looked at"
    made = outcome.polish
    polish = Polish(cost=cost, fragments=made.fragments, kept=made.kept, fewest=made.fewest)
    said = {"goals": goals, "solve": plan.solve.model_copy(update={"polish": polish})}
    return plan.model_copy(update={**said, "digests": {**plan.digests, **digests_of(said)}})


def pricing(answered: Answered, engine: Engine, *, goal: int = 0, within_s: float) -> Pricing:
    """Price tags of a plan's limits in units of objective number `goal`; nothing is asked after `within_s` seconds."""
    until = time.perf_counter() + within_s
    return Pricing(answered.model, answered.outcome, answered.settings, engine, goal=goal, until=until)


def mender(loaded: Loaded, engine: Engine, *, within_s: float, seed: int) -> Mender:
    """The ways out of a question without a plan; nothing is asked after `within_s` seconds."""
    model = build_model(loaded)
    return Mender(model.frame, engine, seed, time.perf_counter() + within_s, model.objectives[0])


def _priced_at(priced: Pricing, case: Case, system: str, share: float) -> tuple[Frame, Objective]:
    """The same question with a system at a share of its price."""
    systems = [s.model_copy(update={"price_usd": s.price_usd * share}) if s.id == system else s for s in case.systems]
    model = build(make_inputs(case.model_copy(update={"systems": systems})))
    return asked(model, priced.outcome, priced.number), model.objectives[priced.number]


def entry_share(priced: Pricing, case: Case, entry: Entry) -> float | None:
    """The share of its price at which a system that was not bought would pay by the linear program; None if no price would do."""
    half = 0.5
    return break_even(priced, entry, *_priced_at(priced, case, entry.system, half), half)


def at_share(priced: Pricing, case: Case, system: str, share: float) -> Difference:
    """How much better the integer model gets with a system, bought nowhere in the plan, at a share of its price."""
    return priced.again(*_priced_at(priced, case, system, share), loosened=True)


def make_plan(scenario: str | Path, overrides: Sequence[str] = (), catalog: Catalog | None = None, watch: Watcher | None = None) -> Plan:
    """Everything in one call: read, solve, audit. The solver's process starts first, so that its start-up overlaps with reading."""
    with Engine() as engine:
        return solve(read(scenario, overrides, catalog), engine=engine, watch=watch)
