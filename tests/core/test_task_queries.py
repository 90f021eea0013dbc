"""Tasks in the API: who sees, starts and ends them, what is shown, and who follows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.core.errands import ERRANDS, RUN, Order, Run
from tests.core.notebook import host_with

from wantilan import RuleViolated, Text, VillageFacts, start_task
from wantilan.programs.host import Host
from wantilan.store.jobs import JobOutcome
from wantilan.store.tasks import Task, TaskState
from wantilan.store.types import instant_text
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Refused, World, check_refusals

ALL = """{ village(code: "51.02.06.2001") { tasks { nodes {
  id name description state createdAt endedAt done total result failure failureCode } } } }"""
SHORT = """{ village(code: "51.02.06.2001") { tasks { nodes { done } } } }"""
SEND = "mutation ($input: ErrandSendInput!) { errandSend(input: $input) { task { id name state } } }"
CANCEL = """mutation ($input: CancelTaskInput!) { cancelTask(input: $input) {
  changed task { state endedAt } village { tasks { totalCount } } } }"""
FOLLOW = (
    "subscription ($code: RegionCode!) { taskProgressed(villageCode: $code) { state done total result } }"
)


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(ERRANDS, installed=("waste",))


@pytest.fixture(autouse=True)
def wound_up() -> Iterator[None]:
    yield
    ERRANDS.forget()


@pytest.fixture
async def operator(world: World) -> str:
    """The village's operator; the program is on here and at the neighbour's."""
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "errand", "waste")
    return await world.token("village_operator", BENGKEL)


async def send(world: World, token: str, steps: int = 2, code: str = BENGKEL) -> str:
    """The id of a task that the holder of a token had started."""
    reply = await world.ask(SEND, token, input={"villageCode": code, "steps": steps})
    return str(reply.data["errandSend"]["task"]["id"])


async def shown(world: World, token: str, **given: Any) -> list[dict[str, Any]]:
    return list((await world.ask(ALL, token, **given)).data["village"]["tasks"]["nodes"])


async def states(world: World) -> dict[str, str]:
    found = {}
    for code in (BENGKEL, NEIGHBOUR):
        async with world.unit(code) as unit:
            found |= {row.id.hex: row.state.name for row in await unit.all(Task)}
    return found


async def test_tasks_are_shown_the_newest_first_in_one_statement_with_what_came_of_them(
    world: World, operator: str
) -> None:
    async def refuse(village: VillageFacts, run: Run, given: Order) -> None:
        raise RuleViolated("NO_WAY", Text("Jalan ditutup.", "The road is closed."))

    await send(world, operator)
    await world.application.tasks.run_due()
    ERRANDS.deed = refuse
    await send(world, operator)
    await world.application.tasks.run_due()
    await send(world, operator)
    async with world.unit(BENGKEL) as unit:
        rows = sorted(await unit.all(Task), key=lambda row: row.id)
        rows[-1].name = "errand.gone"
    with world.counting() as statements:
        waiting, refused, done = await shown(world, operator)
    assert len(statements) == 1
    moments = [instant_text(row.ended_at) for row in rows if row.ended_at is not None]
    ids = [await world.id_of("VillageTask", row) for row in rows]
    common = {"name": "errand.run", "description": "Run", "failure": None, "failureCode": None}
    made = [
        {"id": id_, "createdAt": instant_text(row.created_at)} for id_, row in zip(ids, rows, strict=True)
    ]
    assert done == {
        **common, **made[0], "state": "DONE", "endedAt": moments[0], "done": 2, "total": 2,
        "result": {"done": [0, 1]},
    }  # fmt: skip
    assert refused == {
        **common, **made[1], "state": "FAILED", "endedAt": moments[1], "done": 0, "total": None, "result": None,
        "failure": "The road is closed.", "failureCode": "RULE_VIOLATED",
    }  # fmt: skip
    assert waiting == {
        **common, **made[2], "state": "WAITING", "endedAt": None, "done": 0, "total": None, "result": None,
        "name": "errand.gone", "description": None,
    }  # fmt: skip
    in_indonesian = await shown(world, operator, language="id")
    assert [(task["description"], task["failure"]) for task in in_indonesian] == [
        (None, None),
        ("Lari", "Jalan ditutup."),
        ("Lari", None),
    ]
    by_state = ALL.replace("tasks {", "tasks(filter: {state: {eq: DONE}}, order: CREATED_AT_ASC) {")
    assert (await world.ask(by_state, operator)).data["village"]["tasks"]["nodes"] == [done]


async def test_who_sees_tasks_and_who_sees_his_own_and_who_does_not(world: World, operator: str) -> None:
    hamlet = await world.hamlet(BENGKEL)
    person = await world.resident(BENGKEL, hamlet)
    kelian = await world.token("kelian", BENGKEL, hamlet=hamlet.id)
    mine = (await world.application.actors.resolve(kelian)).id
    for steps, by in ((1, None), (2, mine)):
        async with world.unit(BENGKEL) as unit:
            unit.actor_id = by
            await start_task(unit, RUN, Order(steps=steps))
    await world.application.tasks.run_due()

    async def sees(token: str | None) -> list[int]:
        found = (await world.ask(SHORT, token)).data["village"]["tasks"]["nodes"]
        return [task["done"] for task in found]

    assert await sees(operator) == [2, 1]
    assert await sees(await world.token("perbekel", BENGKEL)) == [2, 1]
    assert await sees(await world.token("platform_admin", "")) == [2, 1]
    assert await sees(await world.token("village_operator", TABANAN)) == [2, 1]
    assert await sees(kelian) == [2], "his own"
    assert await sees(await world.token("kelian", BENGKEL, hamlet=hamlet.id)) == []
    assert await sees(await world.token("waste_collector", BENGKEL)) == []
    assert await sees(await world.token("resident", BENGKEL, resident=person.id)) == []
    visitor = await world.ask(SHORT)
    assert visitor.codes == ["FORBIDDEN"] and "data" not in visitor.body
    neighbour = await world.ask(SHORT, await world.token("village_operator", NEIGHBOUR))
    assert (neighbour.codes, neighbour.body["data"]) == (["FORBIDDEN"], {"village": {"tasks": None}})
    async with world.unit(BENGKEL) as unit:
        id_ = await world.id_of("VillageTask", await unit.first(Task, Task.started_by.is_(None)))
    by_id = "query ($id: ID!) { node(id: $id) { ... on VillageTask { name } } }"
    assert (await world.ask(by_id, operator, id=id_)).data["node"] is not None
    assert (await world.ask(by_id, kelian, id=id_)).data["node"] is None


async def test_who_asks_without_what_the_task_needs_starts_none(world: World, operator: str) -> None:
    """The mutation lets more people in than the task does: the task has the last word."""

    def given(code: str = BENGKEL) -> dict[str, Any]:
        return {"input": {"villageCode": code, "steps": 1}}

    async def unchanged() -> object:
        return await states(world)

    regency = await world.token("agency_officer", TABANAN)
    refused = [
        Refused("a visitor", None, "FORBIDDEN", given()),
        Refused("who may ask and not send", regency, "FORBIDDEN", given()),
        Refused("the operator, elsewhere", operator, "NOT_FOUND", given(NEIGHBOUR)),
    ]
    await check_refusals(world, SEND, refused, unchanged=unchanged)
    reply = (await world.ask(SEND, operator, **given())).data["errandSend"]["task"]
    assert (reply["name"], reply["state"]) == ("errand.run", "WAITING")


async def test_a_repeated_request_starts_one_task(world: World, operator: str) -> None:
    given: Any = {"input": {"villageCode": BENGKEL, "steps": 1}}
    first, second = [await world.ask(SEND, operator, key="again", **given) for _ in range(2)]
    assert first.data == second.data
    assert list((await states(world)).values()) == ["WAITING"]


async def test_a_task_is_ended_by_who_started_it_and_by_who_may(world: World, operator: str) -> None:
    hamlet = await world.hamlet(BENGKEL)
    kelian = await world.token("kelian", BENGKEL, hamlet=hamlet.id)
    actor = (await world.application.actors.resolve(kelian)).id
    enders = [
        kelian,
        operator,
        await world.token("perbekel", BENGKEL),
        await world.token("platform_admin", ""),
    ]
    for ender in enders:
        async with world.unit(BENGKEL) as unit:
            unit.actor_id = actor
            row = await start_task(unit, RUN, Order(steps=1))
        id_ = await world.id_of("VillageTask", row)
        reply = (await world.ask(CANCEL, ender, input={"id": id_})).data["cancelTask"]
        assert (reply["changed"], reply["task"]["state"]) == (True, "CANCELLED")
        assert reply["task"]["endedAt"] is not None
        again = (await world.ask(CANCEL, ender, input={"id": id_})).data["cancelTask"]
        assert again["changed"] is False
    assert await world.application.tasks.run_due() == 0
    assert set((await states(world)).values()) == {"CANCELLED"}


async def test_nobody_else_ends_one_and_no_one_what_has_ended(world: World, operator: str) -> None:
    hamlet = await world.hamlet(BENGKEL)
    there = await send(world, operator)

    def task(id_: str = there) -> dict[str, Any]:
        return {"input": {"id": id_}}

    async def unchanged() -> object:
        return await states(world)

    refused = [
        Refused("a visitor", None, "FORBIDDEN", task()),
        Refused("the neighbour", await world.token("perbekel", NEIGHBOUR), "NOT_FOUND", task()),
        Refused("a collector", await world.token("waste_collector", BENGKEL), "NOT_FOUND", task()),
        Refused("a kelian", await world.token("kelian", BENGKEL, hamlet=hamlet.id), "NOT_FOUND", task()),
        Refused("the agency", await world.token("agency_officer", TABANAN), "NOT_FOUND", task()),
        Refused("the operator, none", operator, "NOT_FOUND", task(f"{there[:-4]}0000")),
        Refused("the operator, no id", operator, "BAD_USER_INPUT", task("x")),
    ]
    await check_refusals(world, CANCEL, refused, unchanged=unchanged)
    assert await world.application.tasks.run_due() == 1
    over = [Refused("the operator, one that is done", operator, "INVALID_TRANSITION", task())]
    await check_refusals(world, CANCEL, over, unchanged=unchanged)
    assert list((await states(world)).values()) == [TaskState.DONE.name]


async def test_who_follows_a_village_sees_its_tasks_come_further(world: World, operator: str) -> None:
    kelian = await world.token("kelian", BENGKEL, hamlet=(await world.hamlet(BENGKEL)).id)
    async with (
        world.subscribe(FOLLOW, operator, code=BENGKEL) as office,
        world.subscribe(FOLLOW, kelian, code=BENGKEL) as other,
        world.subscribe(FOLLOW, operator, code=NEIGHBOUR) as elsewhere,
        world.subscribe(FOLLOW, None, code=BENGKEL) as visitor,
    ):
        assert (await elsewhere.ended(), await visitor.ended()) == (["FORBIDDEN"], ["FORBIDDEN"])
        await send(world, operator, steps=2)
        first = (await office.next())["taskProgressed"]
        assert first == {"state": "WAITING", "done": 0, "total": None, "result": None}
        await world.application.tasks.run_due()
        seen = [(await office.next())["taskProgressed"] for _ in range(4)]
        assert other.waiting == 0, "it is not his"
    # Each is read at the moment it is told: what has come further since is seen at once, and never less.
    assert [task["done"] for task in seen] == sorted(task["done"] for task in seen)
    assert seen[-1] == {"state": "DONE", "done": 2, "total": 2, "result": {"done": [0, 1]}}
    assert world.application.tasks.ended[JobOutcome.DONE] == 1


async def test_a_kelian_follows_his_own(world: World, operator: str) -> None:
    kelian = await world.token("kelian", BENGKEL, hamlet=(await world.hamlet(BENGKEL)).id)
    actor = (await world.application.actors.resolve(kelian)).id
    async with world.subscribe(FOLLOW, kelian, code=BENGKEL) as own:
        await send(world, operator)
        async with world.unit(BENGKEL) as unit:
            unit.actor_id = actor
            await start_task(unit, RUN, Order(steps=7))
        await world.application.tasks.run_due()
        seen = [(await own.next())["taskProgressed"] for _ in range(10)]
    assert seen[-1]["state"] == "DONE" and seen[-1]["total"] == 7
