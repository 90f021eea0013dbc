"""Statistics by hand: counts of periods held in Python, under the names of the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.fuzz.rights import Row, Store

from wantilan.registry.codes import (
    AgeGroup,
    Education,
    HouseholdSize,
    LifeEventKind,
    MaritalStatus,
    Occupation,
    Sex,
)

ROUNDED = 5


def end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def asked_day(argument: str, given: date | None, today: date) -> date:
    """The day that is meant when an argument is left out."""
    if given is not None or argument == "asOf":
        return given or today
    return today if today == end_of_month(today) else today.replace(day=1) - timedelta(days=1)


def counts(store: Store, place: Row, day: date, *, rounded: bool) -> dict[str, Any] | None:
    """Everything that an object of counts can say of a village, region or hamlet; None before the register."""
    hamlet = place["id"] if "village_id" in place else None
    if "parent_code" in place:
        villages = {row["id"] for row in store.villages_under(place["code"])}
    else:
        villages = {place.get("village_id", place["id"])}

    def here(table: str) -> list[Row]:
        rows = [row for row in store.rows[table] if row["village_id"] in villages]
        return [row for row in rows if hamlet is None or row["hamlet_id"] == hamlet]

    periods = here("resident_period")
    if not any(row["since"] <= day for row in periods):
        return None
    people = [row for row in periods if row["status"].name == "HIDUP" and lasts(row, day)]
    homes = [row for row in here("household_period") if lasts(row, day)]
    ages = Counter(min(age(row["birth_date"], day) // 5, 15) for row in people)
    pyramid = Counter((min(age(row["birth_date"], day) // 5, 15), row["sex"].name) for row in people)
    sizes = Counter(min(row["members"], 10) for row in homes)
    kinds = Counter(row["kind"].name for row in happened(store, villages, hamlet, day))

    def by(column: str, words: Sequence[Any], name: str) -> list[dict[str, Any]]:
        found = Counter(row[column].name if row[column] is not None else None for row in people)
        return [{name: word, "residents": many(found[word])} for word in words]

    def many(exact: int) -> int:
        return round(exact / ROUNDED) * ROUNDED if rounded else exact

    def names(words: Any) -> list[str | None]:
        return [*(word.name for word in words), None]

    return {
        "asOf": day.isoformat(),
        "month": day.isoformat()[:7],
        "monthEnd": end_of_month(day).isoformat(),
        "rounded": ROUNDED,
        "population": many(len(people)),
        "households": many(len(homes)),
        "byAgeGroup": [
            {"ageGroup": group.name, "residents": many(ages[n])} for n, group in enumerate(AgeGroup)
        ],
        "byAgeAndSex": [
            {"ageGroup": group.name, "sex": sex.name, "residents": many(pyramid[n, sex.name])}
            for n, group in enumerate(AgeGroup)
            for sex in Sex
        ],
        "bySex": by("sex", [sex.name for sex in Sex], "sex"),
        "byEducation": by("education", names(Education), "education"),
        "byOccupation": by("occupation", names(Occupation), "occupation"),
        "byMaritalStatus": by("marital_status", names(MaritalStatus), "maritalStatus"),
        "byHouseholdSize": [
            {"size": size.name, "households": many(sizes[size.code])} for size in HouseholdSize
        ],
        "events": [
            {"kind": kind.name, "events": many(kinds[kind.name])}
            for kind in LifeEventKind
            if kind is not LifeEventKind.PEMBATALAN
        ],
    }


def happened(store: Store, villages: set[UUID], hamlet: UUID | None, day: date) -> list[Row]:
    """The events of the month up to the day; of a hamlet those of whoever was of it then."""
    rows = [row for row in store.rows["life_event"] if row["village_id"] in villages]
    undone = {row["undoes_id"] for row in rows}
    found = [
        row for row in rows
        if row["id"] not in undone and row["undoes_id"] is None
        and day.replace(day=1) <= row["happened_on"] <= day
    ]  # fmt: skip
    if hamlet is None:
        return found
    living = [row for row in store.rows["resident_period"] if row["hamlet_id"] == hamlet]
    return [
        row for row in found
        if any(p["resident_id"] == row["resident_id"] and lasts(p, row["happened_on"]) for p in living)
    ]  # fmt: skip


def lasts(row: Row, day: date) -> bool:
    return bool(row["since"] <= day and (row["until"] is None or day <= row["until"]))


def age(born: date, day: date) -> int:
    """In years; whoever was born on 29 February completes one on the last day of February."""
    birthday = (born.month, born.day)
    if birthday == (2, 29) and end_of_month(day.replace(day=1, month=2)).day == 28:
        birthday = (2, 28)
    return day.year - born.year - ((day.month, day.day) < birthday)
