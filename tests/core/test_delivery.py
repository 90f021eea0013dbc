"""Delivery of events: after the commit, per program, at least once, in order per village."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.core.diary import until
from tests.core.notebook import Notebook, host_with

from wantilan import VillageFacts
from wantilan.programs.delivery import Delivery
from wantilan.programs.host import Host
from wantilan.programs.stuck import listed, release
from wantilan.programs.switching import enable
from wantilan.programs.waiting import Counted
from wantilan.store.cursors import EventCursor
from wantilan.store.outbox import Event, OutboxHead
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, World

REGISTER = "mutation ($input: RegisterResidentInput!) { registerResident(input: $input) { resident { id } } }"
FIRST, SECOND = Notebook("first"), Notebook("second")


@dataclass(frozen=True)
class Village:
    """A village whose operator registers people; events are told only when a test says so."""

    world: World
    delivery: Delivery
    tokens: dict[str, str]
    hamlets: dict[str, str]

    async def register(self, code: str = BENGKEL) -> str:
        """The id of a new resident, as an event has it."""
        person = {
            "villageCode": code, "hamletId": self.hamlets[code], "fullName": "Ni Wayan Contoh", "sex": "PEREMPUAN",
            "birthDate": "1990-05-17",
        }  # fmt: skip
        given: Any = {"input": person}
        reply = await self.world.ask(REGISTER, self.tokens[code], **given)
        return str(UUID(hex=reply.data["registerResident"]["resident"]["id"].split("-")[-1]))

    async def enable(self, *programs: str, code: str = BENGKEL) -> None:
        async with self.world.unit(code) as unit:
            for program in programs:
                await enable(self.world.host, unit, program)

    async def cursor(self, program: str) -> EventCursor | None:
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            found = await session.scalars(sa.select(EventCursor).where(EventCursor.program == program))
            return found.one_or_none()

    async def noted(self) -> list[str]:
        """The events that hooks announced: what they wrote."""
        async with self.world.database.transaction(WHOLE_COUNTRY) as session:
            names = await session.scalars(sa.select(Event.name).where(Event.name.like("%.noted")))
            return sorted(names)


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(FIRST, SECOND)


@pytest.fixture(autouse=True)
def empty_notebooks() -> Iterator[None]:
    for notebook in (FIRST, SECOND):
        notebook.told.clear()
        notebook.broken = False
    yield
    for notebook in (FIRST, SECOND):
        notebook.broken = False


@pytest.fixture
async def bengkel(world: World) -> Village:
    tokens, hamlets = {}, {}
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code)
        tokens[code] = await world.token("village_operator", code)
        hamlets[code] = await world.id_of("Hamlet", await world.hamlet(code))
    return Village(world, Delivery(world.host, world.database, pause=timedelta(0)), tokens, hamlets)


async def test_an_enabled_program_is_told_of_a_new_resident_once(bengkel: Village) -> None:
    await bengkel.enable("first")
    resident = await bengkel.register()
    assert FIRST.told == [], "nobody is told inside the request"
    assert await bengkel.delivery.deliver() == 1
    assert await bengkel.delivery.deliver() == 0
    ((code, event),) = FIRST.told
    assert (code, event.name, event.subjects) == (BENGKEL, "resident_registered", {"resident": resident})
    assert event.actor_id is not None
    cursor = await bengkel.cursor("first")
    assert cursor is not None
    assert (cursor.position, cursor.attempts, cursor.failure, cursor.leased_by) == (2, 0, None, None)
    assert await bengkel.noted() == ["first.noted"], "what the hook wrote is there"


async def test_a_program_that_the_village_has_not_enabled_is_told_nothing(bengkel: Village) -> None:
    await bengkel.enable("first")
    await bengkel.register()
    await bengkel.register(NEIGHBOUR)
    await bengkel.delivery.deliver()
    assert [code for code, _ in FIRST.told] == [BENGKEL]
    assert SECOND.told == []
    assert await bengkel.cursor("second") is None


async def test_a_program_enabled_later_first_hears_what_it_missed(bengkel: Village) -> None:
    missed = [await bengkel.register() for _ in range(3)]
    assert await bengkel.delivery.deliver() == 0
    await bengkel.enable("first")
    missed.append(await bengkel.register())
    assert await bengkel.delivery.deliver() == 4
    assert FIRST.residents() == missed


async def test_each_village_hears_its_events_in_their_order(bengkel: Village) -> None:
    order: dict[str, list[str]] = {BENGKEL: [], NEIGHBOUR: []}
    for code in order:
        await bengkel.enable("first", code=code)
    for code in (BENGKEL, NEIGHBOUR, NEIGHBOUR, BENGKEL, NEIGHBOUR):
        order[code].append(await bengkel.register(code))
    await bengkel.delivery.deliver()
    for code, residents in order.items():
        assert [e.subjects["resident"] for where, e in FIRST.told if where == code] == residents


async def test_a_hook_that_raises_harms_no_other_and_writes_nothing(
    bengkel: Village, caplog: pytest.LogCaptureFixture
) -> None:
    await bengkel.enable("first", "second")
    resident = await bengkel.register()
    FIRST.broken = True
    assert await bengkel.delivery.deliver() == 1
    assert SECOND.residents() == [resident]
    failed, told = await bengkel.cursor("first"), await bengkel.cursor("second")
    assert failed is not None and told is not None
    assert (failed.position, failed.attempts, failed.failure) == (2, 1, "RuntimeError")
    assert (told.position, told.attempts, told.failure) == (3, 0, None)
    assert await bengkel.noted() == ["second.noted"]
    assert "first: resident_registered raised RuntimeError" in caplog.text
    assert "full" not in caplog.text, "the text of an exception may hold a name"
    resident_again = await bengkel.world.ask(
        "query ($id: ID!) { resident(id: $id) { fullName } }", bengkel.tokens[BENGKEL],
        id=f"resident-{(await bengkel.world.village(BENGKEL)).id.hex}-{UUID(resident).hex}",
    )  # fmt: skip
    assert resident_again.data["resident"] == {"fullName": "Ni Wayan Contoh"}, "the change itself stays"


async def test_a_failed_delivery_is_retried_until_it_succeeds(bengkel: Village) -> None:
    await bengkel.enable("first")
    resident = await bengkel.register()
    FIRST.broken = True
    assert [await bengkel.delivery.deliver() for _ in range(2)] == [0, 0]
    FIRST.broken = False
    assert [await bengkel.delivery.deliver() for _ in range(2)] == [1, 0]
    assert FIRST.residents() == [resident] * 3
    assert len({event.id for _, event in FIRST.told}) == 1, "the same event each time"
    cursor = await bengkel.cursor("first")
    assert cursor is not None
    assert (cursor.position, cursor.attempts, cursor.failure) == (2, 0, None)


async def test_later_events_of_the_village_wait_behind_the_stuck_one(bengkel: Village) -> None:
    for code in (BENGKEL, NEIGHBOUR):
        await bengkel.enable("first", code=code)
    residents = [await bengkel.register() for _ in range(2)]
    FIRST.broken = True
    await bengkel.delivery.deliver()
    assert FIRST.residents() == residents[:1], "the second one was not tried"
    FIRST.told.clear()
    FIRST.broken = False
    elsewhere = await bengkel.register(NEIGHBOUR)
    await bengkel.delivery.deliver()
    assert sorted(FIRST.residents()) == sorted([*residents, elsewhere])
    assert [r for r in FIRST.residents() if r != elsewhere] == residents


async def test_a_village_does_not_wait_for_another_ones_stuck_event(bengkel: Village) -> None:
    for code in (BENGKEL, NEIGHBOUR):
        await bengkel.enable("first", code=code)
    await bengkel.register()
    FIRST.broken = True
    await bengkel.delivery.deliver()
    FIRST.told.clear()
    patient = Delivery(bengkel.world.host, bengkel.world.database, pause=timedelta(hours=1))
    await patient.deliver()
    FIRST.broken = False
    elsewhere = await bengkel.register(NEIGHBOUR)
    assert await patient.deliver() == 1
    assert FIRST.residents()[-1] == elsewhere


async def test_a_failure_is_not_tried_again_before_its_pause_is_over(bengkel: Village) -> None:
    await bengkel.enable("first")
    await bengkel.register()
    FIRST.broken = True
    patient = Delivery(bengkel.world.host, bengkel.world.database, pause=timedelta(hours=1))
    for _ in range(3):
        assert await patient.deliver() == 0
    assert len(FIRST.told) == 1
    assert await bengkel.delivery.deliver() == 0, "the pause is everybody's"
    (waiting,) = await listed(bengkel.world.database, patient.hearers.values())
    await release(bengkel.world.database, [waiting])
    FIRST.broken = False
    assert await bengkel.delivery.deliver() == 1


async def test_a_refused_registration_tells_nobody(bengkel: Village) -> None:
    await bengkel.enable("first")
    given: Any = {"input": {"villageCode": BENGKEL, "hamletId": bengkel.hamlets[BENGKEL], "fullName": "4",
                            "sex": "PEREMPUAN", "birthDate": "1990-05-17"}}  # fmt: skip
    reply = await bengkel.world.ask(REGISTER, bengkel.tokens[BENGKEL], **given)
    assert reply.codes == ["BAD_USER_INPUT"]
    assert await bengkel.delivery.deliver() == 0
    await bengkel.register()
    assert await bengkel.delivery.deliver() == 1


async def test_a_program_that_was_disabled_again_is_told_when_it_is_back(bengkel: Village) -> None:
    world: Any = bengkel.world
    perbekel = await world.token("perbekel", BENGKEL)
    given = {"input": {"villageCode": BENGKEL, "program": "first"}}
    await bengkel.enable("first")
    disable = "mutation ($input: DisableProgramInput!) { disableProgram(input: $input) { changed } }"
    assert (await world.ask(disable, perbekel, **given)).data
    resident = await bengkel.register()
    assert await bengkel.delivery.deliver() == 0
    await bengkel.enable("first")
    assert await bengkel.delivery.deliver() == 1
    assert FIRST.residents() == [resident]


async def test_what_a_program_does_not_hear_is_passed_over(bengkel: Village) -> None:
    """Events of programs are no work for delivery at all: the heads tell them apart."""
    await bengkel.enable("first")
    await bengkel.delivery.deliver()
    async with bengkel.world.unit(BENGKEL) as unit:
        for number in range(5):
            unit.announce("resident_left" if number % 2 else "first.noted")
    resident = await bengkel.register()
    assert await bengkel.delivery.deliver() == 1
    assert FIRST.residents() == [resident]
    cursor = await bengkel.cursor("first")
    assert cursor is not None and cursor.position == 7
    async with bengkel.world.unit(BENGKEL) as unit:
        unit.announce("first.noted")
    async with bengkel.world.unit(BENGKEL) as unit:
        (head,) = await unit.all(OutboxHead)
    assert (head.core_number, head.last_number) == (7, 9), "the hook has noted one too"
    await bengkel.delivery.deliver()
    cursor = await bengkel.cursor("first")
    assert cursor is not None and cursor.position == 7, "nobody has even looked"


async def test_it_counts_who_waits_and_who_is_stuck_since_it_last_looked(bengkel: Village) -> None:
    for code in (BENGKEL, NEIGHBOUR):
        await bengkel.enable("first", "second", code=code)
    await bengkel.delivery.deliver()
    await bengkel.register()
    await bengkel.register(NEIGHBOUR)
    FIRST.broken = True
    await bengkel.delivery.deliver()
    assert bengkel.delivery.counted == Counted(waiting=0, stuck=2)
    FIRST.broken = False
    await bengkel.register()
    patient = Delivery(bengkel.world.host, bengkel.world.database)
    await patient.deliver(program="nobody")
    assert patient.counted == Counted(waiting=1, stuck=2)
    await bengkel.delivery.deliver()
    assert bengkel.delivery.counted == Counted()


async def test_in_the_background_it_tells_at_once_what_this_process_has_announced(bengkel: Village) -> None:
    """Long before it looks at everything again."""
    await bengkel.enable("first")
    delivery = Delivery(bengkel.world.host, bengkel.world.database, pause=timedelta(hours=1))
    bengkel.world.application.listeners[:] = [delivery.announced]
    async with delivery.running():
        await settled(delivery)
        residents = [await bengkel.register() for _ in range(3)]
        await until(lambda: len(FIRST.told) == 3)
    assert FIRST.residents() == residents


async def test_in_the_background_it_finds_what_others_have_announced(bengkel: Village) -> None:
    await bengkel.enable("first")
    resident = await bengkel.register()
    delivery = Delivery(bengkel.world.host, bengkel.world.database, pause=timedelta(milliseconds=20))
    async with delivery.running():
        await until(lambda: len(FIRST.told) == 1)
        other = await bengkel.register(NEIGHBOUR)
        await bengkel.enable("first", code=NEIGHBOUR)
        await until(lambda: len(FIRST.told) == 2)
    assert FIRST.residents() == [resident, other]


async def test_in_the_background_a_failure_is_tried_again_after_its_pause(bengkel: Village) -> None:
    await bengkel.enable("first")
    await bengkel.register()
    FIRST.broken = True
    delivery = Delivery(bengkel.world.host, bengkel.world.database, pause=timedelta(milliseconds=20))
    async with delivery.running():
        await until(lambda: len(FIRST.told) == 3)
        FIRST.broken = False
        await until(lambda: len(FIRST.told) == 4 and not delivery._tasks)
    assert await bengkel.noted() == ["first.noted"]


async def test_what_a_hook_announces_is_told_to_who_listens(bengkel: Village) -> None:
    await bengkel.enable("first")
    await bengkel.register()
    heard: list[tuple[str, str, int]] = []

    def listen(village: VillageFacts, events: Sequence[Event]) -> None:
        heard.extend((village.code, event.name, event.number) for event in events)

    await Delivery(bengkel.world.host, bengkel.world.database, announced=listen).deliver()
    assert heard == [(BENGKEL, "first.noted", 3)]


async def test_it_looks_at_once_for_an_event_that_somebody_hears_and_for_no_other(world: World) -> None:
    await world.open(BENGKEL)
    facts = await world.village(BENGKEL)

    def announced(name: str, **subjects: str) -> bool:
        delivery = Delivery(world.host, world.database)
        delivery.announced(facts, [Event(village_id=facts.id, name=name, subjects=subjects)])
        return delivery.loop._wake.is_set()

    assert announced("resident_registered")
    assert not announced("notebook.noted")
    assert not announced("village_enabled", program="first"), "it has no hook for that"


async def settled(delivery: Delivery) -> None:
    """It has looked at everything once, and found nothing."""
    await until(lambda: delivery._next_sweep > 0 and not delivery._tasks)
