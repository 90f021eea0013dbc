"""Judging the items of a list in an input, each at its own place, together with everything else."""

from __future__ import annotations

from collections.abc import Sequence

from wantilan import Judge


def each(judge: Judge, name: str, items: Sequence[object]) -> list[Judge]:
    """A judge for each item of the list in the field of this name."""
    return [Judge(item, *judge.at, name, number) for number, item in enumerate(items)]


def gather(judge: Judge, judges: Sequence[Judge]) -> None:
    """Let the judge of the whole know what the judges of its items found; it found their scalars itself."""
    for one in judges:
        judge.faults += [fault for fault in one.faults if fault not in judge.faults]
