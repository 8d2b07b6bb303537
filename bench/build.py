"""Does building the model cost less than a tenth of solving its linear relaxation? Same process,
same model, pair by pair.

python -m bench.build [--systems 40 --sites 20 --quarters 20 --pairs 3]
"""

from __future__ import annotations

import argparse
import statistics
import time

from bench.generated import generated
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.solver.engine import Engine


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name, default in (("systems", 40), ("sites", 20), ("quarters", 20), ("pairs", 3)):
        options.add_argument(f"--{name}", type=int, default=default)
    o = options.parse_args()
    case = generated(o.systems, o.sites, o.quarters)
    build(make_inputs(case)).frame.proto(
        build(make_inputs(case)).objectives[0]
    )  # imports and caches
    ratios = []
    with Engine() as engine:
        for pair in range(o.pairs):
            started = time.perf_counter()
            inputs = make_inputs(case)
            read = time.perf_counter()
            model = build(inputs)
            built = time.perf_counter()
            proto = model.frame.proto(model.objectives[0], relaxed=True)
            ready = time.perf_counter()
            whole = ready - started
            ask = {"name": "relaxation", "time_limit_s": 600, "gap": 0, "seed": 0}
            answers = {name: engine.solve(proto, solver=name, **ask) for name in ("HIGHS", "GLOP")}
            ratios.append(whole / answers["HIGHS"].seconds)
            stages = (
                f"inputs {read - started:.3f} s · blocks {built - read:.3f} s · proto "
                f"{ready - built:.3f} s · all {whole:.3f} s"
            )
            peers = " · ".join(
                f"{name} {a.seconds:.2f} s, ratio {whole / a.seconds:.3f}"
                for name, a in answers.items()
            )
            print(f"pair {pair + 1}: {stages} · linear relaxation: {peers}")
    frame = model.frame
    print(
        f"{frame.column_count} columns, {frame.row_count} rows, {len(frame.matrix()[0])} "
        "coefficients"
    )
    print(f"median ratio to HiGHS {statistics.median(ratios):.3f} (goal: below 0.1)")


if __name__ == "__main__":
    main()
