"""Set-ups of programs that villages publish for others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0016"
down_revision = "registry_0015"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLE = "program_setup"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("version", TEXT, nullable=False),
        sa.Column("setup", JSON, nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_program_setup")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_program_setup_village_id")),
        sa.UniqueConstraint("village_id", "program", name=op.f("uq_program_setup_village_id_program")),
    )
    op.create_index(op.f("ix_program_setup_program_village_id"), TABLE, ["program", "village_id"])
