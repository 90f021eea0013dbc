"""Whether two records may be one person: pure functions over what the register says of both.

The weights are our judgement, no measured probabilities: they put the pairs in an order in which to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from ..codes import Sex
from ..models import DuplicateRule
from ..spelling import spelling_key

Rule = DuplicateRule
SHORTEST = 4
"""Letters of a word in which one letter may differ: shorter ones are other names then."""

BIRTH_ORDER = {
    spelling_key(word): number
    for number, words in enumerate(
        ("wayan putu gede luh", "made kadek nengah", "nyoman komang", "ketut"), start=1
    )
    for word in words.split()
}
"""What tells brothers and sisters apart, twins too: whoever is Made is not Wayan."""
UNNAMED = frozenset(spelling_key(word) for word in ("bayi", "by"))
"""How the name of a child begins that has none yet: `Bayi Ni Luh Sari`."""


class Found(NamedTuple):
    """By which rule, and how likely it is, from 1 to 100."""

    rule: DuplicateRule
    weight: int


@dataclass(frozen=True)
class Facts:
    """What is compared of one record. `settled`: it has a permanent NIK, which no other record has."""

    id: UUID
    name: str
    sex: Sex
    birth_date: date
    settled: bool
    mother: str | None = None

    @cached_property
    def words(self) -> list[str]:
        return spelling_key(self.name).split()

    @property
    def unnamed(self) -> bool:
        return bool(self.words) and self.words[0] in UNNAMED


def compared(one: Facts, other: Facts) -> Found | None:
    """The strongest rule by which two records may be one person; None where nothing speaks for it.

    Two permanent NIKs speak for two persons: then only the same name is worth a look, since a NIK may have
    been mistyped.
    """
    if one.id == other.id or (one.sex, one.birth_date) != (other.sex, other.birth_date):
        return None
    here, there = one.words, other.words
    same = bool(here) and sorted(here) == sorted(there)
    alike = same or near(here, there)
    if one.settled and other.settled:
        return Found(Rule.SAME_NAME, 50) if same else None
    if alike and one.settled != other.settled:
        return Found(Rule.NIK_TO_COME, 95 if same else 80)
    if same:
        return Found(Rule.SAME_NAME, 90)
    if one.unnamed != other.unnamed and _same_mother(one, other):
        return Found(Rule.UNNAMED_CHILD, 75)
    return Found(Rule.NEAR_NAME, 60) if alike else None


def near(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names, as words in their one spelling, may be the same: one holds the other, or one word of
    them differs by a letter.
    """
    if _orders(one) and _orders(other) and not _orders(one) & _orders(other):
        return False
    few, many = sorted((set(one), set(other)), key=len)
    if few <= many and any(word not in BIRTH_ORDER for word in few):
        return True
    if len(one) != len(other):
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and _a_letter_apart(*differing[0])


def pairs(persons: Sequence[Facts]) -> Iterator[tuple[Facts, Facts, Found]]:
    """Every pair of those who were born on one day, the smaller id first."""
    for index, one in enumerate(persons):
        for other in persons[index + 1 :]:
            found = compared(one, other)
            if found is not None:
                first, second = sorted((one, other), key=lambda person: person.id)
                yield first, second, found


def _same_mother(one: Facts, other: Facts) -> bool:
    key = spelling_key(one.mother or "")
    return bool(key) and key == spelling_key(other.mother or "")


def _orders(words: Sequence[str]) -> set[int]:
    return {BIRTH_ORDER[word] for word in words if word in BIRTH_ORDER}


def _a_letter_apart(one: str, other: str) -> bool:
    """Whether one letter was left out, added, changed, or two beside each other changed places."""
    if min(len(one), len(other)) < SHORTEST or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
