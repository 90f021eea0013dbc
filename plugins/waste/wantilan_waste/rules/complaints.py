"""Rules of complaints: the steps, the deadlines, what is late, what of a place the public sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from wantilan import Row, Text

from ..models.words import WasteComplaintKind, WasteComplaintState

OPEN, ACKNOWLEDGED, IN_PROGRESS, RESOLVED, CLOSED, REJECTED = WasteComplaintState

NEXT: Mapping[WasteComplaintState, frozenset[WasteComplaintState]] = {
    OPEN: frozenset({ACKNOWLEDGED, REJECTED}),
    ACKNOWLEDGED: frozenset({IN_PROGRESS, REJECTED}),
    IN_PROGRESS: frozenset({RESOLVED, REJECTED}),
    RESOLVED: frozenset({CLOSED}),
    CLOSED: frozenset(),
    REJECTED: frozenset(),
}
"""The whole state machine. What was resolved badly is reported anew."""
UNDER_WAY = frozenset({OPEN, ACKNOWLEDGED, IN_PROGRESS})
"""Open, as Open311 and the deadline understand it."""
AT_A_PLACE = frozenset(
    {
        WasteComplaintKind.WILD_DUMP,
        WasteComplaintKind.BURNING,
        WasteComplaintKind.OVERFLOW,
        WasteComplaintKind.ODOUR_LEACHATE,
        WasteComplaintKind.B3_FOUND,
    }
)
"""Nobody can do anything about these who does not know where."""

LONGEST_TEXT, LONGEST_NOTE, LONGEST_ADDRESS = 2_000, 500, 200
MOST_PHOTOS = 5
DIGITS = 3
"""Of a degree that everybody sees: about 110 metres."""

Fault = tuple[str, str, Text]
"""A field of the input by its Python name, a code, and what is wrong in both languages."""


def may_become(now: WasteComplaintState, then: WasteComplaintState) -> bool:
    return then in NEXT[now]


def is_late(state: WasteComplaintState, due_at: datetime, now: datetime) -> bool:
    """While it is open, after its deadline. One that was resolved too late is not late any more."""
    return state in UNDER_WAY and now > due_at


def lateness(rows: list[Row]) -> list[bool]:
    now = datetime.now(UTC)
    return [is_late(row["state"], row["due_at"], now) for row in rows]


def deadline(opened_at: datetime, hours: int) -> datetime:
    return opened_at + timedelta(hours=hours)


def rounded(degrees: float | None) -> float | None:
    return round(degrees, DIGITS) if degrees is not None else None


def report_faults(
    kind: WasteComplaintKind, text: str, address: str | None, somewhere: bool, photos: int
) -> Iterator[Fault]:
    """`somewhere`: whether a place or a service point is named."""
    yield from text_faults("text", text, LONGEST_TEXT)
    if address is not None:
        yield from text_faults("address", address, LONGEST_ADDRESS)
    elif kind in AT_A_PLACE and not somewhere:
        needed = Text(
            "Sebutkan tempat, alamat, atau titik layanan.", "Name a place, address or service point."
        )
        yield "place", "PLACE_NEEDED", needed
    if photos > MOST_PHOTOS:
        yield "photo_ids", "TOO_MANY", Text("Paling banyak 5 foto.", "At most 5 photos.")


def move_faults(state: WasteComplaintState, note: str | None, public_note: str | None) -> Iterator[Fault]:
    for name, text in (("note", note), ("public_note", public_note)):
        if text is not None:
            yield from text_faults(name, text, LONGEST_NOTE)
    if state is REJECTED and public_note is None:
        needed = Text("Tulis alasan penolakan.", "Write why it is rejected.")
        yield "public_note", "REASON_NEEDED", needed


def text_faults(name: str, text: str, most: int) -> Iterator[Fault]:
    if not 0 < len(text.strip()) <= most:
        yield name, "LENGTH", Text(f"1 sampai {most} karakter.", f"1 to {most} characters.")
