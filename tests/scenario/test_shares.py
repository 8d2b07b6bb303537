"""Rules on shares, losses to survive, makers, compatibility and priorities: what a file may say,
and what is said of a wrong one."""

from __future__ import annotations

import itertools

import pytest

from planner.core.case import Case
from tests.scenario.sample import SOUND, catalog, load, marked, places_of, problems_of, spoilt

RULE = "  - {level: supplier, metric: spend, max_share: 60 %}\n"


def ruled(*rules: str, text: str = SOUND) -> str:
    """The sound scenario with other rules."""
    return spoilt(RULE, "".join(f"  - {{{rule}}}\n" for rule in rules), text)


def surviving(*lines: str) -> str:
    """The sound scenario with losses to survive."""
    return SOUND + "survival:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


# --- windows


def test_a_rule_of_the_fleet_holds_in_every_period():
    rule = load(ruled("of: fleet, max_hhi: 0.9")).case.rules[0]
    assert (rule.of, rule.max_hhi, rule.windows) == ("fleet", 0.9, [(t, t) for t in range(8)])


def test_a_cumulative_rule_holds_of_all_so_far():
    assert load(ruled("cumulative: true, min_share: 10 %, only: amd")).case.rules[0].windows == [
        (0, t) for t in range(8)
    ]


def test_a_share_of_nobody_in_particular():
    rule = load(ruled("min_share: 20 %", "max_suppliers: 1")).case.rules
    assert (rule[0].min_share, rule[0].only, rule[1].max_suppliers) == (0.2, None, 1)


# --- upstream


def makers(case: Case, system: str, level: str) -> tuple[str, ...]:
    return case.makers(case.system[system], "north", level)  # type: ignore[arg-type]


def test_makers_come_from_the_catalog_only_where_a_rule_asks():
    case = load(ruled("level: memory, max_suppliers: 3")).case
    assert makers(case, "hgx-h100", "memory") == ("samsung", "sk-hynix")
    assert case.system["hgx-h100"].upstream.keys() == {"memory"}
    h100 = next(row for row in case.origins if row.accelerator == "h100-sxm")
    assert (h100.level, h100.kind, h100.grade) == ("memory", "analyst", "C")
    assert h100.source
    assert h100.date
    assert load(SOUND).case.origins == []


def test_the_scenario_may_know_better():
    text = spoilt(
        "  - mi355x-server\n",
        "  - {system: mi355x-server, upstream: {memory: [micron]}}\n",
        ruled("level: memory, max_suppliers: 3"),
    )
    case = load(text).case
    assert makers(case, "mi355x-server", "memory") == ("micron",)
    assert [row.grade for row in case.origins if row.accelerator == "mi355x"] == ["B"]


def test_two_vendors_on_one_foundry_cannot_be_half_each():
    found = problems_of(ruled("level: foundry, max_share: 50 %"))
    assert [(p.code, p.message) for p in found] == [
        ("S003", "1 foundry at no more than 50% each cannot make up the whole")
    ]


OPEN = (
    "hgx-h200",
    "hgx-b200",
    "hgx-b300",
    "mi300x-server",
    "mi325x-server",
    "mi350x-server",
    "gaudi3-server",
    "dgx-b200",
    "dgx-b300",
    "dgx-h200",
)


def open_makers(number: int) -> str:
    """The sound scenario with systems whose packaging may be of any two of so many makers, and a
    limit on their HHI."""
    makers = ("amkor", "ase-spil", "intel-emib", "samsung-icube", "tsmc-cowos")[:number]
    known = [
        ("hgx-h100", makers[:1]),
        ("mi355x-server", makers[:1]),
        *zip(OPEN, itertools.combinations(makers, 2), strict=False),
    ]
    lines = [
        f"  - {{system: {system}, upstream: {{packaging: [{', '.join(names)}]}}}}\n"
        for system, names in known
    ]
    sound = spoilt(
        "  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days}\n  - mi355x-server\n",
        "".join(lines),
    )
    return ruled("level: packaging, metric: units, max_hhi: 0.9", text=sound)


