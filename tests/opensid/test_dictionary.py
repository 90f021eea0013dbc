"""docs/opensid.md names every column and every code, and none that is not there."""

from __future__ import annotations

import re

from tests.system.pages import ROOT, plain, table_of

from wantilan.registry.codes import code_lists
from wantilan.registry.opensid import COLUMNS
from wantilan.registry.opensid.kinds.coded import Coded

PAGE = ROOT / "docs" / "opensid.md"
REGISTRY = ROOT / "core" / "wantilan" / "registry"
SOURCES = sorted(path for room in ("opensid", "sheet") for path in (REGISTRY / room).rglob("*.py"))
ELSEWHERE = {
    "NIK_LENGTH", "NIK_NOT_DIGITS", "NIK_LEADING_ZERO", "KK_LENGTH", "KK_NOT_DIGITS", "KK_LEADING_ZERO", "NAME_EMPTY",
    "NAME_CHARACTERS", "NAME_TOO_LONG", "TOO_EARLY", "IN_FUTURE", "SECOND_HEAD", "NIK_BIRTH_DATE_MISMATCH",
    "NIK_SEX_MISMATCH", "NIK_UNKNOWN_REGION", "NOT_ALIVE",
}  # fmt: skip
"""Codes of the registry's own rules that reach a sheet."""


def test_the_dictionary_has_every_column_in_its_order() -> None:
    rows = table_of(PAGE, "", "column")
    assert [(number, plain(name), indonesian, english) for number, name, indonesian, english, *_ in rows] == [
        (str(place), one.name, one.title.id, one.title.en) for place, one in enumerate(COLUMNS, 1)
    ]
    for row, one in zip(rows, COLUMNS, strict=True):
        if isinstance(one.kind, Coded):
            assert row[4] == f"code or label of `{one.kind.codes.__name__}`"
            assert one.kind.codes.__name__ in code_lists()


def test_the_dictionary_has_every_code_of_a_finding() -> None:
    text = "".join(source.read_text() for source in SOURCES)
    ours = set(re.findall(r'(?:Finding\(\s*|, )"([A-Z]+(?:_[A-Z0-9]+)+)"', text))
    assert {"NIK_MISSING", "TAG_REPEATED", "SHEET_NOT_UTF8", "AMBIGUOUS_ROW"} <= ours
    written = {code for row in table_of(PAGE, "code") for code in re.findall(r"`([A-Z_0-9]+)`", row[0])}
    assert written == ours | ELSEWHERE
