"""The headers of a request: scanned once, then read one by one. What clients repeat is remembered."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ...errors import BadUserInput, Language, Unauthenticated
from .protocol import Header
from .refusal import KEY, TOKEN, Refused

JSON = b"application/json"
GRAPHQL_RESPONSE = b"application/graphql-response+json"
EVENT_STREAM = b"text/event-stream"
BEARER: Header = (b"www-authenticate", b"Bearer")

_EXACTNESS = {
    JSON: {"application/json": 3, "application/*": 2, "*/*": 1},
    GRAPHQL_RESPONSE: {"application/graphql-response+json": 3, "application/*": 2, "*/*": 1},
}
_LANGUAGES: Mapping[str, Language] = {"id": "id", "in": "id", "en": "en"}
_UTF_8 = ("utf-8", "utf8", '"utf-8"', '"utf8"')
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
_BEARER = re.compile(rb"bearer +([A-Za-z0-9._~+/-]{1,4096}=*)", re.IGNORECASE)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
# What is remembered must stay small, whatever is sent: nothing sensible is longer.
_CHARACTERS = 1000


def picked(headers: Iterable[Header], wanted: frozenset[bytes]) -> dict[bytes, bytes]:
    """The wanted headers; one that stands there several times is joined by commas, as HTTP reads it."""
    head: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in wanted:
            head[name] = head[name] + b", " + value if name in head else value
    return head


def request_id_of(sent: bytes | None) -> str:
    """The client's `x-request-id` if it is harmless in a log, else a random one."""
    if sent is not None and _REQUEST_ID.fullmatch(sent):
        return sent.decode("ascii")
    return f"{random.getrandbits(128):032x}"  # a name in the log, no secret: it need not ask the kernel


def bearer_token(authorization: bytes | None) -> str | None:
    """The token of `Authorization: Bearer …`; None without it. Raises Refused (401) for another form."""
    if authorization is None:
        return None
    found = _BEARER.fullmatch(authorization)
    if found is None:
        raise Refused(401, Unauthenticated(TOKEN), BEARER)
    return found[1].decode("ascii")


def idempotency_key(header: bytes | None, extensions: Mapping[str, object]) -> str | None:
    """The key of a repeatable mutation, if one was sent. Raises Refused (400) for one that is no key."""
    key = header.decode("latin-1") if header is not None else extensions.get("idempotencyKey")
    if key is None:
        return None
    if not isinstance(key, str) or not _IDEMPOTENCY_KEY.fullmatch(key):
        raise Refused(400, BadUserInput(KEY))
    return key


def preferred_language(accept_language: bytes) -> Language:
    """The better liked of Indonesian and English; Indonesian when neither is."""
    return _language(accept_language[:_CHARACTERS]) if accept_language else "id"


def negotiated(accept: bytes) -> bytes | None:
    """The media type of the answer: JSON or GRAPHQL_RESPONSE; None when the client accepts neither (406).

    By weight, then the one named more exactly, then the one named first; JSON when nothing is named.
    """
    return _negotiated(accept[:_CHARACTERS]) if accept else JSON


def accepts_stream(accept: bytes) -> bool:
    """Whether an event stream was asked for by name: whoever takes anything cannot read one."""
    return bool(accept) and _accepts_stream(accept[:_CHARACTERS])


def is_json(content_type: bytes) -> bool:
    """Whether a body is application/json in UTF-8."""
    return content_type == JSON or _is_json(content_type[:_CHARACTERS])


@lru_cache(maxsize=256)
def _language(accept_language: bytes) -> Language:
    best: Language = "id"
    best_weight = 0.0
    for name, _, weight in _preferences(accept_language):
        language = _LANGUAGES.get(name.partition("-")[0])
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


@lru_cache(maxsize=256)
def _negotiated(accept: bytes) -> bytes | None:
    ranges = [
        (position, name, weight)
        for position, (name, parameters, weight) in enumerate(_preferences(accept))
        if parameters.get("charset", "utf-8") in _UTF_8
    ]
    best: bytes | None = None
    best_rank = (0.0, 0, 0)
    for media, exactness in _EXACTNESS.items():
        matches = [
            (exactness[name], -position, weight) for position, name, weight in ranges if name in exactness
        ]
        if not matches:
            continue
        # The most exact range decides: `application/json;q=0, */*` refuses application/json.
        exact, order, weight = max(matches)
        rank = (weight, exact, order)
        if weight > 0 and (best is None or rank > best_rank):
            best, best_rank = media, rank
    return best


@lru_cache(maxsize=256)
def _accepts_stream(accept: bytes) -> bool:
    stream = EVENT_STREAM.decode("ascii")
    return any(name == stream and weight > 0 for name, _, weight in _preferences(accept))


@lru_cache(maxsize=256)
def _is_json(content_type: bytes) -> bool:
    name, *rest = content_type.decode("latin-1").lower().split(";")
    parameters = _parameters(rest)
    return name.strip() == "application/json" and parameters.get("charset", "utf-8") in _UTF_8


def _preferences(header: bytes) -> list[tuple[str, dict[str, str], float]]:
    """`a;q=0.5, b;c=d` as (name, parameters, weight) in the order sent; a weight that is none counts as 0."""
    found = []
    for part in header.decode("latin-1").lower().split(","):
        name, *rest = part.split(";")
        parameters = _parameters(rest)
        weight = parameters.pop("q", "1")
        if name.strip():
            found.append((name.strip(), parameters, float(weight) if _WEIGHT.fullmatch(weight) else 0.0))
    return found


def _parameters(pieces: Iterable[str]) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in pieces)
    return {name.strip(): value.strip() for name, _, value in pairs}
