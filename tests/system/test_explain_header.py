"""The header `x-wantilan-explain`: for those who may, and without a word for all others."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.system.scene import Scene

from wantilan.graph.http import GraphQLEndpoint
from wantilan.testing import BENGKEL

QUERY = '{ village(code: "51.02.06.2001") { name residents(first: 2) { nodes { fullName } } } }'
PUBLIC = '{ village(code: "51.02.06.2001") { name } }'
MIXED = '{ who: me { actor } me { places } enumLabels(names: ["Sex"]) { name } village(code: "51.02.06.2001") { name } }'


async def ask(
    scene: Scene,
    query: str,
    token: str | None,
    *,
    method: str = "POST",
    explain: str | None = "1",
    origin: str = "",
) -> httpx.Response:
    """Ask by HTTP, with or without the header."""
    engine = scene.world.engine
    origins = [origin] if origin else []
    endpoint: Any = GraphQLEndpoint(engine, limits=engine.settings.limits, cors_origins=origins)
    headers = {"content-type": "application/json", "accept-language": "en"}
    if explain is not None:
        headers["x-wantilan-explain"] = explain
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    if origin:
        headers["origin"] = origin
    async with httpx.AsyncClient(transport=httpx.ASGITransport(endpoint), base_url="http://test") as client:
        if method == "GET":
            return await client.get("/graphql", params={"query": query}, headers=headers)
        if method == "OPTIONS":
            return await client.options("/graphql", headers=headers)
        return await client.post("/graphql", json={"query": query}, headers=headers)


@pytest.fixture
async def admin(scene: Scene) -> str:
    return await scene.world.token("platform_admin", "")


async def test_who_may_gets_the_explanation_beside_the_answer(scene: Scene, admin: str) -> None:
    plain = (await ask(scene, QUERY, admin, explain=None)).json()
    told = (await ask(scene, QUERY, admin)).json()
    explain = told["extensions"].pop("explain")
    assert told["data"] == plain["data"]
    assert plain["extensions"].keys() == told["extensions"].keys() == {"cost"}
    assert explain["kind"] == "query"
    assert explain["cost"] == told["extensions"]["cost"]["requested"]
    (reading,) = explain["readings"]
    (village,) = reading["fields"]
    residents = village["fields"][1]
    assert (residents["field"], residents["page"]) == ("Village.residents", 2)
    assert residents["tables"][0]["wall"] == "open"  # a role at the whole country
    assert residents["tables"][0]["read"] == ["resident.read"]
    assert reading["statement"].count("resident t2") == 1
    sources = {one["boundTo"] for one in reading["parameters"]}
    assert "the query or a default" in sources
    # The second wall alone asks for something of who may look into every village.
    assert ("actor: the wall" in sources) is (scene.world.dialect == "postgresql")


async def test_it_costs_one_statement_like_the_answer_alone(scene: Scene, admin: str) -> None:
    with scene.world.counting() as statements:
        await ask(scene, QUERY, admin)
    assert len(statements) == 1


@pytest.mark.parametrize("who", ["operator_bengkel", "visitor"])
async def test_who_may_not_is_answered_as_without_it(scene: Scene, who: str) -> None:
    query = QUERY if who == "operator_bengkel" else PUBLIC
    with_it, without = [await ask(scene, query, scene.tokens[who], explain=e) for e in ("1", None)]
    assert with_it.status_code == 200
    assert with_it.json()["data"] == without.json()["data"]
    assert with_it.json()["extensions"].keys() == {"cost"}
    mixed = await ask(scene, MIXED, scene.tokens[who])
    assert "x-wantilan-unplanned" not in mixed.headers


async def test_in_the_demo_everybody_may(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.world.engine.settings, "demo", True)
    assert "explain" in (await ask(scene, PUBLIC, None)).json()["extensions"]
    assert "explain" not in (await ask(scene, PUBLIC, None, explain="0")).json()["extensions"]
    assert (await ask(scene, MIXED, None, explain=None)).headers["x-wantilan-unplanned"] == "me, enumLabels"
    assert "x-wantilan-unplanned" not in (await ask(scene, PUBLIC, None)).headers


async def test_what_was_not_planned_is_named_by_the_names_of_the_schema(scene: Scene, admin: str) -> None:
    answer = await ask(scene, MIXED, admin)
    assert answer.headers["x-wantilan-unplanned"] == "me, enumLabels"
    assert answer.json()["extensions"]["explain"]["unplanned"] == ["me", "enumLabels"]
    assert "x-wantilan-unplanned" not in (await ask(scene, MIXED, admin, explain=None)).headers


async def test_an_explained_answer_is_kept_by_nobody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.world.engine.settings, "demo", True)
    explained, plain = [await ask(scene, PUBLIC, None, method="GET", explain=e) for e in ("1", None)]
    assert explained.headers["cache-control"] == "no-store"
    assert "etag" not in explained.headers
    assert "etag" in plain.headers  # the control


async def test_a_mutation_is_run_once_and_explained(scene: Scene, admin: str) -> None:
    query = f"""mutation {{ enableProgram(input: {{villageCode: "{BENGKEL}", program: "cctv_registry"}}) {{
      changed village {{ name }} }} }}"""
    told = (await ask(scene, query, admin)).json()
    assert told["data"]["enableProgram"]["changed"] is True
    (reading,) = told["extensions"]["explain"]["readings"]
    assert reading["fields"][0]["notes"] == ["needs program.manage where it writes"]
    assert (await ask(scene, query, admin)).json()["data"]["enableProgram"]["changed"] is False


async def test_a_refused_operation_is_not_explained(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.world.engine.settings, "demo", True)
    told = (await ask(scene, QUERY, None)).json()
    assert told["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "explain" not in told.get("extensions", {})


async def test_a_page_of_an_allowed_origin_may_send_it_and_read_what_was_not_planned(
    scene: Scene, admin: str
) -> None:
    origin = "http://localhost:5173"
    preflight = await ask(scene, "", None, method="OPTIONS", origin=origin)
    assert "x-wantilan-explain" in preflight.headers["access-control-allow-headers"]
    answer = await ask(scene, MIXED, admin, origin=origin)
    assert "x-wantilan-unplanned" in answer.headers["access-control-expose-headers"]


async def test_nothing_of_the_neighbour_and_no_number_is_told(scene: Scene, admin: str) -> None:
    """The explanation holds no row: neither names, numbers nor ids of anybody."""
    query = '{ village(code: "51.02.06.2001") { residents { nodes { id fullName nik phone household { address } } } } }'
    answer = (await ask(scene, query, admin)).json()
    told = str(answer["extensions"]["explain"])
    found = answer["data"]["village"]["residents"]["nodes"][0]
    for value in (
        found["id"],
        found["fullName"],
        found["nik"],
        found["phone"],
        found["household"]["address"],
    ):
        assert value in str(answer["data"])  # the control
        assert value not in told
    assert "Rahasia" not in told and "Tetangga" not in told
