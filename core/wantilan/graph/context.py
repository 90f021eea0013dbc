"""What a mutation or a root resolver has in hand: who asks, and the one door to writing."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from ..access.actor import Actor
from ..access.rules import Rule
from ..errors import (
    BadUserInput,
    ConfigurationError,
    FieldFault,
    IdempotencyConflict,
    NotFound,
    ProgramNotEnabled,
    Refusal,
    Text,
    Unavailable,
)
from ..settings import Settings
from ..store.database import Database, is_unavailable, lost_a_race, set_wall
from ..store.outbox import Event, Idempotency, claim, keep_result
from ..store.places import Village
from ..store.secrets import Keys
from ..store.write import Opening, Unit, VillageFacts, conflict, held, open_village
from .binding import SessionBinder
from .declare import Ref
from .executor import Wanted
from .mutation import MutationSpec
from .payloads import Settled
from .relay import GlobalId, decode_id
from .response import Patched
from .scalars import Faulty
from .selection import Request, Selection
from .shapes import shape_of

ATTEMPTS = 3
M = TypeVar("M")
S = TypeVar("S")


class Reads(Protocol):
    """What a context needs of the engine."""

    database: Database
    settings: Settings
    services: dict[type, Any]

    @property
    def announced(self) -> Callable[[VillageFacts, Sequence[Event]], None]: ...

    async def read_references(
        self, context: Context, wanted: Sequence[Wanted], path: list[str | int]
    ) -> tuple[dict[str, Any], list[Refusal]]: ...


class WriteUnit(Unit):
    """A unit that knows who writes: `target` finds a row only if the mutation's rules open it to the
    actor.
    """

    def __init__(self, session: AsyncSession, village: Village, actor: Actor, needs: Sequence[Rule]) -> None:
        super().__init__(session, VillageFacts.of(village), actor.id, village)
        self.actor, self.needs = actor, tuple(needs)

    @property
    def resident_id(self) -> UUID | None:
        """The resident of this village that the actor is; None for who is none."""
        home = self.actor.home
        return home.object_id if home is not None and home.village_id == self.village.id else None

    async def target(
        self, model: type[M], id: UUID, *, needs: Sequence[Rule] | None = None, lock: bool = False
    ) -> M:
        """The row that the mutation is about. Raises NotFound, also when it is not the actor's.

        `needs`: the rules that open the row; by default the mutation's own.
        """
        table: Any = model
        binder = SessionBinder(self.actor)
        opened = [r.where(table.__table__, binder) for r in (needs or self.needs) if r.applies(self.actor)]
        query = sa.select(model).where(
            table.village_id == self.village.id, table.id == id, sa.or_(sa.false(), *opened)
        )
        found = await self.session.scalar(held(query) if lock else query)
        if found is None:
            raise NotFound
        return found


class Replay(Exception):
    """The mutation ran before under this key: its result is read again."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result


@dataclass
class Running:
    """One mutation field while it runs."""

    spec: MutationSpec
    response_name: str
    input_hash: bytes
    stack: AsyncExitStack
    units: list[WriteUnit] = field(default_factory=list)
    session: AsyncSession | None = None
    claimed: dict[str, Any] | None = None
    after: list[Callable[[], None]] = field(default_factory=list)


