"""How clients see what an event changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ...graph.naming import camel_case
from ...graph.relay import encode_id
from ...graph.scalars import Json
from ...store.tables import sql_table
from ..models import Hamlet, Household
from .timeline import STAYS_IN

_IDS = {
    "hamlet_id": sql_table(Hamlet).name,
    "household_id": sql_table(Household).name,
    STAYS_IN: sql_table(Household).name,
}


def shown_changes(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """The changes of each row by the names of fields, with ids as the API writes them."""
    return [Json({camel_case(name): _shown(row, name) for name in row["changes"]}) for row in rows]


def _shown(row: Mapping[str, Any], name: str) -> Any:
    value = row["changes"][name]
    if value is None or name not in _IDS:
        return value
    return encode_id(_IDS[name], UUID(str(row["village_id"])), UUID(hex=value))
