"""Plans of root fields, and of references: by key, by id, whole lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from graphql import FieldNode, is_abstract_type

from ..errors import Forbidden, LimitExceeded
from ..store.places import Region, Village
from . import connections, listed, lists
from .declare import Ref
from .executor import Wanted
from .place import Place
from .plan import Getter, Path
from .planner import Hoisted, Planner
from .relay import GlobalId, decode_id, row_id
from .schema import Bound
from .selection import Arg, Request, good
from .shapes import Shape, shape_of
from .sources import ById, ByIds, Connected, Listed, Lookup, Many
from .sql import ID, NULL, TEXT, literal


def root(planner: Planner, bound: Bound, key: str, nodes: list[FieldNode]) -> str:
    """One planned root field."""
    source, path = bound.source, (key,)
    sets = [node.selection_set for node in nodes if node.selection_set]

    def argument(name: str) -> Arg:
        return planner.selection.argument(bound.graphql, nodes[0], name)

    if planner.pins is not None and not isinstance(source, Lookup | Listed):
        planner.pins = None
    match source:
        case Lookup():
            return looked_up(planner, bound, source, argument(source.argument), nodes, key)
        case ById():
            return by_id(planner, bound, argument("id"), nodes, path)
        case ByIds():
            return by_ids(planner, argument("ids"), nodes, path)
        case Connected():
            return connections.connection(planner, bound, source, nodes[0], sets, None, path)
        case Listed():
            return listed.items(planner, bound, source, sets, None, path)
        case Many():
            return whole_list(planner, bound, source, nodes, path)
    raise AssertionError(f"{bound.name} has no source that can stand at the root")


def looked_up(
    planner: Planner, bound: Bound, source: Lookup, given: Arg, nodes: Sequence[FieldNode], key: str
) -> str:
    """One object by a unique column; by a code, what hangs on it lies in that place."""

    def value(request: Request) -> Any:
        return good(given.get(request.variables), key, source.argument)

    if planner.pins is not None:
        of_place = source.column.key == "code" and source.column.class_ in (Village, Region)
        planner.pins = [*planner.pins, value] if of_place else None

    def where(place: Place) -> str:
        column = place.table.c[source.column.key]
        return f"{place.column(column.key)} = {planner.bind(value, column.type)}"

    of_village = source.column.key == "code" and source.column.class_ is Village
    village = value if of_village else None
    return single(planner, bound.type, _target(bound), nodes, (key,), where, village)


def single(
    planner: Planner,
    gtype: Any,
    shape: Shape,
    nodes: Sequence[FieldNode],
    path: Path,
    where: Callable[[Place], str],
    village: Getter | None = None,
) -> str:
    """One object, null when there is none. A program's entity has its gate here too: ids lead round the
    door. `village` is the code or the id of the village in which it lies, where the request says it.
    """
    place = planner.from_(shape, path)
    if village is not None:
        planner.known[place.alias] = village
    sets = [node.selection_set for node in nodes if node.selection_set]
    with planner.frame() as hoisted:
        inside = planner.row(planner.object(gtype, sets, place, path), path)
    program = planner.schema.program_of(shape)
    if program is not None:
        inside = planner.gate(program, place, inside, path)
    rows = place.rows(where(place))
    if not hoisted:
        return f"coalesce((SELECT {inside} {rows}),{NULL})"
    text = planner.filled("x.j", [(one, f"x.h{one.number}") for one in hoisted])
    return f"coalesce((SELECT {text} FROM (SELECT {inside} AS j{lists.columns(hoisted)} {rows}) x),{NULL})"


def by_key(
    planner: Planner,
    gtype: Any,
    shape: Shape,
    nodes: Sequence[FieldNode],
    path: Path,
    found: Callable[[Request], GlobalId | None],
) -> str:
    """One object by its key. A key of another form finds nothing."""

    def key_of(request: Request) -> UUID | str | None:
        given = found(request)
        if given is None or (given.village is None) is ("village_id" in shape.table.c):
            return None
        uuid = isinstance(list(shape.table.primary_key)[-1].type, sa.Uuid)
        return row_id(given.key) if uuid else given.key

    def where(place: Place) -> str:
        text = f"{place.column(place.key.name)} = {planner.bind(key_of, place.key.type)}"
        if "village_id" not in place.table.c:
            return text
        village = planner.bind(lambda r: (g := found(r)) and g.village, ID)
        return f"{place.alias}.village_id = {village} AND {text}"

    def village_of(request: Request) -> UUID | None:
        given = found(request)
        return None if given is None else given.village or row_id(given.key)

    village = village_of if shape.model is Village or "village_id" in shape.table.c else None
    return single(planner, gtype, shape, nodes, path, where, village)


def by_id(planner: Planner, bound: Bound, given: Arg, nodes: Sequence[FieldNode], path: Path) -> str:
    """Null alike for "not there", "not yours" and "not an id"; also for a type that may be read nowhere."""
    now = decode_id(given.value)
    if now is None:
        return NULL
    shape = planner.schema.tags.get(now.tag)
    if shape is None or (not is_abstract_type(bound.type) and shape is not bound.target):
        return NULL
    gtype = planner.schema.graphql.type_map[planner.schema.type_of[shape.cls]]
    if _nowhere(planner, shape):
        return NULL
    return by_key(planner, gtype, shape, nodes, path, lambda r: _of_tag(given.get(r.variables), now.tag))


def by_ids(planner: Planner, given: Arg, nodes: Sequence[FieldNode], path: Path) -> str:
    """Rows in the order of the ids, null where there is none. The array is bound: its length is no part of
    the plan.
    """
    ids = given.value or []
    tags = sorted(
        {found.tag for found in map(decode_id, ids) if found is not None and found.tag in planner.schema.tags}
    )

    def column(pick: Callable[[GlobalId], str]) -> Callable[[Request], list[str]]:
        def get(request: Request) -> list[str]:
            asked = given.get(request.variables) or []
            if len(asked) > planner.page_size:
                raise LimitExceeded("pageSize", planner.page_size, path=list(path))
            return [pick(found) if (found := decode_id(text)) is not None else "" for text in asked]

        return get

    whole = planner.bind_list(column(lambda g: f"{g.tag}-{g.village.hex if g.village else ''}-{g.key}"), TEXT)
    source, value, place_in_list = planner.d.elements(whole, "ids")
    joins: list[str] = []
    cases: list[str] = []
    hoisted: list[Hoisted] = []
    sets = [node.selection_set for node in nodes if node.selection_set]
    for tag in tags:
        shape = planner.schema.tags[tag]
        if _nowhere(planner, shape):
            continue
        gtype: Any = planner.schema.graphql.type_map[planner.schema.type_of[shape.cls]]
        place = planner.from_(shape, path)
        last = place.key
        key = place.column(last.name)
        hexed = planner.d.hex(key) if isinstance(last.type, sa.Uuid) else key
        village = planner.d.hex(f"{place.alias}.village_id") if "village_id" in place.table.c else "''"
        with planner.frame() as inner:
            inside = planner.object(gtype, sets, place, (*path, 0))
        hoisted += inner
        program = planner.schema.program_of(shape)
        if program is not None:
            inside = planner.gate(program, place, inside, (*path, 0))
        keys = planner.bind_list(_keys(given, tag, last.type), last.type)
        whole_id = f"{value} = {literal(tag + '-')}||{village}||'-'||{hexed}"
        joins.append(place.joined(planner.d.among(key, keys), whole_id))
        cases.append(f"WHEN {key} IS NOT NULL THEN {inside}")
    item = f"(CASE {' '.join(cases)} ELSE {NULL} END)" if cases else NULL
    rows = (
        f"SELECT {item} AS j{lists.columns(hoisted)} FROM {source}{''.join(joins)} ORDER BY {place_in_list}"
    )
    return f"(SELECT {planner.d.array(lists.row_text(planner, hoisted, path))} FROM ({rows}) x)"


def _keys(given: Arg, tag: str, type_: Any) -> Callable[[Request], list[Any]]:
    def get(request: Request) -> list[Any]:
        found = [decode_id(text) for text in given.get(request.variables) or []]
        keys = [f.key for f in found if f is not None and f.tag == tag]
        if not isinstance(type_, sa.Uuid):
            return keys
        return [UUID(hex=key) for key in keys if len(key) == 32 and all(c in "0123456789abcdef" for c in key)]

    return get


def followed(planner: Planner, bound: Bound, key: str, nodes: Sequence[FieldNode]) -> str:
    """The row that an event names, which `Request.refs` holds when it happens."""
    return by_key(planner, bound.type, _target(bound), nodes, (key,), partial(_referred, key))


def whole_list(planner: Planner, bound: Bound, source: Many, nodes: Sequence[FieldNode], path: Path) -> str:
    """A whole reference or published list at the root."""
    rows, hoisted, _ = lists.whole_list(planner, bound, source, nodes, None, path)
    return f"(SELECT {planner.d.array(lists.row_text(planner, hoisted, path))} FROM ({rows}) x)"


def references(planner: Planner, wanted: Sequence[Wanted]) -> list[tuple[str, str]]:
    """What a payload refers to, as pairs for one statement. A list becomes an object of numbered members."""
    pairs: list[tuple[str, str]] = []
    for one in wanted:
        if not one.plural:
            pairs.append((one.key, _reference(planner, one, one.refs[0], (one.key,))))
            continue
        items = [
            (f"i{i}", _reference(planner, one, ref, (one.key, f"i{i}"))) for i, ref in enumerate(one.refs)
        ]
        pairs.append((one.key, planner.d.record(items)))
    return pairs


def _reference(planner: Planner, one: Wanted, ref: Ref, path: Path) -> str:
    shape = shape_of(ref.entity)
    gtype: Any = planner.schema.graphql.type_map[planner.schema.type_of[shape.cls]]
    known = GlobalId(shape.tag, ref.village, ref.key.hex if isinstance(ref.key, UUID) else ref.key)
    return by_key(planner, gtype, shape, one.nodes, path, lambda request: known)


def payload_types(planner: Planner, gtype: Any, sets: Any) -> list[tuple[str, str]]:
    """Plan what a payload may read before the mutation runs: a refusal must not come after the write.

    The plan then reads what `Request.refs` refers to. What a resolver shows of the actor himself is as behind
    `resident(id)`: null for whom nothing can be there.
    """
    pairs: list[tuple[str, str]] = []
    of_payload = planner.schema.shape_of_type(gtype) is not None
    for key, nodes in planner.selection.fields(gtype, sets).items():
        bound = planner.schema.bound[gtype.name].get(nodes[0].name.value)
        if bound is None or bound.target is None or bound.target.model is None:
            continue
        if not of_payload and _nowhere(planner, bound.target):
            continue
        found = partial(_referred, key)
        pairs.append((key, by_key(planner, bound.type, bound.target, nodes, (key,), found)))
    return pairs


def _referred(key: str, request: Request) -> GlobalId | None:
    return request.refs.get(key)


def _nowhere(planner: Planner, shape: Shape) -> bool:
    try:
        planner.rules(shape, ())
    except Forbidden:
        return True
    return False


def _of_tag(text: object, tag: str) -> GlobalId | None:
    found = decode_id(text)
    return found if found is not None and found.tag == tag else None


def _target(bound: Bound) -> Shape:
    assert bound.target is not None
    return bound.target
