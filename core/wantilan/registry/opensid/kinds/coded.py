"""Columns that hold a member of a code list, written as its integer or as its label."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, TypeVar

from ....errors import Text
from ...codes import CodeList
from ...numbers import Finding
from .base import Raw, Sense, text_of

C = TypeVar("C", bound=CodeList)

UNKNOWN_CODE = Finding(
    "UNKNOWN_CODE",
    Text("Bukan kode atau nama dari daftar kolom ini.", "Neither a code nor a label of this column's list."),
)

_INTEGER = re.compile(r"0*(\d{1,3})([.,]0+)?", re.ASCII)


def folded(label: str) -> str:
    """Labels are equal whatever their case and spaces."""
    return "".join(label.split()).casefold()


class Coded(Generic[C]):
    """A code list's column. Read: the integer, the Indonesian label, the name in our API, an alias.

    Written: the integer. Code: UNKNOWN_CODE, besides those of `text_of`.
    """

    def __init__(self, codes: type[C], aliases: Mapping[str, C] | None = None) -> None:
        self.codes, self.aliases = codes, dict(aliases or {})
        self._integers = {member.code: member for member in codes}
        self._labels: dict[str, C] = {}
        for member in codes:
            for form in (member.label.id, member.name, member.name.replace("_", " ")):
                self._add(form, member)
        for alias, member in self.aliases.items():
            self._add(alias, member)

    def _add(self, form: str, member: C) -> None:
        if self._labels.setdefault(folded(form), member) is not member:
            raise ValueError(f"{form!r} stands for two members of {self.codes.__name__}")

    def read(self, raw: Raw, sense: Sense) -> C | Finding | None:
        text = text_of(raw)
        if isinstance(text, Finding) or not text:
            return text or None
        integer = _INTEGER.fullmatch(text)
        found = self._integers.get(int(integer[1])) if integer else self._labels.get(folded(text))
        return found if found is not None else UNKNOWN_CODE

    def write(self, value: C | None) -> str | int:
        return "" if value is None else value.code
