"""Invented resident sheets: every code, alias and blank is in them, and faults of which we know the places.

    sheet = invented(5_000, seed=1, form=SheetForm.CSV)
    sheet.write(path)
    sheet.faults        # exactly what a reader must find: (row, column, code)
    sheet.expected      # what each row says: a SheetRow, or None where a fault was planted

The persons are nobody: their NIK and KK numbers begin with 990000. Files are written without the code under
test.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from tests.opensid.forms import (
    BLANKS,
    code_forms,
    coded_columns,
    day_forms,
    degree_forms,
    next_day,
    numeral_forms,
)

from wantilan.registry.codes import FamilyRelationship as Role
from wantilan.registry.codes import ResidentStatus, Sex
from wantilan.registry.numbers import fictitious_kk, fictitious_nik
from wantilan.registry.opensid import COLUMNS, SheetForm, SheetRow

TODAY = date(2026, 6, 1)
HAMLETS = ("Banjar Kaja", "Banjar Kelod", "Banjar Kangin", "Banjar Kauh")
NAMES = ("I Wayan Contoh", "Ni Made Contoh", "I Gusti Ngurah Contoh, S.E.", "Ni Luh D'Contoh-Contoh", "Ketut")
Place = tuple[int, str | None, str]
"""Row, column, code."""

PLANTS: tuple[tuple[str, Any, str], ...] = (
    ("nik", None, "NIK_MISSING"),
    ("nik", "-", "NIK_MISSING"),
    ("nik", "99000017054500", "NIK_LENGTH"),
    ("nik", "99000017O5450001", "NIK_NOT_DIGITS"),
    ("nik", "0990000170545001", "NIK_LEADING_ZERO"),
    ("nik", "9,90E+15", "NUMBER_CELL"),
    ("nik", "9.90000170545E+15", "NUMBER_CELL"),
    ("nik", 9.90000170545e15, "NUMBER_CELL"),
    ("nik", 9900001705450000, "NUMBER_CELL"),
    ("nik", True, "CELL_BOOLEAN"),
    ("nik", date(1990, 5, 17), "CELL_DATE"),
    ("ayah_nik", "123", "NIK_LENGTH"),
    ("ibu_nik", 5102061708450000, "NUMBER_CELL"),
    ("nama", None, "NAME_MISSING"),
    ("nama", "I Made 2", "NAME_CHARACTERS"),
    ("nama", "I" * 101, "NAME_TOO_LONG"),
    ("nama_ayah", "I_Made", "NAME_CHARACTERS"),
    ("nama_ibu", "Ni (Almh)", "NAME_CHARACTERS"),
    ("sex", "X", "UNKNOWN_CODE"),
    ("sex", 3, "UNKNOWN_CODE"),
    ("sex", 1.5, "UNKNOWN_CODE"),
    ("sex", True, "CELL_BOOLEAN"),
    ("agama_id", 0, "UNKNOWN_CODE"),
    ("agama_id", "Hindoe", "UNKNOWN_CODE"),
    ("pekerjaan_id", 90, "UNKNOWN_CODE"),
    ("pekerjaan_id", "#N/A", "CELL_ERROR"),
    ("cara_kb_id", 8, "UNKNOWN_CODE"),
    ("hamil", 0, "UNKNOWN_CODE"),
    ("ktp_el", 4, "UNKNOWN_CODE"),
    ("status_rekam", 9, "UNKNOWN_CODE"),
    ("id_asuransi", 4, "UNKNOWN_CODE"),
    ("cacat_id", 8, "UNKNOWN_CODE"),
    ("golongan_darah_id", "C", "UNKNOWN_CODE"),
    ("tanggallahir", "17.05.1990", "DATE_FORM"),
    ("tanggallahir", "05/17/1990", "DATE_FORM"),
    ("tanggallahir", "17-05-90", "DATE_FORM"),
    ("tanggallahir", "31-02-1990", "DATE_FORM"),
    ("tanggallahir", 1990, "DATE_FORM"),
    ("tanggallahir", 32874.75, "DATE_TIME"),
    ("tanggallahir", "2099-01-01", "IN_FUTURE"),
    ("tanggallahir", "1790-01-01", "TOO_EARLY"),
    ("tanggallahir", False, "CELL_BOOLEAN"),
    ("tanggalperkawinan", "kemarin", "DATE_FORM"),
    ("tanggalperceraian", "2030-01-01", "IN_FUTURE"),
    ("tanggal_akhir_paspor", "2300-01-01", "TOO_LATE"),
    ("alamat", "x" * 201, "TEXT_TOO_LONG"),
    ("suku", "x" * 101, "TEXT_TOO_LONG"),
    ("akta_lahir", date(1990, 5, 17), "CELL_DATE"),
    ("akta_lahir", "#REF!", "CELL_ERROR"),
    ("no_asuransi", "1,23E+12", "NUMBER_CELL"),
    ("no_asuransi", 1234567890123456, "NUMBER_CELL"),
    ("tag_id_card", "123456789", "TAG_LENGTH"),
    ("tag_id_card", "1" * 18, "TAG_LENGTH"),
    ("tag_id_card", "1.5E+12", "NUMBER_CELL"),
    ("lat", 90.5, "COORDINATE_RANGE"),
    ("lat", "115.13", "COORDINATE_RANGE"),
    ("lng", -180.5, "COORDINATE_RANGE"),
    ("lng", "timur", "COORDINATE_FORM"),
    ("lat", "-8.532.123", "COORDINATE_FORM"),
)  # fmt: skip
"""Column, cell, and the code of what is wrong with it."""
KK_PLANTS: tuple[tuple[str, Any, str], ...] = (
    ("no_kk", "99000001012000", "KK_LENGTH"),
    ("no_kk", "990000010120000X", "KK_NOT_DIGITS"),
    ("no_kk", 9900000101200000, "NUMBER_CELL"),
    ("kk_level", 12, "UNKNOWN_CODE"),
    ("dusun", "x" * 101, "TEXT_TOO_LONG"),
)
"""The same, in rows of which no family depends."""
REGISTER_PLANTS: tuple[tuple[str, Any, str], ...] = (
    ("sex", None, "SEX_MISSING"),
    ("tanggallahir", "-", "BIRTH_DATE_MISSING"),
    ("dusun", " ", "HAMLET_MISSING"),
)
"""What a sheet may leave blank, and no register can."""


@dataclass
class Person:
    """One row in the making. `member` is somebody of a family other than its head."""

    values: dict[str, Any]
    cells: dict[str, Any] = field(default_factory=dict)
    member: bool = False
    free: bool = True
    """Whether nothing was planted here, nor is another row's plant measured by this one."""


