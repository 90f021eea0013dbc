"""Builds the demo's data once, and brings it up to today on later starts."""

from __future__ import annotations

import hashlib
import importlib.resources
import inspect
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from types import ModuleType

import sqlalchemy as sa

from ...errors import ConfigurationError
from ...programs.host import Host
from ...programs.manifest import Program
from ...programs.switching import enable
from ...registry import demo as people
from ...registry.demo import settle
from ...registry.places import import_regions, open_village
from ...registry.regions import home_regions
from ...store.database import Database
from ...store.places import Region, RegionLevel, VillageProgram
from ...store.secrets import Keys
from ...store.write import Unit, village_facts
from . import holders, villages
from .folder import Note
from .villages import REGENCY, SHOWN

Say = Callable[[str], None]

OLDEST = timedelta(days=300)
"""A demo is built anew before the tokens of its first day expire."""


def fingerprints(host: Host) -> dict[str, str]:
    """What the data depends on, program by program: the steps of its tables, and the text of its demo."""
    return {program.name: _fingerprint(program) for program in host.programs}


def _fingerprint(program: Program) -> str:
    found = hashlib.sha256()
    for text in _texts(program):
        found.update(text.encode() + b"\0")
    return found.hexdigest()[:16]


def _texts(program: Program) -> Iterator[str]:
    if program.migrations:
        steps = importlib.resources.files(program.migrations).iterdir()
        for step in sorted((s for s in steps if s.name.endswith(".py")), key=lambda s: s.name):
            yield step.read_text(encoding="utf-8")
    module = inspect.getmodule(program.demo) if program.demo is not None else None
    if module is not None:
        yield from _sources(module)
    if program.core:
        for own in (sys.modules[__name__], villages, holders):
            yield inspect.getsource(own)
        yield from _sources(people)


def _sources(module: ModuleType) -> Iterator[str]:
    """The text of a module, or of every module of a package."""
    if not hasattr(module, "__path__"):
        yield inspect.getsource(module)
        return
    for part in sorted(importlib.resources.files(module).iterdir(), key=lambda p: p.name):
        if part.name.endswith(".py"):
            yield part.read_text(encoding="utf-8")


def reason_to_build(note: Note | None, found: dict[str, str], today: date) -> str | None:
    """Why the data must be built from scratch; None when it can be kept.

    A program that was uninstalled is no reason: it finds its data when it comes back.
    """
    if note is None:
        return "there is none yet"
    changed = sorted(name for name, print_ in found.items() if note.programs.get(name) != print_)
    if changed:
        return f"changed: {', '.join(changed)}"
    if today < note.day:
        return "the clock was set back"
    if today - note.built_on > OLDEST:
        return "it has grown old"
    return None


async def build(database: Database, host: Host, keys: Keys, now: datetime, say: Say) -> None:
    """Regions, villages, people, and what the programs show of themselves. The tables are there and empty."""
    async with database.transaction() as session:
        await import_regions(session, home_regions())
        codes = await session.scalars(
            sa.select(Region.code).where(
                Region.level == RegionLevel.DESA, Region.code.startswith(f"{REGENCY}.", autoescape=True)
            )
        )
        places = {shown.code: shown.place for shown in SHOWN}
        opened = 0
        for code in sorted(codes):
            village = await open_village(session, code)
            village.longitude, village.latitude = places.get(code) or (None, None)
            opened += 1
    say(f"{opened} villages of Tabanan")
    for shown in SHOWN:
        async with _unit(database, shown.code, now) as unit:
            residents = 0
            if shown.settlement is not None:
                residents = await settle(unit, keys, shown.settlement)
            for program in shown.programs(host):
                await enable(host, unit, program.name)
                await _show(program, unit)
            names = ", ".join(program.name for program in shown.programs(host)) or "no program"
            say(f"{unit.village.name}: {residents:,} invented residents; {names}")


async def bring_up_to_date(database: Database, host: Host, now: datetime, say: Say) -> None:
    """Let the programs add what has happened since. What a visitor of the demo switched off stays off."""
    for shown in SHOWN:
        async with _unit(database, shown.code, now) as unit:
            on = {row.program for row in await unit.all(VillageProgram)}
            for program in shown.programs(host):
                if program.name in on:
                    await _show(program, unit)
    say("the days since the last start")


async def _show(program: Program, unit: Unit) -> None:
    """Raises ConfigurationError that names the program whose demo fails."""
    if program.demo is None:
        return
    try:
        await program.demo(unit.village, unit)
    except Exception as error:
        raise ConfigurationError(
            f"The demo of program {program.name!r} raised {type(error).__name__} in {unit.village.name}. "
            "`wantilan --debug demo` shows where."
        ) from error


@asynccontextmanager
async def _unit(database: Database, code: str, now: datetime) -> AsyncIterator[Unit]:
    """A write unit of the machine's operator, at a moment that tests can choose."""
    async with database.transaction(code) as session:
        facts = await village_facts(session, code)
        assert facts is not None, f"{code} is open"
        unit = Unit(session, facts, None)
        unit.now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        yield unit
