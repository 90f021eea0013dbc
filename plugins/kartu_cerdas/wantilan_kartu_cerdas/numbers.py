"""Card numbers: the village's code, nine random digits, and a check digit after Damm.

A number carries its village readably and nothing of its holder. It has twenty digits and not sixteen:
nobody takes it for a NIK, whose first six digits would be the same.
"""

from __future__ import annotations

VILLAGE_DIGITS, SERIAL_DIGITS = 10, 9
SERIALS = 10**SERIAL_DIGITS
"""How many serials there are; draw one at random below this."""

# A totally anti-symmetric quasigroup with zeros on the diagonal: no single wrong digit and no two digits that
# changed places leave the checksum at zero.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def card_number(village_code: str, serial: int) -> str:
    """The number of a village (dotted code) and a serial. Raises ValueError when one is out of range."""
    village = village_code.replace(".", "")
    if len(village) != VILLAGE_DIGITS or not 0 <= serial < SERIALS:
        raise ValueError("A card number is made of a village's code of ten digits and nine digits.")
    body = f"{village}{serial:0{SERIAL_DIGITS}d}"
    return body + check_digit(body)


def is_card_number(text: str) -> bool:
    """Whether a text has the form of a card number and its digits agree with each other."""
    length = VILLAGE_DIGITS + SERIAL_DIGITS + 1
    return len(text) == length and text.isascii() and text.isdigit() and check_digit(text) == "0"


def check_digit(digits: str) -> str:
    """The digit that makes the checksum of all of them zero; "0" for digits that already end with theirs."""
    checksum = 0
    for digit in digits:
        checksum = int(_DAMM[checksum][int(digit)])
    return str(checksum)
