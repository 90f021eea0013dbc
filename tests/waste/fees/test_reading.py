"""Reading points and fees: who sees what, in one statement."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.fees.scene import (
    CHANGE,
    MONTHLY,
    SURVEY,
    TODAY,
    WAIVE,
    Scene,
    a_shop,
    first_of,
    month,
)

from wantilan.testing import BENGKEL, NEIGHBOUR

VILLAGE = """query($code: RegionCode!) { village(code: $code) { waste {
  servicePoints { totalCount nodes { label hamletId subscription { state plan { name classes { sourceClass } } }
    surveys { nodes { day } } } }
  pointsByKind { status sourceClass organicHandling points }
  feePlans { name amount legalBasis }
  subscriptions { nodes { startOn credit point { label } pauses { firstDay } } }
  invoices { totalCount nodes { period amount rest state subscription { state } parts { amount } } }
  payments { nodes { receiptNo amount unused parts { amount invoice { period } } } }
  arrears { state invoices amount paid waived rest }
  invoicesDue { state rest } } } }"""
OWN = """query($id: ID!) { resident(id: $id) { waste { servicePoint { label subscription { credit } }
  invoices { nodes { period rest parts { amount } } } payments { nodes { amount receiptNo } } }
  household { waste { servicePoint { label } invoices { totalCount nodes { rest } } payments { totalCount } } } } }"""
EACH = {
    "servicePoints": "{ nodes { label } }", "pointsByKind": "{ points }", "sourceSurveys": "{ nodes { day } }",
    "feePlans": "{ name }", "subscriptions": "{ nodes { startOn } }", "invoices": "{ nodes { rest } }",
    "payments": "{ nodes { amount } }", "arrears": "{ rest }", "invoicesDue": "{ rest }",
}  # fmt: skip
OFFICE = set(EACH)
MONEY = {"subscriptions", "invoices", "payments"}
SEES: dict[str | None, set[str]] = {
    "operator": OFFICE, "perbekel": OFFICE,
    "teller": {"servicePoints", "feePlans", *MONEY},
    "collector": {"servicePoints"}, "tps3r": {"servicePoints", "pointsByKind", "arrears", "invoicesDue"},
    "agency": {"pointsByKind", "arrears", "invoicesDue"},
    "wayan": {"servicePoints", "sourceSurveys", "feePlans", *MONEY},
    "made": {"servicePoints", "sourceSurveys", "feePlans", *MONEY},
    "kelian": set(), "neighbour": set(), None: set(),
}  # fmt: skip
"""Which lists of the village each may read, by hand; residents see their own household's rows in them."""


async def some_books(scene: Scene) -> None:
    for back in (1, 0):
        await scene.issue(back)
    await scene.pay(MONTHLY + 5_000)
    await scene.pay(500, of="second subscription")
    await scene.done(SURVEY, pointId=scene.ids["point"], isSorting=True, organicHandling="BIOPORI")
    (first, _) = await scene.invoices("second subscription")
    await scene.done(WAIVE, invoiceId=await scene.id_of(first), reason="Musibah")
    await scene.done(CHANGE, subscriptionId=scene.ids["second subscription"], action="SUSPEND")


