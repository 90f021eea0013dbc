"""The traps of the planner's study, each with its test (the walls' own are in tests/system)."""

from __future__ import annotations

import enum
import json
import logging
import sqlite3
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import Mapped

import wantilan
from wantilan import (
    Connection,
    DeclarationError,
    Resident,
    Village,
    VillageTable,
    aggregate,
    column,
    connection,
    count,
    door,
    entity,
    everyone,
    expression,
    one,
    own_household,
    own_village,
    reference,
    summary,
    tables,
    total,
    within,
)
from wantilan.access.actor import Actor
from wantilan.graph.pieces import Pieces
from wantilan.graph.response import patch
from wantilan.graph.schema import Part, Schema
from wantilan.graph.sql import Postgres, Sqlite
from wantilan.testing import BENGKEL, NEIGHBOUR, World

DIALECTS = pytest.mark.parametrize("dialect", [Sqlite(), Postgres()], ids=lambda d: d.name)


# T0: a correlated EXISTS compiled alone loses its correlation, and the rule holds for every row.


class NaiveHousehold:
    """What an author writes first: an EXISTS that names the outer table without being tied to it."""

    key = "naive household"

    def applies(self, actor: Actor) -> bool:
        return True

    def follows(self, actor: Actor) -> bool:
        return False

    def narrowed(self, actor: Actor) -> Any:
        return self

    def where(self, table: FromClause, bind: Any) -> ColumnElement[bool]:
        own = sa.select(tables.Resident.id).where(
            tables.Resident.id == tables.HouseholdMember.resident_id,
        )
        return tables.Resident.id.in_(own)


@DIALECTS
def test_t0_a_rule_that_names_another_table_outside_of_exists_stops_the_start(dialect: Any) -> None:
    with pytest.raises(DeclarationError, match="names another table"):
        Pieces(dialect).where(NaiveHousehold(), tables.Resident.__table__, "t1")  # type: ignore[arg-type]


@DIALECTS
def test_t0_own_household_stays_tied_to_its_row(dialect: Any) -> None:
    text = Pieces(dialect).where(own_household(tables.Resident.id), tables.Resident.__table__, "t1")  # type: ignore[arg-type]
    assert "t1.id" in text
    assert "t1.village_id" in text
    assert "FROM resident AS t1" not in text


# T1: an aggregate has its own rules; a part of a total is not a total.

MASS = '{ village(code: "%s") { waste { massByStream { stream mass } intakes { totalCount } } } }'


@pytest.fixture
async def two_households(world: World) -> World:
    """Bengkel with two households, each of which handed in something; the neighbour runs waste too."""
    from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    hamlet = await world.hamlet(BENGKEL)
    homes = [await world.household(BENGKEL, hamlet) for _ in range(2)]
    world.people = [await world.resident(BENGKEL, hamlet, home, serial=i + 1) for i, home in enumerate(homes)]  # type: ignore[attr-defined]
    async with world.unit(BENGKEL) as unit:
        place = Facility(village_id=unit.village.id, name="TPS3R", kind=WasteFacilityKind.TPS3R)
        await unit.add(place)
        for home in homes:
            await unit.add(
                Intake(
                    village_id=unit.village.id,
                    facility_id=place.id,
                    household_id=home.id,
                    stream=WasteStream.ORGANIK,
                    source_class=WasteSourceClass.RUMAH_TANGGA,
                    gross_grams=700,
                    tare_grams=0,
                    mass_grams=700,
                    weighed_at=unit.now,
                    business_date=unit.today,
                )
            )
    return world


async def test_t1_a_resident_sees_the_villages_total_whole_or_not_at_all(two_households: World) -> None:
    world = two_households
    resident = await world.token("resident", BENGKEL, resident=world.people[0].id)  # type: ignore[attr-defined]
    waste = (await world.ask(MASS % BENGKEL, resident)).data["village"]["waste"]
    assert waste["massByStream"] == [{"stream": "ORGANIK", "mass": 1400}]
    assert waste["intakes"]["totalCount"] == 1
    elsewhere = await world.ask(MASS % NEIGHBOUR, resident)
    assert elsewhere.body["data"]["village"]["waste"]["massByStream"] is None


# T3, T5, T9: a small program with what the plugins do not have.


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


