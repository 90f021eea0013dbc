"""A village leaves as one file, is served from it alone, arrives elsewhere, and is removed."""

from __future__ import annotations

import random
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from tests.duties.scene import KK, NIK, Scene, a_photo, rows_of

from wantilan.access.granting import grant_role
from wantilan.access.permissions import PlaceKind
from wantilan.access.tables import ActorRow, RoleGrant, Token
from wantilan.access.tokens import issue_token
from wantilan.cli.village_file import heads
from wantilan.errors import RuleViolated
from wantilan.programs.duties.asking import DutyRefused
from wantilan.programs.host import Host
from wantilan.registry.files.sweeping import sweep
from wantilan.registry.models import File, FileRemoval, Resident
from wantilan.registry.moving.file import VillageFile
from wantilan.registry.moving.taking import take_in
from wantilan.settings import Files, Settings
from wantilan.store.places import Village
from wantilan.store.secrets import Keys
from wantilan.store.tables import sql_table
from wantilan.store.travel import sealed_columns
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application

SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""For what happens to the file, whatever database it came from."""
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
LEFT_BEHIND = {
    "file_address", "mail_code", "outgoing_transfer", "outgoing_person", "incoming_transfer", "incoming_person",
    "statistic_month", "statistic_total", "waste_feed",
}  # fmt: skip
"""Tables that mean something in the first deployment only, or are made anew; by hand."""
LEASE = {"leased_by", "leased_until"}
QUESTION = """{ village(code: "51.02.06.2001") { name region { name parent { name } } hamlets { name }
  found: residents(search: "<NIK>") { nodes { fullName } }
  residents(order: FULL_NAME_ASC) { totalCount nodes { id fullName nik phone household { address number { masked } }
    mail { address { address } } kartuCerdas { card { number status } } } }
  waste { facilities { name } massByStream { stream mass intakes } }
  cctv { cameras(order: CODE_ASC) { totalCount nodes { code name } } }
  programs { name enabled } } }""".replace("<NIK>", NIK)


@pytest.fixture
async def file(scene: Scene, tmp_path: Path) -> Path:
    """Bengkel in one file; its keys lie beside it."""
    await scene.done("village", "export", BENGKEL, "--output", str(tmp_path / "bengkel.db"))
    return tmp_path / "bengkel.db"


@pytest.fixture
def far_other(wantilan_dialect: str, wantilan_templates: Templates, wantilan_host: Host) -> Iterator[str]:
    """An empty database of the other kind."""
    url = wantilan_templates.fresh(OTHER[wantilan_dialect], wantilan_host)
    yield url
    wantilan_templates.drop(url)


@pytest.fixture
def far_sqlite(wantilan_templates: Templates, wantilan_host: Host) -> Iterator[str]:
    url = wantilan_templates.fresh("sqlite", wantilan_host)
    yield url
    wantilan_templates.drop(url)


def held(file: Path) -> bytes:
    return file.read_bytes()


def names(folder: Path, part: str) -> list[str]:
    """Of all files in a folder whose name holds this."""
    return sorted(one.name for one in folder.iterdir() if part in one.name)


def keys_of(file: Path) -> Keys:
    return Keys.parse(file.with_suffix(".keys.json").read_text())


@asynccontextmanager
async def elsewhere(url: str, host: Host, folder: Path) -> AsyncIterator[World]:
    """Another deployment, with keys of its own."""
    settings = Settings(
        database_url=url, keys=SecretStr(Keys.generate()), files=Files(folder=folder / "elsewhere")
    )
    made = application(settings, host)
    async with made.running(deliver=False):
        yield World(made)


async def imported(file: Path, world: World, keys: Keys | None = None, host: Host | None = None) -> None:
    """What the command does. Raises Refusal."""
    host, keys = host or world.host, keys or keys_of(file)
    with VillageFile.opened(file) as source:
        source.judge(keys, host, heads(host))
        contents = world.application.desk.contents
        await take_in(source, world.database, host, contents, old=keys, new=world.keys)


def unsealed(rows: dict[str, list[dict[str, Any]]], world: World) -> dict[str, list[dict[str, Any]]]:
    """Rows as they must be everywhere: numbers opened, no leases, nothing of what stays behind, no empty totals."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in world.host.models:
        table = sql_table(model)
        if table.name in LEFT_BEHIND or table.name not in rows:
            continue
        if table.name == "resident_token":
            numbers = {row["token"] for row in rows[table.name] if row["token"].startswith("#")}
            assert len(numbers) == sum(row["nik_hash"] is not None for row in rows["resident"])
            found[table.name] = [row for row in rows[table.name] if row["token"] not in numbers]
            continue
        made = []
        for row in rows[table.name]:
            values = {name: value for name, value in row.items() if name not in LEASE}
            for name, one in sealed_columns(table).items():
                if (sealed := values.pop(name)) is not None:
                    number = world.keys.open(sealed, purpose=one.purpose, owner=row[one.owner])
                    known = world.keys.fingerprint(number, purpose=one.purpose, village=row["village_id"])
                    assert one.hash is None or known == values.pop(one.hash)
                    values[f"number of {name}"] = number
            if values.get("row_count") != 0:
                made.append(values)
        found[table.name] = made
    return found


