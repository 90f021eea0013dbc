"""Where a field comes from. A source is declared next to the type and read by the planner; it does nothing
itself.
"""

from __future__ import annotations

import builtins
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import InstrumentedAttribute

from ..access.actor import Actor
from ..store.secrets import Keys

SOURCE = "wantilan.source"
"""The key of a source in a Strawberry field's metadata."""

Attribute = InstrumentedAttribute[Any]
Link = Attribute | tuple[Attribute, Attribute]
Via = Link | Mapping[builtins.type, Link] | None
"""The foreign key to follow; or a pair of columns, here and there, that hold the same key; or one of these
for each class behind a union or an interface.
"""
Row = Mapping[str, Any]
AS_OF = "asOf"
"""The argument of fields over dated rows."""
AsOf = tuple[Attribute, Attribute] | None
"""The first and the last day of a row, both included; the last may be null while it lasts."""


@dataclass(frozen=True, eq=False)
class Column:
    of: Attribute
    needs: str | None = None


@dataclass(frozen=True, eq=False)
class Expression:
    """SQL over the row's own table, and over the rows that the classes in `reads` let the reader see.

    `build` gets its own table, then one for each of `reads`; it may name no other.
    """

    build: Callable[..., ColumnElement[Any]]
    type: sa.types.TypeEngine[Any]
    needs: str | None = None
    reads: tuple[builtins.type, ...] = ()


@dataclass(frozen=True, eq=False)
class Localized:
    """A text that is kept in both languages, in the one of the request."""

    id: Attribute
    en: Attribute


@dataclass(frozen=True)
class Key:
    """The global id."""


@dataclass(frozen=True)
class Grouped:
    """An object made of columns of the same row."""


@dataclass(frozen=True, eq=False)
class One:
    via: Via = None
    only: ColumnElement[bool] | None = None
    as_of: AsOf = None


@dataclass(frozen=True, eq=False)
class Many:
    """A list that cannot grow: plain, whole, in a fixed order."""

    via: Via = None
    order: Attribute | None = None
    as_of: AsOf = None


EVERYONE = ""
"""The token that all rows have."""


@dataclass(frozen=True, eq=False)
class Secret:
    """A word that is a secret number: looked up only under its keyed hash in one village.

    `holds(word)` says whether it is one, `token(keys, word, village id)` makes what is looked up; `needs` is
    the permission that must be held for the whole village.
    """

    needs: str
    holds: Callable[[str], bool]
    token: Callable[[Keys, str, UUID], str]


@dataclass(frozen=True, eq=False)
class Tokens:
    """Search through a village's table that holds, for each row, the tokens by which it is found.

    `token` is the column of tokens, `of` points at the row that is found, `key` repeats the column by which
    the entity is ordered; the table's key or an index is `(village_id, token, key, of)`, so that the first
    page of a token that a quarter of all rows have costs no more than that of a rare one. `words(text)` gives
    what must all be found, the most telling first; it raises LimitExceeded, and never says the text. Where it
    gives none, the token `""` is looked up: each row has it. `says` describes the argument.

    Whoever finds a row by what he is not shown has learnt it: `depth` is a number that each token has, and
    `depth_of(actor)` the greatest that the actor may find by.
    """

    token: Attribute
    _: KW_ONLY
    of: Attribute
    key: Attribute
    words: Callable[[str], Sequence[str]]
    says: str
    depth: Attribute | None = None
    depth_of: Callable[[Actor], int] | None = None
    secret: Secret | None = None

    @property
    def table(self) -> sa.Table:
        """The table of the tokens."""
        found = self.token.property.columns[0].table
        assert isinstance(found, sa.Table)
        return found


@dataclass(frozen=True, eq=False)
class Connected:
    via: Via = None
    search: Attribute | Tokens | None = None
    as_of: AsOf = None


@dataclass(frozen=True, eq=False)
class Aggregated:
    via: Via = None
    between: Attribute | None = None


@dataclass(frozen=True, eq=False)
class Folded:
    function: str
    of: Attribute | None = None


@dataclass(frozen=True, eq=False)
class Computed:
    function: Callable[[list[Row]], Sequence[Any]]
    needs: tuple[Attribute, ...]


@dataclass(frozen=True)
class Door:
    """A program's one field on a core object."""

    program: str


@dataclass(frozen=True)
class VillagesCounted:
    """How many villages of the region enabled the program."""

    program: str = ""


@dataclass(frozen=True, eq=False)
class Lookup:
    """One object by a unique column, given as the argument."""

    column: Attribute
    argument: str
    type: Any


