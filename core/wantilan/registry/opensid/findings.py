"""What is wrong with a sheet: where, what, and never the value."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ...errors import Text
from ..numbers import Finding

MOST_LISTED = 1_000


class Located(NamedTuple):
    """A finding at its place. `row` is the number that a spreadsheet shows beside it, of a JSON Lines file
    the line; None is the whole sheet. `column` is one of the 43 names; None is the whole row.
    """

    row: int | None
    column: str | None
    code: str
    text: Text


def located(finding: Finding, row: int | None = None, column: str | None = None) -> Located:
    return Located(row, column, finding.code, finding.text)


class Findings:
    """The faults, or the warnings, of a sheet: the first ones are kept, all are counted."""

    def __init__(self, most: int = MOST_LISTED) -> None:
        self.most = most
        self.listed: list[Located] = []
        self.counts: Counter[str] = Counter()
        """How often each code was found."""

    @property
    def total(self) -> int:
        return self.counts.total()

    def add(self, *found: Located) -> None:
        for one in found:
            self.counts[one.code] += 1
            if len(self.listed) < self.most:
                self.listed.append(one)


class Unreadable(Exception):
    """Nothing more can be read from this file. Never leaves this package: it becomes a fault of the sheet."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.text.en)
