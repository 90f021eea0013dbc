"""The tree of categories: pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

from wantilan import Text

from ..models import WasteStream

Fault = tuple[str, str, Text]
"""A field of the input by its Python name, a code, and what it says."""

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,39}")
HEAVIEST_LITRE = 25_000
"""Grams: no metal that is collected is denser."""

NOT_A_CODE = Text(
    "Huruf besar, angka, - dan _, paling banyak 40.", "Capital letters, digits, - and _, at most 40."
)
RESERVED = Text("Nama aliran sampah tidak dapat dipakai.", "The name of a stream cannot be a code.")
FIXED = Text("Tidak dapat diubah lagi.", "Cannot be changed any more.")
BANKED_B3 = Text("B3 tidak diterima bank sampah.", "Hazardous waste is not accepted by the bank.")
RESIN = Text("Antara 1 dan 7.", "Between 1 and 7.")
DENSITY = Text("Antara 1 dan 25.000 gram per liter.", "Between 1 and 25,000 grams per litre.")
OTHER_STREAM = Text("Induknya dari aliran lain.", "The parent is of another stream.")
RETIRED = Text("Kategori ini tidak dipakai lagi.", "The category is not in use any more.")
CYCLE = Text("Kategori tidak dapat berada di bawah dirinya.", "A category cannot stand below itself.")


def category_faults(
    code: str, stream: WasteStream, accepted_by_bank: bool, resin: int | None, grams_per_litre: int | None
) -> Iterator[Fault]:
    if not CODE.fullmatch(code):
        yield "code", "NOT_A_CODE", NOT_A_CODE
    elif code in WasteStream.__members__:
        yield "code", "RESERVED", RESERVED
    if stream is WasteStream.B3 and accepted_by_bank:
        yield "accepted_by_bank", "B3", BANKED_B3
    if resin is not None and not 1 <= resin <= 7:
        yield "resin", "OUT_OF_RANGE", RESIN
    if grams_per_litre is not None and not 1 <= grams_per_litre <= HEAVIEST_LITRE:
        yield "grams_per_litre", "OUT_OF_RANGE", DENSITY


def is_below(id: UUID, other: UUID | None, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether `other` is `id` or stands somewhere below it."""
    seen: set[UUID] = set()
    while other is not None and other not in seen:
        if other == id:
            return True
        seen.add(other)
        other = parents.get(other)
    return False
