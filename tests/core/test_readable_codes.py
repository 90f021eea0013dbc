"""Codes that arrive without a session, and say readably of which village they are."""

from __future__ import annotations

import pytest

from wantilan import new_code, read_code
from wantilan.testing import BENGKEL


def test_a_code_says_its_village_and_is_random_behind_it() -> None:
    made = {new_code(BENGKEL, 8) for _ in range(200)}
    assert len(made) == 200
    assert all(read_code(code) == (BENGKEL, code) and len(code) == 10 + 1 + 8 for code in made)


@pytest.mark.parametrize("typed", ["5102062001-7K3F9Q2M", " 5102062001-7k3f9q2m ", "5102062001-7K3F9Q2m\n"])
def test_what_is_typed_is_forgiven(typed: str) -> None:
    assert read_code(typed) == (BENGKEL, "5102062001-7K3F9Q2M")


def test_letters_that_look_like_digits_are_read_as_these() -> None:
    assert read_code("5102062001-ILO000") == (BENGKEL, "5102062001-110000")


@pytest.mark.parametrize(
    "text",
    ["", "-", "5102062001", "5102062001-", "5102062001-12345", "51.02.06.2001-7K3F9Q2M", "5102062001-7K3F9Q2U",
     "510206200-7K3F9Q2M", "٥102062001-7K3F9Q2M", "5102062001-" + "0" * 65],
)  # fmt: skip
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


@pytest.mark.parametrize("characters", [0, 5, 65])
def test_a_code_is_neither_short_nor_endless(characters: int) -> None:
    with pytest.raises(ValueError, match="6 to 64"):
        new_code(BENGKEL, characters)
