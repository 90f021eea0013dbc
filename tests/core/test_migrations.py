"""Steps over data: a deployment that is upgraded keeps what it has, in the right order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from wantilan import uuid7
from wantilan.programs.host import Host
from wantilan.registry.models import ResidentToken
from wantilan.registry.places import import_regions, open_village
from wantilan.registry.regions import home_regions
from wantilan.registry.searching import differing_residents
from wantilan.store.cursors import EventCursor
from wantilan.store.database import Database
from wantilan.store.migrations import Lineage, migrate
from wantilan.store.outbox import Event, OutboxHead
from wantilan.store.places import Region, Village
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.store.write import Unit, village_facts
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan.testing.plugin import Templates

ROLE = "wantilan_app"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def event_table(*more: Any) -> Any:
    """The table of events as a step of before has it."""
    return sa.table(
        "event", sa.column("village_id", sa.Uuid), sa.column("id", sa.Uuid), sa.column("name"),
        sa.column("subjects", Event.__table__.c.subjects.type), sa.column("at", Event.__table__.c.at.type), *more,
    )  # fmt: skip


OLD, NUMBERED = event_table(), event_table(sa.column("number"))
OLD_HEADS = sa.table(
    "outbox_head", sa.column("village_id", sa.Uuid), sa.column("id", sa.Uuid), sa.column("last_number")
)
RECORDS = sa.table(
    "event_delivery", sa.column("village_id", sa.Uuid), sa.column("id", sa.Uuid), sa.column("event_id", sa.Uuid),
    sa.column("program"), sa.column("delivered_at", Event.__table__.c.at.type), sa.column("attempts"),
    sa.column("failure"),
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
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        await import_regions(session, home_regions())
        ids = [(await open_village(session, code)).id for code in (BENGKEL, NEIGHBOUR)]
        for village, minute, name in ((0, 2, "third"), (0, 0, "first"), (0, 1, "second"), (1, 5, "only")):
            at = NOON + timedelta(minutes=minute)
            old = {"village_id": ids[village], "id": uuid7(), "name": name, "subjects": {}, "at": at}
            await session.execute(sa.insert(OLD), old)
    await migrate(owner, [now], ROLE)
    async with Database(url) as database:
        assert await numbered(database, ids[0]) == [(1, "first"), (2, "second"), (3, "third")]
        assert await numbered(database, ids[1]) == [(1, "only")]
        async with database.transaction(WHOLE_COUNTRY) as session:
            heads = await session.execute(sa.select(OutboxHead.village_id, OutboxHead.last_number))
            assert dict(list(heads)) == {ids[0]: 3, ids[1]: 1}


async def test_who_was_told_what_becomes_cursors_and_nothing_untold_is_forgotten(
    urls: tuple[str, str], wantilan_host: Host
) -> None:
    url, owner = urls
    now = lineage(wantilan_host)
    await migrate(owner, [replace(now, head="registry_0002", models=(Region, Village, Event))], ROLE)
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        await import_regions(session, home_regions())
        ids = [(await open_village(session, code)).id for code in (BENGKEL, NEIGHBOUR)]

        async def happened(village: int, names: str, **subjects: str) -> list[UUID]:
            made = []
            for name in names.split():
                number = counts[village] = counts[village] + 1
                event = {
                    "village_id": ids[village],
                    "id": uuid7(),
                    "name": name,
                    "subjects": subjects,
                    "at": NOON,
                }
                await session.execute(sa.insert(NUMBERED), {**event, "number": number})
                made.append(event["id"])
            return made

        async def told(village: int, program: str, event: UUID, failure: str | None = None) -> None:
            record = {"village_id": ids[village], "id": uuid7(), "event_id": event, "program": program}
            done = {"delivered_at": None if failure else NOON, "attempts": 3, "failure": failure}
            await session.execute(sa.insert(RECORDS), {**record, **done})

        counts = [0, 0]
        there = await happened(
            0, "resident_registered other.noted resident_registered other.noted resident_left"
        )
        (on,) = await happened(0, "village_enabled", program="tidy")
        await happened(0, "village_enabled", program="somebody_else")
        for event in (there[0], there[2], on):
            await told(0, "tidy", event)  # 6 and all that it hears below
        await told(0, "stuck", there[0])
        await told(0, "stuck", there[2], "RuntimeError")  # 3
        await told(0, "gap", there[2])  # 1 was committed late, and nobody has looked since
        await told(1, "far", (await happened(1, "resident_left"))[0])
        await happened(1, "other.noted other.noted")
        for village, number in zip(ids, counts, strict=True):
            head = {"village_id": village, "id": village, "last_number": number}
            await session.execute(sa.insert(OLD_HEADS), head)
    await migrate(owner, [now], ROLE)
    async with Database(url) as database, database.transaction(WHOLE_COUNTRY) as session:
        cursors = {one.program: one for one in await session.scalars(sa.select(EventCursor))}
        found = {name: (one.position, one.attempts, one.failure) for name, one in cursors.items()}
        assert found == {
            "tidy": (6, 0, None), "stuck": (2, 3, "RuntimeError"), "gap": (0, 0, None), "far": (1, 0, None),
        }  # fmt: skip
        assert cursors["far"].village_id == ids[1]
        assert all(one.leased_by is None and one.due_at.tzinfo for one in cursors.values())
        heads = await session.execute(sa.select(OutboxHead.village_id, OutboxHead.core_number))
        assert dict(list(heads)) == {ids[0]: 7, ids[1]: 1}
        assert not await session.run_sync(
            lambda sync: sa.inspect(sync.connection()).has_table("event_delivery")
        )


async def numbered(database: Database, village: UUID) -> list[tuple[int, str]]:
    async with database.transaction(WHOLE_COUNTRY) as session:
        rows = await session.execute(
            sa.select(Event.number, Event.name).where(Event.village_id == village).order_by(Event.number)
        )
        return [(number, name) for number, name in rows]


def people_table(name: str, *columns: str, **typed: Any) -> Any:
    """A table of people as the steps before the search have it."""
    ids = [
        sa.column(key, sa.Uuid) for key in ("village_id", "id", *(c for c in columns if c.endswith("_id")))
    ]
    plain = [sa.column(key) for key in columns if not key.endswith("_id")]
    return sa.table(name, *ids, *plain, *[sa.column(key, type_) for key, type_ in typed.items()])


HAMLETS = people_table("hamlet", "name", "name_key")
HOUSES = people_table("household", "hamlet_id", "address", registered_on=sa.Date)
CARDS = people_table(
    "household_number", "household_id", "number_sealed", "number_hash", "masked", since=sa.Date, until=sa.Date
)
PEOPLE = people_table(
    "resident", "full_name", "name_key", "sex", "citizenship", "residency", "status", "hamlet_id", "household_id",
    "nik_masked", nik_hash=sa.LargeBinary, birth_date=sa.Date, registered_at=Event.__table__.c.at.type,
)  # fmt: skip


async def test_residents_of_before_are_found_after_the_step_that_adds_the_search(
    urls: tuple[str, str], wantilan_host: Host
) -> None:
    url, owner = urls
    now = lineage(wantilan_host)
    await migrate(owner, [replace(now, head="registry_0008", models=())], ROLE)
    day = date(2020, 1, 1)
    async with Database(owner) as database, database.transaction(WHOLE_COUNTRY) as session:
        await import_regions(session, home_regions())
        for code, mark in ((BENGKEL, "Sukra"), (NEIGHBOUR, "Tetangga")):
            village = (await open_village(session, code)).id
            hamlet, house, card, settled, alone = (uuid7() for _ in range(5))
            mine = {"village_id": village}
            await session.execute(
                sa.insert(HAMLETS), {**mine, "id": hamlet, "name": "Banjar Kaja", "name_key": "k"}
            )
            home = {
                **mine,
                "id": house,
                "hamlet_id": hamlet,
                "address": "Jalan Melati 7",
                "registered_on": day,
            }
            await session.execute(sa.insert(HOUSES), home)
            kk = {**mine, "household_id": house, "number_sealed": b"x", "since": day}
            old = {**kk, "id": uuid7(), "number_hash": b"o", "masked": "************1111", "until": day}
            await session.execute(sa.insert(CARDS), old)
            new = {**kk, "id": card, "number_hash": b"n", "masked": "************4321", "until": None}
            await session.execute(sa.insert(CARDS), new)
            for person, where, hashed in ((settled, house, b"\1" * 32), (alone, None, None)):
                await session.execute(
                    sa.insert(PEOPLE),
                    {
                        **mine, "id": person, "full_name": f"I Wy. {mark}", "name_key": f"i wy {mark.lower()}",
                        "sex": "LAKI_LAKI", "citizenship": "WNI", "residency": "TETAP", "status": "HIDUP",
                        "hamlet_id": hamlet, "household_id": where, "birth_date": day, "registered_at": NOON,
                        "nik_masked": "************0001" if hashed else None, "nik_hash": hashed,
                    },
                )  # fmt: skip
    await migrate(owner, [now], ROLE)
    async with Database(url) as database, database.transaction(BENGKEL) as session:
        facts = await village_facts(session, BENGKEL)
        assert facts is not None
        unit = Unit(session, facts, None)
        assert await differing_residents(unit) == 0
        tokens = set(await session.scalars(sa.select(ResidentToken.token)))
        assert {"waian", "sukra", "kaja", "melati", "7", "4321", "0001", "#" + "01" * 32, ""} <= tokens
        assert not tokens & {"1111", "tetangga"}
