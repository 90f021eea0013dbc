"""Declarations: one line per field says its GraphQL type (annotation) and where it comes from (right side).

The right side has the Python type of the annotation, so mypy compares the two.
"""

from __future__ import annotations

import builtins
import difflib
import enum
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar, cast, dataclass_transform, overload
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.types.field import StrawberryField

from ..access.rules import Rule, is_region
from ..errors import DeclarationError
from ..store.tables import Table, sql_table
from .docstrings import attribute_docstrings, class_docstring
from .filters import By, filter_input, order_enum
from .relay import Connection, Node, encode_id
from .shapes import SHAPE, Kind, Shape, shape_of
from .sources import (
    SOURCE,
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
    Expression,
    Figured,
    Folded,
    Followed,
    Grouped,
    Item,
    Key,
    Link,
    Listed,
    Localized,
    Lookup,
    Many,
    One,
    Part,
    PeriodDay,
    Reach,
    Row,
    Said,
    Source,
    Sum,
    Tabled,
    Tally,
    Tokens,
    Via,
    VillagesCounted,
)
from .vocabulary import adopt_enum

T = TypeVar("T")
E = TypeVar("E")
Where = Callable[[FromClause], ColumnElement[bool]]
"""A condition on a row, made from its table."""


def _field(source: Source, description: str | None = None) -> Any:
    return strawberry.field(metadata={SOURCE: source}, description=description)


# What stands on the right side


@overload
def column(
    source: InstrumentedAttribute[UUID], *, needs: str | None = None, description: str | None = None
) -> strawberry.ID: ...


@overload
def column(
    source: InstrumentedAttribute[T], *, needs: str | None = None, description: str | None = None
) -> T: ...


def column(source: Any, *, needs: str | None = None, description: str | None = None) -> Any:
    """A column under another name, or one that needs a permission of its own (`needs`). One that points at
    another row of the village shows the id of that row.
    """
    return _field(Column(source, needs), description)


def expression(
    build: Callable[..., ColumnElement[T]],
    *,
    type: sa.types.TypeEngine[T],
    needs: str | None = None,
    reads: Sequence[builtins.type] = (),
    description: str | None = None,
) -> T:
    """SQL over the row's own table: `expression(lambda t: t.c.a + t.c.b, type=BigInteger())`.

    `reads`: entities or summaries whose rows it looks at; `build` gets a table for each, behind its wall and
    its read rules, to be used in a scalar sub-select. Where they may not be read the field is null.
    """
    return cast(T, _field(Expression(build, type, needs, tuple(reads)), description))


def localized(
    id: InstrumentedAttribute[T], en: InstrumentedAttribute[T], *, description: str | None = None
) -> T:
    """A text that is kept in both languages: two columns, of which the request's language chooses one."""
    return cast(T, _field(Localized(id, en), description))


def group(*, description: str | None = None) -> Any:
    """An object made of columns of the same row; its class is decorated with `@group_of(Table)`."""
    return _field(Grouped(), description)


def one(
    via: Via = None,
    *,
    only: ColumnElement[bool] | None = None,
    as_of: AsOf = None,
    description: str | None = None,
) -> Any:
    """The one row at the other end of a foreign key; `only`: the one that a unique partial index proves.

    `as_of`, the columns of a row's first and last day, gives the argument `asOf`: the row of that day;
    without it the one that lasts. Raises DeclarationError when `only` is given too.
    """
    if as_of is not None and only is not None:
        raise DeclarationError("one(as_of=…) means the row that lasts, where no day is given. Remove only=.")
    return _field(One(via, as_of[1].is_(None) if as_of is not None else only, as_of), description)


def many(
    via: Via = None,
    *,
    order: Attribute | None = None,
    as_of: AsOf = None,
    description: str | None = None,
) -> list[Any]:
    """A list that cannot grow. `as_of` gives the argument `asOf`: only rows of that day; without it all."""
    return cast(list[Any], _field(Many(via, order, as_of), description))


def connection(
    via: Via = None,
    *,
    search: Attribute | Tokens | None = None,
    as_of: AsOf = None,
    description: str | None = None,
) -> Connection[Any]:
    """A list that can grow. `search` adds an argument: a column looks inside it (reference tables only),
    `Tokens` looks words up in a table of them (inside one village).

    `as_of`, the columns of a row's first and last day, gives the argument `asOf`: only rows of that day;
    without it all.
    """
    return cast(Connection[Any], _field(Connected(via, search, as_of), description))


