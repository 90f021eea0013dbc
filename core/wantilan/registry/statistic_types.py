"""Statistics as clients see them."""

from __future__ import annotations

from datetime import date

from ..graph.declare import amount, cell, cells, cells_of, part, said, table
from ..graph.scalars import Month
from . import models
from .codes import (
    AgeGroup,
    Education,
    HouseholdSize,
    LifeEventKind,
    MaritalStatus,
    Occupation,
    Sex,
)
from .reading import within
from .statistics import groups, tallies


@cells_of
class AgeGroupCount:
    """How many residents are of one age."""

    age_group: AgeGroup = part()
    """Years completed on the day; whoever was born on 29 February completes one on the last of February."""
    residents: int = amount()
    """How many."""


@cells_of
class AgeAndSexCount:
    """How many residents of one sex are of one age: a bar of the age pyramid."""

    age_group: AgeGroup = part()
    """Years of life completed on the day."""
    sex: Sex = part(1)
    """The sex."""
    residents: int = amount()
    """How many."""


@cells_of
class SexCount:
    """How many residents are of one sex."""

    sex: Sex = part()
    """The sex."""
    residents: int = amount()
    """How many."""


@cells_of
class EducationCount:
    """How many residents have one level of education."""

    education: Education | None = part()
    """The highest level, as in the KK; null for those of whom it is not known."""
    residents: int = amount()
    """How many."""


@cells_of
class OccupationCount:
    """How many residents have one occupation."""

    occupation: Occupation | None = part()
    """The occupation; null for those of whom it is not known."""
    residents: int = amount()
    """How many."""


@cells_of
class MaritalStatusCount:
    """How many residents have one marital status."""

    marital_status: MaritalStatus | None = part()
    """The marital status; null for those of whom it is not known."""
    residents: int = amount()
    """How many."""


@cells_of
class HouseholdSizeCount:
    """How many households have one number of members."""

    size: HouseholdSize = part()
    """How many belong to each."""
    households: int = amount()
    """How many households."""


@cells_of
class LifeEventCount:
    """How many events of one kind happened."""

    kind: LifeEventKind = part()
    """What happened."""
    events: int = amount()
    """How many events, whatever the number of people in each; those that were undone do not count."""


@table(read=[within("resident.read")])
class Statistics:
    """Counts of a village or a region on a day, exact."""

    as_of: date = said(tallies.DAY)
    """The day, at whose end everybody is counted."""
    population: int = cell(*tallies.MARITAL_STATUS)
    """How many residents are alive and live here, permanent and temporary ones."""
    households: int = cell(*tallies.SIZE)
    """How many households have members."""
    by_age_group: list[AgeGroupCount] = cells(*tallies.AGE, frame=groups.AGE_GROUPS)
    """By age, every group, the empty ones too."""
    by_age_and_sex: list[AgeAndSexCount] = cells(*tallies.AGE_AND_SEX, frame=groups.AGES_AND_SEXES)
    """By age and sex: the age pyramid, from the youngest up."""
    by_sex: list[SexCount] = cells(*tallies.SEX, frame=groups.SEXES)
    """By sex."""
    by_education: list[EducationCount] = cells(*tallies.EDUCATION, frame=groups.EDUCATIONS)
    """By highest education, every level, and unknown at the end."""
    by_occupation: list[OccupationCount] = cells(*tallies.OCCUPATION, frame=groups.OCCUPATIONS)
    """By occupation, every one, and unknown at the end."""
    by_marital_status: list[MaritalStatusCount] = cells(
        *tallies.MARITAL_STATUS, frame=groups.MARITAL_STATUSES
    )
    """By marital status, and unknown at the end."""
    by_household_size: list[HouseholdSizeCount] = cells(*tallies.SIZE, frame=groups.HOUSEHOLD_SIZES)
    """Households by the number of their members."""
    events: list[LifeEventCount] = cells(tallies.EVENTS, frame=groups.EVENTS)
    """What happened from the first of that month to the day, by kind."""


