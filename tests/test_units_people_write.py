"""Numbers without units, and units that people write and a catalog does not: each is read as what
it is, or answered without a trap.

A trap is help that leads to a value a hundred or a thousand times off, or to a unit of another
dimension.
"""

from __future__ import annotations

import re

import pytest
from pydantic_core import PydanticCustomError

from planner.advice import CURRENCIES
from planner.core.fields import Amount
from planner.core.site import Site
from planner.likeness import closest, nearest
from planner.records import keys_of
from planner.registry import PREFIXES, factor, names_of, readings, takes
from planner.units import Unit
from tests.scenario.sample import RICH, catalog, load, problems_of, spoilt
from tests.test_units import FIELDS, refusal

GROWTH, DECLINE, LINEAR = FIELDS["GrowthPerYear"], FIELDS["DeclinePerYear"], FIELDS["RatePerYear"]


class TestRead:
    @pytest.mark.parametrize(
        ("field", "text", "value"),
        [
            ("MoneyPerEnergy", "6.63 cents/kWh", 66.3),
            ("FuelPrice", "0.4 USD/therm", 4.0),
            ("FuelPrice", "4 USD/Dth", 4.0),
            ("HeatRate", "9700 Btu/kWh", 9.7),
            ("HeatRate", "9.7 mmbtu/MWh", 9.7),
            ("Duration", "6 mo", 182.5),
            ("Duration", "2 yrs", 730.0),
            ("Duration", "3 wks", 21.0),
            ("Duration", "1 qtr", 91.25),
            ("Seconds", "2 hrs", 7200.0),
            ("Seconds", "200 ms", 0.2),
            ("Length", "1500 mm", 1.5),
            ("MoneyPerCarbon", "50 USD/tCO2", 50.0),
            ("Carbon", "9 ktCO2e", 9e3),
            ("Carbon", "9 MtCO2", 9e6),
            ("CarbonPerEnergy", "0.4 kgCO2/kWh", 400.0),
            ("ComputeRate", "1979 TOPS", 1.979e15),
            ("MoneyPerAcceleratorTime", "3 USD/gpu/hr", 3.0),
            ("Mass", "2 tonnes", 2000.0),
            ("Money", "7 TUSD", 7e12),
        ],
    )
    def test_what_has_one_meaning(self, field, text, value):
        assert FIELDS[field].parse(text) == pytest.approx(value, rel=1e-12)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("100 GPUs", "100 accelerators"),
            ("100 gpus", "100 accelerators"),
            ("100 chips", "100 accelerators"),
            ("4 ksystems", "4000 systems"),
            ("1 system", "1 systems"),
        ],
    )
    def test_machines(self, text, said):
        assert str(Amount.parse(text)) == said


