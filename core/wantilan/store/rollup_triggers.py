"""What keeps a rollup in the database: its triggers, those that are there, and those that nobody declares.

An application cannot do it: what it read of a row before it changed it may be out of date by the time that it
writes. A trigger sees what the change replaced.

New triggers say that they are not counted yet: rows of before are missing in their totals, until `migrate`
has counted every village and replaces them by the same ones without that word. So whoever is stopped in
between leaves a rollup that is not as declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import dedent

import sqlalchemy as sa

from .rollup_sql import columns, dimensions, groups, known, levels, lock_number, source, span
from .rollups import ROWS, SPAN, Rollup, key_column

EVENTS = ("insert", "update", "delete")
UNCOUNTED = "/* not counted yet */"
OURS = re.compile(r"INSERT INTO (\w+) (?:AS t )?\(village_id,[^)]*\brow_count\)")
"""By this triggers of ours are known, also those of before: of the table into which they count."""


def keeping_statements(rollup: Rollup, dialect: str, *, counted: bool = True) -> Iterator[str]:
    """The DDL that keeps a rollup, repeatable."""
    yield from ended(rollup.name, dialect)
    if dialect == "postgresql":
        yield _function(rollup, counted=counted)
    for event in EVENTS:
        yield _trigger(rollup, event, dialect, counted=counted)


def counted_statements(rollup: Rollup, dialect: str) -> Iterator[str]:
    """The DDL that says of a kept rollup that its rows of before are counted. Writers need not wait long."""
    if dialect == "postgresql":
        yield _function(rollup, counted=True)
    else:
        yield from keeping_statements(rollup, dialect)


def ended(name: str, dialect: str) -> Iterator[str]:
    """The DDL after which nothing keeps the rollup of this name, whatever it was declared over."""
    if dialect == "postgresql":
        yield f"DROP FUNCTION IF EXISTS {name}_keep() CASCADE"
    else:
        yield from (f"DROP TRIGGER IF EXISTS {name}_{event}" for event in EVENTS)


def outdated(connection: sa.Connection, rollups: Iterable[Rollup]) -> list[Rollup]:
    """Those whose triggers are missing in the database, are not those of the declaration, or not counted."""
    rollups = list(rollups)
    there = _triggers_there(connection) if rollups else set()
    return [one for one in rollups if not _expected(one, connection, counted=True) <= there]


def uncounted(connection: sa.Connection, rollups: Iterable[Rollup]) -> list[Rollup]:
    """Those which are kept from now on, but whose rows of before nobody has counted to the end."""
    there = _triggers_there(connection)
    return [one for one in rollups if _expected(one, connection, counted=False) <= there]


def undeclared(connection: sa.Connection, rollups: Iterable[Rollup]) -> list[str]:
    """The names of rollups that are kept in the database and that nobody declares."""
    if connection.dialect.name == "postgresql":
        query = "SELECT proname, prosrc FROM pg_proc WHERE prorettype = 'trigger'::regtype"
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    texts = [(row[0], OURS.search(row[1] or "")) for row in connection.exec_driver_sql(query)]
    kept = {into[1] for name, into in texts if into and name.startswith(f"{into[1]}_")}
    return sorted(kept - {one.name for one in rollups})


def all_kept(connection: sa.Connection) -> list[str]:
    """The names of all rollups that are kept in the database."""
    return undeclared(connection, ())


def _expected(rollup: Rollup, connection: sa.Connection, *, counted: bool) -> set[tuple[str, str, str]]:
    """Name, table and text of each trigger."""
    dialect = connection.dialect.name
    body = _body(rollup, counted=counted)
    texts = {
        event: body if dialect == "postgresql" else _trigger(rollup, event, dialect, counted=counted)
        for event in EVENTS
    }
    return {(f"{rollup.name}_{event}", source(rollup), text) for event, text in texts.items()}


def _triggers_there(connection: sa.Connection) -> set[tuple[str, str, str]]:
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
        )
    else:
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query)}


def _trigger(rollup: Rollup, event: str, dialect: str, *, counted: bool) -> str:
    if dialect == "postgresql":
        return _postgres_trigger(rollup, event)
    return _sqlite_trigger(rollup, event, counted=counted)


def _begin(*, counted: bool) -> str:
    return "BEGIN" if counted else f"BEGIN {UNCOUNTED}"


def _grown(rollup: Rollup, name: str) -> str:
    return ",".join(f"{column}={name}.{column}+excluded.{column}" for column in (*rollup.sums, ROWS))


# PostgreSQL: all rows of a statement at once, in one order, so that two statements never wait for each other


def _postgres_trigger(rollup: Rollup, event: str) -> str:
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    tables = {"insert": new, "update": f"{new} {old}", "delete": old}[event]
    return (
        f"CREATE TRIGGER {rollup.name}_{event} AFTER {event.upper()} ON {source(rollup)} "
        f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {rollup.name}_keep()"
    )


def _function(rollup: Rollup, *, counted: bool) -> str:
    head = f"CREATE OR REPLACE FUNCTION {rollup.name}_keep() RETURNS trigger LANGUAGE plpgsql"
    return f"{head} AS $${_body(rollup, counted=counted)}$$"


def _body(rollup: Rollup, *, counted: bool) -> str:
    added = f"SELECT {_looked_at(rollup)},1 AS sign FROM new_rows"
    taken = f"SELECT {_looked_at(rollup)},-1 AS sign FROM old_rows"
    changed = f"{added} UNION ALL {taken}"
    return dedent(
        f"""
        {_begin(counted=counted)}
          IF TG_OP = 'INSERT' THEN {_postgres_told(rollup, added)}
          ELSIF TG_OP = 'DELETE' THEN {_postgres_told(rollup, taken)} {_postgres_emptied(rollup)}
          ELSE {_postgres_told(rollup, changed)} {_postgres_emptied(rollup)}
          END IF;
          RETURN NULL;
        END
        """
    )


def _looked_at(rollup: Rollup) -> str:
    """The columns of the source that the rollup looks at."""
    day = (rollup.day,) if rollup.day else ()
    return ",".join(dict.fromkeys(("village_id", *day, *rollup.by, *rollup.sums)))


def _postgres_told(rollup: Rollup, rows: str) -> str:
    """While a village is made anew, its writers wait here and then add to what was made."""
    sums = "".join(f"sum(s.sign*s.{column}) AS {column}," for column in rollup.sums)
    key, changed = groups(rollup), " OR ".join(f"d.{column} <> 0" for column in (*rollup.sums, ROWS))
    return (
        f"PERFORM pg_advisory_xact_lock_shared(hashtextextended(v.village_id::text, {lock_number(rollup)})) "
        f"FROM (SELECT DISTINCT village_id FROM ({rows}) r ORDER BY 1) v; "
        f"INSERT INTO {rollup.name} AS t ({columns(rollup)}) "
        f"SELECT * FROM (SELECT s.village_id,{dimensions(rollup, 's', 'postgresql')}{sums}"
        f"sum(s.sign) AS {ROWS} FROM ({rows}) s{levels(rollup)} GROUP BY {key}) d "
        f"WHERE {changed} ORDER BY {key} "
        f"ON CONFLICT ({','.join(rollup.key)}) DO UPDATE SET {_grown(rollup, 't')};"
    )


def _postgres_emptied(rollup: Rollup) -> str:
    """Rows that count nothing any more. They are locked by us, and whoever waits for one makes it anew."""
    same = " AND ".join(f"t.{column}=d.{column}" for column in rollup.key)
    taken = (
        f"SELECT DISTINCT {dimensions(rollup, 's', 'postgresql')}s.village_id FROM old_rows s{levels(rollup)}"
    )
    return f"DELETE FROM {rollup.name} t USING ({taken}) d WHERE {same} AND t.{ROWS}=0;"


# SQLite: row by row; a transaction is alone there


def _sqlite_trigger(rollup: Rollup, event: str, *, counted: bool) -> str:
    taken, added = _sqlite_told(rollup, "OLD", -1), _sqlite_told(rollup, "NEW", 1)
    emptied = _sqlite_emptied(rollup)
    statements = {"insert": [added], "update": [taken, added, emptied], "delete": [taken, emptied]}[event]
    of = f" OF {_looked_at(rollup)}" if event == "update" else ""
    return (
        f"CREATE TRIGGER {rollup.name}_{event} AFTER {event.upper()}{of} ON {source(rollup)} "
        f"FOR EACH ROW {_begin(counted=counted)} {' '.join(f'{one};' for one in statements)} END"
    )


def _sqlite_told(rollup: Rollup, row: str, sign: int) -> str:
    sums = "".join(f"{sign}*{row}.{column}," for column in rollup.sums)
    return (
        f"INSERT INTO {rollup.name} ({columns(rollup)}) "
        f"SELECT {row}.village_id,{dimensions(rollup, row, 'sqlite')}{sums}{sign}{_from(rollup)} WHERE true "
        f"ON CONFLICT ({','.join(rollup.key)}) DO UPDATE SET {_grown(rollup, rollup.name)}"
    )


def _sqlite_emptied(rollup: Rollup) -> str:
    same = ["village_id=OLD.village_id"]
    if rollup.day is not None:
        spans = f"SELECT {span(f'OLD.{rollup.day}', 'sqlite')}{_from(rollup)}"
        same.append(f"{SPAN} IN ({spans})")
    same += [f"{column}=OLD.{column}" for column in rollup.by if column not in rollup.nullable]
    same += [f"{key_column(column)}={known('OLD', column, 'sqlite')}" for column in rollup.nullable]
    return f"DELETE FROM {rollup.name} WHERE {' AND '.join(same)} AND {ROWS}=0"


def _from(rollup: Rollup) -> str:
    return levels(rollup).replace(" CROSS JOIN ", " FROM ", 1) or " FROM (SELECT 1)"
