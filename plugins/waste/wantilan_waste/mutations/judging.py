"""What the mutations of a facility judge alike: moments, texts, masses, and lines of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from wantilan import Grams, Judge, NotFound, Text, VillageTable, WriteUnit

from ..models import Lot
from ..rules.measuring import POSITIVE
from ..rules.weighing import HEAVIEST, moment_fault

Fault = tuple[str, Text]
M = TypeVar("M", bound=VillageTable)

MOST_LINES = 50
TOO_MANY = Text("Paling banyak 50 baris.", "At most 50 lines.")
NONE_AT_ALL = Text("Paling sedikit satu baris.", "At least one line.")
TOO_HEAVY = Text("Lebih dari 100 ton.", "More than 100 tonnes.")
TAKEN = Text("Sudah dipakai di desa ini.", "Is in use in the village already.")
OTHER_FACILITY = Text("Ada di fasilitas lain.", "Lies at another facility.")


def refuse(judge: Judge, name: str, fault: Fault | None) -> None:
    """Note a fault of a field, if there is one."""
    if fault is not None:
        judge.refuse(name, *fault)


def judge_moment(judge: Judge, name: str, moment: datetime | None) -> None:
    """Of something that was done: not in the future, and no older than may be written down late."""
    now = datetime.now(UTC)
    if judge.good(name):
        refuse(judge, name, moment_fault(moment or now, now))


def judge_mass(judge: Judge, name: str, mass: Grams) -> None:
    """Of what is moved at one time."""
    if judge.good(name):
        refuse(judge, name, mass_fault(mass))


def mass_fault(mass: Grams) -> Fault | None:
    if mass == 0:
        return "MUST_BE_POSITIVE", POSITIVE
    return ("TOO_HEAVY", TOO_HEAVY) if mass > HEAVIEST else None


class Lines:
    """The lines of a list of an input, each judged at its place."""

    def __init__(self, judge: Judge, name: str, lines: Sequence[object], *, least: int = 1) -> None:
        self.judge, self.name = judge, name
        if len(lines) < least:
            judge.refuse(name, "REQUIRED", NONE_AT_ALL)
        if len(lines) > MOST_LINES:
            judge.refuse(name, "TOO_MANY", TOO_MANY)
            lines = ()
        self.judges = [Judge(line, "input", name, str(index)) for index, line in enumerate(lines)]
        self._told = [len(one.faults) for one in self.judges]  # by the judge of the whole input

    def note(self) -> None:
        """Hand what was found since to the judge of the whole input."""
        for index, one in enumerate(self.judges):
            for fault in one.faults[self._told[index] :]:
                path = ("input", self.name, index, *fault.path[3:])
                self.judge.faults.append(fault._replace(path=path))
                self.judge.spoil(self.name)
            self._told[index] = len(one.faults)

    def keys(self, entity: type, name: str) -> list[Key | None]:
        """The decoded id in a field of each line."""
        return [one.key(entity, name) for one in self.judges]


class Key(Protocol):
    """A decoded id."""

    @property
    def id(self) -> UUID: ...

    @property
    def village(self) -> UUID | None: ...


async def found(unit: WriteUnit, model: type[M], key: Key, *, lock: bool = False) -> M:
    """The row that an id of the input names. Raises NotFound, also for what lies in another village."""
    if key.village != unit.village.id:
        raise NotFound
    return await unit.target(model, key.id, lock=lock)


async def lots_of(unit: WriteUnit, lines: Lines, keys: Sequence[Key | None], facility_id: UUID) -> list[Lot]:
    """The lot that each line names in `lot_id`; one at another facility is a fault of its line.

    Raises NotFound for what is not there, or lies in another village.
    """
    wanted = {key.id for key in keys if key is not None}
    here = {lot.id: lot for lot in await unit.all(Lot, Lot.id.in_(wanted))} if wanted else {}
    for one, key in zip(lines.judges, keys, strict=False):
        if key is None:
            continue
        if key.village != unit.village.id or key.id not in here:
            raise NotFound
        if here[key.id].facility_id != facility_id:
            one.refuse("lot_id", "OTHER_FACILITY", OTHER_FACILITY)
    lines.note()
    return [here[key.id] for key in keys if key is not None]
