"""JSON text from SQL on both databases: leaf, object, array; and each silent difference, fixed once.

Every function here takes and gives SQL text. No text of a client ever comes in: only aliases, names of
columns, and slots. A slot stands for a value that is bound when the statement runs.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import aiosqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..store.types import Instant
from ..store.walls import SETTING

OPEN, CLOSE = "\x01", "\x02"
SLOT = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
SET = re.compile("\x03([^\x04]*)\x04")
"""A select that stands once, with a name, in front of the statement: the villages of an actor, a bound
list.
"""
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")
LITERAL = re.compile(r"[\w{}\[\]\":,$ .~-]*\Z")
NULL = "'null'"
Processor = Callable[[Any], Any] | None
TEXT, ID, INTEGER, DAY = sa.Text(), sa.Uuid(), sa.Integer(), sa.Date()
"""The types of what is bound, made once: a plan binds some dozen values."""


def literal(text: str) -> str:
    """A constant of ours as a SQL literal. It can hold no quote: the form is asserted."""
    assert LITERAL.match(text), text
    return f"'{text}'"


def name(text: str) -> str:
    """A GraphQL name or an alias; asserted, since it comes from a document."""
    assert NAME.match(text), text
    return text


def concat(*parts: str) -> str:
    """Parts joined to one text; neighbouring literals melt into one.

    No parentheses: SQLite's parser has a stack of 100, and each level of an answer would cost it one more.
    Every part binds tighter than `||`, or is an argument of its own.
    """
    return "||".join(part for part in parts if part != "''").replace("'||'", "")


def bare(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type below our own decorators."""
    while isinstance(type_, TypeDecorator) and not isinstance(type_, Instant):
        type_ = type_.impl_instance
    return type_


