"""First of all: the peers must give the same data as ours. Nothing is measured before they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..operations import Request
from ..serving import Server
from ..verify import CHECKED, Different, where
from .translation import neutral, recorded, translated


def verify(ours: Server, peers: Sequence[Server], requests: Mapping[str, Sequence[Request]]) -> int:
    """How many answers were compared. Raises Different at the first that is not the same."""
    compared = 0
    for operation, asked in requests.items():
        for request in asked[:CHECKED]:
            expected = answer(ours, request)
            for peer in peers:
                found = answer(peer, request)
                if found != expected:
                    raise Different(f"{operation}: {peer.name} answers otherwise: {where(expected, found)}")
                compared += 1
    return compared


def answer(server: Server, request: Request) -> Any:
    """The data in nobody's words. Raises Different when there is none."""
    told = server.ask(*translated(server.name, request))
    if "errors" in told or not told.get("data") or None in told["data"].values():
        raise Different(f"{request.operation}: {server.name} has no answer: {str(told)[:200]}")
    data = neutral(told["data"])
    return recorded(data) if request.operation == "mutation" else data
