"""Files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0005"
down_revision = "registry_0003"


def upgrade() -> None:
    op.create_table(
        "file_removal",
        sa.Column("place", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "due_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_file_removal")),
    )
    op.create_index(op.f("ix_file_removal_due_at"), "file_removal", ["due_at"], unique=False)
    op.create_table(
        "file",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("program", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("opens", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("household", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("EXPECTED", "STORED", "TAKEN", "GONE", name="filestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "content_type", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("place", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "stored_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("(place IS NULL) = (state IN ('EXPECTED', 'GONE'))", name=op.f("ck_file_place")),
        sa.CheckConstraint(
            "state IN ('EXPECTED', 'STORED', 'TAKEN', 'GONE')", name=op.f("ck_file_state_known")
        ),
        sa.CheckConstraint(
            "place IS NULL OR (content_type IS NOT NULL AND size > 0)", name=op.f("ck_file_content")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_file_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_file_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_file_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_file")),
    )
    op.create_index(
        op.f("ix_file_village_id_household_id"), "file", ["village_id", "household_id"], unique=False
    )
    op.create_index(
        op.f("ix_file_village_id_resident_id"), "file", ["village_id", "resident_id"], unique=False
    )
    op.create_index(
        op.f("ix_file_village_id_state_created_at"),
        "file",
        ["village_id", "state", "created_at"],
        unique=False,
    )
    op.create_table(
        "file_address",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column(
            "use", sa.Enum("UPLOAD", "DOWNLOAD", name="fileuse", native_enum=False, length=40), nullable=False
        ),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column(
            "expires_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "used_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("use IN ('UPLOAD', 'DOWNLOAD')", name=op.f("ck_file_address_use_known")),
        sa.ForeignKeyConstraint(
            ["village_id", "file_id"],
            ["file.village_id", "file.id"],
            name=op.f("fk_file_address_village_id_file_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_file_address_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_file_address")),
    )
    op.create_index(
        op.f("ix_file_address_village_id_actor_id_expires_at"),
        "file_address",
        ["village_id", "actor_id", "expires_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_file_address_village_id_file_id"), "file_address", ["village_id", "file_id"], unique=False
    )
