"""The four operations in the API's own terms, and some hundred requests of each with random keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from wantilan.registry.models import Resident
from wantilan.store.database import Database
from wantilan.store.places import Village
from wantilan_waste.models import Facility, WasteStream

from .dataset import VILLAGES_IN_DISTRICT, Size, district_code, village_code
from .deployment import Deployment

KEYS = 400
"""So many requests of each operation; fewer where there are fewer villages or districts."""

VILLAGE_PAGE = """
query VillagePage($code: RegionCode!, $after: String) {
  village(code: $code) {
    code
    name
    residents(first: 50, after: $after) {
      edges { cursor node { id fullName birthDate sex kartuCerdas { card { number status } } } }
      pageInfo { hasNextPage endCursor }
    }
    cctv { cameras(first: 8) { nodes { code name kind state place } } }
    waste { massByStream { stream mass } }
  }
}
""".strip()
"""Nested, about 400 leaves, seven tables."""

LOOKUP = """
query Lookup($id: ID!) {
  resident(id: $id) {
    id
    fullName
    nik
    birthDate
    sex
    status
    kartuCerdas { card { number status } }
    waste { intakes(first: 10, order: WEIGHED_AT_DESC) { nodes { id stream mass weighedAt } } }
  }
}
""".strip()
"""One resident, the card, and the ten last weighings of the household."""

REGION_DASHBOARD = """
query RegionDashboard($code: RegionCode!) {
  region(code: $code) {
    code
    name
    villages(first: 20) {
      nodes { code name residents { totalCount } waste { massByStream { stream mass intakes } } }
    }
    waste { villagesCounted massByStream { stream mass intakes } }
  }
}
""".strip()
"""A kecamatan of twenty villages, from the base tables: no rollup."""

REGION_TOTALS = """
query RegionTotals($code: RegionCode!) {
  region(code: $code) { code waste { villagesCounted massByStream { stream mass intakes } } }
}
""".strip()
"""A whole kabupaten of five hundred villages, a year: from rollups, or from the weighings themselves."""

MUTATION = """
mutation RecordIntake($input: WasteRecordIntakeInput!) {
  wasteRecordIntake(input: $input) {
    intake { id stream mass weighedAt facility { id name } }
    village { code }
  }
}
""".strip()
"""One weighing: the wall, the row, the event in the outbox, and what was written read again."""

DOCUMENTS: Mapping[str, str] = {
    "village_page": VILLAGE_PAGE,
    "lookup": LOOKUP,
    "region_dashboard": REGION_DASHBOARD,
    "mutation": MUTATION,
}
"""The names of the rows in result.json. The mutation comes last: it is the one that changes the tables."""


@dataclass(frozen=True)
class Request:
    """One request of an operation; `token` is who asks ours, other servers ask for none."""

    operation: str
    variables: Mapping[str, Any]
    token: str

    def body(self, document: str | None = None) -> bytes:
        sent = {"query": document or DOCUMENTS[self.operation], "variables": self.variables}
        return json.dumps(sent, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Sample:
    """Rows of one village that requests ask for."""

    number: int
    village_id: UUID
    facility_id: UUID
    residents: Sequence[tuple[UUID, UUID]]
    """Ids of residents, each with that of the household."""


async def requests_of(deployment: Deployment, seed: int = 1) -> Mapping[str, Sequence[Request]]:
    """The requests of every operation, in random order. The same seed and size give the same keys."""
    rng = Random(seed)
    found = await samples(deployment, rng)
    made = {
        "village_page": [_page(deployment, number) for number in sorted({s.number for s in found})],
        "lookup": [_lookup(deployment, s, who) for s in found for who in s.residents],
        "region_dashboard": [_dashboard(deployment, number) for number in _districts(deployment.size)],
        "mutation": [_weighing(deployment, s, who, rng) for s in found for who in s.residents],
    }
    for requests in made.values():
        rng.shuffle(requests)
    return made


async def samples(deployment: Deployment, rng: Random) -> list[Sample]:
    size = deployment.size
    numbers = rng.sample(size.staffed, min(KEYS, len(size.staffed)))
    each = -(-KEYS // len(numbers))
    async with Database(deployment.bypass_url) as database, database.session() as session:
        found = []
        for number in numbers:
            code = village_code(number)
            village = await session.scalar(sa.select(Village.id).where(Village.code == code))
            facility = await session.scalar(sa.select(Facility.id).where(Facility.village_id == village))
            people = sa.select(Resident.id, Resident.household_id).where(Resident.village_id == village)
            rows = [(row[0], row[1]) for row in await session.execute(people.order_by(Resident.id)) if row[1]]
            assert village is not None and facility is not None
            found.append(Sample(number, village, facility, rng.sample(rows, min(each, len(rows)))))
    return found


def _districts(size: Size) -> range:
    """Those that are full; the first, where none is."""
    return range(max(1, size.villages // VILLAGES_IN_DISTRICT))


def _page(deployment: Deployment, number: int) -> Request:
    return Request("village_page", {"code": village_code(number)}, deployment.operator(number))


def _lookup(deployment: Deployment, sample: Sample, who: tuple[UUID, UUID]) -> Request:
    return Request(
        "lookup", {"id": _global_id("resident", sample, who[0])}, deployment.operator(sample.number)
    )


def _dashboard(deployment: Deployment, number: int) -> Request:
    return Request("region_dashboard", {"code": district_code(number)}, deployment.officer)


def _weighing(deployment: Deployment, sample: Sample, who: tuple[UUID, UUID], rng: Random) -> Request:
    weighed = {
        "facilityId": _global_id("waste_facility", sample, sample.facility_id),
        "householdId": _global_id("household", sample, who[1]),
        "stream": rng.choice(tuple(WasteStream)).name,
        "gross": rng.randint(1_000, 30_000),
        "tare": 500,
    }
    return Request("mutation", {"input": weighed}, deployment.operator(sample.number))


def _global_id(tag: str, sample: Sample, row: UUID) -> str:
    return f"{tag}-{sample.village_id.hex}-{row.hex}"


def never_seen(requests: Sequence[Request]) -> Iterator[tuple[Request, str]]:
    """Requests with a document that nobody has sent: each has an alias of its own."""
    number = 0
    while True:
        for request in requests:
            number += 1
            yield request, DOCUMENTS[request.operation].replace("resident(id", f"r{number}: resident(id")
