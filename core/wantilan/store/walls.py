"""The second wall: row-level security, put by the host on every table by its class.

The setting `app.villages` holds region codes, separated by commas; a village is inside when its code
begins with one of them. So the setting does not grow with the number of villages. An actor of few villages
brings their ids instead, behind a `#`: then no policy looks at the table of villages. An empty setting means
no row: without `nullif` the policy would fail open, since a setting is '' and not null after its first
use; and so would an empty code among others, with which every code begins, were it not made null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from .tables import PlatformTable, PublishedTable, ReferenceTable, VillageTable, sql_table, table_class
from .tables import Table as Model

SETTING = "app.villages"
WHOLE_COUNTRY = ",".join("123456789")
"""Every region code begins with one of these: the wall of an actor whose place is the country."""

IDS = "#"
"""A setting that begins with it holds ids of villages, not codes."""
MOST_IDS = 50

_NOW = f"current_setting('{SETTING}', true)"
# The sub-selects are asked once for each place of a table in a statement. The whole is no condition that
# PostgreSQL could use for an index, or of which it thinks that it halves the rows. The first of some ids is
# compared with every row before the others: an actor of one village needs no more. What a policy consists of
# is set up each time, needed or not: hence the function, which the short ways never call. That of the whole
# country spares the list of all villages.
_FIRST = f"(SELECT CASE WHEN {_NOW} LIKE '{IDS}%' THEN nullif(substr({_NOW}, 2, 36), '')::uuid END)"
_LISTED = (
    f"(SELECT CASE WHEN {_NOW} LIKE '{IDS}%' THEN string_to_array(substr({_NOW}, 2), ',')::uuid[] "
    f"ELSE wantilan_villages({_NOW}) END)"
)
INSIDE = (
    f"(CASE WHEN village_id = {_FIRST} THEN true WHEN (SELECT {_NOW} = '{WHOLE_COUNTRY}') "
    f"OR village_id = ANY ({_LISTED}::uuid[]) THEN true END) IS NOT NULL"
)

VILLAGES = """
CREATE OR REPLACE FUNCTION wantilan_villages(codes text) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(
    SELECT v.id FROM public.village v, unnest(string_to_array(nullif(codes, ''), ',', '')) p
    WHERE v.code >= p AND v.code < p || '~');
END $$
""".strip()
"""The villages whose codes begin with one of these; none for no code, and none for an empty one."""

GRANTS: dict[type[Model], str] = {
    ReferenceTable: "SELECT, INSERT, UPDATE, DELETE",
    VillageTable: "SELECT, INSERT, UPDATE, DELETE",
    PublishedTable: "SELECT, INSERT, UPDATE, DELETE",
    PlatformTable: "SELECT, INSERT, UPDATE, DELETE",
}


def wall_call(codes: Any) -> sa.Function[str]:
    """Sets the wall until the transaction is over, where it is evaluated: a text, or a column of codes."""
    return sa.func.set_config(SETTING, codes, True)


def wall_statements(models: Iterable[type[Model]], role: str) -> Iterator[str]:
    """The DDL that walls these tables in on PostgreSQL, repeatable. `role` is the application's role."""
    who = sa.sql.quoted_name(role, quote=True)
    yield f'GRANT USAGE ON SCHEMA public TO "{who}"'
    yield VILLAGES
    for model in models:
        table, kind = sql_table(model).name, table_class(model)
        yield f'GRANT {GRANTS[kind]} ON TABLE "{table}" TO "{who}"'
        if kind not in (VillageTable, PublishedTable):
            continue
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield f'DROP POLICY IF EXISTS wall ON "{table}"'
        yield f'CREATE POLICY wall ON "{table}" USING ({INSIDE}) WITH CHECK ({INSIDE})'
        if kind is PublishedTable:
            yield f'DROP POLICY IF EXISTS published ON "{table}"'
            yield f'CREATE POLICY published ON "{table}" FOR SELECT USING (true)'
