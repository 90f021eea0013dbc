"""Addresses, and what became of each mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "mail_0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")


def upgrade() -> None:
    op.create_table(
        "mail_address",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_mail_address_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_mail_address_village_id_resident_id"),
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_mail_address")),
        sa.UniqueConstraint("village_id", "resident_id", name=op.f("uq_mail_address_village_id_resident_id")),
    )
    op.create_table(
        "mail_code",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_mail_code_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_mail_code_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "message_id"],
            ["message.village_id", "message.id"],
            name=op.f("fk_mail_code_village_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_mail_code")),
        sa.UniqueConstraint("village_id", "message_id", name=op.f("uq_mail_code_village_id_message_id")),
    )
    op.create_index(
        op.f("ix_mail_code_village_id_resident_id_asked_at"),
        "mail_code",
        ["village_id", "resident_id", "asked_at"],
    )
    op.create_table(
        "mail_sent",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("SENT", "REFUSED", name="mailoutcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("outcome IN ('SENT', 'REFUSED')", name=op.f("ck_mail_sent_outcome_known")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_mail_sent_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "message_id"],
            ["message.village_id", "message.id"],
            name=op.f("fk_mail_sent_village_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_mail_sent_village_id_resident_id"),
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_mail_sent")),
        sa.UniqueConstraint("village_id", "message_id", name=op.f("uq_mail_sent_village_id_message_id")),
    )
    op.create_index(op.f("ix_mail_sent_village_id_resident_id"), "mail_sent", ["village_id", "resident_id"])
