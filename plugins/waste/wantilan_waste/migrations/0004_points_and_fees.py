"""Points and fees"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0004"
down_revision = "waste_0003"


def upgrade() -> None:
    op.create_table(
        "waste_category",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_en", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "sipsn_class",
            sa.Enum(
                "SISA_MAKANAN",
                "KAYU_RANTING",
                "KERTAS_KARTON",
                "PLASTIK",
                "LOGAM",
                "KAIN",
                "KARET_KULIT",
                "KACA",
                "LAINNYA",
                name="wastesipsnclass",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "pp_class",
            sa.Enum(
                "B3",
                "MUDAH_TERURAI",
                "DAPAT_DIGUNAKAN_KEMBALI",
                "DAPAT_DIDAUR_ULANG",
                "LAINNYA",
                name="wasteppclass",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("resin", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("grams_per_litre", sa.Integer(), nullable=True),
        sa.Column("accepted_by_bank", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT (stream = 'B3' AND accepted_by_bank)", name=op.f("ck_waste_category_b3_not_banked")
        ),
        sa.CheckConstraint(
            "pp_class IN ('B3', 'MUDAH_TERURAI', 'DAPAT_DIGUNAKAN_KEMBALI', 'DAPAT_DIDAUR_ULANG', 'LAINNYA')",
            name=op.f("ck_waste_category_pp_class_known"),
        ),
        sa.CheckConstraint(
            "sipsn_class IN ('SISA_MAKANAN', 'KAYU_RANTING', 'KERTAS_KARTON', 'PLASTIK', 'LOGAM', 'KAIN', 'KARET_KULIT', 'KACA', 'LAINNYA')",
            name=op.f("ck_waste_category_sipsn_class_known"),
        ),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')", name=op.f("ck_waste_category_stream_known")
        ),
        sa.CheckConstraint("grams_per_litre > 0", name=op.f("ck_waste_category_density")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_waste_category_own_parent")),
        sa.CheckConstraint("resin BETWEEN 1 AND 7", name=op.f("ck_waste_category_resin")),
        sa.ForeignKeyConstraint(
            ["village_id", "parent_id"],
            ["waste_category.village_id", "waste_category.id"],
            name=op.f("fk_waste_category_village_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_category_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_category")),
        sa.UniqueConstraint("village_id", "code", name=op.f("uq_waste_category_village_id_code")),
    )
    op.create_index(
        op.f("ix_waste_category_village_id_parent_id"),
        "waste_category",
        ["village_id", "parent_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_category_village_id_stream_code"),
        "waste_category",
        ["village_id", "stream", "code"],
        unique=False,
    )
    op.create_table(
        "waste_counter",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_counter_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_counter")),
        sa.UniqueConstraint("village_id", "name", "year", name=op.f("uq_waste_counter_village_id_name_year")),
    )
    op.create_table(
        "waste_fee_plan",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "period",
            sa.Enum("MONTHLY", "PER_PICKUP", name="wastefeeperiod", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "legal_basis", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.CheckConstraint(
            "period IN ('MONTHLY', 'PER_PICKUP')", name=op.f("ck_waste_fee_plan_period_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waste_fee_plan_amount")),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_fee_plan_amount_whole")
        ),
        sa.CheckConstraint("length(legal_basis) > 0", name=op.f("ck_waste_fee_plan_legal_basis")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_waste_fee_plan_days")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_fee_plan_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_fee_plan")),
        sa.UniqueConstraint(
            "village_id", "name", "valid_from", name=op.f("uq_waste_fee_plan_village_id_name_valid_from")
        ),
    )
    op.create_index(
        op.f("ix_waste_fee_plan_village_id_valid_from_id"),
        "waste_fee_plan",
        ["village_id", "valid_from", "id"],
        unique=False,
    )
    op.create_table(
        "waste_fee_plan_class",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
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
        sa.CheckConstraint(
            "source_class IN ('RUMAH_TANGGA', 'WARUNG_TOKO', 'PASAR', 'KANTOR', 'SEKOLAH', 'FASUM', 'HOTEL_RESTO', 'TEMPAT_IBADAH', 'UPAKARA_EVENT', 'PERTANIAN', 'LAINNYA')",
            name=op.f("ck_waste_fee_plan_class_source_class_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "plan_id"],
            ["waste_fee_plan.village_id", "waste_fee_plan.id"],
            name=op.f("fk_waste_fee_plan_class_village_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_fee_plan_class_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_fee_plan_class")),
        sa.UniqueConstraint(
            "village_id",
            "plan_id",
            "source_class",
            name=op.f("uq_waste_fee_plan_class_village_id_plan_id_source_class"),
        ),
    )
    op.create_table(
        "waste_service_point",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "code_since",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "business_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("label", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("label_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
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
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column(
            "instructions", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "organic_handling",
            sa.Enum(
                "TEBA_MODERN",
                "KOMPOSTER",
                "BIOPORI",
                "PAKAN_TERNAK",
                "ECO_ENZYME",
                "TIDAK_ADA",
                name="wasteorganichandling",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("ACTIVE", "PAUSED", "CLOSED", name="wastepointstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(status = 'CLOSED') = (closed_on IS NOT NULL)", name=op.f("ck_waste_service_point_closed")
        ),
        sa.CheckConstraint(
            "organic_handling IN ('TEBA_MODERN', 'KOMPOSTER', 'BIOPORI', 'PAKAN_TERNAK', 'ECO_ENZYME', 'TIDAK_ADA')",
            name=op.f("ck_waste_service_point_organic_handling_known"),
        ),
        sa.CheckConstraint(
            "source_class IN ('RUMAH_TANGGA', 'WARUNG_TOKO', 'PASAR', 'KANTOR', 'SEKOLAH', 'FASUM', 'HOTEL_RESTO', 'TEMPAT_IBADAH', 'UPAKARA_EVENT', 'PERTANIAN', 'LAINNYA')",
            name=op.f("ck_waste_service_point_source_class_known"),
        ),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'PAUSED', 'CLOSED')", name=op.f("ck_waste_service_point_status_known")
        ),
        sa.CheckConstraint(
            "(household_id IS NULL) <> (business_name IS NULL)",
            name=op.f("ck_waste_service_point_one_holder"),
        ),
        sa.CheckConstraint(
            "(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_waste_service_point_place")
        ),
        sa.CheckConstraint("people BETWEEN 0 AND 100000", name=op.f("ck_waste_service_point_people")),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_waste_service_point_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_service_point_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_service_point_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_service_point")),
        sa.UniqueConstraint("village_id", "code", name=op.f("uq_waste_service_point_village_id_code")),
    )
    op.create_index(
        op.f("ix_waste_service_point_village_id_hamlet_id_label_key_id"),
        "waste_service_point",
        ["village_id", "hamlet_id", "label_key", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_service_point_village_id_household_id"),
        "waste_service_point",
        ["village_id", "household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_service_point_village_id_label_key_id"),
        "waste_service_point",
        ["village_id", "label_key", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_service_point_village_id_organic_handling"),
        "waste_service_point",
        ["village_id", "organic_handling"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_service_point_village_id_source_class_label_key"),
        "waste_service_point",
        ["village_id", "source_class", "label_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_service_point_village_id_status_label_key"),
        "waste_service_point",
        ["village_id", "status", "label_key"],
        unique=False,
    )
    op.create_index(
        "uq_waste_service_point_household",
        "waste_service_point",
        ["village_id", "household_id"],
        unique=True,
        sqlite_where=sa.text("status != 'CLOSED'"),
        postgresql_where=sa.text("status != 'CLOSED'"),
    )
    op.create_table(
        "waste_source_survey",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_sorting", sa.Boolean(), nullable=False),
        sa.Column(
            "organic_handling",
            sa.Enum(
                "TEBA_MODERN",
                "KOMPOSTER",
                "BIOPORI",
                "PAKAN_TERNAK",
                "ECO_ENZYME",
                "TIDAK_ADA",
                name="wasteorganichandling",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("single_use_plastic", sa.Boolean(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "organic_handling IN ('TEBA_MODERN', 'KOMPOSTER', 'BIOPORI', 'PAKAN_TERNAK', 'ECO_ENZYME', 'TIDAK_ADA')",
            name=op.f("ck_waste_source_survey_organic_handling_known"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_source_survey_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_source_survey_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_source_survey_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_source_survey")),
        sa.UniqueConstraint(
            "village_id", "point_id", "day", name=op.f("uq_waste_source_survey_village_id_point_id_day")
        ),
    )
    op.create_index(
        op.f("ix_waste_source_survey_village_id_day_id"),
        "waste_source_survey",
        ["village_id", "day", "id"],
        unique=False,
    )
    op.create_table(
        "waste_subscription",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "PENDING",
                "ACTIVE",
                "SUSPENDED",
                "ENDED",
                name="wastesubscriptionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column(
            "exempt_reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state <> 'ENDED' OR end_on IS NOT NULL", name=op.f("ck_waste_subscription_ended")
        ),
        sa.CheckConstraint(
            "state IN ('PENDING', 'ACTIVE', 'SUSPENDED', 'ENDED')",
            name=op.f("ck_waste_subscription_state_known"),
        ),
        sa.CheckConstraint(
            "credit BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_subscription_credit_whole")
        ),
        sa.CheckConstraint(
            "end_on IS NULL OR end_on >= start_on OR state = 'ENDED'",
            name=op.f("ck_waste_subscription_days"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_subscription_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "plan_id"],
            ["waste_fee_plan.village_id", "waste_fee_plan.id"],
            name=op.f("fk_waste_subscription_village_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_subscription_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_subscription_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_subscription")),
    )
    op.create_index(
        op.f("ix_waste_subscription_village_id_household_id"),
        "waste_subscription",
        ["village_id", "household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_subscription_village_id_plan_id"),
        "waste_subscription",
        ["village_id", "plan_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_subscription_village_id_point_id_start_on"),
        "waste_subscription",
        ["village_id", "point_id", "start_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_subscription_village_id_start_on_id"),
        "waste_subscription",
        ["village_id", "start_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_subscription_village_id_state_start_on_id"),
        "waste_subscription",
        ["village_id", "state", "start_on", "id"],
        unique=False,
    )
    op.create_index(
        "uq_waste_subscription_running",
        "waste_subscription",
        ["village_id", "point_id"],
        unique=True,
        sqlite_where=sa.text("state != 'ENDED'"),
        postgresql_where=sa.text("state != 'ENDED'"),
    )
    op.create_table(
        "waste_subscription_pause",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_waste_subscription_pause_days")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_subscription_pause_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "subscription_id"],
            ["waste_subscription.village_id", "waste_subscription.id"],
            name=op.f("fk_waste_subscription_pause_village_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_subscription_pause_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_subscription_pause")),
        sa.UniqueConstraint(
            "village_id",
            "subscription_id",
            "first_day",
            name=op.f("uq_waste_subscription_pause_village_id_subscription_id_first_day"),
        ),
    )
    op.create_index(
        "uq_waste_subscription_pause_open",
        "waste_subscription_pause",
        ["village_id", "subscription_id"],
        unique=True,
        sqlite_where=sa.text("last_day IS NULL"),
        postgresql_where=sa.text("last_day IS NULL"),
    )
    op.create_table(
        "waste_invoice",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("pickups", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("rest", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ISSUED",
                "PARTIAL",
                "PAID",
                "VOID",
                "WAIVED",
                name="wasteinvoicestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "rest = CASE WHEN state = 'VOID' THEN 0 ELSE amount - paid - waived END",
            name=op.f("ck_waste_invoice_rest"),
        ),
        sa.CheckConstraint("state <> 'VOID' OR paid + waived = 0", name=op.f("ck_waste_invoice_void")),
        sa.CheckConstraint("(state = 'PAID') = (paid = amount)", name=op.f("ck_waste_invoice_paid_in_full")),
        sa.CheckConstraint(
            "state <> 'WAIVED' OR (waived > 0 AND rest = 0)", name=op.f("ck_waste_invoice_waived_rest")
        ),
        sa.CheckConstraint(
            "state <> 'PARTIAL' OR (paid > 0 AND rest > 0)", name=op.f("ck_waste_invoice_paid_partly")
        ),
        sa.CheckConstraint(
            "state <> 'ISSUED' OR (paid = 0 AND rest > 0)", name=op.f("ck_waste_invoice_paid_nothing")
        ),
        sa.CheckConstraint(
            "state IN ('ISSUED', 'PARTIAL', 'PAID', 'VOID', 'WAIVED')",
            name=op.f("ck_waste_invoice_state_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waste_invoice_amount")),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_invoice_amount_whole")
        ),
        sa.CheckConstraint("paid + waived <= amount", name=op.f("ck_waste_invoice_paid")),
        sa.CheckConstraint("paid BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_invoice_paid_whole")),
        sa.CheckConstraint("rest BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_invoice_rest_whole")),
        sa.CheckConstraint(
            "waived BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_invoice_waived_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_waste_invoice_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_invoice_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "point_id"],
            ["waste_service_point.village_id", "waste_service_point.id"],
            name=op.f("fk_waste_invoice_village_id_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "subscription_id"],
            ["waste_subscription.village_id", "waste_subscription.id"],
            name=op.f("fk_waste_invoice_village_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_invoice_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_invoice")),
        sa.UniqueConstraint(
            "village_id",
            "subscription_id",
            "period",
            name=op.f("uq_waste_invoice_village_id_subscription_id_period"),
        ),
    )
    op.create_index(
        op.f("ix_waste_invoice_village_id_due_on_id"),
        "waste_invoice",
        ["village_id", "due_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_invoice_village_id_hamlet_id_due_on_id"),
        "waste_invoice",
        ["village_id", "hamlet_id", "due_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_invoice_village_id_household_id_due_on_id"),
        "waste_invoice",
        ["village_id", "household_id", "due_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_invoice_village_id_period_state"),
        "waste_invoice",
        ["village_id", "period", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_invoice_village_id_point_id_period"),
        "waste_invoice",
        ["village_id", "point_id", "period"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_invoice_village_id_state_due_on_id"),
        "waste_invoice",
        ["village_id", "state", "due_on", "id"],
        unique=False,
    )
    op.create_table(
        "waste_payment",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unused", sa.BigInteger(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "CASH",
                "TRANSFER",
                "QRIS",
                "BANK_SAMPAH_BALANCE",
                name="wastepaymentmethod",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("receipt_no", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "paid_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("collected_by", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint("(reverses_id IS NULL) = (reason IS NULL)", name=op.f("ck_waste_payment_reason")),
        sa.CheckConstraint(
            "method IN ('CASH', 'TRANSFER', 'QRIS', 'BANK_SAMPAH_BALANCE')",
            name=op.f("ck_waste_payment_method_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waste_payment_amount")),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_payment_amount_whole")
        ),
        sa.CheckConstraint("unused <= amount", name=op.f("ck_waste_payment_unused")),
        sa.CheckConstraint(
            "unused BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_payment_unused_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_payment_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "reverses_id"],
            ["waste_payment.village_id", "waste_payment.id"],
            name=op.f("fk_waste_payment_village_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "subscription_id"],
            ["waste_subscription.village_id", "waste_subscription.id"],
            name=op.f("fk_waste_payment_village_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_payment_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_payment")),
        sa.UniqueConstraint("village_id", "receipt_no", name=op.f("uq_waste_payment_village_id_receipt_no")),
    )
    op.create_index(
        op.f("ix_waste_payment_village_id_business_date_method_amount"),
        "waste_payment",
        ["village_id", "business_date", "method", "amount"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_payment_village_id_household_id_paid_at_id"),
        "waste_payment",
        ["village_id", "household_id", "paid_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_payment_village_id_method_paid_at_id"),
        "waste_payment",
        ["village_id", "method", "paid_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_payment_village_id_paid_at_id"),
        "waste_payment",
        ["village_id", "paid_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_payment_village_id_subscription_id_paid_at_id"),
        "waste_payment",
        ["village_id", "subscription_id", "paid_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_waste_payment_reverses",
        "waste_payment",
        ["village_id", "reverses_id"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "waste_payment_part",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waste_payment_part_amount")),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_payment_part_amount_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_payment_part_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "invoice_id"],
            ["waste_invoice.village_id", "waste_invoice.id"],
            name=op.f("fk_waste_payment_part_village_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "payment_id"],
            ["waste_payment.village_id", "waste_payment.id"],
            name=op.f("fk_waste_payment_part_village_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_payment_part_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_payment_part")),
        sa.UniqueConstraint(
            "village_id",
            "payment_id",
            "invoice_id",
            name=op.f("uq_waste_payment_part_village_id_payment_id_invoice_id"),
        ),
    )
    op.create_index(
        op.f("ix_waste_payment_part_village_id_invoice_id"),
        "waste_payment_part",
        ["village_id", "invoice_id"],
        unique=False,
    )
    op.add_column("waste_facility", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column(
        "waste_facility",
        sa.Column("address", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
    )
    op.add_column("waste_facility", sa.Column("area_square_metres", sa.Integer(), nullable=True))
    # SQLite takes a CHECK into a table that is there only along with a new column.
    op.execute(
        "ALTER TABLE waste_facility ADD COLUMN daily_capacity BIGINT CONSTRAINT "
        "ck_waste_facility_daily_capacity_whole CHECK (daily_capacity BETWEEN 0 AND 9007199254740991)"
    )
    op.add_column("waste_facility", sa.Column("staff", sa.Integer(), nullable=True))
