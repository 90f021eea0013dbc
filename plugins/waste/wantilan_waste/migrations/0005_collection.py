"""Collection"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0005"
down_revision = "waste_0004"


def upgrade() -> None:
    op.create_table(
        "waste_route",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("vehicle", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_route_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_route")),
        sa.UniqueConstraint("village_id", "name", name=op.f("uq_waste_route_village_id_name")),
    )
    op.create_table(
        "waste_schedule",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rrule", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("window_start", sa.Integer(), nullable=False),
        sa.Column("window_end", sa.Integer(), nullable=False),
        sa.Column(
            "changed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')", name=op.f("ck_waste_schedule_stream_known")
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name=op.f("ck_waste_schedule_days")),
        sa.CheckConstraint(
            "window_start >= 0 AND window_start < window_end AND window_end <= 1440",
            name=op.f("ck_waste_schedule_window"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "route_id"],
            ["waste_route.village_id", "waste_route.id"],
            name=op.f("fk_waste_schedule_village_id_route_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_schedule_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_schedule")),
    )
    op.create_index(
        op.f("ix_waste_schedule_village_id_route_id_stream"),
        "waste_schedule",
        ["village_id", "route_id", "stream"],
        unique=False,
    )
    op.create_table(
        "waste_run",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("vehicle", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("crew", sa.Integer(), nullable=True),
        sa.Column("window_start", sa.Integer(), nullable=True),
        sa.Column("window_end", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "PLANNED",
                "STARTED",
                "FINISHED",
                "WEIGHED",
                "CLOSED",
                "CANCELLED",
                name="wasterunstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "started_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column(
            "finished_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "weighed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "closed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "cancelled_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "cancel_reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.CheckConstraint(
            "state IN ('PLANNED', 'STARTED', 'FINISHED', 'WEIGHED', 'CLOSED', 'CANCELLED')",
            name=op.f("ck_waste_run_state_known"),
        ),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')", name=op.f("ck_waste_run_stream_known")
        ),
        sa.CheckConstraint(
            "(window_start IS NULL) = (window_end IS NULL)", name=op.f("ck_waste_run_whole_window")
        ),
        sa.CheckConstraint("crew BETWEEN 1 AND 50", name=op.f("ck_waste_run_crew")),
        sa.CheckConstraint(
            "window_start >= 0 AND window_start < window_end AND window_end <= 1440",
            name=op.f("ck_waste_run_window"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "route_id"],
            ["waste_route.village_id", "waste_route.id"],
            name=op.f("fk_waste_run_village_id_route_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "schedule_id"],
            ["waste_schedule.village_id", "waste_schedule.id"],
            name=op.f("fk_waste_run_village_id_schedule_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_run_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_run")),
        sa.UniqueConstraint(
            "village_id",
            "route_id",
            "stream",
            "day",
            name=op.f("uq_waste_run_village_id_route_id_stream_day"),
        ),
    )
    op.create_index(
        op.f("ix_waste_run_village_id_day_id"), "waste_run", ["village_id", "day", "id"], unique=False
    )
    op.create_index(
        op.f("ix_waste_run_village_id_schedule_id"), "waste_run", ["village_id", "schedule_id"], unique=False
    )
    op.create_index(
        op.f("ix_waste_run_village_id_state_day_id"),
        "waste_run",
        ["village_id", "state", "day", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_run_village_id_stream_day_id"),
        "waste_run",
        ["village_id", "stream", "day", "id"],
        unique=False,
    )
    op.create_table(
        "waste_run_stop",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_run_stop_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "run_id"],
            ["waste_run.village_id", "waste_run.id"],
            name=op.f("fk_waste_run_stop_village_id_run_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_run_stop_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_run_stop")),
        sa.UniqueConstraint(
            "village_id", "run_id", "point_id", name=op.f("uq_waste_run_stop_village_id_run_id_point_id")
        ),
        sa.UniqueConstraint(
            "village_id", "run_id", "position", name=op.f("uq_waste_run_stop_village_id_run_id_position")
        ),
    )
    op.create_index(
        op.f("ix_waste_run_stop_village_id_point_id"),
        "waste_run_stop",
        ["village_id", "point_id"],
        unique=False,
    )
    op.create_table(
        "waste_schedule_date",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("EXTRA", "EXCLUDED", name="wastescheduledatekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint("kind IN ('EXTRA', 'EXCLUDED')", name=op.f("ck_waste_schedule_date_kind_known")),
        sa.ForeignKeyConstraint(
            ["village_id", "schedule_id"],
            ["waste_schedule.village_id", "waste_schedule.id"],
            name=op.f("fk_waste_schedule_date_village_id_schedule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_schedule_date_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_schedule_date")),
        sa.UniqueConstraint(
            "village_id", "schedule_id", "day", name=op.f("uq_waste_schedule_date_village_id_schedule_id_day")
        ),
    )
    op.create_table(
        "waste_pickup",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("window_start", sa.Integer(), nullable=False),
        sa.Column("window_end", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')", name=op.f("ck_waste_pickup_stream_known")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "route_id"],
            ["waste_route.village_id", "waste_route.id"],
            name=op.f("fk_waste_pickup_village_id_route_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "schedule_id"],
            ["waste_schedule.village_id", "waste_schedule.id"],
            name=op.f("fk_waste_pickup_village_id_schedule_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_pickup_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_pickup")),
        sa.UniqueConstraint(
            "village_id", "schedule_id", "day", name=op.f("uq_waste_pickup_village_id_schedule_id_day")
        ),
    )
    op.create_index(
        op.f("ix_waste_pickup_village_id_day_id"), "waste_pickup", ["village_id", "day", "id"], unique=False
    )
    op.create_index(
        op.f("ix_waste_pickup_village_id_route_id_day_id"),
        "waste_pickup",
        ["village_id", "route_id", "day", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_pickup_village_id_stream_day"),
        "waste_pickup",
        ["village_id", "stream", "day"],
        unique=False,
    )
    op.create_table(
        "waste_feed",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("route_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "made_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column(
            "revoked_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(point_id IS NULL) <> (route_id IS NULL)", name=op.f("ck_waste_feed_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_feed_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_feed_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "route_id"],
            ["waste_route.village_id", "waste_route.id"],
            name=op.f("fk_waste_feed_village_id_route_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_feed_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_feed")),
        sa.UniqueConstraint("village_id", "secret_hash", name=op.f("uq_waste_feed_village_id_secret_hash")),
        info={"wantilan.stays": "the addresses of calendars are served by this deployment"},
    )
    op.create_index(
        op.f("ix_waste_feed_village_id_household_id"),
        "waste_feed",
        ["village_id", "household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_feed_village_id_made_at_id"),
        "waste_feed",
        ["village_id", "made_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_feed_village_id_point_id"), "waste_feed", ["village_id", "point_id"], unique=False
    )
    op.create_index(
        op.f("ix_waste_feed_village_id_route_id"), "waste_feed", ["village_id", "route_id"], unique=False
    )
    op.create_table(
        "waste_route_stop",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_waste_route_stop_position")),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_route_stop_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "route_id"],
            ["waste_route.village_id", "waste_route.id"],
            name=op.f("fk_waste_route_stop_village_id_route_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_route_stop_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_route_stop")),
        sa.UniqueConstraint(
            "village_id",
            "route_id",
            "point_id",
            name=op.f("uq_waste_route_stop_village_id_route_id_point_id"),
        ),
        sa.UniqueConstraint(
            "village_id",
            "route_id",
            "position",
            name=op.f("uq_waste_route_stop_village_id_route_id_position"),
        ),
    )
    op.create_index(
        op.f("ix_waste_route_stop_village_id_point_id"),
        "waste_route_stop",
        ["village_id", "point_id"],
        unique=False,
    )
    op.create_table(
        "waste_stop_visit",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "COLLECTED",
                "PARTIAL",
                "REJECTED_UNSORTED",
                "NOT_PUT_OUT",
                "NO_ACCESS",
                "SUSPENDED",
                "SKIPPED",
                name="wastestopoutcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sort_quality", sa.Integer(), nullable=True),
        sa.Column("mass", sa.BigInteger(), nullable=True),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("feedback", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column(
            "visited_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("device", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("device_seq", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('COLLECTED', 'PARTIAL', 'REJECTED_UNSORTED', 'NOT_PUT_OUT', 'NO_ACCESS', 'SUSPENDED', 'SKIPPED')",
            name=op.f("ck_waste_stop_visit_outcome_known"),
        ),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')",
            name=op.f("ck_waste_stop_visit_stream_known"),
        ),
        sa.CheckConstraint("device_seq >= 0", name=op.f("ck_waste_stop_visit_device_seq")),
        sa.CheckConstraint(
            "mass BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_stop_visit_mass_whole")
        ),
        sa.CheckConstraint("sort_quality BETWEEN 0 AND 3", name=op.f("ck_waste_stop_visit_sort_quality")),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_stop_visit_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "photo_id"],
            ["file.village_id", "file.id"],
            name=op.f("fk_waste_stop_visit_village_id_photo_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_stop_visit_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "run_id"],
            ["waste_run.village_id", "waste_run.id"],
            name=op.f("fk_waste_stop_visit_village_id_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "stop_id"],
            ["waste_run_stop.village_id", "waste_run_stop.id"],
            name=op.f("fk_waste_stop_visit_village_id_stop_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_stop_visit_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_stop_visit")),
        sa.UniqueConstraint(
            "village_id",
            "device",
            "device_seq",
            name=op.f("uq_waste_stop_visit_village_id_device_device_seq"),
        ),
        sa.UniqueConstraint(
            "village_id", "run_id", "point_id", name=op.f("uq_waste_stop_visit_village_id_run_id_point_id")
        ),
        sa.UniqueConstraint("village_id", "stop_id", name=op.f("uq_waste_stop_visit_village_id_stop_id")),
    )
    op.create_index(
        op.f("ix_waste_stop_visit_village_id_day_outcome"),
        "waste_stop_visit",
        ["village_id", "day", "outcome"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stop_visit_village_id_household_id_visited_at_id"),
        "waste_stop_visit",
        ["village_id", "household_id", "visited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stop_visit_village_id_outcome_visited_at_id"),
        "waste_stop_visit",
        ["village_id", "outcome", "visited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stop_visit_village_id_point_id_visited_at_id"),
        "waste_stop_visit",
        ["village_id", "point_id", "visited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stop_visit_village_id_run_id_visited_at_id"),
        "waste_stop_visit",
        ["village_id", "run_id", "visited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stop_visit_village_id_visited_at_id"),
        "waste_stop_visit",
        ["village_id", "visited_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_waste_stop_visit_photo",
        "waste_stop_visit",
        ["village_id", "photo_id"],
        unique=True,
        sqlite_where=sa.text("photo_id IS NOT NULL"),
        postgresql_where=sa.text("photo_id IS NOT NULL"),
    )