@dataclass
class Invented:
    """A sheet; `rows` are the cells below the heading, by the names of the columns."""

    form: SheetForm
    rows: list[dict[str, Any]]
    expected: list[SheetRow | None]
    faults: list[Place]
    warnings: list[Place]

    @property
    def first(self) -> int:
        """The number of the first row: below a heading, or the first line."""
        return 1 if self.form is SheetForm.JSON_LINES else 2

    def write(self, path: Path) -> Path:
        {SheetForm.XLSX: _workbook, SheetForm.CSV: _csv, SheetForm.JSON_LINES: _json_lines}[self.form](
            path, self.rows
        )
        return path


def invented(
    count: int, *, seed: int, form: SheetForm, faulty: bool = True, registrable: bool = False
) -> Invented:
    """So many rows; with `faulty`, each kind of fault and of warning is planted, several times in a long sheet.
    `registrable`: everybody has sex and birth date, but for planted rows that a register cannot take.
    """
    maker = _Maker(Random(seed), form, registrable)
    people = list(itertools.islice(maker.people(), count))
    for person in people:
        person.cells = maker.cells(person.values)
    first = 1 if form is SheetForm.JSON_LINES else 2
    faults: list[Place] = []
    warnings: list[Place] = []
    if faulty:
        _plant(people, maker, first, faults, warnings)
    faulty_rows = {row for row, _, _ in faults}
    expected = [
        None if row in faulty_rows else SheetRow(**person.values) for row, person in enumerate(people, first)
    ]
    return Invented(
        form,
        [person.cells for person in people],
        expected,
        sorted(faults, key=str),
        sorted(warnings, key=str),
    )


