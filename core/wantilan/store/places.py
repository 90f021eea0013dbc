"""Where things are: the regions of the country, the villages that use this deployment, and what each
enabled.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .ids import uuid7
from .tables import PublishedTable, ReferenceTable, VillageTable
from .types import RegionCode


class RegionLevel(enum.Enum):
    """The levels of Kemendagri's administrative codes."""

    PROVINSI = "provinsi"
    """Province."""
    KABUPATEN = "kabupaten"
    """Regency."""
    KOTA = "kota"
    """City, on the level of a regency."""
    KECAMATAN = "kecamatan"
    """District."""
    KELURAHAN = "kelurahan"
    """Urban village, led by an official."""
    DESA = "desa"
    """Village, led by an elected head."""
    DESA_ADAT = "desa_adat"
    """Customary village."""


class VillageKind(enum.Enum):
    """What kind of village this is."""

    DESA = "desa"
    """Village, led by an elected head."""
    KELURAHAN = "kelurahan"
    """Urban village, led by an official."""
    DESA_ADAT = "desa_adat"
    """Customary village."""


class Region(ReferenceTable):
    """One administrative region with its dotted Kemendagri code, province to village."""

    __tablename__ = "region"
    __table_args__ = (
        sa.Index(None, "parent_code", "code"),
        sa.Index(None, "name_key", "code"),
        sa.Index(None, "level", "code"),
    )

    code: Mapped[RegionCode] = mapped_column(primary_key=True)
    level: Mapped[RegionLevel]
    name: Mapped[str]
    name_key: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"))


class Village(ReferenceTable):
    """A village that uses this deployment. Its code is a region's code."""

    __tablename__ = "village"
    __table_args__ = (sa.Index(None, "region_code", "code"), sa.Index(None, "name_key", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    code: Mapped[RegionCode] = mapped_column(sa.ForeignKey("region.code"), unique=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    name: Mapped[str]
    name_key: Mapped[str]
    kind: Mapped[VillageKind] = mapped_column(default=VillageKind.DESA)
    time_zone: Mapped[str] = mapped_column(default="Asia/Makassar")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    hamlet_term: Mapped[str] = mapped_column(default="dusun")
    head_term: Mapped[str] = mapped_column(default="kepala desa")
    hamlet_head_term: Mapped[str] = mapped_column(default="kepala dusun")
    opened_at: Mapped[datetime]


class VillageProgram(PublishedTable):
    """That a village has enabled a program: the gate reads it, always fresh. Settings are kept apart."""

    __tablename__ = "village_program"
    __table_args__ = (sa.UniqueConstraint("village_id", "program"),)

    program: Mapped[str]
    enabled_at: Mapped[datetime]
    enabled_by: Mapped[UUID | None]


class ProgramSettings(VillageTable):
    """A village's settings of one program, as the program's settings model understands them."""

    __tablename__ = "program_settings"
    __table_args__ = (sa.UniqueConstraint("village_id", "program"),)

    program: Mapped[str]
    values: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class ProgramSetup(PublishedTable):
    """How a village has set up one program, as it published it for others to take over: no person in it."""

    __tablename__ = "program_setup"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "program"),
        sa.Index(None, "program", "village_id"),
    )

    program: Mapped[str]
    version: Mapped[str]
    setup: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
