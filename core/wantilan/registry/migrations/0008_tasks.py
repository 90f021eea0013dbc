"""Tasks: what somebody asked for, once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0008"
down_revision = "registry_0007"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = ("WAITING", "RUNNING", "DONE", "FAILED", "CANCELLED")
OPEN = sa.text("state IN ('WAITING', 'RUNNING')")


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("input", JSON, nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("state", sa.Enum(*STATES, name="taskstate", native_enum=False, length=40), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("failure_code", TEXT, nullable=True),
        sa.Column("failure_id", TEXT, nullable=True),
        sa.Column("failure_en", TEXT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", TEXT, nullable=True),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')",
            name=op.f("ck_task_state_known"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('WAITING', 'RUNNING'))", name=op.f("ck_task_ended")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_task_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_village_id_created_at_id"), "task", ["village_id", "created_at", "id"])
    op.create_index(op.f("ix_task_village_id_state"), "task", ["village_id", "state"])
    op.create_index(op.f("ix_task_village_id_name"), "task", ["village_id", "name"])
    op.create_index("ix_task_open", "task", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)
