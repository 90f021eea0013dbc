"""The kinds of files that the core keeps."""

from __future__ import annotations

from ..errors import Text
from ..programs.files import PICTURES, FileKind, FileType
from .permissions import CORRECT

PROOF, CORRECTION_PROOF = "life_event.proof", "correction.proof"

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
)