def aggregate(
    via: Via = None, *, between: Attribute | None = None, description: str | None = None
) -> list[Any]:
    """Rows of a `@summary`. `between`, a date column, gives the arguments `from` and `to`, both inclusive."""
    return cast(list[Any], _field(Aggregated(via, between), description))


def total(source: InstrumentedAttribute[T], *, description: str | None = None) -> T:
    """The sum of a column over the group, in 64 bit."""
    return cast(T, _field(Folded("sum", source), description))


def count(*, description: str | None = None) -> int:
    """How many rows the group has."""
    return cast(int, _field(Folded("count"), description))


def computed(
    function: Callable[[list[Row]], Sequence[T]],
    *,
    needs: Sequence[Attribute],
    description: str | None = None,
) -> T:
    """What Python computes from columns of the row, for all rows of the answer at once."""
    return cast(T, _field(Computed(function, tuple(needs)), description))


def period(*, description: str | None = None) -> Any:
    """An object of `@figures`. The field has the arguments `from` and `to`, both inclusive."""
    return _field(Figured(), description)


def first_day(*, description: str | None = None) -> date:
    """In an object of figures: the first day of the period."""
    return cast(date, _field(PeriodDay(last=False), description))


def last_day(*, description: str | None = None) -> date:
    """In an object of figures: the last day of the period, included."""
    return cast(date, _field(PeriodDay(last=True), description))


def sum_of(
    source: InstrumentedAttribute[T],
    *,
    day: Attribute | None = None,
    until: Attribute | None = None,
    before: Attribute | None = None,
    as_of: AsOf = None,
    where: Where | None = None,
    via: Link | None = None,
    description: str | None = None,
) -> T:
    """In an object of figures: the sum of a column, 0 over no rows.

    Of rows whose `day` lies in the period; or is at most its last day, `until`; or lies `before` its first
    day; or that cover its last day, `as_of`; without any, of all rows. `where` chooses among them: a function
    of the table. On an entity `via` names the foreign key, if there are several. Raises DeclarationError when
    two kinds of days are given.
    """
    return cast(
        T, _field(_sum(source.class_, source, None, day, until, before, as_of, where, via), description)
    )


def count_of(
    model: type[Table],
    *,
    distinct: Attribute | None = None,
    day: Attribute | None = None,
    until: Attribute | None = None,
    before: Attribute | None = None,
    as_of: AsOf = None,
    where: Where | None = None,
    via: Link | None = None,
    description: str | None = None,
) -> int:
    """In an object of figures: how many rows, or how many different values of `distinct` (null is none). The
    rest as in `sum_of`.
    """
    return cast(int, _field(_sum(model, None, distinct, day, until, before, as_of, where, via), description))


def derived(
    function: Callable[[list[Row]], Sequence[T]], *, needs: Sequence[str], description: str | None = None
) -> T:
    """In an object of figures: what Python computes from other figures of the object, which `needs` names;
    for all objects of the answer at once.
    """
    return cast(T, _field(Derived(function, tuple(needs), {}), description))


def _sum(
    model: Any,
    of: Attribute | None,
    distinct: Attribute | None,
    day: Attribute | None,
    until: Attribute | None,
    before: Attribute | None,
    as_of: AsOf,
    where: Where | None,
    via: Link | None,
) -> Sum:
    single = {Reach.WITHIN: day, Reach.UNTIL: until, Reach.BEFORE: before}
    given = [(reach, (column,)) for reach, column in single.items() if column is not None]
    chosen: list[tuple[Reach, tuple[Attribute, ...]]] = [
        *given,
        *([(Reach.COVERING, as_of)] if as_of else []),
    ]
    if len(chosen) > 1:
        raise DeclarationError(
            f"a figure of {model.__name__} has {len(chosen)} kinds of days. "
            f"Give one of day=, until=, before= and as_of=."
        )
    reach, days = chosen[0] if chosen else (Reach.ALL, ())
    return Sum(model, of, distinct, reach, days, where, via)


def lookup(by: Attribute, *, argument: str, type: Any = str, description: str | None = None) -> Any:
    """A root field: the one object whose unique column has the argument's value."""
    return _field(Lookup(by, argument, type), description)


