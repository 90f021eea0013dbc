"""What everybody sees of a camera, and what nobody outside does."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from tests.cctv_registry.scene import Scene, row

from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_cctv_registry.models import Camera, CctvCameraState, PublicCamera
from wantilan_cctv_registry.publishing import public_view

ALL = """{ cctvPublicCameras { totalCount nodes { __typename id place purpose operator contact signText
  village { code name } } } }"""
FIELDS = "query ($type: String!) { __type(name: $type) { fields { name } } }"
INSIDE = '{ village(code: "51.02.06.2001") { cctv { cameras { nodes { name model state place } } } } }'


async def published(scene: Scene) -> list[dict[str, Any]]:
    reply = await scene.ask("visitor", ALL)
    return list(reply.data["cctvPublicCameras"]["nodes"])


async def test_the_public_sees_rounded_place_purpose_operator_contact_and_sign(scene: Scene) -> None:
    made = await scene.registered()
    assert await published(scene) == [
        {
            "__typename": "CctvPublicCamera",
            "id": made["camera"]["publicCamera"]["id"],
            "place": {"type": "Point", "coordinates": [115.0912, -8.562]},
            "purpose": "LALU_LINTAS",
            "operator": "Pemerintah Desa Bengkel",
            "contact": "Loket pelayanan, kantor desa",
            "signText": "Kawasan ini diawasi CCTV.",
            "village": {"code": BENGKEL, "name": "Bengkel"},
        }
    ]


async def test_no_state_no_make_no_exact_place_reaches_the_public(scene: Scene) -> None:
    await scene.registered(state="FAULT")
    outside = (await scene.ask("visitor", ALL)).text
    inside = (await scene.ask("operator", INSIDE)).text
    for secret in ("FAULT", "Merek Rahasia", "Simpang Rahasia", "115.091234", "8.561987"):
        assert secret in inside
        assert secret not in outside


async def test_the_public_type_has_these_fields_and_no_other(scene: Scene) -> None:
    names = {}
    for type_ in ("CctvPublicCamera", "CctvCamera"):
        reply = await scene.ask("visitor", FIELDS, type=type_)
        names[type_] = {field["name"] for field in reply.data["__type"]["fields"]}
    assert names["CctvPublicCamera"] == {
        "id",
        "place",
        "purpose",
        "operator",
        "contact",
        "signText",
        "village",
    }
    assert {"state", "model", "bearingDeg", "kind", "setting", "code", "name"} <= names["CctvCamera"]


async def test_the_published_table_holds_no_more_than_it_shows(scene: Scene) -> None:
    await scene.registered()
    async with scene.world.database.transaction(BENGKEL) as session:
        rows = (await session.execute(sa.text("SELECT * FROM cctv_public_camera"))).mappings().all()
    (kept,) = rows
    assert set(kept) == {
        "village_id", "id", "purpose", "longitude", "latitude", "operator", "contact", "sign_text",
    }  # fmt: skip
    assert (kept["longitude"], kept["latitude"]) == (115.0912, -8.562)


async def test_the_public_view_is_the_same_in_every_state(scene: Scene) -> None:
    """Whether a camera works must not be told by its coming and going."""
    states = ("ACTIVE", "FAULT", "SUSPENDED")
    for state in states:
        made = await scene.registered(code=state, state=state)
        assert made["camera"]["state"] == state
    seen = await published(scene)
    for camera in seen:
        del camera["id"]
    assert seen == [seen[0]] * len(states)


async def test_indoor_is_never_public(scene: Scene) -> None:
    refused = await scene.register(setting="INDOOR")
    assert refused.faults == {"input.published": "INDOOR_NEVER_PUBLIC"}
    await scene.registered(setting="INDOOR", published=False)
    assert await published(scene) == []
    assert await scene.counted() == (1, 0)
    await scene.registered(code="CAM-02", setting="OUTDOOR")
    assert len(await published(scene)) == 1


async def test_switched_off_the_published_cameras_vanish_everywhere(scene: Scene) -> None:
    made = await scene.registered()
    await scene.register("neighbour", villageCode=NEIGHBOUR, code="N-1")
    assert len(await published(scene)) == 2
    await scene.switch("disable")
    assert [seen["village"]["code"] for seen in await published(scene)] == [NEIGHBOUR]
    door = await scene.ask(
        "visitor", f'{{ village(code: "{BENGKEL}") {{ cctv {{ publicCameras {{ totalCount }} }} }} }}'
    )
    assert door.body["data"]["village"]["cctv"] is None
    assert door.codes == ["PROGRAM_NOT_ENABLED"]
    region = '{ region(code: "51.02") { cctv { villagesCounted publicCameras { totalCount } publicByPurpose { cameras } } } }'
    assert (await scene.ask("visitor", region)).data["region"]["cctv"] == {
        "villagesCounted": 1, "publicCameras": {"totalCount": 1}, "publicByPurpose": [{"cameras": 1}],
    }  # fmt: skip
    node = "query ($id: ID!) { node(id: $id) { id } }"
    for who, key in (("visitor", made["camera"]["publicCamera"]["id"]), ("operator", made["camera"]["id"])):
        reply = await scene.ask(who, node, id=key)
        assert reply.body["data"]["node"] is None
    await scene.switch("enable")
    assert len(await published(scene)) == 2
    assert await scene.counted() == (1, 1)


async def test_filters_and_counts_tell_nothing_of_a_village_switched_off(scene: Scene) -> None:
    await scene.registered()
    count = "{ cctvPublicCameras(filter: {purpose: {eq: LALU_LINTAS}}) { totalCount } }"
    assert (await scene.ask("visitor", count)).data["cctvPublicCameras"]["totalCount"] == 1
    await scene.switch("disable")
    assert (await scene.ask("visitor", count)).data["cctvPublicCameras"]["totalCount"] == 0


def test_the_public_view_is_made_of_published_cameras_alone() -> None:
    signed = {"contact": "Kantor", "sign_text": "Awas", "state": CctvCameraState.ACTIVE}
    village = uuid4()
    for camera in (
        row(village, **signed),
        row(village, published=True),
        row(village, published=True, contact="Kantor"),
    ):
        with pytest.raises(ValueError, match="published camera"):
            public_view(camera)
    assert isinstance(public_view(row(village, published=True, **signed)), PublicCamera)


def test_no_column_of_the_register_holds_a_stream() -> None:
    words = ("url", "rtsp", "stream", "password", "secret", "ip", "host")
    names = [column.name for model in (Camera, PublicCamera) for column in model.__table__.columns]
    assert "sign_text" in names
    assert not [name for name in names if any(part in words for part in name.split("_"))]
