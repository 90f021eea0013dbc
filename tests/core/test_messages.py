"""Messages: templates that cannot go wrong, an inbox that is the resident's alone, and channels that fail alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.core.notebook import TITLE, host_with
from tests.core.shell import Shell

from wantilan import (
    Begin,
    Grams,
    Message,
    MessageTemplate,
    Program,
    Rupiah,
    Text,
    VillageFacts,
    hookimpl,
    notify,
    tables,
)
from wantilan.graph.response import refusals
from wantilan.programs.host import Host
from wantilan.programs.messages import template_faults
from wantilan.programs.switching import disable, enable
from wantilan.registry.messages.sending import MOST_ATTEMPTS, Sending
from wantilan.registry.models import Message as MessageRow
from wantilan.registry.models import MessageDelivery, MessageOutcome
from wantilan.store.outbox import Event
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World

WITA = ZoneInfo("Asia/Makassar")
HELLO = MessageTemplate(
    "pigeon.hello",
    subject=Text("Halo", "Hello"),
    body=Text("Ada {mass}.", "There is {mass}."),
    values={"mass": Grams},
)
INBOX = """{ me { actor resident { messages(order: CREATED_AT_ASC) {
  totalCount nodes { id template subject body createdAt readAt } } } } }"""
MARK = "mutation($input: MarkMessagesReadInput!) { markMessagesRead(input: $input) { changed } }"
READ = """mutation($ids: [ID!]!) { markMessagesRead(input: {messageIds: $ids}) {
  changed resident { messages(filter: {readAt: {isNull: true}}) { totalCount } } } }"""


class Pigeon:
    """A channel that does what a test tells it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.flown: list[Message] = []
        self.act: Callable[[Message], Awaitable[bool]] | None = None
        self.begin: Begin | None = None

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name=self.name, title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2",
            messages=(HELLO,) if self.name == "pigeon" else (),
        )  # fmt: skip

    @hookimpl
    async def deliver_message(self, message: Message, village: VillageFacts, begin: Begin) -> bool:
        self.flown.append(message)
        self.begin = begin
        return True if self.act is None else await self.act(message)


PIGEON, PARROT = Pigeon("pigeon"), Pigeon("parrot")


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(PIGEON, PARROT)


@pytest.fixture
async def resident(world: World) -> Any:
    for bird in (PIGEON, PARROT):
        bird.flown.clear()
        bird.act = None
    await world.open(BENGKEL, "pigeon", "parrot")
    await world.open(NEIGHBOUR, "pigeon")
    return await world.resident(BENGKEL, await world.hamlet(BENGKEL))


async def tell(world: World, resident: Any, grams: int = 1250) -> MessageRow:
    async with world.unit(BENGKEL) as unit:
        return await notify(unit, resident.id, HELLO, mass=Grams(grams))


async def outcomes(world: World) -> dict[str, list[tuple[MessageOutcome, int, str | None]]]:
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        rows = (await session.scalars(sa.select(MessageDelivery).order_by(MessageDelivery.id))).all()
    found: dict[str, list[tuple[MessageOutcome, int, str | None]]] = {}
    for row in rows:
        found.setdefault(row.channel, []).append((row.outcome, row.attempts, row.failure))
    return found


async def hang(message: Message) -> bool:
    await asyncio.sleep(60)
    return True


async def flown(bird: Pigeon, count: int) -> None:
    """Until it has been given so many."""
    async with asyncio.timeout(5):
        while len(bird.flown) < count:  # noqa: ASYNC110  (what flies is counted by the bird, on whatever loop)
            await asyncio.sleep(0.005)


def sending(world: World, **given: Any) -> Sending:
    return Sending(world.host, world.database, **{"first_pause": timedelta(0), **given})


# Templates


