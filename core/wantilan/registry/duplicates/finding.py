"""Looking for pairs in the register: for one who comes, and every night for all. Only who was born on the
same day is compared, which an index finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from ...errors import Text
from ...store.ids import uuid7
from ...store.write import Unit
from ..codes import ResidentStatus
from ..life.projecting import batched
from ..models import DuplicateState, Resident, ResidentDuplicate
from ..numbers import Finding, NikKind
from .rules import Facts, Found, compared, pairs

POSSIBLE_DUPLICATE = Finding(
    "POSSIBLE_DUPLICATE",
    Text(
        "Mungkin sudah terdaftar: lihat daftar duplikat desa.",
        "May be in the register already: look at the village's duplicates.",
    ),
)
MOST = 10
"""Pairs of one resident that are written down, the likeliest first: a hundred of one name and one birth date
are no pairs to look at, but a wrong list.
"""
Pair = tuple[UUID, UUID]


async def note_duplicates(unit: Unit, residents: Iterable[Resident]) -> bool:
    """Write down who may be the same person as one of these. Whether there is anybody, also known before."""
    some = False
    for resident in residents:
        own = _facts(resident)
        others = await _look(unit, Resident.birth_date == resident.birth_date)
        found = {
            (min(own.id, one.id), max(own.id, one.id)): pair
            for one in others
            if (pair := compared(own, one)) is not None
        }
        known = await _known(unit, {key for pair in found for key in pair})
        await _write(unit, _few(found, known))
        some = some or any(known.get(pair) is not DuplicateState.DISMISSED for pair in found)
    return some


async def look_over(unit: Unit) -> None:
    """Compare all of the village. What does not hold any more, and nobody has judged, is forgotten."""
    shared = (
        sa.select(Resident.birth_date)
        .where(Resident.village_id == unit.village.id, _there())
        .group_by(Resident.birth_date)
        .having(sa.func.count() > 1)
    )
    persons = await _look(unit, Resident.birth_date.in_(shared))
    found: dict[Pair, Found] = {}
    for _, born in groupby(persons, key=_born):
        found.update({(first.id, second.id): what for first, second, what in pairs(list(born))})
    known = await _known(unit)
    await _write(unit, _few(found, known))
    gone = {pair for pair, state in known.items() if state is DuplicateState.OPEN and pair not in found}
    for row in await unit.all(ResidentDuplicate, ResidentDuplicate.state == DuplicateState.OPEN):
        if (row.first_id, row.second_id) in gone:
            await unit.session.delete(row)
    await unit.flush()


async def forget_open(unit: Unit, resident: UUID) -> None:
    """Delete the pairs of one resident that nobody has judged."""
    either = sa.or_(ResidentDuplicate.first_id == resident, ResidentDuplicate.second_id == resident)
    for row in await unit.all(ResidentDuplicate, either, ResidentDuplicate.state == DuplicateState.OPEN):
        await unit.session.delete(row)
    await unit.flush()


def _born(person: Facts) -> date:
    return person.birth_date


def _facts(row: Resident) -> Facts:
    settled = row.nik_kind is NikKind.PERMANENT
    return Facts(row.id, row.full_name, row.sex, row.birth_date, settled, row.mother_name)


def _there() -> sa.ColumnElement[bool]:
    """A record that was given up is nobody's."""
    return Resident.status != ResidentStatus.TIDAK_VALID


async def _look(unit: Unit, condition: sa.ColumnElement[bool]) -> Sequence[Facts]:
    await unit.flush()
    query = sa.select(
        Resident.id, Resident.full_name, Resident.sex, Resident.birth_date,
        Resident.nik_kind == NikKind.PERMANENT, Resident.mother_name,
    ).where(Resident.village_id == unit.village.id, condition, _there())  # fmt: skip
    rows = await unit.session.execute(query.order_by(Resident.birth_date, Resident.id))
    return [
        Facts(key, name, sex, born, bool(settled), mother) for key, name, sex, born, settled, mother in rows
    ]


async def _known(unit: Unit, residents: Collection[UUID] | None = None) -> dict[Pair, DuplicateState]:
    """The pairs that are written down: of some residents, or all."""
    query = sa.select(ResidentDuplicate.first_id, ResidentDuplicate.second_id, ResidentDuplicate.state).where(
        ResidentDuplicate.village_id == unit.village.id
    )
    found: dict[Pair, DuplicateState] = {}
    for some in batched(residents) if residents is not None else [None]:
        either = (
            sa.or_(ResidentDuplicate.first_id.in_(some), ResidentDuplicate.second_id.in_(some))
            if some is not None
            else sa.true()
        )
        for first, second, state in await unit.session.execute(query.where(either)):
            found[first, second] = state
    return found


def _few(found: Mapping[Pair, Found], known: Collection[Pair]) -> dict[Pair, Found]:
    """Those that are new, as far as neither of the two has enough of them."""
    has = Counter(key for pair in known for key in pair)
    few: dict[Pair, Found] = {}
    for pair, what in sorted(found.items(), key=lambda one: (-one[1].weight, one[0])):
        if pair not in known and all(has[key] < MOST for key in pair):
            has.update(pair)
            few[pair] = what
    return few


async def _write(unit: Unit, found: dict[Pair, Found]) -> None:
    for (first, second), (rule, weight) in sorted(found.items()):
        row = ResidentDuplicate(
            village_id=unit.village.id, id=uuid7(), first_id=first, second_id=second, rule=rule,
            weight=weight, state=DuplicateState.OPEN, found_at=unit.now,
        )  # fmt: skip
        unit.session.add(row)
    await unit.flush()
