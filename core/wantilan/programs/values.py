"""What hooks are given and what they answer: frozen values, ids instead of persons.

A name or a number of a resident never travels in a hook's arguments: whoever needs it reads it through the
unit, and so through the wall.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from ..errors import Text
from ..store.write import Unit

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""What JSON can say; instants and ids are text in it."""

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[Unit]]
"""Opens one transaction inside the village, `async with begin() as unit:`, committed when the block ends."""


@dataclass(frozen=True)
class ResidentFacts:
    """Which resident of which village."""

    id: UUID
    village_id: UUID


@dataclass(frozen=True)
class Happening:
    """One event of the outbox. `subjects` are the ids it is about, as text: `{"resident": …}`; `at` is UTC.

    `id` stays the same when a delivery is repeated, so it serves to recognise what was already done.
    """

    id: UUID
    name: str
    at: datetime
    village_id: UUID
    subjects: Mapping[str, str]
    actor_id: UUID | None


@dataclass(frozen=True)
class Record:
    """One row of a village's export. `table` is the table's name, `values` its columns."""

    table: str
    values: Mapping[str, Json]


@dataclass(frozen=True)
class Kept:
    """What stays when a resident is erased, and why it must: nothing in it names the person."""

    what: Text
    why: Text


@dataclass(frozen=True)
class Holder:
    """Who holds a code (of a card, of a tag, of a house): a resident, or a household by its id.

    `valid`: whether it may be used at this moment. Raises ValueError unless exactly one of both is named.
    """

    valid: bool
    resident: ResidentFacts | None = None
    household_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.resident is None) == (self.household_id is None):
            raise ValueError("A Holder is a resident or a household: name one of them.")


@dataclass(frozen=True)
class Message:
    """A message to one resident, finished in both languages."""

    id: UUID
    to: ResidentFacts
    subject: Text
    body: Text


@dataclass(frozen=True)
class Deployment:
    """The deployment that runs. In a `demo` nothing may reach a device or a person outside."""

    time_zone: str
    demo: bool


class Severity(enum.Enum):
    """How bad a finding is."""

    WARNING = "warning"
    """Somebody should look."""
    ERROR = "error"
    """Something is wrong now: the command that checks exits with an error."""


@dataclass(frozen=True)
class Finding:
    """What a program's check found in one village: what is wrong, and the cure. No persons in either."""

    severity: Severity
    what: Text
    cure: Text
