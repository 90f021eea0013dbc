"""What a single cell can be: each kind of column against tables written by hand."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from tests.opensid.forms import BLANKS, code_forms, coded_columns, column
from tests.opensid.invented import TODAY

from wantilan.registry.codes import (
    BloodType,
    CodeList,
    Education,
    FamilyRelationship,
    MaritalStatus,
    Occupation,
    Religion,
    ResidentStatus,
    Sex,
)
from wantilan.registry.numbers import Finding, temporary_nik
from wantilan.registry.opensid import BY_NAME, COLUMNS
from wantilan.registry.opensid.kinds.base import Sense
from wantilan.registry.opensid.kinds.coded import Coded

SENSE = Sense(TODAY)
BORN = date(1990, 5, 17)
NIK = "9900001705900001"
TEMPORARY = temporary_nik("51.02.06.2001", 17)

ORDER = (
    "alamat, dusun, rw, rt, nama, no_kk, nik, sex, tempatlahir, tanggallahir, agama_id, pendidikan_kk_id, "
    "pendidikan_sedang_id, pekerjaan_id, status_kawin, kk_level, warganegara_id, ayah_nik, nama_ayah, ibu_nik, nama_ibu, "
    "golongan_darah_id, akta_lahir, dokumen_pasport, tanggal_akhir_paspor, dokumen_kitas, akta_perkawinan, "
    "tanggalperkawinan, akta_perceraian, tanggalperceraian, cacat_id, cara_kb_id, hamil, ktp_el, status_rekam, "
    "alamat_sekarang, status_dasar, suku, tag_id_card, id_asuransi, no_asuransi, lat, lng"
)


def read(name: str, cell: Any, sense: Sense = SENSE) -> Any:
    """The value, or the code of what is wrong."""
    found = column(name).kind.read(cell, sense)
    return found.code if isinstance(found, Finding) else found


def test_the_columns_are_the_43_of_opensid_in_its_order() -> None:
    assert ", ".join(one.name for one in COLUMNS) == ORDER
    assert len(COLUMNS) == len(BY_NAME) == len({one.field for one in COLUMNS}) == 43


# Codes


@pytest.mark.parametrize("name, codes", coded_columns().items())
def test_code_label_and_alias_of_every_member_read_alike_and_are_written_as_the_code(
    name: str, codes: type[CodeList]
) -> None:
    for member in codes:
        assert {read(name, form) for form in code_forms(name, member)} == {member}
        assert column(name).kind.write(member) == member.code


@pytest.mark.parametrize("name, codes", coded_columns().items())
def test_no_integer_besides_those_of_the_list_is_read(name: str, codes: type[CodeList]) -> None:
    others = set(range(-1, 200)) - {member.code for member in codes}
    assert {read(name, form) for code in others for form in (code, str(code), float(code))} == {
        "UNKNOWN_CODE"
    }
    assert read(name, True) == "CELL_BOOLEAN", "TRUE is not the code 1"


def test_a_form_that_stood_for_two_members_would_be_found() -> None:
    with pytest.raises(ValueError, match="'Kawin' stands for two members of MaritalStatus"):
        Coded(MaritalStatus, {"Kawin": MaritalStatus.CERAI_MATI})


@pytest.mark.parametrize(
    "name, cell, member",
    [
        ("sex", "LAKI - LAKI", Sex.LAKI_LAKI),
        ("sex", "laki-laki", Sex.LAKI_LAKI),
        ("status_kawin", "BELUM KAWIN", MaritalStatus.BELUM_KAWIN),
        ("status_dasar", "pindah dalam negeri", ResidentStatus.PINDAH),
        ("status_dasar", 5, "UNKNOWN_CODE"),
        ("golongan_darah_id", "TDK TH", BloodType.TIDAK_TAHU),
        ("golongan_darah_id", "o", BloodType.O),
        ("golongan_darah_id", "AB +", BloodType.AB_PLUS),
        ("kk_level", "KEPALA  KELUARGA", FamilyRelationship.KEPALA_KELUARGA),
        ("pendidikan_kk_id", "9", Education.S2),
        ("pekerjaan_id", "89", Occupation.LAINNYA),
        ("agama_id", "HINDU", Religion.HINDU),
        ("agama_id", 4.5, "UNKNOWN_CODE"),
        ("agama_id", "#N/A", "CELL_ERROR"),
        ("agama_id", float("nan"), "CELL_ERROR"),
    ],
)  # fmt: skip
def test_labels_and_codes_as_sheets_write_them(name: str, cell: Any, member: object) -> None:
    assert read(name, cell) == member


# Blanks


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {"nik", "nama"}))
def test_a_blank_is_none_in_every_column_that_needs_no_value(name: str) -> None:
    assert {read(name, blank) for blank in BLANKS} == {None}
    assert read(name, column(name).kind.write(None)) is None


@pytest.mark.parametrize("name, code", [("nik", "NIK_MISSING"), ("nama", "NAME_MISSING")])
def test_a_blank_is_a_fault_where_a_value_must_be(name: str, code: str) -> None:
    assert {read(name, blank) for blank in BLANKS} == {code}


@pytest.mark.parametrize("name", ["nik", "no_kk", "ayah_nik", "ibu_nik"])
def test_zero_is_somebody_without_a_number(name: str) -> None:
    assert {read(name, zero) for zero in (0, 0.0, "0", " 0 ", "'0", "0.0")} == {None}


# Personal numbers


@pytest.mark.parametrize("name", ["nik", "no_kk"])
@pytest.mark.parametrize(
    "cell, found",
    [
        (NIK, NIK),
        (f" {NIK}\u00a0", NIK),
        (f"'{NIK}", NIK),
        ("9900 0017 0590 0001", NIK),
        (TEMPORARY, TEMPORARY),
        (5102061705900001, "5102061705900001"),
        (5102061705900001.0, "5102061705900001"),
        ("5102061705900001.0", "5102061705900001"),
        (5102061705900000, "NUMBER_CELL"),  # what Excel makes of …0001
        (9900001705900001, "NUMBER_CELL"),  # above 2**53 no double holds every integer
        (1.23e15, "NUMBER_CELL"),
        (int(TEMPORARY), "NUMBER_CELL"),  # its leading zero is gone
        (17, "NUMBER_CELL"),
        (-5102061705900001, "NUMBER_CELL"),
        (math.inf, "NUMBER_CELL"),
        (math.nan, "NUMBER_CELL"),
        ("1.23E+15", "NUMBER_CELL"),
        ("1,23E+15", "NUMBER_CELL"),
        ("5e15", "NUMBER_CELL"),
        (datetime.combine(BORN, time()), "CELL_DATE"),
        ("#VALUE!", "CELL_ERROR"),
    ],
)  # fmt: skip
def test_a_number_of_which_digits_may_be_lost_is_refused_and_not_believed(
    name: str, cell: Any, found: object
) -> None:
    assert read(name, cell) == found


# Days


@pytest.mark.parametrize(
    "cell, found",
    [
        ("17-05-1990", BORN),
        ("17/5/1990", BORN),
        ("1990-05-17", BORN),
        ("1990/5/17", BORN),
        ("1990-05-17 00:00:00", BORN),
        ("1990-05-17T00:00:00", BORN),
        (BORN, BORN),
        (datetime.combine(BORN, time()), BORN),
        (33010, BORN),
        (33010.0, BORN),
        ("33010", BORN),
        ("33010,0", BORN),
        ("0000-00-00", None),
        (datetime.combine(BORN, time(8)), "DATE_TIME"),
        (33010.5, "DATE_TIME"),
        ("1990-05-17 08:00:00", "DATE_FORM"),
        ("03/04/1990", date(1990, 4, 3)),
        ("05/17/1990", "DATE_FORM"),
        ("17-05/1990", "DATE_FORM"),
        ("17-05-90", "DATE_FORM"),
        ("29-02-1991", "DATE_FORM"),
        ("29-02-1992", date(1992, 2, 29)),
        ("17 Mei 1990", "DATE_FORM"),
        (1990, "DATE_FORM"),
        ("1990", "DATE_FORM"),
        (1e300, "DATE_FORM"),
        (math.nan, "DATE_FORM"),
        (-33010, "DATE_FORM"),
        (time(8), "DATE_FORM"),
        (timedelta(days=2), "DATE_FORM"),
        (True, "CELL_BOOLEAN"),
        ("1879-12-31", "TOO_EARLY"),
        ("1880-01-01", date(1880, 1, 1)),
        (TODAY, TODAY),
        (TODAY + timedelta(days=1), "IN_FUTURE"),
    ],
)  # fmt: skip
def test_a_day_in_every_spelling(cell: Any, found: object) -> None:
    assert read("tanggallahir", cell) == found


def test_a_workbook_that_counts_from_1904_means_other_days() -> None:
    assert read("tanggallahir", 33010 - 1462, Sense(TODAY, epoch_1904=True)) == BORN


def test_only_the_last_day_of_a_passport_lies_ahead() -> None:
    assert read("tanggal_akhir_paspor", "2031-01-02") == date(2031, 1, 2)
    assert read("tanggal_akhir_paspor", "2101-01-01") == "TOO_LATE"
    assert read("tanggalperkawinan", "2031-01-02") == "IN_FUTURE"


# Texts


@pytest.mark.parametrize(
    "name, cell, found",
    [
        ("nama", "  Ni  Wayan\tContoh ", "Ni Wayan Contoh"),
        ("nama", "I Gde D’Contoh, S.E., M.Si", "I Gde D'Contoh, S.E., M.Si"),
        ("nama", "Ni\u200b Made", "Ni Made"),
        ("nama", "I Made (Alm)", "NAME_CHARACTERS"),
        ("nama", "I Made 2", "NAME_CHARACTERS"),
        ("nama", 5, "NAME_CHARACTERS"),
        ("nama", ".", "NAME_EMPTY"),
        ("nama_ibu", "x" * 101, "NAME_TOO_LONG"),
        ("rw", 1, "1"),
        ("rw", 1.0, "1"),
        ("rw", "001", "001"),
        ("rw", "0", None),
        ("rt", "000", None),
        ("rt", "12345678901", "TEXT_TOO_LONG"),
        ("alamat", "Jalan Melati 1", "Jalan Melati 1"),
        ("alamat", 12.5, "12.5"),
        ("alamat", "0", "0"),
        ("alamat", "x" * 200, "x" * 200),
        ("akta_lahir", 4711, "4711"),
        ("akta_lahir", "'4711", "4711"),
        ("akta_lahir", date(1990, 5, 17), "CELL_DATE"),
        ("no_asuransi", "0001234567890", "0001234567890"),
        ("no_asuransi", 10**15, "NUMBER_CELL"),
        ("no_asuransi", "1.2E+12", "NUMBER_CELL"),
        ("tag_id_card", "1234567890", "1234567890"),
        ("tag_id_card", 1234567890, "1234567890"),
        ("tag_id_card", "123456789", "TAG_LENGTH"),
        ("tag_id_card", "1" * 17, "1" * 17),
        ("tag_id_card", "1" * 18, "TAG_LENGTH"),
    ],
)  # fmt: skip
def test_a_text(name: str, cell: Any, found: object) -> None:
    assert read(name, cell) == found


@pytest.mark.parametrize(
    "name, cell, found",
    [
        ("lat", -8.53, -8.53),
        ("lat", "-8,53", -8.53),
        ("lat", "−8.53", -8.53),
        ("lat", 9, 9.0),
        ("lat", "1e-05", 0.00001),
        ("lat", "1e5", "COORDINATE_FORM"),
        ("lat", 90, 90.0),
        ("lat", 90.001, "COORDINATE_RANGE"),
        ("lng", 115.13, 115.13),
        ("lng", -180, -180.0),
        ("lng", 180.1, "COORDINATE_RANGE"),
        ("lng", "115.130.000", "COORDINATE_FORM"),
        ("lng", "115° 7'", "COORDINATE_FORM"),
        ("lng", math.inf, "COORDINATE_FORM"),
        ("lng", math.nan, "COORDINATE_FORM"),
        ("lat", False, "CELL_BOOLEAN"),
        ("lat", BORN, "CELL_DATE"),
    ],
)  # fmt: skip
def test_a_degree(name: str, cell: Any, found: object) -> None:
    assert read(name, cell) == found
