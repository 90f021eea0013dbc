"""Service points come under plans, rest, and leave them."""

from __future__ import annotations

from datetime import date, timedelta

import strawberry

from wantilan import (
    Conflict,
    Info,
    InvalidTransition,
    Judge,
    NotFound,
    RuleViolated,
    Text,
    Unit,
    Village,
    input,
    mutation,
    payload,
    ref,
)

from ..models import (
    FeePlan,
    FeePlanClass,
    ServicePoint,
    Subscription,
    SubscriptionPause,
    WasteSubscriptionState,
)
from ..paying import hold
from ..permissions import FEE_MANAGE
from ..rules.subscriptions import NEXT, WasteSubscriptionAction
from ..rules.texts import NOT_POSSIBLE, ahead_fault, past_fault, text_fault
from ..rules.weighing import Fault
from ..subscribing import end, let_days_take_effect, open_pause, running_of
from ..types.fees import WasteFeePlan, WasteSubscription
from ..types.points import WasteServicePoint
from .points import refuse_closed

LONGEST_REASON = 200


@input
class WasteSubscribeInput:
    """A service point that comes under a plan."""

    point_id: strawberry.ID
    """The service point."""
    plan_id: strawberry.ID
    """The plan; it must be for such a place and valid on the first day."""
    start_on: date | None = None
    """The first day; today, if left out. At most a year ahead, and after the last day of the one before."""
    exempt_reason: str | None = None
    """Why nothing is to be invoiced, at most 200 characters."""


@payload
class WasteSubscribePayload:
    """What came of it."""

    subscription: WasteSubscription | None
    """The subscription; null for those who may manage but not read."""
    point: WasteServicePoint | None
    """The service point; null for those who may not read it."""
    village: Village
    """The village, for reading its subscriptions again."""


@input
class WasteChangeSubscriptionInput:
    """What is to be different. `exemptReason` that is left out stays, null takes it away."""

    subscription_id: strawberry.ID
    """Which one."""
    action: WasteSubscriptionAction | None = None
    """What is to happen, if something is."""
    day: date | None = None
    """The first day on which it rests or runs again, until today; or its last day, until a year ahead. Today,
    if left out.
    """
    exempt_reason: str | None = strawberry.UNSET
    """Why nothing is to be invoiced from now on, at most 200 characters."""


@payload
class WasteChangeSubscriptionPayload:
    """What is so now."""

    subscription: WasteSubscription | None
    """The subscription; null for those who may manage but not read."""


@mutation(needs=FEE_MANAGE)
async def waste_subscribe(info: Info, input: WasteSubscribeInput) -> WasteSubscribePayload:
    """Put a service point under a plan. CONFLICT where it is under one; RULE_VIOLATED where the plan is not
    for such a place or not valid on the first day.
    """
    judge = Judge(input)
    point_key, plan_key = judge.key(WasteServicePoint, "point_id"), judge.key(WasteFeePlan, "plan_id")
    _judge_reason(judge, input.exempt_reason)
    if point_key is None or plan_key is None:
        judge.check()
        raise NotFound
    async with info.context.write(point_key.village_id) as unit:
        point = await unit.target(ServicePoint, point_key.id, lock=True)
        start_on = input.start_on or unit.today
        if judge.good("start_on") and (fault := ahead_fault(start_on, unit.today, point.opened_on)):
            judge.refuse("start_on", *fault)
        judge.check()
        plan = await unit.target(FeePlan, plan_key.id)
        refuse_closed(point)
        await _refuse_misfit(unit, point, plan, start_on)
        before = Subscription.point_id == point.id
        await let_days_take_effect(unit, before)
        if await running_of(unit, point.id) is not None:
            raise Conflict(Text("Titik ini sudah berlangganan.", "This point has a subscription."))
        if await unit.exists(
            Subscription, before, Subscription.end_on >= max(start_on, point.opened_on),
            Subscription.end_on >= Subscription.start_on,
        ):  # fmt: skip
            raise Conflict(
                Text("Langganan sebelumnya belum berakhir hari itu.", "The one before lasts on that day.")
            )
        ahead = start_on > unit.today
        made = Subscription(
            point_id=point.id,
            plan_id=plan.id,
            household_id=point.household_id,
            state=WasteSubscriptionState.PENDING if ahead else WasteSubscriptionState.ACTIVE,
            start_on=start_on,
            exempt_reason=(input.exempt_reason or "").strip() or None,
            credit=0,
        )
        await unit.add(made)
        unit.announce("waste.subscribed", subscription=made.id, point=point.id)
        village = await unit.own_village()
    return WasteSubscribePayload(
        subscription=ref(WasteSubscription, made),
        point=ref(WasteServicePoint, point),
        village=ref(Village, village),
    )


