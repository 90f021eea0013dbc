"""Categories of a set-up, by their codes: a tree by the code of the one above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from wantilan import FieldFault, Unit

from ..models import Category, DepositLine, Intake, Lot, SaleLine
from ..mutations.judging import TAKEN
from ..rules.categories import CYCLE, FIXED, OTHER_STREAM, RETIRED, category_faults
from ..rules.saving import UNKNOWN_CATEGORY
from ..stock_events import CATEGORY_SAVED
from .words import Fault, Name, Part, PpClass, SipsnClass, Stream, Whole

WHERE = "categories"


class CategorySetup(Part):
    """One category."""

    name: Name
    english_name: Name
    stream: Stream
    sipsn_class: SipsnClass
    pp_class: PpClass
    parent: str | None = None
    resin: Annotated[Whole | None, Field(default=None)]
    grams_per_litre: Annotated[Whole | None, Field(default=None)]
    accepted_by_bank: bool = False


Categories = Mapping[str, CategorySetup]


async def given(unit: Unit) -> dict[str, CategorySetup]:
    """Those in use, by code."""
    rows = {row.id: row for row in await unit.all(Category, Category.active.is_(True))}
    return {
        row.code: CategorySetup(
            name=row.name_id,
            english_name=row.name_en,
            stream=row.stream,
            sipsn_class=row.sipsn_class,
            pp_class=row.pp_class,
            parent=rows[row.parent_id].code if row.parent_id in rows else None,
            resin=row.resin,
            grams_per_litre=row.grams_per_litre,
            accepted_by_bank=row.accepted_by_bank,
        )
        for row in sorted(rows.values(), key=lambda row: row.code)
    }


async def held(unit: Unit) -> dict[str, Category]:
    """All categories of the village by code, until the end: two changes together could close a circle. They
    were read before, for telling what changes; now they are as they are.
    """
    query = sa.select(Category).where(Category.village_id == unit.village.id).order_by(Category.id)
    fresh = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {row.code: row for row in await unit.session.scalars(fresh)}


def without_retired(wanted: Categories, there: Mapping[str, Category]) -> dict[str, CategorySetup]:
    """What is to be taken over: a category that the village has retired stays retired, and what is new below
    it is passed over.
    """
    retired = {code for code, row in there.items() if not row.active}
    left = {code: one for code, one in wanted.items() if code not in retired}
    while below := [c for c, one in left.items() if c not in there and one.parent in retired]:
        retired.update(below)
        left = {code: one for code, one in left.items() if code not in retired}
    return left


async def faults(unit: Unit, wanted: Categories, there: Mapping[str, Category]) -> list[Fault]:
    """What speaks against taking these over."""
    labels = set(await unit.session.scalars(sa.select(Lot.label).where(Lot.village_id == unit.village.id)))
    ids = {row.id: code for code, row in there.items()}
    above: dict[str, str | None] = {
        code: ids.get(row.parent_id) if row.parent_id else None for code, row in there.items()
    }
    above |= {code: one.parent for code, one in wanted.items()}
    found: list[Fault] = []
    for code, one in wanted.items():
        where = (WHERE, code)
        for field, word, text in category_faults(
            code, one.stream, one.accepted_by_bank, one.resin, one.grams_per_litre
        ):
            found.append(FieldFault(where if field == "code" else (*where, field), word, text))
        if code not in there and code in labels:
            found.append(FieldFault(where, "TAKEN", TAKEN))
        if code in there and there[code].stream is not one.stream:
            found.append(FieldFault((*where, "stream"), "FIXED", FIXED))
        found += _above(code, one, wanted, there, above)
    return found


def _above(
    code: str,
    one: CategorySetup,
    wanted: Categories,
    there: Mapping[str, Category],
    above: Mapping[str, str | None],
) -> Iterator[Fault]:
    where = (WHERE, code, "parent")
    if one.parent is None:
        return
    parent = wanted.get(one.parent) or there.get(one.parent)
    if parent is None:
        yield FieldFault(where, *UNKNOWN_CATEGORY)
    elif parent.stream is not one.stream:
        yield FieldFault(where, "OTHER_STREAM", OTHER_STREAM)
    elif one.parent in there and not there[one.parent].active:
        yield FieldFault(where, "RETIRED", RETIRED)
    else:
        seen, higher = {code}, above.get(one.parent)
        while higher is not None and higher not in seen:
            seen.add(higher)
            higher = above.get(higher)
        if higher == code or one.parent == code:
            yield FieldFault(where, "CYCLE", CYCLE)


async def take(unit: Unit, wanted: Categories, there: dict[str, Category]) -> None:
    """Add what is not there and change what is; `there` has all of them afterwards.

    In a category under which something was recorded the classes stay: they say what those masses are counted
    as.
    """
    used = await _recorded(unit)
    for code in _parents_first(wanted):
        one, row = wanted[code], there.get(code)
        if row is None:
            row = there[code] = Category(code=code, stream=one.stream, active=True)
        if row.id not in used:
            row.sipsn_class, row.pp_class = one.sipsn_class, one.pp_class
        row.name_id, row.name_en, row.resin = one.name, one.english_name, one.resin
        row.grams_per_litre, row.accepted_by_bank = one.grams_per_litre, one.accepted_by_bank
        row.parent_id = there[one.parent].id if one.parent is not None else None
        if row not in unit.session or unit.session.is_modified(row):
            await unit.add(row)
            unit.announce(CATEGORY_SAVED, category=row.id)


def _parents_first(wanted: Categories) -> list[str]:
    """The codes so that none comes before the one above it. There is no circle in them."""

    below: dict[str | None, list[str]] = {}
    for code, one in sorted(wanted.items()):
        below.setdefault(one.parent if one.parent in wanted else None, []).append(code)
    ordered = below.get(None, [])[:]
    for code in ordered:  # it grows by those below each
        ordered += below.get(code, [])
    return ordered


async def _recorded(unit: Unit) -> set[object]:
    """The ids of the categories under which something was recorded."""
    found: set[object] = set()
    for column in (Intake.category_id, Lot.category_id, SaleLine.category_id, DepositLine.category_id):
        query = sa.select(column).where(column.class_.village_id == unit.village.id).distinct()
        found.update(await unit.session.scalars(query))
    return found - {None}