@table(read=[within("resident.read", hamlet=models.Hamlet.id)])
class HamletStatistics:
    """Counts of a hamlet on a day, exact."""

    as_of: date = said(tallies.DAY)
    """The day, at whose end everybody is counted."""
    population: int = cell(*tallies.counted_anew(tallies.MARITAL_STATUS))
    """How many residents are alive and live here, permanent and temporary ones."""
    households: int = cell(*tallies.counted_anew(tallies.SIZE))
    """How many households have members."""
    by_age_group: list[AgeGroupCount] = cells(*tallies.counted_anew(tallies.AGE), frame=groups.AGE_GROUPS)
    """By age, every group, the empty ones too."""
    by_age_and_sex: list[AgeAndSexCount] = cells(
        *tallies.counted_anew(tallies.AGE_AND_SEX), frame=groups.AGES_AND_SEXES
    )
    """By age and sex: the age pyramid, from the youngest up."""
    by_sex: list[SexCount] = cells(*tallies.counted_anew(tallies.SEX), frame=groups.SEXES)
    """By sex."""
    by_education: list[EducationCount] = cells(
        *tallies.counted_anew(tallies.EDUCATION), frame=groups.EDUCATIONS
    )
    """By highest education, every level, and unknown at the end."""
    by_occupation: list[OccupationCount] = cells(
        *tallies.counted_anew(tallies.OCCUPATION), frame=groups.OCCUPATIONS
    )
    """By occupation, every one, and unknown at the end."""
    by_marital_status: list[MaritalStatusCount] = cells(
        *tallies.counted_anew(tallies.MARITAL_STATUS), frame=groups.MARITAL_STATUSES
    )
    """By marital status, and unknown at the end."""
    by_household_size: list[HouseholdSizeCount] = cells(
        *tallies.counted_anew(tallies.SIZE), frame=groups.HOUSEHOLD_SIZES
    )
    """Households by the number of their members."""
    events: list[LifeEventCount] = cells(tallies.EVENTS_OF_HAMLET, frame=groups.EVENTS)
    """What happened from the first of that month to the day to those who lived here then, by kind."""


@table(read=[within("figures.read")])
class Figures:
    """Counts of a village or a region at the end of a month, rounded so that nobody is found in them."""

    month: Month = said("month")
    """The month, at whose end everybody is counted."""
    month_end: date = said("month_end")
    """Its last day."""
    rounded: int = said("rounded")
    """Every count is rounded to the nearest multiple of this, each by itself: also totals, which therefore
    are not the sums of what they are totals of. A 0 may be a few, or nobody.
    """
    population: int = cell(*tallies.MARITAL_STATUS)
    """How many residents are alive and live here, permanent and temporary ones."""
    households: int = cell(*tallies.SIZE)
    """How many households have members."""
    by_age_group: list[AgeGroupCount] = cells(*tallies.AGE, frame=groups.AGE_GROUPS)
    """By age, every group, the empty ones too."""
    by_age_and_sex: list[AgeAndSexCount] = cells(*tallies.AGE_AND_SEX, frame=groups.AGES_AND_SEXES)
    """By age and sex: the age pyramid, from the youngest up."""
    by_sex: list[SexCount] = cells(*tallies.SEX, frame=groups.SEXES)
    """By sex."""
    by_education: list[EducationCount] = cells(*tallies.EDUCATION, frame=groups.EDUCATIONS)
    """By highest education, every level, and unknown at the end."""
    by_occupation: list[OccupationCount] = cells(*tallies.OCCUPATION, frame=groups.OCCUPATIONS)
    """By occupation, every one, and unknown at the end."""
    by_marital_status: list[MaritalStatusCount] = cells(
        *tallies.MARITAL_STATUS, frame=groups.MARITAL_STATUSES
    )
    """By marital status, and unknown at the end."""
    by_household_size: list[HouseholdSizeCount] = cells(*tallies.SIZE, frame=groups.HOUSEHOLD_SIZES)
    """Households by the number of their members."""
    events: list[LifeEventCount] = cells(tallies.EVENTS, frame=groups.EVENTS)
    """What happened in that month, by kind."""


TYPES = (
    AgeGroupCount, AgeAndSexCount, SexCount, EducationCount, OccupationCount, MaritalStatusCount,
    HouseholdSizeCount, LifeEventCount, Statistics, HamletStatistics, Figures,
)  # fmt: skip
