"""The categories of the demo, and what the bank pays for them: invented prices, in rupiah for a kilogram."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from ..models import Category as CategoryTable
from ..models import PriceItem, Tariff
from ..models import WastePpClass as P
from ..models import WasteSipsnClass as C
from ..models import WasteStream as S
from .history import History, Row
from .timeline import Deed


@dataclass(frozen=True)
class Kind:
    """A category: its code (never the name of a stream: mixed waste has that), its names, its three axes, and
    what the bank pays at first (None: it takes none).
    """

    code: str
    name_id: str
    name_en: str
    stream: S
    sipsn: C
    pp: P
    parent: str | None = None
    price: int | None = None
    resin: int | None = None
    grams_per_litre: int | None = None


RECYCLED, DECAYS = P.DAPAT_DIDAUR_ULANG, P.MUDAH_TERURAI

KINDS = (
    Kind("TERURAI", "Mudah terurai", "Decays easily", S.ORGANIK, C.SISA_MAKANAN, DECAYS, grams_per_litre=250),
    Kind("SISA_DAPUR", "Sisa dapur", "Kitchen waste", S.ORGANIK, C.SISA_MAKANAN, DECAYS, "TERURAI"),
    Kind("DAUN", "Daun dan ranting", "Leaves and twigs", S.ORGANIK, C.KAYU_RANTING, DECAYS, "TERURAI"),
    Kind("UPAKARA", "Sisa upakara", "Left by ceremonies", S.ORGANIK, C.KAYU_RANTING, DECAYS, "TERURAI"),
    Kind("KOMPOS", "Kompos", "Compost", S.ORGANIK, C.LAINNYA, DECAYS),
    Kind("PLASTIK", "Plastik", "Plastic", S.ANORGANIK, C.PLASTIK, RECYCLED),
    Kind("PET", "Botol plastik", "PET bottles", S.ANORGANIK, C.PLASTIK, RECYCLED, "PLASTIK", 3000, 1),
    Kind("HDPE", "Jeriken, tutup", "HDPE", S.ANORGANIK, C.PLASTIK, RECYCLED, "PLASTIK", 2600, 2),
    Kind("LDPE", "Kantong plastik", "Plastic film", S.ANORGANIK, C.PLASTIK, RECYCLED, "PLASTIK", 700, 4),
    Kind("PP", "Gelas plastik", "PP cups", S.ANORGANIK, C.PLASTIK, RECYCLED, "PLASTIK", 2200, 5),
    Kind("KERTAS", "Kertas", "Paper", S.ANORGANIK, C.KERTAS_KARTON, RECYCLED),
    Kind("KARDUS", "Kardus", "Cardboard", S.ANORGANIK, C.KERTAS_KARTON, RECYCLED, "KERTAS", 1500),
    Kind("HVS", "Kertas putih", "White paper", S.ANORGANIK, C.KERTAS_KARTON, RECYCLED, "KERTAS", 1800),
    Kind("LOGAM", "Logam", "Metal", S.ANORGANIK, C.LOGAM, RECYCLED),
    Kind("KALENG", "Kaleng", "Tin cans", S.ANORGANIK, C.LOGAM, RECYCLED, "LOGAM", 1600),
    Kind("ALUMINIUM", "Aluminium", "Aluminium", S.ANORGANIK, C.LOGAM, RECYCLED, "LOGAM", 11_000),
    Kind("BESI", "Besi", "Iron", S.ANORGANIK, C.LOGAM, RECYCLED, "LOGAM", 3500),
    Kind("KACA", "Botol kaca", "Glass bottles", S.ANORGANIK, C.KACA, P.DAPAT_DIGUNAKAN_KEMBALI, None, 300),
    Kind("KAIN", "Kain", "Cloth", S.RESIDU, C.KAIN, P.LAINNYA),
    Kind("KARET", "Karet dan kulit", "Rubber and leather", S.RESIDU, C.KARET_KULIT, P.LAINNYA),
    Kind("POPOK", "Popok, pembalut", "Nappies", S.RESIDU, C.LAINNYA, P.LAINNYA),
    Kind("BATERAI", "Baterai dan lampu", "Batteries and lamps", S.B3, C.LAINNYA, P.B3),
)

PRICES_MOVE = ((1, 15), (7, 15))
"""Month and day on which the market moves the prices."""
PRICES_AT = time(8, 0)


class Categories:
    """The categories by their codes, and the price of each."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.by_code: dict[str, Row] = {}
        self._prices: dict[str, int] = {}

    async def load(self, since: date) -> None:
        self.by_code = {row["code"]: row for row in await self.history.known(CategoryTable)}
        if not self.by_code:
            self._found(since)
        code_of = {row["id"]: code for code, row in self.by_code.items()}
        prices = sorted(await self.history.known(PriceItem), key=lambda row: row["effective_from"])
        for row in prices:
            if row["effective_from"] <= self.history.unit.now:
                self._prices[code_of[row["category_id"]]] = row["price_per_kg"]

    def _found(self, since: date) -> None:
        begun = self.history.moment(since, time(0, 0))
        for kind in KINDS:
            made = self.history.add(
                CategoryTable, code=kind.code, name_id=kind.name_id, name_en=kind.name_en, stream=kind.stream,
                sipsn_class=kind.sipsn, pp_class=kind.pp, resin=kind.resin,
                grams_per_litre=kind.grams_per_litre,
                parent_id=self.by_code[kind.parent]["id"] if kind.parent else None,
                accepted_by_bank=kind.price is not None, active=True,
            )  # fmt: skip
            self.by_code[kind.code] = made
            if kind.price is not None:
                self.history.add(Tariff, category_id=made["id"])
                self._set_price(kind.code, kind.price, begun)

    def banked(self) -> list[str]:
        """The codes for which the bank pays; what somebody else added is his."""
        return [kind.code for kind in KINDS if kind.code in self._prices]

    def price(self, code: str) -> int:
        return self._prices.get(code, 0)

    def deeds(self, day: date) -> list[Deed]:
        if (day.month, day.day) not in PRICES_MOVE:
            return []
        return [Deed(self.history.moment(day, PRICES_AT), self._move_prices)]

    def _move_prices(self, at: datetime) -> None:
        """Up or down by a tenth, in steps of 50 rupiah."""
        rng = self.history.chance("prices", self.history.day_of(at))
        for code in self.banked():
            moved = max(50, round(self._prices[code] * rng.uniform(0.9, 1.1) / 50) * 50)
            if moved != self._prices[code]:
                self._set_price(code, moved, at)

    def _set_price(self, code: str, rupiah: int, at: datetime) -> None:
        self._prices[code] = rupiah
        self.history.add(
            PriceItem,
            category_id=self.by_code[code]["id"],
            price_per_kg=rupiah,
            effective_from=at,
            set_by=None,
        )
