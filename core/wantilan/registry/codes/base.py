"""What every code list of the resident's biodata has in common."""

from __future__ import annotations

import enum
from typing import Self

from wantilan.errors import Text


class CodeList(enum.Enum):
    """One official code list. The value is the official integer, the name is the GraphQL value.

    A member is written `NAME = integer, "Indonesian label", "English label"`. `Sex(1)` finds it by its
    integer (`ValueError` when the list has no such integer), `Sex["LAKI_LAKI"]` by its name (`KeyError`).
    """

    _value_: int
    _label: Text

    # The labels have defaults only for the type checker, which takes `Sex(1)` for a call of this method.
    def __new__(cls, code: int, indonesian: str = "", english: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = code
        member._label = Text(indonesian, english)
        return member

    @property
    def code(self) -> int:
        """The integer that the resident sheet and Dukcapil use."""
        return self._value_

    @property
    def label(self) -> Text:
        return self._label
