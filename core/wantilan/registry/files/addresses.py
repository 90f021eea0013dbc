"""One-time addresses: `/files/<village>-<address>?key=<secret>`.

The village stands in it readably, so that the wall can be set before anything is looked up. The secret is
the query, which logs leave out; only its hash is kept. An address alone opens nothing: it serves the actor
who asked for it, with his own token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import parse_qs
from uuid import UUID

import sqlalchemy as sa

from ...errors import Conflict, LimitExceeded, NotFound, RuleViolated, Text
from ...graph.context import WriteUnit
from ...settings import Files
from ...store.ids import uuid7
from ...store.secrets import token_hash
from ..models import File, FileAddress, FileUse

PATH = "/files/"
EXPIRED = "ADDRESS_EXPIRED"

_NAME = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})", re.ASCII)
_LONGEST_QUERY = 200
_USED = Text(
    "Alamat ini sudah dipakai; minta yang baru.", "This address was used already; ask for a new one."
)
_LATE = Text("Alamat ini sudah kedaluwarsa; minta yang baru.", "This address has expired; ask for a new one.")


@dataclass(frozen=True)
class Address:
    """An address as a request brings it."""

    village: UUID
    id: UUID
    secret: str


def address_of(path: str, query: bytes) -> Address | None:
    """The address that a request names; None when it is none."""
    found = _NAME.fullmatch(path.removeprefix(PATH))
    if found is None or not path.startswith(PATH) or len(query) > _LONGEST_QUERY:
        return None
    (secret,) = parse_qs(query.decode("latin-1")).get("key", [""])[:1]
    return Address(UUID(hex=found[1]), UUID(hex=found[2]), secret) if secret else None


async def new_address(unit: WriteUnit, file: File, use: FileUse, files: Files) -> tuple[FileAddress, str]:
    """An address for the unit's actor, and its text, which is told this once and kept nowhere.

    Raises LimitExceeded when he has too many open already in this village.
    """
    actor_id = unit.actor.id
    if actor_id is None:
        raise NotFound
    open_ = sa.select(sa.func.count()).where(
        FileAddress.village_id == unit.village.id,
        FileAddress.actor_id == actor_id,
        FileAddress.expires_at > unit.now,
        FileAddress.used_at.is_(None),
    )
    if (await unit.session.scalar(open_) or 0) >= files.open_addresses:
        raise LimitExceeded("openAddresses", files.open_addresses)
    minutes = files.upload_minutes if use is FileUse.UPLOAD else files.download_minutes
    secret = token_urlsafe(32)
    made = FileAddress(
        village_id=unit.village.id,
        id=uuid7(),
        file_id=file.id,
        use=use,
        secret_hash=token_hash(secret),
        actor_id=actor_id,
        expires_at=unit.now + timedelta(minutes=minutes),
    )
    await unit.add(made)
    return made, f"{files.base_url.rstrip('/')}{PATH}{made.village_id.hex}-{made.id.hex}?key={secret}"


async def redeemed(
    unit: WriteUnit, asked: Address, use: FileUse, *, lasted: timedelta = timedelta(0)
) -> FileAddress:
    """The row of an address that serves this actor now, held until the end of the transaction. `lasted` is
    how long ago its use may have begun.

    Raises NotFound alike for one that is unknown, another's or for another use; Conflict for one that was
    used, RuleViolated for one that is late.
    """
    row = await unit.get(FileAddress, asked.id, lock=True)
    if row is None or row.actor_id != unit.actor.id or row.use is not use:
        raise NotFound
    if not compare_digest(row.secret_hash, token_hash(asked.secret)):
        raise NotFound
    if row.used_at is not None:
        raise Conflict(_USED)
    if row.expires_at <= unit.now - lasted:
        raise RuleViolated(EXPIRED, _LATE)
    return row
