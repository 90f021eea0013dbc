"""The schema: declared classes of core and programs become one Strawberry schema, and the planner's table of
sources.

The built GraphQL schema is the registry. Nothing is written on the declared classes, so that several
schemas can stand side by side in one process.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Optional

import strawberry
from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_non_null_type,
)
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from ..access.rules import Rule, is_region
from ..errors import DeclarationError
from ..store.rollups import Rollup
from .docstrings import class_docstring
from .executor import ReadingExecutor
from .mutation import MutationSpec, mutation_spec
from .naming import snake_case
from .pieces import Pieces
from .scalars import SCALARS, RegionCode
from .shapes import SHAPE, Kind, Shape, shape_of
from .sources import (
    AS_OF,
    SOURCE,
    Aggregated,
    ById,
    ByIds,
    Column,
    Connected,
    Derived,
    Door,
    Expression,
    Figured,
    Followed,
    Item,
    Lookup,
    Many,
    One,
    Source,
    Sum,
    Tabled,
    Tokens,
    VillagesCounted,
)
from .sql import DIALECTS
from .vocabulary import adopt_all

CONNECTION_FIELDS = ("edges", "nodes", "pageInfo", "totalCount")


@dataclass(frozen=True)
class Part:
    """What one program contributes. Core's own part has no door and no prefix."""

    program: str
    types: tuple[type, ...]
    mutations: tuple[Callable[..., Any], ...] = ()
    rollups: tuple[Rollup, ...] = ()
    door: str = ""
    prefix: str = ""
    core: bool = False


@dataclass(frozen=True)
class Bound:
    """One field as the planner sees it. `target` is the declared class at its other end, if there is one;
    `members` are all of them: several behind a union or an interface.
    """

    name: str
    source: Source | None
    graphql: GraphQLField
    type: GraphQLNamedType
    nullable: bool
    target: Shape | None
    program: str | None = None
    members: tuple[Shape, ...] = ()


@dataclass
class Parts:
    """What was gathered from all parts before the schema is built."""

    doors: dict[type, list[StrawberryField]] = field(default_factory=dict)
    roots: list[StrawberryField] = field(default_factory=list)
    mutations: list[StrawberryField] = field(default_factory=list)
    subscriptions: list[StrawberryField] = field(default_factory=list)
    types: list[type] = field(default_factory=list)
    program_of: dict[type, Part] = field(default_factory=dict)


