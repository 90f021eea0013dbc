"""Four villages full of borders: what random operations are asked of.

Ids are made from a seed, so that both databases hold the very same rows. Every person is invented: those of
Bengkel carry the word `Rahasia`, those of the others `Tetangga`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from tests.fuzz.waste_rows import LATE, WasteFiller

from wantilan import sort_key
from wantilan.access.actor import Actor
from wantilan.registry.codes import (
    BloodType,
    Citizenship,
    Contraception,
    CurrentEducation,
    DeathCause,
    Disability,
    Education,
    FamilyRelationship,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Pregnancy,
    Religion,
    Residency,
    ResidentStatus,
    Sex,
)
from wantilan.registry.models import (
    CorrectionState,
    DuplicateRule,
    DuplicateState,
    File,
    FileState,
    Hamlet,
    HamletHead,
    Household,
    HouseholdMember,
    HouseholdNumber,
    HouseholdPeriod,
    IncomingPerson,
    IncomingTransfer,
    LifeEffect,
    LifeEvent,
    Message,
    OutgoingPerson,
    OutgoingTransfer,
    RecordSource,
    Resident,
    ResidentCorrection,
    ResidentDetail,
    ResidentDuplicate,
    ResidentPeriod,
    ResidentSource,
    TransferState,
)
from wantilan.registry.numbers import NikKind
from wantilan.registry.searching import index_residents
from wantilan.store.jobs import Job, JobOutcome, JobRun
from wantilan.store.places import (
    ProgramSettings,
    ProgramSetup,
    Region,
    RegionLevel,
    Village,
    VillageKind,
    VillageProgram,
)
from wantilan.store.tables import Table, sql_table
from wantilan.store.tasks import Task, TaskState
from wantilan.store.write import Unit, VillageFacts
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan_cctv_registry.models import (
    Camera,
    CctvCameraKind,
    CctvCameraState,
    CctvPurpose,
    CctvSetting,
    PublicCamera,
)
from wantilan_kartu_cerdas.models import Card, CardEvent, KartuCardStatus
from wantilan_mail.models import Address
from wantilan_waste.models import (
    Facility,
    Intake,
    WasteFacilityKind,
    WasteMeasure,
    WasteSourceClass,
    WasteStream,
)

ELSEWHERE, EMPTY = "51.02.05.2001", "51.02.05.2002"
"""Two villages of another kecamatan; nothing happens in the second."""
ON: Mapping[str, tuple[str, ...]] = {
    BENGKEL: ("waste", "cctv_registry", "kartu_cerdas", "mail"), NEIGHBOUR: ("waste",),
    ELSEWHERE: ("cctv_registry", "kartu_cerdas"), EMPTY: (),
}  # fmt: skip
"""Which programs are on. All have rows of all programs, but for the empty one."""
STRANGE = (
    'Rumah "Merah"',
    "Gang O'Brien \\ 3",
    "baris\u2028paragraf\u2029",
    "😀 Jl. Ñandú {$0}",
    "tab\tdan\nbaris",
    "",
    '{"$1":"x"}',
)
"""Text that breaks what is glued carelessly: quotes, backslashes, separators of JavaScript, markers of ours."""
NAMES = ("Ni Luh Ayu", "ni luh ayu", "I Gedé D’Arma", "I Wayan “Kaja” 😀", "Ni Made\u2028Sari", "I Ketut")
"""Two are equal once normalised; some hold what a careless hand would not quote."""


@dataclass(frozen=True)
class Scene:
    """One filled deployment. `rows` holds every row of every table as Python values."""

    world: World
    rows: Mapping[str, list[dict[str, Any]]]
    tokens: Mapping[str, str | None]
    actors: Mapping[str, Actor]
    today: date


async def set_the_scene(world: World) -> Scene:
    today = datetime.now(ZoneInfo(world.application.settings.time_zone)).date()
    homes = await fill(world, random.Random("wantilan"), today)
    tokens = await give_tokens(world, homes)
    await give_files(world, tokens)
    actors = {who: await world.application.actors.resolve(token) for who, token in tokens.items()}
    return Scene(world, await all_rows(world), tokens, actors, today)


async def give_files(world: World, tokens: Mapping[str, str | None]) -> None:
    """Every third file was uploaded by somebody who asks."""
    ids = [
        (await world.application.actors.resolve(tokens[who])).id
        for who in ("collector", "kelian", "neighbour")
    ]
    for code in ON:
        async with world.unit(code) as unit:
            for i, row in enumerate(sorted(await unit.all(File), key=lambda row: row.id)):
                row.uploaded_by = ids[i // 3 % 3] if i % 3 == 0 else None


async def all_rows(world: World) -> Mapping[str, list[dict[str, Any]]]:
    """Everything, as plain dicts: what the reference interpreter looks at."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with world.database.transaction("1,2,3,4,5,6,7,8,9") as session:
        for table in map(sql_table, world.host.models):
            rows = (await session.execute(sa.select(table))).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


