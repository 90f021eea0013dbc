"""Who may not: each change of points and fees, refused to everybody else, and nothing has changed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.waste.fees.scene import (
    ADD_PLAN,
    ADD_POINT,
    CHANGE,
    END_PLAN,
    FIRST,
    ISSUE,
    PAY,
    REVERSE,
    ROTATE,
    SET_STATUS,
    SUBSCRIBE,
    SURVEY,
    TODAY,
    UPDATE_POINT,
    VOID,
    WAIVE,
    Scene,
    a_plan,
    a_shop,
    first_of,
    month,
)

from wantilan.programs.switching import disable
from wantilan.testing import BENGKEL, Refused, check_refusals

OFFICE, TILL = {"operator", "perbekel"}, {"operator", "perbekel", "teller"}
"""Who may, by hand."""
RIGHT = {
    ADD_POINT: OFFICE, UPDATE_POINT: OFFICE, SET_STATUS: OFFICE, ROTATE: OFFICE, SURVEY: OFFICE,
    ADD_PLAN: OFFICE, END_PLAN: OFFICE, SUBSCRIBE: OFFICE, CHANGE: OFFICE, ISSUE: OFFICE, WAIVE: OFFICE,
    VOID: OFFICE, PAY: TILL, REVERSE: TILL,
}  # fmt: skip


async def inputs(scene: Scene) -> dict[str, dict[str, Any]]:
    """For each change something that works, if the right one asks."""
    ids = scene.ids
    await scene.issue(1)
    paid = await scene.pay(1_000)
    part, whole = await scene.invoices("subscription"), await scene.invoices("second subscription")
    shop = await a_shop(scene)
    plan = await a_plan(scene, "Usaha", 1, "MONTHLY", "WARUNG_TOKO")
    third = await scene.world.id_of("Household", await scene.world.household(BENGKEL, scene.hamlet))
    return {
        ADD_POINT: {"householdId": third},
        UPDATE_POINT: {"pointId": ids["point"], "label": "Lain"},
        SET_STATUS: {"pointId": ids["point"], "status": "PAUSED"},
        ROTATE: {"pointId": ids["point"]},
        SURVEY: {"pointId": ids["point"], "isSorting": True, "organicHandling": "BIOPORI"},
        ADD_PLAN: {
            "villageCode": BENGKEL, "name": "Lain", "amount": 1, "period": "MONTHLY", "validFrom": str(FIRST),
            "sourceClasses": ["PASAR"], "legalBasis": "Perdes",
        },
        END_PLAN: {"planId": plan, "lastDay": str(TODAY)},
        SUBSCRIBE: {"pointId": shop, "planId": plan, "startOn": str(first_of(1))},
        CHANGE: {"subscriptionId": ids["subscription"], "action": "SUSPEND"},
        ISSUE: {"villageCode": BENGKEL, "period": month()},
        WAIVE: {"invoiceId": await scene.id_of(part[0]), "reason": "Alasan"},
        VOID: {"invoiceId": await scene.id_of(whole[0]), "reason": "Alasan"},
        PAY: {"subscriptionId": ids["second subscription"], "amount": 1, "method": "CASH"},
        REVERSE: {"paymentId": paid["payment"]["id"], "reason": "Alasan"},
    }  # fmt: skip


NAMES = {document: document.partition("{ ")[2].partition("(")[0] for document in RIGHT}
LAST = (SUBSCRIBE, END_PLAN, PAY)
"""In this order, so that none takes away what another needs."""


async def test_every_change_is_refused_to_everybody_else_and_changes_nothing(scene: Scene) -> None:
    given = await inputs(scene)
    for document, right in RIGHT.items():
        variables = {"input": given[document]}
        table = [Refused(f"{NAMES[document]} by a visitor", None, "FORBIDDEN", variables)]
        for who, token in scene.tokens.items():
            if who not in right:
                code = "NOT_FOUND" if who == "neighbour" else "FORBIDDEN"
                table.append(Refused(f"{NAMES[document]} by {who}", token, code, variables))
        assert len(table) == 1 + len(scene.tokens) - len(right)
        await check_refusals(scene.world, document, table, unchanged=scene.everything)
    for document in (*(d for d in RIGHT if d not in LAST), *LAST):  # the control
        before = await scene.everything()
        reply = await scene.ask(document, "operator", **given[document])
        assert not reply.codes, (NAMES[document], reply.errors)
        if document not in (ADD_PLAN, END_PLAN, SURVEY):  # of which the scene's books have no table
            assert await scene.everything() != before, NAMES[document]


@pytest.mark.parametrize("document", [PAY, REVERSE], ids=["pay", "reverse"])
async def test_the_teller_takes_fees_and_takes_them_back(scene: Scene, document: str) -> None:
    given = await inputs(scene)
    assert (await scene.ask(document, "teller", **given[document])).data


async def test_an_id_of_something_else_or_of_nobody_is_refused(scene: Scene) -> None:
    given = await inputs(scene)
    before = await scene.everything()
    for document in RIGHT:
        for name, value in given[document].items():
            if not name.endswith("Id"):
                continue
            faulty = await scene.ask(document, **(given[document] | {name: scene.ids["wayan"]}))
            assert faulty.faults == {f"input.{name}": "NOT_AN_ID"}, NAMES[document]
            unknown = value[:-6] + ("000000" if value[-6:] != "000000" else "111111")
            missing = await scene.ask(document, **(given[document] | {name: unknown}))
            assert missing.codes == ["NOT_FOUND"], NAMES[document]
    assert await scene.everything() == before


async def test_nothing_is_changed_where_the_program_is_off(scene: Scene) -> None:
    given = await inputs(scene)
    async with scene.world.unit(BENGKEL) as unit:
        await disable(scene.world.host, unit, "waste")
    before = await scene.everything()
    for document in RIGHT:
        reply = await scene.ask(document, **given[document])
        assert reply.codes == ["PROGRAM_NOT_ENABLED"], NAMES[document]
    assert await scene.everything() == before
