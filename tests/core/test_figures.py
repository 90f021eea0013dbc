"""Figures over a period: of a village, a region and a row, in one statement, behind the wall."""

# Annotations are evaluated at once here: the classes that they name are local to a test.
import random
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from tests.core.mill import READ, TOTALS, Delivery, Mill, MillByGrade, MillGrade, Mills, Movement, shares
from tests.core.notebook import host_with
from tests.system.explaining import explained, steps

from wantilan import (
    DeclarationError,
    Grams,
    GramsChange,
    Region,
    Village,
    VillageTable,
    aggregate,
    count_of,
    derived,
    door,
    entity,
    figures,
    own_household,
    period,
    reference,
    sum_of,
    tables,
    within,
)
from wantilan.graph.checks import check_part
from wantilan.graph.schema import Part, Schema
from wantilan.programs.host import Host
from wantilan.registry.program import wantilan_program
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Setting, World

CORE = wantilan_program()
ALL = """begins ends weighed weighedEarlier delivered premium big deliveries ever earlier soFar households allHouseholds opening
  closing share days byGrade { grade grams deliveries }"""
OWN = "delivered premium closing share byGrade { grade grams deliveries }"
VILLAGE = f"""query($from: Date, $to: Date, $code: RegionCode!) {{ village(code: $code) {{ mill {{
  figures(from: $from, to: $to) {{ {ALL} }}
  mills {{ name figures(from: $from, to: $to) {{ {OWN} }} }} }} }} }}"""
REGION = f"""query($from: Date, $to: Date) {{ region(code: "{TABANAN}") {{ mill {{ villagesCounted
  figures(from: $from, to: $to) {{ {ALL} }} }} }} }}"""
FIRST = date(2025, 1, 1)
DAYS = 400
BALI = ZoneInfo("Asia/Makassar")
EVER = (date(1000, 1, 1), date(2999, 12, 31))


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Mills())


Facts = dict[str, Any]


async def harvests(world: World) -> Facts:
    """Two villages with two mills each, and a year of deliveries and stock."""
    dice = random.Random(20250101)
    told: Facts = {"deliveries": [], "movements": [], "households": []}
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "mill")
        hamlet = await world.hamlet(code)
        homes = [await world.household(code, hamlet) for _ in range(3)]
        async with world.unit(code) as unit:
            rows = await unit.all(tables.Household)
            for number, row in enumerate(rows):
                row.registered_on = FIRST + timedelta(days=100 * number)
                row.closed_on = FIRST + timedelta(days=250) if number == 1 else None
                told["households"].append((code, row.registered_on, row.closed_on))
            mills = [Mill(name="Barat"), Mill(name="Timur")]
            await unit.add(*mills)
            for number in range(80):
                mill, home = dice.choice(mills), dice.choice([*homes, None])
                day = FIRST + timedelta(days=dice.randrange(DAYS))
                at = datetime.combine(day, time(dice.choice([0, 12, 23]), 0 if number else 59), BALI)
                grade, grams = dice.choice(list(MillGrade)), dice.randrange(1, 2000)
                await unit.add(
                    Delivery(mill_id=mill.id, household_id=home.id if home else None, day=day,
                             grade=grade, grams=Grams(grams), weighed_at=at)
                )  # fmt: skip
                home_id = home.id if home else None
                told["deliveries"].append((code, mill.name, home_id, day, grade.name, grams))
                delta = dice.choice([-1, 1]) * dice.randrange(1, 500)
                await unit.add(Movement(mill_id=mill.id, day=day, delta=GramsChange(delta)))
                told["movements"].append((code, mill.name, day, delta))
    return told


@pytest.fixture
def wantilan_setting() -> Setting:
    return harvests


