"""Start"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "actor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "created_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sa.UniqueConstraint("name", name=op.f("uq_actor_name")),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "response_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("input_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "result",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor_id", "key", "response_name", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PROVINSI",
                "KABUPATEN",
                "KOTA",
                "KECAMATAN",
                "KELURAHAN",
                "DESA",
                "DESA_ADAT",
                name="regionlevel",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("parent_code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "level IN ('PROVINSI', 'KABUPATEN', 'KOTA', 'KECAMATAN', 'KELURAHAN', 'DESA', 'DESA_ADAT')",
            name=op.f("ck_region_level_known"),
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_level_code"), "region", ["level", "code"], unique=False)
    op.create_index(op.f("ix_region_name_key_code"), "region", ["name_key", "code"], unique=False)
    op.create_index(op.f("ix_region_parent_code_code"), "region", ["parent_code", "code"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "created_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "expires_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "revoked_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_token_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_token_token_hash")),
    )
    op.create_index(op.f("ix_token_actor_id"), "token", ["actor_id"], unique=False)
    op.create_table(
        "village",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "region_code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("DESA", "KELURAHAN", "DESA_ADAT", name="villagekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("time_zone", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column(
            "hamlet_term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("head_term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "hamlet_head_term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "opened_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('DESA', 'KELURAHAN', 'DESA_ADAT')", name=op.f("ck_village_kind_known")),
        sa.ForeignKeyConstraint(["code"], ["region.code"], name=op.f("fk_village_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_village_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("code", name=op.f("uq_village_code")),
    )
    op.create_index(op.f("ix_village_name_key_id"), "village", ["name_key", "id"], unique=False)
    op.create_index(op.f("ix_village_region_code_code"), "village", ["region_code", "code"], unique=False)
    op.create_table(
        "event",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "subjects",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_event_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_event")),
    )
    op.create_table(
        "hamlet",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_hamlet_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_hamlet")),
        sa.UniqueConstraint("village_id", "name_key", name=op.f("uq_hamlet_village_id_name_key")),
    )
    op.create_table(
        "program_settings",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "values",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_program_settings_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_program_settings")),
        sa.UniqueConstraint("village_id", "program", name=op.f("uq_program_settings_village_id_program")),
    )
    version = op.create_table(
        "access_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_access_version_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_version")),
    )
    op.bulk_insert(version, [{"id": 1, "version": 0}])
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "place_kind",
            sa.Enum("REGION", "HAMLET", "RESIDENT", name="placekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("place_code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column(
            "granted_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column(
            "revoked_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "place_kind IN ('REGION', 'HAMLET', 'RESIDENT')", name=op.f("ck_role_grant_place_kind_known")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_role_grant_actor_id")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_role_grant_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_actor_id"), "role_grant", ["actor_id"], unique=False)
    op.create_table(
        "village_program",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "enabled_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("enabled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_village_program_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_village_program")),
        sa.UniqueConstraint("village_id", "program", name=op.f("uq_village_program_village_id_program")),
    )
    op.create_table(
        "event_delivery",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("program", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "delivered_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("failure", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_id", "event_id"],
            ["event.village_id", "event.id"],
            name=op.f("fk_event_delivery_village_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_event_delivery_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_event_delivery")),
        sa.UniqueConstraint(
            "village_id", "event_id", "program", name=op.f("uq_event_delivery_village_id_event_id_program")
        ),
    )
    op.create_index(
        "ix_event_delivery_open",
        "event_delivery",
        ["village_id", "program"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "household",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_household_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_household_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_household")),
    )
    op.create_index(
        op.f("ix_household_village_id_hamlet_id"), "household", ["village_id", "hamlet_id"], unique=False
    )
    op.create_index(
        op.f("ix_household_village_id_registered_on_id"),
        "household",
        ["village_id", "registered_on", "id"],
        unique=False,
    )
    op.create_table(
        "household_number",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_household_number_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_household_number_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_household_number")),
    )
    op.create_index(
        "uq_household_number_current",
        "household_number",
        ["village_id", "household_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index(
        "uq_household_number_in_use",
        "household_number",
        ["village_id", "number_hash"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "resident",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_hash", sa.LargeBinary(), nullable=True),
        sa.Column("nik_masked", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column(
            "nik_kind",
            sa.Enum("PERMANENT", "TEMPORARY", name="nikkind", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("full_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "sex", sa.Enum("LAKI_LAKI", "PEREMPUAN", name="sex", native_enum=False, length=40), nullable=False
        ),
        sa.Column("birth_place", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column(
            "religion",
            sa.Enum(
                "ISLAM",
                "KRISTEN",
                "KATHOLIK",
                "HINDU",
                "BUDHA",
                "KHONGHUCU",
                "KEPERCAYAAN_LAINNYA",
                name="religion",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "marital_status",
            sa.Enum(
                "BELUM_KAWIN",
                "KAWIN",
                "CERAI_HIDUP",
                "CERAI_MATI",
                name="maritalstatus",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "education",
            sa.Enum(
                "TIDAK_BELUM_SEKOLAH",
                "BELUM_TAMAT_SD",
                "TAMAT_SD",
                "SLTP",
                "SLTA",
                "D_I_II",
                "AKADEMI_D_III",
                "D_IV_S1",
                "S2",
                "S3",
                name="education",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "current_education",
            sa.Enum(
                "BELUM_TK",
                "TK",
                "TIDAK_PERNAH_SEKOLAH",
                "SD",
                "TIDAK_TAMAT_SD",
                "SLTP",
                "SLTA",
                "D1",
                "D2",
                "D3",
                "S1",
                "S2",
                "S3",
                "SLB_A",
                "SLB_B",
                "SLB_C",
                "BUTA_HURUF",
                "TIDAK_SEDANG_SEKOLAH",
                name="currenteducation",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "occupation",
            sa.Enum(
                "BELUM_TIDAK_BEKERJA",
                "MENGURUS_RUMAH_TANGGA",
                "PELAJAR_MAHASISWA",
                "PENSIUNAN",
                "PNS",
                "TNI",
                "POLRI",
                "PERDAGANGAN",
                "PETANI_PEKEBUN",
                "PETERNAK",
                "NELAYAN",
                "INDUSTRI",
                "KONSTRUKSI",
                "TRANSPORTASI",
                "KARYAWAN_SWASTA",
                "KARYAWAN_BUMN",
                "KARYAWAN_BUMD",
                "KARYAWAN_HONORER",
                "BURUH_HARIAN_LEPAS",
                "BURUH_TANI",
                "BURUH_NELAYAN",
                "BURUH_PETERNAKAN",
                "PEMBANTU_RUMAH_TANGGA",
                "TUKANG_CUKUR",
                "TUKANG_LISTRIK",
                "TUKANG_BATU",
                "TUKANG_KAYU",
                "TUKANG_SOL_SEPATU",
                "TUKANG_LAS_PANDAI_BESI",
                "TUKANG_JAHIT",
                "TUKANG_GIGI",
                "PENATA_RIAS",
                "PENATA_BUSANA",
                "PENATA_RAMBUT",
                "MEKANIK",
                "SENIMAN",
                "TABIB",
                "PARAJI",
                "PERANCANG_BUSANA",
                "PENTERJEMAH",
                "IMAM_MASJID",
                "PENDETA",
                "PASTOR",
                "WARTAWAN",
                "USTADZ_MUBALIGH",
                "JURU_MASAK",
                "PROMOTOR_ACARA",
                "ANGGOTA_DPR_RI",
                "ANGGOTA_DPD",
                "ANGGOTA_BPK",
                "PRESIDEN",
                "WAKIL_PRESIDEN",
                "ANGGOTA_MK",
                "ANGGOTA_KABINET",
                "DUTA_BESAR",
                "GUBERNUR",
                "WAKIL_GUBERNUR",
                "BUPATI",
                "WAKIL_BUPATI",
                "WALIKOTA",
                "WAKIL_WALIKOTA",
                "ANGGOTA_DPRD_PROVINSI",
                "ANGGOTA_DPRD_KABUPATEN_KOTA",
                "DOSEN",
                "GURU",
                "PILOT",
                "PENGACARA",
                "NOTARIS",
                "ARSITEK",
                "AKUNTAN",
                "KONSULTAN",
                "DOKTER",
                "BIDAN",
                "PERAWAT",
                "APOTEKER",
                "PSIKIATER_PSIKOLOG",
                "PENYIAR_TELEVISI",
                "PENYIAR_RADIO",
                "PELAUT",
                "PENELITI",
                "SOPIR",
                "PIALANG",
                "PARANORMAL",
                "PEDAGANG",
                "PERANGKAT_DESA",
                "KEPALA_DESA",
                "BIARAWATI",
                "WIRASWASTA",
                "LAINNYA",
                name="occupation",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "blood_type",
            sa.Enum(
                "A",
                "B",
                "AB",
                "O",
                "A_PLUS",
                "A_MINUS",
                "B_PLUS",
                "B_MINUS",
                "AB_PLUS",
                "AB_MINUS",
                "O_PLUS",
                "O_MINUS",
                "TIDAK_TAHU",
                name="bloodtype",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "citizenship",
            sa.Enum("WNI", "WNA", "DUA_KEWARGANEGARAAN", name="citizenship", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "residency",
            sa.Enum("TETAP", "TIDAK_TETAP", name="residency", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "HIDUP",
                "MATI",
                "PINDAH",
                "HILANG",
                "PERGI",
                "TIDAK_VALID",
                name="residentstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("father_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("mother_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("phone", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "registered_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "blood_type IN ('A', 'B', 'AB', 'O', 'A_PLUS', 'A_MINUS', 'B_PLUS', 'B_MINUS', 'AB_PLUS', 'AB_MINUS', 'O_PLUS', 'O_MINUS', 'TIDAK_TAHU')",
            name=op.f("ck_resident_blood_type_known"),
        ),
        sa.CheckConstraint(
            "citizenship IN ('WNI', 'WNA', 'DUA_KEWARGANEGARAAN')", name=op.f("ck_resident_citizenship_known")
        ),
        sa.CheckConstraint(
            "current_education IN ('BELUM_TK', 'TK', 'TIDAK_PERNAH_SEKOLAH', 'SD', 'TIDAK_TAMAT_SD', 'SLTP', 'SLTA', 'D1', 'D2', 'D3', 'S1', 'S2', 'S3', 'SLB_A', 'SLB_B', 'SLB_C', 'BUTA_HURUF', 'TIDAK_SEDANG_SEKOLAH')",
            name=op.f("ck_resident_current_education_known"),
        ),
        sa.CheckConstraint(
            "education IN ('TIDAK_BELUM_SEKOLAH', 'BELUM_TAMAT_SD', 'TAMAT_SD', 'SLTP', 'SLTA', 'D_I_II', 'AKADEMI_D_III', 'D_IV_S1', 'S2', 'S3')",
            name=op.f("ck_resident_education_known"),
        ),
        sa.CheckConstraint(
            "marital_status IN ('BELUM_KAWIN', 'KAWIN', 'CERAI_HIDUP', 'CERAI_MATI')",
            name=op.f("ck_resident_marital_status_known"),
        ),
        sa.CheckConstraint("nik_kind IN ('PERMANENT', 'TEMPORARY')", name=op.f("ck_resident_nik_kind_known")),
        sa.CheckConstraint(
            "occupation IN ('BELUM_TIDAK_BEKERJA', 'MENGURUS_RUMAH_TANGGA', 'PELAJAR_MAHASISWA', 'PENSIUNAN', 'PNS', 'TNI', 'POLRI', 'PERDAGANGAN', 'PETANI_PEKEBUN', 'PETERNAK', 'NELAYAN', 'INDUSTRI', 'KONSTRUKSI', 'TRANSPORTASI', 'KARYAWAN_SWASTA', 'KARYAWAN_BUMN', 'KARYAWAN_BUMD', 'KARYAWAN_HONORER', 'BURUH_HARIAN_LEPAS', 'BURUH_TANI', 'BURUH_NELAYAN', 'BURUH_PETERNAKAN', 'PEMBANTU_RUMAH_TANGGA', 'TUKANG_CUKUR', 'TUKANG_LISTRIK', 'TUKANG_BATU', 'TUKANG_KAYU', 'TUKANG_SOL_SEPATU', 'TUKANG_LAS_PANDAI_BESI', 'TUKANG_JAHIT', 'TUKANG_GIGI', 'PENATA_RIAS', 'PENATA_BUSANA', 'PENATA_RAMBUT', 'MEKANIK', 'SENIMAN', 'TABIB', 'PARAJI', 'PERANCANG_BUSANA', 'PENTERJEMAH', 'IMAM_MASJID', 'PENDETA', 'PASTOR', 'WARTAWAN', 'USTADZ_MUBALIGH', 'JURU_MASAK', 'PROMOTOR_ACARA', 'ANGGOTA_DPR_RI', 'ANGGOTA_DPD', 'ANGGOTA_BPK', 'PRESIDEN', 'WAKIL_PRESIDEN', 'ANGGOTA_MK', 'ANGGOTA_KABINET', 'DUTA_BESAR', 'GUBERNUR', 'WAKIL_GUBERNUR', 'BUPATI', 'WAKIL_BUPATI', 'WALIKOTA', 'WAKIL_WALIKOTA', 'ANGGOTA_DPRD_PROVINSI', 'ANGGOTA_DPRD_KABUPATEN_KOTA', 'DOSEN', 'GURU', 'PILOT', 'PENGACARA', 'NOTARIS', 'ARSITEK', 'AKUNTAN', 'KONSULTAN', 'DOKTER', 'BIDAN', 'PERAWAT', 'APOTEKER', 'PSIKIATER_PSIKOLOG', 'PENYIAR_TELEVISI', 'PENYIAR_RADIO', 'PELAUT', 'PENELITI', 'SOPIR', 'PIALANG', 'PARANORMAL', 'PEDAGANG', 'PERANGKAT_DESA', 'KEPALA_DESA', 'BIARAWATI', 'WIRASWASTA', 'LAINNYA')",
            name=op.f("ck_resident_occupation_known"),
        ),
        sa.CheckConstraint(
            "religion IN ('ISLAM', 'KRISTEN', 'KATHOLIK', 'HINDU', 'BUDHA', 'KHONGHUCU', 'KEPERCAYAAN_LAINNYA')",
            name=op.f("ck_resident_religion_known"),
        ),
        sa.CheckConstraint("residency IN ('TETAP', 'TIDAK_TETAP')", name=op.f("ck_resident_residency_known")),
        sa.CheckConstraint("sex IN ('LAKI_LAKI', 'PEREMPUAN')", name=op.f("ck_resident_sex_known")),
        sa.CheckConstraint(
            "status IN ('HIDUP', 'MATI', 'PINDAH', 'HILANG', 'PERGI', 'TIDAK_VALID')",
            name=op.f("ck_resident_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_resident_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_resident_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_resident_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_resident")),
        sa.UniqueConstraint("village_id", "nik_hash", name=op.f("uq_resident_village_id_nik_hash")),
    )
    op.create_index(
        op.f("ix_resident_village_id_birth_date_id"),
        "resident",
        ["village_id", "birth_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resident_village_id_hamlet_id"), "resident", ["village_id", "hamlet_id"], unique=False
    )
    op.create_index(
        op.f("ix_resident_village_id_household_id"), "resident", ["village_id", "household_id"], unique=False
    )
    op.create_index(
        op.f("ix_resident_village_id_name_key_id"), "resident", ["village_id", "name_key", "id"], unique=False
    )
    op.create_index(op.f("ix_resident_village_id_status"), "resident", ["village_id", "status"], unique=False)
    op.create_table(
        "hamlet_head",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_hamlet_head_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_hamlet_head_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_hamlet_head_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_hamlet_head")),
    )
    op.create_index(
        op.f("ix_hamlet_head_village_id_hamlet_id"), "hamlet_head", ["village_id", "hamlet_id"], unique=False
    )
    op.create_index(
        "uq_hamlet_head_current",
        "hamlet_head",
        ["village_id", "hamlet_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "household_member",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "relationship IN ('KEPALA_KELUARGA', 'SUAMI', 'ISTRI', 'ANAK', 'MENANTU', 'CUCU', 'ORANGTUA', 'MERTUA', 'FAMILI_LAIN', 'PEMBANTU', 'LAINNYA')",
            name=op.f("ck_household_member_relationship_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_household_member_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_household_member_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_household_member_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_household_member")),
    )
    op.create_index(
        op.f("ix_household_member_village_id_household_id"),
        "household_member",
        ["village_id", "household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_household_member_village_id_resident_id"),
        "household_member",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        "uq_household_member_current",
        "household_member",
        ["village_id", "resident_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
