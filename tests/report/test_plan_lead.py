"""The lead of a plan: at most fifteen lines, each figure the plan's own, no word broken at any
width; and with `-v` nothing that is wider than the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest import MonkeyPatch

from planner.capabilities.fleet.tables import Move, Retirement
from planner.capabilities.halls.tables import HallBegun
from planner.capabilities.supply.tables import Qualification
from planner.plan.schema import Plan
from planner.report.document import MOST_LINES, lead_lines
from planner.report.plan_lead import most_at_stake, plan_lead
from planner.report.plan_tables import plan_document
from planner.report.tables import Cell, Line, gap, megawatts, money, rate
from tests.conftest import SHIPPED, Command

README = Path(__file__).parents[2] / "README.md"
WIDTHS = (80, 120, 200)
EXPONENT = re.compile(r"\d[eE][+-]\d")


def drawn(plan: Plan, page: int, patch: MonkeyPatch, *, verbose: bool) -> list[str]:
    """Lines on a terminal of so many columns."""
    patch.setenv("COLUMNS", str(page))
    return plan_document(plan, verbose=verbose, sources=verbose).text("table").splitlines()


@pytest.mark.parametrize("name", SHIPPED)
def test_fifteen_lines_at_most_and_no_word_broken(
    name: str, shipped: Mapping[str, Plan], monkeypatch: MonkeyPatch
) -> None:
    """Proves: at each width every word is one that stands in the report where there is room for
    all, the lead has all its lines, and no number has an exponent. Where a list is cut, it says
    how much is left out."""
    plan = shipped[name]
    whole = {
        verbose: set(" ".join(drawn(plan, 9000, monkeypatch, verbose=verbose)).split())
        for verbose in (False, True)
    }
    for page in WIDTHS:
        for verbose in (False, True):
            lines = drawn(plan, page, monkeypatch, verbose=verbose)
            assert max(map(len, lines)) <= page
            strange = set(" ".join(lines).split()) - whole[verbose]
            assert {
                word for word in strange if not re.fullmatch(r"more;?|\d+|and|─+", word)
            } == set()
            assert not [line for line in lines if EXPONENT.search(line)]
        lead = drawn(plan, page, monkeypatch, verbose=False)
        assert len(lead) <= MOST_LINES
        assert [line.split()[0] for line in lead if line[0] != " "][1:] == [
            line.head for line in plan_lead(plan)
        ]
        assert drawn(plan, page, monkeypatch, verbose=True)[: len(lead)] == lead


def total(plan: Plan, prefix: str, field: str = "usd") -> float:
    """Money of the accounts of a name."""
    return sum(getattr(row, field) for row in plan.cash if row.bucket.startswith(prefix))


def read(value: float) -> str:
    """Four digits, and all of those before the point."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def figures_of(plan: Plan) -> dict[str, list[float]]:
    """Every figure that the lead must tell, worked out from the tables of the plan, in the order of
    its lines."""
    units, spent = Counter[str](), Counter[str]()
    for p in plan.purchases:
        units[p.system] += p.units
        spent[p.system] += round(p.systems_usd)
    at_meter = [row for row in plan.power if row.basis == "utility"]
    by_period = {row.period: [0.0, 0.0] for row in at_meter}
    for row in at_meter:
        by_period[row.period][0] += row.nameplate_mw
        by_period[row.period][1] += row.peak_mw or 0.0
    top = max(nameplate for nameplate, _ in by_period.values())
    when = next(p for p, sums in by_period.items() if sums[0] == pytest.approx(top, rel=1e-9))
    assert top == pytest.approx(plan.totals.utility_nameplate_mw)
    t = [p.label for p in plan.case.timeline.periods].index(when)
    energized = sum(site.power_w[t] for site in plan.case.sites if site.power_w) / 1e6
    own = sum(row.nameplate_mw for row in plan.sources if row.period == when)
    highest = {row.source: max(r.nameplate_mw for r in plan.sources if r.source == row.source)
               for row in plan.sources}  # fmt: skip
    short = [row for row in plan.demands if row.short > 1e-6 * row.need]
    last = plan.case.timeline.periods[-1].label
    binding = Counter(row.name for row in plan.limits if row.binding)
    worst = most_at_stake(plan)
    assert worst is not None and worst.low is not None and worst.high is not None
    found: dict[str, list[float]] = {
        "Buy": [
            *(units[s] for s, _ in spent.most_common()),
            *(sum(p.accelerators for p in plan.purchases), sum(units.values())),
        ],
        "Besides": [*highest.values(), *(row.units for row in plan.retirements)],
        "When": [],
        "Power": [*by_period[when], energized, *([own] if own else [])],
        "Money": [
            total(plan, "capex."),
            plan.totals.capex_usd_per_it_mw or 0.0,
            total(plan, "opex."),
            sum(row.present_usd for row in plan.cash),
        ],
        "Compute": [r.delivered_flop_s for r in plan.compute if r.period == last],
        "Proof": [],
        "Short": [max(row.short / row.need for row in short), total(plan, "penalty.")]
        if short
        else [],
        "Binds": sorted(binding.values(), reverse=True),
        "Figures": [
            *(len(plan.case.figures), sum(f.grade == "D" for f in plan.case.figures)),
            worst.value,
            *(100 * (end / worst.value - 1) for end in (worst.low, worst.high)),
        ],
        "More": [len(plan.case.notes), len(plan.case.shifts)],
    }
    for goal in plan.goals:
        assert goal.bound is not None and goal.gap is not None
        said = read(goal.value) != read(goal.bound)
        found["Proof"] += [goal.value, goal.gap, *([goal.bound] if said else [])]
    return {head: values for head, values in found.items() if values or head == "When"}


