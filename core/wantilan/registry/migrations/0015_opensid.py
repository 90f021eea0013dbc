"""The rest of OpenSID's resident sheet, and where records came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0015"
down_revision = "registry_0014"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
WORDS = {
    "disability": ["FISIK", "NETRA", "RUNGU_WICARA", "MENTAL_JIWA", "FISIK_MENTAL", "LAINNYA", "TIDAK"],
    "contraception": ["KB_1", "KB_2", "KB_3", "KB_4", "KB_5", "KB_6", "KB_7", "KB_99"],
    "pregnancy": ["HAMIL_1", "HAMIL_2"],
    "identitycard": ["BELUM", "KTP_EL", "KIA"],
    "identitycardprogress": [
        "BELUM_WAJIB",
        "BELUM_REKAM",
        "SUDAH_REKAM",
        "CARD_PRINTED",
        "PRINT_READY_RECORD",
        "CARD_SHIPPED",
        "SENT_FOR_CARD_PRINTING",
        "CARD_ISSUED",
    ],
    "insurance": ["TIDAK_PUNYA", "BPJS_PBI", "BPJS_NON_PBI", "LAINNYA"],
    "familyrelationship": [
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
    ],
    "recordsource": ["MANUAL", "OPENSID"],
}


def _enum(name: str) -> sa.Enum:
    return sa.Enum(*WORDS[name], name=name, native_enum=False, length=40)


def _known(table: str, column: str, name: str) -> sa.CheckConstraint:
    words = ", ".join(f"'{word}'" for word in WORDS[name])
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{column}_known"))


def upgrade() -> None:
    op.create_table(
        "resident_detail",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("address", TEXT, nullable=True),
        sa.Column("rw", TEXT, nullable=True),
        sa.Column("rt", TEXT, nullable=True),
        sa.Column("current_address", TEXT, nullable=True),
        sa.Column("father_nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("father_nik_masked", TEXT, nullable=True),
        sa.Column("mother_nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mother_nik_masked", TEXT, nullable=True),
        sa.Column("birth_certificate", TEXT, nullable=True),
        sa.Column("passport", TEXT, nullable=True),
        sa.Column("passport_expires_on", sa.Date(), nullable=True),
        sa.Column("stay_permit", TEXT, nullable=True),
        sa.Column("marriage_certificate", TEXT, nullable=True),
        sa.Column("married_on", sa.Date(), nullable=True),
        sa.Column("divorce_certificate", TEXT, nullable=True),
        sa.Column("divorced_on", sa.Date(), nullable=True),
        sa.Column("disability", _enum("disability"), nullable=True),
        sa.Column("contraception", _enum("contraception"), nullable=True),
        sa.Column("pregnancy", _enum("pregnancy"), nullable=True),
        sa.Column("identity_card", _enum("identitycard"), nullable=True),
        sa.Column("identity_card_progress", _enum("identitycardprogress"), nullable=True),
        sa.Column("ethnicity", TEXT, nullable=True),
        sa.Column("card_tag", TEXT, nullable=True),
        sa.Column("insurance", _enum("insurance"), nullable=True),
        sa.Column("insurance_number", TEXT, nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("card_household_id", sa.Uuid(), nullable=True),
        sa.Column("card_relationship", _enum("familyrelationship"), nullable=True),
        sa.Column("assumed", TEXT, nullable=True),
        _known("resident_detail", "card_relationship", "familyrelationship"),
        _known("resident_detail", "contraception", "contraception"),
        _known("resident_detail", "disability", "disability"),
        _known("resident_detail", "identity_card", "identitycard"),
        _known("resident_detail", "identity_card_progress", "identitycardprogress"),
        _known("resident_detail", "insurance", "insurance"),
        _known("resident_detail", "pregnancy", "pregnancy"),
        sa.ForeignKeyConstraint(
            ["village_id", "card_household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_resident_detail_village_id_card_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_detail_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_resident_detail_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_resident_detail")),
        sa.UniqueConstraint(
            "village_id", "resident_id", name=op.f("uq_resident_detail_village_id_resident_id")
        ),
    )
    op.create_index(
        op.f("ix_resident_detail_village_id_card_household_id"),
        "resident_detail",
        ["village_id", "card_household_id"],
        unique=False,
    )
    op.create_table(
        "resident_source",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("source", _enum("recordsource"), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        sa.Column("changed", TEXT, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_label", TEXT, nullable=False),
        _known("resident_source", "source", "recordsource"),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_source_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_resident_source_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_resident_source")),
    )
    op.create_index(
        op.f("ix_resident_source_village_id_import_id"),
        "resident_source",
        ["village_id", "import_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resident_source_village_id_resident_id_id"),
        "resident_source",
        ["village_id", "resident_id", "id"],
        unique=False,
    )
