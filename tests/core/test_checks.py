"""Checks of declarations: each fault is named with its class and its cure, and the cured class passes."""

# Annotations are evaluated at once here: the classes that they name are local to a test.
import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import strawberry
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import Mapped

from wantilan import (
    Connection,
    DeclarationError,
    GeoJSONPoint,
    Info,
    PublishedTable,
    Region,
    Resident,
    Tokens,
    Village,
    VillageTable,
    aggregate,
    column,
    computed,
    connection,
    count,
    door,
    entity,
    everyone,
    expression,
    follow,
    group,
    group_of,
    input,
    many,
    mutation,
    one,
    own_household,
    own_village,
    payload,
    point,
    reference,
    root,
    search_words,
    subscription,
    summary,
    tables,
    total,
    within,
)
from wantilan.access.rules import At, Binder
from wantilan.access.tables import Token
from wantilan.graph.checks import check_part
from wantilan.graph.checks.columns import may_be_null
from wantilan.graph.checks.following import event_faults
from wantilan.graph.checks.permissions import permission_faults
from wantilan.graph.checks.rights import place_follows, row_follows
from wantilan.graph.declare import lookup
from wantilan.graph.schema import Part, Schema
from wantilan.registry.program import wantilan_program

READ = within("watch.read")
OPEN = "ended_on IS NULL"


class WatchWeather(enum.Enum):
    """What the sky was like."""

    CERAH = "cerah"
    """Clear."""
    HUJAN = "hujan"
    """Rain."""


class Post(VillageTable):
    """Where the night watch meets."""

    __tablename__ = "watch_post"
    __table_args__ = (sa.UniqueConstraint("village_id", "name"),)

    name: Mapped[str]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]


class Shift(VillageTable):
    """One night of the watch."""

    __tablename__ = "watch_shift"
    __table_args__ = (
        sa.Index(None, "village_id", "began_at", "id"),
        sa.Index(None, "village_id", "ended_on"),
        sa.Index(
            "uq_watch_shift_open", "village_id", "post_id", unique=True,
            sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
        ),
    )  # fmt: skip

    post_id: Mapped[UUID] = reference(Post)
    resident_id: Mapped[UUID | None] = reference(tables.Resident)
    relieved_by: Mapped[UUID | None] = reference(tables.Resident)
    weather: Mapped[WatchWeather]
    began_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    rounds: Mapped[int]
    note: Mapped[str | None]


class Sign(PublishedTable):
    """What hangs at the post, for all to read."""

    __tablename__ = "watch_sign"

    wording: Mapped[str]


def core() -> Part:
    program = wantilan_program()
    return Part(program.name, program.types, program.mutations, core=True)


def judge(*types: type, mutations: tuple[Callable[..., Any], ...] = (), prefix: str = "watch") -> None:
    part = Part("watch", types, mutations, door="nightWatch", prefix=prefix)
    check_part(Schema([core(), part], {"programs": []}), part)


def fault(*types: type, **given: Any) -> str:
    with pytest.raises(DeclarationError) as caught:
        judge(*types, **given)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix("Declaration error in program 'watch': ")


@entity(Post, read=[READ])
class WatchPost:
    """Where the night watch meets."""

    name: str
    """Its name."""


@entity(Shift, read=[READ, own_village()], order=[Shift.began_at], filter=[Shift.ended_on])
class WatchShift:
    """One night of the watch."""

    weather: WatchWeather
    """What the sky was like."""
    began_at: datetime
    """When it began."""
    ended_on: date | None
    """The day on which it ended."""
    post: WatchPost | None = one()
    """Where it met."""
    village: Village = one()
    """Whose watch."""


# The core and a sound program pass


def test_core_passes_its_own_checks() -> None:
    part = core()
    check_part(Schema([part], {"programs": [wantilan_program()]}), part)


def test_a_sound_program_passes() -> None:
    @summary(Shift, read=[READ, own_village()])
    class WatchRounds:
        """How many rounds were walked."""

        weather: WatchWeather
        """In which weather."""
        rounds: int = total(Shift.rounds)
        """How many."""
        shifts: int = count()
        """In how many nights."""

    @door(Village)
    class VillageWatch:
        """The night watch of this village."""

        shifts: Connection[WatchShift] | None = connection()
        """The nights."""
        posts: list[WatchPost] | None = many(order=Post.name)
        """The posts."""
        rounds: list[WatchRounds] | None = aggregate(between=Shift.ended_on)
        """The rounds."""

    judge(WatchPost, WatchShift, WatchRounds, VillageWatch)


