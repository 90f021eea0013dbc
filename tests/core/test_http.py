"""The HTTP side of `/graphql`, driven as an ASGI callable with an engine that only remembers."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wantilan.errors import ConfigurationError
from wantilan.graph.http import Answer, Asked, GraphQLEndpoint
from wantilan.settings import Limits

QUERY = "{ villages { nodes { name } } }"
DATA = b'{"data":{"villages":{"nodes":[]}}}'
GRAPHQL = "application/graphql-response+json"
NIK = "5102060101900001"
CODES = {"BAD_USER_INPUT", "LIMIT_EXCEEDED", "UNAUTHENTICATED", "INTERNAL_SERVER_ERROR"}


@dataclass
class RememberingEngine:
    """Answers as it is told and keeps what it was asked."""

    answer_: Answer = field(default_factory=lambda: Answer(DATA))
    error: Exception | None = None
    asked: list[Asked] = field(default_factory=list)

    async def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.error is not None:
            raise self.error
        return self.answer_


@dataclass
class Told:
    """What the client got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        assert "data" not in self.json
        return str(self.json["errors"][0]["extensions"]["code"])


class Client:
    """Speaks ASGI to an endpoint: one request in, what was told out; None if nothing was."""

    def __init__(self, engine: RememberingEngine, *origins: str, body_bytes: int = 2000) -> None:
        self.engine = engine
        self.endpoint = GraphQLEndpoint(engine, limits=Limits(body_bytes=body_bytes), cors_origins=origins)
        self.received = 0

    async def send(
        self, method: str, *chunks: bytes | None, query_string: bytes = b"", **headers: str | None
    ) -> Told | None:
        """Sends the chunks as the body; a chunk of None is a client that goes away."""
        sent: list[Any] = []
        messages = [self._message(chunk, i + 1 < len(chunks)) for i, chunk in enumerate(chunks or (b"",))]

        async def receive() -> Any:
            self.received += 1
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": "/graphql",
            "query_string": query_string,
            "client": ("203.0.113.7", 4711),
            "headers": [
                (n.replace("_", "-").encode(), v.encode("latin-1"))
                for n, v in headers.items()
                if v is not None
            ],
        }
        await self.endpoint(scope, receive, send)
        if not sent:
            return None
        assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
        told = {n.decode(): v.decode() for n, v in sent[0]["headers"]}
        return Told(sent[0]["status"], told, sent[1]["body"])

    @staticmethod
    def _message(chunk: bytes | None, more: bool) -> dict[str, object]:
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": more}

    async def post(self, body: object, **headers: str | None) -> Told:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        all_headers: dict[str, Any] = {"content_type": "application/json", **headers}
        told = await self.send("POST", raw, **all_headers)
        assert told is not None
        return told

    async def get(self, *, preflight: str | None = "1", accept: str | None = None, **parameters: str) -> Told:
        told = await self.send(
            "GET",
            query_string=urlencode(parameters).encode(),
            graphql_require_preflight=preflight,
            accept=accept,
        )
        assert told is not None
        return told

    @property
    def asked(self) -> Asked:
        assert len(self.engine.asked) == 1
        return self.engine.asked[0]


@pytest.fixture
def engine() -> RememberingEngine:
    return RememberingEngine()


@pytest.fixture
def client(engine: RememberingEngine) -> Client:
    return Client(engine)


# What is asked and answered


async def test_a_post_reaches_the_engine_with_all_its_parameters(client: Client) -> None:
    body = {
        "query": QUERY,
        "operationName": "Q",
        "variables": {"c": ["51.02.06.2001", 1.5]},
        "extensions": {"a": None},
    }
    told = await client.post(
        body,
        authorization="Bearer abc.d-e_f~+/==",
        accept_language="en",
        idempotency_key="k-1",
        x_request_id="r.1",
    )
    assert (told.status, told.body) == (200, DATA)
    expected = Asked(
        query=QUERY,
        operation_name="Q",
        variables={"c": ["51.02.06.2001", 1.5]},
        extensions={"a": None},
        read_only=False,
        token="abc.d-e_f~+/==",
        language="en",
        idempotency_key="k-1",
        request_id="r.1",
        client="203.0.113.7",
    )
    assert expected == client.asked