class Context:
    """One operation. `info.context` in resolvers."""

    def __init__(
        self,
        engine: Reads,
        request: Request,
        selection: Selection,
        settled: Settled,
        *,
        request_id: str,
        key: str | None = None,
    ) -> None:
        self.settled = settled
        self.engine, self.request, self.request_id, self.key = engine, request, request_id, key
        self.actor, self.language = request.actor, request.language
        self.selection = selection
        self.patched: list[Patched] = []
        self._running: Running | None = None

    def service(self, kind: type[S]) -> S:
        """What the application gives to resolvers, by its type: keys, the installed programs."""
        found = self.engine.services.get(kind)
        if not isinstance(found, kind):
            raise ConfigurationError(f"{kind.__name__} is not configured in this deployment.")
        return found

    # Reading
    async def read(
        self, wanted: Sequence[Wanted], path: list[str | int]
    ) -> tuple[dict[str, Any], list[Refusal]]:
        """Read references with their selection sets, all in one statement."""
        return await self.engine.read_references(self, wanted, path)

    @asynccontextmanager
    async def look(self, village: str | UUID, program: str) -> AsyncIterator[Unit | None]:
        """A village for a resolver at the root: a unit that can write nothing; None where it is not open, or
        the program is off. No rule stands before what it reads: show of it what whoever asks may see.
        """
        seconds = self.engine.settings.limits.statement_seconds
        async with self.engine.database.read_only(seconds) as session:
            opening = await open_village(session, village, program)
            if opening is None or not opening.enabled:
                yield None
            else:
                yield Unit(session, VillageFacts.of(opening.row), self.actor.id, opening.row)

    def key_of(self, entity: type, id: str, *path: str | int) -> GlobalId:
        """Decode an id given in an input. Raises BadUserInput when it is not an id of this entity."""
        found = decode_id(id)
        if found is None or found.tag != shape_of(entity).tag or found.village is None:
            text = Text("Bukan id yang sesuai.", "Not an id of the right kind.")
            raise BadUserInput(fields=[FieldFault(path or ("input",), "NOT_AN_ID", text)])
        return found

    # Writing
    async def run(self, spec: MutationSpec, info: Any, call: Callable[[], Awaitable[Any]]) -> Any:
        """Run one mutation in its one transaction, which commits when the function has returned.

        What lost a race has left nothing behind, and runs again.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._run(spec, info, call)
            except sa.exc.IntegrityError as error:
                # Another request with the same key was first: the second look finds its record.
                if self.key is None or attempt > 1:
                    raise conflict() from error
            except (sa.exc.DBAPIError, sa.exc.TimeoutError, OSError) as error:
                if not (lost_a_race(error) or is_unavailable(error)):
                    raise
                if not lost_a_race(error) or attempt == ATTEMPTS:
                    raise Unavailable from error
        raise AssertionError

    async def _run(self, spec: MutationSpec, info: Any, call: Callable[[], Awaitable[Any]]) -> Any:
        raw = info._raw_info
        name = str(raw.path.key)
        async with AsyncExitStack() as stack:
            running = self._running = Running(spec, name, self._input_hash(spec, raw), stack)
            try:
                payload = await call()
            except Replay as replay:
                return rebuilt(spec, replay.result)
            finally:
                self._running = None
            if running.claimed is not None and running.session is not None:
                await keep_result(running.session, running.claimed, recorded(payload))
        for call_after in running.after:
            call_after()
        for unit in running.units:
            if unit.events:
                self.engine.announced(unit.village, unit.events)
        return payload

    @asynccontextmanager
    async def write(self, village: str | UUID) -> AsyncIterator[WriteUnit]:
        """The mutation's transaction in one village, by code or id. It believes nobody.

        Raises NotFound unless the actor holds what the mutation needs in that village, ProgramNotEnabled
        unless the program is on there. Commits when the mutation function returns; an exception leaves
        nothing behind.
        """
        running, session, opening = await self._enter(village)
        await self._claim(running, session)
        unit = WriteUnit(session, opening.row, self.actor, running.spec.needs)
        running.units.append(unit)
        yield unit

    @asynccontextmanager
    async def write_both(
        self, village: str | UUID, other: str | UUID | Callable[[WriteUnit], Awaitable[UUID]]
    ) -> AsyncIterator[tuple[WriteUnit, WriteUnit | None]]:
        """The mutation's one transaction in two villages: for what one hands over to the other, and for
        nothing else. `other` may be a question to the first unit. Core only.

        What the mutation needs must be held in `village`, as with `write`; whoever asks need not hold
        anything in the other one, so write only what its rows may take from a stranger. None stands for an
        other village that is not there. Raises what `write` raises, and what `other` raises.
        """
        running, session, opening = await self._enter(village)
        await self._claim(running, session)
        own = WriteUnit(session, opening.row, self.actor, running.spec.needs)
        found = await other(own) if callable(other) else other
        beside = await open_village(session, found, None)
        if beside is None or beside.row.id == opening.row.id:
            await set_wall(session, opening.row.code)
            running.units.append(own)
            yield own, None
            return
        both = sorted((opening.row, beside.row), key=lambda row: row.id)
        await set_wall(session, ",".join(row.code for row in both))
        # Held in one order, whichever way it goes: two that go against each other wait here, and not later.
        for row in both:
            held = sa.select(Village.id).where(Village.id == row.id).with_for_update(key_share=True)
            await session.execute(held)
        far = WriteUnit(session, beside.row, self.actor, running.spec.needs)
        running.units += sorted((own, far), key=lambda unit: unit.village.id)
        for unit in running.units:
            unit.note_last()
        yield own, far

    async def _enter(self, village: str | UUID) -> tuple[Running, AsyncSession, Opening]:
        """The transaction of the running mutation, in a village in which the actor may do it."""
        running = self._current()
        session = await running.stack.enter_async_context(self.engine.database.transaction())
        running.session = session
        needs, program = running.spec.needs, running.spec.program
        opening = await open_village(session, village, program)
        if opening is None or not any(
            rule.admits(self.actor, opening.row.id, opening.row.code) for rule in needs
        ):
            raise NotFound
        if program is not None and not opening.enabled:
            raise ProgramNotEnabled(program, [opening.row.code])
        return running, session, opening

    @asynccontextmanager
    async def write_platform(self) -> AsyncIterator[AsyncSession]:
        """The mutation's transaction on platform and reference tables; no village is open in it. Core
        only.
        """
        running = self._current()
        session = await running.stack.enter_async_context(self.engine.database.transaction())
        running.session = session
        await self._claim(running, session)
        yield session

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have something called once the running mutation is committed; never, if it is refused."""
        if self._running is None:
            raise RuntimeError("context.after_commit() is for mutations, while they run.")
        self._running.after.append(call)

    def _current(self) -> Running:
        running = self._running
        if running is None or running.session is not None:
            raise RuntimeError(
                "context.write() is for mutations, once in each: one mutation is one transaction."
            )
        return running

    async def _claim(self, running: Running, session: AsyncSession) -> None:
        """Take the idempotency key, before anything is looked at: a second request with it waits here for
        the first, and then finds the record instead of what the first one wrote.
        """
        if self.key is None or self.actor.id is None:
            return
        key = {"actor_id": self.actor.id, "key": self.key, "response_name": running.response_name}
        if await claim(session, key, running.input_hash, datetime.now(UTC)):
            running.claimed = key
            return
        found = await session.get_one(Idempotency, tuple(key.values()))
        if found.input_hash != running.input_hash:
            raise IdempotencyConflict
        raise Replay(found.result)

    def _input_hash(self, spec: MutationSpec, raw: Any) -> bytes:
        """Keyed where there are keys: an input may hold a NIK, and its plain hash could be guessed."""
        text = input_text(spec.name, raw, self.selection)
        keys = self.engine.services.get(Keys)
        if keys is None or self.actor.id is None:
            return hashlib.sha256(text.encode()).digest()
        return bytes(keys.fingerprint(text, purpose="idempotency", village=self.actor.id))


