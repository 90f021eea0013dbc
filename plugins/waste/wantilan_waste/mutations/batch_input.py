"""What the changes of a batch take and answer."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from wantilan import Grams, Notice, Village, input, payload

from ..models import WasteBatchKind, WasteMeasure, WasteStream
from ..types.facilities import WasteFacility
from ..types.stock import WasteBatch


@input
class WasteOpenBatchInput:
    """A batch that is begun."""

    facility_id: strawberry.ID
    """Where it is done."""
    kind: WasteBatchKind
    """What is done."""
    label: str | None = None
    """Its label, unique in the facility, at most 40 characters; a number of its kind, if left out."""
    started_on: date | None = None
    """The day it was begun; today, if left out."""
    note: str | None = None
    """A remark, at most 500 characters."""


@payload
class WasteOpenBatchPayload:
    """The batch."""

    batch: WasteBatch | None
    """The batch; null for those who may record but not read."""
    facility: WasteFacility
    """Where it is done."""


@input
class WasteBatchIngredientInput:
    """What goes into a batch out of one lot."""

    lot_id: strawberry.ID
    """The lot, at the batch's facility."""
    mass: Grams
    """How much."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How the mass became known."""


@input
class WasteAddBatchInputInput:
    """What goes into a batch."""

    batch_id: strawberry.ID
    """The batch."""
    ingredients: list[WasteBatchIngredientInput]
    """Out of which lots, 1 to 50 lines. Hazardous waste may be sorted, and never composted nor anything else;
    only organic waste is composted or fed to larvae.
    """
    happened_at: datetime | None = None
    """When it went in; now, if left out."""


@payload
class WasteAddBatchInputPayload:
    """The batch as it is now."""

    batch: WasteBatch | None
    """The batch; null for those who may record but not read."""


@input
class WasteCureBatchInput:
    """Which batch."""

    batch_id: strawberry.ID
    """The batch."""


@payload
class WasteCureBatchPayload:
    """The batch as it is now."""

    batch: WasteBatch | None
    """The batch; null for those who may record but not read."""


@input
class WasteBatchOutputInput:
    """What came out of a batch, and the lot that it is put into: that of its category, that of what is still
    mixed of its stream, or one with a label of its own.
    """

    mass: Grams
    """How much."""
    category_id: strawberry.ID | None = None
    """What it is. Give either this or `stream`."""
    stream: WasteStream | None = None
    """The stream of what is still mixed."""
    label: str | None = None
    """The label of a lot of its own, at most 40 characters."""
    method: WasteMeasure = WasteMeasure.WEIGHED
    """How the mass became known."""


@input
class WasteFinishBatchInput:
    """What came of a batch."""

    batch_id: strawberry.ID
    """The batch."""
    outputs: list[WasteBatchOutputInput]
    """What came out, at most 50 lines. What is missing to what went in is the loss."""
    finished_at: datetime | None = None
    """When; now, if left out."""


@payload
class WasteFinishBatchPayload:
    """What came of the batch."""

    batch: WasteBatch | None
    """The batch; null for those who may record but not read."""
    facility: WasteFacility
    """Where it was done."""
    village: Village
    """The village, for reading its stock again."""
    warnings: list[Notice]
    """What deserves a second look: a sorting that lost more than the village expects."""