def told(lead: list[Line]) -> dict[str, list[float]]:
    """Every figure that a lead tells."""
    return {
        line.head: [v.value if isinstance(v, Cell) else float(v) for v in line.values()]
        for line in lead
    }


def agrees(lead: list[Line], plan: Plan) -> bool:
    """Whether a lead tells these figures and no others."""
    mine, right = told(lead), figures_of(plan)
    return list(mine) == list(right) and all(
        mine[head] == pytest.approx(values, rel=1e-6, abs=1e-9) for head, values in right.items()
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_each_figure_is_the_plans_own(name: str, shipped: Mapping[str, Plan]) -> None:
    lead = plan_lead(shipped[name])
    assert told(lead) == {
        head: pytest.approx(values, rel=1e-6, abs=1e-9)
        for head, values in figures_of(shipped[name]).items()
    }
    assert agrees(lead, shipped[name])


def test_a_lead_with_one_other_figure_is_seen(shipped: Mapping[str, Plan]) -> None:
    """Proves: of the comparison above, no figure is left out."""
    plan = shipped["diversified"]
    lead, changed = plan_lead(plan), 0
    for n, line in enumerate(lead):
        for part in ("says", "items", "after"):
            words = getattr(line, part)
            for other in changes(words):
                tampered = [*lead[:n], replace(line, **{part: other}), *lead[n + 1 :]]
                assert not agrees(tampered, plan), (line.head, other)
                changed += 1
    assert changed == sum(map(len, told(lead).values())) > 25


def changes(words: Any) -> list[Any]:
    """Words, or lists of them, in each of which one figure is another."""
    found = []
    for i, word in enumerate(words):
        if isinstance(word, list | tuple):
            others = changes(word)
        elif isinstance(word, Cell):
            others = [replace(word, value=word.value * 1.001 + 0.001)]
        else:
            others = [] if isinstance(word, str) else [word * 1.001 + 0.001]
        found += [[*words[:i], other, *words[i + 1 :]] for other in others]
    return found


def test_the_readme_shows_what_is_printed(
    shipped: Mapping[str, Plan], monkeypatch: MonkeyPatch
) -> None:
    lines = drawn(shipped["colossus"], 80, monkeypatch, verbose=False)
    blocks = re.findall(r"```text\n(.*?)\n```", README.read_text(encoding="utf-8"), flags=re.S)
    assert "\n".join(lines) in blocks


def test_the_assumption_on_which_most_is_at_stake(shipped: Mapping[str, Plan]) -> None:
    """By hand: 2720 racks of 5.25 MUSD at 3.9 to 7.8 are 10.6 GUSD, their chips' power a quarter of
    14.3 at most; rented turbines of 112 MW for a year at 240 to 984 kUSD are 83 MUSD, 224 MW of
    them set up at 10 to 150 kUSD 31 MUSD."""
    found = {name: most_at_stake(shipped[name]) for name in ("openai-amd-1gw", "colossus-turbines")}
    assert {name: (f.of, f.figure) for name, f in found.items() if f} == {
        "openai-amd-1gw": ("mi450-helios", "price"),
        "colossus-turbines": ("memphis:large-turbines", "fixed"),
    }


def lead_text(plan: Plan) -> dict[str, str]:
    return {line.head: line.text() for line in plan_lead(plan)}


def test_a_plan_that_is_not_proven_says_so(shipped: Mapping[str, Plan]) -> None:
    """Interrupted in its second objective of three, without a bound."""
    plan = shipped["resilient"]
    open_ = plan.goals[1].model_copy(update={"bound": None, "gap": None, "proven": False})
    stopped = plan.model_copy(
        update={
            "goals": [plan.goals[0], open_],
            "solve": plan.solve.model_copy(update={"status": "interrupted"}),
        }
    )
    assert lead_text(stopped)["Proof"] == (
        "best found before the interrupt: minimize shortfall (priority 1) 0 of what is asked, gap "
        "0 %; minimize shortfall (priority 2) 0 of what is asked, no bound proven; not reached in "
        "the time: minimize cost"
    )


def test_nothing_bought_and_no_limit_given(shipped: Mapping[str, Plan]) -> None:
    plan = shipped["diversified"]
    plains, river = plan.case.sites
    free = plan.case.model_copy(
        update={"sites": [plains.model_copy(update={"power_w": None}), river], "figures": []}
    )
    said = lead_text(plan.model_copy(update={"purchases": [], "limits": [], "case": free}))
    assert said["Buy"] == "no systems"
    assert "When" not in said
    assert said["Power"].endswith("; 60 MW energized; plains without a limit")
    assert said["Figures"] == "0, 0 assumed (†)"
    assert said["Binds"] == "no limit: each has more than 0.5 % left"
    assert lead_text(plan.model_copy(update={"power": []}))["Power"] == "nothing runs"


def test_no_value_has_an_exponent() -> None:
    """A gap is not told as smaller than it is."""
    values = (money(1.23456e13), rate(2e25), rate(2e11), gap(1e-8), gap(1e-6), gap(0.0))
    assert [str(value) for value in values] == [
        *("$12\u202f346 B", "20\u202f000 ZFLOP/s", "200000000000 FLOP/s"),
        *("below 0.0001 %", "0.0001 %", "0 %"),
    ]


def test_what_is_done_besides(shipped: Mapping[str, Plan]) -> None:
    """Proves: halls, qualified suppliers and machines that leave are told, summed by place."""
    hall = HallBegun(
        site="plains", hall="h", begun="2027-Q1", begun_on="2027-01-01", usable="2028-Q1",
        number=2, it_mw=9.0, cost_usd=1e8,
    )  # fmt: skip
    gone = Retirement(
        system="dgx-h100", site="river", period="2028-Q1", vintage="fleet.0", home="river",
        units=700, sale_usd=0.0,
    )  # fmt: skip
    move = Move(
        system="hgx-b200", origin="river", destination="plains", period="2028-Q1",
        vintage="2027-Q1", in_service="2028-Q2", units=3, cost_usd=0.0,
    )  # fmt: skip
    new = Qualification(supplier="amd", started="2027-Q1", qualified="2027-Q3", cost_usd=2.5e6)
    rows = {
        "halls": [hall, hall.model_copy(update={"number": 1})],
        "qualifications": [new],
        "retirements": [gone, gone.model_copy(update={"units": 50})],
        "moves": [move],
    }
    assert lead_text(shipped["diversified"].model_copy(update=rows))["Besides"] == (
        "3 halls of kind h at plains, qualify amd for $2.5 M, 750 dgx-h100 at river switched off, "
        "3 hgx-b200 moved from river to plains"
    )


LONG = "a-site-with-a-name-that-is-longer-than-the-page-is-wide"
LEAD = [
    Line("Buy", ["of ", megawatts(1.5), ": "], [[n, f" of system-{n}"] for n in range(40)]),
    Line("Proof", [], [[f"objective {n}"] for n in range(8)], "; ", least=3),
    Line("Money", ["capex ", money(1.25e9), f" at {LONG}"]),
]


def test_a_list_that_is_too_long_is_cut_and_counted() -> None:
    """Proves: no more is cut than must be, what must stay stays, and a name is never broken."""
    lines = lead_lines("a title", LEAD, 50)
    text = " ".join(" ".join(lines).split())
    assert len(lines) == MOST_LINES
    assert LONG in lines[-1].split()
    shown = [int(n) for n in re.findall(r"of system-(\d+)", text)]
    left = [int(n) for n in re.findall(r"and (\d+) more", text)]
    assert shown == list(range(len(shown)))
    assert len(shown) + left[0] == 40
    assert text.count("objective ") >= 3
    one_more = [replace(LEAD[0], items=LEAD[0].items[: len(shown) + 3]), *LEAD[1:]]
    assert one_more[0].text(len(shown)) in LEAD[0].text(len(shown)).replace(str(left[0]), "3")
    assert lead_lines("a title", LEAD[2:], 200) == ["a title", f"Money  capex $1.25 B at {LONG}"]


def test_the_rest_is_told_if_asked_for(
    command: Command, shipped: Mapping[str, Plan], tmp_path: Path
) -> None:
    """Proves: data is the same either way; Markdown has the lead as a list; figures with their
    sources follow the lead where they are asked for."""
    plan = tmp_path / "plan.json"
    plan.write_text(shipped["colossus"].to_json(), encoding="utf-8")
    for form in ("csv", "json"):
        assert (
            command("show", plan, "--format", form).out
            == command("show", plan, "--format", form, "-v").out
        )
    lead, whole = (command("show", plan, "--format", "md", *v).out for v in ((), ("-v",)))
    assert len(lead.splitlines()) <= MOST_LINES
    assert whole.startswith(lead.rstrip())
    assert "- **Buy** 18\u202f750 hgx-h100, 6250 hgx-h200†; 200\u202f000 accelerators" in lead
    assert "| system |" not in lead and "| system |" in whole
    shown = command("show", plan, "--sources").out
    assert "Every figure used" in shown and "What to buy" not in shown
    assert shown.startswith(command("show", plan).out)