@pytest.mark.parametrize(
    ("kind", "value", "indonesian", "english"),
    [
        (Grams, 999, "999 g", "999 g"),
        (Grams, 1000, "1 kg", "1 kg"),
        (Grams, 1_234_050, "1.234,05 kg", "1,234.05 kg"),
        (Rupiah, 1_250_000, "Rp1.250.000", "Rp1,250,000"),
        (int, -12_345, "-12.345", "-12,345"),
        (str, "Banjar\n Kaja ", "Banjar Kaja", "Banjar Kaja"),
        (date, date(2026, 5, 3), "3 Mei 2026", "3 May 2026"),
        (
            datetime,
            datetime(2026, 8, 16, 17, 5, tzinfo=UTC),
            "17 Agustus 2026 pukul 01.05",
            "17 August 2026 at 01:05",
        ),
    ],
)
def test_a_value_is_written_as_people_write_it(
    kind: Any, value: object, indonesian: str, english: str
) -> None:
    template = MessageTemplate("t.t", subject=Text("s", "s"), body=Text("<{v}>", "<{v}>"), values={"v": kind})
    assert not list(template_faults(template))
    assert template.filled({"v": value}, WITA)[1] == Text(f"<{indonesian}>", f"<{english}>")


@given(st.text(max_size=60))
def test_what_stands_in_a_value_is_never_read_as_a_template(text: str) -> None:
    template = MessageTemplate(
        "t.t", subject=Text("{v}", "{v}"), body=Text("{v}{v}", "-{v}-"), values={"v": str}
    )
    subject, body = template.filled({"v": text + "{v} {0.__class__} %s"}, WITA)
    shown = " ".join((text + "{v} {0.__class__} %s").split())[:500]
    assert subject == Text(shown.strip(), shown.strip())
    assert body == Text(shown + shown, f"-{shown}-")
    assert "\n" not in subject.id and "\r" not in subject.en


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "hello"}, "dots between words"),
        ({"subject": Text("Halo", " ")}, "must have its subject in both languages"),
        ({"body": Text("{weight}", "{mass}")}, "Indonesian body says {weight}, which is no value"),
        ({"body": Text("{mass", "{mass}")}, "has a brace that is no {value}"),
        ({"body": Text("{mass!r}", "{mass}")}, "has a brace that is no {value}"),
        ({"body": Text("tiada", "none")}, "takes 'mass' and says it nowhere"),
        ({"values": {"mass": bytes}}, "the value 'mass' must be one of str, int, Grams"),
    ],
)
def test_a_template_that_cannot_work_is_named_with_its_cure(changed: dict[str, Any], reason: str) -> None:
    given = {
        "name": HELLO.name,
        "subject": HELLO.subject,
        "body": HELLO.body,
        "values": HELLO.values,
        **changed,
    }
    faults = list(template_faults(MessageTemplate(**given)))
    assert any(reason in fault for fault in faults), faults
    assert all(given["name"] in fault for fault in faults)


def test_a_program_with_such_a_template_is_left_out_and_harms_no_other() -> None:
    class Crow(Pigeon):
        @hookimpl
        def wantilan_program(self) -> Program:
            broken = MessageTemplate("crow.x", subject=Text("a", "a"), body=Text("{x}", "b"))
            other = MessageTemplate("pigeon.x", subject=Text("a", "a"), body=Text("b", "b"))
            return Program(
                name="crow",
                title=TITLE,
                summary=TITLE,
                version="1.0",
                api=">=0.1,<0.2",
                messages=(broken, other),
            )

    host = host_with(Crow("crow"), PIGEON)
    assert [program.name for program in host.optional] == ["pigeon"]
    (failure,) = host.failures
    assert (
        "crow" in str(failure)
        and "'crow.x'" in str(failure)
        and "'pigeon.x' does not begin with 'crow.'" in str(failure)
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "lacks mass"),
        ({"mass": 1, "more": 2}, "does not know more"),
        ({"mass": "9171"}, "mass must be a Grams, not a str"),
        ({"mass": True}, "mass must be a Grams, not a bool"),
    ],
)
async def test_values_that_do_not_fit_are_named_and_never_told_and_nothing_is_written(
    world: World, resident: Any, values: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TypeError, match=reason) as refused:
        await tell_wrongly(world, resident, values)
    assert "9171" not in str(refused.value)
    async with world.unit(BENGKEL) as unit:
        assert not await unit.exists(MessageRow)
        assert not await unit.exists(Event, Event.name == "message_sent")


