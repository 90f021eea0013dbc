"""Filters and search as SQL: each operator of the API, written once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..errors import BadUserInput, Text
from ..store.folding import sort_key
from .naming import camel_case
from .plan import Path, Place
from .planner import Planner
from .relay import decode_id
from .schema import Bound
from .selection import Arg, Request, enum_name, good
from .shapes import Filtered, Shape
from .sources import Connected

SIGNS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
LAST = "\U0010ffff"


def conditions(
    planner: Planner,
    bound: Bound,
    shape: Shape,
    place: Place,
    given: Arg,
    search: Arg,
    source: Connected,
    path: Path,
) -> tuple[list[str], list[str]]:
    """The conditions of `filter` and `search`, and the permissions that the filtered fields need."""
    found: list[str] = []
    needs: list[str] = []
    if given.given and given.value is not None:
        names = {camel_case(n): f for n, f in shape.filters.items()}
        gtype: Any = bound.graphql.args["filter"].type
        for field, arg in given.items():
            if arg.value is None:
                continue
            filtered = names[camel_case(field)]
            needs += planner.schema.needs_of(shape, filtered.column.key)
            operators: Any = gtype.fields[camel_case(field)].type
            for operator, operand in arg.items():
                where = (*path, "filter", field, operator)
                found.append(_condition(planner, place, filtered, operators, operator, operand, where))
    if source.search is not None and search.given and search.value is not None:
        found.append(_contains(planner, f"{place.alias}.{source.search.key}", search))
    return found, needs


def _condition(
    planner: Planner, place: Place, filtered: Filtered, gtype: Any, operator: str, operand: Arg, path: Path
) -> str:
    operator = {"in_": "in", "is_null": "isNull", "starts_with": "startsWith"}.get(operator, operator)
    if operand.value is None:
        raise BadUserInput(
            Text(
                f"`{operator}` tidak boleh null; pakai isNull.", f"`{operator}` must not be null; use isNull."
            ),
            path=[p for p in path if p != 0],
        )
    column = place.table.c[(filtered.key if filtered.key is not None else filtered.column).key]
    text = f"{place.alias}.{column.name}"
    if operator == "isNull":
        shown = f"{place.alias}.{filtered.column.key}"
        return f"{shown} IS NULL" if operand.value else f"{shown} IS NOT NULL"
    item_type = getattr(gtype.fields[operator].type, "of_type", gtype.fields[operator].type)

    def value(raw: Any) -> Any:
        raw = good(raw, *path)
        if isinstance(column.type, sa.Enum):
            return enum_name(item_type, raw)
        if isinstance(column.type, sa.Uuid):
            decoded = decode_id(raw)
            if decoded is None:
                raise BadUserInput(Text("Bukan id.", "Not an id."), path=[p for p in path if p != 0])
            return decoded.id
        return sort_key(raw) if filtered.key is not None else raw

    if operator == "in":
        slot = planner.bind_list(lambda r: [value(v) for v in operand.get(r.variables)], column.type)
        return planner.d.among(text, slot)

    def get(request: Request) -> Any:
        return value(operand.get(request.variables))

    if operator == "startsWith":
        return (
            f"({text} >= {planner.bind(get, column.type)} AND "
            f"{text} < {planner.bind(lambda r: get(r) + LAST, column.type)})"
        )
    return f"{text} {SIGNS[operator]} {planner.bind(get, column.type)}"


def _contains(planner: Planner, column: str, search: Arg) -> str:
    """Part of a normalised name. For reference tables only: it reads all of them."""

    def pattern(request: Request) -> str:
        text = sort_key(search.get(request.variables))
        for special in "\\%_":
            text = text.replace(special, "\\" + special)
        return f"%{text}%"

    return f"{column} LIKE {planner.bind(pattern, sa.Text())} ESCAPE '\\'"
