"""The demo's data: who is invented, what each village shows, and how it stays up to today."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.waste.demo.books import INVARIANTS, Books, books_of, gap

from wantilan.access.tables import RoleGrant, Token
from wantilan.cli.demo import Folder, Note, prepared
from wantilan.cli.demo.building import OLDEST, build, fingerprints, reason_to_build
from wantilan.cli.demo.telling import curl, question
from wantilan.errors import ConfigurationError
from wantilan.programs.host import Host
from wantilan.programs.switching import disable
from wantilan.registry.codes import FamilyRelationship, MaritalStatus, ResidentStatus
from wantilan.registry.demo.families import Family, families
from wantilan.registry.models import (
    Hamlet,
    HamletHead,
    Household,
    HouseholdMember,
    HouseholdNumber,
    Resident,
)
from wantilan.registry.numbering import nik_hash, opened_kk, opened_nik
from wantilan.registry.numbers import FICTITIOUS_PREFIX, mask, nik_fault
from wantilan.settings import Settings
from wantilan.store.database import Database
from wantilan.store.places import Village, VillageProgram
from wantilan.store.secrets import Keys
from wantilan.store.write import Unit, village_facts
from wantilan.testing import BENGKEL, World
from wantilan.web.application import application
from wantilan_cctv_registry.models import Camera
from wantilan_kartu_cerdas.models import Card
from wantilan_waste.demo.timeline import Deed, due
from wantilan_waste.demo.weighings import Weighing, small_bank, weighings
from wantilan_waste.models import Facility, Intake, StockMovement, StopVisit, WasteStream

T = TypeVar("T")
R = FamilyRelationship

ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 5, 20, 2, 30, tzinfo=UTC)
"""Half past ten in Tabanan: a part of the day's weighings is done."""
TODAY, YEAR = date(2026, 5, 20), 2026
HOLDERS = [
    "operator_bengkel", "perbekel_bengkel", "kelian_bengkel", "collector_bengkel", "tps3r_bengkel",
    "teller_bengkel", "resident_bengkel", "operator_pejaten", "agency_tabanan", "admin",
]  # fmt: skip
SWITCHED_ON = {
    "51.02.06.2001": {"waste", "cctv_registry", "kartu_cerdas"},
    "51.02.06.2012": {"waste"},
    "51.02.06.2013": {"cctv_registry"},
    "51.02.06.2004": {"cctv_registry", "kartu_cerdas"},
}


def prepare(folder: Folder, host: Host, now: datetime = NOW) -> list[str]:
    """What `wantilan demo` does before it serves; the lines that it prints on the way."""
    said: list[str] = []
    asyncio.run(prepared(folder, host, now, ZONE, say=said.append))
    return said


def look(folder: Folder, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Database(folder.database_url) as database:
            return await work(database)

    return asyncio.run(run())


def rows(folder: Folder, query: sa.Select[tuple[T]]) -> list[T]:
    async def read(database: Database) -> list[T]:
        async with database.session() as session:
            return list(await session.scalars(query))

    return look(folder, read)


def in_village(model: type, code: str = BENGKEL) -> sa.Select:  # type: ignore[type-arg]
    return sa.select(model).join(Village, Village.id == model.village_id).where(Village.code == code)


def keys_of(folder: Folder) -> Keys:
    text = folder.keys()
    assert text is not None
    return Keys.parse(text)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, wantilan_host: Host) -> Folder:
    """A folder after its first start. Tests that change it take a copy."""
    folder = Folder(tmp_path_factory.mktemp("demo") / "var" / "demo")
    prepare(folder, wantilan_host)
    return folder


@pytest.fixture
def copy(built: Folder, tmp_path: Path) -> Folder:
    shutil.copytree(built.path, tmp_path / "demo")
    return Folder(tmp_path / "demo")


# People


@given(seed=st.text(max_size=8), year=st.integers(2024, 2060))
@settings(max_examples=40, deadline=None)
def test_invented_families_make_sense(seed: str, year: int) -> None:
    for family in families(seed, 20, year):
        assert senseless(family, year) == []


