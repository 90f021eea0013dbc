"""What becomes of the visits that a device sends, one after the other: pure.

A visit is known by its device and the number that the device gave it; a run has one visit of each point. So a
batch may be sent again, in another order, in parts that overlap: it changes nothing that is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from wantilan import Text

from ..models.words import WastePointStatus, WasteRunState
from ..models.words import WasteVisitResult as R
from .runs import VISITED
from .visits import Named

RUN_CLOSED = Text("Pengangkutan sudah ditutup atau dibatalkan.", "The run is closed, or was cancelled.")
NOT_STARTED = Text("Pengangkutan belum dimulai.", "The run has not been started.")
REUSED = Text("Nomor ini sudah dipakai kunjungan lain.", "Another visit has this number.")
UNKNOWN_POINT = Text("Titik tidak ditemukan.", "There is no such point.")
POINT_CLOSED = Text("Titik sudah ditutup.", "The point is closed.")
ALREADY_VISITED = Text("Titik ini sudah dicatat.", "The visit of this point is written down already.")
NOT_ON_RUN = Text(
    "Titik ini tidak ada dalam daftar; ditambahkan.", "Not on the run; it was added at its end."
)
NOT_ACTIVE = Text("Titik ini sedang tidak dilayani.", "The point is not served at present.")


@dataclass(frozen=True)
class Sent:
    """A visit as it was sent. `content` is all that is kept of it; `point` is None for what is no id."""

    sequence: int
    point: UUID | None
    content: tuple[object, ...]
    faults: tuple[Named, ...] = ()
    warnings: tuple[Named, ...] = ()


@dataclass
class Book:
    """What is written down: of the device, of the run, and of the points that were sent."""

    state: WasteRunState
    by_sequence: dict[int, tuple[object, ...]]
    visited: set[UUID]
    stops: set[UUID]
    points: dict[UUID, WastePointStatus]


@dataclass(frozen=True)
class Verdict:
    """What becomes of one visit, and why."""

    result: R
    faults: tuple[Named, ...] = ()
    warnings: tuple[Named, ...] = ()
    added: bool = field(default=False)
    """Whether its point has to be added to the run."""


def verdicts(sent: Iterable[Sent], book: Book) -> list[Verdict]:
    """One for each, in order; what is accepted is noted in the book."""
    return [_verdict(one, book) for one in sent]


def _verdict(sent: Sent, book: Book) -> Verdict:
    known = book.by_sequence.get(sent.sequence)
    if known is not None and known == sent.content:
        return Verdict(R.DUPLICATE)
    if known is not None:
        return Verdict(R.REJECTED, (("device_seq", "SEQUENCE_REUSED", REUSED),))
    faults = (*_state_faults(book.state), *sent.faults, *_point_faults(sent.point, book))
    if faults or sent.point is None:
        return Verdict(R.REJECTED, faults)
    added = sent.point not in book.stops
    warnings = list(sent.warnings)
    if added:
        warnings.append(("point_id", "NOT_ON_RUN", NOT_ON_RUN))
    if book.points[sent.point] is not WastePointStatus.ACTIVE:
        warnings.append(("point_id", "POINT_NOT_ACTIVE", NOT_ACTIVE))
    book.by_sequence[sent.sequence] = sent.content
    book.visited.add(sent.point)
    book.stops.add(sent.point)
    return Verdict(R.ACCEPTED, (), tuple(warnings), added)


def _state_faults(state: WasteRunState) -> tuple[Named, ...]:
    if state in VISITED:
        return ()
    if state is WasteRunState.PLANNED:
        return (("run_id", "RUN_NOT_STARTED", NOT_STARTED),)
    return (("run_id", "RUN_CLOSED", RUN_CLOSED),)


def _point_faults(point: UUID | None, book: Book) -> tuple[Named, ...]:
    if point is None:
        return ()
    if point not in book.points:
        return (("point_id", "UNKNOWN_POINT", UNKNOWN_POINT),)
    if point in book.visited:
        return (("point_id", "ALREADY_VISITED", ALREADY_VISITED),)
    if book.points[point] is WastePointStatus.CLOSED and point not in book.stops:
        return (("point_id", "POINT_CLOSED", POINT_CLOSED),)
    return ()