HELP = [
    # field, text, code, what the help says
    (
        "GrowthPerYear",
        "0.0624",
        "U001",
        "write `0.0624 1/year` (the same as `6.24 %/year`), if that is what is meant",
    ),
    (
        "GrowthPerYear",
        "6.24",
        "U001",
        "write `6.24 %/year` (the same as `0.0624 1/year`), if that is what is meant",
    ),
    (
        "GrowthPerYear",
        "1",
        "U001",
        "say which: `1 %/year` (the same as `0.01 1/year`) "
        "or `1 1/year` (the same as `100 %/year`)",
    ),
    (
        "GrowthPerYear",
        "6.24 %",
        "U002",
        "say per what time: `6.24 %/year`, `6.24 %/quarter` or `6.24 %/month`",
    ),
    ("GrowthPerYear", "10 % per year", "U004", "write `10 %/year`"),
    ("GrowthPerYear", "10 % p.a.", "U004", "write `10 %/year`"),
    (
        "MoneyPerEnergy",
        "0.06",
        "U001",
        "write `0.06 USD/kWh` (the same as `60 USD/MWh`), if that is what is meant",
    ),
    (
        "MoneyPerEnergy",
        "60",
        "U001",
        "write `60 USD/MWh` (the same as `0.06 USD/kWh`), if that is what is meant",
    ),
    (
        "Power",
        "20000",
        "U001",
        "say which: `20000 W` (the same as `20 kW`), `20000 kW` (the same as `20 MW`) or `20000 "
        "MW` (the same as `20 GW`)",
    ),
    (
        "HeatRate",
        "9700",
        "U001",
        "write `9700 Btu/kWh` (the same as `9.7 MMBtu/MWh`), if that is what is meant",
    ),
    ("Duration", "8", "U001", "say which: `8 days`, `8 weeks`, `8 months` or `8 years`"),
    ("Power", "20 MVA", "U003", "power factor"),
    ("Power", "20 kVA", "U003", "power factor"),
    ("Money", "250000 EUR", "U003", "convert to USD, and say at which rate in a comment"),
    ("Money", "3 kGBP", "U003", "convert to USD, and say at which rate in a comment"),
    ("Money", "¥5000", "U004", "convert to USD, and say at which rate in a comment"),
    ("MoneyPerEnergy", "60 €/MWh", "U004", "convert to USD, and say at which rate in a comment"),
    ("MoneyPerEnergy", "60 eur/MWh", "U003", "convert to USD, and say at which rate in a comment"),
    ("MoneyPerEnergy", "$60/MWh", "U004", "if US dollars are meant, write `60 USD/MWh`"),
    ("MoneyPerEnergy", "6.63 ct/kWh", "U003", "write `cents`: 6.63 cents/kWh are `66.3 USD/MWh`"),
    ("MoneyPerCarbon", "50 USD/ton", "U003", "a metric ton of CO2 equivalents is `tCO2e`"),
    ("MoneyPerCarbon", "50 USD/tons", "U003", "a metric ton of CO2 equivalents is `tCO2e`"),
    ("MoneyPerCarbon", "50 USD/t", "U002", "write it like `50 USD/tCO2e`"),
    ("MoneyPerCarbon", "50 USD/metric ton", "U004", "write `50 USD/tCO2e`"),
    ("MoneyPerCarbon", "50 USD/mtCO2e", "U003", "`m` is a thousandth; a metric ton is `tCO2e`"),
    ("MoneyPerCarbon", "50 USD/MTCO2e", "U003", "a metric ton of CO2 equivalents is `tCO2e`"),
    ("Carbon", "100 t CO2e", "U004", "write `100 tCO2e`"),
    ("Carbon", "100 metric tons of CO2e", "U004", "write `100 tCO2e`"),
    ("Mass", "2 tons", "U003", "a metric ton is `t`"),
    ("Power", "500 tons", "U003", "a ton of refrigeration is `3.51685 kW`"),
    ("HeatRate", "9.7 MBtu/MWh", "U003", "`kBtu` or `MMBtu`"),
    ("Money", "7800 mUSD", "U003", "`m` is a thousandth; write `USD`, `kUSD`, `MUSD` or `GUSD`"),
    ("Power", "250 mW", "U003", "`m` is a thousandth; write `W`, `kW`, `MW` or `GW`"),
    ("GrowthPerYear", "10 %/kyear", "U003", "write `year`"),
    ("Money", "7800 musd", "U003", "`MUSD` is a million `USD`, if that is what is meant"),
    ("Money", "1,000,000 USD", "U004", "digits stand without separators: write `1000000 USD`"),
    ("Money", "1'500'000 USD", "U004", "digits stand without separators: write `1500000 USD`"),
    (
        "Money",
        "4,096 USD",
        "U004",
        "digits stand without separators: write `4096 USD` or `4.096 USD`",
    ),
    ("Money", "1.234,50 USD", "U004", "digits stand without separators: write `1234.50 USD`"),
    ("Power", "1,5 MW", "U004", "digits stand without separators: write `1.5 MW`"),
    ("Money", "5 million USD", "U004", "put the prefix on the unit: write `5 MUSD`"),
    ("Money", "5 bn USD", "U004", "put the prefix on the unit: write `5 GUSD`"),
    ("Power", "20 M", "U003", "did you mean `MW`?"),
    ("Volume", "500 gal", "U003", "1 US gallon is `3.785411784 L`"),
    ("Power", "3 USD", "U002", "write it like `700 W`"),
]


