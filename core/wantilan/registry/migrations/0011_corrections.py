"""Corrections of what identifies a resident, and indexes for rows of a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0011"
down_revision = "registry_0010"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = ("PROPOSED", "APPLIED", "REJECTED", "WITHDRAWN")
KINDS = ("PERMANENT", "TEMPORARY")
OPEN = sa.text("state = 'PROPOSED'")


def listed(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=40)


def known(column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    values = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({values})", name=op.f(f"ck_resident_correction_{column}_known"))


def upgrade() -> None:
    op.create_table(
        "resident_correction",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("state", listed("correctionstate", STATES), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("former", JSON, nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_hash", sa.LargeBinary(), nullable=True),
        sa.Column("nik_masked", TEXT, nullable=True),
        sa.Column("nik_kind", listed("nikkind", KINDS), nullable=True),
        sa.Column("former_nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("former_nik_hash", sa.LargeBinary(), nullable=True),
        sa.Column("former_nik_masked", TEXT, nullable=True),
        sa.Column("former_nik_kind", listed("nikkind", KINDS), nullable=True),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_label", TEXT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_label", TEXT, nullable=True),
        sa.Column("decision_note", TEXT, nullable=True),
        sa.CheckConstraint(
            "(state = 'PROPOSED') = (decided_at IS NULL)", name=op.f("ck_resident_correction_decided")
        ),
        known("state", STATES),
        known("nik_kind", KINDS),
        known("former_nik_kind", KINDS),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_resident_correction_village_id")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_correction_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "file_id"],
            ["file.village_id", "file.id"],
            name=op.f("fk_resident_correction_village_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_resident_correction")),
    )
    op.create_index(
        "uq_resident_correction_open",
        "resident_correction",
        ["village_id", "resident_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    index("resident_correction", "resident_id")
    index("resident_correction", "due_at", "id")
    index("resident_correction", "state", "due_at")
    index("resident_correction", "file_id")
    for subject in ("household_id", "resident_id"):
        index("household_member", subject, "since")
        op.drop_index(op.f(f"ix_household_member_village_id_{subject}"), "household_member")
    for table in ("resident_period", "household_period"):
        index(table, "since")
    op.create_index(
        "uq_hamlet_head_village_id_hamlet_id_since",
        "hamlet_head",
        ["village_id", "hamlet_id", "since"],
        unique=True,
    )
    index("hamlet_head", "resident_id")
    op.drop_index(op.f("ix_hamlet_head_village_id_hamlet_id"), "hamlet_head")


def index(table: str, *columns: str) -> None:
    """An index inside the village, under the name that the tables give it."""
    name = f"ix_{table}_village_id_{'_'.join(columns)}"
    op.create_index(op.f(name), table, ["village_id", *columns], unique=False)
