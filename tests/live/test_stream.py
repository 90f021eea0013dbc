"""Server-sent events as graphql-sse frames them, and what stays as it was for those who only mention them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from tests.live.clients import SECONDS, Serving, eventually, followed
from tests.waste.scene import Scene

from wantilan.graph.live import stream as streams
from wantilan.testing import BENGKEL

FOLLOW = "subscription($code: RegionCode!) { wasteIntakes(villageCode: $code) { mass } }"
NAME = '{ village(code: "51.02.06.2001") { name } }'
URQL = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
STREAM = "text/event-stream"


@pytest.fixture
def wantilan_dialect() -> str:
    """The framing is the same on both."""
    return "sqlite"


class Stream:
    """One event stream: its head, and its events one by one."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._text = response.aiter_text()
        self._rest = ""

    async def event(self) -> str:
        """Everything up to the next empty line. Fails when the stream ends before."""
        async with asyncio.timeout(SECONDS):
            while "\n\n" not in self._rest:
                self._rest += await anext(self._text)
        event, self._rest = self._rest.split("\n\n", 1)
        return event

    async def result(self) -> Any:
        first, second = (await self.event()).split("\n")
        assert first == "event: next"
        return json.loads(second.removeprefix("data: "))

    async def over(self) -> None:
        assert await self.event() == "event: complete\ndata:"
        assert not self._rest and [left async for left in self._text] == []


@asynccontextmanager
async def following(
    served: Serving, token: str | None, query: str = FOLLOW, **headers: str
) -> AsyncIterator[Stream]:
    sent = {"accept": STREAM, "accept-language": "en", **headers}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    body = {"query": query, "variables": {"code": BENGKEL} if "$code" in query else {}}
    async with (
        httpx.AsyncClient(timeout=SECONDS, trust_env=False) as http,
        http.stream("POST", served.http, json=body, headers=sent) as response,
    ):
        yield Stream(response)


async def test_events_come_framed_by_line_feeds_alone(served: Serving, scene: Scene) -> None:
    async with following(served, scene.operator) as stream:
        head = stream.response.headers
        assert stream.response.status_code == 200
        assert (head["content-type"], head["cache-control"]) == (
            "text/event-stream; charset=utf-8",
            "no-store",
        )
        assert (head["x-accel-buffering"], head["x-content-type-options"]) == ("no", "nosniff")
        assert head["x-request-id"]
        await followed(served)
        await scene.record(gross=1234)
        event = await stream.event()
        assert event == 'event: next\ndata: {"data":{"wasteIntakes":{"mass":1234}}}'
        await scene.record(gross=5)
        assert await stream.result() == {"data": {"wasteIntakes": {"mass": 5}}}
        assert served.hub.sent == 2
    await eventually(lambda: not served.hub.connections and not served.hub.subscriptions)


async def test_a_stream_is_kept_alive(served: Serving, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ALIVE_SECONDS", 0.1)
    async with following(served, scene.operator) as stream:
        assert await stream.event() == ":"
        assert await stream.event() == ":"


async def test_what_is_refused_is_told_in_the_stream_and_ends_it(served: Serving, scene: Scene) -> None:
    collector = await scene.world.token("waste_collector", BENGKEL)
    for token, code in ((None, "FORBIDDEN"), (collector, "FORBIDDEN"), ("wtl_unknown", "UNAUTHENTICATED")):
        async with following(served, token) as stream:
            assert stream.response.headers["content-type"].startswith(STREAM)
            (error,) = (await stream.result())["errors"]
            assert error["extensions"]["code"] == code
            await stream.over()


async def test_a_query_is_streamed_only_to_who_takes_nothing_else(served: Serving, scene: Scene) -> None:
    async with following(served, None, NAME) as stream:
        assert (await stream.result())["data"] == {"village": {"name": "Bengkel"}}
        await stream.over()
    for accept, kind in (
        (URQL, "application/graphql-response+json"),
        ("application/json, text/event-stream", "application/json"),
        ("text/event-stream, */*", "application/json"),
    ):
        async with following(served, None, NAME, accept=accept) as stream:
            assert stream.response.headers["content-type"] == f"{kind}; charset=utf-8"
            assert json.loads(await stream.response.aread())["data"] == {"village": {"name": "Bengkel"}}


async def test_urql_gets_a_stream_for_a_subscription(served: Serving, scene: Scene) -> None:
    async with following(served, scene.operator, accept=URQL) as stream:
        assert stream.response.headers["content-type"].startswith(STREAM)
        await followed(served)
        await scene.record(gross=7)
        assert await stream.result() == {"data": {"wasteIntakes": {"mass": 7}}}


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/event-stream;q=0, */*"])
async def test_who_takes_no_stream_is_told_what_to_do(served: Serving, scene: Scene, accept: str) -> None:
    async with following(served, scene.operator, accept=accept) as stream:
        assert stream.response.status_code == 406
        (error,) = json.loads(await stream.response.aread())["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert "text/event-stream" in error["message"]
    assert not served.hub.connections


async def test_a_subscription_by_get_is_refused(served: Serving, scene: Scene) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"accept": STREAM + ", */*", "graphql-require-preflight": "1"}
        query = 'subscription { programsChanged(villageCode: "51.02.06.2001") { code } }'
        answer = await http.get(served.http, params={"query": query}, headers=headers)
    assert answer.status_code == 405


async def test_the_end_of_the_server_completes_a_stream(served: Serving, scene: Scene) -> None:
    async with following(served, scene.operator) as stream:
        await followed(served)
        stopping = asyncio.create_task(served.hub.stop())
        await stream.over()
        await asyncio.wait_for(stopping, SECONDS)
    async with following(served, scene.operator) as stream:
        (error,) = (await stream.result())["errors"]
        assert error["extensions"]["limit"] == "connections"
