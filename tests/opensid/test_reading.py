"""A whole file: its heading, its dialect, what rows say of each other, and where a fault is said to be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tests.opensid.invented import TODAY

from wantilan.registry.codes import Religion, Sex
from wantilan.registry.numbers import fictitious_nik
from wantilan.registry.opensid import (
    ABSENT,
    COLUMNS,
    Findings,
    Located,
    SheetForm,
    SheetLimits,
    SheetLine,
    SheetReader,
    SheetRow,
)

BORN = date(1990, 5, 17)
NIK = fictitious_nik(BORN, Sex.PEREMPUAN, 4711)
OTHER = fictitious_nik(BORN, Sex.PEREMPUAN, 4712)
KK = "9900000101200815"


def read(content: str | bytes, tmp_path: Path, **options: Any) -> tuple[SheetReader, list[SheetLine]]:
    path = tmp_path / "sheet"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reader = SheetReader(path, today=TODAY, **options)
    return reader, list(reader)


def lines(*objects: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in objects)


def said(findings: Findings) -> list[tuple[int | None, str | None, str]]:
    """What was found, besides the columns that a short sheet lacks."""
    return [(one.row, one.column, one.code) for one in findings.listed if one.code != "COLUMN_MISSING"]


def workbook(tmp_path: Path, *sheets: list[list[Any]], epoch_1904: bool = False) -> bytes:
    book = Workbook(write_only=True)
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "book")
    return (tmp_path / "book").read_bytes()


# The heading


def test_columns_stand_in_any_order_and_only_those_there_are_read(tmp_path: Path) -> None:
    reader, (line,) = read(f"Agama_ID, NIK ,No KK\nHindu,{NIK},-\n", tmp_path)
    assert line.row == SheetRow(nik=NIK, religion=Religion.HINDU, kk_number=None)
    assert line.row is not None and line.row.full_name is ABSENT
    assert [column.name for column in reader.columns] == ["no_kk", "nik", "agama_id"]
    missing = [one.column for one in reader.warnings.listed if one.code == "COLUMN_MISSING"]
    assert missing == [column.name for column in COLUMNS if column not in reader.columns]


def test_an_unknown_column_is_named_unless_it_may_be_a_value(tmp_path: Path) -> None:
    reader, rows = read(f"nik,hobi,{NIK},,sakit_menahun\n{NIK},catur,x,,1\n", tmp_path)
    unknown = [one for one in reader.warnings.listed if one.code == "COLUMN_UNKNOWN"]
    assert [one.text.en.split(" ")[2] for one in unknown] == ["hobi", "C", "sakit_menahun"]
    assert {one.row for one in unknown} == {1}
    assert [line.row for line in rows] == [SheetRow(nik=NIK)]


def test_a_sheet_without_heading_is_refused_and_none_of_it_repeated(tmp_path: Path) -> None:
    reader, rows = read(f"{NIK},Ni Wayan Contoh\n{OTHER},Ni Made Contoh\n", tmp_path)
    assert (said(reader.faults), rows, reader.rows) == ([(None, None, "HEADING_MISSING")], [], 0)
    assert "Wayan" not in repr(reader.faults.listed) and NIK not in repr(reader.faults.listed)


@pytest.mark.parametrize("above, found", [(0, True), (3, True), (9, True), (10, False)])
def test_a_heading_may_stand_below_a_title(above: int, found: bool, tmp_path: Path) -> None:
    reader, rows = read("Data Penduduk\n" * above + f"nik;sex\n\n{NIK};P\n", tmp_path)
    assert [(line.number, line.row) for line in rows] == (
        [(above + 3, SheetRow(nik=NIK, sex=Sex.PEREMPUAN))] if found else []
    )
    assert bool(reader.faults.total) is not found


def test_a_column_that_comes_twice_is_refused(tmp_path: Path) -> None:
    reader, rows = read(f"x\nnik,sex,NIK\n{NIK},1,{OTHER}\n", tmp_path)
    assert (said(reader.faults), rows) == ([(2, "nik", "COLUMN_TWICE")], [])


def test_of_a_workbook_the_sheet_with_the_heading_is_read(tmp_path: Path) -> None:
    codes = [["kode", "nama"], [1, "LAKI-LAKI"]]
    content = workbook(
        tmp_path, codes, [["DATA"], [], ["nik", "sex", None, "nama"], [], [NIK, "Pr", "note", "Ni Made"]]
    )
    reader, (line,) = read(content, tmp_path)
    assert (line.number, line.row) == (5, SheetRow(nik=NIK, sex=Sex.PEREMPUAN, full_name="Ni Made"))
    assert said(reader.warnings) == [(5, None, "CELL_UNNAMED")]


def test_a_workbook_of_1904_is_read_by_its_own_calendar(tmp_path: Path) -> None:
    content = workbook(
        tmp_path, [["nik", "tanggallahir"], [NIK, 33010 - 1462], [OTHER, BORN]], epoch_1904=True
    )
    _, rows = read(content, tmp_path)
    assert [line.row.birth_date for line in rows if line.row] == [BORN, BORN]


# CSV


@pytest.mark.parametrize("delimiter", ",;\t")
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_dialect_of_a_csv_is_read(delimiter: str, mark: bytes, end: str, tmp_path: Path) -> None:
    rows = (
        ["nama", "nik", "alamat"],
        ["Ni Wayan", NIK, f'"Jalan ""Mawar""{delimiter}{end}Gang 3, No; 2"'],
        [],
        ["Ni Made", OTHER, ""],
    )
    content = mark + end.join(delimiter.join(row) for row in rows).encode()
    reader, found = read(content, tmp_path)
    address = f'Jalan "Mawar"{delimiter} Gang 3, No; 2'.replace("\t", "")
    assert [(line.number, line.row) for line in found] == [
        (2, SheetRow(nik=NIK, full_name="Ni Wayan", address=address)),
        (4, SheetRow(nik=OTHER, full_name="Ni Made", address=None)),
    ]
    assert reader.form is SheetForm.CSV


@pytest.mark.parametrize(
    "content, code",
    [
        ("nik\n\xe9".encode("latin-1"), "SHEET_NOT_UTF8"),
        ("nik\n".encode("utf-16"), "SHEET_NOT_UTF8"),
        (b'nik,alamat\n1,"Jalan', "SHEET_UNREADABLE"),
        (b"nik\n" + b'"' + b"x" * 200_000 + b'"', "SHEET_UNREADABLE"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "SHEET_UNREADABLE"),
        (b"PK\x03\x04", "SHEET_UNREADABLE"),
        (b"", "HEADING_MISSING"),
        (b"\n\n\n", "HEADING_MISSING"),
    ],
)
def test_a_file_that_is_none_is_a_fault_and_no_crash(content: bytes, code: str, tmp_path: Path) -> None:
    reader, _ = read(content, tmp_path)
    assert said(reader.faults) == [(None, None, code)]


def test_a_row_that_is_longer_than_its_heading_is_a_fault_since_its_cells_may_have_moved(
    tmp_path: Path,
) -> None:
    reader, rows = read(
        f"nik,alamat,sex\n{NIK},Jalan Mawar, Gang 3,P\n{OTHER},Jalan,P,,\n{KK},Jalan\n", tmp_path
    )
    assert said(reader.faults) == [(2, "sex", "UNKNOWN_CODE"), (2, None, "ROW_TOO_LONG")]
    assert [line.row is None for line in rows] == [True, False, False]


# JSON Lines


def test_json_lines_say_of_each_row_which_columns_it_has(tmp_path: Path) -> None:
    content = lines(
        {"nik": NIK, "sex": 2},
        {"NIK": int(OTHER), "agama_id": "hindu", "hobi": "catur"},
        {"sex": 1},
        {"nik": "0", "sex": None},
    )
    reader, rows = read(f"\ufeff{content[:-1]}\n\n  \n[]\n{{}}\n", tmp_path)
    assert [line.row for line in rows] == [
        SheetRow(nik=NIK, sex=Sex.PEREMPUAN), SheetRow(nik=OTHER, religion=Religion.HINDU), None, SheetRow(nik=None, sex=None), None,
    ]  # fmt: skip
    assert said(reader.faults) == [(3, "nik", "NIK_MISSING"), (7, None, "LINE_NOT_AN_OBJECT")]
    assert [column.name for column in reader.columns] == ["nik", "sex", "agama_id"]
    assert "COLUMN_UNKNOWN" in reader.warnings.counts


@pytest.mark.parametrize(
    "line",
    ['{"nik": ["1"]}', '{"nik": {}}', '{"nik": "1", "nik": "2"}', '{"nik": "1", "NIK": "2"}', '{"nik": ', "[" * 100_000, '"nik"', '{"nik": "' + "x" * 70_000 + '"}', '{"a": "\udcff"}'],
)  # fmt: skip
def test_a_line_that_is_no_object_of_cells_is_a_fault_and_the_next_is_read(line: str, tmp_path: Path) -> None:
    content = b'{"nik": 0}\n' + line.encode("utf-8", "surrogateescape") + b"\n" + lines({"nik": NIK}).encode()
    reader, rows = read(content, tmp_path)
    assert said(reader.faults) == [(2, None, "LINE_NOT_AN_OBJECT")]
    assert [line.row for line in rows] == [SheetRow(nik=None), None, SheetRow(nik=NIK)]


# Rows beside each other


def test_a_nik_or_a_tag_that_comes_again_is_a_fault_of_the_later_row(tmp_path: Path) -> None:
    reader, rows = read(
        lines(
            {"nik": NIK, "tag_id_card": "1234567890"},
            {"nik": OTHER, "tag_id_card": 1234567890},
            {"nik": f"'{NIK}"},
        ),
        tmp_path,
    )
    assert said(reader.faults) == [(2, "tag_id_card", "TAG_REPEATED"), (3, "nik", "NIK_REPEATED")]
    assert [one.text.en for one in reader.faults.listed] == ["The same as in row 1."] * 2
    assert [line.row is not None for line in rows] == [True, False, False]


def test_people_without_nik_or_kk_are_neither_twice_nor_one_family(tmp_path: Path) -> None:
    one = {"nik": 0, "no_kk": "0", "kk_level": 1}
    reader, rows = read(
        lines(one, {**one, "dusun": "Kaja"}, {**one, "dusun": "Kelod"}, {**one, "no_kk": None}), tmp_path
    )
    assert (said(reader.faults), said(reader.warnings)) == ([], [])
    assert {(line.row.nik, line.row.kk_number) for line in rows if line.row} == {(None, None)} and len(
        rows
    ) == 4


@pytest.mark.parametrize(
    "second, faults",
    [
        ({"kk_level": 1}, [(2, "kk_level", "SECOND_HEAD")]),
        ({"kk_level": "Kepala keluarga", "status_dasar": 1}, [(2, "kk_level", "SECOND_HEAD")]),
        ({"kk_level": 1, "status_dasar": "MATI"}, []),
        ({"kk_level": 3}, []),
        ({"kk_level": 1, "no_kk": "9900000101200816"}, []),
    ],
)
def test_a_family_card_has_one_head_who_lives(
    second: dict[str, Any], faults: list[Any], tmp_path: Path
) -> None:
    reader, _ = read(
        lines({"nik": NIK, "no_kk": KK, "kk_level": 1}, {"nik": OTHER, "no_kk": KK, **second}), tmp_path
    )
    assert (said(reader.faults), said(reader.warnings)) == (faults, [])


@pytest.mark.parametrize(
    "first, second, warnings",
    [
        ({"dusun": "Kaja"}, {"dusun": " KAJA"}, []),
        ({"dusun": "Kaja"}, {"dusun": "Kelod"}, [(2, "dusun", "KK_HAMLETS")]),
        ({"dusun": "-"}, {"dusun": "Kelod"}, []),
        ({"kk_level": 3}, {"kk_level": 4}, [(1, "no_kk", "KK_WITHOUT_HEAD")]),
        ({"kk_level": 3}, {"kk_level": 99}, []),
        ({"lat": -8.5, "lng": None}, {"lat": None, "lng": 115}, [(1, "lng", "COORDINATE_ALONE"), (2, "lat", "COORDINATE_ALONE")]),
        ({"tanggallahir": "1990-05-17", "sex": 2}, {}, []),
        ({"tanggallahir": "1990-05-18", "sex": 2}, {}, [(1, "tanggallahir", "NIK_BIRTH_DATE_MISMATCH")]),
        ({"tanggallahir": "1990-05-17", "sex": 1}, {}, [(1, "sex", "NIK_SEX_MISMATCH")]),
        ({"tanggallahir": "1990-05-17", "tanggalperkawinan": "1990-05-16"}, {}, [(1, "tanggalperkawinan", "MARRIED_BEFORE_BIRTH")]),
        ({"tanggalperceraian": "2010-01-01", "tanggalperkawinan": "2011-01-01"}, {}, [(1, "tanggalperceraian", "DIVORCED_BEFORE_MARRIED")]),
    ],
)  # fmt: skip
def test_what_is_odd_is_a_warning(
    first: dict[str, Any], second: dict[str, Any], warnings: list[Any], tmp_path: Path
) -> None:
    reader, _ = read(
        lines({"nik": NIK, "no_kk": KK, **first}, {"nik": OTHER, "no_kk": KK, **second}), tmp_path
    )
    assert said(reader.warnings) == warnings


def test_a_region_that_is_not_known_is_a_warning_if_somebody_knows_the_regions(tmp_path: Path) -> None:
    content = lines({"nik": NIK, "sex": 2, "tanggallahir": "1990-05-17"})
    assert said(read(content, tmp_path)[0].warnings) == []
    reader, _ = read(content, tmp_path, known_region=lambda code: code != "99.00.00")
    assert said(reader.warnings) == [(1, "nik", "NIK_UNKNOWN_REGION")]


# What is said


def test_all_faults_are_counted_and_the_first_ones_are_kept(tmp_path: Path) -> None:
    content = "nik,sex\n" + "5,x\n" * 700
    reader, rows = read(content, tmp_path)
    assert (reader.faults.total, len(reader.faults.listed), reader.faulty_rows) == (1_400, 1_000, 700)
    assert reader.faults.counts == {"NIK_LENGTH": 700, "UNKNOWN_CODE": 700}
    assert [(one.row, one.column) for one in reader.faults.listed[:3]] == [(2, "nik"), (2, "sex"), (3, "nik")]
    assert len(rows[-1].faults) == 2, "a row tells its own, though the list is full"


SECRET = {
    "alamat": "RAHASIA" * 40, "nama": "Rahasia99", "no_kk": "12345678", "nik": "8765432187654321X", "sex": "RAHASIA", "tempatlahir": "RAHASIA" * 40,
    "tanggallahir": "RAHASIA", "ayah_nik": "87654321", "nama_ayah": "Rahasia#", "akta_lahir": "RAHASIA" * 20, "tag_id_card": "RAHASIA",
    "lat": "RAHASIA", "lng": "876543", "agama_id": "876543", "tanggalperkawinan": "8765-43-21", "suku": "RAHASIA" * 20,
}  # fmt: skip


def test_no_finding_repeats_what_stands_in_a_cell(tmp_path: Path) -> None:
    reader, (line,) = read(lines(SECRET), tmp_path)
    assert {one.column for one in line.faults} == set(SECRET)
    assert not leaks(reader.faults.listed + reader.warnings.listed)
    assert leaks(
        [Located(1, "nama", "NAME_CHARACTERS", reader.faults.listed[0].text._replace(id="Rahasia99"))]
    )


def leaks(found: list[Located]) -> list[str]:
    text = repr(found).casefold()
    return [piece for piece in ("rahasia", "8765", "1234") if piece in text]


def test_every_finding_is_said_in_both_languages(tmp_path: Path) -> None:
    reader, _ = read(lines(SECRET), tmp_path)
    for one in reader.faults.listed:
        assert one.text.id.endswith(".") and one.text.en.endswith(".") and one.text.id != one.text.en


# How much


def test_more_rows_or_columns_than_allowed_end_the_reading(tmp_path: Path) -> None:
    limits = SheetLimits(rows=3, columns=4)
    sheet = "nik,sex\n" + "\n0,1" * 4
    reader, rows = read(sheet, tmp_path, limits=limits)
    assert (said(reader.faults), len(rows)) == ([(None, None, "SHEET_TOO_MANY_ROWS")], 3)
    assert said(read(sheet[:-3], tmp_path, limits=limits)[0].faults) == []
    assert said(read("nik,a,b,c,d\n0,1\n", tmp_path, limits=limits)[0].faults) == [
        (None, None, "SHEET_TOO_MANY_COLUMNS")
    ]
    assert said(read(lines(*[{"nik": 0}] * 4), tmp_path, limits=limits)[0].faults) == [
        (None, None, "SHEET_TOO_MANY_ROWS")
    ]
    for content in (sheet, lines({"nik": 0})):
        assert said(read(content, tmp_path, limits=SheetLimits(bytes=10))[0].faults) == [
            (None, None, "SHEET_TOO_LARGE")
        ]