class Schema(strawberry.Schema):
    """`graphql` is graphql-core's schema; `bound[type][field]` says where each field comes from."""

    def __init__(self, parts: Sequence[Part], listings: Mapping[str, Sequence[Any]] | None = None) -> None:
        self.parts = tuple(parts)
        self.rollups = [rollup for part in parts for rollup in part.rollups]
        """Where totals are read from; without them they are counted from the tables themselves."""
        self.listings = dict(listings or {})
        self._fields: dict[int, list[StrawberryField]] = {}
        self._pieces: dict[str, Pieces] = {}
        self.gathered = Parts()
        for part in self.parts:
            self._gather(part)
        mutation: Any = (
            create_type("Mutation", list(self.gathered.mutations)) if self.gathered.mutations else None
        )
        if mutation is not None:
            mutation.__strawberry_definition__.description = "Every change: one transaction each."
        subscription: Any = (
            create_type("Subscription", list(self.gathered.subscriptions))
            if self.gathered.subscriptions
            else None
        )
        if subscription is not None:
            subscription.__strawberry_definition__.description = "What can be followed while it happens."
        query: Any = create_type("Query", list(self.gathered.roots))
        query.__strawberry_definition__.description = "Everything that can be asked."
        super().__init__(
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=self.gathered.types,
            execution_context_class=ReadingExecutor,
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        self.graphql = self._schema
        self.tags = {
            s.tag: s for s in map(_shape, self.gathered.types) if s is not None and s.kind is Kind.ENTITY
        }
        self.bound = {
            name: self._bind(gtype)
            for name, gtype in self.graphql.type_map.items()
            if isinstance(gtype, GraphQLObjectType) and not name.startswith("__")
        }
        self.type_of = {s.cls: n for n, s in self._declared()}
        self.part_of = self.gathered.program_of

    # Gathering
    def _gather(self, part: Part) -> None:
        for cls in part.types:
            shape = shape_of(cls)
            self.gathered.program_of[cls] = part
            if shape.kind is Kind.ROOT:
                self._add_fields(part, cls, self.gathered.roots, "root field")
            elif shape.kind is Kind.SUBSCRIPTION:
                self._add_fields(part, cls, self.gathered.subscriptions, "subscription")
            elif shape.kind is Kind.DOOR:
                self._add_door(part, cls, shape)
            else:
                self.gathered.types.append(cls)
        for function in part.mutations:
            self._add_mutation(part, mutation_spec(function))

    def _add_door(self, part: Part, cls: type, shape: Shape) -> None:
        assert shape.target is not None
        target: Any = shape.target
        taken = [*target.__strawberry_definition__.fields, *self.gathered.doors.get(target, ())]
        name = part.door or part.program
        python_name = snake_case(name)
        if any(f.python_name == python_name for f in taken):
            raise DeclarationError(
                f"{cls.__name__}: {target.__name__} already has a field {name!r}. Choose another door.",
                program=part.program,
            )
        whose = "a village of the region" if is_region(shape.table) else "the village"
        text = f"{class_docstring(cls)}\n\nNull unless {whose} enabled the program `{part.program}`."
        made = strawberry.field(metadata={SOURCE: Door(part.program)}, description=text.strip())
        made.python_name = python_name
        made.type_annotation = StrawberryAnnotation(Optional[cls])  # noqa: UP045
        made.origin = target
        self.gathered.doors.setdefault(target, []).append(made)

    def _add_fields(self, part: Part, cls: Any, taken: list[StrawberryField], what: str) -> None:
        for made in cls.__strawberry_definition__.fields:
            self._named(part, cls.__name__, made.python_name, taken, what)
            taken.append(copy.copy(made))

    def _add_mutation(self, part: Part, spec: MutationSpec) -> None:
        self._named(part, "Mutation", spec.name, self.gathered.mutations, "mutation")
        text = f"{spec.description}\n\nNeeds `{spec.needs_text}`."
        if not part.core:
            text += f" Program `{part.program}`."
        made: Any = strawberry.mutation(resolver=spec.resolver, description=text, metadata={SOURCE: spec})
        made.python_name = spec.name
        for argument in made.arguments:
            argument.description = "What is to be done."
        spec.program = None if part.core else part.program
        self.gathered.mutations.append(made)

    def _named(self, part: Part, where: str, name: str, taken: Iterable[StrawberryField], what: str) -> None:
        if any(f.python_name == name for f in taken):
            raise DeclarationError(f"{where}.{name}: this {what} is already there.", program=part.program)
        if part.prefix and not name.startswith(part.prefix + "_"):
            raise DeclarationError(
                f"{where}.{name}: a {what} begins with the program's prefix: {part.prefix}_{name}.",
                program=part.program,
            )

    # Strawberry's hook: what each type's fields are
    def get_fields(self, definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        known = self._fields.get(id(definition))
        if known is not None:
            return known
        made = [copy.copy(f) for f in (*definition.fields, *self.gathered.doors.get(definition.origin, ()))]
        for f in made:
            self._complete(definition, f)
        self._fields[id(definition)] = made
        return made

    def _complete(self, definition: StrawberryObjectDefinition, f: StrawberryField) -> None:
        """Add the arguments that the source calls for, and say what is needed."""
        source = _source(f)
        adopt_all(f.type)
        for argument in f.arguments:
            adopt_all(argument.type)
        if isinstance(source, Lookup):
            f.arguments = [_argument(source.argument, source.type, f"The {source.argument} to look for.")]
        elif isinstance(source, ById):
            f.arguments = [_argument("id", strawberry.ID, "The id.")]
        elif isinstance(source, ByIds):
            f.arguments = [_argument("ids", list[strawberry.ID], "At most 100 ids.")]
        elif isinstance(source, Connected):
            f.arguments = _connection_arguments(_node_shapes(f), source)
        elif isinstance(source, Aggregated) and source.between is not None:
            shape = _shape(definition.origin)
            if shape is None or shape.kind is not Kind.FIGURES:  # there the period is that of the object
                f.arguments = _period_arguments()
        elif isinstance(source, Figured):
            f.arguments = _period_arguments()
        elif isinstance(source, Tabled):
            f.arguments = [_argument(source.argument, source.kind, source.says, None)]
        elif isinstance(source, One | Many) and source.as_of is not None:
            f.arguments = [_day_argument(source)]
        elif isinstance(source, Followed):
            f.arguments = [_argument("villageCode", RegionCode, "The village in which it happens.")]
        if isinstance(source, VillagesCounted):
            program = self.gathered.program_of[definition.origin].program
            f.metadata = MappingProxyType({**f.metadata, SOURCE: VillagesCounted(program)})
        needs = self._needs(f, source)
        if needs:
            f.description = f"{f.description or ''}\n\nNeeds `{needs}`.".strip()

    def _needs(self, f: StrawberryField, source: object) -> str | None:
        if isinstance(source, Column | Expression | Item):
            return source.needs
        if isinstance(source, Connected):
            return _rules_text([rule for shape in _node_shapes(f) for rule in shape.read])
        if isinstance(source, Followed | Tabled | Figured):
            shape = _shape(getattr(f.type, "of_type", f.type))
            return _rules_text(shape.read) if shape is not None else None
        return None

    # The planner's table of sources
    def _declared(self) -> Iterable[tuple[str, Shape]]:
        for name, gtype in self.graphql.type_map.items():
            definition = gtype.extensions.get("strawberry-definition")
            shape = _shape(getattr(definition, "origin", None))
            if shape is not None:
                yield name, shape

    def _bind(self, gtype: GraphQLObjectType) -> Mapping[str, Bound]:
        found: dict[str, Bound] = {}
        for name, defined in gtype.fields.items():
            definition: Any = defined.extensions.get("strawberry-definition")
            source = (definition.metadata or {}).get(SOURCE) if definition is not None else None
            named = get_named_type(defined.type)
            far = get_named_type(named.fields["nodes"].type) if isinstance(source, Connected) else named
            target = None if is_abstract_type(far) else self.shape_of_type(far)
            members = self._members(far)
            whose = next(filter(None, map(self.program_of, members)), None)
            if isinstance(source, Sum | Derived) and (own := self.shape_of_type(gtype)) is not None:
                whose = self.program_of(own)
            found[name] = Bound(
                name, source, defined, named, not is_non_null_type(defined.type), target, whose, members
            )
        return found

    def _members(self, gtype: GraphQLNamedType) -> tuple[Shape, ...]:
        possible = self.graphql.get_possible_types(gtype) if is_abstract_type(gtype) else [gtype]
        return tuple(shape for one in possible if (shape := self.shape_of_type(one)) is not None)

    def pieces(self, dialect: str) -> Pieces:
        """The frozen pieces of this schema for one database, shared by everything that plans over it."""
        return self._pieces.setdefault(dialect, Pieces(DIALECTS[dialect]()))

    def shape_of_type(self, gtype: GraphQLNamedType) -> Shape | None:
        definition = gtype.extensions.get("strawberry-definition")
        return _shape(getattr(definition, "origin", None))

    def needs_of(self, shape: Shape, column: str) -> list[str]:
        """The permissions without which a column of an entity may not be filtered or ordered by."""
        fields = self.bound[self.type_of[shape.cls]].values()
        sources = [b.source for b in fields if isinstance(b.source, Column) and b.source.of.key == column]
        return [s.needs for s in sources if s.needs] if sources and all(s.needs for s in sources) else []

    def program_of(self, shape: Shape) -> str | None:
        """The program whose gate stands before an entity; None for core's."""
        part = self.gathered.program_of.get(shape.cls)
        return None if part is None or part.core else part.program

    def is_planned(self, bound: Bound) -> bool:
        """Whether the planner reads this root field, rather than a resolver."""
        return bound.source is not None and not isinstance(bound.source, MutationSpec)


def _source(f: StrawberryField) -> object:
    return dict(f.metadata).get(SOURCE) if f.metadata else None


def _shape(cls: object) -> Shape | None:
    found = cls.__dict__.get(SHAPE) if isinstance(cls, type) else None
    return found if isinstance(found, Shape) else None


def _node_shapes(f: StrawberryField) -> list[Shape]:
    """The entities of a `Connection[…]` field; none for an interface, which is implemented elsewhere."""
    inner: Any = f.type
    inner = getattr(inner, "of_type", inner)
    node = inner.__strawberry_definition__.type_var_map["T"]
    found = [shape_of(cls) for cls in (node.types if isinstance(node, StrawberryUnion) else [node])]
    return [shape for shape in found if shape.kind is Kind.ENTITY]


def _rules_text(rules: Sequence[Rule]) -> str | None:
    text = " or ".join(dict.fromkeys(str(rule) for rule in rules))
    return text if text not in ("", "everyone") else None


def _connection_arguments(shapes: Sequence[Shape], source: Connected) -> list[StrawberryArgument]:
    arguments = [
        _argument("first", int, "How many rows from the start, at most 100; 20 without `last`.", None),
        _argument("after", str, "Only rows after this cursor.", None),
        _argument("last", int, "How many rows from the end, at most 100; not together with `first`.", None),
        _argument("before", str, "Only rows before this cursor.", None),
    ]
    if source.search is not None:
        tokens = isinstance(source.search, Tokens)
        text = source.search.says if tokens else "Part of the name, however it is written."
        arguments.append(_argument("search", str, text, None))
    if source.as_of is not None:
        arguments.append(_day_argument(source))
    if len(shapes) != 1:
        return arguments
    (shape,) = shapes
    if shape.filter_type is not None:
        arguments.append(_argument("filter", shape.filter_type, "Which rows are wanted.", None))
    if shape.order_type is not None:
        text = f"In which order; default {next(iter(shape.orders))}."
        arguments.append(_argument("order", shape.order_type, text, None))
    return arguments


def _period_arguments() -> list[StrawberryArgument]:
    return [
        _argument("from", date, "First business date, included; default: twelve months ago.", None),
        _argument("to", date, "Last business date, included; default: today.", None),
    ]


def _day_argument(source: One | Many | Connected) -> StrawberryArgument:
    without = "the row that lasts" if isinstance(source, One) else "all rows"
    text = (
        f"Only what was so on this day; without it {without}. "
        f"Of a day to come it is what is known of it today."
    )
    return _argument(AS_OF, date, text, None)


def _argument(name: str, annotation: Any, description: str, *default: Any) -> StrawberryArgument:
    value = default[0] if default else strawberry.UNSET
    optional = Optional[annotation] if default else annotation  # noqa: UP045
    return StrawberryArgument(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(optional),
        description=description,
        default=strawberry.UNSET if value is None else value,
    )
