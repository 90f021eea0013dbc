"""The smallest pool that does it: the connection used last is handed out first, and nothing is reset."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg


class Pool:
    def __init__(self, dsn: str, size: int = 16) -> None:
        self.dsn, self.size = dsn, size
        self.free: list[Any] = []
        self.enough = asyncio.Semaphore(size)

    async def open(self) -> None:
        server = {"timezone": "UTC", "datestyle": "ISO", "jit": "off"}
        for _ in range(self.size):
            made = await asyncpg.connect(self.dsn, max_cacheable_statement_size=0, server_settings=server)
            self.free.append(made)

    async def close(self) -> None:
        for connection in self.free:
            await connection.close()

    async def value(self, sql: str, *values: object) -> str:
        """The one text of the one row."""
        async with self.enough:
            connection = self.free.pop()
            try:
                return str(await connection.fetchval(sql, *values))
            finally:
                self.free.append(connection)
