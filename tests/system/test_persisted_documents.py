"""Documents by their name, over HTTP: automatic persisted queries, and a deployment of trusted documents alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wantilan.graph.persisted import sha256
from wantilan.testing import BENGKEL, World
from wantilan.web.application import Application, application

TEXT = "query Village($code: RegionCode!) { village(code: $code) { name } }"
WRONG = "query Village($code: RegionCode!) { village(code: $code) { nope } }"
VARIABLES = {"code": BENGKEL}
DATA = {"village": {"name": "Bengkel"}}
HEADERS = {
    "accept": "application/graphql-response+json",
    "accept-language": "en",
    "graphql-require-preflight": "1",
}


def named(text: str, **more: Any) -> dict[str, Any]:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}
    return {"extensions": extensions, "variables": VARIABLES, **more}


def client_of(application: Application) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application.asgi())
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=HEADERS)


@pytest.fixture
async def bengkel(world: World) -> World:
    await world.open(BENGKEL)
    return world


@pytest.fixture
async def client(bengkel: World) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(bengkel.application) as client:
        yield client


async def post(client: httpx.AsyncClient, body: object) -> Any:
    return (await client.post("/graphql", json=body)).json()


async def get(client: httpx.AsyncClient, **parameters: object) -> httpx.Response:
    sent = {k: v if isinstance(v, str) else json.dumps(v) for k, v in parameters.items()}
    return await client.get("/graphql", params=sent)


def code_of(answer: Any) -> str:
    (error,) = answer["errors"]
    return str(error["extensions"]["code"])


# Automatic persisted queries


async def test_a_client_sends_the_hash_then_the_document_and_then_the_hash_is_enough(
    client: httpx.AsyncClient,
) -> None:
    missed = await post(client, named(TEXT))
    assert (code_of(missed), missed["errors"][0]["message"]) == (
        "PERSISTED_QUERY_NOT_FOUND",
        "PersistedQueryNotFound",
    )
    assert (await post(client, named(TEXT, query=TEXT)))["data"] == DATA
    assert (await post(client, named(TEXT)))["data"] == DATA
    assert (await post(client, {"documentId": f"sha256:{sha256(TEXT)}", "variables": VARIABLES}))[
        "data"
    ] == DATA


async def test_a_visitors_get_by_hash_can_be_kept_and_asked_for_again(client: httpx.AsyncClient) -> None:
    missed = await get(client, **named(TEXT))
    assert missed.headers["cache-control"] == "no-store", "that it is not known must not be kept"
    await get(client, **named(TEXT, query=TEXT))
    found = await get(client, **named(TEXT))
    assert (found.status_code, found.json()) == (200, {"data": DATA})
    assert found.headers["cache-control"].startswith("public")
    client.headers["if-none-match"] = found.headers["etag"]
    assert (await get(client, **named(TEXT))).status_code == 304


async def test_a_browser_that_opens_the_address_of_a_hash_gets_its_answer_and_no_page(
    client: httpx.AsyncClient,
) -> None:
    client.headers["accept"] = "text/html,*/*;q=0.8"
    await get(client, **named(TEXT, query=TEXT))
    assert (await get(client, **named(TEXT))).json() == {"data": DATA}
    by_id = await get(client, documentId=f"sha256:{sha256(TEXT)}", variables=VARIABLES)
    assert by_id.json() == {"data": DATA}
    assert "<html" in (await client.get("/graphql")).text, "the control"


async def test_a_document_that_does_not_fit_is_not_remembered(
    client: httpx.AsyncClient, world: World
) -> None:
    for _ in range(2):
        refused = await post(client, named(WRONG, query=WRONG))
        assert code_of(refused) == "GRAPHQL_VALIDATION_FAILED"
    assert code_of(await post(client, named(WRONG))) == "PERSISTED_QUERY_NOT_FOUND"
    assert len(world.engine.library.persisted) == 0


async def test_what_one_deployment_learned_another_does_not_know(
    client: httpx.AsyncClient, world: World
) -> None:
    assert (await post(client, named(TEXT, query=TEXT)))["data"] == DATA
    async with client_of(Application(world.application.settings, world.host)) as other:
        assert code_of(await post(other, named(TEXT))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_hash_that_is_not_that_of_the_document_is_refused_and_nothing_runs(
    client: httpx.AsyncClient, world: World
) -> None:
    with world.counting() as statements:
        assert code_of(await post(client, named(WRONG, query=TEXT))) == "BAD_USER_INPUT"
        wrong_version = {"persistedQuery": {"version": 2, "sha256Hash": sha256(TEXT)}}
        assert code_of(await post(client, {"query": TEXT, "extensions": wrong_version})) == "BAD_USER_INPUT"
    assert statements == []


async def test_a_mutation_by_hash_does_not_run_by_get(client: httpx.AsyncClient) -> None:
    text = "mutation { __typename }"
    assert (await post(client, named(text, query=text, variables={})))["data"] == {"__typename": "Mutation"}
    assert (await get(client, **named(text, variables={}))).status_code == 405


# Trusted documents


@pytest.fixture
async def trusting(bengkel: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The same database, served by a deployment that knows two documents, and lets visitors introspect."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({sha256(TEXT): TEXT, "introspect": "{ __schema { queryType { name } } }"}))
    settings = bengkel.application.settings
    assert settings.introspection
    served = application(settings.model_copy(update={"trusted_documents": manifest}), bengkel.host)
    async with served.running(deliver=False), client_of(served) as client:
        yield client


async def test_a_registered_document_runs_by_hash_and_by_document_id(trusting: httpx.AsyncClient) -> None:
    by_id = {"documentId": f"sha256:{sha256(TEXT)}", "variables": VARIABLES}
    for body in (named(TEXT), named(TEXT, query=TEXT), by_id):
        assert (await post(trusting, body))["data"] == DATA
    assert (await get(trusting, **named(TEXT))).json() == {"data": DATA}
    assert (await get(trusting, **by_id)).json() == {"data": DATA}


async def test_nothing_else_runs_there_and_nothing_is_learned(
    trusting: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    other = "query { villages { totalCount } }"
    bodies = [
        {"query": other},
        {"query": TEXT, "variables": VARIABLES},
        named(other),
        named(other, query=other),
    ]
    bodies += [
        {"query": "{ __schema { queryType { name } } }"},
        {"query": "{ __typename }"},
        {"documentId": "nope"},
    ]
    for body in bodies:
        assert code_of(await post(trusting, body)) == "PERSISTED_QUERY_NOT_FOUND", body
    assert code_of(await post(trusting, named(TEXT, query=other))) == "BAD_USER_INPUT"
    assert code_of(await post(trusting, named(other))) == "PERSISTED_QUERY_NOT_FOUND"
    assert (await post(client, {"query": other}))["data"], "the control: elsewhere it runs"


async def test_introspection_runs_there_only_as_it_is_registered(trusting: httpx.AsyncClient) -> None:
    assert (await post(trusting, {"documentId": "introspect"}))["data"] == {
        "__schema": {"queryType": {"name": "Query"}}
    }
    assert (
        code_of(await post(trusting, {"query": "{ __schema { types { name } } }"}))
        == "PERSISTED_QUERY_NOT_FOUND"
    )
