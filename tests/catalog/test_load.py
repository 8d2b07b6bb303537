"""Does a catalog load as written, and does every mistake in it come back at its place, all at
once?"""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.catalog.reader import OWN_JUDGEMENT
from planner.errors import InputError
from planner.periods import Moment
from tests.catalog.small import ACCELERATORS, FILES, JUDGEMENT, write

CHIPS, SYSTEMS, PRICES = "accelerators/acme.yaml", "systems/acme.yaml", "prices/acme.yaml"
JUDGED, SOURCES, DEFAULTS = "judgement/acme.yaml", "sources/all.yaml", "judgement/defaults.yaml"


def problems_of(folder, *edits, extra=None):
    with pytest.raises(InputError) as caught:
        load_catalog(write(folder, *edits, extra=extra))
    return caught.value.problems


def line_of(problem):
    return problem.mark.source.line(problem.mark.line)


def at(problem):
    """What the caret of a problem underlines."""
    return line_of(problem)[problem.mark.column - 1 :][: problem.mark.length]


def test_figures_arrive_in_the_units_of_their_fields(tmp_path):
    catalog = load_catalog(write(tmp_path))
    chip, system = catalog.accelerators["a1"], catalog.systems["s1"]
    assert chip.tdp_w.value == 700.0
    assert chip.memory_bandwidth_gb_s.value == 3350.0
    assert chip.peak_flop_s.bf16.value == 989e12
    assert chip.peak_sparse_flop_s.bf16.value == 1979e12
    assert chip.peak_flop_s.at("tf32").value == 495e12
    assert (system.power.nameplate_w.value, system.power.peak_w.value) == (10200.0, 8400.0)
    assert system.nic_bandwidth_gbit_s.value == 400.0
    assert system.ships_from.value == Moment.parse("2024-03")
    assert catalog.planning_prices["s1"].price_usd.high == 300_000.0
    assert catalog.defaults.lead_time_days.value == 30.0
    assert catalog.version == "test"


def test_basis_of_a_system_follows_its_form(tmp_path):
    forms = {"server": "server", "rack": "rack", "pod": "rack"}
    for form, basis in forms.items():
        catalog = load_catalog(write(tmp_path / form, (SYSTEMS, "form: server", f"form: {form}")))
        assert catalog.systems["s1"].basis == basis


def test_an_assumption_fills_the_figure_that_is_missing(tmp_path):
    idle = load_catalog(write(tmp_path)).systems["s1"].power.idle_w
    assert (idle.value, idle.low, idle.high) == (2000.0, 1000.0, 3000.0)
    assert (idle.kind, idle.source, idle.grade) == ("assumption", OWN_JUDGEMENT, "D")
    assert str(idle.date) == "2026-10"
    assert idle.note == "a fifth of the nameplate"


def test_an_assumption_makes_the_mapping_that_is_missing(tmp_path):
    entry = (
        "  - {of: a1, figure: peak_sparse.fp8, value: 4 PFLOP/s, low: 3 PFLOP/s, high: 4 "
        "PFLOP/s, date: 2026, reasoning: twice}\n"
    )
    chip = load_catalog(write(tmp_path, (JUDGED, "", entry), (CHIPS, _sparse(), ""))).accelerators[
        "a1"
    ]
    assert chip.peak_sparse_flop_s.fp8.value == 4e15


def _sparse():
    return ACCELERATORS[ACCELERATORS.index("    peak_sparse:") :]


def test_null_is_nothing_and_may_be_assumed(tmp_path):
    power = "      peak: {value: 8.4 kW, kind: measured, source: sheet}\n"
    catalog = load_catalog(write(tmp_path, (SYSTEMS, power, power + "      idle: null\n")))
    assert catalog.systems["s1"].power.idle_w.value == 2000.0


def test_quotes_of_a_system_and_its_chip_come_oldest_first(tmp_path):
    catalog = load_catalog(write(tmp_path))
    assert [(q.of, str(q.date)) for q in catalog.quotes_of(catalog.systems["s1"])] == [
        ("a1", "2025"),
        ("s1", "2026-03"),
    ]


