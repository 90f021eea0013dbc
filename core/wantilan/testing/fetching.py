"""One request over plain HTTP, as a calendar or another office's machine would send it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from ..web.app import WebApp


@dataclass(frozen=True)
class Fetched:
    """The answer to one request; the names of its headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def fetched(
    web: WebApp, method: str, target: str, headers: Mapping[str, str], form: Mapping[str, str] | None
) -> Fetched:
    path, _, query = target.partition("?")
    body = urlencode(form).encode() if form is not None else b""
    given = {"host": "desa.example", **headers}
    if form is not None:
        given = {"content-type": "application/x-www-form-urlencoded", **given}
    scope = {
        "type": "http", "method": method, "scheme": "https", "path": unquote(path), "root_path": "",
        "query_string": query.encode(), "client": ("test", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await web(scope, receive, send)
    start, *rest = sent
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Fetched(start["status"], told, b"".join(message.get("body", b"") for message in rest))
