"""An operation explained: what it reads by which statements, what stands before each row, what has no plan.

It plans anew with a `Recorder`: the plans that answer requests know nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from graphql import FieldNode, GraphQLObjectType, OperationType, SelectionSetNode

from ..settings import Settings
from .emitters import EMITTERS
from .meter import cost_of
from .mutation import MutationSpec
from .parameters import WITHHELD, Parameter, parameters
from .pieces import Pieces
from .plan import Plan
from .planner import typename
from .provenance import INTROSPECTION, REFERENCE, VALUE
from .recorder import Recorder, Step
from .roots import followed, payload_types, root
from .schema import Bound, Schema
from .selection import Request, Selection
from .unplanned import SCHEMA_FIELDS, unplanned_among

RETURNED = "what the function returns"
QUERY = OperationType.QUERY
Roots = Mapping[str, list[FieldNode]]


class Plans(Protocol):
    """What an explanation needs of the engine."""

    schema: Schema
    pieces: Pieces
    settings: Settings
    walls: bool


@dataclass(frozen=True)
class Reading:
    """Fields that are answered together: by one statement, or (`plan` is None) without one."""

    what: str
    steps: Sequence[Step]
    plan: Plan | None
    request: Request
    returned: frozenset[str] = frozenset()
    """Slots for what a function returns: nobody knows it before."""

    @cached_property
    def parameters(self) -> list[Parameter]:
        if self.plan is None:
            return []
        found = zip(self.plan.keys, parameters(self.plan, self.request), strict=True)
        return [
            replace(one, source=RETURNED, value=WITHHELD) if key in self.returned else one
            for key, one in found
        ]

    @cached_property
    def slots(self) -> Mapping[str, str]:
        """Slot of the planner -> name of the parameter."""
        keys = self.plan.keys if self.plan is not None else ()
        return {key: one.name for key, one in zip(keys, self.parameters, strict=True)}

    @property
    def rows(self) -> int:
        return self.plan.rows(self.request) if self.plan is not None else 0

    def bound_by(self) -> Mapping[str, str]:
        """Parameter -> the field that binds it, dotted."""
        names = self.slots
        return {
            names[slot]: ".".join(str(part) for part in step.path if part != 0)
            for step in every(self.steps)
            for slot in step.slots
            if slot in names
        }


@dataclass(frozen=True)
class Explained:
    kind: str
    readings: Sequence[Reading]
    unplanned: Sequence[str]
    """Root fields of a query that no plan answers."""

    @property
    def rows(self) -> int:
        return max([1, *(reading.rows for reading in self.readings)])

    @property
    def cost(self) -> int:
        """As `extensions.cost.requested` says it."""
        return cost_of(self.rows)


def every(steps: Sequence[Step]) -> list[Step]:
    """All steps of a tree, each before those below it."""
    return [one for step in steps for one in (step, *every(step.steps))]


def explain(
    engine: Plans, kind: OperationType, selection: Selection, roots: Roots, request: Request
) -> Explained:
    """Plan one operation as the engine would. Raises the refusals of the planner."""
    schema = engine.schema
    gtype: Any = schema.graphql.get_root_type(kind)
    names = {key: nodes[0].name.value for key, nodes in roots.items()}
    rest = {key: nodes for key, nodes in roots.items() if not _is_planned(schema, gtype, names[key])}
    # Beside a resolver the name of the root type is said by the executor, and no part of the statement.
    planned = {k: v for k, v in roots.items() if k not in rest and not (rest and names[k] == "__typename")}
    readings = [_planned(engine, request, selection, gtype, planned)] if planned and kind is QUERY else []
    if kind is OperationType.SUBSCRIPTION:
        readings.append(_followed(engine, request, selection, gtype, planned))
    for key, nodes in rest.items():
        readings.append(_resolved(engine, request, selection, gtype, key, nodes))
    unplanned = unplanned_among(schema, rest.values()) if kind is QUERY else []
    return Explained(kind.value, readings, tuple(unplanned))


def _is_planned(schema: Schema, gtype: GraphQLObjectType, name: str) -> bool:
    bound = schema.bound[gtype.name].get(name)
    return name == "__typename" or (bound is not None and schema.is_planned(bound))


def _recorder(engine: Plans, request: Request, selection: Selection) -> Recorder:
    most = engine.settings.limits.page_size
    return Recorder(
        engine.schema, engine.pieces, request, selection, EMITTERS, page_size=most, walls=engine.walls
    )


def _planned(
    engine: Plans, request: Request, selection: Selection, gtype: GraphQLObjectType, roots: Roots
) -> Reading:
    """All planned roots are one statement."""
    recorder = _recorder(engine, request, selection)
    pairs: list[tuple[str, str]] = []
    for key, nodes in roots.items():
        if nodes[0].name.value == "__typename":
            pairs.append((key, typename(gtype)))
            continue
        bound = engine.schema.bound[gtype.name][nodes[0].name.value]
        with recorder.field(gtype, nodes, (key,)):
            pairs.append((key, root(recorder, bound, key, nodes)))
    return Reading("one statement", recorder.steps, recorder.finish(pairs), request)


def _followed(
    engine: Plans, request: Request, selection: Selection, gtype: GraphQLObjectType, roots: Roots
) -> Reading:
    """What is read each time that something happens."""
    recorder = _recorder(engine, request, selection)
    pairs: list[tuple[str, str]] = []
    slots: set[str] = set()
    for key, nodes in roots.items():
        bound = engine.schema.bound[gtype.name][nodes[0].name.value]
        with recorder.field(gtype, nodes, (key,)) as step:
            pairs.append((key, followed(recorder, bound, key, nodes)))
        slots |= set(step.slots)
    return Reading(
        "one statement at each event", recorder.steps, recorder.finish(pairs), request, frozenset(slots)
    )


def _resolved(
    engine: Plans,
    request: Request,
    selection: Selection,
    gtype: GraphQLObjectType,
    key: str,
    nodes: list[FieldNode],
) -> Reading:
    """What a mutation or resolver returns: its references are read by one statement when it has run."""
    name = nodes[0].name.value
    if name in SCHEMA_FIELDS:
        step = Step((key,), f"{gtype.name}.{name}", INTROSPECTION)
        return Reading("no statement", [step], None, request)
    bound = engine.schema.bound[gtype.name][name]
    recorder = _recorder(engine, request, selection)
    with recorder.field(gtype, nodes, (key,)) as step:
        step.notes += _conditions(bound, request)
        pairs = _payload(recorder, bound, nodes)
    plan = recorder.finish(pairs) if pairs else None
    what = "one statement after it" if plan is not None else "no statement of ours"
    keys = frozenset(slot for below in step.steps for slot in below.slots)
    return Reading(what, [step], plan, request, keys)


def _conditions(bound: Bound, request: Request) -> list[str]:
    """What must hold before a mutation writes: somewhere, judged before it runs; in the village, when it
    does.
    """
    spec = bound.source
    if not isinstance(spec, MutationSpec):
        return []
    held = " or ".join(str(rule) for rule in spec.needs if rule.applies(request.actor))
    gate = [f"the village must have enabled {spec.program}"] if spec.program is not None else []
    return [f"needs {held} where it writes", *gate]


def _payload(recorder: Recorder, bound: Bound, nodes: list[FieldNode]) -> list[tuple[str, str]]:
    """Each field of the payload: a reference that is planned, or a value."""
    pairs: list[tuple[str, str]] = []
    sets = [node.selection_set for node in nodes if node.selection_set]
    if not sets or not isinstance(bound.type, GraphQLObjectType):
        return pairs
    for below, chosen in recorder.selection.fields(bound.type, sets).items():
        if chosen[0].name.value == "__typename":
            continue
        with recorder.field(bound.type, chosen, (below,)) as inner:
            alone = payload_types(recorder, bound.type, [SelectionSetNode(selections=tuple(chosen))])
        inner.source = REFERENCE if alone else VALUE
        pairs += alone
    return pairs
