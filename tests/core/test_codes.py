"""The code lists against tables written by hand from the domain notes."""

from __future__ import annotations

import re

import pytest

from wantilan.registry.codes import (
    AgeGroup,
    BloodType,
    Citizenship,
    CodeList,
    Contraception,
    CurrentEducation,
    DeathCause,
    Disability,
    Education,
    FamilyRelationship,
    HouseholdSize,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Pregnancy,
    Religion,
    Residency,
    ResidentStatus,
    Sex,
    code_lists,
)

OFFICIAL: dict[type[CodeList], dict[int, str]] = {
    LifeEventKind: {
        1: "LAHIR",
        2: "MATI",
        3: "PINDAH_KELUAR",
        4: "HILANG",
        5: "PINDAH_MASUK",
        6: "PERGI",
        101: "TERDAFTAR",
        102: "KEMBALI",
        103: "TIDAK_VALID",
        111: "PINDAH_KELUARGA",
        112: "PECAH_KK",
        113: "GANTI_KEPALA",
        114: "PINDAH_BANJAR",
        121: "KAWIN",
        122: "CERAI",
        123: "PERUBAHAN",
        131: "PINDAH_DESA",
        132: "DIGABUNG",
        191: "PEMBATALAN",
    },
    MoveDistance: {1: "LUAR_DESA", 2: "LUAR_KECAMATAN", 3: "LUAR_KABUPATEN", 4: "LUAR_PROVINSI"},
    DeathCause: {1: "SAKIT_TUA", 2: "WABAH", 3: "KECELAKAAN", 4: "KRIMINAL", 5: "BUNUH_DIRI", 6: "LAINNYA"},
    Sex: {1: "LAKI_LAKI", 2: "PEREMPUAN"},
    Religion: {
        1: "ISLAM",
        2: "KRISTEN",
        3: "KATHOLIK",
        4: "HINDU",
        5: "BUDHA",
        6: "KHONGHUCU",
        7: "KEPERCAYAAN_LAINNYA",
    },
    MaritalStatus: {1: "BELUM_KAWIN", 2: "KAWIN", 3: "CERAI_HIDUP", 4: "CERAI_MATI"},
    FamilyRelationship: {
        1: "KEPALA_KELUARGA",
        2: "SUAMI",
        3: "ISTRI",
        4: "ANAK",
        5: "MENANTU",
        6: "CUCU",
        7: "ORANGTUA",
        8: "MERTUA",
        9: "FAMILI_LAIN",
        10: "PEMBANTU",
        11: "LAINNYA",
    },
    Education: {
        1: "TIDAK_BELUM_SEKOLAH",
        2: "BELUM_TAMAT_SD",
        3: "TAMAT_SD",
        4: "SLTP",
        5: "SLTA",
        6: "D_I_II",
        7: "AKADEMI_D_III",
        8: "D_IV_S1",
        9: "S2",
        10: "S3",
    },
    CurrentEducation: {
        1: "BELUM_TK",
        2: "TK",
        3: "TIDAK_PERNAH_SEKOLAH",
        4: "SD",
        5: "TIDAK_TAMAT_SD",
        6: "SLTP",
        7: "SLTA",
        8: "D1",
        9: "D2",
        10: "D3",
        11: "S1",
        12: "S2",
        13: "S3",
        14: "SLB_A",
        15: "SLB_B",
        16: "SLB_C",
        17: "BUTA_HURUF",
        18: "TIDAK_SEDANG_SEKOLAH",
    },
    BloodType: {
        1: "A",
        2: "B",
        3: "AB",
        4: "O",
        5: "A_PLUS",
        6: "A_MINUS",
        7: "B_PLUS",
        8: "B_MINUS",
        9: "AB_PLUS",
        10: "AB_MINUS",
        11: "O_PLUS",
        12: "O_MINUS",
        13: "TIDAK_TAHU",
    },
    Citizenship: {1: "WNI", 2: "WNA", 3: "DUA_KEWARGANEGARAAN"},
    Residency: {1: "TETAP", 2: "TIDAK_TETAP"},
    ResidentStatus: {1: "HIDUP", 2: "MATI", 3: "PINDAH", 4: "HILANG", 6: "PERGI", 9: "TIDAK_VALID"},
    Disability: {
        1: "FISIK",
        2: "NETRA",
        3: "RUNGU_WICARA",
        4: "MENTAL_JIWA",
        5: "FISIK_MENTAL",
        6: "LAINNYA",
        7: "TIDAK",
    },
    IdentityCard: {1: "BELUM", 2: "KTP_EL", 3: "KIA"},
    IdentityCardProgress: {
        1: "BELUM_WAJIB",
        2: "BELUM_REKAM",
        3: "SUDAH_REKAM",
        4: "CARD_PRINTED",
        5: "PRINT_READY_RECORD",
        6: "CARD_SHIPPED",
        7: "SENT_FOR_CARD_PRINTING",
        8: "CARD_ISSUED",
    },
    Insurance: {1: "TIDAK_PUNYA", 2: "BPJS_PBI", 3: "BPJS_NON_PBI", 99: "LAINNYA"},
    Pregnancy: {1: "HAMIL_1", 2: "HAMIL_2"},
    Contraception: {code: f"KB_{code}" for code in (1, 2, 3, 4, 5, 6, 7, 99)},
    Occupation: {
        1: "BELUM_TIDAK_BEKERJA",
        2: "MENGURUS_RUMAH_TANGGA",
        3: "PELAJAR_MAHASISWA",
        4: "PENSIUNAN",
        5: "PNS",
        6: "TNI",
        7: "POLRI",
        8: "PERDAGANGAN",
        9: "PETANI_PEKEBUN",
        10: "PETERNAK",
        11: "NELAYAN",
        12: "INDUSTRI",
        13: "KONSTRUKSI",
        14: "TRANSPORTASI",
        15: "KARYAWAN_SWASTA",
        16: "KARYAWAN_BUMN",
        17: "KARYAWAN_BUMD",
        18: "KARYAWAN_HONORER",
        19: "BURUH_HARIAN_LEPAS",
        20: "BURUH_TANI",
        21: "BURUH_NELAYAN",
        22: "BURUH_PETERNAKAN",
        23: "PEMBANTU_RUMAH_TANGGA",
        24: "TUKANG_CUKUR",
        25: "TUKANG_LISTRIK",
        26: "TUKANG_BATU",
        27: "TUKANG_KAYU",
        28: "TUKANG_SOL_SEPATU",
        29: "TUKANG_LAS_PANDAI_BESI",
        30: "TUKANG_JAHIT",
        31: "TUKANG_GIGI",
        32: "PENATA_RIAS",
        33: "PENATA_BUSANA",
        34: "PENATA_RAMBUT",
        35: "MEKANIK",
        36: "SENIMAN",
        37: "TABIB",
        38: "PARAJI",
        39: "PERANCANG_BUSANA",
        40: "PENTERJEMAH",
        41: "IMAM_MASJID",
        42: "PENDETA",
        43: "PASTOR",
        44: "WARTAWAN",
        45: "USTADZ_MUBALIGH",
        46: "JURU_MASAK",
        47: "PROMOTOR_ACARA",
        48: "ANGGOTA_DPR_RI",
        49: "ANGGOTA_DPD",
        50: "ANGGOTA_BPK",
        51: "PRESIDEN",
        52: "WAKIL_PRESIDEN",
        53: "ANGGOTA_MK",
        54: "ANGGOTA_KABINET",
        55: "DUTA_BESAR",
        56: "GUBERNUR",
        57: "WAKIL_GUBERNUR",
        58: "BUPATI",
        59: "WAKIL_BUPATI",
        60: "WALIKOTA",
        61: "WAKIL_WALIKOTA",
        62: "ANGGOTA_DPRD_PROVINSI",
        63: "ANGGOTA_DPRD_KABUPATEN_KOTA",
        64: "DOSEN",
        65: "GURU",
        66: "PILOT",
        67: "PENGACARA",
        68: "NOTARIS",
        69: "ARSITEK",
        70: "AKUNTAN",
        71: "KONSULTAN",
        72: "DOKTER",
        73: "BIDAN",
        74: "PERAWAT",
        75: "APOTEKER",
        76: "PSIKIATER_PSIKOLOG",
        77: "PENYIAR_TELEVISI",
        78: "PENYIAR_RADIO",
        79: "PELAUT",
        80: "PENELITI",
        81: "SOPIR",
        82: "PIALANG",
        83: "PARANORMAL",
        84: "PEDAGANG",
        85: "PERANGKAT_DESA",
        86: "KEPALA_DESA",
        87: "BIARAWATI",
        88: "WIRASWASTA",
        89: "LAINNYA",
    },
}
LISTS = sorted(OFFICIAL, key=lambda code_list: code_list.__name__)


