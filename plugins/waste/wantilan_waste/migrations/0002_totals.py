"""Totals of what was taken in."""

import sqlalchemy as sa
from alembic import op

revision = "waste_0002"
down_revision = "waste_0001"


def upgrade() -> None:
    op.create_table(
        "waste_intake_total",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("mass_grams", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')",
            name=op.f("ck_waste_intake_total_stream_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_intake_total_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "span", "stream", name=op.f("pk_waste_intake_total")),
        sqlite_with_rowid=False,
    )
