"""The router around `/graphql`, driven as an ASGI callable."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import wantilan.web
from wantilan.errors import ConfigurationError, Text, Unauthenticated
from wantilan.web import WebApp

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SECRET = "postgresql://wantilan@db.internal/desa"


@dataclass
class Told:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["errors"][0]["extensions"]["code"])


async def says(name: str, scope: Any, send: Any) -> None:
    """Answers with a name and what the scope says of the path."""
    seen = json.dumps({"app": name, "path": scope["path"], "root_path": scope["root_path"]})
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": seen.encode()})


async def graphql(scope: Any, receive: Any, send: Any) -> None:
    await says("graphql", scope, send)


async def cctv(scope: Any, receive: Any, send: Any) -> None:
    await says("cctv", scope, send)


async def cctv_feeds(scope: Any, receive: Any, send: Any) -> None:
    await says("cctv feeds", scope, send)


async def all_works() -> Mapping[str, bool]:
    return {"database": True, "schema": True}


def app(**given: Any) -> WebApp:
    return WebApp(**{"graphql": graphql, "ready": all_works, **given})


async def ask(
    web: WebApp,
    path: str,
    method: str = "GET",
    query_string: bytes = b"",
    root_path: str = "",
    **headers: str,
) -> Told:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root_path,
        "query_string": query_string,
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()],
    }
    await web(scope, receive, send)
    start, body = sent
    return Told(start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, body["body"])


async def who(web: WebApp, path: str, method: str = "GET", **given: Any) -> str:
    return str(json.loads((await ask(web, path, method, **given)).body)["app"])


async def websocket(web: WebApp, path: str) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await web({"type": "websocket", "path": path, "root_path": "", "headers": []}, receive, send)
    return sent


async def lifespan(web: WebApp) -> list[Any]:
    sent: list[Any] = []
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await web({"type": "lifespan"}, receive, send)
    return sent


# /graphql and the page


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD", "PUT"])
async def test_graphql_gets_what_is_sent_to_it(method: str) -> None:
    assert await who(app(graphiql=True), "/graphql", method, accept="application/json") == "graphql"


async def test_a_browser_gets_graphiql() -> None:
    told = await ask(app(graphiql=True), "/graphql", accept=BROWSER)
    assert (told.status, told.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<title>Wantilan</title>" in told.body
    assert told.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "given",
    [
        {"accept": "*/*"},
        {},
        {"accept": BROWSER, "query_string": b"query=%7Ba%7D"},
        {"accept": BROWSER, "query_string": b"documentId=sha256:ab"},
        {"accept": BROWSER, "query_string": b"extensions=%7B%22persistedQuery%22%3A1%7D"},
        {"accept": BROWSER, "method": "POST"},
    ],
)
async def test_programs_and_queries_do_not_get_graphiql(given: dict[str, Any]) -> None:
    assert await who(app(graphiql=True), "/graphql", **given) == "graphql"


async def test_without_graphiql_browsers_get_the_api_and_no_files() -> None:
    page = await ask(app(graphiql=True), "/graphql", accept=BROWSER)
    web = app()
    assert await who(web, "/graphql", accept=BROWSER) == "graphql"
    for address in ["/", *(f"/{path}" for path in re.findall(r'"(graphiql/[^"]+)"', page.body.decode()))]:
        assert (await ask(app(graphiql=True), address)).status in (200, 307)
        assert (await ask(web, address)).status == 404


async def test_the_root_leads_to_graphiql() -> None:
    told = await ask(app(graphiql=True), "/")
    assert (told.status, told.headers["location"]) == (307, "/graphql")
    below = await ask(app(graphiql=True), "/desa/", root_path="/desa")
    assert below.headers["location"] == "/desa/graphql"


async def test_the_page_loads_only_our_own_files() -> None:
    told = await ask(app(graphiql=True), "/graphql", accept=BROWSER)
    policy = told.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert not re.findall(rb'(?:src|href)="(?!graphiql/|data:,)', told.body)
    assert len(re.findall(rb'(?:src|href)="graphiql/', told.body)) == 2


async def test_every_page_has_its_own_nonce() -> None:
    web = app(graphiql=True)
    nonces = []
    for _ in range(2):
        told = await ask(web, "/graphql", accept=BROWSER)
        nonces += re.findall(r"nonce=\"([^\"]+)\"", told.body.decode())
        assert f"'nonce-{nonces[-1]}'" in told.headers["content-security-policy"]
    assert len(set(nonces)) == 2


async def files_of(web: WebApp) -> list[str]:
    page = (await ask(web, "/graphql", accept=BROWSER)).body.decode()
    paths = ["/" + path for path in re.findall(r'"(graphiql/[^"]+)"', page)]
    return [*paths, paths[0].rsplit("/", 1)[0] + "/LICENSES.txt"]


async def test_the_files_of_the_page_are_served_for_ever_and_packed() -> None:
    web = app(graphiql=True)
    types = {"css": "text/css", "js": "text/javascript", "txt": "text/plain"}
    paths = await files_of(web)
    assert len(paths) == 3
    for path in paths:
        plain = await ask(web, path)
        packed = await ask(web, path, accept_encoding="gzip, br")
        assert (plain.status, packed.status) == (200, 200)
        assert plain.headers["content-type"] == f"{types[path.rsplit('.')[-1]]}; charset=utf-8"
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert plain.headers["x-content-type-options"] == "nosniff"
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body) / 2


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "README.md", "", "/etc/passwd", "graphiql.js/", "GRAPHIQL.JS", "\0", "é"],
)
async def test_no_other_file_is_served(name: str) -> None:
    web = app(graphiql=True)
    folder = (await files_of(web))[0].rsplit("/", 1)[0]
    for path in (f"{folder}/{name}", f"/graphiql/{name}"):
        told = await ask(web, path)
        assert (told.status, told.code) == (404, "NOT_FOUND")


def test_the_built_files_are_small_and_name_no_remote_host_to_load_from() -> None:
    folder = Path(wantilan.web.__file__).parent / "static"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2_500_000
    for name in ("graphiql.js", "graphiql.css"):
        text = (folder / name).read_text()
        assert "LICENSES.txt" in text[:100]
        assert not re.findall(
            r"unpkg|jsdelivr|cdnjs|googleapis|@import|sourceMappingURL|url\(['\"]?http", text
        )


# Health


async def test_a_running_server_is_alive() -> None:
    told = await ask(app(), "/livez")
    assert (told.status, json.loads(told.body)) == (200, {"status": "ok"})
    assert told.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_server_whose_parts_work_is_ready() -> None:
    told = await ask(app(), "/readyz")
    assert (told.status, json.loads(told.body)) == (200, {"status": "ok"})


async def test_a_server_that_is_not_ready_names_what_fails() -> None:
    async def ready() -> Mapping[str, bool]:
        return {"schema": False, "keys": True, "database": False}

    told = await ask(app(ready=ready), "/readyz")
    assert told.status == 503
    assert json.loads(told.body) == {"status": "unavailable", "failing": ["database", "schema"]}


async def test_a_readiness_check_that_raises_tells_no_address(caplog: pytest.LogCaptureFixture) -> None:
    async def ready() -> Mapping[str, bool]:
        raise OSError(f"cannot connect to {SECRET}")

    with caplog.at_level(logging.ERROR, logger="wantilan"):
        told = await ask(app(ready=ready), "/readyz")
    assert (told.status, json.loads(told.body)["failing"]) == (503, ["check"])
    assert "OSError" in caplog.text
    assert SECRET not in caplog.text and SECRET not in told.body.decode()


async def test_a_readiness_check_that_hangs_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ready() -> Mapping[str, bool]:
        await asyncio.sleep(60)
        return {}

    monkeypatch.setattr("wantilan.web.app._READY_SECONDS", 0.01)
    assert (await ask(app(ready=ready), "/readyz")).status == 503


# The schema


def sdl_for_the_good(token: str | None) -> str | None:
    if token == "revoked":
        raise Unauthenticated(Text("Token dicabut.", "The token is revoked."))
    return "type Query" if token == "good" else None


async def sdl_for_the_good_later(token: str | None) -> str | None:
    return sdl_for_the_good(token)


@pytest.mark.parametrize("schema_text", [sdl_for_the_good, sdl_for_the_good_later])
async def test_the_schema_is_served_to_tokens_that_may_read_it(schema_text: Any) -> None:
    web = app(schema_text=schema_text)
    allowed = await ask(web, "/schema.graphql", authorization="Bearer good")
    assert (allowed.status, allowed.body) == (200, b"type Query")
    assert allowed.headers["content-type"] == "text/plain; charset=utf-8"
    other = await ask(web, "/schema.graphql", authorization="Bearer other")
    assert (other.status, other.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer revoked"}, {"authorization": "Basic x"}])
async def test_visitors_and_bad_tokens_are_asked_for_a_token(headers: dict[str, Any]) -> None:
    told = await ask(app(schema_text=sdl_for_the_good), "/schema.graphql", **headers)
    assert (told.status, told.code, told.headers["www-authenticate"]) == (401, "UNAUTHENTICATED", "Bearer")


async def test_without_a_schema_to_serve_there_is_none() -> None:
    assert (await ask(app(), "/schema.graphql", authorization="Bearer good")).status == 404


# Routes of programs


async def test_the_longest_prefix_decides_and_the_rest_is_its_own() -> None:
    web = app(routes={"/hooks/cctv": cctv, "/hooks/cctv/feeds": cctv_feeds})
    assert await who(web, "/hooks/cctv") == "cctv"
    assert await who(web, "/hooks/cctv/a", "POST") == "cctv"
    assert await who(web, "/hooks/cctv/feeds/7") == "cctv feeds"
    assert (await ask(web, "/hooks/cctvs")).status == 404


async def test_a_route_sees_where_it_hangs() -> None:
    web = app(routes={"/hooks/cctv": cctv})
    told = json.loads((await ask(web, "/desa/hooks/cctv/a", root_path="/desa")).body)
    assert (told["path"], told["root_path"]) == ("/desa/hooks/cctv/a", "/desa/hooks/cctv")


@pytest.mark.parametrize(
    "prefix",
    ["hooks", "/hooks/", "/", "", "/graphql", "/graphql/x", "/graphiql", "/livez", "/schema.graphql"],
)
def test_a_prefix_that_is_malformed_or_ours_stops_the_start(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="Route"):
        app(routes={prefix: cctv})


async def test_a_route_that_raises_is_masked_and_logged_without_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError(SECRET)

    with caplog.at_level(logging.ERROR, logger="wantilan"):
        told = await ask(app(routes={"/hooks": broken}), "/hooks", x_request_id="r-3")
    assert (told.status, told.code) == (500, "INTERNAL_SERVER_ERROR")
    assert "r-3" in caplog.text and "RuntimeError" in caplog.text
    assert SECRET not in caplog.text and SECRET not in told.body.decode()


async def test_a_route_that_raises_after_it_began_to_answer_is_not_answered_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def breaks_late(scope: Any, receive: Any, send: Any) -> None:
        await says("late", scope, send)
        raise RuntimeError

    assert await who(app(routes={"/hooks": breaks_late}), "/hooks") == "late"
    assert "RuntimeError" in caplog.text


# What is not there


async def test_an_unknown_address_is_404_as_json_in_both_languages() -> None:
    indonesian = await ask(app(), "/nowhere", x_request_id="r-1")
    english = await ask(app(), "/nowhere", accept_language="en")
    assert (indonesian.status, indonesian.code) == (404, "NOT_FOUND")
    assert indonesian.headers["content-type"] == "application/json; charset=utf-8"
    assert indonesian.headers["x-request-id"] == "r-1"
    assert "Tidak ditemukan" in indonesian.body.decode()
    assert "Not found" in english.body.decode()


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/schema.graphql"])
async def test_addresses_that_only_tell_are_405_for_other_methods(path: str) -> None:
    web = app(graphiql=True, schema_text=sdl_for_the_good)
    told = await ask(web, path, "POST", authorization="Bearer good")
    assert (told.status, told.code, told.headers["allow"]) == (405, "BAD_USER_INPUT", "GET, HEAD")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/schema.graphql", "/nowhere", "/graphql"])
async def test_head_is_get_without_the_body(path: str) -> None:
    web = app(graphiql=True, schema_text=sdl_for_the_good)
    got = await ask(web, path, authorization="Bearer good", accept=BROWSER)
    head = await ask(web, path, "HEAD", authorization="Bearer good", accept=BROWSER)
    assert (head.status, head.body) == (got.status, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.body))


async def test_below_a_root_path_every_address_is_found() -> None:
    web = app(graphiql=True)
    assert await who(web, "/desa/graphql", "POST", root_path="/desa") == "graphql"
    assert (await ask(web, "/desa/livez", root_path="/desa")).status == 200
    assert (await ask(web, "/desanya/livez", root_path="/desa")).status == 404


# Websockets


async def test_websockets_reach_whoever_serves_them_and_are_refused_elsewhere() -> None:
    async def live(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    served = app(live=live, routes={"/hooks": live})
    for path in ("/graphql", "/hooks/a"):
        assert await websocket(served, path) == [{"type": "websocket.accept"}]
        assert await websocket(app(), path) == [{"type": "websocket.close", "code": 1008}]


# Start and end


async def test_a_start_and_an_end_run_their_steps_in_order() -> None:
    steps: list[str] = []

    def step(name: str) -> Any:
        async def run() -> None:
            steps.append(name)

        return run

    web = app(startup=[step("open"), step("warm")], shutdown=[step("drain"), step("close")])
    assert [m["type"] for m in await lifespan(web)] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert steps == ["open", "warm", "drain", "close"]


@pytest.mark.parametrize(
    "error, told",
    [
        (OSError(SECRET), "OSError"),
        (ConfigurationError("Setting WANTILAN_KEYS is missing."), "WANTILAN_KEYS"),
    ],
)
async def test_a_step_that_fails_stops_the_start_and_tells_why(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    later: list[str] = []

    async def fails() -> None:
        raise error

    async def never() -> None:
        later.append("ran")

    (message,) = await lifespan(app(startup=[fails, never]))
    assert message["type"] == "lifespan.startup.failed"
    assert told in message["message"] and told in caplog.text
    assert SECRET not in message["message"] + caplog.text
    assert later == []


async def test_a_part_that_does_not_close_keeps_no_other_open(caplog: pytest.LogCaptureFixture) -> None:
    closed: list[str] = []

    async def fails() -> None:
        raise OSError(SECRET)

    async def closes() -> None:
        closed.append("database")

    messages = await lifespan(app(shutdown=[fails, closes]))
    assert [m["type"] for m in messages] == ["lifespan.startup.complete", "lifespan.shutdown.failed"]
    assert closed == ["database"]
    assert "OSError" in caplog.text and SECRET not in caplog.text