def by_id(*, description: str | None = None) -> Any:
    """A root field: the object of this id."""
    return _field(ById(), description)


def by_ids(*, description: str | None = None) -> list[Any]:
    """A root field: the objects of these ids, null where there is none."""
    return cast(list[Any], _field(ByIds(), description))


def follow(*events: str, subject: str | None = None, description: str | None = None) -> Any:
    """A subscription: the entity that is read again, through the subscriber's own rights, at each event of
    these names in the village he names.

    `subject` is the key under which the events name the row: `follow("waste.intake_recorded",
    subject="intake")`; without it the field gives the village itself.
    """
    return _field(Followed(events, subject), description)


def listed(name: str, *, description: str | None = None) -> list[Any]:
    """A short list that the host knows when the schema is built."""
    return cast(list[Any], _field(Listed(name), description))


def constant(
    value: Callable[[Any, str], T], *, needs: str | None = None, description: str | None = None
) -> T:
    """A field of a listed object that is known beforehand: `constant(lambda item, language: item.title)`."""
    return cast(T, _field(Item(constant=value, needs=needs), description))


def item(
    build: Callable[[Any, FromClause], ColumnElement[T]],
    *,
    type: sa.types.TypeEngine[Any],
    needs: str | None = None,
    description: str | None = None,
) -> T:
    """A field of a listed object that depends on the row it hangs on."""
    return cast(T, _field(Item(build=build, type=type, needs=needs), description))


def tabled(source: Tabled, *, description: str | None = None) -> Any:
    """An object of counts at one day; its class is decorated with `@table`."""
    return _field(source, description)


def said(name: str, *, description: str | None = None) -> Any:
    """Something about the day that is asked for, by its name."""
    return _field(Said(name), description)


def cell(*tallies: Tally, description: str | None = None) -> int:
    """One count."""
    return cast(int, _field(Cell(tallies), description))


def cells(
    *tallies: Tally,
    frame: Sequence[tuple[str, Sequence[str]]],
    description: str | None = None,
) -> list[Any]:
    """Counts by group, the empty groups too; its class is decorated with `@cells_of`."""
    fixed = tuple((key, tuple(parts)) for key, parts in frame)
    return cast(list[Any], _field(Cells(tallies, fixed), description))


def part(number: int = 0, *, description: str | None = None) -> Any:
    """What a row of `cells` says of its group."""
    return _field(Part(number), description)


def amount(*, description: str | None = None) -> int:
    """The count of a row of `cells`."""
    return cast(int, _field(Amount(), description))


# What stands above a class


def entity(
    model: type[Table],
    *,
    read: Sequence[Rule],
    filter: Sequence[Attribute | By] = (),
    order: Sequence[Attribute | By] = (),
    tag: str | None = None,
) -> Callable[[type[E]], type[E]]:
    """A row that clients see. `read`: who; any rule that holds opens the row. `tag` stands in ids, stable for
    ever.
    """

    def wrap(cls: type[E]) -> type[E]:
        shared = _interfaces(cls)
        inherited = {name: hint for base in shared for name, hint in inspect.get_annotations(base).items()}
        cls.__annotations__ = {"id": strawberry.ID, **inherited, **inspect.get_annotations(cls)}
        setattr(cls, "id", _field(Key(), "Opaque, unique in the whole API, without personal data."))  # noqa: B010
        _fill(cls, model)
        shape = Shape(Kind.ENTITY, cls, model, tuple(read), tag=tag or sql_table(model).name)
        shown = _shown(cls)
        shape.filters, shape.filter_type = filter_input(cls, filter, shown)
        shape.orders, shape.order_type = order_enum(cls, order, shown)
        made = _strawberry(cls, shape)
        made.__strawberry_definition__.interfaces = [  # type: ignore[attr-defined]
            base.__strawberry_definition__ for base in (Node, *shared)
        ]
        made.__strawberry_definition__.is_type_of = lambda obj, info: True  # type: ignore[attr-defined]
        return made

    return wrap


def interface(cls: type[E]) -> type[E]:
    """Fields that several entities show. An entity derives from it; a field that it does not declare itself
    is the column of the same name.
    """
    docs = attribute_docstrings(cls)
    made = strawberry.interface(cls, description=class_docstring(cls))
    for f in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        f.description = f.description or docs.get(f.python_name)
    setattr(made, SHAPE, Shape(Kind.INTERFACE, made))
    return made


