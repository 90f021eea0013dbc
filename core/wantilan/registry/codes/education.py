"""Code lists of schooling: the level on the family card, and what a person attends now."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class Education(CodeList):
    """List `pendidikan_kk` of the resident sheet: the highest level, as the family card states it."""

    TIDAK_BELUM_SEKOLAH = 1, "Tidak/belum sekolah", "No schooling (yet)"
    BELUM_TAMAT_SD = 2, "Belum tamat SD/sederajat", "Primary school not finished"
    TAMAT_SD = 3, "Tamat SD/sederajat", "Primary school finished"
    SLTP = 4, "SLTP/sederajat", "Junior secondary school"
    SLTA = 5, "SLTA/sederajat", "Senior secondary school"
    D_I_II = 6, "Diploma I/II", "Diploma I or II"
    AKADEMI_D_III = 7, "Akademi/Diploma III/sarjana muda", "Academy or diploma III"
    D_IV_S1 = 8, "Diploma IV/Strata I", "Diploma IV or bachelor's degree"
    S2 = 9, "Strata II", "Master's degree"
    S3 = 10, "Strata III", "Doctorate"


class CurrentEducation(CodeList):
    """List `pendidikan_sedang` of the resident sheet: what the person attends at present."""

    BELUM_TK = 1, "Belum masuk TK/kelompok bermain", "Not yet in kindergarten"
    TK = 2, "Sedang TK/kelompok bermain", "In kindergarten"
    TIDAK_PERNAH_SEKOLAH = 3, "Tidak pernah sekolah", "Never went to school"
    SD = 4, "Sedang SD/sederajat", "In primary school"
    TIDAK_TAMAT_SD = 5, "Tidak tamat SD/sederajat", "Left primary school unfinished"
    SLTP = 6, "Sedang SLTP/sederajat", "In junior secondary school"
    SLTA = 7, "Sedang SLTA/sederajat", "In senior secondary school"
    D1 = 8, "Sedang D-1/sederajat", "Studying for a diploma I"
    D2 = 9, "Sedang D-2/sederajat", "Studying for a diploma II"
    D3 = 10, "Sedang D-3/sederajat", "Studying for a diploma III"
    S1 = 11, "Sedang S-1/sederajat", "Studying for a bachelor's degree"
    S2 = 12, "Sedang S-2/sederajat", "Studying for a master's degree"
    S3 = 13, "Sedang S-3/sederajat", "Studying for a doctorate"
    SLB_A = 14, "Sedang SLB A/sederajat", "In a special school, type A (visual disability)"
    SLB_B = 15, "Sedang SLB B/sederajat", "In a special school, type B (hearing disability)"
    SLB_C = 16, "Sedang SLB C/sederajat", "In a special school, type C (intellectual disability)"
    BUTA_HURUF = 17, "Tidak dapat membaca dan menulis huruf Latin/Arab", "Cannot read or write"
    TIDAK_SEDANG_SEKOLAH = 18, "Tidak sedang sekolah", "Not at school at present"
