"""What is told of an event beside what it changes: judged, and as the columns that keep it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

from ...errors import Text
from ...graph.context import WriteUnit
from ...graph.relay import decode_id
from ..codes import DeathCause, LifeEventKind, MoveDistance
from ..file_kinds import PROOF
from ..files.taking import take_file
from ..names import clean_name
from ..numbers import Finding
from ..rules import day_fault, text_fault

LONGEST_NOTE = 1000

REPORTED_EARLY = Finding(
    "REPORTED_EARLY", Text("Tidak boleh sebelum kejadiannya.", "Must not lie before the event.")
)
NOT_FOR_THIS_KIND = Finding(
    "NOT_FOR_THIS_KIND",
    Text("Tidak berlaku untuk jenis peristiwa ini.", "Does not belong to this kind of event."),
)
NOTE_TOO_LONG = Finding(
    "TEXT_TOO_LONG",
    Text(f"Paling panjang {LONGEST_NOTE} karakter.", f"Must have at most {LONGEST_NOTE} characters."),
)
NOT_AN_ID = Finding("NOT_AN_ID", Text("Bukan id yang sesuai.", "Not an id of the right kind."))
FILE_TAG = "file"

MOVES = frozenset({LifeEventKind.PINDAH_KELUAR, LifeEventKind.PINDAH_MASUK, LifeEventKind.PINDAH_DESA})


class Details(Protocol):
    """`LifeEventDetailsInput`, as far as it is needed here."""

    place: str | None
    distance: MoveDistance | None
    cause: DeathCause | None
    document: str | None
    note: str | None
    proof_id: Any


def days_faults(happened_on: date, reported_on: date | None, today: date) -> Iterator[tuple[str, Finding]]:
    """What is wrong with the two days of an event, each with its field."""
    fault = day_fault(happened_on, today)
    if fault is not None:
        yield "happened_on", fault
    if reported_on is None:
        return
    fault = day_fault(reported_on, today)
    if fault is None and reported_on < happened_on:
        fault = REPORTED_EARLY
    if fault is not None:
        yield "reported_on", fault


def details_faults(details: Details, kind: LifeEventKind) -> Iterator[tuple[str, Finding]]:
    """What is wrong with what is told of an event of a kind, each with its field."""
    for name in ("place", "document"):
        fault = text_fault(getattr(details, name))
        if fault is not None:
            yield name, fault
    if details.note is not None and len(details.note) > LONGEST_NOTE:
        yield "note", NOTE_TOO_LONG
    if details.distance is not None and kind not in MOVES:
        yield "distance", NOT_FOR_THIS_KIND
    if details.cause is not None and kind is not LifeEventKind.MATI:
        yield "cause", NOT_FOR_THIS_KIND
    if details.proof_id is not None:
        key = decode_id(details.proof_id)
        if key is None or key.tag != FILE_TAG or key.village is None:
            yield "proof_id", NOT_AN_ID


async def said_by(unit: WriteUnit, details: Details | None, resident: Any) -> dict[str, Any]:
    """The columns of a `LifeEvent` that keep it; the proof is taken. Raises what `take_file` raises."""
    if details is None:
        return {}
    said: dict[str, Any] = {"distance": details.distance, "cause": details.cause}
    for name in ("place", "document", "note"):
        text = getattr(details, name)
        said[name] = clean_name(text) if text is not None else None
    key = decode_id(details.proof_id) if details.proof_id is not None else None
    if key is not None:
        said["file_id"] = (await take_file(unit, key, kind=PROOF, resident=resident)).id
    return said
