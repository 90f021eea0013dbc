"""Contents in a bucket of whatever speaks S3, by `obstore`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.store import S3Store

from ..errors import ConfigurationError
from ..settings import Files
from .contents import PIECE, ContentMissing

if TYPE_CHECKING:
    from obstore.store import S3Config


class InBucket:
    """`incoming` is a folder on this machine: what comes is judged here before it goes to the bucket."""

    def __init__(self, files: Files, incoming: Path) -> None:
        self._incoming = incoming
        self.store = _store(files)

    @property
    def incoming(self) -> Path:
        return self._incoming

    async def keep(self, place: str, source: Path) -> None:
        await obstore.put_async(self.store, place, source)

    @asynccontextmanager
    async def opened(self, place: str) -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            found = await obstore.get_async(self.store, place)
        except FileNotFoundError:
            raise ContentMissing("A content is missing from the bucket of files.") from None

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

        yield pieces()

    async def remove(self, place: str) -> None:
        try:
            await obstore.delete_async(self.store, place)
        except FileNotFoundError:
            return  # some servers tell; most do not

    async def places(self) -> AsyncIterator[tuple[str, datetime]]:
        async for batch in obstore.list(self.store):
            for one in batch:
                yield one["path"], one["last_modified"]


def _store(files: Files) -> S3Store:
    if files.bucket is None or files.access_key is None or files.secret_key is None:
        raise ConfigurationError(
            "WANTILAN_FILES_BUCKET needs WANTILAN_FILES_ACCESS_KEY and WANTILAN_FILES_SECRET_KEY beside it."
        )
    plain = (files.endpoint or "").startswith("http:")
    where: S3Config = {"endpoint": files.endpoint} if files.endpoint is not None else {}
    return S3Store(
        files.bucket,
        prefix=files.bucket_path or None,
        config=where,
        region=files.region,
        access_key_id=files.access_key,
        secret_access_key=files.secret_key.get_secret_value(),
        disable_bulk_delete=True,  # not all who speak S3 know it
        client_options={"allow_http": plain, "connect_timeout": timedelta(seconds=5)},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
