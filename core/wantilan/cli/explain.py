"""`wantilan explain`: what an operation reads, what stands before it, its statement, the database's plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO

import click

from ..graph.explained import Explained, Reading
from ..graph.parameters import Parameter
from ..settings import Settings
from ..store.database import Database
from ..store.read import Statement
from ..web.application import Application, host_of
from .deployment import coroutine, require_migrated
from .layout import laid_out
from .plan_tree import second_wall, summary, tree
from .printing import table

LONGEST_VALUE = 60
LITERAL = re.compile(r"'(?:[^']|'')*'")


@click.command()
@click.argument("file", metavar="FILE.graphql", type=click.File(encoding="utf-8"))
@click.option(
    "--as",
    "token",
    metavar="TOKEN",
    envvar="WANTILAN_TOKEN",
    help="Ask as this token's actor; else as a visitor.",
)
@click.option("--variables", metavar="JSON", default="{}", help="The operation's variables, a JSON object.")
@click.option("--operation", metavar="NAME", help="Which operation, when the file has several.")
@coroutine
async def explain(file: IO[str], token: str | None, variables: str, operation: str | None) -> None:
    """Show how an operation is planned: its fields, walls, rules, gates, statement, and the database's plan.

    The operation in FILE.graphql is not run. Parameters are listed with what binds them: what comes from the
    actor is named and not shown, values that the query or its variables give are. The token may also stand in
    WANTILAN_TOKEN, where no list of processes shows it.

    Of a mutation or an ordinary resolver the reading part is shown: what its payload refers to.

    \b
    Examples:
      wantilan explain residents.graphql --as wtl_…
      wantilan explain residents.graphql --variables '{"code": "51.02.06.2001"}'
    """
    given = _variables(variables)
    settings = Settings.load()
    served = Application(settings, host_of(settings))
    async with served.database as database:
        await require_migrated(database, served.host)
        found = await _explained(served, file.read(), operation, token, given)
        click.echo(summary(found, database.dialect))
        for reading in found.readings:
            click.echo()
            await _show(reading, database)


def _variables(text: str) -> dict[str, object]:
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise click.BadParameter("give a JSON object.", param_hint="--variables")
    return read


async def _explained(
    served: Application, text: str, operation: str | None, token: str | None, given: dict[str, object]
) -> Explained:
    """Planned as the server would. Raises Refusal as the server would, over the limit of rows alone not."""
    engine = served.engine
    actor = await engine.resolve(token)
    document = engine.documents.load(text)
    prepared = engine.preparations.of(document, operation)
    request = engine.request(actor, prepared.variables.coerce(given), "en")
    return engine.explained(document, prepared.operation, request)


async def _show(reading: Reading, database: Database) -> None:
    """One reading: the tree, then its statement with all that belongs to it."""
    for line in tree(reading):
        click.echo(line)
    if reading.plan is None:
        return
    click.echo()
    click.echo(laid_out(reading.plan.sql).strip())
    click.echo()
    fields = reading.bound_by()
    rows = [
        (
            one.name,
            one.type,
            one.source,
            fields.get(one.name, "-"),
            "-" if one.is_withheld else _shown(one),
        )
        for one in reading.parameters
    ]
    table(("PARAMETER", "TYPE", "BOUND TO", "IN", "VALUE"), rows, empty="No parameters.")
    click.echo()
    click.echo(second_wall(reading, database.dialect))
    click.echo()
    for step in await database_plan(database, reading.plan.statement(reading.request)):
        click.echo(step)


def _shown(one: Parameter) -> str:
    if one.is_withheld:
        return "-"
    text = "null" if one.value is None else str(one.value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


async def database_plan(database: Database, statement: Statement) -> list[str]:
    """What the database says of a statement without running it. PostgreSQL plans with the values and prints
    them: only those that stand in the statement itself are left.
    """
    async with database.looking.connect() as connection:
        if database.dialect == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", statement.values)
            return list(
                _indented([(int(step), int(parent), str(text)) for step, parent, _, text in map(tuple, rows)])
            )
        rows = await connection.exec_driver_sql(f"EXPLAIN {statement.sql}", tuple(statement.values))
        return [
            LITERAL.sub(lambda found: found[0] if found[0] in statement.sql else "'…'", str(row[0]))
            for row in rows
        ]


def _indented(rows: list[tuple[int, int, str]]) -> Iterator[str]:
    depth = {0: -1}
    for step, parent, text in rows:
        depth[step] = depth.get(parent, -1) + 1
        yield "  " * depth[step] + text
