"""The body of a POST and the address of a GET: the parameters of an operation, their types judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl

from pydantic_core import from_json

from ...errors import BadUserInput, LimitExceeded, Text
from .protocol import Receive
from .refusal import ADDRESS, BATCH, BODY, VALUES, Refused

T = TypeVar("T")

_DRAINED = 4
_LEVELS = 50
# A second mention of a parameter, or one spelt with escapes: only then it is worth comparing the names.
_QUOTED = (b'"query"', b'"operationName"', b'"variables"', b'"extensions"', b'"documentId"')


class Parameters(NamedTuple):
    """The parameters of the draft."""

    query: str
    operation_name: str | None
    variables: Mapping[str, object]
    extensions: Mapping[str, object]
    document_id: str | None


async def read_body(receive: Receive, content_length: bytes, most: int) -> bytes | None:
    """The whole body; None when the client went away. Raises Refused (413).

    A body that is a little too long is still taken off the wire, or the client would see a broken
    connection instead of the answer.
    """
    too_long = content_length.isdigit() and int(content_length[:20]) > _DRAINED * most
    chunks: list[bytes] = []
    size = 0
    more = not too_long
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        too_long = size > most
        if not too_long:
            chunks.append(chunk)
        more = message.get("more_body", False) and size <= _DRAINED * most
    if too_long:
        raise Refused(413, LimitExceeded("bodyBytes", most))
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def parameters_of_body(body: bytes) -> Parameters:
    """The parameters of a POST. Raises Refused (400)."""
    try:
        sent = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Refused(400, BadUserInput(BODY)) from None
    if isinstance(sent, list):
        raise Refused(400, BadUserInput(BATCH))
    if not isinstance(sent, dict) or _names_twice(body):
        raise Refused(400, BadUserInput(BODY))
    return _judged(sent)


def parameters_of(sent: object) -> Parameters:
    """The parameters in a message that is parsed already. Raises Refused (400)."""
    if not isinstance(sent, dict):
        raise Refused(400, BadUserInput(BODY))
    return _judged(sent)


def parameters_of_address(query_string: bytes, most: int) -> Parameters:
    """The parameters of a GET: `variables` and `extensions` are JSON text. Raises Refused (400, 414)."""
    if len(query_string) > most:
        raise Refused(414, LimitExceeded("bodyBytes", most))
    try:
        text = query_string.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise Refused(400, BadUserInput(ADDRESS)) from None
    sent: dict[str, object] = {name: value for name, value in pairs if value or name == "query"}
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused(400, BadUserInput(ADDRESS))
    for name in ("variables", "extensions"):
        if name in sent:
            sent[name] = _parsed(str(sent[name]))
    return _judged(sent)


def _parsed(text: str) -> object:
    """The value of JSON text; the text itself when it is none, which is judged with the other parameters."""
    try:
        value: object = from_json(text, allow_inf_nan=False)
    except ValueError:
        return text
    return value


def _names_twice(body: bytes) -> bool:
    """Whether the outermost object names something twice; for a body that is known to be a JSON object.

    Two readers of such a body see two operations: what a proxy let through need not be what runs.
    """
    if b"\\u00" not in body and max(map(body.count, _QUOTED)) < 2:
        return False
    pairs = json.loads(body, object_pairs_hook=list)
    return len({name for name, _ in pairs}) != len(pairs)


def _judged(sent: Mapping[str, object]) -> Parameters:
    """The parameters, all their types judged together. Raises Refused (400)."""
    wrong: list[Text] = []
    query = _typed(sent, "query", str, wrong)
    operation_name = _typed(sent, "operationName", str, wrong)
    variables = _typed(sent, "variables", dict, wrong)
    extensions = _typed(sent, "extensions", dict, wrong)
    document_id = _typed(sent, "documentId", str, wrong)
    named = document_id or (extensions or {}).get("persistedQuery") is not None
    if sent.get("query") is None and not named:
        wrong.append(Text("query wajib ada", "query is missing"))
    if wrong:
        listed = Text("; ".join(text.id for text in wrong) + ".", "; ".join(text.en for text in wrong) + ".")
        raise Refused(400, BadUserInput(listed))
    if not (_storable(variables, _LEVELS) and _storable(extensions, _LEVELS)):
        raise Refused(400, BadUserInput(VALUES))
    return Parameters(
        query or "", operation_name or None, variables or {}, extensions or {}, document_id or None
    )


def _typed(sent: Mapping[str, object], name: str, kind: type[T], wrong: list[Text]) -> T | None:
    value = sent.get(name)
    if value is None or isinstance(value, kind):
        return value
    if kind is str:
        wrong.append(Text(f"{name} harus teks", f"{name} must be a string"))
    else:
        wrong.append(Text(f"{name} harus objek JSON", f"{name} must be a JSON object"))
    return None


def _storable(value: object, levels: int) -> bool:
    """Whether what comes after us can take it.

    1e400 is read as infinity, PostgreSQL has no NUL in text, and what walks a value by recursion has an end.
    """
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        if levels == 0 or "\0" in "".join(value):
            return False
        inner: Iterable[object] = value.values()
    elif isinstance(value, list):
        if levels == 0:
            return False
        inner = value
    else:
        return True
    for each in inner:  # noqa: SIM110  a generator costs as much as all the rest of this function
        if not _storable(each, levels - 1):
            return False
    return True
