"""The component model on machines it never saw: how far off, how sure, better than what, and with nothing leaked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.explore.power_fit import fit_rows, predict, rows_of
from planner.explore.validate import constant, foresee, unexplained, validate

PUBLIC = {
    "selene": 2646.0,
    "leonardo": 7493.74,
    "hipergator-ai": 582.63,
    "pegaso": 1033.0,
    "karolina-gpu-partition": 310.99,
    "gefion": 1753.2,
    "ubilink": 1066.17,
    "marenostrum-5-acc": 4158.9,
    "henri": 44.07,
    "berzelius3": 126.16,
    "alps": 7124.0,
    "cea-he": 1770.0,
    "helios-gpu": 316.88,
    "isambard-ai-phase-1": 117.08,
    "frontier": 24607.0,
    "adastra": 921.48,
    "setonix-gpu": 476.63,
    "el-dorado": 1110.02,
    "rzadams": 388.2,
}
"""Machines with kW as TOP500 prints them, the newest entry of each."""

EARLIER = [
    ("leonardo", 7404400),
    ("alps", 5194000),
    ("cea-he", 1233000),
    ("cea-he", 1207000),
    ("frontier", 22786000),
    ("frontier", 22703000),
    ("frontier", 21100000),
]
"""The same machines on earlier lists, W."""


@pytest.fixture(scope="module")
def shipped():
    return load_catalog()


@pytest.fixture(scope="module")
def found(shipped):
    return validate(shipped, "hpl")


@pytest.fixture(scope="module")
def taught(shipped):
    runs = shipped.metered.measurements
    return [row for row in rows_of(shipped, "hpl") if runs[row.id].count != "mixed"]


def test_public_machines_are_there_with_their_power(shipped):
    seen = {(run.machine, round(run.power_w.value)) for run in shipped.metered.measurements.values()}
    assert set(EARLIER) | {(machine, round(kw * 1e3)) for machine, kw in PUBLIC.items()} <= seen
    assert all(shipped.sources[run.power_w.source].url for run in shipped.metered.measurements.values())


def test_entries_agree_with_themselves(shipped):
    """Gflops/W is Rmax over power; a slip of a digit shows here."""
    for run in shipped.metered.measurements.values():
        assert run.gflops_per_w == pytest.approx(run.rmax_flop_s / 1e9 / run.power_w.value, rel=1e-3), run.id
        assert 200 < run.w_per_accelerator < 2000, run.id


def test_reached(found):
    """What the model reaches on machines it never saw; the goal stands below."""
    everything = found.scores[0]
    assert everything.machines >= 92
    assert everything.error <= 0.083
    assert everything.by_machine <= 0.078
    assert 0.75 <= everything.coverage <= 0.90


def test_error_on_machines_it_never_saw(found):
    """8.2 % by row. Seven is the goal; what came below it rested on assignments made after seeing the power, so it does not count."""
    assert found.scores[0].error <= 0.085


def test_every_baseline_loses(found):
    everything = found.scores[0]
    assert set(everything.baselines) == {"constant", "naive", "epoch"}
    assert all(error > everything.error for error in everything.baselines.values())


def test_large_errors_are_explained_and_no_others(found):
    assert unexplained(found) == ([], [])


def test_nothing_leaks_from_a_machine_into_its_own_prediction(shipped, taught):
    """Doubling what was measured of a machine leaves its prediction, band and baseline where they were."""
    model = shipped.metered.model
    for machine in ("frontier", "jupiter", "selene"):
        changed = [replace(row, w=2 * row.w) if row.machine == machine else row for row in taught]
        for row in (row for row in taught if row.machine == machine):
            assert foresee(row, taught, model) == foresee(row, changed, model)
            others = [[r for r in rows if r.machine != machine] for rows in (taught, changed)]
            assert constant(row, others[0]) == constant(row, others[1])


def test_what_is_known_only_after_a_run_is_not_used(shipped):
    """Rmax and Gflops/W do not reach the rows."""
    from dataclasses import fields

    row = rows_of(shipped, "hpl")[0]
    assert {f.name for f in fields(row)} == {"id", "machine", "family", "product", "node", "count", "w"}


def test_shipped_parameters_are_the_fit(shipped, found):
    """`judgement/power.yaml` says what the fit on all machines says."""
    model = shipped.metered.model
    assert model.processor.hpl.value == pytest.approx(found.fit.processor, rel=0.03)
    assert model.fans.value == pytest.approx(found.fit.fans, rel=0.03)
    for family in model.families:
        assert family.hpl.value == pytest.approx(found.fit.utilisation(family.generation, family.accelerator or ""), rel=0.02)


def test_the_fit_finds_what_made_the_data(shipped, taught):
    """Rows drawn from the model itself are reproduced, whatever their measured power was."""
    model = shipped.metered.model
    truth = fit_rows(taught, model)
    made = [replace(row, w=predict(row, truth, model).value) for row in taught]
    again = fit_rows(made, model)
    for row in made:
        assert predict(row, again, model).value == pytest.approx(row.w, rel=0.02)


def test_nothing_metered(shipped):
    with pytest.raises(InputError, match="fewer than two"):
        validate(shipped, "inference")
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_rows([], shipped.metered.model)
