"""Code lists of a person's standing in the village's register."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class Residency(CodeList):
    """List `status` of the resident sheet: lives here for good, or for a time."""

    TETAP = 1, "Tetap", "Permanent"
    TIDAK_TETAP = 2, "Tidak tetap", "Temporary"


class ResidentStatus(CodeList):
    """List `status_dasar` of the resident sheet: what became of the resident. It has no 5, 7 or 8."""

    HIDUP = 1, "Hidup", "Alive"
    MATI = 2, "Mati", "Dead"
    PINDAH = 3, "Pindah", "Moved away"
    HILANG = 4, "Hilang", "Missing"
    PERGI = 6, "Pergi", "Gone"
    TIDAK_VALID = 9, "Tidak valid", "Not valid"
