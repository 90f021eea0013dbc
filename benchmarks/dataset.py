"""Villages full of invented people: every row of the benchmark, the same ones for each seed and day.

They lie in a province 99, which does not exist; every NIK begins with a district that exists nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from wantilan import sort_key
from wantilan.registry.codes import FamilyRelationship, MaritalStatus, Religion, Sex
from wantilan.registry.demo.names import full_name
from wantilan.registry.models import (
    Hamlet,
    Household,
    HouseholdMember,
    HouseholdNumber,
    Resident,
    ResidentToken,
)
from wantilan.registry.numbers import NikKind, fictitious_kk, fictitious_nik, mask
from wantilan.registry.searching import tokens_of
from wantilan.store.places import Region, RegionLevel, Village, VillageProgram
from wantilan.store.secrets import Keys
from wantilan.store.tables import Table
from wantilan_cctv_registry.models import (
    Camera,
    CctvCameraKind,
    CctvCameraState,
    CctvPurpose,
    CctvSetting,
    PublicCamera,
)
from wantilan_kartu_cerdas.models import Card, CardEvent, KartuCardStatus
from wantilan_kartu_cerdas.numbers import SERIALS, card_number
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

from .ground import Size as Size

PROVINCE = "99"
VILLAGES_IN_DISTRICT, DISTRICTS_IN_REGENCY = 20, 25
HAMLETS, CAMERAS = 5, 8
ONE_IN_CARDLESS = 5
PROGRAMS = ("cctv_registry", "kartu_cerdas", "waste")
DAYS = 360
"""Weighings lie in so many days before today, so that each of them counts in the last twelve months."""
TO_WITA = timedelta(hours=8)
STREAMS, SOURCES = tuple(WasteStream), tuple(WasteSourceClass)
FAMILY = (FamilyRelationship.KEPALA_KELUARGA, FamilyRelationship.ISTRI, FamilyRelationship.ANAK)

Row = tuple[type[Table], dict[str, object]]


def district_code(number: int) -> str:
    """The kecamatan of this number, from 0 on."""
    regency, place = divmod(number, DISTRICTS_IN_REGENCY)
    return f"{PROVINCE}.{regency + 1:02}.{place + 1:02}"


def village_code(number: int) -> str:
    """The village of this number, from 0 on."""
    district, place = divmod(number, VILLAGES_IN_DISTRICT)
    return f"{district_code(district)}.{2001 + place}"


def regions(size: Size) -> Iterator[Row]:
    """The invented province down to the villages, parents first."""
    codes = {village_code(number) for number in range(size.villages)}
    for level, parts in ((RegionLevel.PROVINSI, 1), (RegionLevel.KABUPATEN, 2), (RegionLevel.KECAMATAN, 3)):
        for code in sorted({".".join(code.split(".")[:parts]) for code in codes}):
            yield _region(code, level, f"{level.value.capitalize()} Uji {code}")
    for number in range(size.villages):
        yield _region(village_code(number), RegionLevel.DESA, _village_name(number))


def _region(code: str, level: RegionLevel, name: str) -> Row:
    parent = code.rpartition(".")[0] or None
    return Region, {
        "code": code, "level": level, "name": name, "name_key": sort_key(name), "parent_code": parent,
    }  # fmt: skip


def _village_name(number: int) -> str:
    return f"Desa Uji {number + 1:04}"


class VillageMaker:
    """One village: its ids and its people follow from its number and the day."""

    def __init__(self, number: int, size: Size, today: date, keys: Keys) -> None:
        self.number, self.size, self.today, self.keys = number, size, today, keys
        self.rng = Random(f"wantilan {number}")
        self.clock = int(datetime.combine(today, time(), UTC).timestamp() * 1000) - 400 * 86_400_000
        self.id = self.new_id()
        self.code = village_code(number)
        self.opened = datetime.combine(today - timedelta(days=400), time(), UTC)

    def new_id(self) -> UUID:
        """A UUID of version 7, as the application makes them, of the village's own clock."""
        self.clock += 1
        low, high = self.rng.getrandbits(62), self.rng.getrandbits(12)
        return UUID(int=self.clock << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)

    def row(self, model: type[Table], **values: object) -> Row:
        return model, {"village_id": self.id, "id": self.new_id(), **values}

    def rows(self) -> Iterator[Row]:
        """Everything of the village; what others point at comes first."""
        name = _village_name(self.number)
        yield Village, {
            "id": self.id, "code": self.code, "region_code": self.code.rpartition(".")[0], "name": name,
            "name_key": sort_key(name), "longitude": 115.0, "latitude": -8.5, "opened_at": self.opened,
        }  # fmt: skip
        for program in PROGRAMS:
            yield self.row(VillageProgram, program=program, enabled_at=self.opened)
        hamlets = [
            self.row(Hamlet, name=(n := f"Banjar Uji {i}"), name_key=sort_key(n)) for i in range(HAMLETS)
        ]
        yield from hamlets
        facility = self.row(
            Facility, name="TPS3R Uji", kind=WasteFacilityKind.TPS3R, opened_on=self.opened.date()
        )
        yield facility
        places = [hamlet[1]["id"] for hamlet in hamlets]
        self.hamlets = {hamlet[1]["id"]: str(hamlet[1]["name"]) for hamlet in hamlets}
        homes = [self._household(places[i % HAMLETS]) for i in range(self.size.households)]
        yield from homes
        for serial, home in enumerate(homes, start=1):
            yield self._number(home, serial)
        for index in range(self.size.residents):
            yield from self._resident(index, homes[index % len(homes)][1])
        for index in range(CAMERAS):
            yield from self._camera(index)
        for index in range(len(homes) * self.size.intakes):
            yield self._intake(facility[1]["id"], homes[index % len(homes)][1]["id"])

    def _household(self, hamlet: object) -> Row:
        address = f"Jalan Uji {self.rng.randint(1, 200)}"
        return self.row(Household, hamlet_id=hamlet, address=address, registered_on=self.opened.date())

    def _number(self, home: Row, serial: int) -> Row:
        number, since = fictitious_kk(self.opened.date(), serial), self.opened.date()
        key = self.new_id()
        return HouseholdNumber, {
            "village_id": self.id, "id": key, "household_id": home[1]["id"],
            "number_sealed": self.keys.seal(number, purpose="kk", owner=key),
            "number_hash": self.keys.fingerprint(number, purpose="kk", village=self.id),
            "masked": mask(number), "since": since,
        }  # fmt: skip

    def _resident(self, index: int, home: dict[str, object]) -> Iterator[Row]:
        rng = self.rng
        sex = rng.choice((Sex.LAKI_LAKI, Sex.PEREMPUAN))
        born = self.today - timedelta(days=rng.randint(20 * 365, 80 * 365))
        name = full_name(rng, sex, rng.randint(1, 4), elder=index % 2 == 0)
        nik = fictitious_nik(born, sex, index % 9_999 + 1)
        person = self.row(
            Resident, full_name=name, name_key=sort_key(name), sex=sex, birth_date=born, nik_masked=mask(nik),
            nik_hash=self.keys.fingerprint(nik, purpose="nik", village=self.id), nik_kind=NikKind.PERMANENT,
            birth_place="Uji", religion=Religion.HINDU, marital_status=MaritalStatus.KAWIN,
            father_name=full_name(rng, Sex.LAKI_LAKI, 1, elder=True),
            mother_name=full_name(rng, Sex.PEREMPUAN, 1, elder=True),
            hamlet_id=home["hamlet_id"], household_id=home["id"], registered_at=self.opened,
        )  # fmt: skip
        yield person
        if self.size.searched:
            yield from self._words(person[1], home)
        role = FAMILY[min(index // self.size.households, len(FAMILY) - 1)]
        yield self.row(
            HouseholdMember, household_id=home["id"], resident_id=person[1]["id"], relationship=role,
            since=self.opened.date(),
        )  # fmt: skip
        if index % ONE_IN_CARDLESS:
            yield from self._card(index, person[1]["id"])

    def _words(self, person: dict[str, Any], home: dict[str, object]) -> Iterator[Row]:
        hamlet = self.hamlets[person["hamlet_id"]]
        words = tokens_of(
            person["full_name"], person["nik_hash"], person["nik_masked"], hamlet, str(home["address"]), None
        )
        row = {"village_id": self.id, "name_key": person["name_key"], "resident_id": person["id"]}
        for token, depth in words.items():
            yield ResidentToken, {**row, "token": token, "depth": depth}

    def _card(self, index: int, resident: object) -> Iterator[Row]:
        serial = index * 1_999_993 % SERIALS  # apart from each other, and never twice
        card = self.row(
            Card, number=card_number(self.code, serial), resident_id=resident, status=KartuCardStatus.ACTIVE,
            requested_at=self.opened, approved_at=self.opened, biodata_checked=True, photo_checked=True,
        )  # fmt: skip
        yield card
        yield self.row(
            CardEvent, card_id=card[1]["id"], resident_id=resident, to_status=KartuCardStatus.ACTIVE,
            at=self.opened,
        )  # fmt: skip

    def _camera(self, index: int) -> Iterator[Row]:
        longitude, latitude = (round(base + self.rng.randint(0, 999) / 10_000, 4) for base in (115.0, -8.5))
        published = index % 2 == 0
        shared = {
            "purpose": CctvPurpose.KEAMANAN, "longitude": longitude, "latitude": latitude,
            "operator": "Desa Uji", "contact": "kantor@desa.example", "sign_text": "Area ini diawasi kamera.",
        }  # fmt: skip
        camera = self.row(
            Camera, code=f"K{index + 1:02}", name=f"Simpang Uji {index + 1}", kind=CctvCameraKind.DOME,
            setting=CctvSetting.PUBLIC, state=CctvCameraState.ACTIVE, published=published,
            sign_checked_on=self.today, registered_at=self.opened, **shared,
        )  # fmt: skip
        yield camera
        if published:
            yield PublicCamera, {"village_id": self.id, "id": camera[1]["id"], **shared}

    def _intake(self, facility: object, household: object) -> Row:
        rng = self.rng
        day = self.today - timedelta(days=rng.randint(1, DAYS))
        at = (
            datetime.combine(day, time(), UTC) - TO_WITA + timedelta(seconds=rng.randint(6 * 3600, 18 * 3600))
        )
        gross, tare = rng.randint(1_000, 30_000), rng.choice((0, 500))
        return self.row(
            Intake, facility_id=facility, household_id=household, stream=rng.choice(STREAMS),
            source_class=rng.choice(SOURCES), gross_grams=gross, tare_grams=tare, mass_grams=gross - tare,
            weighed_at=at, business_date=day,
        )  # fmt: skip
