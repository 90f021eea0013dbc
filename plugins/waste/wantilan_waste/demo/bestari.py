"""The year of a village whose waste goes from the house to the TPS3R: all parts of the demo, put together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from wantilan import tables

from ..planning import hold_routes, renew
from .bank import Bank
from .batches import Batches
from .categories import Categories
from .complaints import Complaints
from .fees import Fees
from .history import History, Row
from .leaving import Leaving
from .points import JOINS_AT, Points, joins_on
from .reports import report_months
from .routes import Routes
from .runs import Runs
from .stock import Stock
from .timeline import DAY, YEAR, Deed, due
from .weighings import Weighing, weighings
from .withdrawals import Withdrawals

EVERY_HOME = 5
"""One household in so many brings something itself now and then."""


async def live(history: History, facility: Row) -> None:
    """Everything that happened since the last start; where there is none yet, since the year began.

    Points, routes, prices and accounts are made where there are none, also beside weighings that are there.
    """
    last = history.last
    since = history.day_of(last) if last is not None else history.unit.today - YEAR + DAY
    village = Village(history, facility, await _people(history))
    await village.load(since)
    for at, deed in due(village.deeds, last, history.unit.now, history.zone):
        deed.do(at)
    await history.write()
    await renew(history.unit, await hold_routes(history.unit))
    await report_months(history)


async def _people(history: History) -> int:
    here = tables.Resident.village_id == history.unit.village.id
    return await history.unit.session.scalar(sa.select(sa.func.count()).where(here)) or 0


class Village:
    """The parts, each of which says what it has to do on a day."""

    def __init__(self, history: History, facility: Row, people: int) -> None:
        self.history, self.people = history, people
        self.categories = Categories(history)
        self.points = Points(history)
        self.stock = Stock(history, facility, self.categories)
        self.bank = Bank(history, self.stock, self.points, self.categories)
        self.fees = Fees(history, self.points, self.bank)
        self.routes = Routes(history, self.points)
        self.runs = Runs(history, self.stock, self.points, self.routes, people)
        self.batches = Batches(history, self.stock)
        self.leaving = Leaving(history, self.stock, self.categories)
        self.withdrawals = Withdrawals(history, self.bank)
        self.complaints = Complaints(history, self.points)

    async def load(self, since: date) -> None:
        """What is there, as far as it is not over. Points come before what stands on them."""
        for part in (
            self.categories,
            self.points,
            self.routes,
            self.bank,
            self.fees,
            self.runs,
            self.complaints,
        ):
            await part.load(since)
        for own in (self.stock, self.batches, self.leaving, self.withdrawals):
            await own.load()

    def deeds(self, day: date) -> Iterator[Deed]:
        for part in (
            self.categories, self.points, self.routes, self.runs, self.fees, self.batches, self.leaving,
            self.bank, self.withdrawals, self.complaints,
        ):  # fmt: skip
            yield from part.deeds(day)
        homes = [home.id for home in self.points.homes[::EVERY_HOME]]
        for one in weighings(self.history.code, day, self.people, len(homes)):
            household = homes[one.household] if one.household is not None else None
            yield Deed(self.history.moment(day, one.at), partial(self._weigh, one, household), weighs=True)
        if joins_on(day):
            yield Deed(self.history.moment(day, JOINS_AT), self._join)

    def _weigh(self, weighing: Weighing, household: UUID | None, at: datetime) -> None:
        self.stock.take_in(weighing, at, household=household)

    def _join(self, at: datetime) -> None:
        """One more household is served, pays, and is a stop of its hamlet's route."""
        day = self.history.day_of(at)
        point = self.points.join(day)
        if point is not None:
            self.fees.subscribe(point, day)
            self.routes.take_along(point)
            self.runs.take_along(point, day)
