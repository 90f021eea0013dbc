"""What `make demo` shows of the waste program: a facility with a year of weighings, up to this moment.

Called again on a later day, it adds what was weighed since. What is weighed on a day follows from the village
and the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from wantilan import Grams, Unit, VillageFacts, tables, uuid7

from .models import Facility, Intake, WasteFacilityKind
from .models import WasteSourceClass as From
from .models import WasteStream as S

YEAR = timedelta(days=365)
DAILY_GRAMS_PER_PERSON = 300
"""Made at home; what shops, markets and temples make is in it."""
OPENED_ON = date(2022, 10, 24)
BESTARI = "TPS3R Bestari"
NAMES = {"51.02.06.2001": BESTARI}
"""Facilities that there are; every other village of the demo gets an invented one."""

DAILY = (0, 1, 2, 3, 4, 5, 6)
"""Monday is 0."""


@dataclass(frozen=True)
class Round:
    """A collection round: its share of a week's waste, on which weekdays, when, and the container's mass."""

    stream: S
    source: From
    share: float
    weekdays: tuple[int, ...]
    at: time
    tare: int = 60_000


ROUNDS = (
    Round(S.ORGANIK, From.RUMAH_TANGGA, 0.24, DAILY, time(6, 40)),
    Round(S.ORGANIK, From.RUMAH_TANGGA, 0.20, DAILY, time(8, 5)),
    Round(S.ORGANIK, From.PASAR, 0.06, DAILY, time(10, 20)),
    Round(S.ORGANIK, From.WARUNG_TOKO, 0.04, (0, 2, 4), time(10, 50), 12_000),
    Round(S.ORGANIK, From.TEMPAT_IBADAH, 0.02, (6,), time(9, 30), 12_000),
    Round(S.ANORGANIK, From.RUMAH_TANGGA, 0.11, (1, 5), time(9, 10)),
    Round(S.ANORGANIK, From.WARUNG_TOKO, 0.05, (1, 4), time(11, 15), 12_000),
    Round(S.ANORGANIK, From.SEKOLAH, 0.02, (4,), time(11, 40), 12_000),
    Round(S.RESIDU, From.RUMAH_TANGGA, 0.18, (0, 3), time(9, 20)),
    Round(S.RESIDU, From.KANTOR, 0.02, (3,), time(11, 30), 12_000),
    Round(S.B3, From.RUMAH_TANGGA, 0.01, (5,), time(11, 5), 1_500),
)
"""Separate rounds per stream, on fixed weekdays, as the governor's circular 9/2025 asks for."""

CEREMONY_EVERY = 15
"""Days between full and new moon: what ceremonies leave behind comes apart from the rest."""
DROP_OFFS = (time(7, 15), time(9, 45), time(15, 30))
"""When households bring something themselves."""
EVERY_HOUSEHOLD = 5
"""One household in so many brings its waste itself."""


@dataclass(frozen=True)
class Weighing:
    """One weighing of a day. `household` counts into those that bring their waste themselves."""

    at: time
    stream: S
    source: From
    grams: int
    tare: int
    household: int | None = None


async def demo(village: VillageFacts, unit: Unit) -> None:
    """A facility, and its weighings of the last year that are not there yet."""
    facility = await unit.first(Facility) or await _open(village, unit)
    homes = await _households(unit)
    people = await unit.session.scalar(
        sa.select(sa.func.count()).where(tables.Resident.village_id == village.id)
    )
    last = await unit.session.scalar(
        sa.select(sa.func.max(Intake.weighed_at)).where(Intake.village_id == village.id)
    )
    rows = [
        _row(unit, facility, weighing, moment, homes)
        for moment, weighing in due(village, people or 0, len(homes), last, unit.now)
    ]
    if rows:
        # Otherwise a new statement begins wherever a household comes or is missing.
        await unit.session.execute(sa.insert(Intake), rows, execution_options={"render_nulls": True})


