"""Names of persons: how they are cleaned, judged and ordered."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan.registry.names import LONGEST_NAME, clean_name, name_fault, sort_key

NAMES = [
    "Ketut",
    "I Wayan Sudarma",
    "Ni Luh Putu D'Arma",
    "Ni Luh Putu D’Arma",
    "I Gst. Ngr. Alit, S.H.",
    "Anak Agung Istri-Dewi",
    "Désirée Ágnes",
]
texts = st.text()
awkward = st.text("aAéÉ ß ı İ ﬁ ǅ ΐ'’.,-\t\n\u00a0\u0301\u200d\u202e0²", max_size=12)
allowed = st.text("aBéz .,'-’", max_size=12)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  I  Wayan\tSudarma \n", "I Wayan Sudarma"),
        ("Ni\u00a0Luh", "Ni Luh"),
        ("De\u0301sire\u0301e", "Désirée"),
        ("Ma\x00de\x07", "Made"),
        ("\u202eMade\u200b", "Made"),
        ("\ufeffKetut", "Ketut"),
        (" \t ", ""),
        ("I WAYAN sudarma", "I WAYAN sudarma"),
    ],
)
def test_a_name_is_stored_clean(written: str, stored: str) -> None:
    assert stored == clean_name(written)


@given(texts | awkward)
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    assert clean_name(clean_name(name)) == clean_name(name)


@given(texts | awkward)
def test_a_clean_name_is_composed_trimmed_and_visible(name: str) -> None:
    clean = clean_name(name)

    assert unicodedata.is_normalized("NFC", clean)
    assert clean == " ".join(clean.split())
    assert not any(unicodedata.category(ch).startswith("C") for ch in clean)


@pytest.mark.parametrize("name", NAMES)
def test_names_as_people_bear_them_are_accepted_as_they_are(name: str) -> None:
    assert name_fault(name) is None
    assert name == clean_name(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "NAME_EMPTY"),
        (" ", "NAME_EMPTY"),
        ("-", "NAME_EMPTY"),
        (". , ' ’", "NAME_EMPTY"),
        ("a" * (LONGEST_NAME + 1), "NAME_TOO_LONG"),
        ("Made 2", "NAME_CHARACTERS"),
        ("Made²", "NAME_CHARACTERS"),
        ("Made\tKetut", "NAME_CHARACTERS"),
        ("Made\u200bKetut", "NAME_CHARACTERS"),
        ("Made (alm)", "NAME_CHARACTERS"),
        ("Made/Kadek", "NAME_CHARACTERS"),
        ("<b>Made</b>", "NAME_CHARACTERS"),
        ("Made;", "NAME_CHARACTERS"),
        ('"Made"', "NAME_CHARACTERS"),
        ("Made 🌺", "NAME_CHARACTERS"),
    ],
)
def test_what_is_no_name_is_refused(name: str, code: str) -> None:
    fault = name_fault(name)

    assert fault is not None
    assert code == fault.code
    assert fault.text.id != fault.text.en


def test_a_name_may_be_as_long_as_the_limit() -> None:
    assert name_fault("a" * LONGEST_NAME) is None


@given(texts | awkward | allowed)
def test_cleaning_spoils_no_name_that_is_accepted(name: str) -> None:
    if name_fault(name) is None:
        assert name_fault(clean_name(name)) is None


@given(texts | awkward)
def test_what_is_said_of_a_name_does_not_depend_on_the_name(name: str) -> None:
    assert name_fault(name) in {None, name_fault(""), name_fault("1"), name_fault("a" * 101)}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("I Wayan Sudarma", "i wayan sudarma"),
        ("  I   WAYAN  sudarma", "i wayan sudarma"),
        ("Ni Luh Putu D'Arma", "ni luh putu darma"),
        ("Ni Luh Putu D’Arma", "ni luh putu darma"),
        ("I Gst.Ngr. Alit, S.H.", "i gst ngr alit s h"),
        ("Istri-Dewi", "istri dewi"),
        ("Désirée", "desiree"),
        ("Łukasz Ærø Đặng", "lukasz aero dang"),
        ("Straße", "strasse"),
        ("-", ""),
    ],
)
def test_the_sort_key_is_plain(name: str, key: str) -> None:
    assert key == sort_key(name)


@given(texts | awkward)
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    assert sort_key(sort_key(name)) == sort_key(name)


def test_the_key_of_a_key_is_the_key_for_every_character_of_the_lower_planes() -> None:
    for point in range(0x30000):
        key = sort_key(chr(point))
        assert key == sort_key(key), f"U+{point:04X}"


@given(texts | awkward)
def test_names_that_differ_in_form_only_have_one_key(name: str) -> None:
    assert sort_key(name) == sort_key(unicodedata.normalize("NFD", name))
    assert sort_key(name) == sort_key(f"  {name}. ")


@given(st.text("abcXYZéñü '’-.", max_size=30))
def test_latin_names_have_an_ascii_key(name: str) -> None:
    assert sort_key(name).isascii()


@given(st.text("abC éñ", max_size=10), st.text("abC éñ", max_size=10))
def test_what_a_name_begins_with_its_key_begins_with(beginning: str, rest: str) -> None:
    assert sort_key(beginning + rest).startswith(sort_key(beginning))


def test_different_names_keep_different_keys() -> None:
    assert sort_key("Made Suarta") != sort_key("Made Suarti")
    assert sorted(["Wayan", "ketut", "Éka"], key=sort_key) == ["Éka", "ketut", "Wayan"]
