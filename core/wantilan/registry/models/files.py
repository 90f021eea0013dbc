"""A village's files, and the one-time addresses that bring and fetch them."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...store.tables import PlatformTable, VillageTable, reference
from ...store.travel import hash_of, staying
from .people import Household, Resident


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
