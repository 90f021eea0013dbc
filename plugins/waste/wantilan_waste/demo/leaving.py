"""What leaves the demo's facility: sales, trips, and what a count of the stock shows. Buyers are invented."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

from ..models import Sale, SaleLine, Trip, WasteMeasure, WasteRecipient, WasteTripKind
from ..models import WasteStockReason as Why
from .categories import KINDS, Categories
from .history import History, Row
from .stock import Stock
from .timeline import Deed

BUYERS = ("CV Contoh Daur Ulang", "UD Rongsok Contoh", "Pengepul Contoh")
GARDEN = "Kelompok Tani Contoh"
LANDFILL = "TPA Mandung"
REGENCY = "DLH Kabupaten Tabanan"
LORRY = "Truk sampah desa"
B3 = WasteTripKind.B3_HANDOVER
RECEIPT = "JL"
"""Numbers of the receipts of sales begin so."""
WORTH_A_SALE = 5_000
"""Grams: less of a category waits for the next buyer."""
MARGIN = 1.3
"""What buyers pay against what the bank pays."""
COMPOST_PRICE = 1_000
PAYS_AFTER = timedelta(days=7)

WEDNESDAY, SATURDAY = 2, 5
SELLS, COMPOST_SELLS, IS_PAID, LEAVES, COUNTS = (
    time(11, 0),
    time(11, 10),
    time(11, 20),
    time(14, 0),
    time(14, 40),
)
SELLS_COMPOST_ON, GIVES_COMPOST_ON = 5, 15
"""Days of the month."""
HANDS_OVER_IN = (1, 4, 7, 10)
"""Months in which hazardous waste is handed over, on their second day."""
COUNTED = ((6, 30), (12, 31))


class Leaving:
    """Sales that are not paid yet, and everything that leaves from now on."""

    def __init__(self, history: History, stock: Stock, categories: Categories) -> None:
        self.history, self.stock, self.categories = history, stock, categories
        self._unpaid: list[Row] = []

    async def load(self) -> None:
        unpaid = await self.history.known(Sale, Sale.paid_on.is_(None))
        self._unpaid = [row for row in unpaid if row["recorded_by"] is None]

    def deeds(self, day: date) -> list[Deed]:
        at = partial(self.history.moment, day)
        made = [
            Deed(at(IS_PAID), partial(self._pay, sale))
            for sale in self._unpaid
            if sale["business_date"] + PAYS_AFTER == day
        ]
        if day.weekday() == WEDNESDAY and day.isocalendar().week % 2 == 0:
            made.append(Deed(at(SELLS), self._sell))
        if day.weekday() == SATURDAY:
            made.append(Deed(at(LEAVES), self._residue))
        if day.day == SELLS_COMPOST_ON:
            made.append(Deed(at(COMPOST_SELLS), self._sell_compost))
        if day.day == GIVES_COMPOST_ON:
            made.append(Deed(at(LEAVES), self._give_compost))
        if day.month in HANDS_OVER_IN and day.day == 2:
            made.append(Deed(at(LEAVES), self._hand_over))
        if (day.month, day.day) in COUNTED:
            made.append(Deed(at(COUNTS), self._count))
        return made

    def _sell(self, at: datetime) -> None:
        rng = self.history.chance("sale", self.history.day_of(at))
        wanted = {
            kind.code: (
                self.stock.held(kind.code),
                round(self.categories.price(kind.code) * MARGIN / 10) * 10,
            )
            for kind in KINDS
            if self.stock.held(kind.code) >= WORTH_A_SALE and self.categories.price(kind.code)
        }
        self._write_sale(rng.choice(BUYERS), wanted, at, paid=rng.random() < 0.5)

    def _sell_compost(self, at: datetime) -> None:
        half = self.stock.held("KOMPOS") // 2
        if half >= WORTH_A_SALE:
            self._write_sale(GARDEN, {"KOMPOS": (half, COMPOST_PRICE)}, at, paid=True)

    def _write_sale(
        self, buyer: str, wanted: dict[str, tuple[int, int]], at: datetime, *, paid: bool
    ) -> None:
        """A sale of so many grams of each category at so much for a kilogram."""
        if not wanted:
            return
        day = self.history.day_of(at)
        sale = self.history.add(
            Sale, facility_id=self.stock.facility["id"], buyer=buyer,
            receipt_no=self.history.number(RECEIPT, day), sold_at=at, business_date=day,
            paid_on=day if paid else None, mass=sum(grams for grams, _ in wanted.values()),
            value=sum(worth(grams, price) for grams, price in wanted.values()),
        )  # fmt: skip
        for code, (grams, price) in wanted.items():
            line = self.history.add(
                SaleLine, sale_id=sale["id"], facility_id=sale["facility_id"], business_date=day,
                stream=self.categories.by_code[code]["stream"], method=WasteMeasure.WEIGHED,
                lot_id=self.stock.lot(code, at)["id"], category_id=self.categories.by_code[code]["id"],
                mass=grams, price_per_kg=price, value=worth(grams, price),
            )  # fmt: skip
            self.stock.move(code, -grams, Why.SALE, at, sale_line_id=line["id"])
        if not paid:
            self._unpaid.append(sale)

    def _pay(self, sale: Row, at: datetime) -> None:
        self.history.change(sale, paid_on=self.history.day_of(at))
        self._unpaid.remove(sale)

    def _residue(self, at: datetime) -> None:
        ticket = f"TPA-{self.history.day_of(at):%y%m%d}"
        grams = self.stock.held("RESIDU")
        self._trip(WasteTripKind.RESIDUE, "RESIDU", grams, LANDFILL, at, ticket)

    def _hand_over(self, at: datetime) -> None:
        self._trip(B3, "B3", self.stock.held("B3"), REGENCY, at)

    def _give_compost(self, at: datetime) -> None:
        self._trip(WasteTripKind.GIVEN, "KOMPOS", self.stock.held("KOMPOS") // 5, "Kebun warga", at)

    def _trip(
        self, kind: WasteTripKind, label: str, grams: int, to: str, at: datetime, ticket: str | None = None
    ) -> None:
        if not grams:
            return
        lot = self.stock.lot(label, at)
        trip = self.history.add(
            Trip, facility_id=lot["facility_id"], lot_id=lot["id"], kind=kind, stream=lot["stream"],
            destination=to, recipient=WasteRecipient.REGENCY if kind is B3 else None, vehicle=LORRY,
            ticket_no=ticket, mass=grams, method=WasteMeasure.WEIGHED, left_at=at,
            business_date=self.history.day_of(at),
        )  # fmt: skip
        reason = Why.RESIDUE if kind is WasteTripKind.RESIDUE else Why.HANDOVER
        self.stock.move(label, -grams, reason, at, trip_id=trip["id"])

    def _count(self, at: datetime) -> None:
        """Twice a year the heaps are weighed: some cardboard got wet, and the books are a little wrong."""
        wet, missing = self.stock.held("KARDUS") // 20, self.stock.held("LDPE") // 50
        if wet:
            self.stock.move("KARDUS", -wet, Why.LOSS, at, note="Basah kena hujan")
        if missing:
            self.stock.move("LDPE", -missing, Why.ADJUST, at, note="Selisih hitung stok")
        if self.stock.held("KACA"):
            self.stock.move("KACA", 700, Why.ADJUST, at, note="Selisih hitung stok")


def worth(grams: int, price_per_kg: int) -> int:
    return grams * price_per_kg // 1000
