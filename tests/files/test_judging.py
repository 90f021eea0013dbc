"""What a content is, whatever it is called."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from tests.files.scene import photo, snapshot

from wantilan.errors import Refusal
from wantilan.programs.files import PICTURES, FileKind, FileType, Text
from wantilan.registry.files.judging import judge, type_of

ANY = FileKind("x.any", Text("x", "x"), types=tuple(FileType), most_bytes=1, read="x", write="x")


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


WORKBOOK = ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "content, expected",
    [
        (photo("JPEG"), FileType.JPEG),
        (photo("PNG"), FileType.PNG),
        (photo("WEBP"), FileType.WEBP),
        (b"%PDF-1.7\n1 0 obj\n%%EOF\n", FileType.PDF),
        (archive(*WORKBOOK), FileType.XLSX),
        (archive(*WORKBOOK, "xl/vbaProject.bin"), None),
        (archive("manifest.json"), FileType.ZIP),
        (archive("a")[:20], None),
        ("nama;umur\nNi Luh Ayu 😀;40\n".encode(), FileType.CSV),
        (b'\xef\xbb\xbfname,age\r\n"Kaja, I Wayan",41\r\n', FileType.CSV),
        (b"name\tage\nx\t1", FileType.CSV),
        (b'a,b\n"two\nlines",2\n', FileType.CSV),
        (b"a,b\n1,2,3\n", None),
        (b"one column\n", None),
        (b'{"a": [1, 2]}', FileType.JSON),
        (b"[]", FileType.JSON),
        (b'{"a": 1}\n\n{"a": 2}\n', FileType.JSON_LINES),
        (b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}', FileType.JSON_LINES),
        (b'{"a": 1}\n[2]\n', None),
        (b'{"a": 1}\n{"a": \n', None),
        (b'{"a": ', None),
        (b"<html>,<body>\n<script>,</script>", None),
        (b"\n  <svg>,</svg>", None),
        (b"a,b\n1,\x00\n", None),
        (b"a,b\n1,\xff\n", None),
        (b"", None),
        (b" \n", None),
        (b"MZ\x90\x00", None),
    ],
    ids=range(28),  # an archive has the time in it
)
def test_the_content_alone_says_what_it_is(tmp_path: Path, content: bytes, expected: FileType | None) -> None:
    path = tmp_path / "called.png"
    path.write_bytes(content)
    assert type_of(path) is expected


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_damaged_picture_is_refused_or_read_and_never_raises_anything_else(tmp_path: Path) -> None:
    """Bytes turned and cut at random, with a seed."""
    rng, read, refused = random.Random(7), 0, 0
    for form in ("JPEG", "PNG", "WEBP"):
        whole = snapshot(form)
        for _ in range(60):
            content = bytearray(whole)
            for _ in range(rng.randint(1, 8)):
                content[rng.randrange(12, len(content))] = rng.randrange(256)
            path = tmp_path / "content"
            path.write_bytes(content[: rng.randint(20, len(content))] if rng.random() < 0.4 else content)
            try:
                judged = judge(path, ANY, 10_000)
            except Refusal:
                refused += 1
            else:
                read += 1
                assert judged.type in PICTURES and b"Wayan" not in judged.path.read_bytes()
    assert read > 10 and refused > 10
