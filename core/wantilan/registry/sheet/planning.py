"""What a sheet would change: each row compared with the register, judged, and put to its person. Nothing is
written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from ...store.secrets import Keys
from ..codes import Citizenship, FamilyRelationship, LifeEventKind, ResidentStatus
from ..life.timeline import LEAVING, order_fault
from ..names import sort_key
from ..numbering import kk_hash
from ..numbers import Finding
from ..opensid import ABSENT, BY_FIELD, COLUMNS, Located, SheetRow
from ..opensid.findings import located
from ..opensid.kinds.texts import NAME_MISSING
from .families import HEAD, Families, Family, Place
from .findings import (
    ALREADY_BEFORE_BIRTH,
    BIRTH_DATE_MISSING,
    HAMLET_MISSING,
    SEX_MISSING,
    TAG_IN_USE,
)
from .known import Known, Register
from .matching import Matched, match
from .showing import OTHER

ALIVE = ResidentStatus.HIDUP
LEFT_BY: Mapping[ResidentStatus, LifeEventKind] = {
    status: kind
    for kind, status in LEAVING.items()
    if kind not in (LifeEventKind.PINDAH_DESA, LifeEventKind.DIGABUNG)
}
"""By which event somebody comes to a status; the events of transfers and merges are not the sheet's."""
NEEDED = {
    "full_name": NAME_MISSING,
    "sex": SEX_MISSING,
    "birth_date": BIRTH_DATE_MISSING,
    "hamlet": HAMLET_MISSING,
}
"""What the register knows of everybody: blank in the sheet, it is a fault."""
DATED = ("hamlet", "marital_status", "education", "occupation")
"""Fields whose changes are life events, for which one must be alive here."""


@dataclass(slots=True)
class Planned:
    """One row that can be done. `row` has no ABSENT left: what the sheet does not say is the register's."""

    number: int
    known: Known | None
    row: SheetRow
    changed: tuple[str, ...]
    """The columns in which sheet and register differ; of somebody new none are told."""
    family: Family | None = None
    """The family on whose card he stands."""
    role: FamilyRelationship | None = None
    """What he is to be in it; None where he is not to belong to it, or the card has no head."""

    @property
    def status(self) -> ResidentStatus:
        return self.row.status or ALIVE  # type: ignore[return-value]

    @property
    def citizenship(self) -> Citizenship:
        return self.row.citizenship or Citizenship.WNI  # type: ignore[return-value]

    @property
    def moved(self) -> bool:
        """Whether the household differs, though perhaps no column does: a card may have got its head."""
        if self.known is None:
            return False
        family = self.family if self.role is not None else None
        return (family, self.role) != (self.known.household_id, self.known.relationship)


@dataclass
class Plan:
    """What comes of a sheet. `faults` are those of the register; the reader of the sheet has its own."""

    planned: list[Planned] = field(default_factory=list)
    faults: list[Located] = field(default_factory=list)
    hamlets: dict[str, str] = field(default_factory=dict)
    """Those that are to be made: name by key."""
    families: dict[str, UUID | None] = field(default_factory=dict)
    """KK numbers of households that are to be made."""
    headless: set[Family] = field(default_factory=set)
    missing: int = 0
    """Living residents of whom no good row says anything."""

    @property
    def new(self) -> list[Planned]:
        return [one for one in self.planned if one.known is None]

    @property
    def changed(self) -> list[Planned]:
        return [one for one in self.planned if one.known is not None and (one.changed or one.moved)]

    @property
    def faulty(self) -> set[int | None]:
        return {fault.row for fault in self.faults}


def plan(rows: Iterable[tuple[int, SheetRow]], register: Register, keys: Keys, village_id: UUID) -> Plan:
    """Compare good rows, each with its number, with a village's register."""
    made = Plan()
    matched, made.faults = match(rows, register, keys, village_id)
    tags = _Tags(register, matched)
    planned: list[Planned] = []
    for found in matched:
        whole = _filled(found)
        faults = [*_faults(found, whole), *tags.faults(found, whole)]
        made.faults += [located(finding, found.number, BY_FIELD[name].name) for name, finding in faults]
        if not faults:
            planned.append(Planned(found.number, found.known, whole, _differing(found)))
    for one in planned:
        one.family, one.role = _place(one, register, keys, village_id)
    families = Families(register, map(_place_of, planned))
    made.faults += [located(finding, number, column) for number, column, finding in families.judged()]
    made.headless = families.headless()
    made.planned = [one for one in planned if one.number in families.places]
    for one in made.planned:
        if one.family in made.headless:
            one.role = None
    _count(made, register)
    return made


