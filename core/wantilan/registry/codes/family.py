"""Code lists of a person's place in the family: marital status and relationship to the head."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class MaritalStatus(CodeList):
    """List `status_kawin` of the resident sheet."""

    BELUM_KAWIN = 1, "Belum kawin", "Never married"
    KAWIN = 2, "Kawin", "Married"
    CERAI_HIDUP = 3, "Cerai hidup", "Divorced"
    CERAI_MATI = 4, "Cerai mati", "Widowed"


class FamilyRelationship(CodeList):
    """List `kk_level` of the resident sheet: SHDK, the relationship to the head of the family card."""

    KEPALA_KELUARGA = 1, "Kepala keluarga", "Head of family"
    SUAMI = 2, "Suami", "Husband"
    ISTRI = 3, "Istri", "Wife"
    ANAK = 4, "Anak", "Child"
    MENANTU = 5, "Menantu", "Son- or daughter-in-law"
    CUCU = 6, "Cucu", "Grandchild"
    ORANGTUA = 7, "Orangtua", "Parent"
    MERTUA = 8, "Mertua", "Parent-in-law"
    FAMILI_LAIN = 9, "Famili lain", "Other relative"
    PEMBANTU = 10, "Pembantu", "Domestic worker"
    LAINNYA = 11, "Lainnya", "Other"
