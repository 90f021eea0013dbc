"""Start"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "cctv_registry_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cctv_camera",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("FIXED", "DOME", "PTZ", "ANPR", name="cctvcamerakind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "purpose",
            sa.Enum(
                "KEAMANAN",
                "PENCEGAHAN_BENCANA",
                "LALU_LINTAS",
                name="cctvpurpose",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "setting",
            sa.Enum("PUBLIC", "OUTDOOR", "INDOOR", name="cctvsetting", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "PROPOSED",
                "APPROVED",
                "ACTIVE",
                "FAULT",
                "SUSPENDED",
                "RETIRED",
                name="cctvcamerastate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("bearing_deg", sa.Integer(), nullable=True),
        sa.Column("model", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("operator", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("contact", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("sign_text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("sign_checked_on", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column(
            "registered_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(bearing_deg IS NULL) = (kind IN ('DOME', 'PTZ'))", name=op.f("ck_cctv_camera_direction")
        ),
        sa.CheckConstraint(
            "NOT published OR (setting <> 'INDOOR' AND state IN ('ACTIVE', 'FAULT', 'SUSPENDED') AND sign_text IS NOT NULL AND contact IS NOT NULL AND sign_checked_on IS NOT NULL)",
            name=op.f("ck_cctv_camera_publishable"),
        ),
        sa.CheckConstraint(
            "kind <> 'ANPR' OR legal_basis IS NOT NULL", name=op.f("ck_cctv_camera_legal_basis")
        ),
        sa.CheckConstraint(
            "kind IN ('FIXED', 'DOME', 'PTZ', 'ANPR')", name=op.f("ck_cctv_camera_kind_known")
        ),
        sa.CheckConstraint(
            "purpose IN ('KEAMANAN', 'PENCEGAHAN_BENCANA', 'LALU_LINTAS')",
            name=op.f("ck_cctv_camera_purpose_known"),
        ),
        sa.CheckConstraint(
            "setting IN ('PUBLIC', 'OUTDOOR', 'INDOOR')", name=op.f("ck_cctv_camera_setting_known")
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'APPROVED', 'ACTIVE', 'FAULT', 'SUSPENDED', 'RETIRED')",
            name=op.f("ck_cctv_camera_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('ACTIVE', 'FAULT') OR (sign_text IS NOT NULL AND contact IS NOT NULL AND sign_checked_on IS NOT NULL)",
            name=op.f("ck_cctv_camera_signed"),
        ),
        sa.CheckConstraint("bearing_deg BETWEEN 0 AND 359", name=op.f("ck_cctv_camera_bearing")),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90",
            name=op.f("ck_cctv_camera_place"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_cctv_camera_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_cctv_camera")),
        sa.UniqueConstraint("village_id", "code", name=op.f("uq_cctv_camera_village_id_code")),
    )
    op.create_index(
        op.f("ix_cctv_camera_village_id_latitude"), "cctv_camera", ["village_id", "latitude"], unique=False
    )
    op.create_index(
        op.f("ix_cctv_camera_village_id_published_code"),
        "cctv_camera",
        ["village_id", "published", "code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cctv_camera_village_id_purpose_code"),
        "cctv_camera",
        ["village_id", "purpose", "code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cctv_camera_village_id_registered_at_id"),
        "cctv_camera",
        ["village_id", "registered_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cctv_camera_village_id_sign_checked_on_code"),
        "cctv_camera",
        ["village_id", "sign_checked_on", "code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cctv_camera_village_id_state_code"),
        "cctv_camera",
        ["village_id", "state", "code"],
        unique=False,
    )
    op.create_table(
        "cctv_public_camera",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "KEAMANAN",
                "PENCEGAHAN_BENCANA",
                "LALU_LINTAS",
                name="cctvpurpose",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("operator", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("contact", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("sign_text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('KEAMANAN', 'PENCEGAHAN_BENCANA', 'LALU_LINTAS')",
            name=op.f("ck_cctv_public_camera_purpose_known"),
        ),
        sa.CheckConstraint(
            "abs(longitude * 10000 - round(longitude * 10000)) < 0.000001 AND abs(latitude * 10000 - round(latitude * 10000)) < 0.000001",
            name=op.f("ck_cctv_public_camera_rounded"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "id"],
            ["cctv_camera.village_id", "cctv_camera.id"],
            name=op.f("fk_cctv_public_camera_village_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_cctv_public_camera_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_cctv_public_camera")),
    )
    op.create_index(op.f("ix_cctv_public_camera_id"), "cctv_public_camera", ["id"], unique=False)
    op.create_index(
        op.f("ix_cctv_public_camera_purpose_id"), "cctv_public_camera", ["purpose", "id"], unique=False
    )
    op.create_index(
        op.f("ix_cctv_public_camera_village_id_purpose_id"),
        "cctv_public_camera",
        ["village_id", "purpose", "id"],
        unique=False,
    )
