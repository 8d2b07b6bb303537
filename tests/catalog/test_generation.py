"""Power sources of the catalog: complete for their kind, possible, and shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.catalog import lint_generation
from planner.catalog.generation import NEEDS, Generation, PowerSource
from planner.catalog.load import Catalog, load_catalog
from planner.errors import InputError
from planner.records import sourced_fields
from planner.report.catalog_sheet import as_text, sheet
from planner.report.catalog_tables import listing

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def changed(catalog: Catalog, of: str, **fields: Any) -> Catalog:
    sources = dict(catalog.generation.sources)
    sources[of] = sources[of].model_copy(update=fields)
    return replace(catalog, generation=Generation(sources, catalog.generation.fuels))


def test_every_kind_is_there_and_complete(catalog: Catalog) -> None:
    assert {entry.kind for entry in catalog.generation.sources.values()} == set(NEEDS)
    assert list(lint_generation.enough_to_choose(catalog, TODAY)) == []
    assert list(lint_generation.fuel_and_heat_rate(catalog, TODAY)) == []
    assert list(lint_generation.sane_figures(catalog, TODAY)) == []


def test_every_figure_has_a_range_if_it_is_assumed(catalog: Catalog) -> None:
    for entry in catalog.generation.sources.values():
        for key, figure in sourced_fields(entry):
            assert figure.kind != "assumption" or (
                figure.low is not None and figure.high is not None
            ), (entry.id, key)


@pytest.mark.parametrize(
    ("of", "fields", "check", "words"),
    [
        ("battery", {"hours_days": None}, lint_generation.enough_to_choose, "has no `hours`"),
        (
            "gas-engine",
            {"fuel": None},
            lint_generation.fuel_and_heat_rate,
            "only one of `fuel` and `heat_rate`",
        ),
        (
            "geothermal",
            {"fuel": "natural-gas"},
            lint_generation.fuel_and_heat_rate,
            "only one of `fuel` and `heat_rate`",
        ),
    ],
)
def test_lint_bites(
    catalog: Catalog, of: str, fields: dict[str, Any], check: Any, words: str
) -> None:
    (problem,) = check(changed(catalog, of, **fields), TODAY)
    assert words in problem.message
    assert problem.mark is not None


def test_lint_catches_a_slipped_prefix(catalog: Catalog) -> None:
    entry: PowerSource = catalog.generation.sources["gas-engine"]
    assert entry.capex_usd_per_mw is not None
    slipped = entry.capex_usd_per_mw.model_copy(update={"value": 2e9})
    (problem,) = lint_generation.sane_figures(
        changed(catalog, "gas-engine", capex_usd_per_mw=slipped), TODAY
    )
    assert "outside" in problem.message


def test_storage_adds_nothing_firm(catalog: Catalog) -> None:
    firm = catalog.generation.sources["gas-engine"].firm
    (problem,) = lint_generation.fuel_and_heat_rate(changed(catalog, "battery", firm=firm), TODAY)
    assert "nothing firm" in problem.message


def test_heat_rates_follow_from_published_efficiency(catalog: Catalog) -> None:
    """3.412 MMBtu are a MWh: 0.332, 0.405 and 0.413 of the higher heating value."""
    for name, efficiency in (
        ("mobile-turbine", 0.332),
        ("gas-engine", 0.405),
        ("fuel-cell", 0.413),
    ):
        figure = catalog.generation.sources[name].heat_rate_mmbtu_per_mwh
        assert figure is not None
        assert figure.value == pytest.approx(3.412 / efficiency, rel=2e-3)


def test_list_and_show(catalog: Catalog) -> None:
    rows = listing(catalog, "power-sources")
    (row,) = [row for row in rows if row["id"] == "mobile-turbine"]
    assert (row["unit_w"], row["unit_w_assumed"], row["firm_assumed"]) == (31e6, False, True)
    assert "No rent was published" in as_text(sheet(catalog, "mobile-turbine"), 200)
    with pytest.raises(InputError, match="no accelerator") as error:
        sheet(catalog, "mobile-turbin")
    assert "mobile-turbine" in error.value.problems[0].help
