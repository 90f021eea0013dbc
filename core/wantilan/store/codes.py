"""Codes that arrive without a session: on a card, on a printed QR, in a letter, in an address.

Such a code says readably of which village it is, so that the wall can be set before anything is looked up.
Behind that it is random: `5102062001-7K3F9Q2M`. It has no letters that are read as digits (I, L, O, U).
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: five bits in each character."""

_CODE = re.compile(r"([0-9]{10})-([0-9A-HJKMNP-TV-Z]{6,64})", re.ASCII)
_READ_AS = str.maketrans("ILO", "110")


def new_code(village: str, characters: int) -> str:
    """A code of the village of this dotted Kemendagri code, with so many random characters.

    20 characters (100 bits) can be guessed by nobody; 8 (40 bits) do where a guess must be sent to us and
    opens nothing. Raises ValueError below 6 and above 64.
    """
    if not 6 <= characters <= 64:
        raise ValueError("A code has 6 to 64 random characters.")
    return f"{village.replace('.', '')}-{''.join(secrets.choice(ALPHABET) for _ in range(characters))}"


def read_code(text: str) -> tuple[str, str] | None:
    """The village's dotted code and the whole code as it is kept, of what somebody typed or scanned: small
    letters, spaces around it, and I, L, O for 1, 1, 0 are forgiven. None when it is no code.
    """
    village, dash, rest = text.strip().upper().partition("-")
    plain = f"{village}{dash}{rest.translate(_READ_AS)}"
    found = _CODE.fullmatch(plain)
    if found is None:
        return None
    digits = found[1]
    return ".".join((digits[:2], digits[2:4], digits[4:6], digits[6:])), plain
