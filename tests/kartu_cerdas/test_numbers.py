"""Card numbers: no slip of the pen makes one card's number into another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan_kartu_cerdas.numbers import SERIALS, card_number, check_digit, is_card_number

serials = st.integers(0, SERIALS - 1)
villages = st.sampled_from(["51.02.06.2001", "51.02.06.2002", "11.01.01.2001", "91.03.01.3001"])
numbers = st.builds(card_number, villages, serials)


@given(villages, serials)
def test_a_number_carries_its_village_and_ends_with_its_check_digit(village: str, serial: int) -> None:
    number = card_number(village, serial)
    assert number.startswith(village.replace(".", ""))
    assert len(number) == 20
    assert is_card_number(number)


@given(numbers, st.integers(0, 19), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(number: str, place: int, by: int) -> None:
    wrong = str((int(number[place]) + by) % 10)
    assert not is_card_number(number[:place] + wrong + number[place + 1 :])


@given(numbers, st.integers(0, 18))
def test_two_neighbouring_digits_that_changed_places_are_found(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    swapped = number[:place] + b + a + number[place + 2 :]
    assert is_card_number(swapped) == (a == b)


def test_the_table_of_the_check_digit_is_a_totally_anti_symmetric_quasigroup() -> None:
    digits = "0123456789"
    after = {(a, b): check_digit(a + b) for a in digits for b in digits}
    assert all(sorted(after[a, b] for b in digits) == list(digits) for a in digits)
    assert all(sorted(after[a, b] for a in digits) == list(digits) for b in digits)
    assert all(check_digit(d + check_digit(d)) == "0" for d in digits)
    for c in digits:
        for a in digits:
            for b in digits:
                assert a == b or check_digit(c + a + b) != check_digit(c + b + a)


@given(villages, serials, serials)
def test_two_serials_of_a_village_make_two_numbers(village: str, one: int, other: int) -> None:
    assert (card_number(village, one) == card_number(village, other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    ["", "5102062001", "5102060101900001", "51020620010000000012345", "5102062001abcdefghi0", "٥" * 20],
)
def test_what_has_not_the_form_of_a_number_is_none(text: str) -> None:
    assert not is_card_number(text)


@pytest.mark.parametrize(
    ("village", "serial"), [("51.02.06", 1), ("51.02.06.2001", -1), ("51.02.06.2001", SERIALS)]
)
def test_a_number_is_made_of_a_village_and_nine_digits_only(village: str, serial: int) -> None:
    with pytest.raises(ValueError, match="ten digits and nine digits"):
        card_number(village, serial)
