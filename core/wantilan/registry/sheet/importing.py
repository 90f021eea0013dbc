"""A sheet taken in: read, compared with the register, and applied if that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from ...errors import RuleViolated, Text
from ...store.places import Village
from ...store.secrets import Keys
from ...store.write import Unit
from ..opensid import Located, SheetForm, SheetLimits, SheetReader, SheetRow
from .applying import Importer, apply
from .known import read_register
from .planning import Plan, plan

LIMITS = SheetLimits(rows=30_000)
"""A sheet is compared as a whole, in memory: twice the largest village of the country."""
AT_A_TIME = 500
FAULTY = Text(
    "Lembar ini punya baris yang salah; perbaiki, atau lewati baris itu (skipFaulty).",
    "This sheet has faulty rows; correct them, or leave those rows out (skipFaulty).",
)


@dataclass
class Sheet:
    """What was read of a file: its good rows, and what is wrong with the others."""

    rows: list[tuple[int, SheetRow]] = field(default_factory=list)
    faults: list[Located] = field(default_factory=list)
    warnings: list[Located] = field(default_factory=list)
    bad_rows: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.bad_rows)

    def refuse_unless_readable(self) -> None:
        """Raises RuleViolated for what is wrong with the file and not with one of its rows."""
        for fault in self.faults:
            if fault.row is None or fault.row not in self.bad_rows:
                raise RuleViolated(fault.code, fault.text)


@dataclass
class Outcome:
    """What a comparison came to, or what was written; counts are of rows."""

    sheet: Sheet
    plan: Plan
    applied: bool = False

    @property
    def faults(self) -> list[Located]:
        return [*self.sheet.faults, *self.plan.faults]

    @property
    def faulty(self) -> int:
        return len(self.sheet.bad_rows | self.plan.faulty)

    @property
    def unchanged(self) -> int:
        return len(self.plan.planned) - len(self.plan.new) - len(self.plan.changed)


class Reading:
    """Reads a file in pieces, so that whoever waits is told how far it is.

    while await reading.some(): …; reading.sheet
    """

    def __init__(self, path: Path, *, today: date, form: SheetForm | None = None) -> None:
        self._reader = SheetReader(path, today=today, form=form, limits=LIMITS, most_listed=1_000_000)
        self._lines = iter(self._reader)
        self.sheet = Sheet()

    async def some(self) -> bool:
        """Some hundred rows more; False when there were none. Then `sheet` is whole."""
        return await asyncio.to_thread(self._some)

    def _some(self) -> bool:
        for _ in range(AT_A_TIME):
            line = next(self._lines, None)
            if line is None:
                self.sheet.faults = self._reader.faults.listed
                self.sheet.warnings = self._reader.warnings.listed
                return False
            if line.row is None:
                self.sheet.bad_rows.add(line.number)
            else:
                self.sheet.rows.append((line.number, line.row))
        return True


async def compared(unit: Unit, keys: Keys, sheet: Sheet) -> Outcome:
    """What a sheet would change. Nothing is written. Raises RuleViolated for a file that is none."""
    sheet.refuse_unless_readable()
    register = await read_register(unit, keys)
    return Outcome(sheet, await asyncio.to_thread(plan, sheet.rows, register, keys, unit.village.id))


async def applied(
    unit: Unit,
    keys: Keys,
    sheet: Sheet,
    importer: Importer,
    *,
    skip_faulty: bool,
    told: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Write what a sheet changes, in this transaction; it is compared anew, with the village held.

    Raises RuleViolated (SHEET_FAULTY) when rows are faulty and are not to be left out.
    """
    sheet.refuse_unless_readable()
    held = sa.select(Village.id).where(Village.id == unit.village.id)
    await unit.session.execute(held.with_for_update(key_share=True))
    register = await read_register(unit, keys)
    made = await asyncio.to_thread(plan, sheet.rows, register, keys, unit.village.id)
    outcome = Outcome(sheet, made)
    if outcome.faulty and not skip_faulty:
        raise RuleViolated("SHEET_FAULTY", FAULTY)
    await apply(unit, keys, made, register, importer, told)
    outcome.applied = True
    return outcome
