"""Residents who go from one village to another, and two records of one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0013"
down_revision = "registry_0011"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "resident_duplicate",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "NIK_TO_COME",
                "SAME_NAME",
                "UNNAMED_CHILD",
                "NEAR_NAME",
                name="duplicaterule",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "DISMISSED", "MERGED", name="duplicatestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.Column("judged_by_label", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.CheckConstraint(
            "(state = 'OPEN') = (judged_at IS NULL)", name=op.f("ck_resident_duplicate_judged")
        ),
        sa.CheckConstraint(
            "rule IN ('NIK_TO_COME', 'SAME_NAME', 'UNNAMED_CHILD', 'NEAR_NAME')",
            name=op.f("ck_resident_duplicate_rule_known"),
        ),
        sa.CheckConstraint(
            "state IN ('OPEN', 'DISMISSED', 'MERGED')", name=op.f("ck_resident_duplicate_state_known")
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_resident_duplicate_order")),
        sa.ForeignKeyConstraint(
            ["village_id", "first_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_duplicate_village_id_first_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "second_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_duplicate_village_id_second_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_resident_duplicate_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_resident_duplicate")),
        sa.UniqueConstraint(
            "village_id",
            "first_id",
            "second_id",
            name=op.f("uq_resident_duplicate_village_id_first_id_second_id"),
        ),
    )
    op.create_index(
        op.f("ix_resident_duplicate_village_id_found_at_id"),
        "resident_duplicate",
        ["village_id", "found_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resident_duplicate_village_id_second_id"),
        "resident_duplicate",
        ["village_id", "second_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resident_duplicate_village_id_state_weight"),
        "resident_duplicate",
        ["village_id", "state", "weight"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resident_duplicate_village_id_weight_id"),
        "resident_duplicate",
        ["village_id", "weight", "id"],
        unique=False,
    )
    op.create_table(
        "incoming_transfer",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ended_by_label", TEXT, nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("other_village_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PROPOSED",
                "ACCEPTED",
                "REFUSED",
                "WITHDRAWN",
                name="transferstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.CheckConstraint(
            "(state = 'PROPOSED') = (ended_at IS NULL)", name=op.f("ck_incoming_transfer_ended")
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN')",
            name=op.f("ck_incoming_transfer_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "event_id"],
            ["life_event.village_id", "life_event.id"],
            name=op.f("fk_incoming_transfer_village_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_incoming_transfer_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_incoming_transfer")),
    )
    op.create_index(
        op.f("ix_incoming_transfer_village_id_event_id"),
        "incoming_transfer",
        ["village_id", "event_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_incoming_transfer_village_id_proposed_at_id"),
        "incoming_transfer",
        ["village_id", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_incoming_transfer_village_id_state_proposed_at"),
        "incoming_transfer",
        ["village_id", "state", "proposed_at"],
        unique=False,
    )
    op.create_table(
        "outgoing_transfer",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_label", TEXT, nullable=False),
        sa.Column("remaining", JSON, nullable=False),
        sa.Column("document", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("other_village_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PROPOSED",
                "ACCEPTED",
                "REFUSED",
                "WITHDRAWN",
                name="transferstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.CheckConstraint(
            "(state = 'PROPOSED') = (ended_at IS NULL)", name=op.f("ck_outgoing_transfer_ended")
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN')",
            name=op.f("ck_outgoing_transfer_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "event_id"],
            ["life_event.village_id", "life_event.id"],
            name=op.f("fk_outgoing_transfer_village_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "file_id"],
            ["file.village_id", "file.id"],
            name=op.f("fk_outgoing_transfer_village_id_file_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_outgoing_transfer_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_outgoing_transfer")),
    )
    op.create_index(
        op.f("ix_outgoing_transfer_village_id_event_id"),
        "outgoing_transfer",
        ["village_id", "event_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_outgoing_transfer_village_id_file_id"),
        "outgoing_transfer",
        ["village_id", "file_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_outgoing_transfer_village_id_proposed_at_id"),
        "outgoing_transfer",
        ["village_id", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_outgoing_transfer_village_id_state_proposed_at"),
        "outgoing_transfer",
        ["village_id", "state", "proposed_at"],
        unique=False,
    )
    op.create_table(
        "incoming_person",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("full_name", TEXT, nullable=True),
        sa.Column(
            "sex", sa.Enum("LAKI_LAKI", "PEREMPUAN", name="sex", native_enum=False, length=40), nullable=True
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column(
            "relationship",
            sa.Enum(
                "KEPALA_KELUARGA",
                "SUAMI",
                "ISTRI",
                "ANAK",
                "MENANTU",
                "CUCU",
                "ORANGTUA",
                "MERTUA",
                "FAMILI_LAIN",
                "PEMBANTU",
                "LAINNYA",
                name="familyrelationship",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "relationship IN ('KEPALA_KELUARGA', 'SUAMI', 'ISTRI', 'ANAK', 'MENANTU', 'CUCU', 'ORANGTUA', 'MERTUA', 'FAMILI_LAIN', 'PEMBANTU', 'LAINNYA')",
            name=op.f("ck_incoming_person_relationship_known"),
        ),
        sa.CheckConstraint("sex IN ('LAKI_LAKI', 'PEREMPUAN')", name=op.f("ck_incoming_person_sex_known")),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_incoming_person_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "transfer_id"],
            ["incoming_transfer.village_id", "incoming_transfer.id"],
            name=op.f("fk_incoming_person_village_id_transfer_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_incoming_person_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_incoming_person")),
        sa.UniqueConstraint(
            "village_id",
            "transfer_id",
            "number",
            name=op.f("uq_incoming_person_village_id_transfer_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_incoming_person_village_id_resident_id"),
        "incoming_person",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_table(
        "outgoing_person",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_outgoing_person_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "transfer_id"],
            ["outgoing_transfer.village_id", "outgoing_transfer.id"],
            name=op.f("fk_outgoing_person_village_id_transfer_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_outgoing_person_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_outgoing_person")),
        sa.UniqueConstraint(
            "village_id",
            "transfer_id",
            "number",
            name=op.f("uq_outgoing_person_village_id_transfer_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_outgoing_person_village_id_resident_id"),
        "outgoing_person",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        "uq_outgoing_person_waiting",
        "outgoing_person",
        ["village_id", "resident_id"],
        unique=True,
        sqlite_where=sa.text("waiting"),
        postgresql_where=sa.text("waiting"),
    )
    op.add_column("resident", sa.Column("moved_to_id", sa.Uuid(), nullable=True))
    op.add_column("resident", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