def expected(facts: Facts, first: date, last: date, *, code: str | None, mill: str | None = None) -> Facts:
    """The same by hand: of a village, of all of them, or of one mill."""
    came = [d for d in facts["deliveries"] if code in (None, d[0]) and mill in (None, d[1])]
    now = [d for d in came if first <= d[3] <= last]
    moved = [m for m in facts["movements"] if code in (None, m[0]) and mill in (None, m[1])]
    homes = [h for h in facts["households"] if code in (None, h[0])]
    delivered, premium = sum(d[5] for d in now), sum(d[5] for d in now if d[4] == "PREMIUM")
    grades = [
        {"grade": grade, "grams": sum(d[5] for d in of), "deliveries": len(of)}
        for grade in ("MEDIUM", "PREMIUM")
        if (of := [d for d in now if d[4] == grade])
    ]
    made: Facts = {
        "delivered": delivered,
        "premium": premium,
        "closing": sum(m[3] for m in moved if m[2] <= last),
        "share": premium / delivered if delivered else None,
        "byGrade": grades,
    }
    if mill is not None:
        return made
    return {
        **made,
        "begins": str(first),
        "ends": str(last),
        "big": sum(d[5] > 1000 for d in now),
        "deliveries": len(now),
        "weighed": len(now),
        "weighedEarlier": sum(d[3] < first for d in came),
        "ever": len(came),
        "earlier": sum(d[3] < first for d in came),
        "soFar": sum(d[5] for d in came if d[3] <= last),
        "households": len({d[2] for d in now} - {None}),
        "allHouseholds": sum(h[1] <= last and (h[2] is None or last <= h[2]) for h in homes),
        "opening": sum(m[3] for m in moved if m[2] < first),
        "days": (last - first).days + 1,
    }


def periods() -> list[tuple[date, date]]:
    dice = random.Random(7)
    found = [EVER, (FIRST, FIRST), (date(2030, 1, 1), date(2030, 1, 31))]
    for _ in range(12):
        first = FIRST + timedelta(days=dice.randrange(DAYS))
        found.append((first, first + timedelta(days=dice.randrange(DAYS))))
    return found


