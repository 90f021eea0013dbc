"""How the payers of the demo pay: most in time, some late or in parts, a few not at all, some ahead."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from ..models import WastePaymentMethod as Method
from .history import History, Row

METHODS = {Method.CASH: 70, Method.TRANSFER: 12, Method.QRIS: 18}
AHEAD_MONTHS = 3


class Manner(enum.Enum):
    """How somebody pays."""

    PROMPT = "in time"
    LATE = "some weeks after it is due"
    PARTLY = "in two parts"
    SELDOM = "most months not at all"
    AHEAD = "for three months at once"


MANNERS = {Manner.PROMPT: 67, Manner.LATE: 14, Manner.PARTLY: 7, Manner.SELDOM: 5, Manner.AHEAD: 7}


@dataclass(frozen=True)
class Payer:
    """Who pays for a point; `saves`: he has an account at the bank, and pays from it when he likes."""

    number: int
    manner: Manner
    saves: bool

    def method(self, rng: Random) -> Method:
        if self.saves and rng.random() < 0.35:
            return Method.BANK_SAMPAH_BALANCE
        return rng.choices(list(METHODS), list(METHODS.values()))[0]

    def pays(self, rng: Random, invoice: Row, history: History) -> Iterator[tuple[datetime, int]]:
        """When, and how much of an invoice at a time."""

        def on(after: int) -> datetime:
            clock = time(rng.randrange(8, 15), rng.randrange(60), rng.randrange(60))
            return history.moment(invoice["issued_on"] + timedelta(days=after), clock)

        amount = invoice["amount"]
        if self.manner is Manner.PROMPT:
            yield on(rng.randint(1, 19)), amount
        elif self.manner is Manner.LATE:
            yield on(rng.randint(25, 45)), amount
        elif self.manner is Manner.PARTLY:
            half = amount // 2000 * 1000
            yield on(rng.randint(2, 15)), half
            if rng.random() < 0.8:
                yield on(rng.randint(22, 40)), amount - half
        elif self.manner is Manner.AHEAD:
            yield on(rng.randint(1, 10)), AHEAD_MONTHS * amount
        elif rng.random() < 0.3:
            yield on(rng.randint(20, 60)), amount


def payer_of(history: History, number: int, *, saves: bool) -> Payer:
    """The first household of the register pays late: the demo's resident always has something to pay."""
    rng = history.chance("payer", number)
    drawn = rng.choices(list(MANNERS), list(MANNERS.values()))[0]
    return Payer(number, Manner.LATE if number == 0 else drawn, saves and drawn is not Manner.AHEAD)
