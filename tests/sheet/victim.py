"""The `wantilan` command, for the crash test: `python -m tests.sheet.victim N ARGUMENT…`.

It kills itself, without a chance to clean up, when the Nth piece of an import is written and not committed.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from wantilan import cli
from wantilan.registry.sheet import applying, batches

SMALL = 20
"""Rows of a piece, so that a short sheet has several."""


def dying_at(number: int) -> None:
    """After so many pieces."""
    real: Any = applying.finish_residents
    left = number

    async def finish(*given: Any) -> None:
        nonlocal left
        await real(*given)
        await given[0].flush()
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    applying.finish_residents = finish
    applying.batches = lambda planned: batches.batches(planned, SMALL)


def main() -> None:
    dying_at(int(sys.argv[1]))
    cli.main(sys.argv[2:])
