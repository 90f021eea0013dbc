"""Steps over data: a deployment that is upgraded keeps what it has, in the right order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from wantilan import uuid7
from wantilan.programs.host import Host
from wantilan.registry.places import import_regions, open_village
from wantilan.registry.regions import home_regions
from wantilan.store.database import Database
from wantilan.store.migrations import Lineage, migrate
from wantilan.store.outbox import Event, OutboxHead
from wantilan.store.places import Region, Village
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan.testing.plugin import Templates

ROLE = "wantilan_app"
OLD = sa.table(
    "event", sa.column("village_id", sa.Uuid), sa.column("id", sa.Uuid), sa.column("name"),
    sa.column("subjects", Event.__table__.c.subjects.type), sa.column("at", Event.__table__.c.at.type),
)  # fmt: skip


@pytest.fixture
def urls(wantilan_dialect: str, wantilan_templates: Templates) -> Iterator[tuple[str, str]]:
    """An empty database: the application's URL and the owner's."""
    name = f"m{uuid7().hex[-12:]}"
    if wantilan_dialect == "postgresql":
        wantilan_templates.server.create_database(name)
    url, owner = wantilan_templates.urls(wantilan_dialect, name)
    yield url, owner
    wantilan_templates.drop(url)


def lineage(host: Host) -> Lineage:
    core = host.programs[0]
    assert core.migrations is not None
    return Lineage(core.name, core.migrations, core.models)


async def test_events_of_before_are_numbered_by_their_moments_and_new_ones_go_on(
    urls: tuple[str, str], wantilan_host: Host
) -> None:
    url, owner = urls
    now = lineage(wantilan_host)
    then = replace(now, head="registry_0001", models=(Region, Village, Event))
    await migrate(owner, [then], ROLE)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        await import_regions(session, home_regions())
        ids = [(await open_village(session, code)).id for code in (BENGKEL, NEIGHBOUR)]
        for village, minute, name in ((0, 2, "third"), (0, 0, "first"), (0, 1, "second"), (1, 5, "only")):
            at = noon + timedelta(minutes=minute)
            old = {"village_id": ids[village], "id": uuid7(), "name": name, "subjects": {}, "at": at}
            await session.execute(sa.insert(OLD), old)
    await migrate(owner, [now], ROLE)
    async with Database(url) as database:
        assert await numbered(database, ids[0]) == [(1, "first"), (2, "second"), (3, "third")]
        assert await numbered(database, ids[1]) == [(1, "only")]
        async with database.transaction(WHOLE_COUNTRY) as session:
            heads = await session.execute(sa.select(OutboxHead.village_id, OutboxHead.last_number))
            assert dict(list(heads)) == {ids[0]: 3, ids[1]: 1}


async def numbered(database: Database, village: UUID) -> list[tuple[int, str]]:
    async with database.transaction(WHOLE_COUNTRY) as session:
        rows = await session.execute(
            sa.select(Event.number, Event.name).where(Event.village_id == village).order_by(Event.number)
        )
        return [(number, name) for number, name in rows]
