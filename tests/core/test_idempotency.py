"""One key, one change: a repeated request is answered from what was done, and reads it again."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import strawberry
from tests.core.notebook import Notebook, host_with

from wantilan import Notice, Resident, payload
from wantilan.errors import Text
from wantilan.graph import context
from wantilan.graph.context import input_text, rebuilt, recorded
from wantilan.graph.declare import Ref
from wantilan.graph.mutation import MutationSpec
from wantilan.programs.host import Host
from wantilan.registry import models
from wantilan.registry.codes import Sex
from wantilan.registry.numbers import fictitious_nik
from wantilan.registry.rules import DUPLICATE_NIK
from wantilan.store.outbox import Event, Idempotency
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, Reply, World

REGISTER = """mutation ($input: RegisterResidentInput!) { registerResident(input: $input) {
  resident { id fullName nik } warnings { code path message } } }"""
ENABLE = """mutation ($input: EnableProgramInput!) { enableProgram(input: $input) { program changed } }"""
NIK = fictitious_nik(date(1990, 5, 17), Sex.PEREMPUAN, 4711)


@dataclass(frozen=True)
class Office:
    """Bengkel's office: two desks with a token each, and one hamlet."""

    world: World
    hamlet: str
    operator: str
    perbekel: str

    async def register(
        self, key: str | None, *, token: str | None = None, query: str = REGISTER, **changed: Any
    ) -> Reply:
        person = {
            "villageCode": BENGKEL, "hamletId": self.hamlet, "fullName": "Ni Wayan Contoh", "sex": "PEREMPUAN",
            "birthDate": "1990-05-17", **changed,
        }  # fmt: skip
        given: Any = {"input": person}
        return await self.world.ask(query, token or self.operator, key=key, **given)

    async def count(self, model: type[Any]) -> int:
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Notebook("notebook"))


@pytest.fixture
async def office(world: World) -> Office:
    await world.open(BENGKEL)
    hamlet = await world.id_of("Hamlet", await world.hamlet(BENGKEL))
    operator = await world.token("village_operator", BENGKEL)
    return Office(world, hamlet, operator, await world.token("perbekel", BENGKEL))


async def test_a_repeated_request_changes_nothing_and_is_answered_alike(office: Office) -> None:
    first = await office.register("k1", nik=NIK)
    again = await office.register("k1", nik=NIK)
    assert again.data == first.data
    assert again.data["registerResident"]["warnings"][0]["path"] == ["input", "nik"]
    assert (await office.count(models.Resident), await office.count(Event)) == (1, 1)


async def test_without_a_key_a_repeated_request_is_a_second_one(office: Office) -> None:
    assert (await office.register(None)).data != (await office.register(None)).data
    assert (await office.count(models.Resident), await office.count(Idempotency)) == (2, 0)


async def test_a_replay_reads_again(office: Office) -> None:
    await office.register("k1")
    async with office.world.unit(BENGKEL) as unit:
        resident = await unit.first(models.Resident)
        assert resident is not None
        resident.full_name = "Ni Wayan Berubah"
        await unit.flush()
    again = await office.register("k1")
    assert again.data["registerResident"]["resident"]["fullName"] == "Ni Wayan Berubah"


async def test_a_replay_may_ask_for_other_fields(office: Office) -> None:
    await office.register("k1")
    other = """mutation ($input: RegisterResidentInput!) { registerResident(input: $input) {
      resident { sex village { code } } household { id } } }"""
    again = await office.register("k1", query=other)
    assert again.data["registerResident"] == {
        "resident": {"sex": "PEREMPUAN", "village": {"code": BENGKEL}}, "household": None,
    }  # fmt: skip


async def test_the_key_with_another_input_is_a_conflict(office: Office) -> None:
    await office.register("k1", nik=NIK)
    for changed in ({"fullName": "I Made Lain"}, {"nik": NIK[:-1] + "2"}, {"nik": NIK, "sex": "LAKI_LAKI"}):
        reply = await office.register("k1", **changed)
        assert reply.codes == ["IDEMPOTENCY_CONFLICT"]
        assert NIK not in reply.text and "Lain" not in reply.text
    assert await office.count(models.Resident) == 1
    assert (await office.register("k2", fullName="I Made Lain")).data


async def test_the_key_with_another_mutation_is_a_conflict(office: Office) -> None:
    world: Any = office.world
    aliased = ENABLE.replace("enableProgram", "registerResident: enableProgram")
    given = {"input": {"villageCode": BENGKEL, "program": "notebook"}}
    assert (await office.register("k1", token=office.perbekel)).data
    assert (await world.ask(aliased, office.perbekel, key="k1", **given)).codes == ["IDEMPOTENCY_CONFLICT"]
    assert (await world.ask(ENABLE, office.perbekel, key="k1", **given)).data


