"""Nulls: a field promises a value only where the column keeps it, and the reader may always read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphql import GraphQLList, GraphQLNonNull

from ...access.rules import Rule
from ...errors import DeclarationError
from ..known import Known
from ..mutation import MutationSpec
from ..points import Point
from ..schema import Bound, Part, Schema
from ..shapes import Kind, Shape, shape_of
from ..sources import (
    Aggregated,
    ById,
    Column,
    Connected,
    Expression,
    Figured,
    Item,
    Localized,
    Lookup,
    Many,
    One,
    Tabled,
)
from . import holdings
from .columns import built, called, may_be_null, nullable
from .holdings import Held
from .indexes import needed_to_arrange
from .rights import is_place_rule, open_to_all, place_follows, row_follows
from .ties import equal_columns, holds_key

CURE = "Write `… | None`."


def null_faults(schema: Schema, part: Part) -> Iterator[str]:
    """A null under a promise makes a row vanish: what cannot be kept may not be promised."""
    for held in holdings.fields(schema, part):
        if not held.bound.nullable:
            reason = _broken_promise(schema, held)
            if reason:
                yield f"{held} {reason}. {CURE}"
    for spec, bound in holdings.mutations(schema, part):
        yield from _payload_faults(schema, spec, bound)


def _broken_promise(schema: Schema, held: Held) -> str | None:
    source, target = held.source, held.bound.target
    if getattr(source, "needs", None) and isinstance(source, Column | Expression | Item):
        return f"needs {source.needs!r}, and is null for those who lack it"
    match source:
        case Column() if nullable(source.of):
            return f"promises a value, and {called(source.of)} may be null"
        case Localized(id=id_, en=en) if nullable(id_) or nullable(en):
            return f"promises a value, and {called(id_ if nullable(id_) else en)} may be null"
        case Point() if nullable(source.longitude) or nullable(source.latitude):
            return f"promises a value, and {called(source.longitude)} may be null"
        case Tabled():
            return "promises a value, and there is none for a day before anything was counted"
        case Figured() if target is not None and not place_follows(read_of(held.owner), target.read):
            return f"promises figures, and not all who may read {held.owner.cls.__name__} may see them there"
        case Known():
            return "promises a value, and the host may not know the name"
        case Expression() if may_be_null(built(held.owner.table, source)):
            return "promises a value, and its expression may be null (coalesce(…, …) never is)"
        case Expression():
            return _broken_reading(held, source)
        case Lookup() | ById():
            return "promises a value, and there may be none"
        case One() if target is not None:
            return _broken_one(held, source, target)
        case Many() | Connected() | Aggregated() if target is not None and held.owner.kind is not Kind.ROOT:
            return _broken_list(schema, held, target)
    return None


def _broken_reading(held: Held, source: Expression) -> str | None:
    for read in map(shape_of, source.reads):
        if not place_follows(read_of(held.owner), read.read):
            whose = f"may see {read.cls.__name__} there"
            return f"promises a value, and not all who may read {held.owner.cls.__name__} {whose}"
    return None


def _broken_one(held: Held, source: One, target: Shape) -> str | None:
    try:
        here = [name for name, _ in equal_columns(held)]
        certain = holds_key(held) and source.only is None
    except DeclarationError:
        return None  # the tie is at fault, and said so already
    for name in here:
        if held.owner.table.c[name].nullable:
            return f"promises a value, and its key {name!r} may be null"
    if not certain:
        return "promises a value, and there may be none"
    if not row_follows(read_of(held.owner), target.read):
        return f"promises a value, and not all who may read it may read {target.cls.__name__}"
    return None


def _broken_list(schema: Schema, held: Held, target: Shape) -> str | None:
    if not place_follows(read_of(held.owner), target.read):
        whose = f"may see {target.cls.__name__} there"
        return f"promises a list, and not all who may read {held.owner.cls.__name__} {whose}"
    if isinstance(held.source, Connected) and needed_to_arrange(schema, target):
        return "promises a list, and one of its filters or orders needs a permission"
    return None


def read_of(owner: Shape) -> Sequence[Rule]:
    """Who reads a row of the owner; unknown, and so nobody, for a group that many may use."""
    return owner.read if owner.kind in (Kind.ENTITY, Kind.DOOR, Kind.FIGURES) else ()


def _payload_faults(schema: Schema, spec: MutationSpec, bound: Bound) -> Iterator[str]:
    """Whoever may change need not read: a reference in a payload is null then."""
    for field in schema.bound.get(bound.type.name, {}).values():
        target = field.target
        if target is None or target.kind is not Kind.ENTITY or not _promises(field):
            continue
        keys = {rule.key for rule in target.read}
        allowed = all(is_place_rule(rule) and rule.key in keys for rule in spec.needs)
        if not open_to_all(target.read) and not allowed:
            yield (
                f"{bound.type.name}.{holdings.python_name(field)} promises a value, and not all who may "
                f"{spec.name} may read {target.cls.__name__}. {CURE}"
            )


def _promises(field: Bound) -> bool:
    """Whether an object, or an object in a list, is promised."""
    gtype: object = field.graphql.type
    inner = gtype.of_type if isinstance(gtype, GraphQLNonNull) else gtype
    if isinstance(inner, GraphQLList):
        return isinstance(inner.of_type, GraphQLNonNull)
    return not field.nullable
