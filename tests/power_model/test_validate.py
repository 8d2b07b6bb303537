"""The component model on machines it never saw: how far off, how sure, better than what, and with
nothing leaked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.power_model.choice import choose, deal
from planner.power_model.learn import Settings, fit_rows, predict, predict_before, rows_of
from planner.power_model.validate import constant, foresee, score, unexplained, validate
from planner.report.document import markdown
from planner.report.validate_tables import case_table, explanation_table, fit_table, score_table

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
def found(validation):
    return validation


@pytest.fixture(scope="module")
def taught(shipped):
    runs = shipped.metered.measurements
    return [row for row in rows_of(shipped, "hpl") if runs[row.id].count != "mixed"]


def test_public_machines_are_there_with_their_power(shipped):
    seen = {
        (run.machine, round(run.power_w.value)) for run in shipped.metered.measurements.values()
    }
    assert set(EARLIER) | {(machine, round(kw * 1e3)) for machine, kw in PUBLIC.items()} <= seen
    assert all(
        shipped.sources[run.power_w.source].url for run in shipped.metered.measurements.values()
    )


def test_entries_agree_with_themselves(shipped):
    """Gflops/W is Rmax over power; a slip of a digit shows here."""
    for run in shipped.metered.measurements.values():
        assert run.gflops_per_w == pytest.approx(
            run.rmax_flop_s / 1e9 / run.power_w.value, rel=1e-3
        ), run.id
        assert 200 < run.w_per_accelerator < 2000, run.id


def test_reached(found):
    """On machines it never saw, settings chosen without them; dealt otherwise, 6.3 to 6.8 %."""
    everything = found.scores[0]
    assert everything.of == "all"
    assert everything.machines >= 100
    assert everything.model.by_row <= 0.07
    assert everything.model.by_machine <= 0.07
    assert 0.75 <= everything.model.coverage <= 0.90


def test_reached_before_a_run(found):
    """What a plan may count on: nothing is known of the run."""
    before = found.scores[0].before
    assert before.by_row <= 0.08
    assert 0.75 <= before.coverage <= 0.90


def test_every_baseline_loses(found):
    everything = found.scores[0]
    assert set(everything.baselines) == {"constant", "naive", "epoch"}
    assert all(
        error > max(everything.model.by_row, everything.before.by_row)
        for error in everything.baselines.values()
    )


def test_headline_leaves_out_mixed_entries_and_second_runs_only(found, shipped):
    runs = shipped.metered.measurements
    left = {case.row.id for case in found.cases if not case.scored}
    assert left == {run.id for run in runs.values() if run.count == "mixed" or run.second}
    by = {score.of: score for score in found.scores}
    assert by["all, and mixed entries"].rows == sum(not run.second for run in runs.values())
    assert by["second runs, tuned"].rows == sum(run.second for run in runs.values())
    assert by["all, and mixed entries"].model.by_row <= 0.075


def test_second_runs_are_tuned_runs_of_ranked_machines(shipped):
    """Each has a rate and a power of its own beside the entry that the list ranks."""
    runs = shipped.metered.measurements
    for run in runs.values():
        if run.second:
            assert run.tuned
            first = runs[run.id.removesuffix("-tuned")]
            assert (first.machine, first.accelerators.value) == (
                run.machine,
                run.accelerators.value,
            )
            assert run.power_w.value < first.power_w.value
            assert run.rmax_flop_s <= first.rmax_flop_s


def test_large_errors_are_explained_and_no_others(found):
    assert unexplained(found) == ([], [])


def test_nothing_leaks_from_a_machine_into_its_own_prediction(shipped, taught):
    """Doubling what was measured of a machine leaves its prediction, band and baseline where they
    were."""
    model = shipped.metered.model
    settings = Settings("all", tuned=True, own=True)
    for machine in ("frontier", "jupiter", "selene"):
        changed = [replace(row, w=2 * row.w) if row.machine == machine else row for row in taught]
        for row in (row for row in taught if row.machine == machine):
            assert foresee(row, taught, model, settings) == foresee(
                replace(row, w=2 * row.w), changed, model, settings
            )
            others = [[r for r in rows if r.machine != machine] for rows in (taught, changed)]
            assert constant(row, others[0]) == constant(row, others[1])


@pytest.mark.slow
def test_nothing_leaks_through_the_choice_of_settings(shipped):
    """The whole road, settings included: a machine's own power moves neither its prediction nor its
    band."""
    few = {
        id: run
        for id, run in shipped.metered.measurements.items()
        if run.accelerator in ("gh200-quad", "mi300a")
    }
    off = {
        id: run.model_copy(
            update={"power_w": run.power_w.model_copy(update={"value": run.power_w.value * 1.5})}
        )
        for id, run in few.items()
        if run.machine == "jupiter"
    }
    assert off
    seen = []
    for runs in (few, few | off):
        catalog = replace(shipped, metered=replace(shipped.metered, measurements=runs))
        seen.append(
            {case.row.id: (case.predicted, case.before) for case in validate(catalog, "hpl").cases}
        )
    assert {id for id in few if seen[0][id] == seen[1][id]} >= set(off)
    assert seen[0] != seen[1]


def test_power_does_not_reach_a_prediction(shipped, taught):
    """Of a row, only `w` comes from the meter, and no prediction reads it; before a run, its rate
    counts for nothing either."""
    model = shipped.metered.model
    fit = fit_rows(
        taught, model, Settings("generation", tuned=True, level=True, size=True, line=True)
    )
    for row in taught[::7]:
        assert predict(replace(row, w=1.0), fit, model) == predict(row, fit, model)
        assert predict_before(
            replace(row, w=1.0, busy=0.1, tuned=True, level=3), fit, model
        ) == predict_before(row, fit, model)


def test_shipped_parameters_are_the_fit(shipped, found):
    """`judgement/power.yaml` says what the fit on all machines says."""
    model = shipped.metered.model
    assert model.accelerator.hpl.value == pytest.approx(found.fit.utilisation("", ""), rel=0.02)
    assert model.processor.hpl.value == pytest.approx(found.fit.processor, rel=0.03)
    assert model.fans.value == pytest.approx(found.fit.fans, rel=0.03)
    for family in model.families:
        assert family.hpl.value == pytest.approx(
            found.fit.utilisation(family.generation, family.accelerator or ""), rel=0.02
        )


def test_no_shipped_parameter_rests_on_one_machine(shipped, taught):
    for family in shipped.metered.model.families:
        rows = [
            row
            for row in taught
            if row.family == family.generation and family.accelerator in (None, row.product)
        ]
        assert len({row.machine for row in rows}) >= 3


@pytest.mark.parametrize(
    "settings", [Settings(), Settings("generation", True, True, True, True, True, True)]
)
def test_the_fit_finds_what_made_the_data(shipped, taught, settings):
    """Rows drawn from the model itself are reproduced, whatever their measured power was."""
    model = shipped.metered.model
    truth = fit_rows(taught, model, settings)
    made = [replace(row, w=predict(row, truth, model).value) for row in taught]
    again = fit_rows(made, model, settings)
    for row in made:
        assert predict(row, again, model).value == pytest.approx(row.w, rel=0.03)


def test_the_choice_finds_what_made_the_data(shipped, taught):
    """Rows drawn with busy and tuned ask for these two; rows drawn without ask for neither."""
    model = shipped.metered.model
    few = [row for row in taught if row.family in ("Hopper", "Grace Hopper")]
    for settings in (Settings("all", tuned=True), Settings()):
        truth = fit_rows(taught, model, settings)
        noise = {row.id: 1.0 + 0.02 * ((i * 7) % 5 - 2) for i, row in enumerate(few)}
        chosen = choose(
            [replace(row, w=predict(row, truth, model).value * noise[row.id]) for row in few], model
        )
        assert (chosen.busy != "no", chosen.tuned) == (settings.busy != "no", settings.tuned)


def test_leaving_a_machine_out_moves_no_other_between_folds():
    names = ["a", "b", "c", "d", "e", "f"]
    whole = deal(names, 3, 0)
    assert deal(names[1:], 3, 0) == {name: whole[name] for name in names[1:]}
    assert set(whole.values()) <= {0, 1, 2}
    assert any(deal(names, 3, other) != whole for other in (1, 2, 3))


def test_tables_say_what_was_known_and_what_was_inferred(found):
    text = markdown(
        "Validation",
        [case_table(found), explanation_table(found), fit_table(found), score_table(found)],
    )
    for word in (
        "inside 80 % band",
        "before",
        "constant",
        "naive",
        "epoch",
        "Errors beyond 15 %",
        "inferred afterwards",
        "in the lists",
        "fitted on",
    ):
        assert word in text
    assert "not explained" not in text


def test_nothing_metered(shipped):
    with pytest.raises(InputError, match="fewer than two"):
        validate(shipped, "inference")
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_rows([], shipped.metered.model, Settings())
    with pytest.raises(ValueError, match="nothing to choose"):
        choose([], shipped.metered.model)
    with pytest.raises(ValueError, match="nothing to score"):
        score("none", [])