async def test_a_key_is_the_actors_own(office: Office) -> None:
    mine = await office.register("k1")
    yours = await office.register("k1", token=office.perbekel)
    ids = {reply.data["registerResident"]["resident"]["id"] for reply in (mine, yours)}
    assert len(ids) == 2


async def test_two_mutations_of_one_operation_share_the_key_by_their_response_names(office: Office) -> None:
    fields = """resident { id } }"""
    twice = f"""mutation ($input: RegisterResidentInput!) {{
      one: registerResident(input: $input) {{ {fields} two: registerResident(input: $input) {{ {fields} }}"""
    first = await office.register("k1", query=twice)
    again = await office.register("k1", query=twice)
    assert first.data == again.data
    assert first.data["one"] != first.data["two"]
    assert await office.count(models.Resident) == 2


async def test_a_refused_request_leaves_the_key_free(office: Office) -> None:
    assert (await office.register("k1", birthDate="2999-01-01")).codes == ["BAD_USER_INPUT"]
    assert (await office.register("k1", villageCode="51.02.06.2003")).codes == ["NOT_FOUND"]
    assert await office.count(Idempotency) == 0
    assert (await office.register("k1")).data


async def test_a_plain_answer_is_given_again_as_it_was(office: Office) -> None:
    given: Any = {"input": {"villageCode": BENGKEL, "program": "notebook"}}
    for _ in range(2):
        reply = await office.world.ask(ENABLE, office.perbekel, key="k1", **given)
        assert reply.data["enableProgram"] == {"program": "notebook", "changed": True}


async def test_requests_with_one_key_at_once_give_one_row_and_one_answer(office: Office) -> None:
    replies = await asyncio.gather(*(office.register("k1", nik=NIK) for _ in range(6)))
    answers = {json.dumps(reply.data, sort_keys=True) for reply in replies}
    assert len(answers) == 1
    assert (await office.count(models.Resident), await office.count(Idempotency)) == (1, 1)


async def test_without_a_key_the_same_at_once_is_refused(office: Office) -> None:
    """The control: what the key saved the others from."""
    replies = await asyncio.gather(*(office.register(None, nik=NIK) for _ in range(4)))
    assert sum(bool(reply.errors) for reply in replies) == 3


async def test_the_hash_of_an_input_cannot_be_guessed_without_the_keys(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads the database knows all of the input but its NIK, and would only have to try."""
    hashed: list[str] = []

    def watched(*arguments: Any) -> str:
        hashed.append(input_text(*arguments))
        return hashed[-1]

    monkeypatch.setattr(context, "input_text", watched)
    await office.register("k1", nik=NIK)
    async with office.world.database.session() as session:
        record = (await session.scalars(sa.select(Idempotency))).one()
    (text,) = hashed
    assert NIK in text, "the control: this is what could be tried"
    assert record.input_hash != hashlib.sha256(text.encode()).digest()
    keyed = office.world.keys.fingerprint(text, purpose="idempotency", village=record.actor_id)
    assert record.input_hash == keyed


# What is recorded


@strawberry.type(description="A plain part of a payload.")
class Part:
    sex: Sex = strawberry.field(description="An enumeration.")
    at: datetime = strawberry.field(description="A moment.")


@payload
class EverythingPayload:
    """Every kind of value that a payload can hold."""

    __secrets__ = frozenset({"secret"})

    resident: Resident | None
    residents: list[Resident]
    secret: str | None
    day: date
    moment: datetime | None
    sex: Sex
    parts: list[Part]
    warnings: list[Notice]
    nothing: str | None


async def everything() -> EverythingPayload:
    raise NotImplementedError


def test_a_payload_comes_back_as_it_was_but_for_its_secrets() -> None:
    one: Any = Ref(Resident, uuid4(), uuid4())
    moment = datetime(2026, 5, 1, 3, 4, 5, 678000, UTC)
    given = EverythingPayload(
        resident=one, residents=[one, one], secret="wtl_x", day=date(2026, 5, 1), moment=moment, sex=Sex.PEREMPUAN,
        parts=[Part(sex=Sex.LAKI_LAKI, at=moment)], warnings=[Notice.of(DUPLICATE_NIK.at("input", "nik"))],
        nothing=None,
    )  # fmt: skip
    kept = json.loads(json.dumps(recorded(given)))
    spec = MutationSpec("everything", (), "", everything)
    assert rebuilt(spec, kept) == EverythingPayload(**{**vars(given), "secret": None})
    assert isinstance(DUPLICATE_NIK.text, Text) and "wtl_x" not in str(kept)
