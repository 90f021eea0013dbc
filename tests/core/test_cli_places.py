"""`wantilan village` and `wantilan regions`, on both databases."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell

from wantilan.store.database import Database
from wantilan.store.places import Region, Village

BENGKEL, NEIGHBOUR = "51.02.06.2001", "51.02.06.2002"
HEADER = "code,level,name,parent_code\n"
NATIONAL = Path(__file__).parents[3] / "shared" / "data" / "wilayah_indonesia.csv"
SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""For what is settled before a database is asked."""


@pytest.fixture
def shell(wantilan_database_url: str) -> Shell:
    return Shell(wantilan_database_url)


def names(shell: Shell, model: type[Region] | type[Village]) -> dict[str, str]:
    async def look(database: Database) -> dict[str, str]:
        async with database.session() as session:
            return {row.code: row.name for row in await session.scalars(sa.select(model))}

    return shell.inside(look)


def file_of(folder: Path, text: str) -> str:
    path = folder / "regions.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return str(path)


def test_villages_are_opened_by_dotted_or_compact_code_and_listed(shell: Shell) -> None:
    said = shell.done("village", "open", BENGKEL, "5102062002", BENGKEL)
    assert said.splitlines() == [f"{BENGKEL}  Bengkel", f"{NEIGHBOUR}  Pangkung Tibah", "2 villages opened."]
    listed = shell.done("village", "list").splitlines()
    assert listed[0].split()[:2] == ["CODE", "NAME"]
    assert [line.split()[0] for line in listed[1:]] == [BENGKEL, NEIGHBOUR]


@pytest.mark.parametrize(
    ("code", "why"),
    [("51.02.06.2999", "no such region is known"), (BENGKEL, "open already")],
)
def test_villages_are_opened_all_or_none(shell: Shell, code: str, why: str) -> None:
    shell.done("village", "open", BENGKEL)
    line = shell.refused("village", "open", NEIGHBOUR, code)
    assert code in line and why in line and "No village was opened." in line
    assert list(names(shell, Village)) == [BENGKEL]


@SQLITE
def test_a_region_above_the_villages_is_not_opened(shell: Shell) -> None:
    shell.refused("village", "open", "51.02.06", code=2)
    assert names(shell, Village) == {}


def test_an_import_says_what_changed_and_repeats_nothing(shell: Shell, tmp_path: Path) -> None:
    shell.done("village", "open", BENGKEL)
    file = file_of(
        tmp_path, "51,provinsi,Bali,\n52,provinsi,Nusa Tenggara Barat,51\n".replace(",51\n", ",\n")
    )
    first = shell.done("regions", "import", file).splitlines()
    assert first[0] == "1 added, 0 renamed, 1 unchanged."
    assert first[1].startswith("144 stored regions are not in the file and kept: 51.02, 51.02.01")
    assert shell.done("regions", "import", file).startswith("0 added, 0 renamed, 2 unchanged.")
    assert names(shell, Region)["52"] == "Nusa Tenggara Barat"


def test_a_new_name_reaches_the_open_village_too(shell: Shell, tmp_path: Path) -> None:
    shell.done("village", "open", BENGKEL, NEIGHBOUR)
    file = file_of(tmp_path, f"{BENGKEL},desa,Bengkel Baru,51.02.06\n51.02.06.2003,desa,Lain,51.02.06\n")
    said = shell.done("regions", "import", file)
    assert "0 added, 2 renamed, 0 unchanged." in said
    assert f"Renamed: {BENGKEL}, 51.02.06.2003." in said
    assert names(shell, Region)[BENGKEL] == "Bengkel Baru"
    assert names(shell, Village) == {BENGKEL: "Bengkel Baru", NEIGHBOUR: "Pangkung Tibah"}


@SQLITE
@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("52,provinsi,Nusa Tenggara Barat,\n53,kabupaten,Salah,\n", 3, "is not the code"),
        ("52,provinsi,Nusa Tenggara Barat,\n54.01,kabupaten,Yatim,54\n", 3, "before its parent"),
        ("52,provinsi,Nusa Tenggara Barat,\n52,provinsi,Sekali lagi,\n", 3, "twice"),
        ('52,provinsi,"Nusa,\n', 2, "CSV"),
    ],
)
def test_a_faulty_line_is_named_and_nothing_is_imported(
    shell: Shell, tmp_path: Path, text: str, line: int, why: str
) -> None:
    said = shell.refused("regions", "import", file_of(tmp_path, text))
    assert f"line {line}" in said and why in said and "Nothing was imported." in said
    assert "52" not in names(shell, Region)
    assert len(names(shell, Region)) == 145


@SQLITE
def test_a_file_in_another_encoding_is_one_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + "52,provinsi,Não,\n".encode("latin-1"))
    assert "not UTF-8" in shell.refused("regions", "import", str(tmp_path / "latin.csv"))
    shell.refused("regions", "import", str(tmp_path / "none.csv"), code=2)


@pytest.mark.skipif(not NATIONAL.exists(), reason="the national file lies beside the repository")
def test_the_national_file_comes_in_within_seconds(shell: Shell) -> None:
    start = time.monotonic()
    assert shell.done("regions", "import", str(NATIONAL)) == "91,454 added, 0 renamed, 145 unchanged.\n"
    assert time.monotonic() - start < 60
    shell.done("village", "open", "11.01.01.2001")


def test_an_import_that_fails_half_way_leaves_nothing(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{code},provinsi,P {code},\n" for code in range(52, 60))
    file = file_of(tmp_path, rows + f"{BENGKEL},desa,Lain,51.02.06\n")

    def fails(*arguments: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("wantilan.registry.places._renewal", fails)
        assert "Unexpected RuntimeError" in shell.refused("regions", "import", file)
    assert len(names(shell, Region)) == 145
    assert "8 added, 1 renamed" in shell.done("regions", "import", file)
