"""A village that takes resident sheets in, and small sheets written by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wantilan.registry.codes import FamilyRelationship, ResidentStatus, Sex
from wantilan.registry.models import (
    Hamlet,
    Household,
    HouseholdMember,
    HouseholdNumber,
    HouseholdPeriod,
    LifeEffect,
    LifeEvent,
    Resident,
    ResidentDetail,
    ResidentPeriod,
    ResidentSource,
)
from wantilan.registry.numbers import fictitious_kk, fictitious_nik
from wantilan.registry.opensid import SheetForm, SheetReader, SheetRow, write_sheet
from wantilan.registry.sheet.applying import Importer
from wantilan.registry.sheet.exporting import exported
from wantilan.registry.sheet.importing import Outcome, Reading, Sheet, applied, compared
from wantilan.store.ids import uuid7
from wantilan.store.outbox import Event
from wantilan.store.tables import sql_table
from wantilan.testing import BENGKEL, World

Role, Status = FamilyRelationship, ResidentStatus
BORN = date(1980, 4, 3)
KK, OTHER_KK, THIRD_KK = (fictitious_kk(date(2020, 1, 2), serial) for serial in (1, 2, 3))
REGISTER = (
    Hamlet, Household, HouseholdNumber, Resident, HouseholdMember, LifeEvent, LifeEffect, ResidentPeriod,
    HouseholdPeriod, ResidentDetail, ResidentSource,
)  # fmt: skip
HEAD = Role.KEPALA_KELUARGA
EMPTY = SheetRow(*[None] * len(SheetRow.__slots__))  # type: ignore[arg-type]


def person(serial: int, **said: Any) -> SheetRow:
    """A row of somebody invented: alive in Banjar Kaja, child of the family KK, with a NIK of the serial."""
    return replace(
        EMPTY,
        **{
            "full_name": f"I Wayan Contoh {'ABCDEFGHIJ'[serial]}", "nik": fictitious_nik(BORN, Sex.LAKI_LAKI, serial),
            "sex": Sex.LAKI_LAKI, "birth_date": BORN, "hamlet": "Banjar Kaja", "kk_number": KK,
            "relationship": Role.ANAK, "status": Status.HIDUP, **said,
        },
    )  # fmt: skip


def head(serial: int, **said: Any) -> SheetRow:
    return person(serial, relationship=HEAD, **said)


async def read(path: Path, today: date) -> Sheet:
    reading = Reading(path, today=today)
    while await reading.some():
        pass
    return reading.sheet


def rows_of(path: Path, today: date) -> list[SheetRow]:
    """The rows of a sheet that must be faultless."""
    reader = SheetReader(path, today=today)
    rows = [line.row for line in reader]
    assert reader.faults.total == 0, reader.faults.listed[:3]
    return [row for row in rows if row is not None]


@dataclass
class Office:
    """One village and what it does with sheets, without the API around."""

    world: World

    async def sheet(self, rows: Sequence[SheetRow]) -> Sheet:
        """Rows as they come out of a file: numbered from 1, since it is JSON Lines."""
        async with self.world.unit(BENGKEL) as unit:
            today = unit.today
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sheet.jsonl"
            with path.open("wb") as file:
                write_sheet(file, rows, SheetForm.JSON_LINES)
            return await read(path, today)

    async def compare(self, *rows: SheetRow) -> Outcome:
        sheet = await self.sheet(rows)
        async with self.world.unit(BENGKEL) as unit:
            return await compared(unit, self.world.keys, sheet)

    async def apply(self, *rows: SheetRow, skip_faulty: bool = False) -> Outcome:
        return await self.apply_sheet(await self.sheet(rows), skip_faulty=skip_faulty)

    async def apply_sheet(self, sheet: Sheet, *, skip_faulty: bool = False) -> Outcome:
        async with self.world.unit(BENGKEL) as unit:
            importer = Importer(uuid7(), "the office")
            return await applied(unit, self.world.keys, sheet, importer, skip_faulty=skip_faulty)

    async def rows(self) -> list[SheetRow]:
        """The register as a sheet."""
        async with self.world.unit(BENGKEL) as unit:
            return await exported(unit, self.world.keys)

    async def events(self) -> list[str]:
        """What is recorded to have happened, in order, without the entries."""
        async with self.world.unit(BENGKEL) as unit:
            kinds = await unit.session.scalars(sa.select(LifeEvent.kind).order_by(LifeEvent.id))
            return [kind.name for kind in kinds if kind.name != "TERDAFTAR"]

    async def register(self) -> dict[str, list[Any]]:
        """Every row of the register, to be compared."""
        found: dict[str, list[Any]] = {}
        async with self.world.unit(BENGKEL) as unit:
            for model in (*REGISTER, Event):
                table = sql_table(model)
                query = sa.select(*table.columns).order_by(*table.primary_key)
                found[table.name] = [tuple(row) for row in await unit.session.execute(query)]
        found["event"] = [row for row in found.pop("event") if "task" not in str(row)]
        return found


def places(outcome: Outcome) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each fault."""
    return sorted(((one.row, one.column, one.code) for one in outcome.faults), key=str)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """How many are new, changed, unchanged, faulty."""
    plan = outcome.plan
    return len(plan.new), len(plan.changed), outcome.unchanged, outcome.faulty