def test_an_hhi_has_as_many_worst_cases_as_are_read():
    """Proves: a limit on an HHI is refused where too many makers may have made the systems, at its
    own place and with a way out."""
    assert load(open_makers(4)).case.rules[0].max_hhi == 0.9
    text, places = marked(open_makers(5).replace("max_hhi: 0.9", "max_hhi: «0.9"))
    found = problems_of(text)
    assert [(p.code, p.message.split(",")[0]) for p in found] == [
        ("S003", "the HHI of packaging lines has more than 24 worst cases")
    ]
    assert (
        found[0].help == "name the packaging line of more systems: `upstream: {packaging: [amkor]}`"
    )
    assert places_of(found) == places


# --- what is wrong

WRONG = [
    ("max_hhi: 0.4", "«0.4", "S003", "2 suppliers cannot have an HHI below 0.5"),
    ("max_hhi: 1.4", "«1.4", "R001", "1"),
    ("max_share: 50 %, min_share: 10 %", "«", "K003", "a diversification rule asks for one of"),
    ("max_hhi: 0.9, only: amd", "«", "K003", "`only` goes with `max_share` or `min_share`"),
    ("min_share: 10 %, only: intel", "«intel", "I001", "no supplier `intel` among the candidates"),
    (
        "cumulative: true, window: 1 year, max_share: 60 %",
        "«",
        "K003",
        "either a `window` or is `cumulative`",
    ),
    ("of: fleet, window: 1 year, max_share: 60 %", "«", "K003", "`window` is of deliveries"),
    ("of: fleet, cumulative: true, max_share: 60 %", "«", "K003", "`cumulative` is of deliveries"),
    ("level: fab, max_share: 60 %", "«fab", "T002", "expected one of supplier, software, foundry"),
    (
        "level: region, max_share: 60 %",
        None,
        "S002",
        "site `north` has no `region`, and `diversification.0` counts by it",
    ),
]


