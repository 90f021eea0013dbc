"""Statistics are what a count by hand gives, of random lives, on any day, however they are read."""

from __future__ import annotations

import asyncio
import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.core.shell import Shell
from tests.statistics.lives import (
    FIELDS,
    FIRST,
    LAST,
    OUT,
    Place,
    age,
    as_census,
    census,
    day_between,
    live,
    settle,
)

from wantilan.registry.codes import LifeEventKind, ResidentStatus
from wantilan.registry.life.recording import Act, record
from wantilan.registry.models import MonthTotal
from wantilan.registry.statistics.groups import AGES, born_by, month_end, month_ends
from wantilan.registry.statistics.keeping import forget, keep, keep_ended_months, wrong_months
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World

QUERY = f"""
query($day: Date, $code: RegionCode!) {{
  region(code: "{TABANAN}") {{ statistics(asOf: $day) {{ {FIELDS} }} }}
  village(code: $code) {{
    statistics(asOf: $day) {{ {FIELDS} }}
    hamlets {{ id statistics(asOf: $day) {{ {FIELDS} }} }}
  }}
}}
"""
FIGURES = f"""query($month: Month, $code: RegionCode!) {{
  region(code: "{TABANAN}") {{ figures(month: $month) {{ monthEnd {FIELDS} }} }}
  village(code: $code) {{ figures(month: $month) {{ {FIELDS} }} }}
}}"""


def rounded(value: Any) -> Any:
    """Every count to the nearest multiple of five; what becomes 0 is like what is not there."""
    if isinstance(value, int):
        return (value + 2) // 5 * 5
    return {key: many for key, one in value.items() if (many := rounded(one)) or not isinstance(one, int)}


def days(rng: random.Random, places: list[Place]) -> list[date]:
    """Ends of months, days on which something happened, birthdays and the eves of all these."""
    people = [row.birth_date for place in places for row in place.people.values()]
    events = [one.day for place in places for one in place.happened]
    found = {date(2024, 2, 28), date(2024, 2, 29), date(2023, 2, 28), date(2023, 2, 27), LAST}
    found |= {month_end(day_between(rng, date(2020, 1, 1), LAST)) for _ in range(4)}
    for born in rng.sample(people, 4):
        year = rng.randint(2022, 2025)
        found.add(born.replace(year=year, day=min(born.day, 28)) - timedelta(days=rng.randint(0, 1)))
    for day in rng.sample(events, 4):
        found.add(max(day, date(2020, 1, 1)) - timedelta(days=rng.randint(0, 1)))
    return sorted(found)


async def compare(world: World, token: str, places: list[Place], day: date) -> None:
    for place in places:
        with world.counting() as statements:
            answer = await world.ask(QUERY, token, day=day.isoformat(), code=place.code)
        assert len(statements) == 1
        found = answer.data
        assert as_census(found["region"]["statistics"]) == census(places, day), day
        assert as_census(found["village"]["statistics"]) == census([place], day), day
        for hamlet in found["village"]["hamlets"]:
            (own,) = [h.id for h in place.hamlets if h.id.hex in hamlet["id"]]
            if hamlet["statistics"] is not None:  # nobody has ever lived there yet
                assert as_census(hamlet["statistics"]) == census([place], day, own), day


async def test_what_is_counted_is_what_there_was(world: World) -> None:
    """Months are kept after half of the events, so that the other half reaches them through the triggers."""
    rng = random.Random(1)
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    token = await world.token("perbekel", TABANAN)
    places = [await settle(world, rng, BENGKEL, 22), await settle(world, rng, NEIGHBOUR, 8)]
    for place in places:
        await live(world, rng, place, 30)
    async with world.unit(BENGKEL) as unit:  # the neighbour keeps nothing: both ways stand side by side
        kept = await keep_ended_months(unit.session, unit.village.id, LAST)
    assert set(kept) >= set(month_ends(date(2023, 1, 1), LAST))
    for place in places:
        await live(world, rng, place, 30)
    assert sum(one.undone for place in places for one in place.happened) >= 4
    asked = days(rng, places)
    assert set(asked) & set(kept), "no kept month is asked for"
    assert set(asked) - set(kept), "nothing but kept months is asked for"
    for day in asked:
        await compare(world, token, places, day)
    async with world.unit(BENGKEL) as unit:
        assert await wrong_months(unit.session, unit.village.id) == []
    for month in ("2023-02", "2025-12"):
        answer = (await world.ask(FIGURES, token, month=month, code=BENGKEL)).data
        day = date.fromisoformat(answer["region"]["figures"]["monthEnd"])
        assert as_census(answer["region"]["figures"]) == rounded(census(places, day))
        assert as_census(answer["village"]["figures"]) == rounded(census(places[:1], day))


async def test_a_kept_month_is_really_read_and_counted_anew_when_it_is_wrong(world: World) -> None:
    await world.open(BENGKEL)
    token = await world.token("perbekel", BENGKEL)
    place = await settle(world, random.Random(5), BENGKEL, 6)
    day = date(2025, 6, 30)
    query = (
        f'query($day: Date) {{ village(code: "{BENGKEL}") {{ statistics(asOf: $day) {{ population }} }} }}'
    )

    async def population() -> int:
        answer = (await world.ask(query, token, day=day.isoformat())).data
        return int(answer["village"]["statistics"]["population"])

    true = census([place], day)["population"]
    async with world.unit(BENGKEL) as unit:
        await keep(unit.session, unit.village.id, [day])
    async with world.unit(BENGKEL) as unit:  # as if somebody had written past the triggers
        await unit.session.execute(
            sa.update(MonthTotal)
            .where(MonthTotal.village_id == unit.village.id, MonthTotal.dimension == "MARITAL_STATUS")
            .values(amount=MonthTotal.amount + 100)
        )
        assert await wrong_months(unit.session, unit.village.id) == [day]
    assert await population() > true + 99
    async with world.unit(BENGKEL) as unit:
        await keep(unit.session, unit.village.id, [day])
        assert await wrong_months(unit.session, unit.village.id) == []
    assert await population() == true
    async with world.unit(BENGKEL) as unit:
        await forget(unit.session, unit.village.id, [day])
    assert await population() == true