# Orders and filters


def test_an_order_without_an_index_is_told_its_index() -> None:
    @entity(Shift, read=[READ], order=[Shift.rounds])
    class WatchNight:
        """One night."""

        rounds: int
        """How many rounds."""

    assert fault(WatchNight) == (
        'WatchNight.order ROUNDS has no index. Add Index("ix_watch_shift_rounds", "village_id", "rounds").'
    )


def test_a_filter_without_an_index_is_told_its_index() -> None:
    @entity(Shift, read=[READ], filter=[Shift.weather])
    class WatchNight:
        """One night."""

        weather: WatchWeather
        """The sky."""

    assert fault(WatchNight) == (
        "WatchNight.filter weather has no index. "
        'Add Index("ix_watch_shift_weather", "village_id", "weather").'
    )


def test_a_partial_index_serves_no_filter() -> None:
    @entity(Shift, read=[READ], filter=[Shift.post_id])
    class WatchNight:
        """One night."""

        post_id: strawberry.ID = column(Shift.post_id)  # type: ignore[assignment]
        """The post."""

    assert "WatchNight.filter post_id has no index." in fault(WatchNight)


def test_an_order_by_what_may_be_null_is_refused() -> None:
    @entity(Shift, read=[READ], order=[Shift.ended_on])
    class WatchNight:
        """One night."""

        ended_on: date | None
        """The day."""

    assert fault(WatchNight).startswith("WatchNight.order ENDED_ON may be null")
    assert "Make Shift.ended_on required" in fault(WatchNight)


def test_published_rows_need_an_index_of_their_own_too() -> None:
    @entity(Sign, read=[everyone()], order=[Sign.wording])
    class WatchSign:
        """A sign."""

        wording: str
        """What it says."""

    assert 'Add Index("ix_watch_sign_wording", "wording").' in fault(WatchSign)


def test_at_the_root_nothing_is_arranged_by_what_needs_a_permission() -> None:
    @entity(Shift, read=[READ], filter=[Shift.began_at])
    class WatchNight:
        """One night."""

        began_at: datetime | None = column(Shift.began_at, needs="watch.secret")
        """When it began."""

    @root
    class WatchQueries:
        """Root fields."""

        watch_nights: Connection[WatchNight] = connection()
        """All nights."""

    message = fault(WatchNight, WatchQueries)
    assert "WatchQueries.watch_nights is ordered or filtered by what needs 'watch.secret'" in message
    assert "Put it below Village" in message


# Links


def test_two_foreign_keys_ask_for_the_one() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        resident: Resident | None = one()
        """Who walked."""

    @entity(Shift, read=[READ])
    class WatchNightCured:
        """One night."""

        resident: Resident | None = one(Shift.resident_id)
        """Who walked."""

    assert fault(WatchNight) == (
        "WatchNight.resident: 2 foreign keys between 'watch_shift' and 'resident'; name the one with via=."
    )
    judge(WatchNightCured)


def test_no_foreign_key_is_named() -> None:
    @entity(Sign, read=[everyone()])
    class WatchSign:
        """A sign."""

        post: WatchPost | None = one()
        """Where it hangs."""

    assert fault(WatchPost, WatchSign).startswith(
        "WatchSign.post: 0 foreign keys between 'watch_sign' and 'watch_post'"
    )


def test_a_pair_of_columns_must_be_here_and_there() -> None:
    @door(Resident)
    class ResidentWatch:
        """The nights of a resident."""

        shifts: Connection[WatchShift] | None = connection((Shift.resident_id, Shift.resident_id))
        """The nights."""

    @door(Resident)
    class ResidentWatchCured:
        """The nights of a resident."""

        shifts: Connection[WatchShift] | None = connection((tables.Resident.id, Shift.resident_id))
        """The nights."""

    assert "ResidentWatch.shifts names Shift.resident_id, which is no column of 'resident'" in fault(
        WatchPost, WatchShift, ResidentWatch
    )
    judge(WatchPost, WatchShift, ResidentWatchCured)


