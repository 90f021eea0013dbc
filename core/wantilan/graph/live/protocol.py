"""The messages of graphql-transport-ws: what may come in, what goes out, and why a socket is closed."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json

from ...errors import Language, Refusal
from ..http.body import Parameters, parameters_of
from ..http.head import preferred_language
from ..http.refusal import Refused
from ..response import formatted

SUBPROTOCOL = "graphql-transport-ws"
LONGEST_ID = 255


class Close(enum.Enum):
    """Code and reason; the reasons are fixed, nothing that a client sent is repeated."""

    GOING_AWAY = 1001, "Going away"
    TRY_AGAIN_LATER = 1013, "Too many connections"
    INVALID = 4400, "Invalid message"
    UNAUTHORIZED = 4401, "Unauthorized"
    FORBIDDEN = 4403, "Forbidden"
    SUBPROTOCOL = 4406, "Subprotocol not acceptable"
    INIT_TIMEOUT = 4408, "Connection initialisation timeout"
    TAKEN = 4409, "Subscriber already exists"
    TOO_MANY_INITS = 4429, "Too many initialisation requests"
    TOO_MANY_MESSAGES = 4429, "Too many messages"


class Closing(Exception):
    """The socket must be closed."""

    def __init__(self, close: Close) -> None:
        self.close = close
        super().__init__(close.name)


class Init(NamedTuple):
    """`connection_init`: headers of a browser's socket, which can have none. Names in lower case."""

    authorization: str | None
    token: str | None
    language: Language | None


class Subscribe(NamedTuple):
    id: str
    parameters: Parameters


class Complete(NamedTuple):
    id: str


class Ping(NamedTuple):
    pass


class Pong(NamedTuple):
    pass


Incoming = Init | Subscribe | Complete | Ping | Pong


def incoming(message: Mapping[str, Any]) -> Incoming:
    """What a client sent. Raises Closing for anything else."""
    text = message.get("text")
    if text is None:
        raise Closing(Close.INVALID)  # binary
    try:
        sent = from_json(text, allow_inf_nan=False)
        if not isinstance(sent, dict):
            raise ValueError
        return _READERS[sent["type"]](sent)
    except (ValueError, KeyError, TypeError, Refused):
        raise Closing(Close.INVALID) from None


def _init(sent: Mapping[str, Any]) -> Init:
    payload = _payload(sent)
    given = {name.lower(): value for name, value in payload.items()}
    authorization, token = _text(given, "authorization"), _text(given, "token")
    language = _text(given, "accept-language")
    chosen = preferred_language(language.encode("latin-1", "ignore")) if language is not None else None
    return Init(authorization, token, chosen)


def _subscribe(sent: Mapping[str, Any]) -> Subscribe:
    return Subscribe(_id(sent), parameters_of(sent["payload"]))


def _complete(sent: Mapping[str, Any]) -> Complete:
    return Complete(_id(sent))


def _ping(sent: Mapping[str, Any]) -> Ping:
    _payload(sent)
    return Ping()


def _pong(sent: Mapping[str, Any]) -> Pong:
    _payload(sent)
    return Pong()


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Incoming]] = {
    "connection_init": _init,
    "subscribe": _subscribe,
    "complete": _complete,
    "ping": _ping,
    "pong": _pong,
}


def _payload(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = sent.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise ValueError
    return payload or {}


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError
    return value


def _id(sent: Mapping[str, Any]) -> str:
    found = sent["id"]
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise ValueError
    return found


# What goes out

ACK = '{"type":"connection_ack"}'
PONG = '{"type":"pong"}'


def next_message(id: str, result: str) -> str:
    return f'{{"id":{json.dumps(id)},"type":"next","payload":{result}}}'


def error_message(id: str, errors: Sequence[Refusal], language: Language, request_id: str) -> str:
    payload = [formatted(error, language, request_id) for error in errors]
    return json.dumps({"id": id, "type": "error", "payload": payload}, ensure_ascii=False)


def complete_message(id: str) -> str:
    return f'{{"id":{json.dumps(id)},"type":"complete"}}'
