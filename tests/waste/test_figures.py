"""Figures: sums against a reference in plain Python, for villages, regions and households."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.waste.scene import Scene, a_facility, weighed

from wantilan.programs.switching import disable
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World
from wantilan_waste.models import Intake, WasteStream

THIRD = "51.02.06.2003"
DISTRICT, OTHER_DISTRICT = "51.02.06", "51.02.05"
FIGURES = "massByStream(from: $from, to: $to) { stream mass intakes }"
VILLAGE = f'query($from: Date, $to: Date) {{ village(code: "{BENGKEL}") {{ waste {{ {FIGURES} }} }} }}'
REGION = f"query($code: RegionCode!, $from: Date, $to: Date) {{ region(code: $code) {{ waste {{ villagesCounted {FIGURES} }} }} }}"
RESIDENT = f"query($id: ID!, $from: Date, $to: Date) {{ resident(id: $id) {{ waste {{ {FIGURES} }} }} }}"


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Makassar")).date()


def a_year_before(day: date) -> date:
    """The first of the twelve months that end with this day."""
    return (
        day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)
    ) + timedelta(1)


def sums(rows: Iterable[Intake], first: date, last: date) -> list[dict[str, Any]]:
    """The reference: by stream, in the order of the streams' names; a stream without a weighing is left out."""
    mass: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        if first <= row.business_date <= last:
            mass[row.stream.name] += row.mass_grams
            count[row.stream.name] += 1
    return [{"stream": s, "mass": mass[s], "intakes": count[s]} for s in sorted(mass)]


async def fill(
    scene: Scene, code: str, facility: Any, seed: int, *, households: tuple[Any, ...] = (None,)
) -> None:
    """Two hundred weighings of two years, some of today, of the edges of the twelve months, and of tomorrow."""
    chance, now = random.Random(seed), today()
    edges = [now, now + timedelta(1), a_year_before(now), a_year_before(now) - timedelta(1)]
    days = edges + [now - timedelta(days=chance.randint(0, 730)) for _ in range(196)]
    async with scene.world.unit(code) as unit:
        rows = [
            weighed(
                unit, facility, chance.choice([1, 999, 12_345, 100_000_000]), day, stream=chance.choice(list(WasteStream)),
                household=chance.choice(households),
            )
            for day in days
        ]  # fmt: skip
        await unit.add(*rows)


@pytest.fixture
async def year(scene: Scene) -> Scene:
    """Two years of weighings in both villages."""
    await fill(scene, BENGKEL, scene.facility, 1, households=(None, scene.household))
    await fill(scene, NEIGHBOUR, scene.other_facility, 2)
    return scene


def spans() -> list[tuple[date, date]]:
    chance, now = random.Random(3), today()
    made = [
        (now - timedelta(days=chance.randint(0, 800)), now - timedelta(days=chance.randint(-5, 400)))
        for _ in range(12)
    ]
    return [
        *made,
        (now, now),
        (now + timedelta(1), now + timedelta(1)),
        (now, now - timedelta(1)),
        (date(1900, 1, 1), date(2999, 12, 31)),
    ]


async def test_the_village_sums_what_the_reference_sums_for_any_span(year: Scene) -> None:
    rows, filled = await year.intakes(), 0
    for first, last in spans():
        reply = await year.world.ask(
            VILLAGE, year.operator, **{"from": first.isoformat(), "to": last.isoformat()}
        )
        expected = sums(rows, first, last)
        assert reply.data["village"]["waste"]["massByStream"] == expected, (first, last)
        filled += bool(expected)
    assert filled > 8


async def test_without_dates_it_is_the_last_twelve_months(year: Scene) -> None:
    rows, now = await year.intakes(), today()
    for given, first, last in (
        ({}, a_year_before(now), now),
        ({"from": None, "to": None}, a_year_before(now), now),
        ({"from": "2020-01-01"}, date(2020, 1, 1), now),
        ({"to": (now - timedelta(90)).isoformat()}, a_year_before(now - timedelta(90)), now - timedelta(90)),
    ):
        reply = await year.world.ask(VILLAGE, year.operator, **given)
        assert reply.data["village"]["waste"]["massByStream"] == sums(rows, first, last), given


async def test_both_ends_are_included(scene: Scene) -> None:
    day = today() - timedelta(10)
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(*[weighed(unit, scene.facility, 10**n, day + timedelta(n)) for n in range(4)])
    span = {"from": (day + timedelta(1)).isoformat(), "to": (day + timedelta(2)).isoformat()}
    reply = await scene.world.ask(VILLAGE, scene.operator, **span)
    assert reply.data["village"]["waste"]["massByStream"] == [
        {"stream": "ORGANIK", "mass": 110, "intakes": 2}
    ]


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("value", ["2026-02-30", "today", "2026-1-1", "", 5])
async def test_a_date_that_is_none_is_refused(scene: Scene, name: str, value: Any) -> None:
    variable = await scene.world.ask(VILLAGE, scene.operator, **{name: value})
    assert variable.codes == ["BAD_USER_INPUT"]
    assert "data" not in variable.body
    literal = '"' + value + '"' if isinstance(value, str) else str(value)
    text = f'{{ village(code: "{BENGKEL}") {{ waste {{ massByStream({name}: {literal}) {{ mass }} }} }} }}'
    refused = await scene.world.ask(text, scene.operator)
    assert refused.codes == ["BAD_USER_INPUT"]


async def test_leap_days_have_a_year_before_them(scene: Scene) -> None:
    """29 February has no day of the same name a year before."""
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(
            weighed(unit, scene.facility, 5, date(2023, 3, 1)),
            weighed(unit, scene.facility, 7, date(2023, 2, 28)),
        )
    reply = await scene.world.ask(VILLAGE, scene.operator, to="2024-02-29")
    assert reply.data["village"]["waste"]["massByStream"] == [{"stream": "ORGANIK", "mass": 5, "intakes": 1}]


