"""Where does the time of the main job go? The whole command as a process, and each stage inside one
process.

python -m bench.stages [SCENARIO] [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time


def stages(scenario: str) -> dict[str, float]:
    """Seconds by stage, in this process; run it in a fresh one."""
    started = time.perf_counter()
    from planner.solver.engine import Engine

    with Engine() as engine:
        from planner.catalog.load import load_catalog
        from planner.pipeline import Stages, read, solve
        from planner.report.plan_tables import plan_document

        clock = Stages()
        clock.seconds["import"] = time.perf_counter() - started
        catalog = load_catalog()
        clock.mark("read the catalog")
        loaded = read(scenario, catalog=catalog)
        clock.mark("read the scenario")
        plan = solve(loaded, engine=engine, stages=clock)
        plan_document(plan).text("table")
        clock.mark("render the report")
    return clock.seconds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("scenario", nargs="?", default="scenarios/colossus.yaml")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    o = options.parse_args()
    if o.inside:
        for name, seconds in stages(o.scenario).items():
            print(f"{name}\t{seconds}")
        return
    whole = []
    for _ in range(o.runs):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "planner", "solve", o.scenario], check=True, capture_output=True
        )
        whole.append(time.perf_counter() - started)
    rows: dict[str, list[float]] = {}
    for _ in range(o.runs):
        inside = [sys.executable, "-m", "bench.stages", o.scenario, "--inside"]
        out = subprocess.run(inside, check=True, capture_output=True, text=True).stdout
        for line in out.splitlines():
            name, _, seconds = line.partition("\t")
            rows.setdefault(name, []).append(float(seconds))
    print(
        f"planner solve {o.scenario}: median {statistics.median(whole):.2f} s of {o.runs}, "
        f"fastest {min(whole):.2f} s (goal: below 2 s)"
    )
    total = sum(statistics.median(values) for values in rows.values())
    for name, values in rows.items():
        print(
            f"  {name:20} {statistics.median(values) * 1000:7.0f} ms  "
            f"{statistics.median(values) / total:6.1%}"
        )


if __name__ == "__main__":
    main()
