"""Bengkel with something in every table of every program, and its neighbour with a little."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from click.testing import Result
from PIL import Image
from tests.core.shell import Shell

from wantilan import Grams, ResidentFacts, notify
from wantilan.programs.messages import MessageTemplate
from wantilan.programs.timetable import start_jobs
from wantilan.registry.codes import BloodType, Occupation, Religion, Sex
from wantilan.registry.models import (
    File,
    FileState,
    HamletHead,
    Household,
    HouseholdNumber,
    MessageDelivery,
    Resident,
)
from wantilan.registry.numbering import sealed_kk
from wantilan.registry.numbers import fictitious_kk, fictitious_nik
from wantilan.store.cursors import EventCursor
from wantilan.store.jobs import Job, JobOutcome, JobRun
from wantilan.store.places import ProgramSettings
from wantilan.store.tables import PublishedTable, VillageTable, sql_table
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan_cctv_registry.demo import demo as cameras
from wantilan_kartu_cerdas.cards import move_card, request_card
from wantilan_kartu_cerdas.models import KartuCardStatus
from wantilan_mail.models import Address, Code, MailOutcome, Sent
from wantilan_waste.files import PHOTO
from wantilan_waste.messages import TEMPLATES
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

PROGRAMS = ("cctv_registry", "kartu_cerdas", "mail", "waste")
KK = fictitious_kk(date(2020, 1, 1), 7)
NIK = fictitious_nik(date(1990, 5, 17), Sex.PEREMPUAN, 1)
"""Of the household, and of Wayan."""
UPLOADER = "kolektor_bengkel"


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), (20, 40, 220)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Scene:
    """`wayan` has lived with `luh` and has something in every program; `ketut` lives next door."""

    world: World
    wayan: Resident
    luh: Resident
    ketut: Resident
    household: Household
    operator: str
    himself: str
    shell: Shell = field(init=False)
    """Of one world only: the fixture gives it."""

    @property
    def who(self) -> ResidentFacts:
        return ResidentFacts(self.wayan.id, self.wayan.village_id)

    async def id_of(self, resident: Resident) -> str:
        return await self.world.id_of("Resident", resident)

    async def done(self, *words: str, **env: str | None) -> str:
        """What a command says that must succeed; beside the test's own event loop."""
        return await asyncio.to_thread(partial(self.shell.done, *words, **env))

    async def answered(self, *words: str, stdin: str) -> Result:
        """What becomes of a command that asks."""
        return await asyncio.to_thread(partial(self.shell, *words, stdin=stdin))

    async def refused(self, *words: str, **env: str | None) -> str:
        return await asyncio.to_thread(partial(self.shell.refused, *words, **env))


async def set_the_scene(world: World) -> Scene:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, *PROGRAMS)
    hamlet, beyond = await world.hamlet(BENGKEL), await world.hamlet(NEIGHBOUR)
    household = await world.household(BENGKEL, hamlet)
    about: dict[str, Any] = {
        "father_name": "I Nyoman Contoh", "phone": "081200000001", "religion": Religion.HINDU,
        "occupation": next(iter(Occupation)), "blood_type": next(iter(BloodType)), "birth_place": "Tabanan",
    }  # fmt: skip
    wayan = await world.resident(BENGKEL, hamlet, household, name="I Wayan Contoh", serial=1, **about)
    luh = await world.resident(BENGKEL, hamlet, household, name="Ni Luh Contoh", serial=2)
    ketut = await world.resident(NEIGHBOUR, beyond, name="I Ketut Tetangga", serial=3)
    collector = await world.token("waste_collector", BENGKEL, name=UPLOADER)
    files = [await world.file(collector, BENGKEL, PHOTO, a_photo()) for _ in range(2)]
    for code, resident in ((BENGKEL, wayan), (NEIGHBOUR, ketut)):
        await _everything(world, code, resident, household if code == BENGKEL else None)
    async with world.unit(BENGKEL) as unit:
        await unit.add(HamletHead(hamlet_id=hamlet.id, resident_id=wayan.id, since=date(2021, 1, 1)))
        for file, resident_id in zip(files, (wayan.id, None), strict=True):
            row = await unit.get(File, UUID(file.rsplit("-", 1)[1]))
            assert row is not None
            row.resident_id, row.state = resident_id, FileState.TAKEN
            (intake,) = await unit.all(Intake, Intake.photo_id.is_(None), Intake.mass_grams == 1500)
            intake.photo_id = row.id
            intake.mass_grams, intake.gross_grams = Grams(1501), Grams(2001)
            await unit.flush()
            await unit.add(_weighed(unit, intake.facility_id, household))
    return Scene(
        world,
        wayan,
        luh,
        ketut,
        household,
        await world.token("village_operator", BENGKEL, name="operator_bengkel"),
        await world.token("resident", BENGKEL, resident=wayan.id, name="wayan"),
    )


