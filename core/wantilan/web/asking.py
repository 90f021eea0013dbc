"""What came to an endpoint of a program, read and bounded before anybody looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from ..errors import BadUserInput, LimitExceeded
from ..graph.http.body import read_body
from ..graph.http.head import picked, preferred_language
from ..graph.http.protocol import Receive, Scope
from ..graph.http.refusal import ADDRESS, PLAIN, Refused
from ..programs.endpoint import EndpointRequest

FORM = "application/x-www-form-urlencoded"
LONGEST_QUERY = 8_192
MOST_FIELDS = 100

_WANTED = frozenset(b"accept accept-language content-encoding content-length content-type host".split())
_HOST = re.compile(rb"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
_CHARACTERS = 1_000


def request_of(scope: Scope, parts: Mapping[str, str], body: bytes = b"") -> EndpointRequest:
    """Raises Refused (400, 414)."""
    head = picked(scope["headers"], _WANTED)
    asked: bytes = scope.get("query_string", b"")
    if len(asked) > LONGEST_QUERY:
        raise Refused(414, LimitExceeded("queryBytes", LONGEST_QUERY))
    kind = head.get(b"content-type", b"")[:_CHARACTERS].decode("latin-1")
    is_form = kind.partition(";")[0].strip().lower() == FORM
    return EndpointRequest(
        method="POST" if scope["method"] == "POST" else "GET",
        parts=parts,
        query=_fields(asked),
        form=_fields(body) if is_form else {},
        content_type=kind,
        body=body,
        accept=head.get(b"accept", b"")[:_CHARACTERS].decode("latin-1"),
        language=preferred_language(head.get(b"accept-language", b"")),
        address=_address(scope, head.get(b"host", b"")),
    )


async def body_of(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """What was posted; None when the client went away. Raises Refused (413, 415)."""
    head = picked(scope["headers"], _WANTED)
    if head.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refused(415, BadUserInput(PLAIN))
    return await read_body(receive, head.get(b"content-length", b""), most)


def _fields(text: bytes) -> dict[str, str]:
    """The first value of each name. Raises Refused (400) for what is no text."""
    try:
        pairs = parse_qsl(
            text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Refused(400, BadUserInput(ADDRESS)) from None
    if any("\0" in part for pair in pairs for part in pair):
        raise Refused(400, BadUserInput(ADDRESS))
    return dict(reversed(pairs))


def _address(scope: Scope, host: bytes) -> str:
    """What the client wrote in front of the path; a name that could be no host's is not repeated."""
    if not _HOST.fullmatch(host):
        return ""
    root: str = scope.get("root_path", "")
    return f"{scope.get('scheme', 'http')}://{host.decode('ascii')}{root}"
