"""The second stage of the reference: the answer, object by object, with nulls explained as API.md says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from graphql import FieldNode, SelectionSetNode
from tests.fuzz import counting, equivalents, paging
from tests.fuzz.expectation import Expected, Known, Path
from tests.fuzz.filtering import matches
from tests.fuzz.reading import Fields, Operation, below
from tests.fuzz.rights import Row, Who, is_here, may_read, rules_of
from tests.fuzz.values import by_hand, id_in, joined, key_of, point, read_id, shown, twelve_months_before

from wantilan.access.actor import Actor
from wantilan.graph import known, sources
from wantilan.graph.checks.holdings import python_name
from wantilan.graph.points import Point
from wantilan.graph.schema import Bound
from wantilan.graph.shapes import Shape, shape_of
from wantilan.registry.searching import depth_of, tokens_of, words_of
from wantilan.store.folding import sort_key

ZONE = ZoneInfo("Asia/Makassar")
"""That of the deployments under test."""


class Answer:
    """One operation over the rows that its actor may read."""

    def __init__(self, known: Known, operation: Operation, actor: Actor, language: str) -> None:
        self.known, self.operation = known, operation
        self.actor, self.who, self.language = actor, Who.of(actor), language
        self.schema, self.store = known.schema, known.store
        self.expected = Expected()
        self.told: set[tuple[str, str, Path]] = set()
        self.found: dict[str, list[Row]] = {}
        self.wishes: dict[str, list[str]] = {}
        self.period: tuple[date, date] | None = None
        """That of the object of figures which is answered just now."""

    def whole(self) -> Expected:
        data: dict[str, Any] = {}
        for key, nodes in self.operation.roots().items():
            name = nodes[0].name.value
            bound = self.schema.bound["Query"].get(name)
            data[key] = "Query" if bound is None else self.root(bound, nodes, (key,))
            self.note("Query", name, nodes, data[key])
        self.expected.data = None if self.expected.refusals else data
        return self.expected

    # Objects
    def object(self, gtype: Any, sets: Sequence[SelectionSetNode], row: Row, at: Path) -> dict[str, Any]:
        return self.record(
            gtype,
            self.operation.fields(gtype, sets),
            at,
            lambda b, n, p: self.member(gtype.name, b, n, row, p),
        )

    def record(
        self, gtype: Any, fields: Fields, at: Path, member: Callable[[Bound, list[FieldNode], Path], Any]
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                made[key] = gtype.name
                continue
            made[key] = member(self.schema.bound[gtype.name][name], nodes, (*at, key))
            self.note(gtype.name, name, nodes, made[key])
        return made

    def note(self, owner: str, name: str, nodes: list[FieldNode], value: Any) -> None:
        """What was visited with a value that is not null, arguments and operators of filters included."""
        if value is None:
            return
        self.expected.seen.add((owner, name))
        bound = self.schema.bound[owner].get(name)
        if bound is None:
            return
        given = self.operation.arguments(bound.graphql, nodes[0])
        for argument in (node.name.value for node in nodes[0].arguments or ()):
            if given.get(argument) is not None:
                self.expected.seen.add((owner, name, argument))
        type_: Any = bound.graphql.args["filter"].type if "filter" in given else None
        for used in paging.operators(given.get("filter")):
            self.expected.seen.add((type_.name, *used))

    def member(self, owner: str, bound: Bound, nodes: list[FieldNode], row: Row, at: Path) -> Any:
        source = bound.source
        match source:
            case sources.Column():
                return self.needed(owner, bound, source.needs, row, at, lambda: self.column(source, row))
            case sources.Expression():
                return self.needed(
                    owner,
                    bound,
                    source.needs,
                    row,
                    at,
                    lambda: self.expression(owner, bound, source, row, at),
                )
            case sources.Localized(id=id_, en=en):
                return shown(row[en.key if self.language == "en" else id_.key])
            case sources.Key():
                return self.global_id(owner, row)
            case known.Known():
                return by_hand(equivalents.KNOWN, f"{owner}.{bound.name}")(row, self.language)
            case Point():
                return point(row[source.longitude.key], row[source.latitude.key])
            case sources.Grouped():
                return self.object(bound.type, below(nodes), row, at)
            case sources.Computed():
                if f"{owner}.{bound.name}" in equivalents.COMPUTED:
                    return equivalents.COMPUTED[f"{owner}.{bound.name}"](row)
                (value,) = source.function([{c.key: row[c.key] for c in source.needs}])
                return [shown(one) for one in value] if isinstance(value, list) else shown(value)
            case sources.One():
                return self.one(owner, bound, source, nodes, row, at)
            case sources.Many():
                return self.many(owner, bound, source, nodes, row, at)
            case sources.Connected():
                return self.connection(owner, bound, source, nodes, row, at)
            case sources.Aggregated():
                return self.aggregate(owner, bound, source, nodes, row, at)
            case sources.Listed():
                return self.listed(bound, source, nodes, row, at)
            case sources.Tabled():
                return self.tabled(owner, bound, source, nodes, row, at)
            case sources.Figured():
                return self.figured(owner, bound, nodes, row, at)
            case sources.Door():
                return self.gated(
                    source.program, row, at, lambda: self.object(bound.type, below(nodes), row, at)
                )
            case sources.VillagesCounted():
                villages = self.store.villages_under(row["code"])
                return sum(
                    self.store.enabled(source.program, self.store.place(village)) for village in villages
                )
        raise AssertionError(
            f"tests/fuzz/answering.py: {owner}.{bound.name} has a source of an unknown kind: {source}"
        )

    # The three outcomes, and the gate
    def readable(self, shape: Shape) -> list[Row]:
        name, table = self.known.type_name(shape), shape.table.name
        if name not in self.found:
            rows = self.store.rows[table]
            self.found[name] = [row for row in rows if may_read(name, table, self.who, row, self.store)]
        return self.found[name]

    def not_here(self, owner: str, bound: Bound, at: Path) -> None:
        """One error per field and response."""
        static = tuple(part for part in at if isinstance(part, str))
        if (owner, bound.name, static) not in self.told:
            self.told.add((owner, bound.name, static))
            self.expected.errors.append(("FORBIDDEN", at))

    def needed(
        self, owner: str, bound: Bound, needs: str | None, row: Row, at: Path, value: Callable[[], Any]
    ) -> Any:
        if needs is not None and not self.who.may(needs, self.store.place(row)):
            return self.not_here(owner, bound, at)
        return value()

    def whole_place(self, owner: str, bound: Bound, row: Row, at: Path) -> bool:
        """Whether a list or figure may be seen at its place at all; else it is null and explained."""
        assert bound.target is not None
        name = self.known.type_name(bound.target)
        if not bound.nullable or is_here(name, self.who, self.store.place(row), self.store):
            return True
        self.not_here(owner, bound, at)
        return False

    def gated(self, program: str | None, row: Row, at: Path, value: Callable[[], Any]) -> Any:
        place = self.store.place(row)
        if program is None or self.store.enabled(program, place):
            return value()
        if any(isinstance(part, int) for part in at):
            self.expected.not_enabled.setdefault(program, set()).add(place.code)
        else:
            self.expected.errors.append(("PROGRAM_NOT_ENABLED", at))
        return None

    # Values of the row
    def column(self, source: sources.Column, row: Row) -> Any:
        """The value; of a column that points at a row, the id of that row."""
        value = row[source.of.key]
        if isinstance(value, UUID):
            return id_in(source.of, row["village_id"], value)
        return shown(value)

    def expression(self, owner: str, bound: Bound, source: sources.Expression, row: Row, at: Path) -> Any:
        name = f"{owner}.{bound.name}"
        if not source.reads:
            return shown(by_hand(equivalents.EXPRESSIONS, name)(row))
        (other,) = source.reads
        shape = shape_of(other)
        if not is_here(self.known.type_name(shape), self.who, self.store.place(row), self.store):
            return self.not_here(owner, bound, at)
        return shown(by_hand(equivalents.OVER, name)(row, self.readable(shape)))

    def global_id(self, owner: str, row: Row) -> str:
        shape = next(s for s in self.schema.tags.values() if self.known.type_name(s) == owner)
        key = row[key_of(shape)]
        parts = [
            shape.tag,
            *([row["village_id"].hex] if "village_id" in row else []),
            getattr(key, "hex", key),
        ]
        return "-".join(parts)

    # Other rows
    def related(
        self, bound: Bound, via: sources.Via, row: Row, owner: Shape, *, up: bool = False
    ) -> list[Row]:
        """The readable rows at the other end."""
        shape = bound.target
        assert shape is not None
        if "parent_code" in owner.table.c and "village_id" in shape.table.c:
            villages = list(self.store.villages_under(row["code"]))
            if bound.program is not None:
                villages = [v for v in villages if self.store.enabled(bound.program, self.store.place(v))]
            ids = {village["id"] for village in villages}
            return [there for there in self.readable(shape) if there["village_id"] in ids]
        pairs = joined(owner.table, shape.table, via, up=up)
        return [
            r for r in self.readable(shape) if all(row[a] is not None and row[a] == r[b] for a, b in pairs)
        ]

    def shape(self, owner: str) -> Shape:
        found = self.schema.shape_of_type(self.schema.graphql.type_map[owner])
        assert found is not None
        return found

    def day(self, bound: Bound, nodes: list[FieldNode]) -> date | None:
        """The day that a field was asked for."""
        found: date | None = self.operation.arguments(bound.graphql, nodes[0]).get("asOf")
        return found

    def of_day(self, rows: list[Row], as_of: sources.AsOf, day: date | None) -> list[Row]:
        """The rows that cover a day; all of them without one."""
        if as_of is None or day is None:
            return rows
        first, last = (column.key for column in as_of)
        return [r for r in rows if r[first] <= day and (r[last] is None or day <= r[last])]

    def one(
        self, owner: str, bound: Bound, source: sources.One, nodes: list[FieldNode], row: Row, at: Path
    ) -> Any:
        found = self.related(bound, source.via, row, self.shape(owner), up=True)
        day = self.day(bound, nodes)
        if day is not None:
            # Of rows that overlap, the one that began last.
            assert source.as_of is not None
            first = source.as_of[0].key
            found = sorted(self.of_day(found, source.as_of, day), key=lambda there: there[first])[-1:]
        elif source.only is not None:
            only = by_hand(equivalents.ONLY, f"{owner}.{bound.name}")
            found = [there for there in found if only(there)]
        assert len(found) < 2, f"{owner}.{bound.name} is not one: the scene breaks a unique key"
        return self.object(bound.type, below(nodes), found[0], at) if found else None

    def many(
        self, owner: str, bound: Bound, source: sources.Many, nodes: list[FieldNode], row: Row, at: Path
    ) -> Any:
        if not self.whole_place(owner, bound, row, at):
            return None
        found = self.related(bound, source.via, row, self.shape(owner))
        found = self.of_day(found, source.as_of, self.day(bound, nodes))
        found.sort(
            key=lambda r: (
                r[source.order.key] if source.order is not None else "",
                paging.row_key(self.shape(bound.type.name), r),
            )
        )
        return [self.object(bound.type, below(nodes), there, (*at, i)) for i, there in enumerate(found)]

    def connection(
        self,
        owner: str,
        bound: Bound,
        source: sources.Connected,
        nodes: list[FieldNode],
        row: Row | None,
        at: Path,
    ) -> Any:
        shape = bound.target
        assert shape is not None
        if row is not None:
            base = self.related(bound, source.via, row, self.shape(owner))
        else:
            base = self.readable(shape)
            if bound.program is not None:
                base = [r for r in base if self.store.enabled(bound.program, self.store.place(r))]
        given = self.granted(shape, self.operation.arguments(bound.graphql, nodes[0]), base)
        if not paging.knows_cursors(shape, given, base):
            self.expected.refusals.append(("BAD_USER_INPUT", at))
            return None
        if row is not None and not self.whole_place(owner, bound, row, at):
            return None
        for column in paging.columns_named(shape, given):
            for permission in self.schema.needs_of(shape, column):
                if row is not None and not self.who.may(permission, self.store.place(row)):
                    return self.not_here(owner, bound, at)
        wanted = [r for r in base if matches(shape, given.get("filter"), r)]
        wanted = self.of_day(wanted, source.as_of, given.get("asOf"))
        if isinstance(source.search, sources.Tokens) and given.get("search") is not None:
            looked_for = set(words_of(given["search"])) or {sources.EVERYONE}
            wanted = [r for r in wanted if looked_for <= self.words_of(r)]
        elif source.search is not None and given.get("search") is not None:
            part = sort_key(given["search"])
            wanted = [r for r in wanted if part in r[source.search.key]]
        page = paging.paged(shape, given, base, wanted)
        return self.page(bound, page, nodes, at)

    def words_of(self, resident: Row) -> set[str]:
        """By what the actor finds a resident."""
        rows, home = self.store.rows, resident["household_id"]
        (hamlet,) = [row["name"] for row in rows["hamlet"] if row["id"] == resident["hamlet_id"]]
        address = next((row["address"] for row in rows["household"] if row["id"] == home), None)
        cards = [r for r in rows["household_number"] if r["household_id"] == home and r["until"] is None]
        person = (resident[key] for key in ("full_name", "nik_hash", "nik_masked"))
        found = tokens_of(*person, hamlet, address, cards[0]["masked"] if cards else None)
        return {token for token, depth in found.items() if depth <= depth_of(self.actor)}

    def granted(self, shape: Shape, given: dict[str, Any], base: Sequence[Row]) -> dict[str, Any]:
        """The arguments without wishes for cursors, which are noted."""
        for name in ("after", "before"):
            if str(given.get(name)).startswith(paging.WISH):
                found = [paging.cursor_of(shape, given, row) for row in base]
                self.wishes.setdefault(given.pop(name), found)
        return given

    def page(self, bound: Bound, page: paging.Page, nodes: list[FieldNode], at: Path) -> dict[str, Any]:
        gtype: Any = bound.type

        def member(inner: Bound, chosen: list[FieldNode], path: Path) -> Any:
            match inner.name:
                case "totalCount":
                    return page.total
                case "pageInfo":
                    return self.record(
                        inner.type, self.fields(inner, chosen), path, lambda b, n, p: page.info[b.name]
                    )
                case "nodes":
                    return [
                        self.object(inner.type, below(chosen), r, (*path, i)) for i, r in enumerate(page.rows)
                    ]
            return [self.edge(inner, page.cursors[i], r, chosen, (*path, i)) for i, r in enumerate(page.rows)]

        return self.record(gtype, self.fields(bound, nodes), at, member)

    def edge(self, bound: Bound, cursor: str, row: Row, nodes: list[FieldNode], at: Path) -> dict[str, Any]:
        def member(inner: Bound, chosen: list[FieldNode], path: Path) -> Any:
            return cursor if inner.name == "cursor" else self.object(inner.type, below(chosen), row, path)

        return self.record(bound.type, self.fields(bound, nodes), at, member)

    def fields(self, bound: Bound, nodes: Iterable[FieldNode]) -> Fields:
        gtype: Any = bound.type
        return self.operation.fields(gtype, below(nodes))

    def aggregate(
        self, owner: str, bound: Bound, source: sources.Aggregated, nodes: list[FieldNode], row: Row, at: Path
    ) -> Any:
        if not self.whole_place(owner, bound, row, at):
            return None
        found = self.related(bound, source.via, row, self.shape(owner))
        if source.between is not None:
            first, last = self.period or self.asked_period(bound, nodes)
            found = [r for r in found if first <= r[source.between.key] <= last]
        summary = self.schema.bound[bound.type.name]
        columns = [b.source.of.key for b in summary.values() if isinstance(b.source, sources.Column)]
        groups: dict[tuple[Any, ...], list[Row]] = {} if columns else {(): []}
        for r in found:
            groups.setdefault(tuple(shown(r[c]) for c in columns), []).append(r)
        return [
            self.summary(bound, groups[values], nodes, (*at, i)) for i, values in enumerate(sorted(groups))
        ]

    def asked_period(self, bound: Bound, nodes: list[FieldNode]) -> tuple[date, date]:
        given = self.operation.arguments(bound.graphql, nodes[0])
        last = given.get("to") or self.known.today
        return given.get("from") or twelve_months_before(last), last

    def figured(self, owner: str, bound: Bound, nodes: list[FieldNode], row: Row, at: Path) -> Any:
        """Figures over a period, for who may see the whole place."""
        if not self.whole_place(owner, bound, row, at):
            return None
        asked = self.period = self.asked_period(bound, nodes)
        name = bound.type.name

        def member(inner: Bound, chosen: list[FieldNode], path: Path) -> Any:
            match inner.source:
                case sources.Aggregated():
                    return self.aggregate(owner, inner, inner.source, chosen, row, path)
                case sources.Derived(function=function, sources=needed):
                    at_hand = {
                        key: self.figure(f"{name}.{key}", one, row, owner) for key, one in needed.items()
                    }
                    (value,) = function([at_hand])
                    return value if isinstance(value, float) else shown(value)  # no database rounds it
                case sources.Sum() | sources.PeriodDay():
                    return shown(self.figure(f"{name}.{python_name(inner)}", inner.source, row, owner))
            raise AssertionError(f"tests/fuzz/answering.py: {name}.{inner.name} is no figure")

        try:
            return self.record(bound.type, self.fields(bound, nodes), at, member)
        finally:
            assert self.period == asked, "an object of figures holds no other"
            self.period = None

    def figure(self, name: str, source: sources.Sum | sources.PeriodDay, row: Row, owner: str) -> date | int:
        """One figure of a village, a region or a row; its `where` is said by hand."""
        assert self.period is not None
        first, last = self.period
        if isinstance(source, sources.PeriodDay):
            return last if source.last else first
        table, here = source.model.__table__, self.shape(owner).table
        if "parent_code" in here.c:
            program = self.schema.program_of(self.figures_shape(name))
            villages = self.store.villages_under(row["code"])
            ids = {
                v["id"]
                for v in villages
                if program is None or self.store.enabled(program, self.store.place(v))
            }
            found = [r for r in self.store.rows[table.name] if r["village_id"] in ids]
        else:
            pairs = joined(here, table, None if "village_id" not in here.c else source.via, up=False)
            found = [r for r in self.store.rows[table.name] if all(row[a] == r[b] for a, b in pairs)]
        if source.where is not None:
            chosen = by_hand(equivalents.FIGURES, name)
            found = [r for r in found if chosen(r)]
        days = [column.key for column in source.days]
        if days and found and isinstance(found[0][days[0]], datetime):
            found = [{**r, days[0]: r[days[0]] and r[days[0]].astimezone(ZONE).date()} for r in found]
        found = [r for r in found if not days or r[days[0]] is not None]
        reach = {
            sources.Reach.ALL: lambda r: True,
            sources.Reach.WITHIN: lambda r: first <= r[days[0]] <= last,
            sources.Reach.UNTIL: lambda r: r[days[0]] <= last,
            sources.Reach.BEFORE: lambda r: r[days[0]] < first,
            sources.Reach.COVERING: lambda r: (
                r[days[0]] <= last and (r[days[1]] is None or last <= r[days[1]])
            ),
        }[source.reach]
        found = [r for r in found if reach(r)]
        if source.distinct is not None:
            return len({r[source.distinct.key] for r in found} - {None})
        return sum(r[source.of.key] or 0 for r in found) if source.of is not None else len(found)

    def figures_shape(self, name: str) -> Shape:
        return self.shape(name.partition(".")[0])

    def summary(self, bound: Bound, rows: Sequence[Row], nodes: list[FieldNode], at: Path) -> dict[str, Any]:
        def member(inner: Bound, chosen: list[FieldNode], path: Path) -> Any:
            source = inner.source
            if isinstance(source, sources.Column):
                return shown(rows[0][source.of.key])
            assert isinstance(source, sources.Folded)
            if source.of is None:
                return len(rows)
            return sum(r[source.of.key] or 0 for r in rows)

        return self.record(bound.type, self.fields(bound, nodes), at, member)

    def tabled(
        self, owner: str, bound: Bound, source: sources.Tabled, nodes: list[FieldNode], row: Row, at: Path
    ) -> Any:
        """For who may see the whole place; of a hamlet, that hamlet."""
        rules = rules_of(bound.type.name, self.who)
        if "village_id" in row:
            allowed = any(rule.opens(self.who, row, self.store) for rule in rules)
        else:
            allowed = is_here(bound.type.name, self.who, self.store.place(row), self.store)
        if not allowed:
            return self.not_here(owner, bound, at)
        given = self.operation.arguments(bound.graphql, nodes[0]).get(source.argument)
        day = counting.asked_day(source.argument, given, self.known.today)
        found = counting.counts(self.store, row, day, rounded=source.rounded is not None)
        if found is None and not any(isinstance(part, int) for part in at):
            self.expected.errors.append(("BAD_USER_INPUT", at))
        return self.plain(bound, found, nodes, at)

    def listed(
        self, bound: Bound, source: sources.Listed, nodes: list[FieldNode], row: Row | None, at: Path
    ) -> Any:
        def one(thing: Any, place: Path) -> dict[str, Any]:
            def member(inner: Bound, chosen: list[FieldNode], path: Path) -> Any:
                item = inner.source
                assert isinstance(item, sources.Item)
                if item.constant is not None:
                    return item.constant(thing, self.language)
                assert row is not None
                value = by_hand(equivalents.ITEMS, f"{bound.type.name}.{inner.name}")
                return self.needed(
                    bound.type.name,
                    inner,
                    item.needs,
                    row,
                    path,
                    lambda: shown(value(thing, row, self.store)),
                )

            return self.record(bound.type, self.fields(bound, nodes), place, member)

        return [one(thing, (*at, i)) for i, thing in enumerate(self.schema.listings[source.name])]

    # Roots
    def root(self, bound: Bound, nodes: list[FieldNode], at: Path) -> Any:
        source, given = bound.source, self.operation.arguments(bound.graphql, nodes[0])
        match source:
            case sources.Lookup():
                assert bound.target is not None
                value = given[source.argument]
                found = [r for r in self.readable(bound.target) if r[source.column.key] == value]
                return self.object(bound.type, below(nodes), found[0], at) if found else None
            case sources.ById():
                return self.by_id(bound, given["id"], nodes, at)
            case sources.ByIds():
                return [self.by_id(bound, text, nodes, (*at, i)) for i, text in enumerate(given["ids"])]
            case sources.Connected():
                return self.connection("Query", bound, source, nodes, None, at)
            case sources.Listed():
                return self.listed(bound, source, nodes, None, at)
        return self.resolved(bound, nodes, given, at)

    def by_id(self, bound: Bound, text: str, nodes: list[FieldNode], at: Path) -> Any:
        """Null alike for "not there", "not yours" and "not an id"; a program's entity has its gate here too."""
        asked = read_id(text)
        shape = self.schema.tags.get(asked.tag) if asked is not None else None
        if asked is None or shape is None or (bound.target is not None and shape is not bound.target):
            return None
        name = self.known.type_name(shape)
        if not rules_of(name, self.who):
            return None
        found = [r for r in self.readable(shape) if self.global_id(name, r) == text]
        if not found:
            return None
        gtype = self.schema.graphql.type_map[name]
        program = self.schema.program_of(shape)
        return self.gated(program, found[0], at, lambda: self.object(gtype, below(nodes), found[0], at))

    def myself(self, bound: Bound, nodes: list[FieldNode], at: Path) -> Any:
        home = self.who.home
        assert bound.target is not None
        mine = [r for r in self.readable(bound.target) if home is not None and r["id"] == home.object_id]
        return self.object(bound.type, below(nodes), mine[0], at) if mine else None

    def resolved(self, bound: Bound, nodes: list[FieldNode], given: Mapping[str, Any], at: Path) -> Any:
        """Ordinary resolvers, by hand."""
        if bound.name == "enumLabels":
            return self.plain(bound, equivalents.enum_labels(given, self.language), nodes, at)
        if bound.name != "me":
            raise AssertionError(
                f"tests/fuzz/equivalents.py: Query.{bound.name} has no equivalent; write it by hand"
            )

        def member(inner: Bound, chosen: list[FieldNode], path: Path) -> Any:
            if inner.name == "resident":
                return self.myself(inner, chosen, path)
            value = equivalents.ME[inner.name](self.actor, self.operation.arguments(inner.graphql, chosen[0]))
            return self.plain(inner, value, chosen, path)

        return self.record(bound.type, self.fields(bound, nodes), at, member)

    def plain(self, bound: Bound, value: Any, nodes: list[FieldNode], at: Path) -> Any:
        """The selected part of plain Python values."""
        if isinstance(value, list):
            return [self.plain(bound, item, nodes, (*at, i)) for i, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        return self.record(
            bound.type, self.fields(bound, nodes), at, lambda b, n, p: self.plain(b, value[b.name], n, p)
        )
