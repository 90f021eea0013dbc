"""What is written is read as the same again, by us and by another library, and runs nowhere as a formula."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.opensid.invented import TODAY, invented

from wantilan.registry.codes import MaritalStatus, Occupation, Sex
from wantilan.registry.numbers import fictitious_kk, fictitious_nik, temporary_nik
from wantilan.registry.opensid import (
    ABSENT,
    COLUMNS,
    Column,
    SheetForm,
    SheetReader,
    SheetRow,
    cells_of,
    write_sheet,
)
from wantilan.registry.opensid.kinds.base import Sense
from wantilan.registry.opensid.kinds.coded import Coded
from wantilan.registry.opensid.kinds.days import Day
from wantilan.registry.opensid.kinds.degrees import Degrees
from wantilan.registry.opensid.kinds.numerals import Numeral
from wantilan.registry.opensid.kinds.texts import Name

BORN = date(1990, 5, 17)
NIK = fictitious_nik(BORN, Sex.PEREMPUAN, 4711)
NOBODY = SheetRow(**dict.fromkeys((column.field for column in COLUMNS), None))
SOMEBODY = replace(
    NOBODY,
    full_name="Ni Wayan Contoh",
    nik=NIK,
    kk_number=fictitious_kk(BORN, 1),
    birth_date=BORN,
    sex=Sex.PEREMPUAN,
)
DANGEROUS = (
    "' AB",
    "=1+1",
    "+62",
    "-1+2",
    "@SUM(A1)",
    "'=1",
    "''",
    "'",
    "\u2019t",
    "=",
    "=cmd|' /C calc'!A0",
)
forms = pytest.mark.parametrize("form", SheetForm)


def written(
    rows: Sequence[SheetRow], form: SheetForm, columns: Sequence[Column] = COLUMNS, delimiter: str = ","
) -> bytes:
    target = io.BytesIO()
    write_sheet(target, rows, form, columns=columns, delimiter=delimiter)
    return target.getvalue()


def read_again(content: bytes) -> SheetReader:
    """A reader of these bytes; its rows are in `reader.got`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(content)
        reader = SheetReader(path, today=TODAY)
        reader.got = [line.row for line in reader]  # type: ignore[attr-defined]
    return reader


def values_of(column: Column) -> st.SearchStrategy[Any]:
    """Whatever a column can hold."""
    kind = column.kind
    if isinstance(kind, Coded):
        return st.sampled_from(list(kind.codes))
    if isinstance(kind, Day):
        return st.dates(date(1880, 1, 1), date(2100, 12, 31) if kind.future else TODAY)
    if isinstance(kind, Degrees):
        return st.floats(-kind.most, kind.most).map(lambda degrees: round(degrees, 8))
    if isinstance(kind, Numeral):
        return st.sampled_from(
            [NIK, temporary_nik("51.02.06.2001", 17), "5102061705900010", "9900001705900000"]
        )
    texts = st.text("ABIabiÉé .,'-") if isinstance(kind, Name) else st.text() | st.sampled_from(DANGEROUS)
    sense = Sense(TODAY)
    return texts.map(lambda text: kind.read(text, sense)).filter(lambda value: isinstance(value, str))


ROWS = st.builds(
    SheetRow, **{column.field: st.just(ABSENT) | st.none() | values_of(column) for column in COLUMNS if column.field not in ("nik", "full_name")}, nik=st.none() | st.just(NIK), full_name=values_of(COLUMNS[4]) | st.just(ABSENT)
)  # fmt: skip


@forms
@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(row=ROWS)
def test_a_row_that_was_written_is_read_as_the_same(form: SheetForm, row: SheetRow) -> None:
    columns = [column for column in COLUMNS if getattr(row, column.field) is not ABSENT]
    reader = read_again(written([row], form, columns))
    assert reader.got == [row]  # type: ignore[attr-defined]
    assert list(reader.columns) == columns


@forms
def test_many_rows_that_were_written_are_read_as_the_same(form: SheetForm) -> None:
    rows = [row for row in invented(300, seed=7, form=form, faulty=False).expected if row is not None]
    assert len(rows) == 300
    reader = read_again(written(rows, form))
    assert (reader.got, reader.faults.total, reader.warnings.total) == (rows, 0, 0)  # type: ignore[attr-defined]


def test_what_is_written_is_what_opensid_takes() -> None:
    row = replace(
        SOMEBODY, marital_status=MaritalStatus.CERAI_MATI, occupation=Occupation.LAINNYA, latitude=-8.53
    )
    cells = cells_of(row)
    assert {name: cell for name, cell in cells.items() if cell != ""} == {
        "nama": "Ni Wayan Contoh", "nik": NIK, "no_kk": fictitious_kk(BORN, 1), "sex": 2, "tanggallahir": "1990-05-17",
        "status_kawin": 4, "pekerjaan_id": 89, "lat": -8.53, "dusun": "-", "rw": "-", "rt": "-",
    }  # fmt: skip
    assert list(cells) == [column.name for column in COLUMNS]
    assert {name: cell for name, cell in cells_of(NOBODY).items() if cell == "0"} == {
        "nik": "0",
        "no_kk": "0",
    }
    assert cells_of(replace(NOBODY, full_name="I D’Contoh"))["nama"] == "I D'Contoh"


def test_a_column_that_a_row_lacks_is_left_out() -> None:
    row = SheetRow(nik=NIK, religion=None)
    assert cells_of(row) == {"nik": NIK, "agama_id": ""}
    assert json.loads(written([row], SheetForm.JSON_LINES)) == {"nik": NIK, "agama_id": ""}


# Formulas


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("delimiter", ",;\t")
def test_no_text_of_a_csv_begins_as_a_formula(text: str, delimiter: str) -> None:
    row = replace(SOMEBODY, address=text, latitude=-8.5, birth_certificate=None)
    content = written([row], SheetForm.CSV, delimiter=delimiter)
    assert content.startswith(b"\xef\xbb\xbf")
    _, cells = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    assert not [
        cell
        for cell in cells
        if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and cell not in ("-", "-8.5"))
    ]
    assert read_again(content).got == [replace(row, address=text)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", [*DANGEROUS, "#N/A!", "TRUE"])
def test_a_text_of_a_workbook_is_a_text_for_others_too(text: str) -> None:
    content = written([replace(SOMEBODY, address=text)], SheetForm.XLSX)
    book = load_workbook(io.BytesIO(content))  # not data_only: a formula would show as one
    heading, row = book["Data Penduduk"].iter_rows()
    assert [cell.value for cell in heading] == [column.name for column in COLUMNS]
    cells = dict(zip((cell.value for cell in heading), row, strict=True))
    assert (cells["alamat"].value, cells["alamat"].data_type) == (text, "s")
    assert (cells["nik"].value, cells["nik"].data_type, cells["nik"].number_format) == (NIK, "s", "@")
    assert (cells["sex"].value, cells["sex"].data_type) == (2, "n")
    assert cells["akta_lahir"].value is None
    book.close()
