"""Does each check of the catalog bite, on a catalog in which just one thing is wrong, and spare
what is merely unusual?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from planner.catalog.findings import months_before
from planner.catalog.lint import CHECKS, lint
from planner.catalog.load import load_catalog
from tests.catalog.small import TODAY, Edit, write

CHIPS, SYSTEMS = "accelerators/acme.yaml", "systems/acme.yaml"
PRICES, JUDGEMENT = "prices/acme.yaml", "judgement/acme.yaml"
SOURCES, DEFAULTS = "sources/all.yaml", "judgement/defaults.yaml"

SHEET = "kind: datasheet, source: sheet}"
PLANNED = "{value: 230 kUSD, low: 190 kUSD, high: 300 kUSD, kind: derived, source: shop}"
SYSTEM_QUOTE = (
    "  - {of: s1, per: system, price: 230 kUSD, low: 210 kUSD, high: 250 kUSD, kind: "
    "press, source: shop, date: 2026-03}\n"
)
CHIP_QUOTE = (
    "  - {of: a1, per: accelerator, price: 23 kUSD, kind: analyst, source: shop, date: 2025}\n"
)


def second_chip(tdp: str) -> Edit:
    body = f"tdp: {{value: {tdp}, {SHEET}, memory: {{value: 80 GB, {SHEET}, peak: {{bf16: {{value: 989 TFLOP/s, {SHEET}}}"  # noqa: E501
    return (
        CHIPS,
        "",
        f"  - {{id: a2, name: A2, supplier: acme, source: sheet, software: CUDA, {body}}}\n",
    )


def second_system(price: str) -> tuple[Edit, Edit]:
    body = (
        "accelerators: "
        f"{{value: 8, {SHEET}, form: server, sale: internal, cooling: air, power: {{nameplate: {{value: 10 kW, {SHEET}}}"  # noqa: E501
    )
    system = f"  - {{id: s2, name: S2, supplier: acme, accelerator: a1, source: sheet, {body}}}\n"
    planned = f"  - {{system: s2, price: {{value: {price}, kind: derived, source: shop}}}}\nassumptions:\n"  # noqa: E501
    return (SYSTEMS, "", system), (JUDGEMENT, "assumptions:\n", planned)


class Wrong(NamedTuple):
    """What is changed, and the only problem that must follow: its check, code, severity, line and
    words."""

    check: str
    edits: tuple[Edit, ...]
    code: str
    severity: str
    line: str
    words: str


def wrong(
    check: str, *edits: Edit, code: str, line: str, words: str, severity: str = "error"
) -> Wrong:
    return Wrong(check, edits, code, severity, line, words)


def physics(check: str, *edits: Edit, line: str, words: str) -> Wrong:
    return Wrong(check, edits, "C001", "error", line, words)


def odd(check: str, *edits: Edit, line: str, words: str) -> Wrong:
    return Wrong(check, edits, "C004", "warning", line, words)


PHYSICS = [
    physics(
        "nameplate_feeds_chips",
        (CHIPS, "tdp: {value: 700 W", "tdp: {value: 1300 W"),
        line="nameplate:",
        words="`s1` has a nameplate of 10.2 kW, less than the 10.4 kW",
    ),
    physics(
        "nameplate_feeds_chips",
        (CHIPS, "tdp: {value: 700 W", "tdp: {value: 100 W"),
        line="nameplate:",
        words="over 10 times the 0.8 kW",
    ),
    physics(
        "loads_in_order",
        (SYSTEMS, "8.4 kW", "10.3 kW"),
        line="peak:",
        words="peak draw of 10.3 kW is not below its nameplate",
    ),
    physics(
        "loads_in_order",
        (SYSTEMS, "7.1 kW", "8.5 kW"),
        line="average:",
        words="average draw of 8.5 kW is not below its peak of 8.4",
    ),
    physics(
        "loads_in_order",
        (SYSTEMS, "      peak: {value: 8.4 kW, kind: measured, source: sheet}\n", ""),
        (SYSTEMS, "7.1 kW", "10.3 kW"),
        line="average:",
        words="average draw of 10.3 kW is not below its nameplate",
    ),
    physics(
        "loads_in_order",
        (
            JUDGEMENT,
            "    value: 2 kW\n    low: 1 kW\n    high: 3 kW",
            "    value: 7.1 kW\n    low: 1 kW\n    high: 8 kW",
        ),
        line="- of: s1",
        words="idle draw of 7.1 kW is not below its average of 7.1 kW",
    ),
    physics(
        "dense_below_sparse",
        (CHIPS, "peak_sparse:\n      bf16: {value: 1979", "peak_sparse:\n      bf16: {value: 989"),
        line="bf16: {value: 989",
        words="exchanged or equal",
    ),
    physics(
        "dense_below_sparse",
        (CHIPS, "peak_sparse:\n      bf16: {value: 1979", "peak_sparse:\n      bf16: {value: 495"),
        line="bf16: {value: 495",
        words="exchanged or equal",
    ),
    physics(
        "dense_below_sparse",
        (CHIPS, "peak_sparse:\n      bf16: {value: 1979", "peak_sparse:\n      bf16: {value: 4945"),
        line="bf16: {value: 4945",
        words="no sparsity gains that much",
    ),
    physics(
        "sane_per_watt",
        (CHIPS, "80 GB", "80 TB"),
        line="memory:",
        words="memory over TDP is 114 GB per W",
    ),
    physics(
        "sane_per_watt",
        (CHIPS, "80 GB", "80 MB"),
        line="memory:",
        words="memory over TDP is 0.000114 GB per W",
    ),
    *(
        physics(
            "counted_near_sold",
            (
                CHIPS,
                f"    memory_bandwidth: {{value: 3.35 TB/s, {SHEET}",
                "    memory_counted: "
                f"{{value: {counted}, {SHEET}\n    memory_bandwidth: {{value: 3.35 TB/s, {SHEET}",
            ),
            line="memory_counted:",
            words=f"`a1` counts {shown} GB of the 80 GB that are sold",
        )
        for counted, shown in (("81 GiB", "86.973"), ("70 GB", "70"), ("81559 GiB", "87573"))
    ),
    physics(
        "sane_per_watt",
        (CHIPS, "3.35 TB/s", "3.35 GB/s"),
        (CHIPS, "900 GB/s", "1 GB/s"),
        line="memory_bandwidth:",
        words="GB/s per W",
    ),
    physics(
        "sane_per_watt",
        (CHIPS, "int8: {value: 1979 TFLOP/s", "int8: {value: 1979 GFLOP/s"),
        line="int8:",
        words="2.83e+09 FLOP/s per W",
    ),
    physics(
        "sane_per_watt",
        (CHIPS, "int8: {value: 1979 TFLOP/s", "int8: {value: 1979 PFLOP/s"),
        line="int8:",
        words="2.83e+15 FLOP/s per W",
    ),
    physics(
        "sane_per_watt",
        (CHIPS, "fp4: {value: 3958 TFLOP/s", "fp4: {value: 3958 PFLOP/s"),
        line="fp4:",
        words="outside 2e+11 to 4e+13",
    ),
    physics("sane_per_watt", second_chip("7 W"), line="id: a2", words="`a2` has a TDP of 7 W"),
    physics(
        "sane_per_watt", second_chip("700 kW"), line="id: a2", words="`a2` has a TDP of 700000 W"
    ),
    physics(
        "sane_links_and_weight",
        (CHIPS, "900 GB/s", "9 TB/s"),
        line="scale_up_bandwidth:",
        words="scale-up of 9000 GB/s beside memory of 3350",
    ),
    physics(
        "sane_links_and_weight",
        (SYSTEMS, "400 Gbit/s", "400 Mbit/s"),
        line="nic_bandwidth:",
        words="0.4 Gbit/s",
    ),
    physics(
        "sane_links_and_weight",
        (SYSTEMS, "130 kg", "130 t"),
        line="weight:",
        words="130000 kg for 10.2 kW",
    ),
    physics(
        "sane_links_and_weight",
        (SYSTEMS, "130 kg", "130 g"),
        line="weight:",
        words="0.13 kg for 10.2 kW",
    ),
    physics(
        "whole_counts",
        (SYSTEMS, "accelerators: {value: 8,", "accelerators: {value: 8.5,"),
        line="accelerators:",
        words="8.5 accelerators",
    ),
    physics(
        "whole_counts",
        (SYSTEMS, "scale_up_domain: {value: 8,", "scale_up_domain: {value: 0,"),
        line="scale_up_domain:",
        words="0 scale_up_domain",
    ),
]

ODD = [
    odd(
        "narrow_not_slower",
        (CHIPS, "fp8: {value: 1979", "fp8: {value: 900"),
        line="fp8:",
        words="989 TFLOP/s in bf16 and only 900 TFLOP/s in fp8",
    ),
    odd(
        "narrow_not_slower",
        (CHIPS, "fp4: {value: 3958", "fp4: {value: 1900"),
        line="fp4:",
        words="in fp8 and only 1900 TFLOP/s in fp4",
    ),
    odd(
        "narrow_not_slower",
        (CHIPS, "tf32: {value: 495", "tf32: {value: 1100"),
        line="bf16:",
        words="1100 TFLOP/s in tf32",
    ),
    odd(
        "narrow_not_slower",
        (CHIPS, "fp64: {value: 34", "fp64: {value: 70"),
        line="fp64_tensor:",
        words="70 TFLOP/s in fp64 and only 67",
    ),
    odd(
        "liquid_share_fits_cooling",
        (SYSTEMS, "cooling: air", "cooling: liquid"),
        line="id: s1",
        words="`s1` is cooled by liquid",
    ),
    odd(
        "liquid_share_fits_cooling",
        (SYSTEMS, "cooling: air", "cooling: hybrid"),
        line="id: s1",
        words="`s1` is cooled by hybrid",
    ),
    wrong(
        "liquid_share_fits_cooling",
        (SYSTEMS, "cooling: air", f"cooling: air\n    liquid_share: {{value: 80 %, {SHEET}"),
        code="C004",
        line="liquid_share:",
        words="gives 80% of its heat to liquid",
    ),
    odd(
        "air_can_carry",
        (SYSTEMS, "10.2 kW", "15.5 kW"),
        line="nameplate:",
        words="cooled by air at 15.5 kW; a server seldom passes 15 kW",
    ),
    odd(
        "air_can_carry",
        (SYSTEMS, "10.2 kW", "51 kW"),
        (SYSTEMS, "form: server", "form: rack"),
        line="nameplate:",
        words="a rack seldom passes 50 kW",
    ),
    odd(
        "software_has_efficiency",
        (CHIPS, "software: CUDA", "software: Cuda"),
        line="id: a1",
        words="`a1` runs `Cuda`",
    ),
    wrong(
        "enough_to_plan_with",
        (CHIPS, f"    tdp: {{value: 700 W, {SHEET}\n", ""),
        code="C004",
        line="id: a1",
        words="`a1` has no `tdp`",
    ),
    wrong(
        "enough_to_plan_with",
        (CHIPS, f"    memory: {{value: 80 GB, {SHEET}\n", ""),
        code="C004",
        line="id: a1",
        words="`a1` has no `memory`",
    ),
    wrong(
        "enough_to_plan_with",
        (CHIPS, f"      bf16: {{value: 989 TFLOP/s, {SHEET}\n", ""),
        code="C004",
        line="id: a1",
        words="`a1` has no `peak.bf16`",
    ),
    wrong(
        "enough_to_plan_with",
        (SYSTEMS, f"      nameplate: {{value: 10.2 kW, {SHEET}\n", ""),
        code="C004",
        line="id: s1",
        words="`s1` has no `power.nameplate`",
    ),
    wrong(
        "enough_to_plan_with",
        (JUDGEMENT, f"planning_prices:\n  - system: s1\n    price: {PLANNED}\n", ""),
        code="C004",
        line="id: s1",
        words="`s1` has no planning price",
    ),
]

MONEY = [
    wrong(
        "prices_in_bands",
        (PRICES, "23 kUSD", "23 USD"),
        code="C004",
        line="of: a1",
        words="0.0329 USD per W, outside 1 to 500",
    ),
    wrong(
        "prices_in_bands",
        (PRICES, "23 kUSD", "23 MUSD"),
        code="C004",
        line="of: a1",
        words="3.29e+04 USD per W",
    ),
    wrong(
        "prices_in_bands",
        *second_system("230 USD"),
        code="C004",
        line="price: {value: 230 USD",
        words="`s2` at 0.23 kUSD",
    ),
    wrong(
        "prices_in_bands",
        *second_system("230 MUSD"),
        code="C004",
        line="price: {value: 230 MUSD",
        words="`s2` at 230000 kUSD",
    ),
    wrong(
        "plan_rests_on_something",
        (PRICES, SYSTEM_QUOTE + CHIP_QUOTE, "  []\n"),
        code="C002",
        severity="warning",
        line="price:",
        words="called `derived` and nobody's quote stands beside it",
    ),
    *(
        wrong(
            "plan_rests_on_something",
            (
                JUDGEMENT,
                PLANNED,
                f"{{value: 230 kUSD, kind: assumption, source: own-judgement, {given}}}",
            ),
            code="C002",
            severity="warning",
            line="price:",
            words="lacks its range or its reasoning",
        )
        for given in (
            "low: 1 kUSD, high: 1 MUSD",
            "low: 200 kUSD, note: as an uncle of mine says",
            "high: 1 MUSD, note: as he says too",
        )
    ),
    odd(
        "plan_within_quotes",
        (JUDGEMENT, PLANNED, "{value: 260 kUSD, kind: derived, source: shop}"),
        line="price:",
        words="planned at 260 kUSD, its quotes say 210 kUSD to 250 kUSD",
    ),
    odd(
        "plan_within_quotes",
        (JUDGEMENT, PLANNED, "{value: 200 kUSD, kind: derived, source: shop, note: trust me}"),
        line="price:",
        words="planned at 200 kUSD",
    ),
    odd(
        "quotes_near_plan",
        (
            PRICES,
            "",
            "  - {of: s1, per: system, price: 76 kUSD, kind: press, source: shop, date: 2026-04}\n",
        ),
        line="price: 76 kUSD",
        words="quoted at 76 kUSD in 2026-04 and is planned at 230 kUSD",
    ),
    odd(
        "quotes_near_plan",
        (
            PRICES,
            "",
            "  - {of: s1, per: system, price: 700 kUSD, "
            "kind: press, source: shop, date: 2026-04}\n",
        ),
        line="price: 700 kUSD",
        words="quoted at 700 kUSD",
    ),
    wrong(
        "prices_are_fresh",
        (PRICES, "date: 2026-03", "date: 2024-03"),
        (PRICES, "date: 2025", "date: 2024-10"),
        code="C003",
        severity="warning",
        line="of: a1",
        words="newest price of `s1`, on open sale, is of 2024-10",
    ),
]

ORIGIN = [
    wrong(
        "nothing_from_the_future",
        (PRICES, "date: 2025", "date: 2026-12"),
        code="C002",
        line="of: a1",
        words="dated 2026-12, after 2026-11-22",
    ),
    wrong(
        "nothing_from_the_future",
        (CHIPS, f"700 W, {SHEET}", f"700 W, date: 2027, {SHEET}"),
        code="C002",
        line="tdp:",
        words="`a1.tdp` is dated 2027",
    ),
    wrong(
        "nothing_from_the_future",
        (SOURCES, "date: 2026-08", "date: 2026-11-23"),
        code="C002",
        line="shop:",
        words="`shop` is dated 2026-11-23",
    ),
    wrong(
        "nothing_from_the_future",
        (JUDGEMENT, "date: 2026-10", "date: 2027-01"),
        code="C002",
        line="- of: s1",
        words="`s1.power.idle` is dated 2027-01",
    ),
    wrong(
        "judgement_apart_from_facts",
        (CHIPS, f"700 W, {SHEET}", "700 W, kind: assumption, source: sheet}"),
        code="C002",
        line="tdp:",
        words="`a1.tdp` is an assumption among facts",
    ),
    wrong(
        "judgement_apart_from_facts",
        (SYSTEMS, f"10.2 kW, {SHEET}", "10.2 kW, kind: assumption, source: own-judgement}"),
        code="C002",
        line="nameplate:",
        words="`s1.power.nameplate` is an assumption among facts",
    ),
    wrong(
        "judgement_apart_from_facts",
        (CHIPS, f"700 W, {SHEET}", "700 W, kind: derived, source: own-judgement}"),
        code="C002",
        line="tdp:",
        words="called `derived` and its source is our own judgement",
    ),
    wrong(
        "judgement_apart_from_facts",
        (JUDGEMENT, "kind: derived, source: shop", "kind: derived, source: own-judgement"),
        code="C002",
        line="price:",
        words="`s1.price` is called `derived`",
    ),
    wrong(
        "judgement_apart_from_facts",
        (CHIPS, f"700 W, {SHEET}", "700 W, kind: scenario, source: sheet}"),
        code="C002",
        line="tdp:",
        words="kind `scenario`",
    ),
    wrong(
        "quotes_are_quoted",
        (PRICES, "kind: analyst", "kind: assumption"),
        code="C002",
        line="of: a1",
        words="kind `assumption` from `shop`",
    ),
    wrong(
        "quotes_are_quoted",
        (PRICES, "kind: analyst, source: shop", "kind: analyst, source: own-judgement"),
        code="C002",
        line="of: a1",
        words="from `own-judgement`",
    ),
    wrong(
        "sources_can_be_read",
        (SOURCES, ", url: 'https://shop.example'", ""),
        code="C002",
        severity="warning",
        line="shop:",
        words="source `shop` has no address",
    ),
    wrong(
        "sources_can_be_read",
        (SOURCES, "'https://shop.example'", "'on GitHub'"),
        code="C002",
        severity="warning",
        line="shop:",
        words="`on GitHub` is not an address",
    ),
    wrong(
        "sources_are_used",
        (SOURCES, "", "  blog: {title: B, url: 'https://b.example', date: 2026}\n"),
        code="C002",
        severity="warning",
        line="blog:",
        words="nothing cites source `blog`",
    ),
    wrong(
        "judgement_is_fresh",
        (
            DEFAULTS,
            "  goodput:\n    {value: 0.5, kind: assumption, source: own-judgement, date: 2026-10}",
            "  goodput: {value: 0.5, kind: press, source: sheet}",
        ),
        code="C003",
        severity="warning",
        line="goodput:",
        words="`defaults.goodput` is judged by what was known in 2024-06",
    ),
    wrong(
        "judgement_is_fresh",
        (JUDGEMENT, "date: 2026-10", "date: 2024-10"),
        code="C003",
        severity="warning",
        line="- of: s1",
        words="`s1.power.idle` is judged",
    ),
]


def box(**other: str) -> Edit:
    figures = {
        "ports": "64",
        "port_speed": "400 Gbit/s",
        "rack_units": "1 RU",
        "price": "30000 USD",
        "typical": "700 W",
        "nameplate": "900 W",
        "protocol": "ethernet",
        **other,
    }
    drawn = [f"{word}: {{value: {figures.pop(word)}, {SHEET}" for word in ("typical", "nameplate")]
    protocol = figures.pop("protocol")
    rest = "".join(
        f"    {word}: {{value: {value}, {SHEET}\n" for word, value in figures.items() if value
    )
    head = (
        "switches:\n  - id: w1\n    name: Box\n    maker: Acme\n    source: sheet\n    "
        f"protocol: {protocol}\n"
    )
    return "network/acme.yaml", "", f"{head}{rest}    power:\n      {drawn[0]}\n      {drawn[1]}\n"


def pluggable(
    nameplate: str = "9 W", price: str = f"\n    price: {{value: 700 USD, {SHEET}"
) -> Edit:
    head = (
        "transceivers:\n  - id: m1\n    name: M\n    maker: Acme\n    source: sheet\n    "
        "medium: multimode\n"
    )
    figures = (
        "    link_speed: "
        f"{{value: 400 Gbit/s, {SHEET}\n    links: {{value: 1, {SHEET}\n    reach: {{value: 50 m, {SHEET}\n"  # noqa: E501
    )
    draw = (
        "    power:\n      typical: "
        f"{{value: 8 W, {SHEET}\n      nameplate: {{value: {nameplate}, {SHEET}"
    )
    return "network/acme.yaml", "", head + figures + draw + price + "\n"


NETWORK = [
    physics(
        "draws_in_order",
        box(typical="1000 W"),
        line="typical:",
        words="`w1` typically takes 1000 W, above its nameplate of 900 W",
    ),
    physics(
        "sane_per_port",
        box(nameplate="900 kW"),
        line="nameplate:",
        words="35.2 W per Gbit/s, outside 0.005 to 0.2",
    ),
    physics("sane_per_port", box(price="30 MUSD"), line="price:", words="1.17e+03 USD per Gbit/s"),
    physics("sane_per_port", pluggable("9 kW"), line="nameplate:", words="22.5 W per Gbit/s"),
    physics("whole_ports", box(ports="63.5"), line="ports:", words="`w1` has 63.5 ports"),
    physics(
        "whole_ports",
        box(port_speed=""),
        line="id: w1",
        words="forwards ethernet and has no port speed",
    ),
    physics(
        "whole_ports",
        box(protocol="light"),
        line="id: w1",
        words="forwards light and has a port speed",
    ),
    wrong(
        "enough_to_bill",
        pluggable(price=""),
        code="C004",
        line="id: m1",
        words="`m1` has no `price`",
    ),
]

BITTEN_ELSEWHERE = {
    "planner.catalog.lint_facility": "tests/catalog/test_facility.py",
    "planner.catalog.lint_generation": "tests/catalog/test_generation.py",
}
"""Modules of checks that need more than the small catalog, with the tests that bite each of
them."""
UPSTREAM = {"every_origin", "origins_not_from_the_future"}
"""Checks that `tests/catalog/test_upstream.py` bites."""

EVERY = [*PHYSICS, *ODD, *MONEY, *ORIGIN, *NETWORK]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.check}-{case.words[:24]}")
def test_one_wrong_thing_is_the_one_problem(case, tmp_path):
    catalog = load_catalog(write(tmp_path, *case.edits))
    problems = lint(catalog, TODAY)
    assert [p.code for p in problems] == [case.code], "\n".join(p.concise() for p in problems)
    (problem,) = problems
    assert problem.warning == (case.severity == "warning")
    assert case.words in problem.message
    assert problem.help
    assert problem.mark is not None
    assert case.line in problem.mark.source.line(problem.mark.line)
    (check,) = (check for check in CHECKS if check.__name__ == case.check)
    assert list(check(catalog, TODAY)) == problems


def test_every_check_is_bitten():
    here = [check for check in CHECKS if check.__module__ not in BITTEN_ELSEWHERE]
    assert {case.check for case in EVERY} | UPSTREAM == {check.__name__ for check in here}


def test_the_unchanged_catalog_is_clean(tmp_path):
    assert lint(load_catalog(write(tmp_path)), TODAY) == []


UNUSUAL = {
    "nameplate equal to the chips": [
        (SYSTEMS, "10.2 kW", "5.6 kW"),
        (SYSTEMS, "8.4 kW", "5.6 kW"),
        (SYSTEMS, "7.1 kW", "5.6 kW"),
    ],
    "nameplate one per cent below them": [(CHIPS, "tdp: {value: 700 W", "tdp: {value: 1287 W")],
    "fp8 as fast as bf16": [(CHIPS, "fp8: {value: 1979", "fp8: {value: 989")],
    "int8 given up": [(CHIPS, "int8: {value: 1979", "int8: {value: 165")],
    "sparse four times dense": [
        (CHIPS, "peak_sparse:\n      bf16: {value: 1979", "peak_sparse:\n      bf16: {value: 3956")
    ],
    "little fp64": [
        (CHIPS, "fp64: {value: 34", "fp64: {value: 1.2"),
        (CHIPS, "fp64_tensor: {value: 67", "fp64_tensor: {value: 1.2"),
    ],
    **{
        f"{counted} counted of 80 GB": [
            (
                CHIPS,
                f"    memory_bandwidth: {{value: 3.35 TB/s, {SHEET}",
                "    memory_counted: "
                f"{{value: {counted}, {SHEET}\n    memory_bandwidth: {{value: 3.35 TB/s, {SHEET}",
            )
        ]
        for counted in ("80 GiB", "81559 MiB", "72 GB")
    },
    "40 kW by liquid": [
        (SYSTEMS, "10.2 kW", "40 kW"),
        (SYSTEMS, "cooling: air", f"cooling: liquid\n    liquid_share: {{value: 90 %, {SHEET}"),
    ],
    "two positions of air": [
        (SYSTEMS, "10.2 kW", "55 kW"),
        (SYSTEMS, "form: server", f"form: rack\n    racks: {{value: 2, {SHEET}"),
    ],
    "shipments still to come": [
        (SYSTEMS, "ships_from: {value: 2024-03", "ships_from: {value: 2027-06")
    ],
    "a source of this month": [(SOURCES, "date: 2026-08", "date: 2026-11")],
    "a quote of this quarter": [(PRICES, "date: 2026-03", "date: 2026-Q4")],
    "old prices of what is not sold": [
        (PRICES, "date: 2026-03", "date: 2024-03"),
        (PRICES, "date: 2025", "date: 2024-10"),
        (SYSTEMS, "sale: open", "sale: internal"),
    ],
    "a newest price of the month two years ago": [
        (PRICES, "date: 2026-03", "date: 2024-03"),
        (PRICES, "date: 2025", "date: 2024-11"),
    ],
    "a price outside its quotes, explained": [
        (
            JUDGEMENT,
            PLANNED,
            "{value: 260 kUSD, kind: derived, source: shop, note: the quote was of used machines "
            "without support}",
        )
    ],
    "quotes too old to bind the plan": [
        (PRICES, "date: 2026-03", "date: 2023-10"),
        (JUDGEMENT, "value: 230 kUSD", "value: 260 kUSD"),
    ],
    "a price at the lower end of its quotes": [(JUDGEMENT, "value: 230 kUSD", "value: 210 kUSD")],
    "a price at their upper end": [(JUDGEMENT, "value: 230 kUSD", "value: 250 kUSD")],
    "a source of today": [(SOURCES, "date: 2026-08", "date: 2026-11-22")],
    "a domain of one": [(SYSTEMS, "scale_up_domain: {value: 8,", "scale_up_domain: {value: 1,")],
    "an assumed price that leans on a source": [
        (
            JUDGEMENT,
            "kind: derived, source: shop",
            "kind: assumption, source: shop, note: half of list",
        )
    ],
    "a source that only a note names": [
        (SOURCES, "", "  blog: {title: B, url: 'https://b.example', date: 2026}\n"),
        (CHIPS, f"700 W, {SHEET}", f"700 W, note: 650 by blog, {SHEET}"),
    ],
    "an efficiency of its own": [
        (CHIPS, "software: CUDA", "software: Other"),
        (DEFAULTS, "software: CUDA, precision: bf16", "accelerator: a1, precision: bf16"),
    ],
}


@pytest.mark.parametrize("edits", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_the_unusual_is_spared(edits, tmp_path):
    problems = lint(load_catalog(write(tmp_path, *edits)), TODAY)
    assert problems == [], "\n".join(p.concise() for p in problems)


def test_problems_come_in_the_order_of_the_files(tmp_path):
    edits = [
        (SOURCES, ", url: 'https://shop.example'", ""),
        (CHIPS, "80 GB", "80 TB"),
        (SYSTEMS, "130 kg", "130 t"),
        (CHIPS, "int8: {value: 1979 T", "int8: {value: 1979 G"),
    ]
    problems = lint(load_catalog(write(tmp_path, *edits)), TODAY)
    places = [(p.mark.source.name, p.mark.line) for p in problems if p.mark]
    assert len(places) == 4
    assert places == sorted(places)


def test_what_is_old_depends_on_the_day(tmp_path):
    catalog = load_catalog(write(tmp_path))
    assert lint(catalog, date(2026, 11, 22)) == []
    assert {p.code for p in lint(catalog, date(2025, 1, 1))} == {
        "C002"
    }  # all of it is in the future
    later = lint(catalog, date(2029, 1, 1))
    assert {p.code for p in later} == {"C003"}
    assert any("newest price of `s1`" in p.message for p in later)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 22), 24, date(2024, 11, 22)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2023, 3, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 24, date(2022, 2, 28)),
        (date(2026, 1, 15), 36, date(2023, 1, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_months_before(day, months, expected):
    assert months_before(day, months) == expected
