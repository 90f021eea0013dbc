"""Server-sent events, as graphql-sse frames them (distinct connections): lines end with LF alone."""

from __future__ import annotations

from .head import EVENT_STREAM
from .protocol import Header

HEADERS: tuple[Header, ...] = (
    (b"content-type", EVENT_STREAM + b"; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
)
COMPLETE = b"event: complete\ndata:\n\n"
ALIVE = b":\n\n"
"""A comment: nobody reads it, and whatever stands between sees that the stream lives."""


def next_event(result: bytes) -> bytes:
    """One execution result. A line break in it can only stand between two tokens of the JSON."""
    if b"\n" in result or b"\r" in result:
        result = result.replace(b"\r", b" ").replace(b"\n", b" ")
    return b"event: next\ndata: " + result + b"\n\n"
