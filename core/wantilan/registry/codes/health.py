"""Code lists of the resident sheet that touch a person's health: insurance, pregnancy, contraception.

Where our sources give an integer and no label, the label is the integer: a guess would be a false statement
about somebody's body.
"""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class Insurance(CodeList):
    """List `id_asuransi` of the resident sheet: who insures the person's health. PBI: the state pays."""

    TIDAK_PUNYA = 1, "Tidak/belum punya", "None (yet)"
    BPJS_PBI = 2, "BPJS PBI", "BPJS, paid by the state"
    BPJS_NON_PBI = 3, "BPJS non-PBI", "BPJS, paid by the insured"
    LAINNYA = 99, "Asuransi lainnya", "Other insurance"


class Pregnancy(CodeList):
    """List `hamil` of the resident sheet. Our sources name its two integers and not what they mean."""

    HAMIL_1 = 1, "Hamil 1", "Pregnancy 1"
    HAMIL_2 = 2, "Hamil 2", "Pregnancy 2"


class Contraception(CodeList):
    """List `cara_kb` of the resident sheet. Our sources name its integers and not what they mean."""

    KB_1 = 1, "KB 1", "Contraception 1"
    KB_2 = 2, "KB 2", "Contraception 2"
    KB_3 = 3, "KB 3", "Contraception 3"
    KB_4 = 4, "KB 4", "Contraception 4"
    KB_5 = 5, "KB 5", "Contraception 5"
    KB_6 = 6, "KB 6", "Contraception 6"
    KB_7 = 7, "KB 7", "Contraception 7"
    KB_99 = 99, "KB 99", "Contraception 99"