def test_one_of_several_rows_is_refused() -> None:
    @entity(Post, read=[READ])
    class WatchCorner:
        """A post."""

        shift: WatchShift | None = one()
        """Some night."""

    message = fault(WatchCorner, WatchShift, WatchPost)
    assert "tag" in message  # two entities over one table
    message = fault(*_corner(only=None))
    assert "WatchCorner.shift may find several rows: nothing makes them unique." in message
    assert 'UniqueConstraint("village_id", "post_id")' in message


def test_one_that_still_lasts_is_proved_by_its_partial_index() -> None:
    judge(*_corner(only=Shift.ended_on.is_(None)))


def test_another_condition_than_that_of_the_index_proves_nothing() -> None:
    message = fault(*_corner(only=Shift.note.is_(None)))
    assert "WatchCorner.shift: no unique partial index proves that there is one." in message
    assert 'sqlite_where=text("note IS NULL")' in message


def _corner(only: ColumnElement[bool] | None) -> tuple[type, ...]:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        began_at: datetime
        """When it began."""

    @entity(Post, read=[READ])
    class WatchCorner:
        """A post."""

        shift: WatchNight | None = one(only=only)
        """The night that lasts."""

    return WatchNight, WatchCorner


# Rows of a day


class Rota(VillageTable):
    """Who keeps a post, from one day to another."""

    __tablename__ = "watch_rota"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "post_id", "since"),
        sa.Index(
            "uq_watch_rota_current", "village_id", "post_id", unique=True,
            sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL"),
        ),
        sa.Index(None, "village_id", "keeper_id"),
    )  # fmt: skip

    post_id: Mapped[UUID] = reference(Post)
    keeper_id: Mapped[UUID] = reference(tables.Resident)
    since: Mapped[date]
    until: Mapped[date | None]
    due: Mapped[date]
    paused: Mapped[date | None]
    written_at: Mapped[datetime]


@entity(Rota, read=[READ])
class WatchKeeping:
    """That somebody keeps a post."""

    since: date
    """The first day."""


def _kept(keeping: Any, annotation: Any) -> tuple[type, ...]:
    """A post with one field over dated rows."""

    @entity(Post, read=[READ])
    class WatchCorner:
        """A post."""

        kept: annotation = keeping
        """Who keeps it."""

    return WatchKeeping, WatchCorner


def _one(as_of: Any) -> tuple[type, ...]:
    return _kept(one(as_of=as_of), WatchKeeping | None)


def _list(as_of: Any) -> tuple[type, ...]:
    return _kept(connection(as_of=as_of), Connection[WatchKeeping] | None)


def test_rows_of_a_day_are_found_where_keys_and_indexes_prove_them() -> None:
    judge(*_list((Rota.since, Rota.due)))  # a last day that is always known
    judge(*_one((Rota.since, Rota.until)))
    judge(*_list((Rota.since, Rota.until)))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ((Rota.since, Rota.due), "WatchCorner.kept: Rota.due is null while a row lasts, and may not be."),
        ((Rota.paused, Rota.until), "Rota.paused is the first day of a row and may be null."),
        ((Rota.written_at, Rota.until), "WatchCorner.kept is as of Rota.written_at, which is no date."),
        ((Shift.ended_on, Rota.until), "names Shift.ended_on, which is no column of 'watch_rota'."),
        ((Rota.since, Rota.paused), "no unique partial index proves that there is one."),
        ((Rota.due, Rota.until), 'Add UniqueConstraint("village_id", "post_id", "due") to \'watch_rota\'.'),
    ],
)
def test_days_that_cannot_say_which_row_is_meant_are_refused(as_of: Any, expected: str) -> None:
    assert expected in fault(*_one(as_of))


def test_a_list_of_a_day_without_an_index_is_refused() -> None:
    message = fault(*_list((Rota.due, Rota.until)))
    assert "WatchCorner.kept: the rows of a day have no index." in message
    assert 'Add Index(None, "village_id", "post_id", "due") to \'watch_rota\'.' in message


def test_a_day_over_all_villages_is_refused() -> None:
    @root
    class WatchRoots:
        """What hangs on no village."""

        watch_keepings: Connection[WatchKeeping] = connection(as_of=(Rota.since, Rota.until))
        """Who keeps what."""

    message = fault(WatchKeeping, WatchRoots)
    assert "is as of a day over all villages at once. Put it below Village." in message