@dataclass(frozen=True)
class ById:
    """One object by its global id: of the field's own type, or of any type behind `Node`."""


@dataclass(frozen=True)
class ByIds:
    """Objects by their global ids, in the order of the ids."""


@dataclass(frozen=True, eq=False)
class Item:
    """One field of a listed object: `constant(item, language)`, or SQL over the owner's row."""

    constant: Callable[[Any, str], object] | None = None
    build: Callable[[Any, FromClause], ColumnElement[Any]] | None = None
    type: sa.types.TypeEngine[Any] | None = None
    needs: str | None = None


@dataclass(frozen=True)
class Listed:
    """A short list known when the schema is built; the host gives it by its name (`programs`)."""

    name: str


@dataclass(frozen=True)
class Followed:
    """An entity that is read again at each event of these names; `subject` is the key under which an event
    names its row, None for the village itself.
    """

    events: tuple[str, ...]
    subject: str | None = None


At = Mapping[str, ColumnElement[Any]]
"""What is known of the day that is asked for, by name: see `Tabled.values`."""


@dataclass(frozen=True, eq=False)
class Tally:
    """Rows that are counted: those of `model` of which `where` holds, each in the group that `key` names.

    A row counts once, or as often as its column `amount` says. `villages` leaves out whole villages, by their
    id. `via` and `tie` say which rows belong to the object where no foreign key does.
    """

    model: builtins.type[Any]
    where: Callable[[FromClause, At], ColumnElement[bool]]
    key: Callable[[FromClause, At], ColumnElement[str]]
    amount: Attribute | None = None
    villages: Callable[[ColumnElement[Any], At], ColumnElement[bool]] | None = None
    via: Link | None = None
    tie: Callable[[FromClause, FromClause], ColumnElement[bool]] | None = None


@dataclass(frozen=True, eq=False)
class Tabled:
    """An object of counts at one day, which the argument names.

    `day` makes the day of what the argument says (None: nothing) and of today; it raises BadUserInput with
    the given path. `values` are what the tallies know of that day. Before any row of `begun` there is nothing
    to count. With `rounded` every count is rounded to a multiple of it, each by itself.
    """

    argument: str
    kind: Any
    says: str
    day: Callable[[Any, date, Sequence[str | int]], date]
    values: Mapping[str, tuple[Callable[[date], object], sa.types.TypeEngine[Any]]]
    begun: Tally
    rounded: int | None = None


@dataclass(frozen=True)
class Said:
    """One of the values of the day, by its name."""

    name: str


@dataclass(frozen=True, eq=False)
class Cell:
    """One count, over all groups."""

    tallies: tuple[Tally, ...]


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts by group: a row for each group of the frame, in its order, also where nothing is counted.

    `frame` holds the key of each group and what its row says of it, as JSON texts.
    """

    tallies: tuple[Tally, ...]
    frame: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Part:
    """What a row of `Cells` says of its group."""

    number: int = 0


@dataclass(frozen=True)
class Amount:
    """The count of a row of `Cells`."""


@dataclass(frozen=True)
class Figured:
    """An object of figures over a period, which the arguments `from` and `to` name: both included."""


class Reach(enum.Enum):
    """Which rows of a table belong to a period, by their day."""

    ALL = "whatever their day"
    WITHIN = "of the period"
    UNTIL = "up to its last day, included"
    BEFORE = "before its first day"
    COVERING = "that cover its last day"


@dataclass(frozen=True, eq=False)
class Sum:
    """One number over rows of a village's table: the sum of `of`, the number of different values of
    `distinct`, or the number of rows. `days`: the column of the day; of COVERING, of first and last day.
    """

    model: builtins.type[Any]
    of: Attribute | None
    distinct: Attribute | None
    reach: Reach
    days: tuple[Attribute, ...]
    where: Callable[[FromClause], ColumnElement[bool]] | None
    via: Link | None


@dataclass(frozen=True)
class PeriodDay:
    """The first or the last day of the period."""

    last: bool


@dataclass(frozen=True, eq=False)
class Derived:
    """What Python makes of other figures of the same object; `sources` are those, found by their names."""

    function: Callable[[list[Row]], Sequence[Any]]
    needs: tuple[str, ...]
    sources: Mapping[str, Sum | PeriodDay]


Source = (
    Column | Expression | Localized | Key | Grouped | One | Many | Connected | Aggregated | Folded | Computed
    | Door | VillagesCounted | Lookup | ById | ByIds | Item | Listed | Followed
    | Tabled | Said | Cell | Cells | Part | Amount
    | Figured | Sum | PeriodDay | Derived
)  # fmt: skip