def _count(made: Plan, register: Register) -> None:
    for one in made.planned:
        key = sort_key(str(one.row.hamlet))
        if key not in register.by_hamlet:
            made.hamlets.setdefault(key, str(one.row.hamlet))
        if isinstance(one.family, str):
            made.families.setdefault(one.family, None)
    named = {one.known.id for one in made.planned if one.known is not None}
    living = (key for key, known in register.residents.items() if known.row["status"] is ALIVE)
    made.missing = sum(key not in named for key in living)


def _filled(one: Matched) -> SheetRow:
    """With what the register knows, or nothing, where the sheet has no such column."""
    base = one.known.shown if one.known is not None else None
    absent = [column.field for column in COLUMNS if getattr(one.row, column.field) is ABSENT]
    return replace(one.row, **{name: getattr(base, name, None) for name in absent})


def _differing(one: Matched) -> tuple[str, ...]:
    """The columns in which a row says another thing than the register shows."""
    if one.known is None:
        return ()
    return tuple(
        column.name
        for column in COLUMNS
        if not _same(column.field, getattr(one.row, column.field), one.known, one.row)
    )


def _same(name: str, said: Any, known: Known, row: SheetRow) -> bool:
    if said is ABSENT:
        return True
    shows = getattr(known.shown, name)
    if name == "hamlet" and said is not None:
        return sort_key(said) == sort_key(shows)
    if name == "nik" and said is not None and shows is None and known.row["nik_hash"] is not None:
        return True  # found by its hash; it is not kept in a form that could be shown
    return bool(said == shows)


def _faults(one: Matched, whole: SheetRow) -> Iterator[tuple[str, Finding]]:
    """What is wrong with a row's cells, seen from the register."""
    for name, finding in NEEDED.items():
        if getattr(whole, name) is None:
            yield name, finding
    known = one.known
    if known is None:
        return
    if whole.birth_date and whole.birth_date > known.since:  # type: ignore[operator]
        yield "birth_date", ALREADY_BEFORE_BIRTH
    was: ResidentStatus = known.row["status"]
    becomes: ResidentStatus = whole.status or ALIVE  # type: ignore[assignment]
    if was is not becomes:
        fault = order_fault(event_of(was, becomes), was)
        if fault is not None:
            yield "status", fault
    elif was is not ALIVE:
        fault = order_fault(LifeEventKind.PERUBAHAN, was)
        for name in DATED:
            if fault is not None and not _same(name, getattr(whole, name), known, whole):
                yield name, fault


def event_of(was: ResidentStatus, becomes: ResidentStatus) -> LifeEventKind:
    """By what somebody comes from one status to another."""
    if becomes is not ALIVE:
        return LEFT_BY[becomes]
    return LifeEventKind.PINDAH_MASUK if was is ResidentStatus.PINDAH else LifeEventKind.KEMBALI


def _place(
    one: Planned, register: Register, keys: Keys, village_id: UUID
) -> tuple[Family | None, FamilyRelationship | None]:
    number, known = one.row.kk_number, one.known
    household = register.households.get(known.household_id) if known and known.household_id else None
    if household is not None and household.number is None and number is None:
        family: Family = household.id  # a family that has no number yet is not left by saying none
    elif isinstance(number, str):
        family = register.by_kk.get(kk_hash(keys, number, village_id), number)
    else:
        return None, None
    return family, (one.row.relationship or OTHER) if one.status is ALIVE else None  # type: ignore[return-value]


def _place_of(one: Planned) -> Place:
    known = one.known
    if known is None:
        return Place(one.number, None, one.family, one.role)
    leads = known.relationship is HEAD
    return Place(one.number, known.id, one.family, one.role, known.household_id, leads)


class _Tags:
    """Tags of cards that residents have whom the sheet does not name."""

    def __init__(self, register: Register, matched: Sequence[Matched]) -> None:
        named = {one.known.id for one in matched if one.known is not None}
        self._held = {
            tag for key, known in register.residents.items()
            if key not in named and (tag := known.details.get("card_tag")) is not None
        }  # fmt: skip

    def faults(self, one: Matched, whole: SheetRow) -> Iterator[tuple[str, Finding]]:
        if whole.card_tag in self._held:
            yield "card_tag", TAG_IN_USE
