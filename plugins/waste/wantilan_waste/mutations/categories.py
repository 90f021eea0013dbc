"""Categories are made, changed and retired."""

from __future__ import annotations

import sqlalchemy as sa
import strawberry

from wantilan import (
    Info,
    InvalidTransition,
    Judge,
    NotFound,
    RegionCode,
    RuleViolated,
    Text,
    Village,
    WriteUnit,
    input,
    mutation,
    payload,
    ref,
)

from ..models import Category, Lot, WastePpClass, WasteSipsnClass, WasteStream
from ..permissions import FACILITY_MANAGE
from ..rules.categories import CYCLE, FIXED, OTHER_STREAM, RETIRED, category_faults, is_below
from ..rules.wording import text_fault
from ..stock_events import CATEGORY_RETIRED, CATEGORY_SAVED
from ..types.categories import WasteCategory
from .judging import TAKEN, Key, found, refuse

MOST_NAME = 100
IN_USE_BELOW = Text("Masih ada kategori aktif di bawahnya.", "There are categories in use below it.")
RETIRED_ALREADY = Text("Kategori ini sudah tidak dipakai.", "The category is retired already.")


@input
class WasteSaveCategoryInput:
    """All of a category: what is left out is unknown from then on."""

    village_code: RegionCode
    """The village."""
    code: str
    """Its code, unique in the village: capital letters, digits, - and _. It is never changed."""
    name: str
    """Its name in Indonesian, 1 to 100 characters."""
    english_name: str
    """Its name in English, 1 to 100 characters."""
    stream: WasteStream
    """The stream that it belongs to. It is never changed."""
    sipsn_class: WasteSipsnClass
    """Its class of composition in SIPSN."""
    pp_class: WastePpClass
    """Its kind by the government regulation on household waste."""
    category_id: strawberry.ID | None = None
    """Which one is changed, and taken into use again if it was retired; a new one, if left out."""
    parent_id: strawberry.ID | None = None
    """The category above it, of the same stream."""
    resin: int | None = None
    """Code of the resin of a plastic, 1 to 7."""
    grams_per_litre: int | None = None
    """Its density, by which a volume becomes a mass."""
    accepted_by_bank: bool = False
    """Whether the waste bank accepts it; never for B3."""


@payload
class WasteSaveCategoryPayload:
    """The category as it is now."""

    category: WasteCategory
    """The category."""
    village: Village
    """The village, for reading its categories again."""


@input
class WasteRetireCategoryInput:
    """Which category."""

    category_id: strawberry.ID
    """The category."""


@payload
class WasteRetireCategoryPayload:
    """The category as it is now."""

    category: WasteCategory
    """The category."""


@mutation(needs=FACILITY_MANAGE)
async def waste_save_category(info: Info, input: WasteSaveCategoryInput) -> WasteSaveCategoryPayload:
    """Make a category, or change one."""
    judge = Judge(input)
    key, above = judge.key(WasteCategory, "category_id"), judge.key(WasteCategory, "parent_id")
    refuse(judge, "name", text_fault(input.name, MOST_NAME))
    refuse(judge, "english_name", text_fault(input.english_name, MOST_NAME))
    for fault in category_faults(
        input.code, input.stream, input.accepted_by_bank, input.resin, input.grams_per_litre
    ):
        judge.refuse(*fault)
    if not judge.good("village_code"):
        judge.check()
    async with info.context.write(input.village_code) as unit:
        tree = await _tree(unit)
        old = await _of(unit, tree, key)
        parent = await _of(unit, tree, above)
        _judge_place(judge, tree, old, parent, input)
        await _judge_code(judge, unit, tree, old, input.code)
        judge.check()
        category = old if old is not None else Category(code=input.code, stream=input.stream)
        category.name_id, category.name_en = input.name.strip(), input.english_name.strip()
        category.sipsn_class, category.pp_class, category.resin = (
            input.sipsn_class,
            input.pp_class,
            input.resin,
        )
        category.parent_id = parent.id if parent is not None else None
        category.grams_per_litre, category.accepted_by_bank = input.grams_per_litre, input.accepted_by_bank
        category.active = True
        await unit.add(category)
        unit.announce(CATEGORY_SAVED, category=category.id)
        village = await unit.own_village()
    return WasteSaveCategoryPayload(category=ref(WasteCategory, category), village=ref(Village, village))


@mutation(needs=FACILITY_MANAGE)
async def waste_retire_category(info: Info, input: WasteRetireCategoryInput) -> WasteRetireCategoryPayload:
    """Take a category out of use: nothing new is recorded under it. What was recorded stays."""
    judge = Judge(input)
    key = judge.key(WasteCategory, "category_id")
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        tree = await _tree(unit)
        category = await found(unit, Category, key)
        if not category.active:
            raise InvalidTransition(RETIRED_ALREADY)
        if any(one.parent_id == category.id and one.active for one in tree):
            raise RuleViolated("waste.category_in_use", IN_USE_BELOW)
        category.active = False
        await unit.flush()
        unit.announce(CATEGORY_RETIRED, category=category.id)
    return WasteRetireCategoryPayload(category=ref(WasteCategory, category))


async def _tree(unit: WriteUnit) -> list[Category]:
    """All categories, held until the end: two changes together could close a circle. Who only points at some
    of them, as a deposit does, is not held up.
    """
    query = sa.select(Category).where(Category.village_id == unit.village.id).order_by(Category.id)
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list((await unit.session.scalars(held)).all())


async def _of(unit: WriteUnit, tree: list[Category], key: Key | None) -> Category | None:
    """The category that an id names. Raises NotFound."""
    if key is None:
        return None
    for one in tree:
        if key.village == unit.village.id and one.id == key.id:
            return one
    raise NotFound


def _judge_place(
    judge: Judge,
    tree: list[Category],
    old: Category | None,
    parent: Category | None,
    input: WasteSaveCategoryInput,
) -> None:
    if old is not None and old.stream is not input.stream:
        judge.refuse("stream", "FIXED", FIXED)
    if parent is None:
        return
    if parent.stream is not input.stream:
        judge.refuse("parent_id", "OTHER_STREAM", OTHER_STREAM)
    elif not parent.active:
        judge.refuse("parent_id", "RETIRED", RETIRED)
    elif old is not None and is_below(old.id, parent.id, {one.id: one.parent_id for one in tree}):
        judge.refuse("parent_id", "CYCLE", CYCLE)


async def _judge_code(
    judge: Judge, unit: WriteUnit, tree: list[Category], old: Category | None, code: str
) -> None:
    """The code is the label of lots: it may be no other's, and not that of a lot that has a label of its
    own.
    """
    if not judge.good("code"):
        return
    if old is not None:
        if old.code != code:
            judge.refuse("code", "FIXED", FIXED)
    elif any(one.code == code for one in tree) or await unit.exists(Lot, Lot.label == code):
        judge.refuse("code", "TAKEN", TAKEN)


MUTATIONS = (waste_save_category, waste_retire_category)