def test_digest_changes_with_any_text(tmp_path):
    first = load_catalog(write(tmp_path / "a"))
    again = load_catalog(write(tmp_path / "b"))
    other = load_catalog(write(tmp_path / "c", (CHIPS, "80 GB", "81 GB")))
    assert first.digest == again.digest != other.digest


def test_marks_point_at_entries_and_figures(tmp_path):
    catalog = load_catalog(write(tmp_path))

    def line(*place):
        mark = catalog.mark(*place)
        return mark.source.line(mark.line)

    assert "id: a1" in line("accelerators", "a1")
    assert "tdp:" in line("accelerators", "a1", "tdp")
    assert "fp8: {value: 1979" in line("accelerators", "a1", "peak.fp8")
    assert "nameplate:" in line("systems", "s1", "power.nameplate")
    assert "figure: power.idle" in _below(catalog.mark("systems", "s1", "power.idle"))
    assert "price: {value: 230 kUSD" in line("planning_prices", "s1", "price")
    assert "of: a1" in line("quotes", "1")
    assert "sheet:" in line("sources", "sheet")
    assert "goodput:" in line("defaults", "0", "goodput")
    assert "software: CUDA" in line("defaults", "0", "efficiency.0.mfu")
    assert "id: s1" in line("systems", "s1", "no.such.figure")
    assert catalog.mark("systems", "unknown") is None


def _below(mark):
    return mark.source.line(mark.line + 1)


