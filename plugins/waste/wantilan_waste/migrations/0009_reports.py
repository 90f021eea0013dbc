"""Reports, and what the figures of a period are read from"""

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
        sa.Column("inputs_hash", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
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
        sa.Column(
            "late_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("late_at IS NULL OR state = 'LOCKED'", name=op.f("ck_waste_period_report_late")),
        sa.CheckConstraint(
            "(state = 'LOCKED') = (locked_at IS NOT NULL)", name=op.f("ck_waste_period_report_locked")
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
    for table, column in (
        ("waste_service_point", "opened_on"),
        ("waste_withdrawal", "paid_at"),
    ):
        op.create_index(op.f(f"ix_{table}_village_id_{column}"), table, ["village_id", column])
    _totals()


def _totals() -> None:
    """Rollups: masses by stream and method, visits by outcome and sorting quality."""
    streams = ("ORGANIK", "ANORGANIK", "B3", "RESIDU")
    methods = ("WEIGHED", "VOLUME", "COUNT", "ESTIMATE")
    outcomes = (
        "COLLECTED", "PARTIAL", "REJECTED_UNSORTED", "NOT_PUT_OUT", "NO_ACCESS", "SUSPENDED", "SKIPPED",
    )  # fmt: skip
    op.create_table(
        "waste_intake_method_total",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        _word("stream", "wastestream", streams),
        _word("method", "wastemeasure", methods),
        sa.Column("mass_grams", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        _known("waste_intake_method_total", "stream", streams),
        _known("waste_intake_method_total", "method", methods),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_intake_method_total_village_id")
        ),
        sa.PrimaryKeyConstraint(
            "village_id", "span", "stream", "method", name=op.f("pk_waste_intake_method_total")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "waste_visit_total",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        _word("outcome", "wastestopoutcome", outcomes),
        sa.Column("sort_quality", sa.Integer(), nullable=True),
        sa.Column("sort_quality_key", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        _known("waste_visit_total", "outcome", outcomes),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_visit_total_village_id")),
        sa.PrimaryKeyConstraint(
            "village_id", "span", "outcome", "sort_quality_key", name=op.f("pk_waste_visit_total")
        ),
        sqlite_with_rowid=False,
    )


def _word(column: str, name: str, words: tuple[str, ...]) -> sa.Column[str]:
    return sa.Column(column, sa.Enum(*words, name=name, native_enum=False, length=40), nullable=False)


def _known(table: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_known"))
