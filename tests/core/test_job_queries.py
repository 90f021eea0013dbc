"""Jobs in the API: who sees them, what is shown, and who has one run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.clockwork import Clockwork
from tests.core.notebook import host_with

from wantilan.programs.host import Host
from wantilan.programs.runner import Runner
from wantilan.programs.switching import disable
from wantilan.store.jobs import Job
from wantilan.store.types import instant_text
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Refused, World, check_refusals

CLOCK = Clockwork("clock")
ALL = """{ village(code: "51.02.06.2001") { jobs {
  name program description schedule timeZone nextAt paused attempts failure runningSince done total
  lastRun { plannedAt missed outcome failure } runs(last: 2) { totalCount nodes { outcome } } } } }"""
SHORT = (
    """{ village(code: "51.02.06.2001") { jobs { name nextAt lastRun { startedAt endedAt outcome } } } }"""
)
RUN = """mutation ($input: RunJobInput!) { runJob(input: $input) {
  changed job { name nextAt } village { jobs { name } } } }"""


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(CLOCK, installed=("waste",))


@pytest.fixture(autouse=True)
def wound_up() -> Iterator[None]:
    yield
    CLOCK.forget()


@pytest.fixture
async def operator(world: World) -> str:
    """The village's operator; the program is on here and at the neighbour's."""
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "clock")
    return await world.token("village_operator", BENGKEL)


async def due(world: World, name: str = "clock.tick", code: str = BENGKEL) -> datetime:
    moment = (datetime.now(UTC) - timedelta(seconds=5)).replace(microsecond=0)
    village = await world.village(code)
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        its = sa.update(Job).where(Job.name == name, Job.village_id == village.id)
        await session.execute(its.values(due_at=moment))
    return moment


async def next_at(world: World, code: str = BENGKEL) -> dict[str, datetime]:
    async with world.unit(code) as unit:
        return {row.name: row.due_at for row in await unit.all(Job)}


async def test_a_job_is_shown_with_its_description_its_next_moment_and_its_runs_in_one_statement(
    world: World, operator: str
) -> None:
    async def stumble(village: Any, unit: Any) -> None:
        raise KeyError

    planned = (await next_at(world))["clock.tick"]
    moment = await due(world)
    CLOCK.deed = stumble
    await world.application.jobs.run_due()
    tried = (await next_at(world))["clock.tick"]
    with world.counting() as statements:
        reply = await world.ask(ALL, operator)
    assert len(statements) == 1
    jobs = {job["name"]: job for job in reply.data["village"]["jobs"]}
    assert list(jobs) == ["clock.long", "clock.quick", "clock.tick"]
    run = {"plannedAt": instant_text(moment), "missed": 0, "outcome": "FAILED", "failure": "KeyError"}
    assert jobs["clock.tick"] == {
        "name": "clock.tick", "program": "clock", "description": "Tick", "schedule": "0 6 * * *",
        "timeZone": "Asia/Makassar", "nextAt": instant_text(tried), "paused": False, "attempts": 1,
        "failure": "KeyError", "runningSince": None, "done": 0, "total": None, "lastRun": run,
        "runs": {"totalCount": 1, "nodes": [{"outcome": "FAILED"}]},
    }  # fmt: skip
    quick = jobs["clock.quick"]
    assert (quick["nextAt"], quick["lastRun"], quick["runs"]["totalCount"]) == (
        instant_text(planned),
        None,
        0,
    )
    in_indonesian = await world.ask(ALL, operator, language="id")
    assert "Tik" in {job["description"] for job in in_indonesian.data["village"]["jobs"]}


async def test_the_last_run_is_the_last_one(world: World, operator: str) -> None:
    async def stumble(village: Any, unit: Any) -> None:
        raise KeyError

    for deed in (stumble, None):
        CLOCK.forget()
        CLOCK.deed = deed or CLOCK.deed
        await due(world)
        assert await world.application.jobs.run_due() == 1
    (tick,) = [
        j for j in (await world.ask(ALL, operator)).data["village"]["jobs"] if j["name"] == "clock.tick"
    ]
    assert tick["lastRun"]["outcome"] == "DONE"
    assert tick["runs"] == {"totalCount": 2, "nodes": [{"outcome": "FAILED"}, {"outcome": "DONE"}]}


async def test_a_paused_job_has_no_next_moment_and_one_that_no_program_knows_no_description(
    world: World, operator: str
) -> None:
    async with world.unit(BENGKEL) as unit:
        await disable(world.host, unit, "clock")
        gone = await unit.first(Job, Job.name == "clock.long")
        assert gone is not None
        gone.name = "clock.gone"
    jobs = {job["name"]: job for job in (await world.ask(ALL, operator)).data["village"]["jobs"]}
    assert {job["nextAt"] for job in jobs.values()} == {None}
    assert {name: job["description"] for name, job in jobs.items()} == {
        "clock.gone": None, "clock.quick": "Clock", "clock.tick": "Tick",
    }  # fmt: skip


async def test_who_sees_jobs_and_who_does_not(world: World, operator: str) -> None:
    hamlet = await world.hamlet(BENGKEL)
    person = await world.resident(BENGKEL, hamlet)
    sees = {
        "operator": operator,
        "perbekel": await world.token("perbekel", BENGKEL),
        "admin": await world.token("platform_admin", ""),
        "operator of the regency": await world.token("village_operator", TABANAN),
    }
    for who, token in sees.items():
        assert len((await world.ask(SHORT, token)).data["village"]["jobs"]) == 3, who
    nowhere = {
        "visitor": None,
        "agency": await world.token("agency_officer", TABANAN),
        "collector": await world.token("waste_collector", BENGKEL),
        "kelian": await world.token("kelian", BENGKEL, hamlet=hamlet.id),
        "resident": await world.token("resident", BENGKEL, resident=person.id),
    }
    for who, token in nowhere.items():
        reply = await world.ask(SHORT, token)
        assert reply.codes == ["FORBIDDEN"] and "data" not in reply.body, who
    neighbour = await world.ask(SHORT, await world.token("village_operator", NEIGHBOUR))
    assert (neighbour.codes, neighbour.body["data"]) == (["FORBIDDEN"], {"village": {"jobs": None}})
    async with world.unit(BENGKEL) as unit:
        job = await unit.first(Job)
    by_id = "query ($id: ID!) { node(id: $id) { ... on VillageJob { name } } }"
    id_ = await world.id_of("VillageJob", job)
    assert (await world.ask(by_id, operator, id=id_)).data["node"] is not None
    assert (await world.ask(by_id, await world.token("village_operator", NEIGHBOUR), id=id_)).data[
        "node"
    ] is None


async def test_who_manages_programs_has_a_job_run_now_and_its_schedule_stays(
    world: World, operator: str
) -> None:
    perbekel = await world.token("perbekel", BENGKEL)
    planned = await next_at(world)
    given: Any = {"input": {"villageCode": BENGKEL, "name": "clock.tick"}}
    reply = (await world.ask(RUN, perbekel, **given)).data["runJob"]
    assert (reply["changed"], reply["job"]["name"]) == (True, "clock.tick")
    assert (await world.ask(RUN, perbekel, **given)).data["runJob"]["changed"] is False, "it is due already"
    assert await Runner(world.host, world.database).run_due() == 1
    ((told,), after) = CLOCK.told, await next_at(world)
    assert (told.village, told.missed) == (BENGKEL, 0)
    assert after == planned
    async with world.unit(NEIGHBOUR) as unit:
        assert not await unit.exists(Job, Job.due_at < datetime.now(UTC))


async def test_nobody_else_has_one_run_and_no_job_that_is_not_there_or_paused(
    world: World, operator: str
) -> None:
    await world.open("51.02.06.2003")
    perbekel = await world.token("perbekel", BENGKEL)

    def job(name: str = "clock.tick", village: str = BENGKEL) -> dict[str, Any]:
        return {"input": {"villageCode": village, "name": name}}

    async def unchanged() -> object:
        return await next_at(world), await next_at(world, NEIGHBOUR)

    refused = [
        Refused("a visitor", None, "FORBIDDEN", job()),
        Refused("the operator", operator, "FORBIDDEN", job()),
        Refused("the agency", await world.token("agency_officer", TABANAN), "FORBIDDEN", job()),
        Refused("the neighbour", await world.token("perbekel", NEIGHBOUR), "NOT_FOUND", job()),
        Refused("the perbekel, elsewhere", perbekel, "NOT_FOUND", job(village=NEIGHBOUR)),
        Refused("the perbekel, another name", perbekel, "NOT_FOUND", job("clock.tock")),
        Refused("the perbekel, what is of the deployment", perbekel, "NOT_FOUND", job("idempotency.forget")),
    ]
    await check_refusals(world, RUN, refused, unchanged=unchanged)
    async with world.unit(BENGKEL) as unit:
        await disable(world.host, unit, "clock")
    closed = [Refused("the perbekel, a paused one", perbekel, "PROGRAM_NOT_ENABLED", job())]
    await check_refusals(world, RUN, closed, unchanged=unchanged)
