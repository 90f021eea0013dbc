"""What the mutations about files take and answer."""

from __future__ import annotations

from datetime import datetime

import strawberry

from ..graph.declare import input, payload
from ..graph.scalars import RegionCode
from .types import File


@input
class RequestUploadInput:
    """A file that is to be uploaded."""

    village_code: RegionCode
    """The village that it will belong to."""
    kind: str
    """Its kind, as `village { programs { fileKinds } }` lists it."""


@payload
class RequestUploadPayload:
    """Where the content is to be sent."""

    __secrets__ = frozenset({"upload_url"})

    file: File | None
    """The file, which has no content yet. Its id goes into the input that takes the file."""
    upload_url: str | None
    """PUT the content here once, with the token that asked. Null when the request is repeated."""
    most_bytes: int
    """How many bytes the content may have."""
    expires_at: datetime
    """Until when the address serves."""


@input
class RequestDownloadInput:
    """A file that is to be fetched."""

    file_id: strawberry.ID
    """The file."""


@payload
class RequestDownloadPayload:
    """Where the content can be fetched."""

    __secrets__ = frozenset({"download_url"})

    file: File | None
    """The file."""
    download_url: str | None
    """GET the content here once, with the token that asked. Null when the request is repeated."""
    expires_at: datetime
    """Until when the address serves."""
