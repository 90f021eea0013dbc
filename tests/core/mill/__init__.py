"""Rice mills, for tests of figures over a period: deliveries with a rollup, stock without one."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from wantilan import (
    Grams,
    GramsChange,
    Permission,
    PlaceKind,
    Program,
    Region,
    Role,
    Row,
    Text,
    Village,
    VillageTable,
    aggregate,
    count,
    count_of,
    derived,
    door,
    entity,
    figures,
    first_day,
    hookimpl,
    last_day,
    many,
    own_village,
    period,
    reference,
    rollup,
    sum_of,
    summary,
    tables,
    total,
    within,
)

TITLE = Text("Penggilingan", "Mills")
READ, TOTALS = "mill.read", "mill.totals"


class MillGrade(enum.Enum):
    """How good the rice is."""

    PREMIUM = "premium"
    """The best."""
    MEDIUM = "medium"
    """The rest."""


class Mill(VillageTable):
    __tablename__ = "mill_mill"

    name: Mapped[str]


class Delivery(VillageTable):
    __tablename__ = "mill_delivery"
    __table_args__ = (
        sa.Index(None, "village_id", "mill_id", "day"),
        sa.Index(None, "village_id", "day"),
        sa.Index(None, "village_id", "weighed_at"),
    )

    mill_id: Mapped[UUID] = reference(Mill)
    household_id: Mapped[UUID | None] = reference(tables.Household)
    day: Mapped[date]
    weighed_at: Mapped[datetime]
    grade: Mapped[MillGrade]
    grams: Mapped[Grams]


class Movement(VillageTable):
    __tablename__ = "mill_movement"
    __table_args__ = (sa.Index(None, "village_id", "mill_id", "day"), sa.Index(None, "village_id", "day"))

    mill_id: Mapped[UUID] = reference(Mill)
    day: Mapped[date]
    delta: Mapped[GramsChange]


MODELS = (Mill, Delivery, Movement)
ROLLUPS = (
    rollup("mill_delivery_total", Delivery, day=Delivery.day, by=[Delivery.grade], sums=[Delivery.grams]),
)


def shares(rows: list[Row]) -> list[float | None]:
    """The part that is premium; nothing of nothing is none."""
    return [row["premium"] / row["delivered"] if row["delivered"] else None for row in rows]


def lengths(rows: list[Row]) -> list[int]:
    return [(row["ends"] - row["begins"]).days + 1 for row in rows]


@summary(Delivery, read=[within(READ), within(TOTALS)])
class MillByGrade:
    """The rice of one grade."""

    grade: MillGrade
    """The grade."""
    grams: Grams = total(Delivery.grams)
    """How much."""
    deliveries: int = count()
    """How many deliveries."""


@figures(read=[within(TOTALS), own_village()])
class MillFigures:
    """Rice of a village or a region in a period."""

    begins: date = first_day()
    """The first day."""
    ends: date = last_day()
    """The last day."""
    delivered: Grams = sum_of(Delivery.grams, day=Delivery.day)
    """What was delivered."""
    premium: Grams = sum_of(Delivery.grams, day=Delivery.day, where=lambda t: t.c.grade == MillGrade.PREMIUM)
    """The best of it."""
    big: int = count_of(Delivery, day=Delivery.day, where=lambda t: t.c.grams > 1000)
    """Deliveries of more than a kilogram, which no rollup tells."""
    deliveries: int = count_of(Delivery, day=Delivery.day)
    """How many deliveries."""
    weighed: int = count_of(Delivery, day=Delivery.weighed_at)
    """The same, by the instant."""
    weighed_earlier: int = count_of(Delivery, before=Delivery.weighed_at)
    """How many were weighed before the period."""
    ever: int = count_of(Delivery)
    """How many there are at all."""
    earlier: int = count_of(Delivery, before=Delivery.day)
    """How many came before the period."""
    so_far: Grams = sum_of(Delivery.grams, until=Delivery.day)
    """What was delivered up to its last day."""
    households: int = count_of(Delivery, distinct=Delivery.household_id, day=Delivery.day)
    """How many households delivered."""
    all_households: int = count_of(
        tables.Household, as_of=(tables.Household.registered_on, tables.Household.closed_on)
    )
    """How many households there are on the last day."""
    opening: GramsChange = sum_of(Movement.delta, before=Movement.day)
    """The stock on the morning of the first day."""
    closing: GramsChange = sum_of(Movement.delta, until=Movement.day)
    """The stock on the evening of the last day."""
    by_grade: list[MillByGrade] | None = aggregate(between=Delivery.day)
    """By grade."""
    share: float | None = derived(shares, needs=["premium", "delivered"])
    """The part that is premium; null where nothing was delivered."""
    days: int = derived(lengths, needs=["begins", "ends"])
    """How many days the period has."""


@figures(read=[within(TOTALS)])
class MillOwnFigures:
    """Rice of one mill in a period."""

    delivered: Grams = sum_of(Delivery.grams, day=Delivery.day)
    """What was delivered."""
    premium: Grams = sum_of(Delivery.grams, day=Delivery.day, where=lambda t: t.c.grade == MillGrade.PREMIUM)
    """The best of it."""
    closing: GramsChange = sum_of(Movement.delta, until=Movement.day)
    """The stock on the evening of the last day."""
    by_grade: list[MillByGrade] | None = aggregate(between=Delivery.day)
    """By grade."""
    share: float | None = derived(shares, needs=["premium", "delivered"])
    """The part that is premium; null where nothing was delivered."""


@entity(Mill, read=[within(READ), within(TOTALS), own_village()])
class MillMill:
    """A mill."""

    name: str
    """Its name."""
    figures: MillOwnFigures | None = period()
    """Its figures."""


@door(Village)
class VillageMill:
    """The mills of a village."""

    mills: list[MillMill] | None = many(order=Mill.name)
    """All of them."""
    figures: MillFigures | None = period()
    """Its figures."""


@door(Region)
class RegionMill:
    """The mills of the villages of a region."""

    figures: MillFigures | None = period()
    """Their figures."""


TYPES = (MillByGrade, MillFigures, MillOwnFigures, MillMill, VillageMill, RegionMill)


class Mills:
    """The plugin."""

    @hookimpl
    def wantilan_program(self) -> Program:
        region = frozenset({PlaceKind.REGION})
        return Program(
            name="mill",
            title=TITLE,
            summary=TITLE,
            version="1.0",
            api=">=0.1,<0.2",
            models=MODELS,
            rollups=ROLLUPS,
            types=TYPES,
            permissions=(Permission(READ, TITLE), Permission(TOTALS, TITLE)),
            roles=(
                Role("mill_miller", TITLE, frozenset({READ}), region),
                Role("mill_accountant", TITLE, frozenset({TOTALS}), region),
            ),
            migrations="tests.core.mill.migrations",
        )
