"""What only several rows together can say: numbers that come twice, families that contradict themselves.

Keeps the numbers that it has met, a few megabytes for a large village, and no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import Text
from ..codes import FamilyRelationship, ResidentStatus
from ..numbers import Finding
from ..rules import SECOND_HEAD
from .findings import Located, located

WITHOUT_HEAD = Finding(
    "KK_WITHOUT_HEAD",
    Text("Tak seorang pun di KK ini kepala keluarga.", "Nobody of this family card is its head."),
)


def twice(code: str, row: int) -> Finding:
    """A number that an earlier row has too."""
    return Finding(code, Text(f"Sama dengan baris {row}.", f"The same as in row {row}."))


def second_head(row: int) -> Finding:
    said = SECOND_HEAD.text
    return Finding(SECOND_HEAD.code, Text(f"{said.id[:-1]}: baris {row}.", f"{said.en[:-1]}: row {row}."))


def other_hamlet(row: int) -> Finding:
    return Finding(
        "KK_HAMLETS",
        Text(
            f"Dusunnya lain daripada baris {row} dari KK yang sama.",
            f"Another hamlet than row {row} of the same KK.",
        ),
    )


@dataclass(slots=True)
class _Family:
    """What was met of one family card: rows, None where there was none yet."""

    first: int
    levels: bool = False
    unsure: bool = False
    """Whether somebody's place in it could not be read: he may be the head."""
    head: int | None = None
    hamlet: str | None = None
    hamlet_row: int = 0


class Across:
    """Meets the rows one after the other. Somebody without NIK or KK (0) is like nobody else."""

    def __init__(self) -> None:
        self._niks: dict[str, int] = {}
        self._tags: dict[str, int] = {}
        self._families: dict[str, _Family] = {}

    def faults(self, row: int, good: Mapping[str, Any]) -> Iterator[Located]:
        """What of these cells an earlier row forbids. Codes: NIK_REPEATED, TAG_REPEATED, SECOND_HEAD."""
        for field, column, code, met in (
            ("nik", "nik", "NIK_REPEATED", self._niks),
            ("card_tag", "tag_id_card", "TAG_REPEATED", self._tags),
        ):
            value = good.get(field)
            if value is not None and met.setdefault(value, row) != row:
                yield located(twice(code, met[value]), row, column)
        family = self._family(row, good)
        if family is None or not _is_head(good):
            return
        if family.head is None:
            family.head = row
        else:
            yield located(second_head(family.head), row, "kk_level")

    def warnings(self, row: int, good: Mapping[str, Any]) -> Iterator[Located]:
        """Code: KK_HAMLETS."""
        family, hamlet = self._family(row, good), good.get("hamlet")
        if family is None or hamlet is None:
            return
        folded = "".join(hamlet.split()).casefold()
        if family.hamlet is None:
            family.hamlet, family.hamlet_row = folded, row
        elif family.hamlet != folded:
            yield located(other_hamlet(family.hamlet_row), row, "dusun")

    def end(self) -> Iterator[Located]:
        """What can be said after the last row. Code: KK_WITHOUT_HEAD."""
        for family in self._families.values():
            if family.levels and family.head is None and not family.unsure:
                yield located(WITHOUT_HEAD, family.first, "no_kk")

    def _family(self, row: int, good: Mapping[str, Any]) -> _Family | None:
        number = good.get("kk_number")
        if number is None:
            return None
        family = self._families.get(number)
        if family is None:
            family = self._families[number] = _Family(row)
        family.levels |= good.get("relationship") is not None
        family.unsure |= "relationship" not in good
        return family


def _is_head(good: Mapping[str, Any]) -> bool:
    """Who has died or gone is head no more, though the sheet still calls him so."""
    here = good.get("status") in (None, ResidentStatus.HIDUP)
    return here and good.get("relationship") is FamilyRelationship.KEPALA_KELUARGA
