"""Jobs: work by the clock, and its runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0006"
down_revision = "registry_0005"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
OUTCOME = sa.Enum("DONE", "FAILED", "TIMED_OUT", "LOST", name="joboutcome", native_enum=False, length=40)
KNOWN_OUTCOME = "outcome IN ('DONE', 'FAILED', 'TIMED_OUT', 'LOST')"


def planned() -> list[sa.Column]:
    """What the rows of both kinds of job have: their lease, and their place in a schedule."""
    return [
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", TEXT, nullable=True),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("schedule", TEXT, nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *planned(),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("time_zone", TEXT, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_job_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_job")),
        sa.UniqueConstraint("village_id", "name", name=op.f("uq_job_village_id_name")),
    )
    op.create_index(
        "ix_job_waiting", "job", ["due_at"],
        sqlite_where=sa.text("paused = 0"), postgresql_where=sa.text("NOT paused"),
    )  # fmt: skip
    op.create_table(
        "job_run",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("outcome", OUTCOME, nullable=False),
        sa.Column("failure", TEXT, nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.CheckConstraint("missed >= 0", name=op.f("ck_job_run_missed")),
        sa.CheckConstraint(KNOWN_OUTCOME, name=op.f("ck_job_run_outcome_known")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_job_run_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "job_id"], ["job.village_id", "job.id"], name=op.f("fk_job_run_village_id_job_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_job_run")),
    )
    op.create_index(
        "uq_job_run_latest", "job_run", ["village_id", "job_id"], unique=True,
        sqlite_where=sa.text("latest IS 1"), postgresql_where=sa.text("latest IS true"),
    )  # fmt: skip
    op.create_index(op.f("ix_job_run_village_id_job_id_id"), "job_run", ["village_id", "job_id", "id"])
    op.create_table(
        "platform_job",
        sa.Column("name", TEXT, nullable=False),
        *planned(),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("outcome", OUTCOME, nullable=True),
        sa.CheckConstraint(KNOWN_OUTCOME, name=op.f("ck_platform_job_outcome_known")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_platform_job")),
    )
