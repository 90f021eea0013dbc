"""Region codes of the Ministry of Home Affairs, the tree that they form, and the file that carries them.

A code is `PP.KK.CC.DDDD`: province, regency or city, district, village; a shorter one names a higher region.
The dotted form is canonical, the compact one (`5102062001`) is accepted. The code itself tells its parent.
"""

from __future__ import annotations

import csv
import importlib.resources
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from wantilan.errors import WantilanError
from wantilan.store.places import RegionLevel as RegionLevel

COLUMNS = ("code", "level", "name", "parent_code")
"""The header of a region file."""

_FORMS = (
    "kabupaten is PP.01-69, kota PP.71-99, kelurahan PP.KK.CC.1…, desa PP.KK.CC.2…, desa_adat PP.KK.CC.3…"
)

_GROUP = "(?!00)[0-9]{2}"
_CODE = re.compile(rf"([1-9][0-9])(?:(\.?)({_GROUP})(?:\2({_GROUP})(?:\2((?!0000)[0-9]{{4}}))?)?)?")


_VILLAGE_LEVELS = {"1": RegionLevel.KELURAHAN, "2": RegionLevel.DESA, "3": RegionLevel.DESA_ADAT}


def canonical(code: str) -> str | None:
    """The dotted form of a dotted or compact code of any level; None if it is no code. Never raises.

    Judges the form alone: whether the region exists is for the table of regions to say.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    province, _, *lower = match.groups()
    return ".".join([province, *(group for group in lower if group)])


def compact(code: str) -> str:
    """The form without dots, as in personal numbers and in the resident sheet. `ValueError` for no code."""
    return _canonical_or_raise(code).replace(".", "")


def parent_code(code: str) -> str | None:
    """The dotted code of the region above; None above a province. `ValueError` for no code."""
    parent, _, _ = _canonical_or_raise(code).rpartition(".")
    return parent or None


def is_village(code: str) -> bool:
    """Whether this is the code of a desa, kelurahan or desa adat, by its form."""
    return level_of(code) in _VILLAGE_LEVELS.values()


def contains(ancestor: str, code: str) -> bool:
    """Whether the region `code` is or lies in the region `ancestor`. False where either is no code."""
    outer, inner = canonical(ancestor), canonical(code)
    if outer is None or inner is None:
        return False
    return inner == outer or inner.startswith(f"{outer}.")


def level_of(code: str) -> RegionLevel | None:
    """The level that a code's form tells; None for no code and for forms that no level uses.

    Second group: 01-69 kabupaten, 71-99 kota. Fourth group: 1… kelurahan, 2… desa, 3… desa adat.
    """
    groups = (canonical(code) or "").split(".")
    if len(groups) == 4:
        return _VILLAGE_LEVELS.get(groups[3][0])
    if len(groups) == 3:
        return RegionLevel.KECAMATAN
    if len(groups) == 2:
        return _regency_level(int(groups[1]))
    return RegionLevel.PROVINSI if groups[0] else None


def _regency_level(number: int) -> RegionLevel | None:
    if number == 70:
        return None
    return RegionLevel.KABUPATEN if number < 70 else RegionLevel.KOTA


def _canonical_or_raise(code: str) -> str:
    found = canonical(code)
    if found is None:
        raise ValueError(
            "not a region code: expected the form 51.02.06.2001, or a shorter one for a higher region"
        )
    return found


@dataclass(frozen=True)
class RegionRow:
    """One region as a region file states it; both codes dotted, `parent_code` None for a province."""

    code: str
    level: RegionLevel
    name: str
    parent_code: str | None


class RegionFileError(WantilanError):
    """A region file is wrong at a line; nothing behind that line was read."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        self.what = what
        super().__init__(f"Region file, line {line}: {what}")


def read_regions(lines: Iterable[str], *, known: Collection[str] = frozenset()) -> Iterator[RegionRow]:
    """The rows of a region file (UTF-8 CSV, columns `code,level,name,parent_code`), in the order of the file.

    Parents come before their children, in the file or among `known`, the dotted codes that are stored
    already; a known code may come again. Open the file with `newline=""` and `encoding="utf-8-sig"`.
    Rows are judged as they are read: `RegionFileError` comes at the faulty one, after those before it.
    """
    reader = csv.reader(lines, strict=True)
    seen: set[str] = set()
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise RegionFileError(1, f"the header must be {','.join(COLUMNS)}")
        for cells in reader:
            if not cells:
                continue
            row = _row(cells, reader.line_num)
            if row.code in seen:
                raise RegionFileError(
                    reader.line_num, f"{row.code} stands in the file twice; remove one of them"
                )
            if row.parent_code and row.parent_code not in seen and row.parent_code not in known:
                what = f"{row.code} comes before its parent {row.parent_code}; put the parent first"
                raise RegionFileError(reader.line_num, what)
            seen.add(row.code)
            yield row
    except csv.Error as error:
        raise RegionFileError(reader.line_num, f"this is not CSV ({error})") from error


def _row(cells: list[str], line: int) -> RegionRow:
    if len(cells) != len(COLUMNS):
        what = f"expected {len(COLUMNS)} columns, found {len(cells)}; quote a name that holds a comma"
        raise RegionFileError(line, what)
    code, level_text, name, parent_text = cells
    if canonical(code) != code:
        raise RegionFileError(line, "the code is not of the dotted form 51.02.06.2001 or a shorter one")
    level = _level(level_text, line)
    if level is not level_of(code):
        raise RegionFileError(line, f"{code} is not the code of a {level.value}; {_FORMS}")
    parent = parent_code(code)
    if parent_text != (parent or ""):
        raise RegionFileError(line, f"the parent of {code} must be {parent or 'empty'}")
    if not name.strip():
        raise RegionFileError(line, f"{code} has no name")
    if not name.isprintable():
        raise RegionFileError(line, f"the name of {code} holds a line break or a control character")
    return RegionRow(code, level, name.strip(), parent)


def _level(text: str, line: int) -> RegionLevel:
    try:
        return RegionLevel(text)
    except ValueError:
        words = ", ".join(level.value for level in RegionLevel)
        raise RegionFileError(line, f"unknown level; it must be one of {words}") from None


def home_regions() -> list[RegionRow]:
    """The regions that come with Wantilan: the province of Bali and all of Kabupaten Tabanan, 145 rows."""
    file = importlib.resources.files("wantilan.registry") / "data" / "tabanan.csv"
    with file.open(encoding="utf-8") as lines:
        return list(read_regions(lines))
