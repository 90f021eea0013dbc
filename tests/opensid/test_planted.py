"""Long invented sheets with planted faults: those are found, where they are, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.opensid.forms import ALIASES, code_forms, coded_columns
from tests.opensid.invented import KK_PLANTS, PLANTS, TODAY, invented

from wantilan.registry.opensid import COLUMNS, Located, SheetForm, SheetReader


def places(found: list[Located]) -> list[tuple[int | None, str | None, str]]:
    return sorted(((one.row, one.column, one.code) for one in found), key=str)


@pytest.mark.parametrize(
    "form, count", [(SheetForm.CSV, 5_000), (SheetForm.JSON_LINES, 5_000), (SheetForm.XLSX, 1_200)]
)
def test_the_faults_found_are_exactly_the_planted_ones(form: SheetForm, count: int, tmp_path: Path) -> None:
    sheet = invented(count, seed=count, form=form)
    reader = SheetReader(sheet.write(tmp_path / "sheet"), today=TODAY, most_listed=count)
    read = {line.number: line.row for line in reader}

    assert places(reader.faults.listed) == sheet.faults
    assert places(reader.warnings.listed) == sheet.warnings
    assert read == dict(enumerate(sheet.expected, sheet.first))
    assert (reader.form, reader.rows, reader.columns) == (form, count, COLUMNS)
    assert reader.faulty_rows == reader.faults.total == len(sheet.faults) > count // 10


def test_every_code_alias_and_fault_is_somewhere_in_an_invented_sheet() -> None:
    sheet = invented(5_000, seed=1, form=SheetForm.XLSX)
    cells = {name: {repr(row[name]) for row in sheet.rows} for name in (column.name for column in COLUMNS)}
    for name, codes in coded_columns().items():
        missing = [
            form for member in codes for form in code_forms(name, member) if repr(form) not in cells[name]
        ]
        assert not missing, name
    planted = {(column, code) for _, column, code in sheet.faults}
    assert planted == {(column, code) for column, _, code in (*PLANTS, *KK_PLANTS)} | {
        ("nik", "NIK_REPEATED"), ("tag_id_card", "TAG_REPEATED"), ("kk_level", "SECOND_HEAD"),
    }  # fmt: skip
    assert len(ALIASES) == 8 and {code for _, _, code in sheet.warnings} == {
        "KK_HAMLETS",
        "NIK_BIRTH_DATE_MISMATCH",
    }
    assert any(row is not None and row.nik is None for row in sheet.expected)


def test_a_sheet_without_plants_has_neither_faults_nor_warnings(tmp_path: Path) -> None:
    sheet = invented(500, seed=3, form=SheetForm.CSV, faulty=False)
    reader = SheetReader(sheet.write(tmp_path / "sheet.csv"), today=TODAY)
    assert [line.row for line in reader] == sheet.expected
    assert (reader.faults.total, reader.warnings.total) == (0, 0)
