"""What is weighed apart from the runs: what the market, shops and offices bring, what ceremonies leave
behind, and what households bring themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from random import Random

from ..models import WasteMeasure as By
from ..models import WasteSourceClass as From
from ..models import WasteStream as S

DAILY_GRAMS_PER_PERSON = 300
"""Made at home; what shops, markets and temples make is in it."""
DAILY = (0, 1, 2, 3, 4, 5, 6)
"""Monday is 0."""


@dataclass(frozen=True)
class Round:
    """What comes by itself: its share of a week's waste, on which weekdays, when, the container's mass, and
    how its mass becomes known.
    """

    stream: S
    source: From
    share: float
    weekdays: tuple[int, ...]
    at: time
    tare: int = 12_000
    by: By = By.WEIGHED


ROUNDS = (
    Round(S.ORGANIK, From.PASAR, 0.08, DAILY, time(5, 40), 60_000),
    Round(S.ORGANIK, From.WARUNG_TOKO, 0.04, (0, 2, 4), time(10, 50)),
    Round(S.ORGANIK, From.TEMPAT_IBADAH, 0.02, (6,), time(9, 30), by=By.ESTIMATE),
    Round(S.ANORGANIK, From.WARUNG_TOKO, 0.05, (1, 4), time(11, 15)),
    Round(S.ANORGANIK, From.SEKOLAH, 0.02, (4,), time(11, 40)),
    Round(S.RESIDU, From.KANTOR, 0.02, (3,), time(11, 30)),
    Round(S.B3, From.RUMAH_TANGGA, 0.01, (5,), time(11, 5), by=By.COUNT),
)

CEREMONY_EVERY = 15
"""Days between full and new moon: what ceremonies leave behind comes apart from the rest."""
CEREMONY_AT = time(16, 10)
GRAMS_PER_LITRE = {S.ORGANIK: 250}
"""Assumed by the demo for what comes by the lorry-load."""
GRAMS_PER_PIECE = 90
"""A lamp or a handful of batteries: assumed by the demo."""
DROP_OFFS = (time(7, 15), time(15, 30))
"""When households bring something themselves."""


@dataclass(frozen=True)
class Weighing:
    """One weighing of a day. `household` counts into those that bring their waste themselves."""

    at: time
    stream: S
    source: From
    grams: int
    tare: int = 0
    by: By = By.WEIGHED
    household: int | None = None

    def measured(self) -> dict[str, object]:
        """The columns that say how the mass became known, and the mass: it follows from them."""
        made: dict[str, object] = {"method": self.by, "mass_grams": self.grams}
        if self.by is By.WEIGHED:
            return made | {"gross_grams": self.grams + self.tare, "tare_grams": self.tare}
        if self.by is By.VOLUME:
            density = GRAMS_PER_LITRE[self.stream]
            litres = max(1, self.grams // density)
            return made | {
                "millilitres": litres * 1000, "grams_per_litre": density, "mass_grams": litres * density,
            }  # fmt: skip
        if self.by is By.COUNT:
            pieces = max(1, self.grams // GRAMS_PER_PIECE)
            return made | {
                "pieces": pieces, "grams_per_piece": GRAMS_PER_PIECE, "mass_grams": pieces * GRAMS_PER_PIECE,
            }  # fmt: skip
        return made


def weighings(code: str, day: date, people: int, homes: int) -> list[Weighing]:
    """What comes by itself to the facility of a village on a day, by the clock."""
    rng = Random(f"{code} {day}")
    made = [
        Weighing(one.at, one.stream, one.source, portion(rng, one, people), one.tare, one.by)
        for one in ROUNDS
        if day.weekday() in one.weekdays
    ]
    if is_ceremony(day):
        grams = rounded(people * rng.uniform(40, 90))
        made.append(Weighing(CEREMONY_AT, S.ORGANIK, From.UPAKARA_EVENT, grams, by=By.VOLUME))
    for at in DROP_OFFS if homes else ():
        stream = S.ORGANIK if rng.random() < 0.6 else S.ANORGANIK
        grams = rng.randrange(1_500, 9_000, 50)
        made.append(Weighing(at, stream, From.RUMAH_TANGGA, grams, 500, household=rng.randrange(homes)))
    return sorted(made, key=lambda weighing: weighing.at)


def small_bank(code: str, day: date) -> list[Weighing]:
    """What people bring on a Saturday where the program has only a small bank."""
    if day.weekday() != 5:
        return []
    rng = Random(f"{code} {day}")
    return [
        Weighing(time(9, 0), S.ANORGANIK, From.RUMAH_TANGGA, rng.randrange(20_000, 60_000, 500), 1_500),
        Weighing(time(10, 30), S.ANORGANIK, From.WARUNG_TOKO, rng.randrange(5_000, 20_000, 500), 1_500),
    ]


def is_ceremony(day: date) -> bool:
    return day.toordinal() % CEREMONY_EVERY == 0


def portion(rng: Random, one: Round, people: int) -> int:
    return rounded(weekly_grams(people) * one.share / len(one.weekdays) * rng.uniform(0.85, 1.15))


def weekly_grams(people: int) -> int:
    return people * DAILY_GRAMS_PER_PERSON * 7


def rounded(grams: float) -> int:
    """As the scale shows it, in steps of 100 grams."""
    return max(100, round(grams / 100) * 100)
