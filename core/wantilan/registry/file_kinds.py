"""The kinds of files that the core keeps."""

from __future__ import annotations

from ..errors import Text
from ..programs.files import PICTURES, FileKind, FileType
from .permissions import CORRECT

PROOF, CORRECTION_PROOF = "life_event.proof", "correction.proof"
SHEET, REPORT = "resident.sheet", "resident.sheet_report"

FILE_KINDS = (
    FileKind(
        PROOF,
        Text("Bukti peristiwa penduduk: akta, surat", "Proof of a life event: a deed, a letter"),
        types=(*PICTURES, FileType.PDF),
        most_bytes=5 * 2**20,
        read="resident.read",
        write="resident.event.record",
    ),
    FileKind(
        CORRECTION_PROOF,
        Text("Bukti perbaikan data pokok: akta, KK, KTP", "Proof of a correction: a deed, a family card"),
        types=(*PICTURES, FileType.PDF),
        most_bytes=5 * 2**20,
        read=CORRECT,
        write=CORRECT,
    ),
    FileKind(
        SHEET,
        Text("Lembar penduduk OpenSID", "A resident sheet of OpenSID"),
        types=(FileType.XLSX, FileType.CSV, FileType.JSON_LINES, FileType.JSON),
        most_bytes=50 * 2**20,
        read="resident.export",
        write="resident.import",
    ),
    FileKind(
        REPORT,
        Text("Laporan impor penduduk", "The report of an import of residents"),
        types=(FileType.CSV,),
        most_bytes=50 * 2**20,
        read="resident.import",
        write="resident.import",
    ),
)
