"""Two server processes over one database that are killed while they work, and what must be true afterwards.

`endure` puts them under load and kills them; each `Service` is then judged. A further service is one more class
here and one more line in `SERVICES`.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import httpx
import sqlalchemy as sa
from tests.core.shell import write_program
from tests.system.crashing import RECORD, server_process
from tests.system.jobbing import job_books, make_due
from tests.system.scene import Scene

from wantilan.programs.hearing import hearers
from wantilan.programs.stuck import listed
from wantilan.registry.models import Resident
from wantilan.store.outbox import Event, Idempotency, OutboxHead
from wantilan.store.rollup_sql import differing
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.models import ROLLUPS, Intake, WasteStream

REGISTER = "mutation($input: RegisterResidentInput!) { registerResident(input: $input) { resident { id } } }"
FOLLOW = f'subscription {{ wasteIntakes(villageCode: "{BENGKEL}") {{ id }} }}'
SCRIBES = ("scribe", "clerk")
"""Two programs that hear the same."""
WAIT_SECONDS = 60

SCRIBE = '''
"""Writes down what it is told: in a file, which no transaction takes back, and in the village itself."""

import json
import os

from wantilan import Program, Text, hookimpl

@hookimpl
def wantilan_program():
    return Program(
        name="NAME", title=Text("Juru tulis", "Scribe"), summary=Text("Menulis.", "Writes."), version="1.0",
        api=">=0.1,<0.2",
    )

@hookimpl
async def resident_registered(village, event, unit):
    with open(os.environ["SCRIBE_FILE"], "a") as file:
        file.write(json.dumps(["NAME", village.code, str(event.id), os.getpid()]) + "\\n")
    unit.announce("NAME.noted", of=event.id)
'''


@contextmanager
def scribes_installed(folder: Path) -> Iterator[None]:
    """For this process; those that it starts find them by PYTHONPATH."""
    for name in SCRIBES:
        write_program(folder, name, SCRIBE)
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


class Servers:
    """The processes, each at a place; one that was killed is replaced."""

    def __init__(self, scene: Scene, stack: ExitStack) -> None:
        self.scene, self.stack = scene, stack
        self.at: dict[int, tuple[subprocess.Popen[str], str]] = {}

    @property
    def addresses(self) -> list[str]:
        return [address for _, address in self.at.values()]

    async def start(self, place: int, *arguments: str) -> None:
        made = server_process(self.scene.world, *arguments)
        self.at[place] = await asyncio.to_thread(self.stack.enter_context, made)

    async def kill(self, place: int) -> None:
        process, _ = self.at.pop(place)
        process.kill()
        await asyncio.to_thread(process.wait)

    async def dies(self, place: int) -> None:
        """Of itself, at a commit."""
        process, _ = self.at[place]
        await asyncio.to_thread(process.wait, WAIT_SECONDS)
        del self.at[place]


@dataclass
class Trial:
    """What happened so far."""

    scene: Scene
    servers: Servers
    dice: random.Random
    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    """Written, and the process died before it answered."""
    killed: int = 0
    over: bool = False


class Service(Protocol):
    """One service: what it adds to the load, whether it has caught up, and what must be true then."""

    async def load(self, trial: Trial) -> None:
        """Until the trial is over."""

    async def caught_up(self, trial: Trial) -> bool: ...

    async def judge(self, trial: Trial) -> str:
        """Fails, or answers with its figures."""


async def endure(scene: Scene, services: Sequence[Service], *, kills: int, seed: int) -> list[str]:
    """Kill one process after the other, every other time at a commit of its own; a line of each service."""
    with ExitStack() as stack:
        trial = Trial(scene, Servers(scene, stack), random.Random(seed))
        await asyncio.gather(trial.servers.start(0, "20"), trial.servers.start(1))
        async with asyncio.TaskGroup() as tasks:
            for service in services:
                tasks.create_task(service.load(trial))
            await kill_again_and_again(trial, kills)
            trial.over = True
        for service in services:
            await until(lambda service=service: service.caught_up(trial))
        return [f"{trial.killed} kills", *[await service.judge(trial) for service in services]]


async def kill_again_and_again(trial: Trial, kills: int) -> None:
    """Place 0 dies at commits, between write and answer, and place 1 whenever it is."""
    for number in range(kills):
        place = number % 2
        if place == 0:
            await trial.servers.dies(0)
        else:
            await asyncio.sleep(0.1 + trial.dice.random() * 0.5)
            await trial.servers.kill(1)
        trial.killed += 1
        if number + 1 == kills:
            return  # the other one lives on
        again = place == 0 and number + 2 < kills
        await trial.servers.start(place, *([str(trial.dice.randrange(5, 60))] if again else []))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(WAIT_SECONDS * 10):
        if await holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come to that")


class Mutations:
    """Residents are registered in two villages, by clients that repeat with the same key until they are answered."""

    def __init__(self, clients: int = 4) -> None:
        self.clients = clients

    async def load(self, trial: Trial) -> None:
        async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as tasks:
            for number in range(self.clients):
                tasks.create_task(self._work(trial, client, number))

    async def _work(self, trial: Trial, client: httpx.AsyncClient, number: int) -> None:
        serial = 0
        while not trial.over:
            serial += 1
            await register(trial, client, f"c{number}n{serial}")
            await asyncio.sleep(0.01)

    async def caught_up(self, trial: Trial) -> bool:
        return True

    async def judge(self, trial: Trial) -> str:
        before = {r.id for place in (trial.scene.bengkel, trial.scene.neighbour) for r in place.residents}
        async with trial.scene.world.database.transaction(WHOLE_COUNTRY) as session:
            rows = set(await session.scalars(sa.select(Resident.id))) - before
            said = await session.scalars(sa.select(Event.subjects).where(Event.name == "resident_registered"))
            events = [UUID(one["resident"]) for one in said]
            mine = sa.select(Idempotency.key, Idempotency.result).where(Idempotency.key.startswith("c"))
            kept = (await session.execute(mine)).all()
        records = {key: UUID(hex=result["resident"]["uuid"]) for key, result in kept}
        assert {key: UUID(hex=id_.split("-")[-1]) for key, id_ in trial.acknowledged.items()} == records
        assert rows == set(events) == set(records.values()) and len(rows) == len(events) == len(records)
        assert trial.unanswered > 0, "no kill fell between write and answer"
        return (
            f"{len(rows)} residents registered, {trial.unanswered} of them written without an answer and asked for "
            "again: 0 lost, 0 doubled"
        )


async def register(trial: Trial, client: httpx.AsyncClient, key: str) -> None:
    code, who, hamlet = trial.dice.choice(
        ((BENGKEL, "operator_bengkel", "Hamlet"), (NEIGHBOUR, "neighbour", "other_Hamlet"))
    )
    person = {
        "villageCode": code, "hamletId": trial.scene.ids[hamlet], "fullName": "Ni Wayan Contoh",
        "sex": "PEREMPUAN", "birthDate": "1990-05-17",
    }  # fmt: skip
    data = await answered(trial, client, key, who, REGISTER, person)
    trial.acknowledged[key] = data["registerResident"]["resident"]["id"]


async def answered(
    trial: Trial, client: httpx.AsyncClient, key: str, who: str, query: str, given: dict[str, Any]
) -> Any:
    """The data of a mutation, sent with its key to one process after the other until one has answered."""
    headers = {"authorization": f"Bearer {trial.scene.tokens[who]}", "idempotency-key": key}
    asked = {"query": query, "variables": {"input": given}}
    while True:
        address = trial.dice.choice(trial.servers.addresses or [""])
        try:
            body = (await client.post(address, json=asked, headers=headers)).json() if address else None
        except httpx.TransportError:
            written = await is_written(trial, key)
            trial.unanswered += written  # not in one line: others count meanwhile
            body = None
        if body is not None:
            assert "errors" not in body, body
            return body["data"]
        await asyncio.sleep(0.05)


async def is_written(trial: Trial, key: str) -> bool:
    async with trial.scene.world.database.transaction() as session:
        return bool(await session.scalar(sa.select(sa.exists().where(Idempotency.key == key))))


class Deliveries:
    """Two programs hear of every resident, in two villages."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def load(self, trial: Trial) -> None:
        """What is registered is enough."""

    async def caught_up(self, trial: Trial) -> bool:
        world = trial.scene.world
        return not await listed(world.database, hearers(world.host).values())

    async def judge(self, trial: Trial) -> str:
        calls = [json.loads(line) for line in self.file.read_text().splitlines()]
        told = repeated = 0
        for code in (BENGKEL, NEIGHBOUR):
            async with trial.scene.world.unit(code) as unit:
                events = sorted(await unit.all(Event), key=lambda event: event.number)
            expected = [str(event.id) for event in events if event.name == "resident_registered"]
            assert expected
            for program in SCRIBES:
                heard = [event for name, where, event, _ in calls if (name, where) == (program, code)]
                first = [event for i, event in enumerate(heard) if i == 0 or heard[i - 1] != event]
                assert first == expected, "every event was told, in order; again only directly after itself"
                noted = [event.subjects["of"] for event in events if event.name == f"{program}.noted"]
                assert noted == expected, "what was written is there once"
                told, repeated = told + len(expected), repeated + len(heard) - len(first)
        processes = {pid for *_, pid in calls}
        assert len(processes) > 1
        return (
            f"{told} times told by {len(processes)} processes, {repeated} of them again after a kill: "
            "0 missed, 0 out of order, 0 effects doubled"
        )