def a_shell(world: World, keys: str) -> Shell:
    shell = Shell(world.application.settings.database_url, keys)
    shell.env |= {"WANTILAN_FILES_FOLDER": str(world.application.settings.files_folder)}
    return shell


def _weighed(unit: Any, facility: UUID, household: Household | None) -> Intake:
    return Intake(
        facility_id=facility, household_id=household.id if household else None, stream=WasteStream.ORGANIK,
        source_class=WasteSourceClass.RUMAH_TANGGA, gross_grams=Grams(2000), tare_grams=Grams(500),
        mass_grams=Grams(1500), weighed_at=unit.now, business_date=unit.today, recorded_by=uuid4(),
    )  # fmt: skip


async def _everything(world: World, code: str, resident: Resident, household: Household | None) -> None:
    async with world.unit(code) as unit:
        whom = ResidentFacts(resident.id, unit.village.id)
        if household is not None:
            kk = sealed_kk(world.keys, KK, household.id, unit.village.id)
            await unit.add(HouseholdNumber(household_id=household.id, since=date(2020, 1, 1), **kk))
            row = await unit.get(Household, household.id)
            assert row is not None
            row.address = "Jalan Contoh 1"
        facility = Facility(
            name="TPS3R Bestari", kind=WasteFacilityKind.TPS3R, longitude=115.1, latitude=-8.5
        )
        await unit.add(facility)
        await unit.add(_weighed(unit, facility.id, household))
        closed = await request_card(unit, resident, reason="Kartu lama rusak")
        await move_card(unit, closed, KartuCardStatus.REJECTED, reason="Foto kabur")
        await request_card(unit, resident, reason="Kartu baru")
        await cameras(unit.village, unit)
        template: MessageTemplate = TEMPLATES[0]
        message = await notify(unit, whom, template, **_values(template))
        message.queued_at = unit.now
        await unit.add(
            MessageDelivery(
                message_id=message.id,
                channel="mail",
                due_at=unit.now,
                leased_by=uuid4(),
                leased_until=unit.now,
            )
        )
        code_row = Code(resident_id=resident.id, message_id=message.id, asked_at=unit.now, hash=b"\x01" * 32)
        await unit.add(code_row)
        await unit.add(
            Address(
                resident_id=resident.id, address=f"{resident.full_name.split()[1].lower()}@surel.example", changed_at=unit.now,
                confirmed_at=unit.now, code_id=code_row.id,
            )
        )  # fmt: skip
        await unit.add(
            Sent(message_id=message.id, resident_id=resident.id, outcome=MailOutcome.SENT, at=unit.now)
        )
        await unit.add(
            ProgramSettings(program="waste", values={"b": [1.5, None], "a": "ä"}, changed_at=unit.now)
        )
        await unit.add(EventCursor(program="waste", position=1, due_at=unit.now))
        waste = world.host.program("waste")
        assert waste is not None
        await start_jobs(unit, waste)
        job = await unit.first(Job)
        assert job is not None
        await unit.add(
            JobRun(
                job_id=job.id, planned_at=unit.now, missed=0, started_at=unit.now, ended_at=unit.now,
                outcome=JobOutcome.DONE, latest=True,
            )
        )  # fmt: skip


def _values(template: MessageTemplate) -> Mapping[str, Any]:
    made = {Grams: Grams(1500), str: "TPS3R Bestari", date: date(2026, 1, 1)}
    return {name: made[kind] for name, kind in template.values.items()}


async def rows_of(world: World, code: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of a village by the name of its table, in the order of their keys; read by the test itself."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with world.unit(code) as unit:
        for model in world.host.models:
            if issubclass(model, VillageTable | PublishedTable):
                table = sql_table(model)
                query = sa.select(table).where(table.c.village_id == unit.village.id)
                rows = [dict(row) for row in (await unit.session.execute(query)).mappings()]
                key = [column.name for column in table.primary_key]
                found[table.name] = sorted(rows, key=lambda row: [str(row[name]) for name in key])
    return found
