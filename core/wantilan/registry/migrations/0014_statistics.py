"""Totals at the ends of months, kept by triggers."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "registry_0014"
down_revision = "registry_0013"

MONTH, TOTAL = "statistic_month", "statistic_total"
COLUMNS = "village_id,month_end,dimension,value,amount"
KEY = "village_id,month_end,dimension,value"
LOCK = 7598821
"""As in `registry/statistics/keeping.py`."""


def upgrade() -> None:
    op.create_table(
        MONTH,
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("month_end", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_statistic_month_village_id")),
        sa.PrimaryKeyConstraint("village_id", "month_end", name=op.f("pk_statistic_month")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        TOTAL,
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("month_end", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(20), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_statistic_total_village_id")),
        sa.PrimaryKeyConstraint(*KEY.split(","), name=op.f("pk_statistic_total")),
        sqlite_with_rowid=False,
    )
    postgres = op.get_context().dialect.name == "postgresql"
    for source, counts in (("resident_period", RESIDENTS), ("household_period", HOUSEHOLDS)):
        for statement in (_on_postgres if postgres else _on_sqlite)(source, counts[postgres]):
            op.execute(statement)


# In which groups a row `r` counts at the end of a month `m`: on SQLite, and on PostgreSQL

MONTHS_SQLITE = "(substr({0},1,4)*12+substr({0},6,2))"
MONTHS_POSTGRES = "(CAST(extract(year FROM {0}) AS integer)*12+CAST(extract(month FROM {0}) AS integer))"
WORDS = (
    ("EDUCATION", "coalesce(r.education,'')"),
    ("OCCUPATION", "coalesce(r.occupation,'')"),
    ("MARITAL_STATUS", "coalesce(r.marital_status,'')"),
)


def _group(months: str, least: str, most: str) -> str:
    lived = f"{months.format('m.month_end')}-{months.format('r.birth_date')}"
    return f"{least}(15,{most}(0,{lived})/60)"


RESIDENTS = (
    (
        ("AGE_SEX", f"substr('0'||{_group(MONTHS_SQLITE, 'min', 'max')},-2)||' '||r.sex"),
        *WORDS,
    ),
    (
        ("AGE_SEX", f"lpad(CAST({_group(MONTHS_POSTGRES, 'least', 'greatest')} AS text),2,'0')||' '||r.sex"),
        *WORDS,
    ),
)
HOUSEHOLDS = (
    (("HOUSEHOLD_SIZE", "substr('0'||min(10,r.members),-2)"),),
    (("HOUSEHOLD_SIZE", "lpad(CAST(least(10,r.members) AS text),2,'0')"),),
)


def _counted(source: str, rows: str, sign: str, counts: tuple[tuple[str, str], ...]) -> str:
    """A row for each month that a row lasts at the end of, and each group in which it counts then."""
    alive = " AND r.status='HIDUP'" if source == "resident_period" else ""
    return " UNION ALL ".join(
        f"SELECT r.village_id,m.month_end,'{dimension}' AS dimension,{value} AS value,{sign} AS amount "
        f"FROM {rows} JOIN {MONTH} m ON m.village_id=r.village_id AND m.month_end>=r.since "
        f"AND (r.until IS NULL OR m.month_end<=r.until) WHERE 1=1{alive}"
        for dimension, value in counts
    )


def _on_sqlite(source: str, counts: tuple[tuple[str, str], ...]) -> Iterator[str]:
    told = {"insert": [("NEW", 1)], "update": [("OLD", -1), ("NEW", 1)], "delete": [("OLD", -1)]}
    columns = "village_id,since,until," + (
        "status,sex,birth_date,education,occupation,marital_status"
        if source == "resident_period"
        else "members"
    )
    for event, rows in told.items():
        statements = []
        for row, sign in rows:
            one = ",".join(f"{row}.{column} AS {column}" for column in columns.split(","))
            counted = _counted(source, f"(SELECT {one}) r", str(sign), counts)
            statements.append(
                f"INSERT INTO {TOTAL} ({COLUMNS}) SELECT * FROM ({counted}) WHERE true "
                f"ON CONFLICT ({KEY}) DO UPDATE SET amount={TOTAL}.amount+excluded.amount;"
            )
        of = f" OF {columns}" if event == "update" else ""
        yield (
            f"CREATE TRIGGER statistic_{source}_{event} AFTER {event.upper()}{of} ON {source} "
            f"FOR EACH ROW BEGIN {' '.join(statements)} END"
        )


def _on_postgres(source: str, counts: tuple[tuple[str, str], ...]) -> Iterator[str]:
    added = _counted(source, "new_rows r", "1", counts)
    taken = _counted(source, "old_rows r", "-1", counts)

    def told(rows: str, tables: tuple[str, ...]) -> str:
        villages = " UNION ".join(f"SELECT village_id FROM {table}" for table in tables)
        return (
            f"PERFORM pg_advisory_xact_lock_shared(hashtextextended(CAST(v.village_id AS text), {LOCK})) "
            f"FROM (SELECT village_id FROM ({villages}) w ORDER BY 1) v; "
            f"INSERT INTO {TOTAL} AS t ({COLUMNS}) SELECT {KEY},sum(amount) FROM ({rows}) c GROUP BY {KEY} "
            f"HAVING sum(amount) <> 0 ORDER BY {KEY} "
            f"ON CONFLICT ({KEY}) DO UPDATE SET amount=t.amount+excluded.amount;"
        )

    yield (
        f"CREATE FUNCTION statistic_{source}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'INSERT' THEN {told(added, ('new_rows',))} "
        f"ELSIF TG_OP = 'DELETE' THEN {told(taken, ('old_rows',))} "
        f"ELSE {told(f'{added} UNION ALL {taken}', ('new_rows', 'old_rows'))} "
        f"END IF; RETURN NULL; END $$"
    )
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    for event, tables in (("insert", new), ("update", f"{new} {old}"), ("delete", old)):
        yield (
            f"CREATE TRIGGER statistic_{source}_{event} AFTER {event.upper()} ON {source} "
            f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION statistic_{source}_keep()"
        )
