"""Photo"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "waste_0003"
down_revision = "waste_0002"

STREAMS = "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')"
SOURCES = (
    "source_class IN ('RUMAH_TANGGA', 'WARUNG_TOKO', 'PASAR', 'KANTOR', 'SEKOLAH', 'FASUM', 'HOTEL_RESTO', "
    "'TEMPAT_IBADAH', 'UPAKARA_EVENT', 'PERTANIAN', 'LAINNYA')"
)
CHECKS = {
    "source_class_known": SOURCES,
    "stream_known": STREAMS,
    "gross_grams_whole": "gross_grams BETWEEN 0 AND 9007199254740991",
    "net": "mass_grams = gross_grams - tare_grams",
    "mass": "mass_grams > 0",
    "mass_grams_whole": "mass_grams BETWEEN 0 AND 9007199254740991",
    "tare_grams_whole": "tare_grams BETWEEN 0 AND 9007199254740991",
}
KEYS = {"facility_id": "waste_facility", "household_id": "household"}
INDEXES = (
    ("village_id", "business_date", "stream", "mass_grams"),
    ("village_id", "facility_id", "weighed_at", "id"),
    ("village_id", "household_id", "weighed_at", "id"),
    ("village_id", "mass_grams", "id"),
    ("village_id", "source_class", "weighed_at", "id"),
    ("village_id", "stream", "weighed_at", "id"),
    ("village_id", "weighed_at", "id"),
)

# SQLite adds no foreign key to a table that is there: the table is written anew, from what it is up to here.
BEFORE = sa.Table(
    "waste_intake",
    sa.MetaData(),
    sa.Column("village_id", sa.Uuid(), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("facility_id", sa.Uuid(), nullable=False),
    sa.Column("household_id", sa.Uuid(), nullable=True),
    sa.Column("stream", sa.String(40), nullable=False),
    sa.Column("source_class", sa.String(40), nullable=False),
    sa.Column("gross_grams", sa.BigInteger(), nullable=False),
    sa.Column("tare_grams", sa.BigInteger(), nullable=False),
    sa.Column("mass_grams", sa.BigInteger(), nullable=False),
    sa.Column("weighed_at", sa.Text(), nullable=False),
    sa.Column("business_date", sa.Date(), nullable=False),
    sa.Column("recorded_by", sa.Uuid(), nullable=True),
    *(sa.CheckConstraint(text, name=f"ck_waste_intake_{name}") for name, text in CHECKS.items()),
    *(
        sa.ForeignKeyConstraint(
            ["village_id", name],
            [f"{there}.village_id", f"{there}.id"],
            name=f"fk_waste_intake_village_id_{name}",
        )
        for name, there in KEYS.items()
    ),
    sa.ForeignKeyConstraint(["village_id"], ["village.id"], name="fk_waste_intake_village_id"),
    sa.PrimaryKeyConstraint("village_id", "id", name="pk_waste_intake"),
    *(sa.Index(f"ix_waste_intake_{'_'.join(names)}", *names) for names in INDEXES),
)


def upgrade() -> None:
    with op.batch_alter_table("waste_intake", copy_from=BEFORE) as table:
        table.add_column(sa.Column("photo_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_waste_intake_village_id_photo_id"),
            "file",
            ["village_id", "photo_id"],
            ["village_id", "id"],
        )
    op.create_index(
        "uq_waste_intake_photo",
        "waste_intake",
        ["village_id", "photo_id"],
        unique=True,
        sqlite_where=sa.text("photo_id IS NOT NULL"),
        postgresql_where=sa.text("photo_id IS NOT NULL"),
    )
