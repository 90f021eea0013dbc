"""NIK and KK numbers: the hard rule, the soft warnings, the mask, and the numbers that we make ourselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import FieldFault, Text
from wantilan.registry.codes import Sex
from wantilan.registry.numbers import (
    FICTITIOUS_PREFIX,
    Finding,
    NikKind,
    NikParts,
    fictitious_kk,
    fictitious_nik,
    kk_fault,
    mask,
    nik_fault,
    nik_kind,
    nik_parts,
    nik_warnings,
    temporary_kk,
    temporary_nik,
)

BENGKEL = "51.02.06.2001"
MAN = "5102061708450001"  # invented, as every number here
WOMAN = "5102065708450001"
BORN = date(1945, 8, 17)

dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))
sexes = st.sampled_from(Sex)
digits = st.text("0123456789", min_size=16, max_size=16)
villages = st.builds(
    "{:02}.{:02}.{:02}.{}{:03}".format,
    st.integers(11, 99),
    st.integers(1, 69) | st.integers(71, 99),
    st.integers(1, 99),
    st.integers(1, 3),
    st.integers(0, 999),
)


def code(finding: Finding | None) -> str | None:
    return finding and finding.code


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def anywhere(region: str) -> bool:
    return True


FAULTS = [
    ("0", "ZERO"),
    ("", "LENGTH"),
    ("510206170845000", "LENGTH"),
    ("51020617084500011", "LENGTH"),
    ("00", "LENGTH"),
    ("510206170845000X", "NOT_DIGITS"),
    ("51.02.06.2001", "NOT_DIGITS"),
    (" 5102061708450001", "NOT_DIGITS"),
    ("5102061708450001\n", "NOT_DIGITS"),
    ("-102061708450001", "NOT_DIGITS"),
    ("٥١٠٢٠٦١٧٠٨٤٥٠٠٠١", "NOT_DIGITS"),
    ("510206170845000²", "NOT_DIGITS"),
    ("0102061708450001", "LEADING_ZERO"),
    ("0000000000000000", "LEADING_ZERO"),
    ("0510206400100001", "LEADING_ZERO"),
    ("0510206200100000", "LEADING_ZERO"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_what_breaks_the_hard_rule_is_refused(text: str, fault: str) -> None:
    assert f"NIK_{fault}" == code(nik_fault(text))
    assert f"KK_{fault}" == code(kk_fault(text))
    assert nik_kind(text) is None
    assert nik_parts(text) is None


@pytest.mark.parametrize("text", [MAN, WOMAN, "9999999999999999", "1000000000000000", "0510206200100001"])
def test_what_keeps_the_hard_rule_is_accepted_whatever_it_says(text: str) -> None:
    assert nik_fault(text) is None
    assert kk_fault(text) is None
    assert nik_kind(text) is not None


@given(st.text(max_size=20) | digits)
def test_the_hard_rule_accepts_exactly_sixteen_ascii_digits(text: str) -> None:
    if nik_fault(text) is None:
        assert re.fullmatch(r"[1-9][0-9]{15}|0[1-9][0-9]{14}", text)
    elif re.fullmatch(r"[0-9]{16}", text):
        assert code(nik_fault(text)) == "NIK_LEADING_ZERO"


@given(st.text() | digits)
def test_what_is_said_of_a_number_does_not_depend_on_the_number(text: str) -> None:
    assert nik_fault(text) in {None, *(nik_fault(example) for example, _ in FAULTS)}
    assert kk_fault(text) in {None, *(kk_fault(example) for example, _ in FAULTS)}


def test_nik_and_kk_are_called_by_their_names_in_both_languages() -> None:
    for text, _ in FAULTS:
        nik, kk = nik_fault(text), kk_fault(text)
        assert nik and kk
        assert all(said.startswith("NIK ") for said in nik.text)
        assert all(said.startswith("No. KK ") for said in kk.text)
        assert nik.text.id != nik.text.en


def test_a_finding_becomes_the_fault_of_an_input_field() -> None:
    finding = Finding("NIK_LENGTH", Text("pendek", "short"))

    assert FieldFault(("input", "nik"), "NIK_LENGTH", Text("pendek", "short")) == finding.at("input", "nik")


def test_a_permanent_nik_is_read_into_its_parts() -> None:
    assert NikParts("51.02.06", 17, 8, 45, Sex.LAKI_LAKI, 1) == nik_parts(MAN)
    assert NikParts("51.02.06", 17, 8, 45, Sex.PEREMPUAN, 1) == nik_parts(WOMAN)


def test_a_temporary_nik_has_no_parts() -> None:
    temporary = temporary_nik(BENGKEL, 7)

    assert nik_kind(MAN) is NikKind.PERMANENT
    assert nik_kind(temporary) is NikKind.TEMPORARY
    assert nik_parts(MAN) is not None
    assert nik_parts(temporary) is None


def test_a_nik_that_agrees_with_the_record_gives_no_warning() -> None:
    assert nik_warnings(MAN, birth_date=BORN, sex=Sex.LAKI_LAKI, known_region=anywhere) == []
    assert nik_warnings(WOMAN, birth_date=BORN, sex=Sex.PEREMPUAN, known_region=anywhere) == []


@pytest.mark.parametrize("born", [date(1945, 8, 18), date(1945, 9, 17), date(1946, 8, 17)])
def test_another_birth_date_is_a_warning(born: date) -> None:
    assert codes(nik_warnings(MAN, birth_date=born, sex=Sex.LAKI_LAKI)) == ["NIK_BIRTH_DATE_MISMATCH"]


def test_a_nik_does_not_tell_the_century() -> None:
    assert nik_warnings(MAN, birth_date=date(2045, 8, 17), sex=Sex.LAKI_LAKI) == []


def test_another_sex_is_a_warning_and_leaves_the_birth_date_alone() -> None:
    assert codes(nik_warnings(MAN, birth_date=BORN, sex=Sex.PEREMPUAN)) == ["NIK_SEX_MISMATCH"]
    assert codes(nik_warnings(WOMAN, birth_date=BORN, sex=Sex.LAKI_LAKI)) == ["NIK_SEX_MISMATCH"]


def test_an_unknown_region_is_a_warning_only_where_regions_are_known() -> None:
    asked: list[str] = []

    def nowhere(region: str) -> bool:
        asked.append(region)
        return False

    assert nik_warnings(MAN, birth_date=BORN, sex=Sex.LAKI_LAKI) == []
    warnings = nik_warnings(MAN, birth_date=BORN, sex=Sex.LAKI_LAKI, known_region=nowhere)
    assert codes(warnings) == ["NIK_UNKNOWN_REGION"]
    assert asked == ["51.02.06"]


def test_all_warnings_come_together() -> None:
    warnings = nik_warnings(
        WOMAN, birth_date=date(2001, 1, 1), sex=Sex.LAKI_LAKI, known_region=lambda region: False
    )

    assert codes(warnings) == ["NIK_BIRTH_DATE_MISMATCH", "NIK_SEX_MISMATCH", "NIK_UNKNOWN_REGION"]
    assert all(not re.search("[0-9]", said) for warning in warnings for said in warning.text)


@given(digits, dates, sexes)
def test_every_nik_can_be_compared_with_every_record(nik: str, born: date, sex: Sex) -> None:
    warnings = nik_warnings(nik, birth_date=born, sex=sex, known_region=anywhere)

    assert len(warnings) <= 2
    if nik_kind(nik) is not NikKind.PERMANENT:
        assert warnings == []


def test_a_mask_shows_the_last_four_digits() -> None:
    assert mask(MAN) == "************0001"


@given(digits)
def test_a_mask_depends_on_nothing_but_the_last_four_digits(number: str) -> None:
    assert mask(number) == mask("123456789012" + number[-4:])
    assert len(mask(number)) == 16


@pytest.mark.parametrize("text", ["", "1", "0001", "510206170845000", MAN + "1"])
def test_what_has_not_sixteen_digits_cannot_be_masked(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        mask(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize("make", [temporary_nik, temporary_kk])
def test_a_temporary_number_is_zero_village_and_serial(make: Callable[[str, int], str]) -> None:
    assert make(BENGKEL, 12) == "0510206200100012"
    assert make("5102062001", 99_999) == "0510206200199999"


@given(villages, st.integers(1, 99_999))
def test_every_temporary_number_keeps_the_hard_rule(village: str, serial: int) -> None:
    number = temporary_nik(village, serial)

    assert nik_kind(number) is NikKind.TEMPORARY
    assert kk_fault(number) is None


@pytest.mark.parametrize(
    ("village", "serial"),
    [("51.02.06", 1), ("51.02.06.4001", 1), ("", 1), (BENGKEL, 0), (BENGKEL, -1), (BENGKEL, 100_000)],
)
def test_a_temporary_number_needs_a_village_and_a_serial_in_range(village: str, serial: int) -> None:
    with pytest.raises(ValueError):
        temporary_nik(village, serial)
    assert temporary_nik(BENGKEL, 1)


def test_a_fictitious_nik_carries_birth_date_and_sex() -> None:
    assert fictitious_nik(BORN, Sex.LAKI_LAKI, 1) == "9900001708450001"
    assert fictitious_nik(BORN, Sex.PEREMPUAN, 1) == "9900005708450001"
    assert fictitious_kk(BORN, 1) == "9900001708450001"


@given(dates, sexes, st.integers(1, 9_999))
def test_only_its_region_gives_a_fictitious_nik_away(born: date, sex: Sex, serial: int) -> None:
    nik = fictitious_nik(born, sex, serial)
    parts = nik_parts(nik)

    assert nik.startswith(FICTITIOUS_PREFIX)
    assert nik_kind(nik) is NikKind.PERMANENT
    assert parts and (parts.sex, parts.serial) == (sex, serial)
    assert nik_warnings(nik, birth_date=born, sex=sex) == []


@given(dates, st.integers(1, 9_999))
def test_every_fictitious_kk_keeps_the_hard_rule(registered: date, serial: int) -> None:
    assert kk_fault(fictitious_kk(registered, serial)) is None


@pytest.mark.parametrize("serial", [0, -1, 10_000])
def test_a_fictitious_number_needs_a_serial_in_range(serial: int) -> None:
    with pytest.raises(ValueError):
        fictitious_nik(BORN, Sex.LAKI_LAKI, serial)
    with pytest.raises(ValueError):
        fictitious_kk(BORN, serial)