def test_a_day_and_another_condition_are_one_too_many() -> None:
    with pytest.raises(DeclarationError, match="Remove only="):
        one(as_of=(Rota.since, Rota.until), only=Rota.until.is_(None))


# Nulls


def test_a_promise_over_a_nullable_column_is_refused() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        note: str
        """What was noted."""

    assert fault(WatchNight) == (
        "WatchNight.note promises a value, and Shift.note may be null. Write `… | None`."
    )


def test_a_promise_over_a_nullable_place_is_refused() -> None:
    @entity(Post, read=[READ])
    class WatchCorner:
        """A post."""

        place: GeoJSONPoint = point(Post.longitude, Post.latitude)
        """Where it stands."""

    assert "WatchCorner.place promises a value" in fault(WatchCorner)


def test_a_field_with_a_permission_of_its_own_may_be_null() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        rounds: int = column(Shift.rounds, needs="watch.secret")
        """How many rounds."""

    assert "WatchNight.rounds needs 'watch.secret', and is null for those who lack it." in fault(WatchNight)


@pytest.mark.parametrize(
    "build, allowed",
    [
        (lambda t: t.c.rounds + 1, True),
        (lambda t: t.c.note, False),
        (lambda t: sa.func.coalesce(t.c.note, "-"), True),
        (lambda t: sa.func.coalesce(t.c.note, t.c.note), False),
        (lambda t: sa.func.nullif(t.c.rounds, 0), False),
        (lambda t: t.c.rounds / t.c.rounds, False),
        (lambda t: t.c.note.is_(None), True),
        (lambda t: sa.cast(t.c.note, sa.Text), False),
        (lambda t: sa.case((t.c.rounds > 1, "many")), False),
        (lambda t: sa.case((t.c.rounds > 1, "many"), else_="few"), True),
        (lambda t: sa.func.lower(t.c.note), False),
        (lambda t: sa.null(), False),
    ],
)
def test_a_promise_over_an_expression_is_judged_by_its_form(
    build: Callable[[FromClause], ColumnElement[Any]], allowed: bool
) -> None:
    assert may_be_null(build(Shift.__table__.alias())) is not allowed


def test_a_promise_over_an_expression_that_may_be_null_is_refused() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        shout: str = expression(lambda t: sa.func.upper(t.c.note), type=sa.Text())
        """The note, louder."""

    assert "WatchNight.shout promises a value, and its expression may be null" in fault(WatchNight)


def test_one_is_promised_only_to_those_who_may_read_it() -> None:
    @entity(Shift, read=[READ, own_village()])
    class WatchNight:
        """One night."""

        post: WatchPost = one()
        """Where it met."""

    @entity(Shift, read=[READ])
    class WatchNightCured:
        """One night."""

        post: WatchPost = one()
        """Where it met."""

    assert fault(WatchPost, WatchNight) == (
        "WatchNight.post promises a value, and not all who may read it may read WatchPost. Write `… | None`."
    )
    judge(WatchPost, WatchNightCured)


def test_a_rule_about_rows_proves_nothing_about_another_row() -> None:
    mine = own_household(Shift.resident_id)
    assert not row_follows([mine], [mine])
    assert place_follows([mine], [mine])
    assert row_follows([READ], [READ, own_village()])
    assert not row_follows([READ, own_village()], [READ])
    assert not row_follows([], [READ])
    assert row_follows([], [everyone()])


def test_one_over_a_key_that_may_be_null_is_not_promised() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        resident: Resident = one(Shift.resident_id)
        """Who walked."""

    assert "WatchNight.resident promises a value, and its key 'resident_id' may be null." in fault(WatchNight)


def test_a_list_on_a_public_object_is_not_promised() -> None:
    @door(Village)
    class VillageWatch:
        """The night watch."""

        shifts: Connection[WatchShift] = connection()
        """The nights."""
        posts: list[WatchPost] = many()
        """The posts."""

    message = fault(WatchPost, WatchShift, VillageWatch)
    assert "VillageWatch.shifts promises a list" in message
    assert (
        "VillageWatch.posts promises a list, and not all who may read VillageWatch may see WatchPost there"
        in message
    )


