"""Bank"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "waste_0007"
down_revision = "waste_0006"


def upgrade() -> None:
    op.create_table(
        "waste_tariff",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_id", "category_id"],
            ["waste_category.village_id", "waste_category.id"],
            name=op.f("fk_waste_tariff_village_id_category_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_tariff_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_tariff")),
        sa.UniqueConstraint("village_id", "category_id", name=op.f("uq_waste_tariff_village_id_category_id")),
    )
    op.create_table(
        "waste_price_item",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("price_per_kg", sa.BigInteger(), nullable=False),
        sa.Column(
            "effective_from",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "price_per_kg BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_price_item_price_per_kg_whole")
        ),
        sa.CheckConstraint("price_per_kg <= 10000000", name=op.f("ck_waste_price_item_price")),
        sa.ForeignKeyConstraint(
            ["village_id", "category_id"],
            ["waste_category.village_id", "waste_category.id"],
            name=op.f("fk_waste_price_item_village_id_category_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_price_item_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_price_item")),
        sa.UniqueConstraint(
            "village_id",
            "category_id",
            "effective_from",
            name=op.f("uq_waste_price_item_village_id_category_id_effective_from"),
        ),
    )
    op.create_index(
        op.f("ix_waste_price_item_village_id_effective_from_id"),
        "waste_price_item",
        ["village_id", "effective_from", "id"],
        unique=False,
    )
    op.create_table(
        "waste_account",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "INDIVIDUAL", "COLLECTIVE", "SOCIAL", name="wasteaccountkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("group_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column(
            "state",
            sa.Enum("ACTIVE", "CLOSED", name="wasteaccountstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column(
            "entered_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(kind = 'INDIVIDUAL') = (group_name IS NULL)", name=op.f("ck_waste_account_kind_of_owner")
        ),
        sa.CheckConstraint(
            "kind IN ('INDIVIDUAL', 'COLLECTIVE', 'SOCIAL')", name=op.f("ck_waste_account_kind_known")
        ),
        sa.CheckConstraint("state <> 'CLOSED' OR balance = 0", name=op.f("ck_waste_account_closed")),
        sa.CheckConstraint("state IN ('ACTIVE', 'CLOSED')", name=op.f("ck_waste_account_state_known")),
        sa.CheckConstraint(
            "(CASE WHEN resident_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN group_name IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_waste_account_one_owner"),
        ),
        sa.CheckConstraint(
            "balance BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_account_balance_whole")
        ),
        sa.CheckConstraint("reserved <= balance", name=op.f("ck_waste_account_reserved")),
        sa.CheckConstraint(
            "reserved BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_account_reserved_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_account_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_account_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_account_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_account")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_waste_account_village_id_number")),
    )
    op.create_index(
        op.f("ix_waste_account_village_id_household_id"),
        "waste_account",
        ["village_id", "household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_account_village_id_kind_number"),
        "waste_account",
        ["village_id", "kind", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_account_village_id_resident_id"),
        "waste_account",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_account_village_id_state_number"),
        "waste_account",
        ["village_id", "state", "number"],
        unique=False,
    )
    op.create_table(
        "waste_deposit",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("bag_code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column(
            "state",
            sa.Enum("POSTED", "REVERSED", name="wastedepositstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("mass", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("operator_share_bp", sa.Integer(), nullable=False),
        sa.Column("operator_share", sa.BigInteger(), nullable=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("receipt_no", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "deposited_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column(
            "receipt_indonesian", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "receipt_english", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("posted_by", sa.Uuid(), nullable=True),
        sa.Column(
            "reversed_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint("state IN ('POSTED', 'REVERSED')", name=op.f("ck_waste_deposit_state_known")),
        sa.CheckConstraint(
            "credited BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_deposit_credited_whole")
        ),
        sa.CheckConstraint("mass BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_deposit_mass_whole")),
        sa.CheckConstraint(
            "operator_share = (value * operator_share_bp) / 10000", name=op.f("ck_waste_deposit_share")
        ),
        sa.CheckConstraint(
            "operator_share BETWEEN 0 AND 9007199254740991",
            name=op.f("ck_waste_deposit_operator_share_whole"),
        ),
        sa.CheckConstraint("operator_share_bp BETWEEN 0 AND 10000", name=op.f("ck_waste_deposit_share_bp")),
        sa.CheckConstraint("value = operator_share + credited", name=op.f("ck_waste_deposit_whole")),
        sa.CheckConstraint(
            "(state = 'REVERSED') = (reversed_at IS NOT NULL) AND (reversed_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_waste_deposit_reversed"),
        ),
        sa.CheckConstraint("value BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_deposit_value_whole")),
        sa.ForeignKeyConstraint(
            ["village_id", "account_id"],
            ["waste_account.village_id", "waste_account.id"],
            name=op.f("fk_waste_deposit_village_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "facility_id"],
            ["waste_facility.village_id", "waste_facility.id"],
            name=op.f("fk_waste_deposit_village_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_deposit_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_deposit_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_deposit_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_deposit")),
        sa.UniqueConstraint("village_id", "receipt_no", name=op.f("uq_waste_deposit_village_id_receipt_no")),
    )
    op.create_index(
        op.f("ix_waste_deposit_village_id_account_id_deposited_at_id"),
        "waste_deposit",
        ["village_id", "account_id", "deposited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_deposit_village_id_business_date"),
        "waste_deposit",
        ["village_id", "business_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_deposit_village_id_deposited_at_id"),
        "waste_deposit",
        ["village_id", "deposited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_deposit_village_id_household_id_deposited_at_id"),
        "waste_deposit",
        ["village_id", "household_id", "deposited_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_deposit_village_id_resident_id"),
        "waste_deposit",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_deposit_village_id_state_deposited_at_id"),
        "waste_deposit",
        ["village_id", "state", "deposited_at", "id"],
        unique=False,
    )
    op.create_table(
        "waste_withdrawal",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("CASH", "TRANSFER", name="wastewithdrawalmethod", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "REQUESTED",
                "APPROVED",
                "PAID",
                "REJECTED",
                "CANCELLED",
                name="wastewithdrawalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "requested_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column(
            "approved_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column(
            "paid_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column(
            "ended_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=True,
        ),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.CheckConstraint("(state = 'PAID') = (paid_at IS NOT NULL)", name=op.f("ck_waste_withdrawal_paid")),
        sa.CheckConstraint(
            "(state IN ('REJECTED', 'CANCELLED')) = (ended_at IS NOT NULL)",
            name=op.f("ck_waste_withdrawal_ended"),
        ),
        sa.CheckConstraint(
            "state <> 'REJECTED' OR reason IS NOT NULL", name=op.f("ck_waste_withdrawal_rejected")
        ),
        sa.CheckConstraint("method IN ('CASH', 'TRANSFER')", name=op.f("ck_waste_withdrawal_method_known")),
        sa.CheckConstraint(
            "state IN ('REQUESTED', 'APPROVED', 'PAID', 'REJECTED', 'CANCELLED')",
            name=op.f("ck_waste_withdrawal_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('APPROVED', 'PAID') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_waste_withdrawal_approved"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waste_withdrawal_amount")),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_withdrawal_amount_whole")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by", name=op.f("ck_waste_withdrawal_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "account_id"],
            ["waste_account.village_id", "waste_account.id"],
            name=op.f("fk_waste_withdrawal_village_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_withdrawal_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_withdrawal_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_waste_withdrawal_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_withdrawal")),
    )
    op.create_index(
        op.f("ix_waste_withdrawal_village_id_account_id_requested_at_id"),
        "waste_withdrawal",
        ["village_id", "account_id", "requested_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_withdrawal_village_id_household_id_requested_at_id"),
        "waste_withdrawal",
        ["village_id", "household_id", "requested_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_withdrawal_village_id_requested_at_id"),
        "waste_withdrawal",
        ["village_id", "requested_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_withdrawal_village_id_resident_id"),
        "waste_withdrawal",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_withdrawal_village_id_state_requested_at_id"),
        "waste_withdrawal",
        ["village_id", "state", "requested_at", "id"],
        unique=False,
    )
    op.create_table(
        "waste_deposit_line",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("mass", sa.BigInteger(), nullable=False),
        sa.Column("price_per_kg", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mass > 0", name=op.f("ck_waste_deposit_line_mass")),
        sa.CheckConstraint(
            "mass BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_deposit_line_mass_whole")
        ),
        sa.CheckConstraint(
            "price_per_kg BETWEEN 0 AND 9007199254740991",
            name=op.f("ck_waste_deposit_line_price_per_kg_whole"),
        ),
        sa.CheckConstraint("value = (mass * price_per_kg) / 1000", name=op.f("ck_waste_deposit_line_value")),
        sa.CheckConstraint(
            "value BETWEEN 0 AND 9007199254740991", name=op.f("ck_waste_deposit_line_value_whole")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "category_id"],
            ["waste_category.village_id", "waste_category.id"],
            name=op.f("fk_waste_deposit_line_village_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "deposit_id"],
            ["waste_deposit.village_id", "waste_deposit.id"],
            name=op.f("fk_waste_deposit_line_village_id_deposit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_deposit_line_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "intake_id"],
            ["waste_intake.village_id", "waste_intake.id"],
            name=op.f("fk_waste_deposit_line_village_id_intake_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_deposit_line_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_deposit_line_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_deposit_line")),
    )
    op.create_index(
        op.f("ix_waste_deposit_line_village_id_category_id"),
        "waste_deposit_line",
        ["village_id", "category_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_deposit_line_village_id_deposit_id"),
        "waste_deposit_line",
        ["village_id", "deposit_id"],
        unique=False,
    )
    op.create_table(
        "waste_ledger_entry",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "DEPOSIT",
                "WITHDRAWAL",
                "FEE",
                "REVERSAL",
                name="wasteledgerkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column(
            "entered_at",
            sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'REVERSAL') = (reverses_id IS NOT NULL)", name=op.f("ck_waste_ledger_entry_reversal")
        ),
        sa.CheckConstraint(
            "kind <> 'DEPOSIT' OR (deposit_id IS NOT NULL AND delta > 0)",
            name=op.f("ck_waste_ledger_entry_deposit"),
        ),
        sa.CheckConstraint(
            "kind <> 'FEE' OR (payment_id IS NOT NULL AND delta < 0)", name=op.f("ck_waste_ledger_entry_fee")
        ),
        sa.CheckConstraint(
            "kind <> 'WITHDRAWAL' OR (withdrawal_id IS NOT NULL AND delta < 0)",
            name=op.f("ck_waste_ledger_entry_withdrawal"),
        ),
        sa.CheckConstraint(
            "kind IN ('DEPOSIT', 'WITHDRAWAL', 'FEE', 'REVERSAL')",
            name=op.f("ck_waste_ledger_entry_kind_known"),
        ),
        sa.CheckConstraint(
            "balance_after BETWEEN 0 AND 9007199254740991",
            name=op.f("ck_waste_ledger_entry_balance_after_whole"),
        ),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_waste_ledger_entry_delta")),
        sa.CheckConstraint(
            "delta BETWEEN -9007199254740991 AND 9007199254740991",
            name=op.f("ck_waste_ledger_entry_delta_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "account_id"],
            ["waste_account.village_id", "waste_account.id"],
            name=op.f("fk_waste_ledger_entry_village_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "deposit_id"],
            ["waste_deposit.village_id", "waste_deposit.id"],
            name=op.f("fk_waste_ledger_entry_village_id_deposit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_waste_ledger_entry_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "payment_id"],
            ["waste_payment.village_id", "waste_payment.id"],
            name=op.f("fk_waste_ledger_entry_village_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_waste_ledger_entry_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "reverses_id"],
            ["waste_ledger_entry.village_id", "waste_ledger_entry.id"],
            name=op.f("fk_waste_ledger_entry_village_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "withdrawal_id"],
            ["waste_withdrawal.village_id", "waste_withdrawal.id"],
            name=op.f("fk_waste_ledger_entry_village_id_withdrawal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_waste_ledger_entry_village_id")
        ),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_waste_ledger_entry")),
        sa.UniqueConstraint(
            "village_id",
            "account_id",
            "number",
            name=op.f("uq_waste_ledger_entry_village_id_account_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_account_id_entered_at_id"),
        "waste_ledger_entry",
        ["village_id", "account_id", "entered_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_deposit_id"),
        "waste_ledger_entry",
        ["village_id", "deposit_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_entered_at_id"),
        "waste_ledger_entry",
        ["village_id", "entered_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_household_id_entered_at_id"),
        "waste_ledger_entry",
        ["village_id", "household_id", "entered_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_payment_id"),
        "waste_ledger_entry",
        ["village_id", "payment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_resident_id"),
        "waste_ledger_entry",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waste_ledger_entry_village_id_withdrawal_id"),
        "waste_ledger_entry",
        ["village_id", "withdrawal_id"],
        unique=False,
    )
    op.create_index(
        "uq_waste_ledger_entry_reverses",
        "waste_ledger_entry",
        ["village_id", "reverses_id"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
