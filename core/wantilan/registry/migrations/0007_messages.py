"""Messages to residents, and their way by the channels."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0007"
down_revision = "registry_0006"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
OUTCOMES = ("WAITING", "TAKEN", "NOT_REACHED", "GIVEN_UP")
UNQUEUED = sa.text("queued_at IS NULL")
WAITING = sa.text("outcome = 'WAITING'")


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("template", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("subject_en", TEXT, nullable=False),
        sa.Column("body_id", TEXT, nullable=False),
        sa.Column("body_en", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("queued_at", INSTANT, nullable=True),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_message_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_message_village_id_resident_id"),
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_message")),
    )
    for columns in (
        ["village_id", "resident_id", "created_at", "id"],
        ["village_id", "created_at", "id"],
        ["village_id", "read_at"],
    ):
        op.create_index(op.f(f"ix_message_{'_'.join(columns)}"), "message", columns, unique=False)
    op.create_index(
        "ix_message_unqueued", "message", ["village_id"], sqlite_where=UNQUEUED, postgresql_where=UNQUEUED
    )
    op.create_table(
        "message_delivery",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(*OUTCOMES, name="messageoutcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", TEXT, nullable=True),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('WAITING', 'TAKEN', 'NOT_REACHED', 'GIVEN_UP')",
            name=op.f("ck_message_delivery_outcome_known"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_message_delivery_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "message_id"],
            ["message.village_id", "message.id"],
            name=op.f("fk_message_delivery_village_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_message_delivery")),
        sa.UniqueConstraint(
            "village_id",
            "message_id",
            "channel",
            name=op.f("uq_message_delivery_village_id_message_id_channel"),
        ),
    )
    op.create_index(
        "ix_message_delivery_waiting",
        "message_delivery",
        ["village_id", "due_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
