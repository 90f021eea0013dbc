"""Filters and search as SQL: each operator of the API, written once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..errors import BadUserInput, FieldFault, LimitExceeded, Text
from ..store.folding import sort_key
from .filters import JOINED
from .naming import camel_case
from .place import Place
from .plan import Path, response_path
from .planner import Planner
from .relay import decode_id
from .schema import Bound
from .selection import Arg, Request, enum_name, good
from .shapes import Filtered, Shape
from .sql import TEXT

SIGNS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
LAST = "\U0010ffff"
CONDITIONS, LEVELS = 50, 5
"""How much one filter may say: conditions in all, and `and`, `or`, `not` inside each other."""


class Filtering:
    """One `filter` argument of one list. `needs` gathers the permissions of the fields it names: a filter
    over a hidden field would tell what it hides.
    """

    def __init__(self, planner: Planner, bound: Bound, shape: Shape, place: Place, path: Path) -> None:
        self.planner, self.bound, self.place, self.path = planner, bound, place, response_path(path)
        self.shape = shape
        self.fields = {camel_case(name): filtered for name, filtered in shape.filters.items()}
        self.needs: list[str] = []
        self.said = 0
        self.loose = self.narrowed = False

    def conditions(self, given: Arg, *, bounded: bool) -> list[str]:
        """All must hold. `bounded`: the list hangs on a row, and so on an index.

        Raises BadUserInput, also for an `or` or `not` over a whole table, and LimitExceeded.
        """
        if not given.given or given.value is None:
            return []
        found = self._all(given, self.bound.graphql.args["filter"].type, (*self.path, "filter"), 0, sure=True)
        if self.loose and not (bounded or self.narrowed):
            where = (*self.path, "filter")
            raise BadUserInput(fields=[FieldFault(where, "NEEDS_CONDITION", BESIDE)])
        return found

    def _all(self, given: Arg, gtype: Any, path: Path, level: int, *, sure: bool) -> list[str]:
        """`sure`: what is said here holds for every row of the list, so an index can serve it."""
        found: list[str] = []
        for key, arg in given.items():
            if arg.value is None:
                continue
            if key in JOINED:
                found.append(self._joined(key, arg, gtype, (*path, key), level + 1, sure=sure))
            else:
                inner = gtype.fields[key].type
                found += self._operators(self.fields[key], arg, inner, (*path, key), sure=sure)
        return found

    def _joined(self, word: str, given: Arg, gtype: Any, path: Path, level: int, *, sure: bool) -> str:
        self._count()
        if level > LEVELS:
            raise LimitExceeded("filterLevels", LEVELS)
        self.loose |= word != "and"
        inner = sure and word == "and"
        if word == "not":
            # Two truths: what is unknown, since a value is missing, is not so.
            return f"({_both(self._all(given, gtype, path, level, sure=False))}) IS NOT TRUE"
        parts = [
            _both(self._all(one, gtype, (*path, i), level, sure=inner))
            for i, one in enumerate(given.elements())
        ]
        if word == "and":
            return _both(parts)
        return "(" + (" OR ".join(parts) or "1=0") + ")"

    def _operators(self, filtered: Filtered, given: Arg, gtype: Any, path: Path, *, sure: bool) -> list[str]:
        self.needs += self.planner.schema.needs_of(self.shape, filtered.column.key)
        found: list[str] = []
        for operator, operand in given.items():
            self._count()
            self.narrowed |= sure and operator != "isNull"
            found.append(
                _condition(self.planner, self.place, filtered, gtype, operator, operand, (*path, operator))
            )
        return found

    def _count(self) -> None:
        self.said += 1
        if self.said > CONDITIONS:
            raise LimitExceeded("filterConditions", CONDITIONS)


BESIDE = Text(
    "`or` dan `not` pada daftar ini memerlukan syarat lain di sampingnya.",
    "`or` and `not` need another condition beside them in this list.",
)


def _both(conditions: list[str]) -> str:
    return "(" + (" AND ".join(conditions) or "1=1") + ")"


def _condition(
    planner: Planner, place: Place, filtered: Filtered, gtype: Any, operator: str, operand: Arg, path: Path
) -> str:
    if operand.value is None:
        text = Text(
            f"`{operator}` tidak boleh null; pakai isNull.", f"`{operator}` must not be null; use isNull."
        )
        raise BadUserInput(text, path=path)
    column = place.table.c[(filtered.key if filtered.key is not None else filtered.column).key]
    text_of = place.column(column.name)
    if operator == "isNull":
        shown = place.column(filtered.column.key)
        return f"{shown} IS NULL" if operand.value else f"{shown} IS NOT NULL"
    item_type = getattr(gtype.fields[operator].type, "of_type", gtype.fields[operator].type)

    def value(raw: Any) -> Any:
        raw = good(raw, *path)
        if isinstance(column.type, sa.Enum):
            return enum_name(item_type, raw)
        if isinstance(column.type, sa.Uuid):
            decoded = decode_id(raw)
            if decoded is None:
                raise BadUserInput(Text("Bukan id.", "Not an id."), path=path)
            return decoded.id
        return sort_key(raw) if filtered.key is not None else raw

    if operator == "in":
        slot = planner.bind_list(lambda r: [value(v) for v in operand.get(r.variables)], column.type)
        return planner.d.among(text_of, slot)

    def get(request: Request) -> Any:
        return value(operand.get(request.variables))

    if operator == "startsWith":
        return (
            f"({text_of} >= {planner.bind(get, column.type)} AND "
            f"{text_of} < {planner.bind(lambda r: get(r) + LAST, column.type)})"
        )
    return f"{text_of} {SIGNS[operator]} {planner.bind(get, column.type)}"


def contains(planner: Planner, column: str, search: Arg) -> list[str]:
    """Part of a normalised name. For reference tables only: it reads all of them."""
    if not search.given or search.value is None:
        return []

    def pattern(request: Request) -> str:
        text = sort_key(search.get(request.variables))
        for special in "\\%_":
            text = text.replace(special, "\\" + special)
        return f"%{text}%"

    return [f"{column} LIKE {planner.bind(pattern, TEXT)} ESCAPE '\\'"]
