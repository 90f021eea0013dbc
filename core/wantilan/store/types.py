"""Column types: one meaning each, the same on SQLite and on PostgreSQL.

Text sorts by code point on both databases (`COLLATE "C"`). Instants are UTC, in milliseconds: what a
JavaScript `Date` can hold, so that a value read by a client compares equal when it is sent back.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any, NewType
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

VillageId = NewType("VillageId", UUID)
Grams = NewType("Grams", int)
Rupiah = NewType("Rupiah", int)
GramsChange = NewType("GramsChange", int)
RupiahChange = NewType("RupiahChange", int)
RegionCode = NewType("RegionCode", str)

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that JSON carries exactly to a JavaScript client."""

PlainText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, cut to milliseconds. Refuses a datetime without a zone (ValueError)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True, precision=3))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        moment = value.astimezone(UTC)
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        return moment if dialect.name == "postgresql" else instant_text(moment)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.astimezone(UTC)


def instant_text(moment: datetime) -> str:
    """RFC 3339 with milliseconds and `Z`: how SQLite stores an instant and how JSON shows it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Amount(sa.types.TypeDecorator[int]):
    """A whole number of grams or rupiah from 0 to 2^53-1; the table gets a CHECK that says so."""

    impl = sa.BigInteger
    cache_ok = True


class Change(sa.types.TypeDecorator[int]):
    """A whole number of grams or rupiah from -(2^53-1) to 2^53-1: by how much an amount changed. The table
    gets a CHECK that says so.
    """

    impl = sa.BigInteger
    cache_ok = True


TYPES: dict[Any, Any] = {
    str: PlainText,
    bytes: sa.LargeBinary,
    datetime: Instant(),
    Grams: Amount(),
    Rupiah: Amount(),
    GramsChange: Change(),
    RupiahChange: Change(),
    VillageId: sa.Uuid(),
    RegionCode: PlainText,
    float: sa.Double(),
    dict[str, Any]: sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
    enum.Enum: sa.Enum(enum.Enum, native_enum=False, create_constraint=False, length=40),
}
"""What a bare annotation in a table means."""
