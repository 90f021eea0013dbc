"""Questions about tables: which columns an index serves, what is unique, what may be null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    Case,
    Grouping,
    Label,
    Null,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.util import ClauseAdapter

from ..shapes import shape_of
from ..sources import Attribute, Expression
from ..sql import DIALECTS


def belongs(column: Attribute, table: sa.Table) -> bool:
    return column.class_.__table__ is table


def nullable(column: Attribute) -> bool:
    return bool(column.property.columns[0].nullable)


def called(column: Attribute) -> str:
    """`Intake.mass_grams`: how an author writes it."""
    return f"{column.class_.__name__}.{column.key}"


# Keys and indexes


@dataclass(frozen=True)
class Unique:
    """Columns that are unique together; `where` holds the texts of a partial index, by dialect."""

    columns: frozenset[str]
    where: tuple[tuple[str, str], ...] = ()


def begins_index(table: sa.Table, *columns: str) -> bool:
    """Whether a key or an index over all rows begins with these columns, in this order."""
    return any(tuple(known[: len(columns)]) == columns for known in orders(table))


def serves(table: sa.Table, equal: frozenset[str], then: str) -> bool:
    """Whether a key or an index over all rows finds these columns equal and then goes along another."""
    return any(
        frozenset(known[: len(equal)]) == equal and known[len(equal) : len(equal) + 1] == [then]
        for known in orders(table)
    )


def orders(table: sa.Table) -> Iterator[list[str]]:
    yield [column.name for column in table.primary_key]
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if not _where(index):
            yield [getattr(expression, "name", "") for expression in index.expressions]


def uniques(table: sa.Table) -> Iterator[Unique]:
    yield Unique(frozenset(column.name for column in table.primary_key))
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield Unique(frozenset(column.name for column in constraint.columns))
    for index in table.indexes:
        if index.unique:
            names = frozenset(getattr(expression, "name", "") for expression in index.expressions)
            yield Unique(names, _where(index))


def _where(index: sa.Index) -> tuple[tuple[str, str], ...]:
    found = {name: index.dialect_options[name].get("where") for name in sorted(DIALECTS)}
    return tuple(
        (name, _plain(condition, name)) for name, condition in found.items() if condition is not None
    )


def condition_texts(condition: ColumnElement[bool]) -> tuple[tuple[str, str], ...]:
    """A condition as the WHERE of a partial index would say it, in both dialects."""
    return tuple((name, _plain(condition, name)) for name in sorted(DIALECTS))


def _plain(condition: ColumnElement[bool], dialect: str) -> str:
    options = {"literal_binds": True, "include_table": False}
    return " ".join(str(condition.compile(dialect=DIALECTS[dialect].dialect, compile_kwargs=options)).split())


def moved(condition: ColumnElement[bool], table: FromClause) -> ColumnElement[bool]:
    """The condition over another alias of its table."""
    return ClauseAdapter(table).traverse(condition)


# Equal columns


def pairs(condition: ColumnElement[bool], here: FromClause, there: FromClause) -> list[tuple[str, str]]:
    """The columns, here and there, that a link sets equal; empty for any other condition."""
    found: list[tuple[str, str]] = []
    for clause in condition.clauses if isinstance(condition, BooleanClauseList) else [condition]:
        if not isinstance(clause, BinaryExpression) or clause.operator is not operators.eq:
            return []
        sides = {getattr(side, "table", None): side for side in (clause.left, clause.right)}
        if here not in sides or there not in sides:
            return []
        found.append((str(sides[here].key), str(sides[there].key)))
    return found


# Expressions


def built(table: sa.Table, source: Expression) -> ColumnElement[Any]:
    """An expression over its own table and those that it reads. Raises what its author's function raises."""
    made: ColumnElement[Any] = source.build(
        table.alias(), *(shape_of(cls).table.alias() for cls in source.reads)
    )
    return made


def strangers(table: sa.Table, source: Expression) -> list[str]:
    """The tables that an expression names and was not given: no wall would stand before their rows."""
    given: list[FromClause] = [table.alias(), *(shape_of(cls).table.alias() for cls in source.reads)]
    return others(source.build(*given), given)


def others(made: ColumnElement[Any], given: Iterable[FromClause]) -> list[str]:
    """The tables that a piece of SQL names, those that it was given aside."""
    given = list(given)
    read = list(made._from_objects)
    for element in visitors.iterate(made):
        if isinstance(element, sa.Select):
            read += element.get_final_froms()
    return sorted({str(getattr(one, "name", one)) for one in _tables(read) if one not in given})


def _tables(read: Iterable[FromClause]) -> Iterator[FromClause]:
    """Tables and their aliases; a sub-select is looked into by itself."""
    for one in read:
        if isinstance(one, sa.Join):
            yield from _tables([one.left, one.right])
        elif isinstance(one, sa.Table | sa.Alias) and not isinstance(one, sa.Subquery):
            yield one


# Nulls

DIVISIONS = (operators.truediv, operators.floordiv, operators.mod)
"""By nothing: NULL on SQLite."""


def may_be_null(element: object) -> bool:
    """Whether an expression can be NULL, as far as it can be told from its form; when in doubt, it can."""
    match element:
        case sa.Column():
            return bool(element.nullable)
        case Null():
            return True
        case BindParameter():
            return element.value is None
        case Label() | Grouping():
            return may_be_null(element.element)
        case sa.Exists():
            return False
        case sa.ScalarSelect():
            chosen = list(element.element.selected_columns)
            grouped = bool(getattr(element.element, "_group_by_clauses", ()))
            return grouped or len(chosen) != 1 or not _is_count(chosen[0])
        case Case():
            otherwise = element.else_
            results = [result for _, result in element.whens]
            return otherwise is None or may_be_null(otherwise) or any(map(may_be_null, results))
        case BinaryExpression() if element.operator in (operators.is_, operators.is_not):
            return False
        case BinaryExpression() if element.operator in DIVISIONS:
            return True
        case FunctionElement() if element.name == "nullif":
            return True
        case FunctionElement() if element.name == "coalesce":
            return all(map(may_be_null, element.clauses))
        case FunctionElement() if _is_count(element):
            return False
        case sa.ColumnElement():
            return any(map(may_be_null, element.get_children()))
        case sa.sql.expression.ClauseList():
            return any(map(may_be_null, element.clauses))
    return False


def _is_count(element: object) -> bool:
    return isinstance(element, FunctionElement) and element.name == "count"