async def _open(village: VillageFacts, unit: Unit) -> Facility:
    place = await unit.own_village()
    name = NAMES.get(village.code)
    facility = Facility(
        name=name or "Bank Sampah Contoh",
        kind=WasteFacilityKind.TPS3R if name else WasteFacilityKind.BANK_SAMPAH,
        longitude=place.longitude,
        latitude=place.latitude,
        opened_on=OPENED_ON,
    )
    await unit.add(facility)
    return facility


async def _households(unit: Unit) -> Sequence[UUID]:
    ids = sa.select(tables.Household.id).where(tables.Household.village_id == unit.village.id)
    return (await unit.session.scalars(ids.order_by(tables.Household.id))).all()[::EVERY_HOUSEHOLD]


def _row(
    unit: Unit, facility: Facility, weighing: Weighing, moment: datetime, homes: Sequence[UUID]
) -> dict[str, object]:
    return {
        "village_id": unit.village.id,
        "id": uuid7(),
        "facility_id": facility.id,
        "household_id": homes[weighing.household] if weighing.household is not None else None,
        "stream": weighing.stream,
        "source_class": weighing.source,
        "gross_grams": Grams(weighing.grams + weighing.tare),
        "tare_grams": Grams(weighing.tare),
        "mass_grams": Grams(weighing.grams),
        "weighed_at": moment,
        "business_date": unit.business_date(moment),
        "photo_id": None,
        "recorded_by": None,
    }


def due(
    village: VillageFacts, people: int, homes: int, last: datetime | None, now: datetime
) -> Iterator[tuple[datetime, Weighing]]:
    """What was weighed after the last weighing (None: for a year) and up to now.

    The first weighing of today is never later than now: there is one on every day that has begun.
    """
    zone = ZoneInfo(village.time_zone)
    today = now.astimezone(zone).date()
    last_day = last.astimezone(zone).date() if last is not None else None
    day = last_day or today - YEAR + timedelta(days=1)
    while day <= today:
        for number, weighing in enumerate(weighings(village.code, day, people, homes)):
            moment = datetime.combine(day, weighing.at, zone)
            if number == 0:
                moment = min(moment, now)
            known = last is not None and (moment <= last or (number == 0 and day == last_day))
            if moment <= now and not known:
                yield moment, weighing
        day += timedelta(days=1)


def weighings(code: str, day: date, people: int, homes: int) -> list[Weighing]:
    """What is weighed in a village on a day, by the clock. Where nobody is registered it is a small bank."""
    rng = Random(f"{code} {day}")
    if people == 0:
        return _small_bank(rng, day)
    made = [
        Weighing(one.at, one.stream, one.source, _portion(rng, one, people), one.tare)
        for one in ROUNDS
        if day.weekday() in one.weekdays
    ]
    if day.toordinal() % CEREMONY_EVERY == 0:
        grams = _rounded(people * rng.uniform(40, 90))
        made.append(Weighing(time(16, 10), S.ORGANIK, From.UPAKARA_EVENT, grams, 60_000))
    for at in DROP_OFFS if homes else ():
        stream = S.ORGANIK if rng.random() < 0.6 else S.ANORGANIK
        grams = rng.randrange(1_500, 9_000, 50)
        made.append(Weighing(at, stream, From.RUMAH_TANGGA, grams, 500, rng.randrange(homes)))
    return sorted(made, key=lambda weighing: weighing.at)


def _portion(rng: Random, one: Round, people: int) -> int:
    weekly = people * DAILY_GRAMS_PER_PERSON * 7
    return _rounded(weekly * one.share / len(one.weekdays) * rng.uniform(0.85, 1.15))


def _rounded(grams: float) -> int:
    """As the scale shows it, in steps of 100 grams."""
    return max(100, round(grams / 100) * 100)


def _small_bank(rng: Random, day: date) -> list[Weighing]:
    """What people bring on a Saturday."""
    if day.weekday() != 5:
        return []
    return [
        Weighing(time(9, 0), S.ANORGANIK, From.RUMAH_TANGGA, rng.randrange(20_000, 60_000, 500), 1_500),
        Weighing(time(10, 30), S.ANORGANIK, From.WARUNG_TOKO, rng.randrange(5_000, 20_000, 500), 1_500),
    ]