def senseless(family: Family, year: int) -> list[str]:
    """What no real family could be; empty for one that makes sense."""
    found = []
    start = date(year, 1, 1)
    now = {
        person: stay.relationship for person in family.people for stay in person.stays if stay.until is None
    }
    mothers = [p for p in now if p.sex.name == "PEREMPUAN" and now[p] in (R.KEPALA_KELUARGA, R.ISTRI)]
    if [now.get(family.people[0])] != [r for r in now.values() if r is R.KEPALA_KELUARGA]:
        found.append("not one head, and he first")
    if any(p.born >= start or any(stay.since >= start for stay in p.stays) for p in family.people):
        found.append("something that has not happened yet")
    if any(stay.since < p.born for p in family.people for stay in p.stays):
        found.append("a member before birth")
    for person in family.people:
        if now.get(person) is R.ANAK and any(m.born.year + 18 > person.born.year for m in mothers):
            found.append("a mother who was a child herself")
        if (person.marital is not MaritalStatus.BELUM_KAWIN) and person.age < 20:
            found.append("a married child")
    return found


def test_a_senseless_family_is_noticed() -> None:
    family = next(f for f in families("control", 50, YEAR) if len(f.people) > 2)
    upside_down = Family(family.registered_on, None, family.people[::-1])
    assert senseless(family, YEAR) == []
    assert senseless(upside_down, YEAR) != []
    assert senseless(family, 1990) != []


def test_the_same_seed_and_year_give_the_same_people() -> None:
    once, again = list(families("51.02.06.2001", 60, YEAR)), list(families("51.02.06.2001", 60, YEAR))
    assert once == again
    assert once != list(families("51.02.06.2004", 60, YEAR))


def test_bengkel_has_about_a_thousand_residents_in_300_households_in_4_hamlets(built: Folder) -> None:
    residents = rows(built, in_village(Resident))
    assert 950 <= len(residents) <= 1050
    assert len(rows(built, in_village(Household))) == 300
    hamlets = rows(built, in_village(Hamlet))
    assert len(hamlets) == 4
    assert {r.hamlet_id for r in residents} == {h.id for h in hamlets}


def test_every_hamlet_has_a_head_and_had_another_term_before(built: Folder) -> None:
    heads = rows(built, in_village(HamletHead))
    current = [h for h in heads if h.until is None]
    assert len({h.hamlet_id for h in current}) == len(current) == 4
    assert len(heads) == 8
    lives = {r.id: r.hamlet_id for r in rows(built, in_village(Resident))}
    assert all(lives[h.resident_id] == h.hamlet_id and h.since <= TODAY for h in heads)


def test_membership_and_the_residents_household_agree(built: Folder) -> None:
    now = {m.resident_id: m.household_id for m in rows(built, in_village(HouseholdMember)) if m.until is None}
    residents = rows(built, in_village(Resident))
    assert {r.id: r.household_id for r in residents if r.household_id} == now
    dead = [r for r in residents if r.status is ResidentStatus.MATI]
    assert dead
    assert all(r.household_id is None for r in dead)


def test_every_nik_is_sealed_masked_and_recognisably_fictitious(built: Folder) -> None:
    keys, residents = keys_of(built), rows(built, sa.select(Resident))
    opened = {r.id: opened_nik(keys, r.nik_sealed or b"", r.id) for r in residents}
    assert {nik[:6] for nik in opened.values()} == {FICTITIOUS_PREFIX}
    assert {nik_fault(nik) for nik in opened.values()} == {None}
    assert len(set(opened.values())) == len(residents) > 1000
    for resident in residents:
        nik = opened[resident.id]
        assert resident.nik_masked == mask(nik)
        assert resident.nik_hash == nik_hash(keys, nik, resident.village_id)


def test_every_kk_number_is_sealed_masked_and_recognisably_fictitious(built: Folder) -> None:
    keys, numbers = keys_of(built), rows(built, sa.select(HouseholdNumber))
    opened = [opened_kk(keys, n.number_sealed, n.household_id) for n in numbers]
    assert {number[:6] for number in opened} == {FICTITIOUS_PREFIX}
    assert [n.masked for n in numbers] == [mask(number) for number in opened]
    assert len({n.household_id for n in numbers if n.until is None}) == 312
    assert any(n.until is not None for n in numbers)


def test_no_nik_or_kk_number_stands_in_the_folder_in_the_clear(built: Folder) -> None:
    content = b"".join(file.read_bytes() for file in built.path.iterdir())
    in_the_clear = re.compile(FICTITIOUS_PREFIX.encode() + rb"\d{10}")
    keys, resident = keys_of(built), rows(built, sa.select(Resident).limit(1))[0]
    planted = opened_nik(keys, resident.nik_sealed or b"", resident.id).encode()
    assert str(resident.nik_masked).encode() in content
    assert not in_the_clear.search(content)
    assert in_the_clear.search(content + planted)


# Villages and programs


