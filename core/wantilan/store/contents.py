"""Where the contents of files lie: one small interface, and the one on disk. `bucket` holds the other.

A place is `<village>/<file>-<random>`, in hex: ids, never a name that somebody gave. What lies at a place
never changes; another content gets another place.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Protocol
from uuid import UUID

from ..errors import WantilanError
from ..settings import Settings
from .carried import Carrying

PIECE = 256 * 1024
"""How much is read and sent at a time."""
INCOMING = "incoming"


class ContentMissing(WantilanError):
    """A row says that something lies at a place, and nothing does."""


class Contents(Protocol):
    """`incoming` is the folder in which a content is written before it is known to be good."""

    @property
    def incoming(self) -> Path: ...

    async def keep(self, place: str, source: Path) -> None:
        """Take a finished file in. When this returns, a power cut does not undo it."""
        ...

    def opened(self, place: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """What lies there, piece by piece. Raises ContentMissing before the first one."""
        ...

    async def remove(self, place: str) -> None:
        """Whether or not something lies there."""
        ...

    def places(self) -> AsyncIterator[tuple[str, datetime]]:
        """Every place at which something lies, and since when."""
        ...


def contents_of(settings: Settings) -> Contents:
    """Those that a deployment's settings name. Raises ConfigurationError."""
    found: Contents = OnDisk(settings.files_folder)
    if settings.files.bucket is not None:
        from .bucket import InBucket  # the library is loaded only where it is used

        found = InBucket(settings.files, settings.files_folder / INCOMING)
    if settings.is_sqlite and (carried := Carried.of(settings.sqlite_path, found)):
        return carried
    return found


def new_place(village: UUID, file: UUID) -> str:
    """Where the next content of a file will lie. Two who bring one at once do not meet there."""
    return f"{village.hex}/{file.hex}-{token_hex(8)}"


class OnDisk:
    """In a folder of its own, of which nobody else may read anything. It is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        return self.folder / INCOMING

    async def keep(self, place: str, source: Path) -> None:
        await asyncio.to_thread(self._keep, place, source)

    def _keep(self, place: str, source: Path) -> None:
        target = self.folder / place
        made = not target.parent.exists()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(source)
        os.replace(source, target)
        _sync(target.parent)
        if made:
            _sync(self.folder)

    @asynccontextmanager
    async def opened(self, place: str) -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            file = await asyncio.to_thread(open, self.folder / place, "rb")
        except FileNotFoundError:
            raise ContentMissing("A content is missing from the folder of files.") from None

        async def pieces() -> AsyncIterator[bytes]:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

        try:
            yield pieces()
        finally:
            file.close()

    async def remove(self, place: str) -> None:
        await asyncio.to_thread((self.folder / place).unlink, missing_ok=True)

    async def places(self) -> AsyncIterator[tuple[str, datetime]]:
        for found in await asyncio.to_thread(list, self._places()):
            yield found

    def _places(self) -> Iterator[tuple[str, datetime]]:
        for file in self.folder.glob("*/*"):
            if file.parent.name != INCOMING and file.is_file():
                since = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                yield f"{file.parent.name}/{file.name}", since


class Carried:
    """What came inside the file of a village that was exported: it is served from there. What comes later
    goes where contents lie `beside` it.
    """

    def __init__(self, carrying: Carrying, beside: Contents) -> None:
        self.carrying, self.beside = carrying, beside

    @classmethod
    def of(cls, database: Path, beside: Contents) -> Carried | None:
        """None for a database that carries no contents."""
        carrying = Carrying(database)
        return cls(carrying, beside) if carrying.is_there() else None

    @property
    def incoming(self) -> Path:
        return self.beside.incoming

    async def keep(self, place: str, source: Path) -> None:
        await self.beside.keep(place, source)

    @asynccontextmanager
    async def opened(self, place: str) -> AsyncIterator[AsyncIterator[bytes]]:
        if not await asyncio.to_thread(self.carrying.has, place):
            async with self.beside.opened(place) as pieces:
                yield pieces
            return

        async def carried() -> AsyncIterator[bytes]:
            number = 0
            while (piece := await asyncio.to_thread(self.carrying.piece, place, number)) is not None:
                yield piece
                number += 1

        yield carried()

    async def remove(self, place: str) -> None:
        await asyncio.to_thread(self.carrying.remove, place)
        await self.beside.remove(place)

    async def places(self) -> AsyncIterator[tuple[str, datetime]]:
        since = datetime.fromtimestamp(self.carrying.database.stat().st_mtime, UTC)
        for place in await asyncio.to_thread(self.carrying.places):
            yield place, since
        async for found in self.beside.places():
            yield found


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
