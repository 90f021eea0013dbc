"""The statements that make a rollup anew or find it wrong, and what they share with its triggers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .rollups import LEVEL_BITS, ROWS, SIZES, SPAN, Rollup, key_column
from .tables import sql_table

SQLITE_DAY = 1721424.5
"""What julianday() says of the day before the first one that Python numbers."""


def cleared(rollup: Rollup, *, village: bool = False) -> str:
    """Delete its rows: all, or those of `:village`."""
    return f"DELETE FROM {rollup.name}{' WHERE village_id = :village' if village else ''}"


def filled(rollup: Rollup, dialect: str, *, village: bool = False) -> str:
    """Make its rows, where there are none."""
    return f"INSERT INTO {rollup.name} ({columns(rollup)}) {_counted(rollup, dialect, village=village)}"


def differing(rollup: Rollup, dialect: str) -> str:
    """How many rows of `:village` are not what its table says."""
    key = ",".join(rollup.key)
    kept = f"SELECT {columns(rollup)} FROM {rollup.name} WHERE village_id = :village"
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
    sums = "".join(f"sum(s.{column}) AS {column}," for column in rollup.sums)
    return (
        f"SELECT s.village_id,{dimensions(rollup, 's', dialect)}{sums}count(*) AS {ROWS} "
        f"FROM {source(rollup)} s{levels(rollup)}{where} GROUP BY {groups(rollup)}"
    )


# Pieces


def source(rollup: Rollup) -> str:
    return sql_table(rollup.source).name


def columns(rollup: Rollup) -> str:
    keys = map(key_column, rollup.nullable)
    return ",".join(("village_id", *rollup.dimensions, *keys, *rollup.sums, ROWS))


def groups(rollup: Rollup) -> str:
    """The places of what its rows are kept by, in any select here."""
    count = 1 + len(rollup.dimensions) + len(rollup.nullable)
    return ",".join(str(number) for number in range(1, count + 1))


def dimensions(rollup: Rollup, row: str, dialect: str) -> str:
    """What a row of the source, joined with its levels, is kept by; each with a comma behind it."""
    found = [f"{row}.{column}" for column in rollup.by]
    found += [f"{known(row, column, dialect)} AS {key_column(column)}" for column in rollup.nullable]
    if rollup.day is not None:
        found.insert(0, f"{span(f'{row}.{rollup.day}', dialect)} AS {SPAN}")
    return "".join(f"{text}," for text in found)


def known(row: str, column: str, dialect: str) -> str:
    """What stands in the key for a value that may be null, whatever the session's settings for dates are."""
    text = (
        f"to_jsonb({row}.{column})#>>'{{}}'" if dialect == "postgresql" else f"CAST({row}.{column} AS TEXT)"
    )
    return f"coalesce('='||({text}),'')"


def span(day: str, dialect: str) -> str:
    """The span of a day at the level `l`. Whatever a table holds has one: PostgreSQL's dates are more than
    Python's, 'infinity' among them, and SQLite's any text; a write must not fail for them.
    """
    last = date.max.toordinal()
    if dialect == "postgresql":
        within = f"greatest(DATE '0001-01-01',least(DATE '9999-12-31',{day}))"
        number = f"({within} - DATE '0001-01-01' + 1)"
    else:
        ordinal = f"coalesce(CAST(julianday({day}) - {SQLITE_DAY} AS INTEGER),1)"
        number = f"max(1,min({last},{ordinal}))"
    return f"l.level + {number}/l.size"


def levels(rollup: Rollup) -> str:
    if rollup.day is None:
        return ""
    each = " UNION ALL ".join(
        f"SELECT {level << LEVEL_BITS} AS level,{size} AS size" for level, size in enumerate(SIZES)
    )
    return f" CROSS JOIN ({each}) l"
