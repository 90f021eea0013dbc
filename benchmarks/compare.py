"""`make bench`: ours against the hand-written endpoint and ordinary Strawberry, in one run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .dataset import Size
from .deployment import Deployment, measured_postgres, on_postgres
from .operations import DOCUMENTS, requests_of
from .processor import pin
from .report import summary
from .rounds import bench, paired, postmaster
from .serving import HAND, HAND_AT_ONCE, OURS, STRAWBERRY, Peer, all_started
from .verify import verify

READERS = (OURS, HAND, STRAWBERRY)
WRITERS = (*READERS, HAND_AT_ONCE)


@dataclass(frozen=True)
class Options:
    """How long and how much. Cores: the server alone on the first, PostgreSQL and the client on the second."""

    size: Size = Size()
    rounds: int = 7
    seconds: float = 2.0
    operations: Sequence[str] = tuple(DOCUMENTS)
    quiet: bool = False
    pinned: bool = True
    foreign: float = 0.12

    @property
    def cores(self) -> tuple[int | None, int | None]:
        found = sorted(os.sched_getaffinity(0))
        return (found[0], found[1]) if self.pinned and len(found) > 1 else (None, None)

    def tell(self, text: str, end: str = "\n") -> None:
        if not self.quiet:
            print(text, end=end, file=sys.stderr, flush=True)


async def compare(options: Options) -> dict[str, Any]:
    """Verify, then measure each operation; the results by operation."""
    with measured_postgres() as postgres:
        server_core, other_core = options.cores
        if other_core is not None:
            pin(postmaster(postgres), other_core)
        size = options.size
        options.tell(f"{size.villages} villages of {size.residents} residents on PostgreSQL …")
        deployment = await on_postgres(postgres, "bench", size)
        requests = await requests_of(deployment)
        with (
            all_started(WRITERS, deployment, server_core) as servers,
            bench(postgres, other_core) as measuring,
        ):
            options.tell(f"{verify(servers.values(), requests)} answers compared, all the same.")
            results = {}
            for operation in options.operations:
                options.tell(f"{operation:17}", end=" ")
                peers = WRITERS if operation == "mutation" else READERS
                file = measuring.write(requests[operation])
                series = paired(
                    measuring,
                    {peer.name: servers[peer.name] for peer in peers},
                    {peer.name: file for peer in peers},
                    rounds=options.rounds,
                    seconds=options.seconds,
                    foreign=options.foreign,
                    tell=lambda mark: options.tell(mark, end=""),
                )
                options.tell("")
                results[operation] = summary(series)
    return results