class _Maker:
    """Makes families. Each column goes through all of its values and all of their forms in turn."""

    def __init__(self, rng: Random, form: SheetForm, registrable: bool) -> None:
        self.rng, self.form, self.registrable = rng, form, registrable
        self.serial = itertools.count(1)
        self.lists = coded_columns()
        self.fields = {column.name: column.field for column in COLUMNS}
        self.values: dict[str, Iterator[Any]] = {
            name: itertools.cycle([*codes, None]) for name, codes in self.lists.items()
        }
        if registrable:
            self.values["sex"] = itertools.cycle(self.lists["sex"])
        self.forms: dict[tuple[str, Any], Iterator[Any]] = {}
        self.blanks = itertools.cycle(BLANKS)

    # Persons

    def people(self) -> Iterator[Person]:
        while True:
            yield from self.family()

    def family(self) -> Iterator[Person]:
        """A family card with its head first; or people without one, each alone, which the sheet writes as 0."""
        serial = next(self.serial)
        day = next_day(date(2000, 1, 1), serial % 9000)
        kk = None if serial % 10 == 0 else fictitious_kk(day, 1 + serial % 9999)
        shared = {"kk_number": kk, "hamlet": self.rng.choice(HAMLETS), "address": f"Jalan Melati {serial}"}
        for place in range(self.rng.randint(1, 6)):
            role = Role.KEPALA_KELUARGA if place == 0 or kk is None else self.role()
            status = ResidentStatus.HIDUP if place == 0 else next(self.values["status_dasar"])
            yield Person(
                {**self.person(), **shared, "relationship": role, "status": status},
                member=kk is not None and place > 0,
            )

    def role(self) -> Role | None:
        while (role := next(self.values["kk_level"])) is Role.KEPALA_KELUARGA:
            pass
        found: Role | None = role
        return found

    def person(self) -> dict[str, Any]:
        serial = next(self.serial)
        sex = next(self.values["sex"]) if serial % 7 else Sex.PEREMPUAN
        born = next_day(date(1900, 1, 1), self.rng.randrange(38_000))
        nik = None if serial % 12 == 0 else fictitious_nik(born, sex or Sex.LAKI_LAKI, 1 + serial % 9999)
        married = next_day(born, 8_000) if serial % 3 == 0 and born.year < 1990 else None
        place = (
            (round(-8.5 + self.rng.random(), 6), round(115 + self.rng.random(), 6))
            if serial % 2
            else (None, None)
        )
        coded = {
            self.fields[name]: next(values)
            for name, values in self.values.items()
            if name not in ("sex", "kk_level", "status_dasar")
        }
        return {
            **coded, "sex": sex, "birth_date": born if serial % 17 or self.registrable else None, "nik": nik,
            "full_name": self.rng.choice(NAMES), "rw": self.maybe("001"), "rt": self.maybe("12"),
            "birth_place": self.maybe("Tabanan"), "father_name": self.maybe("I Ketut Contoh"), "father_nik": self.maybe("9900004107300001"),
            "mother_name": self.maybe("Ni Nyoman Contoh"), "mother_nik": self.maybe("9900004107300002"),
            "birth_certificate": self.maybe(f"AL.{serial}"), "passport": self.maybe("X 000000"), "passport_expires_on": self.maybe(date(2031, 1, 2)),
            "stay_permit": self.maybe("K-1"), "marriage_certificate": self.maybe("=1+1"), "married_on": married,
            "divorce_certificate": self.maybe("@contoh"), "divorced_on": next_day(married) if married and serial % 2 else None,
            "current_address": self.maybe('Jalan "Mawar"; Gang 3, Rumah\t2'.replace("\t", " ")), "ethnicity": self.maybe("Bali"),
            "card_tag": f"{serial:010}" if serial % 5 == 0 else None, "insurance_number": self.maybe(f"{serial:013}"),
            "latitude": place[0], "longitude": place[1],
        }  # fmt: skip

    def maybe(self, value: Any) -> Any:
        return value if self.rng.random() < 0.6 else None

    # Cells

    def cells(self, values: dict[str, Any]) -> dict[str, Any]:
        return {column.name: self.cell(column.name, values[column.field]) for column in COLUMNS}

    def cell(self, name: str, value: Any) -> Any:
        if value is None and name in ("nik", "no_kk"):
            return self.rng.choice(["0", 0, "0 ", 0.0, "'0"])
        if value is None:
            return next(self.blanks) if name not in ("rw", "rt") else self.rng.choice([*BLANKS, "0", 0, "00"])
        return (
            next(
                self.forms.setdefault(
                    (name, value if name in self.lists else type(value)), self.all_forms(name, value)
                )
            )
            if name in self.lists
            else self.rng.choice(list(self.all_forms(name, value)))
        )

    def all_forms(self, name: str, value: Any) -> Iterator[Any]:
        if name in self.lists:
            return itertools.cycle(code_forms(name, value))
        if isinstance(value, date):
            return day_forms(value, self.form)
        if name in ("nik", "no_kk", "ayah_nik", "ibu_nik"):
            return numeral_forms(value)
        if isinstance(value, float):
            return degree_forms(value)
        return iter((value, f"  {value} ", value.replace(" ", "  ")))