def test_a_list_of_what_everyone_reads_may_be_promised() -> None:
    @entity(Sign, read=[everyone()])
    class WatchSign:
        """A sign."""

        wording: str
        """What it says."""

    @door(Village)
    class VillageWatch:
        """The night watch."""

        signs: list[WatchSign] = many()
        """The signs."""

    judge(WatchSign, VillageWatch)


def test_a_lookup_may_find_nothing() -> None:
    @root
    class WatchQueries:
        """Root fields."""

        watch_post: WatchPost = lookup(Post.name, argument="name")
        """By name."""

    message = fault(WatchPost, WatchQueries)
    assert "WatchQueries.watch_post looks up Post.name, which is not unique." in message


@input
class WatchBeginInput:
    """One night."""

    village: str
    """Its code."""


def test_a_payload_promises_nothing_to_those_who_may_not_read_it() -> None:
    @payload
    class WatchBeginPayload:
        """What began."""

        shift: WatchShift
        """The night."""

    @mutation(needs="watch.begin")
    async def watch_begin(info: Info, input: WatchBeginInput) -> WatchBeginPayload:
        """Begin a night."""
        raise NotImplementedError

    @mutation(needs="watch.read")
    async def watch_begin_again(info: Info, input: WatchBeginInput) -> WatchBeginPayload:
        """Begin a night."""
        raise NotImplementedError

    assert fault(WatchPost, WatchShift, mutations=(watch_begin,)) == (
        "WatchBeginPayload.shift promises a value, and not all who may watch_begin may read WatchShift. "
        "Write `… | None`."
    )
    judge(WatchPost, WatchShift, mutations=(watch_begin_again,))


# Descriptions


def test_whatever_has_no_description_is_named() -> None:
    class WatchMood(enum.Enum):
        CALM = "calm"
        """Nothing happens."""
        TENSE = "tense"

    @entity(Shift, read=[READ])
    class WatchNight:
        rounds: int
        began_at: datetime
        mood: WatchMood | None = expression(lambda t: sa.null(), type=sa.Text())  # type: ignore[assignment]
        """How it was."""

    message = fault(WatchNight)
    assert "WatchNight has no description. Write a docstring below its first line." in message
    assert (
        "WatchNight: the fields rounds, began_at have no description. Write a string below each." in message
    )
    assert "WatchMood has no description." in message
    assert "WatchMood.TENSE has no description. Write a string below it." in message
    assert "CALM" not in message


def test_what_the_host_says_of_a_field_is_no_description_of_it() -> None:
    @door(Village)
    class VillageWatch:
        """The night watch."""

        shifts: Connection[WatchShift] | None = connection()

    assert fault(WatchPost, WatchShift, VillageWatch) == (
        "VillageWatch.shifts has no description. Write a string below it."
    )


def test_arguments_inputs_and_mutations_are_described() -> None:
    @root
    class WatchQueries:
        """Root fields."""

        @strawberry.field(description="Says it again.")
        def watch_echo(
            self, word: str, times: Annotated[int, strawberry.argument(description="How often.")]
        ) -> str:
            return word * times

    @input
    class WatchEndInput:
        """The night that ends."""

        village: str

    @payload
    class WatchEndPayload:
        """What ended."""

        ended: bool
        """Whether it did."""

    @mutation(needs="watch.read")
    async def watch_end(info: Info, input: WatchEndInput) -> WatchEndPayload:
        raise NotImplementedError

    message = fault(WatchQueries, mutations=(watch_end,))
    assert "The argument word of WatchQueries.watch_echo has no description." in message
    assert "times" not in message
    assert "The mutation watch_end has no description. Write a docstring." in message
    assert "WatchEndInput.village has no description. Write a string below it." in message


# Names


def test_types_begin_with_the_prefix() -> None:
    class Mood(enum.Enum):
        """How it was."""

        CALM = "calm"
        """Nothing happens."""

    @entity(Shift, read=[READ])
    class Night:
        """One night."""

        mood: Mood | None = expression(lambda t: sa.null(), type=sa.Text())  # type: ignore[assignment]
        """How it was."""

    message = fault(Night)
    assert "Night does not begin with the program's prefix. Call it WatchNight." in message
    assert "Mood does not begin with the program's prefix. Call it WatchMood." in message


