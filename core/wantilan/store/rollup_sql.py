"""What keeps a rollup in the database: its triggers, and the statements that make it anew or find it wrong.

An application cannot do it: what it read of a row before it changed it may be out of date by the time that it
writes. A trigger sees what the change replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import dedent

import sqlalchemy as sa

from .rollups import FIRST, LAST, LEVEL_BITS, ROWS, SIZES, SPAN, Rollup
from .tables import sql_table

EVENTS = ("insert", "update", "delete")
SQLITE_DAY = 1721424.5
"""What julianday() says of the day before the first one that Python numbers."""


def keeping_statements(rollups: Iterable[Rollup], dialect: str) -> Iterator[str]:
    """The DDL that keeps rollups, repeatable."""
    for rollup in rollups:
        if dialect == "postgresql":
            head = f"CREATE OR REPLACE FUNCTION {_keeper(rollup)}() RETURNS trigger LANGUAGE plpgsql"
            yield f"{head} AS $${_body(rollup)}$$"
        for event in EVENTS:
            on = f" ON {_source(rollup)}" if dialect == "postgresql" else ""
            yield f"DROP TRIGGER IF EXISTS {trigger_name(rollup, event)}{on}"
            yield (
                _postgres_trigger(rollup, event)
                if dialect == "postgresql"
                else _sqlite_trigger(rollup, event)
            )


def trigger_name(rollup: Rollup, event: str) -> str:
    return f"{rollup.name}_{event}"


def outdated(connection: sa.Connection, rollups: Iterable[Rollup]) -> list[Rollup]:
    """Those whose triggers are missing in the database, or are not those of the declaration."""
    rollups = list(rollups)
    there = _triggers_there(connection) if rollups else set()
    return [one for one in rollups if _expected(one, connection.dialect.name) - there]


def _expected(rollup: Rollup, dialect: str) -> set[tuple[str, str]]:
    if dialect == "postgresql":
        return {(trigger_name(rollup, event), _body(rollup)) for event in EVENTS}
    return {(trigger_name(rollup, event), _sqlite_trigger(rollup, event)) for event in EVENTS}


def _triggers_there(connection: sa.Connection) -> set[tuple[str, str]]:
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
        )
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {(row[0], row[1]) for row in connection.exec_driver_sql(query)}


# Making it anew, and finding it wrong


def cleared(rollup: Rollup, *, village: bool = False) -> str:
    """Delete its rows: all, or those of `:village`."""
    return f"DELETE FROM {rollup.name}{' WHERE village_id = :village' if village else ''}"


def filled(rollup: Rollup, dialect: str, *, village: bool = False) -> str:
    """Make its rows, where there are none."""
    return f"INSERT INTO {rollup.name} ({_columns(rollup)}) {_counted(rollup, dialect, village=village)}"


def differing(rollup: Rollup, dialect: str) -> str:
    """How many rows of `:village` are not what its table says. Rows that count nothing are no rows."""
    key = _key(rollup)
    kept = f"SELECT {_columns(rollup)} FROM {rollup.name} WHERE village_id = :village AND {ROWS} <> 0"
    true = _counted(rollup, dialect, village=True)
    lacking = f"SELECT {key} FROM (SELECT * FROM ({true}) a EXCEPT SELECT * FROM ({kept}) b) c"
    too_many = f"SELECT {key} FROM (SELECT * FROM ({kept}) d EXCEPT SELECT * FROM ({true}) e) f"
    return f"SELECT count(*) FROM ({lacking} UNION {too_many}) g"


def rebuilt(rollup: Rollup, dialect: str) -> Iterator[str]:
    """Make `:village` anew, in one transaction. On PostgreSQL the lock comes first and in a statement of its
    own, so that the next one sees what those have written who held it until then.
    """
    if dialect == "postgresql":
        yield f"SELECT pg_advisory_xact_lock(hashtextextended(CAST(:village AS text), {lock_number(rollup)}))"
    yield cleared(rollup, village=True)
    yield filled(rollup, dialect, village=True)


def lock_number(rollup: Rollup) -> int:
    """What tells the locks of this rollup from those of others; of two that share one, one waits at times."""
    return int.from_bytes(rollup.name.encode()[-7:].rjust(7, b"\0"), "big")


def _counted(rollup: Rollup, dialect: str, *, village: bool) -> str:
    where = " WHERE s.village_id = :village" if village else ""
    return (
        f"SELECT s.village_id,{_dimensions(rollup, 's', dialect)}{_sums(rollup, 's')}count(*) AS {ROWS} "
        f"FROM {_source(rollup)} s{_levels(rollup)}{where} GROUP BY {_numbers(1 + len(rollup.dimensions))}"
    )


# PostgreSQL: all rows of a statement at once, in one order, so that two statements never wait for each other


def _postgres_trigger(rollup: Rollup, event: str) -> str:
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    tables = {"insert": new, "update": f"{new} {old}", "delete": old}[event]
    return (
        f"CREATE TRIGGER {trigger_name(rollup, event)} AFTER {event.upper()} ON {_source(rollup)} "
        f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {_keeper(rollup)}()"
    )


def _body(rollup: Rollup) -> str:
    added = f"SELECT {_kept(rollup)},1 AS sign FROM new_rows"
    taken = f"SELECT {_kept(rollup)},-1 AS sign FROM old_rows"
    changed = f"{added} UNION ALL {taken}"
    return dedent(
        f"""
        BEGIN
          IF TG_OP = 'INSERT' THEN {_told(rollup, added)}
          ELSIF TG_OP = 'DELETE' THEN {_told(rollup, taken)}
          ELSE {_told(rollup, changed)}
          END IF;
          RETURN NULL;
        END
        """
    )


def _told(rollup: Rollup, rows: str) -> str:
    """While a village is made anew, its writers wait here and then add to what was made."""
    name = rollup.name
    sums = "".join(f"sum(s.sign*s.{column}) AS {column}," for column in rollup.sums)
    key = _numbers(1 + len(rollup.dimensions))
    return (
        f"PERFORM pg_advisory_xact_lock_shared(hashtextextended(v.village_id::text, {lock_number(rollup)})) "
        f"FROM (SELECT DISTINCT village_id FROM ({rows}) r ORDER BY 1) v; "
        f"INSERT INTO {name} AS t ({_columns(rollup)}) "
        f"SELECT * FROM (SELECT s.village_id,{_dimensions(rollup, 's', 'postgresql')}{sums}"
        f"sum(s.sign) AS {ROWS} FROM ({rows}) s{_levels(rollup)} GROUP BY {key}) d "
        f"WHERE {' OR '.join(f'd.{column} <> 0' for column in (*rollup.sums, ROWS))} ORDER BY {key} "
        f"ON CONFLICT ({_key(rollup)}) DO UPDATE SET {_grown(rollup, 't')};"
    )


def _keeper(rollup: Rollup) -> str:
    return f"{rollup.name}_keep"


# SQLite: row by row; a transaction is alone there


def _sqlite_trigger(rollup: Rollup, event: str) -> str:
    told = {
        "insert": [("NEW", 1)],
        "update": [("OLD", -1), ("NEW", 1)],
        "delete": [("OLD", -1)],
    }[event]
    statements = " ".join(f"{_sqlite_told(rollup, row, sign)};" for row, sign in told)
    return (
        f"CREATE TRIGGER {trigger_name(rollup, event)} AFTER {event.upper()} ON {_source(rollup)} "
        f"FOR EACH ROW BEGIN {statements} END"
    )


def _sqlite_told(rollup: Rollup, row: str, sign: int) -> str:
    sums = "".join(f"{sign}*{row}.{column}," for column in rollup.sums)
    levels = _levels(rollup).replace(" CROSS JOIN ", " FROM ", 1) or " FROM (SELECT 1)"
    return (
        f"INSERT INTO {rollup.name} ({_columns(rollup)}) "
        f"SELECT {row}.village_id,{_dimensions(rollup, row, 'sqlite')}{sums}{sign}{levels} WHERE true "
        f"ON CONFLICT ({_key(rollup)}) DO UPDATE SET {_grown(rollup, rollup.name)}"
    )


# Pieces


def _source(rollup: Rollup) -> str:
    return sql_table(rollup.source).name


def _key(rollup: Rollup) -> str:
    return ",".join(("village_id", *rollup.dimensions))


def _columns(rollup: Rollup) -> str:
    return ",".join((_key(rollup), *rollup.sums, ROWS))


def _kept(rollup: Rollup) -> str:
    """The columns of the source that the rollup looks at."""
    day = (rollup.day,) if rollup.day else ()
    return ",".join(dict.fromkeys(("village_id", *day, *rollup.by, *rollup.sums)))


def _sums(rollup: Rollup, alias: str) -> str:
    return "".join(f"sum({alias}.{column}) AS {column}," for column in rollup.sums)


def _dimensions(rollup: Rollup, row: str, dialect: str) -> str:
    found = [f"{row}.{column}" for column in rollup.by]
    if rollup.day is not None:
        found.insert(0, _span_of(f"{row}.{rollup.day}", dialect))
    return "".join(f"{text}," for text in found)


def _span_of(day: str, dialect: str) -> str:
    first, last = FIRST.toordinal(), LAST.toordinal()
    if dialect == "postgresql":
        number = f"greatest({first},least({last},{day} - DATE '0001-01-01' + 1))"
    else:
        number = f"max({first},min({last},CAST(julianday({day}) - {SQLITE_DAY} AS INTEGER)))"
    return f"l.level + {number}/l.size AS {SPAN}"


def _levels(rollup: Rollup) -> str:
    if rollup.day is None:
        return ""
    each = " UNION ALL ".join(
        f"SELECT {level << LEVEL_BITS} AS level,{size} AS size" for level, size in enumerate(SIZES)
    )
    return f" CROSS JOIN ({each}) l"


def _grown(rollup: Rollup, name: str) -> str:
    return ",".join(f"{column}={name}.{column}+excluded.{column}" for column in (*rollup.sums, ROWS))


def _numbers(count: int) -> str:
    return ",".join(str(number) for number in range(1, count + 1))