class TestAnswered:
    @pytest.mark.parametrize(
        ("field", "text", "code", "words"), HELP, ids=[f"{row[0]} {row[1]}" for row in HELP]
    )
    def test_with_what_to_write(self, field, text, code, words):
        found = refusal(FIELDS[field], text)
        assert (found["code"], words in found["help"]) == (code, True), found

    @pytest.mark.parametrize(
        "row",
        [row for row in HELP if row[2] in ("U001", "U004") or "say per what" in row[3]],
        ids=lambda row: row[1],
    )
    def test_what_is_said_to_be_the_same_is_the_same_and_can_be_read(self, row):
        """`A` (the same as `B`): both are read, as one value."""
        unit = FIELDS[row[0]]
        for one, other in re.findall(
            r"`([^`]+)` \(the same as `([^`]+)`\)", refusal(unit, row[1])["help"]
        ):
            assert unit.parse(one) == pytest.approx(unit.parse(other), rel=1e-5)
        for written in re.findall(r"write `([^`]+)`", refusal(unit, row[1])["help"]):
            unit.parse(written)

    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            ("4,096 accelerators", "U004", "write `4096 accelerators`"),
            ("4,096", "U001", "write `4096 systems` or `4096 accelerators`"),
            ("400 nodes", "U003", "write `systems`"),
            ("64 servers", "U003", "write `systems`"),
            ("100 cards", "U003", "write `accelerators`"),
            ("4000 sistems", "U003", "did you mean `systems`?"),
            ("4000 acelerators", "U003", "did you mean `accelerators`?"),
        ],
    )
    def test_machines(self, text, code, words):
        with pytest.raises(PydanticCustomError) as caught:
            Amount.parse(text)
        assert caught.value.context["code"] == code
        assert words in caught.value.context["help"]

    @pytest.mark.parametrize("code", sorted(code for code in CURRENCIES if not readings(code)))
    def test_no_currency_gets_a_unit_for_help(self, code):
        assert (
            refusal(FIELDS["Money"], f"5 {code}")["help"]
            == "convert to USD, and say at which rate in a comment"
        )

    @pytest.mark.parametrize("name", sorted(FIELDS))
    def test_a_number_alone_is_completed_to_what_the_field_reads_or_is_a_number(self, name):
        unit = FIELDS[name]
        if unit.bare:
            return
        for number in ("0.003", "0.5", "1", "7", "60", "1200", "20000", "5e6"):
            help_ = refusal(unit, number)["help"]
            offered = [text for text in re.findall(r"`([^`]+)`", help_)]
            assert offered
            assert all(factor(text.split(" ", 1)[1], unit.canonical) > 0 for text in offered), help_
            assert help_.startswith("say which") or help_.endswith("if that is what is meant")


class TestInAFile:
    @pytest.mark.parametrize(
        ("old", "new", "path", "words"),
        [
            (
                "discount_rate: 10 %/year",
                "discount_rate: 0.0624",
                "finance.discount_rate",
                "the same as `6.24 %/year`",
            ),
            (
                "energy_price: 55 USD/MWh",
                "energy_price: 0.06",
                "sites.0.energy_price",
                "`0.06 USD/kWh` (the same as `60 USD/MWh`)",
            ),
            (
                "2027-Q1: 40 MW}",
                "2027-Q1: 20000}",
                "sites.0.power.2027-Q1",
                "say which: `20000 W` (the same as `20 kW`), `20000 kW`",
            ),
            ("2027-Q1: 40 MW}", "2027-Q1: 20 MVA}", "sites.0.power.2027-Q1", "power factor"),
            ("price: 20 USD/tCO2e", "price: 50 USD/ton", "carbon.price", "`tCO2e`"),
            ("price: 190 kUSD", "price: 250000 EUR", "systems.0.price", "convert to USD"),
            ("units: 80 accelerators", "units: 64 servers", "fleet.0.units", "write `systems`"),
        ],
    )
    def test_what_is_answered(self, old, new, path, words):
        (problem,) = problems_of(spoilt(old, new, RICH))
        assert problem.path == path
        assert words in problem.help

    def test_what_is_read(self):
        text = spoilt("energy_price: 55 USD/MWh", "energy_price: 6.63 cents/kWh", RICH)
        text = spoilt("lead_time: 8 weeks", "lead_time: 6 mo", text)
        text = spoilt("fuel_price: 4 USD/MMBtu", "fuel_price: 0.4 USD/therm", text)
        scenario = load(
            spoilt("heat_rate: 10.5 MMBtu/MWh", "heat_rate: 9700 Btu/kWh", text)
        ).scenario
        (source, *_), site = scenario.sites[0].sources, scenario.sites[0]
        assert site.energy_price_usd_per_mwh == pytest.approx(66.3)
        assert scenario.systems[0].lead_time_days == pytest.approx(182.5)
        assert source.fuel_price_usd_per_mmbtu == pytest.approx(4)
        assert source.heat_rate_mmbtu_per_mwh == pytest.approx(9.7)