def test_a_door_names_its_door_or_its_prefix() -> None:
    @door(Village)
    class VillageNightWatch:
        """The night watch."""

        name: str
        """The village."""

    @door(Region)
    class RegionalNews:
        """The night watch."""

        name: str
        """The region."""

    judge(VillageNightWatch, prefix="ronda")
    assert fault(RegionalNews) == ("RegionalNews is a door and does not name it. Call it RegionWatch.")


def test_types_of_core_keep_their_names() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        resident: Resident | None = one(Shift.resident_id)
        """Who walked."""

    judge(WatchNight)


# Rights


def test_everyone_never_reads_a_table_of_a_village() -> None:
    @entity(Shift, read=[everyone()])
    class WatchNight:
        """One night."""

        rounds: int
        """How many rounds."""

    message = fault(WatchNight)
    assert message.startswith("WatchNight.read has everyone(), and Shift holds what belongs to one village.")
    assert "PublishedTable" in message


def test_a_total_has_no_rule_about_rows() -> None:
    @summary(Shift, read=[READ, own_household(Shift.resident_id)])
    class WatchRounds:
        """How many rounds."""

        rounds: int = total(Shift.rounds)
        """How many."""

    @summary(Shift, read=[within("watch.read", hamlet=(Shift.resident_id, tables.Resident.hamlet_id))])
    class WatchRoundsByHamlet:
        """How many rounds."""

        rounds: int = total(Shift.rounds)
        """How many."""

    for cls in (WatchRounds, WatchRoundsByHamlet):
        message = fault(cls)
        assert f"{cls.__name__}.read has a rule about rows" in message
        assert "a part of a total is not a total" in message


def test_a_rule_names_a_column_of_its_own_rows() -> None:
    @entity(Shift, read=[own_household(tables.Household.id)])
    class WatchNight:
        """One night."""

        rounds: int
        """How many rounds."""

    assert "WatchNight.read names Household.id, and its rows are of Shift." in fault(WatchNight)


def test_nobody_and_the_platforms_tables_are_refused() -> None:
    @entity(Shift, read=[])
    class WatchNight:
        """One night."""

        rounds: int
        """How many rounds."""

    @entity(Token, read=[READ])
    class WatchToken:
        """A token."""

        label: str
        """Its label."""

    message = fault(WatchNight, WatchToken)
    assert "WatchNight.read is empty" in message
    assert "WatchToken shows Token, a table of the platform" in message


def test_ids_of_two_entities_differ() -> None:
    @entity(Shift, read=[READ], tag="resident")
    class WatchNight:
        """One night."""

        rounds: int
        """How many rounds."""

    @entity(Shift, read=[READ], tag="watch-night")
    class WatchNightTwo:
        """One night."""

        rounds: int
        """How many rounds."""

    assert "WatchNight: another entity has the tag 'resident'" in fault(WatchNight)
    assert "WatchNightTwo: the tag 'watch-night' must be letters" in fault(WatchNightTwo)


def test_doors_stand_in_objects_of_core_only() -> None:
    @door(WatchPost)
    class PostWatch:
        """Behind the post."""

        name: str
        """The post."""

    assert "PostWatch is a door on WatchPost, which is no object of core." in fault(WatchPost, PostWatch)


def test_an_unknown_permission_is_named_with_where_it_stands() -> None:
    @entity(Shift, read=[within("watch.raed"), own_village()])
    class WatchNight:
        """One night."""

        rounds: int | None = column(Shift.rounds, needs="watch.secret")
        """How many rounds."""

    part = Part("watch", (WatchNight,), door="watch", prefix="watch")
    faults = list(permission_faults(Schema([core(), part]), part, {"watch.read", "watch.secret"}))
    assert faults == [
        "WatchNight.read names the unknown permission 'watch.raed'. "
        "Declare Permission('watch.raed', …), or correct it."
    ]


# Sources


def test_a_total_is_of_numbers_and_a_period_of_dates() -> None:
    @summary(Shift, read=[READ])
    class WatchSky:
        """The sky."""

        weather: WatchWeather = total(Shift.weather)
        """All of it."""

    @door(Village)
    class VillageWatch:
        """The night watch."""

        sky: list[WatchSky] | None = aggregate(between=Shift.began_at)
        """The sky."""

    message = fault(WatchSky, VillageWatch)
    assert "WatchSky.weather is the total of Shift.weather, which is no number." in message
    assert "VillageWatch.sky is an aggregate between days of Shift.began_at, which is no date." in message


