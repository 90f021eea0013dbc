"""`wantilan explain`: the one statement of a query, and how the database will run it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import click
from graphql import OperationType

from ..graph.pieces import ACTOR
from ..graph.plan import Plan
from ..graph.selection import Request
from ..settings import Settings
from ..store.database import Database
from ..store.read import Statement
from ..web.application import Application, host_of
from .deployment import coroutine, require_migrated
from .layout import laid_out
from .printing import table

LONGEST_VALUE = 60


@click.command()
@click.argument("file", metavar="FILE.graphql", type=click.File(encoding="utf-8"))
@click.option(
    "--as",
    "token",
    metavar="TOKEN",
    envvar="WANTILAN_TOKEN",
    help="Ask as this token's actor; else as a visitor.",
)
@click.option("--variables", metavar="JSON", default="{}", help="The query's variables, a JSON object.")
@click.option("--operation", metavar="NAME", help="Which operation, when the file has several.")
@coroutine
async def explain(file: IO[str], token: str | None, variables: str, operation: str | None) -> None:
    """Show the one statement of a query, and its plan.

    The query in FILE.graphql is not run. Parameters are listed with what binds them: what comes from the
    actor is named and not shown, values that the query or its variables give are. The token may also stand in
    WANTILAN_TOKEN, where no list of processes shows it.

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
        plan, request = await _planned(served, file.read(), operation, token, given)
        steps = await database_plan(database, plan.statement(request))
    click.echo(laid_out(plan.sql))
    click.echo()
    table(("PARAMETER", "TYPE", "BOUND TO", "VALUE"), list(parameters(plan, request)), empty="No parameters.")
    click.echo()
    for step in steps:
        click.echo(step)


def _variables(text: str) -> dict[str, object]:
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise click.BadParameter("give a JSON object.", param_hint="--variables")
    return read


async def _planned(
    served: Application, text: str, operation: str | None, token: str | None, given: dict[str, object]
) -> tuple[Plan, Request]:
    """Plan as the server would. Raises Refusal as the server would, ClickException for what has no plan."""
    engine = served.engine
    actor = await engine.resolve(token)
    document = engine.documents.load(text)
    prepared = engine.preparations.of(document, operation)
    if prepared.operation.operation is not OperationType.QUERY:
        raise click.ClickException("Only a query is one statement; a mutation runs its own function.")
    today = datetime.now(engine.zone).date()
    request = Request(actor, prepared.variables.coerce(given), "en", today)
    plan = engine.planned(document, prepared, request)
    if plan is None:
        raise click.ClickException(
            "A root field of this query is an ordinary resolver, which decides by itself what it reads."
        )
    return plan, request


class Seen(dict[str, Any]):
    """Variables that remember which of them were asked for."""

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        self.names: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.names.append(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.names.append(key)
        return super().__getitem__(key)


def parameters(plan: Plan, request: Request) -> Iterator[tuple[str, str, str, str]]:
    """Each parameter: name in the statement, type, what binds it, and its value unless the actor does."""
    bound = plan.statement(request).values
    named = bound if isinstance(bound, dict) else {f"${i}": value for i, value in enumerate(bound, 1)}
    for (name, value), key, (get, _) in zip(named.items(), plan.keys, plan.slots, strict=True):
        type_ = _type(plan.sql, name, value)
        if key.startswith(ACTOR):
            yield name, type_, f"actor: {key.removeprefix(ACTOR)}", "-"
            continue
        seen = Seen(request.variables)
        get(Request(request.actor, seen, request.language, request.today))
        source = ", ".join(f"variable ${used}" for used in dict.fromkeys(seen.names))
        yield name, type_, source or "the query or a default", _shown(value)


def _type(sql: str, name: str, value: object) -> str:
    """PostgreSQL's statements say it; SQLite takes what the driver is handed."""
    if name.startswith("$"):
        said = re.search(rf"\{name}::(\w+(?:\[\])?)", sql)
        return said[1].lower() if said else "?"
    return "null" if value is None else type(value).__name__


def _shown(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


async def database_plan(database: Database, statement: Statement) -> list[str]:
    """What the database says of a statement without running it."""
    async with database.looking.connect() as connection:
        if database.dialect == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", statement.values)
            return list(
                _indented([(int(step), int(parent), str(text)) for step, parent, _, text in map(tuple, rows)])
            )
        rows = await connection.exec_driver_sql(f"EXPLAIN {statement.sql}", tuple(statement.values))
        return [str(row[0]) for row in rows]


def _indented(rows: list[tuple[int, int, str]]) -> Iterator[str]:
    depth = {0: -1}
    for step, parent, text in rows:
        depth[step] = depth.get(parent, -1) + 1
        yield "  " * depth[step] + text