class TestSlips:
    """A suggested unit fits the field, and is a slip of the pen away."""

    @pytest.mark.parametrize(
        ("field", "wrong", "right"),
        [("Power", "KW", "kW"), ("Power", "MWW", "MW"), ("Duration", "weks", "weeks")],
    )
    def test_a_slip(self, field, wrong, right):
        assert refusal(FIELDS[field], f"5 {wrong}")["help"] == f"did you mean `{right}`?"

    @pytest.mark.parametrize("wrong", ["XW", "aW", "QW"])
    def test_a_prefix_is_no_slip(self, wrong):
        assert "did you mean" not in refusal(FIELDS["Power"], f"5 {wrong}")["help"]

    @pytest.mark.parametrize("name", sorted(FIELDS))
    @pytest.mark.parametrize(
        "word",
        [
            "ton",
            "mo2",
            "therma",
            "meterz",
            "tokem",
            "racs",
            "yer",
            "USDD",
            "kWhh",
            "GBB",
            "systens",
        ],
    )
    def test_of_whatever_word_the_suggestion_has_the_dimension_of_the_field(self, name, word):
        unit = FIELDS[name]
        try:
            unit.parse(f"5 {word}")
        except PydanticCustomError as error:
            for offered in re.findall(r"did you mean `([^`]+)`", error.context["help"]):
                assert factor(offered, unit.canonical) > 0


SHORT = {names[0]: names[-1] for names in names_of("-")}
BASES = [names for names in names_of("") if names[0] != "percent"]


class TestPrefixes:
    def test_the_table_speaks_of_units_and_prefixes_that_exist(self):
        assert set(PREFIXES) <= {names[0] for names in BASES}
        assert {prefix for prefixes in PREFIXES.values() for prefix in prefixes} <= set(SHORT)

    def test_thousandths_only_of_seconds_and_meters(self):
        assert {base for base, prefixes in PREFIXES.items() if "milli" in prefixes} == {
            "second",
            "meter",
        }

    @pytest.mark.parametrize("names", BASES, ids=lambda names: names[0])
    def test_a_prefix_is_read_or_refused_with_what_to_write(self, names):
        base = names[0]
        own = names[1] if len(names) > 1 and "_" not in names[1] else names[-1]
        if "_" in own:
            return
        known = {name for other in BASES for name in other}
        for prefix, sign in SHORT.items():
            word = sign + own
            if word in known:
                continue  # `min` is a minute
            if takes(base, prefix):
                assert factor(word, own) > 0
            else:
                found = refusal(Unit(own, f"1 {own}"), f"5 {word}")
                assert found["code"] == "U003"
                assert f"`{own}`" in found["help"] or "MMBtu" in found["help"]

    @pytest.mark.parametrize(
        "text",
        [
            "7800 mUSD",
            "250 mW",
            "10 %/kyear",
            "5 Mracks",
            "3 kmonths",
            "3 mtokens",
            "3 Mh",
            "2 milliwatts",
        ],
    )
    def test_nothing_reads_a_prefix_that_nobody_writes(self, text):
        for unit in FIELDS.values():
            with pytest.raises(PydanticCustomError):
                unit.parse(text)


class TestRates:
    @pytest.mark.parametrize(
        ("unit", "text", "value"),
        [
            (GROWTH, "8 %/quarter", 1.08**4 - 1),
            (GROWTH, "1 %/month", 1.01**12 - 1),
            (GROWTH, "0.02 1/quarter", 1.02**4 - 1),
            (GROWTH, "10 %/year", 0.1),
            (GROWTH, "0.1/year", 0.1),
            (GROWTH, "0 %/month", 0.0),
            (DECLINE, "2.5 %/month", 1 - 0.975**12),
            (DECLINE, "10 %/quarter", 1 - 0.9**4),
            (DECLINE, "30 %/year", 0.3),
            (LINEAR, "2 %/quarter", 0.08),
            (LINEAR, "0.5 %/month", 0.06),
        ],
    )
    def test_growth_and_decline_compound_and_a_straight_line_does_not(self, unit, text, value):
        assert unit.parse(text) == pytest.approx(value, rel=1e-12)

    def test_a_quantity_of_the_interface_compounds_too(self):
        from planner.registry import registry

        assert GROWTH.parse(registry().Quantity(8, "percent/quarter")) == pytest.approx(1.08**4 - 1)

    @pytest.mark.parametrize("text", ["100 %/month", "100 %/year", "250 %/quarter", "1 1/month"])
    def test_a_decline_leaves_something(self, text):
        assert (
            "a decline of 100 % or more in one step leaves nothing"
            in refusal(DECLINE, text)["message"]
        )

    @pytest.mark.parametrize(
        ("text", "words"), [("8 %/day", "1.58369e+14 %/year"), ("900 %/h", "endlessly many")]
    )
    def test_a_growth_over_the_limit_says_what_it_comes_to(self, text, words):
        found = refusal(GROWTH, text)
        assert (
            found["code"],
            words in found["message"],
            "at most 1000 %/year" in found["message"],
        ) == ("R001", True, True)

    def test_in_a_file(self):
        loaded = load(spoilt("resale_decline: 30 %/year", "resale_decline: 2.5 %/month", RICH))
        assert loaded.case.resale_decline_per_year == pytest.approx(1 - 0.975**12)
        loaded = load(
            spoilt("construction_decline: 5 %/year", "construction_decline: 1 %/quarter", RICH)
        )
        assert loaded.case.construction_decline_per_year == pytest.approx(0.04)
        loaded = load(spoilt("discount_rate: 10 %/year", "discount_rate: 2 %/quarter", RICH))
        assert loaded.case.discount_rate_per_year == pytest.approx(1.02**4 - 1)