def test_what_is_computed_needs_columns_of_the_own_row() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        guess: int = computed(lambda rows: [0 for _ in rows], needs=[Post.name])
        """A guess."""

    assert "WatchNight.guess names Post.name, which is no column of 'watch_shift'." in fault(WatchNight)


def test_below_the_root_nothing_fetches() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        @strawberry.field(description="Fetched one by one.")
        def weather_now(self) -> str:
            return "?"

    assert "WatchNight.weather_now has a resolver, and below the root nothing fetches." in fault(WatchNight)


def test_an_aggregate_shows_summaries_and_a_connection_entities() -> None:
    @door(Village)
    class VillageWatch:
        """The night watch."""

        posts: list[WatchPost] | None = aggregate()
        """The posts."""

    assert "VillageWatch.posts needs a class below @summary, and WatchPost is none." in fault(
        WatchPost, VillageWatch
    )


def test_a_group_is_of_the_same_row() -> None:
    @group_of(Post)
    class WatchNames:
        """Names."""

        name: str
        """Its name."""

    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        names: WatchNames = group()
        """Names."""

    assert "WatchNight.names is a group of the same row, and WatchNames is of another table." in fault(
        WatchNames, WatchNight
    )


def test_only_reference_tables_are_searched_inside() -> None:
    @door(Village)
    class VillageWatch:
        """The night watch."""

        posts: Connection[WatchPost] | None = connection(search=Post.name)
        """The posts."""

    assert "VillageWatch.posts searches inside Post.name" in fault(WatchPost, VillageWatch)


class Word(VillageTable):
    """By what a post is found."""

    __tablename__ = "watch_word"
    __table_args__ = (sa.Index(None, "village_id", "token", "name", "post_id"),)

    token: Mapped[str]
    name: Mapped[str]
    post_id: Mapped[UUID] = reference(Post)


def by_words(key: Any = Word.name, of: Any = Word.post_id) -> Tokens:
    return Tokens(Word.token, of=of, key=key, words=search_words, says="Words of the name.")


def test_a_search_by_tokens_has_an_index_in_the_order_of_the_list_and_lies_in_a_village() -> None:
    @door(Village)
    class VillageWatch:
        """The night watch."""

        posts: Connection[WatchPost] | None = connection(search=by_words())
        """The posts."""

    judge(WatchPost, VillageWatch)

    @door(Village)
    class UnindexedWatch:
        """The night watch."""

        posts: Connection[WatchPost] | None = connection(search=by_words(key=Word.token))
        """The posts."""

    assert "UnindexedWatch.posts is searched by Word.token, which has no index." in fault(
        WatchPost, UnindexedWatch
    )

    @door(Village)
    class StrangeWatch:
        """The night watch."""

        posts: Connection[WatchPost] | None = connection(search=by_words(of=Shift.post_id))
        """The posts."""

    assert "StrangeWatch.posts is searched by Shift.post_id, which is no column of 'watch_word'." in fault(
        WatchPost, StrangeWatch
    )

    @door(Region)
    class RegionWatch:
        """The night watch."""

        posts: Connection[WatchPost] | None = connection(search=by_words())
        """The posts."""

    assert "RegionWatch.posts is searched by tokens, and does not lie in one village." in fault(
        WatchPost, RegionWatch
    )


# Frozen pieces (trap T0)


@dataclass(frozen=True)
class Roaming:
    """A rule whose condition is given."""

    build: Callable[[FromClause], ColumnElement[bool]]

    @property
    def key(self) -> str:
        return f"roaming {id(self.build)}"

    def applies(self, actor: object) -> bool:
        return True

    def follows(self, actor: object) -> bool:
        return False

    def narrowed(self, actor: object) -> Any:
        return self

    def place(self, at: At, bind: Binder) -> ColumnElement[bool]:
        return sa.true()

    def where(self, table: FromClause, bind: Binder) -> ColumnElement[bool]:
        return self.build(table)

    def admits(self, actor: object, village_id: UUID, code: str) -> bool:
        return True

    def __str__(self) -> str:
        return "roaming"


