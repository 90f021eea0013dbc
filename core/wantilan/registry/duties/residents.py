"""What the register gives out about a resident, and what it keeps when it forgets him."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from ...errors import NotFound, RuleViolated, Text
from ...programs.duties.tables import rows_of
from ...programs.values import Json, Kept, ResidentFacts
from ...store.tables import Table, sql_table
from ...store.write import Unit
from ..codes import LifeEventKind
from ..files.duties import erase_files
from ..files.taking import drop_file
from ..models import (
    File,
    Household,
    HouseholdMember,
    HouseholdNumber,
    IncomingTransfer,
    LifeEvent,
    Message,
    MessageDelivery,
    OutgoingPerson,
    OutgoingTransfer,
    Resident,
    ResidentCorrection,
    ResidentDetail,
    ResidentDuplicate,
    ResidentPeriod,
    ResidentSource,
)
from ..searching import index_residents
from ..transfer.leaving import waiting_ones
from .accounts import accounts_of, drop_accounts, held_as
from .persons import FORGOTTEN, forget_resident, resident_rows, shown

DELETED = (Message, MessageDelivery, ResidentCorrection, ResidentDetail, ResidentDuplicate)
COUNTED = (
    Resident.religion,
    Resident.marital_status,
    Resident.education,
    Resident.current_education,
    Resident.occupation,
    ResidentPeriod.marital_status,
    ResidentPeriod.education,
    ResidentPeriod.occupation,
)
"""What the village's statistics are made of, now and on each day; with it stay sex, the month of birth,
hamlet, standing, and of events the kind, the day and what they changed.
"""
OF_OFFICE = (
    LifeEvent.recorded_by_label,
    OutgoingTransfer.proposed_by_label,
    IncomingTransfer.ended_by_label,
    ResidentSource.recorded_by_label,
)
"""Who wrote something down is the office's."""
TOLD = (LifeEvent.place, LifeEvent.document, LifeEvent.note, LifeEvent.distance, LifeEvent.cause)
"""What is told of an event beside what it changed."""
OF_FILES = (File.kind, File.program, File.opens)

_ON_THE_WAY = Text(
    "Ada usulan pindah yang terbuka; tarik dahulu, karena desa lain memegang namanya.",
    "There is a transfer that has not ended; withdraw it first, since the other village has the name.",
)
ENTRY = Kept(
    Text(
        "Baris register tanpa nama dan nomor: jenis kelamin, bulan lahir, banjar, status, agama, "
        "status kawin, pendidikan, pekerjaan, tanggal keanggotaan keluarga, serta jenis dan tanggal "
        "peristiwa.",
        "The entry of the register without names and numbers: sex, month of birth, hamlet, standing, "
        "religion, marital status, education, occupation, the days of belonging to households, and the kinds "
        "and days of events.",
    ),
    Text(
        "Buku induk penduduk adalah arsip desa (UU 43/2009), dan angka statistik harus tetap.",
        "The register of residents is an archive of the village (law 43/2009), and statistics stay as they "
        "are.",
    ),
)
HOUSEHOLD = Kept(
    Text(
        "Alamat dan nomor KK keluarganya.",
        "The address and the KK numbers of the household.",
    ),
    Text("Anggota lain masih tercatat di keluarga itu.", "They are those of its other members too."),
)
ACCOUNT = Kept(
    Text("Akun dengan labelnya.", "The account with its label."),
    Text("Akun itu memegang peran lain.", "It holds other roles."),
)


async def export_entry(
    unit: Unit, models: Sequence[type[Table]], resident: ResidentFacts
) -> Mapping[str, Json]:
    """All rows about him, his households with their numbers, and his accounts; NIK and KK in full where the
    unit has keys.
    """
    found = await resident_rows(unit, models, resident)
    if not found:
        return found
    households: list[Json] = [await _household(unit, one) for one in await _households(unit, resident)]
    if households:
        found["household"] = households
    accounts = await accounts_of(unit, resident)
    return found | ({"account": accounts} if accounts else {})


async def erase_entry(unit: Unit, models: Sequence[type[Table]], resident: ResidentFacts) -> Sequence[Kept]:
    """Leave a pseudonym in the register. Repeated, it changes nothing and says the same."""
    locked = sa.select(Resident.birth_date).where(
        Resident.village_id == unit.village.id, Resident.id == resident.id
    )
    born: date | None = await unit.session.scalar(locked.with_for_update())
    if born is None:
        raise NotFound
    if await waiting_ones(unit, [resident.id]):
        raise RuleViolated("TRANSFER_OPEN", _ON_THE_WAY)
    await erase_files(unit, resident.id)
    await _forget_journeys(unit, resident)
    keep = (*COUNTED, *OF_OFFICE, *OF_FILES)
    await forget_resident(unit, models, resident, delete=DELETED, keep=keep)
    await _forget_birth(unit, resident, born)
    kept = [ENTRY]
    if await _forget_households(unit, resident):
        kept.append(HOUSEHOLD)
    await _index(unit, resident)
    if await drop_accounts(unit, held_as(resident)):
        kept.append(ACCOUNT)
    return kept


