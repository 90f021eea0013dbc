"""Plans and subscriptions: who comes under which plan, rests, and leaves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.waste.fees.scene import (
    ADD_PLAN,
    CHANGE,
    END_PLAN,
    FIRST,
    MONTHLY,
    SUBSCRIBE,
    TODAY,
    VOID,
    Scene,
    a_plan,
    a_shop,
    first_of,
)

from wantilan.testing import BENGKEL
from wantilan_waste.models import Subscription, WasteSubscriptionState
from wantilan_waste.subscribing import let_days_take_effect

DAY = timedelta(days=1)


def rule_of(reply: Any) -> str:
    return str(reply.errors[0]["extensions"].get("rule"))


async def test_a_plan_says_what_is_paid_by_whom_and_on_which_basis(scene: Scene) -> None:
    given = {
        "villageCode": BENGKEL, "name": "Usaha", "amount": 50_000, "period": "MONTHLY", "validFrom": str(FIRST),
        "sourceClasses": ["WARUNG_TOKO", "PASAR", "PASAR"], "legalBasis": "Perdes 3/2024",
    }  # fmt: skip
    plan = (await scene.done(ADD_PLAN, **given))["plan"]
    assert plan.pop("id")
    assert sorted(one["sourceClass"] for one in plan.pop("classes")) == ["PASAR", "WARUNG_TOKO"]
    assert plan == {
        "name": "Usaha", "amount": 50_000, "period": "MONTHLY", "validFrom": str(FIRST), "validUntil": None,
        "legalBasis": "Perdes 3/2024",
    }  # fmt: skip
    assert (await scene.ask(ADD_PLAN, **given)).codes == ["CONFLICT"]
    early = str(FIRST - DAY)
    faulty = given | {"name": "", "amount": 0, "sourceClasses": [], "legalBasis": " ", "validUntil": early}
    assert (await scene.ask(ADD_PLAN, **faulty)).faults == {
        "input.name": "LENGTH", "input.amount": "MUST_BE_POSITIVE", "input.sourceClasses": "EMPTY",
        "input.legalBasis": "LENGTH", "input.validUntil": "TOO_EARLY",
    }  # fmt: skip


async def test_a_plan_ends_once_and_not_before_what_is_invoiced(scene: Scene) -> None:
    await scene.issue()
    plan = scene.ids["plan"]
    last = first_of() - DAY
    refused = await scene.ask(END_PLAN, planId=plan, lastDay=str(last))
    assert rule_of(refused) == "waste.invoiced_beyond"
    for invoice in await scene.invoices():
        await scene.done(VOID, invoiceId=await scene.id_of(invoice), reason="Salah")
    ended = await scene.done(END_PLAN, planId=plan, lastDay=str(last))
    assert ended == {"plan": {"validUntil": str(last)}, "warnings": [{"code": "SUBSCRIPTIONS_RUN"}]}
    longer = await scene.ask(END_PLAN, planId=plan, lastDay=str(TODAY))
    assert rule_of(longer) == "waste.plan_ended"
    early = await scene.ask(END_PLAN, planId=plan, lastDay=str(FIRST - DAY))
    assert early.faults == {"input.lastDay": "TOO_EARLY"}


async def test_a_plan_must_be_for_such_a_place_and_valid_on_the_first_day(scene: Scene) -> None:
    shop = await a_shop(scene)
    assert rule_of(await scene.ask(SUBSCRIBE, pointId=shop, planId=scene.ids["plan"])) == "waste.plan_class"
    over = await a_plan(scene, "Usaha", 1, "MONTHLY", "WARUNG_TOKO", validUntil=str(TODAY - DAY))
    assert rule_of(await scene.ask(SUBSCRIBE, pointId=shop, planId=over)) == "waste.plan_not_valid"
    before = await scene.ask(SUBSCRIBE, pointId=shop, planId=over, startOn=str(FIRST - DAY))
    assert before.faults == {"input.startOn": "TOO_EARLY"}
    ahead = await scene.ask(
        SUBSCRIBE, pointId=shop, planId=over, startOn=str(TODAY + 367 * DAY), exemptReason=" "
    )
    assert ahead.faults == {"input.exemptReason": "LENGTH", "input.startOn": "TOO_LATE"}
    done = await scene.done(SUBSCRIBE, pointId=shop, planId=over, startOn=str(TODAY - DAY))
    assert done["subscription"] | {"id": ""} == {
        "id": "", "state": "ACTIVE", "startOn": str(TODAY - DAY), "endOn": None, "credit": 0,
        "exemptReason": None,
    }  # fmt: skip
    twice = await scene.ask(SUBSCRIBE, pointId=shop, planId=over, startOn=str(TODAY - DAY))
    assert twice.codes == ["CONFLICT"]


async def test_a_new_subscription_begins_after_the_last_day_of_the_one_before(scene: Scene) -> None:
    point, plan = scene.ids["point"], scene.ids["plan"]
    await scene.done(CHANGE, subscriptionId=scene.ids["subscription"], action="END", day=str(TODAY - DAY))
    for start, codes in ((TODAY - DAY, ["CONFLICT"]), (FIRST, ["CONFLICT"]), (TODAY, [])):
        assert (await scene.ask(SUBSCRIBE, pointId=point, planId=plan, startOn=str(start))).codes == codes


# Each state and what may happen to it: PENDING > ACTIVE > (SUSPENDED <> ACTIVE) > ENDED
TABLE = {
    ("PENDING", "SUSPEND"): None, ("PENDING", "RESUME"): None, ("PENDING", "END"): "ENDED",
    ("ACTIVE", "SUSPEND"): "SUSPENDED", ("ACTIVE", "RESUME"): None, ("ACTIVE", "END"): "ENDED",
    ("SUSPENDED", "SUSPEND"): None, ("SUSPENDED", "RESUME"): "ACTIVE", ("SUSPENDED", "END"): "ENDED",
    ("ENDED", "SUSPEND"): None, ("ENDED", "RESUME"): None, ("ENDED", "END"): None,
}  # fmt: skip


@pytest.mark.parametrize(("before", "action"), TABLE)
async def test_each_state_leads_where_the_table_says_and_nowhere_else(
    scene: Scene, before: str, action: str
) -> None:
    key = scene.ids["subscription"]
    if before == "PENDING":
        plan = await a_plan(scene, "Usaha", 1, "MONTHLY", "WARUNG_TOKO")
        done = await scene.done(
            SUBSCRIBE, pointId=await a_shop(scene), planId=plan, startOn=str(TODAY + 5 * DAY)
        )
        assert done["subscription"]["state"] == "PENDING"
        key = done["subscription"]["id"]
    elif before != "ACTIVE":
        first = {"SUSPENDED": "SUSPEND", "ENDED": "END"}[before]
        await scene.done(CHANGE, subscriptionId=key, action=first, day=str(TODAY - 3 * DAY))
    reply = await scene.ask(CHANGE, subscriptionId=key, action=action)
    after = TABLE[before, action]
    if after is None:
        assert reply.codes == ["INVALID_TRANSITION"]
    else:
        assert reply.data["wasteChangeSubscription"]["subscription"]["state"] == after


async def test_rests_are_written_down_with_their_days_and_do_not_overlap(scene: Scene) -> None:
    key = scene.ids["subscription"]

    async def change(action: str, back: int) -> Any:
        return await scene.ask(CHANGE, subscriptionId=key, action=action, day=str(TODAY - back * DAY))

    assert (await change("SUSPEND", -1)).faults == {"input.day": "IN_FUTURE"}
    assert (await change("SUSPEND", 10)).data
    assert (await change("RESUME", 11)).faults == {"input.day": "TOO_EARLY"}
    resumed = await change("RESUME", 8)
    shown = resumed.data["wasteChangeSubscription"]["subscription"]
    assert shown["pauses"] == [{"firstDay": str(TODAY - 10 * DAY), "lastDay": str(TODAY - 9 * DAY)}]
    assert (await change("SUSPEND", 9)).faults == {"input.day": "TOO_EARLY"}
    assert (await change("SUSPEND", 8)).data
    same = (await change("RESUME", 8)).data["wasteChangeSubscription"]["subscription"]
    assert same == shown  # it did not rest for a day
    assert (await change("SUSPEND", 7)).data
    assert (await change("END", 8)).faults == {"input.day": "TOO_EARLY"}
    ended = (await change("END", 2)).data["wasteChangeSubscription"]["subscription"]
    assert ended["pauses"][-1] == {"firstDay": str(TODAY - 7 * DAY), "lastDay": str(TODAY - 2 * DAY)}


async def test_a_subscription_does_not_end_before_what_is_invoiced(scene: Scene) -> None:
    await scene.issue()
    key = scene.ids["subscription"]
    refused = await scene.ask(CHANGE, subscriptionId=key, action="END", day=str(first_of() - DAY))
    assert rule_of(refused) == "waste.invoiced_beyond"
    assert (await scene.ask(CHANGE, subscriptionId=key, action="END", day=str(first_of()))).data


async def test_a_last_day_to_come_takes_effect_with_the_day(scene: Scene) -> None:
    key = scene.ids["subscription"]
    ahead = await scene.done(CHANGE, subscriptionId=key, action="END", day=str(TODAY + 5 * DAY))
    assert (ahead["subscription"]["state"], ahead["subscription"]["endOn"]) == (
        "ACTIVE", str(TODAY + 5 * DAY),
    )  # fmt: skip
    await scene.done(CHANGE, subscriptionId=key, action="SUSPEND")
    async with scene.world.unit(BENGKEL) as unit:
        unit.now += timedelta(days=5)
        await let_days_take_effect(unit)
        assert not await unit.exists(Subscription, Subscription.state == WasteSubscriptionState.ENDED)
    async with scene.world.unit(BENGKEL) as unit:
        unit.now += timedelta(days=6)
        await let_days_take_effect(unit)
    ask = """query($id: ID!) { node(id: $id) { ... on WasteSubscription { state pauses { lastDay } } } }"""
    shown = await scene.world.ask(ask, scene.tokens["operator"], id=key)
    assert shown.data["node"] == {"state": "ENDED", "pauses": [{"lastDay": str(TODAY + 5 * DAY)}]}


async def test_one_that_begins_on_a_day_to_come_is_active_from_that_day(scene: Scene) -> None:
    shop = await a_shop(scene)
    plan = await a_plan(scene, "Usaha", MONTHLY, "MONTHLY", "WARUNG_TOKO")
    await scene.done(SUBSCRIBE, pointId=shop, planId=plan, startOn=str(TODAY + DAY))
    for days, state in ((0, "PENDING"), (1, "ACTIVE")):
        async with scene.world.unit(BENGKEL) as unit:
            unit.now += timedelta(days=days)
            await let_days_take_effect(unit)
        async with scene.world.unit(BENGKEL) as unit:
            (row,) = await unit.all(Subscription, Subscription.start_on == TODAY + DAY)
            assert row.state.name == state


async def test_an_exemption_is_set_and_taken_away(scene: Scene) -> None:
    key = scene.ids["subscription"]
    given = await scene.done(CHANGE, subscriptionId=key, exemptReason="Lansia sendiri")
    assert given["subscription"]["exemptReason"] == "Lansia sendiri"
    kept = await scene.done(CHANGE, subscriptionId=key, action="SUSPEND")
    assert kept["subscription"]["exemptReason"] == "Lansia sendiri"
    gone = await scene.done(CHANGE, subscriptionId=key, exemptReason=None)
    assert gone["subscription"]["exemptReason"] is None
    assert (await scene.ask(CHANGE, subscriptionId=key)).faults == {"input.action": "REQUIRED"}
    faulty = await scene.ask(CHANGE, subscriptionId=key, exemptReason="", day=str(TODAY))
    assert faulty.faults == {"input.day": "WITHOUT_ACTION", "input.exemptReason": "LENGTH"}