class Info(strawberry.Info[Context, None]):
    """What a resolver is given first."""


# The idempotency record


def input_text(mutation: str, raw: Any, selection: Selection) -> str:
    """What was asked: the mutation's name and its coerced arguments."""
    field, node = raw.parent_type.fields[raw.field_name], raw.field_nodes[0]
    values = {name: selection.argument(field, node, name).value for name in field.args}
    return json.dumps([mutation, values], default=_plain, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, Faulty):
        return value.code
    return str(value)


def recorded(payload: Any) -> dict[str, Any]:
    """The ids of a payload and its plain values; what is marked secret is left out."""
    secret: frozenset[str] = getattr(type(payload), "__secrets__", frozenset())
    found: dict[str, Any] = {}
    for one in dataclasses.fields(payload):
        value = getattr(payload, one.name)
        found[one.name] = None if one.name in secret else _record(value)
    return found


def _record(value: Any) -> Any:
    if isinstance(value, Ref):
        key = {"uuid": value.key.hex} if isinstance(value.key, UUID) else {"key": value.key}
        return {
            "$ref": shape_of(value.entity).tag,
            "village": value.village.hex if value.village else None,
            **key,
        }
    if isinstance(value, list):
        return [_record(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # Fields that resolvers answer are no part of the value.
        return {one.name: _record(getattr(value, one.name)) for one in dataclasses.fields(value) if one.init}
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    return value


def rebuilt(spec: MutationSpec, result: dict[str, Any]) -> Any:
    """The payload of an earlier run: references are read again with today's rights."""
    payload = typing.get_type_hints(spec.function)["return"]
    hints = typing.get_type_hints(payload)
    return payload(**{name: _rebuild(value, hints.get(name)) for name, value in result.items()})


def _rebuild(value: Any, hint: Any) -> Any:
    inner = next((a for a in typing.get_args(hint) if a is not type(None)), hint)
    if isinstance(value, dict) and "$ref" in value:
        village = UUID(hex=value["village"]) if value["village"] else None
        return Ref(inner, village, UUID(hex=value["uuid"]) if "uuid" in value else value["key"])
    if isinstance(value, list):
        return [_rebuild(item, inner) for item in value]
    if isinstance(value, dict) and dataclasses.is_dataclass(inner) and isinstance(inner, type):
        known = typing.get_type_hints(inner)
        return inner(**{name: _rebuild(one, known.get(name)) for name, one in value.items()})
    if isinstance(value, str) and isinstance(inner, type):
        if issubclass(inner, enum.Enum):
            return inner[value]
        if issubclass(inner, date):
            return inner.fromisoformat(value)
    return value
