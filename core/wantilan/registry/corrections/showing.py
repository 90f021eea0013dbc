"""How clients see what a correction changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...graph.naming import camel_case
from ...graph.scalars import Json


def shown_values(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """The new values of each row by the names of fields; of a NIK the masked text."""
    return [_shown(row["changes"], row["nik_masked"] is not None, row["nik_masked"]) for row in rows]


def shown_former(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """The values that they replace; a NIK stands there only where it is replaced."""
    return [_shown(row["former"], row["nik_masked"] is not None, row["former_nik_masked"]) for row in rows]


def _shown(values: Mapping[str, Any], of_nik: bool, masked: str | None) -> Json:
    shown = {camel_case(name): value for name, value in values.items()}
    return Json({**shown, "nik": masked} if of_nik else shown)