async def test_the_office_reads_all_of_it_in_one_statement(scene: Scene) -> None:
    await some_books(scene)
    with scene.world.counting() as statements:
        reply = await scene.world.ask(VILLAGE, scene.tokens["operator"], code=BENGKEL)
    waste = reply.data["village"]["waste"]
    assert len(statements) == 1
    assert waste["servicePoints"]["totalCount"] == 2
    assert waste["servicePoints"]["nodes"][0] == {
        "label": "rumah", "hamletId": scene.ids["hamlet"], "surveys": {"nodes": [{"day": str(TODAY)}]},
        "subscription": {
            "state": "ACTIVE", "plan": {"name": "plan", "classes": [{"sourceClass": "RUMAH_TANGGA"}]},
        },
    }  # fmt: skip
    assert sorted(one["organicHandling"] for one in waste["pointsByKind"]) == ["BIOPORI", "TIDAK_ADA"]
    assert {one["name"]: one["amount"] for one in waste["feePlans"]} == {"plan": 20_000, "pickup plan": 5_000}
    assert waste["invoices"]["totalCount"] == 4
    assert [one["amount"] for one in waste["payments"]["nodes"]] == [MONTHLY + 5_000, 500]
    sums = {one.pop("state"): one for one in waste["arrears"]}
    assert sums == {
        "ISSUED": {"invoices": 1, "amount": MONTHLY, "paid": 0, "waived": 0, "rest": MONTHLY},
        "PARTIAL": {"invoices": 1, "amount": MONTHLY, "paid": 5_000, "waived": 0, "rest": MONTHLY - 5_000},
        "PAID": {"invoices": 1, "amount": MONTHLY, "paid": MONTHLY, "waived": 0, "rest": 0},
        "WAIVED": {"invoices": 1, "amount": MONTHLY, "paid": 500, "waived": MONTHLY - 500, "rest": 0},
    }  # fmt: skip
    ahead = all(row.due_on > TODAY for row in await scene.invoices())
    assert bool(waste["invoicesDue"]) != ahead


async def test_a_household_reads_its_own_and_not_the_others(scene: Scene) -> None:
    await some_books(scene)
    for who, amounts, label in (("wayan", [MONTHLY + 5_000], "rumah"), ("made", [500], "second rumah")):
        with scene.world.counting() as statements:
            reply = await scene.world.ask(OWN, scene.tokens[who], id=scene.ids[who])
        assert len(statements) == 1
        shown = reply.data["resident"]
        assert shown["waste"]["servicePoint"]["label"] == label
        assert [one["amount"] for one in shown["waste"]["payments"]["nodes"]] == amounts
        assert [one["period"] for one in shown["waste"]["invoices"]["nodes"]] == [month(1), month()]
        assert shown["household"]["waste"]["servicePoint"] == {"label": label}
        assert shown["household"]["waste"]["payments"]["totalCount"] == 1
        village = await scene.world.ask(
            "query { village(code: \"51.02.06.2001\") { waste { payments { nodes { amount } }"
            " invoices { totalCount } servicePoints { nodes { label } } } } }",
            scene.tokens[who],
        )  # fmt: skip
        waste = village.data["village"]["waste"]
        assert [one["amount"] for one in waste["payments"]["nodes"]] == amounts
        assert (waste["invoices"]["totalCount"], waste["servicePoints"]["nodes"]) == (2, [{"label": label}])
    foreign = await scene.world.ask(OWN, scene.tokens["wayan"], id=scene.ids["made"])
    assert foreign.data == {"resident": None}


@pytest.mark.parametrize("who", SEES)
async def test_each_reads_what_the_table_says_and_nothing_else(scene: Scene, who: str | None) -> None:
    await some_books(scene)
    token = scene.tokens[who] if who else None
    for name, body in EACH.items():
        query = f'{{ village(code: "{BENGKEL}") {{ waste {{ {name} {body} }} }} }}'
        reply = await scene.world.ask(query, token)
        if name in SEES[who]:
            assert reply.data["village"]["waste"][name] is not None, name
        else:
            assert reply.codes == ["FORBIDDEN"], (name, reply.body)


async def test_the_collector_reads_where_to_stop_and_no_balance(scene: Scene) -> None:
    ask = """query($id: ID!) { node(id: $id) { ... on WasteServicePoint { label instructions %s } } }"""
    collector, key = scene.tokens["collector"], scene.ids["point"]
    assert (await scene.world.ask(ask % "", collector, id=key)).data["node"]["label"] == "rumah"
    for field in ("subscription { credit }", "invoices { totalCount }", "surveys { totalCount }", "code"):
        assert (await scene.world.ask(ask % field, collector, id=key)).codes == ["FORBIDDEN"], field
    for kind in ("WasteInvoice", "WastePayment", "WasteSubscription"):
        ids = {"WasteSubscription": scene.ids["subscription"]}
        query = "query($id: ID!) { node(id: $id) { id } }"
        reply = await scene.world.ask(query, collector, id=ids.get(kind, scene.ids["subscription"]))
        assert reply.data == {"node": None}


