"""Hamlets, households, residents, and who was where as what, from one day to another."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ...store.tables import VillageTable, reference
from ...store.travel import sealed, staying, stays
from ..codes import (
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
from ..numbers import NikKind

CURRENT = "until IS NULL"


def current(name: str, *columns: str) -> sa.Index:
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
        current("uq_household_number_current", "village_id", "household_id"),
        current("uq_household_number_in_use", "village_id", "number_hash"),
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
    moved_to_id: Mapped[UUID | None] = stays("a village of this deployment")
    """The village of this deployment that took the person over, for as long as that is so. No key, nor is the
    next one: a column with a key would mean to write this table anew on SQLite.
    """
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    """The record of the same person in this village that goes on."""


class ResidentToken(VillageTable):
    """One beginning of a word by which a resident is found; `registry.searching` writes them.

    The key is the order in which a page is read: of one token, by name. Nothing points at a row, so it has
    no id.
    """

    __tablename__ = "resident_token"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"], ["resident.village_id", "resident.id"], ondelete="CASCADE"
        ),
        sa.Index(None, "village_id", "resident_id"),
        {
            "sqlite_with_rowid": False,
            **staying("made anew from the residents: it holds hashes of their NIKs"),
        },
    )

    id: ClassVar[None] = None  # type: ignore[assignment, misc]
    token: Mapped[str] = mapped_column(primary_key=True)
    name_key: Mapped[str] = mapped_column(primary_key=True)
    """That of the resident."""
    resident_id: Mapped[UUID] = mapped_column(primary_key=True)
    depth: Mapped[int]
    """How much of a person whoever searches must be able to see, for this to find him."""


class HouseholdMember(VillageTable):
    """That a resident belongs to a household, and as what, from one day to another."""

    __tablename__ = "household_member"
    __table_args__ = (
        current("uq_household_member_current", "village_id", "resident_id"),
        sa.Index(None, "village_id", "household_id", "since"),
        sa.Index(None, "village_id", "resident_id", "since"),
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
        current("uq_hamlet_head_current", "village_id", "hamlet_id"),
        sa.Index(
            "uq_hamlet_head_village_id_hamlet_id_since", "village_id", "hamlet_id", "since", unique=True
        ),
        sa.Index(None, "village_id", "resident_id"),
    )

    hamlet_id: Mapped[UUID] = reference(Hamlet)
    resident_id: Mapped[UUID] = reference(Resident)
    since: Mapped[date]
    until: Mapped[date | None]
