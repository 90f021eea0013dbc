"""graphql-transport-ws, by hand: what opens, what runs, and with which code a socket is closed."""

from __future__ import annotations

import asyncio
import logging
import resource
import struct
from contextlib import suppress
from typing import Any

import httpx
import pytest
from tests.live.clients import SECONDS, Serving, connected, eventually, followed, raw
from tests.waste.scene import BRIEF, Scene
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from wantilan.graph.live import socket as sockets
from wantilan.testing import BENGKEL, NEIGHBOUR

FOLLOW = "subscription($code: RegionCode!) { wasteIntakes(villageCode: $code) { mass facility { name } } }"
CHANGED = "subscription($code: RegionCode!) { programsChanged(villageCode: $code) { code } }"
NAME = '{ village(code: "51.02.06.2001") { name } }'
INIT = '{"type":"connection_init"}'
DEEP = "[" * 100_000 + "]" * 100_000


@pytest.fixture
def wantilan_dialect() -> str:
    """The protocol is the same on both; see test_following for what is not."""
    return "sqlite"


async def test_what_is_asked_on_a_socket_is_answered_as_by_post(served: Serving, scene: Scene) -> None:
    given = {"input": {"facilityId": scene.ids["facility"], "stream": "ORGANIK", "gross": 1000}}
    documents: list[tuple[str, dict[str, Any]]] = [
        (NAME, {}),
        (BRIEF, given),
        (BRIEF, {"input": {**given["input"], "gross": 0}}),
    ]
    headers = {"authorization": f"Bearer {scene.operator}", "accept-language": "en"}
    async with (
        connected(served, additional_headers={"accept-language": "en"}, begin=False) as client,
        httpx.AsyncClient(headers=headers) as http,
    ):
        await client.begin(scene.operator)
        for document, variables in documents:
            posted = (await http.post(served.http, json={"query": document, "variables": variables})).json()
            await client.subscribe("q", document, **variables)
            told = await client.hear()
            assert told["type"] == "next"
            assert plain(told["payload"]) == plain(posted)
            assert await client.hear() == {"id": "q", "type": "complete"}
    assert len(await scene.intakes()) == 2


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from request to request."""
    answer.get("extensions", {}).pop("cost", None)
    for error in answer.get("errors", ()):
        del error["extensions"]["requestId"]
    return answer


async def test_the_payload_of_the_init_stands_for_headers(served: Serving, scene: Scene) -> None:
    for payload in (
        {"Authorization": f"Bearer {scene.operator}", "Accept-Language": "en"},
        {"token": scene.operator, "accept-language": "en"},
    ):
        async with connected(served, begin=False) as client:
            await client.begin(**payload)
            await client.subscribe("m", "{ me { actor } }")
            assert (await client.hear())["payload"]["data"]["me"]["actor"].startswith("village_operator")
            assert (await client.hear())["type"] == "complete"
            await client.subscribe("w", "{ nothing }")
            (error,) = (await client.hear())["payload"]
            assert error["message"].startswith("Cannot query field")


NONE_AT_ALL: list[str | bytes] = [
    "", "null", "1", "[]", '"ping"', "{}", '{"type":"nothing"}', '{"type":1}', '{"type":[]}', DEEP,
    '{"type":' + DEEP + "}", '{"type":"ping","payload":NaN}', '{"type":"ping","payload":[]}', b"\x00\xff",
    b'{"type":"ping"}', '{"type":"connection_init","payload":[]}', '{"type":"connection_init","payload":{"token":1}}',
    '{"type":"subscribe","payload":{"query":"{ me { actor } }"}}',
    '{"type":"subscribe","id":1,"payload":{"query":"{ me { actor } }"}}',
    '{"type":"subscribe","id":"","payload":{"query":"{ me { actor } }"}}',
    '{"type":"subscribe","id":"' + "i" * 256 + '","payload":{"query":"{ me { actor } }"}}',
    '{"type":"subscribe","id":"a"}', '{"type":"subscribe","id":"a","payload":{}}',
    '{"type":"subscribe","id":"a","payload":{"query":1}}', '{"type":"subscribe","id":"a","payload":"x"}',
    '{"type":"subscribe","id":"a","payload":{"query":"{ a }","variables":[]}}',
    '{"type":"subscribe","id":"a","payload":{"query":"{ a }","variables":{"a":"\\u0000"}}}',
    '{"type":"complete"}', '{"type":"complete","id":7}',
]  # fmt: skip


async def test_a_message_that_is_none_closes_with_4400(
    served: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    for message in NONE_AT_ALL:
        async with connected(served) as client:
            await client.socket.send(message)
            assert await client.closed() == (4400, "Invalid message"), message[:80]
    assert [
        one for one in caplog.records if one.levelno >= logging.WARNING
    ] == []  # another test may have set it


async def test_a_message_that_is_too_long_is_not_taken_in(served: Serving) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with raw(served) as client:
        size, chunk = 16 * 1024 * 1024, b" " * 65_536
        await client.frame(1, b"", said_to_be=size)
        with suppress(ConnectionError):
            for _ in range(size // len(chunk)):
                client.writer.write(chunk)
                await client.writer.drain()
        with suppress(ConnectionError):
            told = await asyncio.wait_for(client.reader.read(200), SECONDS)
            assert told[2:4] == (1009).to_bytes(2, "big")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024  # KiB
    async with connected(served) as fine:  # the control: a long one is taken
        await fine.subscribe("a", NAME + " " * 15_000)
        assert (await fine.hear())["type"] == "next"


async def test_one_who_pings_and_does_not_read_is_not_remembered(served: Serving) -> None:
    """A pong of each of 200,000 pings would be 25 MB."""
    async with raw(served) as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        ping = struct.pack("!BBI", 0x89, 0x80 | 125, 0) + b"p" * 125
        with suppress(ConnectionError, TimeoutError):  # cut off, or not read any more: not remembered
            for _ in range(200):
                client.writer.write(ping * 1000)
                await asyncio.wait_for(client.writer.drain(), SECONDS)
        await asyncio.sleep(0.1)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024


async def test_only_our_subprotocol_is_spoken(served: Serving) -> None:
    for spoken in (["graphql-ws"], None):
        async with connected(served, begin=False, subprotocols=spoken) as client:
            assert await client.closed() == (4406, "Subprotocol not acceptable")
    async with connected(served, begin=False, subprotocols=["graphql-ws", "graphql-transport-ws"]) as client:
        assert client.socket.subprotocol == "graphql-transport-ws"


async def test_who_does_not_say_who_he_is_in_time_is_sent_away(
    served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "INIT_SECONDS", 0.2)
    async with connected(served) as patient, connected(served, begin=False) as client:
        await client.say(type="pong")
        assert await client.closed() == (4408, "Connection initialisation timeout")
        await patient.say(type="ping")
        assert await patient.hear() == {"type": "pong"}


async def test_the_order_of_the_protocol_is_kept(served: Serving, scene: Scene) -> None:
    async with connected(served) as client:
        await client.say(type="connection_init")
        assert await client.closed() == (4429, "Too many initialisation requests")
    async with connected(served, begin=False) as client:
        await client.subscribe("a", NAME)
        assert await client.closed() == (4401, "Unauthorized")
    async with connected(served, scene.operator) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        assert await client.closed() == (4409, "Subscriber already exists")


async def test_a_token_that_opens_nothing_is_refused(served: Serving) -> None:
    for payload in (
        {"authorization": "Bearer wtl_unknown"},
        {"authorization": "Basic abc"},
        {"token": "\u0000é"},
    ):
        async with connected(served, begin=False) as client:
            await client.say(type="connection_init", payload=payload)
            assert await client.closed() == (4403, "Forbidden")


async def test_pages_of_other_origins_do_not_get_in(served: Serving) -> None:
    own = served.live.removeprefix("ws://").removesuffix("/graphql")
    for origin in ("https://elsewhere.example", f"http://{own}.elsewhere.example", "null", f"ftp://{own}"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(served.live, origin=origin, subprotocols=["graphql-transport-ws"], proxy=None)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403
    for origin in (f"http://{own}", f"https://{own}"):
        async with connected(served, origin=origin) as client:
            await client.say(type="ping")
            assert await client.hear() == {"type": "pong"}


async def test_what_may_not_be_followed_is_refused_before_it_begins(served: Serving, scene: Scene) -> None:
    token, world = scene.world.token, scene.world
    await world.open("51.02.06.2003")
    neighbour, collector = await token("village_operator", NEIGHBOUR), await token("waste_collector", BENGKEL)
    admin = await token("platform_admin", "")
    table = [
        ("nowhere", collector, FOLLOW, BENGKEL, "FORBIDDEN"),
        ("a visitor", None, FOLLOW, BENGKEL, "FORBIDDEN"),
        ("not here", neighbour, FOLLOW, BENGKEL, "FORBIDDEN"),
        ("not switched on", admin, FOLLOW, "51.02.06.2003", "PROGRAM_NOT_ENABLED"),
        ("unknown village", admin, FOLLOW, "51.02.06.2099", "NOT_FOUND"),
        ("no code", admin, FOLLOW, "nothing", "BAD_USER_INPUT"),
        ("two fields", admin, "subscription($code: RegionCode!) { a: programsChanged(villageCode: $code) { code } "
         "b: programsChanged(villageCode: $code) { code } }", BENGKEL, "GRAPHQL_VALIDATION_FAILED"),
        ("none of two", admin, "subscription($code: RegionCode!) { programsChanged(villageCode: $code) "
         "@skip(if: true) { code } }", BENGKEL, "GRAPHQL_VALIDATION_FAILED"),
        ("too many rows", admin, "subscription($code: RegionCode!) { programsChanged(villageCode: $code) { "
         "households(first: 100) { nodes { residents { fullName } } } residents(first: 101) { totalCount } } }",
         BENGKEL, None),
    ]  # fmt: skip
    for who, asker, document, code, refusal in table:
        async with connected(served, asker) as client:
            await client.subscribe("a", document, code=code)
            told = await client.hear()
            assert (told["id"], told["type"]) == ("a", "error"), who
            codes = {error["extensions"]["code"] for error in told["payload"]}
            assert refusal is None or codes == {refusal}, who
            assert all(error["extensions"]["requestId"] for error in told["payload"])
            await client.subscribe("a", CHANGED, code=BENGKEL)  # the socket and the name are free again
            await followed(served)
        await followed(served, 0)


async def test_complete_ends_one_and_leaves_the_others(served: Serving, scene: Scene) -> None:
    async with connected(served, scene.operator) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await client.subscribe("b", FOLLOW, code=BENGKEL)
        await followed(served, 2)
        await client.say(type="complete", id="a")
        await client.say(type="complete", id="unknown")
        await followed(served, 1)
        await scene.record()
        assert (await client.hear())["id"] == "b"
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await followed(served, 2)
        await scene.record()
        assert {(await client.hear())["id"], (await client.hear())["id"]} == {"a", "b"}
    await eventually(lambda: not served.hub.connections and not served.application.feed.tails)


async def test_limits_are_told_and_what_is_within_them_goes_on(served: Serving, scene: Scene) -> None:
    served.hub.limits = served.hub.limits.model_copy(
        update={"operations": 2, "connections": 3, "connections_per_token": 2}
    )
    async with connected(served, scene.operator) as client, connected(served, scene.operator):
        for name in ("a", "b", "c"):
            await client.subscribe(name, FOLLOW, code=BENGKEL)
        refused = await client.hear()
        assert (refused["id"], refused["payload"][0]["extensions"]["limit"]) == ("c", "operations")
        async with connected(served, begin=False) as third:
            await third.say(type="connection_init", payload={"token": scene.operator})
            assert await third.closed() == (1013, "Too many connections")
        async with connected(served):
            with pytest.raises(InvalidStatus) as full:
                await connect(served.live, subprotocols=["graphql-transport-ws"], proxy=None)  # type: ignore[list-item]
            assert full.value.response.status_code == 503
        await followed(served, 2)
        await scene.record()
        assert {(await client.hear())["id"], (await client.hear())["id"]} == {"a", "b"}


async def test_a_flood_of_messages_ends_the_connection(served: Serving) -> None:
    async with connected(served) as client:
        for _ in range(90):
            await client.say(type="pong")
        await client.say(type="ping")
        assert await client.hear() == {"type": "pong"}
        for _ in range(60):
            await client.say(type="pong")
        assert await client.closed() == (4429, "Too many messages")


async def test_the_end_of_the_server_is_told(served: Serving, scene: Scene) -> None:
    async with connected(served, scene.operator) as client:
        await client.subscribe("a", FOLLOW, code=BENGKEL)
        await followed(served)
        stopping = asyncio.create_task(served.hub.stop())
        assert await client.closed() == (1001, "Going away")
        await asyncio.wait_for(stopping, SECONDS)
        assert served.hub.subscriptions == 0
