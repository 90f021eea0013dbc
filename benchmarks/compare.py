"""`make bench`: ours against the hand-written endpoint and ordinary Strawberry, in one run."""

from __future__ import annotations

from typing import Any

from .report import summary
from .serving import HAND, HAND_AT_ONCE, OURS, STRAWBERRY
from .stand import Options, stand
from .verify import verify

READERS = (OURS, HAND, STRAWBERRY)
WRITERS = (*READERS, HAND_AT_ONCE)


async def compare(options: Options) -> dict[str, Any]:
    """Verify, then measure each operation; the results by operation."""
    async with stand(options, WRITERS) as made:
        options.tell(f"{verify(made.servers.values(), made.requests)} answers compared, all the same.")
        return {
            operation: summary(made.operation(operation, WRITERS if operation == "mutation" else READERS))
            for operation in options.operations
        }