def _night(build: Callable[[FromClause], ColumnElement[bool]]) -> type:
    @entity(Shift, read=[Roaming(build)])
    class WatchNight:
        """One night."""

        rounds: int
        """How many rounds."""

    return WatchNight


def test_a_rule_that_names_another_table_stops_the_start() -> None:
    message = fault(_night(lambda t: Post.name == "Kaja"))
    assert "WatchNight.read (roaming): a rule or expression over 'watch_shift' names another table" in message


def test_a_rule_that_is_tied_to_its_own_table_and_not_to_the_row_stops_the_start() -> None:
    far = Post.__table__.alias()
    message = fault(_night(lambda t: sa.exists().where(far.c.id == Shift.post_id)))
    assert "WatchNight.read (roaming): this rule never looks at the row of 'watch_shift'" in message
    judge(_night(lambda t: sa.exists().where(far.c.id == t.c.post_id)))


def test_a_rule_that_raises_is_named() -> None:
    assert "WatchNight.read (roaming) raised AttributeError." in fault(_night(lambda t: t.c.nothing == 1))


def test_an_expression_over_another_table_stops_the_start() -> None:
    @entity(Shift, read=[READ])
    class WatchNight:
        """One night."""

        post_name: str = expression(lambda t: Post.name, type=sa.Text())
        """The post's name."""

    assert "WatchNight.post_name: a rule or expression over 'watch_shift' names another table" in fault(
        WatchNight
    )


# What is followed


def test_what_is_followed_is_found_by_what_its_events_say() -> None:
    @subscription
    class WatchSubscriptions:
        """What can be followed."""

        watch_posts: WatchPost = follow("watch.met", subject="post")
        """Each meeting."""
        watch_villages: Village = follow("watch.met")
        """Its village."""

    judge(WatchPost, WatchSubscriptions)  # the control

    @subscription
    class WatchFaulty:
        """What can be followed, wrongly."""

        watch_nothing: WatchPost = follow(subject="post")
        """No event."""
        watch_nowhere: WatchPost = follow("watch.met")
        """No subject."""
        watch_village: Village = follow("watch.met", subject="village")
        """A village is no row of one."""
        watch_several: list[WatchPost] = follow("watch.met", subject="post")
        """A list."""

    assert fault(WatchPost, WatchFaulty) == (
        "WatchFaulty.watch_nothing follows no event. Name one: follow('watch.…'). "
        "WatchFaulty.watch_nowhere gives WatchPost, and does not say under which key its events name the row. "
        'Write follow(…, subject="…"). '
        "WatchFaulty.watch_village has a subject, and Village is no row of a village with an id of its own. "
        "Give an @entity over a VillageTable or a PublishedTable. "
        "WatchFaulty.watch_several is a list, and each event gives one WatchPost. Remove list[…]."
    )


def test_a_subscription_keeps_the_rules_of_other_fields() -> None:
    @subscription
    class Unprefixed:
        """What can be followed."""

        meetings: WatchPost = follow("watch.met", subject="post")
        """Each meeting."""

    assert "a subscription begins with the program's prefix: watch_meetings" in fault(WatchPost, Unprefixed)

    @subscription
    class Silent:
        """What can be followed."""

        watch_meetings: WatchPost = follow("watch.met", subject="post")

    assert fault(WatchPost, Silent) == "Silent.watch_meetings has no description. Write a string below it."

    @subscription
    class Resolved:
        """What can be followed."""

        watch_meetings: WatchPost = one()
        """Each meeting."""

    assert "One cannot stand in a class of subscription" in fault(WatchPost, Resolved)


def test_an_event_that_nobody_announces_is_named() -> None:
    @subscription
    class WatchSubscriptions:
        """What can be followed."""

        watch_posts: WatchPost = follow("watch.met", "watch.left", subject="post")
        """Each meeting."""

    part = Part("watch", (WatchPost, WatchSubscriptions), door="nightWatch", prefix="watch")
    assert list(event_faults(Schema([core(), part]), part, {"watch.met"})) == [
        "WatchSubscriptions.watch_posts follows the unknown event 'watch.left'. "
        "Declare Event('watch.left', …), or correct it."
    ]
