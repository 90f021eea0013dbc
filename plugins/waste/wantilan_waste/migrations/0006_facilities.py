"""Facilities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0006"
down_revision = "waste_0005"

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
KEYS = {"facility_id": "waste_facility", "household_id": "household", "photo_id": "file"}
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
    sa.Column("photo_id", sa.Uuid(), nullable=True),
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
    sa.Index(
        "uq_waste_intake_photo",
        "village_id",
        "photo_id",
        unique=True,
        sqlite_where=sa.text("photo_id IS NOT NULL"),
        postgresql_where=sa.text("photo_id IS NOT NULL"),
    ),
)
METHODS = ("WEIGHED", "VOLUME", "COUNT", "ESTIMATE")
METHODS_KNOWN = "method IN ('WEIGHED', 'VOLUME', 'COUNT', 'ESTIMATE')"
NEW_CHECKS = {
    "method_known": METHODS_KNOWN,
    "net": (
        "(method = 'WEIGHED') = (gross_grams IS NOT NULL) "
        "AND (gross_grams IS NULL) = (tare_grams IS NULL) "
        "AND (gross_grams IS NULL OR mass_grams = gross_grams - tare_grams)"
    ),
    "volume": (
        "(method = 'VOLUME') = (millilitres IS NOT NULL) "
        "AND (millilitres IS NULL) = (grams_per_litre IS NULL) "
        "AND (millilitres IS NULL OR mass_grams = (millilitres * grams_per_litre) / 1000)"
    ),
    "count": (
        "(method = 'COUNT') = (pieces IS NOT NULL) "
        "AND (pieces IS NULL) = (grams_per_piece IS NULL) "
        "AND (pieces IS NULL OR mass_grams = pieces * grams_per_piece)"
    ),
}
NEW_KEYS = {"category_id": "waste_category", "run_id": "waste_run", "point_id": "waste_service_point"}


def _streams() -> sa.Enum:
    return sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40)


def _methods() -> sa.Enum:
    return sa.Enum(*METHODS, name="wastemeasure", native_enum=False, length=40)


def upgrade() -> None:
    _intakes()
    _the_rest()


def _intakes() -> None:
    method = sa.Enum(*METHODS, name="wastemeasure", native_enum=False, length=40)
    with op.batch_alter_table("waste_intake", copy_from=BEFORE) as table:
        table.add_column(sa.Column("method", method, server_default="WEIGHED", nullable=False))
        for name in NEW_KEYS:
            table.add_column(sa.Column(name, sa.Uuid(), nullable=True))
        table.add_column(sa.Column("millilitres", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("grams_per_litre", sa.Integer(), nullable=True))
        table.add_column(sa.Column("pieces", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("grams_per_piece", sa.Integer(), nullable=True))
        for name in ("gross_grams", "tare_grams"):
            table.alter_column(name, existing_type=sa.BigInteger(), nullable=True)
        table.drop_constraint(op.f("ck_waste_intake_net"), type_="check")
        for name, text in NEW_CHECKS.items():
            table.create_check_constraint(op.f(f"ck_waste_intake_{name}"), text)
        for name, there in NEW_KEYS.items():
            table.create_foreign_key(
                op.f(f"fk_waste_intake_village_id_{name}"), there, ["village_id", name], ["village_id", "id"]
            )
    for names in (["village_id", "facility_id", "business_date"], ["village_id", "run_id"]):
        op.create_index(f"ix_waste_intake_{'_'.join(names)}", "waste_intake", names)


def _the_rest() -> None:
    op.create_table(
        "waste_batch",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "SORT", "COMPOST", "MAGGOT", "OTHER", name="wastebatchkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("OPEN", "CURING", "FINISHED", name="wastebatchstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column(
            "finished_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("input", sa.BigInteger(), nullable=False),
        sa.Column("output", sa.BigInteger(), nullable=False),
        sa.Column("loss", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "(state = 'FINISHED') = (finished_at IS NOT NULL)", name=op.f("ck_waste_batch_finished")
        ),
        sa.CheckConstraint(
            "kind IN ('SORT', 'COMPOST', 'MAGGOT', 'OTHER')", name=op.f("ck_waste_batch_kind_known")
        ),
        sa.CheckConstraint(
            "state <> 'FINISHED' OR input = output + loss", name=op.f("ck_waste_batch_balance")
        ),
        sa.CheckConstraint(
            "state IN ('OPEN', 'CURING', 'FINISHED')", name=op.f("ck_waste_batch_state_known")
        ),
        sa.CheckConstraint("input BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_batch_input_whole")),
        sa.CheckConstraint("loss BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_batch_loss_whole")),
        sa.CheckConstraint("output BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_batch_output_whole")),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_batch_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_batch_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_batch")),
        sa.UniqueConstraint(
            "village_id", "facility_id", "label", name=op.f("uq_waste_batch_village_id_facility_id_label")
        ),
    )
    op.create_index(
        op.f("ix_waste_batch_village_id_kind_started_on_id"),
        "waste_batch",
        ["village_id", "kind", "started_on", "id"],
        unique=False,
    )
    for names in (["facility_id", "finished_on"], ["finished_on"]):
        op.create_index(
            op.f(f"ix_waste_batch_village_id_{'_'.join(names)}"), "waste_batch", ["village_id", *names]
        )
    op.create_index(
        op.f("ix_waste_batch_village_id_started_on_id"),
        "waste_batch",
        ["village_id", "started_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_batch_village_id_state_started_on_id"),
        "waste_batch",
        ["village_id", "state", "started_on", "id"],
        unique=False,
    )
    op.create_table(
        "waste_lot",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "stream",
            sa.Enum("ORGANIK", "ANORGANIK", "B3", "RESIDU", name="wastestream", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "stream IN ('ORGANIK', 'ANORGANIK', 'B3', 'RESIDU')", name=op.f("ck_waste_lot_stream_known")
        ),
        sa.CheckConstraint("stock BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_lot_stock_whole")),
        sa.ForeignKeyConstraint(
            ["village_id", "category_id"],
            ["waste_category.village_id", "waste_category.id"],
            name=op.f("fk_waste_lot_village_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_lot_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_lot_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_lot")),
        sa.UniqueConstraint(
            "village_id", "facility_id", "label", name=op.f("uq_waste_lot_village_id_facility_id_label")
        ),
    )
    op.create_index(
        op.f("ix_waste_lot_village_id_category_id"), "waste_lot", ["village_id", "category_id"], unique=False
    )
    for names in (["stream", "label", "id"], ["label", "id"], ["stock", "id"]):
        op.create_index(
            op.f(f"ix_waste_lot_village_id_{'_'.join(names)}"), "waste_lot", ["village_id", *names]
        )
    op.create_table(
        "waste_sale",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("buyer", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("receipt_no", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "sold_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("mass", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("mass BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_sale_mass_whole")),
        sa.CheckConstraint("value BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_sale_value_whole")),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_sale_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_sale_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_sale")),
        sa.UniqueConstraint("village_id", "receipt_no", name=op.f("uq_waste_sale_village_id_receipt_no")),
    )
    op.create_index(
        op.f("ix_waste_sale_village_id_business_date_id"),
        "waste_sale",
        ["village_id", "business_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_sale_village_id_facility_id_business_date_id"),
        "waste_sale",
        ["village_id", "facility_id", "business_date", "id"],
        unique=False,
    )
    op.create_table(
        "waste_sale_line",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("stream", _streams(), nullable=False),
        sa.Column("method", _methods(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("mass", sa.BigInteger(), nullable=False),
        sa.Column("price_per_kg", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(STREAMS, name=op.f("ck_waste_sale_line_stream_known")),
        sa.CheckConstraint(METHODS_KNOWN, name=op.f("ck_waste_sale_line_method_known")),
        sa.CheckConstraint("mass > 0", name=op.f("ck_waste_sale_line_mass")),
        sa.CheckConstraint("mass BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_sale_line_mass_whole")),
        sa.CheckConstraint(
            "price_per_kg BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_sale_line_price_per_kg_whole")
        ),
        sa.CheckConstraint("value = (mass * price_per_kg) / 1000", name=op.f("ck_waste_sale_line_value")),
        sa.CheckConstraint(
            "value BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_sale_line_value_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "category_id"],
            ["waste_category.village_id", "waste_category.id"],
            name=op.f("fk_waste_sale_line_village_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_sale_line_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "lot_id"],
            ["waste_lot.village_id", "waste_lot.id"],
            name=op.f("fk_waste_sale_line_village_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "sale_id"],
            ["waste_sale.village_id", "waste_sale.id"],
            name=op.f("fk_waste_sale_line_village_id_sale_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_sale_line_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_sale_line")),
    )
    for names in (["facility_id", "business_date"], ["business_date", "stream"]):
        op.create_index(
            op.f(f"ix_waste_sale_line_village_id_{'_'.join(names)}"),
            "waste_sale_line",
            ["village_id", *names],
        )
    op.create_index(
        op.f("ix_waste_sale_line_village_id_category_id"),
        "waste_sale_line",
        ["village_id", "category_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_sale_line_village_id_lot_id"),
        "waste_sale_line",
        ["village_id", "lot_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_sale_line_village_id_sale_id"),
        "waste_sale_line",
        ["village_id", "sale_id"],
        unique=False,
    )
    op.create_table(
        "waste_trip",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("RESIDUE", "B3_HANDOVER", "GIVEN", name="wastetripkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("stream", _streams(), nullable=False),
        sa.Column(
            "destination", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "recipient",
            sa.Enum("LICENSED", "REGENCY", name="wasterecipient", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("licence_no", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("vehicle", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("ticket_no", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("mass", sa.BigInteger(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "WEIGHED", "VOLUME", "COUNT", "ESTIMATE", name="wastemeasure", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "left_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('RESIDUE', 'B3_HANDOVER', 'GIVEN')", name=op.f("ck_waste_trip_kind_known")
        ),
        sa.CheckConstraint(
            "method IN ('WEIGHED', 'VOLUME', 'COUNT', 'ESTIMATE')", name=op.f("ck_waste_trip_method_known")
        ),
        sa.CheckConstraint(STREAMS, name=op.f("ck_waste_trip_stream_known")),
        sa.CheckConstraint(
            "recipient IN ('LICENSED', 'REGENCY')", name=op.f("ck_waste_trip_recipient_known")
        ),
        sa.CheckConstraint(
            "kind <> 'RESIDUE' OR (vehicle IS NOT NULL AND ticket_no IS NOT NULL)",
            name=op.f("ck_waste_trip_ticket"),
        ),
        sa.CheckConstraint(
            "(kind = 'B3_HANDOVER') = (stream = 'B3') AND (kind = 'B3_HANDOVER') = (recipient IS NOT NULL)",
            name=op.f("ck_waste_trip_b3"),
        ),
        sa.CheckConstraint(
            "recipient <> 'LICENSED' OR licence_no IS NOT NULL", name=op.f("ck_waste_trip_licence")
        ),
        sa.CheckConstraint("mass > 0", name=op.f("ck_waste_trip_mass")),
        sa.CheckConstraint("mass BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_trip_mass_whole")),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_trip_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "lot_id"],
            ["waste_lot.village_id", "waste_lot.id"],
            name=op.f("fk_waste_trip_village_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_trip_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_trip")),
    )
    op.create_index(
        op.f("ix_waste_trip_village_id_business_date_id"),
        "waste_trip",
        ["village_id", "business_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_trip_village_id_facility_id_business_date_id"),
        "waste_trip",
        ["village_id", "facility_id", "business_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_trip_village_id_kind_business_date_id"),
        "waste_trip",
        ["village_id", "kind", "business_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_trip_village_id_lot_id"), "waste_trip", ["village_id", "lot_id"], unique=False
    )
    op.create_table(
        "waste_stock_movement",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("stream", _streams(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("stock_after", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "IN",
                "OUT",
                "SALE",
                "RESIDUE",
                "HANDOVER",
                "LOSS",
                "ADJUST",
                name="wastestockreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("method", _methods(), nullable=False),
        sa.Column(
            "happened_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("sale_line_id", sa.Uuid(), nullable=True),
        sa.Column("trip_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('IN', 'OUT', 'SALE', 'RESIDUE', 'HANDOVER', 'LOSS', 'ADJUST')",
            name=op.f("ck_waste_stock_movement_reason_known"),
        ),
        sa.CheckConstraint(STREAMS, name=op.f("ck_waste_stock_movement_stream_known")),
        sa.CheckConstraint(METHODS_KNOWN, name=op.f("ck_waste_stock_movement_method_known")),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_waste_stock_movement_delta")),
        sa.CheckConstraint(
            "delta BETWEEN -9007199254740991 AND 9007199254740991",
            name=op.f("ck_waste_stock_movement_delta_whole"),
        ),
        sa.CheckConstraint(
            "stock_after BETWEEN 0 AND 9007199254740991",
            name=op.f("ck_waste_stock_movement_stock_after_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "batch_id"],
            ["waste_batch.village_id", "waste_batch.id"],
            name=op.f("fk_waste_stock_movement_village_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_stock_movement_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "intake_id"],
            ["waste_intake.village_id", "waste_intake.id"],
            name=op.f("fk_waste_stock_movement_village_id_intake_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "lot_id"],
            ["waste_lot.village_id", "waste_lot.id"],
            name=op.f("fk_waste_stock_movement_village_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "sale_line_id"],
            ["waste_sale_line.village_id", "waste_sale_line.id"],
            name=op.f("fk_waste_stock_movement_village_id_sale_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "trip_id"],
            ["waste_trip.village_id", "waste_trip.id"],
            name=op.f("fk_waste_stock_movement_village_id_trip_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_stock_movement_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_stock_movement")),
        sa.UniqueConstraint(
            "village_id", "lot_id", "number", name=op.f("uq_waste_stock_movement_village_id_lot_id_number")
        ),
    )
    op.create_index(
        "ix_waste_stock_movement_balance",
        "waste_stock_movement",
        ["village_id", "facility_id", "business_date", "reason"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stock_movement_village_id_batch_id"),
        "waste_stock_movement",
        ["village_id", "batch_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stock_movement_village_id_happened_at_id"),
        "waste_stock_movement",
        ["village_id", "happened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_stock_movement_village_id_intake_id"),
        "waste_stock_movement",
        ["village_id", "intake_id"],
        unique=False,
    )
    for names in (
        ["business_date", "stream"],
        ["reason", "happened_at", "id"],
        ["stream", "happened_at", "id"],
    ):
        op.create_index(
            op.f(f"ix_waste_stock_movement_village_id_{'_'.join(names)}"),
            "waste_stock_movement",
            ["village_id", *names],
        )