class TrapNote(VillageTable):
    __tablename__ = "trap_note"
    __table_args__ = (sa.Index(None, "village_id", "secret"), sa.Index(None, "village_id", "mood"))

    resident_id: Mapped[UUID] = reference(tables.Resident)
    mood: Mapped[Mood]
    secret: Mapped[str]
    written_on: Mapped[date]
    weight: Mapped[int]


@entity(
    TrapNote,
    read=[within("trap.read")],
    order=[TrapNote.secret],
    filter=[TrapNote.secret, TrapNote.mood],
)
class TrapNoteEntry:
    """A note."""

    mood: Mood
    """Its mood."""
    secret: str | None = column(TrapNote.secret, needs="trap.secret")
    """What few may read."""
    broken: str = expression(lambda t: sa.case((t.c.weight > 1, sa.null()), else_="x"), type=sa.Text())
    """A column that promises never to be null, and lies for heavy notes."""
    resident: Resident | None = one()
    """Of whom."""


@summary(TrapNote, read=[within("trap.read"), own_village()])
class TrapCount:
    """Notes by mood."""

    mood: Mood
    """The mood."""
    weight: int = total(TrapNote.weight)
    """Their weight."""
    notes: int = count()
    """How many."""


@door(Village)
class VillageTrap:
    """Notes of a village."""

    notes: Connection[TrapNoteEntry] | None = connection()
    """All of them."""
    moods: list[TrapCount] | None = aggregate()
    """By mood."""


TYPES = (TrapNoteEntry, TrapCount, VillageTrap)


def planned(query: str, actor: Actor, variables: dict[str, Any] | None = None) -> Any:
    """The plan of a query over core and the trap program."""
    from wantilan.graph.documents import Documents
    from wantilan.graph.emitters import new_planner
    from wantilan.graph.prepared import Preparations
    from wantilan.graph.roots import root
    from wantilan.graph.selection import Request, Selection
    from wantilan.registry.queries import TYPES as QUERIES
    from wantilan.registry.types import TYPES as CORE
    from wantilan.settings import Limits

    schema = Schema(
        [Part("registry", (*CORE, *QUERIES), core=True), Part("trap", TYPES, door="trap", prefix="trap")],
        {"programs": []},
    )
    document = Documents(schema.graphql, Limits()).load(query)
    prepared = Preparations(schema.graphql).of(document, None)
    request = Request(actor, prepared.variables.coerce(variables or {}), "en", date(2026, 11, 23))
    selection = Selection(schema.graphql, document.fragments, request.variables)
    planner = new_planner(schema, Pieces(Sqlite()), request, selection)
    gtype: Any = schema.graphql.query_type
    roots = selection.fields(gtype, [prepared.operation.selection_set])
    pairs = [(k, root(planner, schema.bound["Query"][n[0].name.value], k, n)) for k, n in roots.items()]
    return planner.finish(pairs), request, prepared.key(request, schema.tags)


def holding(*permissions: str) -> Actor:
    from wantilan.access.actor import Held
    from wantilan.access.permissions import PlaceKind

    return Actor(UUID(int=1), "x", (Held("x", frozenset(permissions), PlaceKind.REGION, BENGKEL),))


FILTERED = 'query ($f: TrapNoteEntryFilter) { village(code: "51.02.06.2001") { trap { notes(filter: $f) { totalCount } } } }'
ORDERED = '{ village(code: "51.02.06.2001") { trap { notes(order: SECRET_ASC) { nodes { id } } } } }'


def test_t5_a_filter_needs_the_permission_of_its_field() -> None:
    guess = {"f": {"secret": {"startsWith": "a"}}}
    with pytest.raises(wantilan.Forbidden) as refused:
        planned(FILTERED, holding("trap.read"), guess)
    assert refused.value.permission == "trap.secret"
    plan, _, _ = planned(FILTERED, holding("trap.read", "trap.secret"), guess)
    assert "secret >= " in plan.sql


def test_t5_an_order_needs_the_permission_of_its_field() -> None:
    with pytest.raises(wantilan.Forbidden):
        planned(ORDERED, holding("trap.read"))
    planned(ORDERED, holding("trap.read", "trap.secret"))


