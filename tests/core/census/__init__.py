"""A census for tests of rollups: what it groups by may be unknown, and one of its rollups knows no days."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from wantilan import (
    Grams,
    Permission,
    Program,
    Region,
    Text,
    Village,
    VillageTable,
    aggregate,
    count,
    door,
    hookimpl,
    own_village,
    reference,
    rollup,
    summary,
    tables,
    total,
    within,
)

TITLE = Text("Sensus", "Census")
READ = "census.read"


class CensusPerson(VillageTable):
    __tablename__ = "census_person"

    hamlet_id: Mapped[UUID | None] = reference(tables.Hamlet)
    sex: Mapped[str]
    education: Mapped[int | None]
    birth_year: Mapped[int]
    trade: Mapped[str | None]
    moved_in: Mapped[date]
    seen_on: Mapped[date | None]
    literate: Mapped[bool | None]
    rice_grams: Mapped[Grams]


ROLLUPS = (
    rollup(
        "census_person_total",
        CensusPerson,
        by=[CensusPerson.hamlet_id, CensusPerson.sex, CensusPerson.education, CensusPerson.birth_year],
    ),
    rollup(
        "census_rice_total",
        CensusPerson,
        day=CensusPerson.moved_in,
        by=[CensusPerson.trade, CensusPerson.seen_on, CensusPerson.literate],
        sums=[CensusPerson.rice_grams],
    ),
)


@summary(CensusPerson, read=[within(READ), own_village()])
class CensusSchooling:
    """Persons by sex and education."""

    sex: str
    """The sex."""
    education: int | None
    """The highest school; null where unknown."""
    persons: int = count()
    """How many."""


@summary(CensusPerson, read=[within(READ), own_village()])
class CensusRice:
    """Rice by trade."""

    trade: str | None
    """The trade; null where unknown."""
    seen_on: date | None
    """When they were seen; null for never."""
    literate: bool | None
    """Whether they read; null where unknown."""
    rice: Grams = total(CensusPerson.rice_grams)
    """How much."""
    persons: int = count()
    """How many persons."""


@door(Village)
class VillageCensus:
    """The census of a village."""

    schooling: list[CensusSchooling] | None = aggregate()
    """By sex and education."""
    rice: list[CensusRice] | None = aggregate(between=CensusPerson.moved_in)
    """By trade, of those who moved in between two days."""
    all_rice: list[CensusRice] | None = aggregate()
    """By trade, whenever they moved in."""


@door(Region)
class RegionCensus:
    """The census of the villages of a region."""

    schooling: list[CensusSchooling] | None = aggregate()
    """By sex and education."""


class Census:
    """The plugin."""

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name="census",
            title=TITLE,
            summary=TITLE,
            version="1.0",
            api=">=0.1,<0.2",
            models=(CensusPerson,),
            rollups=ROLLUPS,
            types=(CensusSchooling, CensusRice, VillageCensus, RegionCensus),
            permissions=(Permission(READ, TITLE),),
            migrations="tests.core.census.migrations",
        )
