"""Service points of the demo: most households, some businesses, and what was asked there about sorting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan import FamilyRelationship, new_code, sort_key, tables

from ..models import ServicePoint, SourceSurvey, WastePointStatus
from ..models import WasteOrganicHandling as Handling
from ..models import WasteSourceClass as From
from .facility import OPENED_ON
from .history import History, Row
from .timeline import Deed

CODE_CHARACTERS = 20
AT_FIRST = 190
"""So many households are served when the year begins."""
AT_MOST = 280
BRING = (3, 5, 8, 9)
"""Households whose number in the register ends so stand on no route: the cart cannot get there, and they
bring their waste themselves.
"""
JOINS_EVERY = 12
"""Days between two households that join."""
JOINS_AT = time(8, 30)
ASKED_IN = (2, 9)
"""Months in which sorting is looked at, a sixth of the points on each working day of a week."""
ASKED_AT = time(9, 0)

BUSINESSES = (
    ("Pasar Desa Contoh", From.PASAR, 60), ("SD Contoh 1", From.SEKOLAH, 180),
    ("SD Contoh 2", From.SEKOLAH, 150), ("Pura Desa", From.TEMPAT_IBADAH, None),
    ("Pura Dalem", From.TEMPAT_IBADAH, None), ("Kantor Desa", From.KANTOR, 18),
    ("Warung Contoh 1", From.WARUNG_TOKO, 3), ("Warung Contoh 2", From.WARUNG_TOKO, 2),
    ("Warung Contoh 3", From.WARUNG_TOKO, 4), ("Toko Contoh", From.WARUNG_TOKO, 5),
    ("Balai Banjar", From.FASUM, None), ("Penginapan Contoh", From.HOTEL_RESTO, 8),
)  # fmt: skip
"""Invented, with how many people work or learn there."""
NAMES = [name for name, _, _ in BUSINESSES]

HANDLES = {
    Handling.TEBA_MODERN: 24, Handling.KOMPOSTER: 12, Handling.BIOPORI: 6, Handling.PAKAN_TERNAK: 14,
    Handling.ECO_ENZYME: 4, Handling.TIDAK_ADA: 40,
}  # fmt: skip


@dataclass
class Home:
    """A household as the register has it. `number` is its place in it: what it does follows from that."""

    number: int
    id: UUID
    hamlet: UUID
    address: str
    people: int


class Points:
    """The households of the village, and the points that are served, households first."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.homes: list[Home] = []
        self.rows: list[Row] = []
        self.heads: dict[UUID, UUID] = {}
        """The head of each household."""
        self._number: dict[UUID, int] = {}

    async def load(self, since: date) -> None:
        self.homes, self.heads = await self._register(), await self._heads()
        self._number = {home.id: home.number for home in self.homes}
        self.rows = await self.history.known(ServicePoint)
        if not self.rows:
            self._found(since)

    async def _register(self) -> list[Home]:
        unit, household, resident = self.history.unit, tables.Household, tables.Resident
        here = household.village_id == unit.village.id
        columns: Any = (household.id, household.hamlet_id, household.address)
        homes = (await unit.session.execute(sa.select(*columns).where(here).order_by(household.id))).all()
        count: Any = sa.select(resident.household_id, sa.func.count())
        living = count.where(resident.village_id == unit.village.id).group_by(resident.household_id)
        people = dict((await unit.session.execute(living)).all())
        return [
            Home(number, household_id, hamlet, address or f"Rumah {number + 1}", people.get(household_id, 0))
            for number, (household_id, hamlet, address) in enumerate(homes)
        ]

    async def _heads(self) -> dict[UUID, UUID]:
        unit, member = self.history.unit, tables.HouseholdMember
        columns: Any = (member.household_id, member.resident_id)
        heads = sa.select(*columns).where(
            member.village_id == unit.village.id,
            member.relationship == FamilyRelationship.KEPALA_KELUARGA,
            member.until.is_(None),
        )
        return dict((await unit.session.execute(heads)).all())

    def number_of(self, point: Row) -> int:
        """What a point does follows from it: a household's place in the register; beyond, a business's."""
        if point["household_id"] is None:
            return 10_000 + NAMES.index(point["business_name"]) if point["business_name"] in NAMES else 0
        return self._number.get(point["household_id"], 0)

    def brings_itself(self, point: Row) -> bool:
        return point["household_id"] is not None and self.number_of(point) % 10 in BRING

    def _found(self, since: date) -> None:
        rng = self.history.chance("points")
        for home in self.homes[:AT_FIRST]:
            opened = min(since, OPENED_ON + timedelta(days=rng.randrange(900)))
            self._open(self._of_home(home), opened)
        hamlets = sorted({home.hamlet for home in self.homes})
        for place, (name, source, people) in enumerate(BUSINESSES):
            hamlet = hamlets[place % len(hamlets)]
            self._open(
                {
                    "business_name": name, "label": name, "hamlet_id": hamlet, "source_class": source,
                    "people": people,
                },
                OPENED_ON,
            )  # fmt: skip

    def _of_home(self, home: Home) -> Row:
        return {
            "household_id": home.id, "label": home.address, "hamlet_id": home.hamlet,
            "source_class": From.RUMAH_TANGGA, "people": home.people,
        }  # fmt: skip

    def _open(self, who: Row, day: date) -> Row:
        rng = self.history.chance("point", who["label"], len(self.rows))
        made = self.history.add(
            ServicePoint, label_key=sort_key(who["label"]), code=new_code(self.history.code, CODE_CHARACTERS),
            code_since=self.history.moment(day, JOINS_AT), organic_handling=handling(rng),
            status=WastePointStatus.ACTIVE, opened_on=day, **who,
        )  # fmt: skip
        self.rows.append(made)
        return made

    def join(self, day: date) -> Row | None:
        """The next household that is not served yet becomes a point; None when all that want to are."""
        served = {row["household_id"] for row in self.rows}
        free = next((home for home in self.homes[:AT_MOST] if home.id not in served), None)
        return self._open(self._of_home(free), day) if free else None

    def deeds(self, day: date) -> list[Deed]:
        if day.month not in ASKED_IN or not 8 <= day.day <= 13:
            return []
        at = self.history.moment(day, ASKED_AT)
        return [
            Deed(at + timedelta(minutes=place), partial(self._ask, point))
            for place, point in enumerate(self.rows)
            if place % 6 == day.day - 8 and point["opened_on"] < day
        ]

    def _ask(self, point: Row, at: datetime) -> None:
        """More and more sort, and some have begun to compost since the last time."""
        day = self.history.day_of(at)
        rng = self.history.chance("survey", day, self.number_of(point))
        if point["organic_handling"] is Handling.TIDAK_ADA and rng.random() < 0.15:
            self.history.change(point, organic_handling=handling(rng))
        self.history.add(
            SourceSurvey, point_id=point["id"], household_id=point["household_id"], day=day,
            organic_handling=point["organic_handling"],
            is_sorting=rng.random() < (0.6 if day.month == ASKED_IN[0] else 0.72),
            single_use_plastic=rng.random() < 0.4 if rng.random() < 0.8 else None,
        )  # fmt: skip


def joins_on(day: date) -> bool:
    return day.toordinal() % JOINS_EVERY == 0


def handling(rng: Random, weights: Mapping[Handling, int] = HANDLES) -> Handling:
    return rng.choices(list(weights), list(weights.values()))[0]