def test_t5_the_permission_must_hold_in_that_village() -> None:
    """Held in another village it is "not here": the place stands in the statement, bound."""
    plan, _, _ = planned(ORDERED, holding("trap.read", "trap.secret"))
    assert any(marker.subject.startswith("trap.secret") for marker in plan.markers)


def test_t9_a_list_of_any_length_has_one_plan() -> None:
    actor = holding("trap.read", "trap.secret")
    one_, _, key_one = planned(FILTERED, actor, {"f": {"mood": {"in": ["GOOD"]}}})
    many_, request, key_many = planned(FILTERED, actor, {"f": {"mood": {"in": ["GOOD", "BAD", "GOOD"]}}})
    assert one_.sql == many_.sql
    assert key_one == key_many
    assert '["GOOD", "BAD", "GOOD"]' in many_.statement(request).values.values()


def test_every_shape_of_filter_and_order_has_its_own_plan() -> None:
    actor = holding("trap.read", "trap.secret")
    shapes: list[Any] = [
        {},
        {"f": None},
        {"f": {}},
        {"f": {"mood": {"eq": "GOOD"}}},
        {"f": {"mood": {"in": []}}},
        {"f": {"secret": {"eq": "a"}}},
        {"f": {"secret": {"eq": "a"}, "mood": {"eq": "GOOD"}}},
    ]
    keys = [planned(FILTERED, actor, shape)[2] for shape in shapes]
    assert len(set(keys)) == len(shapes)
    by_key: dict[Any, set[str]] = {}
    for shape, key in zip(shapes, keys, strict=True):
        by_key.setdefault(key, set()).add(planned(FILTERED, actor, shape)[0].sql)
    assert all(len(texts) == 1 for texts in by_key.values())


def test_t9_the_tag_in_an_id_is_declared_and_not_the_class_name() -> None:
    plan, _, _ = planned(ORDERED, holding("trap.read", "trap.secret"))
    assert '"trap_note-' in plan.sql
    assert "TrapNoteEntry" not in plan.sql


LISTED = '{ village(code: "51.02.06.2001") { trap { notes { totalCount nodes { broken } } } } }'


def answered(weight: int) -> Any:
    """The patched answer of LISTED over one note in an SQLite database."""
    village, resident = UUID(int=7), UUID(int=8)
    plan, request, _ = planned(LISTED, holding("trap.read", "trap.secret"))
    with sqlite3.connect(":memory:") as database:
        for table in (tables.Village, tables.VillageProgram, TrapNote):
            database.execute(str(sa.schema.CreateTable(table.__table__).compile(dialect=Sqlite().dialect)))
        database.execute(
            "INSERT INTO village VALUES (?,?,'51.02.06','x','x','DESA','Asia/Makassar',NULL,NULL,'b','p','k','2026')",
            [village.hex, BENGKEL],
        )
        database.execute(
            "INSERT INTO village_program VALUES (?,?,'trap','2026',NULL)", [village.hex, village.hex]
        )
        database.execute(
            "INSERT INTO trap_note VALUES (?,?,?,'GOOD','s','2026-01-01',?)",
            [village.hex, resident.hex, resident.hex, weight],
        )
        statement = plan.statement(request)
        (text,) = database.execute(statement.sql, statement.values).fetchone()
    database.close()
    return patch(plan, json.loads(text), request)


def test_t3_a_null_that_must_not_be_is_an_error_and_no_row_vanishes() -> None:
    good = answered(weight=1)
    assert good.errors == []
    assert good.data["village"]["trap"]["notes"] == {"totalCount": 1, "nodes": [{"broken": "x"}]}
    lied = answered(weight=2)
    assert [error.code for error in lied.errors] == ["INTERNAL_SERVER_ERROR"]
    assert lied.errors[0].path == ["village", "trap", "notes", "nodes", 0]


async def test_t9_a_refusal_prints_no_traceback(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.open(BENGKEL, "waste")
    operator = await world.token("village_operator", BENGKEL)
    with caplog.at_level(logging.DEBUG):
        reply = await world.ask(
            'mutation { wasteRecordIntake(input: {facilityId: "x", stream: B3, gross: 1}) { village { id } } }',
            operator,
        )
    assert reply.codes == ["BAD_USER_INPUT"]
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_everyone_is_for_public_tables() -> None:
    assert everyone().applies(Actor())
