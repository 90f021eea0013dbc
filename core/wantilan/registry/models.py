"""Tables of the registry: hamlets, households, residents, what of them has dates; a village's files."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..store.jobs import Job, JobOutcome, JobRun
from ..store.leases import Leased
from ..store.places import ProgramSettings, Region, Village, VillageProgram
from ..store.tables import PlatformTable, VillageTable, reference
from ..store.travel import hash_of, sealed, staying
from .codes import (
    BloodType,
    Citizenship,
    CurrentEducation,
    Education,
    FamilyRelationship,
    MaritalStatus,
    Occupation,
    Religion,
    Residency,
    ResidentStatus,
    Sex,
)
from .numbers import NikKind

CURRENT = "until IS NULL"


def _current(name: str, *columns: str) -> sa.Index:
    """A unique partial index: at most one row that still lasts."""
    where = sa.text(CURRENT)
    return sa.Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Hamlet(VillageTable):
    """A part of a village: banjar, dusun, lingkungan."""

    __tablename__ = "hamlet"
    __table_args__ = (sa.UniqueConstraint("village_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str]


class Household(VillageTable):
    """A family with its card (KK). Its number changes over the years, the household stays."""

    __tablename__ = "household"
    __table_args__ = (
        sa.Index(None, "village_id", "hamlet_id"),
        sa.Index(None, "village_id", "registered_on", "id"),
    )

    hamlet_id: Mapped[UUID] = reference(Hamlet)
    address: Mapped[str | None]
    registered_on: Mapped[date]
    closed_on: Mapped[date | None]


class HouseholdNumber(VillageTable):
    """A KK number for as long as it is valid. Ciphertext, keyed hash, and the masked text that can be
    selected.
    """

    __tablename__ = "household_number"
    __table_args__ = (
        _current("uq_household_number_current", "village_id", "household_id"),
        _current("uq_household_number_in_use", "village_id", "number_hash"),
    )

    household_id: Mapped[UUID] = reference(Household)
    number_sealed: Mapped[bytes] = sealed("kk", owner="household_id", hash="number_hash")
    number_hash: Mapped[bytes]
    masked: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]


class Resident(VillageTable):
    """A person in the village's register, with the official biodata."""

    __tablename__ = "resident"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "nik_hash"),
        sa.Index(None, "village_id", "name_key", "id"),
        sa.Index(None, "village_id", "birth_date", "id"),
        sa.Index(None, "village_id", "hamlet_id"),
        sa.Index(None, "village_id", "household_id"),
        sa.Index(None, "village_id", "status"),
    )

    nik_sealed: Mapped[bytes | None] = sealed("nik", hash="nik_hash")
    nik_hash: Mapped[bytes | None]
    nik_masked: Mapped[str | None]
    nik_kind: Mapped[NikKind | None]
    full_name: Mapped[str]
    name_key: Mapped[str]
    sex: Mapped[Sex]
    birth_place: Mapped[str | None]
    birth_date: Mapped[date]
    religion: Mapped[Religion | None]
    marital_status: Mapped[MaritalStatus | None]
    education: Mapped[Education | None]
    current_education: Mapped[CurrentEducation | None]
    occupation: Mapped[Occupation | None]
    blood_type: Mapped[BloodType | None]
    citizenship: Mapped[Citizenship] = mapped_column(default=Citizenship.WNI)
    residency: Mapped[Residency] = mapped_column(default=Residency.TETAP)
    status: Mapped[ResidentStatus] = mapped_column(default=ResidentStatus.HIDUP)
    father_name: Mapped[str | None]
    mother_name: Mapped[str | None]
    phone: Mapped[str | None]
    hamlet_id: Mapped[UUID] = reference(Hamlet)
    household_id: Mapped[UUID | None] = reference(Household)
    """The household of the membership that still lasts; written together with it."""
    registered_at: Mapped[datetime]


class HouseholdMember(VillageTable):
    """That a resident belongs to a household, and as what, from one day to another."""

    __tablename__ = "household_member"
    __table_args__ = (
        _current("uq_household_member_current", "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id"),
        sa.Index(None, "village_id", "resident_id"),
    )

    household_id: Mapped[UUID] = reference(Household)
    resident_id: Mapped[UUID] = reference(Resident)
    relationship: Mapped[FamilyRelationship]
    since: Mapped[date]
    until: Mapped[date | None]


class HamletHead(VillageTable):
    """Who heads a hamlet (kelian, kepala dusun), from one day to another."""

    __tablename__ = "hamlet_head"
    __table_args__ = (
        _current("uq_hamlet_head_current", "village_id", "hamlet_id"),
        sa.Index(None, "village_id", "hamlet_id"),
    )

    hamlet_id: Mapped[UUID] = reference(Hamlet)
    resident_id: Mapped[UUID] = reference(Resident)
    since: Mapped[date]
    until: Mapped[date | None]