# Who asks


@dataclass(frozen=True)
class Home:
    """What tokens are given at: a hamlet and people of a village."""

    hamlet: UUID
    settled: UUID
    alone: UUID


async def give_tokens(world: World, homes: Mapping[str, Home]) -> Mapping[str, str | None]:
    here, there = homes[BENGKEL], homes[NEIGHBOUR]
    asked: list[tuple[str, Mapping[str, Any]]] = [
        ("admin", {"role": "platform_admin", "place": ""}),
        ("operator", {"role": "village_operator", "place": BENGKEL}),
        ("perbekel", {"role": "perbekel", "place": BENGKEL}),
        ("kelian", {"role": "kelian", "place": BENGKEL, "hamlet": here.hamlet}),
        ("agency", {"role": "agency_officer", "place": TABANAN}),
        ("district_officer", {"role": "village_operator", "place": "51.02.06"}),
        ("resident", {"role": "resident", "place": BENGKEL, "resident": here.settled}),
        ("lone_resident", {"role": "resident", "place": BENGKEL, "resident": here.alone}),
        ("collector", {"role": "waste_collector", "place": BENGKEL}),
        ("card_officer", {"role": "kartu_officer", "place": ELSEWHERE}),
        ("camera_officer", {"role": "cctv_officer", "place": NEIGHBOUR}),
        ("neighbour", {"role": "village_operator", "place": NEIGHBOUR}),
        ("neighbours_kelian", {"role": "kelian", "place": NEIGHBOUR, "hamlet": there.hamlet}),
        # Who holds one thing here and another there sees of each place what he holds there, and no more.
        ("two_villages", {"role": "village_operator", "place": BENGKEL}),
        ("two_villages", {"role": "waste_collector", "place": NEIGHBOUR}),
        ("agency_and_head", {"role": "agency_officer", "place": TABANAN}),
        ("agency_and_head", {"role": "perbekel", "place": ELSEWHERE}),
        ("kelian_from_next_door", {"role": "kelian", "place": BENGKEL, "hamlet": here.hamlet}),
        ("kelian_from_next_door", {"role": "resident", "place": NEIGHBOUR, "resident": there.settled}),
        ("officer_at_home", {"role": "kartu_officer", "place": BENGKEL}),
        ("officer_at_home", {"role": "resident", "place": BENGKEL, "resident": here.settled}),
    ]
    tokens: dict[str, str | None] = {who: await world.token(**given, name=who) for who, given in asked}
    return {**tokens, "visitor": None}


# What there is