@mutation(needs=FEE_MANAGE)
async def waste_change_subscription(
    info: Info, input: WasteChangeSubscriptionInput
) -> WasteChangeSubscriptionPayload:
    """Let a subscription rest, run again or end, or exempt it. INVALID_TRANSITION where its state does not
    allow it; RULE_VIOLATED where months after its last day are invoiced.
    """
    judge = Judge(input)
    key = judge.key(WasteSubscription, "subscription_id")
    if input.action is None and input.exempt_reason is strawberry.UNSET:
        judge.refuse("action", "REQUIRED", Text("Tidak ada yang diubah.", "There is nothing to change."))
    if input.action is None and input.day is not None:
        judge.refuse("day", "WITHOUT_ACTION", Text("Hari untuk apa?", "A day of what?"))
    if input.exempt_reason is not strawberry.UNSET:
        _judge_reason(judge, input.exempt_reason)
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        await unit.target(Subscription, key.id)
        await let_days_take_effect(unit, Subscription.id == key.id)
        held = await hold(unit, key.id)
        day = input.day or unit.today
        if held.state is WasteSubscriptionState.ENDED:
            raise InvalidTransition(Text("Langganan ini sudah berakhir.", "This subscription is over."))
        if input.action is not None:
            if (held.state, input.action) not in NEXT:
                raise InvalidTransition(NOT_POSSIBLE)
            fault = await _day_fault(unit, held, input.action, day)
            if fault is not None:
                judge.refuse("day", *fault)
            judge.check()
        if input.exempt_reason is not strawberry.UNSET:
            held.exempt_reason = (input.exempt_reason or "").strip() or None
        if input.action is not None:
            await _act(unit, held, input.action, day)
        await unit.flush()
        unit.announce("waste.subscription_changed", subscription=held.id)
    return WasteChangeSubscriptionPayload(subscription=ref(WasteSubscription, held))


async def _act(unit: Unit, held: Subscription, action: WasteSubscriptionAction, day: date) -> None:
    if action is WasteSubscriptionAction.END:
        await end(unit, held, day)
        return
    held.state = NEXT[held.state, action]
    if action is WasteSubscriptionAction.SUSPEND:
        await unit.add(
            SubscriptionPause(subscription_id=held.id, household_id=held.household_id, first_day=day)
        )
        return
    rest = await open_pause(unit, held.id)
    assert rest is not None, "what is suspended rests"
    if day > rest.first_day:
        rest.last_day = day - timedelta(days=1)
    else:
        await unit.session.delete(rest)  # it did not rest for a day


async def _day_fault(
    unit: Unit, held: Subscription, action: WasteSubscriptionAction, day: date
) -> Fault | None:
    rest = await open_pause(unit, held.id)
    if action is WasteSubscriptionAction.END:
        earliest = rest.first_day if rest is not None else min(held.start_on, unit.today)
        return ahead_fault(day, unit.today, earliest)
    if action is WasteSubscriptionAction.RESUME:
        return past_fault(day, unit.today, rest.first_day if rest is not None else held.start_on)
    rests = await unit.all(SubscriptionPause, SubscriptionPause.subscription_id == held.id)
    ends = [one.last_day + timedelta(days=1) for one in rests if one.last_day is not None]
    return past_fault(day, unit.today, max([held.start_on, *ends]))


async def _refuse_misfit(unit: Unit, point: ServicePoint, plan: FeePlan, start_on: date) -> None:
    fits = FeePlanClass.plan_id == plan.id, FeePlanClass.source_class == point.source_class
    if not await unit.exists(FeePlanClass, *fits):
        text = Text("Tarif ini tidak untuk golongan titik itu.", "This plan is not for such a place.")
        raise RuleViolated("waste.plan_class", text)
    if start_on < plan.valid_from or (plan.valid_until is not None and plan.valid_until < start_on):
        text = Text("Tarif ini tidak berlaku pada hari itu.", "This plan is not valid on that day.")
        raise RuleViolated("waste.plan_not_valid", text)


def _judge_reason(judge: Judge, reason: str | None) -> None:
    if reason is not None and (fault := text_fault(reason, LONGEST_REASON)):
        judge.refuse("exempt_reason", *fault)


MUTATIONS = (waste_subscribe, waste_change_subscription)
