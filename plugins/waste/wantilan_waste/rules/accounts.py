"""Rules of accounts: pure functions."""

from __future__ import annotations

from collections.abc import Iterator

from wantilan import Text

from ..models.words import WasteAccountKind

LONGEST_NAME = 100

Fault = tuple[str, str, Text]
"""A field of the input by its Python name, a code and what it says."""


def owner_faults(kind: WasteAccountKind, owners: int, group: str | None) -> Iterator[Fault]:
    """What is wrong with whose account it is to be; `owners`: how many are named."""
    if owners != 1:
        yield (
            "resident_id",
            "EXACTLY_ONE",
            Text("Sebut tepat satu pemilik.", "Name exactly one owner: a resident, a household or a group."),
        )
    if group is not None and not 0 < len(group) <= LONGEST_NAME:
        yield "group_name", "LENGTH", Text("1 sampai 100 karakter.", "1 to 100 characters.")
    if owners == 1 and (kind is WasteAccountKind.INDIVIDUAL) is (group is not None):
        yield (
            "kind",
            "NOT_OF_OWNER",
            Text(
                "INDIVIDUAL untuk penduduk atau rumah tangga, selainnya untuk kelompok.",
                "INDIVIDUAL is for a resident or a household, the others are for groups.",
            ),
        )
