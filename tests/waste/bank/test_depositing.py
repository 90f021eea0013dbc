"""Deposits: what they are worth, what they change, and everything for which nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.bank.scene import POST, REVERSE, Bank, step

from wantilan import Grams, Holder, ResidentFacts
from wantilan.registry.models import Message
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, Refused, check_refusals
from wantilan_waste.models import (
    Account,
    Facility,
    Intake,
    Lot,
    ServicePoint,
    StockMovement,
    WasteAccountState,
    WastePointStatus,
    WasteStockReason,
)
from wantilan_waste.mutations import deposits
from wantilan_waste.stock import move


async def configure(bank: Bank, **settings: object) -> None:
    document = """mutation($settings: JSON!) { configureProgram(input: {
      villageCode: "51.02.06.2001", program: "waste", settings: $settings}) { changed } }"""
    assert (await bank.world.ask(document, bank.tokens["perbekel"], settings=settings)).data


async def test_a_deposit_is_worth_its_lines_and_the_share_is_rounded_down(scene: Bank) -> None:
    reply = await scene.deposit("teller", ("PET", 1_234), ("KARDUS", 777), bagCode="K-7")
    payload = reply.data["wastePostDeposit"]
    deposit = payload["deposit"]
    assert deposit["lines"] == [
        {"mass": 1_234, "pricePerKg": 3_333, "value": 4_112, "category": {"code": "PET"}},
        {"mass": 777, "pricePerKg": 1_500, "value": 1_165, "category": {"code": "KARDUS"}},
    ]
    assert (deposit["mass"], deposit["value"], deposit["operatorShareBp"]) == (2_011, 5_277, 1_500)
    assert (deposit["operatorShare"], deposit["credited"]) == (791, 4_486)
    assert (deposit["state"], deposit["bagCode"]) == ("POSTED", "K-7")
    assert payload["account"] == {
        "id": scene.ids["household account"], "number": "RK-2025-000001",
        "balance": 4_486, "reserved": 0, "free": 4_486,
    }  # fmt: skip
    (entry,) = await scene.entries()
    assert (entry.number, entry.delta, entry.balance_after, entry.kind.name) == (1, 4_486, 4_486, "DEPOSIT")


async def test_the_receipt_is_numbered_and_written_in_both_languages_without_a_name(scene: Bank) -> None:
    for number in (1, 2):
        reply = await scene.deposit("teller", ("PET", 1_234))
        receipt = reply.data["wastePostDeposit"]["deposit"]["receipt"]
        assert receipt["number"].startswith("SB-") and receipt["number"].endswith(f"-{number:06}")
    assert receipt["indonesian"].splitlines()[3:] == [
        "Rekening RK-2025-000001",
        "PET id: 1.234 g x Rp3.333/kg = Rp4.112",
        "Nilai: Rp4.112",
        "Bagian pengelola: Rp616",
        "Masuk tabungan: Rp3.496",
        "Saldo: Rp6.992",
    ]
    assert "PET en: 1,234 g x Rp3,333/kg = Rp4,112" in receipt["english"]
    assert "Balance: Rp6,992" in receipt["english"]
    assert "Wayan" not in receipt["indonesian"] + receipt["english"]


async def test_each_line_is_an_intake_in_the_stock_of_the_facility(scene: Bank) -> None:
    assert (await scene.deposit("teller", ("PET", 1_000), ("KARDUS", 500), ("PET", 250))).data
    async with scene.world.unit(BENGKEL) as unit:
        intakes, lots = await unit.all(Intake), {lot.label: lot for lot in await unit.all(Lot)}
        movements = await unit.all(StockMovement)
        events = await unit.all(Event, Event.name == "waste.intake_recorded")
    assert sorted(one.mass_grams for one in intakes) == [250, 500, 1_000]
    assert {one.household_id for one in intakes} == {scene.waste.household.id}
    assert {label: (lot.stock, lot.movements) for label, lot in lots.items()} == {
        "PET": (1_250, 2), "KARDUS": (500, 1),
    }  # fmt: skip
    assert sorted(one.delta for one in movements) == [250, 500, 1_000]
    assert len(events) == 3


async def test_the_saver_is_told_and_a_group_is_not(scene: Bank) -> None:
    assert (await scene.deposit()).data
    assert (await scene.deposit(accountId=scene.ids["made's account"])).data
    assert (await scene.deposit(accountId=scene.ids["school account"])).data
    async with scene.world.unit(BENGKEL) as unit:
        told = await unit.all(Message)
    assert {one.resident_id for one in told} == {scene.waste.wayan.id, scene.waste.made.id}
    assert {one.template for one in told} == {"waste.deposit_posted"}
    assert all("Rp2.834 masuk rekening RK-2025-00000" in one.body_id for one in told)


async def test_a_village_may_want_nobody_told_and_another_share(scene: Bank) -> None:
    await configure(scene, notify_savers=False, operator_share_bp=10_000 - 1)
    reply = await scene.deposit("teller", ("GOLD", 10_000))
    deposit = reply.data["wastePostDeposit"]["deposit"]
    assert (deposit["operatorShare"], deposit["credited"]) == (9_999, 1)
    async with scene.world.unit(BENGKEL) as unit:
        assert await unit.all(Message) == []


async def test_later_prices_change_no_deposit(scene: Bank) -> None:
    first = (await scene.deposit()).data["wastePostDeposit"]["deposit"]
    document = """mutation($input: WasteSetPricesInput!) {
      wasteSetPrices(input: $input) { prices { pricePerKg } } }"""
    prices = [{"categoryId": scene.ids["PET"], "pricePerKg": 9_000}]
    reply = await scene.ask(document, "operator", villageCode=BENGKEL, prices=prices)
    assert reply.data["wasteSetPrices"]["prices"] == [{"pricePerKg": 9_000}]
    second = (await scene.deposit()).data["wastePostDeposit"]["deposit"]
    assert [one["lines"][0]["pricePerKg"] for one in (first, second)] == [3_333, 9_000]
    again = await scene.world.ask(
        "query($id: ID!) { node(id: $id) { ... on WasteDeposit { value lines { pricePerKg } } } }",
        scene.tokens["teller"],
        id=first["id"],
    )
    assert again.data["node"] == {"value": 3_333, "lines": [{"pricePerKg": 3_333}]}


# Nothing is written


FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no line": ({"lines": []}, {"input.lines": "HOW_MANY"}),
    "too many to look at": ({"lines": [("BESI", 1)] * 51}, {"input.lines": "HOW_MANY"}),
    "nothing weighed": ({"lines": [("PET", 0)]}, {"input.lines.0.mass": "MUST_BE_POSITIVE"}),
    "more than a hundred tonnes": ({"lines": [("PET", 100_000_001)]}, {"input.lines.0.mass": "TOO_HEAVY"}),
    "no price": ({"lines": [("BESI", 1)]}, {"input.lines.0.categoryId": "NO_PRICE"}),
    "a price of tomorrow": ({"lines": [("BARU", 1)]}, {"input.lines.0.categoryId": "NO_PRICE"}),
    "not accepted": ({"lines": [("KACA", 1)]}, {"input.lines.0.categoryId": "NOT_ACCEPTED"}),
    "hazardous": ({"lines": [("AKI", 1)]}, {"input.lines.0.categoryId": "HAZARDOUS"}),
    "retired": ({"lines": [("TUA", 1)]}, {"input.lines.0.categoryId": "RETIRED"}),
    "a category next door": (
        {"lines": [("other PET", 1)]},
        {"input.lines.0.categoryId": "UNKNOWN_CATEGORY"},
    ),
    "a facility as a category": ({"lines": [("facility", 1)]}, {"input.lines.0.categoryId": "NOT_AN_ID"}),
    "neither account nor code": ({"accountId": None}, {"input.accountId": "EXACTLY_ONE"}),
    "account and code": ({"code": "x"}, {"input.accountId": "EXACTLY_ONE"}),
    "a code that nobody knows": ({"accountId": None, "code": "x"}, {"input.code": "UNKNOWN_CODE"}),
    "a long bag code": ({"bagCode": "x" * 101}, {"input.bagCode": "LENGTH"}),
    "all at once": (
        {
            "accountId": None,
            "bagCode": "",
            "lines": [("AKI", 0), ("PET", 5), ("KACA", 5), ("BESI", -1), ("facility", 1)],
        },
        {
            "input.accountId": "EXACTLY_ONE",
            "input.bagCode": "LENGTH",
            "input.lines.0.categoryId": "HAZARDOUS",
            "input.lines.0.mass": "MUST_BE_POSITIVE",
            "input.lines.2.categoryId": "NOT_ACCEPTED",
            "input.lines.3.categoryId": "NO_PRICE",
            "input.lines.3.mass": "OUT_OF_RANGE",
            "input.lines.4.categoryId": "NOT_AN_ID",
        },
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_faulty_deposit_is_refused_with_every_fault_and_nothing_is_written(
    scene: Bank, fault: str
) -> None:
    given, expected = FAULTS[fault]
    lines = [{"categoryId": scene.ids[code], "mass": grams} for code, grams in given.get("lines", [])]
    asked = {"lines": lines} if "lines" in given else {}
    before = await scene.books()
    reply = await scene.deposit(**{**given, **asked})
    assert (reply.codes, reply.faults) == (["BAD_USER_INPUT"], expected)
    assert await scene.books() == before


async def test_a_deposit_below_the_least_mass_or_worth_nothing_is_refused(scene: Bank) -> None:
    reply = await scene.deposit("teller", ("KARDUS", 1))  # 1.5 rupiah less the share would be 1: enough
    assert reply.data["wastePostDeposit"]["deposit"]["credited"] == 1
    await configure(scene, minimum_deposit_grams=500, operator_share_bp=10_000)
    before = await scene.books()
    light = await scene.deposit("teller", ("PET", 300), ("KARDUS", 199))
    assert light.faults == {"input.lines": "TOO_LIGHT"}
    nothing = await scene.deposit("teller", ("PET", 300), ("KARDUS", 200))
    assert nothing.faults == {"input.lines": "WORTH_NOTHING"}
    assert await scene.books() == before


async def test_a_closed_account_or_facility_takes_nothing(scene: Bank) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        account = await unit.get(Account, scene.rows["household account"])
        facility = await unit.get(Facility, scene.waste.facility.id)
        assert account is not None and facility is not None
        account.state, account.closed_on = WasteAccountState.CLOSED, unit.today
        facility.closed_on = unit.today
    before = await scene.books()
    reply = await scene.deposit()
    assert reply.faults == {"input.accountId": "CLOSED", "input.facilityId": "CLOSED"}
    assert await scene.books() == before


async def test_who_may_deposit(scene: Bank) -> None:
    """By hand; the controls are the last lines."""
    given = {
        "input": {
            "accountId": scene.ids["household account"],
            "facilityId": scene.ids["facility"],
            "lines": [{"categoryId": scene.ids["PET"], "mass": 1_000}],
        }
    }
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "kelian": "FORBIDDEN", "wayan": "FORBIDDEN", "made": "FORBIDDEN", "neighbour": "NOT_FOUND",
        "next teller": "NOT_FOUND",
    }  # fmt: skip
    table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
    brief = (
        "mutation($input: WastePostDepositInput!) { wastePostDeposit(input: $input) { village { code } } }"
    )
    await check_refusals(scene.world, brief, table, unchanged=scene.books)
    for who in ("teller", "operator", "perbekel", "admin"):
        assert (await scene.world.ask(POST, scene.tokens[who], **given)).data
    assert len(await scene.entries()) == 4


async def test_accounts_and_facilities_of_two_villages_do_not_mix(scene: Bank) -> None:
    both = await scene.world.token("waste_bank_teller", BENGKEL, name="both")
    await scene.world.token("waste_bank_teller", "51.02.06.2002", name="both")
    scene.tokens["both"] = both  # type: ignore[index]
    before = await scene.books()
    for given in (
        {"accountId": scene.ids["other account"]},
        {"facilityId": scene.ids["other_facility"]},
    ):
        assert (await scene.deposit("both", **given)).codes == ["NOT_FOUND"]
    assert await scene.books() == before
    assert (await scene.deposit("both")).data


# Codes


async def points(bank: Bank) -> dict[str, ServicePoint]:
    async with bank.world.unit(BENGKEL) as unit:
        return {one.label: one for one in await unit.all(ServicePoint)}


async def test_a_deposit_finds_its_account_by_the_printed_code_of_the_house(scene: Bank) -> None:
    found = await points(scene)
    reply = await scene.deposit(accountId=None, code=found["household fee"].code.lower())
    assert reply.data["wastePostDeposit"]["account"]["id"] == scene.ids["household account"]
    async with scene.world.unit(BENGKEL) as unit:
        point = await unit.get(ServicePoint, found["household fee"].id)
        assert point is not None
        point.status, point.closed_on = WastePointStatus.CLOSED, unit.today
    before = await scene.books()
    for label, fault in (("household fee", "NOT_VALID"), ("made's fee", "NO_ACCOUNT")):
        reply = await scene.deposit(accountId=None, code=found[label].code)
        assert reply.faults == {"input.code": fault}
    assert await scene.books() == before


async def test_a_card_of_a_resident_leads_to_his_own_account_before_that_of_the_house(
    scene: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which program gives out cards is not the waste program's affair; here somebody answers in its place."""
    village = scene.waste.made.village_id
    people = {"made": scene.waste.made.id, "wayan": scene.waste.wayan.id}

    async def find_holder(info: object, unit: object, code: str) -> Holder | None:
        return Holder(valid=code != "lost", resident=ResidentFacts(people.get(code, people["made"]), village))

    monkeypatch.setattr(deposits, "find_holder", find_holder)
    for code, account in (("made", "made's"), ("wayan", "household")):
        reply = await scene.deposit(accountId=None, code=code)
        assert reply.data["wastePostDeposit"]["account"]["id"] == scene.ids[f"{account} account"]
    before = await scene.books()
    assert (await scene.deposit(accountId=None, code="lost")).faults == {"input.code": "NOT_VALID"}
    assert await scene.books() == before


