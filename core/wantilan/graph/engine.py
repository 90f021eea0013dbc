"""One operation: document -> plan -> one statement -> bytes; mutations and resolvers beside it, reading the
same way.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from graphql import FieldNode, OperationDefinitionNode, OperationType, execute

from ..access.actor import Actor
from ..errors import Forbidden, Language, LimitExceeded, Refusal, Text, ValidationFailed
from ..settings import Settings
from ..store.database import Database
from ..store.secrets import Keys
from ..store.write import Announced
from .context import Context
from .counts import Counts
from .documents import Document, Documents
from .emitters import new_planner
from .executor import Fetched, PerKey, ReadingExecutor, Wanted
from .explained import Explained, explain
from .explanation import UNPLANNED, as_json, with_explanation
from .gate import Gate
from .http.protocol import Answer, Asked, Header
from .library import Library
from .meter import Meter
from .payloads import Payloads, Settled
from .plan import Plan
from .planner import Planner
from .prepared import Preparations, Prepared
from .response import Patched, encode, formatted, is_final, not_enabled, patch, refusals, status_of
from .roots import root
from .schema import Schema
from .selection import Request, Selection, Variables
from .unplanned import unplanned_among

Resolve = Callable[[str | None], Awaitable[Actor]]
INTROSPECT = "schema.introspect"
"""The permission to introspect."""
EXPLAIN = "plan.explain"
"""The permission to ask with the header `x-wantilan-explain`."""
PUBLIC = (
    (b"cache-control", b"public, max-age=0, must-revalidate"),
    (b"vary", b"accept, accept-language, authorization"),
)
"""What a visitor gets by GET is public data: it may be kept, and asked for again by its ETag."""


class Engine:
    """`resolve` turns a token into an actor; `announced` is told what a committed mutation put into the
    outbox.
    """

    def __init__(
        self,
        schema: Schema,
        database: Database,
        resolve: Resolve,
        settings: Settings,
        announced: Announced = lambda village, events: None,
        *,
        services: Mapping[type, Any] | None = None,
        walls: bool = True,
    ) -> None:
        self.services = dict(services or {})
        self.schema, self.database, self.settings = schema, database, settings
        self.resolve, self.announced, self.walls = resolve, announced, walls
        self.documents = Documents(schema.graphql, settings.limits)
        self.pieces = schema.pieces(database.dialect)
        self.preparations = Preparations(schema.graphql)
        self.meter, self.gate = Meter(settings.limits.cost_per_minute), Gate()
        self.library = Library(self.documents, settings, self.meter, self.gate)
        self.counts = Counts()
        self.payloads = Payloads(schema, self.planner, self.fetch)
        self.zone = ZoneInfo(settings.time_zone)

    # The way in
    async def answer(self, asked: Asked) -> Answer:
        """Never raises for anything a client can send."""
        try:
            actor = await self.resolve(asked.token)
            self.meter.check(actor, asked.client)
            self.counts.documents += 1
            document = await self.library.document(asked, actor)
            prepared = self.preparations.of(document, asked.operation_name)
            if asked.read_only and prepared.operation.operation is not OperationType.QUERY:
                return self._refused(asked, [only_queries()], status=405)
            if prepared.operation.operation is OperationType.SUBSCRIPTION:
                body = [formatted(only_live(), asked.language, asked.request_id)]
                return Answer(encode(None, body, {}, has_data=False), 406, subscribes=True)
            variables = prepared.variables.coerce(asked.variables)
            request = self.request(actor, variables, asked.language)
            if asked.explain and self._may_explain(actor):
                # Before it runs: an explanation that is refused must not hide what was written.
                explained = as_json(self.explained(document, prepared.operation, request))
                return with_explanation(await self._execute(asked, document, prepared, request), explained)
            return await self._execute(asked, document, prepared, request)
        except Exception as error:
            found = refusals(error, asked.request_id)
            return self._refused(asked, found, status=status_of(found))

    def request(self, actor: Actor, variables: Variables, language: Language) -> Request:
        """What a plan is told of one request, today."""
        today = datetime.now(self.zone).date()
        keys = self.services.get(Keys)
        return Request(actor, variables, language, today, keys=keys, zone=self.zone)

    def _refused(self, asked: Asked, errors: Sequence[Refusal], *, status: int) -> Answer:
        self.counts.refused += 1
        self.counts.errors.update(error.code for error in errors)
        body = [formatted(e, asked.language, asked.request_id) for e in errors]
        return Answer(encode(None, body, {}, has_data=False), status)

    async def _execute(
        self, asked: Asked, document: Document, prepared: Prepared, request: Request
    ) -> Answer:
        if prepared.operation.operation is OperationType.QUERY:
            plan = await self._planned(asked, document, prepared, request)
            if plan is not None:
                return await self._answer(asked, plan, request)
        return await self._run(asked, document, prepared, request)

    # Planned queries
    async def _planned(
        self, asked: Asked, document: Document, prepared: Prepared, request: Request
    ) -> Plan | None:
        """The plan of a query whose root fields are all planned; None when a resolver is among them."""
        key = prepared.key(request, self.schema.tags)
        plan = prepared.plan(key)
        if plan is not None:
            self.counts.plans_found += 1
            return plan
        selection, roots = self._roots(document, prepared, request)
        if not self._all_planned(roots):
            return None
        async with self.gate.turn(request.actor.token_id or asked.client):
            plan = self.plan(selection, roots, request)
        prepared.keep(key, plan)
        return plan

    def planned(self, document: Document, prepared: Prepared, request: Request) -> Plan | None:
        """The same without waiting and without remembering, for who wants to look at a plan."""
        selection, roots = self._roots(document, prepared, request)
        return self.plan(selection, roots, request) if self._all_planned(roots) else None

    def _roots(
        self, document: Document, prepared: Prepared, request: Request
    ) -> tuple[Selection, dict[str, list[FieldNode]]]:
        selection = Selection(self.schema.graphql, document.fragments, request.variables)
        query: Any = self.schema.graphql.query_type
        return selection, selection.fields(query, [prepared.operation.selection_set])

    def _all_planned(self, roots: Mapping[str, list[FieldNode]]) -> bool:
        return all(self._is_planned(nodes[0]) for nodes in roots.values())

    def _is_planned(self, node: FieldNode) -> bool:
        name = node.name.value
        if name == "__typename":
            return True
        bound = self.schema.bound["Query"].get(name)
        return bound is not None and self.schema.is_planned(bound)

    def planner(self, request: Request, selection: Selection) -> Planner:
        self.counts.plans_made += 1
        most = self.settings.limits.page_size
        return new_planner(self.schema, self.pieces, request, selection, page_size=most, walls=self.walls)

    def plan(self, selection: Selection, roots: Mapping[str, list[FieldNode]], request: Request) -> Plan:
        planner = self.planner(request, selection)
        pairs: list[tuple[str, str]] = []
        for key, nodes in roots.items():
            if nodes[0].name.value == "__typename":
                pairs.append((key, "'\"Query\"'"))
            else:
                pairs.append(
                    (key, root(planner, self.schema.bound["Query"][nodes[0].name.value], key, nodes))
                )
        return planner.finish(pairs)

    async def fetch(self, plan: Plan, request: Request, rows: int) -> str:
        self.within_limits(rows)
        statement, begun = plan.statement(request), perf_counter()
        try:
            return await self.database.reader.read(statement)
        finally:
            self.counts.statements.add(perf_counter() - begun)

    async def _answer(self, asked: Asked, plan: Plan, request: Request) -> Answer:
        rows = plan.rows(request)
        cost = self.meter.charge(request.actor, asked.client, rows)
        text = await self.fetch(plan, request, rows)
        self.counts.planned += 1
        if is_final(plan, text) and asked.read_only and asked.token is None:
            return Answer(f'{{"data":{text}}}'.encode(), headers=PUBLIC)
        if is_final(plan, text):
            left, requested = cost["left"], cost["requested"]
            end = f',"extensions":{{"cost":{{"requested":{requested},"left":{left}}}}}}}'
            return Answer(f'{{"data":{text}{end}'.encode())
        patched = patch(plan, json.loads(text), request)
        return self._encoded(asked, patched.data, patched.errors, [patched], cost)

    def _encoded(
        self,
        asked: Asked,
        data: Any,
        errors: Sequence[Refusal],
        patched: Sequence[Patched],
        cost: dict[str, int],
        *headers: Header,
    ) -> Answer:
        self.counts.errors.update(error.code for error in errors)
        body = [formatted(e, asked.language, asked.request_id) for e in errors]
        closed = not_enabled(patched)
        extensions = {"cost": cost, **({"notEnabled": closed} if closed else {})}
        return Answer(encode(data, body, extensions), headers=headers)

    def explained(
        self, document: Document, operation: OperationDefinitionNode, request: Request
    ) -> Explained:
        """How an operation is planned. It is not run; who may not begin it is refused as if it were."""
        selection = Selection(self.schema.graphql, document.fragments, request.variables)
        root_type: Any = self.schema.graphql.get_root_type(operation.operation)
        roots = selection.fields(root_type, [operation.selection_set])
        self._settle(roots, root_type, request, selection)
        return explain(self, operation.operation, selection, roots, request)

    # Mutations and resolvers
    async def _run(self, asked: Asked, document: Document, prepared: Prepared, request: Request) -> Answer:
        operation = prepared.operation
        selection = Selection(self.schema.graphql, document.fragments, request.variables)
        root_type: Any = self.schema.graphql.get_root_type(operation.operation)
        roots = selection.fields(root_type, [operation.selection_set])
        settled = self._settle(roots, root_type, request, selection, prepared)
        context = Context(
            self, request, selection, settled, request_id=asked.request_id, key=asked.idempotency_key
        )
        rows = self.within_limits(settled.rows)
        plan = self._beside(roots, operation, request, selection)
        rows = max(rows, plan.rows(request) if plan is not None else 0)
        cost = self.meter.charge(request.actor, asked.client, rows)
        first, waiting = await self._planned_roots(plan, roots, request)
        if plan is not None and waiting.data is None:
            return self._encoded(asked, None, waiting.errors, [waiting], cost)
        context.patched.append(waiting)
        result: Any = execute(
            self.schema.graphql,
            document.ast,
            root_value=SimpleNamespace(**first),
            context_value=context,
            variable_values=dict(asked.variables),
            operation_name=asked.operation_name,
            executor_class=ReadingExecutor,
        )
        result = await result if hasattr(result, "__await__") else result
        headers = self._counted(asked, request.actor, operation, roots)
        found = [e for error in result.errors or () for e in refusals(error, asked.request_id)]
        return self._encoded(asked, result.data, [*waiting.errors, *found], context.patched, cost, *headers)

    def _counted(
        self,
        asked: Asked,
        actor: Actor,
        operation: OperationDefinitionNode,
        roots: Mapping[str, list[FieldNode]],
    ) -> tuple[Header, ...]:
        """Count an operation that no plan answered as a whole; the header that names what was not planned."""
        if operation.operation is not OperationType.QUERY:
            self.counts.mutations += 1
            return ()
        self.counts.resolved += 1
        names = unplanned_among(self.schema, roots.values())
        self.counts.unplanned.update(names)
        told = self.settings.demo or (asked.explain and self._may_explain(actor))
        if not names or not told:
            return ()
        return ((UNPLANNED, ", ".join(names).encode("ascii")),)

    def _settle(
        self,
        roots: Mapping[str, list[FieldNode]],
        root_type: Any,
        request: Request,
        selection: Selection,
        prepared: Prepared | None = None,
    ) -> Settled:
        for key, nodes in roots.items():
            if nodes[0].name.value in ("__schema", "__type"):
                self._may_introspect(request.actor, key)
        return self.payloads.settle(roots, root_type.name, request, selection, prepared)

    def within_limits(self, rows: int) -> int:
        if rows > self.settings.limits.rows:
            raise LimitExceeded("rows", self.settings.limits.rows)
        return rows

    def _may_introspect(self, actor: Actor, key: str) -> None:
        if not (self.settings.introspection or self.settings.demo or INTROSPECT in actor.ranges):
            raise Forbidden(INTROSPECT, path=[key])

    def _may_explain(self, actor: Actor) -> bool:
        return self.settings.demo or EXPLAIN in actor.ranges

    def _beside(
        self,
        roots: Mapping[str, list[FieldNode]],
        operation: OperationDefinitionNode,
        request: Request,
        selection: Selection,
    ) -> Plan | None:
        """The plan of the planned roots that stand beside resolvers."""
        if operation.operation is not OperationType.QUERY:
            return None
        planned = self._planned_among(roots)
        return self.plan(selection, planned, request) if planned else None

    def _planned_among(self, roots: Mapping[str, list[FieldNode]]) -> dict[str, list[FieldNode]]:
        return {
            key: nodes
            for key, nodes in roots.items()
            if nodes[0].name.value != "__typename" and self._is_planned(nodes[0])
        }

    async def _planned_roots(
        self, plan: Plan | None, roots: Mapping[str, list[FieldNode]], request: Request
    ) -> tuple[dict[str, PerKey], Patched]:
        """Planned roots beside resolvers are read first, in one statement, and wait in the root value."""
        if plan is None:
            return {}, Patched(None)
        patched = patch(plan, json.loads(await self.fetch(plan, request, plan.rows(request))), request)
        waiting: dict[str, dict[str, Fetched]] = {}
        for key, nodes in self._planned_among(roots).items():
            bound = self.schema.bound["Query"][nodes[0].name.value]
            python_name = bound.graphql.extensions["strawberry-definition"].python_name
            data = patched.data.get(key) if patched.data is not None else None
            waiting.setdefault(python_name, {})[key] = Fetched(data)
        return {name: PerKey(answers) for name, answers in waiting.items()}, patched

    async def read_references(
        self, context: Context, wanted: Sequence[Wanted], path: list[str | int]
    ) -> tuple[dict[str, Any], list[Refusal]]:
        answers, patched = await self.payloads.read(
            context.settled, wanted, path, context.request, context.selection
        )
        context.patched.append(patched)
        return answers, patched.errors


def only_live() -> ValidationFailed:
    return ValidationFailed(
        Text(
            "Langganan dibaca lewat WebSocket (graphql-transport-ws), atau dengan Accept: text/event-stream.",
            "A subscription is read by WebSocket (graphql-transport-ws), or with Accept: text/event-stream.",
        )
    )


def only_queries() -> ValidationFailed:
    return ValidationFailed(Text("GET hanya untuk query; pakai POST.", "GET is for queries only; use POST."))