class Weighings:
    """Waste is weighed in Bengkel all the time, and the totals that the database keeps are those of the rows."""

    def __init__(self, clients: int = 2) -> None:
        self.clients = clients
        self.acknowledged: dict[str, str] = {}

    async def load(self, trial: Trial) -> None:
        async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as tasks:
            for number in range(self.clients):
                tasks.create_task(self._work(trial, client, number))

    async def _work(self, trial: Trial, client: httpx.AsyncClient, number: int) -> None:
        streams, serial = [stream.name for stream in WasteStream], 0
        while not trial.over:
            serial += 1
            key = f"w{number}n{serial}"
            given = {
                "facilityId": trial.scene.ids["WasteFacility"], "stream": trial.dice.choice(streams),
                "gross": trial.dice.randint(1, 9000),
            }  # fmt: skip
            data = await answered(trial, client, key, "operator_bengkel", RECORD, given)
            self.acknowledged[key] = data["wasteRecordIntake"]["intake"]["id"]
            await asyncio.sleep(0.02)

    async def caught_up(self, trial: Trial) -> bool:
        return True

    async def judge(self, trial: Trial) -> str:
        world = trial.scene.world
        async with world.unit(BENGKEL) as unit:
            weighed = {row.id for row in await unit.all(Intake)} - {trial.scene.bengkel.intake.id}
            totals = [sa.text(differing(one, world.dialect)) for one in ROLLUPS]
            village = sa.bindparam("village", unit.village.id, sa.Uuid())
            wrong = [await unit.session.scalar(total.bindparams(village)) for total in totals]
        said = {UUID(hex=id_.split("-")[-1]) for id_ in self.acknowledged.values()}
        assert weighed == said and len(said) == len(self.acknowledged)
        assert wrong == [0] * len(ROLLUPS)
        return f"{len(weighed)} weighings, each once; kept totals are those of the rows"


