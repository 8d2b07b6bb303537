"""A ceiling that is raised in the file never makes the plan worse, by more than the gaps of the two
solves leave open.

Proves: of power, critical IT, positions, cooling, allocations, a budget and a cap on shares, for
files of real products whose networks are counted by grade: what was reached under the lower ceiling
is never beyond what is proven to be the best under the higher one.
"""

from __future__ import annotations

import yaml

from planner.errors import InfeasibleError
from planner.plan.schema import Plan
from planner.solver.engine import Engine
from tests.drawn_files import Ceiling, File, ceilings, drawn_file, first_goal, solved
from tests.properties import Draw, assume, examples

ROUNDING = 1e-6
"""Share that a bound may be on the wrong side by the arithmetic of solvers."""


def higher(draw: Draw, file: File, plan: Plan) -> tuple[Ceiling, File]:
    """One of the ceilings, by a hair or by far: mostly one that binds; of which kind first, so that
    no kind crowds out the rest."""
    known = list(ceilings(file))
    binding = {limit.path for limit in plan.limits if limit.binding}
    biting = [
        ceiling
        for ceiling in known
        if ceiling.kind == "share" or any(path.startswith(ceiling.limit) for path in binding)
    ]
    known = biting if biting and draw.chance(0.8) else known
    kind = draw.one_of(sorted({ceiling.kind for ceiling in known}))
    ceiling = draw.one_of([ceiling for ceiling in known if ceiling.kind == kind])
    by = (
        draw.real(1, 40)
        if kind == "share"
        else ceiling.amount(file) * draw.one_of([0.006, 0.05, 0.3, 1.0, 4.0])
    )
    return ceiling, ceiling.raised(file, by)


@examples(5, slow=190)
def test_a_higher_ceiling_is_never_worse(draw: Draw, engine: Engine) -> None:
    file = drawn_file(draw)
    draw.note(yaml.safe_dump(file, sort_keys=False))
    try:
        answered = solved(file, engine)
    except InfeasibleError:
        assume(False)
        return
    ceiling, more = higher(draw, file, answered.plan)
    draw.note(f"raised: {ceiling} to {ceiling.amount(more):g}")
    before = first_goal(answered)
    after = first_goal(solved(more, engine))
    assert before.bound is not None
    assert after.bound is not None
    sign = 1.0 if "maximize" in file["objective"][0] else -1.0
    room = ROUNDING * max(1.0, abs(before.value))
    draw.note(f"before {before.value} ({before.bound}), after {after.value} ({after.bound})")
    assert sign * (after.bound - before.value) >= -room, (
        "what was reached is better than what is proven to be the best with more"
    )
    gaps = abs(before.value - before.bound) + abs(after.value - after.bound)
    assert sign * (after.value - before.value) >= -gaps - room
