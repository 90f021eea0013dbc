"""What lies at a facility, how it moves, is processed and leaves, as clients see it."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from wantilan import Connection, Grams, GramsChange, Rupiah, column, connection, entity, many, one, within

from ..models import (
    Batch,
    Lot,
    Sale,
    SaleLine,
    StockMovement,
    Trip,
    WasteBatchKind,
    WasteBatchState,
    WasteMeasure,
    WasteRecipient,
    WasteStockReason,
    WasteStream,
    WasteTripKind,
)
from ..permissions import STOCK_READ
from .categories import WasteCategory
from .facilities import WasteFacility
from .intakes import WasteIntake


@entity(
    Lot,
    read=[within(STOCK_READ)],
    order=[Lot.label, Lot.stock],
    filter=[Lot.facility_id, Lot.stream, Lot.label, Lot.stock],
)
class WasteLot:
    """A heap of one stream at a facility: of one category, or still mixed."""

    label: str
    """Its label, unique in the facility: the category's code, the stream's name while it is mixed, or its
    own.
    """
    stream: WasteStream
    """The stream of what lies in it."""
    stock: Grams
    """How much lies in it now; never below 0."""
    opened_on: date
    """The day it was begun."""
    category: WasteCategory | None = one()
    """What lies in it; null for what is still mixed."""
    facility_id: strawberry.ID = column(Lot.facility_id)
    """The facility where it lies, by its id."""
    facility: WasteFacility | None = one()
    """Where it lies."""
    movements: Connection[WasteStockMovement] | None = connection()
    """All that was put in and taken out, as it was recorded."""


@entity(
    StockMovement,
    read=[within(STOCK_READ)],
    order=[StockMovement.happened_at],
    filter=[
        StockMovement.reason,
        StockMovement.stream,
        StockMovement.business_date,
        StockMovement.happened_at,
    ],
)
class WasteStockMovement:
    """One change of a lot's stock. It is never changed; what was wrong is put right by another one."""

    number: int
    """Which movement of its lot it is, from 1."""
    delta: GramsChange
    """By how much the stock changed; below 0 for what left."""
    stock_after: Grams
    """What lay in the lot then."""
    stream: WasteStream
    """The stream of the lot."""
    reason: WasteStockReason
    """Why."""
    method: WasteMeasure
    """How the mass became known."""
    happened_at: datetime
    """When it happened."""
    business_date: date
    """The day of it in the village's time zone."""
    note: str | None
    """The reason, in words, of what was lost or counted."""
    lot: WasteLot | None = one()
    """The lot."""
    batch: WasteBatch | None = one()
    """The batch that it went into or came out of."""
    intake: WasteIntake | None = one()
    """The intake that brought it; null for those who may not see it."""
    sale_line: WasteSaleLine | None = one()
    """The line of the sale by which it left."""
    trip: WasteTrip | None = one()
    """The trip by which it left."""


@entity(
    Batch,
    read=[within(STOCK_READ)],
    order=[Batch.started_on],
    filter=[Batch.kind, Batch.state, Batch.started_on],
)
class WasteBatch:
    """Waste that is sorted or processed together. Finished, input = output + loss."""

    label: str
    """Its label, unique in the facility."""
    kind: WasteBatchKind
    """What is done."""
    state: WasteBatchState
    """How far it is."""
    started_on: date
    """The day it was begun."""
    finished_on: date | None
    """The day it was finished."""
    finished_at: datetime | None
    """When it was finished."""
    input: Grams
    """How much went in."""
    output: Grams
    """How much came out; 0 until it is finished."""
    loss: Grams
    """How much was lost: water, gas, spillage; 0 until it is finished."""
    note: str | None
    """A remark."""
    facility: WasteFacility | None = one()
    """Where it is done."""
    movements: Connection[WasteStockMovement] | None = connection()
    """What went in (reason OUT: out of a lot) and what came out (reason IN: into a lot)."""


@entity(
    Sale,
    read=[within(STOCK_READ)],
    order=[Sale.business_date],
    filter=[Sale.business_date],
)
class WasteSale:
    """What a buyer took, and what he pays for it."""

    receipt_no: str
    """The number of its receipt."""
    buyer: str
    """Who bought it."""
    sold_at: datetime
    """When it was sold."""
    business_date: date
    """The day of it in the village's time zone."""
    paid_on: date | None
    """The day it was paid; null while it is not."""
    mass: Grams
    """The mass of its lines together."""
    value: Rupiah
    """The value of its lines together."""
    lines: list[WasteSaleLine] | None = many(order=SaleLine.id)
    """What was sold."""
    facility: WasteFacility | None = one()
    """Where it was sold."""


@entity(SaleLine, read=[within(STOCK_READ)])
class WasteSaleLine:
    """What was sold out of one lot."""

    stream: WasteStream
    """The stream of it."""
    mass: Grams
    """How much."""
    method: WasteMeasure
    """How the mass became known."""
    price_per_kg: Rupiah
    """The price of a kilogram."""
    value: Rupiah
    """floor(mass x price per kilogram / 1000)."""
    category: WasteCategory | None = one()
    """What it is; null for what was sold mixed."""
    lot: WasteLot | None = one()
    """The lot that it came from."""
    sale: WasteSale | None = one()
    """The sale."""


@entity(
    Trip,
    read=[within(STOCK_READ)],
    order=[Trip.business_date],
    filter=[Trip.kind, Trip.business_date],
)
class WasteTrip:
    """What left a facility without being sold."""

    kind: WasteTripKind
    """What kind of trip it was."""
    stream: WasteStream
    """The stream of the load."""
    destination: str
    """Where it went."""
    recipient: WasteRecipient | None
    """Who took over hazardous waste."""
    licence_no: str | None
    """The licence of who took it over."""
    vehicle: str | None
    """The number plate of the vehicle."""
    ticket_no: str | None
    """The number of the landfill's ticket."""
    mass: Grams
    """How much."""
    method: WasteMeasure
    """How the mass became known."""
    left_at: datetime
    """When it left."""
    business_date: date
    """The day of it in the village's time zone."""
    lot: WasteLot | None = one()
    """The lot that it came from."""
    facility: WasteFacility | None = one()
    """Where it left from."""


TYPES = (WasteLot, WasteStockMovement, WasteBatch, WasteSale, WasteSaleLine, WasteTrip)
