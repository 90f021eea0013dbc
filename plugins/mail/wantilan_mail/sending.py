"""Handing one mail to the server. What it refuses for now is raised, and so tried again by the host."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import aiosmtplib

from .settings import MailServer


class NoServer(Exception):
    """The deployment names no mail server."""


class Refused(Exception):
    """The server refuses this mail for good: the address is not there, or the text is not wanted."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"SMTP {code}")  # never what the server says: it repeats the address


async def hand_over(mail: EmailMessage, server: MailServer) -> None:
    """Raises Refused; or what may go well later: NoServer, TimeoutError, what the library raises."""
    if server.host is None or server.sender is None:
        raise NoServer
    try:
        async with asyncio.timeout(server.seconds):
            await aiosmtplib.send(
                mail,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password.get_secret_value() if server.password is not None else None,
                use_tls=server.tls == "tls",
                start_tls=server.tls == "starttls",
                timeout=server.seconds,
            )
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        if refused.code < 500:
            raise
        raise Refused(refused.code) from None
    except aiosmtplib.SMTPDataError as error:
        if error.code < 500:
            raise
        raise Refused(error.code) from None