# Taken back


async def posted(bank: Bank, *lines: tuple[str, int]) -> str:
    return str((await bank.deposit("teller", *lines)).data["wastePostDeposit"]["deposit"]["id"])


async def test_a_deposit_is_taken_back_by_an_entry_and_by_movements(scene: Bank) -> None:
    deposit = await posted(scene, ("PET", 1_000), ("KARDUS", 400))
    reply = await scene.ask(REVERSE, "teller", depositId=deposit, reason=" Salah timbang ")
    payload = reply.data["wasteReverseDeposit"]
    assert payload["deposit"]["state"] == "REVERSED" and payload["deposit"]["reversedAt"]
    assert payload["deposit"]["reason"] == "Salah timbang"
    assert payload["account"] == {"balance": 0, "free": 0}
    first, second = await scene.entries()
    assert (second.number, second.delta, second.balance_after) == (2, -first.delta, 0)
    assert (second.kind.name, second.reverses_id) == ("REVERSAL", first.id)
    async with scene.world.unit(BENGKEL) as unit:
        assert {lot.label: lot.stock for lot in await unit.all(Lot)} == {"PET": 0, "KARDUS": 0}
        back = await unit.all(StockMovement, StockMovement.reason == WasteStockReason.ADJUST)
        assert len(await unit.all(Intake)) == 2  # what was written down stays
    assert sorted(one.delta for one in back) == [-1_000, -400]
    before = await scene.books()
    again = await scene.ask(REVERSE, "teller", depositId=deposit, reason="x")
    assert again.codes == ["INVALID_TRANSITION"]
    assert await scene.books() == before