@pytest.mark.parametrize("code_list", LISTS)
def test_a_list_holds_the_official_codes_and_no_other(code_list: type[CodeList]) -> None:
    assert OFFICIAL[code_list] == {member.code: member.name for member in code_list}


@pytest.mark.parametrize("code_list", LISTS)
def test_no_integer_stands_for_two_members(code_list: type[CodeList]) -> None:
    assert list(code_list.__members__) == [member.name for member in code_list]


@pytest.mark.parametrize("code_list", LISTS)
def test_the_value_of_a_member_is_its_official_integer(code_list: type[CodeList]) -> None:
    for member in code_list:
        assert type(member.value) is int
        assert member.value == member.code
        assert member is code_list(member.code)


@pytest.mark.parametrize("code_list", LISTS)
def test_an_integer_that_the_list_lacks_is_refused(code_list: type[CodeList]) -> None:
    for code in {0, 90} | set(range(1, 90)) - set(OFFICIAL[code_list]):
        with pytest.raises(ValueError):
            code_list(code)


@pytest.mark.parametrize("code_list", LISTS)
def test_names_are_graphql_names_in_upper_snake(code_list: type[CodeList]) -> None:
    for member in code_list:
        assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", member.name)
        assert member.name not in {"TRUE", "FALSE", "NULL"}


@pytest.mark.parametrize("code_list", LISTS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_member_has_a_label_of_its_own(code_list: type[CodeList], language: str) -> None:
    labels = [getattr(member.label, language) for member in code_list]

    assert all(label and label == label.strip() for label in labels)
    assert len(labels) == len({label.casefold() for label in labels})


@pytest.mark.parametrize("code_list", LISTS)
def test_every_list_says_where_it_comes_from(code_list: type[CodeList]) -> None:
    assert (code_list.__doc__ or "").startswith("List `")


def test_every_list_is_found_under_its_graphql_name() -> None:
    ours = (AgeGroup, HouseholdSize)  # groups of statistics, and no official lists
    assert {code_list.__name__: code_list for code_list in (*LISTS, *ours)} == dict(code_lists())


def test_the_lists_found_by_name_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        code_lists()["Sex"] = Religion  # type: ignore[index]
    assert code_lists()["Sex"] is Sex


def test_no_list_names_a_disease() -> None:
    words = {
        word
        for code_list in code_lists().values()
        for member in code_list
        for text in (member.name, *member.label)
        for word in re.findall(r"[a-z]+", text.casefold())
    }

    assert "disability" in words  # the scan sees labels
    assert words.isdisjoint({"hiv", "aids", "kanker", "cancer", "stroke", "tbc", "diabetes", "jantung"})