class Filler:
    """Rows of one village; every nullable column is null in some row and filled in another."""

    def __init__(self, rng: random.Random, village: Village, mark: str, today: date, serial: int) -> None:
        self.rng, self.village, self.mark, self.today, self.serial = rng, village, mark, today, serial
        self.made: list[Table] = []

    def add(self, model: type[Any], /, **values: Any) -> Any:
        row = model(village_id=self.village.id, id=uuid_of(self.rng), **values)
        self.made.append(row)
        return row

    def some(self, words: Any) -> Any:
        return self.rng.choice(list(words))

    def maybe(self, value: Any) -> Any:
        return value if self.rng.random() < 0.6 else None

    def hash(self) -> bytes:
        return self.rng.randbytes(32)

    def day(self, start: int, end: int) -> date:
        return self.today + timedelta(days=self.rng.randint(start, end))

    def moment(self) -> datetime:
        """One of a few, so that many are equal."""
        start = datetime(2026, 1, 31, 15, 59, 59, 999_000, tzinfo=UTC)
        return start + timedelta(milliseconds=self.rng.choice([0, 0, 1, 86_400_000, -86_400_000]))

    def all(self) -> Home:
        hamlets = [
            self.add(Hamlet, name=name, name_key=sort_key(name))
            for name in ("Banjar Kaja", "Banjar 'Kelod'", f"Banjar Éntuk {self.mark} 😀")
        ]
        households = [self.household(self.some(hamlets[:2])) for _ in range(6)]
        people = [self.resident(i, hamlets, households) for i in range(13)]
        for hamlet, current in zip(hamlets, (True, True, False), strict=True):
            self.heads(hamlet, people, current)
        waste = self.waste(households, people, hamlets)
        self.cameras()
        self.cards(people)
        settled = next(p for p in people if p.household_id is not None)
        alone = next(p for p in people if p.household_id is None)
        self.messages(people, (settled, alone))
        self.files(people, households)
        waste.late()
        self.setups()
        self.jobs()
        self.tasks()
        self.lives(people, households, hamlets)
        self.corrections(people)
        self.journeys(people)
        self.pairs(people)
        return Home(hamlets[0].id, settled.id, alone.id)

    def lives(self, people: list[Any], households: list[Any], hamlets: list[Any]) -> None:
        """What happened, and who was what: on some days two rows of one subject overlap, as no index forbids."""
        some, maybe = self.some, self.maybe
        files = [one for one in self.made if isinstance(one, File)]
        turns = (
            (date(2020, 1, 1), date(2021, 12, 31)),
            (date(2021, 6, 1), date(2023, 1, 1)),
            (date(2024, 2, 29), None),
        )
        for person in people:
            for begins, until in turns if self.rng.random() < 0.8 else turns[:2]:
                since = max(begins, person.birth_date)  # nobody is anything before he is born
                if until is not None and until < since:
                    continue
                self.add(
                    ResidentPeriod, resident_id=person.id, since=since, until=until, status=some(ResidentStatus),
                    hamlet_id=some(hamlets).id, residency=some(Residency), marital_status=maybe(some(MaritalStatus)),
                    education=maybe(some(Education)), occupation=maybe(some(Occupation)), sex=person.sex,
                    birth_date=person.birth_date,
                )  # fmt: skip
        for home in households:
            for since, until in turns if self.rng.random() < 0.8 else turns[:2]:
                self.add(
                    HouseholdPeriod, household_id=home.id, since=since, until=until, hamlet_id=some(hamlets).id,
                    members=self.rng.randint(1, 7),
                )  # fmt: skip
        kinds = [kind for kind in LifeEventKind if kind is not LifeEventKind.PEMBATALAN]
        happened: list[Any] = []
        for number in range(16):
            undone = happened[number - 11] if number > 11 else None
            event = self.add(
                LifeEvent, kind=LifeEventKind.PEMBATALAN if undone else some(kinds), resident_id=maybe(some(people).id),
                household_id=maybe(some(households).id), happened_on=some([date(2020, 1, 1), date(2022, 2, 2)]),
                reported_on=date(2022, 2, 3), recorded_at=self.moment(), recorded_by=None, recorded_by_label="kantor",
                file_id=maybe(some(files).id), undoes_id=undone.id if undone else None,
                place=maybe(f"{some(STRANGE)} {self.mark}"), distance=maybe(some(MoveDistance)),
                cause=maybe(some(DeathCause)), document=maybe("AK-1"), note=maybe(f"{some(STRANGE)} {self.mark}"),
            )  # fmt: skip
            happened.append(event)
            changes = self.changes(households, hamlets)
            for subject in ("resident_id", "household_id"):
                whose = some(people).id if subject == "resident_id" else some(households).id
                self.add(
                    LifeEffect, event_id=event.id, happened_on=event.happened_on, sequence=number,
                    changes=changes if subject == "resident_id" else {"hamlet_id": some(hamlets).id.hex},
                    **{"resident_id": None, "household_id": None, subject: whose},
                )  # fmt: skip

    def corrections(self, people: list[Any]) -> None:
        """Of some two: one that is decided, and one that is not."""
        files = [one for one in self.made if isinstance(one, File)]
        for number, person in enumerate([*people[:6], *people[:4]]):
            state = CorrectionState.PROPOSED if number < 6 else self.some(list(CorrectionState)[1:])
            is_open, nik = state is CorrectionState.PROPOSED, self.maybe(f"************{number:04}")
            self.add(
                ResidentCorrection, resident_id=person.id, state=state, reason=f"{self.some(STRANGE)} {self.mark}",
                file_id=self.some(files).id, changes={"full_name": f"Baru {self.mark}"},
                former={"full_name": person.full_name}, nik_hash=self.hash() if nik else None, nik_masked=nik,
                former_nik_masked=person.nik_masked, proposed_at=self.moment(), proposed_by=None,
                proposed_by_label="kantor", due_at=self.moment(), decided_at=None if is_open else self.moment(),
                decided_by=None, decided_by_label=None if is_open else "perbekel",
                decision_note=None if is_open else self.maybe("Salah"),
            )  # fmt: skip

    def journeys(self, people: list[Any]) -> None:
        """Transfers of every state; the other village is this one, whose name everybody may read."""
        some, maybe = self.some, self.maybe
        events = [one for one in self.made if isinstance(one, LifeEvent)]
        files = [one for one in self.made if isinstance(one, File)]
        for number in range(6):
            state = list(TransferState)[number % len(TransferState)]
            is_open = state is TransferState.PROPOSED
            both = {
                "other_village_id": self.village.id, "state": state, "happened_on": self.day(-90, -88),
                "proposed_at": self.moment(), "ended_at": None if is_open else self.moment(),
                "reason": None if is_open else maybe(some(STRANGE)), "event_id": maybe(some(events).id),
            }  # fmt: skip
            gone = self.add(
                OutgoingTransfer, proposed_by=None, proposed_by_label="kantor", remaining={}, document=maybe("470/1"),
                note=maybe(f"{some(STRANGE)} {self.mark}"), file_id=maybe(some(files).id), **both,
            )  # fmt: skip
            came = self.add(IncomingTransfer, ended_by_label=None if is_open else "kantor", **both)
            for count, person in enumerate(people[2 * number : 2 * number + 2], start=1):
                self.add(
                    OutgoingPerson, transfer_id=gone.id, number=count, resident_id=person.id, waiting=is_open
                )
                self.add(
                    IncomingPerson, transfer_id=came.id, number=count, full_name=maybe(person.full_name),
                    sex=maybe(person.sex), birth_date=maybe(person.birth_date), relationship=maybe(some(FamilyRelationship)),
                    resident_id=maybe(person.id),
                )  # fmt: skip
        for person in people[::2]:
            person.moved_to_id, person.merged_into_id = maybe(self.village.id), maybe(some(people).id)

    def pairs(self, people: list[Any]) -> None:
        """Records that may be of one person, of every state; many are of one weight."""
        for number in range(7):
            state = list(DuplicateState)[number % len(DuplicateState)]
            is_open = state is DuplicateState.OPEN
            first, second = sorted((people[number].id, people[number + 3].id))
            self.add(
                ResidentDuplicate, first_id=first, second_id=second, rule=self.some(DuplicateRule),
                weight=self.some((10, 50)), state=state, found_at=self.moment(),
                judged_at=None if is_open else self.moment(), judged_by_label=None if is_open else "kantor",
                note=None if is_open else self.maybe(f"{self.some(STRANGE)} {self.mark}"),
            )  # fmt: skip

    def household(self, hamlet: Any) -> Any:
        made = self.add(
            Household, hamlet_id=hamlet.id, address=self.maybe(f"{self.some(STRANGE)} {self.mark}"),
            registered_on=self.some([date(2020, 1, 1), date(2020, 1, 1), date(2021, 2, 28)]),
            closed_on=self.maybe(date(2024, 2, 29)),
        )  # fmt: skip
        for until in (date(2021, 1, 1), date(2022, 1, 1), *((None,) if self.rng.random() < 0.7 else ())):
            self.add(
                HouseholdNumber, household_id=made.id, number_sealed=b"x", number_hash=self.hash(),
                masked=f"************{self.rng.randint(0, 9999):04}", since=date(2020, 1, 1), until=until,
            )  # fmt: skip
        return made

    def resident(self, i: int, hamlets: list[Any], households: list[Any]) -> Any:
        # The first is settled and the last alone, in every village.
        home = households[0] if i < 3 else None if i == 12 else self.maybe(self.some(households))
        name = f"{NAMES[i % len(NAMES)]} {self.mark}"
        text = f"{self.some(STRANGE)} {self.mark}"
        maybe, some = self.maybe, self.some
        made = self.add(
            Resident, full_name=name, name_key=sort_key(name), nik_sealed=None, nik_hash=maybe(self.hash()),
            nik_masked=maybe(f"************{self.serial + i:04}"), nik_kind=maybe(some(NikKind)), sex=some(Sex),
            birth_place=maybe(text), birth_date=some([date(1970, 1, 1), date(1999, 12, 31), date(2000, 2, 29), self.today]),
            religion=maybe(some(Religion)), marital_status=maybe(some(MaritalStatus)), education=maybe(some(Education)),
            current_education=maybe(some(CurrentEducation)), occupation=maybe(some(Occupation)),
            blood_type=maybe(some(BloodType)), citizenship=some(Citizenship), residency=some(Residency),
            status=some([ResidentStatus.HIDUP, *ResidentStatus]), father_name=maybe(text), mother_name=maybe(text),
            phone=maybe(f"0812 {self.mark}"), hamlet_id=some(hamlets[:2]).id if i else hamlets[0].id,
            household_id=home.id if home else None, registered_at=self.moment(),
        )  # fmt: skip
        self.of_a_sheet(made, households)
        if home is not None:
            self.member(home, made, None)
        if self.rng.random() < 0.4:
            self.member(some(households), made, date(2023, 12, 31))
        return made

    def of_a_sheet(self, resident: Any, households: list[Any]) -> None:
        maybe, some, text = self.maybe, self.some, f"{self.some(STRANGE)} {self.mark}"
        for made in (True, False):
            self.add(
                ResidentSource, resident_id=resident.id, source=some(RecordSource), made=made,
                import_id=maybe(self.village.id), sheet_row=maybe(7), changed=maybe("nama,sex"),
                recorded_at=self.moment(), recorded_by_label="kantor",
            )  # fmt: skip
        if self.rng.random() < 0.2:
            return
        texts = ("address", "rw", "rt", "current_address", "birth_certificate", "passport", "stay_permit",
                 "marriage_certificate", "divorce_certificate", "ethnicity", "card_tag", "insurance_number")  # fmt: skip
        days = ("passport_expires_on", "married_on", "divorced_on")
        self.add(
            ResidentDetail, resident_id=resident.id, father_nik_masked=maybe("************0001"),
            mother_nik_masked=maybe("************0002"), disability=maybe(some(Disability)),
            contraception=maybe(some(Contraception)), pregnancy=maybe(some(Pregnancy)),
            identity_card=maybe(some(IdentityCard)), identity_card_progress=maybe(some(IdentityCardProgress)),
            insurance=maybe(some(Insurance)), latitude=maybe(-8.5), longitude=maybe(115.25),
            card_household_id=maybe(some(households).id), card_relationship=maybe(some(FamilyRelationship)),
            **{name: maybe(text) for name in texts}, **{name: maybe(date(2024, 2, 29)) for name in days},
        )  # fmt: skip

    def member(self, household: Any, resident: Any, until: date | None) -> None:
        self.add(
            HouseholdMember, household_id=household.id, resident_id=resident.id,
            relationship=self.some(FamilyRelationship), since=date(2020, 1, 1), until=until,
        )  # fmt: skip

    def heads(self, hamlet: Any, people: list[Any], current: bool) -> None:
        for since, until in (
            (date(2015, 1, 1), date(2018, 1, 1)), (date(2014, 1, 1), date(2016, 1, 1)),
            *(((date(2018, 1, 2), None),) if current else ()),
        ):  # fmt: skip
            self.add(
                HamletHead, hamlet_id=hamlet.id, resident_id=self.some(people).id, since=since, until=until
            )

    def setups(self) -> None:
        """Shorter keys first, as PostgreSQL puts them."""
        for program in ("waste", "mail"):
            self.add(
                ProgramSetup, program=program, version="0.1.0", setup={"é": {"😀": None}, "list": [1, 2]},
                settings={"a": self.some(STRANGE)}, published_at=self.moment(),
            )  # fmt: skip

    def waste(self, households: list[Any], people: list[Any], hamlets: list[Any]) -> WasteFiller:
        facilities = [
            self.add(
                Facility,
                name=name,
                kind=self.some(WasteFacilityKind),
                longitude=longitude,
                latitude=latitude,
                opened_on=opened,
                closed_on=self.today if opened else None,
                address=self.some(STRANGE) if opened else None,
                area_square_metres=400 if opened else None,
                daily_capacity=2_000_000 if opened else None,
                staff=4 if opened else None,
            )
            for name, longitude, latitude, opened in (
                ('TPS3R "Asri"', 115.123456, -8.5, date(2019, 6, 1)),
                ("tps3r asri", None, -8.5, None),
                ("Bank Sampah\u2028", 115.0, None, None),
            )
        ]
        year_ago = self.today - timedelta(days=365)
        days = [
            self.today,
            self.today + timedelta(days=1),
            year_ago,
            year_ago + timedelta(days=1),
            year_ago - timedelta(days=1),
        ]
        for i in range(18):
            mass = self.some([1, 500, 500, 2_500_000_000])
            self.add(
                Intake, facility_id=self.some(facilities).id, household_id=self.maybe(self.some(households).id),
                stream=self.some(list(WasteStream)[:3]), source_class=self.some(WasteSourceClass), gross_grams=mass + 7,
                tare_grams=7, mass_grams=mass, weighed_at=self.moment(), business_date=days[i % 5], recorded_by=None,
            )  # fmt: skip
        self.unweighed(facilities, households)
        made = WasteFiller(self, facilities, households, people, hamlets)
        made.make()
        return made

    def unweighed(self, facilities: list[Any], households: list[Any]) -> None:
        """What became known otherwise."""
        for number, more in enumerate(
            (
                {
                    "method": WasteMeasure.VOLUME,
                    "millilitres": 10_000,
                    "grams_per_litre": 300,
                    "mass_grams": 3_000,
                },
                {"method": WasteMeasure.COUNT, "pieces": 10, "grams_per_piece": 25, "mass_grams": 250},
                {"method": WasteMeasure.ESTIMATE, "mass_grams": 900},
            )
        ):
            self.add(
                Intake, facility_id=facilities[number].id, household_id=self.some(households).id,
                stream=self.some(list(WasteStream)[:3]), source_class=self.some(WasteSourceClass),
                weighed_at=self.moment(), business_date=self.today, recorded_by=None, **more,
            )  # fmt: skip

    def cameras(self) -> None:
        for i in range(9):
            published = i < 4
            kind = self.some(CctvCameraKind)
            turned = kind in (CctvCameraKind.DOME, CctvCameraKind.PTZ)
            state = self.some(
                [CctvCameraState.ACTIVE, CctvCameraState.SUSPENDED] if published else CctvCameraState
            )
            signed = published or state in (CctvCameraState.ACTIVE, CctvCameraState.FAULT) or i == 4
            text, place = self.some(STRANGE), (115.08 + i / 10_000, -8.5 - i / 10_000)
            made = self.add(
                Camera, code=f"{self.some('Kk')}{i}", name=text, kind=kind, purpose=self.some(CctvPurpose),
                setting=CctvSetting.PUBLIC if published else self.some(CctvSetting), state=state,
                longitude=place[0], latitude=place[1], bearing_deg=None if turned else self.rng.randint(0, 359),
                model=self.maybe(text), operator=f"Desa {self.mark}", contact=text if signed else None,
                sign_text=text if signed else None, sign_checked_on=self.day(-400, 0) if signed else None,
                legal_basis="Perdes 1" if kind is CctvCameraKind.ANPR else self.maybe(text), published=published,
                registered_at=self.moment(), registered_by=None,
            )  # fmt: skip
            if published:
                self.made.append(
                    PublicCamera(
                        village_id=self.village.id, id=made.id, purpose=made.purpose,
                        longitude=round(place[0], 4), latitude=round(place[1], 4), operator=made.operator,
                        contact=text, sign_text=text,
                    )
                )  # fmt: skip

    def cards(self, people: list[Any]) -> None:
        closed = (
            KartuCardStatus.REJECTED,
            KartuCardStatus.CANCELLED,
            KartuCardStatus.REPLACED,
            KartuCardStatus.REVOKED,
        )
        number = 0
        for person in people[:9]:
            for status, day in (
                *(((self.some(closed), date(2025, 12, 31)),) if self.rng.random() < 0.6 else ()),
                *(((self.some([s for s in KartuCardStatus if s not in closed]), None),) if self.rng.random() < 0.7 else ()),
            ):  # fmt: skip
                number += 1
                card = self.add(
                    Card, number=f"{self.village.code.replace('.', '')}{number:010}", resident_id=person.id, status=status,
                    requested_at=self.moment(), requested_by=None, approved_at=self.maybe(self.moment()), approved_by=None,
                    biodata_checked=self.rng.random() < 0.5, photo_checked=self.rng.random() < 0.5, closed_on=day,
                )  # fmt: skip
                for before in (None, KartuCardStatus.REQUESTED)[: self.rng.randint(1, 2)]:
                    self.add(
                        CardEvent, card_id=card.id, resident_id=person.id, from_status=before, to_status=status,
                        at=self.moment(), actor_id=None, reason=self.maybe(self.some(STRANGE)),
                    )  # fmt: skip

    def messages(self, people: list[Any], asking: tuple[Any, ...]) -> None:
        """Whoever asks himself has some: nobody else sees them."""
        for person in people:
            if person in asking or self.rng.random() < 0.6:
                changed = self.moment()
                self.add(
                    Address, resident_id=person.id, address=f"{self.mark.lower()}@surel.example",
                    changed_at=changed, changed_by=None, confirmed_at=self.maybe(changed),
                )  # fmt: skip
            for number in range(self.rng.randint(2 if person in asking else 0, 3)):
                words = [f"{self.some(STRANGE)} {language}" for language in ("s", "s", "b", "b")]
                self.add(
                    Message, resident_id=person.id, template="waste.intake_received", subject_id=words[0],
                    subject_en=words[1] + "en", body_id=words[2], body_en=words[3] + "en", created_at=self.moment(),
                    queued_at=None, read_at=self.moment() if number == 0 else None,
                )  # fmt: skip

    def files(self, people: list[Any], households: list[Any]) -> None:
        """Half of the weighings have a photo; beside them are files of other kinds, of all states."""
        for intake in [row for row in self.made if isinstance(row, Intake)][::2]:
            intake.photo_id = self.file(
                "waste", "waste.intake.read", FileState.TAKEN, household=self.some(households)
            ).id
        for state in FileState:
            self.file("cctv_registry", "cctv.camera.read", state)
            self.file(None, "village.read", state, resident=self.some(people))

    def file(
        self,
        program: str | None,
        opens: str,
        state: FileState,
        *,
        household: Any = None,
        resident: Any = None,
    ) -> Any:
        there = state in (FileState.STORED, FileState.TAKEN)
        return self.add(
            File, kind=f"{program or 'core'}.{self.some('ab')}", program=program, opens=opens, household=self.rng.random() < 0.7,
            state=state, content_type="image/png" if there else None, size=7 if there else None,
            sha256=self.hash() if there else None, place=self.hash().hex() if there else None,
            resident_id=resident.id if resident else None, household_id=household.id if household else None,
            uploaded_by=None, created_at=self.moment(), stored_at=self.moment() if there else None,
        )  # fmt: skip

    def changes(self, households: list[Any], hamlets: list[Any]) -> dict[str, Any]:
        """Shorter keys first, as PostgreSQL puts them: both databases answer alike."""
        word = {
            "status": self.some(ResidentStatus).name, "education": self.maybe(self.some(Education).name),
            "hamlet_id": self.some(hamlets).id.hex, "residency": self.some(Residency).name,
            "occupation": self.maybe(self.some(Occupation).name), "household_id": self.maybe(self.some(households).id.hex),
            "relationship": self.maybe(self.some(FamilyRelationship).name), "marital_status": self.some(MaritalStatus).name,
        }  # fmt: skip
        chosen = self.rng.sample(sorted(word), self.rng.randint(1, len(word)))
        return {name: word[name] for name in sorted(chosen, key=lambda name: (len(name), name))}

    def jobs(self) -> None:
        """One that is declared and has run, and elsewhere one that nobody knows and that never did: a cursor of
        runs is of one job, so that a list of several would refuse it.
        """
        for known in {ELSEWHERE: (True, False)}.get(self.village.code, (self.village.code == BENGKEL,)):
            full = self.village.code == BENGKEL
            made = self.add(
                Job, name="waste.look_for_gaps" if known else 'waste."gone"', program="waste", schedule="0 6 * * *",
                time_zone="Asia/Makassar", paused=not known, planned_at=self.moment(), due_at=self.moment(),
                attempts=self.rng.randint(0, 2), done=self.rng.randint(0, 9), total=9 if full else None,
                failure="KeyError" if full else None, started_at=self.moment() if full else None,
            )  # fmt: skip
            for number in range(5 if known else 0):
                failed = number % 2 == 0
                self.add(
                    JobRun, job_id=made.id, planned_at=self.moment(), missed=number, started_at=self.moment(),
                    ended_at=self.moment(), outcome=JobOutcome.FAILED if failed else self.some(JobOutcome),
                    failure="KeyError" if failed else None, latest=number == 4,
                )  # fmt: skip

    def tasks(self) -> None:
        for number in range(7):
            state = list(TaskState)[number % len(TaskState)]
            ended, failed = state.name in ("DONE", "FAILED", "CANCELLED"), state is TaskState.FAILED
            self.add(
                Task, name=self.some(("resident.import", 'registry."gone"')), input={}, state=state,
                result=self.some(({"é": {"😀": None}, "rows": [1, 2], "added": number}, {})) if ended else sa.null(),
                created_at=self.moment(), due_at=self.moment(), ended_at=self.moment() if ended else None,
                started_by=None, done=number, total=self.maybe(9), attempts=0,
                failure_code="RULE_VIOLATED" if failed else None,
                failure_id=f"Tidak {self.some(STRANGE)}" if failed else None,
                failure_en=f"No {self.some(STRANGE)}" if failed else None,
            )  # fmt: skip