def test_all_133_villages_of_tabanan_are_open_and_all_but_four_are_bare(built: Folder) -> None:
    assert len(rows(built, sa.select(Village))) == 133
    on: dict[str, set[str]] = {}
    columns = Village.code + " " + VillageProgram.program
    for line in rows(built, sa.select(columns).join(VillageProgram, VillageProgram.village_id == Village.id)):
        code, _, name = line.partition(" ")
        on.setdefault(code, set()).add(name)
    assert on == SWITCHED_ON
    peopled = set(
        rows(built, sa.select(Village.code).join(Resident, Resident.village_id == Village.id).distinct())
    )
    assert peopled == {"51.02.06.2001", "51.02.06.2004"}


def test_bengkel_has_its_place_its_terms_cameras_and_cards(built: Folder) -> None:
    (village,) = rows(built, sa.select(Village).where(Village.code == BENGKEL))
    assert (village.longitude, village.latitude) == (115.0926, -8.5658)
    terms = (village.hamlet_term, village.head_term, village.hamlet_head_term)
    assert terms == ("banjar", "perbekel", "kelian banjar")
    assert len(rows(built, in_village(Camera))) == 8
    assert len(rows(built, in_village(Card))) > 10


def test_the_tps3r_has_a_year_of_plausible_weighings_up_to_today(built: Folder) -> None:
    (facility,) = rows(built, in_village(Facility))
    intakes = rows(built, in_village(Intake))
    people = len(rows(built, in_village(Resident)))
    days = {i.business_date for i in intakes}
    total = sum(i.mass_grams for i in intakes)
    organic = sum(i.mass_grams for i in intakes if i.stream is WasteStream.ORGANIK)
    assert facility.name == "TPS3R Bestari"
    assert (min(days), max(days), len(days)) == (TODAY - timedelta(days=364), TODAY, 365)
    assert max(i.weighed_at for i in intakes) <= NOW
    assert 0.25 <= total / 1000 / people / 365 <= 0.35
    assert 0.55 <= organic / total <= 0.65
    assert len(intakes) / 365 > 5
    assert {i.stream for i in intakes} == set(WasteStream)
    assert len({i.household_id for i in intakes if i.household_id}) > 50


def test_pejaten_shows_a_small_facility_of_its_own(built: Folder) -> None:
    intakes = rows(built, in_village(Intake, "51.02.06.2012"))
    assert 50 < len(intakes) < 150


def test_the_weighings_collections_and_payments_of_bengkel_obey_the_rules_of_the_program(
    built: Folder,
) -> None:
    async def read(database: Database) -> Books:
        async with database.transaction(BENGKEL) as session:
            facts = await village_facts(session, BENGKEL)
            assert facts is not None
            return await books_of(Unit(session, facts, None))

    books = look(built, read)
    assert [fault for holds in INVARIANTS for fault in holds(books)] == []
    assert gap(books, TODAY - timedelta(days=400), TODAY) == 0
    assert len(books[StopVisit]) <= 25_000 and len(books[StockMovement]) <= 6_000


def test_the_demo_answers_its_question_on_sqlite(built: Folder, wantilan_host: Host) -> None:
    keys = SecretStr(built.keys() or "")
    served = application(Settings(database_url=built.database_url, keys=keys), wantilan_host)

    async def asked() -> None:
        async with served.running(deliver=False):
            await answers(World(served), built.tokens()["operator_bengkel"])

    asyncio.run(asked())


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_the_demo_can_be_built_on_postgresql_as_well(world: World) -> None:
    said: list[str] = []
    await build(world.database, world.host, world.keys, datetime.now(UTC), said.append)
    await answers(world, await world.token("village_operator", BENGKEL))
    assert said[0] == "133 villages of Tabanan"


async def answers(world: World, operator: str) -> None:
    village = (await world.ask(question(world.host), operator)).data["village"]
    assert village["residents"]["totalCount"] > 950
    assert village["cctv"]["cameras"]["totalCount"] == 8
    assert {one["stream"] for one in village["waste"]["massByStream"]} == {s.name for s in WasteStream}


MINUTES = st.integers(0, 40 * 24 * 60)


def weighed(people: int, last: datetime | None, now: datetime) -> list[tuple[datetime, Weighing]]:
    """What comes by itself to the facility of a village between two moments."""
    told: list[tuple[datetime, Weighing]] = []

    def deeds(day: date) -> list[Deed]:
        found = weighings(BENGKEL, day, people, 60) if people else small_bank(BENGKEL, day)
        return [
            Deed(datetime.combine(day, one.at, ZONE), lambda at, one=one: told.append((at, one)), weighs=True)  # type: ignore[misc]
            for one in found
        ]

    for at, deed in due(deeds, last, now, ZONE):
        deed.do(at)
    return told


