"""Workbooks that are made to do harm: small ones that unpack to much, entities, rows of millions of cells."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from tests.opensid.invented import TODAY, invented

from wantilan.registry.opensid import SheetForm, SheetLimits, SheetReader, SheetRow, write_sheet
from wantilan.registry.opensid.files import vetting, workbook

NIK = "9900005705904711"
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MEBIBYTE = 1024 * 1024


def parts() -> dict[str, bytes]:
    """The parts of a small workbook of ours."""
    target = io.BytesIO()
    write_sheet(target, [SheetRow(nik=NIK, full_name="Ni Made")], SheetForm.XLSX)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return path


def codes(path: Path, limits: SheetLimits | None = None) -> list[str]:
    reader = SheetReader(path, today=TODAY, limits=limits)
    for _ in reader:
        pass
    return [one.code for one in reader.faults.listed]


def memory(name: str) -> int:
    """A figure of this process, in MiB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[name].split()[0]) // 1024


def test_openpyxl_itself_refuses_entities_too() -> None:
    assert openpyxl.DEFUSEDXML and not openpyxl.LXML


def test_the_workbook_that_is_changed_here_is_read_as_it_is(tmp_path: Path) -> None:
    assert codes(packed(tmp_path / "x", parts())) == []


LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]>"
)
OUTSIDE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "part",
    [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels", TEXTS],
)
@pytest.mark.parametrize(
    "doctype",
    [LAUGHS, OUTSIDE, b"<!DOCTYPE l>", b'<!DOCTYPE l SYSTEM "http://127.0.0.1/x.dtd">'],
    ids=["laughs", "file", "empty", "dtd"],
)
def test_a_workbook_with_a_document_type_is_refused(part: str, doctype: bytes, tmp_path: Path) -> None:
    content = parts()
    whole = content.get(part, b"<sst/>")
    xml = whole.partition(b"?>")[2] if whole.startswith(b"<?xml") else whole
    assert codes(packed(tmp_path / "x", {**content, part: doctype + xml})) == ["SHEET_UNREADABLE"]


def rows(*xml: str) -> bytes:
    return f"<worksheet {NAMESPACE}><sheetData>{''.join(xml)}</sheetData></worksheet>".encode()


