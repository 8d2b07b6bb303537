"""How long does a limit on an HHI take? Machines of several suppliers whose prices differ, as cheap
as the index allows.

python -m bench.concentration [--suppliers 6 --machines 30000 --index 0.18] [--runs 5]

Prints the seconds of each solve, so that two builds can be run in turn.
"""

from __future__ import annotations

import argparse
import statistics
import time
from random import Random

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.core.case import Case
from planner.solver.engine import Engine
from planner.solver.options import Settings
from planner.solver.run import run
from tests.builders import deployment, rule, site, system, tiny


def concentrated(suppliers: int, machines: int, index: float, seed: int) -> Case:
    """So many machines, of suppliers whose prices differ by up to a half."""
    random = Random(seed)
    offers = [system(f"s{i}", price=round(1 + random.random() * 0.5, 3)) for i in range(suppliers)]
    return tiny(
        systems=offers,
        sites=[site(power=20 * machines)],
        demands=[deployment(machines)],
        rules=[rule("max_hhi", index, metric="units")],
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--suppliers", type=int, default=6)
    options.add_argument("--machines", type=int, default=30_000)
    options.add_argument("--index", type=float, default=0.18)
    options.add_argument("--seed", type=int, default=6)
    options.add_argument("--runs", type=int, default=5)
    o = options.parse_args()
    case = concentrated(o.suppliers, o.machines, o.index, o.seed)
    model, settings = build(make_inputs(case)), Settings(0.0, 60.0, 0)
    took = []
    with Engine() as engine:
        engine.solve(
            model.frame.proto(model.objectives[0], relaxed=True),
            name="start",
            time_limit_s=60,
            gap=0,
            seed=0,
        )
        for _ in range(o.runs):
            began = time.perf_counter()
            outcome = run(model, settings, engine)
            took.append(time.perf_counter() - began)
    goal = outcome.objectives[0]
    print(
        f"{goal.name}: {goal.value:.8g} {goal.unit}, {outcome.status}; {len(model.frame.rows)} "
        f"blocks, {model.frame.row_count} rows"
    )
    print(" ".join(f"{seconds:.3f}" for seconds in took), f"median {statistics.median(took):.3f} s")


if __name__ == "__main__":
    main()
