"""A deployment for tests: villages, actors of every role, and one way to ask."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from ..access.granting import grant_role
from ..access.permissions import PlaceKind
from ..access.tokens import actor_named, issue_token
from ..errors import Language
from ..graph.http import Asked
from ..programs.switching import enable
from ..registry.codes import FamilyRelationship, LifeEventKind, Sex
from ..registry.files.addresses import address_of
from ..registry.life.entering import entry, found_household
from ..registry.life.recording import Act, record
from ..registry.models import Hamlet, Household, HouseholdMember, Resident
from ..registry.numbering import sealed_nik
from ..registry.numbers import fictitious_nik
from ..registry.places import open_village
from ..store.folding import sort_key
from ..store.ids import uuid7
from ..store.places import Village
from ..store.read import Statement
from ..store.secrets import Keys
from ..store.write import Unit, VillageFacts, village_facts
from ..web.app import WebApp
from ..web.application import Application
from .fetching import Fetched, fetched
from .following import Following, following

BENGKEL = "51.02.06.2001"
NEIGHBOUR = "51.02.06.2002"
TABANAN = "51.02"
"""Codes that are true; the people below are invented."""
UPLOAD = "mutation($input: RequestUploadInput!) { requestUpload(input: $input) { file { id } uploadUrl } }"


@dataclass(frozen=True)
class Reply:
    """The answer to one operation."""

    status: int
    body: dict[str, Any]
    text: str

    @property
    def data(self) -> Any:
        """The data. Fails with the errors when there are any."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return list(self.body.get("errors", ()))

    @property
    def codes(self) -> list[str]:
        """The code of each error, in order."""
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def faults(self) -> dict[str, str]:
        """Each faulty field of a refused input, dotted, and its code."""
        found = [f for error in self.errors for f in error["extensions"].get("fields", ())]
        return {".".join(map(str, f["path"])): f["code"] for f in found}