async def test_what_is_spent_reserved_or_gone_from_the_stock_is_not_taken_back(scene: Bank) -> None:
    deposit = await posted(scene, ("PET", 1_000))
    withdrawal = await scene.asked_for(1)
    assert (await scene.ask(step("Approve"), "operator", withdrawalId=withdrawal)).data
    before = await scene.books()
    reply = await scene.ask(REVERSE, "teller", depositId=deposit, reason="x")
    assert reply.codes == ["WASTE_INSUFFICIENT_FUNDS"]
    assert await scene.books() == before
    assert (await scene.ask(step("Cancel"), "teller", withdrawalId=withdrawal)).data
    async with scene.world.unit(BENGKEL) as unit:
        lot = await unit.first(Lot, Lot.label == "PET", lock=True)
        assert lot is not None
        await move(unit, lot, -Grams(1), WasteStockReason.SALE, at=unit.now)
    before = await scene.books()
    reply = await scene.ask(REVERSE, "teller", depositId=deposit, reason="x")
    assert reply.codes == ["RULE_VIOLATED"] and reply.errors[0]["extensions"]["rule"] == "waste.stock"
    assert await scene.books() == before
    async with scene.world.unit(BENGKEL) as unit:
        lot = await unit.first(Lot, Lot.label == "PET", lock=True)
        assert lot is not None
        await move(unit, lot, 1, WasteStockReason.ADJUST, at=unit.now)
    assert (await scene.ask(REVERSE, "teller", depositId=deposit, reason="x")).data  # the control


