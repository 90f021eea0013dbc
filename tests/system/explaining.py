"""An operation explained in a test: planned as the engine would for the holder of a token, and not run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wantilan.graph.explained import Explained, every
from wantilan.graph.recorder import Step
from wantilan.graph.selection import Request
from wantilan.testing import World


async def explained(world: World, query: str, token: str | None, **variables: Any) -> Explained:
    engine = world.engine
    document = engine.documents.load(query)
    prepared = engine.preparations.of(document, None)
    given = prepared.variables.coerce(variables)
    request = Request(await engine.resolve(token), given, "en", datetime.now(engine.zone).date())
    return engine.explained(document, prepared.operation, request)


def steps(found: Explained) -> dict[str, Step]:
    """Every step by its response path."""
    return {
        ".".join(str(part) for part in step.path if part != 0): step
        for reading in found.readings
        for step in every(reading.steps)
    }
