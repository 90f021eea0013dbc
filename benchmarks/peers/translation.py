"""Between our words and the peers': a request for each of them, and answers made alike for comparing.

What is compared is the data. Cursors are left out: everybody writes his own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ..operations import DOCUMENTS, Request
from .documents import DOCUMENTS_OF

NAMES: Mapping[str, str] = {
    "villageByCode": "village",
    "residentByVillageIdAndRowId": "resident",
    "regionByCode": "region",
    "residentsByVillageId": "residents",
    "cctvCamerasByVillageId": "cameras",
    "villagesByRegionCode": "villages",
    "massByStreamList": "massByStream",
    "wasteVillages": "villagesCounted",
    "residentCount": "residents",
    "wasteRecordIntake": "recordIntake",
    "peersRecordIntake": "recordIntake",
    "wasteFacilityByVillageIdAndFacilityId": "facility",
    "villageByVillageId": "village",
    "lastIntakes": "intakes",
    "rowId": "id",
    "nikMasked": "nik",
    "massGrams": "mass",
}
"""The peers' words for ours."""
DOORS = {"kartuCerdas", "cctv", "waste"}
"""What lies behind a door of ours lies on the object itself in a peer."""
WRAPPERS = {"nodes", "totalCount", "result"}
"""An object with nothing else in it stands for that."""
OWN = {"cursor", "endCursor"}
NEW = {"id", "weighedAt"}


def translated(peer: str, request: Request) -> tuple[Request, str]:
    """The request and the document to send with it."""
    if peer not in DOCUMENTS_OF:
        return request, DOCUMENTS[request.operation]
    variables = request.variables
    if request.operation == "lookup":
        variables = keys(variables["id"])
    if request.operation == "mutation":
        variables = {"input": weighing(variables["input"])}
    return replace(request, variables=variables), DOCUMENTS_OF[peer][request.operation]


def keys(id: str) -> Mapping[str, str]:
    """The two parts of the key that an id of ours holds."""
    _, village, row = id.split("-")
    return {"villageId": str(UUID(village)), "id": str(UUID(row))}


def weighing(given: Mapping[str, Any]) -> Mapping[str, Any]:
    facility, household = keys(given["facilityId"]), keys(given["householdId"])
    return {
        "villageId": facility["villageId"],
        "facilityId": facility["id"],
        "householdId": household["id"],
        "stream": given["stream"],
        "gross": given["gross"],
        "tare": given["tare"],
    }


def neutral(value: Any) -> Any:
    """An answer in nobody's words."""
    if isinstance(value, list):
        return [neutral(one) for one in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for theirs, one in value.items():
        if theirs in OWN:
            continue
        name = NAMES.get(theirs) or str(theirs)
        read = READ.get(name, neutral)(one)
        if name in DOORS:
            made |= read
        else:
            made[name] = read
    if "longitude" in made:
        made["place"] = {"type": "Point", "coordinates": [made.pop("longitude"), made.pop("latitude")]}
    wrapper = WRAPPERS & made.keys()
    if wrapper and len(made) == 1:
        return made[wrapper.pop()]
    return made


def recorded(data: Any) -> Any:
    """A weighing without what is new in each. Raises KeyError when it has no id or no moment."""
    intake = dict(data["recordIntake"])
    # Ours names the village beside the weighing, the peers in it.
    if "intake" in intake:
        intake |= intake.pop("intake")
    for name in NEW:
        if not intake.pop(name):
            raise KeyError(name)
    return intake


def row_id(text: str) -> str:
    """The row's own id: the last part of ours."""
    return UUID(text if len(text) == len(str(UUID(int=0))) else text.rpartition("-")[2]).hex


READ: Mapping[str, Callable[[Any], Any]] = {
    "id": row_id,
    "mass": int,
    "intakes": lambda value: int(value) if isinstance(value, str) else neutral(value),
    "villagesCounted": int,
    "weighedAt": lambda text: datetime.fromisoformat(text).astimezone(UTC),
}
"""Leaves that are written differently: ids, 64-bit numbers, instants."""