def late(model: type[Table]) -> int:
    """In which order tables are written: first, as they were made, those that point at none of the late ones."""
    return LATE.index(model) + 1 if model in LATE else 0


def uuid_of(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


async def fill(world: World, rng: random.Random, today: date) -> Mapping[str, Home]:
    await strange_regions(world)
    homes: dict[str, Home] = {}
    for serial, code in enumerate(ON):
        mark = "Rahasia" if code == BENGKEL else "Tetangga"
        village = await open_one(world, rng, code, serial)
        filler = Filler(rng, village, mark, today, serial * 1000)
        for program in ON[code]:
            filler.add(VillageProgram, program=program, enabled_at=filler.moment(), enabled_by=None)
        if code != EMPTY:
            homes[code] = filler.all()
        if code in (BENGKEL, ELSEWHERE):
            # Shorter keys first, as PostgreSQL puts them: both databases keep the very same rows.
            values = {"deep": [1, None, {"a": 1.5}], "contact": f"Kantor {STRANGE[3]}"}
            filler.add(
                ProgramSettings,
                program="cctv_registry",
                values=values,
                changed_at=filler.moment(),
                changed_by=None,
            )
        async with world.database.transaction(code) as session:
            # Weighings and visits late: they point at their photos.
            for model in sorted(dict.fromkeys(type(row) for row in filler.made), key=late):
                session.add_all(row for row in filler.made if type(row) is model)
                await session.flush()
            await index_residents(Unit(session, VillageFacts.of(village), None))
    return homes


async def strange_regions(world: World) -> None:
    """Districts that are nowhere: two of one name, and names that want quoting."""
    async with world.database.transaction() as session:
        for code, name in (
            ("51.02.97", "Uji Kembar"),
            ("51.02.98", "uji KEMBAR"),
            ("51.02.99", 'Uji "100%_\\" 😀\u2028'),
        ):
            session.add(
                Region(code=code, level=RegionLevel.KECAMATAN, name=name, name_key=sort_key(name), parent_code=TABANAN)
            )  # fmt: skip


async def open_one(world: World, rng: random.Random, code: str, serial: int) -> Village:
    async with world.database.transaction() as session:
        region = await session.get(Region, code)
        assert region is not None and region.parent_code is not None
        # Two villages share a name: codes tell them apart.
        name = region.name if serial < 2 else 'Desa "Kembar" 😀'
        village = Village(
            id=uuid_of(rng), code=code, region_code=region.parent_code, name=name, name_key=sort_key(name),
            kind=VillageKind.DESA if serial % 2 == 0 else VillageKind.DESA_ADAT, time_zone="Asia/Makassar",
            longitude=115.08 if serial else None, latitude=-8.5, hamlet_term="banjar", head_term="perbekel",
            hamlet_head_term="kelian", opened_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        session.add(village)
    return village
