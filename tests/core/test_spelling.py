"""Spelling: which ways of writing are one name, which names stay apart, and by what a name is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import LimitExceeded
from wantilan.registry.spelling import (
    IGNORED,
    LONGEST,
    MOST_WORDS,
    OF_PLACES,
    WRITTEN_OUT,
    beginnings,
    search_words,
    spelling_key,
)
from wantilan.store.folding import sort_key

ONE = (
    ("I Wayan Sukra", "Wayan Sukra", "Wy. Sukra", "I WY SUKRA", "i wayan soekra", "Wajan Sukkra"),
    ("Ni Ketut Sari", "Kt Sari", "Ketoet Sari", "NI KT. SARI", "ni ktut sary"),
    ("I Made Sutarya", "Md Sutaria", "I Made Soetarya", "Made Sutariya"),
    ("I Nyoman Suarta", "Nym. Swarta", "Njoman Suwarta", "I Nm Suartha", "Ny. Suarta"),
    ("Ida Bagus Raka", "IB Raka", "I.B. Raka", "Ida Bgs Raka", "I B Raka"),
    ("Anak Agung Gede Dharma", "AA Gde Darma", "A.A. Gd. Darma", "a a gede dharma"),
    ("I Gusti Ngurah Djaja", "Gst. Ngr. Jaja", "IGN Djaja"),
    ("I Gusti Ayu Candra", "IGA Chandra", "Gusti Ayu Tjandra"),
    ("Cokorda Raka", "Tjok. Raka", "Cok Raka", "Tjokorda Raka"),
    ("Ni Luh Krisna", "Lh Krishna", "Luh Krissna"),
    ("Dewa Wisnu", "Dw. Vishnu", "Deva Wisnu"),
    ("I Nengah Arta", "Nengah Artha", "Nenga Arta"),
    ("I Gedé D’Arma", "Gede Darma"),
    ("Putu Bagoes", "Pt. Bagus"),
    ("Kadek Laksmi", "Kd Laxmi"),
    ("Komang Satya", "Km Satia"),
)
APART = (
    ("Putra", "Putri"), ("Sukra", "Sukri"), ("Sukra", "Sukma"), ("Suarta", "Suarti"), ("Made", "Mada"),
    ("Wayan", "Wahyu"), ("Gede", "Gedong"), ("Luh", "Lusi"), ("Luh", "Lui"), ("Asih", "Asi"), ("Komang", "Kemang"),
    ("Kadek", "Kader"), ("Sudana", "Suardana"), ("Ardana", "Wardana"), ("Jaya", "Caya"), ("Tirta", "Tista"),
    ("Budi", "Budha"), ("Nila", "Lila"), ("Dewi", "Devina"), ("Febri", "Debri"), ("Komang", "Kumang"),
    ("Nyoman", "Norman"), ("Kusumawardana", "Kusumawardani"), ("Wayan Sukra", "Made Sukra"),
    ("Wayan Sukra", "Wayan Sukra Jaya"), ("Ida Bagus Raka", "Ida Ayu Raka"), ("Gusti Made", "Gusti Ketut"),
)  # fmt: skip


@pytest.mark.parametrize("names", ONE, ids=lambda names: names[0])
def test_ways_of_writing_are_one_name(names: tuple[str, ...]) -> None:
    assert {spelling_key(name) for name in names} == {spelling_key(names[0])} != {""}


@pytest.mark.parametrize("names", APART, ids=" and ".join)
def test_other_names_stay_apart(names: tuple[str, str]) -> None:
    assert spelling_key(names[0]) != spelling_key(names[1])


def test_no_two_names_that_are_written_out_fall_together() -> None:
    """But for those that the table itself calls one."""
    whole = sorted({part for names in WRITTEN_OUT.values() for part in names.split()})
    assert len({spelling_key(name) for name in whole}) == len(whole) > 20


def is_short(text: str) -> bool:
    return sum(ch.isdigit() for ch in text) <= LONGEST and len(sort_key(text).split()) <= MOST_WORDS


@given(st.text(max_size=40).filter(is_short))
def test_a_name_is_found_by_itself(name: str) -> None:
    assert set(search_words(name)) <= beginnings(name)


FOUND = (
    ("I Wayan Sukra", ("wayan", "wy", "sukra", "sukra wy", "way suk", "I", "ni sukra", "su", "soekra", "WAJAN")),
    ("I.B. Raka", ("ida bagus", "ib raka", "bagus raka", "rak")),
    ("Cok Raka", ("cokorda", "tjok", "coko", "cok")),
    ("Ny. Sari", ("nyoman", "njoman sari", "nyo", "ny")),
    ("Banjar Kaja", ("kaja", "br kaja", "banjar kaj")),
    ("Jalan Contoh No. 12A", ("12", "12a", "contoh 12", "jl contoh", "tjontoh")),
    ("Ni Luh Sudiasih", ("luh", "lh sudiasi", "sudiasih")),
    ("W. Sukra", ("sukra", "w sukra")),
)  # fmt: skip
NOT_FOUND = (
    ("I Wayan Sukra", ("kra", "sukri", "made", "wayan made", "ayan", "sukrajaya")),
    ("Jalan Contoh No. 12A", ("1", "2", "123", "120")),
    ("Ni Luh Sudiasih", ("lusi", "sudiani")),
)  # fmt: skip


@pytest.mark.parametrize(("name", "texts"), FOUND)
def test_a_name_is_found_by_the_beginnings_of_its_words(name: str, texts: tuple[str, ...]) -> None:
    assert [text for text in texts if not set(search_words(text)) <= beginnings(name)] == []


@pytest.mark.parametrize(("name", "texts"), NOT_FOUND)
def test_a_name_is_not_found_by_other_words(name: str, texts: tuple[str, ...]) -> None:
    assert [text for text in texts if set(search_words(text)) <= beginnings(name)] == []


def test_the_most_telling_word_comes_first_and_each_once() -> None:
    assert search_words("wy sutarya wayan") == ("sutaria", "waian")
    assert search_words("wayan 0001 12") == ("0001", "waian", "12")
    assert search_words("I ni, banjar . w") == ()


def test_what_one_word_can_cost_has_an_end() -> None:
    assert len(beginnings("a" + "bc" * 500)) == LONGEST - 1
    assert len(search_words("a" + "bc" * 40)[0]) == LONGEST


def test_a_searched_text_has_limits() -> None:
    search_words("x" * 100), search_words("a b c d e f g h")
    for text, limit in (("x" * 101, "searchCharacters"), ("rahasia b c d e f g h i", "searchWords")):
        with pytest.raises(LimitExceeded) as refused:
            search_words(text)
        assert refused.value.extensions["limit"] == limit
        assert text not in str(refused.value) and "rahasia" not in str(refused.value)


def test_the_tables_are_in_the_form_in_which_they_are_asked() -> None:
    for word in (*IGNORED, *WRITTEN_OUT, *OF_PLACES):
        assert word == word.lower() and " " not in word
    assert not {part for names in WRITTEN_OUT.values() for part in names.split()} & (
        IGNORED | OF_PLACES | WRITTEN_OUT.keys()
    )
