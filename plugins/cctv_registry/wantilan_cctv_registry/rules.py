"""Rules of the register: pure functions. A fault is (field, code, text); a rule tells all that it finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeAlias

from wantilan import Text

from .models import CctvCameraKind, CctvCameraState, CctvSetting
from .places import COUNTRY, Place

Fault: TypeAlias = tuple[str, str, Text]

DIRECTED = frozenset({CctvCameraKind.FIXED, CctvCameraKind.ANPR})
"""The kinds that look in one direction."""
WORKING = frozenset({CctvCameraState.ACTIVE, CctvCameraState.FAULT})
"""The states that a camera without its sign never has. A repair asks no question, so FAULT is one of them."""
STANDING = WORKING | {CctvCameraState.SUSPENDED}
"""The states in which a camera can be published: all in which it hangs there: none shows through."""
STARTS = STANDING | {CctvCameraState.PROPOSED}
"""A camera comes in as a wish or standing already; APPROVED and RETIRED are decisions on it."""

LONGEST: Mapping[str, int] = {
    "code": 20,
    "name": 100,
    "model": 100,
    "operator": 120,
    "contact": 120,
    "sign_text": 300,
    "legal_basis": 200,
}
"""The texts of a camera and how many characters each may have."""
REQUIRED_TEXTS = frozenset({"code", "name", "operator"})


def cleaned(text: str | None) -> str | None:
    """Single spaces and none at the ends; nothing at all for a text of spaces."""
    return " ".join(text.split()) or None if text is not None else None


def text_faults(texts: Mapping[str, str | None]) -> Iterator[Fault]:
    """Cleaned texts by field. What no printer can print has no place in a register."""
    for field, text in texts.items():
        if text is None:
            if field in REQUIRED_TEXTS:
                yield field, "REQUIRED", Text("Wajib diisi.", "Required.")
        elif not text.isprintable():
            yield field, "UNPRINTABLE", Text("Berisi tanda kendali.", "Holds control characters.")
        elif len(text) > LONGEST[field]:
            most = LONGEST[field]
            yield field, "TOO_LONG", Text(f"Paling banyak {most} huruf.", f"At most {most} characters.")


def direction_faults(kind: CctvCameraKind, bearing_deg: int | None) -> Iterator[Fault]:
    """FIXED and ANPR have a direction, 0 (north) to 359 degrees; DOME and PTZ have none (invariant 8)."""
    if kind not in DIRECTED:
        if bearing_deg is not None:
            yield (
                "bearing_deg",
                "NO_DIRECTION",
                Text(
                    "DOME dan PTZ tidak punya arah tetap; kosongkan.",
                    "DOME and PTZ have no direction; leave it out.",
                ),
            )
    elif bearing_deg is None:
        yield (
            "bearing_deg",
            "REQUIRED",
            Text("FIXED dan ANPR perlu arah.", "FIXED and ANPR need a direction."),
        )
    elif not 0 <= bearing_deg < 360:
        yield "bearing_deg", "OUT_OF_RANGE", Text("Harus 0 sampai 359 derajat.", "Must be 0 to 359 degrees.")


def legal_faults(kind: CctvCameraKind, legal_basis: str | None) -> Iterator[Fault]:
    """Reading number plates needs a basis in law, written down."""
    if kind is CctvCameraKind.ANPR and legal_basis is None:
        yield (
            "legal_basis",
            "REQUIRED",
            Text("ANPR perlu dasar hukum tertulis.", "ANPR needs its legal basis written down."),
        )


def place_faults(place: Place) -> Iterator[Fault]:
    if not COUNTRY.holds(place):
        yield (
            "place",
            "OUTSIDE_COUNTRY",
            Text(
                "Di luar Indonesia; bujur dahulu, lalu lintang.",
                "Outside Indonesia; longitude first, then latitude.",
            ),
        )


def sign_faults(
    state: CctvCameraState, published: bool, sign: Mapping[str, object | None]
) -> Iterator[Fault]:
    """No sign, no camera: who is seen must be able to read it, and to call somebody (invariant 12)."""
    if state not in WORKING and not published:
        return
    for field, value in sign.items():
        if value is None:
            yield (
                field,
                "SIGN_REQUIRED",
                Text(
                    "Kamera yang dipasang atau diumumkan perlu tanda, kontak dan tanggal pemeriksaan tanda.",
                    "A working or published camera needs a sign, a contact, and the day of its last check.",
                ),
            )


def checked_faults(sign_checked_on: date, today: date) -> Iterator[Fault]:
    if sign_checked_on > today:
        yield (
            "sign_checked_on",
            "IN_FUTURE",
            Text("Tidak boleh di masa depan.", "Must not lie in the future."),
        )


def state_faults(state: CctvCameraState) -> Iterator[Fault]:
    if state not in STARTS:
        yield (
            "state",
            "NOT_A_START",
            Text(
                "Kamera didaftarkan sebagai PROPOSED, ACTIVE, FAULT atau SUSPENDED.",
                "A camera is registered as PROPOSED, ACTIVE, FAULT or SUSPENDED.",
            ),
        )


def publishing_faults(setting: CctvSetting, state: CctvCameraState, published: bool) -> Iterator[Fault]:
    """INDOOR is never public (invariant 11), nor is what does not hang there."""
    if not published:
        return
    if setting is CctvSetting.INDOOR:
        yield (
            "published",
            "INDOOR_NEVER_PUBLIC",
            Text("Kamera INDOOR tidak diumumkan.", "An INDOOR camera is never published."),
        )
    elif state not in STANDING:
        yield (
            "published",
            "NOT_STANDING",
            Text("Hanya kamera yang sudah berdiri diumumkan.", "Only a camera that stands is published."),
        )
