"""Issuing the invoices of a month for the whole village."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import event
from tests.waste.fees.scene import (
    CHANGE,
    END_PLAN,
    ISSUE,
    MONTHLY,
    SET_STATUS,
    SUBSCRIBE,
    TODAY,
    Scene,
    a_plan,
    a_shop,
    check_books,
    fetched,
    first_of,
    month,
)

from wantilan import sort_key, uuid7
from wantilan.testing import BENGKEL
from wantilan_waste.issuing import issue
from wantilan_waste.models import (
    FeePlan,
    ServicePoint,
    Subscription,
    WasteOrganicHandling,
    WastePointStatus,
    WasteSourceClass,
    WasteSubscriptionState,
)

DAY = timedelta(days=1)


async def test_a_month_is_issued_in_one_go_and_a_second_call_issues_what_is_missing(scene: Scene) -> None:
    first = await scene.issue(1)
    assert first == {
        "issued": 2, "total": 2 * MONTHLY, "fromCredit": 0, "skips": [], "skipped": [],
    }  # fmt: skip
    shop = await a_shop(scene)
    plan = await a_plan(scene, "Usaha", 50_000, "MONTHLY", "WARUNG_TOKO")
    await scene.done(SUBSCRIBE, pointId=shop, planId=plan, startOn=str(first_of(1)))
    second = await scene.issue(1)
    assert (second["issued"], second["total"]) == (1, 50_000)
    assert second["skips"] == [{"reason": "ALREADY_ISSUED", "count": 2}]
    assert {one["subscriptionId"] for one in second["skipped"]} == {
        scene.ids["subscription"], scene.ids["second subscription"],
    }  # fmt: skip
    rows = await scene.invoices()
    assert {(row.period, row.amount, row.rest, row.state.name) for row in rows} == {
        (month(1), MONTHLY, MONTHLY, "ISSUED"), (month(1), 50_000, 50_000, "ISSUED"),
    }  # fmt: skip
    assert {row.hamlet_id for row in rows} == {scene.hamlet.id}
    assert all(row.due_on >= TODAY and row.due_on.day == 20 for row in rows)
    await check_books(scene.world)


async def test_each_reason_for_which_nothing_is_issued(scene: Scene) -> None:
    """One subscription for each reason, and one that gets its invoice."""
    last_month, ago = first_of(1), first_of(2)
    plan = await a_plan(scene, "Usaha", 50_000, "MONTHLY", "WARUNG_TOKO")
    over = await a_plan(scene, "Lama", 50_000, "MONTHLY", "WARUNG_TOKO")
    each = await a_plan(scene, "Sekali", 7_000, "PER_PICKUP", "WARUNG_TOKO")
    named = {}
    for name, tariff, start in (
        ("ENDED", plan, ago), ("SUSPENDED", plan, ago), ("EXEMPT", plan, ago), ("PLAN_ENDED", over, ago),
        ("POINT_PAUSED", plan, ago), ("NOT_YET_BEGUN", plan, TODAY), ("NO_PICKUP", each, ago),
        ("VISITED", each, ago),
    ):  # fmt: skip
        point = await a_shop(scene, name)
        done = await scene.done(SUBSCRIBE, pointId=point, planId=tariff, startOn=str(start))
        named[name] = (done["subscription"]["id"], point)
    change = {
        "ENDED": {"action": "END", "day": str(last_month - DAY)},
        "SUSPENDED": {"action": "SUSPEND", "day": str(last_month)},
        "EXEMPT": {"exemptReason": "Pura"},
    }
    for name, given in change.items():
        await scene.done(CHANGE, subscriptionId=named[name][0], **given)
    await scene.done(END_PLAN, planId=over, lastDay=str(last_month - DAY))
    await scene.done(SET_STATUS, pointId=named["POINT_PAUSED"][1], status="PAUSED")
    await fetched(scene, named["VISITED"][1], last_month, last_month + DAY)
    await fetched(scene, named["VISITED"][1], last_month + 2 * DAY, outcome="PARTIAL")
    await fetched(scene, named["VISITED"][1], last_month + 3 * DAY, outcome="NOT_PUT_OUT")
    await fetched(scene, named["VISITED"][1], last_month - DAY)
    await fetched(scene, named["NO_PICKUP"][1], last_month + 3 * DAY, outcome="REJECTED_UNSORTED")
    done = await scene.issue(1)
    assert (done["issued"], done["total"]) == (3, 2 * MONTHLY + 3 * 7_000)
    reasons = {one["subscriptionId"]: one["reason"] for one in done["skipped"]}
    assert reasons == {named[name][0]: name for name in named if name != "VISITED"}
    assert {one["reason"]: one["count"] for one in done["skips"]} == {
        name: 1 for name in named if name != "VISITED"
    }
    (visited,) = [row for row in await scene.invoices() if row.pickups]
    assert (visited.amount, visited.pickups) == (3 * 7_000, 3)
    this = await scene.issue()
    assert {"reason": "MONTH_NOT_OVER", "count": 2} in this["skips"]


async def test_a_month_in_which_it_ran_for_a_day_is_invoiced_whole(scene: Scene) -> None:
    key, last = scene.ids["subscription"], first_of() - DAY
    await scene.done(CHANGE, subscriptionId=key, action="SUSPEND", day=str(first_of(1)))
    await scene.done(CHANGE, subscriptionId=key, action="RESUME", day=str(last))
    assert (await scene.issue(1))["total"] == 2 * MONTHLY


async def test_one_that_begins_later_in_this_month_waits(scene: Scene) -> None:
    shop = await a_shop(scene)
    plan = await a_plan(scene, "Usaha", 50_000, "MONTHLY", "WARUNG_TOKO")
    await scene.done(SUBSCRIBE, pointId=shop, planId=plan, startOn=str(TODAY + DAY))
    done = await scene.issue()
    waits = "PENDING" if (TODAY + DAY).month == TODAY.month else "NOT_YET_BEGUN"
    assert done["skips"] == [{"reason": waits, "count": 1}]


async def test_a_month_that_lies_ahead_is_refused_and_so_is_none(scene: Scene) -> None:
    ahead = (TODAY.replace(day=1) + timedelta(days=31)).strftime("%Y-%m")
    reply = await scene.ask(ISSUE, villageCode=BENGKEL, period=ahead)
    assert reply.faults == {"input.period": "IN_FUTURE"}
    faulty = await scene.ask(ISSUE, villageCode=BENGKEL, period="2026-13")
    assert faulty.faults == {"input.period": "NOT_A_MONTH"}
    assert await scene.invoices() == []


async def test_the_day_until_which_it_is_to_be_paid_is_the_villages_setting(scene: Scene) -> None:
    configure = """mutation($input: ConfigureProgramInput!) { configureProgram(input: $input) { program } }"""
    given = {"villageCode": BENGKEL, "program": "waste", "settings": {"fee_due_day": 5}}
    admin = await scene.world.token("platform_admin", "")
    assert (await scene.world.ask(configure, admin, input=given)).data
    await scene.issue()
    due = {row.due_on for row in await scene.invoices()}
    expected = TODAY.replace(day=5)
    if TODAY.day > 5:
        expected = (TODAY.replace(day=1) + timedelta(days=31)).replace(day=5)
    assert due == {expected}


async def test_the_month_of_a_thousand_points_takes_a_few_statements_and_lists_a_hundred(
    scene: Scene,
) -> None:
    """The number of statements does not grow with the village."""
    async with scene.world.unit(BENGKEL) as unit:
        plan = await unit.first(FeePlan, FeePlan.amount == MONTHLY)
        assert plan is not None
        points = [
            ServicePoint(
                id=uuid7(), code=f"{number}", code_since=unit.now, business_name="Toko", label="Toko",
                label_key=sort_key("Toko"), hamlet_id=scene.hamlet.id, source_class=WasteSourceClass.WARUNG_TOKO,
                organic_handling=WasteOrganicHandling.TIDAK_ADA, status=WastePointStatus.ACTIVE,
                opened_on=first_of(3),
            )
            for number in range(1000)
        ]  # fmt: skip
        await unit.add(*points)
        await unit.add(
            *(
                Subscription(
                    point_id=point.id, plan_id=plan.id, state=WasteSubscriptionState.ACTIVE,
                    start_on=first_of(3), credit=0,
                )
                for point in points
            )
        )  # fmt: skip
    seen: list[Any] = []
    async with scene.world.unit(BENGKEL) as unit:
        connection = await unit.session.connection()
        event.listen(
            connection.sync_connection, "before_cursor_execute", lambda *found: seen.append(found[2])
        )
        done = await issue(unit, first_of() - DAY, 20)
    assert (done.invoices, done.total) == (1002, 1002 * MONTHLY)
    assert len(seen) < 15, seen
    again = await scene.issue(1)
    assert (again["issued"], len(again["skipped"])) == (0, 100)
    assert again["skips"] == [{"reason": "ALREADY_ISSUED", "count": 1002}]
