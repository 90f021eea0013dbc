"""Events get numbers in their village."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0002"
down_revision = "registry_0001"


def upgrade() -> None:
    op.create_table(
        "outbox_head",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = village_id", name=op.f("ck_outbox_head_one")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_outbox_head_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_outbox_head")),
    )
    op.add_column("event", sa.Column("number", sa.BigInteger(), nullable=False, server_default="0"))
    # Until now the order of a village's events was that of their moments.
    op.execute(
        "UPDATE event SET number = counted.number FROM (SELECT village_id, id, row_number() OVER "
        "(PARTITION BY village_id ORDER BY at, id) AS number FROM event) counted "
        "WHERE counted.village_id = event.village_id AND counted.id = event.id"
    )
    op.execute(
        "INSERT INTO outbox_head (village_id, id, last_number) "
        "SELECT village_id, village_id, max(number) FROM event GROUP BY village_id"
    )
    op.create_index(op.f("ix_event_village_id_number"), "event", ["village_id", "number"], unique=True)
