"""The age pyramid of a region at the end of a month: from kept totals against counting person by person."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from wantilan.graph.http import Asked
from wantilan.registry.models import KeptMonth, MonthTotal
from wantilan.registry.statistics.groups import last_month_end
from wantilan.registry.statistics.keeping import keep
from wantilan.settings import Settings
from wantilan.store.places import Village
from wantilan.testing.postgres import PostgresServer
from wantilan.web.application import Application, application, host_of

from .dataset import PROVINCE, Size
from .deployment import Deployment, on_postgres, sqlite_deployment
from .report import Figure

SIZE = Size(villages=100, residents=2000, intakes=0)
PYRAMID = f"""query($day: Date) {{ region(code: "{PROVINCE}") {{ statistics(asOf: $day) {{
  byAgeAndSex {{ ageGroup sex residents }} }} }} }}"""
PERIODS = """INSERT INTO resident_period
  (village_id, id, resident_id, since, until, status, hamlet_id, residency, sex, birth_date)
  SELECT village_id, id, id, birth_date, NULL, status, hamlet_id, residency, sex, birth_date FROM resident"""
"""Everybody since birth, in one period: the best case for whoever counts them."""
TIMES = 15


async def on_sqlite() -> list[Figure]:
    async with sqlite_deployment(SIZE) as deployment:
        path = Path(deployment.url.removeprefix("sqlite:///"))
        return await _measured(deployment, "SQLite", lambda: _on_file(path, PERIODS, "ANALYZE"))


def _on_file(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


async def on_server(server: PostgresServer) -> list[Figure]:
    deployment = await on_postgres(server, "bench_statistics", SIZE)

    def fill() -> None:
        server.sql(PERIODS, "bench_statistics")
        server.sql("VACUUM ANALYZE", "bench_statistics")

    return await _measured(deployment, "PostgreSQL", fill)


async def _measured(deployment: Deployment, database: str, fill: Callable[[], None]) -> list[Figure]:
    await asyncio.to_thread(fill)
    settings = Settings(database_url=deployment.url, keys=deployment.keys)  # type: ignore[arg-type]
    made = application(settings, host_of(Settings(strict=True)))
    month = last_month_end(date.fromisoformat(deployment.today))
    async with made.running(deliver=False):
        counted, answer = await _times(made, deployment.officer, month)
        began = time.perf_counter()
        await _keep_all(made, month)
        keeping = time.perf_counter() - began
        kept, same = await _times(made, deployment.officer, month)
    assert answer == same and sum(row["residents"] for row in answer) > 0.9 * SIZE.villages * SIZE.residents
    where = f"pyramid of {SIZE.villages} villages on {database}"
    return [
        Figure(f"{where}: time counted / kept", counted / kept, at_least=10),
        Figure(f"{where}: counted from periods", counted * 1000, "ms"),
        Figure(f"{where}: from kept totals", kept * 1000, "ms"),
        Figure(f"keeping a month of a village on {database}", keeping / SIZE.villages * 1000, "ms"),
    ]


async def _keep_all(made: Application, month: date) -> None:
    async with made.database.session() as session:
        villages = list(await session.execute(sa.select(Village.id, Village.code)))
    for village, code in villages:
        async with made.database.transaction(code) as session:
            await keep(session, village, [month])
    async with made.database.transaction(PROVINCE) as session:
        rows = await session.scalar(sa.select(sa.func.count()).select_from(MonthTotal))
        months = await session.scalar(sa.select(sa.func.count()).select_from(KeptMonth))
    assert rows and months == len(villages)


async def _times(made: Application, token: str, month: date) -> tuple[float, list[dict[str, int]]]:
    """The median of some answers, in seconds, and the answer."""
    found: list[float] = []
    body = b""
    for _ in range(TIMES + 1):
        asked = Asked(
            query=PYRAMID, operation_name=None, variables={"day": month.isoformat()}, extensions={},
            read_only=False, token=token, language="en", idempotency_key=None, request_id="bench",
            client="bench",
        )  # fmt: skip
        began = time.perf_counter()
        body = (await made.engine.answer(asked)).body
        found.append(time.perf_counter() - began)
    rows = json.loads(body)["data"]["region"]["statistics"]["byAgeAndSex"]
    return statistics.median(found[1:]), rows
