"""Invented names in the Balinese manner: I or Ni, the name of the birth order, and a given name.

The given names are put together from syllables, so that no list of real people stands behind them.
"""

from __future__ import annotations

from random import Random

from ..codes import Sex

MALE, FEMALE = Sex.LAKI_LAKI, Sex.PEREMPUAN

ELDER_GENERATION = {
    MALE: (("Wayan",), ("Made", "Nengah"), ("Nyoman",), ("Ketut",)),
    FEMALE: (("Wayan", "Luh"), ("Made", "Nengah"), ("Nyoman",), ("Ketut",)),
}
YOUNGER_GENERATION = {
    MALE: (("Wayan", "Putu", "Gede"), ("Made", "Kadek"), ("Nyoman", "Komang"), ("Ketut",)),
    FEMALE: (("Wayan", "Putu", "Luh"), ("Made", "Kadek"), ("Nyoman", "Komang"), ("Ketut",)),
}
"""Names of the birth order, first to fourth child; the fifth begins again."""

TITLES = {MALE: "I", FEMALE: "Ni"}
BEGINNINGS = {
    MALE: ("Ard", "Bud", "Darm", "Gun", "Kert", "Mand", "Nat", "Part", "Rat", "Sut", "Wir", "Yad"),
    FEMALE: ("Arm", "Dew", "Kart", "Last", "Mas", "Nil", "Purn", "Rast", "Sukr", "Swand", "Tir", "Wid"),
}
ENDINGS = {
    MALE: ("ajana", "antara", "awan", "eka", "iana", "iarsa", "iasa", "ika", "itama", "ayasa", "ugraha"),
    FEMALE: ("ani", "antari", "ariani", "asih", "ayanti", "ewi", "iasih", "iningsih", "itari", "yasti"),
}
MIDDLES = {MALE: ("", "", "", "Agus ", "Adi ", "Putra "), FEMALE: ("", "", "", "Ayu ", "Sri ", "Putri ")}


def full_name(rng: Random, sex: Sex, order: int, *, elder: bool) -> str:
    """A whole name. `order` is 1 for the first child of its parents."""
    generation = ELDER_GENERATION if elder else YOUNGER_GENERATION
    birth_order = rng.choice(generation[sex][(order - 1) % 4])
    given = rng.choice(BEGINNINGS[sex]) + rng.choice(ENDINGS[sex])
    return f"{TITLES[sex]} {birth_order} {rng.choice(MIDDLES[sex])}{given}"
