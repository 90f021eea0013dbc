"""Batches of the demo: what is sorted on Saturdays, what becomes compost in six weeks, what each loses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from ..models import Batch, WasteBatchKind, WasteBatchState
from ..models import WasteStockReason as Why
from .history import History, Row
from .stock import Stock
from .timeline import Deed
from .weighings import rounded

CURES = timedelta(days=42)
"""Compost ripens so long."""
SORTED = {
    "PET": 0.18, "HDPE": 0.08, "LDPE": 0.16, "PP": 0.07, "HVS": 0.06, "KALENG": 0.05, "ALUMINIUM": 0.01,
    "BESI": 0.04, "KACA": 0.1,
}  # fmt: skip
"""Shares of what is not residue; the rest is cardboard."""
REST = "KARDUS"
OPENS, FEEDS, CLOSES, SORTS, RIPE = time(13, 0), time(13, 10), time(13, 20), time(13, 40), time(14, 20)
MONDAY, THURSDAY, SATURDAY = 0, 3, 5


class Batches:
    """The batches that are not finished, and new ones."""

    def __init__(self, history: History, stock: Stock) -> None:
        self.history, self.stock = history, stock
        self._open: list[Row] = []

    async def load(self) -> None:
        unfinished = await self.history.known(Batch, Batch.state != WasteBatchState.FINISHED)
        self._open = [row for row in unfinished if row["label"][:2] in ("K-", "P-")]

    def deeds(self, day: date) -> list[Deed]:
        at = partial(self.history.moment, day)
        made = [
            Deed(at(RIPE), partial(self._ripe, batch))
            for batch in self._open
            if batch["kind"] is WasteBatchKind.COMPOST and batch["started_on"] + CURES == day
        ]
        if day.weekday() == MONDAY:
            made.append(Deed(at(OPENS), self._open_compost))
        if day.weekday() in (MONDAY, THURSDAY):
            made.append(Deed(at(FEEDS), self._feed))
        if day.weekday() == SATURDAY:
            made += [Deed(at(CLOSES), self._cure), Deed(at(SORTS), self._sort)]
        return made

    def _begin(self, kind: WasteBatchKind, letter: str, at: datetime) -> Row:
        day = self.history.day_of(at)
        year, week, _ = day.isocalendar()
        return self.history.add(
            Batch, facility_id=self.stock.facility["id"], label=f"{letter}-{year}-{week:02d}", kind=kind,
            state=WasteBatchState.OPEN, started_on=day, input=0, output=0, loss=0,
        )  # fmt: skip

    def _open_compost(self, at: datetime) -> None:
        self._open.append(self._begin(WasteBatchKind.COMPOST, "K", at))

    def _feed(self, at: datetime) -> None:
        """What is there of the organic stream goes into the batch of the week."""
        for batch in self._open:
            if batch["kind"] is WasteBatchKind.COMPOST and batch["state"] is WasteBatchState.OPEN:
                self._take(batch, "ORGANIK", at)

    def _take(self, batch: Row, label: str, at: datetime) -> None:
        grams = self.stock.held(label)
        if grams:
            self.stock.move(label, -grams, Why.OUT, at, batch_id=batch["id"])
            self.history.change(batch, input=batch["input"] + grams)

    def _cure(self, at: datetime) -> None:
        for batch in self._open:
            if batch["kind"] is WasteBatchKind.COMPOST and batch["state"] is WasteBatchState.OPEN:
                self.history.change(batch, state=WasteBatchState.CURING)

    def _ripe(self, batch: Row, at: datetime) -> None:
        rng = self.history.chance("ripe", self.history.day_of(at))
        self._finish(batch, compost_of(rng, batch["input"]), at)
        self._open.remove(batch)

    def _sort(self, at: datetime) -> None:
        if not self.stock.held("ANORGANIK"):
            return
        day = self.history.day_of(at)
        batch = self._begin(WasteBatchKind.SORT, "P", at)
        self._take(batch, "ANORGANIK", at)
        self._finish(batch, sorted_from(self.history.chance("sort", day), batch["input"]), at)

    def _finish(self, batch: Row, outputs: dict[str, int], at: datetime) -> None:
        """What is missing between input and outputs is the loss of the process, written down as such."""
        for label, grams in outputs.items():
            if grams:
                self.stock.move(label, grams, Why.IN, at, batch_id=batch["id"])
        output = sum(outputs.values())
        self.history.change(
            batch, output=output, loss=batch["input"] - output, state=WasteBatchState.FINISHED,
            finished_at=at, finished_on=self.history.day_of(at),
        )  # fmt: skip


def sorted_from(rng: Random, grams: int) -> dict[str, int]:
    """What a heap of mixed things to be used again is sorted into; a little is lost as water and dust."""
    if not grams:
        return {}
    residue = round(grams * rng.uniform(0.08, 0.15))
    useful = grams - residue - round(grams * rng.uniform(0.01, 0.02))
    made = {code: round(useful * share * rng.uniform(0.9, 1.1)) for code, share in SORTED.items()}
    return {**made, REST: useful - sum(made.values()), "RESIDU": residue}


def compost_of(rng: Random, grams: int) -> dict[str, int]:
    """What is left of organic waste after six weeks: the rest went into the air and the ground."""
    if not grams:
        return {}
    return {
        "KOMPOS": min(grams, rounded(grams * rng.uniform(0.28, 0.36))),
        "RESIDU": round(grams * rng.uniform(0.01, 0.03)),
    }
