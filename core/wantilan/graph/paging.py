"""Which page of a list: its size and direction, and the cursors between which it lies.

Keyset paging: a cursor names a row of an order, its values are read again from the row, and a page deep in a
million rows costs what the first one costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from graphql import GraphQLObjectType, Undefined

from ..errors import BadUserInput, LimitExceeded, Text
from .place import Place
from .plan import Getter, Path, response_path
from .planner import Planner
from .relay import decode_cursor, row_id
from .selection import Arg, Request
from .shapes import Order
from .sql import concat, literal

DEFAULT_PAGE = 20


@dataclass(frozen=True)
class Window:
    """`backward`: the last rows are wanted, not the first."""

    size: Getter
    backward: bool = False


@dataclass(frozen=True)
class Branch:
    """One table of a list: an entity's own, or that of one type of a union or interface.

    `gate` is what makes its rows rows of this list, `on` that and what the client asked. `again` gives
    the same table once more, tied to the same row, for a look at one of its rows: an order needs it.
    """

    gtype: GraphQLObjectType
    place: Place
    gate: tuple[str, ...]
    on: tuple[str, ...]
    order: Order | None = None
    again: Callable[[], Place] | None = None
    plain: Place | None = None
    """The table without a search, where `place` is found through one."""
    found_by: tuple[str, str] | None = None
    """The columns of the search that repeat the order's and the row's: by them it gives rows in order."""

    @property
    def keys(self) -> list[str]:
        """The columns by which rows are told apart, in their order."""
        if self.found_by is not None:
            return list(self.found_by)
        key = self.place.key.name
        names = [self.order.key.key] if self.order is not None and self.order.key.key != key else []
        return [self.place.column(name) for name in (*names, key)]


@dataclass(frozen=True)
class Anchor:
    """A cursor in the statement: `known` holds when its row is in the list, `conditions` (one for each
    branch) for the rows on the wanted side of it.
    """

    known: str
    conditions: tuple[str, ...]


def window(planner: Planner, first: Arg, last: Arg, path: Path) -> Window:
    """Raises BadUserInput when both are asked for."""
    backward = _asked(last)
    if backward and _asked(first):
        text = Text("Pakai `first` atau `last`, jangan keduanya.", "Give `first` or `last`, not both.")
        raise BadUserInput(text, path=response_path(path))
    name, given = ("last", last) if backward else ("first", first)
    most = planner.page_size

    def size(request: Request) -> int:
        value = given.get(request.variables)
        if value is None or value is Undefined:
            return min(DEFAULT_PAGE, most)
        if value < 0:
            raise BadUserInput(Text(f"`{name}` tidak boleh negatif.", f"`{name}` must not be negative."))
        if value > most:
            raise LimitExceeded("pageSize", most)
        return int(value)

    return Window(size, backward)


def _asked(given: Arg) -> bool:
    return given.given and given.value is not None


def anchor(
    planner: Planner, branches: Sequence[Branch], order: str, given: Arg, path: Path, *, behind: bool
) -> Anchor | None:
    """The rows behind a cursor, or before it. None without a cursor."""
    if not _asked(given):
        return None
    key = branches[0].place.key

    def row(request: Request) -> UUID | str:
        found: UUID | str | None = decode_cursor(given.get(request.variables), order)
        if isinstance(found, str) and isinstance(key.type, sa.Uuid):
            found = row_id(found)
        if found is None:
            text = Text("Kursor ini bukan dari daftar ini.", "This cursor is not one of this list.")
            raise BadUserInput(text, path=response_path(path))
        return found

    slot = planner.bind(row, key.type)
    known = [_is_there(branch, slot) for branch in branches]
    conditions = [_beside(branch, slot, behind=behind) for branch in branches]
    return Anchor(" OR ".join(known), tuple(conditions))


def _is_there(branch: Branch, slot: str) -> str:
    place = branch.plain or branch.place
    row = f"{place.column(place.key.name)} = {slot}"
    return f"EXISTS (SELECT 1 {place.rows(*branch.gate, row, joins=False)})"


def _beside(branch: Branch, slot: str, *, behind: bool) -> str:
    keys, order = branch.keys, branch.order
    descending = order is not None and order.descending
    sign = "<" if descending is behind else ">"
    if len(keys) == 1 or order is None or branch.again is None:
        return f"{keys[-1]} {sign} {slot}"
    there = branch.again()
    found = there.rows(f"{there.column(there.key.name)} = {slot}")
    value = f"(SELECT {there.column(order.key.key)} {found})"
    return f"({keys[0]},{keys[1]}) {sign} ({value},{slot})"


def cursor(planner: Planner, branch: Branch, order: str) -> str:
    """Which row of which order, and no key value: the values are read again from the row."""
    key = branch.place.key
    text = branch.place.column(key.name)
    return concat(literal(order + "."), planner.d.hex(text) if isinstance(key.type, sa.Uuid) else text)
