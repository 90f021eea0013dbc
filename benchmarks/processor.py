"""What processes have used of the processor, read off /proc (Linux alone)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def _stat(pid: int) -> list[str] | None:
    """The fields after the name; None when the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(root: int) -> Iterator[int]:
    """A process and all that it has started."""
    parents: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))) is not None:
            parents.setdefault(int(found[1]), []).append(int(entry.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += parents.get(pid, ())


def used_seconds(root: int) -> float:
    """User and system time of a process and its children, those that have ended included."""
    ticks = 0
    for pid in tree(root):
        found = _stat(pid)
        if found is not None:
            user, system, ended_user, ended_system = map(int, found[11:15])
            ticks += user + system + ended_user + ended_system
    return ticks / TICK


def busy_seconds() -> float:
    """What all cores together have worked for anybody, the machine's other guests (steal) included."""
    user, nice, system, _, _, _, _, steal = map(int, (PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + steal) / TICK


def resident_megabytes(pid: int) -> float:
    """The memory that a process holds now."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def pin(root: int, core: int) -> None:
    """Keep a process, and whatever it starts from now on, on one core."""
    for pid in tree(root):
        with suppress(ProcessLookupError):
            os.sched_setaffinity(pid, {core})
