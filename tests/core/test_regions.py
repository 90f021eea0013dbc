"""Region codes, the tree, and the file of regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import WantilanError
from wantilan.registry.regions import (
    RegionFileError,
    RegionLevel,
    RegionRow,
    canonical,
    compact,
    contains,
    home_regions,
    is_village,
    level_of,
    parent_code,
    read_regions,
)

NATIONAL_FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "wilayah_indonesia.csv"

BENGKEL = "51.02.06.2001"
HEADER = "code,level,name,parent_code\n"
BALI = "51,provinsi,Bali,\n"
TABANAN = "51.02,kabupaten,Kabupaten Tabanan,51\n"
KEDIRI = "51.02.06,kecamatan,Kediri,51.02\n"

_groups = st.tuples(
    st.integers(10, 99).map(str),
    st.integers(1, 99).map("{:02}".format),
    st.integers(1, 99).map("{:02}".format),
    st.integers(1, 9999).map("{:04}".format),
)
region_codes = st.builds(lambda groups, depth: ".".join(groups[:depth]), _groups, st.integers(1, 4))


def read(*lines: str, known: Collection[str] = ()) -> list[RegionRow]:
    return list(read_regions([HEADER, *lines], known=known))


@pytest.mark.parametrize("code", ["51", "51.02", "51.02.06", BENGKEL])
def test_dotted_and_compact_codes_of_every_level_become_dotted(code: str) -> None:
    assert code == canonical(code)
    assert code == canonical(code.replace(".", ""))
    assert code.replace(".", "") == compact(code) == compact(compact(code))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "510",
        "51020",
        "5102062",
        "510206200",
        "51020620011",
        "51.2",
        "51.02.06.201",
        "51.0206",
        "5102.06",
        "51.02.062001",
        "51.02.",
        ".51",
        "51..02",
        " 51.02",
        "51.02\n",
        "51-02",
        "01.02",
        "00",
        "51.00",
        "51.02.00",
        "51.02.06.0000",
        "٥١",
        "²1",
        "Bengkel",
    ],
)
def test_what_is_no_code_has_no_canonical_form(text: str) -> None:
    assert canonical(text) is None
    assert level_of(text) is None
    assert not is_village(text)
    assert not contains("51", text)
    assert not contains(text, BENGKEL)
    with pytest.raises(ValueError) as refused:
        compact(text)
    assert "51.02.06.2001" in str(refused.value)  # the example in the message
    with pytest.raises(ValueError):
        parent_code(text)


@given(st.text() | st.text("0123456789.", max_size=14))
def test_asking_for_the_canonical_form_never_raises(text: str) -> None:
    found = canonical(text)

    assert found is None or found.replace(".", "") == text.replace(".", "")


@given(region_codes)
def test_dotted_and_compact_lead_to_one_another(code: str) -> None:
    assert code == canonical(compact(code)) == canonical(code)


@given(region_codes)
def test_a_region_lies_in_its_parent_and_in_itself_and_not_the_other_way(code: str) -> None:
    assert contains(code, code)
    parent = parent_code(code)
    while parent is not None:
        assert contains(parent, code)
        assert contains(compact(parent), compact(code))
        assert not contains(code, parent)
        parent = parent_code(parent)


def test_the_parent_stands_in_the_code() -> None:
    assert "51.02.06" == parent_code(BENGKEL) == parent_code("5102062001")
    assert parent_code("51.02.06") == "51.02"
    assert parent_code("51.02") == "51"
    assert parent_code("51") is None


def test_a_neighbour_does_not_contain() -> None:
    assert contains("51.02", BENGKEL)
    assert not contains("51.08", BENGKEL)
    assert not contains("51.02.05", BENGKEL)
    assert not contains("51.02.06.2002", BENGKEL)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("51", RegionLevel.PROVINSI),
        ("51.02", RegionLevel.KABUPATEN),
        ("51.69", RegionLevel.KABUPATEN),
        ("51.70", None),
        ("51.71", RegionLevel.KOTA),
        ("51.99", RegionLevel.KOTA),
        ("51.02.06", RegionLevel.KECAMATAN),
        ("51.71.01.1001", RegionLevel.KELURAHAN),
        (BENGKEL, RegionLevel.DESA),
        ("91.03.01.3007", RegionLevel.DESA_ADAT),
        ("51.02.06.4001", None),
        ("51.02.06.0001", None),
    ],
)
def test_the_form_tells_the_level(code: str, level: RegionLevel | None) -> None:
    village_levels = {RegionLevel.KELURAHAN, RegionLevel.DESA, RegionLevel.DESA_ADAT}

    assert level is level_of(code) is level_of(compact(code))
    assert is_village(code) == (level in village_levels)


def test_a_file_is_read_in_its_order() -> None:
    bengkel = '51.02.06.2001,desa,"Bengkel, Kediri",51.02.06\n'

    assert [
        RegionRow("51", RegionLevel.PROVINSI, "Bali", None),
        RegionRow("51.02", RegionLevel.KABUPATEN, "Kabupaten Tabanan", "51"),
        RegionRow("51.02.06", RegionLevel.KECAMATAN, "Kediri", "51.02"),
        RegionRow(BENGKEL, RegionLevel.DESA, "Bengkel, Kediri", "51.02.06"),
    ] == read(BALI, TABANAN, "\n", KEDIRI, bengkel)


def test_a_file_may_hang_on_regions_that_are_stored_already() -> None:
    assert [row.code for row in read(KEDIRI, known={"51.02"})] == ["51.02.06"]
    assert [row.code for row in read(KEDIRI, known={"51.02", "51.02.06"})] == ["51.02.06"]
    with pytest.raises(RegionFileError):
        read(KEDIRI, known={"51"})


def test_a_file_without_rows_holds_no_regions() -> None:
    assert read() == []


@pytest.mark.parametrize(
    ("lines", "line", "what"),
    [
        (["51,provinsi,Bali\n"], 2, "4 columns"),
        (["51,provinsi,Bali,,\n"], 2, "4 columns"),
        (["51,provinsi,Bali, Nusa,\n"], 2, "quote a name"),
        (["51,Provinsi,Bali,\n"], 2, "unknown level"),
        (["51,negara,Bali,\n"], 2, "unknown level"),
        (["5A,provinsi,Bali,\n"], 2, "dotted form"),
        (["51.2,provinsi,Bali,\n"], 2, "dotted form"),
        ([BALI, "5102,kabupaten,Kabupaten Tabanan,51\n"], 3, "dotted form"),
        ([BALI, "51.02,kota,Kabupaten Tabanan,51\n"], 3, "51.02 is not the code of a kota"),
        ([BALI, "51.71,kabupaten,Denpasar,51\n"], 3, "51.71 is not the code of a kabupaten"),
        ([BALI, "51.70,kota,Denpasar,51\n"], 3, "51.70 is not the code of a kota"),
        ([BALI, TABANAN, KEDIRI, "51.02.06.2001,kelurahan,Bengkel,51.02.06\n"], 5, "code of a kelurahan"),
        ([BALI, TABANAN, KEDIRI, "51.02.06.1001,desa,Bengkel,51.02.06\n"], 5, "code of a desa"),
        ([BALI, TABANAN, KEDIRI, "51.02.06.2001,desa_adat,Bengkel,51.02.06\n"], 5, "code of a desa_adat"),
        ([BALI, TABANAN, KEDIRI, "51.02.06.4001,desa,Bengkel,51.02.06\n"], 5, "code of a desa"),
        (["51,provinsi,Bali,11\n"], 2, "the parent of 51 must be empty"),
        ([BALI, "51.02,kabupaten,Kabupaten Tabanan,\n"], 3, "the parent of 51.02 must be 51"),
        ([BALI, TABANAN, "51.02.06,kecamatan,Kediri,51\n"], 4, "the parent of 51.02.06 must be 51.02"),
        ([BALI, BALI], 3, "51 stands in the file twice"),
        ([TABANAN, BALI], 2, "51.02 comes before its parent 51"),
        ([BALI, KEDIRI], 3, "51.02.06 comes before its parent 51.02"),
        (["51,provinsi,,\n"], 2, "51 has no name"),
        (["51,provinsi,   ,\n"], 2, "51 has no name"),
        (['51,provinsi,"Ba\n', 'li",\n'], 3, "the name of 51 holds a line break"),
        ([BALI, '51.02,kabupaten,"Tabanan" x,51\n'], 3, "not CSV"),
        ([BALI, '51.02,kabupaten,"Tabanan\n'], 3, "not CSV"),
    ],
)
def test_a_faulty_row_stops_the_reading_and_is_named(lines: list[str], line: int, what: str) -> None:
    with pytest.raises(RegionFileError) as refused:
        read(*lines)

    assert line == refused.value.line
    assert what in refused.value.what
    assert f"Region file, line {line}: {refused.value.what}" == str(refused.value)
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, WantilanError)


@pytest.mark.parametrize(
    "lines", [[], [""], ["\n"], [BALI], ["kode,nama\n", BALI], ["\ufeff" + HEADER, BALI]]
)
def test_a_file_needs_its_header(lines: list[str]) -> None:
    with pytest.raises(RegionFileError, match=r"line 1: the header must be code,level,name,parent_code"):
        list(read_regions(lines))
    assert list(read_regions([HEADER])) == []


def test_rows_before_a_fault_have_been_handed_out() -> None:
    rows = read_regions([HEADER, BALI, BALI])

    assert next(rows).code == "51"
    with pytest.raises(RegionFileError):
        next(rows)


def test_the_home_regency_comes_along_whole() -> None:
    rows = home_regions()
    levels = Counter(row.level.value for row in rows)
    villages = Counter(row.parent_code for row in rows if row.level is RegionLevel.DESA)
    districts = {
        row.code: (row.name, villages[row.code]) for row in rows if row.level is RegionLevel.KECAMATAN
    }

    assert levels == {"provinsi": 1, "kabupaten": 1, "kecamatan": 10, "desa": 133}
    assert districts == {
        "51.02.01": ("Selemadeg", 10),
        "51.02.02": ("Selemadeg Timur", 10),
        "51.02.03": ("Selemadeg Barat", 11),
        "51.02.04": ("Kerambitan", 15),
        "51.02.05": ("Tabanan", 12),
        "51.02.06": ("Kediri", 15),
        "51.02.07": ("Marga", 16),
        "51.02.08": ("Penebel", 18),
        "51.02.09": ("Baturiti", 12),
        "51.02.10": ("Pupuan", 14),
    }


def test_bengkel_stands_in_kediri_in_tabanan_in_bali() -> None:
    rows = {row.code: row for row in home_regions()}

    assert RegionRow(BENGKEL, RegionLevel.DESA, "Bengkel", "51.02.06") == rows[BENGKEL]
    above = [rows[code].name for code in ("51.02.06", "51.02", "51")]
    assert above == ["Kediri", "Kabupaten Tabanan", "Bali"]
    assert [row.code for row in rows.values() if row.name == "Bengkel"] == [BENGKEL]


if NATIONAL_FILE.exists():

    def test_the_national_file_reads_without_fault_and_holds_the_home_regency() -> None:
        with NATIONAL_FILE.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(read_regions(lines))
        levels = Counter(row.level.value for row in rows)

        assert len(rows) == 91_599
        assert levels == {
            "provinsi": 38,
            "kabupaten": 416,
            "kota": 98,
            "kecamatan": 7_285,
            "kelurahan": 8_496,
            "desa": 75_252,
            "desa_adat": 14,
        }
        assert home_regions() == [row for row in rows if row.code == "51" or contains("51.02", row.code)]
