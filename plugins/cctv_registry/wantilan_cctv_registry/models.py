"""Tables of the camera register: cameras as the village keeps them, and what it has published of them."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from wantilan import PublishedTable, VillageTable


class CctvCameraKind(enum.Enum):
    """How a camera looks around."""

    FIXED = "fixed"
    """Looks in one direction."""
    DOME = "dome"
    """Looks all around."""
    PTZ = "ptz"
    """Is turned from afar."""
    ANPR = "anpr"
    """Looks in one direction and reads number plates."""


class CctvPurpose(enum.Enum):
    """What a camera may be there for. Other purposes are not registered."""

    KEAMANAN = "keamanan"
    """Security."""
    PENCEGAHAN_BENCANA = "pencegahan bencana"
    """Prevention of disasters."""
    LALU_LINTAS = "lalu lintas"
    """Traffic."""


class CctvSetting(enum.Enum):
    """What kind of space a camera sees."""

    PUBLIC = "public"
    """A public space: road, field, beach."""
    OUTDOOR = "outdoor"
    """The outside of a building or yard."""
    INDOOR = "indoor"
    """The inside of a building. Such a camera is never published."""


class CctvCameraState(enum.Enum):
    """Where a camera stands between the wish for it and its end."""

    PROPOSED = "proposed"
    """Wished for."""
    APPROVED = "approved"
    """Decided on, not standing yet."""
    ACTIVE = "active"
    """Standing and working."""
    FAULT = "fault"
    """Standing, out of order."""
    SUSPENDED = "suspended"
    """Standing, switched off by decision."""
    RETIRED = "retired"
    """Taken down; kept in the register."""


STANDING = "'ACTIVE', 'FAULT', 'SUSPENDED'"
SIGNED = "sign_text IS NOT NULL AND contact IS NOT NULL AND sign_checked_on IS NOT NULL"


class Camera(VillageTable):
    """One camera, with all that the village's officers know of it. It holds no address of any stream."""

    __tablename__ = "cctv_camera"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "code"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90", name="place"),
        sa.CheckConstraint("bearing_deg BETWEEN 0 AND 359", name="bearing"),
        sa.CheckConstraint("(bearing_deg IS NULL) = (kind IN ('DOME', 'PTZ'))", name="direction"),
        sa.CheckConstraint("kind <> 'ANPR' OR legal_basis IS NOT NULL", name="legal_basis"),
        sa.CheckConstraint(f"state NOT IN ('ACTIVE', 'FAULT') OR ({SIGNED})", name="signed"),
        sa.CheckConstraint(
            f"NOT published OR (setting <> 'INDOOR' AND state IN ({STANDING}) AND {SIGNED})",
            name="publishable",
        ),
        sa.Index(None, "village_id", "latitude"),
        sa.Index(None, "village_id", "registered_at", "id"),
        sa.Index(None, "village_id", "state", "code"),
        sa.Index(None, "village_id", "purpose", "code"),
        sa.Index(None, "village_id", "published", "code"),
        sa.Index(None, "village_id", "sign_checked_on", "code"),
    )

    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[CctvCameraKind]
    purpose: Mapped[CctvPurpose]
    setting: Mapped[CctvSetting]
    state: Mapped[CctvCameraState]
    longitude: Mapped[float]
    latitude: Mapped[float]
    bearing_deg: Mapped[int | None]
    model: Mapped[str | None]
    operator: Mapped[str]
    contact: Mapped[str | None]
    sign_text: Mapped[str | None]
    sign_checked_on: Mapped[date | None]
    legal_basis: Mapped[str | None]
    published: Mapped[bool]
    registered_at: Mapped[datetime]
    registered_by: Mapped[UUID | None]


EXACT = 0.000001
"""How far ten thousand degrees may be from a whole number and still count as four decimals."""


class PublicCamera(PublishedTable):
    """What the village has published of a camera; the id is the camera's.

    The database refuses a finer place.
    """

    __tablename__ = "cctv_public_camera"
    __table_args__ = (
        sa.ForeignKeyConstraint(["village_id", "id"], ["cctv_camera.village_id", "cctv_camera.id"]),
        sa.CheckConstraint(
            f"abs(longitude * 10000 - round(longitude * 10000)) < {EXACT:f} "
            f"AND abs(latitude * 10000 - round(latitude * 10000)) < {EXACT:f}",
            name="rounded",
        ),
        sa.Index(None, "id"),
        sa.Index(None, "purpose", "id"),
        sa.Index(None, "village_id", "purpose", "id"),
    )

    purpose: Mapped[CctvPurpose]
    longitude: Mapped[float]
    latitude: Mapped[float]
    operator: Mapped[str]
    contact: Mapped[str]
    sign_text: Mapped[str]


MODELS = (Camera, PublicCamera)