async def test_sums_are_exact_above_32_bit(scene: Scene) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(*[weighed(unit, scene.facility, 99_999_999) for _ in range(90)])
    reply = await scene.world.ask(VILLAGE, scene.operator)
    assert reply.data["village"]["waste"]["massByStream"][0]["mass"] == 90 * 99_999_999 > 2**32


async def test_only_the_fields_asked_for_are_there_and_the_groups_stay(year: Scene) -> None:
    text = f'{{ village(code: "{BENGKEL}") {{ waste {{ a: massByStream {{ m: mass __typename }} b: massByStream(from: "2999-01-01", to: "2999-01-02") {{ mass }} }} }} }}'
    waste = (await year.world.ask(text, year.operator)).data["village"]["waste"]
    assert [row["m"] for row in waste["a"]] == [
        r["mass"] for r in sums(await year.intakes(), a_year_before(today()), today())
    ]
    assert {row["__typename"] for row in waste["a"]} == {"WasteMass"}
    assert waste["b"] == []


# Regions


async def test_a_region_sums_over_its_villages_that_enabled_the_program(year: Scene) -> None:
    await year.world.open(THIRD)
    agency = await year.world.token("agency_officer", TABANAN)
    mine, theirs = await year.intakes(), await year.intakes(NEIGHBOUR)
    for code, rows, counted in (
        (TABANAN, [*mine, *theirs], 2), (DISTRICT, [*mine, *theirs], 2), (BENGKEL, mine, 1), (NEIGHBOUR, theirs, 1),
    ):  # fmt: skip
        for first, last in spans()[:4]:
            given = {"code": code, "from": first.isoformat(), "to": last.isoformat()}
            waste = (await year.world.ask(REGION, agency, **given)).data["region"]["waste"]
            assert waste == {"villagesCounted": counted, "massByStream": sums(rows, first, last)}


async def test_a_village_that_switches_the_program_off_leaves_the_sum_and_comes_back_to_it(
    year: Scene,
) -> None:
    agency, now = await year.world.token("agency_officer", TABANAN), today()
    mine = await year.intakes()
    async with year.world.unit(NEIGHBOUR) as unit:
        await disable(year.world.host, unit, "waste")
    waste = (await year.world.ask(REGION, agency, code=DISTRICT)).data["region"]["waste"]
    assert waste == {"villagesCounted": 1, "massByStream": sums(mine, a_year_before(now), now)}
    await year.world.open(THIRD, "waste")
    waste = (await year.world.ask(REGION, agency, code=DISTRICT)).data["region"]["waste"]
    assert waste == {"villagesCounted": 2, "massByStream": sums(mine, a_year_before(now), now)}


async def test_a_region_without_such_a_village_has_no_figures(year: Scene) -> None:
    agency = await year.world.token("agency_officer", TABANAN)
    reply = await year.world.ask(REGION, agency, code=OTHER_DISTRICT)
    assert reply.body["data"]["region"] == {"waste": None}
    assert reply.codes == ["PROGRAM_NOT_ENABLED"]


async def test_below_a_list_of_regions_each_has_its_own_figures(year: Scene) -> None:
    agency = await year.world.token("agency_officer", TABANAN)
    text = f'{{ region(code: "{TABANAN}") {{ children(first: 20) {{ nodes {{ code waste {{ villagesCounted massByStream {{ intakes }} }} }} }} }} }}'
    reply = await year.world.ask(text, agency)
    found = {
        r["code"]: r["waste"] and r["waste"]["villagesCounted"]
        for r in reply.data["region"]["children"]["nodes"]
    }
    assert len(found) == 10
    assert {code for code, counted in found.items() if counted} == {DISTRICT}
    assert found[DISTRICT] == 2


async def test_codes_that_only_begin_alike_are_not_one_region(world: World) -> None:
    """51.02.06.2001 does not lie in 51.02.06.200, nor 51.02 in 51.0; regions are cut at their dots."""
    await world.open(BENGKEL, "waste")
    facility = await a_facility(world, BENGKEL)
    async with world.unit(BENGKEL) as unit:
        await unit.add(weighed(unit, facility, 5))
    admin = await world.token("platform_admin", "")
    reply = await world.ask(REGION, admin, code="51.02.01")
    assert reply.body["data"]["region"] == {"waste": None}
    assert (await world.ask(REGION, admin, code="51")).data["region"]["waste"]["massByStream"][0]["mass"] == 5


# Households


async def test_a_residents_figures_are_those_of_the_household(year: Scene) -> None:
    token, now = await year.world.token("resident", BENGKEL, resident=year.wayan.id), today()
    ours = [row for row in await year.intakes() if row.household_id == year.household.id]
    for first, last in [*spans()[:6], (a_year_before(now), now)]:
        given = {"id": year.ids["wayan"], "from": first.isoformat(), "to": last.isoformat()}
        for who in (token, year.operator):
            reply = await year.world.ask(RESIDENT, who, **given)
            assert reply.data["resident"]["waste"]["massByStream"] == sums(ours, first, last)
    assert ours


async def test_a_resident_without_waste_or_without_a_household_has_empty_figures(year: Scene) -> None:
    hamlet = await year.world.hamlet(BENGKEL, "Banjar Kelod")
    alone = await year.world.resident(BENGKEL, hamlet, name="I Ketut Sendiri", serial=9)
    for id_ in (year.ids["made"], await year.world.id_of("Resident", alone)):
        reply = await year.world.ask(RESIDENT, year.operator, id=id_)
        assert reply.data["resident"]["waste"]["massByStream"] == []
