"""An operation made ready once: its variables' types, and the plans it has had."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from graphql import GraphQLSchema, OperationDefinitionNode

from .coerce import Variables
from .documents import Document
from .plan import Plan
from .selection import Request, shape_of_value


class Prepared:
    """One operation of a document. Its plans go when the document goes."""

    PLANS = 256

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.operation = operation
        self.variables = Variables(schema, operation)
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()

    def key(self, request: Request, tags: Mapping[str, Any]) -> Hashable:
        """Shape of the variables and permissions of the actor: all that decides SQL text."""
        values = request.variables
        shapes = tuple(
            shape_of_value(declared.type, values[declared.name], tags)
            if declared.name in values
            else "absent"
            for declared in self.variables.declared
        )
        return shapes, request.actor.shape

    def plan(self, key: Hashable) -> Plan | None:
        found = self._plans.get(key)
        if found is not None:
            self._plans.move_to_end(key)
        return found

    def keep(self, key: Hashable, plan: Plan) -> None:
        self._plans[key] = plan
        if len(self._plans) > self.PLANS:
            self._plans.popitem(last=False)


class Preparations:
    """The prepared operations of the documents that are still remembered."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._known: WeakKeyDictionary[Document, dict[str | None, Prepared]] = WeakKeyDictionary()

    def of(self, document: Document, name: str | None) -> Prepared:
        """Raises BadUserInput for an unknown operation, or for several and no name."""
        named = self._known.get(document)
        if named is None:
            named = self._known[document] = {}
        found = named.get(name)
        if found is None:
            found = named[name] = Prepared(self.schema, document.operation(name))
        return found

    def clear(self) -> None:
        self._known.clear()
