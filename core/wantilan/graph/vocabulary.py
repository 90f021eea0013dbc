"""Enumerations: a Python enumeration becomes a GraphQL one as it stands, values stored as they are named."""

from __future__ import annotations

import enum

import strawberry

from .docstrings import attribute_docstrings, class_docstring


def adopt_enum(words: type[enum.Enum]) -> None:
    """Make a Python enumeration a GraphQL one, with the strings below its members as descriptions."""
    if "__strawberry_definition__" in words.__dict__:
        return
    docs = attribute_docstrings(words)
    strawberry.enum(words, description=class_docstring(words) or None)
    for value in words.__strawberry_definition__.values:  # type: ignore[attr-defined]
        label = getattr(words[value.name], "label", None)
        value.description = docs.get(value.name) or (label.en if label is not None else None)