async def test_a_village_that_arrives_in_the_other_kind_of_database_is_the_same_but_for_its_seals(
    scene: Scene, file: Path, far_other: str, wantilan_host: Host, tmp_path: Path
) -> None:
    world = scene.world
    before = await rows_of(world, BENGKEL)
    assert [name for name, rows in before.items() if not rows] == []  # the control: every table has something
    async with elsewhere(far_other, wantilan_host, tmp_path) as there:
        await imported(file, there)
        after = await rows_of(there, BENGKEL)
        assert unsealed(after, there) == unsealed(before, world)
        assert {name for name, rows in after.items() if not rows} == LEFT_BEHIND
        assert before["resident"][0]["nik_sealed"] != after["resident"][0]["nik_sealed"]
        assert before["resident"][0]["nik_hash"] != after["resident"][0]["nik_hash"]
        assert {row["leased_by"] for row in after["message_delivery"]} == {None}
        assert await accounts(there) == {
            ("kolektor_bengkel", "waste_collector"),
            ("operator_bengkel", "village_operator"),
            ("wayan", "resident"),
        }
        async with there.database.session() as session:
            assert (await session.scalars(sa.select(Token))).all() == []
        assert await contents(there) == await contents(world)
        operator = await there.token("village_operator", BENGKEL)
        told = (await there.ask(QUESTION, operator)).data
        assert told == (await world.ask(QUESTION, scene.operator)).data
        assert told["village"]["found"]["nodes"] == [{"fullName": "I Wayan Contoh"}]
        refused = await there.ask(REGISTER, operator, input=register(there, after))
        assert refused.faults == {"input.nik": "DUPLICATE_NIK"}  # found under the new keys


REGISTER = "mutation($input: RegisterResidentInput!) { registerResident(input: $input) { resident { id } } }"