async def test_what_a_program_does_wrongly_with_a_template_is_said_in_the_log_in_one_line(
    world: World, resident: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """To the client it is an error of ours; to the author the log says which template and what."""
    with pytest.raises(TypeError) as misused:
        await tell_wrongly(world, resident, {"mass": "9171"})
    (masked,) = refusals(misused.value, "request-1")
    assert masked.code == "INTERNAL_SERVER_ERROR"
    assert "Message template 'pigeon.hello': mass must be a Grams, not a str." in caplog.text
    assert "9171" not in caplog.text
    broken = MessageTemplate("pigeon.x", subject=Text("a", "a"), body=Text("{x}", "b"))
    async with world.unit(BENGKEL) as unit:
        with pytest.raises(TypeError, match="which is no value"):
            await notify(unit, resident.id, broken)
        with pytest.raises(TypeError, match="takes a MessageTemplate"):
            await notify(unit, resident.id, "pigeon.hello", mass=Grams(1))  # type: ignore[arg-type]
        assert not await unit.exists(MessageRow)


async def tell_wrongly(world: World, resident: Any, values: dict[str, Any]) -> None:
    async with world.unit(BENGKEL) as unit:
        await notify(unit, resident.id, HELLO, **values)


async def test_a_resident_of_another_village_is_not_told_from_here(world: World, resident: Any) -> None:
    async def from_next_door() -> None:
        async with world.unit(NEIGHBOUR) as unit:
            await notify(unit, resident.id, HELLO, mass=Grams(1))

    with pytest.raises(ValueError, match="not of this village"):
        await from_next_door()


# The inbox


async def test_a_resident_reads_what_he_is_told_in_his_language_in_one_statement(
    world: World, resident: Any
) -> None:
    token = await world.token("resident", BENGKEL, resident=resident.id)
    await tell(world, resident)
    await tell(world, resident, 500)
    for language, body in (("id", "Ada 1,25 kg."), ("en", "There is 1.25 kg.")):
        with world.counting() as statements:
            reply = await world.ask(INBOX, token, language=language)  # type: ignore[arg-type]
        messages = reply.data["me"]["resident"]["messages"]
        assert len(statements) == 1
        assert messages["totalCount"] == 2
        assert messages["nodes"][0]["body"] == body
        assert messages["nodes"][0]["template"] == "pigeon.hello" and messages["nodes"][0]["readAt"] is None


async def test_reading_is_marked_once_and_stays(world: World, resident: Any) -> None:
    token = await world.token("resident", BENGKEL, resident=resident.id)
    for _ in range(3):
        await tell(world, resident)
    nodes = (await world.ask(INBOX, token)).data["me"]["resident"]["messages"]["nodes"]
    ids = [node["id"] for node in nodes]
    first = (await world.ask(READ, token, ids=ids[:2])).data["markMessagesRead"]
    assert first == {"changed": 2, "resident": {"messages": {"totalCount": 1}}}
    before = (await world.ask(INBOX, token)).data
    again = (await world.ask(READ, token, ids=ids[:2])).data["markMessagesRead"]
    assert again["changed"] == 0
    assert (await world.ask(INBOX, token)).data == before
    up_to = "mutation($id: ID!) { markMessagesRead(input: {upTo: $id}) { changed } }"
    fourth = await tell(world, resident)
    last = (await world.ask(INBOX, token)).data["me"]["resident"]["messages"]["nodes"][2]["id"]
    assert (await world.ask(up_to, token, id=last)).data == {"markMessagesRead": {"changed": 1}}
    assert (await world.ask(up_to, token, id=last)).data == {"markMessagesRead": {"changed": 0}}
    async with world.unit(BENGKEL) as unit:
        assert [row.id for row in await unit.all(MessageRow, MessageRow.read_at.is_(None))] == [fourth.id]
    assert (await world.ask(up_to, token, id="x")).faults == {"input.upTo": "NOT_AN_ID"}
    neither = "mutation { markMessagesRead(input: {}) { changed } }"
    assert (await world.ask(neither, token)).faults == {"input.messageIds": "ONE_WAY"}
    assert (await world.ask(READ, token, ids=[])).faults == {"input.messageIds": "HOW_MANY"}
    assert (await world.ask(READ, token, ids=["x"])).faults == {"input.messageIds.0": "NOT_AN_ID"}


async def test_nobody_else_reads_or_marks_a_message_not_even_at_home_or_in_the_office(world: World) -> None:
    await world.open(BENGKEL, "pigeon")
    await world.open(NEIGHBOUR, "pigeon")
    hamlet = await world.hamlet(BENGKEL)
    household = await world.household(BENGKEL, hamlet)
    mine = await world.resident(BENGKEL, hamlet, household, serial=1)
    wife = await world.resident(BENGKEL, hamlet, household, name="Ni Made Contoh", serial=2)
    other = await world.resident(NEIGHBOUR, await world.hamlet(NEIGHBOUR), serial=3)
    token = await world.token("resident", BENGKEL, resident=mine.id)
    await tell(world, mine)
    (node,) = (await world.ask(INBOX, token)).data["me"]["resident"]["messages"]["nodes"]
    whose = await world.id_of("Resident", mine)
    ways = f"""{{ node(id: "{node["id"]}") {{ id }} resident(id: "{whose}") {{ id messages {{ nodes {{ body }} }} }} }}"""
    owner = (await world.ask(ways, token)).data
    assert owner["node"] and owner["resident"]["messages"]["nodes"] == [{"body": "There is 1.25 kg."}]
    others = {
        "wife": await world.token("resident", BENGKEL, resident=wife.id),
        "neighbour": await world.token("resident", NEIGHBOUR, resident=other.id),
        "operator": await world.token("village_operator", BENGKEL),
        "kelian": await world.token("kelian", BENGKEL, hamlet=hamlet.id),
        "agency": await world.token("agency_officer", TABANAN),
        "admin": await world.token("platform_admin", ""),
        "visitor": None,
    }
    for who, their in others.items():
        seen = await world.ask(ways, their)
        assert "1.25" not in seen.text, who
        if "data" in seen.body:
            assert seen.body["data"]["node"] is None, who
        for way in ({"messageIds": [node["id"]]}, {"upTo": node["id"]}):
            refused = await world.ask(MARK, their, input=way)
            assert refused.codes[0] in ("FORBIDDEN", "NOT_FOUND"), who
        async with world.unit(BENGKEL) as unit:
            (row,) = await unit.all(MessageRow)
            assert row.read_at is None, who
    assert (await world.ask(INBOX, others["operator"])).codes == ["FORBIDDEN"]
    assert (await world.ask("{ me { resident { id } } }", others["operator"])).data == {
        "me": {"resident": None}
    }
    empty = (await world.ask(INBOX, others["wife"])).data["me"]["resident"]["messages"]
    assert empty == {"totalCount": 0, "nodes": []}


async def test_a_resident_follows_what_he_is_told_and_nobody_else_does(world: World, resident: Any) -> None:
    kin = await world.resident(BENGKEL, await world.hamlet(BENGKEL, "Banjar Kelod"), serial=2)
    follow = 'subscription { messages(villageCode: "51.02.06.2001") { body readAt } }'
    mine = await world.token("resident", BENGKEL, resident=resident.id)
    theirs = await world.token("resident", BENGKEL, resident=kin.id)
    async with world.subscribe(follow, mine) as events, world.subscribe(follow, theirs) as others:
        await tell(world, resident)
        assert await events.next() == {"messages": {"body": "There is 1.25 kg.", "readAt": None}}
        await tell(world, kin, 700)
        assert await others.next() == {"messages": {"body": "There is 700 g.", "readAt": None}}
        assert events.waiting == 0
    for role, place in (("village_operator", BENGKEL), ("platform_admin", "")):
        async with world.subscribe(follow, await world.token(role, place)) as refused:
            assert await refused.ended() == ["FORBIDDEN"]


# Channels


async def test_every_channel_of_the_village_gets_each_message_once(world: World, resident: Any) -> None:
    row = await tell(world, resident)
    assert await sending(world).send() == 2
    assert await sending(world).send() == 0
    for bird in (PIGEON, PARROT):
        (message,) = bird.flown
        assert message.id == row.id and message.to.id == resident.id
        assert message.body == Text("Ada 1,25 kg.", "There is 1.25 kg.")
    assert await outcomes(world) == {name: [(MessageOutcome.TAKEN, 0, None)] for name in ("pigeon", "parrot")}


async def test_what_a_refused_change_would_have_told_is_told_nobody(world: World, resident: Any) -> None:
    with pytest.raises(LookupError):
        await tell_and_fail(world, resident)
    assert await sending(world).send() == 0
    assert PIGEON.flown == []


async def tell_and_fail(world: World, resident: Any) -> None:
    async with world.unit(BENGKEL) as unit:
        await notify(unit, resident.id, HELLO, mass=Grams(1))
        raise LookupError


async def test_a_channel_that_fails_or_hangs_is_tried_again_and_the_others_are_done(
    world: World, resident: Any, caplog: pytest.LogCaptureFixture
) -> None:
    trouble: list[str] = ["raise", "hang"]

    async def act(message: Message) -> bool:
        if not trouble:
            return False
        if trouble.pop(0) == "hang":
            await asyncio.sleep(60)
        raise RuntimeError("no wind for 9171")

    PIGEON.act = act
    await tell(world, resident)
    birds = sending(world, seconds=0.2)
    with caplog.at_level(logging.ERROR, "wantilan"):
        for _ in range(3):
            await birds.send()
    assert len(PIGEON.flown) == 3 and len({message.id for message in PIGEON.flown}) == 1
    assert len(PARROT.flown) == 1
    assert await outcomes(world) == {
        "pigeon": [(MessageOutcome.NOT_REACHED, 2, None)], "parrot": [(MessageOutcome.TAKEN, 0, None)],
    }  # fmt: skip
    assert "RuntimeError" in caplog.text and "9171" not in caplog.text


async def test_what_never_works_is_given_up_listed_and_released(
    world: World, resident: Any, wantilan_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(message: Message) -> bool:
        raise OSError

    PIGEON.act = act
    await tell(world, resident)
    birds = sending(world)
    for _ in range(MOST_ATTEMPTS + 2):
        await birds.send()
    assert len(PIGEON.flown) == MOST_ATTEMPTS
    assert (await outcomes(world))["pigeon"] == [(MessageOutcome.GIVEN_UP, MOST_ATTEMPTS, "OSError")]
    monkeypatch.setattr("tests.core.shell.known_host", lambda settings: world.host)
    shell = Shell(wantilan_database_url)
    listed = await asyncio.to_thread(shell.done, "messages", "list")
    assert "pigeon" in listed and "OSError" in listed and "pigeon.hello" in listed and "Contoh" not in listed
    released = await asyncio.to_thread(shell.done, "messages", "release")
    assert "1 delivery is tried again" in released
    PIGEON.act = None
    assert await birds.send() == 1
    assert (await outcomes(world))["pigeon"][0][0] is MessageOutcome.TAKEN
    assert "Every message" in await asyncio.to_thread(shell.done, "messages", "list")


async def test_two_processes_share_the_work_and_send_nothing_twice(world: World, resident: Any) -> None:
    for number in range(12):
        await tell(world, resident, number)

    async def act(message: Message) -> bool:
        await asyncio.sleep(0.01)
        return True

    PIGEON.act = act
    one, two = sending(world, together=2), sending(world, together=2)
    done = await asyncio.gather(one.send(), two.send())
    assert sum(done) == 24
    assert all(done) or world.dialect == "sqlite"  # both had a part of it
    assert sorted(message.id for message in PIGEON.flown) == sorted({message.id for message in PIGEON.flown})
    assert len(PIGEON.flown) == 12


async def test_who_dies_after_sending_is_followed_by_another_with_the_same_message(
    world: World, resident: Any
) -> None:
    """A lease that ends: the message goes again, under the id by which a channel knows it."""
    await tell(world, resident)
    dead = asyncio.create_task(sending(world, lease=timedelta(milliseconds=50)).send())
    PIGEON.act = hang
    await flown(PIGEON, 1)
    dead.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dead
    PIGEON.act = None
    await asyncio.sleep(0.06)
    await sending(world).send()
    assert len(PIGEON.flown) == 2 and len({message.id for message in PIGEON.flown}) == 1
    assert (await outcomes(world))["pigeon"] == [(MessageOutcome.TAKEN, 0, None)]


async def test_a_program_enabled_later_begins_with_what_comes_then(world: World) -> None:
    for bird in (PIGEON, PARROT):
        bird.flown.clear()
        bird.act = None
    await world.open(BENGKEL, "pigeon")
    resident = await world.resident(BENGKEL, await world.hamlet(BENGKEL))
    await tell(world, resident)  # no server runs: nobody has given the channels their part yet
    await asyncio.sleep(0.002)
    async with world.unit(BENGKEL) as unit:
        await enable(world.host, unit, "parrot")
    second = await tell(world, resident)
    await sending(world).send()
    assert [message.id for message in PARROT.flown] == [second.id]
    assert len(PIGEON.flown) == 2


async def test_a_program_that_is_switched_off_brings_nothing_more(world: World, resident: Any) -> None:
    await tell(world, resident)
    birds = sending(world)
    await birds.queue()
    async with world.unit(BENGKEL) as unit:
        await disable(world.host, unit, "pigeon")
    await birds.send()
    assert PIGEON.flown == [] and len(PARROT.flown) == 1
    assert await outcomes(world) == {
        "pigeon": [(MessageOutcome.NOT_REACHED, 0, None)], "parrot": [(MessageOutcome.TAKEN, 0, None)],
    }  # fmt: skip


async def test_a_channel_that_hangs_keeps_nobody_from_writing_and_no_other_channel_waiting(
    world: World, resident: Any
) -> None:
    """More hang than there are connections to write with."""
    PIGEON.act = hang
    birds = sending(world)
    async with birds.running(), asyncio.timeout(4):
        for _ in range(world.database.writers + 2):
            birds.announced(await world.village(BENGKEL), [Event(name="message_sent")])
            await tell(world, resident)
        birds.queueing.wake()
        await flown(PIGEON, min(birds.together, world.database.writers + 2))
        last = await tell(world, resident)
        birds.queueing.wake()
        await flown(PARROT, world.database.writers + 3)
    assert last.id in {message.id for message in PARROT.flown}
    assert len(PIGEON.flown) == birds.together or world.dialect == "sqlite"


@pytest.mark.parametrize("answer", ["nothing", "cancelled"])
async def test_a_channel_without_an_answer_has_failed_and_stops_no_other(
    world: World, resident: Any, answer: str
) -> None:
    async def act(message: Message) -> Any:
        if answer == "cancelled":
            raise asyncio.CancelledError

    PIGEON.act = act
    await tell(world, resident)
    await sending(world, first_pause=timedelta(hours=1)).send()
    assert await outcomes(world) == {
        "pigeon": [(MessageOutcome.WAITING, 1, "NoAnswer")], "parrot": [(MessageOutcome.TAKEN, 0, None)],
    }  # fmt: skip


async def test_what_a_channel_writes_is_committed_by_itself_and_announced_unless_another_has_the_message(
    world: World, resident: Any
) -> None:
    told: list[str] = []
    row = await tell(world, resident)
    slow = sending(
        world, lease=timedelta(0), announced=lambda village, events: told.extend(e.name for e in events)
    )

    async def act(message: Message) -> bool:
        assert PIGEON.begin is not None
        async with PIGEON.begin() as unit:
            unit.announce("pigeon_left", message=message.id)
        async with world.unit(BENGKEL) as unit:  # somebody else took it over
            for delivery in await unit.all(MessageDelivery, MessageDelivery.channel == "pigeon"):
                delivery.leased_by = unit.village.id
        async with PIGEON.begin() as unit:
            unit.announce("pigeon_came_back", message=message.id)
        return True

    PIGEON.act = act
    await slow.queue()
    await slow.send_by("pigeon")
    assert told == ["pigeon_left"]
    async with world.unit(BENGKEL) as unit:
        assert [e.name for e in await unit.all(Event, Event.name.like("pigeon%"))] == ["pigeon_left"]
    assert (await outcomes(world))["pigeon"] == [(MessageOutcome.WAITING, 0, None)]
    assert [message.id for message in PIGEON.flown] == [row.id]


async def test_an_event_of_a_message_names_nothing_but_the_message(world: World, resident: Any) -> None:
    row = await tell(world, resident)
    async with world.unit(BENGKEL) as unit:
        (event,) = await unit.all(Event, Event.name == "message_sent")
        assert event.subjects == {"message": str(row.id)}
        assert isinstance(row.id, UUID) and tables.Message is MessageRow
