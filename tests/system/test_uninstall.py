"""`pip uninstall` of a program: the rest starts, migrates and serves; installed again, it finds its data."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint

import anyio
import pytest
from pydantic import SecretStr

from wantilan import Grams
from wantilan.programs.host import Host
from wantilan.programs.loading import GROUP
from wantilan.settings import Settings
from wantilan.store.migrations import Lineage, differences, migrate, pending
from wantilan.testing import BENGKEL, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application, host_of
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

QUESTION = """{ village(code: "51.02.06.2001") {
  waste { facilities { name } massByStream { stream mass } } programs { name enabled } } }"""
FIGURES = {
    "facilities": [{"name": "TPS3R Bestari"}],
    "massByStream": [{"stream": "ORGANIK", "mass": 1500}],
}


def installed(*names: str) -> list[EntryPoint]:
    return [p for p in importlib.metadata.entry_points(group=GROUP) if p.name in names]


@pytest.fixture(scope="session")
def with_waste() -> Host:
    return host_of(Settings(), entry_points=installed("waste"))


@pytest.fixture(scope="session")
def without_waste() -> Host:
    return host_of(Settings(), entry_points=installed())


@pytest.fixture
def database(
    wantilan_dialect: str, wantilan_templates: Templates, without_waste: Host
) -> Iterator[tuple[str, str]]:
    """The application's and the owner's URL of a database that has never heard of waste."""
    url = wantilan_templates.fresh(wantilan_dialect, without_waste)
    owner = url
    if wantilan_dialect == "postgresql":
        owner = wantilan_templates.server.url(url.rsplit("/", 1)[1], "wantilan_owner")
    yield url, owner
    wantilan_templates.drop(url)


def lineages(host: Host) -> list[Lineage]:
    return [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]


async def upgraded(owner: str, host: Host) -> list[str]:
    """The programs whose steps `wantilan migrate` ran."""
    steps = await migrate(owner, lineages(host), "wantilan_app")
    assert await pending(owner, lineages(host)) == []
    assert await differences(owner, lineages(host)) == []
    return sorted({step.program for step in steps})


@asynccontextmanager
async def serving(url: str, keys: str, host: Host) -> AsyncIterator[World]:
    settings = Settings(database_url=url, keys=SecretStr(keys), introspection=True)
    made = application(settings, host)
    async with made.running(deliver=False):
        yield World(made)


async def weigh(world: World) -> None:
    async with world.unit(BENGKEL) as unit:
        facility = Facility(village_id=unit.village.id, name="TPS3R Bestari", kind=WasteFacilityKind.TPS3R)
        await unit.add(facility)
        await unit.add(
            Intake(
                village_id=unit.village.id,
                facility_id=facility.id,
                stream=WasteStream.ORGANIK,
                source_class=WasteSourceClass.PASAR,
                gross_grams=Grams(2000),
                tare_grams=Grams(500),
                mass_grams=Grams(1500),
                weighed_at=unit.now,
                business_date=unit.business_date(unit.now),
            )
        )


async def test_uninstalled_the_rest_serves_and_installed_again_it_finds_its_data(
    database: tuple[str, str], wantilan_templates: Templates, with_waste: Host, without_waste: Host
) -> None:
    url, owner = database
    assert await upgraded(owner, with_waste) == ["waste"]
    async with serving(url, wantilan_templates.keys, with_waste) as world:
        await world.open(BENGKEL, "waste")
        await weigh(world)
        operator = await world.token("village_operator", BENGKEL)
        collector = await world.token("waste_collector", BENGKEL)
        before = (await world.ask(QUESTION, operator)).data["village"]
        assert before == {"waste": FIGURES, "programs": [{"name": "waste", "enabled": True}]}

    assert await upgraded(owner, without_waste) == []
    async with serving(url, wantilan_templates.keys, without_waste) as world:
        assert (await world.ask(QUESTION, operator)).codes == ["GRAPHQL_VALIDATION_FAILED"]
        hamlet = await world.hamlet(BENGKEL)
        await world.resident(BENGKEL, hamlet, name="Ni Wayan Contoh")
        core = '{ village(code: "51.02.06.2001") { residents { nodes { fullName } } programs { name } } }'
        village = (await world.ask(core, operator)).data["village"]
        assert village == {"residents": {"nodes": [{"fullName": "Ni Wayan Contoh"}]}, "programs": []}
        assert (await world.ask("{ me { roles { role } } }", collector)).data == {
            "me": {"roles": [{"role": "waste_collector"}]}
        }

    assert await upgraded(owner, with_waste) == []
    async with serving(url, wantilan_templates.keys, with_waste) as world:
        assert (await world.ask(QUESTION, operator)).data["village"] == before
        told = await world.ask('{ village(code: "51.02.06.2001") { residents { totalCount } } }', operator)
        assert told.data["village"]["residents"]["totalCount"] == 1


PROCESS = """
import asyncio, json, sys
from pydantic import SecretStr
url, owner, keys = sys.argv[1:]
for name in ("wantilan_waste", "wantilan_cctv_registry", "wantilan_kartu_cerdas"):
    sys.modules[name] = None  # as after `pip uninstall`: it cannot be imported
from wantilan.settings import Settings
from wantilan.store.migrations import Lineage, migrate
from wantilan.store.tables import Table
from wantilan.testing import World
from wantilan.web.application import application, host_of

async def main():
    host = host_of(Settings(), entry_points=[])
    lineages = [Lineage(p.name, p.migrations, p.models, p.rollups) for p in host.programs if p.migrations]
    steps = await migrate(owner, lineages, "wantilan_app")
    made = application(Settings(database_url=url, keys=SecretStr(keys)), host)
    async with made.running(deliver=False):
        reply = await World(made).ask('{ village(code: "51.02.06.2001") { name programs { name } } }')
    foreign = [name for name in Table.metadata.tables if name.startswith(("waste_", "cctv_", "kartu_"))]
    print(json.dumps({"steps": len(steps), "data": reply.data, "foreign": foreign}))

asyncio.run(main())
"""


async def test_a_process_that_cannot_import_any_program_migrates_and_serves(
    database: tuple[str, str], wantilan_templates: Templates, with_waste: Host
) -> None:
    url, owner = database
    assert await upgraded(owner, with_waste) == ["waste"]
    async with serving(url, wantilan_templates.keys, with_waste) as world:
        await world.open(BENGKEL, "waste")
        await weigh(world)
    arguments = [sys.executable, "-W", "error", "-c", PROCESS, url, owner, wantilan_templates.keys]
    with anyio.fail_after(60):
        done = await anyio.run_process(arguments, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == {
        "steps": 0,
        "data": {"village": {"name": "Bengkel", "programs": []}},
        "foreign": [],
    }
