"""Orders, cursors and pages, over a list in Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fuzz.filtering import filters_of
from tests.fuzz.rights import Row

from wantilan.graph.scalars import Faulty
from wantilan.graph.shapes import Order, Shape

Arguments = Mapping[str, Any]
DEFAULT = 20
WISH = "cursor wanted "
"""What a generator writes where it wants a cursor of the very list: which there are, the rows tell."""


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    cursors: Sequence[str]
    total: int
    info: Mapping[str, Any]


def is_backward(given: Arguments) -> bool:
    return given.get("last") is not None


def page_size(given: Arguments) -> int:
    size = given.get("last" if is_backward(given) else "first")
    return DEFAULT if size is None else int(size)


def size_faults(given: Arguments, longest: int) -> list[tuple[str, bool]]:
    """The codes of what is wrong with the size, and whether they are told with the path."""
    if given.get("first") is not None and given.get("last") is not None:
        return [("BAD_USER_INPUT", True)]
    size = page_size(given)
    return [("BAD_USER_INPUT", False)] if size < 0 else [("LIMIT_EXCEEDED", False)] if size > longest else []


def order_of(shape: Shape, given: Arguments) -> tuple[str, Order | None]:
    """Its name and what it means; `ID` is the order of lists that offer none."""
    if not shape.orders:
        return "ID", None
    asked = given.get("order")
    name = next(iter(shape.orders)) if asked is None else str(getattr(asked, "name", asked))
    return name, shape.orders[name]


def row_key(shape: Shape, row: Row) -> str:
    value = row[list(shape.table.primary_key)[-1].name]
    return str(getattr(value, "hex", value))


def cursor_of(shape: Shape, given: Arguments, row: Row) -> str:
    """Which row of which order, nothing more."""
    return f"{order_of(shape, given)[0]}.{row_key(shape, row)}"


def malformed_cursor(shape: Shape, given: Arguments) -> bool:
    """Whether a cursor is none of this order: refused before anything runs."""
    by_code = list(shape.table.primary_key)[-1].name == "code"
    form = r"[0-9A-Za-z._-]{1,64}" if by_code else r"[0-9a-f]{32}"
    found = [cursor.partition(".") for cursor in cursors_in(given)]
    return any(name != order_of(shape, given)[0] or not re.fullmatch(form, key) for name, _, key in found)


def cursors_in(given: Arguments) -> list[str]:
    found = [given[name] for name in ("after", "before") if given.get(name) is not None]
    return [cursor for cursor in found if not cursor.startswith(WISH)]


def knows_cursors(shape: Shape, given: Arguments, base: Sequence[Row]) -> bool:
    """Whether the row of each cursor is in this list, whatever the filter."""
    there = {cursor_of(shape, given, row) for row in base} if cursors_in(given) else set()
    return there.issuperset(cursors_in(given))


def columns_named(shape: Shape, given: Arguments) -> Iterator[str]:
    """Columns that filter and order look at: the permissions of their fields are needed."""
    order = order_of(shape, given)[1]
    if order is not None:
        yield order.column.key
    for name in dict.fromkeys(name for name, _ in operators(given.get("filter"))):
        yield filters_of(shape)[name].column.key


def operators(given: Any) -> Iterator[tuple[str, str]]:
    """Every field and operator that a filter uses, at any depth."""
    for name, value in (given or {}).items():
        if name in ("and", "or"):
            for part in value or ():
                yield from operators(part)
        elif name == "not":
            yield from operators(value)
        else:
            yield from ((name, operator) for operator in value or ())


def faults_of(shape: Shape, given: Arguments) -> Iterator[tuple[str, tuple[str | int, ...] | None]]:
    """What is wrong with the operands of a filter: null, or not a value of the scalar."""
    yield from _faults(given.get("filter"), ("filter",))


def _faults(given: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...] | None]]:
    for name, value in (given or {}).items():
        if name in ("and", "or"):
            for i, part in enumerate(value or ()):
                yield from _faults(part, (*at, name, i))
        elif name == "not":
            yield from _faults(value, (*at, name))
        else:
            for operator, operand in (value or {}).items():
                if operand is None:
                    yield "BAD_USER_INPUT", (*at, name, operator)
                elif any(
                    isinstance(one, Faulty) for one in (operand if isinstance(operand, list) else [operand])
                ):
                    yield "BAD_USER_INPUT", None


def paged(shape: Shape, given: Arguments, base: Sequence[Row], wanted: Sequence[Row]) -> Page:
    """One page of the rows that were wanted: text by code points over its key, ties by id.

    `base` is the list before the filter: the row of a cursor need not pass it.
    """
    order = order_of(shape, given)[1]
    descending = order is not None and order.descending

    def place(row: Row) -> tuple[Any, str]:
        return (row[order.key.key] if order is not None else "", row_key(shape, row))

    def side(name: str, ahead: bool) -> list[Row]:
        """The rows on one side of a cursor, all without one."""
        cursor = given.get(name)
        if cursor is None:
            return every
        (anchor,) = [row for row in base if cursor_of(shape, given, row) == cursor]
        up, at = ahead is not descending, place(anchor)
        return [row for row in every if (place(row) > at if up else place(row) < at)]

    every = sorted(wanted, key=place, reverse=descending)
    ahead = side("after", True)
    left = [row for row in side("before", False) if row in ahead]
    size = page_size(given)
    more = len(left) > size
    rows = left[max(0, len(left) - size) :] if is_backward(given) else left[:size]
    cursors = [cursor_of(shape, given, row) for row in rows]
    info = {
        # A cursor's own row stands beside the page.
        "hasNextPage": given.get("before") is not None or (more and not is_backward(given)),
        "hasPreviousPage": given.get("after") is not None or (more and is_backward(given)),
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
    return Page(rows, cursors, len(wanted), info)


def is_unbounded(given: Any) -> bool:
    """Whether a filter has `or` or `not` and, beside them, nothing that surely narrows the list."""
    return _is_loose(given) and not _narrows(given)


def _is_loose(given: Any) -> bool:
    joined = [name for name in ("or", "not") if (given or {}).get(name) is not None]
    return bool(joined) or any(_is_loose(part) for part in (given or {}).get("and") or ())


def _narrows(given: Any) -> bool:
    """A condition that holds for every row of the list; `isNull` is none, nothing serves it."""
    for name, value in (given or {}).items():
        if name == "and" and any(_narrows(part) for part in value or ()):
            return True
        if name not in ("and", "or", "not") and any(operator != "isNull" for operator in value or ()):
            return True
    return False
