"""Declarations are checked when the schema is built: each fault stops the program with a line that teaches."""

from __future__ import annotations

from .schema import Part, Schema


def check_part(schema: Schema, part: Part) -> None: ...