async def test_the_job_keeps_what_is_over_and_finds_nothing_to_do_the_second_time(world: World) -> None:
    await world.open(BENGKEL)
    async with world.unit(BENGKEL) as unit:
        assert await keep_ended_months(unit.session, unit.village.id, LAST) == []
    await settle(world, random.Random(5), BENGKEL, 3)
    today = date(2019, 4, 15)
    async with world.unit(BENGKEL) as unit:
        kept = await keep_ended_months(unit.session, unit.village.id, today)
        assert kept == [date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)]
        assert await keep_ended_months(unit.session, unit.village.id, today) == []
        assert await keep_ended_months(unit.session, unit.village.id, date(2019, 4, 30)) == [
            date(2019, 4, 30)
        ]


async def test_nobody_writes_on_a_birthday(world: World) -> None:
    """Somebody grows older in the figures of the days, with no row written between them."""
    await world.open(BENGKEL)
    token = await world.token("perbekel", BENGKEL)
    hamlet = await world.hamlet(BENGKEL)
    await world.resident(BENGKEL, hamlet, born=date(2004, 2, 29), since=FIRST)
    query = f"""query($day: Date) {{ village(code: "{BENGKEL}") {{ statistics(asOf: $day) {{
      byAgeGroup {{ ageGroup residents }} }} }} }}"""
    for day, group in [
        ("2024-02-28", "UMUR_15_19"), ("2024-02-29", "UMUR_20_24"), ("2019-02-27", "UMUR_10_14"),
        ("2019-02-28", "UMUR_15_19"), ("2025-02-28", "UMUR_20_24"),
    ]:  # fmt: skip
        rows = (await world.ask(query, token, day=day)).data["village"]["statistics"]["byAgeGroup"]
        assert [row["ageGroup"] for row in rows if row["residents"]] == [group], day


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_days_of_birth_say_the_age_and_at_the_end_of_a_month_its_months_do(born: date, day: date) -> None:
    if born > day:
        born, day = day, born
    years = age(born, day)
    assert born <= born_by(day, years)
    assert born > born_by(day, years + 1)
    end = month_end(day)
    months = (end.year - born.year) * 12 + end.month - born.month
    assert months // 12 == age(born, end)
    assert all(one.code == 5 * number for number, one in enumerate(AGES))


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"], indirect=True)
async def test_who_counts_a_month_waits_for_who_is_writing(world: World) -> None:
    """Neither sees what the other has not ended yet: without waiting a death would be missed for ever."""
    await world.open(BENGKEL)
    hamlet = await world.hamlet(BENGKEL)
    people = [await world.resident(BENGKEL, hamlet, since=FIRST, serial=serial) for serial in (1, 2)]
    written, day = asyncio.Event(), date(2025, 6, 30)

    async def write() -> None:
        async with world.unit(BENGKEL) as unit:
            death = Act(
                kind=LifeEventKind.MATI, happened_on=date(2021, 1, 1), resident_id=people[0].id,
                residents={people[0].id: {"status": ResidentStatus.MATI, **OUT}},
            )  # fmt: skip
            await record(unit, death)
            written.set()
            await asyncio.sleep(0.3)

    async def count() -> None:
        await written.wait()
        async with world.unit(BENGKEL) as unit:
            await keep(unit.session, unit.village.id, [day])

    await asyncio.gather(write(), count())
    async with world.unit(BENGKEL) as unit:
        assert await wrong_months(unit.session, unit.village.id) == []
        alive = MonthTotal.dimension == "MARITAL_STATUS"
        assert [row.amount for row in await unit.all(MonthTotal, alive)] == [1]


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"], indirect=True)
async def test_an_operator_keeps_checks_and_mends_at_the_command_line(
    world: World, wantilan_database_url: str
) -> None:
    shell = Shell(wantilan_database_url)
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    await settle(world, random.Random(5), BENGKEL, 3)
    kept = await asyncio.to_thread(shell.done, "statistics", "keep")
    assert re.search(r"^\d\d months were counted\.$", kept, re.MULTILINE), kept
    assert "0 months" in await asyncio.to_thread(shell.done, "statistics", "keep", "--village", BENGKEL)
    assert "Every kept month" in await asyncio.to_thread(shell.done, "statistics", "check")
    async with world.unit(BENGKEL) as unit:
        broken = MonthTotal.village_id == unit.village.id, MonthTotal.month_end == date(2022, 3, 31)
        await unit.session.execute(sa.delete(MonthTotal).where(*broken))
    told = await asyncio.to_thread(shell, "statistics", "check")
    assert told.exit_code == 1 and "1 month differs" in told.output
    assert re.search(rf"^{BENGKEL} +2022-03-31$", told.output, re.MULTILINE)
    mended = await asyncio.to_thread(shell.done, "statistics", "check", "--rebuild")
    assert "1 month was counted anew." in mended
    assert "Every kept month" in await asyncio.to_thread(shell.done, "statistics", "check")
    assert "not open here" in await asyncio.to_thread(
        shell.refused, "statistics", "check", "--village", "51.02.06.2003"
    )