def union(name: str, description: str) -> Any:
    """One of several entities: `Origin = Annotated[Facility | Household, union("WasteOrigin", "…")]`."""
    return strawberry.union(name, description=description)


def summary(model: type[Table], *, read: Sequence[Rule]) -> Callable[[type[E]], type[E]]:
    """A row of an aggregate: plain columns are the groups, `total()` and `count()` are folded over each
    group.

    Its `read` is its own and made of place rules only: a part of a total is not a total.
    """

    def wrap(cls: type[E]) -> type[E]:
        _fill(cls, model)
        return _strawberry(cls, Shape(Kind.SUMMARY, cls, model, tuple(read)))

    return wrap


def group_of(model: type[Table]) -> Callable[[type[E]], type[E]]:
    """An object made of some columns of a table, used with `group()`."""

    def wrap(cls: type[E]) -> type[E]:
        _fill(cls, model)
        return _strawberry(cls, Shape(Kind.GROUP, cls, model))

    return wrap


def door(target: type) -> Callable[[type[E]], type[E]]:
    """What a program shows on a core object: one nullable field named after the program, gate in front.

    On a region the host adds `villagesCounted`.
    """

    def wrap(cls: type[E]) -> type[E]:
        core = shape_of(target)
        if is_region(core.table):
            cls.__annotations__ = {**inspect.get_annotations(cls), "villages_counted": int}
            text = "How many villages of this region enabled the program."
            setattr(cls, "villages_counted", _field(VillagesCounted(), text))  # noqa: B010
        assert core.model is not None
        _fill(cls, core.model)
        return _strawberry(cls, Shape(Kind.DOOR, cls, core.model, core.read, target=target))

    return wrap


def root(cls: type[E]) -> type[E]:
    """Root query fields: planned ones (`lookup`, `by_id`, `connection`, `many`) or ordinary resolvers."""
    return _strawberry(cls, Shape(Kind.ROOT, cls))


def subscription(cls: type[E]) -> type[E]:
    """Fields of the subscription: each is a `follow(…)`, annotated with the entity that it gives."""
    return _strawberry(cls, Shape(Kind.SUBSCRIPTION, cls))


def listing(cls: type[E]) -> type[E]:
    """The class of a listed object: `constant()` and `item()` fields."""
    return _strawberry(cls, Shape(Kind.LISTED, cls))


def table(*, read: Sequence[Rule]) -> Callable[[type[E]], type[E]]:
    """Counts that belong together: `said()`, `cell()` and `cells()` fields.

    `read` is asked of the object that it hangs on: of a village or region as a place, of any other as a row.
    """

    def wrap(cls: type[E]) -> type[E]:
        return _strawberry(cls, Shape(Kind.TABLE, cls, None, tuple(read)))

    return wrap


def figures(*, read: Sequence[Rule]) -> Callable[[type[E]], type[E]]:
    """Figures over a period, of a village, a region or a row: `sum_of()`, `count_of()`, `derived()`,
    `first_day()`, `last_day()`, and `aggregate(between=…)` for what is told by groups.

    Its `read` is its own and made of place rules only: a part of a total is not a total. A field leads to it
    with `period()`. Raises DeclarationError where a derived figure needs what is none of the object.
    """

    def wrap(cls: type[E]) -> type[E]:
        for name, made in list(cls.__dict__.items()):
            source = made.metadata.get(SOURCE) if isinstance(made, StrawberryField) else None
            if isinstance(source, Derived):
                found = replace(source, sources=_needed(cls, name, source.needs))
                made.metadata = {SOURCE: found}
        return _strawberry(cls, Shape(Kind.FIGURES, cls, None, tuple(read)))

    return wrap


def _needed(cls: type, name: str, needs: Sequence[str]) -> Mapping[str, Sum | PeriodDay]:
    """The figures that a derived one needs, by their names."""
    sources = {
        key: value.metadata.get(SOURCE)
        for key, value in cls.__dict__.items()
        if isinstance(value, StrawberryField)
    }
    plain = {key: one for key, one in sources.items() if isinstance(one, Sum | PeriodDay)}
    for need in needs:
        if need not in plain:
            near = difflib.get_close_matches(need, plain, 1)
            cure = (
                f"Did you mean {near[0]!r}?" if near else "Name a sum_of(), count_of() or day of the class."
            )
            raise DeclarationError(f"{cls.__name__}.{name} needs {need!r}, which is no figure here. {cure}")
    return {need: plain[need] for need in needs}


