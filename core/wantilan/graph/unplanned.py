"""What does not plan: introspection, and root fields that are ordinary resolvers."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import FieldNode

from .schema import Schema

SCHEMA_FIELDS = ("__schema", "__type")
"""Introspection: answered from the schema itself."""


def unplanned_roots(schema: Schema) -> tuple[str, ...]:
    """All root fields of queries that no plan answers. Mutations run their functions and are not among them;
    what they refer to is planned.
    """
    resolved = [name for name, bound in schema.bound["Query"].items() if not schema.is_planned(bound)]
    return (*SCHEMA_FIELDS, *sorted(resolved))


def unplanned_among(schema: Schema, roots: Iterable[list[FieldNode]]) -> list[str]:
    """Those that one query asks for, each once: names of the schema, never aliases."""
    asked = dict.fromkeys(nodes[0].name.value for nodes in roots)
    bound = schema.bound["Query"]
    return [
        name
        for name in asked
        if name in SCHEMA_FIELDS or (name in bound and not schema.is_planned(bound[name]))
    ]
