"""The ordinary way: Strawberry resolvers, SQLAlchemy's ORM and DataLoaders, over the same tables.

As a good engineer would write it: one loader for each relation, one query for each loader, documents parsed
and validated once. No token, no limits, no row security.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, NewType, TypeVar
from uuid import UUID

import sqlalchemy as sa
import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.nodes import SelectedField

from wantilan.registry import models as registry
from wantilan.registry.codes import ResidentStatus, Sex
from wantilan.store import places
from wantilan.store.ids import uuid7
from wantilan.store.outbox import Event, note
from wantilan.store.types import instant_text
from wantilan_cctv_registry import models as cctv
from wantilan_cctv_registry.models import CctvCameraKind, CctvCameraState
from wantilan_kartu_cerdas.models import KartuCardStatus
from wantilan_waste import models as waste
from wantilan_waste.models import WasteSourceClass, WasteStream

from .orm_loaders import ZONE, Key, engine, loaders, rows, tuples, writer, writing, year_until_today

T = TypeVar("T")
Grams = NewType("Grams", int)
RegionCode = NewType("RegionCode", str)
GeoJSONPoint = NewType("GeoJSONPoint", object)
SCALARS: dict[object, Any] = {
    Grams: strawberry.scalar(name="Grams", serialize=int, parse_value=int),
    RegionCode: strawberry.scalar(name="RegionCode", serialize=str, parse_value=str),
    GeoJSONPoint: strawberry.scalar(name="GeoJSONPoint", serialize=lambda value: value),
    datetime: strawberry.scalar(name="DateTime", serialize=instant_text, parse_value=datetime.fromisoformat),
}

ENUMS: Sequence[type[enum.Enum]] = (
    Sex,
    ResidentStatus,
    WasteStream,
    WasteSourceClass,
    KartuCardStatus,
    CctvCameraKind,
    CctvCameraState,
)
for known in ENUMS:
    strawberry.enum(known)
Info = strawberry.Info[Any, None]


def global_id(tag: str, row: Any) -> strawberry.ID:
    return strawberry.ID(f"{tag}-{row.village_id.hex}-{row.id.hex}")


def key_of(id: str) -> Key:
    _, village, row = id.split("-")
    return UUID(hex=village), UUID(hex=row)


# Types


@strawberry.enum
class WasteIntakeOrder(enum.Enum):
    WEIGHED_AT_DESC = "weighed_at"


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo
    counted: strawberry.Private[UUID | None] = None

    @strawberry.field
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        return int(await info.context["loaders"]["counts"].load(self.counted))


@strawberry.type
class KartuCard:
    number: str
    status: KartuCardStatus


@strawberry.type
class ResidentKartu:
    key: strawberry.Private[Key]

    @strawberry.field
    async def card(self, info: Info) -> KartuCard | None:
        found = await info.context["loaders"]["card"].load(self.key)
        return KartuCard(number=found.number, status=found.status) if found else None


@strawberry.type
class WasteFacility:
    id: strawberry.ID
    name: str


@strawberry.type
class WasteIntake:
    id: strawberry.ID
    stream: WasteStream
    mass: Grams
    weighed_at: datetime
    facility: WasteFacility | None = None

    @classmethod
    def of(cls, row: waste.Intake, facility: waste.Facility | None = None) -> WasteIntake:
        place = (
            WasteFacility(id=global_id("waste_facility", facility), name=facility.name) if facility else None
        )
        return cls(
            id=global_id("waste_intake", row), stream=row.stream, mass=Grams(row.mass_grams),
            weighed_at=row.weighed_at, facility=place,
        )  # fmt: skip


@strawberry.type
class WasteMass:
    stream: WasteStream
    mass: Grams
    intakes: int


@strawberry.type
class ResidentWaste:
    village: strawberry.Private[UUID]
    household: strawberry.Private[UUID | None]

    @strawberry.field
    async def intakes(self, info: Info, order: WasteIntakeOrder, first: int = 20) -> Connection[WasteIntake]:
        found = await info.context["loaders"]["intakes"].load((self.village, self.household, first))
        return page([(str(row.id), WasteIntake.of(row)) for row in found], first)


@strawberry.type
class Resident:
    id: strawberry.ID
    full_name: str
    nik: str | None
    birth_date: date
    sex: Sex
    status: ResidentStatus
    row: strawberry.Private[registry.Resident]

    @classmethod
    def of(cls, row: registry.Resident) -> Resident:
        return cls(
            id=global_id("resident", row), full_name=row.full_name, nik=row.nik_masked,
            birth_date=row.birth_date, sex=row.sex, status=row.status, row=row,
        )  # fmt: skip

    @strawberry.field
    def kartu_cerdas(self) -> ResidentKartu:
        return ResidentKartu(key=(self.row.village_id, self.row.id))

    @strawberry.field
    def waste(self) -> ResidentWaste:
        return ResidentWaste(village=self.row.village_id, household=self.row.household_id)


@strawberry.type
class CctvCamera:
    code: str
    name: str
    kind: CctvCameraKind
    state: CctvCameraState
    place: GeoJSONPoint

    @classmethod
    def of(cls, row: cctv.Camera) -> CctvCamera:
        place = GeoJSONPoint({"type": "Point", "coordinates": [row.longitude, row.latitude]})
        return cls(code=row.code, name=row.name, kind=row.kind, state=row.state, place=place)


@strawberry.type
class VillageCctv:
    village: strawberry.Private[UUID]

    @strawberry.field
    async def cameras(self, info: Info, first: int = 20) -> Connection[CctvCamera]:
        found = await info.context["loaders"]["cameras"].load((self.village, first))
        return page([(str(row.id), CctvCamera.of(row)) for row in found], first)


@strawberry.type
class VillageWaste:
    village: strawberry.Private[UUID]

    @strawberry.field
    async def mass_by_stream(self, info: Info) -> list[WasteMass]:
        found = await info.context["loaders"]["masses"].load(self.village)
        return [WasteMass(stream=s, mass=Grams(int(mass)), intakes=count) for s, mass, count in found]


@strawberry.type
class Village:
    id: strawberry.Private[UUID]
    code: RegionCode
    name: str

    @classmethod
    def of(cls, row: places.Village) -> Village:
        return cls(id=row.id, code=RegionCode(row.code), name=row.name)

    @strawberry.field
    async def residents(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Resident]:
        if not wants_rows(info):
            return Connection(
                edges=[], page_info=PageInfo(has_next_page=False, end_cursor=None), counted=self.id
            )
        found = await info.context["loaders"]["residents"].load((self.id, first, after))
        made = [(f"FULL_NAME_ASC.{row.id.hex}", Resident.of(row)) for row in found]
        return page(made, first, counted=self.id)

    @strawberry.field
    def cctv(self) -> VillageCctv:
        return VillageCctv(village=self.id)

    @strawberry.field
    def waste(self) -> VillageWaste:
        return VillageWaste(village=self.id)


def wants_rows(info: Info) -> bool:
    """Who asks for the count alone gets no rows read."""
    chosen = info.selected_fields[0].selections
    return any(not isinstance(one, SelectedField) or one.name != "totalCount" for one in chosen)


def page(made: Sequence[tuple[str, T]], first: int, counted: UUID | None = None) -> Connection[T]:
    edges = [Edge(cursor=cursor, node=node) for cursor, node in made[:first]]
    last = edges[-1].cursor if edges else None
    info = PageInfo(has_next_page=len(made) > first, end_cursor=last)
    return Connection(edges=edges, page_info=info, counted=counted)


@strawberry.type
class RegionWaste:
    code: strawberry.Private[str]

    @strawberry.field
    async def villages_counted(self) -> int:
        village, program = places.Village, places.VillageProgram
        found = await tuples(
            sa.select(sa.func.count())
            .select_from(program)
            .join(village, village.id == program.village_id)
            .where(program.program == "waste", village.code >= self.code, village.code < self.code + "~")
        )
        return int(found[0][0])

    @strawberry.field
    async def mass_by_stream(self) -> list[WasteMass]:
        intake, village, (start, end) = waste.Intake, places.Village, year_until_today()
        found = await tuples(
            sa.select(intake.stream, sa.func.sum(intake.mass_grams), sa.func.count())
            .join(village, village.id == intake.village_id)
            .where(village.code >= self.code, village.code < self.code + "~")
            .where(intake.business_date.between(start, end))
            .group_by(intake.stream)
            .order_by(intake.stream)
        )
        return [WasteMass(stream=s, mass=Grams(int(mass)), intakes=count) for s, mass, count in found]


@strawberry.type
class Region:
    code: RegionCode
    name: str

    @strawberry.field
    async def villages(self, first: int = 20) -> Connection[Village]:
        village = places.Village
        query = sa.select(village).where(village.region_code == self.code)
        found = await rows(query.order_by(village.code).limit(first + 1))
        return page([(row.id.hex, Village.of(row)) for row in found], first)

    @strawberry.field
    def waste(self) -> RegionWaste:
        return RegionWaste(code=self.code)


@strawberry.type
class Query:
    @strawberry.field
    async def village(self, code: RegionCode) -> Village | None:
        found = await rows(sa.select(places.Village).where(places.Village.code == code))
        return Village.of(found[0]) if found else None

    @strawberry.field
    async def region(self, code: RegionCode) -> Region | None:
        found = await rows(sa.select(places.Region).where(places.Region.code == code))
        return Region(code=RegionCode(found[0].code), name=found[0].name) if found else None

    @strawberry.field
    async def resident(self, id: strawberry.ID) -> Resident | None:
        village, key = key_of(id)
        resident = registry.Resident
        found = await rows(sa.select(resident).where(resident.village_id == village, resident.id == key))
        return Resident.of(found[0]) if found else None


# The mutation


@strawberry.input
class WasteRecordIntakeInput:
    facility_id: strawberry.ID
    household_id: strawberry.ID
    stream: WasteStream
    gross: Grams
    tare: Grams
    source_class: WasteSourceClass = WasteSourceClass.RUMAH_TANGGA


@strawberry.type
class WasteRecordIntakePayload:
    intake: WasteIntake
    village: Village


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def waste_record_intake(self, input: WasteRecordIntakeInput) -> WasteRecordIntakePayload:
        village_id, facility_id = key_of(input.facility_id)
        household_id = key_of(input.household_id)[1]
        async with writing() as session:
            village = await session.get_one(places.Village, village_id)
            if session.get_bind().dialect.name == "postgresql":
                await session.execute(sa.select(sa.func.set_config("app.villages", village.code, True)))
            facility = await session.get_one(waste.Facility, (village_id, facility_id))
            household = await session.get_one(registry.Household, (village_id, household_id))
            now = datetime.now(UTC)
            row = waste.Intake(
                village_id=village_id, facility_id=facility.id, household_id=household.id,
                stream=input.stream, source_class=input.source_class,
                gross_grams=input.gross, tare_grams=input.tare,
                mass_grams=input.gross - input.tare, weighed_at=now,
                business_date=now.astimezone(ZONE).date(),
            )  # fmt: skip
            session.add(row)
            await session.flush()
            subjects = {"intake": str(row.id), "facility": str(facility.id)}
            event = Event(
                village_id=village_id, id=uuid7(), name="waste.intake_recorded", subjects=subjects, at=now
            )
            await note(session, [event])
            await session.refresh(row)
        return WasteRecordIntakePayload(intake=WasteIntake.of(row, facility), village=Village.of(village))


schema = strawberry.Schema(
    Query, Mutation, extensions=[ParserCache, ValidationCache], config=StrawberryConfig(scalar_map=SCALARS)
)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Bare, which is in its favour: Strawberry's own view costs some more."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message.get("more_body"):
            break
    asked = json.loads(body)
    result = await schema.execute(
        asked["query"], variable_values=asked["variables"], context_value={"loaders": loaders()}
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    out = json.dumps(answer).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(out))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": out})


async def lifespan(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for one in (engine, writer):
        await one.dispose()
    await send({"type": "lifespan.shutdown.complete"})