def many(start: str, each: bytes, end: str, size: int = 16 * MEBIBYTE) -> bytes:
    """XML of about this size: it packs to a thousandth."""
    return start.encode() + each * (size // len(each)) + end.encode()


BOMBS: dict[str, Callable[[], dict[str, bytes]]] = {
    "cells of one row": lambda: {SHEET: many(f"<worksheet {NAMESPACE}><sheetData><row>", b"<c/>", "</row></sheetData></worksheet>")},
    "rows": lambda: {SHEET: many(f"<worksheet {NAMESPACE}><sheetData>", b"<row/>", "</sheetData></worksheet>")},
    "rows in a row": lambda: {SHEET: many(f"<worksheet {NAMESPACE}><sheetData><row>", b"<row/>", "</row></sheetData></worksheet>")},
    "elements beside the rows": lambda: {SHEET: many(f"<worksheet {NAMESPACE}>", b"<x/>", "</worksheet>")},
    "elements of a text": lambda: {TEXTS: many(f"<sst {NAMESPACE}><si>", b"<r/>", "</si></sst>")},
    "texts": lambda: {TEXTS: many(f"<sst {NAMESPACE}>", b"<si/>", "</sst>")},
    "texts in a sheet": lambda: {"xl/worksheets/sheet2.xml": rows("<si/>")},
    "a table of texts": lambda: {TEXTS: many(f"<sst {NAMESPACE}><si><t>", b"x" * 1024, "</t></si></sst>", vetting.TEXT_BYTES + MEBIBYTE)},
    "styles": lambda: {"xl/styles.xml": many(f"<styleSheet {NAMESPACE}>", b"<x>" + b" " * 1024 + b"</x>", "</styleSheet>", vetting.SIDE_BYTES + MEBIBYTE)},
    "a part by another name": lambda: {"xl/media/image1.png": many("\n <x>", b"<x/>", "</x>")},
    "all that it unpacks to": lambda: {"xl/media/image1.png": bytes(201 * MEBIBYTE)},
    "parts": lambda: {f"xl/media/{i}": b"" for i in range(1_001)},
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_does(bomb: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "x", {**parts(), **BOMBS[bomb]()})
    assert path.stat().st_size < MEBIBYTE
    Path("/proc/self/clear_refs").write_text("5")  # from now on the peak is counted anew
    before = memory("VmHWM")
    assert codes(path) in (["SHEET_TOO_LARGE"], ["SHEET_TOO_MANY_COLUMNS"])
    assert memory("VmHWM") - before < 64, "MiB"


def test_unvetted_such_a_workbook_would_take_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "vet", lambda path, limits: None)
    row = many(
        f"<worksheet {NAMESPACE}><sheetData><row>", b"<c/>", "</row></sheetData></worksheet>", 2 * MEBIBYTE
    )
    path = packed(tmp_path / "x", {**parts(), SHEET: row})
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmHWM")
    codes(path)
    assert memory("VmHWM") - before > 64, "MiB"


@pytest.mark.parametrize(
    "xml, found",
    [
        ('<row r="1"><c t="inlineStr"><is><t>nik</t></is></c></row><row r="2001"><c><v>0</v></c></row>', ["SHEET_TOO_MANY_ROWS"]),
        ('<row r="1"><c t="inlineStr"><is><t>nik</t></is></c></row><row r="99999999999999"/>', ["SHEET_TOO_MANY_ROWS"]),
        ('<row r="1"><c t="inlineStr"><is><t>nik</t></is></c></row><row r="2"><c r="XFD2"><v>1</v></c></row>', []),
        ('<row r="x"/>', ["SHEET_UNREADABLE"]),
        ('<row><c t="s"><v>999</v></c></row>', ["SHEET_UNREADABLE"]),
        ('<row><c t="s"><v>x</v></c></row>', ["SHEET_UNREADABLE"]),
        ("<row><c><v>x</v></c></row>", ["SHEET_UNREADABLE"]),
        (f"<row><c><v>{'9' * 5000}</v></c></row>", ["SHEET_UNREADABLE"]),
        ('<row><c r="ZZZZ1"><v>1</v></c></row>', ["SHEET_UNREADABLE"]),
        ("<row><c>", ["SHEET_UNREADABLE"]),
        ('<row r="1"><c t="inlineStr"><is><t>nik</t></is></c></row><row r="2"><c><v>1e999</v></c></row>', ["NUMBER_CELL"]),
    ],
)  # fmt: skip
def test_a_broken_or_lying_sheet_is_a_fault_and_no_crash(
    xml: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LAST_ROW", 2_000)
    content = rows(xml) if not xml.endswith("<c>") else f"<worksheet {NAMESPACE}><sheetData>{xml}".encode()
    assert codes(packed(tmp_path / "x", {**parts(), SHEET: content})) == found


@pytest.mark.parametrize(
    "missing", ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET]
)
def test_a_workbook_without_one_of_its_parts_is_a_fault_and_no_crash(missing: str, tmp_path: Path) -> None:
    content = parts()
    del content[missing]
    assert codes(packed(tmp_path / "x", content)) in (["SHEET_UNREADABLE"], ["HEADING_MISSING"])


def test_a_workbook_that_was_cut_off_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    whole = packed(tmp_path / "x", parts()).read_bytes()
    for length in range(0, len(whole), 211):
        (tmp_path / "cut").write_bytes(whole[:length])
        assert codes(tmp_path / "cut") in (["SHEET_UNREADABLE"], ["HEADING_MISSING"])


def test_a_long_sheet_takes_little_memory(tmp_path: Path) -> None:
    path = invented(800, seed=5, form=SheetForm.XLSX).write(tmp_path / "sheet.xlsx")
    program = """
        import sys
        from datetime import date
        from pathlib import Path
        from wantilan.registry.opensid import SheetReader
        reader = SheetReader(Path(sys.argv[1]), today=date(2026, 6, 1))
        count = sum(1 for _ in reader)
        peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
        print(count, int(peak.split()[1]) // 1024)
    """
    out = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), path], capture_output=True, text=True, check=True
    )
    count, mebibytes = map(int, out.stdout.split())
    assert count == 800 and mebibytes < 200