@given(first=MINUTES, pause=MINUTES, people=st.sampled_from([0, 1000]))
@settings(max_examples=15, deadline=None)
def test_two_starts_show_what_one_later_start_would(first: int, pause: int, people: int) -> None:
    one, two = NOW + timedelta(minutes=first), NOW + timedelta(minutes=first + pause)
    early = weighed(people, None, one)
    late = weighed(people, max((at for at, _ in early), default=None), two)
    assert all(at <= one for at, _ in early) and all(at <= two for at, _ in late)
    told = {(at.astimezone(ZONE).date(), w) for at, w in [*early, *late]}
    first_day = one.astimezone(ZONE).date() - timedelta(days=364)
    at_once = {(at.astimezone(ZONE).date(), w) for at, w in weighed(people, None, two)}
    assert len(told) == len(early) + len(late)
    assert {pair for pair in told if pair[0] >= first_day + timedelta(days=82)} == {
        pair for pair in at_once if pair[0] >= first_day + timedelta(days=82)
    }


@pytest.mark.parametrize("clock", ["00:00", "00:01", "06:40", "23:59"])
def test_a_day_that_has_begun_has_a_weighing(clock: str) -> None:
    now = datetime.fromisoformat(f"2026-05-20T{clock}:00+08:00")
    last = max(at for at, _ in weighed(1000, None, now))
    assert last <= now
    assert last.astimezone(ZONE).date() == date(2026, 5, 20)


