"""The permissions that declarations name: a misspelt one would close a door for ever, without a word."""

from __future__ import annotations

from collections.abc import Iterator, Set

from ...access.rules import Rule
from ..schema import Part, Schema
from ..shapes import Kind
from . import holdings


def permission_faults(schema: Schema, part: Part, known: Set[str]) -> Iterator[str]:
    """Where the part names a permission that no installed program declares."""
    for where, name in dict.fromkeys(_named(schema, part)):
        if name not in known:
            cure = f"Declare Permission({name!r}, …), or correct it."
            yield f"{where} names the unknown permission {name!r}. {cure}"


def _named(schema: Schema, part: Part) -> Iterator[tuple[str, str]]:
    for shape in holdings.shapes(part):
        if shape.kind in (Kind.ENTITY, Kind.SUMMARY, Kind.TABLE):
            yield from ((f"{shape.cls.__name__}.read", name) for name in map(_of, shape.read) if name)
    for held in holdings.fields(schema, part):
        needs = getattr(held.source, "needs", None)
        if isinstance(needs, str):
            yield str(held), needs
    for spec, _ in holdings.mutations(schema, part):
        yield from ((spec.name, name) for name in map(_of, spec.needs) if name)


def _of(rule: Rule) -> str | None:
    """The permission of a rule; None for one that asks where a person belongs."""
    found = getattr(rule, "permission", None)
    return found if isinstance(found, str) else None
