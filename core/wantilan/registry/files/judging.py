"""What a file is, told by its content alone: neither its name nor what the client calls it is asked."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import from_json

from ...errors import RuleViolated, Text
from ...programs.files import PICTURES, FileKind, FileType
from .pictures import encode_anew

_HEAD = 16
_TEXT_BYTES = 16 * 1024 * 1024
"""A text that is longer is judged to be none: it is read as a whole, and takes many times as much memory."""
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Judged:
    """A content that may be stored."""

    type: FileType
    path: Path
    size: int
    sha256: bytes


def judge(source: Path, kind: FileKind, most_pixels: int) -> Judged:
    """What was brought, ready to be stored; a picture is encoded anew beside it. Blocks: for a thread.

    Raises RuleViolated for what the kind does not allow, LimitExceeded for too many pixels.
    """
    found = type_of(source)
    if found not in kind.types or found is None:
        raise RuleViolated("FILE_TYPE", _allowed(kind))
    if found in PICTURES:
        target = source.with_name(f"{source.name}-anew")
        encode_anew(source, target, found, most_pixels)
        source = target
    return Judged(found, source, source.stat().st_size, _sha256(source))


def _allowed(kind: FileKind) -> Text:
    names = ", ".join(one.name for one in kind.types)
    return Text(f"Isi berkas harus salah satu dari: {names}.", f"The content must be one of: {names}.")


def type_of(path: Path) -> FileType | None:
    """The type of a content; None for any other."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileType.WEBP
    if head.startswith(b"%PDF-"):
        return FileType.PDF
    if head.startswith(b"PK\x03\x04"):
        return _archive(path)
    return _text(path)


def _archive(path: Path) -> FileType | None:
    """By its list of contents: nothing is unpacked, so nothing can explode."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return None
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        runs = any(name.lower().endswith("vbaproject.bin") for name in names)
        return None if runs else FileType.XLSX
    return FileType.ZIP


def _text(path: Path) -> FileType | None:
    if path.stat().st_size > _TEXT_BYTES:
        return None
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except ValueError:
        return None
    stripped = text.strip()
    if not stripped or any(ord(sign) < 32 and sign not in "\t\r\n" for sign in set(text)):
        return None
    if stripped[0] in "{[" and _is_json(raw.removeprefix(b"\xef\xbb\xbf")):
        return FileType.JSON
    if stripped[0] == "{" and _is_json_lines(raw.removeprefix(b"\xef\xbb\xbf")):
        return FileType.JSON_LINES
    return FileType.CSV if stripped[0] != "<" and _is_table(stripped) else None


def _is_json(raw: bytes) -> bool:
    try:
        from_json(raw, allow_inf_nan=False)
    except ValueError:
        return False
    return True


def _is_json_lines(raw: bytes) -> bool:
    """Whether every line that is not blank is an object. One line alone is JSON before it is this."""
    lines = [line for line in raw.splitlines() if line.strip()]
    return all(line.lstrip().startswith(b"{") and _is_json(line) for line in lines)


def _is_table(text: str) -> bool:
    """Whether every row has as many columns as the first, two at least, by a comma, semicolon or tab."""
    return any(_has_columns(text, delimiter) for delimiter in ",;\t")


def _has_columns(text: str, delimiter: str) -> bool:
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        counts = {len(row) for row in rows if row}
    except csv.Error:
        return False
    return len(counts) == 1 and counts != {1}


def _sha256(path: Path) -> bytes:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.digest()
