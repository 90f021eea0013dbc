"""Values of arguments that fit the rows and each other, and how they are written."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, get_nullable_type
from tests.fuzz.filtering import filters_of
from tests.fuzz.paging import WISH
from tests.fuzz.pool import Pool, Word

from wantilan.graph.schema import Bound
from wantilan.graph.shapes import Shape
from wantilan.graph.sources import Connected, Tabled, Tokens
from wantilan.testing import BENGKEL


@dataclass
class Choice:
    """The values of one field's arguments: they fit together, an order and its cursor for one."""

    pool: Pool
    rng: random.Random
    names: Iterator[int]
    about: str | None
    """The entity that the case is about, if it is about one."""
    bound: Bound
    code: str | None
    order: str | None = None
    tags: list[str] = field(default_factory=list)

    @property
    def shape(self) -> Shape:
        assert self.bound.target is not None
        return self.bound.target

    def value(self, name: str) -> Any:
        pool, rng = self.pool, self.rng
        match name:
            case "first" | "last":
                return rng.choice(
                    [1, 2, 3, 4, 1, 2, 3, 4, 0, 7, 20, *([100, 101, -1] if rng.random() < 0.15 else [])]
                )
            case "after" | "before":
                order = self.order or next(iter(self.shape.orders), "ID")
                if rng.random() < 0.93:
                    return f"{WISH}{next(self.names)};"
                return pool.cursor(rng, self.shape, order, self.code)
            case "order":
                self.order = rng.choice(list(self.shape.orders))
                return Word(self.order)
            case "filter":
                return self.filter(self.bound.graphql.args["filter"].type, 2)
            case "search":
                return pool.words(rng, self.code) if self.searches_people() else pool.part_of_name(rng)
            case "from" | "to":
                return pool.day(rng)
            case "asOf" if not isinstance(self.bound.source, Tabled):
                return pool.day_of(rng, self.shape, self.dated(), self.code)
            case "asOf" | "month":
                day = pool.day_of_statistics(rng)
                return day if name == "asOf" else day[:7]
            case "code" | "villageCode":
                self.code = pool.region_code(rng) if self.bound.name == "region" else pool.village_code(rng)
                return self.code
            case "id":
                return self.id()
            case "ids":
                return [self.id() for _ in range(rng.choice([0, 1, 2, 3, 3, 4]))]
            case "names":
                return rng.sample(
                    ["Sex", "Religion", "BloodType", "Nothing", "Disability"], rng.randint(0, 3)
                )
            case "language":
                return rng.choice(["id", "en"])
        raise AssertionError(
            f"tests/fuzz/choices.py has no values for the argument {self.bound.name}({name})"
        )

    def dated(self) -> tuple[str, str]:
        """The columns of the first and the last day of the rows."""
        as_of = getattr(self.bound.source, "as_of", None)
        assert as_of is not None
        return as_of[0].key, as_of[1].key

    def searches_people(self) -> bool:
        source = self.bound.source
        return isinstance(source, Connected) and isinstance(source.search, Tokens)

    def id(self) -> str:
        """Of the field's own type, or of the type that the case is about."""
        pool, rng = self.pool, self.rng
        if self.bound.target is not None:
            name = self.pool.schema.type_of[self.bound.target.cls]
        else:
            name = (
                self.about
                if self.about in pool.shapes and rng.random() < 0.5
                else rng.choice(sorted(pool.shapes))
            )
            self.tags.append(name)
        self.code = rng.choice([BENGKEL, BENGKEL, BENGKEL, "51.02.06.2002", "51.02.05.2001"])
        return pool.id(rng, name, self.code)

    def filter(self, type_: Any, depth: int) -> dict[str, Any]:
        gtype: Any = get_nullable_type(type_)
        assert isinstance(gtype, GraphQLInputObjectType)
        rng = self.rng
        row = self.pool.row(rng, self.shape, self.code)
        missing = [name for name in filters_of(self.shape) if self.may_miss(name)]
        if depth == 2 and missing and rng.random() < 0.4:
            name = rng.choice(missing)
            return {"not": {name: self.conditions(gtype.fields[name].type, name, row)}}
        made: dict[str, Any] = {}
        weights = [self.weight(name, depth) for name in gtype.fields]
        for name in dict.fromkeys(rng.choices(list(gtype.fields), weights, k=rng.choice([1, 1, 2]))):
            if name in ("and", "or"):
                if depth:
                    made[name] = [self.filter(type_, depth - 1) for _ in range(rng.choice([0, 1, 2, 2]))]
            elif name == "not":
                if depth:
                    made[name] = self.filter(type_, depth - 1)
            elif rng.random() < 0.04:
                made[name] = rng.choice([None, {}])
            else:
                made[name] = self.conditions(gtype.fields[name].type, name, row)
        return made

    def weight(self, name: str, depth: int) -> int:
        """Where values are missing, conditions are most easily wrong."""
        return depth if name in ("and", "or", "not") else 4 if self.may_miss(name) else 2

    def may_miss(self, name: str) -> bool:
        return bool(filters_of(self.shape)[name].column.property.columns[0].nullable)

    def conditions(self, type_: Any, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        filtered, rng, pool = filters_of(self.shape)[name], self.rng, self.pool
        made: dict[str, Any] = {}
        operators = list(get_nullable_type(type_).fields)
        for operator in rng.sample(operators, min(len(operators), rng.choice([1, 1, 1, 2]))):
            if rng.random() < 0.01:
                made[operator] = None
            elif operator == "in":
                others = [row, *(pool.row(rng, self.shape, self.code) for _ in range(rng.randint(0, 2)))]
                made[operator] = [
                    pool.operand(rng, filtered, operator, r) for r in others[: rng.choice([0, 1, 2, 3])]
                ]
            else:
                made[operator] = pool.operand(rng, filtered, operator, row)
        return made


# Values as text


def literal(value: Any, nested: Any = None, type_: Any = None) -> str:
    """A value as it stands in a document. `nested` may put a variable in place of an inner value."""
    bare = get_nullable_type(type_) if type_ is not None else None
    if isinstance(value, dict):
        parts = []
        for key, inner in value.items():
            inner_type = bare.fields[key].type if isinstance(bare, GraphQLInputObjectType) else None
            parts.append(f"{key}: {within(inner, nested, inner_type)}")
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        inner_type = bare.of_type if isinstance(bare, GraphQLList) else None
        return f"[{', '.join(within(inner, nested, inner_type) for inner in value)}]"
    if isinstance(value, Word):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def within(value: Any, nested: Any, type_: Any) -> str:
    found = nested(value, type_) if nested is not None and type_ is not None else None
    return found if found is not None else literal(value, nested, type_)


def plain(value: Any) -> Any:
    """A value as JSON carries it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, Word) else value
