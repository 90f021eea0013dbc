"""Rules of the registry, pure functions: each says what is wrong with a value, and never the value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ..errors import Text
from .codes import FamilyRelationship
from .names import clean_name, name_fault
from .numbers import Finding, NikKind, kk_fault, nik_fault, nik_kind

EARLIEST = date(1880, 1, 1)
"""No living person was born before, and no register of today is older."""
LONGEST_TEXT = 200
LONGEST_LABEL = 100
ZONES = frozenset({"Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"})
"""The country's zones of IANA."""

_PHONE = re.compile(r"\+?[0-9 ()-]+")
_PHONE_DIGITS = range(6, 16)

IN_FUTURE = Finding("IN_FUTURE", Text("Tidak boleh di masa depan.", "Must not lie in the future."))
TOO_EARLY = Finding(
    "TOO_EARLY", Text(f"Tidak boleh sebelum {EARLIEST.year}.", f"Must not lie before {EARLIEST.year}.")
)
NIK_TEMPORARY = Finding(
    "NIK_TEMPORARY",
    Text(
        "NIK sementara diberi oleh sistem: kosongkan nik dan isi temporaryNik.",
        "A temporary NIK is drawn here: leave nik empty and set temporaryNik.",
    ),
)
NIK_TWICE = Finding(
    "NIK_TWICE",
    Text("Pilih satu: NIK tetap atau NIK sementara.", "Choose one: a permanent NIK or a temporary one."),
)
DUPLICATE_NIK = Finding(
    "DUPLICATE_NIK",
    Text("NIK ini sudah terdaftar di desa ini.", "This NIK is registered in this village already."),
)
DUPLICATE_KK = Finding(
    "DUPLICATE_KK",
    Text("No. KK ini sudah dipakai di desa ini.", "This KK number is in use in this village already."),
)
UNKNOWN_HAMLET = Finding(
    "UNKNOWN_HAMLET", Text("Tidak ada di desa ini.", "There is no such hamlet in this village.")
)
UNKNOWN_HOUSEHOLD = Finding(
    "UNKNOWN_HOUSEHOLD", Text("Tidak ada di desa ini.", "There is no such household in this village.")
)
UNKNOWN_RESIDENT = Finding(
    "UNKNOWN_RESIDENT", Text("Tidak ada di desa ini.", "There is no such resident in this village.")
)
MOVED_ELSEWHERE = Finding(
    "MOVED_ELSEWHERE",
    Text(
        "Terdaftar di desa lain; desa itu yang mengusulkan pindah kembali.",
        "Is in the register of another village, which proposes a transfer back.",
    ),
)
HEAD_FIRST = Finding(
    "HEAD_MISSING",
    Text("Keluarga baru dimulai dengan kepalanya.", "A new household begins with its head."),
)
NO_ENTRY = Finding(
    "NO_ENTRY",
    Text("Harus LAHIR, PINDAH_MASUK atau TERDAFTAR.", "Must be LAHIR, PINDAH_MASUK or TERDAFTAR."),
)
HOUSEHOLD_CLOSED = Finding(
    "HOUSEHOLD_CLOSED", Text("Keluarga ini sudah ditutup.", "This household is closed.")
)
SECOND_HEAD = Finding(
    "SECOND_HEAD",
    Text("Keluarga ini sudah punya kepala keluarga.", "This household has its head already."),
)
HOUSEHOLD_TWICE = Finding(
    "HOUSEHOLD_TWICE",
    Text(
        "Pilih satu: keluarga yang ada atau keluarga baru.", "Choose one: an existing household or a new one."
    ),
)
RELATIONSHIP_MISSING = Finding(
    "RELATIONSHIP_MISSING",
    Text("Isi hubungan dengan kepala keluarga.", "Say what the person is to the head of the household."),
)
RELATIONSHIP_ALONE = Finding(
    "RELATIONSHIP_ALONE", Text("Hubungan tanpa keluarga.", "A relationship without a household.")
)
PHONE_FORM = Finding(
    "PHONE_FORM",
    Text("Harus nomor telepon: 6 sampai 15 angka.", "Must be a telephone number: 6 to 15 digits."),
)
NOTHING_CHANGED = Finding("NOTHING_CHANGED", Text("Tidak ada yang diubah.", "Nothing is changed."))
REQUIRED = Finding("REQUIRED", Text("Tidak boleh dikosongkan.", "Must not be emptied."))
DUPLICATE_HAMLET = Finding(
    "DUPLICATE_HAMLET",
    Text("Nama ini sudah dipakai di desa ini.", "This name is in use in this village already."),
)
UNKNOWN_ZONE = Finding(
    "UNKNOWN_ZONE",
    Text(
        "Harus salah satu zona waktu Indonesia: Asia/Jakarta, Asia/Pontianak, Asia/Makassar, Asia/Jayapura.",
        "Must be a zone of Indonesia: Asia/Jakarta, Asia/Pontianak, Asia/Makassar, Asia/Jayapura.",
    ),
)
KK_TEMPORARY = Finding(
    "KK_TEMPORARY",
    Text(
        "No. KK sementara diberi oleh sistem: kosongkan kkNumber dan isi temporaryNumber.",
        "A temporary KK number is drawn here: leave kkNumber empty and set temporaryNumber.",
    ),
)
KK_TWICE = Finding(
    "KK_TWICE",
    Text(
        "Isi salah satu: nomor tetap atau nomor sementara.",
        "Give one: a permanent number or a temporary one.",
    ),
)
NUMBER_SINCE = Finding(
    "NUMBER_SINCE",
    Text(
        "Harus sesudah hari pertama nomor yang sekarang, dan tidak sebelum keluarga terdaftar.",
        "Must lie after the first day of the last number, and not before the household's registration.",
    ),
)
TEXT_EMPTY = Finding("TEXT_EMPTY", Text("Tidak boleh kosong.", "Must not be empty."))
TEXT_TOO_LONG = Finding(
    "TEXT_TOO_LONG",
    Text(f"Paling panjang {LONGEST_TEXT} karakter.", f"Must have at most {LONGEST_TEXT} characters."),
)
LABEL_FORM = Finding(
    "LABEL_FORM",
    Text(
        f"Harus 1 sampai {LONGEST_LABEL} karakter yang tampak.",
        f"Must be 1 to {LONGEST_LABEL} visible characters.",
    ),
)