class TestMistakes:
    def test_each_file_reports_its_own_and_none_hides_another(self, tmp_path):
        problems = problems_of(
            tmp_path,
            (CHIPS, "80 GB", "80"),
            (SYSTEMS, "130 kg", "130 W"),
            (SOURCES, "date: 2024-06", "date: June"),
            (DEFAULTS, "lead_time", "leadtime"),
        )
        assert {p.code for p in problems} == {"U001", "U002", "D001", "K001", "K002"}
        assert {p.mark.source.name.rpartition("/")[2] for p in problems} == {
            "acme.yaml",
            "all.yaml",
            "defaults.yaml",
        }

    def test_an_entry_defined_twice(self, tmp_path):
        twin = "  - {id: a1, name: Twin, supplier: acme, source: sheet, software: CUDA}\n"
        (problem,) = problems_of(tmp_path, (CHIPS, "", twin))
        assert (problem.code, problem.message) == ("I002", "`a1` is defined twice in accelerators")
        assert "Twin" in line_of(problem)
        assert problem.help.endswith("acme.yaml:2:5")

    def test_across_files_too(self, tmp_path):
        twin = (
            "accelerators:\n  - {id: a1, name: Twin, "
            "supplier: acme, source: sheet, software: CUDA}\n"
        )
        (problem,) = problems_of(tmp_path, extra={"accelerators/zz.yaml": twin})
        assert (problem.code, "zz.yaml" in problem.mark.source.name) == ("I002", True)

    def test_a_source_defined_twice_in_one_file(self, tmp_path):
        (problem,) = problems_of(tmp_path, (SOURCES, "", "  sheet: {title: Again, date: 2025}\n"))
        assert (problem.code, at(problem)) == ("Y002", "sheet")

    def test_a_planning_price_given_twice(self, tmp_path):
        twin = "  - {system: s1, price: {value: 1 kUSD, kind: press, source: shop}}\nassumptions:\n"
        (problem,) = problems_of(tmp_path, (JUDGED, "assumptions:\n", twin))
        assert problem.message == "`s1` is defined twice in planning_prices"

    def test_a_chip_and_a_system_of_one_name(self, tmp_path):
        edits = [
            (SYSTEMS, "id: s1", "id: a1"),
            (PRICES, "of: s1", "of: a1"),
            (JUDGED, "system: s1", "system: a1"),
            (JUDGED, "of: s1", "of: a1"),
        ]
        problems = problems_of(tmp_path, *edits)
        assert ("I002", "`a1` is an accelerator as well as a system") in {
            (p.code, p.message) for p in problems
        }

    def test_defaults_given_twice(self, tmp_path):
        (problem,) = problems_of(tmp_path, extra={"judgement/more.yaml": FILES[DEFAULTS]})
        assert (problem.code, problem.message) == ("I002", "`defaults` is given twice")
        assert "more.yaml" in problem.mark.source.name
        assert "defaults.yaml" in problem.help

    def test_no_defaults_at_all(self, tmp_path):
        (problem,) = problems_of(tmp_path, (DEFAULTS, FILES[DEFAULTS], ""))
        assert (problem.code, "no `defaults`" in problem.message) == ("K002", True)

    def test_mistakes_elsewhere_are_told_even_without_defaults(self, tmp_path):
        problems = problems_of(tmp_path, (DEFAULTS, FILES[DEFAULTS], ""), (CHIPS, "80 GB", "80"))
        assert [p.code for p in problems] == ["U001"]

    @pytest.mark.parametrize(
        ("edit", "message", "hint"),
        [
            (
                (CHIPS, "supplier: acme", "supplier: acne"),
                "no supplier `acne`",
                "did you mean `acme`?",
            ),
            ((SYSTEMS, "accelerator: a1", "accelerator: a2"), "no accelerator `a2`", ""),
            (
                (
                    CHIPS,
                    "tdp: {value: 700 W, kind: datasheet, source: sheet}",
                    "tdp: {value: 700 W, kind: datasheet, source: sheat}",
                ),
                "no source `sheat`",
                "did you mean `sheet`?",
            ),
            ((PRICES, "of: s1", "of: s2"), "no system `s2`", ""),
            ((PRICES, "of: a1", "of: s1"), "no accelerator `s1`", ""),
            ((JUDGED, "system: s1", "system: s9"), "no system `s9`", ""),
            (
                (JUDGED, "rests_on: [sheet]", "rests_on: [sheets]"),
                "no source `sheets`",
                "did you mean `sheet`?",
            ),
            ((DEFAULTS, "software: CUDA", "accelerator: a9"), "no accelerator `a9`", ""),
        ],
    )
    def test_references_that_lead_nowhere(self, tmp_path, edit, message, hint):
        (problem,) = problems_of(tmp_path, edit)
        assert (problem.code, problem.message, problem.help) == ("I001", message, hint)
        assert problem.mark is not None

    def test_the_mark_of_a_figure_with_a_lost_source_is_its_own(self, tmp_path):
        (problem,) = problems_of(
            tmp_path,
            (
                SYSTEMS,
                "{value: 130 kg, kind: datasheet, source: sheet}",
                "{value: 130 kg, kind: datasheet, source: x}",
            ),
        )
        assert at(problem) == "weight"


class TestAssumptions:
    def test_may_not_shadow_a_fact(self, tmp_path):
        (problem,) = problems_of(tmp_path, (JUDGED, "power.idle", "power.nameplate"))
        assert (problem.code, at(problem)) == ("C004", "power.nameplate")

    def test_nor_another_assumption(self, tmp_path):
        again = JUDGEMENT[JUDGEMENT.index("  - of: s1") :]
        (problem,) = problems_of(tmp_path, (JUDGED, "", again))
        assert (problem.code, problem.message) == (
            "I002",
            "`s1.power.idle` is defined twice in assumptions",
        )

    def test_of_what_does_not_exist(self, tmp_path):
        (problem,) = problems_of(tmp_path, (JUDGED, "of: s1", "of: s1x"))
        assert (problem.code, problem.help, at(problem)) == ("I001", "did you mean `s1`?", "s1x")

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("figure: power.idle", "figure: power.idel", "K001"),
            ("value: 2 kW", "value: 2 USD", "U002"),
            ("value: 2 kW", "value: 4 kW", "R001"),
        ],
    )
    def test_a_mistake_in_one_stands_where_it_was_written(self, tmp_path, old, new, code):
        (problem,) = problems_of(tmp_path, (JUDGED, old, new))
        assert problem.code == code
        assert problem.mark.source.name.endswith(JUDGED)
        assert "of: s1" in line_of(problem)
        assert problem.path.startswith("s1.power.")

    def test_below_what_is_no_mapping(self, tmp_path):
        power = FILES[SYSTEMS][
            FILES[SYSTEMS].index("    power:") : FILES[SYSTEMS].index("    rack_units:")
        ]
        (problem,) = problems_of(tmp_path, (SYSTEMS, power, "    power: plenty\n"))
        assert (problem.code, at(problem)) == ("T001", "plenty")

    def test_incomplete(self, tmp_path):
        (problem,) = problems_of(tmp_path, (JUDGED, "    value: 2 kW\n", ""))
        assert (problem.code, problem.message) == ("K002", "`value` is required here")


