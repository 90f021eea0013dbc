"""A server for the crash tests, run as a program: `python -m tests.system.victim [N]`.

With N it kills itself, without a chance to clean up, after the Nth commit of a mutation and before its answer.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta

from wantilan import Event, VillageFacts
from wantilan.cli.serve import serve_until_stopped
from wantilan.settings import Settings
from wantilan.web.application import Application, application


def die_after(app: Application, commits: int) -> None:
    """A process that writes says after each commit what was written; that is the moment."""
    left = commits

    def announced(village: VillageFacts, events: Sequence[Event]) -> None:
        nonlocal left
        left -= events[0].actor_id is not None  # what hooks announce has no actor
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    app.listeners.append(announced)


if __name__ == "__main__":
    served = application(Settings.load())
    served.engine.meter.per_minute = 1_000_000
    served.delivery.teller.lease = timedelta(seconds=1)  # the tests wait for what a dead process has left
    if len(sys.argv) > 1:
        die_after(served, int(sys.argv[1]))
    serve_until_stopped(served, "127.0.0.1", 0, log_level="error")
