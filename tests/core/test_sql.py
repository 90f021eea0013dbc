"""JSON text from SQL: each type and each silent difference between the databases, one table for both."""

from __future__ import annotations

import enum
import json
import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from wantilan.graph.sql import Postgres, Sqlite
from wantilan.store.types import Amount, Instant, PlainText
from wantilan.testing.plugin import Templates


class Mood(enum.Enum):
    GOOD = "good"


WITA = timezone(timedelta(hours=8))
MOMENT = datetime(2026, 11, 23, 10, 5, 6, 789999, tzinfo=WITA)
CASES: list[tuple[str, Any, Any, str]] = [
    ("text", PlainText, 'a "quoted" \\ back', '"a \\"quoted\\" \\\\ back"'),
    ("control characters", PlainText, "a\tb\nc\x01", '"a\\tb\\nc\\u0001"'),
    ("unicode", PlainText, "Désa \u2028 ᬩᬮᬶ 🛕", '"Désa \u2028 ᬩᬮᬶ 🛕"'),
    ("a text that looks like null", PlainText, "null", '"null"'),
    ("a text that looks like a marker", PlainText, '{"$0":"x"}', '"{\\"$0\\":\\"x\\"}"'),
    ("empty text", PlainText, "", '""'),
    ("true", sa.Boolean(), True, "true"),
    ("false", sa.Boolean(), False, "false"),
    ("integer", sa.Integer(), -7, "-7"),
    ("the largest amount", Amount(), 2**53 - 1, "9007199254740991"),
    ("a word", sa.Enum(Mood, native_enum=False), Mood.GOOD, '"GOOD"'),
    ("date", sa.Date(), date(2026, 2, 3), '"2026-02-03"'),
    ("an early date", sa.Date(), date(123, 4, 5), '"0123-04-05"'),
    ("instant", Instant(), MOMENT, '"2026-11-23T02:05:06.789Z"'),
    ("instant at midnight", Instant(), datetime(2026, 1, 1, tzinfo=UTC), '"2026-01-01T00:00:00.000Z"'),
    ("uuid", sa.Uuid(), UUID(int=10), f'"{UUID(int=10).hex}"'),
    ("decimal", sa.Double(), 115.0926, "115.092600"),
    ("negative decimal", sa.Double(), -8.5, "-8.500000"),
]
NULLS = [(name, type_) for name, type_, _, _ in CASES]


def statement(dialect: Any, type_: Any, value: Any) -> tuple[str, Any]:
    """`SELECT <leaf of a bound value>`, as a plan would write it."""
    text, keys = dialect.number_slots("SELECT " + dialect.leaf(type_, dialect.slot("v", type_)))
    process = dialect.processor(type_)
    bound = process(value) if process and value is not None else value
    return text, dialect.bind(keys, [bound])


def on_sqlite(type_: Any, value: Any) -> Any:
    with sqlite3.connect(":memory:") as connection:
        (found,) = connection.execute(*statement(Sqlite(), type_, value)).fetchone()
    connection.close()
    return found if found is None else str(found)


@pytest.fixture(scope="module")
def postgres(wantilan_templates: Templates) -> str:
    wantilan_templates.server.create_database("leaves")
    return wantilan_templates.server.url("leaves")


async def on_postgres(url: str, type_: Any, value: Any) -> Any:
    connection = await asyncpg.connect(url)
    try:
        text, values = statement(Postgres(), type_, value)
        return await connection.fetchval(text, *values)
    finally:
        await connection.close()


@pytest.mark.parametrize(("type_", "value", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
async def test_a_value_is_the_same_json_on_both_databases(
    postgres: str, type_: Any, value: Any, expected: str
) -> None:
    found = [on_sqlite(type_, value), await on_postgres(postgres, type_, value)]
    assert [json.loads(text) for text in found] == [json.loads(expected)] * 2
    assert found == [expected] * 2


@pytest.mark.parametrize("type_", [t for _, t in NULLS], ids=[name for name, _ in NULLS])
async def test_null_stays_null_for_every_type(postgres: str, type_: Any) -> None:
    """A NULL that became a text, a zero or `false` would show a value that is not there."""
    assert on_sqlite(type_, None) is None
    assert await on_postgres(postgres, type_, None) is None


@given(st.text().filter(lambda text: "\x00" not in text))
def test_any_text_survives_sqlite(text: str) -> None:
    encodable = text.encode("utf-8", "ignore").decode()
    assert json.loads(on_sqlite(PlainText, encodable)) == encodable


def test_a_constant_of_ours_cannot_hold_a_quote() -> None:
    from wantilan.graph.sql import literal, name

    with pytest.raises(AssertionError):
        literal("it's")
    with pytest.raises(AssertionError):
        name("a-b")
    assert literal('{"a":') == "'{\"a\":'"
