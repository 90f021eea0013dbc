"""Bengkel with something in every table of every program, and its neighbour with a little."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from click.testing import Result
from PIL import Image
from tests.core.shell import Shell
from tests.waste.everything import everything

from wantilan import Grams, ResidentFacts, notify
from wantilan.programs.messages import MessageTemplate
from wantilan.programs.timetable import start_jobs
from wantilan.registry.codes import (
    BloodType,
    DeathCause,
    Disability,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Religion,
    Sex,
)
from wantilan.registry.file_kinds import PROOF
from wantilan.registry.life.recording import Act, record, undo
from wantilan.registry.models import (
    CorrectionState,
    DuplicateRule,
    DuplicateState,
    File,
    FileState,
    HamletHead,
    Household,
    HouseholdNumber,
    IncomingPerson,
    IncomingTransfer,
    LifeEvent,
    MessageDelivery,
    OutgoingPerson,
    OutgoingTransfer,
    RecordSource,
    Resident,
    ResidentCorrection,
    ResidentDetail,
    ResidentDuplicate,
    ResidentSource,
    TransferState,
)
from wantilan.registry.numbering import sealed_kk, sealed_nik, sealed_parents
from wantilan.registry.numbers import fictitious_kk, fictitious_nik
from wantilan.registry.statistics.keeping import keep
from wantilan.store.cursors import EventCursor
from wantilan.store.jobs import Job, JobOutcome, JobRun
from wantilan.store.places import ProgramSettings, ProgramSetup
from wantilan.store.tables import PublishedTable, VillageTable, sql_table
from wantilan.store.tasks import Task, TaskState
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
FATHER = fictitious_nik(date(1960, 1, 2), Sex.LAKI_LAKI, 8)
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
    operator = await world.token("village_operator", BENGKEL, name="operator_bengkel")
    files = [await world.file(collector, BENGKEL, PHOTO, a_photo()) for _ in range(2)]
    proof = UUID((await world.file(operator, BENGKEL, PROOF, a_photo())).rsplit("-", 1)[1])
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
    await _lives(world, wayan, luh, household, proof)
    return Scene(
        world,
        wayan,
        luh,
        ketut,
        household,
        operator,
        await world.token("resident", BENGKEL, resident=wayan.id, name="wayan"),
    )


def a_shell(world: World, keys: str) -> Shell:
    shell = Shell(world.application.settings.database_url, keys)
    shell.env |= {"WANTILAN_FILES_FOLDER": str(world.application.settings.files_folder)}
    return shell


async def _lives(world: World, wayan: Resident, luh: Resident, household: Household, proof: UUID) -> None:
    """Something is told of the house, and of Wayan what touches Luh too; once by mistake."""
    told = {
        "place": "Jalan Contoh 1", "document": "470/7/2022", "note": "Kata I Wayan Contoh", "file_id": proof,
        "cause": DeathCause.LAINNYA, "distance": MoveDistance.LUAR_DESA,
    }  # fmt: skip
    together: Any = {
        "kind": LifeEventKind.KAWIN, "resident_id": wayan.id,
        "residents": {one.id: {"marital_status": MaritalStatus.KAWIN} for one in (wayan, luh)},
    }  # fmt: skip
    async with world.unit(BENGKEL) as unit:
        file = await unit.get(File, proof)
        assert file is not None
        file.resident_id, file.state = wayan.id, FileState.TAKEN
        house = Act(
            kind=LifeEventKind.PINDAH_BANJAR, happened_on=date(2020, 3, 1), household_id=household.id,
            households={household.id: household.hamlet_id}, said={"note": "Jalan Contoh 1"},
        )  # fmt: skip
        wrong = Act(happened_on=date(2021, 2, 1), **together)
        _, event, _ = await record(
            unit, house, wrong, Act(happened_on=date(2022, 2, 1), said=told, **together)
        )
        undoing = Act(
            kind=LifeEventKind.PEMBATALAN, happened_on=event.happened_on, resident_id=wayan.id,
            undoes_id=event.id, said={"note": "Bukan I Wayan Contoh"},
        )  # fmt: skip
        await undo(unit, event, undoing)
        last = await unit.first(LifeEvent, LifeEvent.resident_id == wayan.id, LifeEvent.file_id == proof)
        assert last is not None
        await _journeys(unit, wayan, luh, last)
        await unit.add(*_of_a_sheet(world, unit, wayan))
        await keep(unit.session, unit.village.id, [date(2022, 2, 28)])


def _of_a_sheet(world: World, unit: Any, wayan: Resident) -> Sequence[Any]:
    parents = sealed_parents(world.keys, {"father_nik": FATHER, "mother_nik": None}, wayan.id)
    return (
        ResidentDetail(
            resident_id=wayan.id, rw="001", rt="002", passport="X 0000001", card_tag="TAG0000000001", disability=Disability.TIDAK,
            latitude=-8.5, longitude=115.1, **parents,
        ),
        ResidentSource(
            resident_id=wayan.id, source=RecordSource.OPENSID, made=True, import_id=uuid4(), sheet_row=2, changed="nama",
            recorded_at=unit.now, recorded_by_label="kantor",
        ),
    )  # fmt: skip


async def _journeys(unit: Any, wayan: Resident, luh: Resident, event: LifeEvent) -> None:
    """He left once and came back, was not let go another time, and was taken for Luh."""
    between: Any = {
        "other_village_id": uuid4(), "happened_on": event.happened_on, "proposed_at": unit.now,
        "ended_at": unit.now,
    }  # fmt: skip
    office: Any = {"proposed_by_label": "kantor", "remaining": {}, "note": "Kata I Wayan Contoh"}
    left = OutgoingTransfer(state=TransferState.ACCEPTED, event_id=event.id, **office, **between)
    stayed = OutgoingTransfer(
        state=TransferState.REFUSED, reason="Bukan I Wayan Contoh", document="470/8/2022", **office, **between
    )
    came = IncomingTransfer(
        state=TransferState.ACCEPTED, event_id=event.id, ended_by_label="kantor", **between
    )
    await unit.add(left, stayed, came)
    for transfer in (left, stayed):
        await unit.add(OutgoingPerson(transfer_id=transfer.id, number=1, resident_id=wayan.id, waiting=False))
    await unit.add(IncomingPerson(transfer_id=came.id, number=1, resident_id=wayan.id))
    first, second = sorted((wayan.id, luh.id))
    await unit.add(
        ResidentDuplicate(
            first_id=first, second_id=second, rule=DuplicateRule.NEAR_NAME, weight=9, found_at=unit.now,
            state=DuplicateState.DISMISSED, judged_at=unit.now, judged_by_label="kantor", note="Bukan I Wayan Contoh",
        ),
    )  # fmt: skip


def _weighed(unit: Any, facility: UUID, household: Household | None) -> Intake:
    return Intake(
        facility_id=facility, household_id=household.id if household else None, stream=WasteStream.ORGANIK,
        source_class=WasteSourceClass.RUMAH_TANGGA, gross_grams=Grams(2000), tare_grams=Grams(500),
        mass_grams=Grams(1500), weighed_at=unit.now, business_date=unit.today, recorded_by=uuid4(),
    )  # fmt: skip


CORRECTED_BY = UUID(int=1)


def _proof(resident: Resident) -> File:
    """Of the correction; its content is gone already."""
    return File(
        id=CORRECTED_BY, village_id=resident.village_id, kind="correction.proof", opens="resident.correct",
        household=False, state=FileState.GONE, created_at=resident.registered_at, resident_id=resident.id,
    )  # fmt: skip


def _correction(world: World, resident: Resident) -> ResidentCorrection:
    """One that was rejected: a name and a NIK that were never his."""
    stored = sealed_nik(
        world.keys, fictitious_nik(date(1991, 5, 17), Sex.PEREMPUAN, 9), resident.id, resident.village_id
    )
    return ResidentCorrection(
        village_id=resident.village_id, resident_id=resident.id, state=CorrectionState.REJECTED,
        reason="I Wayan Keliru", file_id=CORRECTED_BY, changes={"full_name": "I Wayan Keliru"},
        former={"full_name": resident.full_name}, proposed_at=resident.registered_at, proposed_by_label="kantor",
        due_at=resident.registered_at, decided_at=resident.registered_at, decided_by_label="perbekel", **stored,
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
        await unit.add(_proof(resident), _correction(world, resident))
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
        if household is not None:
            await everything(unit, household, resident)
        await unit.add(
            ProgramSetup(
                program="waste", version="0.1.0", setup={"prices": {"PET": 3000}}, settings={"a": [None, "ä"]},
                published_at=unit.now,
            )
        )  # fmt: skip
        await unit.add(EventCursor(program="waste", position=1, due_at=unit.now))
        await unit.add(
            Task(
                name="registry.bring", input={"rows": 1}, result={"added": 1}, state=TaskState.DONE, done=1,
                created_at=unit.now, ended_at=unit.now, due_at=unit.now, attempts=0,
            )
        )  # fmt: skip
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