async def test_who_may_take_a_deposit_back(scene: Bank) -> None:
    given = {"input": {"depositId": await posted(scene), "reason": "Salah"}}
    refused = {
        "visitor": "FORBIDDEN", "agency": "FORBIDDEN", "collector": "FORBIDDEN", "tps3r": "FORBIDDEN",
        "wayan": "FORBIDDEN", "made": "FORBIDDEN", "neighbour": "NOT_FOUND", "next teller": "NOT_FOUND",
    }  # fmt: skip
    table = [Refused(who, scene.tokens[who], code, given) for who, code in refused.items()]
    brief = (
        "mutation($input: WasteReverseDepositInput!) { wasteReverseDeposit(input: $input) { __typename } }"
    )
    await check_refusals(scene.world, brief, table, unchanged=scene.books)
    empty = {"depositId": given["input"]["depositId"], "reason": " "}
    assert (await scene.ask(REVERSE, "teller", **empty)).faults == {"input.reason": "LENGTH"}
    assert (await scene.world.ask(REVERSE, scene.tokens["teller"], **given)).data


async def test_the_same_key_deposits_once(scene: Bank) -> None:
    first, again = [await scene.deposit(key="k1") for _ in range(2)]
    assert first.data == again.data
    assert len(await scene.entries()) == 1


async def test_no_saver_is_told_of_what_was_refused(scene: Bank) -> None:
    assert (await scene.deposit("teller", ("AKI", 1))).codes == ["BAD_USER_INPUT"]
    async with scene.world.unit(BENGKEL) as unit:
        assert await unit.all(Message) == []
