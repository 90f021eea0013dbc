"""Files over HTTP: cut off, too slow, from another origin; and nothing of a secret in a log."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from tests.files.scene import Scene, photo

from wantilan.cli.serve import PathOnly


@pytest.fixture(params=["sqlite"])
def wantilan_dialect(request: pytest.FixtureRequest) -> str:
    """What happens on the wire is the same on both."""
    return str(request.param)


@asynccontextmanager
async def served(scene: Scene, **config: Any) -> AsyncIterator[int]:
    """The application behind a real server; its port."""
    given = {"log_level": "error", **config}
    made = uvicorn.Config(scene.world.application.asgi(), lifespan="off", ws="none", **given)
    server = uvicorn.Server(made)
    listening = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server._serve([listening]))
    try:
        await until(lambda: server.started)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await running
        listening.close()


def head(scene: Scene, url: str, *more: str) -> bytes:
    lines = [f"PUT {url} HTTP/1.1", "host: x", f"authorization: Bearer {scene.operator}", *more, "", ""]
    return "\r\n".join(lines).encode()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  what is waited for happens in another task, and tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("how", ["length", "chunked"])
async def test_an_upload_that_is_cut_off_leaves_nothing(scene: Scene, how: str) -> None:
    content = photo("PNG", (300, 300)) + b" " * 400_000
    half = content[: len(content) // 2]
    asked = await scene.asked()
    async with served(scene) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        if how == "length":
            writer.write(head(scene, asked["uploadUrl"], f"content-length: {len(content)}") + half)
        else:
            writer.write(head(scene, asked["uploadUrl"], "transfer-encoding: chunked"))
            writer.write(b"%x\r\n%s\r\n" % (len(half), half))
        await writer.drain()
        await until(lambda: bool(scene.left()))  # the control: something had come
        writer.transport.abort()
        await until(lambda: not scene.left())
    assert await scene.nothing_came()
    assert (await scene.put(asked["uploadUrl"], photo())).status_code == 201  # nothing was used up


async def test_an_upload_that_drips_is_ended(scene: Scene) -> None:
    """Each byte comes before the connection would be idle; the whole takes too long."""
    files = scene.world.application.settings.files
    files.idle_seconds, files.upload_seconds = 0.3, 0.8
    asked = await scene.asked()
    async with served(scene) as port:
        for drips in (False, True):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head(scene, asked["uploadUrl"], "content-length: 5000"))
            answered = asyncio.create_task(reader.read(4096))
            async with asyncio.timeout(3):
                while not answered.done():
                    writer.write(b"x" if drips else b"")
                    await asyncio.sleep(0.05)
            answer = await answered
            assert answer.startswith(b"HTTP/1.1 408") and b'"limit":"uploadSeconds"' in answer
            writer.close()
    files.idle_seconds, files.upload_seconds = 30.0, 600.0
    assert await scene.nothing_came()


async def test_a_reader_who_stalls_is_let_go(scene: Scene) -> None:
    files = scene.world.application.settings.files
    noise = b"".join(i.to_bytes(4, "big") for i in range(1_000_000))
    file = await scene.uploaded(photo("PNG"))
    row = await scene.file()
    path = scene.contents.incoming.parent / str(row.place)
    path.write_bytes(noise)
    async with scene.world.unit("51.02.06.2001") as unit:
        changed = await unit.get(type(row), row.id)
        assert changed is not None
        changed.size = len(noise)
    files.idle_seconds = 0.2
    url = await scene.address(file)
    async with served(scene, log_level="critical") as port:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(slow, ("127.0.0.1", port))
            await loop.sock_sendall(slow, head(scene, url).replace(b"PUT", b"GET"))
            await asyncio.sleep(0.6)
            got = 0
            async with asyncio.timeout(5):
                try:
                    while piece := await loop.sock_recv(slow, 1 << 20):
                        got += len(piece)
                except ConnectionError:
                    pass
    files.idle_seconds = 30.0
    assert got < len(noise)


async def test_an_upload_over_the_wire_comes_back_over_the_wire(scene: Scene) -> None:
    asked = await scene.asked()
    headers = {"authorization": f"Bearer {scene.operator}"}
    async with served(scene) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        put = await client.put(asked["uploadUrl"], content=photo(), headers=headers)
        assert put.status_code == 201
        big = await client.put(asked["uploadUrl"], content=b"x" * 10_000_001, headers=headers)
        assert big.status_code == 409
        other = (await scene.asked())["uploadUrl"]
        assert (await client.put(other, content=b"x" * 10_000_001, headers=headers)).status_code == 413
        got = await client.get(await scene.address(asked["file"]["id"]), headers=headers)
        assert got.status_code == 200 and len(got.content) == put.json()["size"]


async def test_no_log_holds_a_secret_or_a_token(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    asked = await scene.asked()
    secret = asked["uploadUrl"].partition("key=")[2]
    headers = {"authorization": f"Bearer {scene.operator}"}
    # And as they were afterwards: a level outlives a test.
    for name in ("", "uvicorn.error", "uvicorn.access"):
        caplog.set_level(logging.DEBUG, name)
    caplog.handler.addFilter(PathOnly())
    logged = {"log_config": None, "log_level": None, "access_log": True}
    async with served(scene, **logged) as port, httpx.AsyncClient(headers=headers) as client:
        for content, status in ((b"<html>", 415), (photo(), 201)):
            url = f"http://127.0.0.1:{port}{asked['uploadUrl']}"
            assert (await client.put(url, content=content)).status_code == status
    said = [
        record.getMessage() for record in caplog.records if record.name.startswith(("uvicorn", "wantilan"))
    ]
    assert any("PUT /files/" in line and "415" in line for line in said)  # the control: requests are logged
    assert not [line for line in said if secret in line or scene.operator in line]


# Without a connection


async def test_addresses_are_absolute_where_the_setting_says_so(scene: Scene) -> None:
    files = scene.world.application.settings.files
    assert (await scene.asked())["uploadUrl"].startswith("/files/")
    files.base_url = "https://desa.example/api/"
    assert (await scene.asked())["uploadUrl"].startswith("https://desa.example/api/files/")
    files.base_url = ""


async def test_more_than_its_kind_allows_is_refused_while_it_comes(scene: Scene) -> None:
    """Nobody says beforehand how long it is."""
    taken = 0

    async def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1_000_000
            yield photo("PNG") + b"x" * 1_000_000

    answer = await scene.request("PUT", (await scene.asked())["uploadUrl"], scene.operator, endless())
    assert answer.status_code == 413
    assert taken < 50_000_000
    assert await scene.nothing_came()


async def test_other_methods_are_refused_and_use_nothing_up(scene: Scene) -> None:
    url = await scene.address(await scene.uploaded(photo()))
    for method in ("HEAD", "POST", "DELETE"):
        answer = await scene.request(method, url, scene.operator)
        assert answer.status_code == 405 and answer.headers["allow"] == "GET, PUT, OPTIONS"
    assert (await scene.request("GET", url, scene.operator)).status_code == 200


async def test_a_content_that_is_missing_is_our_fault_and_says_nothing(scene: Scene) -> None:
    file = await scene.uploaded(photo())
    (place,) = await scene.lying()
    await scene.contents.remove(place)
    answer = await scene.fetched(file)
    assert answer.status_code == 500 and place not in answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def test_pages_of_other_origins_may_call_where_the_setting_says_so(scene: Scene) -> None:
    settings = scene.world.application.settings
    settings.cors_origins.append("https://desa.example")
    url = await scene.address(await scene.uploaded(photo()))
    for origin, allowed in (("https://desa.example", "https://desa.example"), ("https://else.example", None)):
        asked = await scene.request("OPTIONS", url, None, origin=origin)
        assert asked.status_code == 204
        assert asked.headers.get("access-control-allow-origin") == allowed
        assert ("PUT" in asked.headers.get("access-control-allow-methods", "")) is bool(allowed)
    fetched = await scene.request("GET", url, scene.operator, origin="https://desa.example")
    assert fetched.status_code == 200
    assert fetched.headers["access-control-allow-origin"] == "https://desa.example"
    settings.cors_origins.clear()


async def test_a_database_that_is_away_and_too_many_requests_are_told_as_everywhere(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await scene.asked()
    with monkeypatch.context() as patch:

        def away() -> None:
            raise sa.exc.TimeoutError

        patch.setattr(scene.world.application.desk.database, "transaction", away)
        answer = await scene.put(asked["uploadUrl"], photo())
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    meter = scene.world.engine.meter
    meter.buckets.clear()
    with monkeypatch.context() as patch:
        patch.setattr(meter, "per_minute", 1)
        assert [(await scene.put("/files/x", b"")).status_code for _ in range(2)] == [404, 429]
    meter.buckets.clear()
    assert (await scene.put(asked["uploadUrl"], photo())).status_code == 201  # the control