def register(world: World, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A registration of a second person under Wayan's NIK."""
    village, hamlet = rows["hamlet"][0]["village_id"].hex, rows["hamlet"][0]["id"].hex
    tag = next(s.tag for s in world.host.schema.tags.values() if s.cls.__name__ == "Hamlet")
    return {
        "villageCode": BENGKEL, "hamletId": f"{tag}-{village}-{hamlet}", "fullName": "Orang Lain", "nik": NIK,
        "birthDate": "1990-05-17", "sex": "PEREMPUAN",
    }  # fmt: skip


async def accounts(world: World) -> set[tuple[str, str]]:
    query = sa.select(ActorRow.name, RoleGrant.role).join(RoleGrant, RoleGrant.actor_id == ActorRow.id)
    async with world.database.session() as session:
        return {(row[0], row[1]) for row in await session.execute(query)}


async def contents(world: World) -> dict[str, bytes]:
    """Every content in store by its place."""
    found = {}
    store = world.application.desk.contents
    async with world.unit(BENGKEL) as unit:
        places = [str(row.place) for row in await unit.all(File, File.place.is_not(None))]
    for place in places:
        async with store.opened(place) as pieces:
            found[place] = b"".join([piece async for piece in pieces])
    assert found
    return found


@SQLITE
async def test_the_file_is_served_alone_and_answers_alike(
    scene: Scene, file: Path, wantilan_host: Host, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=f"sqlite:///{file}", keys=SecretStr(file.with_suffix(".keys.json").read_text())
    )
    alone = application(settings, wantilan_host)
    async with alone.running(deliver=False):
        world = World(alone)
        async with world.database.transaction() as session:
            actor = await session.scalar(sa.select(ActorRow).where(ActorRow.name == "operator_bengkel"))
            assert actor is not None
            _, token = await issue_token(session, actor.id, label="moved", days=1)
        answer = (await world.ask(QUESTION, token)).data
        assert answer == (await scene.world.ask(QUESTION, scene.operator)).data
        assert answer["village"]["residents"]["totalCount"] == 2
        assert answer["village"]["found"] == {"nodes": [{"fullName": "I Wayan Contoh"}]}
        assert await contents(world) == await contents(scene.world)
        assert (await world.ask(QUESTION, scene.operator)).codes == ["UNAUTHENTICATED"]  # no token travels
        assert await world.file(token, BENGKEL, "waste.intake_photo", a_photo())  # what is new lies beside it
        assert (tmp_path / "files").is_dir()
    again = tmp_path / "again.db"
    env = {"WANTILAN_DATABASE_URL": settings.database_url, "WANTILAN_FILES_FOLDER": None}
    env["WANTILAN_KEYS"] = file.with_suffix(".keys.json").read_text()
    await scene.done("village", "export", BENGKEL, "--output", str(again), **env)
    with VillageFile.opened(again) as source:
        assert source.note.contents == 4


@SQLITE
async def test_the_file_and_its_keys_are_the_owners_and_hold_no_number_and_no_token(
    scene: Scene, file: Path
) -> None:
    keys = file.with_suffix(".keys.json")
    assert {stat.S_IMODE(one.stat().st_mode) for one in (file, keys)} == {0o600}
    assert names(file.parent, "bengkel") == ["bengkel.db", "bengkel.keys.json"]
    whole = held(file)
    assert b"I Wayan Contoh" in whole  # the control
    hidden = [NIK, KK, scene.operator, scene.operator[4:], keys.read_text()[30:60]]
    assert [text for text in hidden if text.encode() in whole] == []
    said = await scene.refused("village", "export", BENGKEL, "--output", str(file))
    assert "is there already" in said and held(file) == whole


@SQLITE
async def test_an_export_that_fails_leaves_nothing(scene: Scene, tmp_path: Path) -> None:
    places = list((tmp_path / "files").glob("*/*"))
    assert places
    places[0].unlink()
    said = await scene.refused("village", "export", BENGKEL, "--output", str(tmp_path / "broken.db"))
    assert "files check" in said
    assert names(tmp_path, "broken") == []


async def test_an_export_sees_one_moment_and_others_write_meanwhile(scene: Scene) -> None:
    database = scene.world.database
    query = sa.select(sa.func.count()).select_from(sql_table(Resident))
    async with database.snapshot(BENGKEL) as session:
        first = await session.scalar(query)
        async with scene.world.unit(BENGKEL) as unit:
            await unit.session.execute(sa.update(sql_table(Resident)).values(full_name="Sesudah"))
        names = set(await session.scalars(sa.select(Resident.full_name)))
    assert first and names == {"I Wayan Contoh", "Ni Luh Contoh"} | ({"I Ketut Tetangga"} & names)
    async with database.snapshot(BENGKEL) as session:
        assert "Sesudah" in set(await session.scalars(sa.select(Resident.full_name)))


# Refusals


def changed(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()


@contextmanager
def a_copy(file: Path) -> Iterator[Path]:
    copy = file.with_name("copy.db")
    shutil.copy(file, copy)
    shutil.copy(file.with_suffix(".keys.json"), copy.with_suffix(".keys.json"))
    yield copy
    for left in copy.parent.glob("copy*"):
        left.unlink()


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: -len(file.read_bytes()) // 3])


CHANGES: dict[str, tuple[str, Any]] = {
    "a row was changed": ("_DAMAGED", "UPDATE hamlet SET name = 'Lain'"),
    "a row was added": (
        "_DAMAGED",
        "INSERT INTO hamlet SELECT village_id, hex(randomblob(16)), 'X', 'x' FROM hamlet LIMIT 1",
    ),
    "a row is gone": ("_DAMAGED", "DELETE FROM waste_intake WHERE photo_id IS NULL"),
    "a content was changed": ("_DAMAGED", "UPDATE wantilan_carried_content SET piece = x'00'"),
    "a content is gone": ("_DAMAGED", "DELETE FROM wantilan_carried_content"),
    "its note was changed": (
        "_KEYS",
        "UPDATE wantilan_village_file SET note = replace(note, 'Bengkel', 'Lain')",
    ),
    "its note is no note": ("_DAMAGED", "UPDATE wantilan_village_file SET note = '{}'"),
    "it has no note": ("_UNKNOWN", "DROP TABLE wantilan_village_file"),
    "its note is empty": ("_DAMAGED", "DELETE FROM wantilan_village_file"),
    "it was cut off": ("_DAMAGED", truncate),
    "it is no database": ("_UNKNOWN", lambda file: file.write_text("code,level,name")),
    "it is being served": ("_IN_USE", lambda file: Path(f"{file}-wal").write_bytes(b"x")),
}


@SQLITE
async def test_a_file_that_is_not_whole_is_refused_and_nothing_is_taken_in(
    scene: Scene, file: Path, far_sqlite: str, wantilan_host: Host, tmp_path: Path
) -> None:
    async with elsewhere(far_sqlite, wantilan_host, tmp_path) as there:
        for what, (rule, change) in CHANGES.items():
            with a_copy(file) as copy:
                if isinstance(change, str):
                    changed(copy, change)
                else:
                    change(copy)
                with pytest.raises(RuleViolated) as refused:
                    await imported(copy, there)
                assert refused.value.extensions["rule"] == f"VILLAGE_FILE{rule}", what
        with pytest.raises(RuleViolated) as refused:
            await imported(file, there, Keys.parse(Keys.generate()))
        assert refused.value.extensions["rule"] == "VILLAGE_FILE_KEYS"
        assert await nothing(there)
        await imported(file, there)  # the control
        assert not await nothing(there)


async def nothing(world: World) -> bool:
    """Whether a deployment has no village, no account and no content."""
    async with world.database.session() as session:
        found = [*(await session.scalars(sa.select(Village))), *(await session.scalars(sa.select(ActorRow)))]
    return not found and not [place async for place in world.application.desk.contents.places()]


def assert_rule(error: RuleViolated) -> None:
    assert str(error.extensions["rule"]).startswith("VILLAGE_FILE_")


@SQLITE
async def test_whatever_byte_of_it_is_changed_it_is_refused_or_says_the_same(
    scene: Scene, file: Path, wantilan_host: Host
) -> None:
    keys, whole = keys_of(file), held(file)
    steps = heads(wantilan_host)

    async def said(path: Path) -> tuple[list[dict[str, Any]], list[bytes]]:
        """All that is read from the file; what is sealed twice differs."""
        with VillageFile.opened(path) as source:
            source.judge(keys, wantilan_host, steps)
            records = [
                {name: value for name, value in record.values.items() if not name.endswith("_sealed")}
                for program in source.note.programs
                async for record in source.records(wantilan_host, program, old=keys, new=keys)
            ]
            return records, [b"".join(source.content(place)) for place in source.places()]

    right, rng = await said(file), random.Random(20260101)
    meant = [whole.index(word) for word in (b"I Wayan Contoh", b"JFIF", b'"digest"', b"Jalan Contoh", b"k1:")]
    for at in (*meant, *(rng.randrange(len(whole)) for _ in range(20))):
        broken = bytearray(whole)
        broken[at] ^= 1 << rng.randrange(8)
        with a_copy(file) as copy:
            copy.write_bytes(broken)
            try:
                found = await said(copy)
            except RuleViolated as error:
                assert_rule(error)
            else:
                assert found == right and at not in meant, at


@SQLITE
async def test_what_stands_here_already_or_cannot_be_read_here_is_refused(
    scene: Scene, file: Path, far_sqlite: str, wantilan_host: Host, tmp_path: Path
) -> None:
    before = await rows_of(scene.world, BENGKEL)
    keys = str(file.with_suffix(".keys.json"))
    said = await scene.refused("village", "import", str(file), "--keys", keys)
    assert "is here already" in said and await rows_of(scene.world, BENGKEL) == before
    async with elsewhere(far_sqlite, wantilan_host, tmp_path) as there:
        programs = tuple(p for p in wantilan_host.programs if p.name != "mail")
        without = replace(wantilan_host, programs=programs)
        with pytest.raises(RuleViolated, match="not installed here: mail") as refused:
            await imported(file, there, host=without)
        assert refused.value.extensions["rule"] == "PROGRAM_NOT_INSTALLED"
        with VillageFile.opened(file) as source:
            later = {**heads(wantilan_host), "waste": "waste_9999"}
            with pytest.raises(RuleViolated, match=r"waste \(waste_0009; waste_9999\)") as refused:
                source.judge(keys_of(file), wantilan_host, later)
        assert refused.value.extensions["rule"] == "VILLAGE_FILE_VERSION"
        async with there.database.transaction() as session:
            await session.execute(sa.text("DELETE FROM region WHERE code = '51.02.06.2001'"))
        with pytest.raises(RuleViolated) as refused:
            await imported(file, there)
        assert refused.value.extensions["rule"] == "REGION_UNKNOWN"
        assert await nothing(there)


@SQLITE
async def test_a_program_that_cannot_take_its_rows_in_is_named_and_nothing_is_taken_in(
    scene: Scene,
    file: Path,
    far_other: str,
    wantilan_host: Host,
    wantilan_templates: Templates,
    tmp_path: Path,
) -> None:
    wantilan_templates.server.sql("DROP TABLE mail_sent", far_other.rsplit("/", 1)[1])
    async with elsewhere(far_other, wantilan_host, tmp_path) as there:
        with pytest.raises(DutyRefused) as refused:
            await imported(file, there)
        assert (refused.value.extensions["program"], refused.value.extensions["duty"]) == (
            "mail",
            "import_village",
        )
        async with there.database.session() as session:
            found = [*await session.scalars(sa.select(Village)), *await session.scalars(sa.select(ActorRow))]
            removed = set(await session.scalars(sa.select(FileRemoval.place)))
        assert found == []
        lying = {place async for place, _ in there.application.desk.contents.places()}
        assert lying == removed and len(lying) == 3  # the sweep will have them


@SQLITE
async def test_who_has_a_name_that_is_anothers_there_gets_a_longer_one_and_no_one_gains_a_role(
    scene: Scene, file: Path, far_sqlite: str, wantilan_host: Host, tmp_path: Path
) -> None:
    async with elsewhere(far_sqlite, wantilan_host, tmp_path) as there:
        token = await there.token("agency_officer", "51.02", name="operator_bengkel")
        await imported(file, there)
        assert ("operator_bengkel 51.02.06.2001", "village_operator") in await accounts(there)
        there.application.actors.forget()
        assert (await there.ask("{ me { roles { role } } }", token)).data == {
            "me": {"roles": [{"role": "agency_officer"}]}
        }


# Purging


async def test_a_village_that_is_purged_is_gone_from_every_table_and_its_neighbour_is_untouched(
    scene: Scene, file: Path
) -> None:
    world, neighbour = scene.world, await rows_of(scene.world, NEIGHBOUR)
    officer = await world.token("agency_officer", "51.02", name="officer")
    both = await world.token("village_operator", BENGKEL, name="both")
    async with world.database.transaction() as session:
        row = await session.scalar(sa.select(ActorRow).where(ActorRow.name == "both"))
        assert row is not None
        await grant_role(
            session, world.host.catalogue, row.id, "village_operator", PlaceKind.REGION, NEIGHBOUR, by=None
        )
    said = await scene.done("village", "purge", BENGKEL, "--yes")
    assert said == f"{BENGKEL}  Bengkel: deleted.\n"
    world.application.actors.forget()
    assert await rows_of(world, NEIGHBOUR) == neighbour
    async with world.database.transaction("51") as session:
        for model in world.host.models:
            table = sql_table(model)
            if "village_id" in table.c and table.name != "role_grant":
                villages = set(await session.scalars(sa.select(table.c.village_id)))
                assert scene.wayan.village_id not in villages, table.name
    assert await accounts(world) == {("officer", "agency_officer"), ("both", "village_operator")}
    me = "{ me { actor } }"
    assert (await world.ask(me, scene.operator)).codes == ["UNAUTHENTICATED"]
    assert (await world.ask(me, officer)).data and (await world.ask(me, both)).data
    desk = world.application.desk
    await sweep(world.database, world.host, desk.contents, world.application.settings.files)
    assert [place async for place in desk.contents.places()] == []
    await imported(file, world)  # and comes back
    assert len((await rows_of(world, BENGKEL))["resident"]) == 2


@SQLITE
async def test_purging_asks_for_the_code(scene: Scene) -> None:
    before = await rows_of(scene.world, BENGKEL)
    answered = await scene.answered("village", "purge", BENGKEL, stdin=f"{NEIGHBOUR}\n")
    assert answered.exit_code == 1 and "Nothing was deleted." in answered.stderr
    assert await rows_of(scene.world, BENGKEL) == before
    assert "Not open here" in await scene.refused("village", "purge", "51.02.06.2009", "--yes")