class Jobs:
    """A job of each village is due again and again."""

    async def load(self, trial: Trial) -> None:
        while not trial.over:
            await make_due(trial.scene.world)
            await asyncio.sleep(0.3)

    async def caught_up(self, trial: Trial) -> bool:
        return (await job_books(trial.scene.world)).overdue == 0

    async def judge(self, trial: Trial) -> str:
        books = await job_books(trial.scene.world)
        assert books.events == books.done and sum(books.done.values()) > 0
        return (
            f"{sum(books.done.values())} due times done once, {books.lost} of them after a process that died"
        )


class Follower:
    """Somebody follows the weighings at a process that is not killed, whoever records them."""

    def __init__(self) -> None:
        self.came: list[UUID] = []
        self.since = 0

    async def load(self, trial: Trial) -> None:
        await trial.servers.start(2)
        headers = {
            "authorization": f"Bearer {trial.scene.tokens['operator_bengkel']}", "accept": "text/event-stream",
        }  # fmt: skip
        address = trial.servers.at[2][1]
        self.client = httpx.AsyncClient(timeout=None)
        self.task = asyncio.create_task(self._listen(address, headers))
        while not self.since and not self.task.done():
            await asyncio.sleep(0.05)
            self.since = await last_number(trial) if self.listening else 0

    listening = False

    async def _listen(self, address: str, headers: dict[str, str]) -> None:
        asked = {"query": FOLLOW}
        async with self.client.stream("POST", address, json=asked, headers=headers) as answer:
            assert answer.status_code == 200
            self.listening = True
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    seen = json.loads(line.removeprefix("data: "))
                    self.came.append(UUID(hex=seen["data"]["wasteIntakes"]["id"].split("-")[-1]))

    async def caught_up(self, trial: Trial) -> bool:
        assert not self.task.done(), self.task
        expected = await self._expected(trial)
        return len(self.came) >= len(expected)

    async def _expected(self, trial: Trial) -> list[UUID]:
        async with trial.scene.world.unit(BENGKEL) as unit:
            events = await unit.all(Event, Event.name == "waste.intake_recorded", Event.number > self.since)
        return [UUID(event.subjects["intake"]) for event in sorted(events, key=lambda event: event.number)]

    async def judge(self, trial: Trial) -> str:
        await asyncio.sleep(1)  # for one that came twice
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.client.aclose()
        expected = await self._expected(trial)
        assert expected and self.came[len(self.came) - len(expected) :] == expected
        assert len(set(self.came)) == len(self.came)
        return (
            f"{len(self.came)} weighings followed at a process that lived: each once, in order, none missing"
        )


async def last_number(trial: Trial) -> int:
    async with trial.scene.world.unit(BENGKEL) as unit:
        return int(await unit.session.scalar(sa.select(OutboxHead.last_number)) or 0)


def everything(file: Path) -> Sequence[Service]:
    return (Mutations(), Deliveries(file), Follower(), Weighings(), Jobs())
