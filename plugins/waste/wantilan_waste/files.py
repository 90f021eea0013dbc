"""Kinds of files that the waste program keeps."""

from __future__ import annotations

from wantilan import PICTURES, FileKind, FileType, Text, own_village, within

from .permissions import (
    COMPLAINT_HANDLE,
    COMPLAINT_READ,
    READ,
    RECORD,
    REPORT_READ,
    REPORT_SUBMIT,
    VISIT_READ,
    VISIT_RECORD,
)

PHOTO = "waste.intake_photo"
REPORT_SHEET, PROOF_SHEET = "waste.report_sheet", "waste.proof_sheet"
VISIT_PHOTO = "waste.visit_photo"
COMPLAINT_PHOTO = "waste.complaint_photo"

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
        REPORT_SHEET,
        Text("Angka laporan bulanan", "Figures of a month's report"),
        types=(FileType.CSV,),
        most_bytes=10_000_000,
        read=REPORT_READ,
        write=REPORT_SUBMIT,
    ),
    FileKind(
        PROOF_SHEET,
        Text("Bukti pemilahan di sumber", "Proof of separation at the source"),
        types=(FileType.CSV,),
        most_bytes=10_000_000,
        read=REPORT_READ,
        write=REPORT_SUBMIT,
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
    FileKind(
        COMPLAINT_PHOTO,
        Text("Foto aduan", "Photo of a complaint"),
        types=PICTURES,
        most_bytes=10_000_000,
        read=COMPLAINT_READ,
        write=[within(COMPLAINT_HANDLE), own_village()],
        household=True,
    ),
)
