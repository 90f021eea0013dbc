"""The table of refusals: who may not, with which code, and that nothing was written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .world import World


@dataclass(frozen=True)
class Refused:
    """One line of the table: who asks (a token, None for a visitor), with what, and the code that answers."""

    who: str
    token: str | None
    code: str
    variables: Mapping[str, Any] = field(default_factory=dict)


async def check_refusals(
    world: World, operation: str, table: Sequence[Refused], *, unchanged: Callable[[], Awaitable[object]]
) -> None:
    """Ask as each in turn. Raises AssertionError naming who was not refused with that code, or what changed.

    `unchanged` reads what must stay as it is; it is compared before and after each line.
    """
    assert table, "an empty table refuses nobody"
    before = await unchanged()
    for line in table:
        reply = await world.ask(operation, line.token, **line.variables)
        assert line.code in reply.codes, f"{line.who}: expected {line.code}, got {reply.codes or 'no error'}"
        assert await unchanged() == before, f"{line.who}: was refused, and something changed"
