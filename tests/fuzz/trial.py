"""A run of many cases against one scene: each asked of the API and of the reference, and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graphql import parse
from tests.fuzz.comparing import compared
from tests.fuzz.expectation import Expected
from tests.fuzz.generator import Case, Generator
from tests.fuzz.reference import Reference
from tests.fuzz.scene import Scene
from tests.fuzz.shrinking import shrunk

from wantilan.errors import WantilanError
from wantilan.graph.pieces import Pieces
from wantilan.graph.prepared import Preparations
from wantilan.graph.sql import DIALECTS
from wantilan.store.tables import PlatformTable, Table, sql_table, table_class
from wantilan.testing import Reply

MODELS = {mapper.local_table.name: mapper.class_ for mapper in Table.registry.mappers}


_MADE: dict[tuple[str, str], list[tuple[Case, Expected]]] = {}


def known(scene: Scene) -> str:
    """All that cases depend on. It is the same on both databases, so that they are made once for the two; who
    asks has another id in each, which no answer tells.
    """
    rows = {
        name: found for name, found in scene.rows.items() if table_class(MODELS[name]) is not PlatformTable
    }
    held = {who: actor.held for who, actor in scene.actors.items()}
    text = repr((sorted((name, found) for name, found in by_key(rows).items()), held, scene.today))
    for who, actor in scene.actors.items():
        text = text.replace(str(actor.id), who) if actor.id is not None else text
    return text


def by_key(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    keys = {name: [column.name for column in sql_table(MODELS[name]).primary_key] for name in rows}
    return {
        name: [repr(row) for row in sorted(found, key=lambda row: [str(row[key]) for key in keys[name]])]
        for name, found in rows.items()
    }


def parser_gave_up(reply: Reply) -> bool:
    """SQLite before 3.46 has a parser with a stack of 100: some operations of ten levels or more are over it."""
    return [e["extensions"].get("limit") for e in reply.errors] == ["nesting"]


class Trial:
    """Cases and what is expected of them, made once and asked as often as a test wants."""

    def __init__(self, scene: Scene, seed: str) -> None:
        self.scene, self.seed = scene, seed
        self.reference = Reference(scene.world.host.schema, scene.rows, scene.today)
        self.generator = Generator(scene, self.reference)
        self.too_deep = 0
        self.made = _MADE.setdefault((seed, known(scene)), [])

    def cases(self, count: int) -> Iterator[tuple[Case, Expected]]:
        for number in range(count):
            if number == len(self.made):
                self.made.append(self.generator.case(self.seed, number))
            yield self.made[number]

    def never_seen(self, wanted: set[tuple[str, ...]], count: int, most: int) -> set[tuple[str, ...]]:
        """What had no value in `count` cases, nor in those that are added for its sake."""
        missed = set(wanted)
        for number, (_, expected) in enumerate(self.cases(most)):
            missed -= expected.seen
            if not missed and number >= count:
                break
        return missed

    def expected(self, case: Case) -> Expected:
        actor = self.scene.actors[case.who]
        return self.reference.answer(parse(case.text), case.variables, actor, case.language)

    async def difference(self, case: Case, expected: Expected) -> str | None:
        token = self.scene.tokens[case.who]
        reply = await self.scene.world.ask(case.text, token, language=case.language, **case.variables)
        if self.scene.world.dialect == "sqlite" and parser_gave_up(reply):
            self.too_deep += 1
            return None
        return compared(reply.body, expected)

    async def first_difference(self, count: int) -> tuple[Case, str] | None:
        for case, expected in self.cases(count):
            found = await self.difference(case, expected)
            if found is not None:
                return case, found
        return None

    async def report(self, case: Case, found: str) -> str:
        """The case, its first difference, and the smallest operation that still shows one."""

        async def fails(tried: Case) -> bool:
            try:
                self.scene.world.engine.documents.load(tried.text)
            except WantilanError:
                return False
            return await self.difference(tried, self.expected(tried)) is not None

        small = await shrunk(case, fails)
        last = await self.difference(small, self.expected(small))
        return f"{case}\n\n{found}\n\nshrunk:\n{small.text}\n\n{last}"

    @contextmanager
    def planted(self, *, frozen: bool) -> Iterator[None]:
        """Nothing that was planned before is used inside, and nothing planned inside afterwards. `frozen`: the
        fault is in a piece that is compiled once.
        """
        engine = self.scene.world.engine
        kept = engine.pieces, engine.preparations
        engine.preparations = Preparations(self.reference.schema.graphql)
        if frozen:
            engine.pieces = Pieces(DIALECTS[engine.database.dialect]())
        try:
            yield
        finally:
            engine.pieces, engine.preparations = kept