@pytest.mark.parametrize(("rule", "at", "code", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_rule_is_said_where_it_stands(rule, at, code, words):
    text = ruled(rule)
    if at is not None:
        start = (
            text.index(f"{{{rule}}}")
            if at == "«"
            else text.index(at[1:], text.index(f"{{{rule}}}"))
        )
        text, places = marked(text[:start] + "«" + text[start:])
    found = [p for p in problems_of(text) if p.code == code]
    assert found, [p.concise() for p in problems_of(text)]
    assert any(words in p.message for p in found), [p.message for p in found]
    if at is not None:
        assert places_of(found[:1]) == places


SURVIVAL = [
    ("demand: frist, serves: 50 %", "I001", "no demand `frist`"),
    ("demand: first, metric: units, serves: 50 %", "K003", "`metric` goes with the fleet"),
    ("demand: first, precision: fp8, serves: 50 %", "K003", "`precision` goes with the metric"),
    (
        "level: supplier, losses: 2, serves: 10 %",
        "S003",
        "losing 2 of 2 suppliers leaves nothing: amd, nvidia",
    ),
    (
        "level: supplier, serves: 60 %",
        "S003",
        "of 2 suppliers at most 50.0% are left, 60.0% are asked for",
    ),
    (
        "level: site, demand: first, serves: 10 %",
        "S003",
        "losing 1 of 1 site leaves nothing: north",
    ),
    ("demand: first, serves: 50 %", "S003", "losing 1 of 1 supplier leaves nothing: nvidia"),
    ("losses: 0, serves: 10 %", "T001", "greater than or equal to 1"),
    ("level: foundry, serves: 10 %", "S003", "losing 1 of 1 foundry leaves nothing: tsmc"),
]


@pytest.mark.parametrize(("line", "code", "words"), SURVIVAL, ids=[row[0] for row in SURVIVAL])
def test_a_loss_that_nothing_survives_is_said(line, code, words):
    found = problems_of(surviving(line))
    assert any(p.code == code and words in p.message and p.mark is not None for p in found), [
        p.concise() for p in found
    ]


def test_half_of_the_only_foundry_can_be_survived():
    case = load(surviving("level: foundry, lost: 50 %, demand: first, serves: 40 %")).case
    assert (case.survival[0].lost, case.survival[0].serves, case.survival[0].demand) == (
        0.5,
        0.4,
        "first",
    )


def test_a_maker_that_is_misspelt_is_not_another_maker():
    text = spoilt(
        "  - mi355x-server\n", "  - {system: mi355x-server, upstream: {memory: [samsun]}}\n"
    )
    found = problems_of(text)
    assert [(p.code, p.message) for p in found] == [("I001", "no memory maker `samsun`")]
    assert "samsung" in found[0].help


# --- compatibility

TRAIN = (
    "  - {id: first, kind: deployment, accelerator: h100-sxm, need: {2027-Q1: 1000 accelerators}}\n"
)
COMPUTE = (
    "  - {id: train, kind: compute, precision: bf16, basis: peak, need: {2027-Q1: 1 "
    "EFLOP/s}, requires: {%s}}\n"
)


def required(what: str) -> str:
    return spoilt(TRAIN, COMPUTE % what)


@pytest.mark.parametrize(
    ("what", "serves"),
    [
        ("memory: 80 GB", ["hgx-h100", "mi355x-server"]),  # the name that it is sold by
        (
            "memory: 76 GiB",
            ["hgx-h100", "mi355x-server"],
        ),  # more than 80e9 bytes, and within what the driver counts
        ("memory: 81559 MiB", ["hgx-h100", "mi355x-server"]),
        ("memory: 81560 MiB", ["mi355x-server"]),
        ("memory: 80 GiB", ["mi355x-server"]),
        ("memory: 288 GiB", ["mi355x-server"]),
        ("memory: 141 GB", ["mi355x-server"]),
        ("memory: 0.25 TB", ["mi355x-server"]),
        ("domain: 8", ["hgx-h100", "mi355x-server"]),
        ("domain_memory: 1 TB", ["mi355x-server"]),
        ("domain_memory: 608 GiB", ["hgx-h100", "mi355x-server"]),
        ("domain_memory: 652472 MiB", ["hgx-h100", "mi355x-server"]),  # eight times 81 559
        ("domain_memory: 640 GiB", ["mi355x-server"]),
        ("scale_out: 400 Gbit/s", ["hgx-h100", "mi355x-server"]),
        ("software: [CUDA]", ["hgx-h100"]),
        ("software: [CUDA, ROCm], suppliers: [amd]", ["mi355x-server"]),
    ],
)
def test_who_has_what_is_required(what, serves):
    case = load(required(what)).case
    assert case.demands[0].systems == serves
    left_out = {"hgx-h100", "mi355x-server"} - set(serves)
    notes = [note for note in case.notes if note.startswith("demand train cannot be served by all")]
    assert len(notes) == bool(left_out)
    assert all(name in notes[0] for name in left_out)


def test_what_is_required_is_a_figure_with_its_source():
    figures = {(f.of, f.figure): f for f in load(required("memory: 80 GB, domain: 8")).case.figures}
    assert figures["h100-sxm", "memory"].value == 80
    assert figures["h100-sxm", "memory"].source
    assert ("hgx-h100", "scale_up_domain") in figures


def test_the_count_that_decides_is_a_figure_with_its_source():
    figures = {(f.of, f.figure): f for f in load(required("memory: 76 GiB")).case.figures}
    counted = figures["h100-sxm", "memory_counted"]
    assert (counted.value, counted.unit, counted.kind) == (
        pytest.approx(81559 * 2**20 / 1e9),
        "GB",
        "measured",
    )
    assert counted.url
    assert ("mi355x", "memory_counted") not in figures  # what it is sold with is enough


def test_memory_that_nobody_counted_is_taken_as_decimal():
    chips, priced = (
        catalog().accelerators,
        [s for s in catalog().systems.values() if s.id in catalog().planning_prices],
    )
    sold_gb = {
        s.id: chips[s.accelerator].memory_gb.value
        for s in priced
        if chips[s.accelerator].memory_counted_gb is None
    }
    system = min(sold_gb, key=sold_gb.get)

    def asked(unit: str):
        more = f"  - mi355x-server\n  - {system}\n"
        return load(
            spoilt("  - mi355x-server\n", more, required(f"memory: {sold_gb[system]:g} {unit}"))
        ).case

    lacks = (
        f"{system} has {sold_gb[system]:g} GB of memory per accelerator, as sold and not "
        "known to be more"
    )
    assert any(lacks in note for note in asked("GiB").notes)
    assert system in asked("GB").demands[0].systems


def test_what_nobody_published_is_not_promised():
    silent = next(
        s.id
        for s in catalog().systems.values()
        if s.nic_bandwidth_gbit_s is None and s.id in catalog().planning_prices
    )
    text = spoilt(
        "  - mi355x-server\n",
        f"  - mi355x-server\n  - {silent}\n",
        required("scale_out: 100 Gbit/s"),
    )
    found = load(text).case
    assert silent not in found.demands[0].systems
    assert any(f"{silent} has no published scale-out network" in note for note in found.notes)


def test_a_demand_that_nobody_can_serve_says_who_lacks_what():
    found = problems_of(required("memory: 141 GB, software: [CUDA]"))
    assert [(p.code, p.path) for p in found] == [("S003", "demands.0.requires")]
    has = (
        "hgx-h100 has 80 GB of memory per accelerator (85.521 GB = 79.647 GiB as counted), "
        "where 141 GB = 131.32 GiB are required"
    )
    assert has in found[0].message
    assert "mi355x-server runs ROCm, not CUDA" in found[0].message


@pytest.mark.parametrize(
    ("what", "message", "help_"),
    [
        ("software: [CUDDA]", "no software stack `CUDDA`", "CUDA"),
        ("suppliers: [nvidea]", "no supplier `nvidea`", "nvidia"),
    ],
)
def test_a_misspelt_requirement_excludes_nobody_in_silence(what, message, help_):
    found = [p for p in problems_of(required(what)) if p.code == "I001"]
    assert [p.message for p in found] == [message]
    assert help_ in found[0].help


# --- priorities


def prioritized(*priorities: str, objective: str = "[{minimize: cost}]") -> str:
    more = "".join(
        COMPUTE.replace("train", f"d{i}").replace(", requires: {%s}", f", {p}")
        for i, p in enumerate(priorities)
    )
    return spoilt("objective: [{minimize: cost}]", f"objective: {objective}", spoilt(TRAIN, more))


def test_each_priority_is_an_objective_before_the_others():
    case = load(
        prioritized(
            "priority: 2",
            "priority: 1",
            "priority: 2, shortfall: 2 USD/EFLOP",
            "shortfall: 1 USD/EFLOP",
        )
    ).case
    assert [str(entry.goal) for entry in case.goals] == [
        "minimize shortfall (priority 1)",
        "minimize shortfall (priority 2)",
        "minimize cost",
    ]
    assert [d.may_go_short for d in case.demands] == [True] * 4


def test_a_scenario_may_place_shortfall_itself():
    case = load(
        prioritized("priority: 2", objective="[{minimize: capex}, {minimize: shortfall}]")
    ).case
    assert [str(entry.goal) for entry in case.goals] == ["minimize capex", "minimize shortfall"]


@pytest.mark.parametrize(
    ("demand", "objective", "message"),
    [
        ("priority: 1", "[{minimize: shortfall, priority: 2}]", "no demand has priority 2"),
        (
            "priority: 1",
            "[{minimize: shortfall, priority: 2}]",
            "demand `d0` has priority 1, and no objective asks for it",
        ),
        ("basis: peak", "[{minimize: shortfall}]", "no demand may go short"),
        (
            "priority: 1",
            "[{minimize: cost, priority: 1}]",
            "`priority` goes with `minimize: shortfall`",
        ),
        (
            "priority: 1",
            "[{minimize: shortfall, at: 2027-Q1}]",
            "`at` has no meaning for shortfall",
        ),
        ("priority: 0", "[{minimize: cost}]", "greater than or equal to 1"),
    ],
)
def test_priorities_that_lead_nowhere(demand, objective, message):
    text = (
        prioritized(demand, objective=objective)
        .replace("basis: peak, basis: peak", "basis: peak")
        .replace(", basis: peak}", "}")
    )
    assert any(message in p.message for p in problems_of(text)), [
        p.message for p in problems_of(text)
    ]


def test_one_cluster_cannot_survive_its_own_loss():
    text = surviving("level: foundry, lost: 50 %, demand: first, serves: 40 %").replace(
        "{id: first,", "{id: first, coherent: true,"
    )
    found = problems_of(text)
    assert [(p.code, p.path) for p in found] == [("S003", "survival.0")]
    assert "demand `first` is coherent" in found[0].message
