"""What is on order: its figures and days, from the file or from tables that a buyer sends, and what
is said of a wrong one."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.scenario.load import load_scenario
from tests.scenario.sample import SOUND, load, problems_of

ORDER = "{id: po, system: hgx-h100, site: north, units: 80 accelerators, delivery: 2026-08-20"


def orders(*said: str) -> str:
    return SOUND + "orders:\n" + "".join(f"  - {one}\n" for one in said)


def on_order(text: str):
    case = load(text).case
    return next(s for s in case.systems if s.order), case


def test_an_order_is_its_product_on_its_day():
    system, case = on_order(orders(f"{ORDER}, price: 200 kUSD, paid: 25 %}}"))
    product = case.system["hgx-h100"]
    assert (system.id, system.product, system.price_usd) == ("hgx-h100@po", "hgx-h100", 200e3)
    assert (str(system.first), str(system.last), system.sites) == (
        "2026-08-20", "2026-08-20", ["north"],
    )  # fmt: skip
    assert (system.paid, system.down_payment) == (0.25, 0.0)  # before the horizon: spent already
    assert system.nameplate_w == product.nameplate_w
    (order,) = case.orders
    assert (order.system, order.site, order.units) == ("hgx-h100@po", "north", 10)
    assert system.id in case.demands[0].systems


def test_what_is_paid_within_the_horizon_is_paid_on_its_day():
    system, _ = on_order(orders(f"{ORDER}, paid: 25 %, placed: 2026-02-20}}"))
    assert (system.paid, system.down_payment, system.lead_time_days) == (0.0, 0.25, 181.0)


def test_a_month_is_its_last_day_and_a_price_the_planned_one():
    said = "{system: hgx-h100, site: north, units: 3 systems, delivery: 2026-08}"
    system, case = on_order(orders(said))
    assert (system.order, str(system.first)) == ("order-1", "2026-08-31")
    assert system.price_usd == case.system["hgx-h100"].price_usd


def test_what_is_no_candidate_may_be_on_order():
    system, case = on_order(
        orders("{id: x, system: hgx-h200, site: north, units: 3 systems, delivery: 2026-08-01}")
    )
    assert system.price_usd > 0 and not case.system["hgx-h200"].may_buy
    assert not any("hgx-h200: the first" in note for note in case.notes)


def test_its_network_costs_what_that_of_its_product_does():
    """Proves: a machine bought at half the price needs the same network."""
    system, case = on_order(orders(f"{ORDER}, price: 100 kUSD}}"))
    product = case.system["hgx-h100"]
    usd = system.price_usd * system.fabric_cost
    assert usd == pytest.approx(product.price_usd * product.fabric_cost) and usd > 0


def test_what_is_on_order_moves_as_its_product_does():
    text = orders(ORDER + "}").replace(
        "systems:\n", "  - {id: far, power: {2026-Q1: 5 MW}, energy_price: 1 USD/MWh}\nsystems:\n"
    )
    case = load(text + "moves: [{system: hgx-h100, cost: 1 kUSD}]\n").case
    assert ("hgx-h100@po", "north", "far") in {
        (move.system, move.origin, move.destination) for move in case.moves
    }


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (ORDER.replace("2026-08-20", "2025-08-20") + "}", "D002", "list it under `fleet`"),
        (ORDER.replace("80 acc", "81 acc") + "}", "R001", "write `11 systems`"),
        (ORDER.replace("hgx-h100", "hgx-h10") + "}", "I001", "did you mean"),
        (ORDER.replace("north", "nroth") + "}", "I001", "did you mean `north`?"),
        (ORDER + ", supplier: amd}", "I001", "write `nvidia`"),
        (ORDER + ", placed: 2026-09-01}", "D002", "exchanged"),
        (ORDER + ", paid: 120 %}", "R001", ""),
        (ORDER + ", price: 0 USD}", "R001", "`paid: 100 %`"),
        (ORDER.replace("2026-08-20", "2027-12-20") + ", fit_out: 90 days}", "D002", "horizon"),
        (ORDER.replace("2026-08-20", "2029-01-01") + "}", "D002", "horizon"),
        (ORDER.replace("units", "unit") + "}", "K001", "units"),
    ],
)
def test_wrong_orders(said, code, words):
    found = {problem.code: problem for problem in problems_of(orders(said))}
    assert words in found[code].help


def test_two_orders_of_one_name():
    (problem,) = problems_of(orders(ORDER + "}", ORDER + "}"))
    assert problem.code == "I002"


TABLE = """\
ID;System;Site;Units [systems];Delivery;Price (kUSD);Paid
po-1;hgx-h100;north;10;2026-08-20;200;25 %

