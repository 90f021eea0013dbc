"""Who in the register a row of the sheet is. Never are two rows one person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from ...store.secrets import Keys
from ..names import sort_key
from ..numbering import nik_hash
from ..numbers import NikKind
from ..opensid import ABSENT, Located, SheetRow
from ..opensid.findings import located
from .findings import AMBIGUOUS_ROW
from .known import Known, Register

Likeness: TypeAlias = tuple[Any, ...]
"""KK, key of the name, birth date, sex."""


@dataclass(slots=True)
class Matched:
    """A good row of the sheet, and whom it means: None is somebody new."""

    number: int
    row: SheetRow
    known: Known | None = None


def match(
    rows: Iterable[tuple[int, SheetRow]], register: Register, keys: Keys, village_id: UUID
) -> tuple[list[Matched], list[Located]]:
    """By NIK; somebody without one by KK, name, birth date and sex, if that is one person only.

    A NIK that the register does not know may be that of somebody who had none until now. Rows that may mean
    more than one person are left out, each a fault: AMBIGUOUS_ROW.
    """
    found = [Matched(number, row) for number, row in rows]
    taken: set[UUID] = set()
    for one in found:
        if isinstance(one.row.nik, str):
            key = register.by_nik.get(nik_hash(keys, one.row.nik, village_id))
            if key is not None:
                one.known = register.residents[key]
                taken.add(key)
    alike = _alike(register, taken)
    faults = _by_likeness([one for one in found if one.row.nik is None], alike, taken)
    _by_new_nik([one for one in found if one.row.nik is not None and one.known is None], alike, taken)
    bad = {fault.row for fault in faults}
    return [one for one in found if one.number not in bad], faults


def _alike(register: Register, taken: set[UUID]) -> dict[Likeness, list[Known]]:
    """Everybody who is not found by his NIK, by what he is like."""
    found: dict[Likeness, list[Known]] = defaultdict(list)
    for key, known in register.residents.items():
        if key not in taken:
            found[_likeness(known.shown)].append(known)
    return found


def _by_likeness(
    rows: Sequence[Matched], alike: dict[Likeness, list[Known]], taken: set[UUID]
) -> list[Located]:
    faults = []
    counts = Counter(_likeness(one.row) for one in rows)
    for one in rows:
        likeness = _likeness(one.row)
        others = alike.get(likeness, [])
        nameless = [known for known in others if known.row["nik_hash"] is None]
        # One of the same family with a NIK, whom the sheet does not name, is most likely the same person.
        with_nik = len(nameless) < len(others) and one.row.kk_number is not None
        if counts[likeness] > 1 or len(nameless) > 1 or with_nik:
            faults.append(located(AMBIGUOUS_ROW, one.number, "nik"))
        elif nameless:
            one.known = nameless[0]
            taken.add(one.known.id)
    return faults


def _by_new_nik(rows: Sequence[Matched], alike: dict[Likeness, list[Known]], taken: set[UUID]) -> None:
    """Somebody of a family who had no NIK, or one of the village's own, and now has one."""
    counts = Counter(_likeness(one.row) for one in rows)
    for one in rows:
        likeness = _likeness(one.row)
        if not isinstance(one.row.kk_number, str) or counts[likeness] > 1:
            continue
        waiting = [known for known in alike.get(likeness, []) if known.id not in taken and _waits(known)]
        if len(waiting) == 1:
            one.known = waiting[0]
            taken.add(one.known.id)


def _waits(known: Known) -> bool:
    return known.row["nik_hash"] is None or known.row["nik_kind"] is NikKind.TEMPORARY


def _likeness(row: SheetRow) -> Likeness:
    """A row that does not say all four is like nobody but itself."""
    parts = (row.kk_number, row.full_name, row.birth_date, row.sex)
    if any(part is ABSENT for part in parts) or row.full_name is None or row.birth_date is None:
        return (object(),)
    return row.kk_number, sort_key(str(row.full_name)), row.birth_date, row.sex
