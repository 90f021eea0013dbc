"""What the waste program owes residents. Money and mass stay in the books; who it was, and what was written
about him, goes.

A household's own (its service point, what was noted and photographed there) is about all who live in it: it
goes with the last of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from wantilan import Kept, ResidentFacts, Text, Unit, drop_file, forget_resident, sort_key, tables

from .models import (
    MODELS,
    Account,
    Complaint,
    ComplaintPhoto,
    ComplaintStep,
    Deposit,
    DepositLine,
    Feed,
    Invoice,
    LedgerEntry,
    Payment,
    PublicComplaint,
    ServicePoint,
    StopVisit,
    Subscription,
    Withdrawal,
)
from .settings import PROGRAM

FORGOTTEN = "—"
"""What stands where `forget_resident` took a text away, also in the register's entry of who was erased."""

OWN = (
    Account, Deposit, DepositLine, Withdrawal, LedgerEntry, Complaint, ComplaintStep, ComplaintPhoto,
    PublicComplaint,
)  # fmt: skip
"""What belongs to one resident. A weighing or a visit is the household's, and stays."""
NAMING: tuple[Any, ...] = tuple(model for model in MODELS if hasattr(model, "resident_id"))
NUMBERS = (
    Account.number,
    Deposit.receipt_no,
    Deposit.receipt_indonesian,
    Deposit.receipt_english,
    Complaint.tracking_code,
    PublicComplaint.tracking_code,
)
"""They say nothing of a person, and must never be given twice; a receipt names an account, and nobody."""
REASONS = (Deposit.reason, Withdrawal.reason)
"""That there is one follows from the state of the row: it is `—` afterwards, and not null."""
OF_HOUSEHOLD = (
    Subscription.exempt_reason,
    Invoice.reason,
    Payment.reason,
    StopVisit.feedback,
    Deposit.bag_code,
    Deposit.reason,
    Withdrawal.reason,
    Complaint.text,
    Complaint.address,
    Complaint.public_text,
    Complaint.public_note,
)
"""Texts about a household. Each table has a column `household_id`."""

BOOKS = Kept(
    Text(
        "Rekening bank sampah dengan nomor, setoran, penarikan, dan saldo, tanpa alasan.",
        "Accounts of the waste bank with numbers, deposits, withdrawals and balance, without reasons.",
    ),
    Text(
        "Pembukuan bank sampah harus tetap cocok, dan nomor tidak boleh dipakai dua kali.",
        "The books of the waste bank must add up, and a number must never be given twice.",
    ),
)
COMPLAINTS = Kept(
    Text("Jenis dan tanggal aduan, tanpa isi.", "Kinds and days of complaints, without what they say."),
    Text("Angka aduan harus tetap.", "Figures of complaints stay as they are."),
)
POINT = Kept(
    Text(
        "Titik layanan rumah tangganya tanpa nama dan tempat, dengan tagihan dan pembayaran.",
        "The household's service point without name and place, with invoices and payments.",
    ),
    Text("Tagihan dan penerimaan harus tetap cocok.", "What was owed and what was paid must add up."),
)
SHARED = Kept(
    Text(
        "Catatan tentang rumah tangganya: titik layanan, alasan, dan pesan petugas.",
        "Notes on the household: its service point, reasons, what collectors told it.",
    ),
    Text(
        "Itu tentang semua penghuninya, dan masih ada yang tinggal di sana.",
        "They are about all who live there, and others still do.",
    ),
)


async def erase(unit: Unit, resident: ResidentFacts) -> Sequence[Kept] | None:
    """Forget who saved and who complained, and with the last of a household what was written about it.

    Repeated, it changes nothing and says the same.
    """
    kept: list[Kept] = []
    if await unit.exists(Account, Account.resident_id == resident.id):
        kept.append(BOOKS)
    if await unit.exists(Complaint, Complaint.resident_id == resident.id):
        kept.append(COMPLAINTS)
    for column in REASONS:
        await _blank(unit, column, column.class_.resident_id == resident.id)
    await forget_resident(unit, OWN, resident, keep=(*NUMBERS, *REASONS))
    households = await _left_alone(unit, resident)
    if await _shares_a_point(unit, resident, households):
        kept.append(SHARED)
    if households:
        if await unit.exists(ServicePoint, ServicePoint.household_id.in_(households)):
            kept.append(POINT)
        await _forget_households(unit, households)
    return kept or None


