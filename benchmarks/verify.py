"""First of all: every server must give the same data. Nothing is measured before it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .operations import Request
from .serving import Server

CHECKED = 10
"""Requests of each operation that are compared."""
NEW = {"id", "weighedAt"}
"""What a new weighing has for itself: its id and its moment."""


class Different(Exception):
    """Two servers give different data for one request."""


def verify(servers: Iterable[Server], requests: Mapping[str, Sequence[Request]]) -> int:
    """How many answers were compared. Raises Different at the first that is not the same."""
    first, *others = servers
    compared = 0
    for operation, asked in requests.items():
        for request in asked[:CHECKED]:
            expected = data_of(first, request)
            for other in others:
                found = data_of(other, request)
                if found != expected:
                    pair = f"{other.name!r} does not answer like {first.name!r}"
                    raise Different(f"{operation}: {pair}, {where(expected, found)}")
                compared += 1
    return compared


def data_of(server: Server, request: Request) -> Any:
    answer = server.ask(request)
    if "errors" in answer or not answer.get("data"):
        errors = answer.get("errors")
        raise Different(f"{request.operation}: {server.name!r} answers with errors: {errors}")
    data = answer["data"]
    if any(value is None for value in data.values()):
        raise Different(f"{request.operation}: {server.name!r} answers null.")
    return anonymous(data) if request.operation == "mutation" else data


def anonymous(data: Any) -> Any:
    """A recorded weighing without what is new in each."""
    intake = data["wasteRecordIntake"]["intake"]
    if not all(intake.get(name) for name in NEW):
        raise Different("mutation: an answer without the id or the moment of the weighing.")
    kept = {key: value for key, value in intake.items() if key not in NEW}
    return {"wasteRecordIntake": {**data["wasteRecordIntake"], "intake": kept}}


def where(expected: Any, found: Any, path: str = "data") -> str:
    """The first place at which two answers part."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        for key in expected:
            if expected[key] != found[key]:
                return where(expected[key], found[key], f"{path}.{key}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, pair in enumerate(zip(expected, found, strict=True)):
            if pair[0] != pair[1]:
                return where(*pair, f"{path}.{index}")
    return f"at {path}: {str(expected)[:80]} against {str(found)[:80]}"
