"""An operation made ready once: its variables' types, and the plans it has had."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from graphql import GraphQLSchema, OperationDefinitionNode

from .coerce import Variables
from .documents import Document
from .plan import Plan
from .recent import Recent
from .selection import Request, shape_of_value

PLANS = 2_048
PLANNED_CHARACTERS = 8 * 1024 * 1024
"""What all operations together may keep: so many plans, and so many characters of SQL.

Shapes of variables are the client's to choose: a bound for each operation alone would be none for the server.
"""

Plans = Recent[Hashable, Plan]


class Prepared:
    """One operation of a document."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, plans: Plans) -> None:
        self.operation = operation
        self.variables = Variables(schema, operation)
        self._plans = plans

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
        return self._plans.get((self, key))

    def keep(self, key: Hashable, plan: Plan) -> None:
        self._plans.put((self, key), plan, len(plan.sql))


class Preparations:
    """The prepared operations of the documents that are still remembered, and the plans used of late."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.plans: Plans = Recent(PLANS, PLANNED_CHARACTERS)
        self._known: WeakKeyDictionary[Document, dict[str | None, Prepared]] = WeakKeyDictionary()

    def of(self, document: Document, name: str | None) -> Prepared:
        """Raises BadUserInput for an unknown operation, or for several and no name."""
        named = self._known.get(document)
        if named is None:
            named = self._known[document] = {}
        found = named.get(name)
        if found is None:
            found = named[name] = Prepared(self.schema, document.operation(name), self.plans)
        return found