def day_fault(day: date, today: date) -> Finding | None:
    """What is wrong with a birth date, or with a day of registration."""
    if day > today:
        return IN_FUTURE
    return TOO_EARLY if day < EARLIEST else None


def person_fault(name: str | None) -> Finding | None:
    """What is wrong with a person's name; nothing where none was given."""
    return None if name is None else name_fault(clean_name(name))


def text_fault(text: str | None) -> Finding | None:
    """What is wrong with free text such as an address or a place of birth; nothing where none was given."""
    if text is None:
        return None
    cleaned = clean_name(text)
    if not cleaned:
        return TEXT_EMPTY
    return TEXT_TOO_LONG if len(cleaned) > LONGEST_TEXT else None


def zone_fault(zone: str) -> Finding | None:
    """What is wrong with a time zone for a village of Indonesia."""
    return None if zone in ZONES else UNKNOWN_ZONE


def label_fault(label: str) -> Finding | None:
    """What is wrong with a label that an office chooses: of an actor, of a token."""
    cleaned = label.strip()
    return None if 0 < len(cleaned) <= LONGEST_LABEL and cleaned.isprintable() else LABEL_FORM


def phone_fault(phone: str | None) -> Finding | None:
    """What is wrong with a telephone number; nothing where none was given."""
    if phone is None:
        return None
    digits = sum(ch.isdigit() for ch in phone)
    fits = _PHONE.fullmatch(phone.strip()) and digits in _PHONE_DIGITS
    return None if fits else PHONE_FORM


def clean_phone(phone: str) -> str:
    """A number that has passed `phone_fault` as it is stored: digits, with the plus that it began with."""
    digits = re.sub(r"[^0-9]", "", phone)
    return f"+{digits}" if phone.strip().startswith("+") else digits


def nik_faults(nik: str | None, *, temporary: bool) -> Iterator[tuple[str, Finding]]:
    """What is wrong with the NIK of a registration, each with the field it is about.

    `temporary`: the village is to draw one. A temporary NIK is never taken from a client: somebody else's
    draw would meet it.
    """
    if nik is None:
        return
    fault = nik_fault(nik)
    if fault is not None:
        yield "nik", fault
    elif nik_kind(nik) is NikKind.TEMPORARY:
        yield "nik", NIK_TEMPORARY
    if temporary:
        yield "temporary_nik", NIK_TWICE


def kk_faults(number: str | None, *, temporary: bool) -> Iterator[tuple[str, Finding]]:
    """What is wrong with the choice of a new KK number, each with the field it is about.

    Like a NIK's, a temporary number is never taken from a client.
    """
    if (number is None) is not temporary:
        yield "kk_number", KK_TWICE
    if number is None:
        return
    fault = kk_fault(number)
    if fault is not None:
        yield "kk_number", fault
    elif number.startswith("0"):
        yield "kk_number", KK_TEMPORARY


def number_since_fault(since: date, *, registered_on: date, last: date | None) -> Finding | None:
    """What is wrong with the first day of a household's new number. `last`: on which its last one began, or
    the day after that one ended, whichever is later.
    """
    return NUMBER_SINCE if since < registered_on or (last is not None and since <= last) else None


def household_faults(
    *, existing: bool, new: bool, relationship: FamilyRelationship | None
) -> Iterator[tuple[str, Finding]]:
    """What is wrong with the choice of a household: an existing one, a new one or none."""
    if existing and new:
        yield "new_household", HOUSEHOLD_TWICE
    if (existing or new) and relationship is None:
        yield "relationship", RELATIONSHIP_MISSING
    if relationship is not None and not (existing or new):
        yield "relationship", RELATIONSHIP_ALONE