def cells_of(cls: type[E]) -> type[E]:
    """The class of a row of `cells()`: `part()` and `amount()` fields."""
    return _strawberry(cls, Shape(Kind.TABLE, cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def payload(cls: type[E]) -> type[E]:
    """What a mutation answers. References to entities are made with `ref()` and read by the host."""
    return _strawberry(cls, Shape(Kind.PAYLOAD, cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input(cls: type[E]) -> type[E]:  # noqa: A001 - GraphQL's own word
    """The input of a mutation. Optional fields say `| None = None`."""
    docs = attribute_docstrings(cls)
    hints = typing.get_type_hints(cls)
    for hint in hints.values():
        for part in (hint, *typing.get_args(hint)):
            if isinstance(part, type) and issubclass(part, enum.Enum):
                adopt_enum(part)
    made = strawberry.input(cls, description=class_docstring(cls))
    for f in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        f.description = f.description or docs.get(f.python_name)
    setattr(made, SHAPE, Shape(Kind.INPUT, made))
    return made


# References


class Ref(typing.NamedTuple):
    """A row that the host reads with the client's selection set, through the reader's own rights."""

    entity: type
    village: UUID | None
    key: UUID | str


def ref(entity: type[E], row: object) -> E:
    """A reference to a row just written or loaded; typed as the entity, so that payloads type-check."""
    model = shape_of(entity).model
    if model is None or not isinstance(row, model):
        raise TypeError(f"ref({entity.__name__}, …) takes a row of its own table.")
    key = getattr(row, list(sql_table(model).primary_key)[-1].key)
    return cast(E, Ref(entity, getattr(row, "village_id", None), key))


def id_of(entity: type, village: UUID, key: UUID) -> strawberry.ID:
    """The id that clients see of a village's row, where a payload names more rows than it refers to."""
    return strawberry.ID(encode_id(shape_of(entity).tag, village, key))


def refer(entity: type[E], village: UUID | None, key: UUID | str | None) -> E | None:
    """A reference to a row by its key, for who has not loaded it; what is not there is read as null."""
    return cast(E, Ref(entity, village, key)) if key is not None else None


# Behind the decorators


def _interfaces(cls: type) -> list[Any]:
    """The declared interfaces that a class derives from."""
    shapes = [base.__dict__.get(SHAPE) for base in cls.__mro__[1:]]
    return [s.cls for s in shapes if isinstance(s, Shape) and s.kind is Kind.INTERFACE]


def _fill(cls: type, model: type[Table]) -> None:
    """A bare annotation means the column of the same name."""
    for name in inspect.get_annotations(cls):
        if name in cls.__dict__:
            continue
        source = getattr(model, name, None)
        if not isinstance(source, InstrumentedAttribute):
            raise DeclarationError(
                f"{cls.__name__}.{name}: {model.__name__} has no column {name!r}. Write `{name}: … = "
                f"column({model.__name__}.…)`, or one(), many(), connection(), aggregate(), computed()."
            )
        setattr(cls, name, _field(Column(source)))


def _strawberry(cls: type[E], shape: Shape) -> type[E]:
    docs = attribute_docstrings(cls)
    for base in _interfaces(cls):
        docs = {f.python_name: f.description for f in base.__strawberry_definition__.fields} | dict(docs)
    for name, value in cls.__dict__.items():
        if isinstance(value, StrawberryField) and not value.description:
            value.description = docs.get(name)
    made = strawberry.type(cls, description=class_docstring(cls))
    for f in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        f.description = f.description or docs.get(f.python_name)
    shape.cls = made
    setattr(made, SHAPE, shape)
    return made


def _shown(cls: type) -> Mapping[str, tuple[str, Any]]:
    """Column key -> the field that shows it and its annotation."""
    found: dict[str, tuple[str, Any]] = {}
    for name, value in cls.__dict__.items():
        if isinstance(value, StrawberryField) and isinstance(value.metadata.get(SOURCE), Column):
            found[value.metadata[SOURCE].of.key] = (name, cls.__annotations__[name])
    return found
