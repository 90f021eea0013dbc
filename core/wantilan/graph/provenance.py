"""Where a field comes from, in words: what an explanation says of each source."""

from __future__ import annotations

from .known import Known
from .mutation import MutationSpec
from .points import Point
from .schema import Bound, Schema
from .sources import (
    Aggregated,
    Amount,
    AsOf,
    Attribute,
    ById,
    ByIds,
    Cell,
    Cells,
    Column,
    Computed,
    Connected,
    Derived,
    Door,
    Expression,
    Figured,
    Folded,
    Grouped,
    Item,
    Key,
    Listed,
    Localized,
    Lookup,
    Many,
    One,
    Part,
    PeriodDay,
    Reach,
    Said,
    Sum,
    Tabled,
    Tokens,
    VillagesCounted,
)

IN_LISTS = {
    "nodes": "the rows of the page",
    "edges": "the rows of the page, each with its cursor",
    "node": "the row",
    "cursor": "the order and the row's key",
    "totalCount": "all rows of the list, counted",
    "pageInfo": "where the page stands",
    "hasNextPage": "one row more is looked for, and left out",
    "hasPreviousPage": "whether rows stand before the page",
    "startCursor": "the first row of the page",
    "endCursor": "the last row of the page",
}
"""Fields of connections, edges and pages: they have no source of their own."""

INTROSPECTION = "introspection: answered from the schema, no statement"
RESOLVER = "a resolver: decides by itself what it reads"
MUTATION = "a mutation: its function runs in one transaction"
REFERENCE = "what the function refers to, read by its key"
VALUE = "a value that the function returned"


def provenance(schema: Schema, bound: Bound) -> str:
    """One line for one field, planned or not."""
    match bound.source:
        case Column(of=of):
            return f"column {_column(of)}"
        case Expression(reads=reads):
            return " and ".join(
                ["SQL expression over the row", *(f"readable {cls.__name__}" for cls in reads)]
            )
        case Localized(id=id_, en=en):
            return f"column {_column(id_)} or {_column(en)}, by the language of the request"
        case Key():
            return "id: the type's tag, the village, the key"
        case Point(longitude=longitude, latitude=latitude):
            return f"point of {_column(longitude)} and {_column(latitude)}"
        case Known(listing=listing, by=by):
            return f"known since the start, in the list of {listing}, by {_column(by)}"
        case Grouped():
            return "columns of the same row"
        case Computed(function=function, needs=needs):
            columns = ", ".join(map(_column, needs))
            return f"computed in Python by {function.__name__}() from {columns}"
        case Door(program=program):
            return f"door of the program {program}"
        case VillagesCounted(program=program):
            return f"how many villages of the region enabled {program}"
        case One(as_of=as_of):
            return f"to-one {_far(bound)}{_of_day(as_of)}"
        case Many(order=order, as_of=as_of):
            made = f"whole list of {_far(bound)}" + (f" by {_column(order)}" if order is not None else "")
            return made + _of_day(as_of)
        case Connected(search=search, as_of=as_of):
            return f"connection of {_far(bound)}{_searched(search)}{_of_day(as_of)}"
        case Aggregated(between=between):
            made = f"aggregate {_far(bound)}{_groups(schema, bound)}"
            return made + (f", a period of {between.key}" if between is not None else "")
        case Folded(function=function, of=of):
            return f"{function} of {_column(of)}" if of is not None else function
        case Lookup(column=column):
            return f"one {_far(bound)} by {_column(column)}"
        case ById():
            return f"one {bound.type.name} by its id"
        case ByIds():
            return f"{bound.type.name} by ids, in their order"
        case Listed(name=name):
            return f"list of {name}, known when the schema is built"
        case Item(constant=constant):
            return "SQL expression over the owner's row" if constant is None else "known since the start"
        case Tabled(argument=argument, rounded=rounded):
            made = f"counts at the day that {argument} names"
            return made + (f", each rounded to a multiple of {rounded}" if rounded is not None else "")
        case Said(name=name):
            return f"{name} of the day of the counts"
        case Cell(tallies=tallies) | Cells(tallies=tallies):
            tables = dict.fromkeys(tally.model.__tablename__ for tally in tallies)
            return f"count over {' and '.join(tables)}" + (
                f", in {len(bound.source.frame)} groups" if isinstance(bound.source, Cells) else ""
            )
        case Part():
            return "the group of the row"
        case Amount():
            return "the count of the row"
        case Figured():
            return "figures over the period of from and to"
        case Sum():
            return _sum(bound.source)
        case PeriodDay(last=last):
            return f"the {'last' if last else 'first'} day of the period"
        case Derived(function=function, needs=needs):
            return f"computed in Python by {function.__name__}() from {', '.join(needs)}"
        case MutationSpec():
            return MUTATION
        case _:
            return IN_LISTS.get(bound.name, RESOLVER)


def _sum(source: Sum) -> str:
    what = f"sum of {_column(source.of)}" if source.of is not None else "count over "
    if source.distinct is not None:
        what = f"number of different {_column(source.distinct)}"
    elif source.of is None:
        what += str(source.model.__tablename__)
    if source.reach is Reach.ALL:
        return what
    return f"{what}, rows {source.reach.value} by {' and '.join(column.key for column in source.days)}"


def _searched(search: Attribute | Tokens | None) -> str:
    if search is None:
        return ""
    return f", searchable by {_column(search.token) if isinstance(search, Tokens) else search.key}"


def _column(of: Attribute) -> str:
    return f"{of.class_.__tablename__}.{of.key}"


def _of_day(as_of: AsOf) -> str:
    return f", as of a day from {as_of[0].key} to {as_of[1].key}" if as_of is not None else ""


def _groups(schema: Schema, bound: Bound) -> str:
    sources = [below.source for below in schema.bound[bound.type.name].values()]
    groups = [source.of.key for source in sources if isinstance(source, Column)]
    return f" by {', '.join(groups)}" if groups else ""


def _far(bound: Bound) -> str:
    """The classes at the other end; of a connection those of its nodes."""
    return " or ".join(shape.cls.__name__ for shape in bound.members)
