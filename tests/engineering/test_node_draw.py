"""What one system draws itself: by hand, by class of work, under a cap, and part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.catalog.components import WORKLOADS
from planner.catalog.load import load_catalog
from planner.engineering.components import system_power
from planner.engineering.node_draw import (
    Given,
    chip_draw,
    own_draw,
    own_of,
    own_parts,
    uncapped_peak_w,
)
from planner.engineering.power import LOADS


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def own(catalog, system="hgx-h100", cap=None, **said):
    return own_of(
        catalog, catalog.systems[system], catalog.metered.model, Given(**said), "test", cap
    )


def test_training_is_what_was_metered(catalog):
    """10.2 kW rated, 8.4 kW peak and 7.1 kW mean metered, idle a fifth of the rating."""
    draw = own_draw(own(catalog), "training")
    assert [draw.at(load) for load in LOADS] == pytest.approx([10200, 8400, 7100, 2040])


def test_other_classes_move_the_mean_by_the_ratio_of_the_component_model(catalog):
    by = {work: system_power(catalog, "hgx-h100", work).total_w for work in WORKLOADS}
    for work in ("hpl", "inference"):
        draw = own_draw(own(catalog), work)
        assert draw.average_w == pytest.approx(7100 * by[work] / by["training"])
        assert (draw.nameplate_w, draw.peak_w) == (10200, 8400)


def test_idle_is_one_draw_at_every_load(catalog):
    draw = own_draw(own(catalog), "idle")
    assert draw.peak_w == draw.average_w == draw.idle_w == pytest.approx(2040)
    assert draw.nameplate_w == 10200


def test_a_replaced_nameplate_takes_shares_and_not_what_was_metered_of_another(catalog):
    draw = own_draw(own(catalog, nameplate_w=12000.0), "training")
    assert [draw.at(load) for load in LOADS] == pytest.approx(
        [12000, 0.82 * 12000, 0.72 * 12000, 0.2 * 12000]
    )
    given = own_draw(own(catalog, nameplate_w=12000.0, peak_w=9000.0, average_w=8000.0), "training")
    assert (given.peak_w, given.average_w) == (9000, 8000)


def test_a_cap_holds_every_load(catalog):
    """70 % of 10.2 kW is 7.14 kW: below the peak, above the mean."""
    capped = own(catalog, cap=0.7)
    draw = own_draw(capped, "training")
    assert [draw.at(load) for load in LOADS] == pytest.approx([7140, 7140, 7100, 2040])
    assert uncapped_peak_w(capped, "training") == 8400


@pytest.mark.parametrize("cap", [None, 0.6, 0.05])
def test_parts_add_up_for_every_system_class_and_load(catalog, cap):
    for system in catalog.systems:
        one = own(catalog, system, cap)
        for work in WORKLOADS:
            draw, before = own_draw(one, work), float("inf")
            for load in LOADS:
                parts = own_parts(one, work, load)
                assert sum(w for _, w in parts) == pytest.approx(draw.at(load))
                assert all(w >= 0 for _, w in parts)
                assert draw.at(load) <= before * (1 + 1e-12)
                before = draw.at(load)


def test_accelerators_keep_their_tdp_in_the_rating(catalog):
    """Where parts at their ratings exceed the maker's, the rest gives way, not the published
    TDP."""
    for system in catalog.systems.values():
        parts = dict(own_parts(own(catalog, system.id), "training", "nameplate"))
        tdp = catalog.accelerators[system.accelerator].tdp_w.value * system.accelerators.value
        assert parts["accelerators"] == pytest.approx(tdp), system.id


def test_the_chip_draws_its_part(catalog):
    """Training: the catalog's share of 8 × 700 W, since the metered mean holds all parts."""
    model, chip = catalog.metered.model, chip_draw(own(catalog), "training")
    assert chip.nameplate_w == 5600
    assert chip.average_w == pytest.approx(model.accelerator.training.value * 5600)
    assert chip.idle_w == pytest.approx(model.accelerator.idle.value * 5600)


def test_figures_move_what_they_should_and_no_load_passes_the_one_above(catalog):
    one = own(catalog, "gb200-nvl72")
    low, high = (
        own_draw(one, "training", {"gb200-nvl72 · power.nameplate": end}) for end in (-1, 1)
    )
    assert (low.nameplate_w, high.nameplate_w) == (120e3, 150e3)
    assert low.peak_w == pytest.approx(0.82 * 120e3)  # a share of the rating moves with it
    extreme = own_draw(
        one, "training", {"defaults · load.average": 20.0, "defaults · load.idle": 40.0}
    )
    assert extreme.nameplate_w >= extreme.peak_w >= extreme.average_w >= extreme.idle_w


def test_nobody_published_its_power(catalog):
    bare = catalog.systems["hgx-h100"].model_copy(
        update={"power": type(catalog.systems["hgx-h100"].power)()}
    )
    with pytest.raises(ValueError, match="nobody published the power"):
        own_of(catalog, bare, catalog.metered.model, Given(), "test")
    assert (
        own_of(catalog, bare, catalog.metered.model, Given(nameplate_w=9e3), "test").nameplate.kind
        == "scenario"
    )


def test_a_processor_that_works_harder_is_seen_in_its_own_class_only(catalog):
    one = own(catalog)
    name = "processors · share of TDP, inference"
    assert own_draw(one, "inference", {name: 1}).average_w > own_draw(one, "inference").average_w
    assert own_draw(one, "training", {name: 1}) == own_draw(one, "training")
    assert own_draw(replace(one, cap=None), "hpl", {name: 1}) == own_draw(one, "hpl")
