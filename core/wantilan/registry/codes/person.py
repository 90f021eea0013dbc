"""Code lists of what a person is: sex, religion, blood type, citizenship, disability."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class Sex(CodeList):
    """List `sex` (jenis kelamin) of the resident sheet."""

    LAKI_LAKI = 1, "Laki-laki", "Male"
    PEREMPUAN = 2, "Perempuan", "Female"


class Religion(CodeList):
    """List `agama` of the resident sheet."""

    ISLAM = 1, "Islam", "Islam"
    KRISTEN = 2, "Kristen", "Protestant Christianity"
    KATHOLIK = 3, "Katholik", "Catholicism"
    HINDU = 4, "Hindu", "Hinduism"
    BUDHA = 5, "Budha", "Buddhism"
    KHONGHUCU = 6, "Khonghucu", "Confucianism"
    KEPERCAYAAN_LAINNYA = 7, "Kepercayaan terhadap Tuhan YME/lainnya", "Belief in the One God/other"


class BloodType(CodeList):
    """List `golongan_darah` of the resident sheet; 1 to 4 are those whose rhesus factor was not recorded."""

    A = 1, "A", "A"
    B = 2, "B", "B"
    AB = 3, "AB", "AB"
    O = 4, "O", "O"  # noqa: E741 - the blood type is called O
    A_PLUS = 5, "A+", "A+"
    A_MINUS = 6, "A-", "A-"
    B_PLUS = 7, "B+", "B+"
    B_MINUS = 8, "B-", "B-"
    AB_PLUS = 9, "AB+", "AB+"
    AB_MINUS = 10, "AB-", "AB-"
    O_PLUS = 11, "O+", "O+"
    O_MINUS = 12, "O-", "O-"
    TIDAK_TAHU = 13, "Tidak tahu", "Unknown"


class Citizenship(CodeList):
    """List `warganegara` of the resident sheet."""

    WNI = 1, "Warga Negara Indonesia", "Indonesian citizen"
    WNA = 2, "Warga Negara Asing", "Foreign citizen"
    DUA_KEWARGANEGARAAN = 3, "Dua kewarganegaraan", "Dual citizenship"


class Disability(CodeList):
    """List `cacat` of the resident sheet."""

    FISIK = 1, "Cacat fisik", "Physical disability"
    NETRA = 2, "Cacat netra", "Visual disability"
    RUNGU_WICARA = 3, "Cacat rungu/wicara", "Hearing or speech disability"
    MENTAL_JIWA = 4, "Cacat mental/jiwa", "Mental disability"
    FISIK_MENTAL = 5, "Cacat fisik dan mental", "Physical and mental disability"
    LAINNYA = 6, "Cacat lainnya", "Other disability"
    TIDAK = 7, "Tidak cacat", "No disability"