po-2;hgx-h100;north;"3 systems";2026-11-01;;
"""


@pytest.fixture
def files(tmp_path):
    def write(table: str, said: str = "orders: [list.csv]"):
        (tmp_path / "list.csv").write_text(table, encoding="utf-8")
        (tmp_path / "base.yaml").write_text(SOUND, encoding="utf-8")
        path = tmp_path / "variant.yaml"
        path.write_text(f"base: base.yaml\nname: Variant\n{said}\n", encoding="utf-8")
        return path

    return write


def read(path):
    return load_scenario(path, load_catalog())


@pytest.mark.parametrize("said", ["orders: [list.csv]", "orders: list.csv"])
def test_orders_in_a_table(files, said):
    case = read(files(TABLE, said)).case
    assert [(o.system, o.units) for o in case.orders] == [
        ("hgx-h100@po-1", 10),
        ("hgx-h100@po-2", 3),
    ]
    assert case.system["hgx-h100@po-1"].price_usd == 200e3


def test_what_spreadsheets_leave_behind(files):
    """Proves: a remark above the head, an empty column behind it, and numbers of orders in
    capitals."""
    table = (
        "# as of today\nID,System,Site,Units,Delivery,\nPO-17,hgx-h100,north,3 systems,2026-11,\n"
    )
    assert [o.system for o in read(files(table)).case.orders] == ["hgx-h100@PO-17"]
    with pytest.raises(InputError) as caught:
        read(files(table.replace("2026-11,", "2026-11,x")))
    assert [p.code for p in caught.value.problems] == ["K001"]


def test_a_table_added_to_a_list_that_was_not_there(files):
    path = files(TABLE, "edits: {orders.+: list.csv}")
    assert len(read(path).case.orders) == 2


def test_rows_and_lines_mix(files):
    said = f"orders: [list.csv, {ORDER}}}]"
    assert [o.path for o in read(files(TABLE, said)).case.orders] == [
        "orders.0", "orders.1", "orders.2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "code"),
    [
        ("Units [systems]", "Unitz [systems]", 1, 16, "K001"),
        ("2026-08-20", "2026-08-32", 2, 24, "D001"),
        ("po-2;hgx-h100", "po-2;hgx-h100x", 4, 6, "I001"),
        ("25 %", "25 %;extra", 2, 44, "T001"),
        ("Paid", "ID", 1, 54, "Y002"),
        ('"3 systems"', '"3 systems', 4, 1, "Y001"),
    ],
)
def test_a_mistake_in_a_table_has_its_cell(files, old, new, line, column, code):
    with pytest.raises(InputError) as caught:
        read(files(TABLE.replace(old, new)))
    found = {problem.code: problem for problem in caught.value.problems}
    assert found[code].mark is not None
    assert found[code].mark.source.name.endswith("list.csv")
    assert (found[code].mark.line, found[code].mark.column) == (line, column)


def test_a_table_that_is_not_there(files):
    path = files(TABLE, "orders: [lost.csv]")
    with pytest.raises(InputError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.code == "Y004" and problem.mark is not None
    assert problem.mark.source.name.endswith("variant.yaml")


def test_what_a_table_says_is_in_the_digest(files):
    before = read(files(TABLE)).case.scenario_digest
    assert read(files(TABLE.replace("200", "201"))).case.scenario_digest != before
