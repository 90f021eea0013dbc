"""`cctvRegisterCamera`: what it writes, what it warns of, and everything that it refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from tests.cctv_registry.scene import GOOD, REGISTER, Scene, row

from wantilan import Conflict, tables
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_cctv_registry.models import (
    Camera,
    CctvCameraKind,
    CctvCameraState,
    CctvPurpose,
    CctvSetting,
    PublicCamera,
)

SHOWN = """{ village(code: "51.02.06.2001") { cctv { cameras { nodes { code name kind purpose setting state place
  bearingDeg model operator contact signText signCheckedOn legalBasis published } } } } }"""


def at(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


# What it writes


async def test_a_camera_is_registered_with_all_that_was_given(scene: Scene) -> None:
    made = await scene.registered()
    assert made["village"] == {"code": BENGKEL}
    assert made["warnings"] == []
    assert made["camera"]["state"] == "ACTIVE"
    reply = await scene.ask("operator", SHOWN)
    (shown,) = reply.data["village"]["cctv"]["cameras"]["nodes"]
    assert shown == {
        name: value for name, value in {**GOOD, "legalBasis": None}.items() if name != "villageCode"
    }
    assert await scene.counted() == (1, 1)
    assert await scene.events() == 1


async def test_who_registered_and_when_is_kept(scene: Scene) -> None:
    await scene.registered()
    async with scene.world.unit(BENGKEL) as unit:
        camera = await unit.first(Camera)
        assert camera is not None
        assert camera.registered_by is not None
        assert timedelta(0) <= unit.now - camera.registered_at < timedelta(minutes=5)


async def test_texts_lose_line_breaks_and_double_spaces(scene: Scene) -> None:
    await scene.registered(code="  CAM  7 ", signText="Awas:\n diawasi", model="   ")
    reply = await scene.ask("operator", SHOWN)
    (shown,) = reply.data["village"]["cctv"]["cameras"]["nodes"]
    assert (shown["code"], shown["signText"], shown["model"]) == ("CAM 7", "Awas: diawasi", None)


async def test_what_is_not_published_has_no_public_row(scene: Scene) -> None:
    made = await scene.registered(published=False)
    assert made["camera"]["publicCamera"] is None
    assert await scene.counted() == (1, 0)


async def test_a_proposal_needs_neither_sign_nor_contact(scene: Scene) -> None:
    made = await scene.registered(state=..., published=..., signText=..., contact=..., signCheckedOn=...)
    assert made["camera"]["state"] == "PROPOSED"
    assert await scene.counted() == (1, 0)


async def test_the_compact_code_of_a_village_is_taken_too(scene: Scene) -> None:
    made = await scene.registered(villageCode=BENGKEL.replace(".", ""))
    assert made["village"] == {"code": BENGKEL}


async def test_two_villages_may_use_one_code(scene: Scene) -> None:
    await scene.registered()
    reply = await scene.register("neighbour", villageCode=NEIGHBOUR)
    assert reply.codes == []
    assert await scene.counted(NEIGHBOUR) == (1, 1)


async def test_the_same_key_registers_once(scene: Scene) -> None:
    token = scene.tokens["operator"]
    first = await scene.world.ask(REGISTER, token, key="k1", input=dict(GOOD))
    again = await scene.world.ask(REGISTER, token, key="k1", input=dict(GOOD))
    assert again.data == first.data
    assert await scene.counted() == (1, 1)


# What it warns of


async def test_another_camera_within_25_metres_is_a_warning(scene: Scene) -> None:
    await scene.registered()
    longitude, latitude = GOOD["place"]["coordinates"]
    warned = {}
    for metres in (0, 24, -51):
        made = await scene.registered(code=f"M{metres}", place=at(longitude, latitude + metres / 111_195))
        warned[metres] = [(warning["code"], warning["path"]) for warning in made["warnings"]]
    near = [("NEAR_ANOTHER_CAMERA", ["input", "place"])]
    assert warned == {0: near, 24: near, -51: []}
    assert await scene.counted() == (4, 4)


async def test_a_retired_camera_warns_of_nothing(scene: Scene) -> None:
    longitude, latitude = GOOD["place"]["coordinates"]
    async with scene.world.unit(BENGKEL) as unit:
        old = row(unit.village.id, longitude=longitude, latitude=latitude, state=CctvCameraState.RETIRED)
        await unit.add(old)
    made = await scene.registered()
    assert made["warnings"] == []


async def test_a_camera_of_the_neighbour_warns_of_nothing(scene: Scene) -> None:
    await scene.register("neighbour", villageCode=NEIGHBOUR)
    assert await scene.counted(NEIGHBOUR) == (1, 1)
    made = await scene.registered()
    assert made["warnings"] == []


async def test_a_village_sets_its_own_distance(scene: Scene) -> None:
    await scene.registered()
    assert (await scene.configure(duplicate_metres=50)).codes == []
    longitude, latitude = GOOD["place"]["coordinates"]
    made = await scene.registered(code="CAM-02", place=at(longitude, latitude + 40 / 111_195))
    assert [warning["code"] for warning in made["warnings"]] == ["NEAR_ANOTHER_CAMERA"]


async def test_a_setting_that_is_none_is_refused(scene: Scene) -> None:
    for wrong in ({"duplicate_metres": -1}, {"duplicate_metres": 501}, {"far_meters": 1_000}):
        assert (await scene.configure(**wrong)).codes == ["BAD_USER_INPUT"], wrong
    assert (await scene.configure(far_metres=1_000)).codes == []


async def test_a_place_far_from_the_village_is_a_warning(scene: Scene) -> None:
    async with scene.world.database.transaction() as session:
        where = sa.update(tables.Village).where(tables.Village.code == BENGKEL)
        await session.execute(where.values(longitude=115.09, latitude=-8.56))
    near = await scene.registered()
    far = await scene.registered(code="CAM-02", place=at(115.4, -8.56))
    assert near["warnings"] == []
    assert [warning["code"] for warning in far["warnings"]] == ["FAR_FROM_VILLAGE"]
    assert await scene.counted() == (2, 2)


async def test_a_warning_comes_in_both_languages(scene: Scene) -> None:
    query = REGISTER.replace("warnings { code path }", "warnings { message }")
    await scene.registered()
    texts = {}
    for number, language in enumerate(("id", "en"), start=2):
        given = {**GOOD, "code": f"CAM-0{number}"}
        reply = await scene.ask("operator", query, language=language, input=given)
        texts[language] = reply.data["cctvRegisterCamera"]["warnings"][0]["message"]
    assert texts["id"].startswith("Ada kamera lain")
    assert texts["en"].startswith("Another camera")


# What it refuses

FAULTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"code": " "}, {"code": "REQUIRED"}),
    ({"code": "C" * 21}, {"code": "TOO_LONG"}),
    ({"name": ""}, {"name": "REQUIRED"}),
    ({"name": "a\u0007b"}, {"name": "UNPRINTABLE"}),
    ({"operator": "\n"}, {"operator": "REQUIRED"}),
    ({"model": "m" * 101}, {"model": "TOO_LONG"}),
    ({"bearingDeg": ...}, {"bearingDeg": "REQUIRED"}),
    ({"bearingDeg": 360}, {"bearingDeg": "OUT_OF_RANGE"}),
    ({"bearingDeg": -1}, {"bearingDeg": "OUT_OF_RANGE"}),
    ({"kind": "DOME"}, {"bearingDeg": "NO_DIRECTION"}),
    ({"kind": "ANPR"}, {"legalBasis": "REQUIRED"}),
    ({"state": "APPROVED", "published": False}, {"state": "NOT_A_START"}),
    ({"state": "RETIRED", "published": False}, {"state": "NOT_A_START"}),
    ({"setting": "INDOOR"}, {"published": "INDOOR_NEVER_PUBLIC"}),
    ({"state": "PROPOSED"}, {"published": "NOT_STANDING"}),
    ({"contact": ...}, {"contact": "SIGN_REQUIRED"}),
    ({"signText": "  "}, {"signText": "SIGN_REQUIRED"}),
    ({"signCheckedOn": None, "published": False}, {"signCheckedOn": "SIGN_REQUIRED"}),
    ({"signCheckedOn": "2999-01-01"}, {"signCheckedOn": "IN_FUTURE"}),
    ({"signCheckedOn": "2026-02-30"}, {"signCheckedOn": "NOT_A_DATE"}),
    ({"place": at(-8.56, 115.09)}, {"place": "NOT_A_POINT"}),
    ({"place": at(11.509, -8.56)}, {"place": "OUTSIDE_COUNTRY"}),
    ({"villageCode": "51.02.06.20"}, {"villageCode": "NOT_A_REGION_CODE"}),
]


async def test_each_fault_is_named_and_nothing_is_written(scene: Scene) -> None:
    for changes, faults in FAULTS:
        reply = await scene.register(**changes)
        assert reply.codes == ["BAD_USER_INPUT"], changes
        assert reply.faults == {f"input.{field}": code for field, code in faults.items()}, changes
    assert await scene.counted() == (0, 0)
    assert await scene.events() == 0
    await scene.registered()
    assert await scene.counted() == (1, 1)
    assert await scene.events() == 1


async def test_all_faulty_fields_are_named_at_once(scene: Scene) -> None:
    await scene.registered()
    reply = await scene.register(
        name=" ", kind="ANPR", setting="INDOOR", bearingDeg=400, operator="o" * 121, contact=...,
        signCheckedOn="kemarin", place={"type": "Point"},
    )  # fmt: skip
    assert reply.faults == {
        "input.code": "TAKEN",
        "input.name": "REQUIRED",
        "input.bearingDeg": "OUT_OF_RANGE",
        "input.legalBasis": "REQUIRED",
        "input.operator": "TOO_LONG",
        "input.contact": "SIGN_REQUIRED",
        "input.signCheckedOn": "NOT_A_DATE",
        "input.published": "INDOOR_NEVER_PUBLIC",
        "input.place": "NOT_A_POINT",
    }
    assert await scene.counted() == (1, 1)


async def test_even_without_a_village_all_other_faults_are_named(scene: Scene) -> None:
    reply = await scene.register(villageCode="x", name="", place=at(0, 0))
    assert reply.faults == {
        "input.villageCode": "NOT_A_REGION_CODE",
        "input.name": "REQUIRED",
        "input.place": "OUTSIDE_COUNTRY",
    }


async def test_a_code_is_taken_once(scene: Scene) -> None:
    await scene.registered()
    reply = await scene.register(place=at(115.2, -8.5))
    assert reply.faults == {"input.code": "TAKEN"}
    assert await scene.counted() == (1, 1)


OF_NO_TYPE: list[tuple[str, Any, str]] = [
    ("purpose", "PENGINTAIAN", "UNKNOWN_VALUE"),
    ("kind", "DRONE", "UNKNOWN_VALUE"),
    ("bearingDeg", "utara", "WRONG_TYPE"),
    ("purpose", ..., "REQUIRED"),
    ("streamUrl", "rtsp://user:rahasia@kamera", "UNKNOWN_FIELD"),
]


async def test_a_value_of_no_type_is_refused(scene: Scene) -> None:
    for field, value, code in OF_NO_TYPE:
        reply = await scene.register(**{field: value})
        assert reply.codes == ["BAD_USER_INPUT"], field
        assert reply.faults == {f"input.{field}": code}
    assert await scene.counted() == (0, 0)


async def test_no_refusal_repeats_what_was_sent(scene: Scene) -> None:
    sent = ["Rahasia-1" * 20, "Rahasia-2" * 20, "Rahasia-3" * 20, "Rahasia-4"]
    reply = await scene.register(name=sent[0], operator=sent[1], contact=sent[2], signCheckedOn=sent[3])
    assert len(reply.faults) == 4
    assert "Rahasia" not in reply.text
    shown = await scene.registered()
    assert "Rahasia" not in str(shown)
    assert "Rahasia" in (await scene.ask("operator", SHOWN)).text


# Who may

MAY = {
    "operator": [],
    "perbekel": [],
    "officer": [],
    "admin": [],
    "neighbour": ["NOT_FOUND"],
    "agency": ["FORBIDDEN"],
    "kelian": ["FORBIDDEN"],
    "resident": ["FORBIDDEN"],
    "visitor": ["FORBIDDEN"],
}
"""Written by hand."""


async def test_who_may_register(scene: Scene) -> None:
    written = 0
    for number, (who, codes) in enumerate(MAY.items()):
        reply = await scene.register(who, code=f"CAM-{number}")
        assert reply.codes == codes, who
        written += not codes
        assert await scene.counted() == (written, written), who
        assert await scene.events() == written, who


async def test_a_village_that_is_not_open_is_not_found(scene: Scene) -> None:
    reply = await scene.register(villageCode="51.02.06.2003")
    assert reply.codes == ["NOT_FOUND"]


async def test_switched_off_nothing_is_registered(scene: Scene) -> None:
    await scene.switch("disable")
    reply = await scene.register()
    assert reply.codes == ["PROGRAM_NOT_ENABLED"]
    assert await scene.counted() == (0, 0)


async def test_a_payload_that_he_may_not_read_refuses_before_it_writes(scene: Scene) -> None:
    query = REGISTER.replace("village { code }", "village { residents { totalCount } }")
    reply = await scene.ask("officer", query, input=dict(GOOD))
    assert reply.codes == ["FORBIDDEN"]
    assert await scene.counted() == (0, 0)
    allowed = await scene.ask("operator", query, input=dict(GOOD))
    assert allowed.codes == []
    assert await scene.counted() == (1, 1)


# What the database itself refuses

K, S = CctvCameraKind, CctvCameraState
SIGNED = {"sign_text": "Awas", "contact": "Kantor", "sign_checked_on": date(2026, 1, 1)}


async def written(scene: Scene, new: Camera | PublicCamera) -> None:
    async with scene.world.unit(BENGKEL) as unit:
        await unit.add(new)


def public(village: UUID, camera: UUID, longitude: float) -> PublicCamera:
    return PublicCamera(
        village_id=village, id=camera, purpose=CctvPurpose.KEAMANAN, longitude=longitude, latitude=-8.56,
        operator="Desa", contact="Kantor", sign_text="Awas",
    )  # fmt: skip


BROKEN: list[dict[str, Any]] = [
    {"bearing_deg": 10},
    {"kind": K.FIXED},
    {"kind": K.FIXED, "bearing_deg": 360},
    {"kind": K.ANPR, "bearing_deg": 10},
    {"latitude": 115.09},
    {"state": S.ACTIVE},
    {"state": S.FAULT, "sign_text": "Awas", "contact": "Kantor"},
    {"published": True, "state": S.SUSPENDED},
    {**SIGNED, "published": True, "state": S.PROPOSED},
    {**SIGNED, "published": True, "state": S.ACTIVE, "setting": CctvSetting.INDOOR},
]
"""Each breaks one rule: direction, range, legal basis, place, sign, standing, indoor."""


async def test_the_database_refuses_a_camera_that_breaks_a_rule(scene: Scene) -> None:
    for changes in BROKEN:
        with pytest.raises(Conflict):
            await written(scene, row(scene.bengkel, **changes))
    assert await scene.counted() == (0, 0)


async def test_the_database_takes_cameras_that_break_none(scene: Scene) -> None:
    await written(scene, row(scene.bengkel))
    await written(scene, row(scene.bengkel, code="2", **SIGNED, published=True, state=S.FAULT))
    await written(scene, row(scene.bengkel, code="3", kind=K.ANPR, bearing_deg=359, legal_basis="Perdes"))
    assert await scene.counted() == (3, 0)


async def test_the_database_publishes_no_finer_place(scene: Scene) -> None:
    camera = row(scene.bengkel)
    await written(scene, camera)
    with pytest.raises(Conflict):
        await written(scene, public(scene.bengkel, camera.id, 115.09123))
    assert await scene.counted() == (1, 0)
    await written(scene, public(scene.bengkel, camera.id, 115.0912))
    assert await scene.counted() == (1, 1)


async def test_the_database_publishes_nothing_without_its_camera(scene: Scene) -> None:
    with pytest.raises(Conflict):
        await written(scene, public(scene.bengkel, uuid4(), 115.0912))
    assert await scene.counted() == (0, 0)
