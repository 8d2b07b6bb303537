"""One call from a scenario file to an audited plan. The command line, the web page and a notebook
all go through here.
"""

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
from planner.data import find_scenario
from planner.errors import InfeasibleError, SolverError, UnboundedError
from planner.model.family import Model
from planner.model.frame import Frame, Objective
from planner.plan.schema import Plan, Polish, digests_of
from planner.records import Edit, edited
from planner.refused import presolve, refused
from planner.scenario.load import Loaded, load_scenario
from planner.solver.break_even import Entry, break_even, not_bought
from planner.solver.engine import Engine, Watcher
from planner.solver.fixed_lp import asked
from planner.solver.inherit import Known, inherited, known_of
from planner.solver.limit_parameters import LimitParameter
from planner.solver.options import Options, Settings
from planner.solver.prices import Pricing
from planner.solver.run import Outcome, run
from planner.solver.sensitivities import Difference, Sensitivity, Shift, shifts

__all__ = [
    "Difference",
    "Entry",
    "Known",
    "LimitParameter",
    "Options",
    "Pricing",
    "Sensitivity",
    "Shift",
    "not_bought",
    "shifts",
]
"""Questions to the solver, and its answers, that a study may use."""

OWN = Options()
"""As the scenario has it."""


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


def read(
    scenario: str | Path, overrides: Sequence[str] = (), catalog: Catalog | None = None
) -> Loaded:
    """Load a scenario file, or a shipped one by name, against a catalog (the built-in one by
    default). Raises `InputError`.
    """
    return load_scenario(find_scenario(str(scenario)), catalog or load_catalog(), overrides)


def foresee(loaded: Loaded) -> None:
    """Say without solving what no solve could change: demands out of reach, machines too many for
    their site. Raises `InfeasibleError`.
    """
    known = presolve(loaded)
    if known.causes:
        raise InfeasibleError(known.refusal(loaded))


def build_model(loaded: Loaded) -> Model:
    """The optimization model of a scenario. Raises `UnboundedError` naming the limit that is
    missing.
    """
    try:
        return build(make_inputs(loaded.case))
    except ValueError as error:
        raise UnboundedError(str(error)) from None


def solve(
    loaded: Loaded,
    options: Options = OWN,
    *,
    engine: Engine | None = None,
    watch: Watcher | None = None,
    stages: Stages | None = None,
) -> Plan:
    """Solve a loaded scenario and audit the answer.

    Options win over the scenario's own. Raises `InfeasibleError`, `OutOfTimeError`,
    `UnboundedError`, `SolverError`, or `AuditError` if the plan does not survive re-derivation.
    """
    own = engine or Engine()
    try:
        return answer(loaded, own, options, watch=watch, stages=stages).plan
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

    @property
    def known(self) -> Known:
        """What it says of questions that only restrict it."""
        return known_of(self.model, self.outcome)


def answer(
    loaded: Loaded,
    engine: Engine,
    options: Options = OWN,
    *,
    watch: Watcher | None = None,
    stages: Stages | None = None,
    known: Sequence[Known] = (),
) -> Answered:
    """As `solve`, and keep the model, so that one can ask what moves the answer. Raises what
    `solve` raises.

    `known` are answers to questions of which this one is a restriction: where the plan of one of
    them keeps all rows, it is the answer, by the bound of that one, and nothing is searched for.
    """
    stages, foreseen = stages or Stages(), presolve(loaded)
    also = tuple(dict.fromkeys(limit.name for cause in foreseen.causes for limit in cause))
    settings = replace(options.settings(loaded.scenario.solve), also=also)
    began = time.perf_counter()
    try:
        model = build_model(loaded)
        stages.mark("build the model")
        began = time.perf_counter()
        taken = (inherited(model, one, settings, engine) for one in known)
        outcome = next((one for one in taken if one is not None), None) or run(
            model, settings, engine, watch
        )
    except InfeasibleError as error:
        raise InfeasibleError(
            refused(loaded, foreseen, error.refusal, engine, settings, began)
        ) from None
    stages.mark("solve")
    if foreseen.causes:
        asked = foreseen.causes[0][0].says
        raise SolverError(
            "a plan was found for what arithmetic calls out "
            f"of reach ({asked}); one of the two is wrong"
        )
    plan = _stated(extract(loaded.case, model, outcome, settings), outcome)
    stages.mark("extract the plan")
    audit(plan)
    stages.mark("audit the plan")
    return Answered(plan, model, outcome, settings)


def _stated(plan: Plan, outcome: Outcome) -> Plan:
    """The plan with what each objective had reached before anything was given up of it, and what
    was done after the last.
    """
    goals = [
        row.model_copy(
            update={"reached": result.value if result.reached is None else result.reached}
        )
        for row, result in zip(plan.goals, outcome.objectives, strict=True)
    ]
    cost: Literal["an objective", "least among equals", "not looked at"] = "an objective"
    if outcome.cheapest is not None:
        cost = "least among equals" if outcome.cheapest else "not looked at"
    made = outcome.polish
    polish = Polish(cost=cost, fragments=made.fragments, kept=made.kept, fewest=made.fewest)
    said = {"goals": goals, "solve": plan.solve.model_copy(update={"polish": polish})}
    return plan.model_copy(update={**said, "digests": {**plan.digests, **digests_of(said)}})


def pricing(answered: Answered, engine: Engine, *, number: int = 0, within_s: float) -> Pricing:
    """Sensitivities of a plan's limits, in units of objective `number`, from 0; nothing is asked
    after `within_s` seconds.
    """
    until = time.perf_counter() + within_s
    return Pricing(
        answered.model, answered.outcome, answered.settings, engine, number=number, until=until
    )


def _priced_at(priced: Pricing, case: Case, system: str, share: float) -> tuple[Frame, Objective]:
    """The same question with a system at a share of its price."""
    own = case.system[system]
    edits = [
        Edit(f"systems.{i}.price_usd", own.price_usd * share)
        for i, one in enumerate(case.systems)
        if one.id == system
    ]
    model = build(make_inputs(edited(case, edits)))
    return asked(model, priced.outcome, priced.number), model.objectives[priced.number]


def entry_share(priced: Pricing, case: Case, entry: Entry) -> float | None:
    """The share of its price at which a system that was not bought would pay by the linear program;
    None if no price would do.
    """
    half = 0.5
    return break_even(priced, entry, *_priced_at(priced, case, entry.system, half), half)


def at_share(priced: Pricing, case: Case, system: str, share: float) -> Difference:
    """How much better the integer model gets with a system, bought nowhere in the plan, at a share
    of its price.
    """
    return priced.again(*_priced_at(priced, case, system, share), loosened=True)


def make_plan(
    scenario: str | Path,
    overrides: Sequence[str] = (),
    catalog: Catalog | None = None,
    watch: Watcher | None = None,
) -> Plan:
    """Everything in one call: read, solve, audit. The solver's process starts first, so that its
    start-up overlaps with reading.
    """
    with Engine() as engine:
        return solve(read(scenario, overrides, catalog), engine=engine, watch=watch)
