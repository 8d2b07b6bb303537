#!/usr/bin/env bash
# HiGHS with presolve proves a wrong optimum, or that there is no point, of models of five and seven columns.
#
# What      Continuous columns that equations tie to integer ones are integer by implication. On the first model HiGHS calls 3 optimal where
#           2 is, on the second it says infeasible, though all columns at 0 keep every row. Without presolve it is right on both.
# Versions  wrong: HiGHS 1.12 in OR-Tools 9.15.6755 (MathOpt), highspy 1.15.1; also seen with highspy 1.11.0 to 1.14.0.
#           right: highspy 1.16.0.
# Matters   Stocks and flows of whole machines are such columns (what runs is what ran, and what is bought, less what leaves). Of models
#           of small plans drawn at random, one in 600 was answered so. OR-Tools 9.15 brings a HiGHS that errs.
# Source    https://github.com/ERGO-Code/HiGHS/issues/3274 shows a model of the first kind
#
# Exits with 0 while the solvers behave so, with 1 once one of them does not. Takes a minute, most of it to install.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" install -q --disable-pip-version-check)
"${pip[@]}" ortools==9.15.6755 highspy==1.16.0
"${pip[@]}" --no-deps --target "$folder/older" highspy==1.15.1
cat > "$folder/models.py" <<'PYTHON'
INF = float("inf")
# columns: lower bound, whether integer, cost; rows: lower bound, coefficients, upper bound; a point that keeps them, and its cost
MODELS = {
    "a dearer point": (
        [(0, True, 0), (0, True, 0), (0, False, 0), (0, False, 0), (2, False, 1)],
        [(0, {0: -1, 2: 1}, 0), (0, {1: 1, 2: -1, 3: 1}, 0), (-INF, {2: 1, 3: 39}, 20), (-INF, {3: 6, 4: -1}, 0)],
        (0, 0, 0, 0, 2),
        3.0,
    ),
    "no point": (
        [(0, True, 0), (0, True, 0), (0, False, 0), (0, False, 0), (0, False, 0), (0, False, 0), (0, False, 0)],
        [
            (0, {0: -1, 2: 1}, 0),
            (0, {1: -1, 2: -1, 3: 1}, 0),
            (0, {3: -1, 5: 1}, 0),
            (0, {4: -1, 6: 1}, 0),
            (-INF, {5: 1, 6: -1}, 0),
            (-INF, {5: -1, 6: 1}, 0),
            (-INF, {3: 34, 4: 1}, 1),
        ],
        (0, 0, 0, 0, 0, 0, 0),
        None,
    ),
}


def cost_of(columns, rows, point):
    assert all(low <= sum(c * point[j] for j, c in row.items()) <= high for low, row, high in rows)
    assert all(low <= value for (low, _, _), value in zip(columns, point))
    return float(sum(cost * value for (_, _, cost), value in zip(columns, point)))


def judge(solver, solve, errs):
    """Print what a solver says of each model, and return those on which it does not behave as described."""
    changed = []
    for name, (columns, rows, point, wrong) in MODELS.items():
        right = ("optimal", cost_of(columns, rows, point))
        said, without = solve(columns, rows, True), solve(columns, rows, False)
        print(f"{solver}, {name}: {said[0]} {said[1]}; without presolve: {without[0]} {without[1]}; {point} keeps all rows and costs {right[1]}")
        expected = right if not errs else ("infeasible", None) if wrong is None else ("optimal", wrong)
        if said != expected or without != right:
            changed.append(f"{solver}, {name}")
    return changed
PYTHON
cat > "$folder/by_highspy.py" <<'PYTHON'
import sys

import highspy
from models import judge


def solve(columns, rows, presolve):
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("presolve", "on" if presolve else "off")
    kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
    for low, integer, cost in columns:
        h.addVariable(lb=low, ub=highspy.kHighsInf, obj=cost, type=kinds[integer])
    for low, row, high in rows:
        h.addRow(low, high, len(row), list(row), list(map(float, row.values())))
    h.run()
    status = h.getModelStatus().name[1:].lower()
    return status, round(h.getInfo().objective_function_value, 6) + 0.0 if status == "optimal" else None


changed = judge(f"highspy {highspy.Highs().version()}", solve, errs=sys.argv[1] == "wrong")
print("changed: " + "; ".join(changed) if changed else "as described")
sys.exit(bool(changed))
PYTHON
cat > "$folder/by_mathopt.py" <<'PYTHON'
import sys
from importlib.metadata import version

from models import judge
from ortools.math_opt.python import mathopt


def solve(columns, rows, presolve):
    model = mathopt.Model()
    x = [model.add_variable(lb=low, is_integer=integer) for low, integer, _ in columns]
    for low, row, high in rows:
        model.add_linear_constraint(lb=low, ub=high, expr=sum(c * x[j] for j, c in row.items()))
    model.minimize(sum(cost * v for v, (_, _, cost) in zip(x, columns)))
    settings = mathopt.SolveParameters(presolve=None if presolve else mathopt.Emphasis.OFF)
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=settings)
    status = result.termination.reason.name.lower()
    return status, round(result.objective_value(), 6) + 0.0 if status == "optimal" else None


changed = judge(f"HiGHS in OR-Tools {version('ortools')} (MathOpt)", solve, errs=True)
print("changed: " + "; ".join(changed) if changed else "as described")
sys.exit(bool(changed))
PYTHON
python=$folder/venv/bin/python
status=0
"$python" "$folder/by_mathopt.py" || status=1
PYTHONPATH=$folder/older "$python" "$folder/by_highspy.py" wrong || status=1
"$python" "$folder/by_highspy.py" right || status=1
exit $status
