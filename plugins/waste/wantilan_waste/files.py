"""Kinds of files that the waste program keeps."""

from __future__ import annotations

from wantilan import PICTURES, FileKind, Text

from .permissions import READ, RECORD, VISIT_READ, VISIT_RECORD

PHOTO = "waste.intake_photo"
VISIT_PHOTO = "waste.visit_photo"

KINDS = (
    FileKind(
        PHOTO,
        Text("Foto penimbangan", "Photo of a weighing"),
        types=PICTURES,
        most_bytes=10_000_000,
        read=READ,
        write=RECORD,
        household=True,
    ),
    FileKind(
        VISIT_PHOTO,
        Text("Foto kunjungan", "Photo of a visit"),
        types=PICTURES,
        most_bytes=10_000_000,
        read=VISIT_READ,
        write=VISIT_RECORD,
        household=True,
    ),
)
