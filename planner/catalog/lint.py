"""Is the catalog sound? Each check asks one question of the whole catalog and answers with problems
at their places.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planner.catalog import (
    lint_facility,
    lint_generation,
    lint_hardware,
    lint_network,
    lint_prices,
    lint_sources,
)
from planner.catalog import lint_sources as lint_upstream
from planner.catalog.findings import Check
from planner.catalog.load import Catalog, load_catalog
from planner.errors import InputError, Problem

CHECKS: tuple[Check, ...] = (
    lint_sources.enough_to_plan_with,
    lint_sources.software_has_efficiency,
    lint_hardware.whole_counts,
    lint_hardware.nameplate_feeds_chips,
    lint_hardware.loads_in_order,
    lint_hardware.dense_below_sparse,
    lint_hardware.narrow_not_slower,
    lint_hardware.sane_per_watt,
    lint_hardware.sane_links_and_weight,
    lint_hardware.counted_near_sold,
    lint_hardware.liquid_share_fits_cooling,
    lint_hardware.air_can_carry,
    lint_network.whole_ports,
    lint_network.draws_in_order,
    lint_network.sane_per_port,
    lint_network.enough_to_bill,
    lint_facility.every_climate,
    lint_facility.colder_is_cheaper,
    lint_facility.densities_in_order,
    lint_facility.losses_in_order,
    lint_facility.sane_figures,
    lint_upstream.every_origin,
    lint_upstream.origins_not_from_the_future,
    lint_generation.enough_to_choose,
    lint_generation.fuel_and_heat_rate,
    lint_generation.sane_figures,
    lint_prices.prices_in_bands,
    lint_prices.plan_rests_on_something,
    lint_prices.plan_within_quotes,
    lint_prices.quotes_near_plan,
    lint_prices.prices_are_fresh,
    lint_sources.nothing_from_the_future,
    lint_sources.judgement_apart_from_facts,
    lint_sources.quotes_are_quoted,
    lint_sources.sources_can_be_read,
    lint_sources.sources_are_used,
    lint_sources.judgement_is_fresh,
)
"""Every check; a check may presume that the catalog has loaded, so that all its references lead
somewhere."""


def lint(catalog: Catalog, today: date) -> list[Problem]:
    """Say what is wrong with a catalog as seen on the day `today`, in the order of its files.

    C001 physically impossible · C002 without a proper source · C003 old · C004 looks wrong; what
    need not be mended has `warning=True`.
    """
    found = [problem for check in CHECKS for problem in check(catalog, today)]
    return sorted(found, key=_place)


def sound_catalog(folder: Path | None) -> Catalog:
    """The catalog of a folder, or the built-in one, to work with. Raises `InputError` with every
    error that lint finds in a folder.

    Whether a date lies in the future is left to `planner catalog lint`, so that a question has the
    same answer on every day. The built-in catalog is held free of errors by the tests.
    """
    catalog = load_catalog(folder)
    if folder is not None and (
        errors := [problem for problem in lint(catalog, date.max) if not problem.warning]
    ):
        raise InputError(errors)
    return catalog


def _place(problem: Problem) -> tuple[str, int, int, str]:
    mark = problem.mark
    return (
        (mark.source.name, mark.line, mark.column, problem.code)
        if mark
        else ("", 0, 0, problem.code)
    )
