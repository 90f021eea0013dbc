"""Start"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "waste_facility",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("TPS3R", "BANK_SAMPAH", name="wastefacilitykind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('TPS3R', 'BANK_SAMPAH')", name=op.f("ck_waste_facility_kind_known")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_facility_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_facility")),
        sa.UniqueConstraint("village_id", "name", name=op.f("uq_waste_facility_village_id_name")),
    )
    op.create_table(
        "waste_intake",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "source_class",
            sa.Enum(
                "RUMAH_TANGGA",
                "WARUNG_TOKO",
                "PASAR",
                "KANTOR",
                "SEKOLAH",
                "FASUM",
                "HOTEL_RESTO",
                "TEMPAT_IBADAH",
                "UPAKARA_EVENT",
                "PERTANIAN",
                "LAINNYA",
                name="wastesourceclass",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gross_grams", sa.BigInteger(), nullable=False),
        sa.Column("tare_grams", sa.BigInteger(), nullable=False),
        sa.Column("mass_grams", sa.BigInteger(), nullable=False),
        sa.Column(
            "weighed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "source_class IN ('RUMAH_TANGGA', 'WARUNG_TOKO', 'PASAR', 'KANTOR', 'SEKOLAH', 'FASUM', 'HOTEL_RESTO', 'TEMPAT_IBADAH', 'UPAKARA_EVENT', 'PERTANIAN', 'LAINNYA')",
            name=op.f("ck_waste_intake_source_class_known"),
        ),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')", name=op.f("ck_waste_intake_stream_known")
        ),
        sa.CheckConstraint(
            "gross_grams BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_intake_gross_grams_whole")
        ),
        sa.CheckConstraint("mass_grams = gross_grams - tare_grams", name=op.f("ck_waste_intake_net")),
        sa.CheckConstraint("mass_grams > 0", name=op.f("ck_waste_intake_mass")),
        sa.CheckConstraint(
            "mass_grams BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_intake_mass_grams_whole")
        ),
        sa.CheckConstraint(
            "tare_grams BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_intake_tare_grams_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_intake_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_intake_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_intake_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_intake")),
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_business_date_stream_mass_grams"),
        "waste_intake",
        ["village_id", "business_date", "stream", "mass_grams"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_facility_id_weighed_at_id"),
        "waste_intake",
        ["village_id", "facility_id", "weighed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_household_id_weighed_at_id"),
        "waste_intake",
        ["village_id", "household_id", "weighed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_mass_grams_id"),
        "waste_intake",
        ["village_id", "mass_grams", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_source_class_weighed_at_id"),
        "waste_intake",
        ["village_id", "source_class", "weighed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_stream_weighed_at_id"),
        "waste_intake",
        ["village_id", "stream", "weighed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_intake_village_id_weighed_at_id"),
        "waste_intake",
        ["village_id", "weighed_at", "id"],
        unique=False,
    )