async def _forget_journeys(unit: Unit, resident: ResidentFacts) -> None:
    """What is told of transfers that he led: no row of theirs says so but that of the person."""
    here = OutgoingPerson.village_id == unit.village.id
    led = sa.select(OutgoingPerson.transfer_id).where(
        here, OutgoingPerson.resident_id == resident.id, OutgoingPerson.number == 1
    )
    table = sql_table(OutgoingTransfer)
    his = table.c.village_id == unit.village.id, table.c.id.in_(led)
    await unit.session.execute(sa.update(table).where(*his).values(document=None, note=None, reason=None))


async def _forget_birth(unit: Unit, resident: ResidentFacts, born: date) -> None:
    """Leave the month of birth, in the entry and in the periods that repeat it: figures of the ends of months
    need no more, so that none of them changes. Of whom the register was told of the birth, its day stands in
    that event, and stays.
    """
    if await unit.exists(
        LifeEvent, LifeEvent.resident_id == resident.id, LifeEvent.kind == LifeEventKind.LAHIR
    ):
        return
    for model, whose in ((Resident, Resident.id), (ResidentPeriod, ResidentPeriod.resident_id)):
        entry = sa.update(model).where(model.village_id == unit.village.id, whose == resident.id)
        await unit.session.execute(
            entry.values(birth_date=born.replace(day=1)).execution_options(synchronize_session=False)
        )


async def _index(unit: Unit, resident: ResidentFacts) -> None:
    """He, and those who were erased before him where he lived, are found by what is left and nothing else."""
    homes = await _households(unit, resident)
    await index_residents(unit, sa.or_(Resident.id == resident.id, Resident.household_id.in_(homes)))


async def _forget_households(unit: Unit, resident: ResidentFacts) -> bool:
    """Forget where and under which number he lived, unless others live or lived there. Whether it stays."""
    stays = False
    for key in await _households(unit, resident):
        others = (
            sa.exists()
            .where(
                HouseholdMember.village_id == unit.village.id,
                HouseholdMember.household_id == key,
                Resident.village_id == HouseholdMember.village_id,
                Resident.id == HouseholdMember.resident_id,
                Resident.full_name != FORGOTTEN,
            )
            .select()
        )
        if await unit.session.scalar(others):
            stays = True
            continue
        own = [HouseholdNumber.village_id == unit.village.id, HouseholdNumber.household_id == key]
        await unit.session.execute(sa.delete(sql_table(HouseholdNumber)).where(*own))
        place = [Household.village_id == unit.village.id, Household.id == key]
        await unit.session.execute(sa.update(sql_table(Household)).where(*place).values(address=None))
        await _forget_events(unit, key)
    return stays


async def _forget_events(unit: Unit, household: UUID) -> None:
    """What is told of events that are about nobody but the household."""
    its = LifeEvent.household_id == household, LifeEvent.resident_id.is_(None)
    for event in await unit.all(LifeEvent, *its):
        if event.file_id is not None:
            await drop_file(unit, event.file_id)
    told = sa.update(sql_table(LifeEvent)).where(LifeEvent.village_id == unit.village.id, *its)
    await unit.session.execute(told.values({column.key: None for column in TOLD}))
    unit.session.expunge_all()


async def _households(unit: Unit, resident: ResidentFacts) -> Sequence[UUID]:
    """Every household to which he belongs or belonged."""
    member = sa.select(HouseholdMember.household_id).where(
        HouseholdMember.village_id == unit.village.id, HouseholdMember.resident_id == resident.id
    )
    now = sa.select(Resident.household_id).where(
        Resident.village_id == unit.village.id, Resident.id == resident.id, Resident.household_id.is_not(None)
    )
    return sorted(set(await unit.session.scalars(member.union(now))))


async def _household(unit: Unit, id: UUID) -> Mapping[str, Json]:
    """A household and its numbers."""
    table, numbers = sql_table(Household), sql_table(HouseholdNumber)
    own = [numbers.c.village_id == unit.village.id, numbers.c.household_id == id]
    rows: list[Json] = [shown(numbers, row, unit.keys) async for row in rows_of(unit.session, numbers, *own)]
    place = [table.c.village_id == unit.village.id, table.c.id == id]
    (row,) = [shown(table, row, unit.keys) async for row in rows_of(unit.session, table, *place)]
    return row | {"numbers": rows}
