"""Each program has a cursor in the events of a village."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0003"
down_revision = "registry_0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
DISABLED = sa.text("name = 'village_disabled'")
# Undelivered is an event of a name that the program has been told of before, in whatever village, and of which no
# record says that it was delivered. A village in which it has no record yet gets no cursor: it is told everything.
CURSORS = """
INSERT INTO delivery (village_id, id, program, position, due_at, attempts, failure)
SELECT place.village_id, place.id, place.program, coalesce(first.number - 1, place.number), {now},
    coalesce(first.attempts, 0), first.failure
FROM (
    SELECT d.village_id, d.id, d.program, e.number,
        row_number() OVER (PARTITION BY d.village_id, d.program ORDER BY e.number DESC) AS place
    FROM event_delivery d JOIN event e ON e.village_id = d.village_id AND e.id = d.event_id
) place
LEFT JOIN (
    SELECT e.village_id, h.program, e.number, d.attempts, d.failure,
        row_number() OVER (PARTITION BY e.village_id, h.program ORDER BY e.number) AS place
    FROM event e
    JOIN (
        SELECT DISTINCT d.program, e.name FROM event_delivery d
        JOIN event e ON e.village_id = d.village_id AND e.id = d.event_id
    ) h ON h.name = e.name AND (
        e.name NOT IN ('village_enabled', 'village_disabled') OR {switched} = h.program
    )
    LEFT JOIN event_delivery d ON d.village_id = e.village_id AND d.event_id = e.id AND d.program = h.program
    WHERE d.delivered_at IS NULL
) first ON first.village_id = place.village_id AND first.program = place.program AND first.place = 1
WHERE place.place = 1
"""
WORDS = {
    "postgresql": {"now": "now()", "switched": "e.subjects ->> 'program'"},
    "sqlite": {
        "now": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
        "switched": "json_extract(e.subjects, '$.program')",
    },
}


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", TEXT, nullable=True),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_delivery_position_whole")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_delivery_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("village_id", "program", name=op.f("uq_delivery_village_id_program")),
    )
    op.execute(CURSORS.format(**WORDS[op.get_context().dialect.name]))
    op.drop_table("event_delivery")
    op.add_column(
        "outbox_head", sa.Column("core_number", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE outbox_head SET core_number = coalesce((SELECT max(e.number) FROM event e "
        "WHERE e.village_id = outbox_head.village_id AND e.name NOT LIKE '%.%'), 0)"
    )
    op.create_index(
        "ix_event_disabled",
        "event",
        ["village_id", "number"],
        sqlite_where=DISABLED,
        postgresql_where=DISABLED,
    )