class Dialect(ABC):
    """What both databases share. `dialect` is SQLAlchemy's: it compiles declared pieces and converts
    values.
    """

    name: str
    dialect: sa.Dialect
    hoists = False
    """Whether lists inside a row become columns of their own. SQLite's parser (before 3.46) has a stack
    of 100 symbols: with each list inside the text of its row, twelve levels would not fit.
    """
    true, false = "true", "false"

    def __init__(self) -> None:
        self._processors: dict[TypeEngine[Any], Processor] = {}

    def record(self, pairs: Sequence[tuple[str, str]]) -> str:
        """A JSON object from response names and JSON texts."""
        if not pairs:
            return "'{}'"
        parts: list[str] = []
        for i, (key, value) in enumerate(pairs):
            parts += [literal(("{" if not i else ",") + f'"{name(key)}":'), value]
        return concat(*parts, "'}'")

    def array(self, items: str, where: str | None = None) -> str:
        """A JSON array from an aggregate over a column of JSON texts."""
        chosen = f" FILTER (WHERE {where})" if where else ""
        return concat("'['", f"coalesce({self.joined(items)}{chosen},'')", "']'")

    def placeholder(self, number: int) -> str:
        """What stands in a row's text for a list: it begins with a control character, which JSON never
        holds.
        """
        return f"char(31)||'{number};'"

    def choice(self, condition: str | None, inside: str, otherwise: str) -> str:
        """`inside` where the condition is true, for sure. What nests stands last: it costs the parser least
        there.
        """
        return (
            inside
            if condition is None
            else f"CASE WHEN ({condition}) IS NOT TRUE THEN {otherwise} ELSE {inside} END"
        )

    def boolean(self, condition: str) -> str:
        return f"(CASE WHEN {condition} THEN 'true' ELSE 'false' END)"

    def processor(self, type_: TypeEngine[Any]) -> Processor:
        """How a Python value of this type is handed to the driver."""
        if type_ not in self._processors:
            self._processors[type_] = type_.dialect_impl(self.dialect).bind_processor(self.dialect)
        return self._processors[type_]

    def named_sets(self, text: str) -> tuple[str, list[str]]:
        """The text with names in place of its sets, and what stands behind each name."""
        names: dict[str, str] = {}
        made = SET.sub(lambda m: names.setdefault(m[1], f"s{len(names)}"), text)
        return made, [f"{name} AS MATERIALIZED ({select})" for select, name in names.items()]

    def leaf(self, type_: TypeEngine[Any], text: str) -> str:
        """The JSON text of one value; NULL for NULL, on both databases."""
        kind = bare(type_)
        if isinstance(kind, Instant):
            return self.instant(text)
        if isinstance(kind, sa.Boolean):
            return f"CASE WHEN {text} THEN 'true' WHEN NOT {text} THEN 'false' END"
        if isinstance(kind, sa.Enum):
            return concat("'\"'", text, "'\"'")
        if isinstance(kind, sa.Integer):
            return self.number(text)
        if isinstance(kind, sa.Uuid):
            return concat("'\"'", self.hex(text), "'\"'")
        if isinstance(kind, sa.Date):
            return self.day(text)
        if isinstance(kind, sa.Numeric | sa.Float):
            return self.decimal(text)
        if isinstance(kind, sa.JSON):
            return self.json(text)
        return self.quoted(text)

    def constant(self, value: object) -> tuple[Any, TypeEngine[Any]]:
        """A Python value as JSON text to be bound."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")), TEXT

    # What differs
    @abstractmethod
    def joined(self, items: str) -> str: ...

    @abstractmethod
    def number(self, text: str) -> str: ...

    @abstractmethod
    def decimal(self, text: str) -> str: ...

    @abstractmethod
    def quoted(self, text: str) -> str: ...

    @abstractmethod
    def hex(self, text: str) -> str: ...

    @abstractmethod
    def day(self, text: str) -> str: ...

    @abstractmethod
    def instant(self, text: str) -> str: ...

    @abstractmethod
    def json(self, text: str) -> str: ...

    @abstractmethod
    def total(self, text: str) -> str: ...

    @abstractmethod
    def at_end(self, column: str, size: str, *, last: bool, backward: bool) -> str:
        """The column of the row numbered 1 in `rn`, or of the last one up to `size`.

        `backward`: the rows come with falling numbers.
        """

    @abstractmethod
    def slot(self, key: str, type_: TypeEngine[Any]) -> str: ...

    @abstractmethod
    def list_slot(self, key: str, type_: TypeEngine[Any]) -> str: ...

    @abstractmethod
    def among(self, column: str, slot: str) -> str: ...

    @abstractmethod
    def villages(self, slot: str) -> str: ...

    @abstractmethod
    def inside(self, village: str, slot: str) -> str: ...

    @abstractmethod
    def one_of(self, village: str, slot: str) -> str: ...

    @abstractmethod
    def covers(self, code: str, slot: str) -> str: ...

    @abstractmethod
    def elements(self, slot: str, alias: str) -> tuple[str, str, str]: ...

    @abstractmethod
    def element(self, slot: str, index: int) -> str:
        """One text of a bound list, counted from 0; NULL behind its end."""

    @abstractmethod
    def list_value(self, values: Sequence[Any]) -> Any: ...

    @abstractmethod
    def statement(self, data: str, wall: str) -> str: ...

    @abstractmethod
    def number_slots(self, text: str) -> tuple[str, list[str]]: ...

    @abstractmethod
    def bind(self, keys: Sequence[str], values: Sequence[Any]) -> Any: ...


class Postgres(Dialect):
    name = "postgresql"
    dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]

    def joined(self, items: str) -> str:
        return f"string_agg({items},',')"

    def number(self, text: str) -> str:
        return f"({text})::text"

    def decimal(self, text: str) -> str:
        return f"round(({text})::numeric,6)::text"

    def quoted(self, text: str) -> str:
        return f"to_json({text})::text"

    def hex(self, text: str) -> str:
        return f"replace(({text})::text,'-','')"

    def day(self, text: str) -> str:
        return f"to_json({text})::text"  # whatever the session's DateStyle; to_char costs four times as much

    def instant(self, text: str) -> str:
        moment = f"to_char(({text}) AT TIME ZONE 'UTC','YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
        return concat("'\"'", moment, "'\"'")

    def json(self, text: str) -> str:
        return f"({text})::text"

    def total(self, text: str) -> str:
        return f"coalesce(sum({text}),0)::bigint"

    def at_end(self, column: str, size: str, *, last: bool, backward: bool) -> str:
        number = f"least({'count(*)' if last else 1},{size})"
        return f"(array_agg({column}))[{f'count(*)-{number}+1' if backward else number}]"

    def slot(self, key: str, type_: TypeEngine[Any]) -> str:
        return f"{OPEN}{key}{CLOSE}::{self.type_name(type_)}"

    def list_slot(self, key: str, type_: TypeEngine[Any]) -> str:
        return f"{OPEN}{key}{CLOSE}::{self.type_name(type_)}[]"

    def type_name(self, type_: TypeEngine[Any]) -> str:
        kind = bare(type_)
        if isinstance(kind, Instant):
            return "timestamptz"
        if isinstance(kind, sa.Text | sa.Enum):
            return "text"
        return str(self.dialect.type_compiler_instance.process(kind.dialect_impl(self.dialect)))

    def among(self, column: str, slot: str) -> str:
        return f"{column} = ANY ({slot})"

    def villages(self, slot: str) -> str:
        under = "v.code >= p AND v.code < p || '~'"
        return f"SELECT ARRAY(SELECT v.id FROM village v, unnest({slot}) AS p WHERE {under}) AS ids"

    def inside(self, village: str, slot: str) -> str:
        return self.one_of(village, f"(SELECT s.ids FROM \x03{self.villages(slot)}\x04 s)::uuid[]")

    def one_of(self, village: str, slot: str) -> str:
        # Written so that PostgreSQL neither uses it for an index nor believes that it halves the rows: the
        # link and the key find them (a plain = ANY(…) beside them chose wrong indexes: 31 ms, not 10).
        return f"nullif({village} = ANY ({slot}),false) IS NOT NULL"

    def covers(self, code: str, slot: str) -> str:
        return f"EXISTS (SELECT 1 FROM unnest({slot}) AS p WHERE {code} >= p AND {code} < p || '~')"

    def elements(self, slot: str, alias: str) -> tuple[str, str, str]:
        return f"unnest({slot}) WITH ORDINALITY AS {alias}(value, place)", f"{alias}.value", f"{alias}.place"

    def element(self, slot: str, index: int) -> str:
        return f"({slot})[{index + 1}]"

    def list_value(self, values: Sequence[Any]) -> Any:
        return list(values)

    def statement(self, data: str, wall: str) -> str:
        # All tables stay inside the target list: only there is the wall surely up before they are read.
        text, sets = self.named_sets(data)
        parts = [f"wall AS MATERIALIZED (SELECT set_config('{SETTING}',{wall},true))", *sets]
        return f"WITH {','.join(parts)} SELECT {text} AS data FROM wall"

    def number_slots(self, text: str) -> tuple[str, list[str]]:
        keys: dict[str, int] = {}
        made = SLOT.sub(lambda m: f"${keys.setdefault(m[1], len(keys) + 1)}", text)
        return made, list(keys)

    def bind(self, keys: Sequence[str], values: Sequence[Any]) -> Any:
        return values


class Sqlite(Dialect):
    name = "sqlite"
    hoists = True
    dialect = aiosqlite.dialect()

    def joined(self, items: str) -> str:
        return f"group_concat({items},',')"

    def number(self, text: str) -> str:
        return f"({text})"

    def decimal(self, text: str) -> str:
        return f"iif({text} IS NULL,NULL,printf('%.6f',{text}))"  # printf makes a zero of NULL

    def quoted(self, text: str) -> str:
        return f"nullif(json_quote({text}),'null')"  # json_quote makes a text of NULL; text itself is quoted

    def hex(self, text: str) -> str:
        return text

    def day(self, text: str) -> str:
        return concat("'\"'", text, "'\"'")

    def instant(self, text: str) -> str:
        return concat("'\"'", text, "'\"'")

    def json(self, text: str) -> str:
        return text

    def total(self, text: str) -> str:
        return f"coalesce(sum({text}),0)"

    def at_end(self, column: str, size: str, *, last: bool, backward: bool) -> str:
        # The number in front makes the last row the greatest text; it is cut off again.
        numbered = concat("printf('%07d',x.rn)", column)
        return f"substr({'max' if last else 'min'}({numbered}) FILTER (WHERE x.rn <= {size}),8)"

    def slot(self, key: str, type_: TypeEngine[Any]) -> str:
        return f"{OPEN}{key}{CLOSE}"

    def list_slot(self, key: str, type_: TypeEngine[Any]) -> str:
        return f"{OPEN}{key}{CLOSE}"

    def among(self, column: str, slot: str) -> str:
        return f"{column} IN \x03SELECT value FROM json_each({slot})\x04"

    def villages(self, slot: str) -> str:
        under = "v.code >= p.value AND v.code < p.value || '~'"
        return f"SELECT v.id FROM json_each({slot}) p JOIN village v ON {under}"

    def inside(self, village: str, slot: str) -> str:
        # The + keeps this out of the choice of an index: the link or the key is always the better one.
        return f"+{village} IN \x03{self.villages(slot)}\x04"

    def one_of(self, village: str, slot: str) -> str:
        return self.among(f"+{village}", slot)

    def covers(self, code: str, slot: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM json_each({slot}) p WHERE {code} >= p.value AND {code} < p.value || '~')"
        )

    def elements(self, slot: str, alias: str) -> tuple[str, str, str]:
        return f"json_each({slot}) {alias}", f"{alias}.value", f"{alias}.key"

    def element(self, slot: str, index: int) -> str:
        return f"json_extract({slot},'$[{index}]')"

    def list_value(self, values: Sequence[Any]) -> Any:
        return json.dumps(values)

    def statement(self, data: str, wall: str) -> str:
        text, sets = self.named_sets(data)
        return f"{'WITH ' if sets else ''}{','.join(sets)} SELECT {text} AS data"

    def number_slots(self, text: str) -> tuple[str, list[str]]:
        keys: dict[str, int] = {}
        made = SLOT.sub(lambda m: f":p{keys.setdefault(m[1], len(keys))}", text)
        return made, list(keys)

    def bind(self, keys: Sequence[str], values: Sequence[Any]) -> Any:
        return {f"p{i}": value for i, value in enumerate(values)}


DIALECTS: dict[str, type[Dialect]] = {"sqlite": Sqlite, "postgresql": Postgres}
