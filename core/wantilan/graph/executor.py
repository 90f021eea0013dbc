"""Strawberry's executor, with one thing changed: a reference that a resolver returns is read by the planner.

It overrides `complete_value` alone. What was read is returned as it is and never resolved a second time.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_named_type, is_non_null_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from ..errors import NotFound
from .declare import Ref
from .shapes import SHAPE, Kind, Shape


@dataclass(frozen=True)
class Fetched:
    """JSON that the database made: complete as it is."""

    data: Any


@dataclass(frozen=True)
class PerKey:
    """One field under several aliases has several answers."""

    answers: dict[str, Fetched]


@dataclass(frozen=True)
class Wanted:
    """One reference (or list of them) to be read for one response name."""

    key: str
    attribute: str
    type: Any
    refs: list[Ref]
    plural: bool
    nodes: list[FieldNode]


def is_payload(value: object) -> bool:
    shape = type(value).__dict__.get(SHAPE)
    return isinstance(shape, Shape) and shape.kind is Kind.PAYLOAD


def wanted(key: str, attribute: str, type_: Any, value: object, nodes: list[FieldNode]) -> Wanted | None:
    """What is to be read of a resolver's value; None when it holds no reference."""
    if isinstance(value, Ref):
        return Wanted(key, attribute, type_, [value], False, nodes)
    if isinstance(value, list) and value and all(isinstance(item, Ref) for item in value):
        return Wanted(key, attribute, type_, value, True, nodes)
    return None


class ReadingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Private API of graphql-core: its version is pinned, and a test holds on to every hook used here."""

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if isinstance(result, PerKey):
            result = result.answers[path.key]
        if isinstance(result, Fetched):
            if result.data is None and is_non_null_type(return_type):
                raise NotFound
            return result.data
        nodes = [details.node for details in field_details_list]
        found = wanted(str(path.key), "", get_named_type(return_type), result, nodes)
        if found is not None:
            return self._read(found, return_type, field_details_list, info, path, position_context)
        if is_payload(result):
            return self._read_payload(return_type, field_details_list, info, path, result, position_context)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    async def _read(
        self,
        found: Wanted,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        position_context: Any,
    ) -> Any:
        answers, errors = await info.context.read([found], path.as_list()[:-1])
        for error in errors:
            self.collected_errors.add(error, None)
        fetched = Fetched(answers[found.key])
        return self.complete_value(return_type, field_details_list, info, path, fetched, position_context)

    async def _read_payload(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """All references of one payload are read by one statement."""
        gtype = get_named_type(return_type)
        assert isinstance(gtype, GraphQLObjectType)
        todo: list[Wanted] = []
        for key, details in self.collect_subfields(gtype, field_details_list)[0].items():
            name = details[0].node.name.value
            if name == "__typename":
                continue
            attribute = gtype.fields[name].extensions["strawberry-definition"].python_name
            type_ = get_named_type(gtype.fields[name].type)
            found = wanted(key, attribute, type_, getattr(result, attribute), [d.node for d in details])
            if found is not None:
                todo.append(found)
        if todo:
            answers, errors = await info.context.read(todo, path.as_list())
            for error in errors:
                self.collected_errors.add(error, None)
            result = copy.copy(result)
            per_attribute: dict[str, dict[str, Fetched]] = {}
            for one in todo:
                per_attribute.setdefault(one.attribute, {})[one.key] = Fetched(answers[one.key])
            for attribute, fetched in per_attribute.items():
                setattr(result, attribute, PerKey(fetched))
        done = super().complete_value(return_type, field_details_list, info, path, result, position_context)
        return await done if self.is_awaitable(done) else done
