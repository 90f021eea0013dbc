"""Reports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0009"
down_revision = "waste_0008"


def upgrade() -> None:
    op.create_table(
        "waste_period_report",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "SUBMITTED",
                "RETURNED",
                "ACCEPTED",
                "LOCKED",
                name="wastereportstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mapping_version", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "figures",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("inputs_hash", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("review_note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column(
            "submitted_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column(
            "reviewed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "locked_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'RETURNED') OR (figures IS NOT NULL AND inputs_hash IS NOT NULL)",
            name=op.f("ck_waste_period_report_frozen"),
        ),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'ACCEPTED', 'LOCKED')",
            name=op.f("ck_waste_period_report_state_known"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR submitted_by IS NULL OR reviewed_by <> submitted_by",
            name=op.f("ck_waste_period_report_four_eyes"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_waste_period_report_revision")),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_period_report_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_period_report")),
        sa.UniqueConstraint(
            "village_id", "period", "revision", name=op.f("uq_waste_period_report_village_id_period_revision")
        ),
    )
    op.create_index(
        op.f("ix_waste_period_report_village_id_period_id"),
        "waste_period_report",
        ["village_id", "period", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_period_report_village_id_state_period_id"),
        "waste_period_report",
        ["village_id", "state", "period", "id"],
        unique=False,
    )
