"""How a mass becomes known: pure functions. Each method has its own fields, and nothing else counts there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from wantilan import Grams, Text

from ..models import WasteMeasure
from .weighing import HEAVIEST, gross_fault, tare_fault

Fault = tuple[str, str, Text]
"""A field of the input by its Python name, a code, and what it says."""

REQUIRED = Text("Wajib diisi untuk cara ukur ini.", "Required for this way of measuring.")
NOT_FOR_METHOD = Text("Tidak berlaku untuk cara ukur ini.", "Does not belong to this way of measuring.")
POSITIVE = Text("Harus lebih dari 0.", "Must be more than 0.")
TOO_HEAVY = Text("Lebih dari 100 ton.", "More than 100 tonnes.")
NO_DENSITY = Text(
    "Kategori ini tidak punya berat jenis, dan desa belum menetapkannya.",
    "The category has no density, and the village has set none.",
)
LESS_THAN_A_GRAM = Text("Kurang dari satu gram.", "Less than a gram.")

WANTED = {
    WasteMeasure.WEIGHED: ("gross",),
    WasteMeasure.VOLUME: ("millilitres",),
    WasteMeasure.COUNT: ("pieces", "grams_per_piece"),
    WasteMeasure.ESTIMATE: ("mass",),
}
"""What must be given; a tare may be left out, and is nothing then."""


@dataclass(frozen=True)
class Measured:
    """What was measured, as it was given. A tare of 0 is none."""

    method: WasteMeasure
    gross: Grams | None = None
    tare: Grams | None = None
    millilitres: int | None = None
    pieces: int | None = None
    grams_per_piece: Grams | None = None
    mass: Grams | None = None


def measure_faults(measured: Measured) -> Iterator[Fault]:
    """Every fault that can be told without the density."""
    wanted = WANTED[measured.method]
    of_method = {*wanted, "tare"} if measured.method is WasteMeasure.WEIGHED else set(wanted)
    for field in fields(measured)[1:]:
        value = getattr(measured, field.name)
        if value is None:
            if field.name in wanted:
                yield field.name, "REQUIRED", REQUIRED
        elif field.name not in of_method and (field.name, value) != ("tare", 0):
            yield field.name, "NOT_FOR_METHOD", NOT_FOR_METHOD
    if measured.method is WasteMeasure.WEIGHED:
        yield from _weighed_faults(measured)
    else:
        yield from _amount_faults(measured, wanted)


def _weighed_faults(measured: Measured) -> Iterator[Fault]:
    """A gross mass that is refused says nothing of the tare."""
    if measured.gross is None:
        return
    heavy = gross_fault(measured.gross)
    if heavy is not None:
        yield "gross", *heavy
    elif measured.tare is not None and (container := tare_fault(measured.gross, measured.tare)):
        yield "tare", *container


def _amount_faults(measured: Measured, wanted: tuple[str, ...]) -> Iterator[Fault]:
    given = {name: getattr(measured, name) for name in wanted}
    good = True
    for name, value in given.items():
        if value is None:
            good = False
        elif value <= 0:
            good = False
            yield name, "MUST_BE_POSITIVE", POSITIVE
        elif value > HEAVIEST and name != "millilitres":
            good = False
            yield name, "TOO_HEAVY", TOO_HEAVY
    if good and measured.method is WasteMeasure.COUNT and mass_of(measured, None) > HEAVIEST:
        yield "pieces", "TOO_HEAVY", TOO_HEAVY


def density_fault(measured: Measured, grams_per_litre: int | None) -> Fault | None:
    """Of a volume whose other faults were told."""
    if grams_per_litre is None:
        return "millilitres", "NO_DENSITY", NO_DENSITY
    mass = mass_of(measured, grams_per_litre)
    if mass > HEAVIEST:
        return "millilitres", "TOO_HEAVY", TOO_HEAVY
    if mass == 0:
        return "millilitres", "MUST_BE_POSITIVE", LESS_THAN_A_GRAM
    return None


def mass_of(measured: Measured, grams_per_litre: int | None) -> Grams:
    """The mass that follows, in grams: gross less tare; volume times density, cut to whole grams; pieces
    times the mass of one; or the estimate itself. Only of what has no fault.
    """
    match measured:
        case Measured(method=WasteMeasure.WEIGHED, gross=int(gross)):
            return Grams(gross - (measured.tare or 0))
        case Measured(method=WasteMeasure.VOLUME, millilitres=int(volume)) if grams_per_litre is not None:
            return Grams(volume * grams_per_litre // 1000)
        case Measured(method=WasteMeasure.COUNT, pieces=int(pieces), grams_per_piece=int(one)):
            return Grams(pieces * one)
        case Measured(method=WasteMeasure.ESTIMATE, mass=int(mass)):
            return Grams(mass)
    raise ValueError("A mass is computed of what was judged only.")
