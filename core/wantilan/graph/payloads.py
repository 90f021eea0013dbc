"""What mutations and resolvers answer: settled before anything runs, and read by the same plans after it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from graphql import FieldNode

from ..access.actor import Actor
from ..errors import Forbidden, Refusal
from .executor import Wanted
from .mutation import MutationSpec
from .plan import Plan
from .planner import Planner
from .prepared import Prepared
from .relay import GlobalId
from .response import Patched, patch
from .roots import payload_types, references
from .schema import Bound, Schema
from .selection import Request, Selection
from .shapes import shape_of

Roots = Mapping[str, list[FieldNode]]
Fetch = Callable[[Plan, Request, int], Awaitable[str]]


@dataclass(frozen=True)
class Settled:
    """The plans of the payloads of one operation, by the response name of the mutation or resolver."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    rows: int = 1


class Payloads:
    """Plans what operations answer that no plan answers as a whole. `prepared` operations plan it once."""

    def __init__(
        self, schema: Schema, planner: Callable[[Request, Selection], Planner], fetch: Fetch
    ) -> None:
        self.schema, self._planner, self._fetch = schema, planner, fetch

    def settle(
        self,
        roots: Roots,
        root_type: str,
        request: Request,
        selection: Selection,
        prepared: Prepared | None = None,
    ) -> Settled:
        """Permissions, limits and plans, before anything runs: nobody gets a refusal for what was written.

        Raises what the operation may not ask.
        """
        key = prepared.key(request, self.schema.tags) if prepared is not None else None
        plans: dict[str, Plan] = {}
        for name, nodes in roots.items():
            bound = self.schema.bound[root_type].get(nodes[0].name.value)
            if bound is None or self.schema.is_planned(bound):
                continue
            _begin(bound, request.actor, name)
            if not hasattr(bound.type, "fields") or nodes[0].selection_set is None:
                continue
            plan = prepared.plan((name, key)) if prepared is not None else None
            if plan is None:
                plan = self._payload(bound, name, nodes, request, selection)
                if prepared is not None:
                    prepared.keep((name, key), plan)
            with _below(name):
                plan.statement(request)  # judges each value: page sizes, cursors, filters
            plans[name] = plan
        return Settled(plans, max((plan.rows(request) for plan in plans.values()), default=1))

    def _payload(
        self, bound: Bound, name: str, nodes: list[FieldNode], request: Request, selection: Selection
    ) -> Plan:
        planner = self._planner(request, selection)
        sets = [node.selection_set for node in nodes if node.selection_set]
        with _below(name):
            return planner.finish(payload_types(planner, bound.type, sets))

    async def read(
        self,
        settled: Settled,
        wanted: Sequence[Wanted],
        path: list[str | int],
        request: Request,
        selection: Selection,
    ) -> tuple[dict[str, Any], Patched]:
        """What a payload refers to, in one statement: by the plan that was settled, unless it holds lists."""
        plan = settled.plans.get(str(path[0])) if len(path) == 1 else None
        if plan is None or any(one.plural for one in wanted):
            planner = self._planner(request, selection)
            plan = planner.finish(references(planner, wanted))
        else:
            request = replace(request, refs={one.key: _global_id(one) for one in wanted})
        patched = patch(plan, json.loads(await self._fetch(plan, request, plan.rows(request))), request, path)
        data = patched.data or {}
        answers = {
            one.key: list(data.get(one.key, {}).values()) if one.plural else data.get(one.key)
            for one in wanted
        }
        return answers, patched


@contextmanager
def _below(name: str) -> Iterator[None]:
    """What a plan refuses at a place is refused at that place below the response name."""
    try:
        yield
    except Refusal as error:
        if error.path is not None:
            error.path = [name, *error.path]
        raise


def _begin(bound: Bound, actor: Actor, name: str) -> None:
    """Raises Forbidden for a mutation that this actor may begin nowhere."""
    spec = bound.source
    if isinstance(spec, MutationSpec) and not any(rule.applies(actor) for rule in spec.needs):
        raise Forbidden(spec.needs_text, path=[name])


def _global_id(one: Wanted) -> GlobalId:
    (ref,) = one.refs
    key: Hashable = ref.key
    return GlobalId(shape_of(ref.entity).tag, ref.village, key.hex if isinstance(key, UUID) else str(key))