async def test_what_is_not_sent_is_empty(client: Client) -> None:
    assert (await client.post({"query": QUERY})).status == 200
    asked = client.asked
    assert (asked.operation_name, asked.variables, asked.extensions) == (None, {}, {})
    assert (asked.token, asked.idempotency_key, asked.language, asked.read_only) == (None, None, "id", False)


@pytest.mark.parametrize("name", ["operationName", "variables", "extensions"])
async def test_null_is_as_if_not_sent(client: Client, name: str) -> None:
    assert (await client.post({"query": QUERY, name: None})).status == 200


async def test_a_get_reaches_the_engine_as_read_only(client: Client) -> None:
    told = await client.get(
        query='{ a(b: "é+&") }', variables='{"a": 1}', extensions='{"b": 2}', operationName="Q"
    )
    assert told.status == 200
    asked = client.asked
    assert (asked.query, asked.operation_name, asked.read_only) == ('{ a(b: "é+&") }', "Q", True)
    assert (asked.variables, asked.extensions) == ({"a": 1}, {"b": 2})


async def test_empty_parameters_of_a_get_are_as_if_not_sent(client: Client) -> None:
    assert (await client.get(query=QUERY, variables="", operationName="", extensions="null")).status == 200
    assert (client.asked.operation_name, client.asked.variables, client.asked.extensions) == (None, {}, {})


async def test_a_persisted_query_may_come_by_its_hash_alone(client: Client) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}
    assert (await client.post({"extensions": extensions})).status == 200
    assert ("", extensions) == (client.asked.query, client.asked.extensions)


async def test_a_document_may_come_by_its_name_alone(client: Client) -> None:
    assert (await client.post({"documentId": "sha256:ab", "query": None})).status == 200
    assert (client.asked.query, client.asked.document_id) == ("", "sha256:ab")


async def test_a_get_may_name_its_document(client: Client) -> None:
    assert (await client.get(documentId="sha256:ab", variables='{"a": 1}')).status == 200
    asked = client.asked
    assert (asked.query, asked.document_id, asked.variables) == ("", "sha256:ab", {"a": 1})


async def test_a_name_that_names_nothing_needs_the_document(client: Client) -> None:
    for body in ({"documentId": ""}, {"documentId": None}, {"extensions": {"persistedQuery": None}}):
        assert (await client.post(body, accept=GRAPHQL)).status == 400
    assert (await client.post({"documentId": 1, "query": QUERY}, accept=GRAPHQL)).status == 400
    twice = b'{"documentId": "a", "documentId": "b"}'
    assert (await client.post(twice, accept=GRAPHQL)).status == 400
    assert client.engine.asked == []
    assert (await client.post({"documentId": None, "query": QUERY})).status == 200
    assert client.asked.document_id is None


async def test_a_body_in_pieces_is_put_together(client: Client) -> None:
    body = json.dumps({"query": QUERY}).encode()
    told = await client.send("POST", body[:5], body[5:9], b"", body[9:], content_type="application/json")
    assert told is not None and told.status == 200
    assert client.asked.query == QUERY


async def test_every_answer_carries_request_id_no_store_nosniff_and_its_length(client: Client) -> None:
    answers = [
        await client.post({"query": QUERY}),
        await client.post(b"nonsense"),
        await client.get(preflight=None, query=QUERY),
    ]
    assert [told.status for told in answers] == [200, 400, 400]
    for told in answers:
        assert (
            told.headers["cache-control"],
            told.headers["x-content-type-options"],
        ) == ("no-store", "nosniff")
        assert str(len(told.body)) == told.headers["content-length"]
        assert len(told.headers["x-request-id"]) == 32
    assert len({told.headers["x-request-id"] for told in answers}) == 3