# Planting


def _plant(
    people: list[Person], maker: _Maker, first: int, faults: list[Place], warnings: list[Place]
) -> None:
    """Everything that can be planted, in turn, in about every sixth row."""
    rng = maker.rng
    more = REGISTER_PLANTS if maker.registrable else ()
    plants = [plant for plant in (*PLANTS, *KK_PLANTS, *more) if _stands(plant[1], maker.form)]
    todo: list[Callable[[int], bool]] = [
        lambda at, plant=plant: _cell(people[at], plant, first + at, faults) for plant in plants
    ]  # type: ignore[misc]
    todo += [
        lambda at, way=way: way(people, at, first, faults, warnings)
        for way in (_nik_again, _tag_again, _second_head, _other_hamlet, _other_birth_date)
    ]  # type: ignore[misc]
    places = iter(rng.sample(range(1, len(people)), len(people) // 6))
    for plant in itertools.cycle(todo):
        for at in places:
            if people[at].free and plant(at):
                people[at].free = False
                break
        else:
            return


def _stands(cell: Any, form: SheetForm) -> bool:
    """Whether a file of this form can hold such a cell: a CSV has texts only, JSON no dates."""
    if form is SheetForm.XLSX:
        return True
    return not isinstance(cell, date) and not (
        isinstance(cell, bool | float | int) and (form is SheetForm.CSV or abs(cell) >= 10**15)
    )


def _cell(person: Person, plant: tuple[str, Any, str], row: int, faults: list[Place]) -> bool:
    column, cell, code = plant
    if plant in KK_PLANTS and not person.member:
        return False
    person.cells[column] = cell
    faults.append((row, column, code))
    return True


def _nik_again(people: list[Person], at: int, first: int, faults: list[Place], warnings: list[Place]) -> bool:
    earlier = next((p for p in range(at) if people[p].free and people[p].values["nik"]), None)
    if earlier is None:
        return False
    people[earlier].free = False
    people[at].cells |= {"nik": people[earlier].values["nik"], "sex": None}
    faults.append((first + at, "nik", "NIK_REPEATED"))
    return True


def _tag_again(people: list[Person], at: int, first: int, faults: list[Place], warnings: list[Place]) -> bool:
    earlier = next((p for p in range(at) if people[p].free and people[p].values["card_tag"]), None)
    if earlier is None:
        return False
    people[earlier].free = False
    people[at].cells["tag_id_card"] = people[earlier].values["card_tag"]
    faults.append((first + at, "tag_id_card", "TAG_REPEATED"))
    return True


def _second_head(
    people: list[Person], at: int, first: int, faults: list[Place], warnings: list[Place]
) -> bool:
    if not people[at].member:
        return False
    people[at].cells |= {"kk_level": 1, "status_dasar": "HIDUP"}
    faults.append((first + at, "kk_level", "SECOND_HEAD"))
    return True


def _other_hamlet(
    people: list[Person], at: int, first: int, faults: list[Place], warnings: list[Place]
) -> bool:
    if not people[at].member:
        return False
    people[at].values["hamlet"] = people[at].cells["dusun"] = "Banjar Lain"
    warnings.append((first + at, "dusun", "KK_HAMLETS"))
    return True


def _other_birth_date(
    people: list[Person], at: int, first: int, faults: list[Place], warnings: list[Place]
) -> bool:
    values = people[at].values
    if not (values["nik"] and values["sex"] and values["birth_date"]):
        return False
    values["birth_date"] -= timedelta(days=1)
    people[at].cells["tanggallahir"] = values["birth_date"].isoformat()
    warnings.append((first + at, "tanggallahir", "NIK_BIRTH_DATE_MISMATCH"))
    return True


# Files


def _workbook(path: Path, rows: list[dict[str, Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data Penduduk")
    sheet.append([column.name for column in COLUMNS])
    for row in rows:
        sheet.append([_no_formula(sheet, row[column.name]) for column in COLUMNS])
    book.save(path)


def _no_formula(sheet: Any, cell: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(cell, str) or not cell.strip().startswith("="):
        return cell
    made = WriteOnlyCell(sheet, value=cell)
    made.data_type = "s"
    return made


def _csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([column.name for column in COLUMNS])
        writer.writerows([row[column.name] for column in COLUMNS] for row in rows)


def _json_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