class FileState(enum.Enum):
    """How far a file has come."""

    EXPECTED = "expected"
    """An address was given out, and nothing has come yet."""
    STORED = "stored"
    """Its content lies in store, and no row of a program has taken it."""
    TAKEN = "taken"
    """A row of a program points at it."""
    GONE = "gone"
    """The content was given up; the row stays for those that point at it, and says nothing of a person."""


class File(VillageTable):
    """One file of a village. `place` is where its content lies; of what was uploaded no name is kept."""

    __tablename__ = "file"
    __table_args__ = (
        sa.CheckConstraint("(place IS NULL) = (state IN ('EXPECTED', 'GONE'))", name="place"),
        sa.CheckConstraint("place IS NULL OR (content_type IS NOT NULL AND size > 0)", name="content"),
        sa.Index(None, "village_id", "state", "created_at"),
        sa.Index(None, "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id"),
    )

    kind: Mapped[str]
    program: Mapped[str | None]
    """The program whose kind it is; null for core's. The gate asks for it."""
    opens: Mapped[str]
    """The permission that opens it, as its kind says; the sweep follows when the kind says another."""
    household: Mapped[bool]
    """Whether the household that it is about may read it, as its kind says."""
    state: Mapped[FileState]
    content_type: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[bytes | None]
    place: Mapped[str | None]
    resident_id: Mapped[UUID | None] = reference(Resident)
    household_id: Mapped[UUID | None] = reference(Household)
    uploaded_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]


class FileUse(enum.Enum):
    """What an address is for."""

    UPLOAD = "upload"
    """To bring the content."""
    DOWNLOAD = "download"
    """To fetch it."""


class FileAddress(VillageTable):
    """A one-time address of one actor. Only the hash of its secret is kept."""

    __tablename__ = "file_address"
    __table_args__ = (
        sa.Index(None, "village_id", "file_id"),
        sa.Index(None, "village_id", "actor_id", "expires_at"),
        staying("an address opens here, for minutes"),
    )

    file_id: Mapped[UUID] = reference(File)
    use: Mapped[FileUse]
    secret_hash: Mapped[bytes] = hash_of("the random secret of the address")
    actor_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FileRemoval(PlatformTable):
    """A content that is to be removed, once `due_at` is over: written with the change that gives it up, so
    that a rollback loses nothing; and before a content is stored, so that a crash leaves nothing behind.
    """

    __tablename__ = "file_removal"
    __table_args__ = (sa.Index(None, "due_at"),)

    place: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]


class Message(VillageTable):
    """Something that a resident is told, finished in both languages. `queued_at` is null until each channel
    has been given its part.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.Index(None, "village_id", "resident_id", "created_at", "id"),
        sa.Index(None, "village_id", "created_at", "id"),
        sa.Index(None, "village_id", "read_at"),
        sa.Index(
            "ix_message_unqueued",
            "village_id",
            sqlite_where=sa.text("queued_at IS NULL"),
            postgresql_where=sa.text("queued_at IS NULL"),
        ),
    )

    resident_id: Mapped[UUID] = reference(Resident)
    template: Mapped[str]
    subject_id: Mapped[str]
    subject_en: Mapped[str]
    body_id: Mapped[str]
    body_en: Mapped[str]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class MessageOutcome(enum.Enum):
    """What became of a message on one channel."""

    WAITING = "waiting"
    """To be tried, or tried again."""
    TAKEN = "taken"
    """The channel took it."""
    NOT_REACHED = "not reached"
    """The channel does not reach this resident."""
    GIVEN_UP = "given up"
    """It failed as often as is tried."""


class MessageDelivery(Leased, VillageTable):
    """One message on its way by one channel, which is a program."""

    __tablename__ = "message_delivery"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "message_id", "channel"),
        sa.Index(
            "ix_message_delivery_waiting",
            "village_id",
            "due_at",
            sqlite_where=sa.text("outcome = 'WAITING'"),
            postgresql_where=sa.text("outcome = 'WAITING'"),
        ),
    )

    message_id: Mapped[UUID] = reference(Message)
    channel: Mapped[str]
    outcome: Mapped[MessageOutcome] = mapped_column(default=MessageOutcome.WAITING)
    ended_at: Mapped[datetime | None]


MODELS = (
    Hamlet, Household, HouseholdNumber, Resident, HouseholdMember, HamletHead, File, FileAddress, FileRemoval,
    Message, MessageDelivery,
)  # fmt: skip

__all__ = [
    "MODELS",
    "File",
    "FileAddress",
    "FileRemoval",
    "FileState",
    "FileUse",
    "Hamlet",
    "HamletHead",
    "Household",
    "HouseholdMember",
    "HouseholdNumber",
    "Job",
    "JobOutcome",
    "JobRun",
    "Message",
    "MessageDelivery",
    "MessageOutcome",
    "ProgramSettings",
    "Region",
    "Resident",
    "Village",
    "VillageProgram",
]
