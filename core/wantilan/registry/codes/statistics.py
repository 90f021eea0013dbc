"""The groups of statistics that are in no official list: ages, and sizes of households."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class AgeGroup(CodeList):
    """Five years each, from birth on. The integer is ours: the first age of the group."""

    UMUR_0_4 = 0, "0-4 tahun", "0 to 4 years"
    UMUR_5_9 = 5, "5-9 tahun", "5 to 9 years"
    UMUR_10_14 = 10, "10-14 tahun", "10 to 14 years"
    UMUR_15_19 = 15, "15-19 tahun", "15 to 19 years"
    UMUR_20_24 = 20, "20-24 tahun", "20 to 24 years"
    UMUR_25_29 = 25, "25-29 tahun", "25 to 29 years"
    UMUR_30_34 = 30, "30-34 tahun", "30 to 34 years"
    UMUR_35_39 = 35, "35-39 tahun", "35 to 39 years"
    UMUR_40_44 = 40, "40-44 tahun", "40 to 44 years"
    UMUR_45_49 = 45, "45-49 tahun", "45 to 49 years"
    UMUR_50_54 = 50, "50-54 tahun", "50 to 54 years"
    UMUR_55_59 = 55, "55-59 tahun", "55 to 59 years"
    UMUR_60_64 = 60, "60-64 tahun", "60 to 64 years"
    UMUR_65_69 = 65, "65-69 tahun", "65 to 69 years"
    UMUR_70_74 = 70, "70-74 tahun", "70 to 74 years"
    UMUR_75_KE_ATAS = 75, "75 tahun ke atas", "75 years and older"


class HouseholdSize(CodeList):
    """How many belong to a household. The integer is ours: the number of members, of ten or more ten."""

    ANGGOTA_1 = 1, "1 orang", "1 person"
    ANGGOTA_2 = 2, "2 orang", "2 persons"
    ANGGOTA_3 = 3, "3 orang", "3 persons"
    ANGGOTA_4 = 4, "4 orang", "4 persons"
    ANGGOTA_5 = 5, "5 orang", "5 persons"
    ANGGOTA_6 = 6, "6 orang", "6 persons"
    ANGGOTA_7 = 7, "7 orang", "7 persons"
    ANGGOTA_8 = 8, "8 orang", "8 persons"
    ANGGOTA_9 = 9, "9 orang", "9 persons"
    ANGGOTA_10_ATAU_LEBIH = 10, "10 orang atau lebih", "10 persons or more"