class World:
    """One running deployment on one database. Fixtures make it; see `wantilan.testing.plugin`."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.engine = application.engine
        self.database = application.database
        self.host = application.host
        self.statements: list[Statement] = []

    @cached_property
    def _web(self) -> WebApp:
        return self.application.asgi()

    @property
    def dialect(self) -> str:
        return self.database.dialect

    @property
    def keys(self) -> Keys:
        assert self.application.keys is not None
        return self.application.keys

    # Asking
    async def ask(
        self,
        query: str,
        token: str | None = None,
        *,
        language: Language = "en",
        key: str | None = None,
        operation_name: str | None = None,
        **variables: Any,
    ) -> Reply:
        """Ask as the holder of a token (None: a visitor), the way a POST would."""
        answer = await self.engine.answer(_asked(query, token, language, variables, key, operation_name))
        return Reply(answer.status, json.loads(answer.body), answer.body.decode())

    @asynccontextmanager
    async def subscribe(
        self, query: str, token: str | None = None, *, language: Language = "en", **variables: Any
    ) -> AsyncIterator[Following]:
        """Follow a subscription meanwhile, as the holder of a token."""
        async with following(self.application.hub, _asked(query, token, language, variables)) as followed:
            yield followed

    async def fetch(
        self,
        path: str,
        token: str | None = None,
        *,
        method: str = "GET",
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask over plain HTTP, an endpoint of a program above all; `form` is what a form would post."""
        given = {"authorization": f"Bearer {token}"} if token is not None else {}
        return await fetched(self._web, method, path, {**given, **(headers or {})}, form)

    @contextmanager
    def counting(self) -> Iterator[list[Statement]]:
        """The statements that go through the read door meanwhile."""
        reader: Any = self.database.reader
        real, seen = reader.read, []

        async def read(statement: Statement) -> str:
            seen.append(statement)
            return str(await real(statement))

        reader.read = read
        try:
            yield seen
        finally:
            reader.read = real

    # Making
    async def open(self, code: str, *programs: str) -> VillageFacts:
        """Open a village and enable programs in it."""
        async with self.database.transaction() as session:
            village = await open_village(session, code)
        async with self.unit(code) as unit:
            for program in programs:
                await enable(self.host, unit, program)
        return VillageFacts.of(village)

    @asynccontextmanager
    async def unit(self, code: str) -> AsyncIterator[Unit]:
        """A write transaction of the machine's operator in one village."""
        async with self.database.transaction(code) as session:
            facts = await village_facts(session, code)
            assert facts is not None, f"{code} is not open"
            unit = Unit(session, facts, None)
            yield unit
        self.application.announced(facts, unit.events)

    async def village(self, code: str) -> VillageFacts:
        async with self.database.session() as session:
            facts = await village_facts(session, code)
        assert facts is not None, f"{code} is not open"
        return facts

    async def token(
        self,
        role: str,
        place: str,
        *,
        hamlet: UUID | None = None,
        resident: UUID | None = None,
        name: str | None = None,
        days: int = 1,
    ) -> str:
        """A token of an actor with one role: at a region's code, or at a hamlet or resident of a village."""
        kind = PlaceKind.HAMLET if hamlet else PlaceKind.RESIDENT if resident else PlaceKind.REGION
        async with self.database.transaction() as session:
            actor = await actor_named(session, name or f"{role}-{secrets.token_hex(4)}")
            village = await village_facts(session, place) if kind is not PlaceKind.REGION else None
            await grant_role(
                session, self.host.catalogue, actor.id, role, kind, place,
                village_id=village.id if village else None, object_id=hamlet or resident, by=None,
            )  # fmt: skip
            _, text = await issue_token(session, actor.id, label="test", days=days)
        self.application.actors.forget()
        return text

    async def hamlet(self, code: str, name: str = "Banjar Kaja") -> Hamlet:
        async with self.unit(code) as unit:
            hamlet = Hamlet(village_id=unit.village.id, name=name, name_key=sort_key(name))
            await unit.add(hamlet)
        return hamlet

    async def household(self, code: str, hamlet: Hamlet) -> Household:
        """A household without members: the first resident who enters it is its head."""
        async with self.unit(code) as unit:
            return await found_household(unit, self.keys, hamlet_id=hamlet.id, registered_on=date(2020, 1, 1))

    async def resident(
        self,
        code: str,
        hamlet: Hamlet,
        household: Household | None = None,
        *,
        name: str = "Ni Wayan Contoh",
        sex: Sex = Sex.PEREMPUAN,
        born: date = date(1990, 5, 17),
        serial: int = 1,
        since: date = date(2020, 1, 1),
        relationship: FamilyRelationship | None = None,
        **biodata: Any,
    ) -> Resident:
        """An invented person with a NIK that is recognisably fictitious, in the register since a day or
        since birth. In a household the first is its head and the others are children.
        """
        nik, key = fictitious_nik(born, sex, serial), uuid7()
        async with self.unit(code) as unit:
            village = unit.village.id
            resident = Resident(
                village_id=village, id=key, hamlet_id=hamlet.id, full_name=name, name_key=sort_key(name),
                sex=sex, birth_date=born, registered_at=unit.now, **sealed_nik(self.keys, nik, key, village),
                **biodata,
            )  # fmt: skip
            await unit.add(resident)
            first = household is not None and not await unit.exists(
                HouseholdMember, HouseholdMember.household_id == household.id
            )
            if household is not None and relationship is None:
                relationship = FamilyRelationship.KEPALA_KELUARGA if first else FamilyRelationship.ANAK
            state = entry(resident, household.id if household is not None else None, relationship)
            act = Act(
                kind=LifeEventKind.TERDAFTAR, happened_on=max(since, born), resident_id=resident.id,
                residents={resident.id: state},
                households={household.id: household.hamlet_id} if household is not None and first else {},
            )  # fmt: skip
            await record(unit, act, entered={resident.id})
        return resident

    async def file(self, token: str, code: str, kind: str, content: bytes) -> str:
        """A file that the holder of a token uploaded, as a client would: its global id. Raises Refusal."""
        asked = await self.ask(UPLOAD, token, input={"villageCode": code, "kind": kind})
        path, _, query = asked.data["requestUpload"]["uploadUrl"].partition("?")
        address = address_of(path, query.encode())
        assert address is not None
        desk, actor = self.application.desk, await self.application.actors.resolve(token)
        with TemporaryDirectory() as folder:
            source = Path(folder) / "content"
            source.write_bytes(content)
            await desk.store(actor, await desk.expect(actor, address), source)
        return str(asked.data["requestUpload"]["file"]["id"])

    async def do_tasks(self) -> int:
        """Do the tasks that wait, as a server would; how many runs ended."""
        return await self.application.tasks.run_due()

    async def id_of(self, type_name: str, row: Any) -> str:
        """The global id of a row as the API shows it."""
        shape = next(s for s in self.host.schema.tags.values() if s.cls.__name__ == type_name)
        if isinstance(row, Village):
            return f"{shape.tag}-{row.id.hex}"
        return f"{shape.tag}-{row.village_id.hex}-{row.id.hex}"


def _asked(
    query: str,
    token: str | None,
    language: Language,
    variables: dict[str, Any],
    key: str | None = None,
    operation_name: str | None = None,
) -> Asked:
    return Asked(
        query=query, operation_name=operation_name, variables=variables, extensions={}, read_only=False,
        token=token, language=language, idempotency_key=key, request_id="test", client="test",
    )  # fmt: skip