class TestTooSmall:
    @pytest.mark.parametrize("name", [name for name, unit in FIELDS.items() if unit.least])
    def test_below_the_least_nothing_is_meant(self, name):
        unit = FIELDS[name]
        assert unit.parse(unit.show(unit.least)) == unit.least
        assert unit.parse(unit.show(0.0)) == 0.0
        assert "too small to mean anything" in refusal(unit, unit.show(unit.least / 2))["message"]
        assert unit.least < unit.parse(unit.example) / 100

    def test_every_amount_has_a_least(self):
        """Power, compute, money, energy, carbon, water, time, machines; not a price, not a
        share."""
        amounts = {
            "Power",
            "PartPower",
            "ComputeRate",
            "Money",
            "Energy",
            "Carbon",
            "Volume",
            "Duration",
            "Memory",
            "LinkRate",
            "BuildRate",
        }
        assert amounts <= {name for name, unit in FIELDS.items() if unit.least}
        priced = {name for name in FIELDS if name.startswith("MoneyPer")} | {
            "Fraction",
            "Ratio",
            "GrowthPerYear",
            "FuelPrice",
        }
        assert not priced & {name for name, unit in FIELDS.items() if unit.least}

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("2027-Q4: 1 EFLOP/s", "2027-Q4: 28 FLOP/s"),
            ("2027-Q4: 1 EFLOP/s", "2027-Q4: 1 GFLOP/s"),
            ("{2026-Q1: 20 MW,", "{2026-Q1: 20e-9 W,"),
            ("{liquid: unlimited, air: 25 MW}", "{liquid: unlimited, air: 25e-9 W}"),
            ("{capex: 5 GUSD", "{capex: 1e-9 USD"),
            ("total: 2 MtCO2e", "total: 2e-9 tCO2e"),
            ("total: 900000 m3", "total: 9e-12 m3"),
            ("1000 accelerators}\n    sites", "1e-6 accelerators}\n    sites"),
            ("rate: 20 MW/quarter", "rate: 1e-30 MW/quarter"),
        ],
    )
    def test_in_a_file(self, old, new):
        (problem,) = problems_of(spoilt(old, new, RICH))
        assert problem.code == "R001"
        assert "too small to mean anything: at least " in problem.message


class TestNames:
    @pytest.mark.parametrize(
        ("wrong", "right"),
        [
            ("hgx-mi355x", ["mi355x-server"]),
            ("MI355X-Server", ["mi355x-server"]),
            ("mi355x_server", ["mi355x-server"]),
            ("hgx-h10O", ["hgx-h100"]),
            ("gb300nvl72", ["gb300-nvl72"]),
            ("zz-9000-plus", []),
        ],
    )
    def test_of_systems_the_chip_decides(self, wrong, right):
        assert closest(wrong, catalog().systems) == right

    def test_a_chip_in_several_systems_lists_them(self):
        assert nearest("sxm-h200", catalog().systems) in (
            "did you mean `hgx-h200` or `dgx-h200`?",
            "did you mean `dgx-h200` or `hgx-h200`?",
        )

    @pytest.mark.parametrize(
        ("wrong", "right"),
        [
            ("pdu", []),
            ("peu", ["pue"]),
            ("energy-price", ["energy_price"]),
            ("critcal_it", ["critical_it"]),
            ("latitude", []),
            ("price", ["energy_price"]),
        ],
    )
    def test_of_keys(self, wrong, right):
        assert closest(wrong, keys_of(Site)) == right

    def test_a_key_that_is_far_from_all_gets_the_list(self):
        (problem,) = problems_of(spoilt("    sizing: peak\n", "    pdu: peak\n", RICH))
        assert problem.help.startswith("known keys: id, name, power,")
