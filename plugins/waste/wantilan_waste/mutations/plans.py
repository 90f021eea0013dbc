"""Plans of fees are added and ended."""

from __future__ import annotations

from datetime import date

import strawberry

from wantilan import (
    Conflict,
    FieldFault,
    Info,
    Judge,
    NotFound,
    Notice,
    RegionCode,
    RuleViolated,
    Rupiah,
    Text,
    Village,
    input,
    mutation,
    payload,
    ref,
)

from ..models import (
    FeePlan,
    FeePlanClass,
    Invoice,
    Subscription,
    WasteFeePeriod,
    WasteSourceClass,
    WasteSubscriptionState,
)
from ..permissions import FEE_MANAGE
from ..rules.texts import amount_fault, text_fault
from ..subscribing import refuse_invoices_after
from ..types.fees import WasteFeePlan


@input
class WasteAddFeePlanInput:
    """What is to be paid."""

    village_code: RegionCode
    """The village."""
    name: str
    """Its name, at most 100 characters; unique among the plans of one first day."""
    amount: Rupiah
    """What is paid for each period."""
    period: WasteFeePeriod
    """For what it is paid."""
    source_classes: list[WasteSourceClass]
    """For what kinds of places it is."""
    valid_from: date
    """The first day."""
    valid_until: date | None = None
    """The last day; it lasts, if left out."""
    legal_basis: str
    """The village regulation or the customary rule on which the fee rests, at most 300 characters."""


@payload
class WasteAddFeePlanPayload:
    """What was added."""

    plan: WasteFeePlan | None
    """The plan; null for those who may manage but not read."""
    village: Village
    """The village, for reading its plans again."""


@input
class WasteEndFeePlanInput:
    """A plan that is to be over."""

    plan_id: strawberry.ID
    """Which one."""
    last_day: date
    """Its last day."""


@payload
class WasteEndFeePlanPayload:
    """What is so now."""

    plan: WasteFeePlan | None
    """The plan; null for those who may manage but not read."""
    warnings: list[Notice]
    """`SUBSCRIPTIONS_RUN`: nothing is invoiced under it afterwards; who is under it needs another plan."""


@mutation(needs=FEE_MANAGE)
async def waste_add_fee_plan(info: Info, input: WasteAddFeePlanInput) -> WasteAddFeePlanPayload:
    """Add a plan. Its amount never changes: for another amount, end it and add another."""
    judge = Judge(input)
    for name, most in (("name", 100), ("legal_basis", 300)):
        if fault := text_fault(getattr(input, name), most):
            judge.refuse(name, *fault)
    if judge.good("amount") and (fault := amount_fault(input.amount)):
        judge.refuse("amount", *fault)
    if not input.source_classes:
        judge.refuse("source_classes", "EMPTY", Text("Paling sedikit satu.", "At least one."))
    until = input.valid_until if judge.good("valid_from", "valid_until") else None
    if until is not None and until < input.valid_from:
        judge.refuse("valid_until", "TOO_EARLY", Text("Sebelum hari pertama.", "Before the first day."))
    judge.check()
    async with info.context.write(input.village_code) as unit:
        same = FeePlan.name == input.name.strip(), FeePlan.valid_from == input.valid_from
        if await unit.exists(FeePlan, *same):
            raise Conflict(
                Text("Tarif dengan nama dan hari itu sudah ada.", "There is a plan of that name and day.")
            )
        plan = FeePlan(
            name=input.name.strip(),
            amount=input.amount,
            period=input.period,
            valid_from=input.valid_from,
            valid_until=input.valid_until,
            legal_basis=input.legal_basis.strip(),
        )
        await unit.add(plan)
        given = sorted(set(input.source_classes), key=lambda one: one.name)
        await unit.add(*(FeePlanClass(plan_id=plan.id, source_class=one) for one in given))
        unit.announce("waste.fee_plan_added", plan=plan.id)
        village = await unit.own_village()
    return WasteAddFeePlanPayload(plan=ref(WasteFeePlan, plan), village=ref(Village, village))


@mutation(needs=FEE_MANAGE)
async def waste_end_fee_plan(info: Info, input: WasteEndFeePlanInput) -> WasteEndFeePlanPayload:
    """End a plan after a day. RULE_VIOLATED where it ends before that or later months are invoiced."""
    judge = Judge(input)
    key = judge.key(WasteFeePlan, "plan_id")
    judge.check()
    if key is None:
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        plan = await unit.target(FeePlan, key.id, lock=True)
        if input.last_day < plan.valid_from:
            judge.refuse("last_day", "TOO_EARLY", Text("Sebelum hari pertama.", "Before the first day."))
        judge.check()
        if plan.valid_until is not None and plan.valid_until < input.last_day:
            text = Text("Tarif ini berakhir lebih dahulu.", "This plan ends before that.")
            raise RuleViolated("waste.plan_ended", text)
        under = Subscription.plan_id == plan.id, Subscription.village_id == unit.village.id
        await refuse_invoices_after(
            unit,
            input.last_day,
            Invoice.subscription_id == Subscription.id,
            Subscription.village_id == Invoice.village_id,
            *under,
        )
        plan.valid_until = input.last_day
        await unit.flush()
        runs = await unit.exists(Subscription, *under, Subscription.state != WasteSubscriptionState.ENDED)
        unit.announce("waste.fee_plan_ended", plan=plan.id)
    text = Text("Masih ada langganan dengan tarif ini.", "There are subscriptions under this plan.")
    warning = Notice.of(FieldFault(("input", "planId"), "SUBSCRIPTIONS_RUN", text))
    return WasteEndFeePlanPayload(plan=ref(WasteFeePlan, plan), warnings=[warning] if runs else [])


MUTATIONS = (waste_add_fee_plan, waste_end_fee_plan)
