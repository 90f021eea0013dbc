"""Sources that can do what is asked of them: columns of the right table, kinds of class that fit."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from graphql import GraphQLObjectType, get_named_type, is_abstract_type

from ...access.rules import is_region
from ...store.tables import ReferenceTable, VillageTable
from ..known import Known
from ..points import Point
from ..schema import Part, Schema
from ..shapes import Kind, Shape, shape_of
from ..sources import (
    Aggregated,
    Amount,
    Attribute,
    ById,
    ByIds,
    Cell,
    Cells,
    Column,
    Computed,
    Connected,
    Derived,
    Expression,
    Figured,
    Folded,
    Followed,
    Grouped,
    Item,
    Key,
    Listed,
    Localized,
    Lookup,
    Many,
    One,
    PeriodDay,
    Said,
    Sum,
    Tabled,
    Tokens,
    VillagesCounted,
)
from ..sources import Part as PartOfRow
from ..sql import bare
from . import holdings
from .columns import begins_index, belongs, called, nullable, uniques
from .holdings import Held

ROW = (
    Column,
    Expression,
    Localized,
    Point,
    Known,
    Computed,
    Grouped,
    Key,
    Listed,
    One,
    Many,
    Aggregated,
    Connected,
    VillagesCounted,
    Tabled,
    Figured,
)
ALLOWED: dict[Kind, tuple[type, ...]] = {
    Kind.ENTITY: ROW,
    Kind.DOOR: ROW,
    Kind.GROUP: ROW,
    Kind.SUMMARY: (Column, Folded),
    Kind.SUBSCRIPTION: (Followed,),
    Kind.ROOT: (Lookup, ById, ByIds, Connected, Listed, Many),
    Kind.LISTED: (Item,),
    Kind.TABLE: (Said, Cell, Cells, PartOfRow, Amount),
    Kind.FIGURES: (Sum, Derived, PeriodDay, Aggregated),
}
TARGETS: dict[type, Kind] = {
    One: Kind.ENTITY, Many: Kind.ENTITY, Connected: Kind.ENTITY, Lookup: Kind.ENTITY,
    Followed: Kind.ENTITY,
    Aggregated: Kind.SUMMARY, Grouped: Kind.GROUP, Listed: Kind.LISTED,
    Tabled: Kind.TABLE, Cells: Kind.TABLE, Figured: Kind.FIGURES,
}  # fmt: skip
DECORATORS = {
    Kind.ENTITY: "@entity", Kind.SUMMARY: "@summary", Kind.GROUP: "@group_of", Kind.LISTED: "@listing",
    Kind.TABLE: "@table or @cells_of", Kind.FIGURES: "@figures",
}  # fmt: skip


def sourcing_faults(schema: Schema, part: Part) -> Iterator[str]:
    for held in holdings.fields(schema, part):
        faults = (
            list(_misplaced(held))
            or list(_mistargeted(held))
            or [*_unlike(held), *_strangers(held), *_unfit(held)]
        )
        yield from faults


def _misplaced(held: Held) -> Iterator[str]:
    kind, source = held.owner.kind, held.source
    allowed = ALLOWED.get(kind)
    if allowed is None or isinstance(source, allowed):
        return
    if source is None:
        if kind is Kind.SUBSCRIPTION:
            yield f"{held} follows no event. Say which: follow(…)."
        elif kind is Kind.FIGURES:
            yield f"{held} has no source. Say which: sum_of(), count_of(), derived(), aggregate(between=…)."
        elif kind is not Kind.ROOT:
            yield (
                f"{held} has a resolver, and below the root nothing fetches. "
                f"Say where it comes from: column(), expression(), one(), many(), connection(), computed()."
            )
        return
    yield f"{held}: {type(source).__name__} cannot stand in a class of {kind.value}."


def _mistargeted(held: Held) -> Iterator[str]:
    wanted = TARGETS.get(type(held.source))
    target = held.bound.target
    if wanted is not None and (target is None or target.kind is not wanted):
        yield f"{held} needs a class below {DECORATORS[wanted]}, and {held.bound.type.name} is none."


def _unlike(held: Held) -> Iterator[str]:
    """Rows of several tables have no column in common to be ordered, searched or chosen by."""
    if not isinstance(held.source, One | Many | Connected) or not _leads_to_several(held):
        return
    for word in ("order", "search", "only", "as_of"):
        if getattr(held.source, word, None) is not None:
            yield f"{held} leads to several tables, and {word}= names a column of one. Remove it."


def _leads_to_several(held: Held) -> bool:
    named = held.bound.type
    nodes = named.fields.get("nodes") if isinstance(named, GraphQLObjectType) else None
    return is_abstract_type(get_named_type(nodes.type) if nodes is not None else named)


def _strangers(held: Held) -> Iterator[str]:
    """Columns of another table than the one that is read."""
    for column, table in _columns(held):
        if not belongs(column, table):
            yield f"{held} names {called(column)}, which is no column of {table.name!r}. Name one of its own."
    target = held.bound.target
    if isinstance(held.source, Grouped) and target is not None and target.table is not held.owner.table:
        yield f"{held} is a group of the same row, and {target.cls.__name__} is of another table."


def _columns(held: Held) -> Iterator[tuple[Attribute, sa.Table]]:
    """Each column that a source names, and the table to which it must belong."""
    source, target = held.source, held.bound.target
    own = held.owner.table if held.owner.model is not None else None
    far = target.table if target is not None and target.model is not None else None
    match source:
        case Column() if own is not None:
            yield source.of, own
        case Localized(id=id_, en=en) if own is not None:
            yield from ((id_, own), (en, own))
        case Point() if own is not None:
            yield from ((source.longitude, own), (source.latitude, own))
        case Known() if own is not None:
            yield source.by, own
        case Computed() if own is not None:
            yield from ((column, own) for column in source.needs)
        case Folded(of=of) if of is not None and own is not None:
            yield of, own
        case Lookup() if far is not None:
            yield source.column, far
    via = getattr(source, "via", None)
    if isinstance(via, tuple) and own is not None and far is not None:
        yield from ((via[0], own), (via[1], far))
    named = [getattr(source, name, None) for name in ("order", "search", "between")]
    for column in (*named, *(getattr(source, "as_of", None) or ())):
        if column is not None and far is not None and not isinstance(column, Tokens):
            yield column, far


def _unfit(held: Held) -> Iterator[str]:
    """Columns of the right table that cannot do what is asked."""
    source, target = held.source, held.bound.target
    if isinstance(source, One | Many | Connected) and source.as_of is not None:
        yield from _undated(held, *source.as_of)
        if held.owner.kind is Kind.ROOT:
            yield f"{held} is as of a day over all villages at once. Put it below Village."
    match source:
        case Expression(reads=reads):
            for cls in reads:
                if shape_of(cls).kind not in (Kind.ENTITY, Kind.SUMMARY):
                    yield f"{held} reads {cls.__name__}, which has no rows. Name an @entity or a @summary."
        case Folded(of=of) if of is not None and not is_number(of):
            yield f"{held} is the total of {called(of)}, which is no number. Name a column of numbers."
        case Aggregated(between=between) if between is not None and not is_date(between):
            yield (
                f"{held} is an aggregate between days of {called(between)}, which is no date. "
                f"Name a column of business dates."
            )
        case Connected(search=Tokens() as tokens) if target is not None:
            yield from _unfit_tokens(held, tokens, target)
        case Connected(search=search) if search is not None and target is not None:
            assert not isinstance(search, Tokens)
            if not issubclass(target.model or object, ReferenceTable):
                yield (
                    f"{held} searches inside {called(search)}, which reads the whole table. "
                    f"Remove search=, and filter by startsWith."
                )
        case Lookup() if target is not None:
            key = frozenset({source.column.key})
            if not any(unique.columns <= key and not unique.where for unique in uniques(target.table)):
                yield f"{held} looks up {called(source.column)}, which is not unique. Make it unique."


def _undated(held: Held, since: Attribute, until: Attribute) -> Iterator[str]:
    """Columns that are no first and last day."""
    for column in (since, until):
        if not is_date(column):
            yield f"{held} is as of {called(column)}, which is no date. Name a column of business dates."
    if nullable(since):
        yield f"{held}: {called(since)} is the first day of a row and may be null. Make it required."
    if isinstance(held.source, One) and not nullable(until):
        yield f"{held}: {called(until)} is null while a row lasts, and may not be. Make it nullable."


def _unfit_tokens(held: Held, tokens: Tokens, target: Shape) -> Iterator[str]:
    """A search by tokens finds rows of one village, in the order of the key of its table."""
    table = tokens.table
    named = [tokens.token, tokens.key, tokens.of, *([tokens.depth] if tokens.depth is not None else [])]
    for column in named:
        if not belongs(column, table):
            yield f"{held} is searched by {called(column)}, which is no column of {table.name!r}."
    owner = held.owner
    if owner.model is None or is_region(owner.table) or not issubclass(target.model or object, VillageTable):
        yield f"{held} is searched by tokens, and does not lie in one village. Move it to the village."
    wanted = ("village_id", tokens.token.key, tokens.key.key, tokens.of.key)
    if not begins_index(table, *wanted):
        yield f"{held} is searched by {called(tokens.token)}, which has no index. Add Index(None, {wanted})."
    if target.orders and not any(order.key.key == tokens.key.key for order in target.orders.values()):
        yield f"{held} is searched in the order of {called(tokens.key)}, by which no list is ordered."


def is_number(column: Attribute) -> bool:
    return isinstance(bare(column.property.columns[0].type), sa.Integer | sa.Numeric | sa.Float)


def is_date(column: Attribute) -> bool:
    return isinstance(bare(column.property.columns[0].type), sa.Date)
