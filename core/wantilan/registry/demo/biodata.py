"""What goes with an age: school, work, and the rest of the official biodata."""

from __future__ import annotations

from random import Random
from typing import TypedDict, TypeVar

from ..codes import BloodType, CurrentEducation, Education, Occupation, Religion, Sex
from .families import Person

T = TypeVar("T")

GRADUATE, PENSION = 22, 64
SCHOOLS = (
    (4, CurrentEducation.BELUM_TK, Education.TIDAK_BELUM_SEKOLAH),
    (7, CurrentEducation.TK, Education.TIDAK_BELUM_SEKOLAH),
    (13, CurrentEducation.SD, Education.BELUM_TAMAT_SD),
    (16, CurrentEducation.SLTP, Education.TAMAT_SD),
    (19, CurrentEducation.SLTA, Education.SLTP),
)
"""Below this age: what is attended, and what is finished."""
FINISHED = {Education.TAMAT_SD: 15, Education.SLTP: 18, Education.SLTA: 45, Education.D_IV_S1: 22}
WORK = {
    Occupation.PETANI_PEKEBUN: 24, Occupation.KARYAWAN_SWASTA: 26, Occupation.WIRASWASTA: 14,
    Occupation.BURUH_HARIAN_LEPAS: 9, Occupation.PEDAGANG: 9, Occupation.TUKANG_BATU: 4, Occupation.GURU: 4,
    Occupation.PNS: 5, Occupation.PETERNAK: 3, Occupation.SENIMAN: 2,
}  # fmt: skip
BLOOD = {BloodType.O: 36, BloodType.B: 28, BloodType.A: 24, BloodType.AB: 7, BloodType.TIDAK_TAHU: 5}


class Biodata(TypedDict):
    """Columns of a `Resident` that follow from age and chance."""

    religion: Religion
    education: Education
    current_education: CurrentEducation
    occupation: Occupation
    blood_type: BloodType


def biodata(rng: Random, person: Person) -> Biodata:
    attended, finished = _schooling(rng, person.age)
    return Biodata(
        religion=Religion.HINDU if rng.random() < 0.97 else Religion.ISLAM,
        education=finished,
        current_education=attended,
        occupation=_occupation(rng, person, attended),
        blood_type=_weighted(rng, BLOOD),
    )


def _schooling(rng: Random, age: int) -> tuple[CurrentEducation, Education]:
    for below, attended, finished in SCHOOLS:
        if age < below:
            return attended, finished
    if age < GRADUATE and rng.random() < 0.5:
        return CurrentEducation.S1, Education.SLTA
    finished = _weighted(rng, FINISHED)
    if age < GRADUATE and finished is Education.D_IV_S1:
        finished = Education.SLTA
    return CurrentEducation.TIDAK_SEDANG_SEKOLAH, finished


def _occupation(rng: Random, person: Person, attended: CurrentEducation) -> Occupation:
    if attended in (CurrentEducation.BELUM_TK, CurrentEducation.TK):
        return Occupation.BELUM_TIDAK_BEKERJA
    if attended is not CurrentEducation.TIDAK_SEDANG_SEKOLAH:
        return Occupation.PELAJAR_MAHASISWA
    if person.age >= PENSION:
        return Occupation.PENSIUNAN if rng.random() < 0.3 else Occupation.PETANI_PEKEBUN
    if person.sex is Sex.PEREMPUAN and rng.random() < 0.3:
        return Occupation.MENGURUS_RUMAH_TANGGA
    return _weighted(rng, WORK)


def _weighted(rng: Random, weights: dict[T, int]) -> T:
    return rng.choices(list(weights), weights=list(weights.values()))[0]
