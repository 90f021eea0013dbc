"""Who sees the register, who sees what is published, and what an officer can ask of it."""

from __future__ import annotations

from typing import Any

from tests.cctv_registry.scene import GOOD, Scene

from wantilan.testing import NEIGHBOUR

CAMERAS = (
    '{ village(code: "51.02.06.2001") { cctv { cameras { totalCount nodes { code name model place } } } } }'
)
PUBLIC = '{ village(code: "51.02.06.2001") { cctv { publicCameras { totalCount nodes { place } } } } }'
ROOT = "{ cctvPublicCameras { totalCount nodes { place village { code } } } }"
REGION = """{ region(code: "51.02") { cctv { villagesCounted publicCameras { totalCount }
  publicByPurpose { purpose cameras } } } }"""

REGISTER_SEEN = {
    "operator": "seen",
    "perbekel": "seen",
    "officer": "seen",
    "admin": "seen",
    "neighbour": "not here",
    "agency": "nowhere",
    "kelian": "nowhere",
    "resident": "nowhere",
    "visitor": "nowhere",
}
"""Written by hand: the full register is for the village's officers alone."""


async def test_who_sees_the_register(scene: Scene) -> None:
    await scene.registered()
    for who, sees in REGISTER_SEEN.items():
        reply = await scene.ask(who, CAMERAS)
        if sees == "seen":
            assert reply.data["village"]["cctv"]["cameras"]["totalCount"] == 1, who
            assert "Rahasia" in reply.text, who
            continue
        assert reply.codes == ["FORBIDDEN"], who
        assert "Rahasia" not in reply.text, who
        if sees == "not here":
            assert reply.body["data"]["village"]["cctv"] == {"cameras": None}, who
        else:
            assert "data" not in reply.body, who


async def test_everybody_sees_what_is_published(scene: Scene) -> None:
    await scene.registered()
    for who in REGISTER_SEEN:
        village = (await scene.ask(who, PUBLIC)).data["village"]["cctv"]["publicCameras"]
        root = (await scene.ask(who, ROOT)).data["cctvPublicCameras"]
        assert village["totalCount"] == root["totalCount"] == 1, who
        assert root["nodes"][0]["village"] == {"code": "51.02.06.2001"}, who


async def test_who_sees_a_camera_by_its_id(scene: Scene) -> None:
    camera = (await scene.registered())["camera"]
    query = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    public = {"id": camera["publicCamera"]["id"]}
    for who, sees in REGISTER_SEEN.items():
        full = {"id": camera["id"]} if sees == "seen" else None
        assert (await scene.ask(who, query, id=camera["id"])).data == {"node": full, "nodes": [full]}, who
        assert (await scene.ask(who, query, **public)).data == {"node": public, "nodes": [public]}, who


async def test_a_region_counts_what_its_villages_published(scene: Scene) -> None:
    await scene.registered()
    await scene.registered(code="CAM-02", purpose="KEAMANAN")
    await scene.registered(code="CAM-03", purpose="KEAMANAN", published=False)
    await scene.register("neighbour", villageCode=NEIGHBOUR)
    for who in ("visitor", "agency", "operator"):
        region = (await scene.ask(who, REGION)).data["region"]["cctv"]
        assert region == {
            "villagesCounted": 2,
            "publicCameras": {"totalCount": 3},
            "publicByPurpose": [
                {"purpose": "KEAMANAN", "cameras": 1},
                {"purpose": "LALU_LINTAS", "cameras": 2},
            ],
        }, who


async def test_register_and_public_view_are_one_statement(scene: Scene) -> None:
    for number in range(3):
        await scene.registered(code=f"CAM-{number}")
    query = """{ village(code: "51.02.06.2001") { name cctv { publicCameras { nodes { place } }
      cameras { totalCount nodes { code publicCamera { place } village { name } } } } } cctvPublicCameras { totalCount } }"""
    with scene.world.counting() as statements:
        reply = await scene.ask("operator", query)
    assert reply.data["village"]["cctv"]["cameras"]["totalCount"] == 3
    assert len(statements) == 1


async def codes_of(scene: Scene, arguments: str) -> list[str]:
    query = f'{{ village(code: "51.02.06.2001") {{ cctv {{ cameras{arguments} {{ nodes {{ code }} }} }} }} }}'
    reply = await scene.ask("operator", query)
    return [node["code"] for node in reply.data["village"]["cctv"]["cameras"]["nodes"]]


UNSIGNED: dict[str, Any] = {"signText": ..., "contact": ..., "signCheckedOn": ..., "published": False}


FOUND = {
    "": ["A", "B", "C"],
    "(order: CODE_DESC)": ["C", "B", "A"],
    "(order: REGISTERED_AT_ASC)": ["B", "A", "C"],
    "(filter: {state: {eq: ACTIVE}})": ["A"],
    "(filter: {state: {in: [FAULT, PROPOSED]}})": ["B", "C"],
    "(filter: {purpose: {eq: KEAMANAN}})": ["C"],
    "(filter: {published: {eq: true}})": ["A", "B"],
    "(filter: {signCheckedOn: {isNull: true}})": ["C"],
    '(filter: {signCheckedOn: {lt: "2026-01-01"}})': ["B"],
    '(filter: {code: {startsWith: "B"}})': ["B"],
}


async def test_an_officer_filters_and_orders(scene: Scene) -> None:
    await scene.registered(code="B", state="FAULT", signCheckedOn="2025-01-01")
    await scene.registered(code="A")
    await scene.registered(code="C", state="PROPOSED", purpose="KEAMANAN", **UNSIGNED)
    for arguments, codes in FOUND.items():
        assert await codes_of(scene, arguments) == codes, arguments


async def test_the_public_filters_by_purpose_and_pages(scene: Scene) -> None:
    for number, purpose in enumerate(["KEAMANAN", "LALU_LINTAS", "KEAMANAN"]):
        await scene.registered(code=f"CAM-{number}", purpose=purpose)
    query = """query ($after: String) { cctvPublicCameras(first: 1, after: $after, filter: {purpose: {eq: KEAMANAN}}) {
      totalCount nodes { id purpose } pageInfo { hasNextPage endCursor } } }"""
    first = (await scene.ask("visitor", query)).data["cctvPublicCameras"]
    second = (await scene.ask("visitor", query, after=first["pageInfo"]["endCursor"])).data[
        "cctvPublicCameras"
    ]
    assert first["totalCount"] == 2
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]
    ids = {page["nodes"][0]["id"] for page in (first, second)}
    assert len(ids) == 2
    assert {page["nodes"][0]["purpose"] for page in (first, second)} == {"KEAMANAN"}


async def test_the_good_camera_of_these_tests_keeps_a_secret() -> None:
    """The control of every scan for `Rahasia`: it stands in what must stay inside."""
    assert "Rahasia" in GOOD["name"] and "Rahasia" in GOOD["model"]
