"""The receipt of a deposit as a text, to be printed or sent. It names no person: an account has a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wantilan import Text


@dataclass(frozen=True)
class ReceiptLine:
    """One category: its name in both languages, grams, rupiah a kilogram, rupiah."""

    category: Text
    mass: int
    price_per_kg: int
    value: int


@dataclass(frozen=True)
class Receipt:
    """What stands on the receipt. Amounts are rupiah; `balance` is that after the deposit."""

    number: str
    day: date
    village: str
    facility: str
    account: str
    lines: Sequence[ReceiptLine]
    value: int
    operator_share: int
    credited: int
    balance: int


def receipt_text(receipt: Receipt) -> Text:
    """The receipt in both languages, one line of text for each line."""
    return Text("\n".join(_indonesian(receipt)), "\n".join(_english(receipt)))


def _indonesian(one: Receipt) -> list[str]:
    lines = [
        f"{line.category.id}: {_number(line.mass, '.')} g x {_rupiah(line.price_per_kg, '.')}/kg"
        f" = {_rupiah(line.value, '.')}"
        for line in one.lines
    ]
    return [
        f"Bank Sampah {one.village}",
        one.facility,
        f"Setoran {one.number}, {one.day:%d-%m-%Y}",
        f"Rekening {one.account}",
        *lines,
        f"Nilai: {_rupiah(one.value, '.')}",
        f"Bagian pengelola: {_rupiah(one.operator_share, '.')}",
        f"Masuk tabungan: {_rupiah(one.credited, '.')}",
        f"Saldo: {_rupiah(one.balance, '.')}",
    ]


def _english(one: Receipt) -> list[str]:
    lines = [
        f"{line.category.en}: {_number(line.mass, ',')} g x {_rupiah(line.price_per_kg, ',')}/kg"
        f" = {_rupiah(line.value, ',')}"
        for line in one.lines
    ]
    return [
        f"Waste bank of {one.village}",
        one.facility,
        f"Deposit {one.number}, {one.day:%Y-%m-%d}",
        f"Account {one.account}",
        *lines,
        f"Value: {_rupiah(one.value, ',')}",
        f"Operator's share: {_rupiah(one.operator_share, ',')}",
        f"Saved: {_rupiah(one.credited, ',')}",
        f"Balance: {_rupiah(one.balance, ',')}",
    ]


def _number(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


def _rupiah(value: int, mark: str) -> str:
    return f"Rp{_number(value, mark)}"