class TestShapes:
    """A file that does not look like a catalog file is refused, never skipped."""

    @pytest.mark.parametrize("text", ["- a\n", "hello\n"])
    def test_a_file_that_is_no_mapping(self, tmp_path, text):
        (problem,) = problems_of(tmp_path, extra={"systems/more.yaml": text})
        assert (problem.code, problem.message) == ("T001", "a catalog file is a mapping")

    @pytest.mark.parametrize(
        ("file", "text", "message"),
        [
            (
                "accelerators/more.yaml",
                "accelerators: {a2: {name: A2}}\n",
                "`accelerators` must hold a list",
            ),
            ("prices/more.yaml", "quotes: none\n", "`quotes` must hold a list"),
            (
                "sources/more.yaml",
                "sources: [a]\n",
                "`sources` must hold a mapping of ids to sources",
            ),
        ],
    )
    def test_entries_in_the_wrong_shape(self, tmp_path, file, text, message):
        (problem,) = problems_of(tmp_path, extra={file: text})
        assert (problem.code, problem.message) == ("T001", message)

    def test_entries_that_are_words(self, tmp_path):
        problems = problems_of(tmp_path, extra={"systems/more.yaml": "systems: [x, y]\n"})
        assert [(p.code, at(p)) for p in problems] == [("T001", "x"), ("T001", "y")]

    @pytest.mark.parametrize(
        "text", ["", "# nothing yet\n", "systems:\n", "systems: []\n", "systems: ~\n"]
    )
    def test_an_empty_file_holds_nothing(self, tmp_path, text):
        assert list(load_catalog(write(tmp_path, extra={"systems/more.yaml": text})).systems) == [
            "s1"
        ]

    def test_facts_prices_and_judgement_keep_to_their_folders(self, tmp_path):
        (problem,) = problems_of(tmp_path, extra={"systems/more.yaml": "quotes: []\n"})
        assert (problem.code, at(problem), problem.help) == (
            "K001",
            "quotes",
            "files of this folder hold systems",
        )

    def test_a_misspelt_top_key(self, tmp_path):
        (problem,) = problems_of(tmp_path, extra={"systems/more.yaml": "sytems: []\n"})
        assert problem.help == "did you mean `systems`?"

    @pytest.mark.parametrize(
        "file", ["systems/more.yml", "system/more.yaml", "systems/acme/more.yaml"]
    )
    def test_a_file_that_no_folder_reads(self, tmp_path, file):
        (problem,) = problems_of(tmp_path, extra={file: "systems: []\n"})
        assert (problem.code, file in problem.message) == ("Y004", True)

    def test_other_files_are_let_be(self, tmp_path):
        assert load_catalog(write(tmp_path, extra={"README.md": "# mine\n"})).version == "test"

    def test_a_broken_file_does_not_hide_the_others(self, tmp_path):
        problems = problems_of(
            tmp_path, (CHIPS, "80 GB", "80"), extra={"systems/more.yaml": "systems: [\n"}
        )
        assert {p.code for p in problems} == {"Y001", "U001"}