@pytest.mark.parametrize("sent", ["a b", "a\n", "", "x" * 65, "ä", "a;b"])
async def test_a_request_id_that_could_harm_a_log_is_replaced(client: Client, sent: str) -> None:
    assert sent != (await client.post({"query": QUERY}, x_request_id=sent)).headers["x-request-id"]
    kept = "x" * 64
    assert kept == (await client.post({"query": QUERY}, x_request_id=kept)).headers["x-request-id"]


async def test_the_engine_may_set_headers_of_its_own(engine: RememberingEngine, client: Client) -> None:
    engine.answer_ = Answer(DATA, 200, ((b"cache-control", b"public, max-age=60"), (b"etag", b'"1"')))
    told = await client.post({"query": QUERY})
    assert (told.headers["cache-control"], told.headers["etag"]) == ("public, max-age=60", '"1"')


# Media types


@pytest.mark.parametrize(
    "accept, expected",
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, application/json; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL},application/json;q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, application/json", "application/json"),
        (f"application/json, {GRAPHQL}", "application/json"),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        (f"*/*;q=0.1, {GRAPHQL};q=0.1", GRAPHQL),
        ("application/json;q=0, */*", GRAPHQL),
        (
            f"{GRAPHQL}, application/graphql+json, application/json, text/event-stream, multipart/mixed",
            GRAPHQL,
        ),
        (f"{GRAPHQL};charset=latin1, application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        (",;,=;q,  APPLICATION/JSON ;Q=1.000", "application/json"),
    ],
)
async def test_the_answer_has_the_media_type_that_the_client_likes_best(
    client: Client, accept: str | None, expected: str
) -> None:
    told = await client.post({"query": QUERY}, accept=accept)
    assert (200, f"{expected}; charset=utf-8") == (told.status, told.headers["content-type"])


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/json;q=0", "*/*;q=0", "application/json;q=nan", "json", f"{GRAPHQL};q=2"],
)
async def test_a_client_that_accepts_neither_media_type_is_refused(client: Client, accept: str) -> None:
    told = await client.post({"query": QUERY}, accept=accept)
    assert (told.status, told.code) == (406, "BAD_USER_INPUT")
    assert client.engine.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429])
async def test_a_refused_operation_tells_its_status_only_where_clients_can_trust_it(
    engine: RememberingEngine, client: Client, status: int
) -> None:
    engine.answer_ = Answer(b'{"errors":[]}', status)
    assert (await client.post({"query": QUERY}, accept="application/json")).status == 200
    assert status == (await client.post({"query": QUERY}, accept=GRAPHQL)).status


@pytest.mark.parametrize("accept", ["application/json", GRAPHQL])
async def test_our_own_faults_are_told_to_all(engine: RememberingEngine, client: Client, accept: str) -> None:
    engine.answer_ = Answer(b'{"errors":[]}', 503)
    assert (await client.post({"query": QUERY}, accept=accept)).status == 503


@pytest.mark.parametrize("accept", ["application/json", GRAPHQL])
async def test_a_mutation_by_get_is_405_and_told_to_post(
    engine: RememberingEngine, client: Client, accept: str
) -> None:
    engine.answer_ = Answer(b'{"errors":[]}', 405)
    told = await client.get(query="mutation { a }", accept=accept)
    assert (told.status, told.headers["allow"]) == (405, "POST")


async def test_a_token_that_the_engine_refuses_is_asked_for_as_bearer(
    engine: RememberingEngine, client: Client
) -> None:
    engine.answer_ = Answer(b'{"errors":[]}', 401)
    assert (await client.post({"query": QUERY}, accept=GRAPHQL)).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;Charset=UTF-8",
        'application/json; charset="utf-8"',
    ],
)
async def test_json_in_utf_8_is_read(client: Client, content_type: str) -> None:
    assert (await client.post({"query": QUERY}, content_type=content_type)).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "text/plain; application/json",
    ],
)
async def test_another_content_type_is_415(client: Client, content_type: str | None) -> None:
    told = await client.post({"query": QUERY}, content_type=content_type)
    assert (told.status, told.code) == (415, "BAD_USER_INPUT")
    assert client.engine.asked == []


async def test_a_packed_body_is_415(client: Client) -> None:
    assert (await client.post({"query": QUERY}, content_encoding="gzip")).status == 415
    assert (await client.post({"query": QUERY}, content_encoding="identity")).status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "HEAD", "QUERY"])
async def test_other_methods_are_405(client: Client, method: str) -> None:
    told = await client.send(method, b"{}", content_type="application/json")
    assert told is not None
    assert (told.status, told.headers["allow"]) == (405, "GET, POST, OPTIONS")
    assert told.body == b"" if method == "HEAD" else told.code == "BAD_USER_INPUT"


# Bodies that are none

DEEP_OBJECT = b'{"query":"{a}","variables":' + b'{"a":' * 51 + b"1" + b"}" * 51 + b"}"
DEEP_LIST = b'{"query":"{a}","variables":{"a":' + b"[" * 50 + b"]" * 50 + b"}}"

MALFORMED = {
    "nothing": b"",
    "half a body": b'{"query": "{ a',
    "no JSON": b"nonsense",
    "a batch": b'[{"query": "{ a }"}]',
    "text": b'"{ a }"',
    "null": b"null",
    "a number": b"7",
    "no query": b"{}",
    "query of another name": b'{"qeury": "{ a }"}',
    "query null": b'{"query": null}',
    "query null with other extensions": b'{"query": null, "extensions": {"a": 1}}',
    "something behind": b'{"query":"{a}"} x',
    "two bodies": b'{"query":"{a}"}{"query":"{b}"}',
    "query twice": b'{"query":"{a}","query":"mutation{b}"}',
    "query twice, once in escapes": b'{"query":"{a}","\\u0071uery":"mutation{b}"}',
    "variables twice": b'{"query":"{a}","variables":{},"variables":{"a":1}}',
    "NaN": b'{"query":"{a}","variables":{"a":NaN}}',
    "Infinity": b'{"query":"{a}","variables":{"a":-Infinity}}',
    "a number beyond all": b'{"query":"{a}","variables":{"a":[1e400]}}',
    "a number of 5000 digits": b'{"query":"{a}","variables":{"a":' + b"9" * 5000 + b"}}",
    "invalid UTF-8": b'{"query":"{a}","variables":{"a":"\xff"}}',
    "UTF-16": '{"query":"{a}"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"query":"{a}"}',
    "a lone surrogate": b'{"query":"{a}","variables":{"a":"\\ud800"}}',
    "a lone surrogate as name": b'{"query":"{a}","variables":{"\\udc00":1}}',
    "a surrogate in bytes": b'{"query":"{a}","variables":{"a":"\xed\xa0\x80"}}',
    "NUL": b'{"query":"{a}","variables":{"a":{"b":["\\u0000"]}}}',
    "NUL in a name": b'{"query":"{a}","variables":{"\\u0000":1}}',
    "NUL in extensions": b'{"query":"{a}","extensions":{"a":"\\u0000"}}',
    "deep objects": DEEP_OBJECT,
    "deep lists": DEEP_LIST,
    "very deep lists": b"[" * 10_000,
    "very deep objects": b'{"variables":' * 10_000,
    "deep and unknown": b'{"query":"{a}","x":' + b"[" * 1_000_00 + b"]" * 1_000_00 + b"}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("accept", ["application/json", GRAPHQL])
async def test_a_body_that_is_no_request_is_400_whatever_the_client_accepts(
    engine: RememberingEngine, body: bytes, accept: str
) -> None:
    client = Client(engine, body_bytes=1024 * 1024)
    told = await client.post(body, accept=accept)
    assert (told.status, told.code) == (400, "BAD_USER_INPUT")
    assert f"{accept}; charset=utf-8" == told.headers["content-type"]
    assert engine.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"query":"{a}","variables":' + b'{"a":' * 49 + b"{}" + b"}" * 49 + b"}",
        b'{"query":"{a}","variables":{"query":"x","a":"caf\\u00e9 \\ud83c\\udfc3"}}',
        b'{"query":"{a}","variables":{"a":1e300,"b":12345678901234567890}}',
        b' \n{"query":"{a}", "other": [1]}\n ',
    ],
    ids=["deep enough", "escapes", "large numbers", "unknown names and space"],
)
async def test_bodies_that_only_look_odd_are_read(client: Client, body: bytes) -> None:
    assert (await client.post(body)).status == 200


@pytest.mark.parametrize("name", ["query", "operationName"])
@pytest.mark.parametrize("value", [{"a": 1}, 0, False, ["a"], 1.5])
async def test_text_parameters_of_another_type_are_400(client: Client, name: str, value: object) -> None:
    told = await client.post({"query": QUERY, name: value}, accept_language="en")
    assert (400, f"{name} must be a string.") == (told.status, told.json["errors"][0]["message"])


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("value", ["text", 0, False, ["a"], 1.5])
async def test_object_parameters_of_another_type_are_400(client: Client, name: str, value: object) -> None:
    told = await client.post({"query": QUERY, name: value}, accept_language="en")
    assert (400, f"{name} must be a JSON object.") == (told.status, told.json["errors"][0]["message"])


async def test_all_wrong_parameters_are_named_at_once(client: Client) -> None:
    told = await client.post({"variables": [], "operationName": 1}, accept_language="en")
    expected = "operationName must be a string; variables must be a JSON object; query is missing."
    assert expected == told.json["errors"][0]["message"]


@pytest.mark.parametrize(
    "query_string",
    [
        b"",
        b"variables={}",
        b"query=%FF",
        b"query=%ED%A0%80",
        b"query=\xff",
        b"query={a}&query={b}",
        b"query={a}&variables={&extensions={}",
        b"query={a}&variables=[1]",
        b"query={a}&variables=NaN",
        b"query={a}&variables=%7B%22a%22%3A%22%5Cu0000%22%7D",
        b"query={a}&extensions=text",
        b"query={a}" + b"&a=1" * 60,
    ],
)
async def test_an_address_that_is_no_request_is_400(client: Client, query_string: bytes) -> None:
    told = await client.send("GET", query_string=query_string, apollo_require_preflight="1")
    assert told is not None
    assert (told.status, told.code) == (400, "BAD_USER_INPUT")
    assert client.engine.asked == []


# Size


async def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(engine: RememberingEngine) -> None:
    body = json.dumps({"query": QUERY}).encode()
    assert (await Client(engine, body_bytes=len(body)).post(body)).status == 200
    told = await Client(engine, body_bytes=len(body) - 1).post(body)
    assert (told.status, told.code) == (413, "LIMIT_EXCEEDED")
    extensions = told.json["errors"][0]["extensions"]
    assert ("bodyBytes", len(body) - 1) == (extensions["limit"], extensions["allowed"])
    assert len(engine.asked) == 1


async def test_a_long_body_without_content_length_is_taken_off_the_wire_and_refused(client: Client) -> None:
    told = await client.send("POST", *[b" " * 1000] * 5, content_type="application/json")
    assert told is not None and (told.status, told.code) == (413, "LIMIT_EXCEEDED")
    assert client.received == 5


async def test_a_body_without_end_is_not_read_to_its_end(client: Client) -> None:
    told = await client.send("POST", *[b" " * 1000] * 100, content_type="application/json")
    assert told is not None and told.status == 413
    assert client.received < 10


async def test_a_body_announced_as_huge_is_not_read_at_all(client: Client) -> None:
    told = await client.send("POST", b"{}", content_type="application/json", content_length="9" * 300)
    assert told is not None and told.status == 413
    assert client.received == 0


async def test_a_long_address_is_414(client: Client) -> None:
    told = await client.get(query="{" + " " * 2000)
    assert (told.status, told.code) == (414, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("chunks", [[None], [b'{"query"', None]])
async def test_nobody_is_answered_who_went_away(client: Client, chunks: list[bytes | None]) -> None:
    assert None is await client.send("POST", *chunks, content_type="application/json")
    assert client.engine.asked == []


# Foreign pages


async def test_a_get_that_a_foreign_page_could_send_is_refused(client: Client) -> None:
    told = await client.get(preflight=None, query=QUERY)
    assert (told.status, told.code) == (400, "BAD_USER_INPUT")
    assert (await client.get(preflight="", query=QUERY)).status == 400
    assert client.engine.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {"graphql_require_preflight": "1"},
        {"apollo_require_preflight": "true"},
        {"authorization": "Bearer wtl_abc"},
        {"content_type": "application/json"},
    ],
)
async def test_a_get_that_needs_a_preflight_is_answered(client: Client, headers: dict[str, Any]) -> None:
    told = await client.send("GET", query_string=urlencode({"query": QUERY}).encode(), **headers)
    assert told is not None and told.status == 200


async def test_what_a_browser_sends_by_itself_is_no_token_and_opens_nothing(client: Client) -> None:
    query = urlencode({"query": QUERY}).encode()
    told = await client.send("GET", query_string=query, authorization="Basic d2F5YW46cmFoYXNpYQ==")
    assert told is not None and told.code == "UNAUTHENTICATED"
    assert client.engine.asked == []


async def test_the_preflight_header_does_not_let_another_content_type_in(client: Client) -> None:
    told = await client.post({"query": QUERY}, content_type="text/plain", graphql_require_preflight="1")
    assert told.status == 415


async def test_pages_of_a_configured_origin_may_call(engine: RememberingEngine) -> None:
    client = Client(engine, "https://desa.example")
    told = await client.post({"query": QUERY}, origin="https://desa.example")
    assert (
        told.headers["access-control-allow-origin"],
        told.headers["vary"],
    ) == ("https://desa.example", "Origin")
    assert "access-control-allow-credentials" not in told.headers
    refused = await client.post(b"nonsense", origin="https://desa.example")
    assert refused.headers["access-control-allow-origin"] == "https://desa.example"


@pytest.mark.parametrize(
    "origin", [None, "https://other.example", "null", "https://desa.example.other.example"]
)
async def test_pages_of_another_origin_may_not(engine: RememberingEngine, origin: str | None) -> None:
    told = await Client(engine, "https://desa.example").post({"query": QUERY}, origin=origin)
    assert "access-control-allow-origin" not in told.headers
    assert told.headers["vary"] == "Origin"


async def test_no_origin_is_allowed_by_default(client: Client) -> None:
    told = await client.post({"query": QUERY}, origin="https://desa.example")
    assert "access-control-allow-origin" not in told.headers


async def test_a_preflight_is_answered_for_a_configured_origin_only(engine: RememberingEngine) -> None:
    client = Client(engine, "http://localhost:5173")
    asks: dict[str, Any] = {
        "access_control_request_method": "POST",
        "access_control_request_headers": "content-type",
    }
    allowed = await client.send("OPTIONS", origin="http://localhost:5173", **asks)
    other = await client.send("OPTIONS", origin="http://localhost:5174", **asks)
    assert allowed is not None and other is not None
    assert [allowed.status, other.status] == [204, 204]
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:5173"
    wanted = {"authorization", "content-type", "idempotency-key", "graphql-require-preflight"}
    assert wanted <= set(allowed.headers["access-control-allow-headers"].split(", "))
    assert not [name for name in other.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "origin",
    ["*", "desa.example", "https://desa.example/", "https://a b", "null", "", "https://désa.example"],
)
def test_an_origin_that_is_none_stops_the_start(engine: RememberingEngine, origin: str) -> None:
    with pytest.raises(ConfigurationError, match="WANTILAN_CORS_ORIGINS"):
        Client(engine, origin)


# Tokens, keys, languages


@pytest.mark.parametrize("sent", ["Bearer abc", "bearer abc", "BEARER   abc"])
async def test_a_bearer_token_is_handed_on(client: Client, sent: str) -> None:
    await client.post({"query": QUERY}, authorization=sent)
    assert client.asked.token == "abc"


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "abc",
        "Bearer a b",
        "Bearer a, Bearer b",
        "Bearer ä",
        "Bearer =a",
    ],
)
@pytest.mark.parametrize("accept", ["application/json", GRAPHQL])
async def test_a_malformed_authorization_is_401_and_never_a_visitor(
    client: Client, sent: str, accept: str
) -> None:
    told = await client.post({"query": QUERY}, authorization=sent, accept=accept)
    assert (told.status, told.code, told.headers["www-authenticate"]) == (401, "UNAUTHENTICATED", "Bearer")
    assert client.engine.asked == []


async def test_the_idempotency_key_comes_from_the_header_or_from_extensions(
    engine: RememberingEngine, client: Client
) -> None:
    body = {"query": QUERY, "extensions": {"idempotencyKey": "k-2"}}
    await client.post(body)
    await client.post(body, idempotency_key="k-1")
    assert [asked.idempotency_key for asked in engine.asked] == ["k-2", "k-1"]


@pytest.mark.parametrize("key", ["", "a b", "ä", "k" * 256, 7, ["k"], {"k": 1}])
async def test_an_idempotency_key_that_is_none_is_400(client: Client, key: object) -> None:
    told = await client.post({"query": QUERY, "extensions": {"idempotencyKey": key}})
    assert (told.status, told.code) == (400, "BAD_USER_INPUT")
    if isinstance(key, str):
        assert (await client.post({"query": QUERY}, idempotency_key=key)).status == 400


@pytest.mark.parametrize(
    "accept_language, expected",
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("in", "id"),
        ("id, en", "id"),
        ("en, id", "en"),
        ("id;q=0.1, en;q=0.2", "en"),
        ("de, fr;q=0.9", "id"),
        ("de, en;q=0.1", "en"),
        ("en;q=0", "id"),
        ("*", "id"),
        (";q=;;,,=", "id"),
    ],
)
async def test_the_language_is_the_better_liked_of_the_two(
    client: Client, accept_language: str | None, expected: str
) -> None:
    await client.post({"query": QUERY}, accept_language=accept_language)
    assert expected == client.asked.language


async def test_refusals_are_told_in_the_language_that_is_asked_for(client: Client) -> None:
    indonesian = (await client.post({})).json["errors"][0]["message"]
    english = (await client.post({}, accept_language="en")).json["errors"][0]["message"]
    assert (indonesian, english) == ("query wajib ada.", "query is missing.")


async def test_a_refusal_carries_the_request_id(client: Client) -> None:
    told = await client.post({}, x_request_id="r-7")
    assert "r-7" == told.json["errors"][0]["extensions"]["requestId"] == told.headers["x-request-id"]


# Our own faults


async def test_a_failing_engine_is_masked_and_logged_without_values(
    engine: RememberingEngine, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    engine.error = RuntimeError(f"duplicate key ({NIK})")
    engine.error.__cause__ = ValueError(NIK)
    with caplog.at_level(logging.ERROR, logger="wantilan"):
        told = await client.post({"query": QUERY}, x_request_id="r-9")
    assert (told.status, told.code) == (500, "INTERNAL_SERVER_ERROR")
    assert NIK not in told.body.decode()
    assert "r-9" in caplog.text and "RuntimeError" in caplog.text and "ValueError" in caplog.text
    assert "test_http.py" in caplog.text
    assert NIK not in caplog.text


async def test_what_we_wrote_ourselves_stands_in_the_log(
    engine: RememberingEngine, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    engine.error = ConfigurationError("Setting WANTILAN_KEYS is missing.")
    with caplog.at_level(logging.ERROR, logger="wantilan"):
        assert (await client.post({"query": QUERY})).status == 500
    assert "Setting WANTILAN_KEYS is missing." in caplog.text


# Whatever is sent

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARAMETER = st.sampled_from(
    ["query", "operationName", "variables", "extensions", "idempotencyKey", "persistedQuery", "documentId"]
)
BODIES = st.binary(max_size=200) | st.dictionaries(PARAMETER, JSON_VALUES, max_size=5).map(
    lambda value: json.dumps(value).encode()
)
HEADER = st.text(st.characters(max_codepoint=255), max_size=60)


def judged(told: Told | None, engine: RememberingEngine) -> None:
    """Answered by the engine, or refused by us with a JSON body and a code of the list; never a 500."""
    assert told is not None
    if engine.asked:
        assert (told.status, told.body) == (200, DATA)
        json.dumps([dict(engine.asked[0].variables), engine.asked[0].query], allow_nan=False).encode()
    else:
        assert 400 <= told.status < 500
        assert told.code in CODES


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES)
@example(body=b'{"query":"{a}"}')
async def test_no_body_makes_us_fail(body: bytes) -> None:
    engine = RememberingEngine()
    judged(await Client(engine).send("POST", body, content_type="application/json"), engine)


@settings(max_examples=100, deadline=None)
@given(
    query_string=st.binary(max_size=200)
    | JSON_VALUES.map(lambda v: urlencode({"query": "a", "variables": json.dumps(v)}).encode())
)
async def test_no_address_makes_us_fail(query_string: bytes) -> None:
    engine = RememberingEngine()
    told = await Client(engine).send("GET", query_string=query_string, graphql_require_preflight="1")
    judged(told, engine)


@settings(max_examples=150, deadline=None)
@given(
    accept=HEADER,
    language=HEADER,
    content_type=HEADER,
    token=HEADER,
    key=HEADER,
    number=HEADER,
    length=HEADER,
)
async def test_no_headers_make_us_fail(
    accept: str, language: str, content_type: str, token: str, key: str, number: str, length: str
) -> None:
    engine = RememberingEngine()
    body = json.dumps({"query": QUERY}).encode()
    for kind in ("application/json", content_type):
        told = await Client(engine, "https://desa.example").send(
            "POST",
            body,
            content_type=kind,
            accept=accept,
            accept_language=language,
            authorization=token,
            idempotency_key=key,
            x_request_id=number,
            content_length=length,
            origin=number,
        )
        assert told is not None and told.status < 500


@settings(max_examples=60, deadline=None)
@given(secret=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=12, max_size=20))
@pytest.mark.parametrize("place", ["query", "operationName", "variables", "extensions", "broken"])
async def test_no_refusal_repeats_what_was_sent(place: str, secret: str) -> None:
    marked = f"NIK{secret}"
    body = (
        f'{{"query": "{marked}' if place == "broken" else json.dumps({"query": "a", place: [marked]})
    ).encode()
    told = await Client(RememberingEngine()).send(
        "POST", body, content_type="application/json", accept_language="en"
    )
    assert told is not None and told.status == 400
    assert marked.encode() not in told.body


async def test_public_data_has_an_etag_and_is_not_sent_twice(
    engine: RememberingEngine, client: Client
) -> None:
    engine.answer_ = Answer(DATA, headers=((b"cache-control", b"public"),))
    parameters = urlencode({"query": QUERY}).encode()

    async def ask(**headers: str) -> Told:
        told = await client.send("GET", query_string=parameters, graphql_require_preflight="1", **headers)
        assert told is not None
        return told

    first = await ask()
    assert (first.status, first.body) == (200, DATA)
    again = await ask(if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    changed = await ask(if_none_match='"other"')
    assert (changed.status, changed.body) == (200, DATA)


async def test_what_may_not_be_kept_has_no_etag(client: Client) -> None:
    told = await client.get(query=QUERY)
    assert told.headers["cache-control"] == "no-store"
    assert "etag" not in told.headers