async def test_lists_are_filtered_and_ordered_as_an_office_needs(scene: Scene) -> None:
    await some_books(scene)
    kelod = await scene.world.hamlet(BENGKEL, "Banjar Kelod")
    there = await scene.world.id_of("Hamlet", kelod)
    await a_shop(scene, "Warung Alit")

    async def rows(field: str, arguments: str, shown: str) -> list[Any]:
        query = f'{{ village(code: "{BENGKEL}") {{ waste {{ {field}({arguments}) {{ nodes {{ {shown} }} }} }} }} }}'
        reply = await scene.world.ask(query, scene.tokens["operator"])
        return [one[shown] for one in reply.data["village"]["waste"][field]["nodes"]]

    here = scene.ids["hamlet"]
    point = "servicePoints"
    assert await rows(point, "order: LABEL_DESC", "label") == ["Warung Alit", "second rumah", "rumah"]
    assert await rows(point, 'filter: {label: {startsWith: "WAR"}}', "label") == ["Warung Alit"]
    assert len(await rows(point, f'filter: {{hamletId: {{eq: "{here}"}}}}', "label")) == 3
    assert await rows(point, f'filter: {{hamletId: {{eq: "{there}"}}}}', "label") == []
    assert await rows(point, "filter: {organicHandling: {eq: BIOPORI}}", "label") == ["rumah"]
    assert await rows(point, "filter: {sourceClass: {eq: WARUNG_TOKO}}", "label") == ["Warung Alit"]
    assert len(await rows(point, "filter: {status: {eq: CLOSED}}", "label")) == 0
    invoice = "invoices"
    assert await rows(invoice, "filter: {state: {in: [ISSUED, PARTIAL]}}, order: DUE_ON_ASC", "period") == [
        month(), month(),
    ]  # fmt: skip
    assert len(await rows(invoice, f'filter: {{period: {{eq: "{month(1)}"}}}}', "period")) == 2
    assert len(await rows(invoice, f'filter: {{hamletId: {{eq: "{here}"}}}}', "period")) == 4
    assert len(await rows(invoice, f'filter: {{dueOn: {{lt: "{TODAY}"}}}}', "period")) == 0
    assert await rows("subscriptions", "filter: {state: {eq: SUSPENDED}}", "credit") == [0]
    plan = scene.ids["plan"]
    assert len(await rows("subscriptions", f'filter: {{planId: {{eq: "{plan}"}}}}', "planId")) == 2
    assert await rows("payments", "order: PAID_AT_DESC", "amount") == [500, MONTHLY + 5_000]
    assert await rows("payments", "filter: {method: {eq: QRIS}}", "amount") == []


async def test_what_is_overdue_is_asked_by_the_day(scene: Scene) -> None:
    await some_books(scene)
    query = f"""{{ village(code: "{BENGKEL}") {{ waste {{
      invoicesDue(from: "{first_of(1)}", to: "%s") {{ state rest }} }} }} }}"""
    due = max(row.due_on for row in await scene.invoices())
    operator = scene.tokens["operator"]
    later = (await scene.world.ask(query % due, operator)).data["village"]["waste"]["invoicesDue"]
    assert sum(one["rest"] for one in later) == 2 * MONTHLY - 5_000
    now = (await scene.world.ask(query % TODAY, operator)).data["village"]["waste"]["invoicesDue"]
    assert sum(one["rest"] for one in now) == (2 * MONTHLY - 5_000 if due <= TODAY else 0)


async def test_the_regency_reads_sums_and_no_person(scene: Scene) -> None:
    """Of both villages, and of each alone; what leads to somebody is refused."""
    await some_books(scene)
    agency = scene.tokens["agency"]
    for code, rest in ((BENGKEL, 2 * MONTHLY - 5_000), (NEIGHBOUR, 0)):
        query = f'{{ village(code: "{code}") {{ waste {{ arrears {{ rest }} }} }} }}'
        shown = (await scene.world.ask(query, agency)).data["village"]["waste"]["arrears"]
        assert sum(one["rest"] for one in shown) == rest
    for kind in ("point", "subscription", "household"):
        reply = await scene.world.ask("query($id: ID!) { node(id: $id) { id } }", agency, id=scene.ids[kind])
        assert reply.data == {"node": None}
