"""Start"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "kartu_cerdas_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "kartu_card",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "REQUESTED",
                "APPROVED",
                "REJECTED",
                "CANCELLED",
                "PRINTED",
                "ISSUED",
                "ACTIVE",
                "SUSPENDED",
                "LOST",
                "STOLEN",
                "DAMAGED",
                "REPLACED",
                "REVOKED",
                name="kartucardstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "requested_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column(
            "approved_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("biodata_checked", sa.Boolean(), nullable=False),
        sa.Column("photo_checked", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "closed_on IS NOT NULL OR status NOT IN ('REJECTED', 'CANCELLED', 'REPLACED', 'REVOKED')",
            name=op.f("ck_kartu_card_closed"),
        ),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'APPROVED', 'REJECTED', 'CANCELLED', 'PRINTED', 'ISSUED', 'ACTIVE', 'SUSPENDED', 'LOST', 'STOLEN', 'DAMAGED', 'REPLACED', 'REVOKED')",
            name=op.f("ck_kartu_card_status_known"),
        ),
        sa.CheckConstraint("approved_by <> requested_by", name=op.f("ck_kartu_card_four_eyes")),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_kartu_card_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_kartu_card_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_kartu_card")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_kartu_card_village_id_number")),
    )
    op.create_index(
        op.f("ix_kartu_card_village_id_requested_at_id"),
        "kartu_card",
        ["village_id", "requested_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_kartu_card_village_id_resident_id_requested_at"),
        "kartu_card",
        ["village_id", "resident_id", "requested_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_kartu_card_village_id_status_requested_at"),
        "kartu_card",
        ["village_id", "status", "requested_at"],
        unique=False,
    )
    op.create_index(
        "uq_kartu_card_open",
        "kartu_card",
        ["village_id", "resident_id"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_table(
        "kartu_card_event",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "REQUESTED",
                "APPROVED",
                "REJECTED",
                "CANCELLED",
                "PRINTED",
                "ISSUED",
                "ACTIVE",
                "SUSPENDED",
                "LOST",
                "STOLEN",
                "DAMAGED",
                "REPLACED",
                "REVOKED",
                name="kartucardstatus",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "REQUESTED",
                "APPROVED",
                "REJECTED",
                "CANCELLED",
                "PRINTED",
                "ISSUED",
                "ACTIVE",
                "SUSPENDED",
                "LOST",
                "STOLEN",
                "DAMAGED",
                "REPLACED",
                "REVOKED",
                name="kartucardstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "from_status IN ('REQUESTED', 'APPROVED', 'REJECTED', 'CANCELLED', 'PRINTED', 'ISSUED', 'ACTIVE', 'SUSPENDED', 'LOST', 'STOLEN', 'DAMAGED', 'REPLACED', 'REVOKED')",
            name=op.f("ck_kartu_card_event_from_status_known"),
        ),
        sa.CheckConstraint(
            "to_status IN ('REQUESTED', 'APPROVED', 'REJECTED', 'CANCELLED', 'PRINTED', 'ISSUED', 'ACTIVE', 'SUSPENDED', 'LOST', 'STOLEN', 'DAMAGED', 'REPLACED', 'REVOKED')",
            name=op.f("ck_kartu_card_event_to_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "card_id"],
            ["kartu_card.village_id", "kartu_card.id"],
            name=op.f("fk_kartu_card_event_village_id_card_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_kartu_card_event_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_kartu_card_event_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_kartu_card_event")),
    )
    op.create_index(
        op.f("ix_kartu_card_event_village_id_card_id_id"),
        "kartu_card_event",
        ["village_id", "card_id", "id"],
        unique=False,
    )
