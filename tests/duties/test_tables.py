"""What tables say of themselves, values as JSON and back, and rows that point at rows of their own table."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import ConfigurationError
from wantilan.programs.duties.tables import _parents_first, in_order
from wantilan.programs.host import Host
from wantilan.registry.duties.persons import has_words_for_a_key
from wantilan.registry.models import MODELS, FileAddress, Resident
from wantilan.registry.program import TABLES
from wantilan.store.plain import bare_type, plain, typed, typed_row
from wantilan.store.secrets import Keys
from wantilan.store.tables import PublishedTable, Table, VillageTable, sql_table
from wantilan.store.travel import STAYS, does_travel, resealed, sealed_columns, undeclared

TRANSFERS = {"outgoing_transfer", "outgoing_person", "incoming_transfer", "incoming_person"}
STAY = {
    "file_address",
    "mail_code",
    "resident_token",
    *TRANSFERS,
    "statistic_month",
    "statistic_total",
    "waste_feed",
}
"""Tables that do not travel with their village; by hand."""
MADE: dict[type, Any] = {
    sa.Uuid: st.uuids(),
    sa.LargeBinary: st.binary(max_size=40),
    sa.Date: st.dates(min_value=date(1900, 1, 1)),
    sa.DateTime: st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
    ),
    sa.Boolean: st.booleans(),
    sa.Integer: st.integers(-(2**53), 2**53),
    sa.Float: st.floats(allow_nan=False, allow_infinity=False),
    sa.String: st.text(max_size=20),
    sa.JSON: st.dictionaries(st.text(max_size=5), st.none() | st.integers(-9, 9) | st.text(max_size=5)),
}


def columns(host: Host) -> list[sa.Column[Any]]:
    return [column for model in host.models for column in sql_table(model).columns]


def test_whatever_is_named_like_a_seal_or_a_hash_says_what_it_is(wantilan_host: Host) -> None:
    assert list(undeclared(wantilan_host.models)) == []

    class Forgetful(VillageTable):
        __tablename__ = "test_forgetful"
        kk_sealed = sa.orm.mapped_column(sa.LargeBinary)
        token_hash = sa.orm.mapped_column(sa.LargeBinary)

    try:
        found = list(undeclared([Forgetful]))
    finally:
        Table.metadata.remove(sql_table(Forgetful))
        Table.registry._dispose_cls(Forgetful)
    assert found == ["test_forgetful.kk_sealed", "test_forgetful.token_hash"]  # the control


def test_every_seal_names_columns_that_are_there(wantilan_host: Host) -> None:
    found = {
        f"{sql_table(model).name}.{name}"
        for model in wantilan_host.models
        for name, one in sealed_columns(sql_table(model)).items()
        if {one.owner, one.hash} <= set(sql_table(model).columns.keys())
    }
    assert found == {
        "resident.nik_sealed", "household_number.number_sealed", "resident_correction.nik_sealed",
        "resident_correction.former_nik_sealed",
    }  # fmt: skip


def test_these_tables_stay_and_all_others_of_villages_travel(wantilan_host: Host) -> None:
    own = [m for m in wantilan_host.models if issubclass(m, VillageTable | PublishedTable)]
    assert {sql_table(model).name for model in own if not does_travel(model)} == STAY
    assert all(sql_table(model).info[STAYS] for model in own if not does_travel(model))
    assert not does_travel(FileAddress)
    # What must be null where the village goes may be null.
    assert [c for c in columns(wantilan_host) if STAYS in c.info and not c.nullable] == []


def test_what_others_point_at_comes_first_and_no_two_point_at_each_other(wantilan_host: Host) -> None:
    """A circle would raise a warning, which is an error here."""
    order = in_order(wantilan_host.models)
    for table in order:
        for key in table.foreign_key_constraints:
            far = key.referred_table
            assert far is table or far not in order or order.index(far) < order.index(table), table.name
    assert set(MODELS) <= set(TABLES)


@given(data=st.data())
def test_every_column_of_every_program_goes_through_json_and_comes_back(
    wantilan_host: Host, data: st.DataObject
) -> None:
    column = data.draw(st.sampled_from(columns(wantilan_host)))
    kind = bare_type(column)
    if isinstance(kind, sa.Enum):
        assert kind.enum_class is not None
        value = data.draw(st.sampled_from(list(kind.enum_class)))
    else:
        value = data.draw(next(made for known, made in MADE.items() if isinstance(kind, known)))
    shown = plain(column, value)
    assert shown is None or isinstance(shown, str | int | float | bool | dict)
    assert typed(column, shown) == value and plain(column, None) is None and typed(column, None) is None


def test_what_is_found_by_words_cannot_lose_them() -> None:
    """Rows of an index are deleted with the person; those of the tables of today lose their words."""
    word, id_ = sa.Column("word", sa.Text(), primary_key=True), sa.Column("id", sa.Uuid(), primary_key=True)
    assert has_words_for_a_key(sa.Table("word_index", sa.MetaData(), word, id_))
    assert not has_words_for_a_key(sql_table(Resident))


def test_a_type_without_a_form_in_json_is_named() -> None:
    column: sa.Column[Any] = sa.Column("long", sa.Time())
    for convert in (plain, typed):
        with pytest.raises(TypeError, match="long: values of Time"):
            convert(column, 1)


@pytest.mark.parametrize(
    "values",
    [{}, {"id": "x"}, {"village_id": "x"}, {"name": 7, "surplus": 1}],
)
def test_a_row_that_is_none_of_its_table_is_refused_without_its_values(values: dict[str, Any]) -> None:
    table = sa.Table("small", sa.MetaData(), sa.Column("id", sa.Uuid()), sa.Column("name", sa.Text()))
    assert typed_row(table, {"id": str(UUID(int=1)), "name": "a"}) == {"id": UUID(int=1), "name": "a"}
    with pytest.raises(ValueError, match="small"):
        typed_row(table, {"id": "3171234567890001", **values} if values else values)


@given(seed=st.integers(0, 2**16), count=st.integers(0, 30))
def test_rows_that_point_at_rows_of_their_own_table_come_behind_them(seed: int, count: int) -> None:
    metadata, rng = sa.MetaData(), random.Random(seed)
    table = sa.Table(
        "note", metadata,
        sa.Column("village_id", sa.Uuid(), primary_key=True), sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("corrects", sa.Uuid()),
        sa.ForeignKeyConstraint(["village_id", "corrects"], ["note.village_id", "note.id"]),
    )  # fmt: skip
    ids = [uuid4() for _ in range(count)]
    rows: list[dict[str, Any]] = [
        {"id": one, "corrects": rng.choice([*ids[:number], None])} for number, one in enumerate(ids)
    ]
    rng.shuffle(rows)
    seen: set[UUID | None] = {None}
    for piece in _parents_first(table, rows):
        assert all(row["corrects"] in seen for row in piece)
        seen |= {row["id"] for row in piece}
    assert seen == {None, *ids}
    ring = [{"id": ids[0], "corrects": ids[1]}, {"id": ids[1], "corrects": ids[0]}] if count > 1 else []
    assert [row for piece in _parents_first(table, ring) for row in piece] == ring  # the database will say no


def test_a_fingerprint_of_a_number_that_is_not_kept_cannot_travel() -> None:
    old, new = Keys.parse(Keys.generate()), Keys.parse(Keys.generate())
    table, owner, village = sql_table(Resident), uuid4(), uuid4()
    row = {c.name: None for c in table.columns} | {"id": owner, "nik_hash": b"x"}
    with pytest.raises(ConfigurationError, match="nik_hash without nik_sealed"):
        resealed(table, row, old=old, new=new, village=village)
    row |= {"nik_sealed": old.seal("990000", purpose="nik", owner=owner)}
    made = resealed(table, row, old=old, new=new, village=village)
    assert new.open(made["nik_sealed"], purpose="nik", owner=owner) == "990000"
    assert made["nik_hash"] == new.fingerprint("990000", purpose="nik", village=village)
