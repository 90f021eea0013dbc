"""Complaints"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0008"
down_revision = "waste_0007"


def upgrade() -> None:
    op.create_table(
        "waste_complaint",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tracking_code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "MISSED_PICKUP",
                "WILD_DUMP",
                "BURNING",
                "OVERFLOW",
                "ODOUR_LEACHATE",
                "BILLING",
                "B3_FOUND",
                "OTHER",
                name="wastecomplaintkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "OPEN",
                "ACKNOWLEDGED",
                "IN_PROGRESS",
                "RESOLVED",
                "CLOSED",
                "REJECTED",
                name="wastecomplaintstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("address", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "opened_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "due_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "acknowledged_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "resolved_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "closed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "updated_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("public_text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("public_note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('MISSED_PICKUP', 'WILD_DUMP', 'BURNING', 'OVERFLOW', 'ODOUR_LEACHATE', 'BILLING', 'B3_FOUND', 'OTHER')",
            name=op.f("ck_waste_complaint_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS', 'RESOLVED', 'CLOSED', 'REJECTED')",
            name=op.f("ck_waste_complaint_state_known"),
        ),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_waste_complaint_place")),
        sa.CheckConstraint(
            "(state IN ('RESOLVED', 'CLOSED')) = (resolved_at IS NOT NULL)",
            name=op.f("ck_waste_complaint_resolved"),
        ),
        sa.CheckConstraint(
            "(state IN ('CLOSED', 'REJECTED')) = (closed_at IS NOT NULL)",
            name=op.f("ck_waste_complaint_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_complaint_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_complaint_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_complaint_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_complaint_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_complaint")),
        sa.UniqueConstraint(
            "village_id", "tracking_code", name=op.f("uq_waste_complaint_village_id_tracking_code")
        ),
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_due_at_id"),
        "waste_complaint",
        ["village_id", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_household_id_opened_at_id"),
        "waste_complaint",
        ["village_id", "household_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_kind_opened_at_id"),
        "waste_complaint",
        ["village_id", "kind", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_opened_at_id"),
        "waste_complaint",
        ["village_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_point_id"),
        "waste_complaint",
        ["village_id", "point_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_resident_id_opened_at_id"),
        "waste_complaint",
        ["village_id", "resident_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_village_id_state_due_at_id"),
        "waste_complaint",
        ["village_id", "state", "due_at", "id"],
        unique=False,
    )
    op.create_table(
        "waste_complaint_photo",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_id", "complaint_id"],
            ["waste_complaint.village_id", "waste_complaint.id"],
            name=op.f("fk_waste_complaint_photo_village_id_complaint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_complaint_photo_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "file_id"],
            ["file.village_id", "file.id"],
            name=op.f("fk_waste_complaint_photo_village_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_complaint_photo_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_complaint_photo")),
        sa.UniqueConstraint(
            "village_id", "file_id", name=op.f("uq_waste_complaint_photo_village_id_file_id")
        ),
    )
    op.create_index(
        op.f("ix_waste_complaint_photo_village_id_resident_id"),
        "waste_complaint_photo",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_photo_village_id_complaint_id"),
        "waste_complaint_photo",
        ["village_id", "complaint_id"],
        unique=False,
    )
    op.create_table(
        "waste_complaint_step",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "OPEN",
                "ACKNOWLEDGED",
                "IN_PROGRESS",
                "RESOLVED",
                "CLOSED",
                "REJECTED",
                name="wastecomplaintstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column(
            "at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS', 'RESOLVED', 'CLOSED', 'REJECTED')",
            name=op.f("ck_waste_complaint_step_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "complaint_id"],
            ["waste_complaint.village_id", "waste_complaint.id"],
            name=op.f("fk_waste_complaint_step_village_id_complaint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_complaint_step_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_complaint_step_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_complaint_step")),
    )
    op.create_index(
        op.f("ix_waste_complaint_step_village_id_resident_id"),
        "waste_complaint_step",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_complaint_step_village_id_complaint_id_at_id"),
        "waste_complaint_step",
        ["village_id", "complaint_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "waste_public_complaint",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tracking_code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "MISSED_PICKUP",
                "WILD_DUMP",
                "BURNING",
                "OVERFLOW",
                "ODOUR_LEACHATE",
                "BILLING",
                "B3_FOUND",
                "OTHER",
                name="wastecomplaintkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "OPEN",
                "ACKNOWLEDGED",
                "IN_PROGRESS",
                "RESOLVED",
                "CLOSED",
                "REJECTED",
                name="wastecomplaintstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column(
            "opened_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "due_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "kind IN ('MISSED_PICKUP', 'WILD_DUMP', 'BURNING', 'OVERFLOW', 'ODOUR_LEACHATE', 'BILLING', 'B3_FOUND', 'OTHER')",
            name=op.f("ck_waste_public_complaint_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS', 'RESOLVED', 'CLOSED', 'REJECTED')",
            name=op.f("ck_waste_public_complaint_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "id"],
            ["waste_complaint.village_id", "waste_complaint.id"],
            name=op.f("fk_waste_public_complaint_village_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_public_complaint_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_public_complaint")),
        sa.UniqueConstraint(
            "village_id", "tracking_code", name=op.f("uq_waste_public_complaint_village_id_tracking_code")
        ),
    )
    op.create_index(
        op.f("ix_waste_public_complaint_village_id_kind_opened_at"),
        "waste_public_complaint",
        ["village_id", "kind", "opened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_public_complaint_village_id_opened_at_id"),
        "waste_public_complaint",
        ["village_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_public_complaint_village_id_state_opened_at"),
        "waste_public_complaint",
        ["village_id", "state", "opened_at"],
        unique=False,
    )