async def test_the_figures_of_any_period_are_those_counted_by_hand(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    for first, last in periods():
        asked = {"from": str(first), "to": str(last)}
        for code in (BENGKEL, NEIGHBOUR):
            with world.counting() as statements:
                reply = await world.ask(VILLAGE, token, code=code, **asked)
            found = reply.data["village"]["mill"]
            assert found["figures"] == expected(scene, first, last, code=code)
            for mill in found["mills"]:
                assert mill["figures"] == expected(scene, first, last, code=code, mill=mill["name"])
            assert len(statements) == 1
        with world.counting() as statements:
            reply = await world.ask(REGION, token, **asked)
        assert reply.data["region"]["mill"]["figures"] == expected(scene, first, last, code=None)
        assert reply.data["region"]["mill"]["villagesCounted"] == 2
        assert len(statements) == 1


async def test_without_days_it_is_the_last_twelve_months(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    figures = (await world.ask(REGION, token)).data["region"]["mill"]["figures"]
    begins, ends = (date.fromisoformat(figures[name]) for name in ("begins", "ends"))
    assert begins in (ends.replace(year=ends.year - 1) + timedelta(days=1),)
    assert figures == expected(scene, begins, ends, code=None)


async def test_a_period_that_ends_before_it_begins_holds_nothing(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    reply = await world.ask(REGION, token, **{"from": "2025-06-01", "to": "2025-05-01"})
    figures = reply.data["region"]["mill"]["figures"]
    assert (figures["delivered"], figures["share"], figures["byGrade"]) == (0, None, [])


async def test_a_day_that_is_none_is_named(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    for name in ("from", "to"):
        reply = await world.ask(REGION, token, **{name: "yesterday"})
        assert reply.codes == ["BAD_USER_INPUT"]


async def test_who_sees_a_part_of_the_rows_does_not_see_the_figures(world: World, scene: Facts) -> None:
    miller = await world.token("mill_miller", BENGKEL)
    refused = await world.ask(VILLAGE, miller, code=BENGKEL)
    assert refused.codes == ["FORBIDDEN"]
    assert "data" not in refused.body
    assert (await world.ask(VILLAGE, None, code=BENGKEL)).codes == ["FORBIDDEN"]
    accountant = await world.token("mill_accountant", BENGKEL)
    assert (await world.ask(VILLAGE, accountant, code=BENGKEL)).data["village"]["mill"]["figures"]
    elsewhere = await world.ask(VILLAGE, accountant, code=NEIGHBOUR)
    assert elsewhere.body["data"]["village"]["mill"]["figures"] is None
    assert set(elsewhere.codes) == {"FORBIDDEN"}
    region = await world.ask(REGION, accountant)
    assert region.body["data"]["region"]["mill"]["figures"] is None
    assert region.codes == ["FORBIDDEN"]


async def test_villages_without_the_program_do_not_count(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    admin = await world.token("platform_admin", "51")
    off = "mutation($input: DisableProgramInput!) { disableProgram(input: $input) { village { code } } }"
    assert (await world.ask(off, admin, input={"villageCode": NEIGHBOUR, "program": "mill"})).data
    asked = {"from": str(EVER[0]), "to": str(EVER[1])}
    figures = (await world.ask(REGION, token, **asked)).data["region"]["mill"]["figures"]
    assert figures == expected(scene, *EVER, code=BENGKEL)
    closed = await world.ask(VILLAGE, token, code=NEIGHBOUR)
    assert closed.codes == ["PROGRAM_NOT_ENABLED"]


async def test_a_page_of_villages_shows_the_figures_of_each_in_one_statement(
    world: World, scene: Facts
) -> None:
    token = await world.token("mill_accountant", TABANAN)
    query = f"""query($from: Date, $to: Date) {{ villages(first: 5) {{ nodes {{ code mill {{
      figures(from: $from, to: $to) {{ {ALL} }} }} }} }} }}"""
    first, last = FIRST + timedelta(days=30), FIRST + timedelta(days=90)
    with world.counting() as statements:
        reply = await world.ask(query, token, **{"from": str(first), "to": str(last)})
    found = {node["code"]: node["mill"]["figures"] for node in reply.data["villages"]["nodes"]}
    assert found == {code: expected(scene, first, last, code=code) for code in (BENGKEL, NEIGHBOUR)}
    assert len(statements) == 1


async def test_any_period_has_the_same_plan(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    texts = set()
    for first, last in periods()[:4]:
        found = await explained(world, REGION, token, **{"from": str(first), "to": str(last)})
        texts.update(reading.plan.sql for reading in found.readings if reading.plan is not None)
    assert len(texts) == 1


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"], indirect=True)
async def test_an_explanation_says_where_a_figure_is_read(world: World, scene: Facts) -> None:
    token = await world.token("mill_accountant", TABANAN)
    found = steps(await explained(world, VILLAGE, token, code=BENGKEL))
    below = "village.mill.figures."
    tables_of = {name.removeprefix(below): [t.name for t in step.tables] for name, step in found.items()}
    assert tables_of["delivered"] == tables_of["premium"] == tables_of["earlier"] == ["mill_delivery_total"]
    assert tables_of["big"] == tables_of["households"] == ["mill_delivery"]
    assert tables_of["share"] == ["mill_delivery_total", "mill_delivery_total"]
    assert tables_of["opening"] == ["mill_movement"]
    assert tables_of["village.mill.mills.figures.delivered"] == ["mill_delivery"]
    said = {name.removeprefix(below): step.source for name, step in found.items()}
    assert said["delivered"] == "sum of mill_delivery.grams, rows of the period by day"
    assert said["allHouseholds"] == (
        "count over household, rows that cover its last day by registered_on and closed_on"
    )
    assert said["share"] == "computed in Python by shares() from premium, delivered"
    assert found["village.mill.figures"].unless or found["village.mill.figures"].source.startswith("figures")


# Declarations


def faults_of(*types: type) -> str:
    """What the checks say of a program with these classes."""
    schema = Schema([Part("core", CORE.types, core=True), Part("mill", types, prefix="mill", door="mill")])
    try:
        check_part(schema, schema.parts[1])
    except DeclarationError as error:
        return str(error)
    return ""


def figures_of(source: Any, *, of: type = Village, annotation: Any = int) -> str:
    """The faults of one figure, on a village or below a mill."""

    class Made:
        """Figures."""

        __annotations__ = {"figure": annotation}
        figure = source
        """A figure."""

    Made.__name__ = Made.__qualname__ = "MillMade"
    wanted = figures(read=[within(TOTALS)])(Made)
    if of is Mill:

        class MillPlace:
            """A mill."""

            made: wanted | None = period()  # type: ignore[valid-type]
            """Its figures."""

        return faults_of(wanted, entity(Mill, read=[within(READ)])(MillPlace))

    class VillageMill:
        """The mills."""

        made: wanted | None = period()  # type: ignore[valid-type]
        """Their figures."""

    return faults_of(wanted, door(of)(VillageMill))


SOUND = [
    (lambda: sum_of(Delivery.grams, day=Delivery.day, description="It."), Village),
    (lambda: sum_of(Delivery.grams, day=Delivery.day, description="It."), Region),
    (
        lambda: sum_of(Delivery.grams, before=Delivery.day, where=lambda t: t.c.grams > 5, description="It."),
        Mill,
    ),
    (lambda: count_of(tables.Household, description="It."), Village),
]
WRONG = [
    (lambda: count_of(tables.Region), Village, "is a figure of Region, which is no table of a village"),
    (lambda: count_of(Delivery, day=Movement.day), Village, "names Movement.day, which is no column of"),
    (lambda: count_of(Delivery, distinct=Mill.name), Village, "names Mill.name, which is no column of"),
    (lambda: sum_of(Mill.name), Village, "is the sum of Mill.name, which is no number"),
    (
        lambda: count_of(Delivery, day=Delivery.grams),
        Village,
        "is dated by Delivery.grams, which is no date. Keep the business date of it in a column",
    ),
    (
        lambda: count_of(tables.File, as_of=(tables.File.created_at, tables.File.created_at)),
        Village,
        "is dated by File.created_at, which is no date",
    ),
    (
        lambda: count_of(Visit, day=Visit.day),
        Village,
        'has no index. Add Index(None, "village_id", "day") to \'mill_visit\'.',
    ),
    (
        lambda: count_of(Visit, day=Visit.day),
        Mill,
        'has no index. Add Index(None, "village_id", "mill_id", "day") to \'mill_visit\'.',
    ),
    (lambda: count_of(tables.Household), Mill, "0 foreign keys between 'mill_mill' and 'household'"),
    (
        lambda: count_of(Delivery, where=lambda t: t.c.colour == "white"),
        Village,
        "its where= raised",
    ),
    (
        lambda: count_of(Delivery, where=lambda t: sa.exists().where(Mill.id == t.c.mill_id)),
        Village,
        "names the table 'mill_mill', and no wall would stand before its rows",
    ),
]  # fmt: skip


class Visit(VillageTable):
    __tablename__ = "mill_visit"

    mill_id: Mapped[UUID] = reference(Mill)
    day: Mapped[date]


@pytest.mark.parametrize(("figure", "of"), SOUND)
def test_a_figure_that_can_be_told_passes(figure: Any, of: type) -> None:
    assert figures_of(figure(), of=of) == ""


@pytest.mark.parametrize(("figure", "of", "said"), WRONG)
def test_a_figure_that_cannot_be_told_is_refused_with_the_cure(figure: Any, of: type, said: str) -> None:
    fault = figures_of(figure(), of=of)
    assert said in fault
    assert "MillMade.figure" in fault


def test_what_a_derived_figure_needs_is_looked_for_in_its_object() -> None:
    with pytest.raises(
        DeclarationError, match=r"MillWrong.share needs 'delivred'.* Did you mean 'delivered'"
    ):

        @figures(read=[within(TOTALS)])
        class MillWrong:
            """Figures."""

            delivered: int = count_of(Delivery)
            """Deliveries."""
            share: float | None = derived(shares, needs=["delivred"])
            """A share."""


def test_a_figure_has_one_kind_of_days() -> None:
    with pytest.raises(DeclarationError, match="2 kinds of days"):
        count_of(Delivery, day=Delivery.day, until=Delivery.day)


def test_figures_are_for_who_sees_the_whole_place() -> None:
    class Made:
        """Figures."""

        figure: int = count_of(Delivery)
        """A figure."""

    Made.__name__ = "MillMade"
    assert "Use within(permission) or own_village()" in faults_of(
        figures(read=[own_household(Delivery.household_id)])(Made)
    )


def test_figures_that_not_all_may_see_are_not_promised() -> None:
    @figures(read=[within(TOTALS)])
    class MillSome:
        """Figures."""

        figure: int = count_of(Delivery)
        """A figure."""
        by_grade: list[MillByGrade] = aggregate(between=Delivery.day)
        """By grade."""
        at_all: list[MillByGrade] = aggregate()
        """By grade, whenever."""

    @door(Village)
    class VillageMill:
        """The mills."""

        some: MillSome = period()
        """Figures."""

    fault = faults_of(MillByGrade, MillSome, VillageMill)
    assert "VillageMill.some promises figures, and not all who may read VillageMill may see them" in fault
    assert "MillSome.at_all stands in figures over a period, and says no day" in fault
    assert "MillSome.by_grade" not in fault  # whoever sees the figures sees the grades