async def merge(unit: Unit, kept: ResidentFacts, merged: ResidentFacts) -> None:
    """All accounts and complaints become those of the kept record; two accounts of one person stay two."""
    for model in NAMING:
        moved = sa.update(model).where(model.village_id == unit.village.id, model.resident_id == merged.id)
        await unit.session.execute(moved.values(resident_id=kept.id))


async def _forget_households(unit: Unit, households: Sequence[UUID]) -> None:
    for column in OF_HOUSEHOLD:
        await _blank(unit, column, column.class_.household_id.in_(households))
    complaints = sa.select(Complaint.id).where(
        Complaint.village_id == unit.village.id, Complaint.household_id.in_(households)
    )
    await _blank(unit, ComplaintStep.note, ComplaintStep.complaint_id.in_(complaints))
    for shown in (PublicComplaint.text, PublicComplaint.note):
        await _blank(unit, shown, PublicComplaint.id.in_(complaints))
    nowhere = {"longitude": None, "latitude": None}
    await _set(unit, PublicComplaint, PublicComplaint.id.in_(complaints), **nowhere)
    await _set(unit, Complaint, Complaint.household_id.in_(households), **nowhere)
    point = {"label": FORGOTTEN, "label_key": sort_key(FORGOTTEN), "instructions": None, "people": None}
    await _set(unit, ServicePoint, ServicePoint.household_id.in_(households), **point, **nowhere)
    open_feeds = sa.and_(Feed.household_id.in_(households), Feed.revoked_at.is_(None))
    await _set(unit, Feed, open_feeds, revoked_at=unit.now)
    photos = tables.File.program == PROGRAM, tables.File.household_id.in_(households)
    for photo in await unit.all(tables.File, *photos):
        await drop_file(unit, photo.id)


async def _blank(unit: Unit, column: InstrumentedAttribute[Any], test: sa.ColumnElement[bool]) -> None:
    await _set(unit, column.class_, sa.and_(test, column.is_not(None)), **{column.key: FORGOTTEN})


async def _set(unit: Unit, model: Any, test: sa.ColumnElement[bool], **values: Any) -> None:
    changed = sa.update(model).where(model.village_id == unit.village.id, test).values(**values)
    await unit.session.execute(changed.execution_options(synchronize_session=False))


async def _shares_a_point(unit: Unit, resident: ResidentFacts, alone: Sequence[UUID]) -> bool:
    """Whether a household to which he belongs or belonged, and others do, has or had a service point."""
    member = tables.HouseholdMember
    return await unit.exists(
        ServicePoint,
        member.village_id == ServicePoint.village_id,
        member.household_id == ServicePoint.household_id,
        member.resident_id == resident.id,
        member.household_id.not_in(alone),
    )


async def _left_alone(unit: Unit, resident: ResidentFacts) -> Sequence[UUID]:
    """The households to which he belongs or belonged and in which nobody else is or was who is not erased."""
    member, other = tables.HouseholdMember, sa.orm.aliased(tables.HouseholdMember)
    somebody = (
        sa.exists()
        .where(
            other.village_id == member.village_id,
            other.household_id == member.household_id,
            other.resident_id != resident.id,
            tables.Resident.village_id == other.village_id,
            tables.Resident.id == other.resident_id,
            tables.Resident.full_name != FORGOTTEN,
        )
        .correlate(member)
    )
    query = sa.select(member.household_id).where(
        member.village_id == unit.village.id, member.resident_id == resident.id, ~somebody
    )
    return sorted(set(await unit.session.scalars(query)))
