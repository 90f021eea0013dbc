"""The stock of the demo's facility: every weighing goes into a lot, all that leaves comes out of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ..models import Intake, Lot, StockMovement, WasteMeasure, WasteStream
from ..models import WasteStockReason as Why
from .categories import Categories
from .history import History, Row
from .weighings import Weighing


class Stock:
    """The lots of one facility by their labels: the code of a category, or a stream that is still mixed."""

    def __init__(self, history: History, facility: Row, categories: Categories) -> None:
        self.history, self.facility, self.categories = history, facility, categories
        self._lots: dict[str, Row] = {}

    async def load(self) -> None:
        known = await self.history.known(Lot, Lot.facility_id == self.facility["id"])
        self._lots = {row["label"]: row for row in known}

    def lot(self, label: str, at: datetime) -> Row:
        found = self._lots.get(label)
        if found is None:
            category = self.categories.by_code.get(label) if label not in WasteStream.__members__ else None
            found = self._lots[label] = self.history.add(
                Lot,
                facility_id=self.facility["id"],
                label=label,
                stream=category["stream"] if category else WasteStream[label],
                category_id=category["id"] if category else None,
                stock=0,
                movements=0,
                opened_on=self.history.day_of(at),
            )
        return found

    def held(self, label: str) -> int:
        """How many grams are in a lot; nothing where there is none yet."""
        lot = self._lots.get(label)
        return int(lot["stock"]) if lot else 0

    def move(
        self,
        label: str,
        grams: int,
        reason: Why,
        at: datetime,
        by: WasteMeasure = WasteMeasure.WEIGHED,
        **cause: object,
    ) -> Row:
        """Change a lot by so many grams; below nothing for what leaves. `cause`: the ids it follows from."""
        lot = self.lot(label, at)
        after = lot["stock"] + grams
        assert after >= 0, f"{label} holds less"
        self.history.change(lot, stock=after, movements=lot["movements"] + 1)
        return self.history.add(
            StockMovement, lot_id=lot["id"], facility_id=lot["facility_id"], stream=lot["stream"],
            number=lot["movements"], delta=grams, stock_after=after, reason=reason, method=by, happened_at=at,
            business_date=self.history.day_of(at), **cause,
        )  # fmt: skip

    def take_in(
        self,
        weighing: Weighing,
        at: datetime,
        *,
        household: UUID | None = None,
        run: UUID | None = None,
        point: UUID | None = None,
        category: str | None = None,
    ) -> Row:
        """Write down a weighing, and put its mass into the lot of its category or stream."""
        made = self.history.add(
            Intake, facility_id=self.facility["id"], household_id=household, stream=weighing.stream,
            source_class=weighing.source, weighed_at=at, business_date=self.history.day_of(at), run_id=run,
            point_id=point, category_id=self.categories.by_code[category]["id"] if category else None,
            **weighing.measured(),
        )  # fmt: skip
        label = category or weighing.stream.name
        self.move(label, made["mass_grams"], Why.IN, at, weighing.by, intake_id=made["id"])
        return made