def test_a_program_whose_demo_is_a_folder_is_known_by_all_its_modules(
    wantilan_host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import wantilan_waste.demo as package

    copied = tmp_path / "demo"
    shutil.copytree(Path(package.__file__).parent, copied)
    before = fingerprints(wantilan_host)["waste"]
    monkeypatch.setattr(package, "__path__", [str(copied)])
    monkeypatch.setattr(
        "importlib.resources.files", lambda anchor, real=files: copied if anchor is package else real(anchor)
    )
    assert fingerprints(wantilan_host)["waste"] == before
    (copied / "fees.py").write_text("")
    assert fingerprints(wantilan_host)["waste"] != before


# Tokens and files


def test_the_tokens_of_all_roles_are_there_and_only_their_owner_can_read_the_secrets(built: Folder) -> None:
    assert list(json.loads(built.tokens_file.read_text())) == HOLDERS
    for secret in (built.tokens_file, built.keys_file):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    lives = [t.expires_at - t.created_at for t in rows(built, sa.select(Token))]
    assert lives == [timedelta(days=366)] * len(HOLDERS)
    assert len(rows(built, sa.select(RoleGrant))) == len(HOLDERS)


def test_a_lost_token_file_is_written_anew_and_the_roles_stay_as_they_were(
    copy: Folder, wantilan_host: Host
) -> None:
    before = copy.tokens()
    copy.tokens_file.unlink()
    prepare(copy, wantilan_host)
    assert copy.tokens().keys() == before.keys()
    assert not set(copy.tokens().values()) & set(before.values())
    assert len(rows(copy, sa.select(RoleGrant))) == len(HOLDERS)


def test_a_rebuild_gives_the_same_people_and_keeps_keys_and_tokens(
    copy: Folder, wantilan_host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    async def drop_a_column(database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(sa.text("ALTER TABLE waste_facility DROP COLUMN opened_on"))

    people = sa.select(Resident.full_name + " " + Resident.nik_masked).order_by(Resident.id)
    masses = sa.select(Intake.mass_grams).order_by(Intake.id)
    before = rows(copy, people), rows(copy, masses), copy.tokens(), copy.keys()
    look(copy, drop_a_column)
    prepare(copy, wantilan_host)
    assert "its tables are not those of the programs" in capsys.readouterr().out
    assert (rows(copy, people), rows(copy, masses), copy.tokens(), copy.keys()) == before
    assert len(rows(copy, in_village(Facility))) == 1


# Later starts


def test_a_second_start_on_the_same_day_changes_nothing(copy: Folder, wantilan_host: Host) -> None:
    before = copy.database.read_bytes(), copy.tokens(), copy.note()
    assert prepare(copy, wantilan_host, NOW + timedelta(hours=5)) == []
    assert (copy.database.read_bytes(), copy.tokens(), copy.note()) == before


def test_a_start_on_a_later_day_adds_only_the_weighings_since(copy: Folder, wantilan_host: Host) -> None:
    before = {i.id: i.mass_grams for i in rows(copy, in_village(Intake))}
    others = [len(rows(copy, sa.select(model))) for model in (Resident, Card, Camera, Token, Facility)]
    assert prepare(copy, wantilan_host, NOW + timedelta(days=3)) == ["the days since the last start"]
    after = rows(copy, in_village(Intake))
    added = [i for i in after if i.id not in before]
    assert {i.id: i.mass_grams for i in after if i.id in before} == before
    assert {i.business_date for i in added} == {TODAY + timedelta(days=n) for n in range(4)}
    assert len({(i.weighed_at, i.stream, i.source_class) for i in after}) == len(after)
    assert [len(rows(copy, sa.select(m))) for m in (Resident, Card, Camera, Token, Facility)] == others
    assert copy.note() == Note(TODAY, TODAY + timedelta(days=3), fingerprints(wantilan_host))


def test_what_was_switched_off_is_not_brought_up_to_date(copy: Folder, wantilan_host: Host) -> None:
    async def switch_off(database: Database) -> None:
        async with database.transaction(BENGKEL) as session:
            facts = await village_facts(session, BENGKEL)
            assert facts is not None
            await disable(wantilan_host, Unit(session, facts, None), "waste")

    look(copy, switch_off)
    before = len(rows(copy, in_village(Intake)))
    pejaten = len(rows(copy, in_village(Intake, "51.02.06.2012")))
    prepare(copy, wantilan_host, NOW + timedelta(days=8))
    assert len(rows(copy, in_village(Intake))) == before
    assert len(rows(copy, in_village(Intake, "51.02.06.2012"))) > pejaten


NOTE = Note(TODAY, TODAY, {"registry": "r1", "waste": "w1"})


@pytest.mark.parametrize(
    "note, found, today, reason",
    [
        (NOTE, {"registry": "r1", "waste": "w1"}, TODAY, None),
        (NOTE, {"registry": "r1", "waste": "w1"}, TODAY + timedelta(days=40), None),
        (NOTE, {"registry": "r1"}, TODAY, None),  # uninstalled: its data waits for it
        (None, {"registry": "r1"}, TODAY, "there is none yet"),
        (NOTE, {"registry": "r1", "waste": "w2"}, TODAY, "changed: waste"),
        (NOTE, {"registry": "r2", "cards": "c1"}, TODAY, "changed: cards, registry"),
        (NOTE, {"registry": "r1"}, TODAY - timedelta(days=1), "the clock was set back"),
        (NOTE, {"registry": "r1"}, TODAY + OLDEST + timedelta(days=1), "it has grown old"),
    ],
)
def test_when_the_demo_is_built_anew(
    note: Note | None, found: dict[str, str], today: date, reason: str | None
) -> None:
    assert reason_to_build(note, found, today) == reason


def test_a_build_that_was_interrupted_begins_again(tmp_path: Path, wantilan_host: Host) -> None:
    folder = Folder(tmp_path / "demo")

    def interrupt(line: str) -> None:
        if "villages" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(prepared(folder, wantilan_host, NOW, ZONE, say=interrupt))
    assert folder.database.exists()
    assert reason_to_build(folder.note(), fingerprints(wantilan_host), TODAY) == "there is none yet"


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"built_on": "yesterday", "day": 3}', "\x00"])
def test_damaged_files_count_as_missing(copy: Folder, damage: str) -> None:
    assert copy.note() and copy.tokens() and copy.keys()
    for file in (copy.note_file, copy.tokens_file, copy.keys_file):
        file.write_text(damage)
    assert (copy.note(), copy.tokens(), copy.keys()) == (None, {}, None)


def test_a_demo_that_raises_is_named_with_its_program(tmp_path: Path, wantilan_host: Host) -> None:
    async def stumble(village: object, unit: Unit) -> None:
        raise KeyError("9900001704900001")

    programs = tuple(replace(p, demo=stumble) if p.name == "waste" else p for p in wantilan_host.programs)
    with pytest.raises(ConfigurationError) as raised:
        prepare(Folder(tmp_path), replace(wantilan_host, programs=programs))
    assert str(raised.value).startswith("The demo of program 'waste' raised KeyError in Bengkel.")
    assert "99000" not in str(raised.value)


def test_the_ready_command_reads_the_token_from_its_file(built: Folder, wantilan_host: Host) -> None:
    command = curl("http://127.0.0.1:8000", wantilan_host, built.tokens_file)
    assert str(built.tokens_file) in command
    assert "\n" not in command
    assert not any(text in command for text in built.tokens().values())
