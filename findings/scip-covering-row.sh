#!/usr/bin/env bash
# SCIP proves the wrong optimum of one covering row of four binaries.
#
# What      min c·x, a·x >= b, x binary, with halves as coefficients. On the first row SCIP calls 5 optimal where 3.5 is; on the second it
#           calls a point optimal that breaks the row: 4 where 4.5 is asked for. With both sides of the row doubled, and without presolve,
#           it is right. In 14 659 such rows drawn at random it was wrong on 13.
# Versions  SCIP 10.0.2 (PySCIPOpt 6.3.0) and SCIP in OR-Tools 9.15.6755 (MathOpt's GSCIP), both with default settings; also seen with
#           SCIP 9.2.1, 10.0.0 and 10.0.1.
# Matters   A covering row is what a demand is in a plan: enough of what is bought. A plan that is dearer than need be, or that falls
#           short, comes with the word "optimal" and a gap of 0.
# Source    none known
#
# Exits with 0 while the solvers behave so, with 1 once one of them does not. Takes a minute, most of it to install.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check ortools==9.15.6755 pyscipopt==6.3.0
"$folder/venv/bin/python" - <<'PYTHON'
import itertools
import sys
from importlib.metadata import version

import pyscipopt
from ortools.math_opt.python import mathopt

ROWS = [
    ("a dearer plan", (5.0, 0.5, 5.0, 3.0), (1.0, 1.0, 4.5, 2.0), 2.5, 5.0),
    ("a plan that breaks the row", (4.5, 0.5, 0.5, 3.5), (4.5, 1.0, 3.0, 3.0), 4.5, 1.0),
]


def enumerated(costs, weights, least):
    points = itertools.product((0, 1), repeat=len(costs))
    dot = lambda a, x: sum(p * q for p, q in zip(a, x))
    return min(dot(costs, x) for x in points if dot(weights, x) >= least)


def by_pyscipopt(costs, weights, least, presolve=True):
    model = pyscipopt.Model()
    model.hideOutput()
    if not presolve:
        model.setPresolve(pyscipopt.SCIP_PARAMSETTING.OFF)
    x = [model.addVar(vtype="B") for _ in costs]
    model.addCons(pyscipopt.quicksum(w * v for w, v in zip(weights, x)) >= least)
    model.setObjective(pyscipopt.quicksum(c * v for c, v in zip(costs, x)))
    model.optimize()
    return model.getStatus(), round(model.getObjVal(), 6), tuple(round(model.getVal(v)) for v in x)


def by_mathopt(costs, weights, least, presolve=True):
    model = mathopt.Model()
    x = [model.add_binary_variable() for _ in costs]
    model.add_linear_constraint(sum(w * v for w, v in zip(weights, x)) >= least)
    model.minimize(sum(c * v for c, v in zip(costs, x)))
    settings = mathopt.SolveParameters(presolve=None if presolve else mathopt.Emphasis.OFF)
    result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=settings)
    return result.termination.reason.name.lower(), round(result.objective_value(), 6), tuple(round(v) for v in result.variable_values(x))


scip = pyscipopt.Model()
numbers = f"{scip.getMajorVersion()}.{scip.getMinorVersion()}.{scip.getTechVersion()}"
ways = {
    f"SCIP {numbers} (PySCIPOpt {version('pyscipopt')})": by_pyscipopt,
    f"SCIP in OR-Tools {version('ortools')} (MathOpt GSCIP)": by_mathopt,
}
changed = []
for name, costs, weights, least, wrong in ROWS:
    right = enumerated(costs, weights, least)
    print(f"{name}: min {costs}·x, {weights}·x >= {least}; of all 16 points the best costs {right}")
    for solver, solve in ways.items():
        status, value, point = solve(costs, weights, least)
        weight = sum(w * v for w, v in zip(weights, point))
        doubled = solve(costs, tuple(2 * w for w in weights), 2 * least)
        without = solve(costs, weights, least, presolve=False)
        print(f"  {solver}: {status} {value} at {point}, which weighs {weight}; row doubled: {doubled[1]}; without presolve: {without[1]}")
        if (status, value) != ("optimal", wrong) or doubled[:2] != ("optimal", right) or without[:2] != ("optimal", right):
            changed.append(f"{name}, {solver}")
print("changed: " + "; ".join(changed) if changed else "as described")
sys.exit(bool(changed))
PYTHON
