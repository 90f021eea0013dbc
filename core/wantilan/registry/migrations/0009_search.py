"""By what each resident is found."""

import sqlalchemy as sa
from alembic import context, op

from wantilan.registry.searching import tokens_of

revision = "registry_0009"
down_revision = "registry_0008"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CHUNK = 500


def upgrade() -> None:
    tokens = op.create_table(
        "resident_token",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("token", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_resident_token_village_id")),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_token_village_id_resident_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "village_id", "token", "name_key", "resident_id", name=op.f("pk_resident_token")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_resident_token_village_id_resident_id"), "resident_token", ["village_id", "resident_id"]
    )
    if context.is_offline_mode():
        return  # steps as a text are for a database that is made with them, and is empty
    connection = op.get_bind()
    for part in connection.execute(PEOPLE).partitions(CHUNK):
        rows = [
            {"village_id": village, "token": token, "name_key": key, "resident_id": resident, "depth": depth}
            for village, resident, key, *sources in part
            for token, depth in tokens_of(*sources).items()
        ]
        connection.execute(sa.insert(tokens), rows)


PEOPLE = sa.text(
    "SELECT r.village_id, r.id, r.name_key, r.full_name, r.nik_hash, r.nik_masked, h.name, f.address, n.masked "
    "FROM resident r JOIN hamlet h ON h.village_id = r.village_id AND h.id = r.hamlet_id "
    "LEFT JOIN household f ON f.village_id = r.village_id AND f.id = r.household_id "
    "LEFT JOIN household_number n ON n.village_id = r.village_id AND n.household_id = r.household_id "
    "AND n.until IS NULL ORDER BY r.village_id, r.id"
).columns(sa.column("village_id", sa.Uuid()), sa.column("id", sa.Uuid()))
