"""Enumerations: a Python enumeration becomes a GraphQL one as it stands, values stored as they are named."""

from __future__ import annotations

import enum
from typing import Any

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from .docstrings import attribute_docstrings, class_docstring


def adopt_enum(words: type[enum.Enum]) -> None:
    """Make a Python enumeration a GraphQL one, with the strings below its members as descriptions.

    Strawberry adopts what stands in an annotation by itself, and knows no descriptions: they are completed.
    """
    if "__strawberry_definition__" not in words.__dict__:
        strawberry.enum(words)
    definition: StrawberryEnumDefinition = words.__dict__["__strawberry_definition__"]
    definition.description = definition.description or class_docstring(words) or None
    if all(value.description for value in definition.values):
        return
    docs = attribute_docstrings(words)
    for value in definition.values:
        label = getattr(words[value.name], "label", None) if value.name in words.__members__ else None
        value.description = (
            value.description or docs.get(value.name) or (label.en if label is not None else None)
        )


def adopt_all(annotated: Any) -> None:
    """Complete the enumeration inside a resolved annotation, below lists and optionals; others are left."""
    while hasattr(annotated, "of_type"):
        annotated = annotated.of_type
    if isinstance(annotated, StrawberryEnumDefinition):
        adopt_enum(annotated.wrapped_cls)  # type: ignore[arg-type]
