"""A proof that a restructuring changes no answer: what the command line says, before and after.

python -m bench.neutrality store DIR [--inputs BASE] [--jobs 2] [--only SUBSTRING]
python -m bench.neutrality compare BASE DIR [--noise TWIN] [--exact] [--allow-additions]
    [--any-order]

`store` runs the command line on shipped, impossible, drawn and wrong files, and keeps exit code,
stdout and stderr of each question in DIR; the files stand in DIR/inputs, or are those of BASE.
`compare` exits with 1 if any answer differs. Nothing but the command line of the planner is used,
so that all behind it may move. A TWIN is a second store of BASE's own tree: what differs between
those two is not compared.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import multiprocessing
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.neutrality_diff import calm, compare, without
from bench.neutrality_inputs import ROOT, coverage, write_inputs

SLOWED = 20
"""How much slower the clock goes for the planner, so that no budget of time ends on a busy
machine."""
TIME = ("--time-limit", "900 s")
WITHIN = ("--within", "9000 s")
EXPLAINED = 100
"""So many of the drawn files are explained."""
RESOLVED = {"diversified": "0", "resilient": "0"}
"""Limits that `explain` solves again. Of these two each takes longer than its own time, which ends
it sooner or later: there the prices of the linear program are compared, and no re-solves."""
USUAL = "3"
EXCLUSIONS = """left out of every answer:
  seconds, versions of planner and solver, and whether a second solver was done in time
  digests of the parts of a plan that hold them (digests.solve, digests.goals.N)
  absolute paths, which become <inputs> and <tree>
  re-solves of limits in explain of diversified and resilient (--most 0), which end by the clock"""


@dataclass(frozen=True)
class Question:
    """One run of the command line, in the folder of the inputs."""

    name: str
    arguments: tuple[str, ...]


def questions(inputs: Path) -> Iterator[Question]:
    """Everything that is asked of the files in a folder, the slow ones first."""
    names = {p.name: sorted(p.glob("*.yaml")) for p in inputs.iterdir() if p.is_dir()}
    for path in names["shipped"]:
        file, most = f"shipped/{path.name}", RESOLVED.get(path.stem, USUAL)
        for form in ("json", "table"):
            more = (*TIME, *WITHIN, "--most", most, "--format", form)
            yield Question(f"{file} explain {form}", ("explain", file, *more))
        for form in ("json", "table", "csv", "md"):
            yield Question(f"{file} solve {form}", ("solve", file, *TIME, "-v", "--format", form))
        yield Question(f"{file} solve", ("solve", file, *TIME))
        yield Question(f"{file} solve sources", ("solve", file, *TIME, "--sources"))
        yield Question(f"{file} power json", ("power", file, "--format", "json"))
        yield Question(f"{file} check", ("check", file))
    for path in names["drawn"][:EXPLAINED]:
        file = f"drawn/{path.name}"
        more = (*TIME, *WITHIN, "--most", "2", "--format", "json")
        yield Question(f"{file} explain json", ("explain", file, *more))
    for path in names["infeasible"]:
        file = f"infeasible/{path.name}"
        for form in ("json", "table"):
            yield Question(f"{file} explain {form}", ("explain", file, *WITHIN, "--format", form))
        yield Question(f"{file} solve", ("solve", file, *TIME, "--format", "json"))
    for path in names["drawn"]:
        file = f"drawn/{path.name}"
        yield Question(f"{file} solve json", ("solve", file, *TIME, "--format", "json"))
    yield from engineering(names["clusters"])
    for path in names["wrong"]:
        yield Question(f"wrong/{path.name} check", ("check", f"wrong/{path.name}"))


def engineering(clusters: list[Path]) -> Iterator[Question]:
    """What is asked without a solver, and one comparison of mixes."""
    mixes = ("--mix", "free", "--mix", "as-is", "--mix", "max:60%")
    asked: dict[str, tuple[str, ...]] = {
        "compare": ("compare", "shipped/openai-amd-1gw.yaml", *mixes, *TIME),
        "power of a system": ("power", "--system", "gb200-nvl72", "--count", "128 systems"),
        "power that fits": ("power", "--system", "hgx-h100", "--fit", "20 MW"),
        "facility of racks": ("facility", "--system", "gb200-nvl72", "--count", "128 systems"),
        "facility of servers": ("facility", "--system", "hgx-h100", "--count", "8192 accelerators"),
        "fabric of racks": ("fabric", "--system", "gb200-nvl72", "--count", "128 systems"),
        "fabric of servers": ("fabric", "--system", "hgx-h100", "--count", "8192"),
        "fabric of rails": (
            *("fabric", "--system", "hgx-h100", "--count", "8192"),
            *("--topology", "rail-optimized", "--switch", "ib-ndr-64x400"),
        ),
        "fabric of a torus": ("fabric", "--system", "tpu-v7-cube", "--count", "64 systems"),
        "systems": ("catalog", "list"),
        "power sources": ("catalog", "list", "--kind", "power-sources"),
    }
    for path in clusters:
        file = f"clusters/{path.name}"
        asked[f"{file} power"] = ("power", file)
        yield Question(f"{file} check", ("check", file))
    for name, arguments in asked.items():
        for form in ("json", "table"):
            yield Question(f"{name} {form}", (*arguments, "--format", form))


def slow_clock() -> None:
    """Let time pass more slowly for the planner; solvers run in processes of their own."""
    for name in ("perf_counter", "monotonic"):
        setattr(time, name, _slowed(getattr(time, name)))


def _slowed(real: Callable[[], float]) -> Callable[[], float]:
    began = real()
    return lambda: began + (real() - began) / SLOWED


def begin(inputs: Path) -> None:
    """Make a worker ready: in the folder of the inputs, with a terminal of a known width."""
    os.chdir(inputs)
    os.environ |= {"COLUMNS": "140", "LINES": "40", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    slow_clock()


def ask(question: Question) -> tuple[Question, dict[str, Any], float]:
    """Run the command line in this process: what it says, without what varies, and the seconds."""
    from planner.cli.main import main

    out, err, began = io.StringIO(), io.StringIO(), time.time()
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(question.arguments)
        except SystemExit as stop:
            code = stop.code
        except Exception as error:  # a crash is an answer too
            code = f"{type(error).__name__}: {error}"
    said = placed(out.getvalue())
    stdout: Any = calm(said)
    if said.startswith(("{", "[")):
        stdout = without(json.loads(said))
    answer = {"arguments": [*question.arguments], "exit": code, "stdout": stdout}
    return question, answer | {"stderr": calm(placed(err.getvalue()))}, time.time() - began


def placed(text: str) -> str:
    """A text without absolute paths."""
    return text.replace(str(Path.cwd()), "<inputs>").replace(str(ROOT), "<tree>")


def store(folder: Path, base: Path | None, jobs: int, only: str) -> None:
    """Ask everything and keep the answers."""
    import planner

    if not Path(planner.__file__).is_relative_to(ROOT):
        raise SystemExit(f"the planner of another tree would answer; run this in {ROOT}")
    began, inputs = time.time(), (folder / "inputs").resolve()
    (folder / "answers").mkdir(parents=True)
    if base is None:
        write_inputs(inputs)
    else:
        shutil.copytree(base / "inputs", inputs)
    times: dict[str, float] = {}
    before: dict[str, float] = {}
    if base is not None and (base / "times.json").exists():
        before = json.loads((base / "times.json").read_text(encoding="utf-8"))
    asked = [question for question in questions(inputs) if only in question.name]
    asked.sort(key=lambda question: -before.get(question.name, 0.0))
    sys.path[:] = [str(Path(path).resolve()) for path in sys.path]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, begin, (inputs,)) as pool:
        for done in as_completed([pool.submit(ask, question) for question in asked]):
            question, answer, seconds = done.result()
            times[question.name] = seconds
            path = folder / "answers" / f"{re.sub('[^a-z0-9.-]+', '_', question.name)}.json"
            text = json.dumps({"question": question.name, **answer}, indent=1, ensure_ascii=False)
            path.write_text(text + "\n", encoding="utf-8")
        schema = pool.submit(ask, Question("schema", ("schema", "scenario"))).result()[1]["stdout"]
    (folder / "times.json").write_text(json.dumps(times, indent=1), encoding="utf-8")
    print(coverage(inputs, json.dumps(schema)))
    slowest = sorted(times.items(), key=lambda item: -item[1])[:5]
    print("slowest: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in slowest))
    print(EXCLUSIONS)
    print(f"{len(times)} answers in {time.time() - began:.0f} s")


def main() -> None:
    """Store answers, or compare two stores."""
    parser = argparse.ArgumentParser(prog="python -m bench.neutrality", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("store", help="ask everything and keep the answers")
    one.add_argument("folder", type=Path, metavar="DIR")
    one.add_argument("--inputs", type=Path, metavar="BASE", help="take the files of this store")
    one.add_argument("--jobs", type=int, default=2)
    one.add_argument("--only", default="", metavar="SUBSTRING", help="of the names of questions")
    two = verbs.add_parser("compare", help="say what differs; exit 1 if anything does")
    two.add_argument("base", type=Path, metavar="BASE")
    two.add_argument("folder", type=Path, metavar="DIR")
    two.add_argument("--noise", type=Path, metavar="TWIN", help="a second store of BASE's tree")
    two.add_argument("--only", default="", metavar="SUBSTRING", help="of the names of questions")
    two.add_argument("--exact", action="store_true", help="floats to the last digit")
    two.add_argument("--allow-additions", action="store_true", help="new keys are no difference")
    two.add_argument("--any-order", action="store_true", help="nor is the order of lists and lines")
    said = parser.parse_args()
    if said.verb == "store":
        store(said.folder, said.inputs, said.jobs, said.only)
        return
    compared = compare(
        said.base,
        said.folder,
        said.noise,
        said.only,
        said.exact,
        said.allow_additions,
        said.any_order,
    )
    print(f"{EXCLUSIONS}\n{compared.report()}")
    sys.exit(1 if compared.differs else 0)


if __name__ == "__main__":
    main()
