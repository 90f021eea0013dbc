"""Rules of the waste bank: pure functions. Money is whole rupiah, mass whole grams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from wantilan import Text

from ..models.words import WasteWithdrawalState as State

Fault = tuple[str, Text]
"""A code and what it says."""

MOST_LINES = 50
"""Bags of one deposit."""
DEAREST = 10_000_000
"""Rupiah a kilogram: above it a slip of the keyboard is certain."""
LONGEST_REASON = 500
LONGEST_NAME = 100
BASIS_POINTS = 10_000

STEPS: Mapping[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.APPROVED, State.REJECTED, State.CANCELLED}),
    State.APPROVED: frozenset({State.PAID, State.REJECTED, State.CANCELLED}),
    State.PAID: frozenset(),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""What may become of a withdrawal. An approval may still be taken back: what was reserved is free again."""


@dataclass(frozen=True)
class Split:
    """What of a deposit's value is the operator's, and what the saver's."""

    operator: int
    saver: int


def value_of(grams: int, price_per_kg: int) -> int:
    """What a line of a deposit is worth: floor(grams x price / 1000) (invariant 3 of the notes)."""
    return grams * price_per_kg // 1000


def split(value: int, share_bp: int) -> Split:
    """The operator's share in basis points, rounded down; the saver has the rest (invariant 4)."""
    operator = value * share_bp // BASIS_POINTS
    return Split(operator, value - operator)


def may_become(state: State, next_state: State) -> bool:
    """Whether a withdrawal may take this step."""
    return next_state in STEPS[state]


def may_withdraw_on(opened_on: date, after_days: int) -> date:
    """The first day on which a saver may ask for money."""
    return opened_on + timedelta(days=after_days)


def reason_fault(reason: str) -> Fault | None:
    if 0 < len(reason.strip()) <= LONGEST_REASON:
        return None
    return "LENGTH", Text("1 sampai 500 karakter.", "1 to 500 characters.")


def amount_fault(amount: int) -> Fault | None:
    if amount > 0:
        return None
    return "MUST_BE_POSITIVE", Text("Harus lebih dari 0 rupiah.", "Must be more than 0 rupiah.")


def price_fault(price: int) -> Fault | None:
    if price <= DEAREST:
        return None
    return "TOO_DEAR", Text("Lebih dari Rp10.000.000 per kg.", "More than Rp10,000,000 a kilogram.")


UNKNOWN_CATEGORY: Fault = (
    "UNKNOWN_CATEGORY",
    Text("Tidak ada jenis ini di desa.", "The village has no such category."),
)
B3_HAS_NO_PRICE: Fault = (
    "HAZARDOUS",
    Text("Sampah B3 tidak dibeli dan tidak dijual.", "Hazardous waste is neither bought nor sold."),
)
RETIRED: Fault = "RETIRED", Text("Jenis ini tidak dipakai lagi.", "This category is used no more.")
NOT_ACCEPTED: Fault = (
    "NOT_ACCEPTED",
    Text("Bank sampah tidak menerima jenis ini.", "The waste bank does not accept this category."),
)
NO_PRICE: Fault = "NO_PRICE", Text("Jenis ini belum ada harganya.", "This category has no price yet.")
WORTH_NOTHING: Fault = (
    "WORTH_NOTHING",
    Text("Tidak ada yang masuk tabungan.", "Nothing of it would be saved."),
)
TOO_LIGHT: Fault = "TOO_LIGHT", Text("Kurang dari berat paling sedikit.", "Less than the least mass.")
ACCOUNT_CLOSED: Fault = "CLOSED", Text("Rekening sudah ditutup.", "The account is closed.")
FACILITY_CLOSED: Fault = "CLOSED", Text("Fasilitas sudah ditutup.", "The facility is closed.")
ONE_OF: Fault = (
    "EXACTLY_ONE",
    Text("Sebut rekening atau kode, salah satu.", "Name an account or a code, one of them."),
)
CODE_UNKNOWN: Fault = "UNKNOWN_CODE", Text("Kode ini tidak dikenal.", "Nobody knows this code.")
CODE_NOT_VALID: Fault = "NOT_VALID", Text("Kode ini tidak berlaku.", "This code is not valid at present.")
NO_ACCOUNT: Fault = "NO_ACCOUNT", Text("Belum punya rekening.", "The holder has no account.")
