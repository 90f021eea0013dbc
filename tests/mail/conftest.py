"""A real mail server on loopback, and a resident whom Bengkel wants to reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from wantilan.registry.models import Resident
from wantilan.testing import BENGKEL, World


@dataclass
class Post:
    """What came in, and what the server is to say to it."""

    port: int = 0
    came: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    recipient_says: list[str] = field(default_factory=list)
    """Said to RCPT, one after the other, then 250."""
    data_says: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hangs: asyncio.Event | None = None
    """Until it is set, nothing is said to RCPT."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.set()
        if self.hangs is not None:
            await self.hangs.wait()
        said = self.recipient_says.pop(0) if self.recipient_says else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self.data_says.pop(0) if self.data_says else "250 OK"
        if said.startswith("250"):
            made = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(made, EmailMessage)
            self.came.append(made)
            self.to += envelope.rcpt_tos
        return said


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """It speaks no TLS."""
    made = Post()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(made, enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    made.port = server.sockets[0].getsockname()[1]
    given = {"HOST": "127.0.0.1", "PORT": str(made.port), "TLS": "none", "SENDER": "desa@wantilan.example"}
    for name, value in given.items():
        monkeypatch.setenv(f"WANTILAN_MAIL_{name}", value)
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
async def wayan(world: World) -> Resident:
    await world.open(BENGKEL, "mail", "waste")
    return await world.resident(BENGKEL, await world.hamlet(BENGKEL), name="I Wayan Contoh")
