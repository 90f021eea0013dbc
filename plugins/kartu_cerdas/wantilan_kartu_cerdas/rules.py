"""Rules of a card: which step follows which, who may hold one, who may approve it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from wantilan import InvalidTransition, ResidentStatus, RuleViolated, Text

from .models import KartuCardStatus as S

TRANSITIONS: Mapping[S, frozenset[S]] = {
    S.REQUESTED: frozenset({S.APPROVED, S.REJECTED, S.CANCELLED}),
    # A card that lives on a phone only is issued without being printed.
    S.APPROVED: frozenset({S.PRINTED, S.ISSUED, S.CANCELLED}),
    S.PRINTED: frozenset({S.ISSUED, S.REVOKED}),
    S.ISSUED: frozenset({S.ACTIVE, S.LOST, S.STOLEN, S.DAMAGED, S.REVOKED}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.LOST, S.STOLEN, S.DAMAGED, S.REPLACED, S.REVOKED}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.LOST, S.STOLEN, S.DAMAGED, S.REVOKED}),
    # Found again, it goes back to what it was lost as (its events tell), so that nobody lifts a suspension
    # by losing the card.
    S.LOST: frozenset({S.ISSUED, S.ACTIVE, S.SUSPENDED, S.REPLACED, S.REVOKED}),
    S.STOLEN: frozenset({S.REPLACED, S.REVOKED}),
    S.DAMAGED: frozenset({S.REPLACED, S.REVOKED}),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
    S.REPLACED: frozenset(),
    S.REVOKED: frozenset(),
}
"""Which step may follow which. What does not stand here is refused."""

CLOSED = frozenset(status for status, next_ones in TRANSITIONS.items() if not next_ones)
"""Where a card's life ends; the resident may ask for another one then."""

LONGEST_NOTE = 200
"""Characters of a note: a sentence, not a file."""

NOT_A_HOLDER: Mapping[ResidentStatus, tuple[str, Text]] = {
    ResidentStatus.MATI: (
        "RESIDENT_DEAD",
        Text("Penduduk ini sudah meninggal.", "This resident has died."),
    ),
    ResidentStatus.PINDAH: (
        "RESIDENT_LEFT",
        Text("Penduduk ini sudah pindah.", "This resident has moved away."),
    ),
    ResidentStatus.PERGI: (
        "RESIDENT_LEFT",
        Text("Penduduk ini sudah pergi.", "This resident has gone away."),
    ),
    ResidentStatus.HILANG: (
        "RESIDENT_MISSING",
        Text("Penduduk ini tercatat hilang.", "This resident is recorded as missing."),
    ),
    ResidentStatus.TIDAK_VALID: (
        "RESIDENT_NOT_VALID",
        Text("Data penduduk ini tidak valid.", "The record of this resident is not valid."),
    ),
}
"""The rule that each status but HIDUP breaks."""


def check_step(now: S, to: S) -> None:
    """Raises InvalidTransition when a card cannot go from the one to the other."""
    if to not in TRANSITIONS[now]:
        raise InvalidTransition(
            Text(
                f"Kartu berstatus {now.name} tidak dapat menjadi {to.name}.",
                f"A card that is {now.name} cannot become {to.name}.",
            )
        )


def check_holder(status: ResidentStatus) -> None:
    """Raises RuleViolated unless the resident is alive and of the village."""
    if status is not ResidentStatus.HIDUP:
        raise RuleViolated(*NOT_A_HOLDER[status])


def check_no_open_card(found: bool) -> None:
    """Raises RuleViolated when the resident has a card that is not closed yet."""
    if found:
        raise RuleViolated(
            "ONE_OPEN_CARD",
            Text(
                "Penduduk ini masih memiliki kartu atau permintaan yang belum ditutup.",
                "This resident still has a card, or a request for one, that is not closed.",
            ),
        )


def check_four_eyes(requested_by: UUID | None, approver: UUID | None) -> None:
    """Raises RuleViolated when who asked for a card would approve it."""
    if requested_by is not None and requested_by == approver:
        raise RuleViolated(
            "FOUR_EYES",
            Text(
                "Kartu harus disetujui oleh orang lain daripada yang memintanya.",
                "A card must be approved by another person than the one who asked for it.",
            ),
        )


def note_faults(note: str | None) -> Iterator[tuple[str, Text]]:
    """Every fault of a note as (code, text)."""
    if note is None:
        return
    if len(note) > LONGEST_NOTE:
        yield (
            "TOO_LONG",
            Text(f"Paling banyak {LONGEST_NOTE} karakter.", f"At most {LONGEST_NOTE} characters."),
        )
    if not note.isprintable():
        yield (
            "NOT_PLAIN_TEXT",
            Text("Satu baris tanpa karakter kendali.", "One line without control characters."),
        )
